"""What a composite would say if its recipe were a little different: an input left out, a weight doubled or halved.

Each variant is a whole composite of its own, computed by the same engine, and compared with the original over the areas
that have a score in both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl
from scipy.stats import rankdata

from sozialraum.analysis.composites import Surroundings, arrange, scores_from
from sozialraum.analysis.standardise import Numbers, z_scores
from sozialraum.catalogue import CompositeDoc

SENSITIVITY_SCHEMA = pl.Schema(
    [
        ("composite", pl.String),
        ("area_system", pl.String),
        ("period", pl.String),
        ("input", pl.String),
        ("factor", pl.Float64),
        ("areas", pl.Int64),
        ("rank_correlation", pl.Float64),
        ("changed", pl.Int64),
    ]
)
"""One row for each composite, area system, period and variant. ``factor`` is what the weight of ``input`` is multiplied
by, 0 where it is left out. ``areas`` have a score in both; ``rank_correlation`` is Spearman's, null where the variant
tells no areas apart; ``changed`` of the areas are in another class than in the original."""

HALF, DOUBLE = 0.5, 2.0


def leave_one_out(
    documents: Mapping[str, CompositeDoc], values: pl.DataFrame, population: pl.DataFrame | Surroundings
) -> pl.DataFrame:
    """Compute each composite without each of its inputs in turn.

    A composite of one input has no variant. Arguments and errors as in
    :func:`~sozialraum.analysis.composites.compute_composites`.

    Returns:
        A frame with :data:`SENSITIVITY_SCHEMA`; ``factor`` is 0.
    """
    return _compare(documents, values, population, factors=(0.0,))


def change_weights(
    documents: Mapping[str, CompositeDoc], values: pl.DataFrame, population: pl.DataFrame | Surroundings
) -> pl.DataFrame:
    """Compute each composite with the weight of each input halved and doubled in turn.

    Returns:
        A frame with :data:`SENSITIVITY_SCHEMA`; ``factor`` is 0.5 or 2.
    """
    return _compare(documents, values, population, factors=(HALF, DOUBLE))


def variants(document: CompositeDoc, factor: float) -> Iterator[tuple[str, CompositeDoc]]:
    """Yield the document with the weight of each input times ``factor`` (0: without it), by the name of the input."""
    if len(document.inputs) < 2:
        return
    for varied in document.inputs:
        inputs = tuple(
            part if part is not varied else part.model_copy(update={"weight": part.weight * factor})
            for part in document.inputs
            if part is not varied or factor > 0
        )
        yield varied.name, document.model_copy(update={"inputs": inputs, "dynamics": None})


def _compare(
    documents: Mapping[str, CompositeDoc],
    values: pl.DataFrame,
    population: pl.DataFrame | Surroundings,
    *,
    factors: tuple[float, ...],
) -> pl.DataFrame:
    around = population if isinstance(population, Surroundings) else Surroundings(population)
    known = arrange(documents, values, around)  # variants have the same inputs, or fewer
    original = scores_from(documents, known, around)
    rows = []
    for name, document in documents.items():
        own = original.filter(pl.col("composite") == name)
        for factor in factors:
            for varied, variant in variants(document, factor):
                scores = scores_from({**documents, name: variant}, known, around)
                other = scores.filter(pl.col("composite") == name)
                rows += [(name, *place, varied, factor, *found) for place, found in _differences(own, other)]
    return pl.DataFrame(rows, schema=SENSITIVITY_SCHEMA, orient="row")


def _differences(
    original: pl.DataFrame, variant: pl.DataFrame
) -> Iterator[tuple[tuple[str, str], tuple[int, float | None, int]]]:
    columns = ["area_system", "period", "area", "score", "class"]
    both = original.select(columns).join(variant.select(columns), on=columns[:3], suffix="_varied")
    for (system, period), found in both.group_by("area_system", "period", maintain_order=True):
        rows = found.filter(pl.col("score").is_not_null() & pl.col("score_varied").is_not_null())
        correlation = rank_correlation(rows["score"].to_numpy(), rows["score_varied"].to_numpy())
        changed = int((rows["class"] != rows["class_varied"]).sum())
        yield (str(system), str(period)), (len(rows), correlation, changed)


def rank_correlation(one: Numbers, other: Numbers) -> float | None:
    """Return Spearman's rank correlation (equal values share their mean rank); None where either does not vary."""
    first, second = z_scores(rankdata(one)), z_scores(rankdata(other))
    return None if first is None or second is None else float(np.mean(first * second))
