"""Do the scores and types of a package follow from its values? Whoever has a package can ask.

A score that can not be had from what stands beside it was made from something else: from a number that was withheld, or
by hand.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from sozialraum.analysis.area_types import AreaTypes, typologies_of
from sozialraum.analysis.published import composites_of
from sozialraum.analysis.tables import COMPOSITE_KEY, COMPOSITE_SCHEMA
from sozialraum.areas import AreaSystem
from sozialraum.catalogue import AreaSystemDoc, Catalogue

NEAR = 1e-6
"""Other machines add up in another order: so far apart, as a share of the larger, numbers may be."""
NUMBERS = ("score", "dynamics")
TOLD = ("class", "dynamics_class")
"""Columns beside the numbers that say something about an area."""
SAID = ("status", "reason", "dynamics_from", "dynamics_status", "dynamics_reason")
"""Columns that say why an area has no score."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A score or a type that is not what the values give.

    Attributes:
        name: the composite or the typology.
        area_system: where.
        area: which area; empty for a typology.
        period: when.
        what: in words, what stands there and what the values give.
        tells: whether something is told that does not follow; otherwise something is only left out or called otherwise.
        score: the number that stands there, where there is one.
    """

    name: str
    area_system: str
    area: str
    period: str
    what: str
    tells: bool
    score: float | None = None

    def __str__(self) -> str:
        place = f"{self.area_system} {self.area}".strip()
        return f"{self.name} in {place}, {self.period}: {self.what}"


def disagreements(
    catalogue: Catalogue,
    documents: Mapping[str, AreaSystemDoc],
    values: pl.DataFrame,
    areas: Mapping[str, AreaSystem],
    *,
    composites: pl.DataFrame | None,
    typologies: Sequence[AreaTypes] | None,
) -> Iterator[Disagreement]:
    """Yield every score and typology that is not what the values give.

    Args:
        catalogue: the recipes of the package.
        documents: the documents of its area systems.
        values: its values.
        areas: its area systems.
        composites: its scores; None in a package from before there were any.
        typologies: its types, likewise.
    """
    if composites is not None:
        frames = {id: system.frame for id, system in areas.items()}
        yield from _of_scores(composites, composites_of(catalogue, documents, values, frames))
    if typologies is not None:
        yield from _of_types(typologies, typologies_of(catalogue, documents, values, areas))


def _of_scores(found: pl.DataFrame, expected: pl.DataFrame) -> Iterator[Disagreement]:
    both = found.join(expected, on=COMPOSITE_KEY, how="full", coalesce=True, suffix="_expected", nulls_equal=True)
    there = found.select(*COMPOSITE_KEY, found=pl.lit(value=True))
    due = expected.select(*COMPOSITE_KEY, due=pl.lit(value=True))
    marked = both.join(there, on=COMPOSITE_KEY, how="left").join(due, on=COMPOSITE_KEY, how="left")
    columns = [name for name in COMPOSITE_SCHEMA if name not in COMPOSITE_KEY]
    same = pl.all_horizontal("found", "due", *(_same(name) for name in columns)).fill_null(value=False)
    for row in marked.filter(~same).sort(COMPOSITE_KEY).iter_rows(named=True):
        yield _score(row)
    twice = found.filter(found.select(COMPOSITE_KEY).is_duplicated())
    for row in twice.unique(COMPOSITE_KEY).sort(COMPOSITE_KEY).iter_rows(named=True):
        place = (row["composite"], row["area_system"], row["area"], row["period"])
        yield Disagreement(*place, "there are several scores", tells=True, score=row["score"])


def _same(name: str) -> pl.Expr:
    one, other = pl.col(name), pl.col(f"{name}_expected")
    if name not in NUMBERS:
        return one.eq_missing(other)
    near = (one - other).abs() <= NEAR * pl.max_horizontal(one.abs(), other.abs(), pl.lit(1.0))
    return near.fill_null(one.is_null() & other.is_null())


def _score(row: Mapping[str, Any]) -> Disagreement:
    place = (row["composite"], row["area_system"], row["area"], row["period"])
    told = next((row[name] for name in NUMBERS if row[name] is not None), None)
    if not row["found"]:
        return Disagreement(*place, "there is no score, although the values give one", tells=False)
    if not row["due"]:
        tells = any(row[name] is not None for name in (*NUMBERS, *TOLD))
        return Disagreement(*place, "the values give no score", tells, told)
    differing = [name for name in (*NUMBERS, *TOLD, *SAID) if not _alike(row[name], row[f"{name}_expected"])]
    tells = any(row[name] is not None for name in differing if name in (*NUMBERS, *TOLD))
    parts = (f"{name} is {_shown(row[name])}, the values give {_shown(row[f'{name}_expected'])}" for name in differing)
    return Disagreement(*place, "; ".join(parts), tells, told)


def _of_types(found: Sequence[AreaTypes], expected: Sequence[AreaTypes]) -> Iterator[Disagreement]:
    ours = {(one.typology, one.area_system): one for one in found}
    due = {(one.typology, one.area_system): one for one in expected}
    for name, system in sorted(ours.keys() | due.keys()):
        one, other = ours.get((name, system)), due.get((name, system))
        if one is None:
            period = other.period if other else ""
            yield Disagreement(
                name, system, "", period, "there are no types, although the values give some", tells=False
            )
        elif other is None:
            yield Disagreement(name, system, "", one.period, "the values give no types", tells=one.found is not None)
        elif not _alike(one.as_json(), other.as_json()):
            tells = one.found is not None or not _alike(one.as_json()["unplaced"], other.as_json()["unplaced"])
            yield Disagreement(name, system, "", one.period, "the types are not those that the values give", tells)
    if len(ours) < len(found):
        yield Disagreement(
            found[0].typology, found[0].area_system, "", "", "there are several sets of types", tells=True
        )


def _alike(one: Any, other: Any) -> bool:
    """Tell whether two contents are the same, but for the last digits of numbers."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_alike(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(_alike(*pair) for pair in zip(one, other, strict=True))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=NEAR, abs_tol=NEAR)
    return bool(one == other)


def _shown(content: object) -> str:
    return f"{content:g}" if isinstance(content, float) else "nothing" if content in (None, "") else str(content)
