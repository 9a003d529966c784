"""The profile of an area: where it lies, a few sentences, then every indicator theme by theme."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import Http404
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sozialraum.catalogue import IndicatorDoc
from sozialraum.indicators import Direction, status_word, trend_word
from sozialraum.tables import Value
from sozialraum.web.atlas.facts import Standing, in_short, standings
from sozialraum.web.atlas.outlines import outlines
from sozialraum.web.atlas.queries import ancestors, children, current_areas, shown_systems, whole
from sozialraum.web.atlas.release import MISSING, Area, Atlas
from sozialraum.web.portal.drawing import locator, sparkline, spine
from sozialraum.web.portal.numbers import language, period_words, said
from sozialraum.web.portal.pages.entries import area_address, indicator_address
from sozialraum.web.portal.sentences import against_words, short_sentences, status_notes


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One indicator in a profile."""

    title: str
    address: str
    document: IndicatorDoc
    value: Value
    period: str
    against: str
    differs: bool
    spine: SafeString
    spark: SafeString
    trend: str


def find_area(atlas: Atlas, system: str, code: str) -> Area:
    """Return an area that has a profile.

    Raises:
        Http404: there is none; the message says so.
    """
    area = atlas.areas.get(system, {}).get(code) if system in shown_systems(atlas) else None
    if area is None:
        raise Http404(_("Ein Gebiet „{code}“ gibt es in dieser Veröffentlichung nicht.").format(code=code))
    return area


def profile_page(atlas: Atlas, area: Area) -> dict[str, Any]:
    """Return what the profile of an area shows."""
    found = standings(atlas, area)
    document = atlas.systems[area.system]
    shapes = outlines(atlas, area.system)
    label = _("Karte: Lage von {area}").format(area=area.name)
    return {
        "area": area,
        "kind": said(document.short) or said(document.title),
        "is_whole": area.system == atlas.city.whole,
        "whole": whole(atlas),
        "parents": [(parent.name, area_address(parent)) for parent in ancestors(atlas, area)],
        "children": [(child.name, area_address(child)) for child in children(atlas, area)],
        "siblings": [other for other in current_areas(atlas, area.system).values() if other.code != area.code],
        "locator": locator(shapes, area.code, label) if shapes and area.code in shapes.paths else "",
        "sentences": list(short_sentences(atlas, area, in_short(atlas, area))),
        "themes": _themes(atlas, found),
        "notes": status_notes([standing.value for standing in found]),
    }


def _themes(atlas: Atlas, found: tuple[Standing, ...]) -> list[dict[str, Any]]:
    documents = atlas.catalogue.indicators
    grouped = groupby(found, key=lambda standing: documents[standing.indicator].theme)
    return [
        {
            "id": theme,
            "title": said(atlas.catalogue.themes[theme].title) if theme in atlas.catalogue.themes else theme,
            "rows": [_row(standing, documents[standing.indicator], atlas.city.name) for standing in members],
        }
        for theme, members in grouped
    ]


def _beside(standing: Standing, document: IndicatorDoc, city: str) -> str:
    """Return what stands beside a value: why there is none, or how it stands against the whole."""
    if standing.value.value is None:
        return status_word(standing.value.status, language())
    return "" if document.unit == "count" else against_words(standing, document, city)


def _row(standing: Standing, document: IndicatorDoc, city: str) -> ProfileRow:
    is_count = document.unit == "count"
    differs = not is_count and standing.differs and standing.comparison.tested
    yardstick = MISSING if is_count else standing.whole  # the sum of all areas is no yardstick for one
    return ProfileRow(
        title=said(document.title),
        address=indicator_address(standing.indicator),
        document=document,
        value=standing.value,
        period=period_words(standing.period),
        against=_beside(standing, document, city),
        differs=differs,
        spine=spine(standing.spread, standing.value, yardstick, differs=differs),
        spark=sparkline(standing.series),
        trend=trend_word(standing.trend, language()) if standing.trend.direction is not Direction.UNCLEAR else "",
    )
