"""Where an area stands: its scores, its type, the areas that are like it. A block of its profile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sozialraum.analysis import score_sentence
from sozialraum.web.atlas.composites import Score, composites_told, scores_of
from sozialraum.web.atlas.release import Area, Atlas
from sozialraum.web.portal.numbers import language, period_words
from sozialraum.web.portal.pages.composite_words import composite_address
from sozialraum.web.portal.scores import colour_of


@dataclass(frozen=True, slots=True)
class Placed:
    """What one composite says about an area.

    Attributes:
        sentence: its class and how it moved, or why it has none.
        period: of the score.
        colour: of its class; empty where it has none.
        address: the composite's page, at the place that says what the score of this area is made from.
    """

    sentence: str
    period: str
    colour: str
    address: str


def standing_of(atlas: Atlas, area: Area, day: date | None) -> dict[str, Any] | None:
    """Return where an area stands among those of its system; None where the release says nothing about it.

    Args:
        atlas: the release.
        area: the area.
        day: what was known by then is told; without it the latest.
    """
    placed = list(_placed(atlas, area, day))
    return {"placed": placed} if placed else None


def _placed(atlas: Atlas, area: Area, day: date | None) -> Iterator[Placed]:
    for name in composites_told(atlas):
        scores = scores_of(atlas, name, area.system)
        period = scores.latest_until(day) if scores else None
        if scores and period:
            yield _place(atlas, area, scores.score(area.code, period), name)


def _place(atlas: Atlas, area: Area, score: Score, composite: str) -> Placed:
    document, period = atlas.catalogue.composites[composite], str(score.row["period"])
    where = f"?ebene={area.system}&zeit={period}&gebiet={area.code}#woraus"
    return Placed(
        sentence=score_sentence(document, score.row, area.name, language()),
        period=period_words(period),
        colour=colour_of(document.classes, score.label) if score.label else "",
        address=composite_address(composite) + where,
    )
