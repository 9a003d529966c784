"""The cube gives what a slow and obvious count gives, row by row."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from counts_samples import CITY, CODES, records
from sozialraum.catalogue.codes import parse_interval, split_codes
from sozialraum.catalogue.measures import Measure
from sozialraum.counts import count, place
from sozialraum.counts.planning import plan_cubes

PARENT = {"n1": "N", "n2": "N", "s1": "S"}
LISTS = ("sex", "sgb2", "family")


def one_of(dimension: str) -> st.SearchStrategy[str]:
    codes = sorted({*CODES[dimension].codes, *CODES[dimension].groups})
    return st.lists(st.sampled_from(codes), min_size=1, max_size=3, unique=True).map("|".join)


INTERVAL = st.tuples(st.integers(0, 99), st.integers(0, 40), st.sampled_from(["closed", "open", "single"])).map(
    lambda t: {"closed": f"{t[0]}-{t[0] + t[1]}", "open": f"{t[0]}+", "single": str(t[0])}[t[2]]
)
AGES = st.lists(INTERVAL, min_size=1, max_size=2).map("|".join)
QUESTION = st.builds(
    Measure.of,
    st.sampled_from(["persons", "persons.minutes"]),
    st.fixed_dictionaries({}, optional={"age": AGES, **{dimension: one_of(dimension) for dimension in LISTS}}),
)
PERSON = st.fixed_dictionaries(
    {
        "period": st.sampled_from(["2023", "2024"]),
        "area:quarters": st.sampled_from(["n1", "n2", "s1", "n1", "n2", None, "elsewhere"]),
        "age": st.none() | st.integers(0, 110),
        "minutes": st.none() | st.integers(0, 20).map(float),
        **{dimension: st.none() | st.sampled_from(sorted(CODES[dimension].codes)) for dimension in LISTS},
    }
)
PEOPLE = st.lists(PERSON, min_size=1, max_size=40)


def belongs(person: dict, question: Measure) -> bool:
    for dimension, text in question.where:
        value, document = person[dimension], CODES[dimension]
        if value is None:
            return False
        if document.kind == "interval":
            parts = [parse_interval(code) for code in split_codes(text)]
            if not any(part.low <= value < part.high for part in parts):
                return False
        elif value not in {c for code in split_codes(text) for c in split_codes(document.groups.get(code, code))}:
            return False
    return True


def lies_in(person: dict, system: str, area: str) -> bool:
    quarter = person["area:quarters"]
    known = quarter in PARENT
    return {"city": known, "districts": known and PARENT[quarter] == area, "quarters": quarter == area}[system]


def slowly(people: list[dict], question: Measure, system: str, area: str, period: str) -> float | None:
    everyone = [p for p in people if p["period"] == period]
    asked = [*question.filter, *(["minutes"] if question.universe == "persons.minutes" else [])]
    if any(all(p[column] is None for p in everyone) for column in asked):
        return None
    here = [p for p in everyone if lies_in(p, system, area) and belongs(p, question)]
    if question.universe == "persons":
        return float(len(here))
    known = [p["minutes"] for p in here if p["minutes"] is not None]
    return None if here and not known else float(sum(known))


@settings(max_examples=120, deadline=None)
@given(PEOPLE, st.lists(QUESTION, min_size=1, max_size=12))
def test_the_cube_counts_like_a_row_by_row_reference(people, questions):
    counts = count(place(typed(people), CITY), questions, CITY, CODES).frame
    assert counts.height == len(set(questions)) * 6 * len({p["period"] for p in people})
    for universe, where, system, area, period, value, status in counts.rows():
        expected = slowly(people, Measure.parse(universe, where), system, area, period)
        assert value == expected
        assert status == ("missing" if expected is None else "ok" if expected else "zero")


@settings(max_examples=60, deadline=None)
@given(PEOPLE, st.lists(QUESTION, min_size=1, max_size=5))
def test_finer_areas_add_up_to_coarser_ones(people, questions):
    counts = count(place(typed(people), CITY), questions, CITY, CODES).frame
    finest = counts.filter(area_system="quarters").with_columns(pl.col("area").replace_strict(PARENT))
    sums = finest.group_by("universe", "where", "area", "period").agg(
        pl.when(pl.col("value").is_not_null().all()).then(pl.col("value").sum()).alias("sum")
    )
    both = counts.filter(area_system="districts").join(sums, on=["universe", "where", "area", "period"])
    assert both.filter(pl.col("sum").is_not_null() & (pl.col("sum") != pl.col("value"))).is_empty()


@given(st.lists(QUESTION, min_size=1, max_size=30), st.integers(1, 100_000))
@settings(max_examples=60, deadline=None)
def test_every_question_lies_in_one_cube_and_cubes_stay_small(questions, places):
    plans = plan_cubes(questions, CODES, places)
    assert sorted(q for plan in plans for q in plan.questions) == sorted(set(questions))
    room = 2**16 if places <= 1024 else 2**22  # in the cache, or at least few passes in little memory
    for plan in plans:
        assert len(plan.questions) == 1 or plan.size <= max(64, room // places)


def typed(people: list[dict]) -> object:
    """Records whose columns have their types even where every value is null."""
    types = {"age": pl.Int64, "minutes": pl.Float64, "area:quarters": pl.String, **dict.fromkeys(LISTS, pl.String)}
    found = records(people)
    return type(found)(found.source, found.universe, found.frame.cast(types))
