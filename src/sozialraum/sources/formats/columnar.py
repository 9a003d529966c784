"""Parquet, and the cells of census grids: their ids, their middles, and ``-1`` for what is not said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import polars.selectors as cs

from sozialraum.errors import Faults
from sozialraum.sources.formats.options import Options
from sozialraum.sources.raw import LINE, Raw, find_columns

GRID_CRS = "EPSG:3035"
"""Coordinate reference system of the European census grid (ETRS89 / LAEA Europe)."""

CELL_ID = r"^CRS3035RES(\d+)m?N(\d+)E(\d+)$"
"""``CRS3035RES1000mN2684000E4334000``: width in metres, then the lower left corner (INSPIRE, census 2011 and 2022)."""


def read_parquet(path: Path, name: str, options: Options, wanted: Sequence[str] | None, faults: Faults) -> Raw | None:
    """Read the declared columns of a Parquet file; numbers stay numbers, all else becomes text.

    Returns:
        The table, numbered by rows from 1, or None where it can not be read.
    """
    try:
        scan = pl.scan_parquet(path, glob=False)
        header = scan.collect_schema().names()
        declared = wanted if wanted is not None else header
        positions = find_columns(header, declared, name, faults, toml=options.toml)
        if wanted is not None and len(positions) < len(set(wanted)):
            return None
        chosen = [pl.nth(at).alias(column) for column, at in positions.items()]
        frame = scan.select(chosen).with_row_index(LINE, offset=1).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        first = str(error).partition("\n")[0]
        faults.add(name, "the Parquet file is cut off or damaged", value=first, advice="ask for the file again")
        return None
    if frame.is_empty():
        faults.add(name, "the file has columns and no data", advice="ask for the file again")
        return None
    return Raw(name, frame.with_columns((~cs.numeric() & ~cs.temporal()).cast(pl.String)))


def cell_ids(x: pl.Series, y: pl.Series) -> pl.Series:
    """Return ids of grid cells from their middles (metres in :data:`GRID_CRS`).

    The width follows from the middles: 50 m above a multiple of 100 in a grid of 100 m, 500 above one of 1000 in a
    grid of 1 km, and so on.

    Raises:
        ValueError: the middles belong to no regular grid.
    """
    width = next((width for width in (100, 1000, 10_000, 100_000) if _regular(x, width) and _regular(y, width)), None)
    if width is None:
        raise ValueError("these are not the middles of the cells of one grid")
    frame = pl.DataFrame({"x": x.cast(pl.Int64) - width // 2, "y": y.cast(pl.Int64) - width // 2})
    return frame.select(pl.format(f"CRS3035RES{width}mN{{}}E{{}}", "y", "x").alias("cell"))["cell"]


def cell_middles(ids: pl.Series) -> pl.DataFrame:
    """Return ``x`` and ``y`` of the middles of grid cells, null where a text is no such id."""
    parts = pl.DataFrame({"id": ids}).select(
        *(pl.col("id").str.extract(CELL_ID, group).cast(pl.Float64).alias(part) for group, part in enumerate("wyx", 1))
    )
    return parts.select(*(pl.col(axis) + pl.col("w") / 2 for axis in "xy"))


def _regular(axis: pl.Series, width: int) -> bool:
    rest = axis.cast(pl.Int64).drop_nulls() % width
    return bool(len(rest)) and bool((rest == width // 2).all())
