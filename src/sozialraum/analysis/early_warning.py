"""Early warning: an area that is significantly worse than the whole and is getting significantly worse.

Both must be told by numbers that stand: nothing is said of an indicator that calls neither direction good, nor where a
break lies in the five points of the trend, a base is too small, or a number is withheld or missing. It is told of the
present alone: the last point of the trend is the latest period in which the whole has a number.

Source: recent trends and comparison of the English public health profiles (Fingertips), both at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

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
from sozialraum.indicators.language import LANGUAGES, join, texts
from sozialraum.indicators.trend import POINTS
from sozialraum.periods import parse_period
from sozialraum.tables import Status, Value

Place = tuple[str, str]
"""An area system and the code of an area in it."""


@dataclass(frozen=True, slots=True)
class EarlyWarning:
    """One area in one indicator.

    Attributes:
        indicator: id of the indicator.
        area: the area.
        value: its value in the period of the comparison.
        standing: how it stands against the whole: significantly worse.
        trend: its recent trend: significantly worsening.
        sentences: what to say of it, by language.
    """

    indicator: str
    area: Place
    value: Value
    standing: Standing
    trend: Trend
    sentences: Mapping[str, str]


def early_warnings(
    documents: Mapping[str, IndicatorDoc], values: pl.DataFrame, *, whole: Place, names: Mapping[Place, str]
) -> tuple[EarlyWarning, ...]:
    """Find every area and indicator that is worse than the whole and getting worse.

    Args:
        documents: the indicators by id.
        values: values of a release with ``VALUE_SCHEMA``; breakdowns are passed over.
        whole: the city or region that areas are compared with. It is none of the areas that are warned of.
        names: names of the areas and of the whole; where there is none the code is told.

    Returns:
        The warnings, by indicator and area in the order of their ids.
    """
    return tuple(_warnings(documents, values, whole, names))


def _warnings(
    documents: Mapping[str, IndicatorDoc], values: pl.DataFrame, whole: Place, names: Mapping[Place, str]
) -> Iterator[EarlyWarning]:
    judged = {name: document for name, document in documents.items() if document.polarity != "neutral"}
    for name, areas in _series(values, judged).items():
        document, breaks = documents[name], breaks_of(name, documents)
        benchmark = areas.pop(whole, [])
        for area, series in areas.items():
            trend = recent_trend(document, series, breaks)
            if judge_direction(trend.direction, document.polarity) is not Judgement.WORSE or trend.last is None:
                continue
            standing = against_whole(document, series, benchmark)
            if not _is_worse(standing, trend.last, benchmark) or not _is_reliable(series, trend.last, standing):
                continue
            told = _sentences(document, trend.last, standing, trend, area=_name(area, names), whole=_name(whole, names))
            yield EarlyWarning(name, area, trend.last.value, standing, trend, told)


def _sentences(
    document: IndicatorDoc, last: Point, standing: Standing, trend: Trend, *, area: str, whole: str
) -> Mapping[str, str]:
    told = {
        language: join(
            value_sentence(document, last.value, area=area, period=last.period, language=language),
            standing_sentence(document, standing, name=whole, language=language),
            trend_sentence(document, trend, language),
            str(texts(language)["early_warning"]["closing"]),
        )
        for language in LANGUAGES
    }
    return MappingProxyType(told)


def _is_worse(standing: Standing, last: Point, benchmark: Sequence[Point]) -> bool:
    """Tell whether the end of the trend is worse than the whole, in the latest period that the whole has."""
    now = standing.period == last.period == _latest(benchmark)
    return now and standing.comparison.judgement is Judgement.WORSE


def _is_reliable(series: Sequence[Point], last: Point, standing: Standing) -> bool:
    """Tell whether all five values of the trend, and the benchmark, rest on bases that are large enough."""
    end = series.index(last) + 1
    values = [point.value for point in series[end - POINTS : end]]
    values += [standing.benchmark] if standing.benchmark else []
    return all(value.status is not Status.UNRELIABLE for value in values)


def _latest(series: Sequence[Point]) -> str | None:
    periods = (point.period for point in series if point.value.value is not None)
    return max(periods, key=parse_period, default=None)


def _series(values: pl.DataFrame, documents: Mapping[str, IndicatorDoc]) -> dict[str, dict[Place, list[Point]]]:
    """Return the series of each indicator and area, in order of time, indicators and areas by their ids."""
    asked = values.filter(pl.col("breakdown") == "", pl.col("indicator").is_in(list(documents)))
    found: dict[str, dict[Place, list[Point]]] = {}
    for row in asked.sort("indicator", "area_system", "area").iter_rows(named=True):
        place = row["area_system"], row["area"]
        found.setdefault(row["indicator"], {}).setdefault(place, []).append(Point(row["period"], Value.of(row)))
    for areas in found.values():
        for series in areas.values():
            series.sort(key=lambda point: parse_period(point.period))
    return found


def _name(place: Place, names: Mapping[Place, str]) -> str:
    return names.get(place, place[1])
