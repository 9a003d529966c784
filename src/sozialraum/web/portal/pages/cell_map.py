"""The map of microcells: squares of a grid in the colours of their classes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import polars as pl
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from sozialraum.catalogue import SourceDoc
from sozialraum.indicators import format_number, status_word
from sozialraum.publishing.classes import Classes, classify, fixed
from sozialraum.publishing.theme import GROUND, MUTED, TEXT, paint
from sozialraum.tables import Status, Value
from sozialraum.web.atlas.cells import SIDE, Cells, Ring, Square, border, squares_of
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.numbers import language, period_words
from sozialraum.web.portal.origin import source_line
from sozialraum.web.portal.pages.cell_quality import Report, whole_number

SHAPE = f"h{SIDE}v{SIDE}h-{SIDE}z"
"""A square from its upper left corner on, as SVG draws it."""


@dataclass(frozen=True, slots=True)
class SquareMap:
    """The map, as ``_map.html`` shows it.

    Attributes:
        title: what is counted and where.
        drawing: the SVG.
        legend: the legend as a sentence.
        classes: colour class and its meaning, in order.
        source: who delivered the numbers, and the release.
    """

    title: str
    drawing: SafeString
    legend: str
    classes: tuple[tuple[str, str], ...]
    source: str


@dataclass(frozen=True, slots=True)
class SquareMark:
    """A square on the map: its class of colour, what is said about it, and a sign that stands in it."""

    square: Square
    kind: str
    label: str
    sign: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """What a reader chose to see of the cells.

    Attributes:
        atlas: the internal package.
        report: what the manifest says about the cells.
        cells: all cells.
        within: the area system that no cell crosses a border of.
        area: code of the area; None for all of them.
        where: the area's name.
    """

    atlas: Atlas
    report: Report
    cells: Cells
    within: str
    area: str | None
    where: str

    @property
    def title(self) -> str:
        """What is counted, and where."""
        return f"{counted_words(self.cells.universe)}, {self.where}"


def counted_words(universe: str) -> str:
    """Say what is counted in cells."""
    words = {"households": _("Haushalte je Mikrozelle"), "persons": _("Menschen je Mikrozelle")}
    return words.get(universe, _("Mikrozellen"))


def square_map(view: View, squares: Sequence[Square]) -> SquareMap:
    """Return the map of the chosen cells: squares in the colours of their classes, those with wide cells outlined."""
    classes = classes_of(view)
    label = _("Karte: {title}. Dieselben Werte stehen in der Tabelle der Quadrate.").format(title=view.title)
    marks = [SquareMark(square, _kind(square, classes), square_words(view, square)) for square in squares]
    rings = border(view.atlas, view.within, view.area) if view.area else []
    return SquareMap(
        title=view.title,
        drawing=draw_squares(marks, rings, label),
        legend=_legend(view, squares),
        classes=_legend_classes(marks, classes),
        source=source_line(view.atlas, _sources(view)),
    )


def classes_of(view: View) -> Classes | None:
    """Return the classes of a map, the same for all areas; None where nothing is counted in cells.

    Households: one class for each of the first numbers from the minimum on. Persons: as many squares in each class.
    """
    return view.atlas.keep("classes of cells", lambda: _classes(view))


def _classes(view: View) -> Classes | None:
    squares = squares_of(view.cells.frame, ())
    numbers = [square.value.value for square in squares if square.value.value is not None]
    if view.cells.universe != "households":
        return classify(numbers, decimals=0)
    minimum = int(view.report["minimum"])
    first = [float(minimum + step) for step in range(5)]
    return fixed([*first, max(first[-1] + 1, *numbers)]) if numbers else None


def _kind(square: Square, classes: Classes | None) -> str:
    return classes.class_of(square.value) if classes else "plain"


def _legend(view: View, squares: Iterable[Square]) -> str:
    words = [_("Jedes Quadrat ist 100 Meter breit und steht für die Zellen, deren Mitte darin liegt.")]
    if view.cells.universe:
        more = _("{title}, {period}; je kräftiger die Farbe, desto mehr.")
        title, period = counted_words(view.cells.universe), period_words(view.cells.period)
        words = [more.format(title=title, period=period), *words, _("Sind es mehrere Zellen, gilt ihr Mittel.")]
    if any(square.flagged for square in squares):
        wide = _("Dick umrandet: Hier ist mindestens eine Zelle breiter als {metres} Meter.")
        words.append(wide.format(metres=whole_number(view.report["cap"])))
    return " ".join(words)


def _legend_classes(marks: Iterable[SquareMark], classes: Classes | None) -> tuple[tuple[str, str], ...]:
    if classes is None:
        return ()
    found, ranges = {mark.kind for mark in marks}, classes.ranges
    others = (
        ("zero", whole_number(0)),
        ("suppressed", status_word(Status.SUPPRESSED, language())),
        ("missing", status_word(Status.MISSING, language())),
    )
    return (
        *((name, _range_words(low, high, is_last=name == ranges[-1][0])) for name, low, high in ranges),
        *(entry for entry in others if entry[0] in found),
    )


def _range_words(low: float, high: float, *, is_last: bool) -> str:
    words = _("{low} und mehr") if is_last else _("{low} bis unter {high}")
    return words.format(low=whole_number(low), high=whole_number(high))


def draw_squares(marks: Sequence[SquareMark], rings: Sequence[Ring], label: str) -> SafeString:
    """Draw squares in whole metres and the area's border around them; each square says what it stands for."""
    corners = [(mark.square.west, mark.square.south) for mark in marks]
    points = [*corners, *((x + SIDE, y + SIDE) for x, y in corners), *chain.from_iterable(rings)]
    xs, ys = zip(*points, strict=True)
    west, north, edge = min(xs), max(ys), SIDE // 10
    size = f"{-edge} {-edge} {max(xs) - west + 2 * edge} {north - min(ys) + 2 * edge}"
    path = "".join(f"M{'L'.join(f'{x - west} {north - y}' for x, y in ring[:-1])}z" for ring in rings)
    # What has an outline of its own lies on top: else its neighbours would cover half of it.
    ordered = sorted(marks, key=lambda mark: mark.kind in ("zero", "missing", "undefined"))
    shapes = [(mark, f"M{mark.square.west - west} {north - mark.square.south - SIDE}{SHAPE}") for mark in ordered]
    drawn = [_drawn(number, mark, place) for number, (mark, place) in enumerate(shapes)]
    drawn += [_sign(mark, mark.square.west - west, north - mark.square.south) for mark in ordered if mark.sign]
    wide = "".join(place for mark, place in shapes if mark.square.flagged)
    # Lines have a wider one in the ground's colour below them: so they are seen on dark and light squares alike.
    lines = [_line(path, GROUND, 4), _line(path, MUTED, 1.5), _line(wide, GROUND, 9), _line(wide, TEXT, 4)]
    head = f'<svg viewBox="{size}" role="group" aria-label="{escape(label)}">'
    return mark_safe("".join((head, *drawn, *lines, "</svg>")))


def _drawn(number: int, mark: SquareMark, place: str) -> str:
    label = escape(mark.label)
    data = f'data-area="{number}" data-label="{label}"'
    return f'<path class="area {mark.kind}" {data} d="{place}"><title>{label}</title></path>'


def _sign(mark: SquareMark, left: int, bottom: int) -> str:
    """Write a square's sign into its middle; silent, since the square itself says what it stands for."""
    place = f'x="{left + SIDE // 2}" y="{bottom - SIDE * 3 // 10}"'
    return f'<text class="sign {mark.kind}" {place} aria-hidden="true">{escape(mark.sign)}</text>'


def _line(path: str, colour: str, width: float) -> str:
    """Draw a line over the squares: its width is in pixels, and the pointer finds the square below it."""
    look = f'stroke="{paint(colour)}" stroke-width="{width}" vector-effect="non-scaling-stroke" pointer-events="none"'
    return f'<path d="{path}" fill="none" {look}/>' if path else ""


def square_words(view: View, square: Square) -> str:
    """Say how many cells lie in a square, what is counted in them, and whether it is their mean."""
    value = _with_universe(square.value, view.cells.universe, decimals=int(square.told > 1))
    if not view.cells.universe:
        words = _("1 Mikrozelle") if square.cells == 1 else _("{count} Mikrozellen")
    elif square.cells == 1:
        words = _("1 Mikrozelle: {value}")
    elif square.told in (0, square.cells):
        words = _("{count} Mikrozellen, im Mittel {value}") if square.told else _("{count} Mikrozellen: {value}")
    else:
        words = _("{count} Mikrozellen, für {told} davon im Mittel {value}")
    text = words.format(count=whole_number(square.cells), told=whole_number(square.told), value=value)
    if not square.flagged:
        return text
    wide = _("{text}; breiter als {metres} Meter: {count}")
    return wide.format(text=text, metres=whole_number(view.report["cap"]), count=whole_number(square.flagged))


def _with_universe(value: Value, universe: str, *, decimals: int) -> str:
    if value.value is None:
        return status_word(value.status, language())
    words = _("{number} Menschen") if universe == "persons" else _("{number} Haushalte")
    return words.format(number=format_number(value.value, decimals, language()))


def _sources(view: View) -> list[SourceDoc]:
    """Return the deliveries that the counts of cells were found in."""
    found = view.atlas.package.origins.filter(pl.col("universe") == view.cells.universe, pl.col("where") == "")
    return [view.atlas.sources[name] for name in sorted(found["source"]) if name in view.atlas.sources]
