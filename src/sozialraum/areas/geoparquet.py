"""GeoParquet, both ways: the format in which releases keep their areas.

Source: GeoParquet specification 1.1.0, encoding WKB (https://geoparquet.org/releases/v1.1.0/).
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError

from sozialraum.areas.completeness import AGAIN
from sozialraum.areas.containers import refuse
from sozialraum.areas.crs import Points

GEOMETRY = "geometry"


def write_geoparquet(path: Path, frame: pl.DataFrame, geometry: NDArray[np.object_], crs: str) -> None:
    """Write attributes and geometries as GeoParquet; the same input gives the same bytes.

    Args:
        path: the file to write.
        frame: one row per geometry, without a column ``geometry``.
        geometry: shapely geometries aligned to the rows; ``None`` where there is none.
        crs: authority code (``EPSG:25832``) of the coordinates.

    Raises:
        ValueError: frame and geometry differ in length.
    """
    if frame.height != len(geometry):
        raise ValueError(f"{frame.height} rows but {len(geometry)} geometries")
    wkb = pa.array(shapely.to_wkb(geometry, byte_order=1).tolist(), type=pa.binary())
    present = geometry[~shapely.is_missing(geometry)]
    bounds = shapely.total_bounds(present) if len(present) and not shapely.is_empty(present).all() else None
    _write(path, frame, wkb, _geo({str(shape.geom_type) for shape in present}, bounds, crs))


def write_points(path: Path, frame: pl.DataFrame, points: Points, crs: str) -> None:
    """Write attributes and points as :func:`write_geoparquet` does, byte for byte, without making shapes of them.

    Args:
        path: the file to write.
        frame: one row per point, without a column ``geometry``.
        points: x and y as arrays of the same length, all of them numbers.
        crs: authority code (``EPSG:25832``) of the coordinates.

    Raises:
        ValueError: frame and points differ in length.
    """
    x, y = points
    if not frame.height == len(x) == len(y):
        raise ValueError(f"{frame.height} rows but {len(x)} and {len(y)} coordinates")
    wkb = np.empty(len(x), dtype=[("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])
    wkb["order"], wkb["kind"], wkb["x"], wkb["y"] = 1, 1, x, y
    offsets = np.arange(len(x) + 1, dtype=np.int32) * wkb.dtype.itemsize
    column = pa.Array.from_buffers(pa.binary(), len(x), [None, pa.py_buffer(offsets), pa.py_buffer(wkb)])
    bounds = np.array([x.min(), y.min(), x.max(), y.max()]) if len(x) else None
    _write(path, frame, column, _geo({"Point"} if len(x) else set(), bounds, crs))


def _write(path: Path, frame: pl.DataFrame, wkb: pa.Array, geo: dict[str, Any]) -> None:
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest()).append_column(GEOMETRY, wkb)
    table = table.replace_schema_metadata({b"geo": json.dumps(geo, sort_keys=True).encode()})
    pq.write_table(table, path, compression="zstd", use_dictionary=[*frame.columns], write_statistics=True)


def read_geoparquet(path: Path, name: str) -> tuple[pl.DataFrame, NDArray[np.object_], CRS | None]:
    """Read attributes, geometries and CRS of a GeoParquet file.

    Raises:
        DeliveryError: the file is cut off, has no geometry, or keeps it in another encoding than WKB.
    """
    table = _read_table(path, name)
    meta = _geo_of(table, name)
    primary = str(meta.get("primary_column", GEOMETRY))
    column: dict[str, Any] = meta.get("columns", {}).get(primary, {})
    if column.get("encoding") != "WKB" or primary not in table.column_names:
        raise refuse(
            name,
            "the geometry column is missing or not encoded as WKB",
            value=f"{primary}: {column.get('encoding', 'no encoding')}",
            advice="Write the file with the encoding WKB.",
        )
    try:
        geometry = shapely.from_wkb(np.array(table[primary].to_pylist(), dtype=object))
    except (shapely.GEOSException, NotImplementedError) as error:
        raise refuse(name, "a geometry can not be read", value=str(error), advice=AGAIN) from error
    frame = pl.DataFrame(pl.from_arrow(table.drop_columns([primary])))
    return frame, geometry, _crs_of(column, name)


def _geo(types: set[str], bounds: NDArray[np.float64] | None, crs: str) -> dict[str, Any]:
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": sorted(types), "crs": _described(crs)}
    if bounds is not None:
        column["bbox"] = [float(edge) for edge in bounds]
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}


@lru_cache(maxsize=16)
def _described(crs: str) -> dict[str, Any]:
    return dict(CRS.from_user_input(crs).to_json_dict())


def _read_table(path: Path, name: str) -> pa.Table:
    try:
        return pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise refuse(name, "the Parquet file is cut off or damaged", value=str(error), advice=AGAIN) from error


def _geo_of(table: pa.Table, name: str) -> dict[str, Any]:
    try:
        return dict(json.loads((table.schema.metadata or {})[b"geo"]))
    except (KeyError, ValueError) as error:
        raise refuse(
            name,
            "the Parquet file has no geometry (no valid `geo` metadata)",
            advice="Write it as GeoParquet, or deliver the geometry in another file.",
        ) from error


def _crs_of(column: dict[str, Any], name: str) -> CRS | None:
    if "crs" not in column:
        return CRS.from_user_input("OGC:CRS84")
    if column["crs"] is None:
        return None
    try:
        return CRS.from_json_dict(column["crs"])
    except CRSError as error:
        raise refuse(
            name,
            "the file's CRS can not be understood",
            value=str(error),
            advice='Write the right one into the TOML, e.g. crs = "EPSG:25832".',
        ) from error
