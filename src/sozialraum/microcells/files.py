"""Delivered buildings in, microcells out: the files of ``sozialraum microcells``."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
import shapely

from sozialraum.areas.crs import INTERNAL, Points, parse_crs, to_internal_points
from sozialraum.areas.geoparquet import write_geoparquet
from sozialraum.areas.locate import locate
from sozialraum.areas.reading import read_area_system
from sozialraum.areas.systems import AreaSystem
from sozialraum.catalogue.documents import AreaSystemDoc, Text
from sozialraum.errors import DeliveryError, Fault, Faults, InputError
from sozialraum.microcells.checks import NAMED
from sozialraum.microcells.columns import find_columns
from sozialraum.microcells.formation import Cells
from sozialraum.microcells.history import CELLS, HOUSES, History
from sozialraum.microcells.maintenance import Maintained
from sozialraum.sources.formats.opening import read_table
from sozialraum.sources.formats.options import Options
from sozialraum.sources.numbers import parse_numbers, settle_decimal
from sozialraum.sources.raw import LINE, X, Y

EVERYWHERE = "all"
"""The area's code where the buildings name none."""

DELIVERED = ("building", "households", "area", "street", "house_number", "attribute")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file of buildings is to be read, where it does not say so itself.

    Attributes:
        layer: which layer, or which file of an archive.
        crs: the CRS of the coordinates, needed for tables with columns x and y.
        columns: our column's name to the file's (``{"households": "anz_hh"}``), for names that are not usual.
        assume_households: so many in every building, for files without households.
        area_file: areas with geometry; each building gets the code of the one it lies in.
        area_code: the area file's column with the codes.
    """

    layer: str | None = None
    crs: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    assume_households: int | None = None
    area_file: Path | None = None
    area_code: str | None = None


@dataclass(frozen=True, slots=True)
class Buildings:
    """Buildings as ``form_cells`` takes them, in the internal CRS, and what was noticed on the way."""

    houses: pl.DataFrame
    notes: tuple[Fault, ...]


def read_buildings(path: str | Path, reading: Reading | None = None, *, name: str = "") -> Buildings:
    """Read buildings from any format with geometry, or from a table (CSV, Parquet, XLSX...) with x and y; zipped too.

    Args:
        path: the delivered file.
        reading: what the file does not say itself.
        name: the file as faults call it, the path where empty.

    Returns:
        ``building``, ``x``, ``y``, ``households``, ``area`` and, where delivered, ``street`` and ``house_number``;
        ``attribute`` where its column was named.
        Houses outside every area of the area file are left out and noted.

    Raises:
        DeliveryError: the file can not be read, says no households, or lies outside every area.
        ProjectError: the CRS is unknown or contradicts the file.
    """
    reading, shown = reading or Reading(), name or str(path)
    faults = Faults()
    houses = _read(Path(path), reading, shown, faults)
    faults.throw(DeliveryError)
    areas = _areas(reading.area_file, reading, faults) if reading.area_file else None
    if areas:
        houses = _placed(houses, areas, shown, faults)
    faults.throw(DeliveryError)
    return Buildings(houses, tuple(faults.notes))


def _read(path: Path, reading: Reading, name: str, faults: Faults) -> pl.DataFrame:
    """Read a file.

    Raises:
        DeliveryError: with the faults so far, where they leave no coordinates.
    """
    raw = read_table(path, name, Options(layer=reading.layer, crs=reading.crs, points=True), None, faults)
    if raw is None:
        raise DeliveryError(faults)
    return to_houses(raw.frame, reading, name, faults)


def to_houses(read: pl.DataFrame, reading: Reading, name: str, faults: Faults) -> pl.DataFrame:
    """Give the columns of a table as it was read our names, and make its coordinates internal.

    Raises:
        DeliveryError: with the faults so far, where they leave no coordinates.
    """
    table = read.drop("line", strict=False).rename({LINE: "line"})
    columns = find_columns(table, reading.columns, name, faults)
    houses = _named(table, columns, reading, name, faults)
    if X in table.columns:
        return houses.with_columns(x=table[X], y=table[Y])
    place = _coordinates(table, columns, name, faults)
    if not reading.crs:
        advice = "Say it with --crs, e.g. EPSG:25832 (ETRS89 / UTM 32N); the provider knows it."
        faults.add(name, "a table with x and y does not say its CRS", column="crs", advice=advice)
    if place is None or not reading.crs:
        raise DeliveryError(faults)
    x, y = to_internal_points(place, parse_crs(reading.crs, name), name=name)
    return houses.with_columns(x=pl.Series(x), y=pl.Series(y))


def _coordinates(table: pl.DataFrame, columns: Mapping[str, str], name: str, faults: Faults) -> Points | None:
    """Return x and y of a table, whatever its decimal sign; NaN where they are no numbers."""
    found = {axis: table[columns[axis]] for axis in ("x", "y") if axis in columns}
    for axis in sorted({"x", "y"} - set(found)):
        faults.add(name, "a column is missing", column=axis, advice=f"The file has: {', '.join(table.columns)}.")
    if len(found) < 2:
        return None
    sign = settle_decimal(found, None)
    x, y = (parse_numbers(found[axis], sign[axis]).value.fill_null(np.nan).to_numpy() for axis in ("x", "y"))
    return x, y


def _named(
    table: pl.DataFrame, columns: Mapping[str, str], reading: Reading, name: str, faults: Faults
) -> pl.DataFrame:
    """Return the table's rows under our names; what the file does not say is assumed or a fault."""
    houses = table.select("line", *(pl.col(columns[ours]).alias(ours) for ours in DELIVERED if ours in columns))
    if "suffix" in columns and "house_number" in columns:
        written = pl.concat_str(
            pl.col("house_number").cast(pl.String), table[columns["suffix"]], separator=" ", ignore_nulls=True
        )
        houses = houses.with_columns(house_number=written)
    if "building" not in columns:
        faults.note(name, "the file has no building ids; they are the rows' numbers", advice="Deliver ids that last.")
        houses = houses.with_columns(building=pl.col("line").cast(pl.String))
    if "area" not in columns:
        houses = houses.with_columns(area=pl.lit(EVERYWHERE))
    return _with_households(houses, reading, name, faults)


def _with_households(houses: pl.DataFrame, reading: Reading, name: str, faults: Faults) -> pl.DataFrame:
    assumed = reading.assume_households
    if assumed is None and "households" not in {*houses.columns, *reading.columns}:
        advice = "Name their column with --households COLUMN, or assume a number with --assume-households N."
        faults.add(name, "the file does not say how many households a building has", column="households", advice=advice)
    if assumed is not None and "households" in houses.columns:
        advice = "Leave out --assume-households."
        faults.add(name, "the file says households and they are to be assumed", column="households", advice=advice)
    return houses if assumed is None else houses.with_columns(households=pl.lit(assumed, pl.Int64))


def _areas(file: Path, reading: Reading, faults: Faults) -> AreaSystem | None:
    """Read the area file through the reader of area systems."""
    code = reading.area_code
    if code is None:
        advice = "Name the column with the areas' codes with --area-code COLUMN."
        faults.add(str(file), "it is not known which column names the areas", column="area_code", advice=advice)
        return None
    doc = AreaSystemDoc(title=Text(de="Gebiete"), file=str(file), code=code, name=code)
    return read_area_system("areas", doc, Path, faults)


def _placed(houses: pl.DataFrame, areas: AreaSystem, name: str, faults: Faults) -> pl.DataFrame:
    """Give every house the code of the area it lies in; houses outside are noted and left out."""
    row = pl.Series("row", locate(houses["x"].to_numpy(), houses["y"].to_numpy(), areas))
    outside = (row < 0) & houses["x"].is_finite() & houses["y"].is_finite()
    strangers = houses.filter(outside)
    if strangers.height and strangers.height == houses.height:
        faults.add(
            name,
            "every house lies outside the area file",
            advice="Check both files' CRS, and that they belong together.",
        )
    for line, building in strangers.head(NAMED).select("line", "building").iter_rows():
        faults.note(name, "the house lies outside every area and is left out", line=line, value=str(building))
    if strangers.height > NAMED:
        faults.note(name, f"{strangers.height:,} houses lie outside every area and are left out")
    codes = areas.frame["code"].gather(row.set(row < 0, None))
    return houses.with_columns(area=codes).filter(~outside)


def write_cells(path: str | Path, cells: Cells) -> Path:
    """Write the buildings' cells as GeoParquet, and the quality report beside it as JSON.

    The file holds ``building``, ``cell``, ``area`` and the building's point; it is confidential. An earlier file is
    replaced in one step.

    Args:
        path: a file ending in ``.parquet``, in a folder that exists.
        cells: what ``form_cells`` made of houses in the internal CRS.

    Returns:
        The path of the report.

    Raises:
        InputError: the path does not end in ``.parquet`` or its folder does not exist.
    """
    path = Path(path)
    _check_target(path)
    report = path.with_suffix(".quality.json")
    points = shapely.points(cells.members["x"].to_numpy(), cells.members["y"].to_numpy())
    with replacing(path) as unfinished:
        write_geoparquet(unfinished, cells.members.select("building", "cell", "area"), points, INTERNAL)
    with replacing(report) as unfinished:
        unfinished.write_text(
            json.dumps(cells.quality.as_json(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
        )
    return report


def write_release(path: str | Path, maintained: Maintained) -> Path:
    """Write cells as ``write_cells`` does, and beside them what the next release needs.

    ``OUT.history.parquet`` has one row per cell that ever was, ``OUT.houses.parquet`` one per house that ever was in
    one (:class:`History`). From the second release on ``OUT.changes.json`` says what changed. All are confidential.

    Returns:
        The path of the quality report.

    Raises:
        InputError: the path does not end in ``.parquet`` or its folder does not exist.
    """
    path = Path(path)
    _check_target(path)
    write_history(path, maintained.history)
    if maintained.changes:
        with replacing(path.with_suffix(".changes.json")) as unfinished:
            text = json.dumps(maintained.changes.as_json(), ensure_ascii=False, indent=2)
            unfinished.write_text(f"{text}\n", encoding="utf-8")
    return write_cells(path, maintained.cells)


def write_history(path: Path, history: History) -> None:
    """Write what all releases so far have said beside a file of cells (``read_history`` reads it)."""
    said = {"minimum": str(history.minimum), "release": str(history.release)}
    for kind, frame in (("history", history.cells), ("houses", history.houses)):
        content = io.BytesIO()  # a full disk is then an OSError, not one of the engine's own
        frame.write_parquet(content, metadata=said)
        with replacing(path.with_suffix(f".{kind}.parquet")) as unfinished:
            unfinished.write_bytes(content.getbuffer())


def read_history(path: str | Path) -> History:
    """Read what lies beside the cells of an earlier release.

    Args:
        path: the file of cells as ``write_release`` was told.

    Raises:
        InputError: a file is missing or damaged, or they are not of one release.
    """
    path, faults = Path(path), Faults()
    cells = _remembered(path.with_suffix(".history.parquet"), CELLS, faults)
    houses = _remembered(path.with_suffix(".houses.parquet"), HOUSES, faults)
    faults.throw(InputError)
    if cells is None or houses is None or cells[1:] != houses[1:]:
        what = "the history and the houses beside it are of different releases"
        raise InputError(Fault(str(path), what=what, advice="Use the files as one run has written them."))
    return History(cells[1], cells[2], houses[0], cells[0])


def _remembered(path: Path, schema: pl.Schema, faults: Faults) -> tuple[pl.DataFrame, int, int] | None:
    """Return a table, and the minimum and the number of its release; None with a fault where it can not be read."""
    if not path.is_file():
        advice = "Name the cells (OUT) of the earlier release; cells that have no history are formed anew."
        faults.add(str(path), "the file is missing", advice=advice)
        return None
    try:
        said = pl.read_parquet_metadata(path)
        frame = pl.read_parquet(path).select(pl.col(name).cast(kind) for name, kind in schema.items())
        return frame, int(said["minimum"]), int(said["release"])
    except (pl.exceptions.PolarsError, OSError, KeyError, ValueError) as error:
        value = str(error).partition("\n")[0]
        faults.add(str(path), "the file is damaged or no history of cells", value=value, advice="Fetch it once more.")
        return None


def _check_target(path: Path) -> None:
    faults = Faults()
    if path.suffix != ".parquet":
        faults.add(str(path), "microcells are written as GeoParquet", advice="Choose a name that ends in .parquet.")
    if not path.parent.is_dir():
        faults.add(str(path), "the folder does not exist", advice="Make it first.")
    faults.throw(InputError)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a file to write to, which then takes the place of ``path``; nothing is left over if writing fails."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
