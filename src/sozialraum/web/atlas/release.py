"""One finished release in memory: its documents at once, values and outlines of areas when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from threading import Lock
from typing import Any, TypeVar

import polars as pl

from sozialraum.catalogue import AreaSystemDoc, Catalogue, CityDoc, SourceDoc
from sozialraum.periods import parse_period
from sozialraum.releases import Depth, Package, Release
from sozialraum.tables import Status, Value

_T = TypeVar("_T")
MISSING = Value(None, Status.MISSING)
"""What a release says about an area and a period that it does not mention."""


@dataclass(frozen=True, slots=True)
class Area:
    """One area of a system: its code, what people call it, what it lies in, and when it existed."""

    system: str
    code: str
    name: str
    parent: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def existed(self, day: date) -> bool:
        """Tell whether the area existed on ``day``."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Panel:
    """Every value of one indicator in one area system: areas by periods, the earliest period first.

    Attributes:
        values: by area and period.
        revised: areas and periods whose value an earlier release told differently, as far as the release says so.
    """

    indicator: str
    system: str
    periods: tuple[str, ...]
    values: Mapping[tuple[str, str], Value]
    revised: Set[tuple[str, str]] = frozenset()

    def value(self, area: str, period: str) -> Value:
        """Return the value of an area in a period; missing where the release has none."""
        return self.values.get((area, period), MISSING)

    def series(self, area: str) -> tuple[tuple[str, Value], ...]:
        """Return an area's values over all periods."""
        return tuple((period, self.value(area, period)) for period in self.periods)

    @property
    def told(self) -> tuple[str, ...]:
        """The periods in which any area has a number."""
        found = {period for (_, period), value in self.values.items() if value.value is not None}
        return tuple(period for period in self.periods if period in found)

    @property
    def latest(self) -> str:
        """The latest period in which any area has a number; the last one if none has."""
        return (self.told or self.periods)[-1]

    def latest_until(self, day: date | None) -> str | None:
        """Return the latest period that ended by ``day`` and in which any area has a number; None where none has."""
        if day is None:
            return self.latest
        return next((period for period in reversed(self.told) if parse_period(period).last <= day), None)


@dataclass(frozen=True)
class Atlas:
    """One package of a release as pages see it.

    Attributes:
        release: the release.
        package: the package that this atlas shows.
        areas: the latest state of each area by system and code.
        parts: rows of ``values.parquet`` without breakdowns, by indicator and area system.
    """

    release: Release
    package: Package
    areas: Mapping[str, Mapping[str, Area]]
    parts: Mapping[tuple[str, str], pl.DataFrame] = field(repr=False)
    _kept: dict[object, Any] = field(default_factory=dict, repr=False)
    _lock: Any = field(default_factory=Lock, repr=False)

    @property
    def id(self) -> str:
        """The release's id."""
        return self.release.id

    @cached_property
    def created(self) -> datetime:
        """When the release was made."""
        return datetime.fromisoformat(str(self.release.manifest["created"]))

    @property
    def city(self) -> CityDoc:
        """The city's own document."""
        return self.package.city

    @property
    def catalogue(self) -> Catalogue:
        """Indicators, policies, codes and themes as they were."""
        return self.package.catalogue

    @property
    def sources(self) -> Mapping[str, SourceDoc]:
        """The documents of the deliveries."""
        return self.package.sources

    @property
    def systems(self) -> Mapping[str, AreaSystemDoc]:
        """The documents of the area systems."""
        return self.package.area_documents

    @cached_property
    def indicators(self) -> tuple[str, ...]:
        """Ids of the indicators that have values in this release, in the order of their themes and codes."""
        found = {indicator for indicator, _ in self.parts if indicator in self.catalogue.indicators}
        return tuple(sorted(found, key=self._place_in_catalogue))

    def _place_in_catalogue(self, indicator: str) -> tuple[int, str, str]:
        document = self.catalogue.indicators[indicator]
        theme = self.catalogue.themes.get(document.theme)
        return (theme.order if theme else 99, document.code or "~", document.title.de)

    def panel(self, indicator: str, system: str) -> Panel | None:
        """Return an indicator's values in an area system, or None where the release has none."""
        part = self.parts.get((indicator, system))
        if part is None:
            return None
        return self.keep(("panel", indicator, system), lambda: _panel(indicator, system, part))

    def keep(self, key: object, make: Callable[[], _T]) -> _T:
        """Return what ``make()`` gave when ``key`` was first asked for: panels, outlines, pictures.

        A release never changes, so neither does anything that is made from it alone.
        """
        if key not in self._kept:
            made = make()
            with self._lock:
                self._kept.setdefault(key, made)
        found: _T = self._kept[key]
        return found


def load_atlas(release: Release, depth: Depth = "public") -> Atlas:
    """Read one package of a finished release.

    Raises:
        ReleaseError: the release is incomplete or was written by another version.
        ProjectError: its copy of the catalogue is damaged.
    """
    package = release.public if depth == "public" else release.internal
    values = package.values.filter(pl.col("breakdown") == "")
    parts = values.partition_by("indicator", "area_system", as_dict=True, include_key=False)
    return Atlas(
        release=release,
        package=package,
        areas={system: _areas(system, package.areas(system).frame) for system in package.area_systems},
        parts={(str(indicator), str(system)): frame for (indicator, system), frame in parts.items()},
    )


def _panel(indicator: str, system: str, frame: pl.DataFrame) -> Panel:
    columns = ("area", "period", "value", "status", "numerator", "denominator", "lower", "upper")
    values = {
        (area, period): Value(value, Status(status), *rest)
        for area, period, value, status, *rest in frame.select(columns).iter_rows()
    }
    periods = sorted({parse_period(period) for _, period in values})
    revised = frozenset(frame.filter(pl.col("revision") > 0).select("area", "period").iter_rows())
    return Panel(indicator, system, tuple(period.text for period in periods), values, revised)


def _areas(system: str, frame: pl.DataFrame) -> dict[str, Area]:
    columns = ("code", "name", "parent", "valid_from", "valid_to")
    ordered = frame.select(columns).sort("valid_from", nulls_last=False, maintain_order=True)
    rows = ordered.iter_rows()
    areas = (Area(system, code, name, parent, _day(start), _day(end)) for code, name, parent, start, end in rows)
    return {area.code: area for area in areas}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
