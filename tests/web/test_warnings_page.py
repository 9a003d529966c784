"""Early warnings: who is warned of what, where it is told, and what it means that nobody is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from django.test import Client
from django.utils import translation

from sozialraum.tables import Status
from sozialraum.web import warm
from sozialraum.web.atlas.facts import in_short, warnings_of
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.pages.warnings import count_sentence, warnings_page
from sozialraum.web.portal.sentences import short_sentences, warned_sentence
from web.changed_city import changed_city
from web.reading import Element, read


def warned(page: Element) -> list[str]:
    return [heading.text for heading in page.one("main").all("h3")[:-1]]


def test_the_district_that_is_worse_and_worsening(client: Client, atlas: Atlas) -> None:
    assert [(area.name, [one.indicator for one in told]) for area, told in warnings_of(atlas).items()] == [
        ("Süd", ["kinder_sgb2"])
    ]
    page = read(client.get("/fruehwarnung/").content)
    assert "Zurzeit gibt es 1 Frühwarnung in 1 Gebiet." in page.one(class_="lead").text
    section = page.one("section", **{"aria-labelledby": "bezirke-3"})
    assert section.one("h2").text.split() == ["Süd", "Stadtbezirk"]
    assert section.one("h2").one("a").attributes["href"] == "/gebiete/bezirke/3/"
    assert section.one("h3").one("a").attributes["href"] == "/kennzahlen/kinder_sgb2/"
    assert "Der Wert ist von 2020 bis 2024 gestiegen" in section.text
    assert "höher als insgesamt (Kleinstadt:" in section.text
    assert section.all("svg")
    assert page.one("main").text.count("Über Ursachen sagt es nichts.") == 1


def test_ordered_by_theme(client: Client) -> None:
    page = read(client.get("/fruehwarnung/?ordnung=thema").content)
    assert warned(page) == ["Süd: Kinder in der Grundsicherung"]
    assert page.one("section", **{"aria-labelledby": "thema-mindestsicherung"}).one("h3").one("a").attributes[
        "href"
    ] == ("/gebiete/bezirke/3/")


def test_what_is_not_looked_at_is_told(client: Client) -> None:
    rules = read(client.get("/fruehwarnung/").content).one("section", **{"aria-labelledby": "regel"}).text
    assert "4 Kennzahlen, bei denen weder hohe noch niedrige Werte als günstig gelten." in rules
    assert "Bruch" in rules
    assert "geschätzt" in rules


def test_it_is_told_in_short_and_on_the_start_page(client: Client, atlas: Atlas) -> None:
    profile = read(client.get("/gebiete/bezirke/3/").content)
    sentences = [item.text for item in profile.one("ul", class_="sentences").all("li")]
    assert sentences[1].startswith("Frühwarnung bei 1 Kennzahl: Kinder in der Grundsicherung.")
    assert len(sentences) <= 6
    assert [link.attributes["href"] for link in profile.all("a") if "/fruehwarnung/" in link.attributes["href"]] == [
        "/fruehwarnung/#bezirke-3"
    ] * 2
    start = read(client.get("/").content).one("section", **{"aria-labelledby": "neu"})
    assert "Zurzeit gibt es 1 Frühwarnung in 1 Gebiet." in start.text
    assert "Frühwarnung" not in read(client.get("/gebiete/bezirke/1/").content).one("main").text
    assert in_short(atlas, atlas.areas["bezirke"]["3"], date(2023, 12, 31)).warnings == ()  # it is of the present


@pytest.mark.parametrize("status", [Status.ESTIMATED, Status.UNRELIABLE])
def test_nobody_is_warned_on_numbers_that_do_not_stand(tmp_path: Path, status: Status) -> None:
    city = changed_city(tmp_path, lambda values: marked(values, status))
    assert warnings_of(city) == {}
    with translation.override("de"):
        page = warnings_page(city, "")
        assert (page["groups"], count_sentence(city)) == ([], "Zurzeit gibt es keine Frühwarnung.")
        assert not [
            text for text in short_sentences(city, in_short(city, city.areas["bezirke"]["3"])) if "warn" in text
        ]


def test_a_provisional_number_warns_and_says_so(tmp_path: Path) -> None:
    city = changed_city(tmp_path, lambda values: marked(values, Status.PROVISIONAL))
    with translation.override("de"):
        (group,) = warnings_page(city, "")["groups"]
    assert "Ein Teil dieser Zahlen ist vorläufig und kann sich noch ändern." in group.entries[0].sentence


def marked(values: pl.DataFrame, status: Status) -> pl.DataFrame:
    """Mark one of the five last numbers of the district."""
    one = (pl.col("indicator") == "kinder_sgb2") & (pl.col("area_system") == "bezirke")
    one &= (pl.col("area") == "3") & (pl.col("period") == "2022")
    column = pl.when(one).then(pl.lit(status.value)).otherwise(pl.col("status").cast(pl.String))
    return values.with_columns(status=column.cast(values.schema["status"]))


def test_what_it_means_that_nobody_is_warned_of(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("sozialraum.web.portal.pages.warnings.warnings_of", "sozialraum.web.atlas.facts.warnings_of"):
        monkeypatch.setattr(name, lambda _atlas: {})
    main = read(client.get("/fruehwarnung/").content).one("main")
    assert "Zurzeit gibt es keine Frühwarnung." in main.text
    assert "Es heißt nicht, dass alles gut ist" in main.one(class_="note").text
    assert len(main.one(class_="note").all("a")) == 2
    assert main.all("select") == []


def test_without_a_whole_nothing_can_be_warned_of(atlas: Atlas) -> None:
    areas = {system: found for system, found in atlas.areas.items() if system != "stadt"}
    assert warnings_of(replace(atlas, areas=areas, _kept={})) == {}


NAMES = ["A", "B", "C", "D", "E"]


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (1, "Frühwarnung bei 1 Kennzahl: A. Sie ist hier klar"),
        (2, "Frühwarnung bei 2 Kennzahlen: A und B. Sie sind hier klar"),
        (3, "Frühwarnung bei 3 Kennzahlen: A, B und C. Sie"),
        (5, "Frühwarnung bei 5 Kennzahlen: A, B, C und 2 weitere. Sie"),
    ],
)
def test_three_are_named(count: int, told: str) -> None:
    with translation.override("de"):
        assert warned_sentence(NAMES[:count]).startswith(told)


def test_they_are_found_before_the_first_reader_asks(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = replace(atlas, _kept={})
    monkeypatch.setattr("sozialraum.web.atlas.store.Shelf.published", lambda _shelf: fresh)
    warm.warm()
    assert "early warnings" in fresh._kept
    assert ("similarity", "viertel") in fresh._kept
