"""A distribution: how many areas lie in each step, and how many say nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sozialraum.indicators import format_number, format_value, status_word, with_unit
from sozialraum.publishing.drawing.parts import Axis, Sheet, Spec, ground, layer, pixel, round_steps, text_layer, tick
from sozialraum.publishing.kinds import HistogramChart
from sozialraum.publishing.theme import (
    GROUND,
    HATCHED,
    LINE,
    MARK,
    MARK_SOFT,
    MUTED,
    NORMAL,
    OTHER,
    shorten,
    text_width,
)
from sozialraum.publishing.words import enumerate_words, words
from sozialraum.tables import Status

HEIGHT = 260
COLUMN = 44
"""Width of the columns beside the plot that count areas without a number."""


@dataclass(frozen=True, slots=True)
class Bin:
    """One step of a distribution.

    Attributes:
        low: from here on.
        high: up to here; the last step holds its upper end, the others do not.
        areas: names of the areas in it.
    """

    low: float
    high: float
    areas: tuple[str, ...]


def bins_of(chart: HistogramChart) -> list[Bin]:
    """Sort areas with a number into steps with round edges.

    As many steps as H. A. Sturges advises for so many numbers (The Choice of a Class Interval, JASA 21, 1926), then
    edges that people can name.
    """
    told = [(name, value.value) for name, value in chart.bars if value.value is not None]
    if not told:
        return []
    numbers = [number for _, number in told]
    edges = round_steps(min(numbers), max(numbers), 1 + math.ceil(math.log2(len(numbers))))
    last = len(edges) - 2
    return [
        Bin(low, high, tuple(name for name, number in told if low <= number < high or (n == last and number == high)))
        for n, (low, high) in enumerate(pairwise(edges))
    ]


def without_number(chart: HistogramChart) -> list[tuple[Status, tuple[str, ...]]]:
    """Return the areas that have no number, by status."""
    kinds = (Status.SUPPRESSED, Status.MISSING, Status.UNDEFINED)
    found = [(kind, tuple(name for name, value in chart.bars if value.status is kind)) for kind in kinds]
    return [(kind, names) for kind, names in found if names]


def histogram_spec(chart: HistogramChart) -> Spec:
    """Return the specification of a distribution."""
    bins, silent = bins_of(chart), without_number(chart)
    top = 52 if chart.benchmark else 24
    sheet = Sheet(
        chart.width, HEIGHT, left=14, right=16 + len(silent) * (COLUMN + 12) + 12 * bool(silent), top=top, bottom=36
    )
    edges = [bins[0].low, *(found.high for found in bins)] if bins else [0.0, 1.0]
    across = Axis(edges[0], edges[-1], tuple(edges), _edge_names(chart, edges))
    tallest = max([len(found.areas) for found in bins] + [len(names) for _, names in silent], default=1)
    return sheet.spec(
        [
            ground(across.encoding("x", labelPadding=10), pixel("y")),
            *_steps(chart, bins, across, sheet, tallest),
            *_silent(chart, silent, sheet, tallest),
            *_benchmark(chart, across, sheet),
        ]
    )


def _edge_names(chart: HistogramChart, edges: Sequence[float]) -> tuple[str, ...]:
    names = [tick(edge, edges, chart.language) for edge in edges]
    return (*names[:-1], with_unit(names[-1], chart.document.unit, chart.language))


def _steps(chart: HistogramChart, bins: Sequence[Bin], across: Axis, sheet: Sheet, tallest: int) -> list[Spec]:
    layers: list[Spec] = []
    for name, here, colour in (("step", False, MARK_SOFT), ("step-here", True, MARK)):
        rows = [
            {
                "from": across.place(found.low) * sheet.across + 1,
                "to": across.place(found.high) * sheet.across - 1,
                "y": sheet.down * (1 - len(found.areas) / tallest),
                "y2": sheet.down,
                "told": _step_told(chart, found),
            }
            for found in bins
            if found.areas and (chart.here in found.areas) == here
        ]
        places = {"x": pixel("from"), "x2": {"field": "to"}, "y": pixel("y"), "y2": {"field": "y2"}}
        layers += [layer(name, {"type": "rect", "color": colour}, rows, **places)] if rows else []
    counts = [
        {
            "x": across.place((found.low + found.high) / 2) * sheet.across,
            "y": sheet.down * (1 - len(found.areas) / tallest) - 12,
            "text": format_number(len(found.areas), 0, chart.language),
        }
        for found in bins
        if found.areas
    ]
    return [*layers, *text_layer("count", counts, align="center", color=MUTED)]


def _step_told(chart: HistogramChart, found: Bin) -> str:
    decimals = chart.document.decimals
    low, high = (format_number(edge, decimals, chart.language) for edge in (found.low, found.high))
    edges = str(words(chart.language)["chart"]["step"]).format(
        low=low, high=with_unit(high, chart.document.unit, chart.language)
    )
    return f"{edges}: {enumerate_words(found.areas, chart.language)}"


def _silent(
    chart: HistogramChart, silent: Sequence[tuple[Status, tuple[str, ...]]], sheet: Sheet, tallest: int
) -> list[Spec]:
    layers: list[Spec] = []
    for place, (status, names) in enumerate(silent):
        start = sheet.across + 14 + 12 + place * (COLUMN + 12)
        top = sheet.down * (1 - len(names) / tallest)
        said = f"{status_word(status, chart.language)}: {enumerate_words(names, chart.language)}"
        row = {"from": start, "to": start + COLUMN, "y": top, "y2": sheet.down, "told": said}
        hatched = status is Status.SUPPRESSED
        look = {"fill": HATCHED} if hatched else {"fill": GROUND, "strokeDash": [4, 3]}
        mark = {"type": "rect", "stroke": LINE, "strokeWidth": 1, **look}
        places = {"x": pixel("from"), "x2": {"field": "to"}, "y": pixel("y"), "y2": {"field": "y2"}}
        layers.append(layer("suppressed" if hatched else "missing", mark, [row], **places))
        middle = start + COLUMN / 2
        count = {"x": middle, "y": top - 12, "text": format_number(len(names), 0, chart.language)}
        sign = {"x": middle, "y": sheet.down + 17, "text": _sign(chart, status)}
        layers += text_layer("count", [count, sign], align="center", color=MUTED)
    return layers


def _sign(chart: HistogramChart, status: Status) -> str:
    value = next(value for _, value in chart.bars if value.status is status)
    return format_value(chart.document, value, chart.language)


def _benchmark(chart: HistogramChart, across: Axis, sheet: Sheet) -> list[Spec]:
    if chart.benchmark is None or chart.benchmark[1].value is None:
        return []
    name, value = chart.benchmark
    share = across.place(value.value or 0.0)
    if not 0 <= share <= 1:
        return []
    number = format_value(chart.document, value, chart.language)
    text = f"{shorten(name, NORMAL, chart.width / 2, bold=True)}  {number}"
    place, width = share * sheet.across, text_width(text, NORMAL, bold=True)
    start = max(-sheet.left, min(place - width / 2, chart.width - sheet.left - width))
    line = layer(
        "benchmark",
        {"type": "rule", "color": OTHER, "strokeWidth": 2},
        [{"x": place, "y": -28, "y2": sheet.down}],
        x=pixel("x"),
        y=pixel("y"),
        y2={"field": "y2"},
    )
    label = {"x": start, "y": -40, "text": text}
    return [line, *text_layer("name", [label], color=OTHER, fontSize=NORMAL, fontWeight=600)]
