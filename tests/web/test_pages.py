"""Every page answers in both languages, is built soundly, loads nothing foreign, and helps where nothing is there."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from django.test import Client, RequestFactory
from django.utils import translation

from sozialraum.web.atlas.release import Atlas
from sozialraum.web.pagecache import LOOK_COOKIE
from sozialraum.web.portal.pages.indicator import indicator_page
from sozialraum.web.portal.views import server_error
from web.reading import read

PAGES = {
    "/": "Kleinstadt: Wie geht es den Menschen, Gebiet für Gebiet?",
    "/suche/?q=kind": "Suche",
    "/karte/": "Kinder in der Grundsicherung",
    "/gebiete/": "Gebiete",
    "/gebiete/viertel/02/": "Am Hafen",
    "/gebiete/viertel/02/?zeit=2020": "Am Hafen",
    "/gebiete/bezirke/1/": "Mitte",
    "/gebiete/stadt/0/": "Kleinstadt",
    "/themen/": "Themen",
    "/themen/bevoelkerung/": "Bevölkerung",
    "/kennzahlen/": "Alle Kennzahlen",
    "/kennzahlen/kinder_sgb2/": "Kinder in der Grundsicherung",
    "/kennzahlen/bevoelkerung/?ebene=bezirke&zeit=2020": "Bevölkerung",
    "/indizes/lage/": "Lage der Familien",
    "/indizes/lage/?ebene=bezirke&zeit=2020": "Lage der Familien",
    "/indizes/lage/?gebiet=02&ordnung=gebiet": "Lage der Familien",
    "/indizes/alter/?ebene=bezirke&gebiet=2": "Alter und Miete",
    "/indizes/gesundheit/": "Gesundheit der Kinder",
    "/typologien/wohnen/": "Wohnlagen",
    "/typologien/alle/": "Alle Viertel",
    "/fruehwarnung/": "Frühwarnung",
    "/fruehwarnung/?ordnung=thema": "Frühwarnung",
    "/gebiete/viertel/02/?vergleich=uebergeordnet": "Am Hafen",
    "/vergleich/": "Vergleich",
    "/vergleich/?gebiet=viertel:01&gebiet=viertel:02": "Vergleich",
    "/daten/": "Offene Daten",
    "/daten/quellen/personen/": "Melderegister, Abzug zum Jahresende",
    "/ueber/": "Über diese Seiten",
    "/impressum/": "Impressum",
    "/barrierefreiheit/": "Erklärung zur Barrierefreiheit",
    "/datenschutz/": "Datenschutz",
    "/einfache-sprache/": "Einfache Sprache",
    "/anmelden/": "Anmelden",
}
ENGLISH = {
    "/en/": "Kleinstadt: How are people doing, area by area?",
    "/en/search/?q=child": "Search",
    "/en/map/": "Children on basic income support",
    "/en/areas/": "Areas",
    "/en/areas/viertel/02/": "Am Hafen",
    "/en/themes/": "Themes",
    "/en/themes/bevoelkerung/": "Population",
    "/en/indicators/": "All indicators",
    "/en/indicators/kinder_sgb2/": "Children on basic income support",
    "/en/indices/lage/": "Situation of families",
    "/en/typologies/wohnen/": "Residential areas",
    "/en/compare/?gebiet=viertel:01&gebiet=viertel:02": "Compare",
    "/en/early-warning/": "Early warning",
    "/en/data/": "Open data",
    "/en/data/sources/personen/": "Register of residents, extract at the end of the year",
    "/en/about/": "About these pages",
    "/en/imprint/": "Imprint",
    "/en/accessibility/": "Accessibility statement",
    "/en/data-protection/": "Data protection",
    "/en/plain-language/": "Plain language",
    "/en/sign-in/": "Sign in",
}


@pytest.mark.parametrize(("address", "heading"), [*PAGES.items(), *ENGLISH.items()])
def test_it_works(client: Client, database: None, address: str, heading: str) -> None:
    response = client.get(address)
    page = read(response.content)
    assert response.status_code == 200
    assert page.one("h1").text == heading
    assert page.one("html").attributes["lang"] == ("en" if address.startswith("/en/") else "de")
    assert page.one("head").one("title").text.endswith("– Kleinstadt")
    assert page.one(class_="skip").attributes["href"] == "#inhalt"
    assert page.one("main").attributes["id"] == "inhalt"


@pytest.mark.parametrize("address", [*PAGES, *ENGLISH, "/gibt-es-nicht/"])
def test_headings_descend_one_by_one(client: Client, database: None, address: str) -> None:
    main = read(client.get(address).content).one("main")
    levels = [int(found.tag[1]) for found in main.all() if re.fullmatch(r"h[1-6]", found.tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("address", [*PAGES, *ENGLISH, "/gibt-es-nicht/"])
def test_nothing_foreign_nothing_inline(client: Client, database: None, address: str) -> None:
    """What the policy forbids is not in the pages either."""
    page = read(client.get(address).content)
    for element in page.all():
        assert "style" not in element.attributes, element
        assert not any(name.startswith("on") for name in element.attributes), element
        for name in ("src", "action", "srcset", "data"):
            assert not element.attributes.get(name, "").startswith(("http", "//")), element
        if element.tag in ("link", "use", "image"):
            assert not element.attributes.get("href", "").startswith(("http", "//")), element
    assert page.all("style") == []
    assert [script for script in page.all("script") if "src" not in script.attributes] == []


@pytest.mark.parametrize("address", ["/", "/gibt-es-nicht/", "/static/gibt-es-nicht.css", "/karten/viertel.geojson"])
def test_policy_with_every_answer(client: Client, address: str) -> None:
    policy = client.get(address).headers["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert not re.search(r"unsafe|https?:|\*", policy)


UNKNOWN = {
    "/gebiete/viertel/99/": "Ein Gebiet „99“ gibt es in dieser Veröffentlichung nicht.",
    "/gebiete/mikrozellen/1/": "Ein Gebiet „1“ gibt es in dieser Veröffentlichung nicht.",
    "/daten/quellen/glueck/": "Eine Quelle „glueck“ gibt es in dieser Veröffentlichung nicht.",
    "/kennzahlen/glueck/": "Eine Kennzahl mit der Adresse „glueck“ gibt es in dieser Veröffentlichung nicht.",
    "/kennzahlen/miete/?zeit=1888": "Für den Zeitraum „1888“ gibt es diese Kennzahl nicht.",
    "/kennzahlen/miete/?zeit=heute": "Für den Zeitraum „heute“ gibt es diese Kennzahl nicht.",
    "/kennzahlen/miete/?ebene=baublock": "Für die Gebietsgliederung „baublock“ gibt es diese Kennzahl nicht.",
    "/karte/?kennzahl=glueck": "Eine Kennzahl mit der Adresse „glueck“ gibt es in dieser Veröffentlichung nicht.",
    "/themen/glueck/": "Ein Thema „glueck“ gibt es in dieser Veröffentlichung nicht.",
    "/gebiete/viertel/02/?zeit=1888": "Für das Jahr „1888“ gibt es hier keine Zahlen.",
    "/gebiete/viertel/02/?zeit=heute": "Für das Jahr „heute“ gibt es hier keine Zahlen.",
    "/gebiete/viertel/02/?vergleich=mond": "Einen Vergleich „mond“ gibt es hier nicht.",
    "/fruehwarnung/?ordnung=mond": "Eine Ordnung „mond“ gibt es hier nicht.",
    "/vergleich/?gebiet=viertel:01&zeit=1888": "Für das Jahr „1888“ gibt es hier keine Zahlen.",
    "/vergleich/?gebiet=viertel:01&zeit=heute": "Für das Jahr „heute“ gibt es hier keine Zahlen.",
    "/vergleich/?gebiet=viertel:99": "Ein Gebiet „99“ gibt es in dieser Veröffentlichung nicht.",
    "/vergleich/?gebiet=unsinn": "Ein Gebiet „“ gibt es in dieser Veröffentlichung nicht.",
    "/daten/dateien/geheim.parquet": "Eine Datei „geheim.parquet“ gibt es in dieser Veröffentlichung nicht.",
    "/karten/geheim.geojson": "Eine Gebietsgliederung „geheim“ gibt es in dieser Veröffentlichung nicht.",
    "/darstellung/rosa/": "Diese Darstellung gibt es nicht.",
    "/en/areas/viertel/99/": "There is no area “99” in this release.",
}


@pytest.mark.parametrize(("address", "reason"), UNKNOWN.items())
def test_unknown_things_get_a_reason_and_a_next_step(client: Client, address: str, reason: str) -> None:
    response = client.get(address)
    main = read(response.content).one("main")
    assert response.status_code == 404
    assert reason in main.text
    assert main.one("form", role="search")
    assert len(main.all("a")) >= 3


@pytest.mark.parametrize("query", ["<script>alert(1)</script>", '"><img src=x>', "%00", "ä" * 5000, "' OR 1=1"])
def test_a_search_never_becomes_markup(client: Client, query: str) -> None:
    response = client.get("/suche/", {"q": query})
    page = read(response.content)
    assert response.status_code == 200
    assert not [script for script in page.all("script") if "src" not in script.attributes]
    assert page.all("img") == []
    assert query[:100].strip() == page.one("main").all("input", name="q")[0].attributes["value"]


def test_writing_to_a_page_is_refused(client: Client) -> None:
    assert client.post("/kennzahlen/").status_code == 405


def test_other_language_keeps_the_place(client: Client) -> None:
    page = read(client.get("/kennzahlen/kinder_sgb2/?zeit=2020").content)
    english = page.one(class_="tools").all("a", hreflang="en")[0].attributes["href"]
    assert english == "/en/indicators/kinder_sgb2/?zeit=2020"
    assert read(client.get(english).content).one("h1").text == "Children on basic income support"


def test_the_look_is_remembered_and_leads_back(client: Client) -> None:
    response = client.get("/darstellung/dunkel/?weiter=/themen/")
    assert (response.status_code, response.headers["Location"]) == (302, "/themen/")
    assert read(client.get("/themen/").content).one("html").attributes["data-kern-theme"] == "dark"
    client.get("/darstellung/automatisch/")
    assert "data-kern-theme" not in read(client.get("/themen/").content).one("html").attributes


@pytest.mark.parametrize("back", ["https://example.org/", "//example.org/", "javascript:alert(1)", ""])
def test_the_look_leads_nowhere_else(client: Client, back: str) -> None:
    assert client.get("/darstellung/hell/", {"weiter": back}).headers["Location"] == "/"


@pytest.mark.parametrize(("language", "words"), [("de", "Hier ist etwas kaputt"), ("en", "Something is broken here")])
def test_what_breaks_is_told_without_a_release(monkeypatch: pytest.MonkeyPatch, language: str, words: str) -> None:
    def broken(*_: object) -> None:
        raise AssertionError("the page of a fault asked for a release")

    monkeypatch.setattr("sozialraum.web.portal.frame.published", broken)
    with translation.override(language):
        response = server_error(RequestFactory().get("/"))
    page = read(response.content)
    assert response.status_code == 500
    assert page.one("html").attributes["lang"] == language
    assert page.one("h1").text == words
    assert page.one("main").one("a").attributes["href"] == ("/en/" if language == "en" else "/")


def test_what_breaks_keeps_the_look_that_the_reader_chose() -> None:
    request = RequestFactory().get("/")
    request.COOKIES[LOOK_COOKIE] = "kontrast"
    assert read(server_error(request).content).one("html").attributes["data-contrast"] == "high"


def test_an_indicator_of_the_whole_alone_is_told_once(atlas: Atlas) -> None:
    parts = {key: part for key, part in atlas.parts.items() if key[0] != "miete" or key[1] == "stadt"}
    page = indicator_page(replace(atlas, parts=parts, _kept={}), "miete", None, None)
    assert page["only_whole"]
    assert [row.area.code for row in page["rows"]] == ["0"]
    assert [row.is_whole for row in page["table"]["rows"]] == [False]
    assert not page["table"]["has_against"]
    assert len(page["history"]["rows"]) == 1
    assert page["multiples"] == []
