"""Areas side by side: the latest period that all of them have, stated; another one where the reader asks for it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import translation

from sozialraum.indicators import latest_common_period
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.pages.comparison import common_period, comparison_page
from web.reading import read

TWO = "/vergleich/?gebiet=viertel:01&gebiet=viertel:03"


def test_the_common_period_is_stated(client: Client) -> None:
    assert "Neuester gemeinsamer Zeitraum: 2024." in read(client.get(TWO).content).one("main").text


def test_where_one_has_no_number_now_all_are_told_of_then(client: Client, atlas: Atlas) -> None:
    """Am Hafen has no number of children on basic income support since 2022, so both are told of 2021."""
    areas = [atlas.areas["viertel"][code] for code in ("01", "02")]
    with translation.override("de"):
        page = comparison_page(atlas, tuple(areas))
    rows = {row["title"]: row for theme in page["themes"] for row in theme["rows"]}
    assert rows["Kinder in der Grundsicherung"]["period"] == "2021"
    assert all(compared.value.value is not None for compared, _ in rows["Kinder in der Grundsicherung"]["values"])
    assert rows["Arbeitslose"]["period"] == "2024"
    assert page["period"] == (
        "Neuester gemeinsamer Zeitraum: 2024. Bei 1 von 6 Kennzahlen ist es ein anderer; er steht unter ihrem Namen."
    )


def test_it_is_the_one_that_the_numbers_have_in_common(atlas: Atlas) -> None:
    areas = [atlas.areas["viertel"][code] for code in ("01", "02", "07")]
    panel = atlas.panel("kinder_sgb2", "viertel")
    assert panel is not None
    told = [[p for p, value in panel.series(area.code) if value.value is not None] for area in areas]
    assert common_period(areas, [panel] * 3) == latest_common_period(told) == "2021"


def test_where_one_never_has_a_number_the_others_are_still_told(atlas: Atlas) -> None:
    """Rent can never be worked out in Industriegleis: the latest period of all is shown, with the sign for it."""
    areas = [atlas.areas["viertel"][code] for code in ("01", "07")]
    panel = atlas.panel("miete", "viertel")
    assert panel is not None
    assert panel.value("07", "2016").value is None
    assert common_period(areas, [panel] * 2) == "2024"


@pytest.mark.parametrize(
    ("year", "stated"), [("2020", "Gemeinsamer Zeitraum: 2020."), ("2024", "Gemeinsamer Zeitraum: 2024.")]
)
def test_another_year_can_be_chosen(client: Client, year: str, stated: str) -> None:
    main = read(client.get(f"{TWO}&zeit={year}").content).one("main")
    assert stated in main.text
    chosen = [one for one in main.one("select", name="zeit").all("option") if "selected" in one.attributes]
    assert [one.attributes["value"] for one in chosen] == [year]


def test_in_english(client: Client) -> None:
    assert "Latest common period: 2024." in read(client.get(f"/en/compare/{TWO[11:]}").content).one("main").text


def test_signs_in_use_are_explained(client: Client) -> None:
    notes = next(
        found.text
        for found in read(client.get("/vergleich/?gebiet=viertel:01&gebiet=viertel:07").content).one("main").all("p")
        if found.text.startswith("Zeichen:")
    )
    assert "nicht berechenbar" in notes
    assert "verdeckt" not in notes
