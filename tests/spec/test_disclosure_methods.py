"""Policies with a method: what the door does to each number, and what it does not let meet."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import pytest

from disclosure_samples import CODES, counts, districts, door, inside, nesting, part, shown, with_city, withheld
from sozialraum.catalogue import RulesDoc
from sozialraum.disclosure import Draws, Structure, protect
from sozialraum.errors import DoorError
from sozialraum.tables import COUNT_KEY, Status

ROUND = {"method": "rounding", "rounding": {"base": 5}}
MOVE = {"method": "cell_key", "cell_key": {"maximum": 2, "variance": 1.05, "forbidden": 1}}
TOWN = with_city({"persons": [3, 41, 17, 900]})


def test_it_works():
    protected = door(counts(TOWN), areas=districts(4), **ROUND)
    assert shown(protected, "persons") == {"d1": 5.0, "d2": 40.0, "d3": 15.0, "d4": 900.0, "city": 960.0}


NUMBERS = [
    # true number, with rounding to 5: what is seen, and its status
    (0, 0.0, "zero"),
    (2, 0.0, "zero"),
    (3, 5.0, "ok"),
    ("suppressed", None, "suppressed"),
    ("undefined", None, "undefined"),
    (None, None, "missing"),
]


@pytest.mark.parametrize(("number", "value", "status"), NUMBERS)
def test_what_rounding_does_to_each_value(number, value, status):
    seen = door(counts({"persons": {"d1": number, "d2": 50}}), **ROUND).table.frame.filter(area="d1")
    assert seen.select("value", "status").row(0) == (value, status)


@pytest.mark.parametrize("status", ["estimated", "provisional", "unreliable"])
def test_a_changed_number_keeps_its_status(status):
    frame = counts({"persons": {"d1": 9}}).with_columns(status=pl.lit(status, counts({})["status"].dtype))
    seen = door(frame, **ROUND).table.frame
    assert seen.select("value", "status").row(0) == (10.0, status)


def test_nothing_is_withheld_for_the_sake_of_others():
    """With suppression, 3 and one more go. A rounded city less rounded districts tells nothing true."""
    assert door(counts(TOWN), areas=districts(4), minimum=5).summary["secondary"].sum() == 1
    assert door(counts(TOWN), areas=districts(4), minimum=5, **ROUND).summary["secondary"].sum() == 0


def test_what_is_published_may_still_be_too_small():
    """With minimum = 10 a rounded 5 is withheld; it may follow from others, and is a rounded number all the same."""
    assert shown(door(counts(TOWN), minimum=10, **ROUND), "persons")["d1"] == "suppressed"


def test_a_part_of_a_small_base_is_withheld():
    rows = {"persons": {"d1": 24, "d2": 80}, "persons sgb2=yes": {"d1": 8, "d2": 8}}
    protected = door(counts(rows), part("persons sgb2=yes", "persons"), minimum_base=30, **ROUND)
    assert shown(protected, "persons sgb2=yes") == {"d1": "suppressed", "d2": 10.0}


def test_sums_of_amounts_are_withheld():
    rows = {"persons": {"d1": 41}, "persons.income": {"d1": 4e6}}
    protected = door(counts(rows), **ROUND)
    assert shown(protected, "persons.income") == {"d1": "suppressed"}
    assert protected.summary.filter(universe="persons.income")["why"].to_list() == ["amount 1"]


def test_figures_pass():
    assert shown(door(counts({"figure.rent": {"d1": 7.5}}), **ROUND), "figure.rent") == {"d1": 7.5}


def test_the_door_tells_what_was_changed():
    rows = {"persons": {"d1": 41}, "figure.rent": {"d1": 7.5}}
    changed = door(counts(rows), **ROUND).changed
    assert changed.rows() == [("persons", "", "2024", "p")]
    assert door(counts(rows), minimum=3).changed.is_empty()


def test_small_areas_that_nobody_sees_stay_unseen():
    numbers = {"persons": {"d1": 30, "rest": 2, "city": 32}}
    together = inside({"d1": "city", "rest": "city"})
    protected = door(counts(numbers), areas=together, unseen=[("districts", "rest")], **ROUND)
    assert shown(protected, "persons") == {"d1": 30.0, "city": 30.0}


# --- cell keys --------------------------------------------------------------------------------------------------------


def keyed(rows: Mapping[str, Mapping[str, float]], key: float = 0.6) -> pl.DataFrame:
    return counts(rows).with_columns(key=pl.lit(key))


MOVED = [
    # true number, cell key, what is seen (D = 2, V = 1.05, js = 1)
    (0, 0.99, 0.0),
    (1, 0.10, 0.0),
    (1, 0.60, 2.0),
    (3, 0.10, 2.0),
    (40, 0.01, 38.0),
    (40, 0.50, 40.0),
    (40, 0.99, 42.0),
]


@pytest.mark.parametrize(("number", "key", "seen"), MOVED)
def test_what_a_cell_key_does_to_each_value(number, key, seen):
    protected = door(keyed({"persons": {"d1": number}}, key), **MOVE, minimum=0)
    assert protected.table.frame["value"].to_list() == [seen]


def test_a_count_without_a_key_does_not_leave():
    with pytest.raises(DoorError, match="persons in 2024 has no cell key"):
        door(counts({"persons": {"d1": 40}}), **MOVE)


def test_a_zero_needs_none_but_has_one():
    """Nobody is counted, so the sum of the record keys is 0."""
    assert shown(door(keyed({"persons": {"d1": 0}}, 0.0), **MOVE), "persons") == {"d1": 0.0}


BY_SEX = {"persons sex=f": {"d1": 20}, "persons sex=m": {"d1": 20}}
BY_HELP = {"persons sgb2=yes": {"d1": 10}, "persons sgb2=no": {"d1": 30}}
BY_AGE = {"persons age=0-17": {"d1": 10}, "persons age=18+": {"d1": 30}}
BY_AGES = {"persons age=0-5": {"d1": 10}, "persons age=6-64": {"d1": 20}, "persons age=65+": {"d1": 10}}

BREAKDOWNS = [
    # what is published, how often the base is broken down completely
    (BY_SEX, 1),
    (BY_SEX | BY_HELP, 2),
    (BY_SEX | BY_AGE | BY_AGES, 3),
    (BY_AGE | {"persons age=65+": {"d1": 10}}, 1),
    ({"persons sex=f": {"d1": 20}}, 0),
    ({"persons sex=f|m": {"d1": 40}}, 1),
]


@pytest.mark.parametrize(("rows", "times"), BREAKDOWNS)
def test_a_base_is_broken_down_so_often_and_no_oftener(rows, times):
    def send(allowed: int) -> None:
        table = {"maximum": 2, "variance": 1.05, "forbidden": 1, "breakdowns": allowed}
        door(keyed(rows), method="cell_key", cell_key=table)

    send(times)
    if times:
        with pytest.raises(DoorError, match=rf"persons is broken down completely {times} times, by"):
            send(times - 1)


# --- noise ------------------------------------------------------------------------------------------------------------


def test_noise_is_added_within_the_budget():
    seen = door(counts(TOWN), method="noise", noise={"epsilon": 5.0, "budget": 10.0}).table.frame
    assert (seen["value"] % 1 == 0).all()
    with pytest.raises(DoorError, match="budget of 9 is exceeded: 2 tables"):
        door(counts(TOWN), method="noise", noise={"epsilon": 5.0, "budget": 9.0})


def test_a_table_that_was_told_before_is_told_again_as_it_was():
    """Withheld numbers too: they were noisy and below the minimum, and who draws again would tell what they are not."""
    rules = {"p": RulesDoc.model_validate({"method": "noise", "noise": {"epsilon": 1.0, "budget": 2.0}, "minimum": 30})}
    structure = Structure(districts(4), (), CODES)
    first = protect(counts(TOWN), structure, rules)
    assert withheld(first)
    draws = Draws(first.table.frame.select(*COUNT_KEY, "value", "status"), {"p": 2.0})
    second = protect(counts(TOWN), structure, rules, draws=draws)
    assert second.table.frame.equals(first.table.frame)
    assert second.summary["why"].to_list() == first.summary["why"].to_list()
    assert second.drawn["repeats"].all()
    with pytest.raises(DoorError, match=r"under p \(budget_total = 2\) is exceeded: .* spent 2, .* would spend 2"):
        protect(counts(TOWN), structure, rules, draws=Draws(spent={"p": 2.0}))


# --- small counts -----------------------------------------------------------------------------------------------------

SMALL = {"method": "small_counts", "small_counts": {"base": 5}, "minimum": 0}


def test_counts_of_rounded_inner_cells_leave_as_they_are():
    """They were rounded before they were counted: 3 became 5, 41 stayed."""
    frame = counts(with_city({"persons": [5, 41]})).with_columns(moved=pl.lit(0.0))
    assert shown(door(frame, areas=districts(2), **SMALL), "persons") == {"d1": 5.0, "d2": 41.0, "city": 46.0}


def test_small_counts_are_not_let_through_unrounded():
    """Nothing may leave as if it had been rounded."""
    with pytest.raises(DoorError, match="under small_counts, but was not counted from rounded inner cells"):
        door(counts(TOWN), **SMALL)
    with pytest.raises(DoorError, match="persons in 2024 is 3 in one area, though small counts are rounded to 0 or 5"):
        door(counts(TOWN).with_columns(moved=pl.lit(0.0)), **SMALL)


# --- what meets -------------------------------------------------------------------------------------------------------


def through(frame: pl.DataFrame, **policies: dict) -> pl.DataFrame:
    rules = {name: RulesDoc.model_validate(text) for name, text in policies.items()}
    return protect(frame, Structure(nesting(), (), CODES), rules).table.frame


def test_rounding_and_withholding_meet():
    """A register under one policy, extended by one under another: rounded, and withheld below the minimum of 15."""
    frame = counts({"persons": {"d1": 12, "d2": 44}}, policy="p+q")
    seen = through(frame, p=ROUND, q={"minimum": 15})
    assert seen["value"].to_list() == [None, 45.0]
    assert seen["status"].to_list() == [Status.SUPPRESSED.value, Status.OK.value]


def test_a_true_sum_does_not_leave_beside_changed_counts():
    """Somebody else delivers the incomes, under a policy that changes nothing: one person may be behind a rounded 5."""
    people = counts({"persons": {"d1": 1, "d2": 44}}, policy="p")
    incomes = counts({"persons.income": {"d1": 30_000, "d2": 1_400_000}}, policy="q")
    seen = through(pl.concat([people, incomes]), p=ROUND, q={"minimum": 3})
    assert seen.filter(universe="persons.income")["status"].to_list() == [Status.SUPPRESSED.value] * 2


def test_two_methods_never_meet_in_a_number():
    frame = counts({"persons": {"d1": 12}}, policy="p+q")
    with pytest.raises(DoorError, match=r"under p \(rounding\) and q \(rounding\): give both policies the same"):
        through(frame, p=ROUND, q={"method": "rounding", "rounding": {"base": 10}})


def test_areas_of_a_measure_go_by_one_method():
    """One quarter exact and one rounded beside an exact city: the rounded one would follow."""
    frame = pl.concat([counts({"persons": {"d1": 12}}, policy="p"), counts({"persons": {"d2": 12}}, policy="q")])
    with pytest.raises(DoorError, match="persons in 2024 comes from deliveries under different methods"):
        through(frame, p=ROUND, q={"minimum": 3})


def test_periods_may_go_by_different_methods():
    frame = pl.concat(
        [
            counts({"persons": {"d1": 12}}, policy="p", period="2024"),
            counts({"persons": {"d1": 12}}, policy="q", period="2023"),
        ]
    )
    seen = through(frame, p=ROUND, q={"minimum": 3}).sort("period")
    assert seen["value"].to_list() == [12.0, 10.0]
