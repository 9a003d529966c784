"""Areas side by side: the same indicators, the same period for all; differences that are not clear are grey."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sozialraum.catalogue import IndicatorDoc
from sozialraum.indicators import latest_common_period
from sozialraum.tables import Value
from sozialraum.web.atlas.queries import current_areas, listed_systems, whole, whole_value
from sozialraum.web.atlas.release import MISSING, Area, Atlas
from sozialraum.web.atlas.rules import differs
from sozialraum.web.portal.numbers import change_words, period_words, said
from sozialraum.web.portal.pages.entries import area_address, indicator_address
from sozialraum.web.portal.pages.profile import find_area

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


def comparison_page(atlas: Atlas, areas: tuple[Area, ...]) -> dict[str, Any]:
    """Return what the comparison shows."""
    return {
        "areas": [(area, area_address(area)) for area in areas],
        "chosen": [f"{area.system}:{area.code}" for area in areas],
        "choices": _choices(atlas),
        "slots": _slots(areas),
        "whole": whole(atlas),
        "width": len(areas) + (2 if whole(atlas) else 1),
        "themes": _themes(atlas, areas) if areas else [],
    }


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


def _themes(atlas: Atlas, areas: tuple[Area, ...]) -> list[dict[str, Any]]:
    documents = atlas.catalogue.indicators
    grouped = groupby(atlas.indicators, key=lambda indicator: documents[indicator].theme)
    themes = atlas.catalogue.themes
    return [
        {
            "title": said(themes[theme].title) if theme in themes else theme,
            "rows": [row for indicator in indicators if (row := _row(atlas, indicator, areas))],
        }
        for theme, indicators in grouped
    ]


def _row(atlas: Atlas, indicator: str, areas: tuple[Area, ...]) -> dict[str, Any] | None:
    document = atlas.catalogue.indicators[indicator]
    period = _common_period(atlas, indicator, areas)
    if period is None:
        return None
    values = [_value(atlas, indicator, area, period) for area in areas]
    return {
        "title": said(document.title),
        "address": indicator_address(indicator),
        "document": document,
        "period": period_words(period),
        "values": [Compared(values[0]), *(_compared(values[0], value, document) for value in values[1:])],
        "whole": whole_value(atlas, indicator, period),
    }


def _common_period(atlas: Atlas, indicator: str, areas: tuple[Area, ...]) -> str | None:
    """Return the latest period for which every system of the chosen areas has the indicator."""
    panels = [atlas.panel(indicator, area.system) for area in areas]
    if not all(panels):
        return None
    return latest_common_period(panel.told for panel in panels if panel)


def _value(atlas: Atlas, indicator: str, area: Area, period: str) -> Value:
    panel = atlas.panel(indicator, area.system)
    return panel.value(area.code, period) if panel else MISSING


def _compared(first: Value, value: Value, document: IndicatorDoc) -> Compared:
    if first.value is None or value.value is None or document.unit == "count":
        return Compared(value)
    clear = differs(first, value)
    return Compared(value, _loosened(change_words(first.value, value.value, document)), clear)


def _loosened(text: str) -> str:
    """Let a unit wrap before a second long word, so that it fits a narrow column; ``je km²`` stays together."""
    number, space, unit = text.partition("\u00a0")
    return number + space + _BEFORE_LONG_WORD.sub(" ", unit)
