"""How one score came about: its inputs with their values, standardised, weighted; or the scores that it is the mean of.

It is worked out from the values of a package, by the steps that made the score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from sozialraum.analysis.aggregate import ways_up
from sozialraum.analysis.columns import Column, Places
from sozialraum.analysis.composites import Known, Surroundings, arrange, compute_composites, order_of
from sozialraum.analysis.steps import changed, standardised_input, take_part
from sozialraum.catalogue import CompositeDoc, InputDoc
from sozialraum.tables import Status
from sozialraum.tables.status import PRECEDENCE

Place = tuple[str, str, str]
"""Area system, area, period."""


@dataclass(frozen=True, slots=True)
class Amount:
    """An input of an area: its value, and what that contributes.

    Attributes:
        period: the input's own period.
        value: as published, None where there is no number.
        status: its status.
        drawn: the value after it was drawn to the larger area, None where the recipe does not ask for it.
        standardised: among the areas that take part, turned round where a high value lowers the score; None where the
            area takes no part, or nothing varies. For a change that of the change.
    """

    period: str
    value: float | None
    status: Status
    drawn: float | None = None
    standardised: float | None = None


@dataclass(frozen=True, slots=True)
class Ingredient:
    """One input of a score.

    Attributes:
        part: the input as the recipe names it, with weight and direction.
        now: its value.
        before: its earlier value where there are dynamics; ``standardised`` is then that of the change.
    """

    part: InputDoc
    now: Amount
    before: Amount | None = None


@dataclass(frozen=True, slots=True)
class Inside:
    """A score that a mean is made from: that of an area inside the larger one."""

    area_system: str
    area: str
    score: float | None
    status: Status
    residents: float | None


@dataclass(frozen=True, slots=True)
class Anatomy:
    """How a score came about.

    Attributes:
        row: the score and the dynamics, with ``COMPOSITE_SCHEMA``.
        compared: how many areas were compared.
        ingredients: the inputs; none where the score is a mean.
        inside: the scores that it is the mean of; none where it has inputs.
    """

    row: Mapping[str, Any]
    compared: int
    ingredients: tuple[Ingredient, ...] = ()
    inside: tuple[Inside, ...] = ()


def anatomy_of(
    documents: Mapping[str, CompositeDoc], values: pl.DataFrame, around: Surroundings, *, name: str, place: Place
) -> Anatomy | None:
    """Return how a score came about; None where the values give no row for this area and period.

    Args:
        documents: the composites by id.
        values: values with ``VALUE_SCHEMA``.
        around: what composites need beside them.
        name: the composite.
        place: area system, area and period.
    """
    system, area, period = place
    scores = compute_composites(documents, values, around)
    of_place = {"composite": name, "area_system": system, "period": period}
    rows = scores.filter(area=area, **of_place).to_dicts()
    if not rows:
        return None
    ways = ways_up(documents[name], scores.filter(composite=name), around.parents).filter(to=system)
    if below := ways["area_system"].to_list():
        inside = tuple(_inside(scores.filter(**(of_place | {"area_system": below[0]})), around, place))
        return Anatomy(rows[0], len(inside), inside=inside)
    known = arrange(documents, values, around)
    for other in order_of(documents):
        known.add_scores(other, documents[other], scores.filter(composite=other))
    return _from_inputs(documents[name], known, rows[0])


def contributions_of(document: CompositeDoc, anatomy: Anatomy) -> tuple[float | None, ...]:
    """Return what each input adds: standardised, times its weight (its share of all weights, where a mean is taken).

    Together they are the score, or what is standardised again to become it. None where an area takes no part.
    """
    total = sum(part.weight for part in document.inputs) if document.combine.method == "mean" else 1.0
    return tuple(
        None if found.now.standardised is None else found.part.weight / total * found.now.standardised
        for found in anatomy.ingredients
    )


def _inside(scores: pl.DataFrame, around: Surroundings, place: Place) -> Iterator[Inside]:
    above, area, _ = place
    lies = around.parents.filter(to=above, parent=area).select("area_system", "area")
    people = around.population.select("area_system", "area", "period", residents="value")
    found = scores.join(lies, on=["area_system", "area"], how="semi").join(
        people, on=["area_system", "area", "period"], how="left"
    )
    for system, part, score, status, residents in found.select(
        "area_system", "area", "score", "status", "residents"
    ).iter_rows():
        yield Inside(system, part, score, Status(status), residents)


def _from_inputs(document: CompositeDoc, known: Known, row: Mapping[str, Any]) -> Anatomy:
    system, period, earlier = row["area_system"], row["period"], row["dynamics_from"]
    columns = known.inputs(document, system, period) or []
    areas = np.flatnonzero(np.any([column.there for column in columns], axis=0))
    spot = _Spot(document, known, system, areas, known.codes[system][areas].tolist().index(row["area"]))
    now, people = known.shrunk(document, columns, system, areas), known.people(system, period, areas)
    amounts = spot.amounts(period, columns, spot.standardised(now, [people]))
    befores: Sequence[Amount | None] = [None] * len(amounts)
    then = known.inputs(document, system, earlier) if earlier else None
    if then is not None:
        changes = [changed(*pair) for pair in zip(known.shrunk(document, then, system, areas), now, strict=True)]
        moved = spot.standardised(changes, [people, known.people(system, earlier, areas)])
        told = row["dynamics"] is not None
        befores = spot.amounts(earlier, then, moved if told else [None] * len(moved))
    compared = take_part(document, now, [people])
    ingredients = (Ingredient(*three) for three in zip(document.inputs, amounts, befores, strict=True))
    return Anatomy(row, int(compared.sum()), tuple(ingredients))


@dataclass(frozen=True, slots=True, eq=False)
class _Spot:
    """An area among those of its system and period."""

    document: CompositeDoc
    known: Known
    system: str
    areas: Places
    at: int

    def standardised(self, columns: Sequence[Column], residents: Sequence[Column]) -> list[float | None]:
        """Return the area's inputs, standardised among the areas that take part."""
        among = take_part(self.document, columns, residents)
        if not among[self.at] or among.sum() < self.document.minimum_areas:
            return [None] * len(columns)
        weighted = self.document.standardise.weighted == "population"
        weights = residents[0].value[among] if weighted else None
        found = [
            standardised_input(self.document, part, column.value[among], weights)
            for part, column in zip(self.document.inputs, columns, strict=True)
        ]
        place = int(among[: self.at].sum())
        return [None if one is None else float(one[place]) for one in found]

    def amounts(self, period: str, columns: Sequence[Column], standardised: Sequence[float | None]) -> list[Amount]:
        """Return the area's inputs as they are published and as they are counted."""
        drawn = self.known.shrunk(self.document, columns, self.system, self.areas)
        published = [column.of(self.areas) for column in columns]
        return [
            Amount(
                self.known.period_of(part, self.system, period),
                _number(own, self.at),
                PRECEDENCE[int(own.rank[self.at])],
                _number(pulled, self.at) if self.document.shrinkage else None,
                z,
            )
            for part, own, pulled, z in zip(self.document.inputs, published, drawn, standardised, strict=True)
        ]


def _number(column: Column, at: int) -> float | None:
    value = float(column.value[at])
    return None if np.isnan(value) else value
