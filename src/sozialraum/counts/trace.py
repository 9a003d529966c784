"""The way back: which cells and rows of which delivered files a number was made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from sozialraum.catalogue.measures import Measure
from sozialraum.counts.attempts import Attempt, Level, Piece
from sozialraum.counts.cube import amount_of
from sozialraum.counts.filters import Codes, intervals, members, plain
from sozialraum.counts.shelves import MISSING, Shelf
from sozialraum.counts.supplies import Frame
from sozialraum.sources.records import AREA_PREFIX, Cells, Records
from sozialraum.tables import Status
from sozialraum.tables.status import PRECEDENCE

FIRST_LINES = 10
"""How many line numbers of a register are named."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A delivered number, or rows of a register, that went into a number.

    Attributes:
        source: id of the source document.
        file: the delivered file.
        line: where it stands; for a register the first row.
        column: the column it stands in, empty for a register.
        value: the delivered number or the number of rows (or sum of their amounts); None where there is none, and of
            the rows of a tally.
        status: its status.
        measure: what was delivered or counted.
        area_system: for which area system.
        area: for which area.
        period: for which period.
        rows: how many rows of a register were counted; 1 for a delivered number.
        lines: the first line numbers of those rows.
        share: which part of it went into the number; below 1 where an area of another time was divided.
    """

    source: str
    file: str
    line: int
    column: str
    value: float | None
    status: Status
    measure: Measure
    area_system: str
    area: str
    period: str
    rows: int = 1
    lines: tuple[int, ...] = ()
    share: float = 1.0

    @property
    def words(self) -> str:
        """What was delivered or counted, in words."""
        return f"{self.measure} in {self.area_system} {self.area}, {self.period}"


@dataclass(frozen=True, slots=True)
class Place:
    """A number's area system, area and period, the latter two as places on a shelf."""

    system: str
    period: int
    area: int


def traces(attempt: Attempt, place: Place, frame: Frame) -> tuple[Trace, ...]:
    """Return everything that went into a number, in the order of the pieces; the values add up to it."""
    leaves = [leaf for piece in attempt.pieces for leaf in _leaves(piece, place, frame)]
    return tuple(trace for piece, at in leaves for trace in _read(piece, at, frame))


def _leaves(piece: Piece, place: Place, frame: Frame) -> Iterator[tuple[Piece, Place]]:
    """Yield the delivered numbers below one that may be a sum over finer areas."""
    direct = piece.stock.direct.get(place.system)
    if piece.level is not Level.RAISED and _there(direct, piece.measure, place):
        yield piece, place
        return
    for below in _below(piece, place, frame):
        yield from _leaves(replace(piece, level=Level.FULL), below, frame)


def _there(shelf: Shelf | None, measure: Measure, place: Place) -> bool:
    if shelf is None or measure not in shelf.rows:
        return False
    return bool(shelf.ranks[shelf.rows[measure], place.period, place.area] != MISSING)


def _below(piece: Piece, place: Place, frame: Frame) -> list[Place]:
    """Return the finer areas whose numbers were summed (see :func:`sozialraum.counts.raising.raise_shelf`)."""
    for child in frame.territory.children[place.system]:
        shelf = piece.stock.full.get(child)
        if shelf is None or piece.measure not in shelf.rows:
            continue
        ranks = shelf.ranks[shelf.rows[piece.measure], place.period]
        for tree in frame.territory.family_trees(child, place.system, frame.periods[place.period]):
            inside = np.flatnonzero(tree == place.area)
            if len(inside) and ranks[inside].min() != MISSING:
                return [Place(child, place.period, int(area)) for area in inside]
    return []


def _read(piece: Piece, place: Place, frame: Frame) -> Iterator[Trace]:
    data = piece.stock.supply.data
    shelf = piece.stock.direct[place.system]
    status = PRECEDENCE[shelf.ranks[shelf.rows[piece.measure], place.period, place.area]]
    area, period = frame.territory.axes[place.system].codes[place.area], frame.periods[place.period]
    about = _About(data.source, piece.measure, place.system, area, period, status)
    return _of_records(data, about, frame.codes) if isinstance(data, Records) else _of_cells(data, about, frame.codes)


@dataclass(frozen=True, slots=True)
class _About:
    source: str
    measure: Measure
    system: str
    area: str
    period: str
    status: Status


def _of_cells(cells: Cells, about: _About, codes: Codes) -> Iterator[Trace]:
    here = cells.frame.filter(
        universe=about.measure.universe, area_system=about.system, area=about.area, period=about.period
    )
    for row in here.iter_rows(named=True):
        delivered = Measure.parse(row["universe"], row["where"])
        if plain(delivered, codes) == about.measure:
            value = row["value"] if about.status.has_value else None
            place = (about.system, about.area, about.period)
            yield Trace(about.source, row["file"], row["line"], row["column"], value, about.status, delivered, *place)
            return


def _of_records(records: Records, about: _About, codes: Codes) -> Iterator[Trace]:
    """Yield a trace for each file whose rows were counted; one with 0 rows where there are none.

    Of a tally (a median) each file tells how many of its rows went in, and no number of its own: parts of a median do
    not add up.
    """
    area = pl.col(f"{AREA_PREFIX}{about.system}").cast(pl.String) == about.area
    period = pl.col("period").cast(pl.String) == about.period
    conditions = [_condition(dimension, text, codes) for dimension, text in about.measure.where]
    amount = amount_of(about.measure)
    known = [pl.col(amount).is_not_null()] if amount else []
    sums = amount and not about.measure.statistic
    value = (pl.col(amount).sum() if sums else pl.len()).cast(pl.Float64)
    frame = records.frame.with_columns(pl.lit("").alias(n) for n in {"file"} - set(records.frame.columns))
    frame = frame.with_columns(pl.lit(0).alias(n) for n in {"line"} - set(frame.columns))
    rows = frame.filter(period, area, *conditions, *known)
    found = rows.group_by("file", maintain_order=True).agg(value.alias("value"), pl.len().alias("rows"), "line")
    if found.is_empty():
        files = frame.filter(period)["file"].head(1).to_list() or [""]
        found = pl.DataFrame({"file": files, "value": [0.0], "rows": [0], "line": [[0]]})
    for file, number, count, lines in found.iter_rows():
        first = tuple(sorted(lines)[:FIRST_LINES]) if count else ()
        place = (about.system, about.area, about.period)
        line = first[0] if first else 0
        told = None if about.measure.statistic else number
        yield Trace(about.source, file, line, "", told, about.status, about.measure, *place, count, first)


def _condition(dimension: str, text: str, codes: Codes) -> pl.Expr:
    document = codes[dimension]
    if document.kind == "list":
        return pl.col(dimension).cast(pl.String).is_in(sorted(members(text, document)))
    column = pl.col(dimension)
    return pl.any_horizontal((column >= part.low) & (column < part.high) for part in intervals(text, document))
