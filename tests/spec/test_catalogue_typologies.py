"""Documents of typologies: what is refused, with its line, and what to do about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from project_samples import fault_of, write_project

from sozialraum.catalogue import load_catalogue, load_project

TYPOLOGY = """\
title.de = "Arten von Vierteln"
definition.de = "Viertel einer Art sind einander ähnlich."
caveats.de = "Sagt nichts über einzelne Menschen."
sources = ["ein Bericht"]
indicators = [{ indicator = "arme_kinder" }, { indicator = "einwohner" }]
fewest = 2
most = 4
minimum_areas = 5

[governance]
owner = "Sozialplanung"
checked_by = "Statistikstelle"
next_review = 2028-03-01
"""
FILE = "typologies/arten.toml"


def test_a_citys_typology_stands_beside_the_built_in_one(tmp_path: Path) -> None:
    typologies = load_project(write_project(tmp_path, {FILE: TYPOLOGY})).catalogue.typologies
    assert set(typologies) == {"arten", "sozialraumtypen"}
    assert typologies["arten"].names == ("arme_kinder", "einwohner")


def test_a_citys_typology_stands_in_the_place_of_the_built_in_one(tmp_path: Path) -> None:
    project = load_project(write_project(tmp_path, {"typologies/sozialraumtypen.toml": TYPOLOGY}))
    assert project.catalogue.typologies["sozialraumtypen"].title.de == "Arten von Vierteln"
    assert project.is_own("typologies", "sozialraumtypen")


REFUSED = [
    ("arme_kinder", "arme_kinda", 5, "indicators.0.indicator", "no indicator of this name (found: 'arme_kinda')"),
    ('"einwohner" }', '"einwohner", weight = 0 }', 5, "indicators.1.weight", "too small (found: '0')"),
    (', { indicator = "einwohner" }', "", 0, "", "at least two of [[indicators]], and sources"),
    ("einwohner", "arme_kinder", 0, "", "each indicator stands once"),
    ("most = 4", "most = 1", 7, "most", "too small (found: '1')"),
    ("fewest = 2", "fewest = 5", 0, "", "most = 4 is smaller than fewest = 5"),
    ("minimum_areas = 5", "minimum_areas = 4\nmethod = 'means'", 9, "method", "not known (found: 'means')"),
    ("fewest = 2\nmost = 4", "fewest = 6\nmost = 7", 0, "", "raise minimum_areas"),
    ("most = 4", 'most = 4\nchoose = "gap"\nmethod = "connected_ward"', 0, "", "chosen by silhouette, not by gap"),
    ("fewest", 'area_systems = ["bezirke"]\nfewest', 6, "area_systems", "no area system of this name"),
]


@pytest.mark.parametrize(("old", "new", "line", "column", "what"), REFUSED)
def test_what_is_refused(tmp_path: Path, old: str, new: str, line: int, column: str, what: str) -> None:
    assert old in TYPOLOGY
    fault = fault_of(tmp_path, {FILE: TYPOLOGY.replace(old, new, 1)})
    assert what in str(fault)
    assert (fault.file, fault.line, fault.column) == (FILE, line, column)


def test_the_built_in_typology_compares_age_households_housing_and_benefits() -> None:
    catalogue = load_catalogue()
    (document,) = catalogue.typologies.values()
    themes = {catalogue.indicators[name].theme for name in document.names}
    assert themes == {"bevoelkerung", "haushalte", "wohnen", "mindestsicherung"}
    for text in (document.title, document.definition, document.caveats):
        assert text.de
        assert text.en
