"""Small multiples: a little line for every area, all on one scale, the benchmark behind each.

All cells stand on one sheet, in pixels: Vega's own concatenation of twenty plots takes a hundred times as long.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sozialraum.indicators import break_between, format_period, format_value
from sozialraum.publishing.drawing.parts import (
    BOX,
    Axis,
    Sheet,
    Spec,
    layer,
    nothing_layer,
    number_axis,
    pixel,
    text_layer,
    told,
)
from sozialraum.publishing.drawing.series import BY_RUN, middle_of, runs, time_axis
from sozialraum.publishing.kinds import Line, MultiplesChart
from sozialraum.publishing.theme import HAIRLINE, LINE, MARK, MUTED, NORMAL, OTHER, SMALL, shorten, text_width
from sozialraum.publishing.words import words
from sozialraum.tables import Status, Value

CELL = 72
"""Height of a little plot in pixels."""

LINE_HEIGHT, FOOT, GUTTER = 20, 34, 32
"""Height of a line of type above a plot, room below it for the periods, room between two columns."""

_NARROWEST = 156


@dataclass(frozen=True, slots=True)
class Cell:
    """One little plot: its line, its upper left corner and size in pixels, its axes."""

    line: Line
    left: float
    top: float
    width: float
    across: Axis
    up: Axis

    def point(self, period: str, number: float) -> dict[str, float]:
        """Return where a number of a period lies."""
        return {"x": self.x(middle_of(period)), "y": self.top + (1 - self.up.place(number)) * CELL}

    def x(self, day: float) -> float:
        """Return where a day lies."""
        return self.left + self.across.place(day) * self.width


def multiples_spec(chart: MultiplesChart) -> Spec:
    """Return the specification of small multiples."""
    cells = list(_cells(chart))
    height = max((cell.top for cell in cells), default=0.0) + CELL + FOOT
    return Sheet(chart.width, round(height)).spec(
        [
            *_floors(cells),
            *_breaks(chart, cells),
            *_strokes(chart, cells, benchmark=True),
            *_strokes(chart, cells, benchmark=False),
            *_dots(chart, cells),
            *nothing_layer([box for cell in cells for box in _boxes(chart, cell)]),
            *_names(chart, cells),
            *_periods(chart, cells),
        ]
    )


def multiples_axis(chart: MultiplesChart) -> Axis:
    """Return the one scale of all little plots."""
    shown = [*chart.lines, *([chart.benchmark] if chart.benchmark else [])]
    numbers = [value.value for line in shown for _, value in line.points if value.value is not None]
    rounded = number_axis(chart.document, numbers, chart.language, steps=2).low
    low, high = max(rounded, min([0.0, *numbers])), max(numbers, default=1.0)
    return Axis(low, high if high > low else low + 1.0, (), ())


def _cells(chart: MultiplesChart) -> Iterator[Cell]:
    columns = max(1, (chart.width + GUTTER) // (_NARROWEST + GUTTER))
    width = (chart.width - (columns - 1) * GUTTER) / columns
    up = multiples_axis(chart)
    head = 10 + LINE_HEIGHT * (2 if _stacked(chart, width) else 1)
    for number, line in enumerate(chart.lines):
        row, column = divmod(number, columns)
        across = time_axis(line.points, chart.language, round(width))
        yield Cell(line, column * (width + GUTTER), head + row * (head + CELL + FOOT), width, across, up)


def _stacked(chart: MultiplesChart, width: float) -> bool:
    """Tell whether names and numbers need two lines because they do not fit beside each other."""
    return any(
        text_width(line.name, NORMAL) + text_width(_number(chart, line), NORMAL, bold=True) + 8 > width
        for line in chart.lines
    )


def _number(chart: MultiplesChart, line: Line) -> str:
    return format_value(chart.document, line.points[-1][1], chart.language)


def _floors(cells: Sequence[Cell]) -> list[Spec]:
    """Return the line under each plot: at zero where numbers lie on both sides of it, else at the scale's lower end."""
    rows = []
    for cell in cells:
        low, high = cell.up.low, cell.up.high
        height = cell.up.place(0.0 if low < 0 < high else low)
        rows.append({"x": cell.left, "x2": cell.left + cell.width, "y": cell.top + (1 - height) * CELL})
    mark = {"type": "rule", "color": HAIRLINE, "strokeWidth": 1}
    return [layer("floor", mark, rows, x=pixel("x"), x2={"field": "x2"}, y=pixel("y"))]


def _breaks(chart: MultiplesChart, cells: Sequence[Cell]) -> list[Spec]:
    rows = [
        {
            "x": cell.x((middle_of(before) + middle_of(after)) / 2),
            "y": cell.top,
            "y2": cell.top + CELL,
            "told": words(chart.language)["chart"]["break"],
        }
        for cell in cells
        for (before, _), (after, _) in pairwise(cell.line.points)
        if break_between(chart.breaks, before, after)
    ]
    mark = {"type": "rule", "color": LINE, "strokeDash": [3, 3], "strokeWidth": 1}
    return [layer("break", mark, rows, x=pixel("x"), y=pixel("y"), y2={"field": "y2"})] if rows else []


def _strokes(chart: MultiplesChart, cells: Sequence[Cell], *, benchmark: bool) -> list[Spec]:
    rows = []
    for number, cell in enumerate(cells):
        line = chart.benchmark if benchmark else cell.line
        for stretch, run in enumerate(runs(line.points, chart.breaks) if line else []):
            rows += [
                {**cell.point(period, value.value or 0.0), "run": f"{number}.{stretch}"}
                for period, value in run
                if len(run) > 1
            ]
    name, colour, width = ("benchmark", OTHER, 1.25) if benchmark else ("line", MARK, 2.25)
    mark = {"type": "line", "color": colour, "strokeWidth": width, "strokeCap": "round", "strokeJoin": "round"}
    return [layer(name, mark, rows, x=pixel("x"), y=pixel("y"), detail=BY_RUN)] if rows else []


def _dots(chart: MultiplesChart, cells: Sequence[Cell]) -> list[Spec]:
    """Return a dot on every period that no line reaches, and on the last one."""
    rows = []
    for cell in cells:
        found = runs(cell.line.points, chart.breaks)
        ends = [run[0] for run in found[:-1] if len(run) == 1] + [run[-1] for run in found[-1:]]
        rows += [
            {**cell.point(period, value.value or 0.0), "told": _told(chart, cell.line, period, value)}
            for period, value in ends
        ]
    mark = {"type": "point", "shape": "circle", "size": 38, "fill": MARK, "stroke": MARK, "opacity": 1}
    return [layer("dot", mark, rows, x=pixel("x"), y=pixel("y"))] if rows else []


def _told(chart: MultiplesChart, line: Line, period: str, value: Value) -> str:
    place = f"{line.name}, {format_period(period, chart.language)}"
    return told(chart.document, value, place, chart.language)


def _boxes(chart: MultiplesChart, cell: Cell) -> list[tuple[float, float, Status, str]]:
    return [
        (cell.x(middle_of(period)), cell.top + CELL - BOX / 2 - 3, value.status, _told(chart, cell.line, period, value))
        for period, value in cell.line.points
        if value.value is None
    ]


def _names(chart: MultiplesChart, cells: Sequence[Cell]) -> list[Spec]:
    stacked = any(_stacked(chart, cell.width) for cell in cells[:1])
    names, numbers = [], []
    for cell in cells:
        number = _number(chart, cell.line)
        name = shorten(cell.line.name, NORMAL, cell.width) if stacked else cell.line.name
        above = LINE_HEIGHT if stacked else 0
        names.append({"x": cell.left, "y": cell.top - 14 - above, "text": name})
        numbers.append({"x": cell.left + (0 if stacked else cell.width), "y": cell.top - 14, "text": number})
    align = "left" if stacked else "right"
    return [
        *text_layer("area", names, fontSize=NORMAL),
        *text_layer("number", numbers, fontSize=NORMAL, fontWeight=600, align=align),
    ]


def _periods(chart: MultiplesChart, cells: Sequence[Cell]) -> list[Spec]:
    look = {"fontSize": SMALL - 1, "color": MUTED}
    layers = []
    for place, align, shift in ((0, "left", 0.0), (-1, "right", 1.0)):
        rows = [
            {
                "x": cell.left + shift * cell.width,
                "y": cell.top + CELL + 13,
                "text": format_period(cell.line.points[place][0], chart.language),
            }
            for cell in cells
        ]
        layers += text_layer("period", rows, align=align, **look)
    return layers
