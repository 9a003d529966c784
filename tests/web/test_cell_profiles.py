"""Characteristics of microcells on their page: chosen without scripts, coloured and lettered, with source and rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings

from web.city import Microcells, write_city
from web.reading import Element, read
from web.test_microcells_page import ADDRESS, REPORT, SQUARES, counted, labels, squares, table

ATTRIBUTES = """
[microcells.attributes.typ]
title.de = "Häufigster Haushaltstyp"
title.en = "Most frequent type of household"
source = "personen"
dimension = "household_type"
show = "type"

[microcells.attributes.kaufkraft]
title.de = "Kaufkraft"
title.en = "Purchasing power"
unit.de = "Euro im Jahr"
unit.en = "euros a year"
source = "personen"
amount = "purchasing_power"
show = "mean"

[microcells.attributes.familien]
title.de = "Familien"
title.en = "Families"
source = "personen"
dimension = "household_type"
show = ["share", "count"]
of = "family"
"""
TYPES = {
    "02-1": "couple",
    "02-2": "couple",
    "02-3": "(none)",
    "02-4": "(none)",
    "02-5": None,
    "05-1": "couple_children",
    "05-2": "female_alone",
}
MEANS = {"02-1": 20_000.0, "02-2": 26_000.0, "02-3": None, "02-4": 41_300.0, "02-5": None, "05-1": None, "05-2": None}
NOTHING = {"02-5": "suppressed", "02-3": "suppressed", "05-1": "undefined", "05-2": "undefined"}
SHARES = {"02-1": 25.0, "02-2": 50.0, "02-3": 0.0, "02-4": 75.0, "02-5": None, "05-1": None, "05-2": None}


def told() -> Iterator[tuple[Any, ...]]:
    """Yield what the package tells: attribute, show, code, number, type, units, status."""
    for code, kind in TYPES.items():
        yield "typ", "type", code, None, kind, kind and 5, "ok" if kind else "suppressed"
    for code, mean in MEANS.items():
        units = 10 if code == "02-2" else 5
        yield "kaufkraft", "mean", code, mean, None, units if mean else None, "ok" if mean else NOTHING[code]
    for code, share in SHARES.items():
        status = "missing" if share is None else "ok" if share else "zero"
        for show in ("share", "count"):
            yield "familien", show, code, share, None, None if share is None else 5, status


RULES = {"minimum": 4, "one_house_minimum": 6, "secondary": True}
WHY = "minimum 1; secondary 1"
ROW = {"cells": 7, "shown": 5, "missing": 0, "undefined": 2, "withheld": 2, "why": WHY}
SUMMARY = {"rules": RULES, "attributes": [{"attribute": name, **ROW} for name in ("typ", "kaufkraft", "familien")]}
CELLS = Microcells(REPORT, SQUARES, counted("households"), ATTRIBUTES, list(told()), SUMMARY)
Show = Callable[..., Element]


@pytest.fixture
def show(steward: Client, tmp_path: Path) -> Show:
    """Show the page of a city whose cells have characteristics."""

    def shown(cells: Microcells = CELLS, language: str = "de", status: int = 200, **query: str) -> Element:
        write_city(tmp_path, microcells=cells)
        address = ADDRESS if language == "de" else ADDRESS.replace("/intern/", "/en/internal/")
        with override_settings(PROJECT_FOLDER=tmp_path):
            response = steward.get(address.replace("mikrozellen", "microcells") if language == "en" else address, query)
        assert response.status_code == status
        return read(response.content).one("main")

    return shown


def kinds(main: Element) -> list[str]:
    return [square.attributes["class"].removeprefix("area ") for square in squares(main)]


def signs(main: Element) -> list[str]:
    return [sign.text for sign in main.one(class_="map-stage").all("text")]


def legend(main: Element) -> list[str]:
    return [entry.text for entry in main.one(class_="legend").all("li")]


def test_it_works(show: Show) -> None:
    main = show(merkmal="typ", gebiet="alle")
    assert labels(main) == [
        "3 Mikrozellen, 3 davon gezeigt: Paar ohne Kinder (2), mehrere gleich häufig (1)",
        "1 Mikrozelle: mehrere gleich häufig",
        "1 Mikrozelle: zum Schutz verdeckt",
        "2 Mikrozellen, 2 davon gezeigt: Paar mit Kindern (1), Frau, allein lebend (1)",
    ]
    assert kinds(main) == ["k5", "k0", "suppressed", "k0"]
    assert signs(main) == ["E", "=", "="], "a letter too, not colour alone"
    assert legend(main) == ["E: Paar ohne Kinder", "=: mehrere gleich häufig", "zum Schutz verdeckt"]


def test_without_a_choice_it_is_the_size_of_cells(show: Show) -> None:
    main = show()
    assert "Haushalte je Mikrozelle" in main.one(class_="readout").text
    select = main.all("select")[-1]
    assert [option.text for option in select.all("option")] == [
        "Größe der Zellen",
        "Häufigster Haushaltstyp",
        "Kaufkraft",
        "Familien: Anzahl",
        "Familien: Anteil",
    ]
    assert signs(main) == []


def test_numbers_have_classes_source_period_and_release(show: Show) -> None:
    main = show(merkmal="kaufkraft")
    assert labels(main) == [
        "3 Mikrozellen, für 2 davon im Mittel 24.000\u00a0Euro im Jahr",
        "1 Mikrozelle: 41.300\u00a0Euro im Jahr",
        "1 Mikrozelle: zum Schutz verdeckt",
        "2 Mikrozellen: niemand wohnt dort",
    ]
    assert kinds(main) == ["c1", "c5", "suppressed", "undefined"]
    assert signs(main) == ["x"]
    words = main.one(class_="legend").text
    assert "Kaufkraft, Euro im Jahr, 2024; je kräftiger die Farbe, desto mehr." in words
    assert "Quelle: Stadt Kleinstadt, Bürgeramt. Veröffentlichung 2025-H2.1." in words
    assert legend(main)[-2:] == ["zum Schutz verdeckt", "x: niemand wohnt dort"]
    assert "24.000" in legend(main)[0]


def test_zero_missing_and_shares(show: Show) -> None:
    main = show(merkmal="familien.share")
    assert labels(main)[0] == "3 Mikrozellen, im Mittel 25\u00a0%"
    assert labels(main)[2:] == ["1 Mikrozelle: nicht geliefert", "2 Mikrozellen: nicht geliefert"]
    assert kinds(main)[2:] == ["missing", "missing"]
    assert legend(main)[-1] == "–: nicht geliefert"


def test_exactly_zero_looks_as_everywhere(show: Show) -> None:
    rows = [(*row[:3], 0.0, *row[4:6], "zero") if row[2] == "02-4" and row[3] else row for row in told()]
    main = show(cells=replace(CELLS, profiles=rows), merkmal="familien.share")
    assert kinds(main)[1] == "zero"
    assert "0\u00a0%" in legend(main)


def test_the_table_of_squares_says_the_same(show: Show) -> None:
    main = show(merkmal="kaufkraft")
    squares_table = main.one("section", aria_labelledby="karte").all("table", class_="data")[-1]
    assert [cell.text for cell in squares_table.all("th")][:3] == [
        "Linke untere Ecke, in Metern",
        "Zellen",
        "Kaufkraft, Euro im Jahr",
    ]
    assert [row.all("td")[1].text for row in squares_table.one("tbody").all("tr")][:2] == ["24.000", "41.300"]


def test_bars_count_cells_of_each_kind_and_those_that_tell_nothing(show: Show) -> None:
    main = show(merkmal="typ", gebiet="02")
    bars = main.one("table", class_="bars")
    rows = {row.one("th").text: row.all("td")[-1].text for row in bars.one("tbody").all("tr")}
    assert rows == {"Paar ohne Kinder": "2", "mehrere gleich häufig": "2", "zum Schutz verdeckt": "1"}


def test_one_area_keeps_the_choice(show: Show) -> None:
    main = show(merkmal="typ", gebiet="05")
    assert len(squares(main)) == 1
    links = [link.attributes["href"] for link in main.one("section", aria_labelledby="gebiete").all("a")]
    assert all("merkmal=typ" in link for link in links)


def test_rules_and_reasons_are_told(show: Show) -> None:
    main = show(merkmal="typ")
    assert "wo es von mindestens 4 bekannt ist" in main.text
    assert "aus einem einzigen Haus von mindestens 6" in main.text
    rows = table(main, "merkmale")
    assert rows[0][:4] == ["Häufigster Haushaltstyp", "5", "2", "2"]
    assert "zu wenige dahinter: 1" in rows[0][-1]
    assert "zum Schutz anderer: 1" in rows[0][-1]


def test_an_unknown_choice_is_not_found(show: Show) -> None:
    assert "Ein Merkmal „einkommen“ haben die Mikrozellen nicht." in show(merkmal="einkommen", status=404).text


def test_english(show: Show) -> None:
    main = show(language="en", merkmal="typ")
    assert "Most frequent type of household" in main.text
    assert labels(main)[1] == "1 microcell: several equally frequent"


def test_releases_without_characteristics_offer_no_choice(show: Show) -> None:
    main = show(cells=Microcells(REPORT, SQUARES, counted("households")))
    assert [select.attributes["name"] for select in main.all("select")] == ["gebiet"]
    assert not main.all("section", aria_labelledby="merkmale")
