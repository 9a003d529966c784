"""What all charts share: the sheet with its margins, axes that read well, marks for the kinds of nothing.

Every margin is worked out here rather than measured by Vega, so a picture does not depend on the fonts of a machine.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sozialraum.catalogue import IndicatorDoc
from sozialraum.indicators import format_ends, format_number, format_period, format_value, status_word, with_unit
from sozialraum.publishing.theme import GROUND, HAIRLINE, HATCHED, LINE, MUTED, SMALL, TEXT, text_width
from sozialraum.tables import Status, Value

Spec = dict[str, Any]
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
BOX = 14
"""Side of the little square that stands for a number which is not there."""

_KEY = 10_000
"""Axis values are found again as whole numbers of this fraction: a float's text differs between languages."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The picture's size and margins in pixels; the plot is what remains."""

    width: int
    height: int
    left: int = 0
    right: int = 0
    top: int = 0
    bottom: int = 0

    @property
    def across(self) -> int:
        """Width of the plot."""
        return self.width - self.left - self.right

    @property
    def down(self) -> int:
        """Height of the plot."""
        return self.height - self.top - self.bottom

    def spec(self, layers: Sequence[Spec]) -> Spec:
        """Return the specification of a plot with these layers, the first one below the others."""
        return {**self.outer(), "width": self.across, "height": self.down, "layer": numbered(layers)}

    def outer(self) -> Spec:
        """Return what stands at the top of every specification."""
        return {
            "$schema": SCHEMA,
            "background": "transparent",
            "autosize": {"type": "none"},
            "padding": {"left": self.left, "right": self.right, "top": self.top, "bottom": self.bottom},
            "config": CONFIG,
        }


CONFIG: Spec = {
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "domain": False,
        "ticks": False,
        "title": None,
        "grid": False,
        "gridColor": HAIRLINE,
        "gridOpacity": 0.6,
        "labelColor": MUTED,
        "labelFontSize": SMALL,
        "labelPadding": 8,
        "labelFlush": False,
        "labelOverlap": False,
        "labelBound": False,
    },
    "text": {"color": TEXT, "fontSize": SMALL},
}


def numbered(layers: Iterable[Spec]) -> list[Spec]:
    """Return the layers with names that differ, as Vega wants them; ``svg`` takes the numbers off again."""
    return [{**found, "name": f"{found['name']}_{number}"} for number, found in enumerate(layers)]


@dataclass(frozen=True, slots=True)
class Axis:
    """Values that are named along an axis, and what they are called."""

    low: float
    high: float
    values: tuple[float, ...]
    labels: tuple[str, ...]

    def place(self, number: float) -> float:
        """Return where a number lies between the axis's ends, 0 to 1."""
        return (number - self.low) / (self.high - self.low)

    @property
    def label_width(self) -> float:
        """Width of the widest label in pixels."""
        return max((text_width(label, SMALL) for label in self.labels), default=0.0)

    def encoding(self, field: str, **axis: Any) -> Spec:
        """Return the encoding of a field on this axis; ``axis`` overrules its look."""
        names = ",".join(
            f"'{round(value * _KEY)}':{_quoted(label)}" for value, label in zip(self.values, self.labels, strict=True)
        )
        look = {"values": list(self.values), "labelExpr": f"({{{names}}})[round(datum.value*{_KEY})]", **axis}
        return {**self.plain(field), "axis": look}

    def plain(self, field: str) -> Spec:
        """Return the encoding of a field on this axis; the axis itself is drawn once, by the layer below all."""
        scale = {"domain": [self.low, self.high], "nice": False, "zero": False}
        return {"field": field, "type": "quantitative", "scale": scale}


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def number_axis(
    document: IndicatorDoc, numbers: Iterable[float], language: str, *, steps: int, near_zero: float = 0.8
) -> Axis:
    """Return an axis whose ends are round numbers, the last one named with its unit.

    Args:
        document: the indicator.
        numbers: everything that must find room.
        language: ``de`` or ``en``.
        steps: about how many steps it has.
        near_zero: the axis starts at zero if the number closest to zero is at most this share of the farthest.
    """
    found = sorted(numbers) or [0.0, 1.0]
    low, high = found[0], found[-1]
    if 0 <= low <= near_zero * high:
        low = 0.0
    if near_zero * low <= high <= 0:
        high = 0.0
    values = round_steps(low, high, steps)
    labels = [tick(value, values, language) for value in values]
    labels[-1] = with_unit(labels[-1], document.unit, language)
    return Axis(values[0], values[-1], values, tuple(labels))


def round_steps(low: float, high: float, steps: int) -> tuple[float, ...]:
    """Return multiples of 1, 2 or 5 times a power of ten, from at or below ``low`` to at or above ``high``."""
    if high <= low:
        low, high = low - 0.5 * (abs(low) or 1), high + 0.5 * (abs(high) or 1)
    rough = (high - low) / max(1, steps)
    power = math.floor(math.log10(rough))
    size = next(factor for factor in (1, 2, 5, 10) if factor * 10.0**power >= rough * 0.999)
    step = size * 10.0**power
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(number * step, max(0, -power)) for number in range(first, last + 1))


def tick(value: float, values: Sequence[float], language: str) -> str:
    """Write a value of an axis with as many decimals as its steps need."""
    step = values[1] - values[0]
    return format_number(value, max(0, -math.floor(math.log10(step) + 1e-9)), language)


def ground(across: Spec, up: Spec) -> Spec:
    """Return the layer without marks that draws the axes; the first of all."""
    return layer("ground", {"type": "point"}, [], x=across, y=up)


def layer(name: str, mark: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], **encoding: Any) -> Spec:
    """Return one layer. Its name becomes the class of its elements; ``told`` in a row becomes their title."""
    told = {"description": {"field": "told", "type": "nominal"}} if rows and "told" in rows[0] else {}
    return {
        "name": name,
        "data": {"values": list(rows)},
        "mark": {"aria": bool(told), **mark},
        "encoding": {**encoding, **told},
    }


def nothing_layer(boxes: Sequence[tuple[float, float, Status, str]]) -> list[Spec]:
    """Return the little squares that stand for numbers which are not there.

    Args:
        boxes: for each the middle in pixels, the status, and what it says.
    """
    layers = []
    for name, statuses, look in (
        ("suppressed", {Status.SUPPRESSED}, {"fill": HATCHED, "stroke": LINE}),
        ("missing", {Status.MISSING, Status.UNDEFINED}, {"fill": GROUND, "stroke": LINE, "strokeDash": [4, 3]}),
    ):
        rows = [{"x": x, "y": y, "told": told} for x, y, status, told in boxes if status in statuses]
        mark = {"type": "point", "shape": "square", "size": BOX**2, "strokeWidth": 1, "opacity": 1, **look}
        layers += [layer(name, mark, rows, x=pixel("x"), y=pixel("y"))] if rows else []
    return layers


def pixel(field: str) -> Spec:
    """Return the encoding of a field that holds pixels of the plot."""
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def text_layer(name: str, rows: Sequence[Mapping[str, Any]], **mark: Any) -> list[Spec]:
    """Return texts at pixels: rows have x, y and text; nothing where there are none."""
    if not rows:
        return []
    look = {"type": "text", "baseline": "middle", "align": "left", **mark}
    return [layer(name, look, rows, x=pixel("x"), y=pixel("y"), text={"field": "text", "type": "nominal"})]


def told(document: IndicatorDoc, value: Value, place: str, language: str) -> str:
    """Say a value in one line: ``Nordstadt: 12,3 % (11,2 % – 13,4 %)``, with a word where it is no ordinary number."""
    if value.value is None:
        return f"{place}: {status_word(value.status, language)}"
    ends = format_ends(document, value, language)
    interval = f" ({ends[0]} – {ends[1]})" if ends else ""
    remark = f", {status_word(value.status, language)}" if value.status not in (Status.OK, Status.ZERO) else ""
    return f"{place}: {format_value(document, value, language)}{interval}{remark}"


def title_of(document: IndicatorDoc, language: str, period: str = "") -> str:
    """Return the title of a picture: the indicator's, with the period where there is one."""
    title = document.title.get(language)
    return f"{title}, {format_period(period, language)}" if period else title
