"""The page of a release's microcells: an answer, a map of squares, how cells are spread, for signed-in staff alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings
from django.utils import translation

from sozialraum.releases import Release
from sozialraum.web.portal.pages.cell_quality import answer, quality
from sozialraum.web.portal.pages.microcells import steps_of
from web.city import Microcells, write_city
from web.reading import Element, read

ADDRESS = "/intern/2025-H2.1/mikrozellen/"
SPREAD = {"mean": 6.125, "minimum": 4.0, "p25": 4.0, "median": 5.0, "p75": 7.0, "p95": 10.0, "p99": 17.0}
REPORT: dict[str, Any] = {
    "cells": 12622,
    "buildings": 23682,
    "buildings_without_households": 318,
    "households": 77969,
    "households_lost": 0,
    "minimum": 4,
    "cap": 250.0,
    "households_per_cell": {**SPREAD, "maximum": 85.0},
    "diameter": {"mean": 40.6, "minimum": 11.7, "p25": 28.2, "median": 33.7, "p75": 46.7, "p95": 83.5, "p99": 129.6}
    | {"maximum": 267.7},
    "flagged": 2,
    "one_street_share": 0.955,
    "areas_without_cells": [{"area": "07", "buildings": 1, "households": 3}],
}
SQUARES = [
    ("02-1", "02", 563000, 5932000),
    ("02-2", "02", 563000, 5932000),
    ("02-3", "02", 563000, 5932000),
    ("02-4", "02", 563100, 5932000),
    ("02-5", "02", 563200, 5932000),
    ("05-1", "05", 565000, 5931900),
    ("05-2", "05", 565000, 5931900),
]
HOUSEHOLDS: dict[str, tuple[float | None, str]] = {
    "02-1": (4.0, "ok"),
    "02-2": (6.0, "ok"),
    "02-3": (None, "suppressed"),
    "02-4": (12.0, "ok"),
    "02-5": (None, "suppressed"),
    "05-1": (4.0, "ok"),
    "05-2": (5.0, "ok"),
}


def counted(universe: str) -> list[tuple[str, str, str, float | None, str]]:
    return [(universe, "microcells", code, *told) for code, told in HOUSEHOLDS.items()]


CELLS = Microcells(REPORT, SQUARES, counted("households"))
Show = Callable[..., Element]


@pytest.fixture
def show(steward: Client, tmp_path: Path) -> Show:
    """Show a page of a city with microcells."""

    def shown(cells: Microcells = CELLS, address: str = ADDRESS, **query: str) -> Element:
        write_city(tmp_path, microcells=cells)
        with override_settings(PROJECT_FOLDER=tmp_path):
            response = steward.get(address, query)
        assert response.status_code == 200
        return read(response.content).one("main")

    return shown


def squares(main: Element) -> list[Element]:
    return main.one(class_="map-stage").all("path", class_="area")


def labels(main: Element) -> list[str]:
    """What is said about each square, from north to south and west to east."""
    assert all(square.one("title").text == square.attributes["data-label"] for square in squares(main))
    return [square.one("title").text for square in squares(main)]


def table(main: Element, name: str) -> list[list[str]]:
    body = main.one("section", aria_labelledby=name).all("tbody")[-1]
    return [[cell.text for cell in [*row.all("th"), *row.all("td")]] for row in body.all("tr")]


def test_it_answers_in_a_sentence(show: Show) -> None:
    lead = show().one("p", class_="lead").text
    assert lead == "Es gibt 12.622 Mikrozellen mit im Mittel 6,1 Haushalten; keine hat weniger als 4."


def test_a_cell_below_the_minimum_would_be_named() -> None:
    small = {**REPORT, "households_per_cell": {**REPORT["households_per_cell"], "minimum": 3.0}}
    with translation.override("de"):
        told = answer(cast(Release, SimpleNamespace(manifest={"microcells": small})))
    assert told == "Es gibt 12.622 Mikrozellen; die kleinste hat 3 Haushalte, verlangt sind 4."


def test_the_release_page_says_the_same_and_leads_here(show: Show) -> None:
    section = show(address="/intern/2025-H2.1/internal/").one("section", aria_labelledby="mikrozellen")
    assert "Es gibt 12.622 Mikrozellen" in section.text
    assert section.one("a").attributes["href"] == ADDRESS
    assert section.all("table") == []


def test_the_public_part_does_not_lead_here(show: Show) -> None:
    assert ADDRESS not in {link.attributes["href"] for link in show(address="/intern/2025-H2.1/public/").all("a")}


def test_squares_say_how_many_cells_they_stand_for(show: Show) -> None:
    assert labels(show()) == [
        "3 Mikrozellen, für 2 davon im Mittel 5,0 Haushalte",
        "1 Mikrozelle: 12 Haushalte",
        "1 Mikrozelle: zum Schutz verdeckt",
        "2 Mikrozellen, im Mittel 4,5 Haushalte",
    ]


def test_colours_are_the_classes_of_the_legend(show: Show) -> None:
    main = show()
    kinds = [square.attributes["class"].removeprefix("area ") for square in squares(main)]
    assert kinds == ["c2", "c5", "suppressed", "c1"]
    legend = [entry.text for entry in main.one(class_="legend").all("li")]
    assert legend[:5] == ["4 bis unter 5", "5 bis unter 6", "6 bis unter 7", "7 bis unter 8", "8 und mehr"]
    assert legend[5:] == ["zum Schutz verdeckt"]


def test_one_area_is_chosen_without_scripts(show: Show) -> None:
    main = show(gebiet="05")
    assert labels(main) == ["2 Mikrozellen, im Mittel 4,5 Haushalte"]
    assert main.one("h2", id="karte").text == "Gartenstadt"
    options = {
        option.attributes["value"]: "selected" in option.attributes for option in main.one("select").all("option")
    }
    assert options == {"alle": False, "02": False, "05": True}
    assert main.one("form").one("button").text == "Anzeigen"


def test_a_large_city_shows_its_first_area(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sozialraum.web.portal.pages.microcells.SMALL", 3)
    main = show()
    assert len(labels(main)) == 3
    assert [option.text for option in main.one("select").all("option")] == ["Am Hafen", "Gartenstadt"]


def test_no_shape_is_finer_than_a_square(show: Show) -> None:
    assert all(re.fullmatch(r"M\d+ \d+h100v100h-100z", square.attributes["d"]) for square in squares(show()))


def test_wide_cells_are_outlined_where_the_release_names_them(show: Show) -> None:
    main = show(replace(CELLS, report={**REPORT, "flagged_cells": ["02-4", "05-1"]}))
    outline = main.one(class_="map-stage").all("path")[-1].attributes["d"]
    assert outline == squares(main)[1].attributes["d"] + squares(main)[3].attributes["d"]
    assert labels(main)[1] == "1 Mikrozelle: 12 Haushalte; breiter als 250 Meter: 1"
    assert "Dick umrandet: Hier ist mindestens eine Zelle breiter als 250 Meter." in main.one(class_="legend").text
    assert [row[3] for row in table(main, "karte")] == ["0", "1", "0", "1"]


def test_else_it_says_how_many_and_that_they_are_not_named(show: Show) -> None:
    assert "Breiter als gewünscht (250 Meter) sind 2 Zellen. Welche, nennt die Veröffentlichung nicht." in show().text


def test_bars_count_the_cells_of_an_area(show: Show) -> None:
    main = show(gebiet="05")
    rows = {
        row.one("th").text: row.one("td", class_="number").text
        for row in main.one("table", class_="bars").all("tr")[1:]
    }
    assert (rows["4 Haushalte"], rows["5 Haushalte"], rows["ab 12 Haushalten"]) == ("1", "1", "0")
    assert "Senkrechte Linie: Kleinstadt insgesamt." in main.text


def test_areas_with_their_cells(show: Show) -> None:
    assert table(show(), "gebiete") == [
        ["Am Hafen", "5", "7,3"],
        ["Gartenstadt", "2", "4,5"],
        ["Industriegleis", "0", "x nicht berechenbar"],
        ["Kleinstadt", "12.622", "6,1"],
    ]


def test_areas_of_a_release_that_counts_persons_in_cells(show: Show) -> None:
    households: list[tuple[str, str, str, float | None, str]] = [
        ("households", "viertel", "02", 31.0, "ok"),
        ("households", "viertel", "05", None, "suppressed"),
    ]
    main = show(replace(CELLS, counts=counted("persons") + households))
    assert labels(main)[1] == "1 Mikrozelle: 12 Menschen"
    assert "Die Karte zeigt Menschen" in main.text
    assert [row[:2] for row in table(main, "gebiete")[:2]] == [["Am Hafen", "5"], ["Gartenstadt", "2"]]
    assert [row[2] for row in table(main, "gebiete")[:2]] == ["6,2", "• zum Schutz verdeckt"]
    assert "alle Haushalte des Gebiets, 2024, geteilt durch seine Zellen" in main.text


def test_a_release_that_counts_nothing_in_cells(show: Show) -> None:
    main = show(replace(CELLS, counts=[]))
    assert labels(main)[0] == "3 Mikrozellen"
    assert "Die Karte zeigt nur, wo Zellen liegen" in main.text
    assert main.all("table", class_="bars") == []
    assert [row[2] for row in table(main, "gebiete")[:2]] == ["– nicht geliefert"] * 2


def test_a_table_has_what_the_map_shows(show: Show) -> None:
    rows = table(show(), "karte")
    assert rows == [
        ["Ost 563.000, Nord 5.932.000", "3", "5,0"],
        ["Ost 563.100, Nord 5.932.000", "1", "12,0"],
        ["Ost 563.200, Nord 5.932.000", "1", "• zum Schutz verdeckt"],
        ["Ost 565.000, Nord 5.931.900", "2", "4,5"],
    ]


def test_quality_in_words() -> None:
    with translation.override("de"):
        told = {
            name: value
            for name, value, _meaning in quality(cast(Release, SimpleNamespace(manifest={"microcells": REPORT})))
        }
        bare = {
            name
            for name, *_rest in quality(
                cast(Release, SimpleNamespace(manifest={"microcells": REPORT | {"diameter": None}}))
            )
        }
        nothing = quality(cast(Release, SimpleNamespace(manifest={"microcells": None})))
    assert (told["Mikrozellen"], told["Gebäude mit Haushalten"]) == ("12.622", "23.682")
    assert told["Zellen mit mehreren Häusern in nur einer Straße"] == "95,5\u00a0%"
    assert set(told) - bare == {"Durchmesser in Metern, mittlerer Wert"}
    assert nothing == []


def test_costs_are_told_where_a_release_knows_them() -> None:
    bounds = {"areas": 20, "houses": 4000, "over_linear": 1.075, "worst": 1.2, "proved": 19}
    known = REPORT | {"cost": 400.0, "over_nearest": 2.2, "bounds": bounds}
    with translation.override("de"):
        told = {
            name: (value, meaning)
            for name, value, meaning in quality(cast(Release, SimpleNamespace(manifest={"microcells": known})))
        }
        built = quality(
            cast(Release, SimpleNamespace(manifest={"microcells": known | {"bounds": bounds | {"over_linear": None}}}))
        )
    assert told["Entfernung zur Mitte der Zelle, in Metern"][0] == "20,0"
    assert told["Streuung, verglichen mit der einfachen Untergrenze"][0] == "2,20-fach"
    assert told["Streuung, verglichen mit der genauen Untergrenze"][0] == "1,08-fach"
    assert "20 Gebieten" in told["Streuung, verglichen mit der genauen Untergrenze"][1]
    assert len(built) == len(told) - 1


CHANGES: dict[str, Any] = {
    "release": 2,
    "kept": 12000,
    "changed": 500,
    "split": 0,
    "moved": 0,
    "opened": 122,
    "fallen": 14,
    "gone": 0,
    "waiting_buildings": 9,
    "waiting_households": 17,
    "left_buildings": 5,
    "left_households": 3,
    "covered": 0.998,
    "small_rests": ["05"],
    "cost": None,
    "fresh_cost": None,
}


def test_what_changed_since_the_last_release(show: Show) -> None:
    told = {"number": 2, "continues": "2025-H1.2", "changes": CHANGES}
    rows = table(show(replace(CELLS, report=REPORT | told)), "aenderungen")
    assert [row[:2] for row in rows] == [
        ["Gleiche Zellen", "12.000"],
        ["Veränderte Zellen", "500"],
        ["Neue Zellen", "122"],
        ["Aufgelöste Zellen", "14"],
        ["Haushalte in einer Zelle", "99,8\u00a0%"],
        ["Gebiete mit wenigen Haushalten ohne Zelle", "1"],
    ]


def test_the_first_release_says_that_its_cells_are_new(show: Show) -> None:
    main = show(replace(CELLS, report=REPORT | {"number": 1, "continues": None, "changes": None}))
    section = main.one("section", aria_labelledby="aenderungen")
    assert "wurden neu gebildet" in section.text
    assert section.all("table") == []


def test_an_older_release_says_nothing_about_it(show: Show) -> None:
    assert show().all("section", aria_labelledby="aenderungen") == []


def test_it_speaks_english_of_changes_and_bounds_too(show: Show) -> None:
    bounds = {"areas": 20, "houses": 4000, "over_linear": 1.075, "worst": 1.2, "proved": 19}
    changes = CHANGES | {"split": 2, "moved": 1, "gone": 1}
    told = {
        "number": 2,
        "continues": "2025-H1.2",
        "changes": changes,
        "cost": 400.0,
        "over_nearest": 2.2,
        "bounds": bounds,
    }
    main = show(replace(CELLS, report=REPORT | told), address="/en/internal/2025-H2.1/microcells/")
    assert not re.search(r"\b(Zellen|Haushalte|und|nicht|Mitte|fach)\b", main.text.replace("Stadt Kleinstadt", ""))


def test_how_many_households_live_where_there_is_no_cell_is_not_told(show: Show) -> None:
    main = show()
    row = ["Gebiete ohne Zelle, weil dort zu wenige wohnen", "1", "Dort gibt es keine Zahlen für Zellen."]
    assert row in table(main, "guete")
    assert not re.search(r"\b3 Haushalte", main.text)


@pytest.mark.parametrize(("diameter", "metres"), [(REPORT["diameter"], ["12", "28", "34", "47"]), (None, ["–"] * 4)])
def test_households_and_diameters_are_spread(show: Show, diameter: object, metres: list[str]) -> None:
    (wide,) = show(replace(CELLS, report=REPORT | {"diameter": diameter})).all(aria_labelledby="spannen")
    rows = [[cell.text for cell in row.all("td")] for row in wide.one("tbody").all("tr")]
    assert [row[0] for row in rows] == ["4", "4", "5", "7", "10", "17", "85"]
    assert [row[1] for row in rows][:4] == metres


@pytest.mark.parametrize(
    ("numbers", "steps"),
    [
        ([4.0], [(4, None)]),
        ([4.0, 5.0, 7.0], [(4, 4), (5, 5), (6, 6), (7, None)]),
        ([4.0] * 99 + [400.0], [(4, 4), (5, None)]),
        (
            [4.0, *map(float, range(4, 44))],
            [(4, 4), (5, 9), (10, 14), (15, 19), (20, 24), (25, 29), (30, 34), (35, 39), (40, None)],
        ),
    ],
)
def test_steps_are_round_and_the_last_has_no_end(numbers: list[float], steps: list[tuple[int, int | None]]) -> None:
    assert steps_of(numbers) == steps


def test_strangers_sign_in_first_and_residents_are_refused(client: Client, database: None) -> None:
    assert client.get(ADDRESS).headers["Location"].startswith("/anmelden/?next=")
    client.force_login(User.objects.create_user("resident"))
    assert client.get(ADDRESS).status_code == 403
    User.objects.all().delete()


@pytest.mark.parametrize("query", [{}, {"gebiet": "05"}])
def test_a_release_without_microcells_says_so(steward: Client, query: dict[str, str]) -> None:
    response = steward.get(ADDRESS, query)
    assert response.status_code == 404
    assert "hat keine Mikrozellen" in response.content.decode()


def test_an_area_without_cells_says_so(steward: Client, tmp_path: Path) -> None:
    write_city(tmp_path, microcells=CELLS)
    with override_settings(PROJECT_FOLDER=tmp_path):
        response = steward.get(ADDRESS, {"gebiet": "07"})
    assert response.status_code == 404
    assert "Im Gebiet „07“ liegen keine Mikrozellen." in response.content.decode()


def test_it_speaks_english(show: Show) -> None:
    main = show(address="/en/internal/2025-H2.1/microcells/")
    assert main.one("p", class_="lead").text.startswith("There are 12,622 microcells with 6.1 households on average")
    assert not re.search(r"\b(Zellen|Haushalte|und|nicht)\b", main.text.replace("Stadt Kleinstadt", ""))


def test_the_map_of_a_large_city_stays_light(steward: Client, tmp_path: Path) -> None:
    cells = [
        (f"{n}", f"{n // 525 % 12 + 1:02}", 560000 + 100 * (n // 6 % 88), 5930000 + 100 * (n // 525))
        for n in range(12600)
    ]
    counts = [("households", "microcells", code, 4.0 + n % 5, "ok") for n, (code, *_rest) in enumerate(cells)]
    write_city(tmp_path, microcells=Microcells(REPORT, cells, counts))
    with override_settings(PROJECT_FOLDER=tmp_path):
        page = steward.get(ADDRESS)
    drawing = page.content.partition(b'class="map-stage">')[2].partition(b"</svg>")[0]
    assert drawing.count(b"<title>") == 176
    assert len(drawing) < 50_000
    assert len(page.content) - len(drawing) < 50_000
