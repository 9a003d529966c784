"""Areas as profiles of several standardised indicators, and the areas whose profiles are nearest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sozialraum.analysis.standardise import z_scores
from sozialraum.tables import Status, combine


@dataclass(frozen=True, slots=True, eq=False)
class Profiles:
    """Areas by standardised indicators.

    Attributes:
        areas: codes of the areas that have all indicators, in order.
        indicators: the indicators that vary among them.
        z: one row for each area, one column for each indicator: standard deviations from the mean of these areas.
        left_out: areas without one of the indicators, and the status that this has.
        equal: indicators that are the same in all areas: they tell nothing apart and have no column.
    """

    areas: tuple[str, ...]
    indicators: tuple[str, ...]
    z: NDArray[np.float64]
    left_out: Mapping[str, Status] = field(default_factory=dict)
    equal: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Similar:
    """An area that is similar to another one.

    Attributes:
        area: its code.
        distance: Euclidean distance of the profiles, in standard deviations.
        differences: the indicators in which the two differ most, each with how many standard deviations this area lies
            above (below, where negative) the other.
    """

    area: str
    distance: float
    differences: tuple[tuple[str, float], ...]


def profiles_of(values: pl.DataFrame, indicators: Sequence[str], *, area_system: str, period: str) -> Profiles:
    """Standardise indicators among the areas that have all of them.

    Args:
        values: values with ``VALUE_SCHEMA``.
        indicators: the set of indicators, each once.
        area_system: the area system.
        period: the period.

    Raises:
        ValueError: no indicator, one twice, or one without any row in this system and period.
    """
    if not indicators or len(set(indicators)) < len(indicators):
        raise ValueError("a profile needs at least one indicator, and each one once")
    place = (pl.col("area_system") == area_system) & (pl.col("period") == period) & (pl.col("breakdown") == "")
    here = values.filter(place & pl.col("indicator").is_in(list(indicators)))
    if missing := sorted(set(indicators) - set(here["indicator"])):
        raise ValueError(f"there is no value of {', '.join(missing)} in {area_system} in {period}")
    cells = {(row[0], row[1]): row[2:] for row in here.select("area", "indicator", "value", "status").iter_rows()}
    areas = sorted({area for area, _ in cells})
    nothing = (None, Status.MISSING.value)
    rows = {area: [cells.get((area, name), nothing) for name in indicators] for area in areas}
    left_out = {
        area: combine(Status(status) for _, status in row)
        for area, row in rows.items()
        if any(value is None for value, _ in row)
    }
    kept = tuple(area for area in areas if area not in left_out)
    return _standardised(indicators, kept, [[value for value, _ in rows[area]] for area in kept], left_out)


def _standardised(
    indicators: Sequence[str],
    areas: tuple[str, ...],
    rows: Sequence[Sequence[float]],
    left_out: Mapping[str, Status],
) -> Profiles:
    matrix = np.array(rows, float).reshape(len(areas), len(indicators))
    columns = {name: z_scores(matrix[:, at]) for at, name in enumerate(indicators)}
    varying = {name: column for name, column in columns.items() if column is not None}
    z = np.column_stack([*varying.values()]) if varying else np.empty((len(areas), 0))
    return Profiles(areas, tuple(varying), z, left_out, tuple(name for name in indicators if name not in varying))


def similar_areas(profiles: Profiles, area: str, *, count: int = 5, most: int = 2) -> tuple[Similar, ...]:
    """Return the areas whose profiles are nearest, the nearest first; equally near ones by their code.

    Args:
        profiles: standardised indicators (see :func:`profiles_of`).
        area: the area to compare with.
        count: how many areas.
        most: how many differences are named for each.

    Raises:
        KeyError: the area has no profile (it may be left out for want of an indicator).
    """
    if area not in profiles.areas:
        raise KeyError(area)
    own = profiles.z[profiles.areas.index(area)]
    differences = profiles.z - own
    distances = np.sqrt((differences**2).sum(axis=1))
    order = sorted((float(distances[at]), name, at) for at, name in enumerate(profiles.areas) if name != area)
    return tuple(
        Similar(name, distance, standing_out(profiles.indicators, differences[at], most))
        for distance, name, at in order[:count]
    )


def standing_out(
    indicators: Sequence[str], z: NDArray[np.float64], most: int, *, least: float = 0.0
) -> tuple[tuple[str, float], ...]:
    """Return the indicators with the largest absolute values, the largest first; only those of more than ``least``."""
    order = np.argsort(-np.abs(z), kind="stable")[:most]
    return tuple((indicators[at], float(z[at])) for at in order.tolist() if abs(z[at]) > least)
