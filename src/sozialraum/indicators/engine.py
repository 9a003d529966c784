"""Computes every indicator from the protected counts: one pass for all plain formulas, one for each level of series.

Indices over the areas inside a larger one have rules of their own (:mod:`sozialraum.indicators.segregation`).

Rules for the status of a value, in this order:

1. what :data:`sozialraum.tables.status.PRECEDENCE` says about the counts it is made from: one suppressed count makes
   the value suppressed, one missing count makes it missing;
2. a base of zero (or below) makes it undefined; so does a median of nobody;
3. a part larger than its whole, or a base below the indicator's ``minimum_base``, makes it unreliable: the number is
   shown, in parentheses. A part larger than its whole has no interval;
4. a value of exactly zero is ``zero``, with its interval.

There is a row for each area of a system and period in which at least one area has a numerator (whatever its status).
An indicator that has no value and no suppressed value in an area system is left out there.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from sozialraum.catalogue import IndicatorDoc
from sozialraum.indicators.formulas import PLAIN
from sozialraum.indicators.reforms import with_estimates
from sozialraum.indicators.segregation import Inside, compute_segregation
from sozialraum.indicators.series import compare_periods, levels
from sozialraum.indicators.sums import BASE, RATE, SIDES, TOP, VARIANCE, sum_measures
from sozialraum.indicators.uncertainty import byar, dobson, wilson
from sozialraum.periods import since
from sozialraum.tables import NO_VALUE, STATUS, VALUE_KEY, VALUE_SCHEMA, ProtectedTable, Status, combine_across

_RULES = pl.Schema(
    {
        "indicator": pl.String,
        "scale": pl.Float64,
        "inside": pl.Boolean,
        "shown": pl.Boolean,
        "divides": pl.Boolean,
        "interval": pl.String,
        "minimum_base": pl.Float64,
        "top_terms": pl.UInt32,
        "base_terms": pl.UInt32,
        "rate_terms": pl.UInt32,
        "variance_terms": pl.UInt32,
    }
)


def compute(
    indicators: Mapping[str, IndicatorDoc],
    table: ProtectedTable,
    *,
    first_period: str | None = None,
    divisions: pl.DataFrame | None = None,
    inside: Inside | None = None,
) -> pl.DataFrame:
    """Compute every indicator for every area and period that the table has counts for.

    Args:
        indicators: the documents by id.
        table: counts after the door.
        first_period: values of earlier periods are left out (they still serve as the base of a change).
        divisions: which part of the areas before a reform went into those after it (see
            :data:`sozialraum.indicators.reforms.DIVISIONS`): values of new areas are estimated for the time before.
        inside: which areas lie in which, for indices over the areas inside larger ones; without it there are none.

    Returns:
        A frame with :data:`sozialraum.tables.VALUE_SCHEMA`, sorted by its key. A number whose counts are suppressed
        is null in ``value``, ``lower`` and ``upper``, and the suppressed count is null too.

    Raises:
        ProjectError: indicators refer to each other in a circle.
    """
    order = levels(indicators)
    counts = table.frame if divisions is None else with_estimates(table.frame, divisions)
    first = {name: indicators[name] for name in order[0]}
    spread = {name: document for name, document in first.items() if document.segregation}
    plain = _plain({name: document for name, document in first.items() if name not in spread}, counts)
    values = pl.concat([plain, compute_segregation(spread, table.frame, inside)])
    for names in order[1:]:
        sums = sum_measures({name: indicators[name] for name in names}, counts)
        values = pl.concat([values, compare_periods(names, indicators, sums=sums, values=values)])
    values = values.filter(_worth_keeping()).sort(VALUE_KEY)
    if first_period is None:
        return values
    return values.filter(pl.col("period").is_in(since(first_period, values["period"].unique())))


def _plain(documents: Mapping[str, IndicatorDoc], counts: pl.DataFrame) -> pl.DataFrame:
    sums = sum_measures(documents, counts)
    rules = pl.DataFrame([_rule(name, document) for name, document in documents.items()], schema=_RULES, orient="row")
    judged = sums.join(rules, on="indicator").with_columns(_status_of_counts()).with_columns(_status_of_value())
    judged = judged.with_columns(value=_only_with_value(_number()))
    judged = judged.with_columns(_zero_status()).with_columns(*_interval(), *_shown())
    return judged.with_columns(breakdown=pl.lit(""), revision=pl.lit(0, pl.Int32)).select(VALUE_SCHEMA.names())


# --- status -----------------------------------------------------------------------------------------------------------


def _rule(name: str, document: IndicatorDoc) -> tuple[str, float, bool, bool, bool, str, float, int, int, int, int]:
    formula = PLAIN[document.formula]
    top_terms = len(document.numerator) + len(document.subtracted)
    return (
        name,
        formula.scale(document),
        formula.inside,
        formula.shown,
        formula.divides,
        document.interval,
        float(document.minimum_base),
        top_terms,
        len(document.denominator),
        len(document.rates[:1]),
        len(document.rates[1:]),
    )


def _literal(status: Status) -> pl.Expr:
    return pl.lit(status.value, STATUS)


def _is(column: str, *statuses: Status) -> pl.Expr:
    return pl.col(column).is_in([status.value for status in statuses])


def _status_of_counts() -> tuple[pl.Expr, ...]:
    """Complete the status of each side: a measure without a row is missing, a formula without a base has a fine one."""
    missing = {side: pl.col(f"{side}_found") < pl.col(f"{side}_terms") for side in SIDES}
    return tuple(
        pl.when(pl.col(f"{side}_terms") == 0)
        .then(_literal(Status.OK))
        .when(missing[side] & ~_is(f"{side}_status", Status.SUPPRESSED))
        .then(_literal(Status.MISSING))
        .otherwise(pl.col(f"{side}_status"))
        .alias(f"{side}_status")
        for side in SIDES
    )


def _status_of_value() -> pl.Expr:
    counts = combine_across(*(pl.col(f"{side}_status") for side in SIDES))
    has_base = pl.col("base_terms") > 0
    doubtful = pl.col("inside") & ((pl.col(TOP) > pl.col(BASE)) | (pl.col(TOP) < 0))
    doubtful = doubtful | (has_base & (pl.col(BASE) < pl.col("minimum_base")))
    return (
        pl.when(counts.is_in([status.value for status in NO_VALUE]))
        .then(counts)
        .when(has_base & (pl.col(BASE) <= 0))
        .then(_literal(Status.UNDEFINED))
        .when(doubtful)
        .then(_literal(Status.UNRELIABLE))
        .otherwise(counts)
        .alias("status")
    )


def _zero_status() -> pl.Expr:
    """Tell ``zero`` and ``ok`` apart by the value itself: 3 - 3 is zero, and a zero count need not make one."""
    plain = _is("status", Status.OK, Status.ZERO)
    by_value = pl.when(pl.col("value") == 0).then(_literal(Status.ZERO)).otherwise(_literal(Status.OK))
    return pl.when(plain).then(by_value).otherwise(pl.col("status")).alias("status")


# --- numbers ----------------------------------------------------------------------------------------------------------


def _number() -> pl.Expr:
    return pl.when(pl.col("rate_terms") > 0).then(pl.col(RATE) * pl.col("scale")).otherwise(_scaled(pl.col(TOP)))


def _scaled(top: pl.Expr) -> pl.Expr:
    base = pl.when((pl.col("base_terms") > 0) & pl.col("divides")).then(pl.col(BASE)).otherwise(1.0)
    return top * pl.col("scale") / base


def _only_with_value(number: pl.Expr) -> pl.Expr:
    return pl.when(~_is("status", *NO_VALUE)).then(number)


def _interval() -> tuple[pl.Expr, pl.Expr]:
    """Return ``lower`` and ``upper`` in the indicator's unit; null where no interval is declared or can be had."""
    share, count = wilson(pl.col(TOP), pl.col(BASE)), byar(pl.col(TOP))
    rate = dobson(pl.col(TOP), pl.col(VARIANCE), pl.col(RATE))
    possible = pl.col("value").is_not_null() & (pl.col(TOP) >= 0)
    inside = possible & (pl.col(TOP) <= pl.col(BASE))
    lower, upper = (
        pl.when((pl.col("interval") == "wilson") & inside)
        .then(share[end] * pl.col("scale"))
        .when((pl.col("interval") == "byar") & possible)
        .then(_scaled(count[end]))
        .when((pl.col("interval") == "dobson") & possible)
        .then(rate[end] * pl.col("scale"))
        for end in (0, 1)
    )
    return lower.alias("lower"), upper.alias("upper")


def _shown() -> tuple[pl.Expr, pl.Expr]:
    """Return the counts that may stand beside the value, each only where it has a number of its own.

    The top is withheld where the value is (the sum of a mean over few people says as much as the people), and a figure
    has none. The base stays: how many people live in an area is no secret because one count about them is.
    """
    withheld = pl.col("status") == Status.SUPPRESSED.value
    top = pl.when(pl.col("shown") & ~withheld & ~_is("top_status", *NO_VALUE)).then(pl.col(TOP))
    base = pl.when((pl.col("base_terms") > 0) & ~_is("base_status", *NO_VALUE)).then(pl.col(BASE))
    return top.alias("numerator"), base.alias("denominator")


# --- what is kept -----------------------------------------------------------------------------------------------------


def _worth_keeping() -> pl.Expr:
    something = ~_is("status", Status.MISSING, Status.UNDEFINED)
    return something.any().over("indicator", "area_system", "breakdown")
