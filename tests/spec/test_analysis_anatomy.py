"""How a score came about: what its inputs contribute, or the scores that it is the mean of."""

from __future__ import annotations

import polars as pl
import pytest

from analysis_samples import CLASSES, composite, population_from, values_of
from sozialraum.analysis import PARENT_SCHEMA, Anatomy, Surroundings, anatomy_of
from sozialraum.tables import Status

TWO = [{"indicator": "poor", "weight": 2}, {"indicator": "jobless", "direction": "lowers"}]
TABLE = """
area | period | poor | jobless | residents
A    | 2023   | 10   | 4       | 100
B    | 2023   | 20   | 2       | 100
C    | 2023   | 30   | 6       | 100
A    | 2024   | 10   | 5       | 100
B    | 2024   | 20   | 7       | 300
C    | 2024   | 60   | 3       | 100
D    | 2024   | .    | 3       | 100
"""


def anatomy(area: str, period: str = "2024", text: str = TABLE, **fields: object) -> Anatomy | None:
    documents = {"this": composite(**{"inputs": TWO, "combine": {"standardise": False}} | fields)}
    around = Surroundings(population_from(text))
    return anatomy_of(documents, values_of(text), around, name="this", place=("areas", area, period))


@pytest.mark.parametrize("area", ["A", "B", "C"])
def test_what_the_inputs_contribute_adds_up_to_the_score(area: str) -> None:
    found = anatomy(area)
    assert found is not None
    poor, jobless = found.ingredients
    assert poor.now.standardised is not None
    assert jobless.now.standardised is not None
    assert 2 * poor.now.standardised + jobless.now.standardised == pytest.approx(found.row["score"])
    assert found.compared == 3


def test_the_values_are_those_that_are_published() -> None:
    found = anatomy("B")
    assert found is not None
    assert [(one.part.name, one.now.value, one.now.status) for one in found.ingredients] == [
        ("poor", 20.0, Status.OK),
        ("jobless", 7.0, Status.OK),
    ]
    assert found.ingredients[1].now.standardised == pytest.approx(-(7 - 5) / (8 / 3) ** 0.5)  # turned round


def test_an_area_that_takes_no_part_contributes_nothing() -> None:
    found = anatomy("D")
    assert found is not None
    assert (found.row["score"], found.row["status"]) == (None, "suppressed")
    assert [(one.now.value, one.now.standardised) for one in found.ingredients] == [(None, None), (3.0, None)]
    assert found.compared == 3


def test_dynamics_are_made_from_the_changes() -> None:
    found = anatomy("C", dynamics={"years": 1, "classes": CLASSES})
    assert found is not None
    changes = [one.before for one in found.ingredients]
    assert [(one.period, one.value) for one in changes if one] == [("2023", 30.0), ("2023", 6.0)]
    weights = (2, 1)
    parts = [w * one.standardised for w, one in zip(weights, changes, strict=True) if one and one.standardised]
    assert sum(parts) == pytest.approx(found.row["dynamics"])
    before = anatomy("C", "2023", dynamics={"years": 1, "classes": CLASSES})
    assert before is not None
    assert [one.before for one in before.ingredients] == [None, None]  # nothing is known of 2022


def test_among_few_areas_nothing_is_standardised() -> None:
    found = anatomy("A", minimum_areas=4)
    assert found is not None
    assert (found.row["reason"], found.compared) == ("few_areas", 3)
    assert [one.now.standardised for one in found.ingredients] == [None, None]


def test_a_place_without_a_score_has_no_anatomy() -> None:
    assert anatomy("Z") is None
    assert anatomy("A", "2020") is None


def test_a_share_that_was_drawn_to_the_larger_area_shows_both() -> None:
    text = "area | poor\nA | 5/10\nB | 400/1000\nC | 300/3000"
    parents = pl.DataFrame([("areas", area, "all", "0") for area in "ABC"], schema=PARENT_SCHEMA, orient="row")
    documents = {"this": composite(shrinkage={"to": "all"})}
    found = anatomy_of(
        documents,
        values_of(text),
        Surroundings(population_from("area | residents"), parents),
        name="this",
        place=("areas", "A", "2024"),
    )
    assert found is not None
    (share,) = found.ingredients
    assert share.now.value == 50.0
    assert share.now.drawn is not None
    assert 17 < share.now.drawn < 50


def test_a_mean_names_the_scores_inside() -> None:
    quarters = "area | poor | residents\nA | 10 | 100\nB | 30 | 300\nC | 10 | 100\nD | 30 | 100"
    pairs = [("quarters", area, "districts", "I" if area in "AB" else "II") for area in "ABCD"]
    around = Surroundings(
        population_from(quarters, "quarters"), pl.DataFrame(pairs, schema=PARENT_SCHEMA, orient="row")
    )
    documents = {"this": composite(aggregate="population", combine={"standardise": False})}
    found = anatomy_of(
        documents, values_of(quarters, "quarters"), around, name="this", place=("districts", "I", "2024")
    )
    assert found is not None
    assert found.ingredients == ()
    assert [(one.area_system, one.area, one.score, one.residents) for one in found.inside] == [
        ("quarters", "A", -1.0, 100.0),
        ("quarters", "B", 1.0, 300.0),
    ]
    assert found.row["score"] == 0.5
