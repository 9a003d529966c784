"""Characteristics of microcells in an internal package, as the page of cells shows them: by cell and by square."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from sozialraum.catalogue import CellAttributeDoc, Show, SourceDoc
from sozialraum.tables import NO_DOMINANT_TYPE, SHOWS, STATUS, Status, Value
from sozialraum.web.atlas.cells import Cells, Square
from sozialraum.web.atlas.release import Atlas


@dataclass(frozen=True, slots=True)
class Attribute:
    """What can be chosen to be seen of cells.

    Attributes:
        name: its id in ``city.toml``.
        document: what it is.
        show: what is said of it.
        key: what an address calls it: the id, and what is shown where there are several.
    """

    name: str
    document: CellAttributeDoc
    show: Show
    key: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A square with what its cells tell.

    Attributes:
        square: where it is; its value is the mean of the cells' numbers, weighted by about how many units each has.
        codes: for types how many of the cells have which code, the most frequent first.
    """

    square: Square
    codes: tuple[tuple[str, int], ...]

    @property
    def code(self) -> str:
        """The code of most of the cells that have one; :data:`NO_DOMINANT_TYPE` where none is that of most."""
        ranked = [entry for entry in self.codes if entry[0] != NO_DOMINANT_TYPE]
        is_tied = len(ranked) > 1 and ranked[0][1] == ranked[1][1]
        return NO_DOMINANT_TYPE if is_tied or not ranked else ranked[0][0]


def attributes_of(atlas: Atlas) -> list[Attribute]:
    """Return what can be chosen, in the order of ``city.toml``; nothing where the package tells no characteristics."""
    microcells, profiles = atlas.city.microcells, atlas.package.profiles
    if microcells is None or profiles is None:
        return []
    told = {name: set(shows) for name, shows in profiles.frame.group_by("attribute").agg("show").iter_rows()}
    return [
        Attribute(name, document, show, name if len(document.shows) == 1 else f"{name}.{show}")
        for name, document in microcells.attributes.items()
        for show in SHOWS
        if show in document.shows and show in told.get(name, ())
    ]


def rows_of(atlas: Atlas, cells: Cells, attribute: Attribute) -> pl.DataFrame:
    """Return one row a cell: code, area, west, south, period, value, type, units, status."""
    return atlas.keep(("attribute of cells", attribute.key), lambda: _rows(atlas, cells, attribute))


def _rows(atlas: Atlas, cells: Cells, attribute: Attribute) -> pl.DataFrame:
    profiles = atlas.package.profiles
    if profiles is None:
        raise KeyError(attribute.name)
    wanted = profiles.frame.filter(attribute=attribute.name, show=attribute.show)
    told = wanted.select("period", "value", "type", "units", "status", code="cell")
    squares = cells.frame.select("code", "area", "west", "south")
    joined = squares.join(told, on="code", how="left", maintain_order="left")
    return joined.with_columns(pl.col("status").fill_null(pl.lit(Status.MISSING.value, STATUS)))


def filled_squares(rows: pl.DataFrame) -> list[Filled]:
    """Return the squares of cells with what they tell, from north to south and west to east.

    Args:
        rows: of :func:`rows_of`.
    """
    told = pl.col("units").is_not_null()
    statuses = [(pl.col("status") == status.value).any().alias(status.value) for status in _NOTHING]
    sums = rows.group_by("west", "south").agg(
        pl.len().alias("cells"),
        told.sum().alias("told"),
        ((pl.col("value") * pl.col("units")).sum() / pl.col("units").sum()).alias("mean"),
        pl.col("value").is_not_null().any().alias("has_number"),
        pl.col("type").drop_nulls().sort().alias("types"),
        *statuses,
    )
    return [_filled(row) for row in sums.sort(-pl.col("south"), "west").iter_rows(named=True)]


_NOTHING = (Status.SUPPRESSED, Status.MISSING, Status.UNDEFINED)
"""What a square is without anything told: the first of these that one of its cells is."""


def _filled(row: Mapping[str, Any]) -> Filled:
    value = Value(None, next((status for status in _NOTHING if row[status.value]), Status.MISSING))
    if row["has_number"]:
        value = Value(row["mean"], Status.OK if row["mean"] else Status.ZERO)
    square = Square(row["west"], row["south"], row["cells"], row["told"], value, flagged=0)
    return Filled(square, _most_frequent(row["types"]))


def _most_frequent(codes: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Return how often each code occurs, the most frequent first; which are equally frequent, by their names."""
    numbers = {code: codes.count(code) for code in dict.fromkeys(codes)}
    return tuple(sorted(numbers.items(), key=lambda entry: (-entry[1], entry[0])))


def sources_of_attribute(atlas: Atlas, attribute: Attribute) -> list[SourceDoc]:
    """Return the deliveries that a characteristic was made from: that of the units, and one that extends it."""
    document = attribute.document
    found = [atlas.sources[document.source]] if document.source in atlas.sources else []
    for source in atlas.sources.values():
        declared = {part for column in source.columns.values() for part in (column.dimension, column.amount)}
        if source.extends == document.source and document.characteristic in declared:
            found.append(source)
    return found
