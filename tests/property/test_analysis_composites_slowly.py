"""The fast way to compute composites gives exactly what the slow and obvious one gives, whatever is missing."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_samples import CLASSES, composite
from composites_slowly import compute_slowly
from sozialraum.analysis import PARENT_SCHEMA, POPULATION_SCHEMA, Surroundings, compute_composites
from sozialraum.catalogue import CompositeDoc
from sozialraum.catalogue.indicator import Break
from sozialraum.tables import VALUE_SCHEMA, Status

AREAS = tuple("ABCDEF")
YEARS = ("2021", "2022", "2023")
SCHOOL_YEARS = ("2020/21", "2021/22", "2022/23")
NUMBERS = (0.0, 5.0, 10.0, 10.0, 12.5, 30.0, 100.0)
WITH, WITHOUT = [s.value for s in Status if s.has_value], [s.value for s in Status if not s.has_value]

numbers = st.tuples(st.sampled_from(NUMBERS), st.sampled_from(WITH))
nothing = st.tuples(st.none(), st.sampled_from(WITHOUT))
cells = st.one_of(numbers, numbers, numbers, nothing, st.none())


@st.composite
def tables(draw: st.DrawFn) -> pl.DataFrame:
    """Values of three indicators in two area systems; one of them by school year; shares with and without counts."""
    rows = []
    for system in ("areas", "blocks"):
        for name, periods in (("poor", YEARS), ("jobless", YEARS), ("leavers", SCHOOL_YEARS)):
            for area in AREAS:
                for period in periods:
                    if found := draw(cells):
                        base = draw(st.sampled_from([None, 0.0, 50.0, 200.0])) if found[0] is not None else None
                        cases = None if base is None else (found[0] or 0.0) / 100 * base
                        place = (name, system, area, period, "")
                        rows.append((*place, found[0], cases, base, found[1], None, None, 0))
    return pl.DataFrame(rows, schema=VALUE_SCHEMA, orient="row")


@st.composite
def residents(draw: st.DrawFn) -> pl.DataFrame:
    people = st.one_of(st.tuples(st.sampled_from([5.0, 10.0, 300.0]), st.just("ok")), nothing, st.none())
    rows = [
        (system, area, period, *found)
        for system in ("areas", "blocks")
        for area in AREAS
        for period in YEARS
        if (found := draw(people))
    ]
    return pl.DataFrame(rows, schema=POPULATION_SCHEMA, orient="row")


@st.composite
def recipes(draw: st.DrawFn) -> dict[str, CompositeDoc]:
    """A domain of one to three indicators, and an index of the domain and an indicator."""
    names = draw(st.lists(st.sampled_from(["jobless", "leavers"]), unique=True))
    inputs = [{"indicator": name, "period": "latest" if name == "leavers" else "same"} for name in ("poor", *names)]
    for part in inputs:
        part |= {"weight": draw(st.sampled_from([1.0, 2.5])), "direction": draw(st.sampled_from(["raises", "lowers"]))}
    index: list[dict[str, Any]] = [{"composite": "domain"}, {"indicator": "jobless", "weight": 2.0}]
    shrinkage = draw(st.sampled_from([None, {"to": "districts"}]))
    return {
        "index": composite(inputs=index, **_options(draw)),
        "domain": composite(inputs=inputs, shrinkage=shrinkage, **_options(draw)),
    }


def _options(draw: st.DrawFn) -> dict[str, Any]:
    method = draw(st.sampled_from(["z", "z", "min_max", "exponential_ranks"]))
    weighted = draw(st.sampled_from(["no", "population"])) if method == "z" else "no"
    years = draw(st.sampled_from([None, 1, 2]))
    return {
        "standardise": {"method": method, "weighted": weighted},
        "combine": {"method": draw(st.sampled_from(["sum", "mean"])), "standardise": draw(st.booleans())},
        "minimum_residents": draw(st.sampled_from([0, 10])),
        "minimum_areas": draw(st.sampled_from([2, 4])),
        "area_systems": draw(st.sampled_from([(), ("areas",)])),
        "dynamics": years and {"years": years, "classes": CLASSES},
    }


parents = st.lists(
    st.tuples(
        st.sampled_from(["areas", "blocks"]),
        st.sampled_from(AREAS),
        st.just("districts"),
        st.sampled_from(["I", "II"]),
    ),
    unique_by=lambda row: row[:2],
).map(lambda rows: pl.DataFrame(rows, schema=PARENT_SCHEMA, orient="row"))
breaks = st.sampled_from([{}, {"poor": [Break.model_validate({"period": "2022", "why": {"de": "Zensus"}})]}])


@given(recipes(), tables(), residents(), parents, breaks)
@settings(max_examples=80, deadline=None)
def test_the_fast_way_gives_what_the_slow_one_gives(documents, values, population, parents, breaks):
    around = Surroundings(population, parents, breaks)
    fast, slow = compute_composites(documents, values, around), compute_slowly(documents, values, around)
    assert fast.schema == slow.schema
    assert fast.equals(slow), fast.join(slow, on=fast.columns, how="anti", nulls_equal=True)
