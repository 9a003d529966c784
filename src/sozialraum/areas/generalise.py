"""Borders light enough for a web page: simplified together, so that neighbours still fit each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from sozialraum.areas.crs import INTERNAL, to_degrees
from sozialraum.areas.systems import AreaSystem

DECIMALS = 6
"""Decimals of a degree on the web: a tenth of a metre."""


def generalise(system: AreaSystem, tolerance_m: float) -> AreaSystem:
    """Return the system with simplified borders.

    Shared borders are simplified once (coverage simplification after Visvalingam and Whyatt), so no gaps or overlaps
    arise between neighbours, and no area vanishes.

    Args:
        system: the areas; without geometry it is returned as it is.
        tolerance_m: corners that span a triangle smaller than the square of this are dropped, metres.

    Raises:
        ValueError: the tolerance is negative.
    """
    if tolerance_m < 0:
        raise ValueError(f"a tolerance of {tolerance_m} m is negative")
    if system.geometry is None or not len(system.geometry):
        return system
    simple = np.asarray(shapely.coverage_simplify(system.geometry, tolerance_m), dtype=object)
    return replace(system, geometry=_valid(simple))


def web_geometry(system: AreaSystem, tolerance_m: float, *, crs: str = INTERNAL) -> NDArray[np.object_]:
    """Return simplified borders in degrees as GeoJSON wants them: WGS 84, outer rings counter-clockwise, 6 decimals.

    Args:
        system: the areas; it must have geometry.
        tolerance_m: see :func:`generalise`.
        crs: the internal CRS that the system is in.

    Raises:
        ValueError: the system has no geometry, or the tolerance is negative.
    """
    geometry = generalise(system, tolerance_m).geometry
    if geometry is None:
        raise ValueError(f"{system.id} has no geometry")

    def degrees(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        return tuple(np.round(values, DECIMALS) for values in to_degrees(x, y, crs))

    moved = np.asarray(shapely.transform(geometry, degrees, interleaved=False), dtype=object)
    return np.asarray(shapely.orient_polygons(_valid(moved), exterior_cw=False), dtype=object)


def _valid(geometry: NDArray[np.object_]) -> NDArray[np.object_]:
    """Mend what simplifying or rounding broke (a system whose areas overlap, a spike thinner than a decimal)."""
    broken = ~shapely.is_valid(geometry) & ~shapely.is_missing(geometry)
    result = geometry.copy()
    result[broken] = shapely.make_valid(geometry[broken], method="structure", keep_collapsed=False)
    return result
