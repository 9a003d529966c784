"""The page of a typology: which types there are, what they are like, which areas belong to none and why."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.http import Http404
from django.test import Client
from django.utils import translation

from sozialraum.analysis import AreaTypes
from sozialraum.analysis.typology import Candidate
from sozialraum.catalogue import TypologyDoc
from sozialraum.web.atlas.release import Atlas, load_atlas
from sozialraum.web.atlas.similarity import similar_to
from sozialraum.web.atlas.typologies import (
    search_typologies,
    type_of,
    type_systems,
    types_of,
    typologies_told,
)
from sozialraum.web.portal.pages import typology as pages
from sozialraum.web.portal.pages.standing import standing_of
from sozialraum.web.portal.pages.typology import colour_of_type, recipe_sentences, typology_page
from web.city import write_city
from web.reading import Element, read


def page_of(client: Client, address: str) -> Element:
    return read(client.get(address).content).one("main")


@pytest.fixture(scope="module")
def types(atlas: Atlas) -> AreaTypes:
    found = types_of(atlas, "wohnen", "viertel")
    assert found is not None
    assert found.found is not None
    return found


# --- what the page says -----------------------------------------------------------------------------------------------


def test_it_works(client: Client, types: AreaTypes) -> None:
    main = page_of(client, "/typologien/wohnen/")
    assert main.one("h1").text == "Wohnlagen"
    answer = main.one("section", class_="answer").text
    assert re.match(r"2 Typen\s+Stadtviertel, 2024", answer)
    assert "2 Typen: von 2 bis 4 Typen heben sich diese am besten voneinander ab (Silhouette 0,30)." in answer
    assert "2 Gebiete gehören zu keinem Typ." in answer
    assert [found.text for found in main.all("h2")] == [
        "Welche Typen es gibt",
        "Gebiete ohne Typ",
        "Warum 2 Typen?",
        "Woher kommen diese Typen?",
    ]


def test_in_english(client: Client) -> None:
    main = page_of(client, "/en/typologies/wohnen/")
    assert main.one("h1").text == "Residential areas"
    assert "2 areas belong to no type." in main.text
    assert "no type, because this is withheld to protect people: Children on basic income support" in main.text
    assert not re.search(r"\b(Gebiete?|Typen|Kennzahl)\b", main.text)


def test_each_type_is_a_card(client: Client, types: AreaTypes, atlas: Atlas) -> None:
    """Its areas, its sentence and a bar with a number for each indicator, in the order of the document."""
    cards = page_of(client, "/typologien/wohnen/").all("article")
    assert [card.one("h3").text for card in cards] == ["Typ 1", "Typ 2"]
    assert "Typ 1 (6 Gebiete): unter dem Durchschnitt bei „Menschen ab 65 Jahren“. Der Typ ist stabil." in cards[0].text
    for card, own in zip(cards, types.found.types, strict=True):
        links = {link.text for link in card.one("ul").all("a")}
        assert links == {atlas.areas["viertel"][code].name for code in own.areas}
        rows = [[cell.text for cell in row.all() if cell.tag in ("th", "td")] for row in card.one("tbody").all("tr")]
        means = [f"{own.means[name]:+.2f}".replace(".", ",").replace("-", "−") for name in types.indicators]
        assert [row[0] for row in rows] == ["Menschen ab 65 Jahren", "Angebotsmiete", "Kinder in der Grundsicherung"]
        assert [row[2] for row in rows] == means


def test_map_has_colour_and_number_of_each_type(client: Client, types: AreaTypes) -> None:
    main = page_of(client, "/typologien/wohnen/")
    areas = {link.attributes["data-area"]: link for link in main.all("a") if link.all("path", class_="area")}
    kinds = {code: link.one("path").attributes["class"] for code, link in areas.items()}
    assert kinds["01"] == "area k1"
    assert kinds["04"] == "area k2"
    assert kinds["02"] == "area suppressed"
    assert kinds["07"] == "area missing"
    assert areas["04"].attributes["data-label"] == "Eichwald-Süd: Typ 2"
    assert areas["02"].attributes["data-label"] == "Am Hafen: zum Schutz verdeckt"
    numbers = [sign.text for sign in main.all("text", class_="sign")]
    assert sorted(numbers) == ["1"] * 6 + ["2"] * 4


def test_areas_without_a_type_say_why(client: Client) -> None:
    main = page_of(client, "/typologien/wohnen/")
    section = next(found for found in main.all("section") if found.attributes.get("aria-labelledby") == "ohne")
    assert [item.text.split(" kein Typ")[0].strip() for item in section.all("li")] == ["Am Hafen", "Industriegleis"]
    assert "zum Schutz der Menschen nicht gezeigt wird: Kinder in der Grundsicherung" in section.text
    assert "nicht geliefert wurde: Angebotsmiete und Kinder in der Grundsicherung" in section.text


def test_every_number_of_types_that_was_tried_is_told(client: Client) -> None:
    table = page_of(client, "/typologien/wohnen/").one("table", class_="tried")
    rows = [[cell.text for cell in row.all() if cell.tag in ("th", "td")] for row in table.one("tbody").all("tr")]
    assert [(row[0], row[2]) for row in rows] == [("2 (genommen)", "0,30"), ("3", "0,27"), ("4", "0,27")]


def test_the_gap_statistic_is_told_where_it_chose(
    client: Client, atlas: Atlas, types: AreaTypes, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = (Candidate(2, 0.3, 0.55, 0.04), Candidate(3, 0.2, 0.51, 0.05))
    by_gap = replace(types, found=replace(types.found, chosen_by="gap", candidates=tried))
    monkeypatch.setattr(pages, "types_of", lambda *_: by_gap)
    with translation.override("de"):
        page = typology_page(atlas, "wohnen", None)
    assert page["has_gap"]
    assert [(row.number, row.gap, row.width, row.chosen) for row in page["tried"]] == [
        ("2", "0,55 ± 0,04", "0,30", True),
        ("3", "0,51 ± 0,05", "0,20", False),
    ]


# --- where there is nothing -------------------------------------------------------------------------------------------


def test_without_types_it_says_why(client: Client) -> None:
    main = page_of(client, "/typologien/alle/")
    assert "In dieser Veröffentlichung gibt es keine Typen." in main.text
    assert "In keinem Zeitraum haben genug Gebiete alle Kennzahlen" in main.text
    assert [found.text for found in main.all("h2")] == ["Woher kommen diese Typen?"]


UNKNOWN = {
    "/typologien/glueck/": "Eine Typologie mit der Adresse „glueck“ gibt es in dieser Veröffentlichung nicht.",
    "/typologien/wohnen/?ebene=bezirke": "Für die Gebietsgliederung „bezirke“ gibt es diese Typen nicht.",
    "/en/typologies/glueck/": "There is no typology at the address “glueck” in this release.",
}


@pytest.mark.parametrize(("address", "reason"), UNKNOWN.items())
def test_unknown_things_get_a_reason(client: Client, address: str, reason: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert reason in read(response.content).one("main").text


def test_a_release_from_before_typologies(tmp_path: Path) -> None:
    release = write_city(tmp_path, composites=False).published()
    assert release is not None
    old = load_atlas(release)
    assert typologies_told(old) == ()
    assert search_typologies(old, "wohnlagen") == ()
    with translation.override("de"), pytest.raises(Http404):
        typology_page(old, "wohnen", None)


def test_a_typology_that_the_release_says_nothing_about(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document without any system in the release: the page stands, with how types would be found."""
    monkeypatch.setattr(pages, "type_systems", lambda *_: ())
    with translation.override("de"):
        page = typology_page(atlas, "wohnen", None)
    assert "cards" not in page
    assert page["indicators"][0][0] == "Menschen ab 65 Jahren"


# --- ways to it -------------------------------------------------------------------------------------------------------


def test_only_typologies_with_types_are_listed(client: Client, atlas: Atlas) -> None:
    assert typologies_told(atlas) == ("wohnen",)
    assert type_systems(atlas, "wohnen") == ("viertel",)
    links = {link.text: link.attributes["href"] for link in page_of(client, "/themen/").all("a")}
    assert links["Wohnlagen"] == "/typologien/wohnen/"
    assert "Alle Viertel" not in links
    assert "2 Typen aus 3 Kennzahlen, 2024" in page_of(client, "/themen/").text


@pytest.mark.parametrize("text", ["wohnlagen", "residential", "armut"])
def test_a_search_finds_it(client: Client, text: str) -> None:
    links = [link.attributes["href"] for link in page_of(client, f"/suche/?q={text}").all("a")]
    assert "/typologien/wohnen/" in links


def block(client: Client, address: str) -> Element:
    sections = page_of(client, address).all("section")
    return next(found for found in sections if found.attributes.get("aria-labelledby") == "einordnung")


def test_profile_says_the_type(client: Client) -> None:
    found = block(client, "/gebiete/viertel/04/")
    assert "Wohnlagen: Typ 2 (4 Gebiete): über dem Durchschnitt bei „Menschen ab 65 Jahren“." in found.text
    assert "/typologien/wohnen/?ebene=viertel" in [link.attributes["href"] for link in found.all("a")]


def test_profile_says_which_areas_are_like_it(tmp_path: Path) -> None:
    """With more indicators there is enough to call areas alike: the same ones that numbers can be compared with."""
    release = write_city(tmp_path, copies=2).published()
    assert release is not None
    rich = load_atlas(release)
    area = rich.areas["viertel"]["03"]
    with translation.override("de"):
        now, then = standing_of(rich, area, None), standing_of(rich, area, date(2020, 12, 31))
    assert now is not None
    assert [name for name, _address, _distance in now["alike"].areas] == [one.name for one in similar_to(rich, area)]
    assert now["alike"].nearest.startswith(f"Am ähnlichsten ist {similar_to(rich, area)[0].name} (Abstand ")
    assert now["alike"].period == "2024"
    assert then is not None
    assert then["alike"] is None


def test_profile_says_why_there_is_no_type(client: Client) -> None:
    found = block(client, "/gebiete/viertel/02/")
    assert "kein Typ, weil zum Schutz der Menschen nicht gezeigt wird: Kinder in der Grundsicherung" in found.text


def test_types_are_not_told_of_years_before_them(client: Client) -> None:
    assert "Wohnlagen" not in block(client, "/gebiete/viertel/04/?zeit=2020").text


# --- words and colours ------------------------------------------------------------------------------------------------


def test_more_types_than_colours_repeat_them() -> None:
    assert [colour_of_type(number) for number in (1, 7, 8)] == ["k1", "k7", "k1"]


def test_an_area_has_its_type_or_none(types: AreaTypes) -> None:
    assert type_of(types, "04").number == 2
    assert type_of(types, "02") is None
    assert type_of(replace(types, found=None), "04") is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, ["Verfahren nach Ward", "Versucht werden 2 bis 4 Typen", "Silhouette"]),
        ({"method": "k_means", "choose": "gap"}, ["k-Means", "Lückenstatistik"]),
        ({"method": "connected_ward"}, ["zusammenhängendes Stück der Stadt"]),
        ({"most": 3, "fewest": 3}, ["Dass es 3 Typen gibt, ist eine Entscheidung."]),
    ],
)
def test_recipes_in_words(atlas: Atlas, fields: dict[str, object], words: list[str]) -> None:
    document = TypologyDoc.model_validate(atlas.catalogue.typologies["wohnen"].model_dump() | fields)
    with translation.override("de"):
        text = " ".join(recipe_sentences(document))
    for part in words:
        assert part in text


@pytest.mark.parametrize("form", ["csv", "csv-de"])
def test_the_file_has_every_area(client: Client, atlas: Atlas, types: AreaTypes, form: str) -> None:
    response = client.get(f"/typologien/wohnen/daten/{form}/")
    assert response.headers["Content-Disposition"].startswith('attachment; filename="2025-H2.1-wohnen.')
    text = response.content.decode("utf-8-sig")
    rows = {row["area"]: row for row in csv.DictReader(io.StringIO(text), delimiter=";" if form == "csv-de" else ",")}
    assert set(rows) == set(atlas.areas["viertel"])
    for code, row in rows.items():
        own = type_of(types, code)
        assert row["type"] == (str(own.number) if own else "")
        assert bool(row["without"]) == (own is None)
        assert row["period"] == "2024"
    assert rows["02"]["status_text"] == "zum Schutz verdeckt"


def test_a_typology_without_types_is_an_empty_table(client: Client) -> None:
    assert client.get("/typologien/alle/daten/csv/").content.decode().splitlines()[1:] == []
