"""The rules on sums of amounts: who contributes, by owner; what sums tell together; what nobody knows."""

from __future__ import annotations

import polars as pl
import pytest

from disclosure_samples import counts, door, shown
from dominance_samples import ALL, SECTORS, TRADE, firms, known_of, nesting_of, seen, sums_of, territory, through
from sozialraum.catalogue import Measure, RulesDoc
from sozialraum.disclosure import Structure, protect

HIDDEN = None
TOWN = territory({"d1": ["q1", "q2", "q3"], "d2": ["q4", "q5"]})
ONE = territory({"d1": ["q1"]})
ALONE = {"secondary": False}


def alone(turnovers, owners=None, **rules):
    """What is told of the firms of one quarter by themselves."""
    owners = owners or [None] * len(turnovers)
    rows = [("q1", turnover, "trade", owner) for turnover, owner in zip(turnovers, owners, strict=True)]
    return seen(through(rows, ONE, **ALONE | rules))["q1"]


def why(protected, area_system="quarters") -> list[str]:
    return protected.summary.filter(area_system=area_system)["why"].to_list()


@pytest.mark.parametrize(
    ("turnovers", "told"),
    [
        # the two largest of these make up at most 90 %, and the second can not work out the first to 10 %
        ([10, 10, 10], 30),
        ([45, 45, 10], 100),  # exactly 90 %
        ([46, 45, 9], HIDDEN),
        ([800, 10, 90, 100], 1000),
        ([901, 9, 90], HIDDEN),
        ([100], HIDDEN),
        ([50, 50], HIDDEN),
        ([-45, -45, -10], -100),  # sums of losses are dominated like sums of gains
        ([100, -95, 4], HIDDEN),  # by size: 195 of 199
        ([5, 5, -5, -5], 0),
        ([0, 0], 0),
    ],
)
def test_two_largest_contributions(turnovers, told):
    assert alone(turnovers) == told


@pytest.mark.parametrize(
    ("largest", "share", "turnovers", "told"),
    [
        (1, 0.75, [75, 20, 5], 100),
        (1, 0.75, [76, 20, 4], HIDDEN),
        (3, 0.9, [30, 30, 30, 10], 100),
        (3, 0.9, [30, 30, 31, 9], HIDDEN),
    ],
)
def test_as_many_as_the_policy_says(largest, share, turnovers, told):
    assert alone(turnovers, dominance={"largest": largest, "share": share}, p_percent=0) == told


@pytest.mark.parametrize(
    ("p_percent", "turnovers", "told"),
    [
        (10, [100, 80, 10], 190),  # what is left beside both is 10 % of the largest
        (10, [100, 80, 9], HIDDEN),
        (30, [100, 80, 29], HIDDEN),
        (0, [100, 80], 180),
    ],
)
def test_the_second_largest_may_not_work_out_the_largest(p_percent, turnovers, told):
    assert alone(turnovers, dominance={"share": 1}, p_percent=p_percent) == told


def test_an_owner_of_several_firms_is_one():
    turnovers = [20, 20, 20, 20, 20]
    assert alone(turnovers) == 100
    assert alone(turnovers, ["x", "x", "y", None, None]) == 100
    assert alone(turnovers, ["x", "x", "x", "y", "y"]) is HIDDEN


@pytest.mark.parametrize(
    ("minimum", "turnovers", "owners", "told"),
    [
        (5, [20, 20, 20, 20, 20], [None] * 5, 100),
        (5, [20, 20, 20, 20], [None] * 4, HIDDEN),
        (5, [20, 20, 20, 20, 0], [None] * 5, HIDDEN),  # who has nothing contributes nothing
        (5, [20, 20, 20, 20, 20], ["x", "x", None, None, None], HIDDEN),
        (4, [20, 20, 20, 20, 20], ["x", "x", None, None, None], 100),
        (5, [0] * 5, [None] * 5, 0),
    ],
)
def test_as_many_owners_contribute_as_the_minimum(minimum, turnovers, owners, told):
    assert alone(turnovers, owners, minimum=minimum) == told


def test_the_reasons_are_told_to_the_steward():
    rows = [("q1", 100), ("q2", 100), ("q2", 80), ("q2", 9.5), ("q2", 9.5), *[("q3", 50)] * 5]
    lenient = {"dominance": {"share": 0.95}, "p_percent": 20}
    assert why(through(rows, TOWN, **ALONE | lenient)) == ["dominance 1; p_percent 1"]


# --- what sums tell together -----------------------------------------------------------------------------------------

BIG = [("q1", 900), *[("q2", 20)] * 3, *[("q3", 300)] * 4, *[("q4", 200)] * 4, *[("q5", 200)] * 4]


def test_what_is_left_of_a_district_is_looked_at_too():
    """q1 is one firm. With q2 beside it 920 of 960 are two firms'; with q3, 1,200 of 2,100."""
    told = seen(through(BIG, TOWN))
    assert told["q1"] is HIDDEN
    assert told["q3"] is HIDDEN
    assert told["q2"] == 60
    assert (told["d1"], told["city"]) == (2160, 3760)


def test_without_secondary_it_is_not():
    told = seen(through(BIG, TOWN, **ALONE))
    assert [area for area, number in told.items() if number is HIDDEN] == ["q1"]


def test_withheld_groups_that_belong_to_one_owner_are_as_bad_as_one():
    """Each of q1 and q2 is all x has there. Together they are x alone, though they are two."""
    rows = [
        ("q1", 100, "trade", "x"),
        ("q2", 100, "trade", "x"),
        *[("q3", 30)] * 5,
        *[("q4", 40)] * 5,
        *[("q5", 40)] * 5,
    ]
    told = seen(through(rows, TOWN))
    assert told["q3"] is HIDDEN or told["d1"] is HIDDEN


def test_a_district_that_is_all_one_firm_hides_behind_another_district():
    rows = [("q1", 500), *[("q4", 40)] * 5, *[("q5", 40)] * 5]
    told = seen(through(rows, TOWN))
    assert (told["q1"], told["d1"], told["d2"]) == (HIDDEN, HIDDEN, HIDDEN) or told["city"] is HIDDEN


def test_what_all_firms_leave_beside_trade_is_looked_at_too():
    """Beside ten firms of trade there is one craft firm: all less trade is its turnover."""
    rows = [*[("q1", 50)] * 10, ("q1", 70, "craft")]
    for measures in ([ALL], [TRADE]):
        assert HIDDEN not in [seen(through(rows, ONE, measures), measure)["q1"] for measure in measures]
    protected = through(rows, ONE, [ALL, TRADE])
    assert HIDDEN in (seen(protected, ALL)["q1"], seen(protected, TRADE)["q1"])
    assert HIDDEN in (seen(protected, ALL)["city"], seen(protected, TRADE)["city"])


def test_a_withheld_sum_stays_uncertain_by_its_own_size_and_as_much_above_as_the_rules_ask():
    """q1 may be anything up to q1 and q3 together: 900 + 1,200, and from nothing."""
    told = seen(through(BIG, TOWN))
    left = told["d1"] - told["q2"]
    assert left - 0 >= 900
    assert left >= 1.1 * 900


def again(rows, before, **rules):
    """What is told of firms after a release that told everything of others."""
    records = firms(rows, TOWN)
    told = sums_of(firms(before, TOWN), [ALL], TOWN).drop("status", "policy").with_columns(release=pl.lit("2024.1"))
    return seen(
        protect(
            sums_of(records, [ALL], TOWN),
            Structure(nesting_of(TOWN), (), SECTORS),
            {"p": RulesDoc.model_validate({"minimum": 1} | rules)},
            contributions=known_of(records, [ALL], TOWN),
            known=told,
        )
    )


def test_what_an_earlier_release_told_is_not_withheld_in_vain():
    """Everything was told before the rules came: nothing is left to protect the quarter with, or to protect."""
    assert [area for area, number in again(BIG, BIG).items() if number is HIDDEN] == ["q1"]


def test_a_revised_sum_hides_behind_revised_sums_alone():
    """All of q4 is one firm now. q5 and d1 are known from before, so d2 and the city hide it."""
    now = [(quarter, 700) if quarter == "q4" else (quarter, turnover) for quarter, turnover in BIG]
    told = again([*dict.fromkeys(row for row in now if row[0] == "q4"), *(row for row in now if row[0] != "q4")], BIG)
    assert {area for area, number in told.items() if number is HIDDEN} == {"q1", "q4", "d2", "city"}


# --- what nobody knows -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "amount", "told"),
    [
        ({}, 4000.0, "suppressed"),
        ({"ready_made_sums": True}, 4000.0, 4000.0),
        ({}, 0.0, 0.0),  # of nothing nobody has more than another
    ],
)
def test_of_ready_made_sums_nobody_knows_who_contributes(rules, amount, told):
    frame = counts({"taxpayers": {"d1": 10}, "taxpayers.income": {"d1": amount}})
    protected = door(frame, minimum=3, **rules)
    assert shown(protected, "taxpayers.income") == {"d1": told}
    assert protected.summary.filter(universe="taxpayers.income")["why"].to_list() == [
        "unknown 1" if told == "suppressed" else ""
    ]


def test_contributions_that_do_not_add_up_to_a_sum_are_not_its_own():
    """The register has 30 in the quarter; the number that is told comes from elsewhere."""
    records = firms([("q1", 10)] * 3, ONE)
    elsewhere = sums_of(records, [ALL], ONE).with_columns(pl.col("value") + 500)
    for rules, told in (({}, None), ({"ready_made_sums": True}, 530.0)):
        protected = protect(
            elsewhere,
            Structure(nesting_of(ONE), (), SECTORS),
            {"p": RulesDoc(minimum=1, **rules)},
            contributions=known_of(records, [ALL], ONE),
        )
        assert seen(protected)["q1"] == told


def test_rules_on_who_contributes_are_for_sums_alone():
    assert shown(door(counts({"persons": {"d1": 40}}), minimum=3), "persons") == {"d1": 40.0}
    assert shown(door(counts({"figure.rent": {"d1": 8.5}}), minimum=3), "figure.rent") == {"d1": 8.5}
    assert Measure("figure.rent").additive is False
