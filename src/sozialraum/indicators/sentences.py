"""Plain sentences for a value, its trend and its comparison, from rules and without invented causes."""

from __future__ import annotations

from sozialraum.catalogue import IndicatorDoc
from sozialraum.catalogue.indicator import Break
from sozialraum.indicators.benchmarks import Against, Fifth, Standing
from sozialraum.indicators.compare import Comparison, Position, judge_direction
from sozialraum.indicators.language import join, texts
from sozialraum.indicators.numerals import format_difference, format_ends, format_number, format_period, format_value
from sozialraum.indicators.trend import Direction, Obstacle, Point, Trend
from sozialraum.tables import Status, Value


def value_sentence(document: IndicatorDoc, value: Value, *, area: str, period: str, language: str) -> str:
    """Say what the value of an area is, and for a share how many of how many that are.

    Args:
        document: the indicator.
        value: its value.
        area: name of the area.
        period: text of the period.
        language: ``de`` or ``en``.
    """
    words = texts(language)
    places = {"title": document.title.get(language), "area": area, "period": format_period(period, language)}
    if value.value is None:
        return str(words["value"]["nothing"]).format(status=words["status"][value.status.value], **places)
    sentence = str(words["value"]["number"]).format(value=format_value(document, value, language), **places)
    return join(sentence, _counts(document, value, language))


def _counts(document: IndicatorDoc, value: Value, language: str) -> str:
    if document.share is None or value.numerator is None or value.denominator is None:
        return ""
    top, base = (format_number(count, 0, language) for count in (value.numerator, value.denominator))
    return str(texts(language)["value"]["counts"]).format(top=top, base=base)


def interval_sentence(document: IndicatorDoc, value: Value, language: str) -> str:
    """Say between which numbers chance could move the value; empty where no interval is known."""
    ends = format_ends(document, value, language)
    return str(texts(language)["value"]["interval"]).format(lower=ends[0], upper=ends[1]) if ends else ""


def status_sentence(document: IndicatorDoc, value: Value, language: str, *, broken_by: Break | None = None) -> str:
    """Say why there is no number, or what to keep in mind about it; empty for an ordinary one.

    Args:
        document: the indicator.
        value: its value.
        language: ``de`` or ``en``.
        broken_by: for a change or index: the break that lies between its two periods (see ``series.break_before``).
    """
    remarks = texts(language)["remarks"]
    key = value.status.value
    if value.status is Status.UNDEFINED and broken_by:
        return str(remarks["undefined_break"]).format(why=broken_by.why.get(language))
    if value.status is Status.MISSING and _base_is_missing(document, value):
        key = "missing_base"
    if value.status is Status.UNDEFINED and (document.change or document.index):
        key = "undefined_change"
    if value.status is Status.UNRELIABLE and document.share and _part_is_larger(value):
        key = "unreliable_part"
    return str(remarks[key])


def _base_is_missing(document: IndicatorDoc, value: Value) -> bool:
    return bool(document.denominator) and value.numerator is not None and value.denominator is None


def _part_is_larger(value: Value) -> bool:
    return value.numerator is not None and value.denominator is not None and value.numerator > value.denominator


def trend_sentence(document: IndicatorDoc, trend: Trend, language: str) -> str:
    """Say what the recent trend is, or why there is none, and what the direction means."""
    words = texts(language)["trend"]
    if trend.direction is Direction.UNCLEAR or trend.first is None or trend.last is None:
        why = trend.broken_by.why.get(language) if trend.broken_by else ""
        return str(words[(trend.obstacle or Obstacle.TOO_FEW).value]).format(why=why)
    sentence = str(words[trend.direction.value]).format(
        first=format_period(trend.first.period, language),
        last=format_period(trend.last.period, language),
        before=_written(document, trend.first, language),
        after=_written(document, trend.last, language),
    )
    return join(sentence, words[judge_direction(trend.direction, document.polarity).value])


def _written(document: IndicatorDoc, point: Point, language: str) -> str:
    return format_value(document, point.value, language)


def comparison_sentence(
    document: IndicatorDoc,
    comparison: Comparison,
    benchmark: Value,
    *,
    name: str,
    language: str,
    against: Against = Against.WHOLE,
) -> str:
    """Say how a value stands against a benchmark, and what that means.

    Args:
        document: the indicator.
        comparison: the result of :func:`sozialraum.indicators.compare.compare`.
        benchmark: the value compared with.
        name: what the benchmark is (the city's name).
        language: ``de`` or ``en``.
        against: what kind of benchmark it is.
    """
    words = texts(language)["comparison"]
    kind = words[against.value]
    if comparison.position is Position.NOT_COMPARED or comparison.difference is None:
        return str(kind["not_compared"]).format(name=name)
    sentence = str(kind[_comparison_key(comparison)]).format(
        name=name,
        benchmark=format_value(document, benchmark, language),
        difference=format_difference(document, comparison.difference, language),
    )
    untested = "" if comparison.tested else words["untested"]
    return join(sentence, untested, kind[comparison.judgement.value])


def _comparison_key(comparison: Comparison) -> str:
    if comparison.position is Position.SIMILAR:
        return "similar" if comparison.tested else "equal"
    return f"much_{comparison.position.value}" if comparison.much else comparison.position.value


def standing_sentence(
    document: IndicatorDoc, standing: Standing, *, name: str, language: str, with_period: bool = True
) -> str:
    """Say how an area stands against a benchmark and in which period, or why nothing is compared.

    Args:
        document: the indicator.
        standing: the result of one of the functions of :mod:`sozialraum.indicators.benchmarks`.
        name: name of the whole or of the parent area; similar areas and a target have none and are told by themselves.
        language: ``de`` or ``en``.
        with_period: whether to say the period; not where it has just been said.
    """
    if standing.obstacle:
        return str(texts(language)["incomparable"][standing.obstacle.value])
    if standing.benchmark is None or standing.period is None:
        return ""
    sentence = comparison_sentence(
        document,
        standing.comparison,
        standing.benchmark,
        name=_benchmark_name(document, standing, name, language),
        language=language,
        against=standing.against,
    )
    when = str(texts(language)["comparison"]["period"]).format(period=format_period(standing.period, language))
    return join(sentence, when if with_period else "")


def _benchmark_name(document: IndicatorDoc, standing: Standing, name: str, language: str) -> str:
    words = texts(language)["comparison"]
    if standing.against is Against.SIMILAR:
        return str(words["similar_name"]).format(areas=standing.areas)
    if standing.against is Against.TARGET and document.target:
        return str(words["target_name"]).format(period=format_period(document.target.by, language))
    return name


def fifth_sentence(document: IndicatorDoc, fifth: Fifth, language: str) -> str:
    """Say in which fifth of the areas a value lies, or why that is not said."""
    if fifth.obstacle:
        return str(texts(language)["incomparable"][fifth.obstacle.value])
    pattern = texts(language)["fifth"]["neutral" if document.polarity == "neutral" else "judged"]
    period = format_period(fifth.period, language)
    return str(pattern).format(number=fifth.number, areas=fifth.areas, period=period)


def trend_word(trend: Trend, language: str) -> str:
    """Return the direction in a word for tables: steigend, sinkend, gleichbleibend, unklar."""
    return str(texts(language)["trend_word"][trend.direction.value])


def status_word(status: Status, language: str) -> str:
    """Return the status in a few words for tables and screen readers."""
    return str(texts(language)["status"][status.value])
