"""The types that the typologies of a catalogue find among the areas of a package, as a release keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import polars as pl

from sozialraum.analysis.clustering import neighbours_of
from sozialraum.analysis.profiles import Profiles, profiles_of
from sozialraum.analysis.published import comparable
from sozialraum.analysis.typology import AreaType, Candidate, Settings, Typology, find_types
from sozialraum.areas import AreaSystem
from sozialraum.catalogue import AreaSystemDoc, Catalogue, TypologyDoc
from sozialraum.periods import parse_period
from sozialraum.tables import Status


class Obstacle(StrEnum):
    """Why no types were found."""

    FEW_AREAS = "few_areas"
    """In no period do enough areas have all numbers."""
    EQUAL = "equal"
    """All areas are alike in every indicator."""
    TERRITORIES = "territories"
    """The areas lie in more separate territories than there may be types of neighbours."""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Why an area belongs to no type.

    Attributes:
        status: the status of what it lacks.
        without: the indicators that it has no number of.
    """

    status: Status
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AreaTypes:
    """What one typology says about the areas of one system.

    Attributes:
        typology: its id.
        area_system: the area system.
        period: the latest period in which enough areas have all numbers; empty where there is none.
        found: the types, None where there are none.
        indicators: what areas are compared by.
        equal: indicators that are the same everywhere and tell nothing apart.
        unplaced: areas without a type, and why.
        obstacle: why there are no types, None where there are.
    """

    typology: str
    area_system: str
    period: str
    found: Typology | None
    indicators: tuple[str, ...]
    equal: tuple[str, ...] = ()
    unplaced: Mapping[str, Unplaced] = field(default_factory=dict)
    obstacle: Obstacle | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the types for ``typologies.json``."""
        return {
            "typology": self.typology,
            "area_system": self.area_system,
            "period": self.period,
            "indicators": list(self.indicators),
            "equal": list(self.equal),
            "unplaced": {area: {"status": why.status, "without": why.without} for area, why in self.unplaced.items()},
            "obstacle": self.obstacle,
            "found": None if self.found is None else _typology_json(self.found),
        }

    @classmethod
    def of_json(cls, content: Mapping[str, Any]) -> AreaTypes:
        """Read back what :meth:`as_json` wrote.

        Raises:
            KeyError, TypeError, ValueError: it is not that.
        """
        found, obstacle = content["found"], content["obstacle"]
        return cls(
            typology=content["typology"],
            area_system=content["area_system"],
            period=content["period"],
            found=None if found is None else _typology_of(found),
            indicators=tuple(content["indicators"]),
            equal=tuple(content["equal"]),
            unplaced={
                area: Unplaced(Status(why["status"]), tuple(why["without"]))
                for area, why in content["unplaced"].items()
            },
            obstacle=None if obstacle is None else Obstacle(obstacle),
        )


def typologies_of(
    catalogue: Catalogue,
    documents: Mapping[str, AreaSystemDoc],
    values: pl.DataFrame,
    areas: Mapping[str, AreaSystem],
) -> tuple[AreaTypes, ...]:
    """Find the types of every typology of a catalogue in the values of one package.

    Args:
        catalogue: the typologies.
        documents: the documents of the area systems.
        values: the package's values, with ``VALUE_SCHEMA``.
        areas: the area systems of the package, with geometry where neighbours are asked for.

    Returns:
        One for each typology and each comparable system with enough areas, in this order.
    """
    systems = comparable(documents, {id: system.frame for id, system in areas.items()})
    return tuple(
        _area_types(name, document, values, areas[system])
        for name, document in sorted(catalogue.typologies.items())
        for system in document.area_systems or systems
        if system in systems and len(areas[system].codes) >= document.minimum_areas
    )


def _area_types(name: str, document: TypologyDoc, values: pl.DataFrame, system: AreaSystem) -> AreaTypes:
    wanted = pl.col("indicator").is_in(document.names) & (pl.col("breakdown") == "")
    here = values.filter(pl.col("area_system") == system.id, wanted)
    period = _latest(document, here)
    if period is None:
        return AreaTypes(name, system.id, "", None, document.names, obstacle=Obstacle.FEW_AREAS)
    profiles = profiles_of(here, document.names, area_system=system.id, period=period)
    found, obstacle = _found(document, profiles, system, period)
    unplaced = dict(_unplaced(document, here.filter(pl.col("period") == period), profiles))
    return AreaTypes(name, system.id, period, found, document.names, profiles.equal, unplaced, obstacle)


def _latest(document: TypologyDoc, values: pl.DataFrame) -> str | None:
    """Return the latest period in which enough areas have a number of every indicator."""
    complete = values.filter(pl.col("value").is_not_null()).group_by("period", "area").len()
    areas = complete.filter(pl.col("len") == len(document.indicators)).group_by("period").len()
    enough = areas.filter(pl.col("len") >= document.minimum_areas)["period"].to_list()
    return max(enough, key=parse_period, default=None)


def _found(
    document: TypologyDoc, profiles: Profiles, system: AreaSystem, period: str
) -> tuple[Typology | None, Obstacle | None]:
    if not profiles.indicators:
        return None, Obstacle.EQUAL
    neighbours = None
    if document.method == "connected_ward":
        then = system.at(parse_period(period))
        if then.geometry is None:
            return None, Obstacle.TERRITORIES
        neighbours = neighbours_of(then.codes, then.geometry)
    weights = {part.indicator: part.weight for part in document.indicators}
    settings = Settings(
        document.method, document.fewest, document.most, document.choose, neighbours=neighbours, weights=weights
    )
    try:
        return find_types(profiles, settings), None
    except ValueError:
        if document.method != "connected_ward":
            raise
        return None, Obstacle.TERRITORIES


def _unplaced(document: TypologyDoc, values: pl.DataFrame, profiles: Profiles) -> Iterator[tuple[str, Unplaced]]:
    known = set(values.filter(pl.col("value").is_not_null()).select("area", "indicator").iter_rows())
    for area, status in sorted(profiles.left_out.items()):
        yield area, Unplaced(status, tuple(name for name in document.names if (area, name) not in known))


def _typology_json(found: Typology) -> dict[str, Any]:
    return {
        "method": found.method,
        "chosen_by": found.chosen_by,
        "candidates": [
            {"k": one.k, "silhouette": one.silhouette, "gap": one.gap, "gap_error": one.gap_error}
            for one in found.candidates
        ],
        "types": [
            {
                "number": one.number,
                "areas": one.areas,
                "means": dict(one.means),
                "standing_out": one.standing_out,
                "stability": one.stability,
            }
            for one in found.types
        ],
    }


def _typology_of(content: Mapping[str, Any]) -> Typology:
    return Typology(
        content["method"],
        content["chosen_by"],
        tuple(Candidate(**one) for one in content["candidates"]),
        tuple(
            AreaType(
                one["number"],
                tuple(one["areas"]),
                one["means"],
                tuple((name, z) for name, z in one["standing_out"]),
                one["stability"],
            )
            for one in content["types"]
        ),
    )
