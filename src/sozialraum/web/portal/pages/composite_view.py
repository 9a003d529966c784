"""What a composite's address asks for: the composite, an area system, a period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404
from django.utils.translation import gettext as _

from sozialraum.catalogue import CompositeDoc
from sozialraum.web.atlas.composites import Score, Scores, score_systems, scores_at, scores_of
from sozialraum.web.atlas.release import Area, Atlas
from sozialraum.web.portal.numbers import said


@dataclass(frozen=True, slots=True)
class View:
    """The scores of one composite in one area system and period.

    Attributes:
        atlas: the release.
        document: the composite.
        scores: all its scores in the area system.
        period: the period.
        found: the score of each area that existed then, by name.
    """

    atlas: Atlas
    document: CompositeDoc
    scores: Scores
    period: str
    found: Mapping[str, Score]

    @property
    def composite(self) -> str:
        """The id of the composite."""
        return self.scores.composite

    @property
    def system(self) -> str:
        """The area system."""
        return self.scores.system

    @property
    def told(self) -> Mapping[str, Score]:
        """The areas that have a score."""
        return {code: score for code, score in self.found.items() if score.value.value is not None}

    def area(self, code: str) -> Area:
        """Return an area."""
        return self.atlas.areas[self.system][code]


def find_composite(atlas: Atlas, composite: str) -> CompositeDoc:
    """Return the document of a composite.

    Raises:
        Http404: there is none; the message says so.
    """
    document = atlas.catalogue.composites.get(composite)
    if document is None:
        raise Http404(
            _("Einen Index mit der Adresse „{name}“ gibt es in dieser Veröffentlichung nicht.").format(name=composite)
        )
    return document


def choose(atlas: Atlas, composite: str, system: str | None, period: str | None) -> View | None:
    """Return the scores that an address asks for; None where the release has no row of the composite at all.

    Raises:
        Http404: there is no such composite, area system or period; the message says so.
    """
    document = find_composite(atlas, composite)
    systems = score_systems(atlas, composite)
    if system and system not in systems:
        raise Http404(_("Für die Gebietsgliederung „{name}“ gibt es diesen Index nicht.").format(name=system))
    scores = scores_of(atlas, composite, system or systems[0]) if systems else None
    if period and (scores is None or period not in scores.periods):
        raise Http404(_("Für den Zeitraum „{name}“ gibt es diesen Index nicht.").format(name=period))
    if scores is None:
        return None
    when = period or scores.latest
    return View(atlas, document, scores, when, scores_at(atlas, scores, when))


def choose_area(view: View, code: str | None) -> str | None:
    """Return the area whose score is taken apart: the one asked for, else the highest; None where none has a score.

    Raises:
        Http404: there is no such area in the system and period; the message says so.
    """
    if code and code not in view.found:
        raise Http404(_("Ein Gebiet „{code}“ gibt es in dieser Veröffentlichung nicht.").format(code=code))
    highest = max(view.told, key=lambda area: view.told[area].value.value or 0.0, default=None)
    return code or highest


def titles_of(atlas: Atlas, document: CompositeDoc) -> dict[str, str]:
    """Return the title of each input of a composite in the current language; its id where the release has none."""
    indicators, composites = atlas.catalogue.indicators, atlas.catalogue.composites
    found = {}
    for part in document.inputs:
        known = composites.get(part.name) if part.composite else indicators.get(part.name)
        found[part.name] = said(known.title) if known else part.name
    return found
