"""Whatever can be wrong with a table of houses, found at once and said with its row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from sozialraum.errors import DeliveryError, Faults

# Faults of one kind that are named one by one; the others are only counted.
NAMED = 20
FARTHEST = 1e7
MOST_HOUSEHOLDS = 100_000

REQUIRED = ("building", "x", "y", "households", "area")
TEXTS = ("building", "area", "street", "house_number")
_NUMBERS = ("x", "y", "households", "attribute")
_EMPTY_MEANS_MISSING = ("*", "")


@dataclass(frozen=True, slots=True)
class _Rule:
    column: str
    broken: pl.Expr
    what: str
    advice: str


def _rules() -> Iterator[_Rule]:
    """Yield what must not be, row by row; every value is null or a number (x, y, households) or text."""
    for column in ("building", "area"):
        missing = pl.col(column).is_null() | (pl.col(column) == "")
        yield _Rule(column, missing, f"a house has no {column}", "every row needs one")
    for column in ("x", "y"):
        value = pl.col(column)
        absent = value.is_null() | ~value.is_finite()
        far = value.is_finite() & (value.abs() > FARTHEST)
        yield _Rule(column, absent, "a coordinate is missing or not a number", "give the house a place or leave it out")
        yield _Rule(column, far, "a coordinate is more than 10,000 km away", "check the CRS; metres are expected")
    value = pl.col("households")
    whole = value.is_not_null() & value.is_finite() & (value == value.floor())
    yield _Rule("households", ~whole, "households must be a whole number", "0 if nobody lives there")
    yield _Rule("households", value < 0, "a house can not have fewer than 0 households", "correct the number")
    many = value.is_finite() & (value > MOST_HOUSEHOLDS)
    yield _Rule("households", many, "no house has more than 100,000 households", "correct the number")
    attribute = pl.col("attribute")
    unknown = attribute.is_null() | ~attribute.is_finite()
    yield _Rule("attribute", unknown, "an attribute is missing or not a number", "give every house one")
    yield _Rule(
        "building",
        pl.col("building").is_duplicated() & pl.col("building").is_not_null() & (pl.col("building") != ""),
        "a building id appears more than once",
        "sum the households of the rows of a building, or give each its own id",
    )


def _check_columns(houses: pl.DataFrame, name: str, faults: Faults) -> None:
    for column in REQUIRED:
        if column not in houses.columns:
            found = ", ".join(houses.columns)
            faults.add(name, "a column is missing", column=column, advice=f"the columns are: {found}")
    for column in set(_NUMBERS) & set(houses.columns):
        kind = houses.schema[column]
        if not (kind.is_numeric() or kind == pl.String):
            faults.add(name, "a column of numbers is expected", column=column, value=str(kind), advice="convert it")


def _check_rows(typed: pl.DataFrame, houses: pl.DataFrame, name: str, faults: Faults) -> None:
    """Apply the rules to the typed columns; a fault shows the value as it was given."""
    for rule in _rules():
        rows = typed.select(pl.arg_where(rule.broken)).to_series()
        if rows.is_empty():
            continue
        first = rows.head(NAMED)
        given = houses[rule.column].gather(first).cast(pl.String)
        lines = houses["line"].gather(first) if "line" in houses.columns else first + 1
        for line, value in zip(lines, given, strict=True):
            faults.add(name, rule.what, line=line, column=rule.column, value=value or "", advice=rule.advice)
        if len(rows) > NAMED:
            what = f"{rule.what}: {len(rows) - NAMED:,} more rows"
            faults.add(name, what, column=rule.column, advice=rule.advice)


def _check_metres(houses: pl.DataFrame, name: str, faults: Faults) -> None:
    degrees = (pl.col("x").abs() <= 180).all() & (pl.col("y").abs() <= 90).all()
    if houses.height and houses.select(degrees).item():
        sample = f"{houses['x'][0]}, {houses['y'][0]}"
        advice = "transform them to a CRS in metres, for example EPSG:25832"
        faults.add(name, "the coordinates look like degrees", column="x", value=sample, advice=advice)


def _known(column: str) -> pl.Expr:
    text = pl.col(column).str.strip_chars()
    return pl.when(~text.is_in(_EMPTY_MEANS_MISSING)).then(text).alias(column)


def check_houses(houses: pl.DataFrame, name: str = "houses") -> pl.DataFrame:
    """Check a table of houses and return its columns in their proper types.

    Args:
        houses: columns as in ``form_cells``; ``street``, ``house_number``, ``attribute`` and ``line`` may be left out.
            Numbers may be written as text.
        name: what the user knows the table as; it is the place in every fault.

    Returns:
        ``building``, ``area``, ``street``, ``house_number`` as text (the last two null where not known), ``x``, ``y``
        and ``attribute`` (0 where not given) as 64-bit floats, ``households`` as 64-bit integers.

    Raises:
        DeliveryError: with every fault of the table.
    """
    faults = Faults()
    _check_columns(houses, name, faults)
    faults.throw(DeliveryError)
    optional = [pl.lit(None, pl.String).alias(c) for c in TEXTS if c not in houses.columns]
    optional += [pl.lit(0.0).alias("attribute")] if "attribute" not in houses.columns else []
    typed = houses.with_columns(*optional).with_columns(
        pl.col(*_NUMBERS).cast(pl.Float64, strict=False), pl.col(*TEXTS).cast(pl.String)
    )
    _check_rows(typed, houses, name, faults)
    _check_metres(typed, name, faults)
    faults.throw(DeliveryError)
    return typed.select(
        "building",
        "area",
        _known("street"),
        _known("house_number"),
        "x",
        "y",
        "attribute",
        pl.col("households").cast(pl.Int64),
    )
