"""For whose sake further numbers are withheld: small tables, as a steward would read them."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import pytest

from disclosure_samples import CODES, counts, districts, inside, nesting, part, with_city
from sozialraum.catalogue import RulesDoc
from sozialraum.disclosure import Causes, Part, Structure, find_causes, protect

GOOD = RulesDoc(minimum=5)


def causes(
    rows: Mapping[str, Mapping[str, float | str | None]],
    *parts: Part,
    areas: pl.DataFrame,
    rules: RulesDoc = GOOD,
    **more: object,
) -> Causes:
    frame, structure = counts(rows), Structure(areas, parts, CODES, **more)
    return find_causes(frame, structure, {"p": rules}, protect(frame, structure, {"p": rules}))


def told(found: Causes) -> dict[str, tuple[str, float, bool]]:
    """Area (and filter, where there is one) of each cause: why, how many others go for it, whether that is exact."""
    return {
        " ".join(filter(None, (area, where))): (why, further, alone)
        for area, where, why, further, alone in found.frame.select(
            "area", "where", "why", "further", "alone"
        ).iter_rows()
    }


def test_one_small_number_takes_one_other_with_it():
    """11, 15, 6 and 3 of 35: the 6 goes for the 3."""
    found = causes(with_city({"persons": [11, 15, 6, 3]}), areas=districts(4))
    assert told(found) == {"d4": ("minimum", 1.0, True)}
    assert found.between == {}


def test_two_small_numbers_that_hide_each_other_take_nobody():
    """4 + 4 of two districts are anything from 0 to 8."""
    found = causes(with_city({"persons": [20, 30, 4, 4]}), areas=districts(4))
    assert {further for _, further, _ in told(found).values()} == {0.0}


def test_two_small_numbers_of_one_sum_share_a_third():
    """1 + 1 are not enough to hide each other, so a third district goes for both: half of it for each."""
    found = causes(with_city({"persons": [20, 9, 1, 1]}), areas=districts(4))
    assert told(found) == {"d3": ("minimum", 0.5, False), "d4": ("minimum", 0.5, False)}


def test_what_does_not_hang_together_is_told_apart():
    """Two districts that are published: what goes in one goes for the small number there."""
    rows = {"persons": {"a1": 3, "a2": 9, "a3": 40, "b1": 2, "b2": 8, "b3": 50, "A": 52, "B": 60, "city": 112}}
    systems = dict.fromkeys(("a1", "a2", "a3", "b1", "b2", "b3"), "quarters") | {"A": "districts", "B": "districts"}
    frame = counts(rows, systems=systems)
    parents = {"a1": "A", "a2": "A", "a3": "A", "b1": "B", "b2": "B", "b3": "B"}
    areas = pl.concat(
        [inside(parents, "quarters", "districts"), inside({"A": "city", "B": "city"}, "districts", "city")]
    )
    structure = Structure(areas, (), CODES)
    found = find_causes(frame, structure, {"p": GOOD}, protect(frame, structure, {"p": GOOD}))
    assert told(found) == {"a1": ("minimum", 1.0, True), "b1": ("minimum", 1.0, True)}


def test_a_small_rest_is_the_cause_of_what_goes_for_it():
    """17 of 20 leave 3 others: the share goes for itself, and takes what it could be worked out from."""
    rows = {"persons": [20, 30, 40], "persons sgb2=yes": [17, 10, 12]}
    found = causes(with_city(rows), part("persons sgb2=yes", "persons"), areas=districts(3))
    assert told(found) == {"d1 sgb2=yes": ("complement", 1.0, True)}


def test_what_is_left_between_published_numbers_has_no_cause():
    """0-17 less 0-14 leaves two children of 15 to 17, whom nobody publishes: one of both numbers goes."""
    rows = {"persons age=0-17": {"city": 42}, "persons age=0-14": {"city": 40}}
    found = causes(rows, areas=nesting())
    assert told(found) == {}
    assert found.between == {"2024": 1}


def test_a_number_can_go_for_a_small_one_and_for_what_lies_between_at_once():
    """28 children in d1 hide the 3 in d3, and the two of 15 to 17 in d1, whom nobody publishes: half of it for each."""
    rows = {
        "persons age=0-17": {"d1": 30, "d2": 40, "d3": 50, "city": 120},
        "persons age=0-14": {"d1": 28, "d2": 30, "d3": 3, "city": 61},
    }
    found = causes(rows, areas=districts(3))
    assert told(found) == {"d3 age=0-14": ("minimum", 0.5, False)}
    assert found.between == {"2024": 0.5}


def test_what_the_provider_withheld_is_a_cause_too():
    found = causes({"persons": {"d1": 20, "d2": 30, "d3": "suppressed", "city": 57}}, areas=districts(3))
    assert told(found)["d3"] == ("delivered", 1.0, True)


def test_a_rest_that_nobody_publishes_is_a_cause():
    """Cells c1 and c2 leave one person of the area, in no cell."""
    rows = {"persons": {"c1": 12, "c2": 9, "rest": 1, "A": 22}}
    systems = dict.fromkeys(("c1", "c2", "rest"), "cells") | {"A": "areas"}
    frame = counts(rows, systems=systems)
    areas = inside(dict.fromkeys(("c1", "c2", "rest"), "A"), "cells", "areas")
    structure = Structure(areas, (), CODES, unseen=frozenset({("cells", "rest")}))
    found = find_causes(frame, structure, {"p": GOOD}, protect(frame, structure, {"p": GOOD}))
    assert told(found) == {"rest": ("minimum", 1.0, True)}


def test_a_difference_of_overlapping_areas_is_a_cause():
    """A school district of 40 lies in a quarter of 43: three people live in the quarter alone."""
    rows = {"persons": {"q1": 43, "q2": 60, "s1": 40, "s2": 63, "q1 & s1": 40, "q1 & s2": 3, "q2 & s2": 60}}
    systems = {"q1": "quarters", "q2": "quarters", "s1": "schools", "s2": "schools"}
    frame = counts(rows, systems=systems | dict.fromkeys(("q1 & s1", "q1 & s2", "q2 & s2"), "atoms"))
    areas = nesting(
        *(("atoms", f"{q} & {s}", "quarters", q) for q, s in (("q1", "s1"), ("q1", "s2"), ("q2", "s2"))),
        *(("atoms", f"{q} & {s}", "schools", s) for q, s in (("q1", "s1"), ("q1", "s2"), ("q2", "s2"))),
    )
    structure = Structure(areas, (), CODES, atoms=frozenset({"atoms"}))
    protected = protect(frame, structure, {"p": GOOD})
    found = find_causes(frame, structure, {"p": GOOD}, protected)
    others = protected.withheld.filter(pl.col("area_system") != "atoms").height
    assert others > 0
    assert told(found) == {"q1 & s2": ("overlap", float(others), True)}


def test_periods_are_told_one_by_one():
    first, second = with_city({"persons": [11, 15, 6, 3]}), with_city({"persons": [20, 30, 4, 4]})
    frame = pl.concat([counts(first, period="2023"), counts(second, period="2024")])
    structure = Structure(districts(4), (), CODES)
    found = find_causes(frame, structure, {"p": GOOD}, protect(frame, structure, {"p": GOOD}))
    shares = dict(found.frame.group_by("period").agg(pl.col("further").sum()).iter_rows())
    assert shares == {"2023": 1.0, "2024": 0.0}


@pytest.mark.parametrize(
    "rules",
    [RulesDoc(minimum=5, secondary=False), RulesDoc.model_validate({"method": "rounding", "minimum": 6})],
    ids=["nothing is protected", "numbers are changed"],
)
def test_without_further_numbers_there_is_no_cause(rules: RulesDoc):
    found = causes(with_city({"persons": [11, 15, 6, 3]}), areas=districts(4), rules=rules)
    assert found.frame.is_empty()
    assert found.between == {}
