"""Formulas over two periods of one series: change and index.

The series is a sum of measures, or another indicator. No change crosses a declared break of the series: what was before
a break can not be compared with what is after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import polars as pl

from sozialraum.catalogue import IndicatorDoc
from sozialraum.catalogue.indicator import Break
from sozialraum.errors import Fault, ProjectError
from sozialraum.periods import Period, parse_period
from sozialraum.tables import NO_VALUE, STATUS, VALUE_SCHEMA, Status, combine_across

_PAIRS = pl.Schema(
    {
        "indicator": pl.String,
        "period": pl.String,
        "earlier": pl.String,
        "broken": pl.Boolean,
        "relative": pl.Boolean,
        "index": pl.Boolean,
    }
)
_NONE = [status.value for status in NO_VALUE]


def levels(indicators: Mapping[str, IndicatorDoc]) -> list[list[str]]:
    """Order indicators so that each stands after the one that it is made from.

    Returns:
        First those over plain measures, then those over a change or index of measures or of the first, and so on. One
        whose subject is not among them is left out.

    Raises:
        ProjectError: they refer to each other in a circle.
    """
    depths: dict[str, int] = {}
    for name in indicators:
        depth = _depth(name, indicators)
        if depth is not None:
            depths[name] = depth
    return [
        [name for name in indicators if depths.get(name) == level]
        for level in range(max(depths.values(), default=0) + 1)
    ]


def _depth(name: str, indicators: Mapping[str, IndicatorDoc]) -> int | None:
    seen = [name]
    while subject := indicators[seen[-1]].refers_to:
        if subject not in indicators:
            return None
        if subject in seen:
            what = f"circular: {' -> '.join([*seen, subject])}"
            raise ProjectError(Fault(f"indicators/{name}.toml", what=what, advice="one of them must stand on its own"))
        seen.append(subject)
    own = indicators[seen[-1]]
    return len(seen) - 1 + (1 if own.change or own.index else 0)


def breaks_of(name: str, indicators: Mapping[str, IndicatorDoc]) -> tuple[Break, ...]:
    """Return the breaks of an indicator and of every indicator that it is made from."""
    document = indicators[name]
    subject = document.refers_to
    inherited = breaks_of(subject, indicators) if subject and subject in indicators else ()
    return (*document.breaks, *inherited)


def break_between(breaks: Iterable[Break], earlier: str, later: str) -> Break | None:
    """Return the first break that lies between two periods, if any.

    A break belongs to the first period that ends on or after the break's first day: the census of May 2022 breaks a
    series of year ends between 2021 and 2022.
    """
    before, after = parse_period(earlier).last, parse_period(later).last
    between = [found for found in breaks if before < parse_period(found.period).first <= after]
    return min(between, key=lambda found: parse_period(found.period), default=None)


def break_before(name: str, indicators: Mapping[str, IndicatorDoc], period: str) -> Break | None:
    """Return the break that lies between the two periods of a change or index, if any: why it is undefined."""
    earlier = _earlier(indicators[name], parse_period(period))
    if earlier is None:
        return None
    first, last = sorted((earlier, period), key=parse_period)
    return break_between(breaks_of(name, indicators), first, last)


def compare_periods(
    names: Sequence[str], indicators: Mapping[str, IndicatorDoc], *, sums: pl.DataFrame, values: pl.DataFrame
) -> pl.DataFrame:
    """Compute changes and indices.

    Args:
        names: the indicators to compute, each a change or an index.
        indicators: every document by id.
        sums: sums of their measures (see :func:`sozialraum.indicators.sums.sum_measures`).
        values: finished values of the indicators that they are made from, with ``VALUE_SCHEMA``.

    Returns:
        A frame with ``VALUE_SCHEMA``. There is a row where the earlier period was delivered for some area of the
        system; an area without it is missing.
    """
    series = _subjects(names, indicators, sums, values)
    pairs = _pairs(names, indicators, series)
    before = series.rename({"period": "earlier", "value": "before", "status": "before_status"})
    delivered = before.select("indicator", "area_system", "earlier").unique()
    both = series.join(pairs, on=["indicator", "period"], maintain_order="left")
    both = both.join(delivered, on=["indicator", "area_system", "earlier"], how="semi", maintain_order="left")
    both = both.join(before, on=["indicator", "area_system", "area", "earlier"], how="left", maintain_order="left")
    both = both.with_columns(_change().alias("change")).with_columns(_status_of_change())
    return both.select(_column(name, dtype) for name, dtype in VALUE_SCHEMA.items())


def _subjects(
    names: Sequence[str], indicators: Mapping[str, IndicatorDoc], sums: pl.DataFrame, values: pl.DataFrame
) -> pl.DataFrame:
    """Return the series that changes are made from: indicator, area_system, area, period, value, status."""
    columns = ["indicator", "area_system", "area", "period", "value", "status"]
    subjects = [(name, subject) for name in names if (subject := indicators[name].refers_to)]
    renamed = pl.DataFrame(subjects, schema={"name": pl.String, "indicator": pl.String}, orient="row")
    other = renamed.join(values, on="indicator").drop("indicator").rename({"name": "indicator"})
    own = sums.with_columns(value=pl.col("top"), status=pl.col("top_status"))
    return pl.concat([own.select(columns), other.select(columns)])


def _pairs(names: Sequence[str], indicators: Mapping[str, IndicatorDoc], series: pl.DataFrame) -> pl.DataFrame:
    """Return which period is compared with which."""
    periods: dict[str, list[str]] = {name: [] for name in names}
    for name, period in series.select("indicator", "period").unique().sort("period").iter_rows():
        periods[name].append(period)
    rows = [row for name in names for row in _pairs_of(name, indicators, periods[name])]
    return pl.DataFrame(rows, schema=_PAIRS, orient="row")


def _pairs_of(
    name: str, indicators: Mapping[str, IndicatorDoc], periods: Sequence[str]
) -> Iterator[tuple[str, str, str, bool, bool, bool]]:
    document = indicators[name]
    relative = document.change is not None and document.change.relative
    for period in periods:
        earlier = _earlier(document, parse_period(period))
        if earlier is not None:
            broken = break_before(name, indicators, period) is not None
            yield name, period, earlier, broken, relative, document.index is not None


def _earlier(document: IndicatorDoc, period: Period) -> str | None:
    """Return the period that ``period`` is compared with; None where it has none."""
    if document.index:
        return document.index.base
    if document.change is None:
        return None
    if document.change.base:
        return document.change.base if period > parse_period(document.change.base) else None
    return period.earlier(document.change.steps).text


def _change() -> pl.Expr:
    now, before = pl.col("value"), pl.col("before")
    return (
        pl.when(pl.col("index"))
        .then(100 * now / before)
        .when(pl.col("relative"))
        .then(100 * (now / before - 1))
        .otherwise(now - before)
    )


def _status_of_change() -> pl.Expr:
    before = pl.col("before_status").fill_null(pl.lit(Status.MISSING.value, STATUS))
    counts = combine_across(pl.col("status"), before)
    divided = pl.col("index") | pl.col("relative")
    plain = counts.is_in([Status.OK.value, Status.ZERO.value])
    return (
        pl.when(counts.is_in(_NONE))
        .then(counts)
        .when(pl.col("broken") | (divided & (pl.col("before") <= 0)))
        .then(pl.lit(Status.UNDEFINED.value, STATUS))
        .when(plain & (pl.col("change") == 0))
        .then(pl.lit(Status.ZERO.value, STATUS))
        .when(plain)
        .then(pl.lit(Status.OK.value, STATUS))
        .otherwise(counts)
        .alias("status")
    )


def _column(name: str, dtype: pl.DataType) -> pl.Expr:
    """Return a column of values; a change has no interval and shows no counts of its own."""
    match name:
        case "indicator" | "area_system" | "area" | "period" | "status":
            return pl.col(name)
        case "value":
            return pl.when(~pl.col("status").is_in(_NONE)).then(pl.col("change")).alias(name)
        case "breakdown":
            return pl.lit("").alias(name)
        case "revision":
            return pl.lit(0, dtype).alias(name)
    return pl.lit(None, dtype).alias(name)
