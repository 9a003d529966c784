"""Wherever a file is cut off: it is refused, or what is missing did not matter. Never a part taken for the whole."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialraum.areas.geodata import read_geodata
from sozialraum.areas.geoparquet import write_geoparquet
from sozialraum.errors import DeliveryError

COUNT = 90
FRAME = pl.DataFrame({"key": [f"{row:03}" for row in range(COUNT)], "label": ["Mühlenholz"] * COUNT})
SHAPES = np.array([shapely.box(row, row, row + 1, row + 1) for row in range(COUNT)], dtype=object)
FORMATS = {
    "gpkg": ("GPKG", ["gpkg"]),
    "geojson": ("GeoJSON", ["geojson"]),
    "fgb": ("FlatGeobuf", ["fgb"]),
    "shp": ("ESRI Shapefile", ["shp", "shx", "dbf"]),
    "tab": ("MapInfo File", ["map", "dat", "id"]),
    "mif": ("MapInfo File", ["mif", "mid"]),
    "parquet": ("", ["parquet"]),
}


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory() as name:
        table = FRAME.to_arrow(compat_level=pl.CompatLevel.oldest())
        table = table.append_column("geometry", pa.array(shapely.to_wkb(SHAPES).tolist(), pa.binary()))
        for ending, (driver, _) in FORMATS.items():
            path = Path(name, ending, f"areas.{ending}")
            path.parent.mkdir()
            if ending == "parquet":
                write_geoparquet(path, FRAME, SHAPES, "EPSG:25832")
                continue
            options = {"FORMAT": "MIF"} if ending == "mif" else {}
            pyogrio.write_arrow(
                table,
                path,
                driver=driver,
                geometry_name="geometry",
                geometry_type="Polygon",
                crs="EPSG:25832",
                **options,
            )
        yield Path(name)


@pytest.mark.parametrize(
    ("ending", "part"), [(ending, part) for ending, (_, parts) in FORMATS.items() for part in parts]
)
@settings(max_examples=25, deadline=None)
@given(fraction=st.floats(0, 0.999))
def test_a_part_is_never_taken_for_the_whole(folder, ending, part, fraction):
    path = folder / ending / f"areas.{ending}"
    victim = path.with_suffix(f".{part}")
    whole = victim.read_bytes()
    try:
        victim.write_bytes(whole[: int(len(whole) * fraction)])
        data = read_geodata(path)
    except DeliveryError:
        return
    finally:
        victim.write_bytes(whole)
    order = np.argsort(data.frame["key"].to_numpy())
    assert data.frame["key"].sort().to_list() == FRAME["key"].to_list()
    assert data.frame["label"].to_list() == FRAME["label"].to_list()
    assert (shapely.area(shapely.intersection(data.geometry[order], SHAPES)) > 0.9).all()
