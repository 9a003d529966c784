"""Which numbers may not leave on their own account."""

from __future__ import annotations

import polars as pl
import pytest

from disclosure_samples import CODES, counts, door, nesting, part, shown, withheld
from sozialraum.catalogue import RulesDoc
from sozialraum.disclosure import Structure, protect, strictest
from sozialraum.errors import DoorError

ALONE = {"secondary": False}


@pytest.mark.parametrize(
    ("number", "minimum", "seen"),
    [
        # a count, the policy's minimum, what the public sees
        (0, 5, 0.0),
        (1, 5, "suppressed"),
        (4, 5, "suppressed"),
        (5, 5, 5.0),
        (4.4, 5, "suppressed"),  # an estimated count
        (0.3, 5, "suppressed"),
        (1, 1, 1.0),
        (1, 0, 1.0),
        (2, 3, "suppressed"),
    ],
)
def test_minimum(number, minimum, seen):
    assert shown(door(counts({"persons": {"d1": number}}), minimum=minimum), "persons") == {"d1": seen}


SHARE = part("persons sgb2=yes", "persons")
RATE = part("persons sgb2=yes", "persons", share=False)


@pytest.mark.parametrize(
    ("top", "base", "fraction", "rules", "seen"),
    [
        # a part and its base: is the part shown?
        (10, 20, SHARE, {"minimum": 5}, 10.0),
        (16, 20, SHARE, {"minimum": 5}, "suppressed"),  # 4 others
        (15, 20, SHARE, {"minimum": 5}, 15.0),
        (20, 20, SHARE, {"minimum": 5}, 20.0),  # nobody else: allowed by default
        (16, 20, SHARE, {"minimum": 5, "complement": False}, 16.0),
        (16, 20, RATE, {"minimum": 5}, 16.0),  # events are no part of persons
        (20, 20, SHARE, {"minimum": 5, "block_all": True}, "suppressed"),
        (0, 20, SHARE, {"minimum": 5}, 0.0),
        (0, 20, SHARE, {"minimum": 5, "block_none": True}, "suppressed"),
        (10, 20, SHARE, {"minimum": 5, "minimum_base": 30}, "suppressed"),
        (10, 30, SHARE, {"minimum": 5, "minimum_base": 30}, 10.0),
        (10, 20, RATE, {"minimum": 5, "minimum_base": 30}, "suppressed"),
        (0, 20, SHARE, {"minimum": 5, "minimum_base": 30}, "suppressed"),  # none of so few says something too
        (0, 0, SHARE, {"minimum": 5, "minimum_base": 30, "block_none": True}, 0.0),
        (25, 20, SHARE, {"minimum": 5}, 25.0),  # numbers that disagree have no rest
    ],
)
def test_fractions(top, base, fraction, rules, seen):
    frame = counts({"persons": {"d1": base}, "persons sgb2=yes": {"d1": top}})
    assert shown(door(frame, fraction, **ALONE, **rules), "persons sgb2=yes") == {"d1": seen}


def test_a_fraction_needs_all_of_its_numbers():
    frame = counts({"persons": {"d1": None, "d2": 20}, "persons sgb2=yes": {"d1": 18, "d2": None}})
    protected = door(frame, SHARE, minimum=5, minimum_base=30, **ALONE)
    assert shown(protected, "persons sgb2=yes") == {"d1": 18.0, "d2": "missing"}


def test_what_a_provider_suppressed_stays_suppressed():
    protected = door(counts({"persons": {"d1": "suppressed", "d2": 9}}), minimum=5)
    assert shown(protected, "persons") == {"d1": "suppressed", "d2": 9.0}
    assert protected.summary["why"].to_list() == ["delivered 1"]


@pytest.mark.parametrize(
    ("behind", "amount", "seen"),
    [
        # taxpayers, their income, what the public sees of the income
        (10, 4000.0, 4000.0),
        (2, 4000.0, "suppressed"),
        (0, 0.0, 0.0),
        (None, 4000.0, "suppressed"),  # nobody knows how many: it does not leave
    ],
)
def test_an_amount_leaves_only_with_those_behind_it(behind, amount, seen):
    frame = counts({"taxpayers": {"d1": behind}, "taxpayers.income": {"d1": amount}})
    assert shown(door(frame, minimum=3, ready_made_sums=True), "taxpayers.income") == {"d1": seen}


def test_an_amount_that_nobody_stands_behind_leaves():
    frame = counts({"land.square_kilometres": {"d1": 1.3}})
    assert shown(door(frame, minimum=3, ready_made_sums=True), "land.square_kilometres") == {"d1": 1.3}


def test_figures_leave_unless_their_base_is_too_small():
    frame = counts({"figure.debtor_rate": {"d1": 2.0, "d2": 2.0}, "persons": {"d1": 20, "d2": 200}})
    protected = door(frame, part("figure.debtor_rate", "persons", share=False), minimum=5, minimum_base=100)
    assert shown(protected, "figure.debtor_rate") == {"d1": "suppressed", "d2": 2.0}


def test_the_strictest_of_several_policies_applies():
    mild = RulesDoc(minimum=3, minimum_base=100, complement=False, block_all=True, secondary=False)
    strict = RulesDoc(minimum=5, minimum_base=0, complement=True, block_none=True, secondary=True)
    assert strictest([mild, strict]) == RulesDoc(
        minimum=5, minimum_base=100, complement=True, block_all=True, block_none=True, secondary=True
    )


def test_the_strictest_of_the_rules_on_sums_applies():
    """More contributions that make up less is stricter than either."""
    one = RulesDoc(dominance={"largest": 1, "share": 0.75}, p_percent=5, ready_made_sums=True)
    other = RulesDoc(dominance={"largest": 3, "share": 0.95}, p_percent=15)
    assert strictest([one, other]) == RulesDoc(dominance={"largest": 3, "share": 0.75}, p_percent=15)
    assert strictest([one, one]).ready_made_sums


def test_policies_joined_by_plus_apply_to_the_measure_everywhere():
    frame = pl.concat(
        [
            counts({"persons": {"d1": 4}}, policy="mild"),
            counts({"persons": {"d2": 4}}, policy="mild+strict"),
            counts({"households": {"d1": 4}}, policy="mild"),
        ]
    )
    rules = {"mild": RulesDoc(minimum=3), "strict": RulesDoc(minimum=5)}
    protected = protect(frame, Structure(nesting(), (), CODES), rules)
    assert withheld(protected) == {("persons", "d1"), ("persons", "d2")}
    assert protected.policies == {"persons": {"": "mild+strict"}, "households": {"": "mild"}}


@pytest.mark.parametrize("policy", ["unknown", "p+unknown", None])
def test_nothing_leaves_under_a_policy_that_nobody_knows(policy):
    frame = counts({"persons": {"d1": 40}}).with_columns(policy=pl.lit(policy, pl.String))
    with pytest.raises(DoorError, match="no rules are known"):
        door(frame, minimum=5)
