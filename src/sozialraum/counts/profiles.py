"""What microcells are like: single units tallied for each cell, before the door. Everything here is confidential.

A tally holds all that the door must know to judge a cell, or any cells taken together: how many units stand behind
what would be said, which values they have and who holds each, and who contributes how much to a sum.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

LARGEST = 3
"""So many of a place's largest contributions are kept where every unit stands for itself."""


@dataclass(frozen=True, slots=True)
class Bundled:
    """The cells of a town.

    Attributes:
        cells: ``cell``, ``area`` (text) and ``buildings`` (how many it consists of), one row a cell.
        members: ``building`` and ``cell`` (text), one row a building; buildings in no cell may be left out.
    """

    cells: pl.DataFrame
    members: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Characteristic:
    """What of the units is tallied.

    Attributes:
        name: source and dimension or amount; what is said of one is protected together.
        column: the column of the values; null where nothing is known.
        codes: the codes in their order; None for an amount.
        owner: column of whoever several units belong to; a unit without an owner stands for itself.
        weight: column that says how many units a row stands for; a row without a positive weight is not known.
    """

    name: str
    column: str
    codes: tuple[str, ...] | None = None
    owner: str | None = None
    weight: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """A characteristic by place. A place is a cell, or what of an area lies in no cell (``cell`` is null).

    Attributes:
        of: what was tallied.
        places: ``place``, ``cell``, ``area``, ``buildings``, ``units`` (all that are there), ``known`` (those with a
            value), ``weight`` (of the known), and of amounts ``total`` (sum) and ``size`` (sum regardless of sign).
        values: one row for each different value in a place: ``place``, ``value``, ``units``, ``weight``, ``low`` and
            ``high`` (the smallest and the largest of the numbers of those who hold it: one and the same where it is
            held by one alone).
        contributions: of amounts, ``place``, ``holder``, ``amount`` (regardless of sign); without owners only the
            largest :data:`LARGEST` of each place, which are enough for the largest of any places together.
    """

    of: Characteristic
    places: pl.DataFrame
    values: pl.DataFrame
    contributions: pl.DataFrame

    @property
    def variety(self) -> int | None:
        """How many codes there are; None for an amount, which may have any value."""
        return None if self.of.codes is None else len(self.of.codes)


def tally_cells(units: pl.DataFrame, bundled: Bundled, characteristic: Characteristic) -> Tally:
    """Tally a characteristic of single units in each cell.

    Args:
        units: one row a unit: ``building``, the columns of the characteristic, and ``area`` where it is known (for
            units whose building lies in no cell). Units without either are left out.
        bundled: the cells.
        characteristic: what is tallied.
    """
    houses = units["building"].cast(pl.String)
    located = units.with_columns(houses).join(bundled.members, on="building", how="left", maintain_order="left")
    if "area" not in located.columns:
        located = located.with_columns(area=pl.lit(None, pl.String))
    rest = _rest(located)
    places = pl.concat([bundled.cells.select("cell", "area", "buildings"), rest], how="vertical_relaxed")
    places = places.with_row_index("place")
    rows = _rows(located, places, characteristic)
    known = rows.drop_nulls("value")
    amounts = characteristic.codes is None
    return Tally(
        characteristic,
        _sums(places, rows, known, amounts=amounts),
        known.group_by("place", "value").agg(
            pl.len().alias("units"),
            pl.col("weight").sum(),
            pl.col("holder").min().alias("low"),
            pl.col("holder").max().alias("high"),
        ),
        _contributions(known, by_owner=characteristic.owner is not None) if amounts else _NO_CONTRIBUTIONS,
    )


_NO_CONTRIBUTIONS = pl.DataFrame(schema={"place": pl.UInt32, "holder": pl.Int64, "amount": pl.Float64})


def _rest(located: pl.DataFrame) -> pl.DataFrame:
    """Return the places outside of cells: one for each area in which units lie in no cell."""
    outside = located.filter(pl.col("cell").is_null()).with_columns(pl.col("area").cast(pl.String)).drop_nulls("area")
    rest = outside.group_by("area").agg(pl.col("building").n_unique().cast(pl.Int64).alias("buildings")).sort("area")
    return rest.select(pl.lit(None, pl.String).alias("cell"), "area", "buildings")


def _rows(located: pl.DataFrame, places: pl.DataFrame, characteristic: Characteristic) -> pl.DataFrame:
    """Return one row a unit: place, value (null where not known), weight, holder (a number)."""
    cells = places.drop_nulls("cell").select("cell", in_cell="place")
    rest = places.filter(pl.col("cell").is_null()).select("area", in_rest="place")
    placed = (
        located.with_columns(pl.col("area").cast(pl.String))
        .join(cells, on="cell", how="left", maintain_order="left")
        .join(rest, on="area", how="left", maintain_order="left")
    )
    kind = pl.Float64 if characteristic.codes is None else pl.String
    value = pl.col(characteristic.column).cast(kind)
    weight = pl.col(characteristic.weight).cast(pl.Float64) if characteristic.weight else pl.lit(1.0)
    is_known = weight.is_finite() & (weight > 0) & (value.is_finite() if kind == pl.Float64 else pl.lit(value=True))
    unit = pl.int_range(pl.len(), dtype=pl.Int64)
    # Owners are numbered from 1 on; a unit that stands for itself gets a number below.
    owner = pl.col(characteristic.owner).to_physical() if characteristic.owner else pl.lit(None, pl.Int64)
    return placed.select(
        pl.coalesce("in_cell", "in_rest").alias("place"),
        pl.when(is_known).then(value).alias("value"),
        weight.alias("weight"),
        pl.coalesce(owner.rank("dense").cast(pl.Int64), -unit).alias("holder"),
    ).drop_nulls("place")


def _sums(places: pl.DataFrame, rows: pl.DataFrame, known: pl.DataFrame, *, amounts: bool) -> pl.DataFrame:
    sums = [pl.len().cast(pl.Int64).alias("known"), pl.col("weight").sum()]
    if amounts:
        part = pl.col("weight") * pl.col("value")
        sums += [part.sum().alias("total"), part.abs().sum().alias("size")]
    found = known.group_by("place").agg(sums)
    there = rows.group_by("place").agg(pl.len().cast(pl.Int64).alias("units"))
    joined = places.join(there, on="place", how="left").join(found, on="place", how="left")
    return joined.with_columns(pl.exclude("place", "cell", "area", "buildings").fill_null(0)).sort("place")


def _contributions(known: pl.DataFrame, *, by_owner: bool) -> pl.DataFrame:
    amount = (pl.col("weight") * pl.col("value")).abs()
    rows = known.select("place", "holder", amount=amount)
    if by_owner:  # somebody small in every cell may be the largest of several together
        return rows.group_by("place", "holder").agg(pl.col("amount").sum())
    return rows.sort("amount", descending=True).group_by("place", maintain_order=True).head(LARGEST)
