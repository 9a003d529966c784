"""Area systems: complete divisions of the territory, with validity, nested in hierarchies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from sozialraum.errors import Fault, ProjectError
from sozialraum.periods import Period

AREA_SCHEMA = {
    "code": pl.String,
    "name": pl.String,
    "parent": pl.String,
    "valid_from": pl.String,
    "valid_to": pl.String,
}


@dataclass(frozen=True, slots=True, eq=False)
class AreaSystem:
    """One division of the territory; complete unless it is said that it is not.

    A code appears once at any moment; an area that was redrawn appears once per state of its borders.

    Attributes:
        id: the name of its TOML document.
        title: its title by language (``de``, ``en``).
        parent: the next coarser system, ``None`` at the top of a hierarchy.
        frame: one row per area and state, columns as in :data:`AREA_SCHEMA`; ``parent`` is the code of the parent
            area, ``valid_from`` and ``valid_to`` are ISO dates (first and last day) or null where open.
        geometry: polygons in the internal CRS aligned to the rows, ``None`` for a system without geometry.
        level: how many coarser systems stand above it: 0 at the top.
        complete: whether its areas fill the territory.
    """

    id: str
    title: Mapping[str, str]
    parent: str | None
    frame: pl.DataFrame
    geometry: NDArray[np.object_] | None = None
    level: int = 0
    complete: bool = True

    @property
    def codes(self) -> list[str]:
        """Every code once, in the order of the rows."""
        return self.frame["code"].unique(maintain_order=True).to_list()

    @property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north in the internal CRS; ``None`` without geometry."""
        if self.geometry is None or not len(self.geometry):
            return None
        west, south, east, north = shapely.total_bounds(self.geometry).tolist()
        return west, south, east, north

    def name_of(self, code: str) -> str:
        """Return the name of an area in its latest state.

        Raises:
            KeyError: no area of this system has the code.
        """
        names = latest(self.frame).filter(pl.col("code") == code)["name"]
        if not len(names):
            raise KeyError(code)
        return str(names[0])

    def children(self, parent_code: str) -> list[str]:
        """Return the codes of the areas that lie in an area of the parent system."""
        inside = self.frame.filter(pl.col("parent") == parent_code)
        return inside["code"].unique(maintain_order=True).to_list()

    def at(self, period: Period) -> AreaSystem:
        """Return the system as it was on the last day of a period."""
        day = period.last.isoformat()
        began = pl.col("valid_from").is_null() | (pl.col("valid_from") <= day)
        lasts = pl.col("valid_to").is_null() | (pl.col("valid_to") >= day)
        return self.rows(self.frame.select(began & lasts).to_series().to_numpy())

    def rows(self, mask: NDArray[np.bool_]) -> AreaSystem:
        """Return the system with only the rows for which ``mask`` is true."""
        geometry = None if self.geometry is None else self.geometry[mask]
        return replace(self, frame=self.frame.filter(mask), geometry=geometry)


def latest(frame: pl.DataFrame) -> pl.DataFrame:
    """Return one row per code: the state that began last."""
    ordered = frame.sort("valid_from", nulls_last=False, maintain_order=True)
    return ordered.unique("code", keep="last", maintain_order=True)


@dataclass(frozen=True, slots=True)
class AreaSystems(Mapping[str, AreaSystem]):
    """The area systems of a project by id, coarse before fine."""

    systems: Mapping[str, AreaSystem] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ordered = sorted(self.systems.values(), key=lambda system: (system.level, len(system.codes), system.id))
        object.__setattr__(self, "systems", {system.id: system for system in ordered})

    def __getitem__(self, id: str) -> AreaSystem:
        return self.systems[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self.systems)

    def __len__(self) -> int:
        return len(self.systems)

    def ancestors(self, id: str) -> tuple[str, ...]:
        """Return the coarser systems of the hierarchy, the nearest first."""
        return self.path(id)[1:]

    def path(self, id: str) -> tuple[str, ...]:
        """Return the way from a system to the top of its hierarchy, itself first."""
        way = [id]
        while parent := self[way[-1]].parent:
            way.append(parent)
        return tuple(way)

    def children_of(self, id: str) -> tuple[str, ...]:
        """Return the systems whose parent is ``id``."""
        return tuple(system.id for system in self.values() if system.parent == id)

    def at(self, period: Period) -> AreaSystems:
        """Return every system as it was on the last day of a period."""
        return AreaSystems({id: system.at(period) for id, system in self.items()})

    def parent_map(self, child: str, ancestor: str) -> dict[str, str]:
        """Return for each code of a system the code of the area of a coarser system that it lies in.

        Where a code had several parents over time the latest counts; take :meth:`at` first for a moment's state.

        Raises:
            ProjectError: ``ancestor`` does not stand above ``child``.
        """
        way = self.path(child)
        if ancestor not in way:
            what = f"{ancestor} does not stand above {child}"
            raise ProjectError(Fault(f"areas/{child}.toml", 0, "parent", what, advice="Set parent in the area's TOML."))
        found = {code: code for code in self[child].codes}
        for id in way[: way.index(ancestor)]:
            frame = latest(self[id].frame)
            step = dict(zip(frame["code"], frame["parent"], strict=True))
            found = {code: step[area] for code, area in found.items() if step.get(area) is not None}
        return found
