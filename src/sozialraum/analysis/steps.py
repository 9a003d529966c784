"""The steps of a composite's recipe, for the areas of one system and period at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sozialraum.analysis.classes import DIGITS, Reason
from sozialraum.analysis.columns import Column, Flags, Ranks, lowest, number_of, rank_of
from sozialraum.analysis.standardise import Numbers, shrink_shares, standardise, z_scores
from sozialraum.catalogue import CompositeDoc, InputDoc
from sozialraum.tables import Status

NO_REASON = -1


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What came out for each area: a score, or the reason why there is none.

    Attributes:
        score: NaN where there is none.
        rank: the place of the status in ``PRECEDENCE``.
        reason: its place in ``REASONS``, :data:`NO_REASON` where there is a score.
    """

    score: Numbers
    rank: Ranks
    reason: Ranks

    @classmethod
    def none(cls, size: int, status: Status, reason: Reason) -> Outcomes:
        """Return that no area has a score, all for the same reason."""
        ranks = np.full(size, rank_of(status), np.int8)
        return cls(np.full(size, np.nan), ranks, np.full(size, number_of(reason), np.int8))


def outcomes_of(document: CompositeDoc, columns: Sequence[Column], residents: Sequence[Column]) -> Outcomes:
    """Return the score of each area, or why it has none.

    Args:
        document: the recipe.
        columns: its inputs.
        residents: those of the period, and for changes those of the earlier one too.
    """
    left_out = _left_out(document, columns, residents)
    taking_part = left_out.reason == NO_REASON
    reason, scores = Reason.FEW_AREAS, None
    if taking_part.sum() >= document.minimum_areas:
        weighted = document.standardise.weighted == "population"
        weights = residents[0].value[taking_part] if weighted else None
        inputs = [column.value[taking_part] for column in columns]
        reason, scores = Reason.EQUAL, combined(document, inputs, weights)
    if scores is None:
        undefined = Outcomes.none(len(taking_part), Status.UNDEFINED, reason)
        return Outcomes(
            left_out.score,
            np.where(taking_part, undefined.rank, left_out.rank),
            np.where(taking_part, undefined.reason, left_out.reason),
        )
    left_out.score[taking_part] = scores
    # 0 is the average here, not nothing
    zero = taking_part & (left_out.rank == rank_of(Status.ZERO))
    return replace(left_out, rank=np.where(zero, rank_of(Status.OK), left_out.rank).astype(np.int8))


def _left_out(document: CompositeDoc, columns: Sequence[Column], residents: Sequence[Column]) -> Outcomes:
    """Return which areas take no part, and why: those have a reason."""
    rank, unknown = lowest(columns), np.any([np.isnan(column.value) for column in columns], axis=0)
    why = np.full(len(unknown), number_of(Reason.INPUT), np.int8)
    for column in reversed(columns):
        special = np.isnan(column.value) & (column.reason != number_of(Reason.INPUT))
        why = np.where(special, column.reason, why)
    reason = np.where(unknown, why, NO_REASON)
    if document.minimum_residents or document.standardise.weighted == "population":
        uncounted = np.any([np.isnan(people.value) for people in residents], axis=0)
        few = np.any([people.value < document.minimum_residents for people in residents], axis=0) & ~uncounted
        rank = np.select([uncounted, few], [lowest(residents), rank_of(Status.UNDEFINED)], rank)
        reason = np.select([uncounted, few], [number_of(Reason.POPULATION), number_of(Reason.FEW_RESIDENTS)], reason)
    return Outcomes(np.full(len(rank), np.nan), rank.astype(np.int8), reason.astype(np.int8))


def take_part(document: CompositeDoc, columns: Sequence[Column], residents: Sequence[Column]) -> Flags:
    """Return which areas take part; arguments as in :func:`outcomes_of`."""
    return np.asarray(_left_out(document, columns, residents).reason == NO_REASON)


def combined(document: CompositeDoc, inputs: Sequence[Numbers], weights: Numbers | None = None) -> Numbers | None:
    """Standardise and combine inputs of areas that all take part.

    Args:
        document: the recipe.
        inputs: for each input of the document, one number for each area.
        weights: residents of the areas where the recipe weights by population.

    Returns:
        One score for each area; None where an input, or the result, does not vary.
    """
    total = np.zeros(len(inputs[0]))
    for part, values in zip(document.inputs, inputs, strict=True):
        standardised = standardised_input(document, part, values, weights)
        if standardised is None:
            return None
        total += part.weight * standardised
    if np.ptp(np.round(total, DIGITS)) == 0:  # inputs that cancel each other leave the machine's rounding
        return None
    if document.combine.method == "mean":
        total /= sum(part.weight for part in document.inputs)
    return z_scores(total, weights) if document.combine.standardise else total


def standardised_input(
    document: CompositeDoc, part: InputDoc, values: Numbers, weights: Numbers | None = None
) -> Numbers | None:
    """Return one input of areas that all take part, turned round where it lowers the score, and standardised."""
    turned = values if part.direction == "raises" else -values
    return standardise(turned, document.standardise.method, weights=weights)


def changed(before: Column, now: Column) -> Column:
    """Return by how much an input has changed."""
    reason = np.where(now.reason == number_of(Reason.INPUT), before.reason, now.reason)
    return replace(now, value=now.value - before.value, rank=lowest([before, now]), reason=reason)


def shrunk(column: Column, parents: NDArray[np.object_]) -> Column:
    """Draw shares towards that of the larger area.

    Args:
        column: shares, with the counts behind them.
        parents: the larger area of each area, None where it lies in none.
    """
    known = ~np.isnan(column.value)
    counted = (column.base != 0) & (column.cases >= 0) & (column.cases <= column.base)
    inside: Flags = np.array([parent is not None for parent in parents], bool)
    able = known & counted & inside
    drawn = column.without(known & ~counted, Status.UNDEFINED, Reason.NO_COUNTS)
    drawn = drawn.without(known & counted & ~inside, Status.UNDEFINED, Reason.NO_PARENT)
    if able.any():
        drawn.value[able] = 100 * shrink_shares(column.cases[able], column.base[able], parents[able].tolist())
    return drawn
