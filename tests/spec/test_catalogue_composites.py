"""Documents of composites: what is refused, with its line, and what to do about it."""

from __future__ import annotations

import pytest
from project_samples import fault_of, faults_of, write_project

from sozialraum.catalogue import load_project

COMPOSITE = """\
title.de = "Lage"
definition.de = "Je höher, desto ärmer."
caveats.de = "Sagt nichts über einzelne Menschen."
sources = ["ein Bericht"]
inputs = [{ indicator = "arme_kinder" }]

[[classes]]
id = "niedrig"
up_to = 1
title.de = "niedrig"

[[classes]]
id = "hoch"
title.de = "hoch"

[governance]
owner = "Sozialplanung"
checked_by = "Statistikstelle"
next_review = 2028-03-01
"""
FILE = "composites/lage.toml"


def test_a_citys_composite_stands_beside_the_built_in_ones(tmp_path):
    composites = load_project(write_project(tmp_path, {FILE: COMPOSITE})).catalogue.composites
    assert {"lage", "mss", "rise"} <= set(composites)
    assert composites["lage"].inputs[0].indicator == "arme_kinder"


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "what"),
    [
        ("arme_kinder", "arme_kinda", 5, "inputs.0.indicator", "no indicator of this name (found: 'arme_kinda')"),
        ("indicator =", "composite =", 5, "inputs.0.composite", "no composite of this name (found: 'arme_kinder')"),
        ('"arme_kinder" }', '"arme_kinder", weight = 0 }', 5, "inputs.0.weight", "too small (found: '0')"),
        ('"arme_kinder" }', '"arme_kinder", direction = "up" }', 5, "inputs.0.direction", "write 'raises' or 'lowers'"),
        ('indicator = "arme_kinder"', "", 5, "inputs.0", "either indicator = ... or composite = ..."),
        ("[{ indicator", '[{ indicator = "arme_kinder" }, { indicator', 0, "", "each input stands once"),
        ('inputs = [{ indicator = "arme_kinder" }]', "inputs = []", 0, "", "at least one of [[inputs]], and sources"),
        ('"arme_kinder" }', '"arme_kinder", period = "latest" }', 0, "", "gives the periods of the composite"),
        ("up_to = 1\n", "", 0, "", "only the last class may have no upper end; add below or up_to to niedrig"),
        ('id = "hoch"', 'id = "hoch"\nbelow = 2', 0, "", "the last class has no upper end"),
        ("up_to = 1", "up_to = 1\nbelow = 1", 7, "classes.0", "either with below = ... or with up_to = ..."),
        ("up_to = 1", "up_to = inf", 9, "classes.0.up_to", "a number that is not infinite"),
        ('id = "hoch"', 'id = "niedrig"', 0, "", "two classes have the same id"),
        ("[gov", '[standardise]\nmethod = "t"\n\n[gov', 17, "standardise.method", "not known (found: 't')"),
        (
            "[gov",
            '[standardise]\nmethod = "min_max"\nweighted = "population"\n\n[gov',
            16,
            "standardise",
            "can be weighted by population, not min_max",
        ),
        ("[gov", '[shrinkage]\nto = "bezirke"\n\n[gov', 17, "shrinkage.to", "no area system of this name"),
        ("sources = ", 'area_systems = ["bezirke"]\nsources = ', 4, "area_systems", "no area system of this name"),
        ('"arme_kinder" }]\n', '"einwohner" }]\nshrinkage.to = "viertel"\n', 5, "inputs.0.indicator", "only shares"),
    ],
)
def test_what_is_refused(tmp_path, old, new, line, column, what):
    assert old in COMPOSITE
    fault = fault_of(tmp_path, {FILE: COMPOSITE.replace(old, new, 1)})
    assert what in str(fault)
    assert (fault.file, fault.line, fault.column) == (FILE, line, column)


def test_classes_are_written_from_low_to_high(tmp_path):
    more = '[[classes]]\nid = "mittel"\nup_to = 1\ntitle.de = "mittel"\n\n[[classes]]\nid = "hoch"'
    fault = fault_of(tmp_path, {FILE: COMPOSITE.replace('[[classes]]\nid = "hoch"', more)})
    assert "mittel does not end above niedrig" in str(fault)


def test_circles_are_told_once(tmp_path):
    other = COMPOSITE.replace('indicator = "arme_kinder"', 'composite = "zwei"')
    one = COMPOSITE.replace('indicator = "arme_kinder"', 'composite = "eins"')
    fault = fault_of(tmp_path, {"composites/eins.toml": other, "composites/zwei.toml": one})
    assert (fault.file, fault.line, fault.column) == ("composites/eins.toml", 5, "inputs.0.composite")
    assert fault.what == "circular: eins -> zwei -> eins"


def test_a_composite_has_no_name_of_an_indicator(tmp_path):
    (fault,) = faults_of(tmp_path, {"composites/arme_kinder.toml": COMPOSITE})
    assert fault.what == "there is an indicator of this name"


def test_a_composite_of_itself_is_a_circle(tmp_path):
    (fault,) = faults_of(tmp_path, {FILE: COMPOSITE.replace('indicator = "arme_kinder"', 'composite = "lage"')})
    assert fault.what == "circular: lage -> lage"
