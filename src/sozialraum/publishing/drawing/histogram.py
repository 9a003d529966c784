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


@dataclass(frozen=True, slots=True)
class _Plot:
    """The chart with its sheet, its axis, and how many areas the tallest column counts."""

    chart: HistogramChart
    sheet: Sheet
    across: Axis
    tallest: int

    def x(self, number: float) -> float:
        """Return where a number lies in pixels."""
        return self.across.place(number) * self.sheet.across

    def column(self, left: float, right: float, count: int, said: str) -> dict[str, object]:
        """Return a column that counts so many areas."""
        return {"from": left, "to": right, "y": self.top(count), "y2": self.sheet.down, "told": said}

    def top(self, count: int) -> float:
        """Return where the top of a column lies in pixels."""
        return self.sheet.down * (1 - count / self.tallest)

    def count(self, middle: float, count: int) -> dict[str, object]:
        """Return the number above a column."""
        return {"x": middle, "y": self.top(count) - 12, "text": format_number(count, 0, self.chart.language)}


def histogram_spec(chart: HistogramChart) -> Spec:
    """Return the specification of a distribution."""
    bins, silent = bins_of(chart), without_number(chart)
    edges = [bins[0].low, *(found.high for found in bins)] if bins else [0.0, 1.0]
    across = Axis(edges[0], edges[-1], tuple(edges), _edge_names(chart, edges))
    side = math.ceil(across.label_width / 2) + 4
    right = side + len(silent) * (COLUMN + 12) + 12 * bool(silent)
    sheet = Sheet(chart.width, HEIGHT, left=side, right=right, top=52 if chart.benchmark else 24, bottom=36)
    tallest = max([len(found.areas) for found in bins] + [len(names) for _, names in silent], default=1)
    plot = _Plot(chart, sheet, across, tallest)
    axes = ground(across.encoding("x", labelPadding=10), pixel("y"))
    return sheet.spec([axes, *_steps(plot, bins), *_silent(plot, silent), *_benchmark(plot)])


def _edge_names(chart: HistogramChart, edges: Sequence[float]) -> tuple[str, ...]:
    names = [tick(edge, edges, chart.language) for edge in edges]
    return (*names[:-1], with_unit(names[-1], chart.document.unit, chart.language))


_COLUMN = {"x": pixel("from"), "x2": {"field": "to"}, "y": pixel("y"), "y2": {"field": "y2"}}


def _steps(plot: _Plot, bins: Sequence[Bin]) -> list[Spec]:
    filled = [found for found in bins if found.areas]
    layers: list[Spec] = []
    for name, here, colour in (("step", False, MARK_SOFT), ("step-here", True, MARK)):
        rows = [
            plot.column(plot.x(found.low) + 1, plot.x(found.high) - 1, len(found.areas), _step_told(plot.chart, found))
            for found in filled
            if (plot.chart.here in found.areas) == here
        ]
        layers += [layer(name, {"type": "rect", "color": colour}, rows, **_COLUMN)] if rows else []
    counts = [plot.count((plot.x(found.low) + plot.x(found.high)) / 2, len(found.areas)) for found in filled]
    return [*layers, *text_layer("count", counts, align="center", color=MUTED)]


def _step_told(chart: HistogramChart, found: Bin) -> str:
    decimals = chart.document.decimals
    low, high = (format_number(edge, decimals, chart.language) for edge in (found.low, found.high))
    edges = str(words(chart.language)["chart"]["step"]).format(
        low=low, high=with_unit(high, chart.document.unit, chart.language)
    )
    return f"{edges}: {enumerate_words(found.areas, chart.language)}"


def _silent(plot: _Plot, silent: Sequence[tuple[Status, tuple[str, ...]]]) -> list[Spec]:
    layers: list[Spec] = []
    for place, (status, names) in enumerate(silent):
        start = plot.sheet.across + plot.sheet.left + 12 + place * (COLUMN + 12) - 2
        said = f"{status_word(status, plot.chart.language)}: {enumerate_words(names, plot.chart.language)}"
        hatched = status is Status.SUPPRESSED
        look = {"fill": HATCHED} if hatched else {"fill": GROUND, "strokeDash": [4, 3]}
        mark = {"type": "rect", "stroke": LINE, "strokeWidth": 1, **look}
        column = plot.column(start, start + COLUMN, len(names), said)
        layers.append(layer("suppressed" if hatched else "missing", mark, [column], **_COLUMN))
        middle = start + COLUMN / 2
        sign = {"x": middle, "y": plot.sheet.down + 17, "text": _sign(plot.chart, status)}
        layers += text_layer("count", [plot.count(middle, len(names)), sign], align="center", color=MUTED)
    return layers


def _sign(chart: HistogramChart, status: Status) -> str:
    value = next(value for _, value in chart.bars if value.status is status)
    return format_value(chart.document, value, chart.language)


def _benchmark(plot: _Plot) -> list[Spec]:
    chart, sheet = plot.chart, plot.sheet
    if chart.benchmark is None or chart.benchmark[1].value is None:
        return []
    name, value = chart.benchmark
    place = plot.x(value.value or 0.0)
    if not 0 <= place <= sheet.across:
        return []
    number = format_value(chart.document, value, chart.language)
    text = f"{shorten(name, NORMAL, chart.width / 2, bold=True)}  {number}"
    width = text_width(text, NORMAL, bold=True)
    start = max(-sheet.left, min(place - width / 2, chart.width - sheet.left - width))
    mark = {"type": "rule", "color": OTHER, "strokeWidth": 2}
    ends = {"x": pixel("x"), "y": pixel("y"), "y2": {"field": "y2"}}
    line = layer("benchmark", mark, [{"x": place, "y": -28, "y2": sheet.down}], **ends)
    label = {"x": start, "y": -40, "text": text}
    return [line, *text_layer("name", [label], color=OTHER, fontSize=NORMAL, fontWeight=600)]
