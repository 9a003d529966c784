"""A composite's classes on a map, and in the table of status and dynamics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sozialraum.analysis import without_sentence
from sozialraum.catalogue import ClassDoc, CompositeDoc
from sozialraum.indicators import status_word
from sozialraum.tables import Status
from sozialraum.web.atlas.composites import Score
from sozialraum.web.atlas.outlines import outlines
from sozialraum.web.portal.drawing import Mark, choropleth
from sozialraum.web.portal.numbers import language, period_words, said
from sozialraum.web.portal.origin import source_line
from sozialraum.web.portal.pages.composite_view import View
from sozialraum.web.portal.pages.composite_words import composite_address, deliveries
from sozialraum.web.portal.pages.entries import area_address
from sozialraum.web.portal.pages.maps import MapView
from sozialraum.web.portal.scores import colour_of, cut_words, score_plain

UNTOLD = "untold"
"""The column of areas whose change can not be told."""


def map_of_scores(view: View) -> MapView | None:
    """Return the map of the classes; None where the release has no borders for the system."""
    shapes = outlines(view.atlas, view.system)
    if shapes is None:
        return None
    title = f"{said(view.document.title)}, {period_words(view.period)}"
    label = _("Karte: {title}. Dieselben Klassen stehen in der Tabelle.").format(title=title)
    marks = [
        Mark(code, _kind(view.document, score), _words(view, code, score), area_address(view.area(code)))
        for code, score in view.found.items()
    ]
    legend = _("Einstufung, {period}; je kräftiger die Farbe, desto höher der Wert.")
    return MapView(
        title=title,
        drawing=choropleth(shapes, marks, label),
        legend=legend.format(period=period_words(view.period)),
        classes=_legend(view),
        system=view.system,
        address=composite_address(view.composite),
        source=source_line(view.atlas, deliveries(view.atlas, view.document).values()),
    )


def _kind(document: CompositeDoc, score: Score) -> str:
    if score.label is None:
        return "suppressed" if score.value.status is Status.SUPPRESSED else "missing"
    return colour_of(document.classes, score.label)


def _words(view: View, code: str, score: Score) -> str:
    """Say what an area has: ``Nordstadt: Status niedrig, Wert 1,24``."""
    name, number = view.area(code).name, score_plain(score.value)
    titles = {found.id: said(found.title) for found in view.document.classes}
    if score.label is None:
        return f"{name}: {number}"
    return _("{area}: {label}, Wert {score}").format(area=name, label=titles[score.label], score=number)


def _legend(view: View) -> tuple[tuple[str, str], ...]:
    classes = view.document.classes
    entries = [
        (colour_of(classes, found.id), f"{said(found.title)} ({cut})")
        for found, cut in zip(classes, cut_words(classes), strict=True)
    ]
    there = {score.value.status for score in view.found.values()}
    empty = [status_word(status, language()) for status in (Status.MISSING, Status.UNDEFINED) if status in there]
    if Status.SUPPRESSED in there:
        entries.append(("suppressed", status_word(Status.SUPPRESSED, language())))
    if empty:
        one, *others = empty
        words = _("{one} oder {other}").format(one=one, other=others[0]) if others else one
        entries.append(("missing", words))
    return tuple(entries)


# --- status and dynamics ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """The areas of one class and one kind of change: how many, and each with its page."""

    head: str
    count: str
    areas: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One class: its colour, title, scores, and a cell for each kind of change."""

    colour: str
    title: str
    cut: str
    count: str
    cells: tuple[MatrixCell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Classes by changes, the highest scores first.

    Attributes:
        heads: title and scores of each column; a single one without scores where the composite has no dynamics.
        rows: one for each class.
        since: since when the changes are told; empty where none is known.
        without: how many areas have a class and no known change, and why; empty where there are none.
    """

    heads: tuple[tuple[str, str], ...]
    rows: tuple[MatrixRow, ...]
    since: str
    without: str


def matrix_of(view: View) -> Matrix:
    """Return which areas are in which class, and how they moved."""
    columns, classes = list(_columns(view)), view.document.classes
    rows = [
        _row(view, found, cut, columns)
        for found, cut in zip(reversed(classes), reversed(cut_words(classes)), strict=True)
    ]
    told = view.told.values()
    earlier = next((score.row["dynamics_from"] for score in told if score.movement is not None), None)
    still = [score.row for score in told if score.movement is None] if view.document.dynamics else []
    return Matrix(
        heads=tuple((head, cut) for _column, head, cut in columns),
        rows=tuple(rows),
        since=period_words(earlier) if earlier else "",
        without=without_sentence(still, language(), of="dynamics_") if still else "",
    )


def _columns(view: View) -> Iterator[tuple[str | None, str, str]]:
    """Yield id, title and scores of each column; None is the id of the only one where no change is known."""
    dynamics, told = view.document.dynamics, view.told.values()
    if dynamics is None or all(score.movement is None for score in told):
        yield None, _("Gebiete"), ""
        return
    cuts = cut_words(dynamics.classes)
    yield from ((found.id, said(found.title), cut) for found, cut in zip(dynamics.classes, cuts, strict=True))
    if any(score.movement is None for score in told):
        yield UNTOLD, _("nicht bekannt"), ""


def _row(view: View, found: ClassDoc, cut: str, columns: Sequence[tuple[str | None, str, str]]) -> MatrixRow:
    cells = tuple(_cell(view, found, column, head) for column, head, _cut in columns)
    return MatrixRow(
        colour=colour_of(view.document.classes, found.id),
        title=said(found.title),
        cut=cut,
        count=_count(sum(len(cell.areas) for cell in cells)),
        cells=cells,
    )


def _cell(view: View, row: ClassDoc, column: str | None, head: str) -> MatrixCell:
    areas = [
        view.area(code)
        for code, score in view.told.items()
        if score.label == row.id and column in (None, score.movement or UNTOLD)
    ]
    return MatrixCell(head, _count(len(areas)), tuple((area.code, area.name, area_address(area)) for area in areas))


def _count(number: int) -> str:
    return _("1 Gebiet") if number == 1 else _("{count} Gebiete").format(count=number)
