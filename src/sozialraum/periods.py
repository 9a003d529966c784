"""Periods: years, school years, half-years, quarters, months and reference dates.

A period is written as SDMX writes it (``2024``, ``2024-H1``, ``2024-Q3``, ``2024-05``, ``2024-12-31``); a school
year is ``2024/25``. The text is the identity: tables hold the text, this module gives it meaning.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache


class Frequency(StrEnum):
    """How long a period is. A reference date has no length."""

    YEAR = "year"
    SCHOOL_YEAR = "school-year"
    HALF_YEAR = "half-year"
    QUARTER = "quarter"
    MONTH = "month"
    DATE = "date"


def calendar_day() -> date:
    """Return today's date where the office is: releases, reviews and retention go by its calendar."""
    return date.today()  # noqa: DTZ011 - the office's calendar day, not a moment in time


MONTHS = {
    Frequency.YEAR: 12,
    Frequency.SCHOOL_YEAR: 12,
    Frequency.HALF_YEAR: 6,
    Frequency.QUARTER: 3,
    Frequency.MONTH: 1,
}

_PATTERNS = (
    (Frequency.YEAR, re.compile(r"(\d{4})")),
    (Frequency.SCHOOL_YEAR, re.compile(r"(\d{4})/(\d{2})")),
    (Frequency.HALF_YEAR, re.compile(r"(\d{4})-H([12])")),
    (Frequency.QUARTER, re.compile(r"(\d{4})-Q([1-4])")),
    (Frequency.MONTH, re.compile(r"(\d{4})-(\d{2})")),
    (Frequency.DATE, re.compile(r"(\d{4})-(\d{2})-(\d{2})")),
)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A stretch of time, or one day; ordered by its last day, then by its first.

    Build one with :func:`parse_period`.
    """

    last: date
    first: date
    text: str = field(compare=False)
    frequency: Frequency = field(compare=False)

    def __str__(self) -> str:
        return self.text

    @property
    def year(self) -> int:
        """The calendar year in which the period ends; for a school year the one in which it starts."""
        return self.first.year if self.frequency is Frequency.SCHOOL_YEAR else self.last.year

    def contains(self, other: Period) -> bool:
        """Tell whether ``other`` lies wholly inside this period."""
        return self.first <= other.first and other.last <= self.last

    def earlier(self, steps: int = 1) -> Period:
        """Return the period of the same length ``steps`` before this one (a reference date: years before).

        Raises:
            ValueError: the period would start before the year 1.
        """
        if self.frequency is Frequency.DATE:
            year = self.last.year - steps
            day = min(self.last.day, calendar.monthrange(year, self.last.month)[1])
            return parse_period(date(year, self.last.month, day).isoformat())
        index = self.first.year * 12 + self.first.month - 1 - steps * MONTHS[self.frequency]
        return period_of(date(index // 12, index % 12 + 1, 1), self.frequency)


@lru_cache(maxsize=4096)
def parse_period(text: str) -> Period:
    """Read a period from its text.

    Raises:
        ValueError: the text is no period; the message lists what is.
    """
    for frequency, pattern in _PATTERNS:
        if found := pattern.fullmatch(text.strip()):
            try:
                return _make(frequency, *(int(part) for part in found.groups()))
            except ValueError as error:  # a month 13, a 30 February
                raise ValueError(f"{text!r} is no period: {error}") from None
    raise ValueError(f"{text!r} is no period; write 2024, 2024/25, 2024-H1, 2024-Q3, 2024-05 or 2024-12-31")


def is_period(text: str) -> bool:
    """Tell whether a text is a period."""
    try:
        parse_period(text)
    except ValueError:
        return False
    return True


def since(first: str, periods: Iterable[str]) -> list[str]:
    """Return those of several periods that do not lie wholly before ``first``."""
    begins = parse_period(first).first
    return [text for text in periods if parse_period(text).last >= begins]


def period_of(day: date, frequency: Frequency) -> Period:
    """Return the period of the given frequency that contains ``day`` (school years start on 1 August)."""
    match frequency:
        case Frequency.YEAR:
            return _make(frequency, day.year)
        case Frequency.SCHOOL_YEAR:
            start = day.year if day.month >= 8 else day.year - 1
            return _make(frequency, start, (start + 1) % 100)
        case Frequency.HALF_YEAR:
            return _make(frequency, day.year, (day.month - 1) // 6 + 1)
        case Frequency.QUARTER:
            return _make(frequency, day.year, (day.month - 1) // 3 + 1)
        case Frequency.MONTH:
            return _make(frequency, day.year, day.month)
    return _make(frequency, day.year, day.month, day.day)


def _make(frequency: Frequency, year: int, part: int = 0, day: int = 0) -> Period:
    match frequency:
        case Frequency.YEAR:
            return _span(f"{year:04}", frequency, date(year, 1, 1))
        case Frequency.SCHOOL_YEAR:
            if part != (year + 1) % 100:
                raise ValueError(f"the school year {year}/{part:02} does not end in the year after it starts")
            return _span(f"{year:04}/{part:02}", frequency, date(year, 8, 1))
        case Frequency.HALF_YEAR:
            return _span(f"{year:04}-H{part}", frequency, date(year, 6 * part - 5, 1))
        case Frequency.QUARTER:
            return _span(f"{year:04}-Q{part}", frequency, date(year, 3 * part - 2, 1))
        case Frequency.MONTH:
            return _span(f"{year:04}-{part:02}", frequency, date(year, part, 1))
    moment = date(year, part, day)
    return Period(moment, moment, moment.isoformat(), frequency)


def _span(text: str, frequency: Frequency, first: date) -> Period:
    index = first.year * 12 + first.month - 1 + MONTHS[frequency]
    last = date(index // 12, index % 12 + 1, 1) - timedelta(days=1)
    return Period(last, first, text, frequency)
