"""The table of an indicator: comparison, fifth, target and trend in a word; how each is tested stands on the page."""

from __future__ import annotations

import polars as pl
import pytest
from django.test import Client
from django.utils import translation

from sozialraum.tables import Status
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.pages.indicator import indicator_page
from web.changed_city import changed_city
from web.reading import Element, read


def page_of(client: Client, indicator: str, more: str = "") -> Element:
    return read(client.get(f"/kennzahlen/{indicator}/{more}").content)


def heads(page: Element) -> list[str]:
    return [head.text for head in page.all("table", class_="data")[0].one("thead").all("th")]


def cells(page: Element, area: str) -> dict[str, Element]:
    table = page.all("table", class_="data")[0]
    row = table.one("tr", data_area=area)
    names = [head.removeprefix("Im ").partition(" ")[0] for head in heads(page)]
    return dict(zip(names[1:], row.all("td"), strict=True))


def test_columns_of_an_indicator_that_judges(client: Client) -> None:
    assert heads(page_of(client, "arbeitslose")) == [
        "Gebiet",
        "Wert Zufallsbereich (95 %)",
        "Im Vergleich mit Kleinstadt insgesamt",
        "Fünftel 1 = günstigstes",
        "Verlauf",
        "Zähler",
        "Nenner",
    ]


def test_a_neutral_indicator_says_lowest_and_calls_nothing_favourable(client: Client) -> None:
    page = page_of(client, "anteil_65")
    assert "Fünftel 1 = niedrigstes" in heads(page)
    table = page.all("table", class_="data")[0]
    assert "günstig" not in table.text
    assert any(word in table.text for word in ("höher", "niedriger"))
    assert "Weder hohe noch niedrige Werte gelten als günstig." in page.one(class_="facts").text


def test_better_similar_and_worse_are_words_and_chance_is_grey(client: Client, atlas: Atlas) -> None:
    page = page_of(client, "arbeitslose")
    with translation.override("de"):
        rows = indicator_page(atlas, "arbeitslose", None, None)["table"]["rows"]
    words = {row.against.word for row in rows}
    assert {"ähnlich", "deutlich günstiger", "deutlich ungünstiger"} <= words
    for row in rows[:-1]:
        cell = cells(page, row.area.code)["Vergleich"]
        assert cell.text.startswith(row.against.word)
        assert ("same" in cell.attributes["class"].split()) == (row.against.word == "ähnlich")
        assert "Prozentpunkte" in cell.text


def test_what_was_not_tested_is_grey_and_says_so(client: Client) -> None:
    page = page_of(client, "wanderung")
    table = page.all("table", class_="data")[0]
    compared = [row.all("td")[1] for row in table.one("tbody").all("tr")[:-1]]
    assert {cell.text.split()[0] for cell in compared} <= {"höher", "niedriger", "gleich"}
    assert all("same" in cell.attributes["class"] for cell in compared)
    assert "Grau: Ob der Unterschied Zufall sein kann, ist nicht geprüft." in page.one("main").text


def test_the_sum_of_all_is_no_yardstick(client: Client) -> None:
    assert not [head for head in heads(page_of(client, "bevoelkerung")) if head.startswith("Im Vergleich")]


def test_fifths_are_full_and_the_best_is_the_first(client: Client, atlas: Atlas) -> None:
    with translation.override("de"):
        rows = indicator_page(atlas, "arbeitslose", None, None)["table"]["rows"]
    found = [row.fifth.word for row in rows[:-1]]
    assert found == sorted(found, reverse=True)  # the highest share of unemployed people comes first
    assert (found[0], found[-1]) == ("5 von 5", "1 von 5")


def test_too_few_areas_for_fifths_are_told_once(client: Client) -> None:
    page = page_of(client, "arbeitslose", "?ebene=bezirke")
    assert not [head for head in heads(page) if head.startswith("Fünftel")]
    assert "Für diesen Vergleich haben zu wenige Gebiete eine Zahl." in page.one("main").text


def test_what_is_withheld_stays_withheld_in_every_column(client: Client) -> None:
    row = cells(page_of(client, "kinder_sgb2"), "02")
    for column in ("Wert", "Vergleich", "Fünftel", "Zähler"):
        assert row[column].text == "• zum Schutz verdeckt"
    assert row["Verlauf"].text == "unklar nicht alle Zahlen bekannt"


def test_the_page_says_which_test_over_which_years(client: Client) -> None:
    facts = page_of(client, "arbeitslose").one(class_="facts").text
    assert "Geprüft werden die letzten 5 Zeitpunkte: 2020 bis 2024." in facts
    assert "Chi-Quadrat-Test" in facts
    assert "außerhalb des Zufallsbereichs (95 %)" in facts
    assert "Niedrige Werte gelten als günstig." in facts


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (
            "?zeit=2020",
            "Dazwischen liegt ein Bruch der Reihe (2018), deshalb wird kein Verlauf genannt. Neue Zählweise",
        ),
        ("?zeit=2018", "Für einen Verlauf braucht es 5 Zeitpunkte; hier gibt es 3."),
    ],
)
def test_why_there_is_no_trend(client: Client, more: str, told: str) -> None:
    page = page_of(client, "kinder_sgb2", more)
    assert told in page.one(class_="facts").text
    assert "Verlauf" not in heads(page)  # it would say the same of every area, so it is said once


def test_estimated_values_in_a_trend_are_told(client: Client) -> None:
    told = "Einige dieser Werte sind geschätzt"
    assert told in page_of(client, "kinder_sgb2").one(class_="facts").text
    assert told not in page_of(client, "arbeitslose").one(class_="facts").text


def test_without_a_range_of_chance_no_trend_is_tested(client: Client) -> None:
    page = page_of(client, "wanderung")
    assert "Ein Verlauf wird nicht geprüft" in page.one(class_="facts").text
    assert "Verlauf" not in heads(page)


def test_a_provisional_number_says_so_in_words(client: Client) -> None:
    assert cells(page_of(client, "kinder_sgb2"), "11")["Wert"].text.endswith("vorläufig")


# --- with a target and revised numbers --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    def revise(values: pl.DataFrame) -> pl.DataFrame:
        which = (pl.col("area") == "03") & (pl.col("period") == "2024") & (pl.col("indicator") == "kinder_sgb2")
        whole = (pl.col("area") == "0") & (pl.col("period") == "2024") & (pl.col("indicator") == "kinder_sgb2")
        status = pl.when(whole).then(pl.lit(Status.PROVISIONAL.value)).otherwise(pl.col("status").cast(pl.String))
        return values.with_columns(
            revision=pl.when(which).then(1).otherwise("revision").cast(pl.Int32),
            status=status.cast(values.schema["status"]),
        )

    return changed_city(tmp_path_factory.mktemp("changed"), revise)


def test_a_target_is_a_column_and_a_sentence(changed: Atlas) -> None:
    with translation.override("de"):
        page = indicator_page(changed, "kinder_sgb2", None, None)
    table = page["table"]
    assert table["has_target"]
    assert page["target_words"].replace("\u00a0", " ") == "15,0 % bis 2030"
    assert {row.target.word for row in table["rows"]} >= {"erreicht", "nicht erreicht"}
    for row in table["rows"]:
        told = {"erreicht": row.value.upper, "nicht erreicht": row.value.lower}.get(row.target.word)
        assert told is None or (told < 15) == (row.target.word == "erreicht")
    assert "Ziel" in page["answer"]["target"]
    assert any("Ratsbeschluss vom 3. Mai 2024" in sentence for sentence in page["tests"]["comparison"])


def test_without_a_target_nothing_is_said_of_one(atlas: Atlas) -> None:
    with translation.override("de"):
        page = indicator_page(atlas, "arbeitslose", None, None)
    assert not page["table"]["has_target"]
    assert page["answer"]["target"] == page["target_words"] == ""


def test_a_revised_number_says_so(changed: Atlas, atlas: Atlas) -> None:
    with translation.override("de"):
        page, plain = (indicator_page(one, "kinder_sgb2", None, None) for one in (changed, atlas))
    assert [row.area.code for row in page["table"]["rows"] if "berichtigt" in row.below] == ["03"]
    assert ("r", "berichtigt: eine frühere Veröffentlichung nannte eine andere Zahl") in page["notes"]
    assert not [row for row in plain["table"]["rows"] if row.revised]
    assert "r" not in [sign for sign, _ in plain["notes"]]


def test_a_provisional_answer_says_that_it_may_change(changed: Atlas, atlas: Atlas) -> None:
    with translation.override("de"):
        remarks = [indicator_page(one, "kinder_sgb2", None, None)["answer"]["remark"] for one in (changed, atlas)]
    assert remarks == ["Die Zahl ist vorläufig und kann sich noch ändern.", ""]
