"""The population pyramid of an area's profile: drawn and as a table, where a release tells age by sex."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import polars as pl
from django.utils.safestring import SafeString

from sozialraum.catalogue import SourceDoc
from sozialraum.periods import parse_period
from sozialraum.publishing.charts import NARROW, AgeGroup, PyramidChart, age_groups, render
from sozialraum.publishing.words import ages_words
from sozialraum.tables import Value
from sozialraum.web.atlas.release import Area, Atlas
from sozialraum.web.portal.numbers import language, period_words
from sozialraum.web.portal.origin import source_line

AGE_BY_SEX = pl.col("where").str.contains(r"^age=[^;]+;sex=(fe)?male$") & (pl.col("universe") == "persons")
"""Rows of counts that say how many men or women of an age group there are."""


@dataclass(frozen=True, slots=True)
class PyramidView:
    """A population pyramid.

    Attributes:
        period: the period in words.
        wide: the SVG for wide pages.
        narrow: the SVG for phones.
        legend: what lengths and hatching mean.
        source: who delivered the numbers, and the release.
        rows: age group in words, men, women; the oldest first, as drawn.
    """

    period: str
    wide: SafeString
    narrow: SafeString
    legend: str
    source: str
    rows: tuple[tuple[str, Value, Value], ...]


def pyramid(atlas: Atlas, area: Area, day: date | None = None) -> PyramidView | None:
    """Return the latest pyramid of an area, of those whose period ended by ``day``; None where the release has none."""
    for period in _periods(atlas, area, day):
        groups = age_groups(atlas.package.counts, area_system=area.system, area=area.code, period=period)
        if any(value.value is not None for group in groups for value in (group.men, group.women)):
            return _view(atlas, PyramidChart(area.name, period, groups, language()))
    return None


def _periods(atlas: Atlas, area: Area, day: date | None) -> list[str]:
    """Return the periods with counts by age and sex, the latest first."""
    here = (pl.col("area_system") == area.system) & (pl.col("area") == area.code)
    rows = atlas.keep("age by sex", lambda: atlas.package.counts.frame.filter(AGE_BY_SEX)).filter(here)
    periods = [parse_period(text) for text in rows["period"].unique()]
    return [period.text for period in sorted(periods, reverse=True) if day is None or period.last <= day]


def _view(atlas: Atlas, chart: PyramidChart) -> PyramidView:
    wide, narrow = render(chart), render(replace(chart, width=NARROW))
    return PyramidView(
        period=period_words(chart.period),
        wide=SafeString(wide.svg),
        narrow=SafeString(narrow.svg),
        legend=wide.telling.legend,
        source=source_line(atlas, _sources(atlas)),
        rows=tuple(_row(group) for group in reversed(chart.groups)),
    )


def _row(group: AgeGroup) -> tuple[str, Value, Value]:
    return ages_words(group, language()), group.men, group.women


def _sources(atlas: Atlas) -> list[SourceDoc]:
    names = atlas.package.origins.filter(AGE_BY_SEX)["source"].unique().sort()
    return [atlas.sources[name] for name in names if name in atlas.sources]
