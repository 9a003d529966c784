"""Catalogue, not code: one TOML file in a city's folder, nothing else touched, and its value is on a page."""

from __future__ import annotations

import csv
import re
import urllib.request
from pathlib import Path

import pytest

from pipeline_samples import run, served, tree
from sozialraum.catalogue import load_project
from sozialraum.catalogue.indicator import FORMULAS
from sozialraum.releases import Store

INDICATOR = """\
title.de = "Junge Menschen je 100 Ältere"
title.en = "Young people per 100 older people"
definition.de = "Menschen unter 18 Jahren je 100 Menschen ab 65 Jahren."
definition.en = "Persons below 18 per 100 persons of 65 and above."
theme = "bevoelkerung"
unit = "per_100"
polarity = "neutral"

[ratio]
of = { universe = "persons", age = "0-17" }
to = { universe = "persons", age = "65+" }
per = 100

[governance]
owner = "Sozialplanung"
checked_by = "Statistikstelle"
next_review = 2028-03-01
"""
YEAR = "2024"


def delivered(city: Path) -> dict[str, float]:
    """Work the indicator out from the delivered table, a quarter at a time."""
    with (city / "deliveries" / "einwohner.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream, delimiter=";") if row["Jahr"] == YEAR]
    young = {row["Stadtteil"]: int(row["unter 6"]) + int(row["6 bis 17"]) for row in rows}
    return {row["Stadtteil"]: 100 * young[row["Stadtteil"]] / int(row["65 und älter"]) for row in rows}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("one") / "city"
    assert run("new", folder).code == 0
    before = tree(folder)
    (folder / "indicators" / "junge_je_100_aeltere.toml").write_text(INDICATOR, encoding="utf-8")
    after = tree(folder)
    assert {path for path in after if after[path] != before.get(path)} == {"indicators/junge_je_100_aeltere.toml"}
    assert run("build", folder).code == 0
    (release,) = Store(folder / "releases").releases()
    assert [run(command, release.folder).code for command in ("approve", "publish")] == [0, 0]
    return folder


def test_its_value_is_in_the_release(city: Path) -> None:
    published = Store(city / "releases").published()
    assert published is not None
    values = published.public.values.filter(indicator="junge_je_100_aeltere", area_system="stadtteile", period=YEAR)
    told = dict(values.select("area", "value").iter_rows())
    assert told == pytest.approx(delivered(city))
    assert len(told) == 4


def test_its_value_is_on_its_page_in_both_languages(city: Path) -> None:
    expected = delivered(city).values()
    with served(city) as address:
        for path, mark in (("/kennzahlen/junge_je_100_aeltere/", ","), ("/en/indicators/junge_je_100_aeltere/", ".")):
            with urllib.request.urlopen(address + path, timeout=20) as answer:
                page = re.sub(r"\s+", " ", answer.read().decode())
            assert all(f"{value:.1f}".replace(".", mark) in page for value in expected), path
            assert "Sozialplanung" in page


# --- the guide --------------------------------------------------------------------------------------------------------

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "add-an-indicator.md"


def snippets() -> list[str]:
    """What the guide says can stand in a document beside what it types."""
    return re.findall(r"^```toml\n(.*?)^```$", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_every_table_that_the_guide_names_is_a_formula_and_every_formula_is_named() -> None:
    section = GUIDE.read_text("utf-8").partition("## Choose the formula")[2].partition("## ")[0]
    assert set(re.findall(r"^\| `\[(\w+)\]`", section, re.MULTILINE)) == set(FORMULAS)


@pytest.mark.parametrize("snippet", snippets(), ids=lambda text: text.splitlines()[0])
def test_what_the_guide_adds_to_a_document_is_accepted(tmp_path: Path, snippet: str) -> None:
    city = tmp_path / "city"
    run("new", city)
    text = INDICATOR.replace('polarity = "neutral"', 'polarity = "low_is_good"')
    (city / "indicators" / "junge_je_100_aeltere.toml").write_text(f"{text}\n{snippet}", encoding="utf-8")
    assert run("check", city).out.endswith("No faults, 0 notes.\n")
    document = load_project(city).catalogue.indicators["junge_je_100_aeltere"]
    assert document.target or (document.changes and document.breaks)
