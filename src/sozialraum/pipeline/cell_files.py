"""From files to the attributes of cells: what ``sozialraum microcells --attribute`` does, through the same door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from sozialraum.catalogue import ProfileRulesDoc, Show, load_catalogue, split_codes
from sozialraum.counts import Bundled, Characteristic, tally_cells
from sozialraum.disclosure import Profile, Profiles, protect_profiles
from sozialraum.errors import DeliveryError, DoorError, Fault, Faults
from sozialraum.microcells import Cells
from sozialraum.pipeline.assemble import GRID, MICROCELLS
from sozialraum.sources.formats.opening import read_table
from sozialraum.sources.formats.options import Options
from sozialraum.sources.numbers import NOTHING, parse_numbers, settle_decimal
from sozialraum.sources.raw import LINE, Raw, as_text, nearest

BUILDING, OWNER = "building", "owner"
"""Columns of units: the house of each, and perhaps whoever several of them belong to."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An attribute that cells are to get.

    Attributes:
        column: the column of the file.
        show: what is said of it.
        of: codes whose number or share is wanted; empty for all known units.
    """

    column: str
    show: Show
    of: str = ""

    @property
    def text(self) -> str:
        """The attribute as the command line writes it: ``eigentum=share:ja``."""
        return f"{self.column}={self.show}" + (f":{self.of}" if self.of else "")


@dataclass(frozen=True, slots=True)
class Units:
    """Single units, confidential.

    Attributes:
        frame: ``building``, ``area``, perhaps ``owner``, and each wanted column as numbers or text.
        has_owners: whether some belong together.
        notes: what was noticed.
    """

    frame: pl.DataFrame
    has_owners: bool
    notes: tuple[Fault, ...] = ()


def read_units(wanted: Sequence[Wanted], houses: pl.DataFrame, file: Path) -> Units:
    """Read a file with a row for each household or person.

    Args:
        wanted: the attributes.
        houses: ``building`` and ``area`` of every house.
        file: has ``building``, the columns that are wanted, and perhaps ``owner``.

    Raises:
        DeliveryError: with every fault: columns and codes that are not there, numbers that are none, no known building.
    """
    faults = Faults()
    raw = _read(file, Options(), faults)
    if BUILDING not in raw.frame.columns:
        advice = f"Name the column with the ids of the buildings so; the file has: {', '.join(_columns(raw))}."
        faults.add(raw.file, "a column is missing", column=BUILDING, advice=advice)
        _values(wanted, raw, faults)  # whose faults are told too
        raise DeliveryError(faults)
    values = _values(wanted, raw, faults)
    units = values.with_columns(as_text(raw.frame[BUILDING]).str.strip_chars().alias(BUILDING))
    if OWNER in raw.frame.columns:
        units = units.with_columns(_text(raw.frame[OWNER]).alias(OWNER))
    areas = houses.select(pl.col(BUILDING, "area").cast(pl.String))
    known = units[BUILDING].is_in(areas[BUILDING].implode()).fill_null(value=False)
    if units.height and not known.any():
        advice = "Do both files name buildings alike?"
        faults.add(raw.file, "not one row has a building that is known", column=BUILDING, advice=advice)
    elif lost := int((~known).sum()):
        faults.note(raw.file, f"{lost:,} of {units.height:,} rows have no known building and are left out")
    faults.throw(DeliveryError)
    placed = units.join(areas, on=BUILDING, how="left", maintain_order="left")
    return Units(placed, OWNER in units.columns, tuple(faults.notes))


def read_house_units(wanted: Sequence[Wanted], houses: pl.DataFrame, file: Path, layer: str | None = None) -> Units:
    """Take the columns of the houses themselves; each house stands for as many units as it has households.

    They belong together like the units of an owner: who lives there knows the house.

    Args:
        wanted: the attributes.
        houses: what ``read_buildings`` found in the file: ``building``, ``area``, ``households`` and ``line``.
        file: the file of houses.
        layer: as for ``read_buildings``.

    Raises:
        DeliveryError: with every fault, as for :func:`read_units`.
    """
    faults = Faults()
    raw = _read(file, Options(layer=layer), faults)
    values = _values(wanted, raw, faults)
    faults.throw(DeliveryError)
    values = values.with_columns(raw.frame[LINE].alias("line").cast(pl.Int64))
    number = pl.col("households").cast(pl.Int64, strict=False).fill_null(0).clip(0)
    named = houses.select(pl.col("line").cast(pl.Int64), pl.col(BUILDING, "area").cast(pl.String), number)
    rows = values.join(named, on="line", how="inner", maintain_order="left").with_columns(pl.col(BUILDING).alias(OWNER))
    each = np.repeat(np.arange(rows.height), rows["households"].to_numpy())
    return Units(rows.drop("line", "households")[each], has_owners=True)


def attributes_of_cells(wanted: Sequence[Wanted], cells: Cells, units: Units) -> Profiles:
    """Tally what is wanted for each cell and take it through the door, under the built-in policy ``microcells``."""
    bundled = Bundled(cells.cells.select("cell", "area", "buildings"), cells.members.select(BUILDING, "cell"))
    owner = OWNER if units.has_owners else None
    tallies = {
        column: tally_cells(units.frame, bundled, Characteristic(column, column, _codes(units.frame[column]), owner))
        for column in dict.fromkeys(one.column for one in wanted)
    }
    asked = [Profile(w.text, tallies[w.column], (w.show,), frozenset(split_codes(w.of))) for w in wanted]
    return protect_profiles(asked, rules_of_profiles())


def rules_of_profiles() -> ProfileRulesDoc:
    """Return the built-in rules for characteristics of cells.

    Raises:
        DoorError: there are none, so nothing may leave.
    """
    rules = load_catalogue().policies[MICROCELLS].profiles
    if rules is None:
        raise DoorError(f"the policy {MICROCELLS} has no rules for characteristics of cells, so none may leave")
    return rules


def _read(file: Path, options: Options, faults: Faults) -> Raw:
    raw = read_table(file, str(file), options, None, faults)
    faults.throw(DeliveryError)
    if raw is None:
        raise DeliveryError(Fault(str(file), what="the file can not be read"))
    return raw


def _columns(raw: Raw) -> list[str]:
    return [name for name in raw.frame.columns if not name.startswith("\0")]


def _values(wanted: Sequence[Wanted], raw: Raw, faults: Faults) -> pl.DataFrame:
    """Return each wanted column as numbers or as text."""
    present: dict[str, list[Wanted]] = {}
    for one in wanted:
        if one.column in _columns(raw):
            present.setdefault(one.column, []).append(one)
        else:
            advice = nearest(one.column, _columns(raw))
            faults.add(raw.file, "the file has no such column", column=one.column, advice=advice)
    amounts = {column for column, several in present.items() if any(one.show == "mean" for one in several)}
    signs = settle_decimal({column: raw.frame[column] for column in amounts}, None)
    found = {}
    for column, several in present.items():
        if column in amounts and any(one.show != "mean" for one in several):
            advice = "Ask for its mean or for its codes; copy the column to have both."
            faults.add(raw.file, "a column is either an amount or has codes", column=column, advice=advice)
        elif column in amounts:
            numbers = parse_numbers(raw.frame[column], signs[column])
            wrong = numbers.bad | numbers.value.is_infinite()
            advice = "Correct it, or leave it empty where nothing is known."
            if signs[column] is None:
                advice = "Nothing in the file tells whether 1.234 is 1234; write it without the point."
            raw.place(column, faults).bad(wrong, raw.frame[column], "this is no number", advice)
            found[column] = numbers.value
        else:
            found[column] = _text(raw.frame[column])
            _check_codes(several, found[column], raw.file, faults)
    return pl.DataFrame({name: values.rename(name) for name, values in found.items()})


def _text(column: pl.Series) -> pl.Series:
    text = as_text(column).str.strip_chars()
    return text.set(text.is_in(list(NOTHING)), None)


def _check_codes(wanted: Sequence[Wanted], values: pl.Series, file: str, faults: Faults) -> None:
    """Report codes whose number or share is wanted and that no row has: a slip, or a file of somebody else."""
    known = set(values.unique().drop_nulls())
    for one in wanted:
        for code in split_codes(one.of):
            if code not in known:
                advice = nearest(code, known)
                faults.add(file, "no row has this value", column=one.column, value=code, advice=advice)


def _codes(values: pl.Series) -> tuple[str, ...] | None:
    return None if values.dtype.is_numeric() else tuple(values.unique().drop_nulls().sort())


def grid_references(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the square of the grid that each cell's middle lies in: ``cell``, ``grid``.

    The reference is INSPIRE's: ``CRS25832RES100mN5700000E360000`` names width and lower left corner in metres.

    Args:
        cells: ``cell``, ``x`` and ``y``.
    """
    width = int(GRID)
    north, east = ((pl.col(axis) / width).floor().cast(pl.Int64) * width for axis in ("y", "x"))
    return cells.select("cell", grid=pl.format("CRS25832RES{}mN{}E{}", pl.lit(width), north, east))


def as_rows(profiles: Profiles, wanted: Sequence[Wanted], cells: pl.DataFrame) -> pl.DataFrame:
    """Return what may be seen as a table to write: cell, grid, attribute, show, of, value, units, status."""
    words: Mapping[str, Wanted] = {one.text: one for one in wanted}
    parts = {
        name: pl.col("attribute").replace_strict(
            {text: getattr(one, part) or None for text, one in words.items()}, return_dtype=pl.String
        )
        for name, part in (("attribute", "column"), ("of", "of"))
    }
    rows = profiles.table.frame.join(grid_references(cells), on="cell", how="left", maintain_order="left")
    number = pl.col("value").cast(pl.String).str.strip_suffix(".0")
    value = pl.coalesce("type", number).alias("value")
    told = rows.with_columns(value, **parts).sort("cell", maintain_order=True)
    return told.select("cell", "grid", "attribute", "show", "of", "value", "units", "status")
