"""Scores of larger areas: means weighted by residents."""

from __future__ import annotations

import polars as pl
import pytest

from analysis_samples import CLASSES, composite, population_from, values_of
from indicator_samples import expected, rows_of
from sozialraum.analysis import COMPOSITE_SCHEMA, PARENT_SCHEMA, Surroundings, aggregate_scores, compute_composites

DOCUMENT = composite(
    aggregate="population", combine={"standardise": False}, minimum_residents=10, classes=CLASSES, minimum_areas=3
)
# z of poor: A -1, B 1, C -1, D 1, with E left out for its 9 residents
TABLE = """
    area | poor | residents
    A    | 10   | 100
    B    | 30   | 300
    C    | 10   | 100
    D    | 30   | 100
    E    | 99   | 9
    F    | .    | 100
    G    | 99   | 9
"""


@pytest.mark.parametrize(
    "table",
    [
        """
        district | parts | score | class  | status     | reason
        I        | AB    | 0.5   | middle | ok         |
        II       | CD    | 0.0   | middle | ok         |
        III      | ADE   | 0.0   | middle | ok         |
        IV       | AF    |       |        | suppressed | input
        V        | EG    |       |        | undefined  | few_residents
        VI       | B     | 1.0   | middle | ok         |
        """
    ],
)
def test_a_larger_area_has_the_mean_of_its_residents(table):
    scores = compute_composites({"this": DOCUMENT}, values_of(TABLE), population_from(TABLE))
    for row in rows_of(table):
        pairs = [("areas", part, "districts", row["district"]) for part in row["parts"]]
        parents = pl.DataFrame(pairs, schema=PARENT_SCHEMA, orient="row")
        found = aggregate_scores(DOCUMENT, scores, parents, population_from(TABLE))
        assert found.schema == COMPOSITE_SCHEMA
        (one,) = found.iter_rows(named=True)
        assert (one["area_system"], one["area"], one["period"]) == ("districts", row["district"], "2024")
        for column in ("score", "class", "status"):
            assert one[column] == expected(row[column])
        assert one["reason"] == row["reason"]


def test_dynamics_are_averaged_too():
    document = composite(aggregate="population", dynamics={"years": 1, "classes": CLASSES})
    table = """
        area | period | poor | residents
        A    | 2023   | 10   | 100
        B    | 2023   | 10   | 100
        A    | 2024   | 10   | 100
        B    | 2024   | 20   | 300
        """
    parents = pl.DataFrame(
        [("areas", "A", "city", "0"), ("areas", "B", "city", "0")], schema=PARENT_SCHEMA, orient="row"
    )
    scores = compute_composites({"this": document}, values_of(table), population_from(table))
    found = aggregate_scores(document, scores, parents, population_from(table))
    rows = {row["period"]: row for row in found.iter_rows(named=True)}
    assert (rows["2024"]["dynamics"], rows["2024"]["dynamics_class"]) == (pytest.approx(0.5), "middle")
    assert rows["2024"]["dynamics_from"] == "2023"
    assert (rows["2023"]["dynamics"], rows["2023"]["dynamics_status"]) == (None, "missing")


def test_a_composite_that_is_not_averaged():
    scores = compute_composites({"this": composite()}, values_of(TABLE), population_from(TABLE))
    with pytest.raises(ValueError, match="compute it for the larger ones"):
        aggregate_scores(composite(), scores, pl.DataFrame(schema=PARENT_SCHEMA), population_from(TABLE))


# --- as a part of computing -------------------------------------------------------------------------------------------

QUARTERS = "area | poor | residents\nA | 10 | 100\nB | 30 | 300\nC | 10 | 100\nD | 30 | 100"
DISTRICTS = "area | poor | residents\nI | 25 | 400\nII | 20 | 200"
ABOVE = [
    *(("quarters", area, "districts", "I" if area in "AB" else "II") for area in "ABCD"),
    *(("quarters", area, "town", "0") for area in "ABCD"),
    *(("districts", area, "town", "0") for area in ("I", "II")),
]


def computed(**fields):
    values = pl.concat([values_of(QUARTERS, "quarters"), values_of(DISTRICTS, "districts")])
    people = pl.concat([population_from(QUARTERS, "quarters"), population_from(DISTRICTS, "districts")])
    around = Surroundings(people, pl.DataFrame(ABOVE, schema=PARENT_SCHEMA, orient="row"))
    documents = {"this": composite(combine={"standardise": False}, **fields)}
    scores = compute_composites(documents, values, around)
    return {(row["area_system"], row["area"]): row["score"] for row in scores.iter_rows(named=True)}


def test_scores_of_larger_areas_are_means_where_the_document_asks_for_it():
    quarters = {("quarters", "A"): -1.0, ("quarters", "B"): 1.0, ("quarters", "C"): -1.0, ("quarters", "D"): 1.0}
    assert computed() == quarters | {("districts", "I"): 1.0, ("districts", "II"): -1.0}  # by themselves
    assert computed(aggregate="population") == quarters | {("districts", "I"): 0.5, ("districts", "II"): 0.0}


def test_a_composite_for_the_larger_areas_alone_is_computed_for_them():
    found = computed(aggregate="population", area_systems=("districts",))
    assert found == {("districts", "I"): 1.0, ("districts", "II"): -1.0}


def test_no_mean_for_areas_that_the_composite_is_not_for():
    assert {system for system, _ in computed(aggregate="population", area_systems=("quarters",))} == {"quarters"}


def test_a_composite_of_means_takes_the_means():
    domain = composite(combine={"standardise": False}, aggregate="population")
    index = composite(inputs=[{"composite": "domain"}], standardise={"method": "min_max"})
    values = pl.concat([values_of(QUARTERS, "quarters"), values_of(DISTRICTS, "districts")])
    people = pl.concat([population_from(QUARTERS, "quarters"), population_from(DISTRICTS, "districts")])
    around = Surroundings(people, pl.DataFrame(ABOVE, schema=PARENT_SCHEMA, orient="row"))
    scores = compute_composites({"index": index, "domain": domain}, values, around).filter(area_system="districts")
    found = {(row["composite"], row["area"]): row["score"] for row in scores.iter_rows(named=True)}
    assert (found["domain", "I"], found["domain", "II"]) == (0.5, 0.0)
    assert found["index", "I"] > found["index", "II"]
