"""The page of a composite: how many areas stand where, why, and what it would say without one of its indicators."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest
from django.http import Http404
from django.test import Client
from django.utils import translation

from analysis_samples import composite
from sozialraum.analysis import compute_composites, contributions_of, surroundings_of
from sozialraum.catalogue import load_catalogue
from sozialraum.tables import Status, Value
from sozialraum.web.atlas.composites import (
    anatomy_at,
    composites_told,
    counts_of,
    prepare,
    score_systems,
    scores_at,
    scores_of,
    search_composites,
    sensitivity_at,
)
from sozialraum.web.atlas.release import Atlas, load_atlas
from sozialraum.web.portal.pages.composite import Asked, composite_page
from sozialraum.web.portal.pages.composite_words import recipe_sentences
from sozialraum.web.portal.scores import colour_of, cut_words, score_cell, score_plain
from web.city import write_city
from web.reading import Element, read

MSS = load_catalogue().composites["mss"]


def page_of(client: Client, address: str) -> Element:
    return read(client.get(address).content).one("main")


def rows_of_table(main: Element, caption: str) -> list[list[str]]:
    table = next(found for found in main.all("table") if found.all("caption")[0].text.startswith(caption))
    return [[cell.text for cell in row.all() if cell.tag in ("th", "td")] for row in table.one("tbody").all("tr")]


# --- what the page says -----------------------------------------------------------------------------------------------


def test_it_works(client: Client, atlas: Atlas) -> None:
    main = page_of(client, "/indizes/lage/")
    assert main.one("h1").text == "Lage der Familien"
    answer = main.one("section", class_="answer").text
    assert answer.startswith("1 von 10")
    assert "2024: 1 von 10 Gebieten hat die Einstufung „Lage schwierig“." in answer
    assert "1 Gebiet, weil eine Kennzahl zum Schutz der Menschen nicht gezeigt wird" in answer
    assert "1 Gebiet, weil eine Kennzahl nicht geliefert wurde" in answer
    assert [found.text for found in main.all("h2")] == [
        "Stadtviertel, 2024",
        "Tabelle",
        "Verlauf in jedem Gebiet",
        "Warum steht Lindenau hier?",
        "Hängt das Ergebnis an einer einzigen Kennzahl?",
        "Woher kommt diese Zahl?",
    ]


def test_in_english(client: Client) -> None:
    main = page_of(client, "/en/indices/lage/?zeit=2016")
    assert main.one("h1").text == "Situation of families"
    assert "2016: 2 of 12 areas are in the class “Hard situation”." in main.one("section", class_="answer").text
    assert "Without dynamics: 12 areas, because there is no earlier value." in main.text
    assert "Why does" in main.text
    assert not re.search(r"\b(Gebiete?|Wert|Einstufung|Kennzahl)\b", main.text)


def test_status_by_dynamics(client: Client, atlas: Atlas) -> None:
    """Each area with a score stands in the one cell of its class and its change."""
    main = page_of(client, "/indizes/lage/")
    table = main.one("table", class_="matrix")
    heads = [head.text for head in table.one("thead").all("th")]
    assert heads == ["Entwicklung positiv unter −1", "Entwicklung stabil −1 bis 1", "Entwicklung negativ über 1"]
    found = {}
    for row in table.one("tbody").all("tr"):
        label = row.one("th").text
        for head, cell in zip(heads, row.all("td"), strict=True):
            for link in cell.all("a"):
                found[link.text] = (label, head)
    scores = scores_of(atlas, "lage", "viertel")
    assert scores is not None
    document = atlas.catalogue.composites["lage"]
    labels = {one.id: one.title.de for one in document.classes}
    moves = {one.id: one.title.de for one in document.dynamics.classes}
    told = {code: score for code, score in scores_at(atlas, scores, "2024").items() if score.label}
    assert len(found) == len(told) == 10
    for code, score in told.items():
        label, move = found[atlas.areas["viertel"][code].name]
        assert label.startswith(labels[score.label])
        assert move.startswith(moves[score.movement])
    assert [re.search(r"\d+ Gebiete?$", row.one("th").text)[0] for row in table.one("tbody").all("tr")] == [
        "1 Gebiet",
        "6 Gebiete",
        "3 Gebiete",
    ]


def test_map_has_the_colour_of_each_class_and_each_kind_of_nothing(client: Client) -> None:
    main = page_of(client, "/indizes/lage/")
    areas = {link.attributes["data-area"]: link for link in main.all("a") if link.all("path", class_="area")}
    kinds = {code: link.one("path").attributes["class"] for code, link in areas.items()}
    assert kinds["09"] == "area c5"
    assert kinds["03"] == "area c3"
    assert kinds["01"] == "area c1"
    assert kinds["02"] == "area suppressed"
    assert kinds["07"] == "area missing"
    labels = {code: link.attributes["data-label"] for code, link in areas.items()}
    assert labels["01"] == "Altstadt: Lage gut, Wert −1,53"
    assert labels["02"] == "Am Hafen: zum Schutz verdeckt"
    assert labels["09"] == "Lindenau: Lage schwierig, Wert 2,02 (geschätzt)"


def test_table_says_why_there_is_no_score(client: Client) -> None:
    rows = {row[0]: row for row in rows_of_table(page_of(client, "/indizes/lage/"), "Lage der Familien")}
    assert rows["Altstadt"][1:5] == ["−1,53", "Lage gut", "+0,78", "Entwicklung stabil"]
    assert rows["Am Hafen"][2] == "kein Wert, weil eine Kennzahl zum Schutz der Menschen nicht gezeigt wird"
    assert rows["Am Hafen"][4] == ""  # the same is not said twice
    assert rows["Industriegleis"][2] == "kein Wert, weil eine Kennzahl nicht geliefert wurde"
    assert rows["Gartenstadt"][1] == "(0,17) wenig belastbar"


@pytest.mark.parametrize(
    ("order", "first"),
    [("", "Lindenau"), ("wert", "Lindenau"), ("gebiet", "Altstadt"), ("veraenderung", "Hüttenviertel")],
)
def test_table_can_be_ordered(client: Client, order: str, first: str) -> None:
    rows = rows_of_table(page_of(client, f"/indizes/lage/?ordnung={order}"), "Lage der Familien")
    assert rows[0][0] == first
    assert len(rows) == 12


def test_areas_without_a_score_follow_those_with_one(client: Client) -> None:
    names = [row[0] for row in rows_of_table(page_of(client, "/indizes/lage/"), "Lage der Familien")]
    assert set(names[-2:]) == {"Am Hafen", "Industriegleis"}


# --- what a score is made from ----------------------------------------------------------------------------------------


def test_a_chosen_area_shows_values_distances_and_their_sum(client: Client, atlas: Atlas) -> None:
    main = page_of(client, "/indizes/lage/?gebiet=01")
    assert "Warum steht Altstadt hier?" in [found.text for found in main.all("h2")]
    rows = rows_of_table(main, "Altstadt, 2024")
    assert [row[0] for row in rows] == [
        "Kinder in der Grundsicherung Ein hoher Wert erhöht den Index; Gewicht 50\u00a0%",
        "Arbeitslose Ein hoher Wert erhöht den Index; Gewicht 25\u00a0%",
        "Wanderungssaldo Ein hoher Wert senkt den Index; Gewicht 25\u00a0%",
    ]
    scores = scores_of(atlas, "lage", "viertel")
    assert scores is not None
    anatomy = anatomy_at(atlas, scores, "01", "2024")
    assert anatomy is not None
    contributions = contributions_of(atlas.catalogue.composites["lage"], anatomy)
    for row, number in zip(rows, contributions, strict=True):
        assert row[2].startswith(written(number))
    assert f"Zusammen {written(sum(contributions))}; unter allen" in main.text


def written(number: float) -> str:
    return f"{number:+.2f}".replace(".", ",").replace("-", "−")


def test_an_area_without_a_score_shows_what_it_lacks(client: Client) -> None:
    main = page_of(client, "/indizes/lage/?gebiet=02")
    rows = rows_of_table(main, "Am Hafen, 2024")
    assert "zum Schutz verdeckt" in rows[0][1]
    assert [row[2] for row in rows] == ["–", "–", "–"]
    assert "kein Wert, weil eine Kennzahl zum Schutz der Menschen nicht gezeigt wird." in main.text


def test_what_each_input_decides_is_shown_as_it_was_computed(client: Client, atlas: Atlas) -> None:
    scores = scores_of(atlas, "lage", "viertel")
    assert scores is not None
    rows = rows_of_table(page_of(client, "/indizes/lage/"), "Mit einer Kennzahl weniger")
    computed = sensitivity_at(atlas, scores, "2024")
    assert [row["input"] for row in computed] == ["kinder_sgb2", "arbeitslose", "wanderung"]
    assert [row[1] for row in rows] == [f"{row['changed']} von {row['areas']}" for row in computed]
    assert [row[2] for row in rows] == [f"{row['rank_correlation']:.2f}".replace(".", ",") for row in computed]


def test_what_is_computed_for_a_page_is_kept(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    scores = scores_of(atlas, "lage", "viertel")
    assert scores is not None
    first = sensitivity_at(atlas, scores, "2023"), anatomy_at(atlas, scores, "01", "2023")
    monkeypatch.setattr("sozialraum.web.atlas.composites.leave_one_out", None)
    monkeypatch.setattr("sozialraum.web.atlas.composites.anatomy_of", None)
    assert sensitivity_at(atlas, scores, "2023") is first[0]
    assert anatomy_at(atlas, scores, "01", "2023") is first[1]


def test_the_mean_of_a_larger_area_shows_what_is_inside(client: Client) -> None:
    main = page_of(client, "/indizes/alter/?ebene=bezirke&gebiet=2")
    section = next(found for found in main.all("section") if found.attributes.get("aria-labelledby") == "woraus")
    inside = {item.one("a").text: item.text for item in section.one("ul", class_="columns").all("li")}
    assert list(inside) == ["Gartenstadt", "Hüttenviertel", "Industriegleis", "Kirchfeld"]
    assert "Der Wert von Nord ist das Mittel der Gebiete darin" in section.text
    assert "nicht berechenbar" in inside["Industriegleis"]
    assert re.search(r"−?\d,\d\d$", inside["Kirchfeld"])
    rows = section.all("table")[0].one("tbody").all("tr")
    assert [len(row.all("td")) for row in rows] == [0, 0]  # the inputs alone: no area stands beside them


def test_without_dynamics_a_class_is_one_list(client: Client) -> None:
    main = page_of(client, "/indizes/alter/")
    table = main.one("table", class_="matrix")
    assert table.one("caption").text == "Einstufung 2024"
    assert [head.text for head in table.one("thead").all("th")] == ["Gebiete"]
    assert "Dynamik" not in main.text
    assert len(table.all("a")) == 11


def test_without_what_smaller_areas_lack_scores_do_not_become_their_means(atlas: Atlas) -> None:
    """The quarters have no rents: the districts are compared by themselves, with an input less too."""
    document = atlas.catalogue.composites["alter"].model_copy(update={"minimum_areas": 2})
    catalogue = replace(atlas.catalogue, composites={"alter": document})
    lacking = (pl.col("indicator") == "miete") & (pl.col("area_system") == "viertel")
    values = atlas.package.values.filter(~lacking, pl.col("area_system") != "stadt")
    frames = {name: atlas.package.areas(name).frame for name in atlas.package.area_systems}
    around = surroundings_of(catalogue, atlas.systems, values, frames)
    package = SimpleNamespace(
        catalogue=catalogue,
        composites=compute_composites(catalogue.composites, values, around),
        values=values,
        areas=atlas.package.areas,
        area_systems=atlas.package.area_systems,
        area_documents=atlas.systems,
        city=atlas.city,
    )
    parts = {key: frame for key, frame in atlas.parts.items() if key != ("miete", "viertel")}
    other = replace(atlas, package=package, parts=parts, _kept={})
    scores = scores_of(other, "alter", "bezirke")
    assert scores is not None
    assert [(row["input"], row["areas"]) for row in sensitivity_at(other, scores, "2024")] == [
        ("anteil_65", 3),
        ("miete", 3),
    ]
    anatomy = anatomy_at(other, scores, "1", "2024")
    assert anatomy is not None
    assert (len(anatomy.ingredients), anatomy.inside, anatomy.compared) == (2, (), 3)


def test_the_first_reader_does_not_wait_for_it(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(atlas)
    monkeypatch.setattr("sozialraum.web.atlas.composites.leave_one_out", None)
    for name, system in (("lage", "viertel"), ("alter", "viertel")):
        scores = scores_of(atlas, name, system)
        assert scores is not None
        assert sensitivity_at(atlas, scores, "2024")


# --- where there is nothing -------------------------------------------------------------------------------------------


def test_a_system_without_scores_says_why_and_where_there_are_some(client: Client) -> None:
    main = page_of(client, "/indizes/lage/?ebene=bezirke")
    note = main.all(class_="note")[0]
    assert "Stadtbezirke, 2024: Hier hat kein Gebiet einen Wert." in note.text
    assert "3 Gebiete, weil zu wenige Gebiete verglichen werden können" in note.text
    assert ("Werte für Stadtviertel", "/indizes/lage/?ebene=viertel") in [
        (link.text, link.attributes["href"]) for link in note.all("a")
    ]
    assert main.all("table", class_="matrix") == main.all(class_="map") == []
    assert [row[0] for row in rows_of_table(main, "Lage der Familien")] == ["Mitte", "Nord", "Süd"]


def test_a_composite_without_any_row_says_what_is_missing(client: Client) -> None:
    main = page_of(client, "/indizes/gesundheit/")
    assert "In dieser Veröffentlichung hat kein Gebiet einen Wert." in main.text
    assert "Diese Kennzahl fehlt in dieser Veröffentlichung: uebergewicht." in main.text
    assert [found.text for found in main.all("h2")] == ["Woraus der Index besteht", "Woher kommt diese Zahl?"]


UNKNOWN = {
    "/indizes/glueck/": "Einen Index mit der Adresse „glueck“ gibt es in dieser Veröffentlichung nicht.",
    "/indizes/lage/?ebene=stadt": "Für die Gebietsgliederung „stadt“ gibt es diesen Index nicht.",
    "/indizes/lage/?zeit=1888": "Für den Zeitraum „1888“ gibt es diesen Index nicht.",
    "/indizes/lage/?zeit=heute": "Für den Zeitraum „heute“ gibt es diesen Index nicht.",
    "/indizes/gesundheit/?zeit=2024": "Für den Zeitraum „2024“ gibt es diesen Index nicht.",
    "/indizes/lage/?gebiet=99": "Ein Gebiet „99“ gibt es in dieser Veröffentlichung nicht.",
    "/indizes/lage/?ordnung=farbe": "Eine Reihenfolge „farbe“ gibt es für diese Tabelle nicht.",
    "/en/indices/glueck/": "There is no index at the address “glueck” in this release.",
}


@pytest.mark.parametrize(("address", "reason"), UNKNOWN.items())
def test_unknown_things_get_a_reason_and_a_next_step(client: Client, address: str, reason: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert reason in read(response.content).one("main").text


def test_a_release_from_before_composites(tmp_path: Path) -> None:
    release = write_city(tmp_path, composites=False).published()
    assert release is not None
    old = load_atlas(release)
    assert composites_told(old) == ()
    assert search_composites(old, "lage") == ()
    with translation.override("de"), pytest.raises(Http404):
        composite_page(old, "lage", Asked())


# --- ways to it -------------------------------------------------------------------------------------------------------


def test_only_composites_with_scores_are_listed(client: Client, atlas: Atlas) -> None:
    assert composites_told(atlas) == ("alter", "lage")
    main = page_of(client, "/themen/")
    assert "Indizes und Typen" in [found.text for found in main.all("h2")]
    links = {link.text: link.attributes["href"] for link in main.all("a")}
    assert links["Lage der Familien"] == "/indizes/lage/"
    assert "Gesundheit der Kinder" not in links


@pytest.mark.parametrize("text", ["familien", "FAMILIES", "schwierig", "lage fam"])
def test_a_search_finds_it(client: Client, text: str) -> None:
    main = page_of(client, f"/suche/?q={text}")
    assert "/indizes/lage/" in [link.attributes["href"] for link in main.all("a")]


def test_a_search_for_something_else_does_not(atlas: Atlas) -> None:
    assert search_composites(atlas, "gesundheit") == search_composites(atlas, "") == ()


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (
            "/gebiete/viertel/09/",
            "Lage der Familien in Lindenau: Lage schwierig (Wert 2,02). Seit 2022: Entwicklung stabil.",
        ),
        ("/gebiete/viertel/09/?zeit=2016", "Lage der Familien in Lindenau: Lage schwierig"),
        (
            "/gebiete/viertel/02/",
            "Lage der Familien in Am Hafen: kein Wert, weil eine Kennzahl zum Schutz der Menschen",
        ),
    ],
)
def test_profile_says_where_the_area_stands(client: Client, address: str, sentence: str) -> None:
    main = page_of(client, address)
    block = next(found for found in main.all("section") if found.attributes.get("aria-labelledby") == "einordnung")
    assert sentence in block.text
    link = block.all("a")[0].attributes["href"]
    assert "gebiet=" in link
    assert client.get(link.partition("#")[0]).status_code == 200


def test_a_profile_without_scores_has_no_such_block(client: Client) -> None:
    assert "Einordnung" not in page_of(client, "/gebiete/stadt/0/").text


# --- words and colours ------------------------------------------------------------------------------------------------


def classes(*ends: tuple[str, float]) -> tuple[object, ...]:
    rows = [{"id": f"c{n}", "title": {"de": "x"}, kind: end} for n, (kind, end) in enumerate(ends)]
    return composite(classes=[*rows, {"id": "last", "title": {"de": "x"}}]).classes


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ([("below", -1.0), ("up_to", 1.0), ("up_to", 1.5)], ["unter −1", "−1 bis 1", "über 1 bis 1,5", "über 1,5"]),
        ([("up_to", 0.25)], ["bis 0,25", "über 0,25"]),
        ([("below", 10.0), ("below", 20.0)], ["unter 10", "10 bis unter 20", "ab 20"]),
        ([("up_to", 1.0), ("below", 2.0)], ["bis 1", "über 1 bis unter 2", "ab 2"]),
    ],
)
def test_cuts_in_words(ends: list[tuple[str, float]], words: list[str]) -> None:
    with translation.override("de"):
        assert cut_words(classes(*ends)) == words


@pytest.mark.parametrize("number", range(2, 8))
def test_the_higher_the_class_the_stronger_the_colour(number: int) -> None:
    found = classes(*(("up_to", float(end)) for end in range(number - 1)))
    colours = [colour_of(found, one.id) for one in found]
    assert (colours[0], colours[-1]) == ("c1", "c5")
    assert colours == sorted(colours)
    assert len(set(colours)) == min(number, 5)


def test_scores_have_two_digits_and_their_status() -> None:
    with translation.override("de"):
        assert score_plain(Value(1.239, Status.OK)) == "1,24"
        assert score_plain(Value(-0.5, Status.UNRELIABLE)) == "(−0,50)"
        assert score_plain(Value(0.5, Status.ESTIMATED)) == "0,50 (geschätzt)"
        assert score_plain(Value(None, Status.UNDEFINED)) == "nicht berechenbar"
        assert "+1,24" in score_cell(Value(1.239, Status.OK), signed=True)
        assert "zum Schutz verdeckt" in score_cell(Value(None, Status.SUPPRESSED))


RECIPES = {
    "mss": (MSS, ["addiert. Das Ergebnis", "weniger als 300 Menschen", "in 2 Jahren"]),
    "ranks": (composite(standardise={"method": "exponential_ranks"}), ["Rang des Gebiets"]),
    "min_max": (composite(standardise={"method": "min_max"}, combine={"method": "mean"}), ["Mittelwert", "0 für das"]),
    "weighted": (
        composite(
            inputs=[{"indicator": "poor", "weight": 2}, {"indicator": "jobless"}],
            standardise={"weighted": "population"},
        ),
        ["mit ihren Gewichten malgenommen", "Gebiete mit vielen Menschen"],
    ),
    "shrunk": (composite(shrinkage={"to": "wide"}), ["zum Anteil des größeren Gebiets hingezogen"]),
}


@pytest.mark.parametrize(("document", "parts"), RECIPES.values(), ids=RECIPES)
def test_recipes_in_words(document: object, parts: list[str]) -> None:
    with translation.override("de"):
        text = " ".join(recipe_sentences(document))
    for part in parts:
        assert part in text


def test_counts_are_those_of_areas_with_a_score(atlas: Atlas) -> None:
    scores = scores_of(atlas, "lage", "viertel")
    assert scores is not None
    assert counts_of(scores_at(atlas, scores, "2024")) == {"gut": 3, "mittel": 6, "schwierig": 1}
    assert scores.latest == "2024"
    assert score_systems(atlas, "lage") == ("viertel", "bezirke")


# --- files ------------------------------------------------------------------------------------------------------------


def rows_of_file(client: Client, address: str) -> list[dict[str, str]]:
    response = client.get(address)
    assert response.status_code == 200
    text = response.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";" if "csv-de" in address else ","))


@pytest.mark.parametrize("form", ["csv", "csv-de"])
def test_the_file_has_every_score(client: Client, atlas: Atlas, form: str) -> None:
    rows = rows_of_file(client, f"/indizes/lage/daten/{form}/")
    frame = atlas.package.composites.filter(composite="lage")
    assert len(rows) == frame.height
    told = {(row["area_system"], row["area"], row["period"]): row for row in frame.iter_rows(named=True)}
    for row in rows:
        score = told[row["area_system"], row["area"], row["period"]]
        assert (float(row["score"].replace(",", ".")) if row["score"] else None) == score["score"]
        assert (row["class"], row["status"]) == (score["class"] or "", score["status"])
        assert bool(row["reason"]) == (score["score"] is None)
        assert row["name"] == atlas.areas[row["area_system"]][row["area"]].name


def test_a_row_of_the_file_can_stand_alone(client: Client) -> None:
    rows = rows_of_file(client, "/en/indices/lage/data/csv/")
    found = next(row for row in rows if (row["area"], row["period"]) == ("02", "2024"))
    assert found["title"] == "Situation of families"
    assert found["reason"] == "input"
    assert (found["status_text"], found["sign"]) == ("withheld for privacy", ".")
    assert found["release"] == "2025-H2.1"


def test_every_offered_file_is_there(client: Client) -> None:
    links = [link for link in page_of(client, "/indizes/lage/").all("a") if "download" in link.attributes]
    assert [link.text for link in links] == ["CSV (deutsch, mit Dezimalkomma)", "CSV (international)"]
    for link in links:
        response = client.get(link.attributes["href"])
        assert response.headers["Content-Disposition"].startswith('attachment; filename="2025-H2.1-lage.')


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("/indizes/lage/daten/xlsx/", "Ein Format „xlsx“ gibt es dafür nicht."),
        ("/indizes/glueck/daten/csv/", "Einen Index mit der Adresse „glueck“ gibt es"),
        ("/typologien/wohnen/daten/geojson/", "Ein Format „geojson“ gibt es dafür nicht."),
        ("/typologien/glueck/daten/csv/", "Eine Typologie mit der Adresse „glueck“ gibt es"),
    ],
)
def test_a_file_that_does_not_exist(client: Client, address: str, reason: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert reason in read(response.content).one("main").text


def test_a_composite_without_rows_is_an_empty_table(client: Client) -> None:
    assert rows_of_file(client, "/indizes/gesundheit/daten/csv/") == []
