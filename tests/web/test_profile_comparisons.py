"""What an area is compared with on its profile: the whole, the larger area, similar areas, a target; or why not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from sozialraum.indicators import Against, Position
from sozialraum.web.atlas.facts import standings
from sozialraum.web.atlas.queries import whole_value
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.atlas.similarity import SIMILAR, similar_to, similarity
from sozialraum.web.portal.benchmarks import against_words
from sozialraum.web.portal.pages.profile import profile_page
from web.changed_city import changed_city
from web.reading import Element, read

AREA = "/gebiete/viertel/03/"


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    """The city with every indicator three times, and a target: enough rates to tell which areas are alike."""
    return changed_city(tmp_path_factory.mktemp("rich"), copies=3)


def rows_of(page: Element) -> dict[str, Element]:
    rows = [row for table in page.all("table", class_="rows") for row in table.all("tr") if row.all("td")]
    return {row.one("th").text: row for row in rows}


def test_the_chooser_is_a_plain_form(client: Client) -> None:
    page = read(client.get(AREA).content)
    choices = page.one("main").one("select", name="vergleich").all("option")
    assert [(one.attributes["value"], one.text) for one in choices] == [
        ("", "Kleinstadt insgesamt"),
        ("uebergeordnet", "übergeordnetes Gebiet"),
        ("aehnlich", "ähnliche Gebiete"),
        ("ziel", "Zielwert"),
    ]
    assert "selected" in choices[0].attributes


def test_the_whole_has_nothing_to_compare_with(client: Client) -> None:
    assert read(client.get("/gebiete/stadt/0/").content).all("select", name="vergleich") == []


def test_with_the_larger_area(client: Client, atlas: Atlas) -> None:
    page = read(client.get(f"{AREA}?vergleich=uebergeordnet").content)
    assert "Verglichen wird mit: Mitte" in " ".join(page.one("section", id="zahlen").text.split())
    row = rows_of(page)["Arbeitslose"]
    assert "Mitte (" in row.text
    found = next(
        s for s in standings(atlas, atlas.areas["viertel"]["03"], None, Against.PARENT) if s.indicator == "miete"
    )
    panel = atlas.panel("miete", "bezirke")
    assert panel is not None
    assert found.against.benchmark == panel.value("1", "2024")


def test_without_a_target_the_page_says_so_once(client: Client) -> None:
    page = read(client.get(f"{AREA}?vergleich=ziel").content)
    assert page.one(class_="note").text == "Für keine Kennzahl ist ein Ziel festgelegt."
    assert not [row for row in rows_of(page).values() if "Ziel" in row.text]


@pytest.mark.parametrize(
    ("address", "why"),
    [
        (AREA, "Zu wenige Kennzahlen gibt es in allen Gebieten."),
        ("/gebiete/bezirke/1/", "Es gibt zu wenige Gebiete dieser Art."),
    ],
)
def test_where_nothing_is_alike_the_page_says_why(client: Client, address: str, why: str) -> None:
    page = read(client.get(f"{address}?vergleich=aehnlich").content)
    assert page.one(class_="note").text == f"Ähnliche Gebiete lassen sich nicht bestimmen: {why}"


def test_similar_areas_are_the_nearest_of_the_same_system(rich: Atlas) -> None:
    found = similarity(rich, "viertel")
    assert found is not None
    assert found.period == "2024"
    assert not {"bevoelkerung", "kinder_sgb2"} & set(found.profiles.indicators)  # a count; not known everywhere
    alike = similar_to(rich, rich.areas["viertel"]["03"])
    assert len(alike) == SIMILAR
    assert {area.system for area in alike} == {"viertel"}
    assert "03" not in {area.code for area in alike}


def test_with_similar_areas(rich: Atlas) -> None:
    area = rich.areas["viertel"]["03"]
    with translation.override("de"):
        page = profile_page(rich, area, against=Against.SIMILAR)
    assert [name for name, _ in page["alike"]] == [other.name for other in similar_to(rich, area)]
    assert (page["obstacle"], page["alike_period"]) == ("", "2024")
    found = next(s for s in standings(rich, area, None, Against.SIMILAR) if s.indicator == "anteil_65")
    panel = rich.panel("anteil_65", "viertel")
    assert panel is not None
    values = [panel.value(other.code, "2024").value for other in similar_to(rich, area)]
    assert found.against.benchmark is not None
    assert found.against.benchmark.value == pytest.approx(sum(values) / len(values))


def test_with_a_target_only_what_has_one_is_compared(rich: Atlas) -> None:
    area = rich.areas["viertel"]["03"]
    with translation.override("de"):
        page = profile_page(rich, area, against=Against.TARGET)
    told = {row.title: row.against for theme in page["themes"] for row in theme["rows"] if row.against}
    assert page["targets"] == 1
    assert list(told) == ["Kinder in der Grundsicherung"]
    assert "Ziel" in told["Kinder in der Grundsicherung"]


def test_in_english(rich: Atlas) -> None:
    with translation.override("en"):
        page = profile_page(rich, rich.areas["viertel"]["03"], against=Against.SIMILAR)
    told = " ".join(row.against for theme in page["themes"] for row in theme["rows"])
    assert "in similar areas (mean: " in told
    assert "ähnlich" not in told


def test_words_say_where_a_value_lies_and_what_that_means(atlas: Atlas) -> None:
    documents, words = atlas.catalogue.indicators, {}
    for area in atlas.areas["viertel"].values():
        for standing in standings(atlas, area):
            with translation.override("de"):
                words[area.code, standing.indicator] = (
                    standing,
                    against_words(standing, documents[standing.indicator]),
                )
    for standing, told in words.values():
        position = standing.comparison.position
        if position is Position.NOT_COMPARED:
            assert told == ""
            continue
        start = {Position.HIGHER: "höher", Position.LOWER: "niedriger"}.get(position)
        assert start is None or told.removeprefix("deutlich ").startswith(start)
        assert told.endswith("nicht geprüft") == (not standing.comparison.tested and start is not None)
        judged = documents[standing.indicator].polarity != "neutral" and start and standing.comparison.tested
        assert told.endswith(("günstiger", "ungünstiger")) == bool(judged)
    assert any("ungünstiger" in told for _, told in words.values())


def test_where_the_whole_is_older_the_period_is_told(tmp_path: Path) -> None:
    import polars as pl

    late = (pl.col("area") == "0") & (pl.col("period") == "2024") & (pl.col("indicator") == "arbeitslose")
    city = changed_city(tmp_path, lambda values: values.filter(~late))
    found = next(s for s in standings(city, city.areas["viertel"]["03"]) if s.indicator == "arbeitslose")
    assert (found.period, found.against.period) == ("2024", "2023")
    assert found.against.benchmark == whole_value(city, "arbeitslose", "2023")
    with translation.override("de"):
        assert against_words(found, city.catalogue.indicators["arbeitslose"]).startswith("2023: ")


def test_what_has_no_number_is_compared_with_nothing(atlas: Atlas) -> None:
    found = next(s for s in standings(atlas, atlas.areas["viertel"]["02"]) if s.indicator == "kinder_sgb2")
    assert found.comparison.position is Position.NOT_COMPARED


def test_at_the_end_of_a_year_the_benchmark_is_of_then(atlas: Atlas) -> None:
    for against in (Against.WHOLE, Against.PARENT):
        then = standings(atlas, atlas.areas["viertel"]["03"], date(2020, 12, 31), against)
        assert {standing.against.period for standing in then} == {"2020"}
