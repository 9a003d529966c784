"""Borders of an area system as a page draws them: SVG paths for the picture, GeoJSON for the zoomable map."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from sozialraum.areas import AreaSystem
from sozialraum.areas.generalise import generalise, web_geometry
from sozialraum.web.atlas.release import Atlas

WIDTH = 1000
"""Width of the drawing in its own units; half a unit is less than a pixel."""

DETAIL = 700
"""Borders are simplified to this fraction of the drawing's larger side, each still fitting its neighbour."""


@dataclass(frozen=True, slots=True)
class Outlines:
    """The borders of a system, ready to be painted.

    Attributes:
        width: width of the drawing.
        height: height of the drawing.
        paths: SVG path data by area code.
        centres: a point inside each area, as far as can be from its border, in units of the drawing.
        ground: SVG path data of what lies around areas that leave parts of the territory out; empty for all others.
    """

    width: int
    height: int
    paths: Mapping[str, str]
    centres: Mapping[str, tuple[float, float]]
    ground: str = ""


def outlines(atlas: Atlas, system: str) -> Outlines | None:
    """Return a system's outlines; None where the release has no geometry for it."""
    return atlas.keep(("outlines", system), lambda: _draw(_current(atlas, system), _around(atlas, system)))


def geojson(atlas: Atlas, system: str) -> bytes:
    """Return a system's borders as GeoJSON in WGS 84 with code and name of each area."""
    return atlas.keep(("geojson", system), lambda: _geojson(atlas, system))


def _current(atlas: Atlas, system: str) -> AreaSystem:
    """Return the areas that still exist, with borders light enough for a page."""
    data = atlas.package.areas(system)
    there = data.frame["valid_to"].is_null().to_numpy() & ~shapely.is_missing(data.geometry)
    areas = AreaSystem(system, {}, None, data.frame, data.geometry).rows(there)
    if not there.any():
        return areas
    west, south, east, north = shapely.total_bounds(areas.geometry)
    return generalise(areas, max(east - west, north - south) / DETAIL)


def _around(atlas: Atlas, system: str) -> NDArray[np.object_]:
    """Return the borders that show where areas lie that somebody drew: those of the city's own areas."""
    document = atlas.systems.get(system)
    if document is None or document.complete or atlas.city.home not in atlas.package.area_systems:
        return np.empty(0, dtype=object)
    around = _current(atlas, atlas.city.home).geometry
    return np.empty(0, dtype=object) if around is None else around


def _draw(areas: AreaSystem, around: NDArray[np.object_]) -> Outlines | None:
    shapes = areas.geometry
    if shapes is None or not len(shapes):
        return None
    west, south, east, north = shapely.total_bounds(np.concatenate([shapes, around]))
    scale = WIDTH / max(east - west, 1e-9)

    def draw(some: NDArray[np.object_]) -> NDArray[np.object_]:
        moved = shapely.transform(some, lambda points: (points - (west, north)) * (scale, -scale))
        return np.asarray(moved, dtype=object)

    drawn = draw(shapes)
    centres = [shapely.get_coordinates(shapely.maximum_inscribed_circle(shape, tolerance=4))[0] for shape in drawn]
    return Outlines(
        width=WIDTH,
        height=max(1, round((north - south) * scale)),
        paths={code: _path(shape) for code, shape in zip(areas.frame["code"], drawn, strict=True)},
        centres={code: (float(x), float(y)) for code, (x, y) in zip(areas.frame["code"], centres, strict=True)},
        ground="".join(_path(shape) for shape in draw(around)),
    )


def _path(shape: shapely.Geometry) -> str:
    rings = [ring for part in shapely.get_parts(shape) for ring in shapely.get_rings(part)]
    return "".join(_ring(shapely.get_coordinates(ring)) for ring in rings)


def _ring(points: NDArray[np.float64]) -> str:
    """Write a ring in whole units with relative steps: a third of the bytes of absolute ones."""
    whole = np.rint(points).astype(int)
    steps = np.diff(whole, axis=0)[:-1]
    moves = "".join(f"{x} {y}" if n == 0 else f" {x} {y}" for n, (x, y) in enumerate(steps) if x or y)
    return f"M{whole[0][0]} {whole[0][1]}l{moves}z"


def _geojson(atlas: Atlas, system: str) -> bytes:
    areas = _current(atlas, system)
    turned = web_geometry(areas, 0, crs=atlas.city.crs)
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": atlas.areas[system][code].name},
            "geometry": json.loads(text),
        }
        for code, text in zip(areas.frame["code"], shapely.to_geojson(turned), strict=True)
    ]
    content = {"type": "FeatureCollection", "features": features}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
