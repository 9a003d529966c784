"""Early warning: an area that is significantly worse than the whole and is getting significantly worse.

Both must be told by numbers that stand: nothing is said of an indicator that calls neither direction good, nor where a
break lies in the five points of the trend, a base is too small, or a number is withheld, missing or estimated (a value
that an area has from before a reform rests on shares of other areas: it shows what they were like, not how this one
moved). A provisional number stands, and the warning says that it may change. It is told of the present alone: the last
point of the trend is the latest period in which the whole has a number.

Source: recent trends and comparison of the English public health profiles (Fingertips), both at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sozialraum.catalogue import IndicatorDoc
from sozialraum.indicators import (
    Judgement,
    Point,
    Standing,
    Trend,
    against_whole,
    breaks_of,
    judge_direction,
    recent_trend,
    standing_sentence,
    trend_sentence,
    value_sentence,
)
from sozialraum.indicators.language import join, texts
from sozialraum.indicators.trend import CHI_SQUARED_998, POINTS, proportion_fit, weighted_fit
from sozialraum.periods import parse_period
from sozialraum.tables import Status, Value

Place = tuple[str, str]
"""An area system and the code of an area in it."""

UNFIT = (Status.UNRELIABLE, Status.ESTIMATED)
"""Numbers that no warning rests on."""

NEARLY = 0.99
"""Series are sorted out in bulk a little below the limit of the test, so that rounding sorts none out wrongly."""

_SERIES = ("indicator", "area_system", "area")
_NUMBERS = ("value", "numerator", "denominator", "lower", "upper")


@dataclass(frozen=True, slots=True)
class EarlyWarning:
    """One area in one indicator.

    Attributes:
        indicator: id of the indicator.
        area: the area.
        value: its value in the period of the comparison.
        standing: how it stands against the whole: significantly worse.
        trend: its recent trend: significantly worsening.
        provisional: whether a value that it rests on may still change.
    """

    indicator: str
    area: Place
    value: Value
    standing: Standing
    trend: Trend
    provisional: bool


def early_warnings(
    documents: Mapping[str, IndicatorDoc], values: pl.DataFrame, *, whole: Place
) -> tuple[EarlyWarning, ...]:
    """Find every area and indicator that is worse than the whole and getting worse.

    Args:
        documents: the indicators by id.
        values: values of a release with ``VALUE_SCHEMA``; breakdowns are passed over.
        whole: the city or region that areas are compared with. It is none of the areas that are warned of.

    Returns:
        The warnings, by indicator and area in the order of their ids.
    """
    judged = [name for name, document in documents.items() if document.polarity != "neutral"]
    asked = values.filter(pl.col("breakdown") == "", pl.col("indicator").is_in(judged))
    places = {text: place for place, text in enumerate(sorted(asked["period"].unique(), key=parse_period))}
    timed = asked.with_columns(time=pl.col("period").replace_strict(places, return_dtype=pl.Int64))
    is_whole = (pl.col("area_system") == whole[0]) & (pl.col("area") == whole[1])
    now = _now(timed.filter(is_whole))
    return tuple(_warnings(documents, _candidates(documents, timed.filter(~is_whole), now), now))


def warning_sentence(
    document: IndicatorDoc, warning: EarlyWarning, *, area: str, whole: str, language: str, closing: bool = True
) -> str:
    """Say what an area is warned of.

    Args:
        document: the indicator.
        warning: the warning.
        area: name of the area.
        whole: name of the whole.
        language: ``de`` or ``en``.
        closing: whether to say what a warning means; a page says it once for all.
    """
    words = texts(language)["early_warning"]
    period = warning.standing.period or ""
    return join(
        value_sentence(document, warning.value, area=area, period=period, language=language),
        standing_sentence(document, warning.standing, name=whole, language=language, with_period=False),
        trend_sentence(document, warning.trend, language),
        str(words["provisional"]) if warning.provisional else "",
        str(words["closing"]) if closing else "",
    )


# --- sorting out in bulk ----------------------------------------------------------------------------------------------


def _now(whole: pl.DataFrame) -> pl.DataFrame:
    """Return the latest number of the whole in each indicator, where a warning may rest on it."""
    told = whole.filter(pl.col("value").is_not_null()).sort("time").group_by("indicator", maintain_order=True).last()
    return told.filter(~_is_unfit())


def _candidates(documents: Mapping[str, IndicatorDoc], series: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Return the last five points of the series that may be warned of, one row for each point.

    What is sorted out here can be no warning; what is left is looked at one by one, with breaks and everything.
    """
    present = now.select("indicator", now="time", benchmark="value")
    joined = series.join(present, on="indicator").with_columns(_sign(documents))
    is_told = pl.col("status") != Status.MISSING.value
    current = joined.filter(is_told).group_by(_SERIES).agg(pl.all().sort_by("time").last())
    worse_end = pl.when(pl.col("sign") > 0).then(pl.col("lower")).otherwise(pl.col("upper"))
    worse = current.filter(
        pl.col("time") == pl.col("now"), (worse_end - pl.col("benchmark")) * pl.col("sign") > 0, ~_is_unfit()
    )
    within = joined.join(worse.select(_SERIES), on=_SERIES, how="semi").filter(pl.col("time") <= pl.col("now"))
    windows = within.sort(*_SERIES, "time").group_by(_SERIES, maintain_order=True).tail(POINTS)
    stands = pl.col("value").is_not_null() & ~_is_unfit()
    whole_windows = (pl.len() == POINTS).over(_SERIES) & stands.all().over(_SERIES)
    return _worsening(documents, windows.filter(whole_windows))


def _sign(documents: Mapping[str, IndicatorDoc]) -> pl.Expr:
    signs = {name: 1.0 if document.polarity == "low_is_good" else -1.0 for name, document in documents.items()}
    return pl.col("indicator").replace_strict(signs, return_dtype=pl.Float64).alias("sign")


def _is_unfit() -> pl.Expr:
    return pl.col("status").is_in([status.value for status in UNFIT])


def _worsening(documents: Mapping[str, IndicatorDoc], windows: pl.DataFrame) -> pl.DataFrame:
    """Keep the series that move for the worse by more than nearly as much as the test of trends demands."""
    by_counts = [name for name, document in documents.items() if document.interval == "wilson"]
    value, cases, base, lower, upper = (
        list(windows[name].to_numpy().astype(float).reshape(-1, POINTS).T) for name in _NUMBERS
    )
    sign = windows["sign"].to_numpy()[::POINTS]
    wilson = windows["indicator"].is_in(by_counts).to_numpy()[::POINTS]
    times = list(range(1, POINTS + 1))
    has_counts: NDArray[np.bool_] = wilson & np.logical_and.reduce(
        [(x >= 0) & (x <= n) & (n > 0) for x, n in zip(cases, base, strict=True)]
    )
    with np.errstate(invalid="ignore", divide="ignore"):  # a series without counts, or intervals, has no such test
        shares = proportion_fit(cases, base, times)
        widths = [high - low for low, high in zip(lower, upper, strict=True)]
        others = weighted_fit(value, widths, times)
    slope, chi_squared = (np.where(has_counts, one, other) for one, other in zip(shares, others, strict=True))
    found = (slope * sign > 0) & (chi_squared > NEARLY * CHI_SQUARED_998)
    return windows.filter(pl.Series(np.repeat(found, POINTS)))


# --- looking at one by one --------------------------------------------------------------------------------------------


def _warnings(
    documents: Mapping[str, IndicatorDoc], candidates: pl.DataFrame, now: pl.DataFrame
) -> Iterator[EarlyWarning]:
    whole = {row["indicator"]: Point(row["period"], Value.of(row)) for row in now.iter_rows(named=True)}
    breaks = {name: breaks_of(name, documents) for name in whole}
    points = [(row, Point(row["period"], Value.of(row))) for row in candidates.iter_rows(named=True)]
    for start in range(0, len(points), POINTS):
        row, window = points[start][0], [point for _, point in points[start : start + POINTS]]
        name, area = row["indicator"], (row["area_system"], row["area"])
        document, benchmark = documents[name], whole[name]
        trend = recent_trend(document, window, breaks[name])
        standing = against_whole(document, window, [benchmark])
        if (
            judge_direction(trend.direction, document.polarity) is Judgement.WORSE
            and standing.comparison.judgement is Judgement.WORSE
        ):
            statuses = {point.value.status for point in (*window, benchmark)}
            yield EarlyWarning(name, area, window[-1].value, standing, trend, Status.PROVISIONAL in statuses)
