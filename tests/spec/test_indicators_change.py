"""Change and index: two periods of one series, never across a break."""

from __future__ import annotations

import pytest

from indicator_samples import check, indicator, m, protected, share
from sozialraum.errors import ProjectError
from sozialraum.indicators import break_before, break_between, breaks_of, compute

WHY = {"de": "Neue Zählung.", "en": "New counting."}


def change(**fields):
    return indicator(change={"of": m("people"), **fields})


def test_relative_change_is_in_percent_of_the_earlier_value():
    check(
        change(),
        """
        area | period | people | value | status     | numerator | denominator
        A    | 2023   | 100    |       | none       |           |
        A    | 2024   | 110    | 10    | ok         |           |
        B    | 2023   | 100    |       | none       |           |
        B    | 2024   | 100    | 0     | zero       |           |
        C    | 2023   | 0      |       | none       |           |
        C    | 2024   | 10     |       | undefined  |           |
        D    | 2023   | .      |       | none       |           |
        D    | 2024   | 10     |       | suppressed |           |
        E    | 2023   | 10     |       | none       |           |
        E    | 2024   | .      |       | suppressed |           |
        F    | 2024   | 10     |       | missing    |           |
        G    | 2023   | e100   |       | none       |           |
        G    | 2024   | 120    | 20    | estimated  |           |
        """,
    )


def test_plain_change_is_a_difference():
    check(
        indicator(unit="count", change={"of": m("people"), "relative": False}),
        """
        area | period | people | value | status
        A    | 2023   | 0      |       | none
        A    | 2024   | 10     | 10    | ok
        B    | 2023   | 30     |       | none
        B    | 2024   | 10     | -20   | ok
        """,
    )


def test_change_goes_back_several_periods():
    check(
        change(steps=2),
        """
        area | period | people | value | status
        A    | 2021   | 100    |       | none
        A    | 2022   | 90     |       | none
        A    | 2023   | 120    | 20    | ok
        A    | 2024   | 45     | -50   | ok
        """,
    )


def test_change_since_a_base_period_starts_after_it():
    check(
        change(base="2022"),
        """
        area | period | people | value | status
        A    | 2021   | 200    |       | none
        A    | 2022   | 100    |       | none
        A    | 2023   | 150    | 50    | ok
        A    | 2024   | 175    | 75    | ok
        """,
    )


def test_a_gap_leaves_no_change_behind_it():
    check(
        change(),
        """
        area | period | people | value | status
        A    | 2019   | 100    |       | none
        A    | 2020   | 120    | 20    | ok
        A    | 2023   | 150    |       | none
        A    | 2024   | 75     | -50   | ok
        """,
    )


def test_half_years_and_reference_dates_have_their_own_steps():
    check(
        change(),
        """
        area | period     | people | value | status
        A    | 2023-H2    | 100    |       | none
        A    | 2024-H1    | 110    | 10    | ok
        B    | 2022-12-31 | 100    |       | none
        B    | 2023-12-31 | 120    | 20    | ok
        """,
    )


def test_change_of_an_indicator_in_percent_is_in_percentage_points():
    check(
        indicator(unit="percentage_points", change={"indicator": "poor", "relative": False}),
        """
        area | period | poor | children | value | status
        A    | 2023   | 10   | 100      |       | none
        A    | 2024   | 15   | 100      | 5     | ok
        B    | 2023   | 10   | 100      |       | none
        B    | 2024   | .    | 100      |       | suppressed
        C    | 2023   | 0    | 0        |       | none
        C    | 2024   | 10   | 100      |       | undefined
        """,
        {"poor": share()},
    )


def test_change_of_a_change():
    check(
        indicator(unit="percentage_points", change={"indicator": "growth", "relative": False}),
        """
        area | period | people | value | status
        A    | 2022   | 100    |       | none
        A    | 2023   | 110    |       | none
        A    | 2024   | 132    | 10    | ok
        """,
        {"growth": change()},
    )


def test_index_is_100_in_its_base_period():
    check(
        indicator(unit="index", index={"of": m("people"), "base": "2022"}),
        """
        area | period | people | value | status
        A    | 2021   | 50     | 50    | ok
        A    | 2022   | 100    | 100   | ok
        A    | 2023   | 150    | 150   | ok
        B    | 2022   | 0      |       | undefined
        B    | 2023   | 10     |       | undefined
        C    | 2023   | 10     |       | missing
        """,
    )


def test_index_of_an_indicator():
    check(
        indicator(unit="index", index={"indicator": "poor", "base": "2023"}),
        """
        area | period | poor | children | value | status
        A    | 2023   | 10   | 100      | 100   | ok
        A    | 2024   | 5    | 100      | 50    | ok
        """,
        {"poor": share()},
    )


def test_no_change_crosses_a_break():
    check(
        change(),
        """
        area | period | people | value | status
        A    | 2020   | 100    |       | none
        A    | 2021   | 110    | 10    | ok
        A    | 2022   | 121    | 10    | ok
        """,
    )
    check(
        indicator(change={"of": m("people")}, breaks=[{"period": "2022", "why": WHY}]),
        """
        area | period | people | value | status
        A    | 2020   | 100    |       | none
        A    | 2021   | 110    | 10    | ok
        A    | 2022   | 121    |       | undefined
        A    | 2023   | 242    | 100   | ok
        B    | 2021   | .      |       | suppressed
        B    | 2022   | 121    |       | suppressed
        """,
    )


def test_a_change_takes_over_the_breaks_of_its_subject():
    poor = share(breaks=[{"period": "2024", "why": WHY}])
    growth = indicator(unit="percentage_points", change={"indicator": "poor", "relative": False})
    check(
        growth,
        """
        area | period | poor | children | value | status
        A    | 2022   | 10   | 100      |       | none
        A    | 2023   | 12   | 100      | 2     | ok
        A    | 2024   | 15   | 100      |       | undefined
        """,
        {"poor": poor},
    )
    both = {"poor": poor, "growth": growth}
    assert [found.period for found in breaks_of("growth", both)] == ["2024"]
    assert break_before("growth", both, "2024") is poor.breaks[0]
    assert break_before("growth", both, "2023") is None
    assert break_before("poor", both, "2024") is None


@pytest.mark.parametrize(
    ("broken", "earlier", "later", "crossed"),
    [
        ("2022", "2021", "2022", True),
        ("2022", "2020", "2023", True),
        ("2022", "2022", "2023", False),
        ("2022", "2020", "2021", False),
        ("2022-05-15", "2021", "2022", True),
        ("2022-05-15", "2022", "2023", False),
        ("2022", "2021-12-31", "2022-12-31", True),
        ("2022", "2021-H2", "2022-H1", True),
        ("2022", "2022-H1", "2022-H2", False),
    ],
)
def test_a_break_belongs_to_the_first_period_that_ends_after_it_begins(broken, earlier, later, crossed):
    found = share(breaks=[{"period": broken, "why": WHY}]).breaks
    assert (break_between(found, earlier, later) is not None) == crossed


def test_of_two_breaks_the_first_is_named():
    found = share(breaks=[{"period": "2023", "why": WHY}, {"period": "2021", "why": WHY}]).breaks
    assert break_between(found, "2019", "2024").period == "2021"


def test_earlier_periods_still_serve_as_the_base_of_a_change():
    table = protected("area | period | people\nA | 2022 | 100\nA | 2023 | 110\nA | 2024 | 121")
    values = compute({"growth": change()}, table, first_period="2023")
    assert values.select("period", "status").rows() == [("2023", "ok"), ("2024", "ok")]


def test_periods_before_the_first_are_left_out_whatever_their_length():
    table = protected("area | period | people\nA | 2022-H2 | 1\nA | 2023-H1 | 1\nA | 2022-12-31 | 1\nA | 2023 | 1")
    values = compute({"people": indicator(unit="count", count={"of": m("people")})}, table, first_period="2023")
    assert values["period"].to_list() == ["2023", "2023-H1"]


def test_circular_indicators_are_refused_with_their_names():
    growth = indicator(unit="percentage_points", change={"indicator": "speed", "relative": False})
    speed = indicator(unit="percentage_points", change={"indicator": "growth", "relative": False})
    with pytest.raises(ProjectError, match="circular: growth -> speed -> growth"):
        compute({"growth": growth, "speed": speed}, protected("area | period | people\nA | 2022 | 100"))


def test_a_change_of_an_indicator_that_is_not_there_is_left_out():
    growth = indicator(unit="percentage_points", change={"indicator": "poor", "relative": False})
    assert compute({"growth": growth}, protected("area | period | people\nA | 2022 | 100")).is_empty()
