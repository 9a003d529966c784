"""The vocabulary of formulas: what each makes of its counts."""

from __future__ import annotations

from indicator_samples import check, indicator, m, share


def test_share_is_the_part_of_a_whole_in_percent_with_its_wilson_interval():
    check(
        share(interval="wilson"),
        """
        area | period | poor | children | value | status | lower   | upper   | numerator | denominator
        A    | 2024   | 65   | 100      | 65    | ok     | 55.2544 | 73.6358 | 65        | 100
        B    | 2024   | 0    | 40       | 0     | zero   | 0       | 8.7622  | 0         | 40
        C    | 2024   | 40   | 40       | 100   | ok     | 91.2378 | 100     | 40        | 40
        """,
    )


def test_share_has_no_interval_where_none_is_declared():
    check(
        share(),
        """
        area | period | poor | children | value | lower | upper
        A    | 2024   | 65   | 100      | 65    |       |
        """,
    )


def test_share_adds_up_several_measures():
    check(
        indicator(share={"of": [m("poor"), m("asylum")], "in": m("children")}),
        """
        area | period | poor | asylum | children | value | numerator
        A    | 2024   | 12   | 3      | 100      | 15    | 15
        B    | 2024   | 0    | 0      | 100      | 0     | 0
        """,
    )


def test_rate_is_cases_per_so_many_with_byars_interval():
    check(
        indicator(unit="per_1000", interval="byar", rate={"of": m("births"), "in": m("people"), "per": 1000}),
        """
        area | period | births | people | value | status | lower   | upper
        A    | 2024   | 65     | 1000   | 65    | ok     | 50.1632 | 82.8491
        B    | 2024   | 4      | 2000   | 2     | ok     | 0.5381  | 5.1204
        C    | 2024   | 0      | 1000   | 0     | zero   | 0       | 3.6680
        """,
    )


def test_rate_may_exceed_its_base():
    check(
        indicator(unit="per_1000", rate={"of": m("births"), "in": m("old")}),
        """
        area | period | births | old | value | status
        A    | 2024   | 30     | 20  | 1500  | ok
        """,
    )


def test_balance_keeps_its_sign():
    check(
        indicator(unit="per_1000", rate={"of": m("births"), "minus": m("deaths"), "in": m("people")}),
        """
        area | period | births | deaths | people | value | status | numerator
        A    | 2024   | 12     | 20     | 1000   | -8    | ok     | -8
        B    | 2024   | 20     | 12     | 1000   | 8     | ok     | 8
        C    | 2024   | 15     | 15     | 1000   | 0     | zero   | 0
        """,
    )


def test_ratio_sets_one_group_against_another():
    check(
        indicator(unit="per_100", ratio={"of": m("old"), "to": m("workers"), "per": 100}),
        """
        area | period | old | workers | value | denominator
        A    | 2024   | 30  | 60      | 50    | 60
        B    | 2024   | 90  | 60      | 150   | 60
        """,
    )


def test_mean_is_an_amount_per_unit():
    check(
        indicator(unit="euro", mean={"of": m("income"), "in": m("taxpayers")}),
        """
        area | period | income  | taxpayers | value | numerator
        A    | 2021   | 4000000 | 100       | 40000 | 4000000
        B    | 2021   | -5000   | 10        | -500  | -5000
        """,
    )


def test_count_is_the_plain_number_and_may_have_byars_interval():
    check(
        indicator(unit="count", interval="byar", count={"of": m("births")}),
        """
        area | period | births | value | status | lower   | upper   | numerator | denominator
        A    | 2024   | 65     | 65    | ok     | 50.1632 | 82.8491 | 65        |
        B    | 2024   | 0      | 0     | zero   | 0       | 3.6680  | 0         |
        """,
    )


def test_figure_is_shown_as_it_was_delivered():
    check(
        indicator(unit="euro_per_m2", figure={"of": "rent"}),
        """
        area | period | rent | value | status     | numerator | denominator
        A    | 2022   | 7.25 | 7.25  | ok         |           |
        B    | 2022   | e8.5 | 8.5   | estimated  |           |
        C    | 2022   | .    |       | suppressed |           |
        """,
    )
