"""Scores of larger areas as means of the scores inside them, weighted by residents (Hamburg's RISE does so).

A mean hides what it is made of: a large area with a very low and a high part has a medium score. So the class of a
larger area never stands alone; the scores inside it stand beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from sozialraum.analysis.classes import Reason, class_of
from sozialraum.analysis.tables import COMPOSITE_KEY, COMPOSITE_SCHEMA
from sozialraum.catalogue import ClassDoc, CompositeDoc
from sozialraum.tables import Status, combine

_Part = tuple[float | None, Status, str, float | None]
"""Score, status, reason and residents of an area inside a larger one."""


def aggregate_scores(
    document: CompositeDoc, scores: pl.DataFrame, parents: pl.DataFrame, population: pl.DataFrame
) -> pl.DataFrame:
    """Return the scores of larger areas as means of those inside them, weighted by residents.

    Areas that the document leaves out for their few residents do not count. Any other area without a score leaves the
    larger one without: a mean of the rest would be about other people. The cuts are those of the document.

    Args:
        document: the composite; ``aggregate`` says whether this may be done.
        scores: its scores, with ``COMPOSITE_SCHEMA``.
        parents: which larger area each area lies in, with ``PARENT_SCHEMA``.
        population: residents with ``POPULATION_SCHEMA``.

    Returns:
        A frame with ``COMPOSITE_SCHEMA`` for the systems of the larger areas.

    Raises:
        ValueError: the document does not want its scores to be averaged.
    """
    if document.aggregate == "no":
        raise ValueError('this composite is not averaged over areas (aggregate = "no"): compute it for the larger ones')
    residents = population.select("area_system", "area", "period", pl.col("value").alias("residents"))
    placed = scores.join(parents, on=["area_system", "area"]).join(
        residents, on=["area_system", "area", "period"], how="left"
    )
    rows = []
    keys = ["composite", "to", "parent", "period", "dynamics_from"]
    for (name, to, parent, period, earlier), inside in placed.group_by(keys, maintain_order=True):
        status = _mean(document.classes, _parts(inside, "score", "status", "reason"))
        dynamics: tuple[Any, ...] = (None,) * 4
        if document.dynamics:
            moved = _parts(inside, "dynamics", "dynamics_status", "dynamics_reason")
            dynamics = _mean(document.dynamics.classes, moved)
        rows.append((name, to, parent, period, *status, earlier, *dynamics))
    return pl.DataFrame(rows, schema=COMPOSITE_SCHEMA, orient="row").sort(COMPOSITE_KEY)


def with_means(
    document: CompositeDoc, scores: pl.DataFrame, parents: pl.DataFrame, population: pl.DataFrame
) -> pl.DataFrame:
    """Return the scores of the smallest areas, and those of larger ones as means of them.

    What was computed for larger areas by themselves is dropped: two ways would give two classes. A system of one area
    gets no mean; where several systems lie in a larger one, its means are those of the finest.

    Arguments as in :func:`aggregate_scores`.
    """
    ways = ways_up(document, scores, parents)
    means = aggregate_scores(document, scores, parents.join(ways, on=["area_system", "to"], how="semi"), population)
    return pl.concat([scores.filter(~pl.col("area_system").is_in(ways["to"].to_list())), means])


def ways_up(document: CompositeDoc, scores: pl.DataFrame, parents: pl.DataFrame) -> pl.DataFrame:
    """Return the systems whose scores are means (``to``), each with the system of the areas that it is the mean of."""
    if document.aggregate == "no":
        return pl.DataFrame(schema={"area_system": pl.String, "to": pl.String})
    pairs = parents.group_by("area_system", "to").agg(pl.col("area", "parent").n_unique())
    here = set(scores["area_system"])
    below = pairs.filter(pl.col("area_system").is_in(here), pl.col("parent") > 1)
    finest = below.filter(~pl.col("area_system").is_in(below.filter(pl.col("to").is_in(here))["to"].to_list()))
    wanted = pl.col("to").is_in(document.area_systems) if document.area_systems else pl.lit(value=True)
    chosen = finest.filter(wanted).sort("to", "area", "area_system", descending=[False, True, False])
    return chosen.unique("to", keep="first", maintain_order=True).select("area_system", "to")


def _parts(inside: pl.DataFrame, *columns: str) -> Iterator[_Part]:
    for score, status, reason, residents in inside.select(*columns, "residents").iter_rows():
        yield score, Status(status), reason, residents


def _mean(classes: Sequence[ClassDoc], parts: Iterator[_Part]) -> tuple[float | None, str | None, str, str]:
    counted = [part for part in parts if part[2] != Reason.FEW_RESIDENTS.value]
    if not counted:
        return None, None, Status.UNDEFINED.value, Reason.FEW_RESIDENTS.value
    status = combine(part[1] for part in counted)
    if not status.has_value:
        return None, None, status.value, next(part[2] for part in counted if part[1] is status)
    if any(part[3] is None for part in counted):
        return None, None, Status.MISSING.value, Reason.POPULATION.value
    people = sum(part[3] or 0.0 for part in counted)
    if not people:
        return None, None, Status.UNDEFINED.value, Reason.POPULATION.value
    score = sum((part[0] or 0.0) * (part[3] or 0.0) for part in counted) / people
    return score, class_of(classes, score), status.value, ""
