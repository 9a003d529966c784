"""Types of areas as a release keeps them: when they are looked for, who has none, and what is written down."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
import shapely

from analysis_samples import values_of
from sozialraum.analysis import AreaTypes, Obstacle, Unplaced, typologies_of
from sozialraum.areas import AreaSystem
from sozialraum.areas.systems import AREA_SCHEMA
from sozialraum.catalogue import AreaSystemDoc, TypologyDoc, load_catalogue
from sozialraum.tables import Status

CODES = tuple("ABCDEFG")
GROUPS = """
area | period | poor | old
A    | 2023   | 10   | 30
B    | 2023   | 11   | 31
C    | 2023   | 12   | 29
D    | 2023   | 40   | 10
E    | 2023   | 41   | 11
F    | 2023   | 42   | 12
G    | 2023   | .    | 12
A    | 2024   | 10   |
B    | 2024   | 11   | ...
C    | 2024   | 12   | .
D    | 2024   | 40   | 10
E    | 2024   | 41   | 11
F    | 2024   | 42   | 12
"""


def system(id: str = "areas", codes: tuple[str, ...] = CODES) -> AreaSystem:
    """Squares in a row."""
    rows = [(code, code, None, None, None) for code in codes]
    geometry = np.array([shapely.box(at, 0, at + 1, 1) for at in range(len(codes))], object)
    return AreaSystem(id, {"de": id}, None, pl.DataFrame(rows, schema=AREA_SCHEMA, orient="row"), geometry)


def document(**fields: Any) -> TypologyDoc:
    usual = {
        "title": {"de": "Arten"},
        "definition": {"de": "Ähnlich."},
        "caveats": {"de": "Keine."},
        "sources": ["ein Bericht"],
        "indicators": [{"indicator": "poor"}, {"indicator": "old"}],
        "minimum_areas": 5,
        "most": 4,
        "governance": {"owner": "Sozialplanung", "checked_by": "Statistikstelle", "next_review": "2028-03-01"},
    }
    return TypologyDoc.model_validate(usual | fields)


def found(text: str = GROUPS, *systems: AreaSystem, **fields: Any) -> tuple[AreaTypes, ...]:
    areas = {one.id: one for one in systems or (system(),)}
    documents = {
        id: AreaSystemDoc.model_validate({"title": {"de": id}, "file": "f", "code": "c", "name": "n"})
        for id in areas
        if id != "microcells"
    }
    catalogue = replace(load_catalogue(), typologies={"arten": document(**fields)})
    values = pl.concat([values_of(text, id) for id in areas])
    return typologies_of(catalogue, documents, values, areas)


def test_types_of_the_latest_period_in_which_enough_areas_have_everything() -> None:
    (types,) = found()
    assert (types.typology, types.area_system, types.period) == ("arten", "areas", "2023")
    assert types.found is not None
    assert [one.areas for one in types.found.types] == [("A", "B", "C"), ("D", "E", "F")]
    assert types.obstacle is None


def test_an_area_without_a_type_says_what_it_lacks() -> None:
    (types,) = found()
    assert types.unplaced == {"G": Unplaced(Status.SUPPRESSED, ("poor",))}
    (later,) = found(minimum_areas=3)
    assert later.period == "2024"
    assert later.unplaced == {
        "A": Unplaced(Status.MISSING, ("old",)),
        "B": Unplaced(Status.MISSING, ("old",)),
        "C": Unplaced(Status.SUPPRESSED, ("old",)),
    }


def test_neither_microcells_nor_systems_of_few_areas_have_types() -> None:
    several = (system(), system("microcells"), system("districts", ("A", "B", "C")))
    assert [types.area_system for types in found(GROUPS, *several)] == ["areas"]


def test_for_the_systems_that_the_document_names() -> None:
    both = (system("quarters"), system("areas"))
    assert [types.area_system for types in found(GROUPS, *both)] == ["areas", "quarters"]
    assert [types.area_system for types in found(GROUPS, *both, area_systems=("quarters",))] == ["quarters"]


@pytest.mark.parametrize(
    ("text", "fields", "obstacle"),
    [
        (GROUPS, {"minimum_areas": 7}, Obstacle.FEW_AREAS),
        ("area | poor | old\n" + "\n".join(f"{code} | 1 | 2" for code in CODES), {}, Obstacle.EQUAL),
    ],
)
def test_why_there_are_no_types(text: str, fields: dict[str, Any], obstacle: Obstacle) -> None:
    (types,) = found(text, **fields)
    assert types.found is None
    assert types.obstacle is obstacle


def test_connected_types_need_territories_that_touch() -> None:
    connected = {"method": "connected_ward", "fewest": 2, "most": 2}
    (types,) = found(GROUPS, system(), **connected)
    assert types.found is not None
    assert [one.areas for one in types.found.types] == [("A", "B", "C"), ("D", "E", "F")]
    apart = "area | poor | old\n" + "\n".join(f"{code} | {at} | {at}" for at, code in enumerate(CODES))
    islands = replace(system(), geometry=np.array([shapely.box(3 * at, 0, 3 * at + 1, 1) for at in range(7)], object))
    (none,) = found(apart, islands, **connected)
    assert (none.found, none.obstacle) == (None, Obstacle.TERRITORIES)


def test_a_weight_counts_the_indicator_more_often() -> None:
    """Two indicators that contradict each other: the heavier one decides."""
    text = "area | poor | old\nA | 1 | 1\nB | 2 | 9\nC | 1 | 2\nD | 9 | 9\nE | 8 | 1\nF | 9 | 8"
    for heavy, expected in (("poor", [("A", "B", "C"), ("D", "E", "F")]), ("old", [("A", "C", "E"), ("B", "D", "F")])):
        weights = [{"indicator": name, "weight": 20 if name == heavy else 1} for name in ("poor", "old")]
        (types,) = found(text, system("areas", tuple("ABCDEF")), indicators=weights, fewest=2, most=2)
        assert types.found is not None
        assert [one.areas for one in types.found.types] == expected
        assert abs(types.found.types[0].means[heavy]) < 1.1  # described in plain standard deviations


@pytest.mark.parametrize("fields", [{}, {"choose": "gap"}, {"minimum_areas": 7}, {"method": "k_means"}])
def test_what_is_written_is_read_back(fields: dict[str, Any]) -> None:
    types = found(**fields)
    assert tuple(AreaTypes.of_json(json.loads(json.dumps(one.as_json()))) for one in types) == types
