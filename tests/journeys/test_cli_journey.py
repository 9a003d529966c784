"""A city's first two releases at the command line, as the tutorial leads through them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline_samples import run, tree

OWN_INDICATOR = """\
title.de = "Anteil ab 65 Jahren in unserer Stadt"
title.en = "Share of 65 and over in our city"
definition.de = "Anteil der Menschen ab 65 Jahren an allen Einwohner*innen."
theme = "bevoelkerung"
unit = "percent"
polarity = "neutral"
interval = "wilson"

[share]
of = { universe = "persons", age = "65+" }
in = { universe = "persons" }

[governance]
owner = "Sozialplanung"
checked_by = "Statistikstelle"
next_review = 2028-03-01
"""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("journey") / "meine-stadt"
    assert run("new", folder).code == 0
    return folder


def built(city: Path) -> Path:
    answer = run("build", city, "--who", "Mara", "--json")
    assert answer.code == 0
    assert answer.json["audit_passed"] is True
    return Path(answer.json["folder"])


def published(city: Path) -> str:
    return (city / "releases" / "published").read_text(encoding="utf-8").strip()


def test_from_an_empty_folder_to_two_releases(city: Path) -> None:
    """One long way: each station needs the one before."""
    assert run("check", city, "--json").json == {"faults": [], "notes": [], "reviews": []}

    # an own indicator, at first with a mistake
    document = city / "indicators" / "anteil_ab_65_bei_uns.toml"
    document.write_text(OWN_INDICATOR.replace('age = "65+"', 'aeg = "65+"'), encoding="utf-8")
    refused = run("check", city)
    assert refused.code == 1
    assert "indicators/anteil_ab_65_bei_uns.toml:10 [share.of]: there is no dimension of this name" in refused.err
    assert "did you mean age?" in refused.err
    document.write_text(OWN_INDICATOR, encoding="utf-8")
    assert run("check", city).code == 0

    # the first release
    first = built(city)
    assert run("publish", first).code == 1
    assert [run(command, first, "--who", "Ali").code for command in ("approve", "publish")] == [0, 0]
    assert published(city) == first.name

    # where a number comes from
    with (city / "deliveries" / "einwohner.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream, delimiter=";"))
    terms = run("explain", city, "anteil_ab_65_bei_uns", "Nord", "2024", "--json").json["terms"]
    for term, column in zip(terms, ("65 und älter", "Einwohner"), strict=True):
        (trace,) = term["traces"]
        assert trace["column"] == column
        assert float(rows[trace["line"] - 1][rows[0].index(column)]) == trace["value"] == term["value"]

    # a new year is delivered
    before = tree(first)
    with (city / "deliveries" / "einwohner.csv").open("a", encoding="utf-8") as stream:
        stream.write("".join(f"2025;0{area};{9000 + area};500;1000;2000\n" for area in range(1, 5)))
    second = built(city)
    assert second.name != first.name
    assert published(city) == first.name
    difference = run("diff", first, second, "--json").json
    assert {(row["change"], row["period"]) for row in difference["values"]} == {("added", "2025")}
    assert (difference["documents"], difference["areas"]) == ({}, [])

    # the second release takes the place of the first, which stays as it is
    assert [run(command, second, "--who", "Ali").code for command in ("approve", "publish")] == [0, 0]
    assert published(city) == second.name
    assert [run("verify", release).code for release in (first, second)] == [0, 0]
    changed = {name for name, content in tree(first).items() if content != before[name]}
    assert changed == {"state.json"}

    # and back again
    asked = run("publish", first, "--json")
    assert asked.code == 1
    assert "which is newer. Nothing was done; --yes says that this is wanted." in asked.json["error"]
    assert run("publish", first, "--yes", "--json").json["state"] == "published"
    assert published(city) == first.name


def test_a_region_of_municipalities(tmp_path: Path) -> None:
    assert run("new", tmp_path / "region", "--from", "region").code == 0
    assert run("check", tmp_path / "region").code == 0
    release = built(tmp_path / "region")
    assert [run(command, release).code for command in ("verify", "approve", "publish")] == [0, 0, 0]
