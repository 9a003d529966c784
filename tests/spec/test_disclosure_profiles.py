"""What the door lets out of the characteristics of cells: each rule as a table, each attack with one that succeeds."""

from __future__ import annotations

import itertools

import polars as pl
import pytest

from profile_samples import CODES, LENIENT, protect, tally, told
from sozialraum.catalogue import ProfileRulesDoc
from sozialraum.catalogue.documents import DominanceDoc
from sozialraum.disclosure import Profile, protect_profiles
from sozialraum.errors import DoorError
from sozialraum.tables import NO_DOMINANT_TYPE

title = "Characteristics of microcells at the door"

NO_SECONDARY = ProfileRulesDoc(secondary=False)
HIDDEN = "suppressed"


def alone(values, *shows, of="", one_house=(), rules=NO_SECONDARY, **more):
    """Return what is told of one cell by itself."""
    profiles = protect(tally({"01-1": values}, one_house=one_house, **more), *shows, of=of, rules=rules)
    return tuple(told(profiles, show)["01-1"] for show in shows)


@pytest.mark.parametrize(
    ("values", "count", "share", "kind"),
    [
        ("aabb", 2, 50, NO_DOMINANT_TYPE),
        ("aabbb", 2, 40, "b"),
        ("aabbbcd", 2, 29, "b"),
        ("bbccc", 0, 0, "c"),  # nobody has it, and those behind it differ: that may be told
        ("aab", HIDDEN, HIDDEN, HIDDEN),  # three units
        ("aaaa", HIDDEN, HIDDEN, HIDDEN),  # all have one value
        ("bbbb", HIDDEN, HIDDEN, HIDDEN),
        ("aaab", HIDDEN, HIDDEN, HIDDEN),  # b knows that all others are a
        ("aabc", 2, 50, "a"),  # whoever takes out their own value still sees two
        (["a", "a", "b", "b", None], 2, 50, NO_DOMINANT_TYPE),
        (["a", "b", "b", None, None], HIDDEN, HIDDEN, HIDDEN),  # three known ones
        ([None] * 5, "missing", "missing", "missing"),
        ([], "undefined", "undefined", "undefined"),
    ],
)
def test_codes(values, count, share, kind):
    assert alone(values, "count", "share", "type", of="a") == (count, share, kind)


@pytest.mark.parametrize(
    ("values", "mean"),
    [
        ([10, 10, 20, 20], 15),
        ([1234, 2345, 3456, 4567], 2900),  # three digits
        ([0, 0, 10, 30], HIDDEN),  # two make up everything
        ([0, 0, 10, 10, 10], 6),
        ([10, 10, 10, 10], HIDDEN),  # all have one value
        ([0, 0, 0, 0], HIDDEN),
        ([10, 10, 20], HIDDEN),
        ([-10, -10, -20, -20], -15),
        ([-10, -10, 10, 10, 10], 2),
        ([5, 5, -5, -5], 0),
        ([10, 10, 20, 20, None], 15),
        ([45, 45, 5, 3, 2], 20),  # the largest two make up exactly 90 %
        ([45, 46, 3, 3, 2, 1], HIDDEN),  # and more than that
    ],
)
def test_means(values, mean):
    assert alone([None if value is None else float(value) for value in values], "mean") == (mean,)


def test_an_amount_that_nobody_knows_is_missing():
    units = {"01-1": [None] * 4, "01-2": [10.0, 10.0, 20.0, 20.0]}
    assert told(protect(tally(units), "mean"), "mean") == {"01-1": "missing", "01-2": 15}


def test_a_zero_is_told_as_zero_and_a_rounded_one_is_not():
    zero = protect(tally({"01-1": "bbcc"}), "share", of="a", rules=NO_SECONDARY).table.frame
    assert zero["status"].to_list() == ["zero"]
    little = protect(tally({"01-1": "a" + "b" * 150 + "c" * 150}), "share", of="a", rules=NO_SECONDARY).table.frame
    assert little.select("value", "status").row(0) == (0, "ok")


@pytest.mark.parametrize(
    ("p_percent", "expected"),
    [(10, 25), (30, HIDDEN)],  # 35 + 35 + 20 + 10: the second knows the first to 30 / 35 of it
)
def test_p_percent_looks_at_the_largest_as_the_second_sees_it(p_percent, expected):
    rules = NO_SECONDARY.model_copy(update={"p_percent": p_percent, "dominance": DominanceDoc(share=1)})
    values = [35.0, 35.0, 20.0, 10.0] if p_percent == 10 else [60.0, 30.0, 8.0, 2.0]
    assert alone(values, "mean", rules=rules) == (expected,)


@pytest.mark.parametrize(
    ("values", "share"),
    [
        ("aabcc", HIDDEN),  # five units
        ("aabbcc", 33),
        ("aaaabbbb", HIDDEN),  # only two different values
        ("aaabbbcc", 38),
        ("aaaabbbc", HIDDEN),  # c sees two
    ],
)
def test_cells_of_one_house_need_more(values, share):
    assert alone(values, "share", of="a", one_house=["01-1"]) == (share,)


def test_a_list_of_two_codes_can_not_have_three_different_values():
    assert alone("aaaabbbb", "share", of="a", one_house=["01-1"], codes=("a", "b")) == (50,)


def test_one_code_alone_is_never_diverse():
    assert alone("aaaaaaaa", "count", of="a", codes=("a",)) == (HIDDEN,)


def test_everybody_has_one_of_several_codes():
    assert alone("aabb", "share", of="a|b") == (HIDDEN,)
    assert alone("aabbc", "share", of="a|b") == (HIDDEN,), "c knows it of all others"
    assert alone("aabbcc", "share", of="a|b") == (67,)


def test_the_policies_of_the_deliveries_may_demand_more_units():
    assert told(protect(tally({"01-1": "aabb"}), "count", of="a", minimum=5), "count") == {"01-1": HIDDEN}


def test_an_owner_of_several_is_one():
    values = [10.0] * 4 + [20.0] * 2
    owners = {"01-1": ["x"] * 4 + ["y", "z"]}
    assert alone(values, "mean") == (13.3,)
    assert alone(values, "mean", owners=owners) == (HIDDEN,), "y could work out x, who has 40 of 80"
    assert alone("aabbbb", "share", of="a") == (33,)
    assert alone("aabbbb", "share", of="a", owners={"01-1": ["x", "x", "y", "z", "y", "z"]}) == (HIDDEN,)
    assert alone("aabbbb", "share", of="a", owners={"01-1": [None, None, "y", "z", "y", "z"]}) == (33,)


def test_weights_weigh_shares_and_means_and_not_the_rules():
    weights = {"01-1": [3.0, 3.0, 1.0, 1.0]}
    assert alone("aabb", "share", "type", of="a", weights=weights) == (75, "a")
    assert alone([10.0, 10.0, 20.0, 20.0], "mean", weights=weights) == (12.5,)
    assert alone("aabb", "share", of="a", weights={"01-1": [3.0, 3.0, 1.0, 0.0]}) == (HIDDEN,), "three have a weight"


@pytest.mark.parametrize(("known", "about"), [(4, 5), (7, 5), (8, 10), (12, 10), (13, 15)])
def test_of_the_units_behind_a_value_only_about_how_many_is_told(known, about):
    values = "aabb" + "c" * (known - 4)
    frame = protect(tally({"01-1": values}), "count", of="a", rules=NO_SECONDARY).table.frame
    assert frame["units"].to_list() == [about]


# --- attacks ----------------------------------------------------------------------------------------------------------


def counts_told(profiles):
    return {cell: value for cell, value in told(profiles, "count").items() if not isinstance(value, str)}


def left_over(units, profiles):
    """Return what an area's total less its visible cells tells: number of hidden cells, their units by code."""
    hidden = [cell for cell, value in told(profiles, "count").items() if value == HIDDEN]
    return len(hidden), {code: sum(units[cell].count(code) for cell in hidden) for code in CODES}


AREA = {"01-1": "aab", "01-2": "aabbb", "01-3": "aabbcc", "01-4": "aabbccdd"}


def test_attack_total_of_the_area_less_its_visible_cells():
    open_ = protect(tally(AREA), "count", of="a", rules=NO_SECONDARY)
    cells, left = left_over(AREA, open_)
    assert (cells, left) == (1, {"a": 2, "b": 1, "c": 0, "d": 0}), "unprotected: it gives the one cell exactly"
    cells, left = left_over(AREA, protect(tally(AREA), "count", of="a"))
    assert cells >= 2
    assert sum(left.values()) >= 8
    assert counts_told(protect(tally(AREA), "count", of="a")) == {"01-3": 2, "01-4": 2}, "the cheapest one is hidden"


def test_attack_two_hidden_cells_that_are_alike():
    """Two cells whose units are all a: together they are hidden, and the total tells that all of them are."""
    units = {"01-1": "aaaa", "01-2": "aaaa", "01-3": "aabbcc", "01-4": "aabbcd"}
    cells, left = left_over(units, protect(tally(units), "count", of="a", rules=NO_SECONDARY))
    assert cells == 2
    assert left["a"] == sum(left.values()), "unprotected: everybody there has a"
    _, left = left_over(units, protect(tally(units), "count", of="a"))
    assert 0 < left["a"] < sum(left.values()) - 1


def test_attack_the_few_who_live_in_no_cell():
    units = {"01-1": "aabbb", "01-2": "aabbcc", "01-3": "aabbccd", "01": "ab"}
    assert left_over(units, protect(tally(units), "count", of="a", rules=NO_SECONDARY))[0] == 0
    cells, left = left_over(units, protect(tally(units), "count", of="a"))
    assert cells >= 1
    assert sum(left.values()) + 2 >= 8


def test_many_who_live_in_no_cell_need_no_company():
    units = {"01-1": "aabbb", "01": "aabbbccd"}
    assert counts_told(protect(tally(units), "count", of="a")) == {"01-1": 2}


def test_areas_do_not_protect_each_other():
    units = AREA | {"02-1": "aab", "02-2": "aabb", "02-3": "aabbcc"}
    hidden = [c for c, v in told(protect(tally(units), "count", of="a"), "count").items() if v == HIDDEN]
    assert hidden == ["01-1", "01-2", "02-1", "02-3"], "in area 02 three units and four would be seven"


def test_two_small_cells_are_cheaper_than_a_large_one():
    units = {"01-1": "aab", "01-2": "aabb", "01-3": "aabb", "01-4": "ab" * 10}
    hidden = [c for c, v in told(protect(tally(units), "count", of="a"), "count").items() if v == HIDDEN]
    assert hidden == ["01-1", "01-2", "01-3"]


def test_where_nothing_is_left_to_hide_all_is_hidden():
    units = {"01-1": "aaaa", "01-2": "aabb"}
    assert set(told(protect(tally({"01-1": "aaaa", "01-2": "aaaa"}), "count", of="a"), "count").values()) == {HIDDEN}
    assert set(told(protect(tally(units), "count", of="a"), "count").values()) == {HIDDEN}


@pytest.mark.parametrize("values", [[10.0, 20.0, 30.0, 900.0], [10.0, 15.0, 400.0, 500.0]])
def test_attack_mean_and_base_give_a_household(values):
    """Who knows the number of units has the sum, and takes out their own: what is left is mostly the largest."""
    anything = LENIENT.model_copy(update={"dominance": DominanceDoc(share=1), "p_percent": 0})
    (mean,) = alone(values, "mean", rules=anything)
    *_, own, largest = sorted(values)
    assert abs(mean * 4 - own - largest) / largest < 0.1, "unprotected: known to 10 %"
    assert alone(values, "mean") == (HIDDEN,)


def test_attack_share_type_and_count_of_the_same_units():
    """What one of them would say of a hidden cell, the others must not."""
    units = {"01-1": "aaab", "01-2": "aabbc", "01-3": "abcd" * 3}
    profiles = protect(tally(units), "count", "share", "type", of="a")
    hidden = [{c for c, v in told(profiles, show).items() if v == HIDDEN} for show in ("count", "share", "type")]
    assert hidden[0] == hidden[1] == hidden[2]
    assert "01-1" in hidden[0]


def test_attack_two_attributes_of_one_characteristic():
    """The share of a alone may be told and that of a or b not: then both are hidden, or the rest would follow."""
    counted = tally({"01-1": "aabbc"})
    one, both = (
        Profile("one", counted, ("share",), frozenset("a")),
        Profile("both", counted, ("share",), frozenset("ab")),
    )
    assert protect_profiles([one], NO_SECONDARY).table.frame["value"].to_list() == [40]
    together = protect_profiles([one, both], NO_SECONDARY).table.frame
    assert together["status"].unique().to_list() == [HIDDEN]
    again = tally({"01-1": "aabbc"})
    with pytest.raises(DoorError, match="twice"):
        protect_profiles([one, Profile("again", again, ("type",))], NO_SECONDARY)


def test_attack_the_odd_one_out():
    """b of aaab takes out b: all others are a. Without the rule of insiders the share says so."""
    outsiders = NO_SECONDARY.model_copy(update={"insiders": 0})
    assert alone("aaab", "share", of="a", rules=outsiders) == (75,), "unprotected: 3 of 4, so all but b"
    assert alone("aaab", "share", of="a") == (HIDDEN,)


# --- the face ---------------------------------------------------------------------------------------------------------


def test_what_can_not_be_told_is_refused():
    numbers, codes = tally({"01-1": [1.0, 2.0]}), tally({"01-1": "ab"})
    for profile in (
        Profile("x", numbers, ("type",)),
        Profile("x", codes, ("mean",)),
        Profile("x", codes, ("share",)),
    ):
        with pytest.raises(DoorError, match="can not be told"):
            protect_profiles([profile], NO_SECONDARY)
    with pytest.raises(DoorError, match="once"):
        protect_profiles([Profile("x", codes, ("type",)), Profile("x", codes, ("count",))], NO_SECONDARY)


def test_nothing_asked_is_nothing_told():
    assert len(protect_profiles([], NO_SECONDARY).table) == 0


def test_the_steward_is_told_why_and_the_table_is_not():
    units = AREA | {"02-1": "aaaa", "02-2": "ab" * 6, "02-3": [None] * 4, "02-4": []}
    profiles = protect(tally(units), "count", of="a")
    assert profiles.summary.rows() == [("x", 8, 2, 1, 1, 4, "diversity 1; minimum 1; secondary 2")]
    assert "reason" not in profiles.table.frame.columns
    assert set(profiles.table.frame["status"]) == {"ok", "suppressed", "missing", "undefined"}


def test_the_order_of_units_does_not_matter():
    units = {"01-1": "aabbc", "01-2": "abcd", "01-3": "aab"}
    frames = [
        protect(
            tally({cell: "".join(order) for cell, order in zip(units, orders, strict=True)}), "count", "type", of="a"
        )
        for orders in zip(
            *(itertools.islice(itertools.permutations(values), 5) for values in units.values()), strict=True
        )
    ]
    assert all(frame.table.frame.equals(frames[0].table.frame) for frame in frames)
    assert isinstance(frames[0].table.frame, pl.DataFrame)
