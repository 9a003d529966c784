"""Writes files the way offices do: CSV in old encodings, spreadsheets with titles above the header, geodata."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pyogrio
import shapely
import xlsxwriter
from numpy.typing import NDArray

WRITTEN = datetime(2025, 2, 3, tzinfo=UTC)
"""Date inside of spreadsheets: the same town writes the same files on any day."""

CRS = "EPSG:25832"

Sheets = dict[str, Sequence[Sequence[object]]]
"""Rows of cells by name of the sheet."""


def write_csv(path: Path, frame: pl.DataFrame, *, bom: bool = False) -> None:
    """Write a CSV with semicolons and German dates: UTF-8 with a byte-order mark, or ISO-8859-1 with CR LF."""
    if bom:
        frame.write_csv(path, separator=";", date_format="%d.%m.%Y", include_bom=True)
        return
    text = frame.write_csv(separator=";", date_format="%d.%m.%Y", line_terminator="\r\n")
    path.write_bytes(text.encode("iso-8859-1"))


def with_decimal_commas(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame whose fractions are text with two digits and a decimal comma."""
    fractions = [name for name, kind in frame.schema.items() if kind.is_float()]
    shown = [pl.col(name).round(2).map_elements(lambda v: f"{v:.2f}", pl.String) for name in fractions]
    return frame.with_columns(text.str.replace(".", ",", literal=True) for text in shown)


def write_sheets(path: Path, sheets: Sheets) -> None:
    """Write a spreadsheet: rows of cells by sheet."""
    with xlsxwriter.Workbook(path, {"in_memory": True}) as book:
        book.set_properties({"created": WRITTEN.replace(tzinfo=None)})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)


def rows_of(frame: pl.DataFrame, *above: Sequence[object]) -> list[Sequence[object]]:
    """Return a frame as rows of a sheet: what stands above it, its header, its rows."""
    return [*above, frame.columns, *frame.rows()]


def write_points(path: Path, frame: pl.DataFrame, layer: str) -> None:
    """Write a GeoPackage of points from columns ``x`` and ``y`` (EPSG:25832)."""
    points = shapely.points(frame["x"].to_numpy(), frame["y"].to_numpy())
    _write_geodata(path, points, frame.drop("x", "y"), driver="GPKG", kind="Point", layer=layer)


def write_areas(path: Path, polygons: NDArray[np.object_], frame: pl.DataFrame, *, layer: str) -> None:
    """Write polygons as a GeoPackage, or as MapInfo where the file ends with ``.tab``."""
    driver = "MapInfo File" if path.suffix == ".tab" else "GPKG"
    multi = np.array([shapely.multipolygons([*shapely.get_parts(polygon)]) for polygon in polygons])
    _write_geodata(path, multi, frame, driver=driver, kind="MultiPolygon", layer=layer)


def _write_geodata(
    path: Path, geometry: NDArray[np.object_], frame: pl.DataFrame, *, driver: str, kind: str, layer: str
) -> None:
    options = {"layer_options": {"ENCODING": "CP1252"}} if driver == "MapInfo File" else {"layer": layer}
    fields = [_plain(frame[name]) for name in frame.columns]
    pyogrio.raw.write(
        str(path),
        geometry=shapely.to_wkb(geometry),
        field_data=fields,
        fields=np.array(frame.columns),
        geometry_type=kind,
        crs=CRS,
        driver=driver,
        encoding="UTF-8",
        **options,
    )


def _plain(column: pl.Series) -> NDArray[np.generic]:
    return column.to_numpy() if column.dtype.is_numeric() else np.array(column.to_list(), dtype=object)
