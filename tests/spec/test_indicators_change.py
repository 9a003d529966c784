"""Change and index: two periods of one series, never across a break."""

from __future__ import annotations

import pytest
from method_tables import rows

from indicator_samples import check, indicator, m, protected, share
from sozialraum.errors import ProjectError
from sozialraum.indicators import break_before, break_between, breaks_of, compute

WHY = {"de": "Neue Zählung.", "en": "New counting."}


def change(**fields):
    return indicator(change={"of": m("people"), **fields})


FORMULAS = {
    "change": indicator(change={"of": m("people")}),
    "difference": indicator(unit="count", change={"of": m("people"), "relative": False}),
    "change, 2 steps": indicator(change={"of": m("people"), "steps": 2}),
    "change since 2022": indicator(change={"of": m("people"), "base": "2022"}),
    "index 2022": indicator(unit="index", index={"of": m("people"), "base": "2022"}),
}
SIGNS = {"suppressed": ".", "undefined": "x", "estimated": "e", "ok": "", "zero": ""}


def series(cell: str) -> dict[str, str]:
    return dict(period.split("=") for period in cell.split())


def sign(row):
    number = "" if row["value"] is None else f"{round(row['value'], 6):g}"
    return SIGNS[row["status"]] + number


def test_a_series_and_what_comes_out():
    for row in rows("change", "series"):
        lines = [f"A | {period} | {count}" for period, count in series(row["counts"]).items()]
        others = [f"B | {period} | {turn}" for turn, period in enumerate(series(row["counts"]), 1)]  # always has values
        table = protected("\n".join(["area | period | people", *lines, *others]))
        found = compute({"this": FORMULAS[row["formula"]]}, table).filter(area="A").rows(named=True)
        assert {each["period"]: sign(each) for each in found} == series(row["told"]), row
        assert all(each["numerator"] is each["denominator"] is None for each in found)


def test_an_area_without_the_earlier_period_is_missing():
    check(
        change(),
        """
        area | period | people | value | status
        A    | 2023   | 100    |       | none
        A    | 2024   | 110    | 10    | ok
        B    | 2024   | 10     |       | missing
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


def test_an_area_without_the_base_period_has_no_index():
    check(
        indicator(unit="index", index={"of": m("people"), "base": "2022"}),
        """
        area | period | people | value | status
        A    | 2022   | 100    | 100   | ok
        A    | 2023   | 150    | 150   | ok
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


def test_a_break_belongs_to_the_first_period_that_ends_after_it_begins():
    for row in rows("change", "breaks"):
        found = share(breaks=[{"period": row["break"], "why": WHY}]).breaks
        crossed = break_between(found, row["earlier"], row["later"]) is not None
        assert crossed == {"yes": True, "no": False}[row["crossed"]], row


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
