"""Borders with the latest values: GeoJSON for the web, GeoPackage for geographic information systems."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyogrio.raw
import shapely
from numpy.typing import NDArray

from sozialraum.areas import AreaSystem, web_geometry
from sozialraum.publishing.exports.table import Selection, latest_period

_STAMP = "OGR_CURRENT_DATE"


def geojson(selection: Selection) -> bytes:
    """Return the areas in WGS 84 (RFC 7946), borders as fine as the release has them.

    Of each indicator ``ID`` a feature has the properties ``ID`` (null where nothing may be said), ``ID_status``,
    ``ID_sign`` and ``ID_period``.

    Raises:
        ValueError: no area system is selected, or the release has no borders for it.
    """
    areas = _areas(selection)
    geometry = web_geometry(areas, 0, crs=selection.package.city.crs)
    features = [
        {"type": "Feature", "id": row["code"], "properties": row, "geometry": json.loads(shape)}
        for row, shape in zip(_properties(selection, areas), shapely.to_geojson(geometry), strict=True)
    ]
    content = {
        "type": "FeatureCollection",
        "name": f"{selection.release.id} {selection.area_system}",
        "about": _about(selection),
        "features": features,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def geopackage(selection: Selection) -> bytes:
    """Return the areas as a GeoPackage in the city's own coordinate system, properties as in :func:`geojson`.

    Raises:
        ValueError: no area system is selected, or the release has no borders for it.
    """
    areas = _areas(selection)
    frame = pl.DataFrame(list(_properties(selection, areas)), infer_schema_length=None)
    fields = [_field(column) for column in frame]
    created = str(selection.release.manifest["created"])
    pyogrio.set_gdal_config_options({_STAMP: f"{created[:19]}Z"})  # the same release gives the same bytes
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "areas.gpkg"
            pyogrio.raw.write(
                path,
                shapely.to_wkb(_multi(areas)),
                [values for values, _ in fields],
                np.array(frame.columns, dtype=object),
                field_mask=[mask for _, mask in fields],
                layer=str(selection.area_system),
                driver="GPKG",
                geometry_type="MultiPolygon",
                crs=selection.package.city.crs,
                layer_metadata={name: str(text) for name, text in _about(selection).items()},
            )
            return path.read_bytes()
    finally:
        pyogrio.set_gdal_config_options({_STAMP: None})


def _multi(areas: AreaSystem) -> NDArray[np.object_]:
    shapes = areas.geometry if areas.geometry is not None else np.array([], dtype=object)
    parts = [shapely.multipolygons(shapely.get_parts(shape)) for shape in shapes]
    return np.array(parts, dtype=object)


def _field(column: pl.Series) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return a column's values and which of them are not there."""
    mask = column.is_null().to_numpy()
    if column.dtype.is_float():
        return column.fill_null(float("nan")).to_numpy(), mask
    return np.array(column.cast(pl.String).to_list(), dtype=object), mask


def _areas(selection: Selection) -> AreaSystem:
    """Return the areas that still exist."""
    system = selection.area_system
    if system is None or system not in selection.package.area_systems:
        raise ValueError(f"choose one of the area systems {', '.join(selection.package.area_systems)}; found {system}")
    data = selection.package.areas(system)
    there = data.frame["valid_to"].is_null().to_numpy() & ~shapely.is_missing(data.geometry)
    if not there.any():
        raise ValueError(f"the release has no borders for {system}")
    return AreaSystem(system, {}, None, data.frame, data.geometry).rows(there)


def _properties(selection: Selection, areas: AreaSystem) -> Iterator[dict[str, Any]]:
    table = selection.table.filter(pl.col("breakdown") == "")
    latest = {name: latest_period(table.filter(pl.col("indicator") == name)) for name in selection.documents}
    found = {
        (row["indicator"], row["area"]): row
        for row in table.iter_rows(named=True)
        if row["period"] == latest[row["indicator"]]
    }
    for area in areas.frame.select("code", "name", "parent").iter_rows(named=True):
        properties: dict[str, Any] = {**area, "release": selection.release.id}
        for name, period in latest.items():
            row = found.get((name, area["code"]), {"value": None, "status": "missing", "sign": "..."})
            properties |= {
                name: row["value"],
                f"{name}_status": row["status"],
                f"{name}_sign": row["sign"],
                f"{name}_period": period,
            }
        yield properties


def _about(selection: Selection) -> dict[str, Any]:
    language = selection.language
    licences = sorted({source.licence for source in selection.sources.values()})
    return {
        "release": selection.release.id,
        "licence": "; ".join(licences),
        "source": "; ".join(dict.fromkeys(selection.table["source"].to_list())),
        "indicators": "; ".join(
            f"{name}: {document.title.get(language)}" for name, document in selection.documents.items()
        ),
    }
