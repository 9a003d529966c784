"""A series over periods: interval as a band, benchmark, breaks, gaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sozialraum.catalogue.indicator import Break
from sozialraum.indicators import break_between, format_period, format_value
from sozialraum.periods import Frequency, parse_period
from sozialraum.publishing.drawing.parts import (
    BOX,
    Axis,
    Sheet,
    Spec,
    ground,
    layer,
    nothing_layer,
    number_axis,
    text_layer,
    told,
)
from sozialraum.publishing.kinds import Line, Points, SeriesChart
from sozialraum.publishing.theme import GROUND, LINE, MARK, MARK_SOFT, NORMAL, OTHER, SMALL, shorten, text_width
from sozialraum.publishing.words import words
from sozialraum.tables import Status, Value

HEIGHT = 320
LABEL = 190
"""Room for the names at the end of the lines, at most, in pixels."""

DOTS = 16
"""Up to so many periods each has a dot."""

BY_RUN = {"field": "run", "type": "nominal"}
_DOUBTFUL = frozenset({Status.UNRELIABLE, Status.ESTIMATED, Status.PROVISIONAL})


def series_spec(chart: SeriesChart) -> Spec:
    """Return the specification of a series."""
    drawn = _drawn(chart)
    return drawn.sheet.spec(
        [
            ground(drawn.across.encoding("x", labelPadding=10), drawn.up.encoding("y", grid=True)),
            *_band(drawn, chart),
            *_breaks(drawn, chart),
            *_benchmark(drawn, chart),
            *_line(drawn, chart),
            *nothing_layer(_boxes(drawn, chart)),
            *_names(drawn, chart),
        ]
    )


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Sheet and axes; ``beside`` tells whether names stand at the ends of the lines or above the plot."""

    sheet: Sheet
    across: Axis
    up: Axis
    beside: bool = False


def _drawn(chart: SeriesChart) -> _Drawn:
    up = number_axis(chart.document, numbers_of(_lines(chart)), chart.language, steps=4)
    beside = chart.width >= 560
    left = round(up.label_width) + 12
    room = max(text_width(text, NORMAL, bold=True) for line in _lines(chart) for text in _label(chart, line))
    right = round(min(room, LABEL)) + 16 if beside else 10
    top = 16 if beside else 12 + 22 * len(_lines(chart))
    sheet = Sheet(chart.width, HEIGHT, left=left, right=right, top=top, bottom=32)
    return _Drawn(sheet, time_axis(chart.line.points, chart.language, sheet.across), up, beside)


def _lines(chart: SeriesChart) -> tuple[Line, ...]:
    return (chart.line, chart.benchmark) if chart.benchmark else (chart.line,)


def numbers_of(lines: Iterable[Line]) -> list[float]:
    """Return every number and end of an interval of these lines."""
    values = [value for line in lines for _, value in line.points]
    return [end for value in values for end in (value.value, value.lower, value.upper) if end is not None]


def time_axis(points: Points, language: str, width: int) -> Axis:
    """Return an axis on which a period stands at its middle, with as many names as find room, the latest among them."""
    places = [middle_of(period) for period, _ in points]
    names = _short_names([period for period, _ in points], language)
    every = _every(places, max((text_width(name, SMALL) for name in names), default=0.0), width)
    chosen = range(len(places) - 1, -1, -every)
    shown = sorted(chosen)
    margin = 0.04 * (places[-1] - places[0]) or 180.0
    return Axis(
        places[0] - margin,
        places[-1] + margin,
        tuple(places[number] for number in shown),
        tuple(names[number] for number in shown),
    )


def middle_of(period: str) -> float:
    """Return the middle of a period as a number of days."""
    found = parse_period(period)
    return (found.first.toordinal() + found.last.toordinal()) / 2


def _every(places: Sequence[float], name: float, width: int) -> int:
    """Return which of the names are written so that they do not touch: each, every second, third..."""
    if len(places) < 2:
        return 1
    closest = min(after - before for before, after in pairwise(places))
    room = closest / (places[-1] - places[0]) * width / 1.08
    every = 1
    while every * room < name + 14 and every < len(places):
        every += 1
    return every


def _short_names(periods: Sequence[str], language: str) -> list[str]:
    """Return the periods' names, short where that is clear: reference dates on the same day of each year are years."""
    found = [parse_period(period) for period in periods]
    days = {(period.last.month, period.last.day) for period in found}
    if all(period.frequency is Frequency.DATE for period in found) and len(days) == 1:
        return [str(period.year) for period in found]
    short = words(language)["short_period"]
    return [
        str(short[period.frequency.value]).format(
            text=period.text, year=period.year, part=period.text[-1], month=period.last.month, day=period.last.day
        )
        for period in found
    ]


def runs(points: Points, breaks: Iterable[Break]) -> list[list[tuple[str, Value]]]:
    """Cut a series into stretches without a gap and without a break; a line is drawn through each."""
    known = tuple(breaks)
    found: list[list[tuple[str, Value]]] = [[]]
    for number, (period, value) in enumerate(points):
        if number and break_between(known, points[number - 1][0], period):
            found.append([])
        if value.value is None:
            found.append([])
        else:
            found[-1].append((period, value))
    return [run for run in found if run]


def _band(drawn: _Drawn, chart: SeriesChart) -> list[Spec]:
    """Return the intervals: a band along each stretch, an upright line where a period stands alone."""
    ends = {"x": drawn.across.plain("x"), "y": drawn.up.plain("low"), "y2": {"field": "high"}}
    rows = [
        {"x": middle_of(period), "low": value.lower, "high": value.upper, "run": number, "alone": len(run) == 1}
        for number, run in enumerate(runs(chart.line.points, chart.breaks))
        for period, value in run
        if value.lower is not None and value.upper is not None
    ]
    band, alone = [row for row in rows if not row["alone"]], [row for row in rows if row["alone"]]
    area = layer("band", {"type": "area", "color": MARK_SOFT}, band, **ends, detail=BY_RUN)
    rule = layer("band", {"type": "rule", "color": MARK_SOFT, "strokeWidth": 6}, alone, **ends)
    return [*([area] if band else []), *([rule] if alone else [])]


def _breaks(drawn: _Drawn, chart: SeriesChart) -> list[Spec]:
    places = [
        (middle_of(before) + middle_of(after)) / 2
        for (before, _), (after, _) in pairwise(chart.line.points)
        if break_between(chart.breaks, before, after)
    ]
    rows = [{"x": place, "told": words(chart.language)["chart"]["break"]} for place in places]
    mark = {"type": "rule", "color": LINE, "strokeDash": [4, 4], "strokeWidth": 1}
    return [layer("break", mark, rows, x=drawn.across.plain("x"))] if rows else []


def _benchmark(drawn: _Drawn, chart: SeriesChart) -> list[Spec]:
    if chart.benchmark is None:
        return []
    return _strokes(drawn, runs(chart.benchmark.points, chart.breaks), "benchmark", OTHER, 1.5)


def _strokes(
    drawn: _Drawn, found: Sequence[Sequence[tuple[str, Value]]], name: str, colour: str, width: float
) -> list[Spec]:
    rows = [
        {"x": middle_of(period), "y": value.value, "run": number}
        for number, run in enumerate(found)
        for period, value in run
        if len(run) > 1
    ]
    mark = {"type": "line", "color": colour, "strokeWidth": width, "strokeCap": "round", "strokeJoin": "round"}
    places = {"x": drawn.across.plain("x"), "y": drawn.up.plain("y")}
    return [layer(name, mark, rows, **places, detail=BY_RUN)] if rows else []


def _line(drawn: _Drawn, chart: SeriesChart) -> list[Spec]:
    found = runs(chart.line.points, chart.breaks)
    return [*_strokes(drawn, found, "line", MARK, 2.5), *_dots(drawn, chart, found)]


def _dots(drawn: _Drawn, chart: SeriesChart, found: Sequence[Sequence[tuple[str, Value]]]) -> list[Spec]:
    """Return dots on the line: of each period, or of those that stand alone and the last; hollow where doubtful."""
    points = [point for run in found for point in run]
    single = {run[0][0] for run in found if len(run) == 1} | {period for period, _ in points[-1:]}
    kept = points if len(points) <= DOTS else [point for point in points if point[0] in single]
    layers = []
    for name, doubtful, fill in (("dot", False, MARK), ("dot-doubtful", True, GROUND)):
        rows = [
            {"x": middle_of(period), "y": value.value, "told": _told(chart, period, value)}
            for period, value in kept
            if (value.status in _DOUBTFUL) == doubtful
        ]
        mark = {"type": "point", "shape": "circle", "size": 52, "fill": fill, "stroke": MARK, "strokeWidth": 2}
        places = {"x": drawn.across.plain("x"), "y": drawn.up.plain("y")}
        layers += [layer(name, {**mark, "opacity": 1}, rows, **places)] if rows else []
    return layers


def _told(chart: SeriesChart, period: str, value: Value) -> str:
    return told(chart.document, value, format_period(period, chart.language), chart.language)


def _boxes(drawn: _Drawn, chart: SeriesChart) -> list[tuple[float, float, Status, str]]:
    floor = drawn.sheet.down - BOX / 2 - 4
    return [
        (
            drawn.across.place(middle_of(period)) * drawn.sheet.across,
            floor,
            value.status,
            _told(chart, period, value),
        )
        for period, value in chart.line.points
        if value.value is None
    ]


def _label(chart: SeriesChart, line: Line) -> tuple[str, str]:
    """Return the name and the last value of a line; the period with it where it is not the last one."""
    last = _last(line)
    if last is None:
        return line.name, ""
    number = format_value(chart.document, last[1], chart.language)
    late = last[0] != line.points[-1][0]
    return line.name, f"{number} ({format_period(last[0], chart.language)})" if late else number


def _last(line: Line) -> tuple[str, Value] | None:
    return next((point for point in reversed(line.points) if point[1].value is not None), None)


def _names(drawn: _Drawn, chart: SeriesChart) -> list[Spec]:
    labels = [
        (_label(chart, line), _last(line), colour) for line, colour in zip(_lines(chart), (MARK, OTHER), strict=False)
    ]
    if not drawn.beside:
        return _names_above(drawn, [(label, colour) for label, _, colour in labels])
    heights = [
        (1 - drawn.up.place(last[1].value or 0.0)) * drawn.sheet.down if last else drawn.sheet.down / 2
        for _, last, _ in labels
    ]
    layers = []
    for ((name, number), _, colour), y in zip(labels, apart(heights, 44, drawn.sheet.down), strict=True):
        x = drawn.sheet.across + 8
        short = shorten(name, NORMAL, LABEL, bold=True)
        layers += text_layer(
            "name", [{"x": x, "y": y - 9, "text": short}], color=colour, fontSize=NORMAL, fontWeight=600
        )
        layers += text_layer("number", [{"x": x, "y": y + 9, "text": number}] if number else [], fontSize=NORMAL)
    return layers


def _names_above(drawn: _Drawn, labels: Sequence[tuple[tuple[str, str], str]]) -> list[Spec]:
    layers = []
    for row, ((name, number), colour) in enumerate(labels):
        room = drawn.sheet.width - text_width(number, NORMAL) - 16
        text = f"{shorten(name, NORMAL, room, bold=True)}  {number}"
        y = 12 + 22 * row - drawn.sheet.top
        layers += text_layer(
            "name", [{"x": -drawn.sheet.left, "y": y, "text": text}], color=colour, fontSize=NORMAL, fontWeight=600
        )
    return layers


def apart(heights: Sequence[float], gap: float, room: float) -> list[float]:
    """Move two heights apart so that their labels do not overlap, both inside the room."""
    if len(heights) < 2 or abs(heights[0] - heights[1]) >= gap:
        return [min(max(height, gap / 2 - 8), room - gap / 2 + 8) for height in heights]
    middle = min(max(sum(heights) / 2, gap - 8), room - gap + 8)
    first = -1 if heights[0] <= heights[1] else 1
    return [middle + first * gap / 2, middle - first * gap / 2]
