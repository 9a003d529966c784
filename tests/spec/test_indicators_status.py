"""Every value has a status: suppressed is not zero is not missing, and no hidden count shows through."""

from __future__ import annotations

import polars as pl
import pytest
from method_tables import rows

from indicator_samples import as_areas, check, indicator, m, protected, share
from sozialraum.indicators import compute
from sozialraum.tables import VALUE_KEY, VALUE_SCHEMA


def test_a_value_takes_over_the_gravest_status_of_its_counts():
    check(share(interval="wilson"), as_areas(rows("status", "gravest")))


def test_what_the_base_decides():
    several = rows("status", "base")
    for smallest in {row["smallest base"] for row in several}:
        mine = [row for row in several if row["smallest base"] == smallest]
        check(share(interval="wilson", minimum_base=int(smallest)), as_areas(mine))


def test_one_hidden_count_hides_the_sum():
    check(
        indicator(share={"of": [m("poor"), m("asylum")], "in": m("children")}),
        """
        area | period | poor | asylum | children | value | status     | numerator | denominator
        A    | 2024   | 12   | .      | 100      |       | suppressed |           | 100
        B    | 2024   | .    | .      | 100      |       | suppressed |           | 100
        C    | 2024   | 12   |        | 100      |       | missing    |           | 100
        D    | 2024   | .    |        | 100      |       | suppressed |           | 100
        E    | 2024   | 12   | 3      | 100      | 15    | ok         | 15        | 100
        """,
    )


def test_the_sum_of_a_mean_is_hidden_with_its_base():
    check(
        indicator(unit="euro", mean={"of": m("income"), "in": m("taxpayers")}),
        """
        area | period | income | taxpayers | value | status     | numerator | denominator
        A    | 2021   | 90000  | .         |       | suppressed |           |
        B    | 2021   | 90000  | 3         | 30000 | ok         | 90000     | 3
        """,
    )


def test_a_base_of_another_period_does_not_serve():
    check(
        share(),
        """
        area | period | poor | children | value | status
        A    | 2023   |      | 100      |       | none
        A    | 2024   | 12   |          |       | missing
        B    | 2024   | 10   | 50       | 20    | ok
        """,
    )


def test_an_area_without_a_numerator_is_missing_where_others_have_one():
    check(
        share(),
        """
        area | period | poor | children | value | status
        A    | 2023   |      | 100      |       | none
        B    | 2023   |      | 100      |       | none
        A    | 2024   | 12   | 100      | 12    | ok
        B    | 2024   |      | 100      |       | missing
        """,
    )


def test_an_indicator_without_any_value_is_left_out():
    table = protected(
        """
        area | period | poor | children | births
        A    | 2024   | 12   |          | 3
        B    | 2024   | ...  |          | 5
        """
    )
    births = indicator(unit="count", count={"of": m("births")})
    found = compute({"poor": share(), "births": births}, table)
    assert found["indicator"].unique().to_list() == ["births"]


def test_an_indicator_whose_values_are_all_suppressed_is_kept():
    values = compute({"poor": share()}, protected("area | period | poor | children\nA | 2024 | . | 100"))
    assert values["status"].to_list() == ["suppressed"]


def test_values_have_the_schema_of_a_release_and_one_row_per_key():
    table = protected(
        """
        area | period | poor | children | births
        B    | 2024   | 12   | 100      | 3
        A    | 2024   | 5    | 50       | 5
        """
    )
    values = compute({"z": share(), "a": indicator(unit="count", count={"of": m("births")})}, table)
    assert values.schema == VALUE_SCHEMA
    assert not values.select(VALUE_KEY).is_duplicated().any()
    assert values.select("indicator", "area").rows() == [("a", "A"), ("a", "B"), ("z", "A"), ("z", "B")]


def test_no_indicators_and_no_counts_make_no_values():
    assert compute({}, protected("area | period | poor\nA | 2024 | 1")).schema == VALUE_SCHEMA
    assert compute({"poor": share()}, protected("area | period | poor")).is_empty()


@pytest.mark.parametrize("status", ["suppressed", "missing", "undefined"])
def test_without_a_value_there_is_no_number_in_any_column_that_could_tell_it(status):
    cells = {"suppressed": ". | 100", "missing": "... | 100", "undefined": "0 | 0"}
    text = f"area | period | poor | children\nA | 2024 | {cells[status]}\nB | 2024 | 12 | 100"
    values = compute({"poor": share(interval="wilson")}, protected(text)).filter(pl.col("status") == status)
    assert values.select("value", "lower", "upper").row(0) == (None, None, None)
