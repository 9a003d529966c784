"""Which further numbers go, so that nothing follows from what is left."""

from __future__ import annotations

import polars as pl
import pytest

from disclosure_samples import CODES, codes, counts, districts, door, inside, nesting, part, shown, with_city, withheld
from sozialraum.errors import DoorError


def test_a_single_withheld_district_takes_another_with_it():
    protected = door(counts(with_city({"persons": [3, 40, 20, 900]})), areas=districts(4), minimum=5)
    assert shown(protected, "persons") == {
        "city": 963.0,
        "d1": "suppressed",  # 3 persons
        "d2": 40.0,
        "d3": "suppressed",  # the cheapest that hides them
        "d4": 900.0,
    }


def test_two_that_hide_each_other_need_nobody_else():
    protected = door(counts(with_city({"persons": [3, 4, 20]})), areas=districts(3), minimum=5)
    assert withheld(protected) == {("persons", "d1"), ("persons", "d2")}


def test_two_that_are_known_too_well_together_need_a_third():
    """1 + 1 = 2: each is 0, 1 or 2."""
    protected = door(counts(with_city({"persons": [1, 1, 20, 30]})), areas=districts(4), minimum=5)
    assert withheld(protected) == {("persons", "d1"), ("persons", "d2"), ("persons", "d3")}


def test_zeros_stay_and_are_no_hiding_place():
    protected = door(counts(with_city({"persons": [3, 0, 20]})), areas=districts(3), minimum=5)
    assert shown(protected, "persons")["d2"] == 0.0
    assert withheld(protected) == {("persons", "d1"), ("persons", "d3")}


def test_a_withheld_zero_is_hidden_too():
    """Shares of 0 % are withheld here: the nobody of d1 must not follow from the city."""
    rows = with_city({"persons": [60, 80, 90], "persons age=0-17;sgb2=yes": [0, 20, 30]})
    rows["persons age=0-5;sgb2=yes"] = {"d1": 0, "d2": None, "d3": None, "city": None}
    share = part("persons age=0-17;sgb2=yes", "persons")
    gone = withheld(door(counts(rows), share, areas=districts(3), minimum=5, block_none=True))
    assert len({area for text, area in gone if text == "persons age=0-17;sgb2=yes"}) >= 2


def test_the_total_goes_only_where_nothing_else_hides():
    protected = door(counts(with_city({"persons": [3, 0]})), areas=districts(2), minimum=5)
    assert ("persons", "city") in withheld(protected)


def test_codes_that_tile_are_a_relation_too():
    rows = {"persons": {"d1": 63}, "persons age=0-17": {"d1": 3}, "persons age=18-64": {"d1": 40},
            "persons age=65+": {"d1": 20}}  # fmt: skip
    assert withheld(door(counts(rows), minimum=5)) == {("persons age=0-17", "d1"), ("persons age=65+", "d1")}


def test_what_nobody_publishes_must_not_follow_either():
    """All 43 less 40 below 65 leaves 3 that are older, though no table shows them."""
    rows = {"persons": {"d1": 43}, "persons age=0-64": {"d1": 40}}
    assert withheld(door(counts(rows), minimum=5))
    assert not withheld(door(counts(rows), minimum=5, complement=False))


def test_what_two_dimensions_fill_must_not_tell_the_rest():
    """Girls and boys are those below 18; of all 12 that leaves one older one, though nobody counts by age alone."""
    rows = {"persons": {"d1": 12}, "persons age=0-17;sex=f": {"d1": 5}, "persons age=0-17;sex=m": {"d1": 6}}
    assert withheld(door(counts(rows), minimum=3))
    assert not withheld(door(counts(rows), minimum=1))


def test_nested_codes():
    rows = {"persons": {"d1": 90}, "persons age=0-17": {"d1": 40}, "persons age=0-18": {"d1": 42}}
    assert withheld(door(counts(rows), minimum=5)), "42 - 40 leaves 2 of 18 years"


def test_a_measure_written_in_two_ways_is_one_measure():
    rows = {
        "persons age=0-17": {"d1": 3, "d2": 20, "city": 23},
        "persons age=0-5|6-17": {"d1": 3, "d2": 20, "city": 23},
    }
    protected = door(counts(rows), areas=districts(2), minimum=5)
    first, second = (shown(protected, text) for text in rows)
    assert first == second


def test_two_hierarchies_over_the_same_areas():
    """Districts lie in the city and in school areas; both sums hold."""
    systems = {"s1": "schools", "s2": "schools"}
    frame = counts(
        {"persons": {"d1": 3, "d2": 30, "d3": 20, "d4": 50, "s1": 33, "s2": 70, "city": 103}}, systems=systems
    )
    areas = pl.concat([districts(4), inside({"d1": "s1", "d2": "s1", "d3": "s2", "d4": "s2"}, above="schools")])
    gone = withheld(door(frame, areas=areas, minimum=5))
    assert ("persons", "d2") in gone or ("persons", "s1") in gone, "33 - 30 leaves 3"


def test_a_level_that_publishes_nothing_still_holds_the_sums_together():
    areas = nesting(("blocks", "b1", "districts", "d1"), ("blocks", "b2", "districts", "d1"),
                    ("districts", "d1", "city", "city"))  # fmt: skip
    frame = counts({"persons": {"b1": 3, "b2": 20, "city": 23}}, systems={"b1": "blocks", "b2": "blocks"})
    assert withheld(door(frame, areas=areas, minimum=5)) == {("persons", "b1"), ("persons", "b2")}


def test_an_area_without_any_number_does_not_exist_in_that_period():
    """d3 was merged: it can not be what hides the rest."""
    frame = counts({"persons": {"d1": 3, "d2": 30, "city": 33}})
    assert ("persons", "d2") in withheld(door(frame, areas=districts(3), minimum=5))


def test_an_area_that_is_named_but_gone_is_no_hiding_place():
    """d3 and d4 were merged into d2; births are still told for them, but nobody lives there."""
    rows = {
        "persons": {"d1": 3, "d2": 30, "d3": None, "d4": None, "city": 33},
        "births": {"d1": 9, "d2": None, "d3": 8, "d4": 9, "city": 26},
    }
    assert ("persons", "d2") in withheld(door(counts(rows), areas=districts(4), minimum=5))


def test_an_area_that_was_not_delivered_must_not_follow():
    """33 in the city less 30 leaves 3 in the district that nobody delivered."""
    frame = counts({"persons": {"d1": None, "d2": 30, "city": 33}})
    assert withheld(door(frame, areas=districts(2), minimum=5))


def test_what_a_provider_suppressed_must_not_follow():
    frame = counts({"persons": {"d1": "suppressed", "d2": 30, "d3": 40, "city": 78}})
    assert withheld(door(frame, areas=districts(3), minimum=5)) > {("persons", "d1")}


def test_a_share_of_another_universe_is_a_part_all_the_same():
    """97 of 100 persons are cases: 3 are not."""
    rows = {"persons": {"d1": 100, "d2": 200, "city": 300}, "cases": {"d1": 97, "d2": 40, "city": 137}}
    gone = withheld(door(counts(rows), part("cases", "persons"), areas=districts(2), minimum=5))
    assert ("cases", "d1") in gone
    assert len(gone) > 1, "137 - 40 would tell the 97"


def test_numbers_that_disagree_are_protected_all_the_same():
    """The city's own table says 90, the districts add up to 87."""
    rows = {"persons": {"d1": 3, "d2": 40, "d3": 44, "city": 90}}
    assert len(withheld(door(counts(rows), areas=districts(3), minimum=5))) == 2


def test_periods_are_protected_one_by_one():
    one = counts(with_city({"persons": [3, 40, 20]}), period="2023")
    other = counts(with_city({"persons": [30, 40, 20]}), period="2024")
    both = door(pl.concat([one, other]), areas=districts(3), minimum=5)
    assert both.table.frame.filter(period="2023", status="suppressed").height == 2
    assert both.table.frame.filter(period="2024", status="suppressed").is_empty()


def test_a_policy_without_secondary_suppression_withholds_small_numbers_alone():
    protected = door(counts(with_city({"persons": [3, 40, 20]})), areas=districts(3), minimum=5, secondary=False)
    assert withheld(protected) == {("persons", "d1")}


def test_sums_of_amounts_do_not_follow_from_other_sums():
    rows = with_city({"taxpayers": [2, 40, 30], "taxpayers.income": [50_000, 900_000, 700_000]})
    gone = withheld(door(counts(rows), areas=districts(3), minimum=3, ready_made_sums=True))
    assert {area for text, area in gone if text == "taxpayers.income"} >= {"d1", "d3"}


def test_the_same_input_gives_the_same_output_in_any_order():
    frame = counts(with_city({"persons": [3, 21, 20, 22], "persons sex=f": [1, 10, 9, 12]}))
    tables = [
        door(shuffled, areas=districts(4), minimum=5).table.frame
        for shuffled in (frame, frame.reverse(), frame.sample(fraction=1, shuffle=True, seed=3))
    ]
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])


def test_what_can_not_be_protected_does_not_leave(monkeypatch):
    monkeypatch.setattr("sozialraum.disclosure.hiding.Hiding._shift", lambda *_: None)
    frame = counts(with_city({"persons": [3, 40, 20]}))
    with pytest.raises(DoorError, match="can not be protected"):
        door(frame, areas=districts(3), minimum=5, suppression={"optimum": False})


def test_a_solver_that_gives_up_stops_the_build(monkeypatch):
    monkeypatch.setattr("sozialraum.disclosure.master.Master._run", lambda *_: None)
    with pytest.raises(DoorError, match="the solver found no answer"):
        door(counts(with_city({"persons": [3, 40, 20]})), areas=districts(3), minimum=5)


def test_a_choice_that_is_not_proved_does_not_leave(monkeypatch):
    """Whatever the search believes, the intervals decide."""
    monkeypatch.setattr("sozialraum.disclosure.cuts.Attacker.in_part", lambda *_: [])
    monkeypatch.setattr("sozialraum.disclosure.cuts.Attacker.in_full", lambda *_: [])
    gone = withheld(door(counts(with_city({"persons": [3, 40, 20]})), areas=districts(3), minimum=5))
    assert gone == {("persons", "d1"), ("persons", "d3")}


SPLIT = nesting(
    *(("districts", area, "city", "city") for area in ("d1", "d2", "old", "n1", "n2")),
    ("districts", "n1", "districts", "old"),
    ("districts", "n2", "districts", "old"),
)


def test_the_parts_of_an_area_that_was_split_add_up_to_it():
    """Persons are counted in the new areas, foreigners were delivered for the old one."""
    rows = {
        "persons": {"d1": 50, "d2": 60, "n1": 30, "n2": 40, "city": 180},
        "persons nationality=foreign": {"d1": 20, "d2": 20, "old": 67, "city": 107},
    }
    gone = withheld(door(counts(rows), areas=SPLIT, minimum=5, complement=True))
    assert ("persons nationality=foreign", "old") in gone, "30 + 40 - 67 would leave 3 others"


def test_the_old_area_is_no_part_of_the_city_beside_its_own_parts():
    rows = {"persons": {"d1": 3, "d2": 60, "old": 70, "n1": 30, "n2": 40, "city": 133}}
    assert withheld(door(counts(rows), areas=SPLIT, minimum=5)) == {("persons", "d1"), ("persons", "d2")}


def test_one_new_area_and_the_old_one_tell_of_the_other():
    rows = {"persons": {"d1": 50, "d2": 60, "old": 33, "n1": 30, "city": 143}}
    assert ("persons", "n1") in withheld(door(counts(rows), areas=SPLIT, minimum=5, complement=True))


def test_where_only_old_numbers_are_told_the_old_area_fills_the_city():
    rows = {"persons": {"d1": 3, "d2": 60, "old": 70, "city": 133}}
    assert ("persons", "d1") in withheld(door(counts(rows), areas=SPLIT, minimum=5))
    assert len(withheld(door(counts(rows), areas=SPLIT, minimum=5))) > 1


def test_who_is_left_of_a_coarse_age_must_not_follow_where_another_number_needs_a_finer_one():
    """70 - 33 - 34 leaves 3 neither female nor male below 18; women of 15 to 64 cut the ages below 18 in two."""
    rows = {
        "persons": {"d1": 200, "d2": 200, "city": 400},
        "persons age=0-17": {"d1": 70, "d2": 70, "city": 140},
        "persons age=0-17;sex=f": {"d1": 33, "d2": 35, "city": 68},
        "persons age=0-17;sex=m": {"d1": 34, "d2": 35, "city": 69},
        "persons age=15-64;sex=f": {"d1": 60, "d2": 60, "city": 120},
    }
    lists = CODES | codes(sex="f m diverse")
    gone = withheld(door(counts(rows), areas=districts(2), lists=lists, minimum=5, complement=True))
    assert {text for text, area in gone if area == "d1"} & {"persons age=0-17;sex=f", "persons age=0-17;sex=m"}
