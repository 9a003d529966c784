"""Areas as numbers: the codes of each system in a fixed order, who lies in whom, and who was there when."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sozialraum.areas import AreaSystem, AreaSystems
from sozialraum.periods import parse_period


class Axis:
    """The areas of one system in a fixed order (the order of :attr:`AreaSystem.codes`)."""

    def __init__(self, system: AreaSystem, above: AreaSystem | None) -> None:
        self.system = system
        self.codes: tuple[str, ...] = tuple(system.codes)
        self.kind = pl.Enum(self.codes)
        self._above = tuple(above.codes) if above else ()

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def timeless(self) -> bool:
        """Whether every area has always been and will always be as it is."""
        return self.system.frame.select(pl.col("valid_from", "valid_to").is_null().all()).row(0) == (True, True)

    @cached_property
    def today(self) -> AreaSystem:
        """The system in its latest state: the areas whose end is not known, or those that lasted longest."""
        if self.timeless:
            return self.system
        ends = self.system.frame["valid_to"]
        lasting = ends.is_null() if ends.has_nulls() else ends == ends.max()
        return self.system.rows(lasting.to_numpy())

    @cached_property
    def current(self) -> NDArray[np.bool_]:
        """Which areas the latest state has."""
        return self._present(self.today)

    def valid(self, period: str) -> NDArray[np.bool_]:
        """Which areas there were on the last day of a period."""
        return np.ones(len(self), dtype=bool) if self.timeless else self._present(self.at(period))

    def redrawn(self, period: str) -> NDArray[np.bool_]:
        """Which areas of a period are no longer what they were: they are gone, or have new borders."""
        if self.timeless:
            return np.zeros(len(self), dtype=bool)
        states = ["code", "valid_from", "valid_to"]
        gone = self.at(period).frame.join(self.today.frame, on=states, how="anti", nulls_equal=True)
        return self._present(self.system, gone["code"])

    def at(self, period: str) -> AreaSystem:
        """The system as it was on the last day of a period."""
        return self.system if self.timeless else self.system.at(parse_period(period))

    def parents(self, state: AreaSystem) -> NDArray[np.int64]:
        """The place of each area's parent in the parent system, -1 where it has none or is not there in this state."""
        found = np.full(len(self), -1, dtype=np.int64)
        rows = state.frame.select("code", "parent").filter(pl.col("parent").is_in(self._above))
        if rows.height:
            found[self.index(rows["code"])] = _index(rows["parent"], pl.Enum(self._above))
        return found

    def index(self, codes: pl.Series) -> NDArray[np.int64]:
        """The place of each code, -1 where the system does not have it."""
        return _index(codes, self.kind)

    def _present(self, state: AreaSystem, codes: pl.Series | None = None) -> NDArray[np.bool_]:
        found = np.zeros(len(self), dtype=bool)
        found[self.index(state.frame["code"] if codes is None else codes)] = True
        return found


def _index(codes: pl.Series, kind: pl.Enum) -> NDArray[np.int64]:
    places = codes.cast(pl.String).cast(kind, strict=False).to_physical().cast(pl.Int64)
    return places.fill_null(-1).to_numpy()


@dataclass(frozen=True, slots=True)
class Territory:
    """Every area system of a project as numbers.

    Attributes:
        axes: the systems by id, coarse before fine.
        children: for each system the systems whose areas add up to its areas.
    """

    axes: dict[str, Axis]
    children: dict[str, tuple[str, ...]]
    _trees: dict[tuple[str, str, str], list[NDArray[np.int64]]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, systems: AreaSystems) -> Territory:
        """Number the areas of all systems."""
        axes = {id: Axis(one, systems.get(one.parent or "")) for id, one in systems.items()}
        return cls(axes, {id: _children(id, systems) for id in systems})

    def family_trees(self, child: str, parent: str, period: str) -> list[NDArray[np.int64]]:
        """Return who lies in whom, for the areas of a period and, where it differs, for today's.

        Each tree is the place of the parent of each child, -1 for children that are not there or have none.
        """
        axis = self.axes[child]
        key = child, parent, "" if axis.timeless else period
        if key not in self._trees:
            then, now = (self.parents(child, parent, state) for state in (axis.at(period), axis.today))
            self._trees[key] = [then] if np.array_equal(then, now) else [then, now]
        return self._trees[key]

    def parents(self, child: str, parent: str, state: AreaSystem) -> NDArray[np.int64]:
        """The place of the parent of each area of ``child`` in ``parent`` for a state of ``child``."""
        axis = self.axes[child]
        if axis.system.parent == parent:
            return axis.parents(state)
        inside = np.full(len(axis), -1, dtype=np.int64)
        inside[axis.index(state.frame["code"])] = 0
        return inside


def _children(id: str, systems: AreaSystems) -> tuple[str, ...]:
    """The systems below one; below a single area that nobody names as parent lie the top systems, each as a whole."""
    below = systems.children_of(id)
    if below or len(systems[id].codes) != 1:
        return below
    tops = (other for other in systems.values() if systems.get(other.parent or "") is None)
    return tuple(top.id for top in tops if len(top.codes) > 1)
