"""Which rules a measure is under, and which numbers may not leave on their own account (primary suppression)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Any

import polars as pl

from sozialraum.catalogue import Measure, RulesDoc
from sozialraum.catalogue.documents import DominanceDoc
from sozialraum.catalogue.measures import NEIGHBOURS
from sozialraum.counts.tallies import BEHIND
from sozialraum.disclosure.optimum import Limits
from sozialraum.disclosure.structure import Part
from sozialraum.errors import DoorError
from sozialraum.tables import COUNT_KEY, Status

PLACE = ("area_system", "area", "period")
MEASURE = ("universe", "where")

REASON = pl.Enum(
    [
        *("delivered", "minimum", "complement", "base", "all", "none"),
        *("contributors", "unknown", "dominance", "p_percent", "amount", "tally"),
    ]
)
"""Why a number is withheld for itself: suppressed by its provider; too few; too few others; of too small a base;
everybody; nobody. A sum: too few behind it; nobody knows who contributes; the largest contributions make up too much of
it; one who contributes could work out another's contribution too well; the counts of those behind it are changed.
A tally: too few have the amount."""


def strictest(rules: Iterable[RulesDoc]) -> RulesDoc:
    """Return rules as strict as each of several."""
    several = list(rules)
    return RulesDoc(
        minimum=max(one.minimum for one in several),
        minimum_base=max(one.minimum_base for one in several),
        minimum_tally=max(one.minimum_tally for one in several),
        minimum_cases=max(one.minimum_cases for one in several),
        complement=any(one.complement for one in several),
        block_all=any(one.block_all for one in several),
        block_none=any(one.block_none for one in several),
        secondary=any(one.secondary for one in several),
        dominance=DominanceDoc.strictest(one.dominance for one in several),
        p_percent=max(one.p_percent for one in several),
        ready_made_sums=all(one.ready_made_sums for one in several),
    )


def rules_of_measures(counts: pl.DataFrame, rules: Mapping[str, RulesDoc]) -> pl.DataFrame:
    """Return for every measure its policies (joined by ``+``) and the strictest of each of their rules.

    A measure is under the same rules everywhere and always, so that nobody can tell from a place where they are milder.

    Raises:
        DoorError: a count is under no policy, or under one that nobody knows.
    """
    pairs = counts.select(*MEASURE, "policy").unique().sort(*MEASURE, "policy")
    policies: dict[tuple[str, str], set[str]] = {}
    for universe, where, policy in pairs.iter_rows():
        policies.setdefault((universe, where), set()).update((policy or "").split("+"))
    unknown = sorted({p for several in policies.values() for p in several} - set(rules))
    if unknown:
        raise DoorError(f"no rules are known for the policy {unknown[0]!r}, so nothing under it may leave")
    told = [Measure.parse(universe, where) for universe, where in policies]
    rows = [
        {"universe": universe, "where": where, "policy": "+".join(sorted(several))}
        | _columns(strict := strictest(rules[policy] for policy in several))
        | {"counts": (measure := Measure.parse(universe, where)).counts_units, "additive": measure.additive}
        | {"needed": units_needed(measure, strict, told)}
        | _base_of(measure)
        for (universe, where), several in policies.items()
    ]
    return pl.DataFrame(rows, schema=MEASURE_RULES)


def units_needed(measure: Measure, rules: RulesDoc, told: Iterable[Measure]) -> int:
    """Return how many units must have an amount so that a tally of it may leave; 0 for what is no tally.

    A quantile is the mean over a window of :data:`~sozialraum.catalogue.measures.NEIGHBOURS` units. The window must lie
    within the units, and must not overlap that of another quantile of the same units: then whoever knows all of them
    knows means of groups that have nobody in common.

    Args:
        measure: what is asked of.
        rules: what it is under.
        told: every measure that is told.
    """
    if not measure.statistic:
        return 0
    if measure.base:
        return rules.minimum_cases
    at = measure.at
    if at is None:
        return rules.minimum_tally
    alike = (other.at for other in told if other.at is not None and other.summed == measure.summed)
    gaps = [abs(at - other) for other in alike if other != at]
    edge = min(at, 1 - at)
    windows = [NEIGHBOURS / 2 / edge, *(NEIGHBOURS / gap for gap in gaps)]
    return max(rules.minimum_tally, *(ceil(round(units, 6)) for units in windows))


def _base_of(measure: Measure) -> dict[str, str | None]:
    """Name the base of a standardised rate."""
    base = measure.base
    return {"base_universe": base.universe if base else None, "base_where": base.where_text if base else None}


def limits_of(measures: pl.DataFrame, rules: Mapping[str, RulesDoc]) -> Limits:
    """Return how long the best choice is looked for in the tables of some measures: as long as any of them asks for."""
    ids = sorted({policy for several in measures["policy"] for policy in several.split("+")})
    own = [rules[policy].suppression for policy in ids if rules[policy].secondary and rules[policy].suppression.optimum]
    return Limits(max((one.seconds for one in own), default=0.0), min((one.gap for one in own), default=0.0))


def _columns(rules: RulesDoc) -> dict[str, Any]:
    return rules.model_dump(include=_OF_NUMBERS) | rules.dominance.model_dump()


_OF_NUMBERS = {
    *("minimum", "minimum_base", "complement", "block_all", "block_none", "secondary"),
    *("p_percent", "ready_made_sums"),
}
"""Rules that say which numbers are withheld; what changes numbers is in :mod:`sozialraum.disclosure.methods`."""

MEASURE_RULES = pl.Schema(
    [
        ("universe", pl.String),
        ("where", pl.String),
        ("policy", pl.String),
        ("minimum", pl.Int64),
        ("minimum_base", pl.Int64),
        ("complement", pl.Boolean),
        ("block_all", pl.Boolean),
        ("block_none", pl.Boolean),
        ("secondary", pl.Boolean),
        ("largest", pl.Int64),
        ("share", pl.Float64),
        ("p_percent", pl.Float64),
        ("ready_made_sums", pl.Boolean),
        ("counts", pl.Boolean),
        ("additive", pl.Boolean),
        ("needed", pl.Int64),
        ("base_universe", pl.String),
        ("base_where", pl.String),
    ]
)


def find_primary(counts: pl.DataFrame, parts: Sequence[Part]) -> pl.DataFrame:
    """Add the column ``reason``: why a number is withheld for itself, null where it need not be.

    Args:
        counts: counts with the columns of :data:`MEASURE_RULES`.
        parts: the fractions that are published.
    """
    value, minimum = pl.col("value"), pl.col("minimum")
    alone = (
        pl.when(pl.col("status") == Status.SUPPRESSED.value)
        .then(pl.lit("delivered"))
        .when(pl.col("counts") & (value > 0) & (value < minimum))
        .then(pl.lit("minimum"))
        .cast(REASON)
    )
    fractions = _find_in_fractions(counts, parts).rename({"reason": "in_fraction"})
    joined = counts.join(fractions, on=COUNT_KEY, how="left", maintain_order="left")
    return joined.with_columns(reason=pl.coalesce(alone, "in_fraction")).drop("in_fraction")


def _find_in_fractions(counts: pl.DataFrame, parts: Sequence[Part]) -> pl.DataFrame:
    sides = [(i, top, m) for i, part in enumerate(parts) for top in (True, False) for m in (part.base, part.of)[top]]
    operands = pl.DataFrame(
        [(i, parts[i].inside, top, m.universe, m.where_text) for i, top, m in sides],
        schema={"part": pl.Int64, "inside": pl.Boolean, "top": pl.Boolean, "universe": pl.String, "where": pl.String},
        orient="row",
    )
    numbers = operands.join(counts, on=MEASURE, how="inner")
    place = ["part", *PLACE]
    full = operands.group_by("part", "top").agg(needed=pl.len())
    sums = numbers.group_by(*place, "top").agg(pl.col("value").sum(), known=pl.col("value").count())
    sums = sums.join(full, on=["part", "top"]).filter(pl.col("known") == pl.col("needed"))
    fractions = sums.filter("top").join(sums.filter(~pl.col("top")), on=place, suffix="_base")
    tops = (
        numbers.filter("top").rename({"value": "own"}).join(fractions.select(*place, "value", "value_base"), on=place)
    )
    found = tops.with_columns(reason=_fraction_reason()).filter(pl.col("reason").is_not_null())
    return found.group_by(COUNT_KEY).agg(pl.col("reason").min())


def _fraction_reason() -> pl.Expr:
    part, base = pl.col("value"), pl.col("value_base")
    rest = base - part
    shares = pl.col("inside") & pl.col("counts")
    return (
        pl.when(pl.col("own").is_null())
        .then(None)
        .when(shares & pl.col("complement") & (part > 0) & (rest > 0) & (rest < pl.col("minimum")))
        .then(pl.lit("complement"))
        .when((base > 0) & (base < pl.col("minimum_base")))
        .then(pl.lit("base"))
        .when(shares & pl.col("block_all") & (part > 0) & (rest == 0))
        .then(pl.lit("all"))
        .when(shares & pl.col("block_none") & (part == 0) & (base > 0))
        .then(pl.lit("none"))
        .cast(REASON)
    )


def find_thin_sums(amounts: pl.DataFrame, protected: pl.DataFrame) -> pl.DataFrame:
    """Add the column ``reason`` to sums of amounts: a sum leaves only where the number of those behind it does.

    Args:
        amounts: sums with the columns of :data:`MEASURE_RULES`; ``taxpayers.income`` has ``taxpayers`` behind it. A
            universe that is never counted (``land.square_kilometres``) has nobody behind it.
        protected: counts with their final ``status``.
    """
    behind = protected.select(*COUNT_KEY, contributors="status").rename({"universe": "behind"})
    keys = ["behind", *COUNT_KEY[1:]]
    joined = amounts.with_columns(behind=pl.col("universe").str.split(".").list.first()).join(
        behind, on=keys, how="left", maintain_order="left"
    )
    counted = pl.col("behind").is_in(protected["universe"].unique().to_list())
    known = pl.col("contributors").is_not_null() & ~pl.col("contributors").is_in(
        [Status.SUPPRESSED.value, Status.MISSING.value, Status.UNDEFINED.value]
    )
    reason = (
        pl.when(pl.col("status") == Status.SUPPRESSED.value)
        .then(pl.lit("delivered"))
        .when(pl.col("value").is_not_null() & counted & ~known & (pl.col("minimum") > 1))
        .then(pl.lit("contributors"))
        .cast(REASON)
    )
    return joined.with_columns(pl.coalesce(pl.col("reason"), reason).alias("reason")).drop("behind", "contributors")


def find_thin_tallies(tallies: pl.DataFrame, protected: pl.DataFrame) -> pl.DataFrame:
    """Add the column ``reason`` to tallies: one leaves only where the number of its units does, and enough are behind.

    That there is none says something too: that nobody is there, that nobody has the amount, or (of a Gini coefficient)
    that all of them have nothing. So that leaves under the same rules; of nobody everything may be said.

    A standardised rate leaves only where its cases and its base do.

    Args:
        tallies: medians, quantiles, Gini coefficients and standardised rates with the columns of
            :data:`MEASURE_RULES` and ``behind``: how many units have the amount, how many cases there are.
        protected: counts with their final ``status``.
    """
    units = protected.select(*COUNT_KEY, told="status").rename({"universe": "units"})
    bases = protected.select(*COUNT_KEY, base="status").rename({"universe": "base_universe", "where": "base_where"})
    joined = tallies.with_columns(units=pl.col("universe").str.split(".").list.first()).join(
        units, on=["units", *COUNT_KEY[1:]], how="left", maintain_order="left"
    )
    place = ["base_universe", "base_where", *PLACE]
    joined = joined.join(bases, on=place, how="left", maintain_order="left")
    nothing = [status.value for status in Status if not status.has_value]
    baseless = pl.col("base_universe").is_not_null() & (pl.col("base").is_null() | pl.col("base").is_in(nothing))
    said = pl.col("value").is_not_null() | pl.col(BEHIND).is_not_null()
    withheld = pl.col("told").is_null() | pl.col("told").is_in(nothing) | baseless
    crowded = pl.col("minimum") > pl.when(pl.col("base_universe").is_null()).then(NEIGHBOURS).otherwise("needed")
    few = (pl.col(BEHIND).fill_null(0.0) < pl.col("needed")) | crowded
    reason = (
        pl.when(pl.col("status") == Status.SUPPRESSED.value)
        .then(pl.lit("delivered"))
        .when(said & withheld)
        .then(pl.lit("contributors"))
        .when(said & few & (pl.col("told") != Status.ZERO.value))
        .then(pl.lit("tally"))
        .cast(REASON)
    )
    return joined.with_columns(pl.coalesce(pl.col("reason"), reason).alias("reason")).drop("units", "told", "base")
