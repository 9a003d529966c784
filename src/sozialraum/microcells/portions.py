"""The cells of several municipalities at once: asking the engine takes longer than forming a village's cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl
import polars.selectors as cs

from sozialraum.errors import DeliveryError, Faults, InputError
from sozialraum.microcells.checks import check_houses
from sozialraum.microcells.columns import find_columns
from sozialraum.microcells.files import EVERYWHERE, Reading, read_buildings, to_houses
from sozialraum.microcells.formation import Cells, Formation, form_cells
from sozialraum.microcells.partitions import Municipality
from sozialraum.sources.raw import LINE

MUNICIPALITY = "municipality"
"""Column with the municipality's code, of houses before their cells are formed, of members and of cells after."""

# Digits before a building's id that tell its municipality while cells are formed.
_DIGITS = 6


def form_municipality(houses: pl.DataFrame, options: Formation, *, name: str) -> Cells:
    """Form the cells of one municipality.

    Args:
        houses: columns as for ``form_cells``, and ``municipality``, everywhere the same; without ``area``, or where
            all houses are in the one of files that name none, the municipality is the area.
        options: how to form them.
        name: the municipality as faults call it.

    Returns:
        The cells; members and cells have a column ``municipality``.

    Raises:
        DeliveryError: with every fault of the houses.
    """
    cells = form_cells(_in_areas(houses), options, name=name)
    code = pl.lit(houses[MUNICIPALITY][0]).alias(MUNICIPALITY)
    return replace(cells, members=cells.members.with_columns(code), cells=cells.cells.with_columns(code))


def form_one(municipality: Municipality, options: Formation, reading: Reading, faults: Faults) -> Cells:
    """Read a municipality's files and form its cells.

    Args:
        municipality: where its files are.
        options: how to form them.
        reading: what the files do not say.
        faults: notes are added to it.

    Raises:
        InputError: with every fault of its files.
    """
    wrong, parts = Faults(), []
    code = pl.lit(municipality.code).alias(MUNICIPALITY)
    for file in municipality.files:
        try:
            found = read_buildings(file, reading)
            faults.notes.extend(found.notes)
            houses = found.houses.with_columns(code)
            parts.append(houses if len(municipality.files) == 1 else check_houses(houses, str(file)))
        except InputError as error:
            wrong.extend(error.faults)
    wrong.throw(DeliveryError)
    return form_municipality(pl.concat(parts).with_columns(code), options, name=municipality.name)


def form_together(municipalities: Sequence[Municipality], options: Formation, reading: Reading) -> Cells | None:
    """Read several municipalities and form their cells in one go; they are those that :func:`form_one` forms.

    Returns:
        The cells, with a column ``municipality``, and the report over all of them; None where something is wrong or
        worth noting with a municipality, or where two have a code of an area in common.
    """
    houses = _read_together(municipalities, reading)
    if houses is None:
        return None
    houses = _in_areas(houses)
    owners = houses.group_by("area").agg(pl.col(MUNICIPALITY).first(), several=pl.col(MUNICIPALITY).n_unique() > 1)
    if owners["several"].any():
        return None
    building, mark = pl.col("building").cast(pl.String), pl.col(MUNICIPALITY).rank("dense").cast(pl.String)
    marked = pl.when(building != "").then(mark.str.zfill(_DIGITS) + building).otherwise(building)
    try:
        cells = form_cells(houses.with_columns(building=marked), options)
    except DeliveryError:
        return None
    code = pl.col("area").replace_strict(owners["area"], owners[MUNICIPALITY]).alias(MUNICIPALITY)
    members = cells.members.with_columns(pl.col("building").str.slice(_DIGITS), code)
    return replace(cells, members=members, cells=cells.cells.with_columns(code))


def _in_areas(houses: pl.DataFrame) -> pl.DataFrame:
    """Let each municipality be the area of its houses where they name none."""
    area = pl.col("area").cast(pl.String) if "area" in houses.columns else pl.lit(EVERYWHERE)
    unnamed = area.eq_missing(EVERYWHERE).all().over(MUNICIPALITY)
    return houses.with_columns(area=pl.when(unnamed).then(MUNICIPALITY).otherwise(area))


def _read_together(municipalities: Sequence[Municipality], reading: Reading) -> pl.DataFrame | None:
    """Return the houses of several municipalities, None where they can not be read at once without a word."""
    faults = Faults()
    try:
        how = _read_each if any(municipality.geo for municipality in municipalities) else _read_tables
        houses = how(municipalities, reading, faults)
    except (InputError, pl.exceptions.PolarsError, OSError):
        return None
    return None if faults or faults.notes else houses


def _read_each(municipalities: Sequence[Municipality], reading: Reading, faults: Faults) -> pl.DataFrame | None:
    """Read files with geometry one after another."""
    tables = []
    for municipality in municipalities:
        for file in municipality.files:
            found = read_buildings(file, reading)
            faults.notes.extend(found.notes)
            tables.append(found.houses.with_columns(pl.lit(municipality.code).alias(MUNICIPALITY)))
    return pl.concat(tables, how="diagonal")


def _read_tables(municipalities: Sequence[Municipality], reading: Reading, faults: Faults) -> pl.DataFrame | None:
    """Read tables with the same columns at once, None where each has to be looked at.

    Raises:
        PolarsError: they differ in their columns, or one is damaged.
    """
    files = [file for municipality in municipalities for file in municipality.files]
    read = pl.scan_parquet(files, glob=False, hive_partitioning=False).collect().with_row_index(LINE, offset=1)
    codes = np.repeat([one.code for one in municipalities], [one.houses for one in municipalities])
    columns = find_columns(read, reading.columns, "", faults)
    # Which decimal sign coordinates have that are written as text is for each file to say.
    written = any(not read.schema[column].is_numeric() for axis, column in columns.items() if axis in ("x", "y"))
    if written or len(codes) != read.height or not all(one.houses for one in municipalities):
        return None
    plain = read.with_columns((~cs.numeric() & ~cs.temporal()).cast(pl.String))
    return to_houses(plain, reading, str(files[0].parent), faults).with_columns(pl.Series(MUNICIPALITY, codes))
