"""Few passes over the records, and never a cube as large as the records."""

from __future__ import annotations

import numpy as np
import pytest

from counts_samples import CODES, code_list, measure
from sozialraum.counts.classes import classes_of
from sozialraum.counts.planning import LEAST, ROOM, plan_cubes

MANY = {f"d{number}": code_list(*(f"c{code}" for code in range(5))) for number in range(10)}


@pytest.mark.parametrize(
    ("dimension", "asked", "classes"),
    [
        ("age", ["0-14"], 2),
        ("age", ["0-14", "15-64", "65+"], 4),
        ("age", ["0-14", "0-5", "6-14"], 3),
        ("age", ["0-17", "15-64"], 4),
        ("age", ["0-2|10-12"], 2),
        ("age", ["0+"], 2),
        ("sex", ["female"], 2),
        ("sex", ["female|male"], 2),
        ("sex", ["female|male", "female"], 3),
        ("family", ["alone_with_children"], 2),
    ],
)
def test_what_no_question_tells_apart_is_one_class(dimension, asked, classes):
    found = classes_of(dimension, asked, CODES[dimension])
    assert found.size == classes
    assert not any(members[0] for members in found.asked.values()), "the rest belongs to no question"


def test_a_question_is_made_of_the_classes_inside_it():
    found = classes_of("age", ["0-5", "6-14", "0-14"], CODES["age"])
    assert np.array_equal(found.asked["0-14"], found.asked["0-5"] | found.asked["6-14"])


def test_questions_that_fit_share_one_pass():
    questions = [measure("persons", age="0-14"), measure("persons", sex="female"), measure("persons")]
    assert len(plan_cubes(questions, CODES, places=240)) == 1


def test_ten_dimensions_take_a_few_small_cubes_and_not_one_large_one():
    questions = [measure("persons", **{d: f"c{code}"}) for d in MANY for code in range(5)]
    plans = plan_cubes(questions, MANY, places=100)
    assert len(plans) == 4
    assert all(plan.size * 100 <= ROOM for plan in plans)
    assert sorted(d for plan in plans for d in plan.classes) == sorted(MANY), "every dimension is read once"


def test_where_there_are_very_many_places_cubes_may_still_have_some_classes():
    questions = [measure("persons", **{d: "c0"}) for d in MANY]
    plans = plan_cubes(questions, MANY, places=10**6)
    assert [plan.size for plan in plans] == [LEAST, 2**4]


def test_a_group_of_questions_that_is_too_large_is_divided():
    pairs = [(d, e) for d in MANY for e in MANY if d < e][:1]
    questions = [measure("persons", **{d: f"c{a}", e: f"c{b}"}) for d, e in pairs for a in range(5) for b in range(5)]
    plans = plan_cubes(questions, MANY, places=ROOM)
    assert sum(len(plan.questions) for plan in plans) == len(questions)
    assert all(plan.size <= LEAST for plan in plans)


def test_the_same_question_is_asked_once():
    (plan,) = plan_cubes([measure("persons"), measure("persons")], CODES, places=1)
    assert plan.questions == [measure("persons")]
