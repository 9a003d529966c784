"""Single units become counts: what is in, what is out, zero and missing."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from counts_samples import CITY, CODES, code_list, measure, records, system
from sozialraum.areas import AREA_SCHEMA, AreaSystem, AreaSystems
from sozialraum.catalogue.measures import Measure
from sozialraum.counts import Counts, can_answer, count, place
from sozialraum.sources.records import Records
from sozialraum.tables import COUNT_SCHEMA

PEOPLE = [
    {"area:quarters": "n1", "age": 3, "sex": "female", "family": "mother_alone", "income": 0.0},
    {"area:quarters": "n1", "age": 14, "sex": "male", "family": "mother_alone", "income": None},
    {"area:quarters": "n1", "age": 40, "sex": "female", "family": "mother_alone", "income": 1500.5},
    {"area:quarters": "n2", "age": 15, "sex": "male", "family": "father_alone", "income": None},
    {"area:quarters": "n2", "age": 65, "sex": None, "family": "single", "income": 2000.0},
    {"area:quarters": "n2", "age": None, "sex": "female", "family": "couple", "income": 500.0},
]

HELD = ["strange", "tolerated_person", "recognised_refugee"]


def counted(*measures: Measure, rows=PEOPLE, systems=CITY) -> Counts:
    return count(place(records(rows), systems), measures, systems, CODES)


def number(counts: Counts, question: Measure, area: str, period: str = "2024") -> tuple[float | None, str]:
    where = {"universe": question.universe, "where": question.where_text, "area": area, "period": period}
    return counts.frame.filter(**where).select("value", "status").row(0)


@pytest.mark.parametrize(
    ("question", "n1", "n2", "north"),
    [
        (measure("persons"), 3, 3, 6),
        (measure("persons", age="0-14"), 2, 0, 2),
        (measure("persons", age="15-64"), 1, 1, 2),
        (measure("persons", age="65+"), 0, 1, 1),
        (measure("persons", age="3"), 1, 0, 1),
        (measure("persons", age="0-3|40+"), 2, 1, 3),
        (measure("persons", sex="female"), 2, 1, 3),
        (measure("persons", sex="female|male"), 3, 2, 5),
        (measure("persons", sex="diverse"), 0, 0, 0),
        (measure("persons", family="alone_with_children"), 3, 1, 4),
        (measure("persons", age="0-17", sex="male"), 1, 1, 2),
        (measure("persons.income"), 1500.5, 2500, 4000.5),
        (measure("persons.income", sex="female"), 1500.5, 500, 2000.5),
    ],
    ids=str,
)
def test_every_question_is_answered_for_every_area(question, n1, n2, north):
    counts = counted(question)
    assert [number(counts, question, area)[0] for area in ("n1", "n2", "N")] == [n1, n2, north]
    assert number(counts, question, "all")[0] == north


def test_the_table_has_the_columns_of_counts_and_the_question_as_it_was_asked():
    frame = counted(measure("persons", family="alone_with_children")).frame
    assert frame.schema == COUNT_SCHEMA
    assert frame["where"].unique().to_list() == ["family=alone_with_children"]


def test_an_area_without_units_is_a_true_zero():
    assert number(counted(measure("persons")), measure("persons"), "s1") == (0.0, "zero")


def test_an_unknown_value_is_in_no_code_but_in_the_total_and_a_note_says_so():
    questions = [measure("persons"), measure("persons", age="0+"), measure("persons", sex="female|male|diverse")]
    counts = counted(*questions)
    assert [number(counts, question, "all")[0] for question in questions] == [6, 5, 5]
    assert [(note.column, note.what.split(" of ")[0]) for note in counts.notes] == [("age", "1"), ("sex", "1")]


def test_where_no_amount_is_known_the_sum_is_missing_and_not_zero():
    question = measure("persons.income", sex="male")
    counts = counted(question)
    assert number(counts, question, "n1") == (None, "missing")
    assert number(counts, question, "s1") == (0.0, "zero")


def test_where_nothing_is_known_in_a_whole_period_the_number_is_missing_and_not_zero():
    rows = [
        {"period": "2023", "area:quarters": "n1", "sgb2": None},
        {"period": "2024", "area:quarters": "n1", "sgb2": "yes"},
        {"period": "2024", "area:quarters": "n1", "sgb2": None},
    ]
    question = measure("persons", sgb2="yes")
    counts = counted(question, measure("persons"), rows=rows)
    assert number(counts, question, "n1", "2023") == (None, "missing")
    assert number(counts, question, "n2", "2023") == (None, "missing")
    assert number(counts, question, "n2", "2024") == (0.0, "zero")
    assert number(counts, measure("persons"), "n1", "2023") == (1.0, "ok")
    assert [note.what.split(":")[0] for note in counts.notes if note.column == "sgb2"] == [
        "1 of 2 persons have no known value",
        "no persons have a known value in 2023",
    ]


def test_a_unit_that_lies_in_no_area_is_counted_nowhere():
    counts = counted(measure("persons"), rows=[*PEOPLE, {"area:quarters": "nowhere", "age": 1}])
    assert number(counts, measure("persons"), "all")[0] == 6


def test_periods_stand_beside_each_other():
    rows = [{"period": "2023", "area:quarters": "n1"}, *({"area:quarters": "n1"} for _ in range(2))]
    counts = counted(measure("persons"), rows=rows)
    assert [number(counts, measure("persons"), "n1", period)[0] for period in ("2023", "2024")] == [1, 2]


def test_an_area_that_did_not_exist_yet_is_not_covered():
    rows = [("old", "2000-01-01", None), ("new", "2024-01-01", None)]
    frame = pl.DataFrame([{"code": c, "name": c, "valid_from": f, "valid_to": t} for c, f, t in rows], AREA_SCHEMA)
    systems = AreaSystems({"quarters": AreaSystem("quarters", {"de": "-"}, None, frame)})
    people = [{"period": period, "area:quarters": "old"} for period in ("2023", "2024")]
    found = counted(measure("persons"), rows=people, systems=systems).frame
    assert found.select("area", "period", "status").rows() == [
        ("old", "2023", "ok"),
        ("old", "2024", "ok"),
        ("new", "2024", "zero"),
    ]


@pytest.mark.parametrize(
    ("question", "lack"),
    [
        (measure("households"), "the records are persons"),
        (measure("persons", sgb2="yes"), "no column sgb2"),
        (measure("persons.rent"), "no column rent"),
    ],
    ids=str,
)
def test_a_question_that_the_records_can_not_answer_is_refused(question, lack):
    assert not can_answer(records(PEOPLE), question)
    with pytest.raises(ValueError, match=lack):
        counted(question)


def test_a_register_without_rows_counts_nothing():
    empty = records(PEOPLE)
    empty = place(type(empty)("register", "persons", empty.frame.clear()), CITY)
    assert count(empty, [measure("persons")], CITY, CODES).frame.is_empty()


@pytest.mark.parametrize(
    "kind", [pl.String, pl.Categorical, pl.Enum(["strange", "tolerated_person", "recognised_refugee"])]
)
def test_long_codes_are_counted_like_short_ones_however_they_are_held(kind):
    codes = CODES | {"residence": code_list("recognised_refugee", "tolerated_person")}
    held = [*HELD, "tolerated_person", None]
    people = place(records([{"area:quarters": "n1", "residence": code} for code in held]), CITY)
    people = replace(people, frame=people.frame.cast({"residence": kind}))
    questions = [measure("persons", residence=code) for code in ("recognised_refugee", "tolerated_person")]
    counts = count(people, questions, CITY, codes)
    assert [number(counts, question, "n1")[0] for question in questions] == [1, 2]
    assert counts.notes[0].what.startswith("1 of 5 persons have no known value")


def test_areas_may_be_held_as_text_and_be_many():
    systems = AreaSystems({"blocks": system("blocks", {f"b{n}": None for n in range(40)})})
    frame = pl.DataFrame({"period": "2024", "area:blocks": ["b0", "b7", "b39", "b39", "elsewhere", None]})
    counts = count(Records("register", "persons", frame), [measure("persons")], systems, CODES)
    assert counts.frame.filter(pl.col("value") > 0).select("area", "value").rows() == [("b0", 1), ("b7", 1), ("b39", 2)]


def test_two_systems_that_do_not_nest_are_counted_in_one_go():
    systems = AreaSystems(
        {"left": system("left", {"a": None, "b": None}), "right": system("right", {"a": None, "b": None})}
    )
    rows = [{"area:left": "a", "area:right": "a"}, {"area:left": "b", "area:right": None}]
    found = counted(measure("persons"), rows=rows, systems=systems).frame.sort("area_system", "area")
    assert found.select("area_system", "area", "value").rows() == [
        ("left", "a", 1.0),
        ("left", "b", 1.0),
        ("right", "a", 1.0),
        ("right", "b", 0.0),
    ]
