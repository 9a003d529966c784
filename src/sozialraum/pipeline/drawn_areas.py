"""Areas that somebody drew on a map become an area system of the project: checked, written, counted by the next build.

A drawn system does not fill the territory and has no parent. The door protects it against the quarters that it crosses
(see :mod:`sozialraum.pipeline.overlays`), wherever single records are placed in both.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from sozialraum.areas import GeoData, read_area_systems, read_geodata, to_internal
from sozialraum.areas.crs import to_degrees
from sozialraum.catalogue import Project, SourceDoc
from sozialraum.errors import DeliveryError, Fault, Faults, ProjectError, disk_faults
from sozialraum.releases.files import write_atomic

SMALLEST = 10_000.0
"""Square metres: on less than a hectare a number would tell of single houses, or be withheld."""

INSIDE = 0.99
"""So much of an area must lie in the territory; borders are drawn by hand."""

SHARED = 0.001
"""Areas that share more than this part of the smaller one overlap."""

DIGITS = 7
"""Degrees are written to about a centimetre."""

DOCUMENT = """\
title.de = {title}
title.en = {title}
file = "{id}.geojson"
code = "code"
name = "name"
crs = "EPSG:4326"
complete = false                       # drawn: it does not fill the territory, so it has no parent
depth = "{depth}"
"""


@dataclass(frozen=True, slots=True)
class DrawnArea:
    """One area as it was drawn.

    Attributes:
        code: what it is called in tables.
        name: what it is called on pages.
        shape: its border in the internal CRS.
    """

    code: str
    name: str
    shape: shapely.Geometry

    @property
    def hectares(self) -> float:
        """Its surface."""
        return float(self.shape.area) / 10_000

    def as_json(self) -> dict[str, str | float]:
        """Return the area for machines."""
        return {"code": self.code, "name": self.name, "hectares": round(self.hectares, 1)}


@dataclass(frozen=True, slots=True)
class Drawn:
    """An area system that was written into a project.

    Attributes:
        id: its name.
        areas: its areas.
        files: what was written.
        sources: the sources whose single records are counted in it, as far as their rows say where they are.
    """

    id: str
    areas: tuple[DrawnArea, ...]
    files: tuple[Path, ...]
    sources: tuple[str, ...]


def draw_area(
    project: Project, file: Path, id: str, title: str, *, crs: str | None = None, internal: bool = False
) -> Drawn:
    """Write drawn areas into a project; nothing is written where something is wrong with them.

    Args:
        project: the city's documents.
        file: GeoJSON or other geodata with one or several polygons; a property ``name`` names them.
        id: the name of the new area system.
        title: what pages call it.
        crs: the CRS of the file, where the file does not say it.
        internal: whether only staff see it.

    Raises:
        DeliveryError: the file can not be read, or a polygon is not sound, too small, outside the territory, or lies
            over another; with every fault.
        ProjectError: the project has an area system of this name, or the CRS is unknown.
        InputError: the disk is full or read-only.
    """
    _demand_new(project, id)
    data = _read(file, crs)
    faults = Faults()
    placed = to_internal(data, project.city.crs)
    areas = _areas(placed, title)
    for area in areas:
        _check(area, file.name, faults)
    if not faults:
        _check_place(areas, _territory(project), project.city.name, (file.name, faults))
        _check_overlaps(areas, file.name, faults)
    faults.throw(DeliveryError)
    files = _write(project, id, areas, {"title": json.dumps(title, ensure_ascii=False), "internal": internal})
    return Drawn(id, areas, files, tuple(name for name, source in project.sources.items() if _is_placed(source)))


def _demand_new(project: Project, id: str) -> None:
    if id in project.areas:
        place = project.name_of("areas", id)
        advice = "choose another name, or remove that document first"
        raise ProjectError(Fault(place, what="there is an area system of this name", value=id, advice=advice))


def _read(file: Path, crs: str | None) -> GeoData:
    """Read what was drawn.

    Raises:
        DeliveryError: it can not be read.
        ProjectError: the CRS is unknown or contradicts the file.
    """
    if not file.exists():
        raise DeliveryError(Fault(str(file), what="there is no such file", advice="name the file that was drawn"))
    data = read_geodata(file, crs=crs, name=file.name)
    if data.crs is None:
        advice = "say which it is: --crs EPSG:25832 (ETRS89 / UTM 32N), or draw in degrees as GeoJSON asks for"
        raise DeliveryError(Fault(file.name, what="the file does not say its coordinate system", advice=advice))
    return data


def _areas(data: GeoData, title: str) -> tuple[DrawnArea, ...]:
    named = next((name for name in data.frame.columns if name.lower() == "name"), None)
    names = data.frame[named].cast(str).to_list() if named else [None] * len(data.geometry)
    single = len(data.geometry) == 1
    return tuple(
        DrawnArea(str(number), (name or "").strip() or (title if single else f"{title} {number}"), shape)
        for number, (name, shape) in enumerate(zip(names, data.geometry, strict=True), 1)
    )


# --- what can be wrong with it ----------------------------------------------------------------------------------------


def _check(area: DrawnArea, file: str, faults: Faults) -> None:
    shape = area.shape
    if shape is None or shape.is_empty:
        faults.add(file, "there is no border", value=area.name, advice="draw one, or remove the entry")
    elif shape.geom_type not in ("Polygon", "MultiPolygon"):
        what = f"this is a {shape.geom_type}, not a polygon"
        faults.add(file, what, value=area.name, advice="draw a closed border")
    elif not shape.is_valid:
        what = f"the border is not sound: {shapely.is_valid_reason(shape).partition('[')[0].strip().lower()}"
        faults.add(file, what, value=area.name, advice=f"draw it so that it does not cross itself{_where(shape)}")
    elif shape.area < SMALLEST:
        what = f"the area has only {area.hectares:.2f} ha"
        advice = "draw one of 1 ha or more: on less, numbers would tell of single houses"
        faults.add(file, what, value=area.name, advice=advice)


def _where(shape: shapely.Geometry) -> str:
    """Say near which point a border is not sound, where the library says it."""
    _, bracket, place = shapely.is_valid_reason(shape).partition("[")
    if not bracket:
        return ""
    x, y = (float(number) for number in place.rstrip("]").split()[:2])
    return f" (near {x:.0f} {y:.0f} in the city's CRS)"


def _territory(project: Project) -> shapely.Geometry | None:
    """Return the territory: the areas that pages show first, as they are today; None without geometry.

    Raises:
        DeliveryError: they can not be read.
    """
    faults = Faults()
    wanted = {project.city.home: project.areas[project.city.home].model_copy(update={"parent": None})}
    systems = read_area_systems(wanted, lambda name: project.deliveries / name, faults, internal=project.city.crs)
    faults.throw(DeliveryError)
    home = systems.get(project.city.home)
    return None if home is None or home.geometry is None else shapely.union_all(home.geometry)


def _check_place(
    areas: Sequence[DrawnArea], territory: shapely.Geometry | None, city: str, told: tuple[str, Faults]
) -> None:
    file, faults = told
    for area in areas if territory is not None else ():
        inside = shapely.intersection(area.shape, territory).area / area.shape.area
        if inside < INSIDE:
            what = "the area lies outside" if inside == 0 else f"only {inside:.0%} of the area lie inside"
            advice = "draw it inside the city's border: nobody is counted outside"
            faults.add(file, f"{what} {'of ' if inside == 0 else ''}{city}", value=area.name, advice=advice)


def _check_overlaps(areas: Sequence[DrawnArea], file: str, faults: Faults) -> None:
    for one, other in ((a, b) for at, a in enumerate(areas) for b in areas[at + 1 :]):
        shared = shapely.intersection(one.shape, other.shape).area
        if shared > SHARED * min(one.shape.area, other.shape.area):
            what = f"two areas overlap by {shared / 10_000:,.2f} ha, and everybody would be counted in the first alone"
            advice = "draw them side by side, or add each from a file of its own"
            faults.add(file, what, value=f"{one.name} and {other.name}", advice=advice)


# --- what is written --------------------------------------------------------------------------------------------------


def _write(project: Project, id: str, areas: Sequence[DrawnArea], words: dict[str, Any]) -> tuple[Path, ...]:
    """Write the border and the document; the document last, since it makes the area system."""
    border, document = project.deliveries / f"{id}.geojson", project.folder / "areas" / f"{id}.toml"
    if border.exists():
        advice = "choose another name, or remove that file first"
        raise ProjectError(Fault(border.name, what="there is a delivery of this name", value=id, advice=advice))
    text = DOCUMENT.format(id=id, title=words["title"], depth="internal" if words["internal"] else "public")
    with disk_faults(project.folder):
        document.parent.mkdir(exist_ok=True)
        write_atomic(border, json.dumps(_collection(project, areas), ensure_ascii=False, indent=1).encode())
        write_atomic(document, text.encode())
    return border, document


def _collection(project: Project, areas: Sequence[DrawnArea]) -> dict[str, Any]:
    def to_web(points: NDArray[np.float64]) -> NDArray[np.float64]:
        degrees = np.column_stack(to_degrees(points[:, 0], points[:, 1], project.city.crs))
        return np.asarray(np.round(degrees, DIGITS), dtype=np.float64)

    features = [
        {
            "type": "Feature",
            "properties": {"code": area.code, "name": area.name},
            "geometry": shapely.geometry.mapping(shapely.transform(area.shape, to_web)),
        }
        for area in areas
    ]
    return {"type": "FeatureCollection", "features": features}


def _is_placed(source: SourceDoc) -> bool:
    """Tell whether the rows of a source are single records that say where they are."""
    return source.personal and not source.extends and any(_says_where(source))


def _says_where(source: SourceDoc) -> Iterator[bool]:
    yield source.kind == "buildings"
    for column in source.columns.values():
        yield column.identifier == "building" or bool(column.address) or bool(column.coordinate)
