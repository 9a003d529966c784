"""Choropleths as pictures for files and reports; the portal draws its own, linked ones.

Each area has its name and value as a title, each kind of nothing its own look: withheld areas are hatched, areas
without a number have a dashed outline, zero is a class of its own: pale, with small rings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np
import shapely
from numpy.typing import NDArray

from sozialraum.areas import AreaSystem, generalise
from sozialraum.catalogue import IndicatorDoc
from sozialraum.indicators import format_number, format_period, status_word, with_unit
from sozialraum.publishing.charts import Picture
from sozialraum.publishing.classes import Classes
from sozialraum.publishing.drawing.parts import title_of, told
from sozialraum.publishing.svg import Telling, frame, hatch_lines
from sozialraum.publishing.theme import (
    HATCH,
    HATCHED,
    LINE,
    SMALL,
    TEXT,
    WIDE,
    paint,
    paint_map,
    text_width,
)
from sozialraum.publishing.words import sentences, words
from sozialraum.tables import Status, Value

_SWATCH = (28, 16)
_ROW = 26
_RING = (2.2, 3.0)
"""Half the width and height of the small rings that fill areas of exactly zero."""

_RING_STEP = (14, 16)
"""Distance between the middles of two rings in pixels, across and down."""

_MISSING = Value(None, Status.MISSING)


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """Areas as a map draws them, in pixels.

    Attributes:
        width: of the map.
        height: of the map.
        shapes: polygons by code, the y axis pointing down.
    """

    width: float
    height: float
    shapes: Mapping[str, shapely.Geometry]


@dataclass(frozen=True, slots=True)
class MapSubject:
    """What a map shows.

    Attributes:
        document: the indicator.
        period: text of the period.
        names: of the areas, by code.
        values: by code; an area without one is missing.
        classes: how numbers become colours.
        language: ``de`` or ``en``.
    """

    document: IndicatorDoc
    period: str
    names: Mapping[str, str]
    values: Mapping[str, Value]
    classes: Classes
    language: str = "de"

    def value(self, code: str) -> Value:
        """Return the value of an area."""
        return self.values.get(code, _MISSING)


def outlines(system: AreaSystem, width: float = WIDE, height: float = WIDE) -> Outlines:
    """Fit the borders of a system into a picture, no finer than half a pixel, neighbours still fitting each other.

    Args:
        system: the areas, one row for each (see :meth:`sozialraum.areas.AreaSystem.at`).
        width: largest width in pixels.
        height: largest height in pixels.

    Raises:
        ValueError: the system has no geometry.
    """
    if system.geometry is None or not len(system.geometry):
        raise ValueError(f"{system.id} has no borders to draw")
    west, south, east, north = shapely.total_bounds(system.geometry)
    scale = min(width / max(east - west, 1e-9), height / max(north - south, 1e-9))
    light = generalise(system, 0.5 / scale).geometry
    drawn = shapely.transform(light, lambda points: (points - (west, north)) * (scale, -scale))
    shapes = dict(zip(system.frame["code"], np.asarray(drawn, dtype=object), strict=True))
    return Outlines((east - west) * scale, (north - south) * scale, shapes)


def choropleth(borders: Outlines, subject: MapSubject) -> Picture:
    """Draw a map with its legend below it."""
    kinds = {code: subject.classes.class_of(subject.value(code)) for code in borders.shapes}
    order = sorted(kinds, key=lambda code: ((kinds[code] == "zero") + 2 * (kinds[code] == "missing"), code))
    areas = "".join(_area(borders.shapes[code], kinds[code], _told(subject, code)) for code in order)
    rows = list(_rows(subject, set(kinds.values()), borders.width))
    height = borders.height + 16 + _ROW * (1 + max((row for _, row, _, _ in rows), default=-1))
    legend = "".join(_swatch(x, borders.height + 16 + row * _ROW, kind, text) for x, row, kind, text in rows)
    telling = _telling(subject, borders)
    body = f'<g transform="translate(2,2)">{areas}{legend}</g>'
    return Picture(frame(body, borders.width + 4, height + 4, telling), telling)


def _told(subject: MapSubject, code: str) -> str:
    return told(subject.document, subject.value(code), subject.names.get(code, code), subject.language)


def _area(shape: shapely.Geometry, kind: str, title: str) -> str:
    inside = {"suppressed": _hatching, "zero": _rings}.get(kind)
    return _painted(_path(shape), kind, title) + (inside(shape) if inside else "")


def _painted(path: str, kind: str, title: str = "") -> str:
    """Return a path in the look of its class."""
    look = {
        "suppressed": f'fill="{paint(HATCHED)}" stroke="{paint(LINE)}" stroke-width="0.75"',
        "missing": f'fill="{paint_map("missing")}" stroke="{paint(LINE)}" stroke-dasharray="4 3"',
        "zero": f'fill="{paint_map("zero")}" stroke="{paint(LINE)}"',
    }
    painted = look.get(kind) or f'fill="{paint_map(kind)}" stroke="{paint_map("border")}" stroke-width="1.25"'
    inner = f"><title>{escape(title)}</title></path>" if title else "/>"
    return f'<path class="sr-area {kind}" d="{path}" {painted} stroke-linejoin="round"{inner}'


def _path(shape: shapely.Geometry) -> str:
    rings = [ring for part in shapely.get_parts(shape) for ring in shapely.get_rings(part)]
    return "".join(f"M{_points(shapely.get_coordinates(ring)[:-1])}Z" for ring in rings)


def _points(points: NDArray[np.float64]) -> str:
    return "L".join(f"{x:.1f},{y:.1f}" for x, y in points.round(1) + 0.0)


def _hatching(shape: shapely.Geometry) -> str:
    lines = shapely.multilinestrings([shapely.linestrings(line) for line in hatch_lines(*shapely.bounds(shape))])
    inside = shapely.get_parts(shapely.intersection(lines, shape))
    strokes = [shapely.get_coordinates(part) for part in inside if shapely.get_type_id(part) == 1]
    return _hatch_path("".join(f"M{_points(stroke)}" for stroke in strokes))


def _hatch_path(path: str) -> str:
    return f'<path class="sr-hatch" d="{path}" fill="none" stroke="{paint(HATCH)}" stroke-width="1"/>' if path else ""


def _rings(shape: shapely.Geometry) -> str:
    """Return small rings all over an area, one in its middle where it is too narrow for more."""
    found = ring_places(shape)
    middle = shapely.get_coordinates(shapely.point_on_surface(shape))
    return _ring_path(found if len(found) else middle)


def ring_places(shape: shapely.Geometry) -> NDArray[np.float64]:
    """Return where rings stand inside an area, clear of its border, in rows that fit those of its neighbours."""
    west, north, east, south = shapely.bounds(shape)
    (across, down), (wide, high) = _RING_STEP, _RING
    columns, rows = np.arange(west // across, east // across + 1), np.arange(north // down, south // down + 1)
    grid = np.meshgrid((columns + 0.5) * across, (rows + 0.5) * down)
    places: NDArray[np.float64] = np.stack(grid, axis=-1).reshape(-1, 2)
    clear = shapely.buffer(shape, -(max(wide, high) + 2))
    return places[np.asarray(shapely.contains_xy(clear, places), dtype=np.bool_)]


def _ring_path(places: NDArray[np.float64]) -> str:
    wide, high = _RING
    drawn = "".join(
        f"M{x - wide:.1f},{y:.1f}a{wide},{high} 0 1 0 {2 * wide:.1f},0a{wide},{high} 0 1 0 {-2 * wide:.1f},0"
        for x, y in places
    )
    return f'<path class="sr-rings" d="{drawn}" fill="none" stroke="{paint_map("ring")}" stroke-width="1"/>'


def _rows(subject: MapSubject, kinds: set[str], width: float) -> Iterator[tuple[float, int, str, str]]:
    """Place the entries of the legend side by side, in as many rows as they need: x, row, class, text."""
    x, row = 0.0, 0
    for kind, text in legend_entries(subject, kinds):
        wide = _SWATCH[0] + 8 + text_width(text, SMALL) + 20
        if x and x + wide - 20 > width:
            x, row = 0.0, row + 1
        yield x, row, kind, text
        x += wide


def legend_entries(subject: MapSubject, kinds: set[str]) -> list[tuple[str, str]]:
    """Return each class with its range, then the kinds of nothing that occur: class and text."""
    ranges = subject.classes.ranges
    entries = [(kind, _range(subject, low, high, last=kind == ranges[-1][0])) for kind, low, high in ranges]
    found = {subject.value(code).status for code in subject.names}
    empty = [status for status in (Status.MISSING, Status.UNDEFINED) if status in found] or [Status.MISSING]
    others = {
        "zero": _written(subject, 0.0),
        "suppressed": status_word(Status.SUPPRESSED, subject.language),
        "missing": str(words(subject.language)["telling"]["or"]).join(
            status_word(status, subject.language) for status in empty
        ),
    }
    return [*entries, *((kind, text) for kind, text in others.items() if kind in kinds)]


def _range(subject: MapSubject, low: float, high: float, *, last: bool) -> str:
    table = words(subject.language)["map"]
    decimals = subject.document.decimals
    lower = format_number(low, 0 if low == 0 else decimals, subject.language)
    return str(table["last_range" if last else "range"]).format(low=lower, high=_written(subject, high))


def _written(subject: MapSubject, number: float) -> str:
    text = format_number(number, subject.document.decimals, subject.language)
    return with_unit(text, subject.document.unit, subject.language)


def _swatch(x: float, y: float, kind: str, text: str) -> str:
    wide, high = _SWATCH
    lines = hatch_lines(x, y, x + wide, y + high) if kind == "suppressed" else []
    hatch = _hatch_path("".join(f"M{_points(np.asarray(line))}" for line in lines))
    middles = np.array([[x + wide / 4, y + high / 2], [x + 3 * wide / 4, y + high / 2]])
    rings = _ring_path(middles) if kind == "zero" else ""
    words_at = f'<text x="{x + wide + 8:.1f}" y="{y + high - 3:.1f}" fill="{paint(TEXT)}" font-size="{SMALL}">'
    return f"{_painted(f'M{x:.1f},{y:.1f}h{wide}v{high}h-{wide}Z', kind)}{hatch}{rings}{words_at}{escape(text)}</text>"


def _telling(subject: MapSubject, borders: Outlines) -> Telling:
    table = words(subject.language)["map"]
    codes: Sequence[str] = sorted(borders.shapes, key=lambda code: subject.names.get(code, code))
    unit = with_unit("", subject.document.unit, subject.language).strip("\u00a0 ")
    key = "diverging" if subject.classes.diverging else "sequential"
    legend = str(table[key]).format(
        title=subject.document.title.get(subject.language),
        unit=f" ({unit})" if unit else "",
        period=format_period(subject.period, subject.language),
    )
    summary = sentences(f"{_told(subject, code)}." for code in codes)
    return Telling(title_of(subject.document, subject.language, subject.period), summary, legend)
