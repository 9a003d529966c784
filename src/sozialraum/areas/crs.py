"""Coordinate reference systems: assigned, checked, transformed, or refused with a reason.

Nothing is guessed. A CRS that is missing, contradicted, or known only roughly is a fault that says what to write into
the TOML; so are coordinates that lie outside the territory afterwards. Two traps deserve their names:

* MapInfo files carry no EPSG code. GDAL reads Gauss-Krueger as a transverse Mercator on a datum that PROJ can shift
  only roughly or not at all: everything lands 200 m away. Such a file needs ``crs = "EPSG:31467"`` in its TOML.
* A GeoJSON without a ``crs`` member is in degrees by its standard, but offices deliver it in metres.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from sozialraum.areas.containers import refuse
from sozialraum.errors import DeliveryError, Fault, ProjectError

INTERNAL = "EPSG:25832"
"""Inside, coordinates are metres of ETRS89 / UTM zone 32N."""

WEB = "EPSG:4326"
"""At the web's edge, coordinates are degrees."""

Points = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Territory:
    """Where coordinates may lie, in degrees, with a generous margin.

    Attributes:
        name: as a fault calls it.
        west, south, east, north: bounds in degrees of longitude and latitude.
    """

    name: str
    west: float
    south: float
    east: float
    north: float

    def holds(self, longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell for each point whether it lies inside; a coordinate that is not a number does not."""
        across = (self.west <= longitude) & (longitude <= self.east)
        return np.asarray(across & (self.south <= latitude) & (latitude <= self.north), dtype=np.bool_)


GERMANY = Territory("Germany", 4.8, 46.2, 16.1, 56.1)

_GAUSS_KRUEGER = {2: "EPSG:31466", 3: "EPSG:31467", 4: "EPSG:31468", 5: "EPSG:31469"}


def territory_of(crs: str) -> Territory:
    """Return the area of use of a CRS, widened by one degree: the territory for projects outside Germany.

    Raises:
        ValueError: the CRS is unknown or has no area of use.
    """
    area = CRS.from_user_input(crs).area_of_use
    if area is None:
        raise ValueError(f"{crs} has no area of use")
    return Territory(area.name, area.west - 1, area.south - 1, area.east + 1, area.north + 1)


def parse_crs(text: str, name: str) -> CRS:
    """Read a CRS that a TOML document or a file declares.

    Raises:
        ProjectError: PROJ does not know it.
    """
    try:
        return CRS.from_user_input(text).to_2d()
    except CRSError as error:
        advice = 'Write an EPSG code, e.g. "EPSG:25832" (ETRS89 / UTM 32N) or "EPSG:4326" (degrees).'
        raise ProjectError(Fault(name, column="crs", what="unknown CRS", value=text, advice=advice)) from error


def settle_crs(delivered: CRS | None, declared: str | None, name: str) -> tuple[CRS | None, tuple[Fault, ...]]:
    """Decide between the CRS that a file says and the one that its TOML declares.

    Returns:
        The CRS (``None`` where neither says one) and notes on what was decided.

    Raises:
        ProjectError: the declared CRS is unknown or contradicts the file's.
    """
    if declared is None:
        return delivered, ()
    wanted = parse_crs(declared, name)
    if delivered is None or delivered.equals(wanted, ignore_axis_order=True):
        return wanted, ()
    code = _code(delivered)
    if code == _code(wanted):
        return wanted, ()
    if code:
        advice = f"Remove crs from the TOML if the file is right; if not, have the file corrected. It says {code}."
        raise ProjectError(
            Fault(name, column="crs", what="the declared CRS contradicts the file", value=declared, advice=advice)
        )
    what = f"the file's CRS has no authority code ({delivered.name}); the declared {declared} is used instead"
    return wanted, (Fault(name, column="crs", what=what),)


def to_internal_points(
    points: Points, crs: CRS | None, *, name: str, internal: str = INTERNAL, territory: Territory = GERMANY
) -> Points:
    """Transform points into the internal CRS and check where they land.

    Args:
        points: x and y (or longitude and latitude) as arrays of the same length; NaN where a row has none.
        crs: the CRS of the points, see :func:`settle_crs`.
        name: the file as faults call it.
        internal: authority code of the internal CRS.
        territory: where points may lie.

    Returns:
        x and y in the internal CRS; NaN stays NaN.

    Raises:
        DeliveryError: there is no CRS, its datum is known only roughly, or points land outside the territory.
    """
    if crs is None:
        raise refuse(
            name,
            "the file does not say its CRS",
            advice='Write it into the TOML, e.g. crs = "EPSG:25832" (ETRS89 / UTM 32N); the provider knows it.',
        )
    _refuse_lost_datum(crs, name)
    x, y = _transform(points, crs, parse_crs(internal, name), name)
    _refuse_strangers((x, y), points, parse_crs(internal, name), (name, crs, territory))
    return x, y


def to_degrees(x: NDArray[np.float64], y: NDArray[np.float64], crs: str = INTERNAL) -> Points:
    """Transform points from the internal CRS into longitude and latitude (WGS 84)."""
    longitude, latitude = _transformer(CRS.from_user_input(crs), CRS.from_user_input(WEB)).transform(x, y)
    return np.asarray(longitude), np.asarray(latitude)


def _code(crs: CRS) -> str:
    found = crs.to_authority()
    return ":".join(found) if found else ""


@lru_cache(maxsize=64)
def _transformer(source: CRS, target: CRS) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True, allow_ballpark=False)


def _transform(points: Points, source: CRS, target: CRS, name: str) -> Points:
    if source.equals(target, ignore_axis_order=True):
        return points
    try:
        x, y = _transformer(source, target).transform(*points)
    except ProjError as error:
        raise _rough(source, INTERNAL, name) from error
    missing = np.isnan(points[0]) | np.isnan(points[1])
    return np.where(missing, np.nan, x), np.where(missing, np.nan, y)


def _refuse_lost_datum(crs: CRS, name: str) -> None:
    """Refuse Gauss-Krueger without its datum: whoever wrote the file dropped it, and 200 m with it."""
    if _code(crs) or crs.coordinate_operation is None:
        return
    parameters = {entry.name: float(entry.value) for entry in crs.coordinate_operation.params}
    zone, easting = divmod(parameters.get("False easting", 0.0), 1_000_000)
    unscaled = parameters.get("Scale factor at natural origin") == 1
    if unscaled and easting == 500_000 and zone in _GAUSS_KRUEGER:
        raise _rough(crs, _GAUSS_KRUEGER[int(zone)], name)


def _rough(crs: CRS, likely: str, name: str) -> DeliveryError:
    return refuse(
        name,
        "the CRS can only be transformed roughly: its datum is lost or unknown (errors of several hundred metres)",
        value=_code(crs) or crs.name,
        advice=f'Find out the right one and write it into the TOML, e.g. crs = "{likely}".',
    )


def _refuse_strangers(landed: Points, given: Points, internal: CRS, context: tuple[str, CRS, Territory]) -> None:
    name, crs, territory = context
    longitude, latitude = _transformer(internal, CRS.from_user_input(WEB)).transform(*landed)
    present = ~(np.isnan(given[0]) | np.isnan(given[1]))
    stray = np.flatnonzero(present & ~territory.holds(np.asarray(longitude), np.asarray(latitude)))
    if not len(stray):
        return
    first = int(stray[0])
    swapped = _lies_inside_swapped(given, first, crs, territory)
    raise refuse(
        name,
        f"{len(stray):,} of {int(present.sum()):,} coordinates lie outside {territory.name} - wrong CRS?",
        value=f"{given[0][first]:.10g} {given[1][first]:.10g} read as {_code(crs) or crs.name}",
        advice="x and y look swapped: exchange them."
        if swapped
        else 'Find out the CRS of the file and write it into the TOML (crs = "EPSG:..."), or correct these rows.',
    )


def _lies_inside_swapped(given: Points, row: int, crs: CRS, territory: Territory) -> bool:
    turned: Any = (given[1][row : row + 1], given[0][row : row + 1])
    longitude, latitude = _transformer(crs, CRS.from_user_input(WEB)).transform(*turned)
    return bool(territory.holds(np.asarray(longitude), np.asarray(latitude))[0])
