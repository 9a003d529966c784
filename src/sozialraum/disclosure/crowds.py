"""What may be said of a crowd: of the units of a cell, or of several cells taken together.

One judgement for both, because an attacker takes cells together: an area's total less its visible cells is what its
hidden cells hold together, and that must be as safe as a cell. If it is in every area, it is in any areas together:
numbers and different values only grow, and neither the (n, k) rule nor the p % rule can be broken by joining crowds
that satisfy it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from sozialraum.catalogue import ProfileRulesDoc
from sozialraum.counts.profiles import Tally

REASON = pl.Enum(["minimum", "diversity", "everybody", "dominance", "p_percent", "secondary"])
"""Why nothing is said of a characteristic in a cell: too few known units; too few different values; everybody has what
is counted (or all but one, who then knows it of the others); the largest contributions make up too much of the sum;
one who contributes could work out another's contribution too well; to protect another cell."""

_FEWEST_VALUES = 2
"""Where all have one value it is known of each, however long the code list."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Says what is wrong with saying something of a crowd.

    Attributes:
        tally: the characteristic.
        rules: what the policy demands.
        counted: the codes whose number or share is published, for each attribute that publishes one.
    """

    tally: Tally
    rules: ProfileRulesDoc
    counted: Sequence[frozenset[str]] = ()

    def __call__(self, crowds: pl.DataFrame, *, several: bool = False) -> pl.DataFrame:
        """Return the first reason against each crowd, null where there is none.

        Args:
            crowds: ``crowd`` and ``place``: which places belong to which crowd.
            several: whether a crowd must consist of at least two places with twice the minimum of units: then no
                single place is told, nor whose it would be.

        Returns:
            One row a crowd: ``crowd``, ``reason``.
        """
        found = self._sizes(crowds).join(self._diversity(crowds), on="crowd", how="left")
        minimum, diversity, alone = pl.col("minimum"), pl.col("diversity"), pl.col("members") < 2
        cases = {
            "minimum": pl.col("known") < minimum * (2 if several else 1),
            "diversity": pl.col("distinct").fill_null(0) - self.rules.insiders * pl.col("sole").fill_null(0)
            < diversity,
        }
        if several:
            cases["minimum"] |= alone
        if self.counted:
            found = found.join(self._everybody(crowds), on="crowd", how="left")
            cases["everybody"] = pl.col("everybody").fill_null(value=False)
        if self.tally.of.codes is None:
            dominance = self.rules.dominance
            found = found.join(largest(crowds, self.tally.contributions, dominance.largest), on="crowd", how="left")
            cases |= dominated(dominance.share, self.rules.p_percent)
        reason = pl.coalesce(pl.when(case).then(pl.lit(name, REASON)) for name, case in cases.items())
        return found.select("crowd", pl.when(pl.col("known") > 0).then(reason).alias("reason"))

    def _sizes(self, crowds: pl.DataFrame) -> pl.DataFrame:
        rules, sums = self.rules, ["known", "buildings", *(["size"] if self.tally.of.codes is None else [])]
        found = (
            crowds.join(self.tally.places, on="place")
            .group_by("crowd")
            .agg(pl.col(sums).sum(), members=(pl.col("known") > 0).sum())
        )
        one_house = pl.col("buildings") == 1
        most = self.tally.variety
        diversity = [
            max(_FEWEST_VALUES, number if most is None else min(number, most))
            for number in (rules.one_house_diversity, rules.diversity)
        ]
        return found.with_columns(
            minimum=pl.when(one_house).then(max(rules.one_house_minimum, rules.minimum)).otherwise(rules.minimum),
            diversity=pl.when(one_house).then(max(diversity)).otherwise(diversity[1]),
        )

    def _values(self, crowds: pl.DataFrame) -> pl.DataFrame:
        """Return the different values of each crowd with the lowest and highest number of those who hold them."""
        held = crowds.join(self.tally.values, on="place")
        return held.group_by("crowd", "value").agg(pl.col("low").min(), pl.col("high").max())

    def _diversity(self, crowds: pl.DataFrame) -> pl.DataFrame:
        """Return how many different values there are, and how many of them at most one holder alone has."""
        values = self._values(crowds)
        alone = values.filter(pl.col("low") == pl.col("high")).group_by("crowd", "low").len()
        sole = alone.group_by("crowd").agg(pl.col("len").max().cast(pl.Int64).alias("sole"))
        distinct = values.group_by("crowd").agg(pl.len().cast(pl.Int64).alias("distinct"))
        return distinct.join(sole, on="crowd", how="left")

    def _everybody(self, crowds: pl.DataFrame) -> pl.DataFrame:
        """Return whether everybody has what some attribute counts, as those see it who may know their own value."""
        values = self._values(crowds)
        outside = [~pl.col("value").is_in(list(codes)) for codes in self.counted]
        few = [
            ~other.any()
            | (
                pl.lit(self.rules.insiders > 0)
                & (pl.col("low").filter(other).min() == pl.col("high").filter(other).max())
            )
            for other in outside
        ]
        return values.group_by("crowd").agg(pl.any_horizontal(few).alias("everybody"))


def largest(crowds: pl.DataFrame, held: pl.DataFrame, number: int) -> pl.DataFrame:
    """Return the largest contribution to each crowd, the second largest, and the sum of the *n* largest.

    Args:
        crowds: ``crowd`` and ``place``: which places belong to which crowd.
        held: ``place``, ``holder``, ``amount``.
        number: *n*.
    """
    found = crowds.join(held, on="place").group_by("crowd", "holder").agg(pl.col("amount").sum())
    amounts = pl.col("amount").sort(descending=True)
    return found.group_by("crowd").agg(
        first=amounts.first(),
        second=amounts.get(1, null_on_oob=True).fill_null(0.0),
        largest=amounts.head(number).sum(),
    )


def dominated(share: float, p_percent: float) -> dict[str, pl.Expr]:
    """Return what is wrong with a sum, by reason, over the column ``size`` and those of :func:`largest`."""
    first, size = pl.col("first"), pl.col("size")
    cases = {"dominance": pl.col("largest") > share * size}
    if p_percent:
        cases["p_percent"] = size - first - pl.col("second") < p_percent / 100 * first
    return cases
