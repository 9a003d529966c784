"""An index over areas is explained by the areas that it compares."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline_samples import run
from segregation_plainly import dissimilarity
from sozialraum.releases import Store


@pytest.fixture
def city(tmp_path: Path) -> Path:
    assert run("new", tmp_path / "city").code == 0
    return tmp_path / "city"


def test_every_part_is_a_term_that_leads_to_its_delivered_cells(city: Path) -> None:
    found = run("explain", city, "segregation_unter_18", "Meine Stadt", "2024", "--json").json
    terms = {(term["role"], term["area"]): term for term in found["terms"]}
    quarters = ("01", "02", "03", "04")
    assert terms.keys() == {(role, area) for role in ("numerator", "denominator") for area in quarters}
    assert all(sum(trace["value"] for trace in term["traces"]) == term["value"] for term in terms.values()), (
        "traces add up"
    )
    group, everybody = ([terms[role, area]["value"] for area in quarters] for role in ("numerator", "denominator"))
    assert run("build", city).code == 0
    (release,) = Store(city / "releases").releases()
    told = release.public.values.filter(indicator="segregation_unter_18", area_system="stadt", period="2024")["value"]
    assert told.to_list() == [pytest.approx(dissimilarity(group, everybody))]


def test_the_lines_say_which_area(city: Path) -> None:
    said = run("explain", city, "segregation_unter_18", "Meine Stadt", "2024").out
    assert "  numerator: persons {age 0-17}, 02, 2024 = 2125\n" in said


def test_an_area_that_none_lie_in_has_no_index(city: Path) -> None:
    asked = run("explain", city, "segregation_unter_18", "Nord", "2024", "--json")
    assert (asked.code, asked.whats) == (1, {"an index over areas is told of larger ones"})
