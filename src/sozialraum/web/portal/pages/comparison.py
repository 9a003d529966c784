"""Areas side by side: the same indicators, the same period for all; differences that are not clear are grey."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sozialraum.catalogue import IndicatorDoc
from sozialraum.indicators import latest_common_period
from sozialraum.periods import parse_period
from sozialraum.tables import Value
from sozialraum.web.atlas.queries import current_areas, listed_systems, whole, whole_value, years_of
from sozialraum.web.atlas.release import Area, Atlas, Panel
from sozialraum.web.atlas.rules import differs
from sozialraum.web.portal.numbers import change_words, period_words, said
from sozialraum.web.portal.pages.entries import area_address, indicator_address
from sozialraum.web.portal.pages.profile import find_area
from sozialraum.web.portal.sentences import status_notes

MOST = 6
"""More columns than this nobody can read."""

_BEFORE_LONG_WORD = re.compile(r"\u00a0(?=[^\W\d]{5})")


@dataclass(frozen=True, slots=True)
class Compared:
    """One value of a comparison and how it differs from the first column."""

    value: Value
    difference: str = ""
    is_clear: bool = False


def parse_areas(atlas: Atlas, asked: Sequence[str]) -> tuple[Area, ...]:
    """Read areas written as ``system:code``, each once, at most ``MOST``; empty entries are passed over.

    Raises:
        Http404: there is no such area.
    """
    pairs = (text.partition(":") for text in dict.fromkeys(asked) if text)
    return tuple(find_area(atlas, system, code) for system, _colon, code in pairs)[:MOST]


def comparison_page(atlas: Atlas, areas: tuple[Area, ...], year: str | None = None) -> dict[str, Any]:
    """Return what the comparison shows.

    Args:
        atlas: the release.
        areas: the areas side by side.
        year: the latest common periods that ended by its end are told; without it the latest of all.

    Raises:
        Http404: the release has no numbers of that year; the message says so.
    """
    years = sorted({str(one) for area in areas for one in years_of(atlas, area.system)}, reverse=True)
    if year and areas and year not in years:
        raise Http404(_("Für das Jahr „{year}“ gibt es hier keine Zahlen.").format(year=year))
    themes = _themes(atlas, areas, date(int(year), 12, 31) if year and areas else None) if areas else []
    rows = [row for theme in themes for row in theme["rows"]]
    shown = [(compared.value, revised) for row in rows for compared, revised in row["values"]]
    exact = not atlas.release.manifest.get("changed")
    return {
        "areas": [(area, area_address(area)) for area in areas],
        "chosen": [f"{area.system}:{area.code}" for area in areas],
        "choices": _choices(atlas),
        "slots": _slots(areas),
        "whole": whole(atlas),
        "width": len(areas) + (2 if whole(atlas) else 1),
        "themes": themes,
        "period": _period_sentence(rows, is_latest=not year),
        "notes": status_notes([value for value, _ in shown], exact=exact, revised=any(revised for _, revised in shown)),
        "year": year or "",
        "years": years,
    }


def _period_sentence(rows: Sequence[Mapping[str, Any]], *, is_latest: bool) -> str:
    """Say which period most rows have in common, and how many have another one; empty without rows."""
    if not rows:
        return ""
    (period, most), *others = Counter(str(row["period"]) for row in rows).most_common()
    latest, chosen = _("Neuester gemeinsamer Zeitraum: {period}."), _("Gemeinsamer Zeitraum: {period}.")
    sentence = (latest if is_latest else chosen).format(period=period)
    if not others:
        return sentence
    rest = len(rows) - most
    words = ngettext(
        "Bei {count} von {all} Kennzahlen ist es ein anderer; er steht unter ihrem Namen.",
        "Bei {count} von {all} Kennzahlen ist es ein anderer; er steht unter ihrem Namen.",
        rest,
    )
    return f"{sentence} {words.format(count=rest, all=len(rows))}"


def _choices(atlas: Atlas) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (
            said(atlas.systems[name].title),
            [(f"{name}:{code}", area.name) for code, area in current_areas(atlas, name).items()],
        )
        for name in listed_systems(atlas)
    ]


def _slots(areas: tuple[Area, ...]) -> list[str]:
    """Return the fields of the form: what is chosen and one more, at least two."""
    chosen = [f"{area.system}:{area.code}" for area in areas]
    return (chosen + [""] * max(1, 2 - len(chosen)))[:MOST]


def _themes(atlas: Atlas, areas: tuple[Area, ...], day: date | None) -> list[dict[str, Any]]:
    documents = atlas.catalogue.indicators
    grouped = groupby(atlas.indicators, key=lambda indicator: documents[indicator].theme)
    themes = atlas.catalogue.themes
    return [
        {
            "title": said(themes[theme].title) if theme in themes else theme,
            "rows": [row for indicator in indicators if (row := _row(atlas, indicator, areas, day))],
        }
        for theme, indicators in grouped
    ]


def _row(atlas: Atlas, indicator: str, areas: tuple[Area, ...], day: date | None) -> dict[str, Any] | None:
    document = atlas.catalogue.indicators[indicator]
    panels = [panel for area in areas if (panel := atlas.panel(indicator, area.system))]
    period = common_period(areas, panels, day) if len(panels) == len(areas) else None
    if period is None:
        return None
    pairs = list(zip(areas, panels, strict=True))
    values = [panel.value(area.code, period) for area, panel in pairs]
    others = [_compared(values[0], value, document) for value in values[1:]]
    revised = [(area.code, period) in panel.revised for area, panel in pairs]
    return {
        "title": said(document.title),
        "address": indicator_address(indicator),
        "document": document,
        "period": period_words(period),
        "values": list(zip([Compared(values[0]), *others], revised, strict=True)),
        "whole": whole_value(atlas, indicator, period),
    }


def common_period(areas: Sequence[Area], panels: Sequence[Panel], day: date | None = None) -> str | None:
    """Return the latest period in which all areas have a number; where there is none (one of them is always withheld),
    the latest that their systems have in common.

    Args:
        areas: the areas.
        panels: the values of the indicator in the system of each.
        day: only periods that ended by then.
    """
    told = [
        [period for period in panel.told if panel.value(area.code, period).value is not None]
        for area, panel in zip(areas, panels, strict=True)
    ]
    for series in (told, [panel.told for panel in panels]):
        ended = [[one for one in periods if day is None or parse_period(one).last <= day] for periods in series]
        if found := latest_common_period(ended):
            return found
    return None


def _compared(first: Value, value: Value, document: IndicatorDoc) -> Compared:
    if first.value is None or value.value is None or document.unit == "count":
        return Compared(value)
    clear = differs(first, value)
    return Compared(value, _loosened(change_words(first.value, value.value, document)), clear)


def _loosened(text: str) -> str:
    """Let a unit wrap before a second long word, so that it fits a narrow column; ``je km²`` stays together."""
    number, space, unit = text.partition("\u00a0")
    return number + space + _BEFORE_LONG_WORD.sub(" ", unit)
