"""What a score is made from: what each input adds, by hand, and that all of it together is the score."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from analysis_samples import composite, population_from, values_of
from indicator_samples import rows_of
from sozialraum.analysis import PARENT_SCHEMA, Surroundings, anatomy_of, contributions_of
from sozialraum.analysis.standardise import z_scores

# poor: mean 30, deviation 20; green: mean 4, deviation 2. D has no score, and counts for neither.
TABLE = """
    area | poor  | green | residents
    A    | 10    | 6     | 100
    B    | 50    | 2     | 300
    C    | 10    | 2     | 100
    D    | .     | 9     | 100
    E    | 50    | 6     | 100
"""
BY_HAND = """
    area | input | value | status     | standardised | contribution
    A    | poor  | 10    | ok         | -1           | -3
    A    | green | 6     | ok         | -1           | -1
    B    | poor  | 50    | ok         | 1            | 3
    B    | green | 2     | ok         | 1            | 1
    C    | poor  | 10    | ok         | -1           | -3
    C    | green | 2     | ok         | 1            | 1
    D    | poor  |       | suppressed |              |
    D    | green | 9     | ok         |              |
    E    | poor  | 50    | ok         | 1            | 3
    E    | green | 6     | ok         | -1           | -1
"""
INPUTS = [{"indicator": "poor", "weight": 3}, {"indicator": "green", "direction": "lowers"}]


def parts(documents, values, around, area, name="this"):
    return anatomy_of(documents, values, around, name=name, place=("areas", area, "2024"))


@pytest.mark.parametrize("row", rows_of(BY_HAND), ids=lambda row: f"{row['area']}-{row['input']}")
def test_it_works(row):
    document = composite(inputs=INPUTS)
    anatomy = parts({"this": document}, values_of(TABLE), Surroundings(population_from(TABLE)), row["area"])
    place = [found.part.name for found in anatomy.ingredients].index(row["input"])
    found, contribution = anatomy.ingredients[place].now, contributions_of(document, anatomy)[place]
    assert found.status == row["status"]
    for number, column in (
        (found.value, "value"),
        (found.standardised, "standardised"),
        (contribution, "contribution"),
    ):
        assert number == (pytest.approx(float(row[column])) if row[column] else None), column


SHARES = """
    area | poor    | green | residents
    A    | 10/100  | 6     | 100
    B    | 150/300 | 2     | 300
    C    | 1/10    | 3     | 100
    D    | .       | 9     | 100
    E    | 60/100  | 6     | 100
"""
PARENTS = pl.DataFrame(
    [("areas", area, "wide", "X" if area in "AB" else "Y") for area in "ABCDE"], schema=PARENT_SCHEMA, orient="row"
)
RECIPES = {
    "sum": {"inputs": INPUTS},
    "mean": {"inputs": INPUTS, "combine": {"method": "mean", "standardise": False}},
    "ranks": {"inputs": INPUTS, "standardise": {"method": "exponential_ranks"}},
    "min_max": {"inputs": INPUTS, "standardise": {"method": "min_max"}, "combine": {"standardise": False}},
    "weighted": {"inputs": INPUTS, "standardise": {"weighted": "population"}},
    "shrunk": {"inputs": INPUTS[:1], "shrinkage": {"to": "wide"}},
    "from_another": {"inputs": [{"composite": "domain", "weight": 2}, {"indicator": "green"}]},
}


@pytest.mark.parametrize("fields", RECIPES.values(), ids=RECIPES)
def test_contributions_add_up_to_the_score(fields):
    document = composite(**fields)
    values, around = values_of(SHARES), Surroundings(population_from(SHARES), PARENTS)
    documents = {"domain": composite(inputs=INPUTS), "this": document}
    found = {area: parts(documents, values, around, area) for area in "ABCE"}
    combined = np.array([sum(contributions_of(document, anatomy)) for anatomy in found.values()])
    if document.combine.standardise:
        residents = np.array([100.0, 300.0, 100.0, 100.0])
        combined = z_scores(combined, residents if document.standardise.weighted == "population" else None)
    assert [anatomy.row["score"] for anatomy in found.values()] == pytest.approx(combined.tolist())
    assert set(contributions_of(document, parts(documents, values, around, "D"))) == {None}


def test_without_any_score_nothing_is_added():
    document, values = composite(), values_of("area | poor\n    A | 3\n    B | 3")
    anatomy = parts({"this": document}, values, Surroundings(), "A")
    assert [found.now.value for found in anatomy.ingredients] == [3]
    assert contributions_of(document, anatomy) == (None,)
