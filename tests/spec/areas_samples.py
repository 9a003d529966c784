"""Small areas, files of every format, and the real data beside the project, for the tests of the room `areas`."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyogrio
import pytest
import shapely
from pyproj import Transformer

from sozialraum.areas.geoparquet import write_geoparquet
from sozialraum.areas.systems import AREA_SCHEMA, AreaSystem

REAL = Path(__file__).parents[3] / "shared" / "data"

EAST, NORTH = 520_000.0, 6_070_000.0
"""South-west corner of the samples, metres of EPSG:25832 (near Flensburg)."""


def real(*parts: str) -> Path:
    """Return a path in the real data, or skip the test."""
    path = REAL.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the real data is not here: {path}")
    return path


def square(column: int, row: int, size: float = 1000.0) -> shapely.Polygon:
    x, y = EAST + column * size, NORTH + row * size
    return shapely.box(x, y, x + size, y + size)


def polygons(*shapes: object) -> np.ndarray:
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found


QUARTERS = pl.DataFrame(
    {
        "key": ["0101", "0102", "0201", "0202"],
        "label": ["Süderhof", "Mühlenholz", "Weiche", "Straßburger Platz"],
        "upper": ["01", "01", "02", "02"],
        "people": [1200, 0, None, 87],
        "share": [0.5, 1.25, None, 3.0],
    }
)
SHAPES = polygons(square(0, 0), square(1, 0), square(0, 1), square(1, 1))
HALVES = pl.DataFrame({"key": ["01", "02"], "label": ["Süd", "Nord"]})
HALF_SHAPES = polygons(
    shapely.box(EAST, NORTH, EAST + 2000, NORTH + 1000), shapely.box(EAST, NORTH + 1000, EAST + 2000, NORTH + 2000)
)

DRIVERS = {
    ".gpkg": "GPKG",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".shp": "ESRI Shapefile",
    ".tab": "MapInfo File",
    ".mif": "MapInfo File",
    ".fgb": "FlatGeobuf",
}


def write(
    path: Path,
    frame: pl.DataFrame = QUARTERS,
    shapes: np.ndarray = SHAPES,
    *,
    crs: str | None = "EPSG:25832",
    encoding: str = "UTF-8",
    **options: object,
) -> Path:
    """Write a sample in the format of the path's ending."""
    ending = path.suffix.lower()
    if ending == ".parquet":
        write_geoparquet(path, frame, shapes, str(crs))
        return path
    if ending == ".mif":
        options["FORMAT"] = "MIF"
    if ending in (".tab", ".mif"):
        options["ENCODING"] = encoding
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    table = table.append_column("geometry", pa.array(shapely.to_wkb(shapes).tolist(), pa.binary()))
    pyogrio.write_arrow(
        table, path, driver=DRIVERS[ending], geometry_name="geometry", geometry_type="Polygon", crs=crs, **options
    )
    return path


def zipped(target: Path, *files: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.name)
    return target


def gzipped(target: Path, file: Path) -> Path:
    target.write_bytes(gzip.compress(file.read_bytes()))
    return target


def siblings(file: Path) -> list[Path]:
    return sorted(file.parent.glob(f"{file.stem}.*"))


def gauss_krueger_mif(folder: Path) -> Path:
    """Write the samples as a Gauss-Krueger MIF: projection 8 on MapInfo's datum 1000, without any EPSG code."""
    to_gk3 = Transformer.from_crs("EPSG:25832", "EPSG:31467", always_xy=True)
    moved = shapely.transform(SHAPES, lambda x, y: to_gk3.transform(x, y), interleaved=False)
    path = write(folder / "gk3.mif", shapes=moved, crs="EPSG:31467")
    text = path.read_text("utf-8")
    line = next(line for line in text.splitlines() if line.startswith("CoordSys"))
    path.write_text(text.replace(line, 'CoordSys Earth Projection 8, 1000, "m", 9, 0, 1, 3500000, 0'), "utf-8")
    return path


def system(id: str = "quarters", **columns: object) -> AreaSystem:
    """Return the four squares as an area system; columns can be replaced."""
    content = {
        "code": QUARTERS["key"],
        "name": QUARTERS["label"],
        "parent": QUARTERS["upper"],
        "valid_from": [None] * 4,
        "valid_to": [None] * 4,
    }
    frame = pl.DataFrame(content | columns, schema_overrides=AREA_SCHEMA)
    return AreaSystem(id, {"de": id, "en": id}, "halves", frame, SHAPES, 1)
