"""Periods: what their text means, how they follow each other, which belongs to which."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialraum.periods import Frequency, is_period, parse_period, period_of


@pytest.mark.parametrize(
    ("text", "frequency", "first", "last", "year"),
    [
        ("2024", "year", "2024-01-01", "2024-12-31", 2024),
        ("2024/25", "school-year", "2024-08-01", "2025-07-31", 2024),
        ("1999/00", "school-year", "1999-08-01", "2000-07-31", 1999),
        ("2024-H1", "half-year", "2024-01-01", "2024-06-30", 2024),
        ("2024-H2", "half-year", "2024-07-01", "2024-12-31", 2024),
        ("2024-Q1", "quarter", "2024-01-01", "2024-03-31", 2024),
        ("2024-Q4", "quarter", "2024-10-01", "2024-12-31", 2024),
        ("2024-02", "month", "2024-02-01", "2024-02-29", 2024),
        ("2023-02", "month", "2023-02-01", "2023-02-28", 2023),
        ("2024-12", "month", "2024-12-01", "2024-12-31", 2024),
        ("2024-02-29", "date", "2024-02-29", "2024-02-29", 2024),
    ],
)
def test_the_text_of_a_period_means_its_days(text, frequency, first, last, year):
    period = parse_period(text)
    assert (period.frequency, period.year) == (frequency, year)
    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)
    assert str(period) == text


@pytest.mark.parametrize(
    "text",
    ["", "24", "20245", "2024-13", "2024-00", "2023-02-29", "2024-H3", "2024-Q0", "2024/26", "2024-1", "2024H1", "x"],
)
def test_what_is_no_period_is_refused(text):
    assert not is_period(text)
    with pytest.raises(ValueError):
        parse_period(text)


def test_the_refusal_says_what_to_write():
    with pytest.raises(ValueError, match="write 2024, 2024/25, 2024-H1, 2024-Q3, 2024-05 or 2024-12-31"):
        parse_period("24.12.2024")


def test_spaces_around_a_period_do_no_harm():
    assert parse_period(" 2024 ") == parse_period("2024")


@pytest.mark.parametrize(
    ("text", "steps", "earlier"),
    [
        ("2024", 1, "2023"),
        ("2024", 10, "2014"),
        ("2024/25", 1, "2023/24"),
        ("2000/01", 1, "1999/00"),
        ("2024-H1", 1, "2023-H2"),
        ("2024-Q1", 1, "2023-Q4"),
        ("2024-Q1", 5, "2022-Q4"),
        ("2024-01", 1, "2023-12"),
        ("2024-12-31", 1, "2023-12-31"),
        ("2024-02-29", 1, "2023-02-28"),
        ("2024-02-29", 4, "2020-02-29"),
        ("2024", 0, "2024"),
    ],
)
def test_the_period_some_steps_before(text, steps, earlier):
    assert parse_period(text).earlier(steps).text == earlier


def test_before_the_first_year_there_is_nothing():
    with pytest.raises(ValueError):
        parse_period("0001").earlier()


@pytest.mark.parametrize(
    ("outer", "inner", "contained"),
    [
        ("2024", "2024-H2", True),
        ("2024", "2024-12-31", True),
        ("2024-H1", "2024-Q2", True),
        ("2024", "2024", True),
        ("2024-H1", "2024-Q3", False),
        ("2024-H1", "2024", False),
        ("2024", "2024/25", False),
    ],
)
def test_a_period_contains_what_lies_wholly_inside(outer, inner, contained):
    assert parse_period(outer).contains(parse_period(inner)) == contained


def test_periods_are_ordered_by_their_last_day():
    texts = ["2024-H2", "2023", "2024-01", "2024", "2023/24", "2024-H1"]
    assert sorted(texts, key=parse_period) == ["2023", "2024-01", "2024-H1", "2023/24", "2024", "2024-H2"]


days = st.dates(date(2, 1, 1), date(9998, 12, 31))


@given(days, st.sampled_from(Frequency))
def test_every_day_lies_in_one_period_of_each_length(day, frequency):
    period = period_of(day, frequency)
    assert period.first <= day <= period.last
    assert parse_period(period.text) == period


@given(days, st.sampled_from([frequency for frequency in Frequency if frequency is not Frequency.DATE]))
def test_periods_of_one_length_follow_each_other_without_gap(day, frequency):
    period = period_of(day, frequency)
    assert period.earlier().last + timedelta(days=1) == period.first
    assert period_of(period.first - timedelta(days=1), frequency) == period.earlier()
