"""The profile of an area: where it lies, a few sentences, then every indicator theme by theme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
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
from sozialraum.web.atlas.queries import ancestors, children, current_areas, shown_systems, whole, years_of
from sozialraum.web.atlas.release import MISSING, Area, Atlas
from sozialraum.web.portal.drawing import locator, sparkline, spine
from sozialraum.web.portal.numbers import interval_words, language, period_words, said
from sozialraum.web.portal.pages.entries import area_address, indicator_address
from sozialraum.web.portal.pages.pyramid import pyramid
from sozialraum.web.portal.pages.standing import standing_of
from sozialraum.web.portal.sentences import against_words, short_sentences, status_notes


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One indicator in a profile."""

    title: str
    address: str
    document: IndicatorDoc
    value: Value
    period: str
    interval: str
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


def choose_day(atlas: Atlas, area: Area, year: str | None) -> date | None:
    """Return the last day of the year that a page's address asks for; None where it asks for the latest numbers.

    Raises:
        Http404: the release has no numbers of that year; the message says so.
    """
    if not year:
        return None
    if year not in map(str, years_of(atlas, area.system)):
        raise Http404(_("Für das Jahr „{year}“ gibt es hier keine Zahlen.").format(year=year))
    return date(int(year), 12, 31)


def profile_page(atlas: Atlas, area: Area, year: str | None = None) -> dict[str, Any]:
    """Return what the profile of an area shows.

    Args:
        atlas: the release.
        area: the area.
        year: the numbers known at its end are told; without it the latest of all.

    Raises:
        Http404: see :func:`choose_day`.
    """
    day = choose_day(atlas, area, year)
    found = standings(atlas, area, day)
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
        "sentences": list(short_sentences(atlas, in_short(atlas, area, day))),
        "year": str(day.year) if day else "",
        "years": [str(year) for year in years_of(atlas, area.system)],
        "standing": standing_of(atlas, area, day),
        "themes": _themes(atlas, found),
        "has_intervals": any(interval_words(s.value, atlas.catalogue.indicators[s.indicator]) for s in found),
        "pyramid": pyramid(atlas, area, day),
        "notes": status_notes([standing.value for standing in found], exact=not atlas.release.manifest.get("changed")),
    }


def _themes(atlas: Atlas, found: tuple[Standing, ...]) -> list[dict[str, Any]]:
    documents = atlas.catalogue.indicators
    grouped = groupby(found, key=lambda standing: documents[standing.indicator].theme)
    return [
        {
            "id": theme,
            "title": said(atlas.catalogue.themes[theme].title) if theme in atlas.catalogue.themes else theme,
            "rows": [_row(standing, documents[standing.indicator]) for standing in members],
        }
        for theme, members in grouped
    ]


def _beside(standing: Standing, document: IndicatorDoc) -> str:
    """Return what stands beside a value: why there is none, or how it stands against the whole."""
    if standing.value.value is None:
        return status_word(standing.value.status, language())
    return "" if document.unit == "count" else against_words(standing, document)


def _row(standing: Standing, document: IndicatorDoc) -> ProfileRow:
    is_count = document.unit == "count"
    differs = not is_count and standing.differs and standing.comparison.tested
    yardstick = MISSING if is_count else standing.whole  # the sum of all areas is no yardstick for one
    return ProfileRow(
        title=said(document.title),
        address=indicator_address(standing.indicator),
        document=document,
        value=standing.value,
        period=period_words(standing.period),
        interval=interval_words(standing.value, document),
        against=_beside(standing, document),
        differs=differs,
        spine=spine(standing.spread, standing.value, yardstick, differs=differs),
        spark=sparkline(standing.series),
        trend=trend_word(standing.trend, language()) if standing.trend.direction is not Direction.UNCLEAR else "",
    )
