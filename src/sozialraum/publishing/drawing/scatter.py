"""Two indicators against each other, with the line of least squares."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sozialraum.indicators import format_value
from sozialraum.publishing.drawing.parts import Axis, Sheet, Spec, ground, layer, number_axis, text_layer
from sozialraum.publishing.kinds import ScatterChart
from sozialraum.publishing.theme import GROUND, MARK, MARK_SOFT, MUTED, NORMAL, OTHER, SMALL, TEXT, shorten, text_width
from sozialraum.tables import Status

HEIGHT = 420
NAMED = 6
"""Up to so many dots are named: the one that the reader came for, and those farthest from the line."""

Box = tuple[float, float, float, float]
"""West, north, east, south in pixels."""

FEWEST = 5
"""Below so many areas no line is drawn: it would say more than the numbers do."""


@dataclass(frozen=True, slots=True)
class Dot:
    """An area with both numbers."""

    name: str
    x: float
    y: float
    doubtful: bool
    told: str


@dataclass(frozen=True, slots=True)
class Regression:
    """The straight line of least squares.

    Attributes:
        slope: change upwards for one unit across.
        intercept: height at zero.
        r: correlation after Pearson, -1 to 1.
    """

    slope: float
    intercept: float
    r: float

    def at(self, x: float) -> float:
        """Return the height of the line."""
        return self.intercept + self.slope * x


def regression(points: Sequence[tuple[float, float]]) -> Regression | None:
    """Fit a straight line (ordinary least squares); None for fewer than :data:`FEWEST` points or no spread."""
    if len(points) < FEWEST:
        return None
    mean_x = math.fsum(x for x, _ in points) / len(points)
    mean_y = math.fsum(y for _, y in points) / len(points)
    across = math.fsum((x - mean_x) ** 2 for x, _ in points)
    up = math.fsum((y - mean_y) ** 2 for _, y in points)
    both = math.fsum((x - mean_x) * (y - mean_y) for x, y in points)
    if across <= 1e-12 * abs(mean_x) or up <= 1e-12 * abs(mean_y):
        return None
    return Regression(both / across, mean_y - both / across * mean_x, both / math.sqrt(across * up))


def dots_of(chart: ScatterChart) -> list[Dot]:
    """Return the areas that have both numbers, in the order given."""
    return [
        Dot(name, across.value, up.value, Status.UNRELIABLE in (across.status, up.status), _told(chart, name, number))
        for number, (name, across, up) in enumerate(chart.dots)
        if across.value is not None and up.value is not None
    ]


def _told(chart: ScatterChart, name: str, number: int) -> str:
    _, across, up = chart.dots[number]
    return f"{name}: {format_value(chart.across, across, chart.language)}; {format_value(chart.up, up, chart.language)}"


def scatter_spec(chart: ScatterChart) -> Spec:
    """Return the specification of two indicators against each other."""
    dots = dots_of(chart)
    up = number_axis(chart.up, [dot.y for dot in dots], chart.language, steps=5, near_zero=0.25)
    steps = 6 if chart.width > 500 else 3
    across = number_axis(chart.across, [dot.x for dot in dots], chart.language, steps=steps, near_zero=0.25)
    margin = round(across.label_width / 2) + 8
    sheet = Sheet(chart.width, HEIGHT, left=round(up.label_width) + 12, right=margin, top=40, bottom=64)
    return sheet.spec(
        [
            ground(across.encoding("x", grid=True, labelPadding=10), up.encoding("y", grid=True)),
            *_line(dots, across, up),
            *_marks(chart, dots, across, up),
            *_names(chart, dots, (across, up), sheet),
            *_titles(chart, sheet),
        ]
    )


def _line(dots: Sequence[Dot], across: Axis, up: Axis) -> list[Spec]:
    fit = regression([(dot.x, dot.y) for dot in dots])
    if fit is None:
        return []
    ends = _inside(fit, min(dot.x for dot in dots), max(dot.x for dot in dots), up)
    rows = [{"x": x, "y": fit.at(x)} for x in ends]
    mark = {"type": "line", "color": OTHER, "strokeWidth": 1.75}
    return [layer("fit", mark, rows, x=across.plain("x"), y=up.plain("y"))]


def _inside(fit: Regression, low: float, high: float, up: Axis) -> tuple[float, float]:
    """Return where the line begins and ends within the plot."""
    if fit.slope == 0:
        return low, high
    floor, ceiling = sorted(((up.low - fit.intercept) / fit.slope, (up.high - fit.intercept) / fit.slope))
    return max(low, floor), min(high, ceiling)


def _marks(chart: ScatterChart, dots: Sequence[Dot], across: Axis, up: Axis) -> list[Spec]:
    layers = []
    for name, fill, stroke, chosen in (
        ("dot", MARK_SOFT, MARK, [dot for dot in dots if not dot.doubtful and dot.name != chart.here]),
        ("dot-doubtful", GROUND, MARK, [dot for dot in dots if dot.doubtful and dot.name != chart.here]),
        ("dot-here", MARK, TEXT, [dot for dot in dots if dot.name == chart.here]),
    ):
        rows = [{"x": dot.x, "y": dot.y, "told": dot.told} for dot in chosen]
        mark = {"type": "point", "shape": "circle", "size": 90, "fill": fill, "stroke": stroke, "strokeWidth": 1.5}
        layers += [layer(name, {**mark, "opacity": 1}, rows, x=across.plain("x"), y=up.plain("y"))] if rows else []
    return layers


def _names(chart: ScatterChart, dots: Sequence[Dot], axes: tuple[Axis, Axis], sheet: Sheet) -> list[Spec]:
    """Return names beside dots, the most telling first, none over another."""
    taken = [_box(*_pixels(axes, sheet, dot), 12.0, 12.0) for dot in dots]
    fit = regression([(dot.x, dot.y) for dot in dots])
    rows: list[dict[str, object]] = []
    for dot in _telling(chart, dots):
        text, here = shorten(dot.name, SMALL, 150), dot.name == chart.here
        width = text_width(text, SMALL, bold=here)
        boxes = [
            _box(x, y, width, SMALL + 4.0)
            for x, y in _places(*_pixels(axes, sheet, dot), width)
            if x - width / 2 >= 0 and x + width / 2 <= sheet.across + sheet.right
        ]
        free = [box for box in boxes if not any(_overlap(box, other) for other in taken)]
        free = [box for box in free if not fit or not _crossed(box, fit, axes, sheet)] or free
        chosen = free[:1] or (boxes[:1] if here else [])
        taken += chosen
        rows += [{"x": box[0], "y": (box[1] + box[3]) / 2, "text": text, "here": here} for box in chosen]
    return [
        *text_layer("area", [row for row in rows if not row["here"]]),
        *text_layer("here", [row for row in rows if row["here"]], fontWeight=600),
    ]


def _telling(chart: ScatterChart, dots: Sequence[Dot]) -> list[Dot]:
    fit = regression([(dot.x, dot.y) for dot in dots])
    far = sorted(dots, key=lambda dot: (-abs(dot.y - fit.at(dot.x)) if fit else 0.0, dot.name))
    return sorted(far, key=lambda dot: dot.name != chart.here)[:NAMED]


def _crossed(box: Box, fit: Regression, axes: tuple[Axis, Axis], sheet: Sheet) -> bool:
    """Tell whether the line runs through a box."""
    heights = []
    for x in (box[0], box[2]):
        across = axes[0].low + x / sheet.across * (axes[0].high - axes[0].low)
        heights.append((1 - axes[1].place(fit.at(across))) * sheet.down)
    return min(heights) < box[3] and box[1] < max(heights)


def _pixels(axes: tuple[Axis, Axis], sheet: Sheet, dot: Dot) -> tuple[float, float]:
    return axes[0].place(dot.x) * sheet.across, (1 - axes[1].place(dot.y)) * sheet.down


def _box(x: float, y: float, width: float, height: float) -> Box:
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _places(x: float, y: float, width: float) -> list[tuple[float, float]]:
    """Return where the middle of a name may lie: right of its dot, left of it, above, below."""
    return [(x + 10 + width / 2, y), (x - 10 - width / 2, y), (x, y - 18), (x, y + 18)]


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _titles(chart: ScatterChart, sheet: Sheet) -> list[Spec]:
    up = shorten(f"↑ {chart.up.title.get(chart.language)}", NORMAL, chart.width)
    across = shorten(f"{chart.across.title.get(chart.language)} →", NORMAL, chart.width)
    end = sheet.across + sheet.right
    return [
        *text_layer("axis-title", [{"x": -sheet.left, "y": -26, "text": up}], fontSize=NORMAL, color=MUTED),
        *text_layer(
            "axis-title",
            [{"x": end, "y": sheet.down + 50, "text": across}],
            fontSize=NORMAL,
            color=MUTED,
            align="right",
        ),
    ]
