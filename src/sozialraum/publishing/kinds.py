"""The kinds of charts, each a frozen question: what is shown, in which language, how wide.

Equal questions have equal pictures, byte for byte.
"""

from __future__ import annotations

from dataclasses import dataclass

from sozialraum.catalogue import IndicatorDoc
from sozialraum.catalogue.indicator import Break
from sozialraum.publishing.theme import WIDE
from sozialraum.tables import Value

Points = tuple[tuple[str, Value], ...]
"""Texts of periods with their values, the earliest first; every period of the chart, told or not."""

Named = tuple[str, Value]
"""The name of an area and its value."""


@dataclass(frozen=True, slots=True)
class Line:
    """A name and its values over periods."""

    name: str
    points: Points


@dataclass(frozen=True, slots=True)
class SeriesChart:
    """One line over periods with its interval, and a benchmark.

    Attributes:
        document: the indicator: title, unit, decimals.
        line: what is shown.
        benchmark: what it is compared with, the whole city for example.
        breaks: from where on the series starts anew (see :func:`sozialraum.indicators.breaks_of`).
        language: ``de`` or ``en``.
        width: in pixels; :data:`~sozialraum.publishing.theme.WIDE` or ``NARROW``.
    """

    document: IndicatorDoc
    line: Line
    benchmark: Line | None = None
    breaks: tuple[Break, ...] = ()
    language: str = "de"
    width: int = WIDE


@dataclass(frozen=True, slots=True)
class MultiplesChart:
    """Small lines of many areas on one scale, each with the benchmark behind it. Attributes as in SeriesChart."""

    document: IndicatorDoc
    lines: tuple[Line, ...]
    benchmark: Line | None = None
    breaks: tuple[Break, ...] = ()
    language: str = "de"
    width: int = WIDE


@dataclass(frozen=True, slots=True)
class BarsChart:
    """Areas of one period ordered by value, with intervals and a benchmark.

    Attributes:
        document: the indicator.
        period: text of the period.
        bars: areas and values in any order.
        benchmark: name and value of what they are compared with; None for plain counts, whose sum is no yardstick.
        here: name of the area that the reader came for.
        language: ``de`` or ``en``.
        width: in pixels.
    """

    document: IndicatorDoc
    period: str
    bars: tuple[Named, ...]
    benchmark: Named | None = None
    here: str | None = None
    language: str = "de"
    width: int = WIDE


@dataclass(frozen=True, slots=True)
class HistogramChart:
    """How many areas have a value from here to there. Attributes as in BarsChart."""

    document: IndicatorDoc
    period: str
    bars: tuple[Named, ...]
    benchmark: Named | None = None
    here: str | None = None
    language: str = "de"
    width: int = WIDE


@dataclass(frozen=True, slots=True)
class ScatterChart:
    """Two indicators of the same areas and period against each other, with the line of least squares.

    Attributes:
        across: the indicator on the horizontal axis.
        up: the indicator on the vertical axis.
        period: text of the period.
        dots: area, value across, value up.
        here: name of the area that the reader came for.
        language: ``de`` or ``en``.
        width: in pixels.
    """

    across: IndicatorDoc
    up: IndicatorDoc
    period: str
    dots: tuple[tuple[str, Value, Value], ...]
    here: str | None = None
    language: str = "de"
    width: int = WIDE


@dataclass(frozen=True, slots=True)
class AgeGroup:
    """Men and women of an age group.

    Attributes:
        low: the youngest age in years.
        high: the oldest age, None where the group is open (``80+``).
        men: how many men.
        women: how many women.
    """

    low: int
    high: int | None
    men: Value
    women: Value


@dataclass(frozen=True, slots=True)
class PyramidChart:
    """The inhabitants of an area by age and sex.

    Attributes:
        area: name of the area.
        period: text of the period.
        groups: age groups that follow each other, the youngest first.
        language: ``de`` or ``en``.
        width: in pixels.
    """

    area: str
    period: str
    groups: tuple[AgeGroup, ...]
    language: str = "de"
    width: int = WIDE


Chart = SeriesChart | MultiplesChart | BarsChart | HistogramChart | ScatterChart | PyramidChart
