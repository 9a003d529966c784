"""What pictures say in words: title, summary for those who do not see them, legend as sentences below them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from sozialraum.catalogue import IndicatorDoc
from sozialraum.catalogue.indicator import Break
from sozialraum.indicators import break_between, format_number, format_period, format_value, status_word, with_unit
from sozialraum.publishing.drawing.bars import differs, ranked
from sozialraum.publishing.drawing.histogram import bins_of
from sozialraum.publishing.drawing.multiples import multiples_axis
from sozialraum.publishing.drawing.parts import number_axis, title_of
from sozialraum.publishing.drawing.pyramid import uneven
from sozialraum.publishing.drawing.scatter import dots_of, regression
from sozialraum.publishing.drawing.series import numbers_of
from sozialraum.publishing.kinds import (
    BarsChart,
    HistogramChart,
    Line,
    MultiplesChart,
    Named,
    PyramidChart,
    ScatterChart,
    SeriesChart,
)
from sozialraum.publishing.svg import Telling
from sozialraum.publishing.words import ages_words, enumerate_words, sentences, words
from sozialraum.tables import Status, Value

_SIGNS = (Status.SUPPRESSED, Status.MISSING, Status.UNDEFINED)


def tell_series(chart: SeriesChart) -> Telling:
    """Say what a series shows: first, last, lowest, highest, what is not known, what the benchmark did."""
    table = _table(chart.language)
    title = f"{chart.document.title.get(chart.language)}, {chart.line.name}"
    shown = [chart.line, *([chart.benchmark] if chart.benchmark else [])]
    numbers = numbers_of(shown)
    low = number_axis(chart.document, numbers, chart.language, steps=4).low
    has_band = any(value.lower is not None for _, value in chart.line.points)
    legend = sentences(
        [
            str(table["series"]).format(name=chart.line.name),
            str(table["series_benchmark"]).format(name=chart.benchmark.name) if chart.benchmark else "",
            str(table["band"]) if has_band else "",
            _signs_legend((value for _, value in chart.line.points), chart.language, "square"),
            _hollow_legend((value for _, value in chart.line.points), chart.language),
            _breaks_legend(chart.line, chart.breaks, chart.language),
            str(table["not_from_zero"]) if numbers and low > 0 else "",
        ]
    )
    return Telling(title, sentences(_line_summary(chart.document, line, chart.language) for line in shown), legend)


def _line_summary(document: IndicatorDoc, line: Line, language: str) -> str:
    table = _table(language)
    told = [(period, value) for period, value in line.points if value.value is not None]
    silent = [(format_period(period, language), value) for period, value in line.points if value.value is None]
    if not told:
        return f"{str(table['no_numbers']).format(name=line.name)} {_silent_summary(silent, language)}".strip()
    ends = [_dated(document, point, language) for point in (told[0], told[-1])]
    extremes = [
        _dated(document, choose(told, key=lambda point: point[1].value or 0.0), language) for choose in (min, max)
    ]
    key = "one_number" if len(told) == 1 else "line"
    sentence = str(table[key]).format(
        name=line.name, first=ends[0], last=ends[1], lowest=extremes[0], highest=extremes[1]
    )
    return sentences([sentence, _silent_summary(silent, language)])


def _dated(document: IndicatorDoc, point: tuple[str, Value], language: str) -> str:
    return f"{format_value(document, point[1], language)} ({format_period(point[0], language)})"


def tell_multiples(chart: MultiplesChart) -> Telling:
    """Say what small multiples show: of each area its first and last number."""
    table = _table(chart.language)
    axis = multiples_axis(chart)
    values = [value for line in chart.lines for _, value in line.points]
    legend = sentences(
        [
            str(table["multiples"]).format(
                low=format_number(axis.low, 0 if axis.low.is_integer() else chart.document.decimals, chart.language),
                high=_written(chart.document, axis.high, chart.language),
            ),
            str(table["multiples_benchmark"]).format(name=chart.benchmark.name) if chart.benchmark else "",
            _signs_legend(values, chart.language, "square"),
            _breaks_legend(chart.lines[0], chart.breaks, chart.language) if chart.lines else "",
        ]
    )
    summary = sentences(_line_summary(chart.document, line, chart.language) for line in chart.lines)
    return Telling(title_of(chart.document, chart.language), summary, legend)


def tell_bars(chart: BarsChart) -> Telling:
    """Say what ranked bars show: every area with its number, the highest first."""
    table = _table(chart.language)
    rows = ranked(chart.bars)
    items = "; ".join(f"{name}: {_value_words(chart.document, value, chart.language)}" for name, value in rows)
    values = [value for _, value in chart.bars]
    clear = any(differs(chart, value) for value in values)
    legend = sentences(
        [
            str(table["bars_benchmark"]).format(name=chart.benchmark[0]) if chart.benchmark else "",
            str(table["bars_differ"]) if clear else "",
            str(table["whisker"]) if any(value.lower is not None for value in values) else "",
            str(table["zero"]) if any(value.value == 0 for value in values) else "",
            _signs_legend(values, chart.language, "square"),
            str(table["parentheses"]) if any(value.status is Status.UNRELIABLE for value in values) else "",
        ]
    )
    summary = sentences([f"{items}." if items else "", _benchmark_summary(chart)])
    return Telling(title_of(chart.document, chart.language, chart.period), summary, legend)


def tell_histogram(chart: HistogramChart) -> Telling:
    """Say what a distribution shows: how many areas lie in each step."""
    table = _table(chart.language)
    steps = [
        str(table["step_summary"]).format(
            low=_written(chart.document, found.low, chart.language),
            high=_written(chart.document, found.high, chart.language),
            count=format_number(len(found.areas), 0, chart.language),
        )
        for found in bins_of(chart)
        if found.areas
    ]
    values = [value for _, value in chart.bars]
    legend = sentences(
        [
            str(table["histogram"]),
            str(table["histogram_here"]).format(name=chart.here) if chart.here in dict(chart.bars) else "",
            str(table["bars_benchmark"]).format(name=chart.benchmark[0]) if chart.benchmark else "",
            _signs_legend(values, chart.language, "column"),
        ]
    )
    silent = [(name, value) for name, value in chart.bars if value.value is None]
    summary = sentences(
        [f"{'; '.join(steps)}." if steps else "", _silent_summary(silent, chart.language), _benchmark_summary(chart)]
    )
    return Telling(title_of(chart.document, chart.language, chart.period), summary, legend)


def tell_scatter(chart: ScatterChart) -> Telling:
    """Say how two indicators go together, and that this names no cause."""
    table = _table(chart.language)
    dots = dots_of(chart)
    fit = regression([(dot.x, dot.y) for dot in dots])
    left_out = len(chart.dots) - len(dots)
    across, up = (document.title.get(chart.language) for document in (chart.across, chart.up))
    title = str(table["scatter_title"]).format(across=across, up=up, period=format_period(chart.period, chart.language))
    together = str(table["fit"]).format(r=format_number(fit.r, 2, chart.language)) if fit else ""
    legend = sentences(
        [
            str(table["scatter"]),
            together,
            str(table["no_cause"]) if fit else "",
            str(table["hollow"]).format(what=status_word(Status.UNRELIABLE, chart.language))
            if any(dot.doubtful for dot in dots)
            else "",
            str(table["left_out"]).format(count=format_number(left_out, 0, chart.language)) if left_out else "",
        ]
    )
    return Telling(title, sentences([together, *(f"{dot.told}." for dot in dots)]), legend)


def tell_pyramid(chart: PyramidChart) -> Telling:
    """Say what a population pyramid shows: men and women of each age group."""
    table, names = _table(chart.language), words(chart.language)["pyramid"]
    title = str(table["pyramid_title"]).format(name=chart.area, period=format_period(chart.period, chart.language))
    groups = []
    for group in chart.groups:
        ages = ages_words(group, chart.language)
        men, women = (_count_words(value, chart.language) for value in (group.men, group.women))
        groups.append(f"{ages}: {names['men']} {men}, {names['women']} {women}.")
    values = [value for group in chart.groups for value in (group.men, group.women)]
    legend = sentences(
        [
            str(table["pyramid_uneven" if uneven(chart) else "pyramid"]),
            _signs_legend(values, chart.language, "square"),
        ]
    )
    return Telling(title, sentences(groups), legend)


def _table(language: str) -> Mapping[str, Any]:
    table: Mapping[str, Any] = words(language)["telling"]
    return table


def _written(document: IndicatorDoc, number: float, language: str) -> str:
    return with_unit(format_number(number, document.decimals, language), document.unit, language)


def _value_words(document: IndicatorDoc, value: Value, language: str) -> str:
    """Write a value in words that can be heard: not ``•`` but what it means."""
    return status_word(value.status, language) if value.value is None else format_value(document, value, language)


def _count_words(value: Value, language: str) -> str:
    return status_word(value.status, language) if value.value is None else format_number(value.value, 0, language)


def _benchmark_summary(chart: BarsChart | HistogramChart) -> str:
    if chart.benchmark is None:
        return ""
    name, value = chart.benchmark
    return f"{name}: {_value_words(chart.document, value, chart.language)}."


def _silent_summary(silent: Iterable[Named], language: str) -> str:
    """Say for which periods or areas there is no number, and of which kind of nothing."""
    found = list(silent)
    parts = []
    for status in _SIGNS:
        names = [name for name, value in found if value.status is status]
        if names:
            parts.append(f"{enumerate_words(names, language)}: {status_word(status, language)}.")
    return sentences(parts)


def _signs_legend(values: Iterable[Value], language: str, shape: str) -> str:
    """Say what hatched and dashed squares (or columns) mean, where there are any."""
    table = _table(language)
    found = {value.status for value in values}
    hatched = str(table[f"hatched_{shape}"]).format(what=status_word(Status.SUPPRESSED, language))
    empty = [status_word(status, language) for status in _SIGNS[1:] if status in found]
    dashed = str(table[f"dashed_{shape}"]).format(what=str(table["or"]).join(empty))
    return sentences([hatched if Status.SUPPRESSED in found else "", dashed if empty else ""])


def _hollow_legend(values: Iterable[Value], language: str) -> str:
    kinds = (Status.UNRELIABLE, Status.ESTIMATED, Status.PROVISIONAL)
    found = {value.status for value in values}
    what = [status_word(status, language) for status in kinds if status in found]
    table = _table(language)
    return str(table["hollow"]).format(what=str(table["or"]).join(what)) if what else ""


def _breaks_legend(line: Line, breaks: tuple[Break, ...], language: str) -> str:
    """Say from when on the series starts anew, and why."""
    periods = [period for period, _ in line.points]
    crossed = [
        (later, found) for earlier, later in pairwise(periods) if (found := break_between(breaks, earlier, later))
    ]
    return sentences(
        str(_table(language)["break"]).format(period=format_period(period, language), why=found.why.get(language))
        for period, found in crossed
    )
