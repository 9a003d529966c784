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
from sozialraum.indicators import Against, Direction, Incomparable, standing_sentence, status_word, trend_word
from sozialraum.tables import Value
from sozialraum.web.atlas.facts import Standing, in_short, standings, warnings_of
from sozialraum.web.atlas.outlines import outlines
from sozialraum.web.atlas.queries import ancestors, children, current_areas, shown_systems, whole, years_of
from sozialraum.web.atlas.release import MISSING, Area, Atlas
from sozialraum.web.atlas.similarity import similar_to, similarity
from sozialraum.web.portal.benchmarks import against_words, obstacle_words
from sozialraum.web.portal.drawing import locator, sparkline, spine
from sozialraum.web.portal.numbers import doubts, interval_words, language, period_words, said
from sozialraum.web.portal.pages.entries import area_address, indicator_address
from sozialraum.web.portal.pages.pyramid import pyramid
from sozialraum.web.portal.pages.standing import standing_of
from sozialraum.web.portal.sentences import short_sentences, status_notes

AGAINST = {
    "": Against.WHOLE,
    "uebergeordnet": Against.PARENT,
    "aehnlich": Against.SIMILAR,
    "ziel": Against.TARGET,
}
"""What a page's address may ask to compare with; it asks for the whole without saying so."""


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
    revised: bool
    warned: bool


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


def choose_against(asked: str | None) -> Against:
    """Return what a page's address asks to compare with.

    Raises:
        Http404: there is no such comparison; the message says so.
    """
    if (asked or "") not in AGAINST:
        raise Http404(_("Einen Vergleich „{name}“ gibt es hier nicht.").format(name=asked))
    return AGAINST[asked or ""]


def profile_page(atlas: Atlas, area: Area, year: str | None = None, against: Against = Against.WHOLE) -> dict[str, Any]:
    """Return what the profile of an area shows.

    Args:
        atlas: the release.
        area: the area.
        year: the numbers known at its end are told; without it the latest of all.
        against: what its numbers are compared with.

    Raises:
        Http404: see :func:`choose_day`.
    """
    day = choose_day(atlas, area, year)
    found = standings(atlas, area, day, against)
    facts = in_short(atlas, area, day)
    document = atlas.systems[area.system]
    shapes = outlines(atlas, area.system)
    label = _("Karte: Lage von {area}").format(area=area.name)
    values = [standing.value for standing in found]
    return {
        "area": area,
        "kind": said(document.short) or said(document.title),
        "is_whole": area.system == atlas.city.whole,
        "whole": whole(atlas),
        "parents": [(parent.name, area_address(parent)) for parent in ancestors(atlas, area)],
        "children": [(child.name, area_address(child)) for child in children(atlas, area)],
        "siblings": [other for other in current_areas(atlas, area.system).values() if other.code != area.code],
        "locator": locator(shapes, area.code, label) if shapes and area.code in shapes.paths else "",
        "sentences": list(short_sentences(atlas, facts)),
        "warned": bool(facts.warnings),
        "year": str(day.year) if day else "",
        "years": [str(year) for year in years_of(atlas, area.system)],
        "standing": standing_of(atlas, area, day),
        "themes": _themes(atlas, area, found),
        "has_intervals": any(interval_words(s.value, atlas.catalogue.indicators[s.indicator]) for s in found),
        "pyramid": pyramid(atlas, area, day),
        "notes": status_notes(
            values, exact=not atlas.release.manifest.get("changed"), revised=any(standing.revised for standing in found)
        ),
        **_benchmark(atlas, area, found, against),
    }


def _benchmark(atlas: Atlas, area: Area, found: tuple[Standing, ...], against: Against) -> dict[str, Any]:
    """Return what can be compared with, what is, and why nothing is where that holds for every indicator."""
    city = whole(atlas)
    titles = {
        "": _("{city} insgesamt").format(city=city.name if city else atlas.city.name),
        "uebergeordnet": _("übergeordnetes Gebiet"),
        "aehnlich": _("ähnliche Gebiete"),
        "ziel": _("Zielwert"),
    }
    alike = similar_to(atlas, area) if against is Against.SIMILAR else ()
    known = similarity(atlas, area.system) if alike else None
    return {
        "against": against.value,
        "choices": [(key, titles[key], AGAINST[key] is against) for key in AGAINST],
        "obstacle": _why_none_similar(atlas, area)
        if against is Against.SIMILAR and not alike
        else _common(atlas, found),
        "alike": [(other.name, area_address(other)) for other in alike],
        "alike_by": len(known.profiles.indicators) if known else 0,
        "alike_period": period_words(known.period) if known else "",
        "targets": sum(standing.against.obstacle is not Incomparable.NO_TARGET for standing in found),
    }


def _why_none_similar(atlas: Atlas, area: Area) -> str:
    known = similarity(atlas, area.system)
    if known is None:
        return _("Ähnliche Gebiete lassen sich nicht bestimmen: Zu wenige Kennzahlen gibt es in allen Gebieten.")
    if area.code not in known.profiles.areas:
        return _("Ähnliche Gebiete lassen sich nicht bestimmen: Hier fehlen Zahlen, die die anderen Gebiete haben.")
    return _("Ähnliche Gebiete lassen sich nicht bestimmen: Es gibt zu wenige Gebiete dieser Art.")


def _common(atlas: Atlas, found: tuple[Standing, ...]) -> str:
    """Return the sentence that says why nothing at all is compared; empty where something is."""
    obstacles = [standing.against.obstacle for standing in found if standing.value.value is not None]
    common = obstacles[0] if obstacles and len(set(obstacles)) == 1 else None
    if common is None:
        return ""
    if common is Incomparable.NO_TARGET:
        return _("Für keine Kennzahl ist ein Ziel festgelegt.")
    first = next(standing for standing in found if standing.against.obstacle is common)
    document = atlas.catalogue.indicators[first.indicator]
    return standing_sentence(document, first.against, name="", language=language())


def _themes(atlas: Atlas, area: Area, found: tuple[Standing, ...]) -> list[dict[str, Any]]:
    documents = atlas.catalogue.indicators
    grouped = groupby(found, key=lambda standing: documents[standing.indicator].theme)
    is_silent = bool(_common(atlas, found))
    parent = next(ancestors(atlas, area), None)
    warned = {warning.indicator for warning in warnings_of(atlas).get(area, ())}
    return [
        {
            "id": theme,
            "title": said(atlas.catalogue.themes[theme].title) if theme in atlas.catalogue.themes else theme,
            "rows": [
                _row(
                    standing,
                    documents[standing.indicator],
                    beside=_beside(standing, documents[standing.indicator], parent, is_silent=is_silent),
                    warned=standing.indicator in warned,
                )
                for standing in members
            ],
        }
        for theme, members in grouped
    ]


def _beside(standing: Standing, document: IndicatorDoc, parent: Area | None, *, is_silent: bool) -> str:
    """Return what stands beside a value: why there is none, how it stands against its benchmark, or why that is not
    said; nothing where the page says so for all rows (``is_silent``)."""
    if standing.value.value is None:
        return status_word(standing.value.status, language())
    if document.unit == "count" or is_silent:
        return ""
    if standing.against.obstacle is Incomparable.NO_TARGET:  # the page says how many have one
        return ""
    if standing.against.obstacle:
        return obstacle_words(standing.against.obstacle)
    return against_words(standing, document, parent.name if parent else "")


def _row(standing: Standing, document: IndicatorDoc, *, beside: str, warned: bool) -> ProfileRow:
    is_count = document.unit == "count"
    differs = not is_count and standing.differs and standing.comparison.tested
    yardstick = None if is_count else standing.against.benchmark  # the sum of all areas is no yardstick for one
    noted = doubts(standing.value, revised=standing.revised)
    return ProfileRow(
        title=said(document.title),
        address=indicator_address(standing.indicator),
        document=document,
        value=standing.value,
        period=", ".join(part for part in (period_words(standing.period), noted) if part),
        interval=interval_words(standing.value, document),
        against=beside,
        differs=differs,
        spine=spine(standing.spread, standing.value, yardstick or MISSING, differs=differs),
        spark=sparkline(standing.series),
        trend=trend_word(standing.trend, language()) if standing.trend.direction is not Direction.UNCLEAR else "",
        revised=standing.revised,
        warned=warned,
    )
