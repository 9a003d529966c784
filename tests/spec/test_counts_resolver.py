"""Every question finds its number among the deliveries, by priority, or is reported with the reason."""

from __future__ import annotations

import polars as pl
import pytest

from counts_samples import CITY, CODES, cells, measure, records, supply, system
from sozialraum.areas import AREA_SCHEMA, AreaSystem, AreaSystems
from sozialraum.counts import RESOLVED_SCHEMA, UNRESOLVED_SCHEMA, Resolution, place, resolve

PERSONS = measure("persons")
KIDS = measure("persons", age="0-14")
SMALL = measure("persons", age="0-5")
SCHOOL = measure("persons", age="6-14")
GROWN = measure("persons", age="15+")


def answered(questions, *supplies, systems=CITY) -> Resolution:
    return resolve(questions, supplies, systems, CODES)


def number(resolution: Resolution, question, area: str, period: str = "2024") -> tuple[float | None, str, str]:
    where = {"universe": question.universe, "where": question.where_text, "area": area, "period": period}
    return resolution.frame.filter(**where).select("value", "status", "source").row(0)


def test_a_delivered_number_answers_its_own_question():
    found = answered([PERSONS], supply(cells([(PERSONS, "quarters", "n1", "2024", 12.0)])))
    assert found.frame.schema == RESOLVED_SCHEMA
    assert found.frame.filter(area="n1").row(0) == (
        "persons", "", "quarters", "n1", "2024", 12.0, "ok", "table", "official",
    )  # fmt: skip


def test_an_area_that_an_aggregate_does_not_deliver_is_missing_and_not_zero():
    found = answered([PERSONS], supply(cells([(PERSONS, "quarters", "n1", "2024", 12.0)])))
    assert number(found, PERSONS, "n2") == (None, "missing", "table")


def test_a_delivered_zero_is_zero():
    found = answered([PERSONS], supply(cells([(PERSONS, "quarters", "n1", "2024", 0.0)])))
    assert number(found, PERSONS, "n1") == (0.0, "zero", "table")


def test_disjoint_codes_are_added_up():
    parts = [(SMALL, "quarters", "n1", "2024", 3.0), (SCHOOL, "quarters", "n1", "2024", 4.0)]
    found = answered([KIDS], supply(cells(parts)))
    assert number(found, KIDS, "n1") == (7.0, "ok", "table")


@pytest.mark.parametrize(
    ("first", "second", "value", "status"),
    [
        ((3.0, "ok"), (4.0, "ok"), 7.0, "ok"),
        ((0.0, "zero"), (4.0, "ok"), 4.0, "ok"),
        ((0.0, "zero"), (0.0, "zero"), 0.0, "zero"),
        ((3.0, "ok"), (None, "suppressed"), None, "suppressed"),
        ((3.0, "ok"), (None, "missing"), None, "missing"),
        ((None, "missing"), (None, "suppressed"), None, "suppressed"),
        ((3.0, "estimated"), (4.0, "ok"), 7.0, "estimated"),
        ((0.0, "estimated"), (0.0, "zero"), 0.0, "estimated"),
        ((3.0, "provisional"), (4.0, "estimated"), 7.0, "estimated"),
        ((3.0, "unreliable"), (4.0, "estimated"), 7.0, "unreliable"),
        ((None, "undefined"), (4.0, "ok"), None, "undefined"),
        ((-4.0, "ok"), (4.0, "ok"), 0.0, "zero"),
    ],
)
def test_the_status_of_a_sum_comes_from_its_parts(first, second, value, status):
    parts = [(SMALL, "quarters", "n1", "2024", *first), (SCHOOL, "quarters", "n1", "2024", *second)]
    assert number(answered([KIDS], supply(cells(parts))), KIDS, "n1") == (value, status, "table")


@pytest.mark.parametrize(
    ("quarters", "value", "status"),
    [
        ({"n1": 3.0, "n2": 4.0}, 7.0, "ok"),
        ({"n1": 3.0}, None, "missing"),
        ({"n1": 3.0, "n2": None}, None, "missing"),
        ({"n1": 0.0, "n2": 0.0}, 0.0, "zero"),
    ],
)
def test_a_coarser_area_is_the_sum_of_all_its_finer_ones(quarters, value, status):
    rows = [(PERSONS, "quarters", area, "2024", number) for area, number in quarters.items()]
    assert number(answered([PERSONS], supply(cells(rows))), PERSONS, "N")[:2] == (value, status)


def test_the_city_is_the_sum_over_two_levels_and_over_codes():
    rows = [(m, "quarters", area, "2024", 1.0) for area in ("n1", "n2", "s1") for m in (SMALL, SCHOOL, GROWN)]
    assert number(answered([PERSONS], supply(cells(rows))), PERSONS, "all")[0] == 9


def test_the_single_area_of_an_unrelated_system_is_the_sum_of_the_others():
    systems = AreaSystems({"whole": system("whole", {"all": None}), "parts": system("parts", {"a": None, "b": None})})
    rows = [(PERSONS, "parts", area, "2024", 5.0) for area in ("a", "b")]
    assert number(answered([PERSONS], supply(cells(rows)), systems=systems), PERSONS, "all")[0] == 10


def test_two_single_areas_do_not_go_round_in_a_circle():
    wholes = {id: system(id, {id: None}) for id in ("city", "region")}
    rows = [(PERSONS, "city", "city", "2024", 5.0)]
    found = answered([PERSONS], supply(cells(rows)), systems=AreaSystems(wholes))
    assert found.frame["area"].to_list() == ["city"]


def test_some_parts_delivered_and_some_summed_over_areas():
    rows = [(SMALL, "districts", "N", "2024", 3.0), *((SCHOOL, "quarters", a, "2024", 4.0) for a in ("n1", "n2"))]
    assert number(answered([KIDS], supply(cells(rows))), KIDS, "N")[:2] == (11.0, "ok")


def test_numbers_are_never_split_onto_finer_areas():
    found = answered([PERSONS], supply(cells([(PERSONS, "districts", "N", "2024", 12.0)])))
    assert found.frame.filter(area_system="quarters").is_empty()
    why = found.unresolved.filter(area_system="quarters").row(0, named=True)
    assert (why["period"], why["why"]) == ("2024", "persons is delivered for city, districts, not for quarters")


def test_a_figure_is_only_used_as_it_was_delivered():
    rent = measure("figure.rent")
    rows = [(rent, "quarters", area, "2024", 8.5) for area in ("n1", "n2", "s1")]
    found = answered([rent], supply(cells(rows)))
    assert found.frame["area_system"].unique().to_list() == ["quarters"]


def test_the_higher_priority_wins_and_the_other_fills_the_gaps():
    low = supply(cells([(PERSONS, "quarters", area, "2024", 1.0) for area in ("n1", "n2", "s1")], "low"))
    high = supply(cells([(PERSONS, "quarters", "n1", "2024", 9.0)], "high"), priority=5)
    found = answered([PERSONS], low, high)
    assert number(found, PERSONS, "n1") == (9.0, "ok", "high")
    assert number(found, PERSONS, "n2") == (1.0, "ok", "low")


def test_what_one_provider_suppressed_is_not_undone_by_another():
    low = supply(cells([(PERSONS, "quarters", "n1", "2024", 1.0)], "low"))
    high = supply(cells([(PERSONS, "quarters", "n1", "2024", None, "suppressed")], "high"), priority=5)
    assert number(answered([PERSONS], low, high), PERSONS, "n1") == (None, "suppressed", "high")


def test_at_equal_priority_the_direct_number_wins_and_a_note_tells_the_difference():
    total = supply(cells([(KIDS, "quarters", "n1", "2024", 10.0)], "total"))
    parts = supply(cells([(m, "quarters", "n1", "2024", 4.0) for m in (SMALL, SCHOOL)], "parts"))
    found = answered([KIDS], parts, total)
    assert number(found, KIDS, "n1") == (10.0, "ok", "total")
    assert [(note.file, note.what, note.value) for note in found.notes] == [
        (
            "total",
            "1 of 1 numbers differ from those of parts, at most by 2; the numbers of total are used",
            "persons {age 0-14} in quarters n1, 2024: 10 and 8 (the sum of 2 parts)",
        )
    ]


def test_a_total_that_was_not_delivered_for_one_area_is_the_sum_of_its_parts_there():
    parts = [(m, "quarters", area, "2024", 4.0) for area in ("n1", "n2") for m in (SMALL, SCHOOL)]
    found = answered([KIDS], supply(cells([*parts, (KIDS, "quarters", "n1", "2024", 9.0)])))
    assert [number(found, KIDS, area)[0] for area in ("n1", "n2")] == [9, 8]


def test_a_suppressed_total_is_not_uncovered_by_its_parts():
    parts = [(m, "quarters", "n1", "2024", 4.0) for m in (SMALL, SCHOOL)]
    found = answered([KIDS], supply(cells([*parts, (KIDS, "quarters", "n1", "2024", None, "suppressed")])))
    assert number(found, KIDS, "n1") == (None, "suppressed", "table")


def test_a_delivered_total_that_is_not_the_sum_of_its_areas_is_noted():
    rows = [(PERSONS, "quarters", area, "2024", 5.0) for area in ("n1", "n2")]
    found = answered([PERSONS], supply(cells([*rows, (PERSONS, "districts", "N", "2024", 11.0)])))
    assert number(found, PERSONS, "N")[0] == 11
    assert [(note.what, note.value) for note in found.notes] == [
        (
            "1 of 1 numbers differ from the sums of their own parts, at most by 1; the numbers of table are used",
            "persons in districts N, 2024: 11 and 10 (delivered, summed over areas)",
        )
    ]


def test_sums_that_agree_are_not_noted():
    rows = [(m, "quarters", "n1", "2024", v) for m, v in ((SMALL, 0.1), (SCHOOL, 0.2), (KIDS, 0.3))]
    assert answered([KIDS], supply(cells(rows))).notes == ()


def test_several_deliveries_together_where_none_can_answer_alone():
    young = supply(cells([(SMALL, "quarters", "n1", "2024", 3.0)], "nursery"), policy="internal")
    older = supply(cells([(SCHOOL, "quarters", "n1", "2024", 4.0)], "schools"))
    found = answered([KIDS], young, older).frame.filter(area="n1")
    assert found.select("value", "source", "policy").row(0) == (7.0, "nursery+schools", "internal+official")


def test_the_tiling_may_differ_between_periods():
    rows = [
        (KIDS, "quarters", "n1", "2023", 10.0),
        (SMALL, "quarters", "n1", "2024", 3.0),
        (SCHOOL, "quarters", "n1", "2024", 4.0),
    ]
    found = answered([KIDS], supply(cells(rows)))
    assert [number(found, KIDS, "n1", period)[0] for period in ("2023", "2024")] == [10, 7]


def test_a_register_answers_everything_its_dimensions_can_say():
    people = [{"area:quarters": "n1", "age": age} for age in (3, 9, 30)]
    found = answered([PERSONS, KIDS], supply(place(records(people), CITY), "register-rules"))
    assert number(found, KIDS, "n1") == (2.0, "ok", "register")
    assert number(found, KIDS, "s1") == (0.0, "zero", "register")
    assert number(found, PERSONS, "all") == (3.0, "ok", "register")
    assert found.frame["policy"].unique().to_list() == ["register-rules"]


def test_a_register_of_one_year_and_a_table_of_another_make_one_series():
    people = supply(place(records([{"area:quarters": "n1"}]), CITY), priority=1)
    table = supply(cells([(PERSONS, "quarters", "n1", "2023", 7.0)]))
    found = answered([PERSONS], people, table)
    assert [number(found, PERSONS, "n1", p) for p in ("2023", "2024")] == [
        (7.0, "ok", "table"),
        (1.0, "ok", "register"),
    ]


def test_a_register_does_not_answer_for_periods_in_which_it_knows_nothing():
    people = [{"period": p, "area:quarters": "n1", "sgb2": v} for p, v in (("2023", None), ("2024", "yes"))]
    asked = measure("persons", sgb2="yes")
    table = supply(cells([(asked, "quarters", "n1", "2023", 7.0)]))
    found = answered([asked], supply(place(records(people), CITY), priority=1), table)
    assert number(found, asked, "n1", "2023") == (7.0, "ok", "table")
    assert number(found, asked, "n1", "2024") == (1.0, "ok", "register")


@pytest.mark.parametrize(("delivered", "status"), [(5.0, "provisional"), (0.0, "provisional"), (None, "missing")])
def test_numbers_of_a_preliminary_period_are_marked(delivered, status):
    table = supply(cells([(PERSONS, "quarters", "n1", "2024", delivered)]), provisional=("2024",))
    assert number(answered([PERSONS], table), PERSONS, "n1")[1] == status


def test_a_question_is_answered_in_the_words_in_which_it_was_asked():
    asked = [measure("persons", age="0-5|6-14"), KIDS]
    found = answered(asked, supply(cells([(KIDS, "quarters", "n1", "2024", 4.0)])))
    assert sorted(found.frame["where"].unique()) == ["age=0-14", "age=0-5|6-14"]


def test_a_number_that_was_delivered_twice_counts_once():
    rows = [(PERSONS, "quarters", "n1", "2024", 4.0), (PERSONS, "quarters", "n1", "2024", 5.0)]
    assert number(answered([PERSONS], supply(cells(rows))), PERSONS, "n1")[0] == 4


def test_numbers_for_unknown_areas_are_noted_and_not_used():
    rows = [(PERSONS, "quarters", area, "2024", 4.0) for area in ("n1", "x7")]
    found = answered([PERSONS], supply(cells(rows)))
    assert found.notes[0].value == "x7"
    assert found.frame.filter(area="x7").is_empty()


@pytest.mark.parametrize(
    ("question", "period", "why"),
    [
        (measure("households"), "", "no delivery has households with the dimensions that are asked for"),
        (measure("persons", sex="female"), "2024", "no delivery has persons by sex"),
        (
            measure("persons", age="0-17"),
            "2024",
            "the delivered codes do not make up what is asked: age 0-17 from 0-14, 15+",
        ),
    ],
    ids=str,
)
def test_what_can_not_be_resolved_is_reported_with_the_reason(question, period, why):
    rows = [(m, "quarters", "n1", "2024", 4.0) for m in (KIDS, GROWN)]
    found = answered([question], supply(cells(rows)))
    assert found.frame.is_empty()
    assert found.unresolved.schema == UNRESOLVED_SCHEMA
    assert found.unresolved.filter(area_system="quarters").select("period", "why").row(0) == (period, why)


def test_a_question_without_deliveries_is_reported():
    found = answered([PERSONS])
    assert found.frame.is_empty()
    assert found.unresolved["why"].n_unique() == 1


def split_quarter() -> AreaSystems:
    """In 2020 the quarter ``n1`` was divided into ``n1a`` and ``n1b``; ``n2`` stayed."""
    states = [("n1", None, "2019-12-31"), ("n2", None, None), ("n1a", "2020-01-01", None), ("n1b", "2020-01-01", None)]
    rows = [{"code": c, "name": c, "parent": "N", "valid_from": start, "valid_to": end} for c, start, end in states]
    quarters = AreaSystem("quarters", {"de": "-"}, "districts", pl.DataFrame(rows, AREA_SCHEMA), level=1)
    return AreaSystems({"districts": system("districts", {"N": None}), "quarters": quarters})


@pytest.mark.parametrize(
    ("period", "delivered", "district"),
    [
        ("2018", {"n1": 5.0, "n2": 1.0}, 6.0),
        ("2018", {"n1a": 2.0, "n1b": 3.0, "n2": 1.0}, 6.0),
        ("2018", {"n1a": 2.0, "n2": 1.0}, None),
        ("2022", {"n1a": 2.0, "n1b": 3.0, "n2": 1.0}, 6.0),
        ("2022", {"n1": 5.0, "n2": 1.0}, None),
    ],
)
def test_the_areas_of_the_period_add_up_or_those_of_today(period, delivered, district):
    rows = [(PERSONS, "quarters", area, period, value) for area, value in delivered.items()]
    found = answered([PERSONS], supply(cells(rows)), systems=split_quarter())
    assert number(found, PERSONS, "N", period)[0] == district


def test_an_area_of_another_time_is_missing_where_anything_else_is_known_of_it():
    rows = [(PERSONS, "quarters", "n1", "2018", 9.0), (KIDS, "quarters", "n2", "2018", 1.0)]
    found = answered([PERSONS, KIDS], supply(cells(rows)), systems=split_quarter())
    assert number(found, KIDS, "n1", "2018")[1] == "missing"


def test_missing_areas_are_those_of_the_period_that_still_exist():
    rows = [(PERSONS, "quarters", "n2", period, 1.0) for period in ("2018", "2022")]
    found = answered([PERSONS], supply(cells(rows)), systems=split_quarter()).frame.filter(area_system="quarters")
    assert found.filter(period="2018")["area"].to_list() == ["n2"]
    assert found.filter(period="2022")["area"].to_list() == ["n2", "n1a", "n1b"]
