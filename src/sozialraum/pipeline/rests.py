"""What the cells of an area leave of it: counted and protected as one more cell, and never shown.

Houses that wait for a cell, or whose cell is no more, are in none, and neither is a unit whose building nobody knows.
Whoever takes the numbers of all cells of an area from the area's own has the number of these. So they are one more cell
for the door: then everything that cells and areas tell together adds up, and the door sees to it that the rest does not
follow where it must not be known. It must not where fewer households than a cell has would be told about.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import polars as pl

from sozialraum.areas import AREA_SCHEMA, AreaSystem
from sozialraum.microcells import Cells, Maintained
from sozialraum.sources import AREA_PREFIX
from sozialraum.tables import STATUS, Status

ENDING = "-rest"
"""Cells end in a number, so no cell has this code."""


def with_rests(system: AreaSystem) -> AreaSystem:
    """Return microcells with one more for the rest of each area that has any; without geometry."""
    rests = system.frame.select(pl.col("parent").drop_nulls().unique().sort()).with_columns(
        code=_rest_of(pl.col("parent")),
        name=_rest_of(pl.col("parent")),
        valid_from=pl.lit(None, pl.String),
        valid_to=pl.lit(None, pl.String),
    )
    return replace(system, frame=pl.concat([system.frame, rests.select(*AREA_SCHEMA)]), geometry=None)


def rests_of(system: AreaSystem) -> frozenset[tuple[str, str]]:
    """Return system and code of the rests among microcells."""
    return frozenset((system.id, code) for code in system.codes if code.endswith(ENDING))


def _rest_of(area: pl.Expr) -> pl.Expr:
    return pl.concat_str(area, pl.lit(ENDING))


def cell_of_units(units: pl.DataFrame, cells: Cells, within: str) -> pl.Series:
    """Return each unit's cell: that of its building, else the rest of its area; null where the area has no cells.

    Units that do not live where their building stands, by what was delivered about them, are in the rest of their area:
    so cells and rest are together what the area counts.

    Args:
        units: ``building`` and ``area:WITHIN`` of each.
        cells: the microcells.
        within: the area system that no cell crosses.
    """
    own = units.select(pl.col("building").cast(pl.String), own=pl.col(f"{AREA_PREFIX}{within}").cast(pl.String))
    housed = cells.members.drop_nulls("cell").select("building", "cell", "area")
    found = own.join(housed, on="building", how="left", maintain_order="left")
    divided = pl.col("own").is_in(cells.cells["area"].unique().implode())
    at_home = pl.when(pl.col("area") == pl.col("own")).then("cell")
    return found.select(pl.coalesce(at_home, pl.when(divided).then(_rest_of(pl.col("own"))))).to_series()


def withhold_thin(counts: pl.DataFrame, made: Maintained, found: Collection[str]) -> pl.DataFrame:
    """Withhold all numbers of rests in which there are units, but not the minimum of households.

    Zeros too: that nobody there is something would be told. Only what an area has none of at all is none in its rest.

    Args:
        counts: counts of cells and rests, as the door takes them.
        made: the cells.
        found: codes of the rests that any unit is in.
    """
    households = {f"{rest.area}{ENDING}": rest.households for rest in made.rests}
    thin = [
        code
        for code in {*found, *households}
        if code.endswith(ENDING) and households.get(code, 0) < made.history.minimum
    ]
    is_rest = pl.col("area").str.ends_with(ENDING)
    home = (
        pl.when(is_rest)
        .then(pl.col("area").str.strip_suffix(ENDING))
        .otherwise(pl.col("area").str.replace(r"-\d+$", ""))
    )
    counted = (pl.col("value") != 0).any().over("universe", "where", "period", home)
    hidden = pl.col("area").is_in(thin) & counted & pl.col("value").is_not_null()
    return counts.with_columns(
        value=pl.when(~hidden).then("value"),
        status=pl.when(hidden).then(pl.lit(Status.SUPPRESSED.value, STATUS)).otherwise("status"),
    )
