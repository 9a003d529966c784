"""An area's profile: each number with period and range, the state at the end of a year, the population pyramid."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client
from django.utils import translation

from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.pages.pyramid import pyramid
from web.reading import Element, read


def profile(client: Client, address: str = "/gebiete/viertel/02/") -> Element:
    return read(client.get(address).content)


def rows_of(page: Element) -> dict[str, Element]:
    """The rows of a profile by the title of their indicator."""
    rows = [row for table in page.all("table", class_="rows") for row in table.all("tr") if row.all("td")]
    return {row.one("th").text: row for row in rows}


def test_every_value_has_its_period(client: Client) -> None:
    rows = rows_of(profile(client))
    assert len(rows) == 6
    assert all(row.all(class_="under")[0].text == "2024" for row in rows.values())


def test_a_share_has_its_range_and_a_count_has_none(client: Client) -> None:
    rows = rows_of(profile(client))
    assert re.fullmatch(r"\d+,\d – \d+,\d", rows["Menschen ab 65 Jahren"].all(class_="under")[1].text)
    assert len(rows["Bevölkerung"].all(class_="under")) == 1


def test_what_is_withheld_has_no_range(client: Client) -> None:
    hidden = rows_of(profile(client))["Kinder in der Grundsicherung"]
    assert "zum Schutz verdeckt" in hidden.text
    assert [found.text for found in hidden.all(class_="under")] == ["2024"]


def test_a_year_is_chosen_with_a_plain_form(client: Client) -> None:
    form = profile(client).one("main").one("form")
    assert form.attributes["method"] == "get"
    assert [option.attributes["value"] for option in form.all("option")][:3] == ["", "2024", "2023"]
    assert form.one("button").attributes["type"] == "submit"


def test_the_chosen_year_is_told(client: Client) -> None:
    page = profile(client, "/gebiete/viertel/02/?zeit=2020")
    assert {found.text for found in page.all(class_="under") if len(found.text) == 4} == {"2020"}
    years = page.one("main").one("select", name="zeit")
    assert [option.text for option in years.all("option") if "selected" in option.attributes] == ["Ende 2020"]


def test_the_pyramid_is_drawn_and_told_as_a_table(client: Client) -> None:
    page = profile(client, "/gebiete/viertel/03/")
    section = page.one("section", **{"aria-labelledby": "pyramide"})
    assert section.one("h2").text == "Alter und Geschlecht, 2024"
    assert len(section.all("svg")) == 2
    caption = section.one("figcaption").text
    for told in ("Birkenhöhe", "2024", "kein", "Quelle: Stadt Kleinstadt, Bürgeramt. Veröffentlichung 2025-H2.1."):
        assert told in caption
    rows = [[cell.text for cell in row.all() if cell.tag in ("th", "td")] for row in section.one("tbody").all("tr")]
    assert rows[0] == ["80 Jahre und älter", "215", "208"]
    assert rows[-1] == ["0 bis 17 Jahre", "145", "138"]


def test_a_withheld_age_group_is_drawn_and_told_as_such(client: Client) -> None:
    section = profile(client).one("section", **{"aria-labelledby": "pyramide"})
    oldest = section.one("tbody").all("tr")[0]
    assert "zum Schutz verdeckt" in oldest.all("td")[0].text
    assert oldest.all("td")[1].text == "198"
    assert "Schraffiertes Feld: zum Schutz verdeckt." in section.one("figcaption").text
    assert "Männer, 80 Jahre und älter: zum Schutz verdeckt" in str(client.get("/gebiete/viertel/02/").content, "utf-8")


@pytest.mark.parametrize(("day", "period"), [(None, "2024"), (date(2023, 12, 31), "2023")])
def test_the_pyramid_of_the_latest_year_known_then(atlas: Atlas, day: date | None, period: str) -> None:
    with translation.override("de"):
        found = pyramid(atlas, atlas.areas["viertel"]["03"], day)
    assert found is not None
    assert found.period == period


def test_without_counts_by_age_and_sex_there_is_no_pyramid(client: Client, atlas: Atlas) -> None:
    assert pyramid(atlas, atlas.areas["viertel"]["03"], date(2020, 12, 31)) is None
    assert profile(client, "/gebiete/viertel/02/?zeit=2020").all("section", **{"aria-labelledby": "pyramide"}) == []


def test_a_map_says_who_delivered_its_numbers(client: Client) -> None:
    for address in ("/", "/karte/", "/kennzahlen/anteil_65/"):
        legend = read(client.get(address).content).one(class_="legend").text
        assert legend.endswith("Quelle: Stadt Kleinstadt, Bürgeramt. Veröffentlichung 2025-H2.1.")
