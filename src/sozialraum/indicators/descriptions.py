"""Formulas in words: what stands on top of the fraction and what below, from the names of universes and codes."""

from __future__ import annotations

from collections.abc import Mapping

from sozialraum.catalogue import CodeListDoc, IndicatorDoc, Measure, parse_interval, split_codes
from sozialraum.catalogue.codes import OPEN_END
from sozialraum.catalogue.measures import FIGURE
from sozialraum.indicators.language import texts


def numerator_text(document: IndicatorDoc, codes: Mapping[str, CodeListDoc], language: str) -> str:
    """Say what is counted: ``Einwohner*innen (Alter: 0 bis 14 Jahre; Grundsicherung (SGB II): ja)``."""
    words = texts(language)["measure"]
    added = _sum(document.numerator, codes, language)
    taken = _sum(document.subtracted, codes, language)
    if len(document.subtracted) > 1:
        taken = f"({taken})"
    return f"{added}{words['minus']}{taken}" if taken else added


def denominator_text(document: IndicatorDoc, codes: Mapping[str, CodeListDoc], language: str) -> str:
    """Say what it is divided by; empty where there is nothing."""
    return _sum(document.denominator, codes, language)


def measure_text(measure: Measure, codes: Mapping[str, CodeListDoc], language: str) -> str:
    """Say in words what a measure counts or sums."""
    words = texts(language)["measure"]
    universe = _universe(measure, language)
    filters = [
        str(words["filter"]).format(dimension=_title(name, codes, language), codes=_codes(name, value, codes, language))
        for name, value in measure.where
    ]
    return str(words["filtered"]).format(universe=universe, filters="; ".join(filters)) if filters else universe


def _sum(measures: tuple[Measure, ...], codes: Mapping[str, CodeListDoc], language: str) -> str:
    plus = str(texts(language)["measure"]["plus"])
    return plus.join(measure_text(measure, codes, language) for measure in measures)


def _universe(measure: Measure, language: str) -> str:
    """Return the name of what is counted or summed; the identifier where a city counts what has no name here."""
    words = texts(language)
    if measure.universe.startswith(f"{FIGURE}."):
        return str(words["measure"]["figure"]).format(name=measure.universe.removeprefix(f"{FIGURE}."))
    if measure.base:
        name, standard = str(words["tallies"][measure.amount]), measure.statistic.partition("/")[0]
        return name.format(units=_universe(Measure(measure.units), language), standard=standard)
    if measure.statistic:
        key = measure.statistic if measure.statistic in words["tallies"] else "quantile"
        percent = round(100 * (measure.at or 0))
        amount = str(words["tallied"].get(f"{measure.units}.{measure.amount}", measure.amount))
        return str(words["tallies"][key]).format(
            amount=amount, units=_universe(Measure(measure.units), language), at=percent
        )
    table = words["universes"] if measure.counts_units else words["amounts"]
    return str(table.get(measure.universe, measure.universe))


def _title(dimension: str, codes: Mapping[str, CodeListDoc], language: str) -> str:
    return codes[dimension].title.get(language) if dimension in codes else dimension


def _codes(dimension: str, joined: str, codes: Mapping[str, CodeListDoc], language: str) -> str:
    written = [_code(dimension, code, codes, language) for code in split_codes(joined)]
    return str(texts(language)["measure"]["or"]).join(written)


def _code(dimension: str, code: str, codes: Mapping[str, CodeListDoc], language: str) -> str:
    document = codes.get(dimension)
    if document is None:
        return code
    if document.kind == "interval":
        return _interval(code, document, language)
    if code in document.groups:
        return _codes(dimension, document.groups[code], codes, language)
    return document.codes[code].get(language) if code in document.codes else code


def _interval(code: str, document: CodeListDoc, language: str) -> str:
    words, interval = texts(language)["measure"], parse_interval(code)
    unit = document.unit.get(language) if document.unit else ""
    last = interval.high - 1
    key = "open" if interval.high == OPEN_END else "single" if last == interval.low else "range"
    return str(words[key]).format(low=interval.low, high=last, unit=unit).strip()
