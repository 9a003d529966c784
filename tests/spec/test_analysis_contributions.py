"""What a score is made from: what each input adds, by hand, and that all of it together is the score."""

from __future__ import annotations

import polars as pl
import pytest

from analysis_samples import composite, population_from, values_of
from indicator_samples import rows_of
from sozialraum.analysis import PARENT_SCHEMA, Surroundings, compute_composites, contributions_of
from sozialraum.analysis.contributions import CONTRIBUTION_SCHEMA
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
PLACE = ("areas", "2024")


def parts(documents, values, around, name="this"):
    scores = compute_composites(documents, values, around)
    found = contributions_of(documents, values, around, scores, composite=name, place=PLACE)
    return found, scores.filter(composite=name, area_system=PLACE[0], period=PLACE[1])


def test_it_works():
    found, _scores = parts({"this": composite(inputs=INPUTS)}, values_of(TABLE), Surroundings(population_from(TABLE)))
    assert found.schema == CONTRIBUTION_SCHEMA
    assert set(found["period"]) == {"2024"}
    for row, wanted in zip(found.iter_rows(named=True), rows_of(BY_HAND), strict=True):
        assert (row["area"], row["input"], row["status"]) == (wanted["area"], wanted["input"], wanted["status"])
        for column in ("value", "standardised", "contribution"):
            number = float(wanted[column]) if wanted[column] else None
            assert row[column] == (None if number is None else pytest.approx(number)), (wanted, column)


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
    found, scores = parts(documents, values, around)
    sums = found.filter(pl.col("contribution").is_not_null()).group_by("area").agg(pl.col("contribution").sum())
    told = scores.filter(pl.col("score").is_not_null()).join(sums, on="area").sort("area")
    assert told["area"].to_list() == ["A", "B", "C", "E"]
    combined = told["contribution"].to_numpy()
    if document.combine.standardise:
        weighs = document.standardise.weighted == "population"
        combined = z_scores(
            combined, told["area"].replace_strict({"B": 300.0}, default=100.0).to_numpy() if weighs else None
        )
    assert told["score"].to_list() == pytest.approx(combined.tolist())


LATEST = """
    area | period  | poor | school
    A    | 2024    | 10   |
    B    | 2024    | 20   |
    C    | 2024    | 40   |
    A    | 2023/24 |      | 5
    B    | 2023/24 |      | 6
    C    | 2023/24 |      | 9
    A    | 2022/23 |      | 1
    B    | 2022/23 |      | 1
    C    | 2022/23 |      | 2
"""


def test_an_input_says_of_which_period_it_is():
    inputs = [{"indicator": "poor"}, {"indicator": "school", "period": "latest"}]
    found, _scores = parts({"this": composite(inputs=inputs)}, values_of(LATEST), Surroundings())
    assert {(row["input"], row["period"]) for row in found.iter_rows(named=True)} == {
        ("poor", "2024"),
        ("school", "2023/24"),
    }
    assert found.filter(area="C", input="school")["value"].to_list() == [9]


def test_without_any_score_there_are_values_and_nothing_more():
    values = values_of("area | poor\n    A | 3\n    B | 3")
    found, _scores = parts({"this": composite()}, values, Surroundings())
    assert found["value"].to_list() == [3, 3]
    assert found["contribution"].to_list() == [None, None]


def test_means_of_smaller_areas_are_not_taken_apart():
    document = composite(inputs=INPUTS, aggregate="population")
    around = Surroundings(population_from(TABLE), PARENTS)
    found = pl.concat([values_of(TABLE), values_of("area | poor | green\n    X | 20 | 4\n    Y | 30 | 5", "wide")])
    scores = compute_composites({"this": document}, found, around)
    wide = contributions_of({"this": document}, found, around, scores, composite="this", place=("wide", "2024"))
    assert set(scores["area_system"]) == {"areas", "wide"}
    assert wide.schema == CONTRIBUTION_SCHEMA
    assert wide.is_empty()
