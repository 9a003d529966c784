"""Four kinds of nothing, and doubtful numbers, look different everywhere: table, bars, map, legend, export."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from web.reading import Element, read

# area, in the table, class on the map, value and sign in the export, status
KINDS = [
    ("02", "• zum Schutz verdeckt", "suppressed", ("", "."), "suppressed"),
    ("07", "– nicht geliefert", "missing", ("", "..."), "missing"),
    ("04", "0 %", "zero", ("0,0", "-"), "zero"),
]
DOUBTFUL = [
    ("05", "(", "wenig belastbar", "unreliable"),
    ("09", "g", "geschätzt", "estimated"),
    ("11", "v", "vorläufig", "provisional"),
]


@pytest.fixture
def page(client: Client) -> Element:
    return read(client.get("/kennzahlen/kinder_sgb2/").content)


def row_of(page: Element, kind: str, area: str) -> Element:
    return page.one("table", class_=kind).one("tr", data_area=area) if kind == "bars" else _data_row(page, area)


def _data_row(page: Element, area: str) -> Element:
    return page.all("table", class_="data")[0].one("tr", data_area=area)


@pytest.mark.parametrize(("area", "written", "kind", "exported", "status"), KINDS)
def test_in_tables(page: Element, area: str, written: str, kind: str, exported: tuple[str, str], status: str) -> None:
    value = _data_row(page, area).all("td")[0]
    below = "".join(f" {found.text}" for found in value.all(class_="under"))
    assert value.text.removesuffix(below).replace("\u00a0", " ") == written
    assert (
        page.one("table", class_="bars").one("tr", data_area=area).all("td")[-1].text.replace("\u00a0", " ") == written
    )


@pytest.mark.parametrize(("area", "written", "kind", "exported", "status"), KINDS)
def test_on_the_map(page: Element, area: str, written: str, kind: str, exported: tuple[str, str], status: str) -> None:
    mark = page.one("figure", class_="map").one("a", data_area=area)
    assert mark.one("path").attributes["class"] == f"area {kind}"
    assert written.removeprefix("• ").removeprefix("– ") in mark.attributes["aria-label"].replace("\u00a0", " ")
    assert [rect for rect in page.one(class_="legend").all("rect") if kind in rect.attributes["class"]]


@pytest.mark.parametrize(("area", "written", "kind", "exported", "status"), KINDS)
def test_in_the_export(
    client: Client, area: str, written: str, kind: str, exported: tuple[str, str], status: str
) -> None:
    content = client.get("/kennzahlen/kinder_sgb2/daten/csv-de/").content.decode("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(content), delimiter=";") if row["area_system"] == "viertel"]
    found = next(row for row in rows if row["area"] == area and row["period"] == "2024")
    assert ((found["value"], found["sign"]), found["status"]) == (exported, status)


@pytest.mark.parametrize(("area", "sign", "words", "status"), DOUBTFUL)
def test_doubtful_numbers_say_so(page: Element, area: str, sign: str, words: str, status: str) -> None:
    cell = _data_row(page, area).all("td")[0]
    assert sign in cell.text
    assert words in cell.text


def test_no_number_hides_behind_a_suppressed_one(page: Element) -> None:
    cells = [cell.text for cell in _data_row(page, "02").all("td")]
    assert not any(character.isdigit() for cell in cells for character in cell)


def test_what_stands_for_nothing_can_be_focused(page: Element) -> None:
    assert all(element.attributes["tabindex"] == "0" for element in page.all(class_="nothing"))


def test_undefined_is_not_missing(client: Client) -> None:
    page = read(client.get("/kennzahlen/miete/").content)
    assert _data_row(page, "07").all("td")[0].text == "x nicht berechenbar"


def test_signs_in_use_are_explained_below(page: Element) -> None:
    notes = next(found.text for found in page.all("p") if found.text.startswith("Zeichen:"))
    assert all(
        words in notes for words in ("verdeckt", "nicht vorhanden", "genau null", "unsicher", "geschätzt", "vorläufig")
    )
    assert "nicht berechenbar" not in notes
