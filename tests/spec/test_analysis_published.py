"""What belongs together in a package: which areas are compared, what they lie in, and scores that anybody can redo."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from analysis_samples import composite, population_from, values_of
from sozialraum.analysis import COMPOSITE_SCHEMA, Surroundings, composites_of, compute_composites
from sozialraum.analysis.published import comparable, surroundings_of
from sozialraum.areas.systems import AREA_SCHEMA
from sozialraum.catalogue import AreaSystemDoc, Catalogue, load_catalogue

QUARTERS = """
area | residents | poor
A    | 900       | 10
B    | 800       | 20
C    | 700       | 40
"""
PLACES = {
    # system: (area, what it lies in)
    "quarters": (("A", "West"), ("B", "West"), ("C", "East")),
    "districts": (("West", "Town"), ("East", "Town")),
    "town": (("Town", None),),
    "microcells": (("A-1", "A"), ("A-2", "A"), ("B-1", "B")),
}
PARENTS = {"quarters": "districts", "districts": "town", "town": None}


def frame(places: tuple[tuple[str, str | None], ...]) -> pl.DataFrame:
    rows = [(code, code, parent, None, None) for code, parent in places]
    return pl.DataFrame(rows, schema=AREA_SCHEMA, orient="row")


AREAS = {system: frame(places) for system, places in PLACES.items()}
DOCUMENTS = {
    system: AreaSystemDoc.model_validate(
        {"title": {"de": system}, "file": "f", "code": "c", "name": "n", "parent": parent}
    )
    for system, parent in PARENTS.items()
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The built-in catalogue with one composite: the share of poor people."""
    return replace(load_catalogue(), composites={"this": composite()})


def of(text: str, system: str) -> pl.DataFrame:
    """Values of a table; its residents are values of the indicator that counts them."""
    return values_of(text.replace("residents", "einwohner"), system)


VALUES = pl.concat(
    [
        of(QUARTERS, "quarters"),
        of("area | residents | poor\nWest | 1700 | 15\nEast | 700 | 40", "districts"),
        of("area | residents | poor\nTown | 2400 | 22", "town"),
        of("area | residents | poor\nA-1 | 20 | 5\nA-2 | 30 | 50\nB-1 | 25 | 90", "microcells"),
    ]
)


def test_neither_microcells_nor_the_whole_city_are_compared(catalogue: Catalogue) -> None:
    assert comparable(DOCUMENTS, AREAS) == ["districts", "quarters"]
    scores = composites_of(catalogue, DOCUMENTS, VALUES, AREAS)
    assert set(scores["area_system"]) == {"districts", "quarters"}


def test_areas_that_somebody_drew_are_not_compared_with_each_other() -> None:
    drawn = DOCUMENTS | {"quarters": DOCUMENTS["quarters"].model_copy(update={"complete": False})}
    assert comparable(drawn, AREAS) == ["districts"]


def test_the_scores_are_those_of_the_values_alone(catalogue: Catalogue) -> None:
    scores = composites_of(catalogue, DOCUMENTS, VALUES, AREAS)
    alone = compute_composites(
        {"this": composite()}, values_of(QUARTERS, "quarters"), Surroundings(population_from(QUARTERS, "quarters"))
    )
    assert scores.schema == COMPOSITE_SCHEMA
    assert scores.filter(area_system="quarters").equals(alone)
    assert alone["score"].null_count() == 0


def test_an_area_lies_in_every_larger_one_above_it(catalogue: Catalogue) -> None:
    parents = surroundings_of(catalogue, DOCUMENTS, VALUES, AREAS).parents
    assert sorted(parents.rows()) == [
        ("districts", "East", "town", "Town"),
        ("districts", "West", "town", "Town"),
        ("quarters", "A", "districts", "West"),
        ("quarters", "A", "town", "Town"),
        ("quarters", "B", "districts", "West"),
        ("quarters", "B", "town", "Town"),
        ("quarters", "C", "districts", "East"),
        ("quarters", "C", "town", "Town"),
    ]


def test_residents_and_breaks_come_from_the_package(catalogue: Catalogue) -> None:
    found = surroundings_of(catalogue, DOCUMENTS, VALUES, AREAS)
    assert found.population.filter(area_system="quarters").select("area", "value").rows() == [
        ("A", 900.0),
        ("B", 800.0),
        ("C", 700.0),
    ]
    assert found.breaks == {}  # no indicator of the catalogue is called "poor"


def test_a_package_without_inputs_has_no_scores(catalogue: Catalogue) -> None:
    assert composites_of(catalogue, DOCUMENTS, VALUES.clear(), AREAS).equals(pl.DataFrame(schema=COMPOSITE_SCHEMA))
