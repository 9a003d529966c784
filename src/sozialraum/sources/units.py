"""A register becomes records: single units with only the declared columns, and pseudonyms instead of identifiers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from sozialraum.areas.crs import parse_crs, to_internal_points
from sozialraum.catalogue import ColumnDoc, is_unit, universe_of
from sozialraum.errors import DeliveryError
from sozialraum.sources.addresses import PARTS
from sozialraum.sources.formats.opening import read_table
from sozialraum.sources.lodging import Lodging
from sozialraum.sources.numbers import settle_decimal
from sozialraum.sources.pseudonyms import Pseudonyms, as_name
from sozialraum.sources.raw import LINE, Raw, X, Y, as_text, constant
from sozialraum.sources.reading import Delivered, Reading
from sozialraum.sources.records import AREA_PREFIX, Records
from sozialraum.sources.roles import (
    ELSEWHERE,
    period_column,
    read_age,
    read_area,
    read_numbers,
    read_property,
    report_elsewhere,
)
from sozialraum.sources.rows import chosen_rows

TIMELESS = ("buildings", "offers")
"""Kinds of sources that may come without a period: they are as they are until the next delivery."""


NUMBERS = ("count", "amount", "figure", "percent")


def read_records(reading: Reading, files: Sequence[Delivered], buildings: pl.DataFrame | None) -> Records:
    """Read all files of a source of single units.

    Args:
        reading: collects the faults; the caller throws them.
        files: the delivered files.
        buildings: ``building``, ``street``, ``house_number``... to match addresses to.
    """
    doc = reading.doc
    lodging = Lodging.of(reading, buildings)
    parts = reading.each(files, lambda alone, delivered: _read_file(alone, delivered, lodging))
    attributes = tuple(dict.fromkeys(column.attribute for column in doc.columns.values() if column.attribute))
    universe = universe_of(doc)
    frame = pl.concat(parts, how="vertical_relaxed") if parts else pl.DataFrame()
    if not reading.faults:
        _check_units(frame, universe, reading)
    if lodging is not None:
        lodging.report(reading)
    notes, snapshots = tuple(reading.faults.notes), tuple(reading.snapshots)
    return Records(reading.source, universe, frame, attributes, notes, snapshots)


def _read_file(reading: Reading, delivered: Delivered, lodging: Lodging | None) -> list[pl.DataFrame]:
    doc, faults = reading.doc, reading.faults
    wanted = list(dict.fromkeys([*doc.columns, *doc.filter]))
    raw = read_table(delivered.path, delivered.name, reading.options, wanted, faults)
    if raw is None:
        return []
    raw = Raw(raw.file, chosen_rows(raw, reading))
    periods = period_column(raw.frame, delivered, reading, pl.Categorical)
    if periods is None and doc.kind not in TIMELESS and not doc.extends:
        advice = "declare a column with period = ..., or period = ... or period_in_name = ... for the whole file"
        faults.add(reading.toml, "nothing says the period of the rows", advice=advice)
        return []
    nothing = constant(None, raw.frame.height, pl.Categorical)
    file = constant(raw.file, raw.frame.height, pl.Categorical)
    columns = {"period": nothing if periods is None else periods, "file": file, "line": raw.frame[LINE]}
    for system, code in doc.area.items():
        columns[f"{AREA_PREFIX}{system}"] = constant(code, raw.frame.height, pl.String)
    columns |= _numbers(raw, reading)
    for name, column in doc.columns.items():
        columns |= _column(raw, name, column, reading, columns["period"])
    if X in raw.frame.columns:
        columns |= {"x": raw.frame[X], "y": raw.frame[Y]}
    else:
        columns |= _coordinates(raw, reading, columns)
    frame = _without_elsewhere(pl.DataFrame(columns), raw.file, reading)
    if doc.kind == "buildings":
        frame = _name_buildings(frame, reading.pseudonyms)
    return [lodging.house(frame) if lodging is not None else frame]


def _column(raw: Raw, name: str, column: ColumnDoc, reading: Reading, periods: pl.Series) -> dict[str, pl.Series]:
    """Return the columns of records that one delivered column yields."""
    values, place = raw.frame[name], raw.place(name, reading.faults)
    if column.dimension:
        if column.reads in ("birth-date", "birth-year"):
            return {column.dimension: read_age(as_text(values), column, place, periods)}
        return {column.dimension: read_property(values, column, place, reading)}
    if column.area:
        return {f"{AREA_PREFIX}{column.area}": read_area(values, column, place, reading, empty=True)}
    if column.identifier:
        return _identifier(as_text(values), column, reading)
    if column.address:
        part = "street" if column.address == "full" else column.address
        return {part: as_text(values)}
    return {column.attribute: as_text(values)} if column.attribute else {}


def _identifier(text: pl.Series, column: ColumnDoc, reading: Reading) -> dict[str, pl.Series]:
    """Return the pseudonyms of a column; of another kind than the units only where something asks for them."""
    kind, pseudonyms = column.identifier or "", reading.pseudonyms
    if column.pad:
        text = text.str.strip_chars().str.pad_start(column.pad, "0")
    found = {"building": pseudonyms.names_of(kind, text).cast(pl.Categorical)} if kind == "building" else {}
    if is_unit(kind, universe_of(reading.doc)):
        return found | {"unit": pseudonyms.of(kind, text)}
    if not found and (_is_linked_by(kind, reading) or _owns_units(kind, reading)):
        return {f"id:{kind}": pseudonyms.of(kind, text)}
    return found


def _is_linked_by(kind: str, reading: Reading) -> bool:
    """Tell whether another source extends this one, and its units are of a kind that this one refers to."""
    documents = reading.project.sources.values()
    return any(doc.extends == reading.source and is_unit(kind, universe_of(doc)) for doc in documents)


def _owns_units(kind: str, reading: Reading) -> bool:
    """Tell whether what belongs to one of these counts as one: in sums, or in a characteristic that cells get."""
    if reading.doc.owner == kind:
        return True
    microcells = reading.project.city.microcells
    attributes = microcells.attributes.values() if microcells else ()
    return any(attribute.source == reading.source and attribute.owner == kind for attribute in attributes)


def _numbers(raw: Raw, reading: Reading) -> dict[str, pl.Series]:
    """Return counts (households of a building) and amounts by name; what is not known is null."""
    columns = {name: column for name, column in reading.doc.columns.items() if column.role in NUMBERS}
    signs = settle_decimal({name: raw.frame[name] for name in columns}, reading.doc.decimal)
    found = {}
    for name, column in columns.items():
        numbers = read_numbers(raw.frame[name], column, signs[name], raw.place(name, reading.faults))
        found[str(getattr(column, column.role))] = numbers.value
    return found


def _coordinates(raw: Raw, reading: Reading, columns: dict[str, pl.Series]) -> dict[str, pl.Series]:
    """Return x and y in the internal CRS."""
    doc = reading.doc
    axes = {column.coordinate: name for name, column in doc.columns.items() if column.coordinate}
    if len(axes) < 2:
        return {}
    signs = settle_decimal({name: raw.frame[name] for name in axes.values()}, doc.decimal)
    given = {}
    for axis, name in axes.items():
        numbers = read_numbers(raw.frame[name], doc.columns[name], signs[name], raw.place(name, reading.faults))
        given[axis] = numbers.value.to_numpy().astype(np.float64)
    try:
        crs = parse_crs(doc.crs, reading.toml) if doc.crs else None
        x, y = to_internal_points((given["x"], given["y"]), crs, name=raw.file, internal=reading.options.internal)
    except DeliveryError as error:
        reading.faults.extend(error.faults)
        return {}
    return {"x": pl.Series(x).fill_nan(None), "y": pl.Series(y).fill_nan(None)}


def _without_elsewhere(frame: pl.DataFrame, file: str, reading: Reading) -> pl.DataFrame:
    areas = [name for name in frame.columns if name.startswith(AREA_PREFIX)]
    if not areas:
        return frame
    elsewhere = pl.any_horizontal((pl.col(name) == ELSEWHERE).fill_null(False) for name in areas)
    keep = frame.select((~elsewhere).alias("keep"))["keep"]
    report_elsewhere(keep, file, reading)
    return frame.filter(keep)


def _check_units(frame: pl.DataFrame, universe: str, reading: Reading) -> None:
    """Report units without an identifier, and units that are there twice in a period."""
    names = [n for n, c in reading.doc.columns.items() if c.identifier and is_unit(c.identifier, universe)]
    if not names:
        return
    name = names[0]
    units = frame["unit"]
    if units.null_count():
        _report_missing(frame.filter(units.is_null()), name, reading)
        frame = frame.filter(units.is_not_null())
    keys = frame.select(key=pl.col("unit") ^ pl.col("period").hash().reinterpret(signed=True))["key"]
    if keys.n_unique() < frame.height:
        _report_again(frame, name, reading, f"deliver each of the {universe} once per period")


def _report_missing(frame: pl.DataFrame, name: str, reading: Reading) -> None:
    for (file,), rows in frame.group_by("file", maintain_order=True):
        place = Raw(str(file), rows.rename({"line": LINE})).place(name, reading.faults)
        place.bad(rows["unit"].is_null(), rows["unit"], "the identifier is missing", "fill it in, or remove the row")


def _report_again(frame: pl.DataFrame, name: str, reading: Reading, advice: str) -> None:
    again = frame.with_columns(
        turn=pl.int_range(pl.len()).over("unit", "period"),
        first=pl.format("{} line {}", pl.col("file").first(), pl.col("line").first()).over("unit", "period"),
    )
    for (file,), rows in again.filter(pl.col("turn") > 0).group_by("file", maintain_order=True):
        place = Raw(str(file), rows.rename({"line": LINE})).place(name, reading.faults)
        place.bad(rows["turn"] > 0, rows["first"], "the same unit is delivered twice in one period", advice)


def _name_buildings(frame: pl.DataFrame, pseudonyms: Pseudonyms) -> pl.DataFrame:
    """Give buildings without an identifier a name that stays the same as long as address and place do.

    Buildings that agree in both are told apart by their order.
    """
    if "building" in frame.columns:
        return frame
    parts = [pl.col(name).cast(pl.String).fill_null("") for name in (*PARTS, "x", "y") if name in frame.columns]
    if not parts:
        parts = [pl.col("file"), pl.col("line").cast(pl.String)]
    named = frame.select(pl.concat_str(parts, separator="|").alias("text"))
    turn = pl.int_range(pl.len()).over("text")
    text = named.select(pl.format("{}|{}", "text", turn).alias("text"))["text"]
    hashes = pseudonyms.of("building", text)
    return frame.with_columns(building=as_name(hashes), unit=hashes)
