"""Medians, quantiles and Gini coefficients: what needs the amounts of single units, by area and period.

Units are grouped once by everything that the questions and the area systems tell apart, and by the amount itself: how
many have which amount where. From such a table of frequencies every question is answered for every area system, so the
records are passed once for each amount, on whichever engine holds them.

Methods:

* A quantile is the mean of the :data:`~sozialraum.catalogue.measures.NEIGHBOURS` units around it: with ``n`` units in
  the order of their amounts, each of width 1, it is the mean over the window of that width whose middle is ``at x n``.
  So it is nobody's own value. Where fewer units are there the window is cut off; such numbers do not leave (see
  :func:`sozialraum.disclosure.rules.units_needed`).
* Gini coefficient: ``sum of (2 i - n - 1) x_i / (n x sum of x_i)`` over the amounts in their order. Source: Gini
  (1912) in the form of Sen (1973), On Economic Inequality, p. 31. It is undefined where an amount is negative or all
  are zero.
* Units without the amount are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from sozialraum.catalogue.measures import GINI, KNOWN, NEIGHBOURS, Measure
from sozialraum.counts.cube import UNITS, combination_of, membership_of, packed, packs_of, unpacked
from sozialraum.counts.engines import Units, gather
from sozialraum.counts.filters import Codes
from sozialraum.counts.planning import Plan
from sozialraum.tables import COUNT_KEY

if TYPE_CHECKING:
    from sozialraum.counts.counting import Places

Floats = NDArray[np.float64]

BEHIND = "behind"
"""The column beside tallies: how many units have the amount."""


def with_known(questions: Sequence[Measure]) -> list[Measure]:
    """Return questions, and for each tally the one how many units have the amount."""
    beside = {question.tallied(KNOWN) for question in questions if question.statistic}
    return [*questions, *sorted(beside - set(questions))]


def put_beside(counts: pl.DataFrame) -> pl.DataFrame:
    """Move the numbers of units that have an amount from rows of their own to the column :data:`BEHIND` of tallies.

    Args:
        counts: resolved counts; where there are tallies, those of :func:`with_known`.

    Returns:
        The frame with the column, null beside everything that is no tally.
    """
    on = [*COUNT_KEY, "source"]
    amount = pl.col("universe").str.split("@").list.first()
    is_known = pl.col("universe").str.ends_with(f"@{KNOWN}")
    known = counts.filter(is_known).select(amount.alias("amount"), *on[1:], pl.col("value").alias(BEHIND))
    own = pl.when(pl.col("universe").str.contains("@", literal=True)).then(amount).alias("amount")
    others = counts.filter(~is_known).with_columns(own)
    return others.join(known, on=["amount", *on[1:]], how="left", maintain_order="left").drop("amount")


def round_tallies(counts: pl.DataFrame, decimals: Mapping[str, int]) -> pl.DataFrame:
    """Round tallies, because their further decimals would tell the sum of a few amounts.

    Args:
        counts: a frame with ``universe``, ``where`` and ``value``.
        decimals: for each tally, as ``universe;where``, its decimals.
    """
    rounded = counts.with_columns(tally=pl.col("universe") + ";" + pl.col("where"))
    for places in sorted(set(decimals.values())):
        own = pl.col("tally").is_in([key for key, number in decimals.items() if number == places])
        rounded = rounded.with_columns(
            pl.when(own).then(pl.col("value").round(places)).otherwise("value").alias("value")
        )
    return rounded.drop("tally")


def asked_beside(questions: Sequence[Measure]) -> list[Measure]:
    """Return questions, and for each tally how many units there are and how many have the amount.

    Only so can be told whether a number is missing or undefined.
    """
    counted = {question.counted for question in questions if question.statistic}
    return with_known([*questions, *sorted(counted - set(questions))])


def undefined(
    questions: Sequence[Measure], id: str, values: Mapping[tuple[Measure, str], Floats]
) -> dict[tuple[Measure, str], NDArray[np.bool_]]:
    """Say of each tally in an area system where it can not exist: nobody is there, or the amounts have no such number.

    Where units are, but nobody knows the amount of any, the number is missing instead.
    """
    found = {}
    for question in questions:
        units, known = values[question.counted, id], values[question.tallied(KNOWN), id]
        found[question, id] = np.isnan(values[question, id]) & ((units == 0) | (known > 0))
    return found


def tally_amounts(
    units: Units, questions: Sequence[Measure], places: Places, codes: Codes
) -> dict[tuple[Measure, str], Floats]:
    """Tally amounts of single units.

    Args:
        units: single units.
        questions: plain measures with a statistic.
        places: where numbers can stand.
        codes: the code lists of the dimensions.

    Returns:
        For each question and area system the numbers, periods x areas; NaN where they are undefined.
    """
    found: dict[tuple[Measure, str], Floats] = {}
    for amount in sorted({question.amount for question in questions}):
        own = [question for question in questions if question.amount == amount]
        found |= _tally(units, own, places, codes)
    return found


def _tally(
    units: Units, questions: Sequence[Measure], places: Places, codes: Codes
) -> dict[tuple[Measure, str], Floats]:
    """Tally one amount."""
    plan = Plan().joined(questions, codes)
    packs = packs_of([*places.classes, *plan.classes.values()])
    names = [f"key{number}" for number in range(len(packs))]
    keys = [packed(pack, units).alias(name) for name, pack in zip(names, packs, strict=True)]
    amount = nw.col(questions[0].amount)
    known = units.frame.filter(~amount.is_null()).select(*keys, amount.cast(nw.Float64).alias("amount"))
    cells = gather(known.group_by(*names, "amount").agg(nw.len().alias(UNITS))).sort("amount", *names)
    classes = unpacked(cells, packs)
    inside = _memberships(plan, questions, combination_of(classes, plan, cells.height))
    amounts, numbers = (cells[name].cast(pl.Float64).to_numpy() for name in ("amount", UNITS))
    found: dict[tuple[Measure, str], Floats] = {}
    for id in places.axes:
        at, shape = places.of_cells(classes, id), places.shape(id)
        for where, mine in inside.items():
            here = np.flatnonzero(mine & (at >= 0))
            table = Frequencies.of(at[here], amounts[here], numbers[here], places=shape[0] * shape[1])
            asked = [question for question in questions if question.where == where]
            found |= {(question, id): table.answer(question).reshape(shape) for question in asked}
    return found


def _memberships(
    plan: Plan, questions: Sequence[Measure], combination: NDArray[np.int64]
) -> Mapping[tuple[tuple[str, str], ...], NDArray[np.bool_]]:
    """Return which cells belong to each filter that is asked for."""
    filters = {question.where: question for question in questions}
    return {where: membership_of(plan, question)[combination] > 0 for where, question in filters.items()}


@dataclass(frozen=True, slots=True)
class Frequencies:
    """How many units have which amount at each place.

    Attributes:
        place: the place of each row.
        amount: an amount, rising within each place.
        units: how many units there have it.
        last: how many units of the place have this amount or a smaller one.
        total: how many units each place has.
    """

    place: NDArray[np.int64]
    amount: Floats
    units: Floats
    last: Floats
    total: Floats

    @classmethod
    def of(cls, place: NDArray[np.int64], amount: Floats, units: Floats, *, places: int) -> Frequencies:
        """Order rows of place, amount and number of units, which are in the order of their amounts, by place."""
        order = np.argsort(place, kind="stable")
        place, amount, units = place[order], amount[order], units[order]
        total = np.bincount(place, units, places).astype(np.float64, copy=False)
        before = np.concatenate([[0.0], np.cumsum(total)])[place]
        return cls(place, amount, units, np.cumsum(units) - before, total)

    def answer(self, question: Measure) -> Floats:
        """Return the tally that is asked for at each place.

        Raises:
            ValueError: there is no such statistic.
        """
        if question.statistic == KNOWN:
            return self.total
        if question.statistic == GINI:
            return self.gini()
        if question.at is None:
            raise ValueError(f"{question}: there is no statistic {question.statistic!r}")
        return self.quantile(question.at)

    def quantile(self, at: float) -> Floats:
        """Return the mean of the units around a quantile at each place, NaN where there is nobody."""
        middle = at * self.total[self.place]
        low, high = middle - NEIGHBOURS / 2, middle + NEIGHBOURS / 2
        weight = np.clip(np.minimum(self.last, high) - np.maximum(self.last - self.units, low), 0.0, None)
        return _ratio(self._sum(weight * self.amount), self._sum(weight))

    def gini(self) -> Floats:
        """Return the Gini coefficient at each place, NaN where an amount is negative or none is above zero."""
        rank = 2 * self.last - self.units - self.total[self.place]  # the sum of 2 i - n - 1 over equal amounts
        sums = self._sum(self.units * self.amount)
        negative = self._sum((self.amount < 0).astype(np.float64)) > 0
        found = _ratio(self._sum(self.units * self.amount * rank), self.total * sums)
        return np.where(negative, np.nan, found)

    def _sum(self, numbers: Floats) -> Floats:
        return np.bincount(self.place, numbers, len(self.total)).astype(np.float64, copy=False)


def _ratio(top: Floats, base: Floats) -> Floats:
    """Divide, with NaN where the base is zero."""
    found: Floats = np.divide(top, base, out=np.full(len(top), np.nan), where=base != 0)
    return found
