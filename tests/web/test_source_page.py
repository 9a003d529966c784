"""The page of a source: who delivers it, what of it is read and for how long, how its people are protected."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.pages.source import source_page
from web.reading import read

Page = Callable[..., dict[str, Any]]

ROUNDED = """
title.de = "Gerundet"
why.de = "Zum Schutz."
[public]
method = "rounding"
minimum = 0
[internal]
"""


@pytest.fixture
def page(atlas: Atlas, tmp_path: Path) -> Page:
    """Return the page of the register, with some words of its document changed, under another policy if given."""

    def changed(old: str = "", new: str = "", policy: str = "") -> dict[str, Any]:
        folder = shutil.copytree(atlas.package.folder, tmp_path / "public", dirs_exist_ok=True)
        document = folder / "catalogue" / "sources" / "personen.toml"
        text = document.read_text(encoding="utf-8")
        assert old in text
        document.write_text(text.replace(old, new), encoding="utf-8")
        if policy:
            (folder / "catalogue" / "policies").mkdir(exist_ok=True)
            (folder / "catalogue" / "policies" / "register.toml").write_text(policy, encoding="utf-8")
        with translation.override("de"):
            return source_page(replace(atlas, package=replace(atlas.package, folder=folder)), "personen")

    return changed


@pytest.mark.parametrize(
    ("years", "words"),
    [
        ("1", "Einzelne Fälle werden 1 Jahr lang aufbewahrt und dann gelöscht."),
        ("3", "Einzelne Fälle werden 3 Jahre lang aufbewahrt und dann gelöscht."),
    ],
)
def test_how_long_single_cases_are_kept(page: Page, years: str, words: str) -> None:
    assert page("retention_years = 2", f"retention_years = {years}")["kept"] == words


def test_what_of_single_cases_is_read(page: Page) -> None:
    found = page("alter = { dimension", 'haus = { identifier = "building" }\nalter = { dimension')
    assert found["read"][0] == "Alter"
    assert found["read"][1].startswith("wozu es gehört")
    assert "ohne Namen" in found["kind"]


def test_nothing_of_single_people_is_read_of_a_ready_made_table(page: Page) -> None:
    table = page('kind = "register"\nuniverse = "persons"', 'kind = "aggregate"')
    assert table["read"] == []
    assert "keine einzelnen Menschen" in table["kind"]


def test_its_rules_in_plain_words(page: Page) -> None:
    found = page()
    assert found["policy"].title.de == "Eigene Register"
    assert found["rules"][0].startswith("Zahlen von 1 bis 2 werden nicht gezeigt")
    assert found["rules"][-1].startswith("Damit sich Verdecktes nicht aus Summen ausrechnen lässt")


def test_a_method_is_told_as_on_the_pages_of_numbers(page: Page) -> None:
    (sentence,) = page(policy=ROUNDED)["rules"]
    assert sentence.startswith("Jede Zahl ist auf ein Vielfaches von 5 gerundet")


def test_a_policy_that_the_release_does_not_know(page: Page) -> None:
    found = page('policy = "register"', 'policy = "lost"')
    assert (found["policy"], found["rules"]) == (None, [])


def test_lists_and_numbers_lead_here_and_from_here(client: Client, database: None) -> None:
    address = "/daten/quellen/personen/"
    for place in ("/daten/", "/kennzahlen/kinder_sgb2/"):
        links = [link.attributes.get("href") for link in read(client.get(place).content).one("main").all("a")]
        assert address in links, place
    main = read(client.get(address).content).one("main")
    assert "/kennzahlen/kinder_sgb2/" in [link.attributes.get("href") for link in main.all("a")]
