"""Areas ordered by value: a bar each, its interval as a whisker, the benchmark as a line through all."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sozialraum.indicators import Position, compare, format_value
from sozialraum.publishing.drawing.parts import (
    BOX,
    Axis,
    Sheet,
    Spec,
    ground,
    layer,
    nothing_layer,
    pixel,
    text_layer,
    told,
)
from sozialraum.publishing.kinds import BarsChart, Named
from sozialraum.publishing.theme import MARK, MARK_SOFT, MUTED, NORMAL, OTHER, TEXT, shorten, text_width
from sozialraum.tables import Status, Value

ROW = 28
"""Height of a row in pixels."""

THICK = 16
"""Thickness of a bar in pixels."""


def bars_spec(chart: BarsChart) -> Spec:
    """Return the specification of ranked bars."""
    rows = ranked(chart.bars)
    across = _across(chart)
    sheet = _sheet(chart, rows)
    return sheet.spec(
        [
            ground({**across.plain("x"), "axis": None}, pixel("y")),
            *_bars(chart, rows, across),
            *_zeros(chart, rows, across),
            *_whiskers(rows, across),
            *_benchmark(chart, sheet, across),
            *nothing_layer(_boxes(chart, rows, sheet, across)),
            *_texts(chart, rows, sheet),
        ]
    )


def ranked(bars: Sequence[Named]) -> list[Named]:
    """Order areas by their number, highest first; areas without a number follow by name."""
    return sorted(bars, key=lambda bar: (bar[1].value is None, -(bar[1].value or 0.0), bar[0]))


def _across(chart: BarsChart) -> Axis:
    values = [value for _, value in (*chart.bars, *([chart.benchmark] if chart.benchmark else []))]
    ends = [end for value in values for end in (value.value, value.lower, value.upper) if end is not None]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    return Axis(low, high if high > low else low + 1.0, (), ())


def _sheet(chart: BarsChart, rows: Sequence[Named]) -> Sheet:
    names = max((text_width(name, NORMAL, bold=True) for name, _ in rows), default=0.0)
    numbers = max((text_width(format_value(chart.document, v, chart.language), NORMAL) for _, v in rows), default=0.0)
    left = math.ceil(min(names, 0.4 * chart.width)) + 16
    top = 28 if chart.benchmark else 4
    height = top + ROW * max(1, len(rows)) + 4
    return Sheet(chart.width, height, left=left, right=round(numbers) + 16, top=top, bottom=4)


def _middle(row: int) -> float:
    return ROW * (row + 0.5)


def _bars(chart: BarsChart, rows: Sequence[Named], across: Axis) -> list[Spec]:
    layers = []
    for name, clear, colour in (("bar", False, MARK_SOFT), ("bar-differs", True, MARK)):
        drawn = [
            {
                "from": 0.0,
                "to": value.value,
                "y": _middle(row) - THICK / 2,
                "y2": _middle(row) + THICK / 2,
                "told": told(chart.document, value, area, chart.language),
            }
            for row, (area, value) in enumerate(rows)
            if value.value and differs(chart, value) == clear
        ]
        places = {"x": across.plain("from"), "x2": {"field": "to"}, "y": pixel("y"), "y2": {"field": "y2"}}
        layers += [layer(name, {"type": "rect", "color": colour}, drawn, **places)] if drawn else []
    return layers


def differs(chart: BarsChart, value: Value) -> bool:
    """Tell whether a value clearly lies above or below the benchmark: its interval does not contain it."""
    if chart.benchmark is None:
        return False
    found = compare(value, chart.benchmark[1], chart.document.polarity)
    return found.tested and found.position in (Position.HIGHER, Position.LOWER)


def _zeros(chart: BarsChart, rows: Sequence[Named], across: Axis) -> list[Spec]:
    """Return an upright stroke where the number is exactly zero: nothing was found, which is not nothing known."""
    drawn = [
        {
            "x": 0.0,
            "y": _middle(row) - THICK / 2,
            "y2": _middle(row) + THICK / 2,
            "told": told(chart.document, value, area, chart.language),
        }
        for row, (area, value) in enumerate(rows)
        if value.value == 0
    ]
    mark = {"type": "rule", "color": MARK, "strokeWidth": 3}
    return [layer("zero", mark, drawn, x=across.plain("x"), y=pixel("y"), y2={"field": "y2"})] if drawn else []


def _whiskers(rows: Sequence[Named], across: Axis) -> list[Spec]:
    drawn = [
        {"low": value.lower, "high": value.upper, "y": _middle(row)}
        for row, (_, value) in enumerate(rows)
        if value.lower is not None and value.upper is not None
    ]
    places = {"x": across.plain("low"), "x2": {"field": "high"}, "y": pixel("y")}
    return [layer("whisker", {"type": "rule", "color": TEXT, "strokeWidth": 1.25}, drawn, **places)] if drawn else []


def _benchmark(chart: BarsChart, sheet: Sheet, across: Axis) -> list[Spec]:
    if chart.benchmark is None or chart.benchmark[1].value is None:
        return []
    name, value = chart.benchmark
    number = format_value(chart.document, value, chart.language)
    place = across.place(value.value or 0.0) * sheet.across
    room = sheet.width - text_width(number, NORMAL, bold=True) - 12
    text = f"{shorten(name, NORMAL, room, bold=True)}  {number}"
    width = text_width(text, NORMAL, bold=True)
    start = max(-sheet.left, min(place - width / 2, sheet.across + sheet.right - width))
    line = layer(
        "benchmark",
        {"type": "rule", "color": OTHER, "strokeWidth": 2},
        [{"x": value.value, "y": -4, "y2": sheet.down, "told": told(chart.document, value, name, chart.language)}],
        x=across.plain("x"),
        y=pixel("y"),
        y2={"field": "y2"},
    )
    label = {"x": start, "y": -16, "text": text}
    return [line, *text_layer("name", [label], color=OTHER, fontSize=NORMAL, fontWeight=600)]


def _boxes(
    chart: BarsChart, rows: Sequence[Named], sheet: Sheet, across: Axis
) -> list[tuple[float, float, Status, str]]:
    start = across.place(0.0) * sheet.across + BOX / 2
    return [
        (start, _middle(row), value.status, told(chart.document, value, area, chart.language))
        for row, (area, value) in enumerate(rows)
        if value.value is None
    ]


def _texts(chart: BarsChart, rows: Sequence[Named], sheet: Sheet) -> list[Spec]:
    room = sheet.left - 16
    names = [
        {
            "x": -sheet.left,
            "y": _middle(row),
            "text": shorten(name, NORMAL, room, bold=True),
            "here": name == chart.here,
        }
        for row, (name, _) in enumerate(rows)
    ]
    numbers = [
        {
            "x": sheet.across + sheet.right,
            "y": _middle(row),
            "text": format_value(chart.document, value, chart.language),
            "nothing": value.value is None,
        }
        for row, (_, value) in enumerate(rows)
    ]
    return [
        *text_layer("area", [row for row in names if not row["here"]], fontSize=NORMAL),
        *text_layer("here", [row for row in names if row["here"]], fontSize=NORMAL, fontWeight=600),
        *text_layer("number", [row for row in numbers if not row["nothing"]], fontSize=NORMAL, align="right"),
        *text_layer("nothing", [r for r in numbers if r["nothing"]], fontSize=NORMAL, align="right", color=MUTED),
    ]
