"""The stewards' page about what policies withhold: answers, a map, tables, and nobody else sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client, override_settings

from sozialraum.disclosure.rules import REASON
from sozialraum.releases.what_if import WHAT_IF, write_what_if
from sozialraum.web.accounts import Role
from sozialraum.web.portal.pages.what_if_tables import reason_words
from web.city import write_city
from web.reading import Element, read
from web.what_if_samples import REPORT

ADDRESS = "/intern/geheimhaltung/"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city with a release and a what-if beside it."""
    folder = tmp_path_factory.mktemp("city")
    write_city(folder)
    write_what_if(folder / "releases", REPORT)
    return folder


@pytest.fixture
def here(project: Path) -> Iterator[Path]:
    with override_settings(PROJECT_FOLDER=project):
        yield project


def account(client: Client, role: Role) -> Client:
    user = User.objects.create_user(role.value, is_staff=role.is_staff)
    user.groups.set([Group.objects.get_or_create(name=role.value)[0]])
    client.force_login(user)
    return client


@pytest.fixture
def data_steward(client: Client, database: None) -> Iterator[Client]:
    yield account(client, Role.STEWARD)
    User.objects.all().delete()


def page(client: Client, **asked: str) -> Element:
    response = client.get(ADDRESS, asked)
    assert response.status_code == 200
    return read(response.content).one("main")


def rows(main: Element, section: str) -> list[list[str]]:
    body = main.one("section", aria_labelledby=section).all("tbody")[0]
    return [[cell.text for cell in row.children if isinstance(cell, Element)] for row in body.all("tr")]


# --- who sees it ------------------------------------------------------------------------------------------------------


def test_it_works(here: Path, data_steward: Client) -> None:
    response = data_steward.get(ADDRESS)
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    assert read(response.content).one("h1").text == "Was die Geheimhaltung verdeckt"
    assert read(data_steward.get("/en/internal/disclosure/").content).one("h1").text == (
        "What disclosure control withholds"
    )


@pytest.mark.parametrize("role", [Role.PLANNER, Role.RESIDENT])
def test_others_are_refused_with_a_reason(here: Path, client: Client, database: None, role: Role) -> None:
    response = account(client, role).get(ADDRESS)
    User.objects.all().delete()
    assert response.status_code == 403
    words = {Role.PLANNER: "Sie ist für Datenverantwortliche", Role.RESIDENT: "Interne Seiten sind für Beschäftigte"}
    assert words[role] in read(response.content).one("main").text
    assert "60" not in read(response.content).one("main").text


def test_a_stranger_signs_in_first(here: Path, client: Client, database: None) -> None:
    response = client.get(ADDRESS)
    assert (response.status_code, response.headers["Location"].split("?")[0]) == (302, "/anmelden/")


@pytest.mark.parametrize("role", [Role.STEWARD, Role.PLANNER])
@pytest.mark.parametrize("address", ["/intern/", "/intern/2025-H2.1/public/"])
def test_only_stewards_find_a_way_to_it(here: Path, client: Client, database: None, role: Role, address: str) -> None:
    main = read(account(client, role).get(address).content).one("main")
    User.objects.all().delete()
    found = [link for link in main.all("a") if link.attributes.get("href") == ADDRESS]
    assert len(found) == (role is Role.STEWARD)


def test_it_is_no_part_of_what_can_be_downloaded(here: Path, client: Client) -> None:
    assert (here / "releases" / WHAT_IF).exists()
    assert client.get(f"/daten/dateien/{WHAT_IF}").status_code == 404
    assert client.get(f"/daten/dateien/../../{WHAT_IF}").status_code == 404


# --- what it says -----------------------------------------------------------------------------------------------------


def test_the_answer_comes_first(here: Path, data_steward: Client) -> None:
    head = page(data_steward).one(class_="page-head")
    assert [p.text for p in head.all("p")[:3]] == [
        "Im öffentlichen Teil sind 60 von 1.200 Zahlen verdeckt, also 5,0\u00a0%.",
        "36 davon sind selbst zu schützen, 24 weitere schützen sie.",
        "Dadurch fehlen 75 von 1.500 Werten der Kennzahlen: 5,0\u00a0%.",
    ]
    assert "3. November 2025" in head.text
    assert "bleibt verdeckt (2025-H2.1)" in head.text


def test_what_other_rules_would_change(here: Path, data_steward: Client) -> None:
    assert rows(page(data_steward), "regeln") == [
        ["die Regeln, wie sie sind", "60", "–", "36", "24", "5,0\u00a0%", "5,0\u00a0%", "–", "10,0\u00a0%"],
        ["minimum = 5", "105", "+45", "65", "40", "8,8\u00a0%", "10,0\u00a0%", "–", "–"],
        ["method = rounding", "0", "−60", "0", "0", "0\u00a0%", "0\u00a0%", "1,3", "–"],
        ["minimum = 99", "Damit käme keine Veröffentlichung zustande."],
    ]


def test_the_map_says_which_areas_it_strikes(here: Path, data_steward: Client) -> None:
    main = page(data_steward)
    labels = [area.attributes["data-label"] for area in main.one(class_="map-stage").all("g")]
    assert "Am Hafen: 25,0\u00a0%" in labels
    assert "Altstadt: 0\u00a0%" in labels
    assert sum(label.endswith("keine Zahlen") for label in labels) == 9
    assert len(labels) == 12
    listed = [row.one("th").text for row in main.one("table", class_="bars").one("tbody").all("tr")]
    assert listed == ["Am Hafen", "Birkenhöhe", "Altstadt"]


def test_a_colour_means_the_same_under_all_rules(here: Path, data_steward: Client) -> None:
    legends = [page(data_steward, regeln=rules).one(class_="legend").one("ul").text for rules in ("0", "1")]
    assert legends[0] == legends[1]


def test_an_indicator_has_a_map_of_its_own(here: Path, data_steward: Client) -> None:
    main = page(data_steward, kennzahl="kinder_sgb2")
    assert main.one("h2", id="auswahl").text == "Kinder in der Grundsicherung"
    labels = [area.attributes["data-label"] for area in main.one(class_="map-stage").all("g")]
    assert {"Am Hafen: 50,0\u00a0%", "Birkenhöhe: 10,0\u00a0%", "Eichwald-Süd: 0\u00a0%"} <= set(labels)
    reasons = main.one("section", aria_labelledby="auswahl").all("table", class_="data")[0]
    assert [row.text.split() for row in reasons.one("tbody").all("tr")] == [
        ["zu", "wenige", "30"],
        ["zum", "Schutz", "anderer", "10"],
    ]


def test_reasons(here: Path, data_steward: Client) -> None:
    table = page(data_steward).one("section", aria_labelledby="auswahl").all("table", class_="data")[0]
    found = {row.one("th").text: row.one("td").text for row in table.one("tbody").all("tr")}
    assert found == {
        "zu wenige": "30",
        "zu wenige andere (der Rest zum Ganzen)": "6",
        "zum Schutz der oben genannten": "20",
        "zum Schutz dessen, was zwischen gezeigten Zahlen übrig bleibt": "4",
    }


def test_how_far_numbers_are_changed(here: Path, data_steward: Client) -> None:
    section = page(data_steward, regeln="2").one("section", aria_labelledby="auswahl")
    assert "1.100 Zahlen werden verändert gezeigt: im Mittel um 1,3, höchstens um 2." in section.text
    assert "Hier ist nichts verdeckt." in section.text


ORDERS = {
    "werte": ["Kinder in der Grundsicherung", "Arbeitslose"],
    "andere": ["Arbeitslose", "Kinder in der Grundsicherung"],
    "gebiete": ["Arbeitslose", "Kinder in der Grundsicherung"],
    "selbst": ["Kinder in der Grundsicherung", "Arbeitslose"],
    "verdeckt": ["Kinder in der Grundsicherung", "Arbeitslose"],
    "name": ["Arbeitslose", "Kinder in der Grundsicherung"],
}


@pytest.mark.parametrize("order", ORDERS)
def test_the_table_is_sorted_as_asked(here: Path, data_steward: Client, order: str) -> None:
    main = page(data_steward, sortierung=order)
    assert [row[0] for row in rows(main, "kennzahlen")] == ORDERS[order]
    (head,) = [head for head in main.all("th") if "aria-sort" in head.attributes]
    assert head.attributes["aria-sort"] == ("ascending" if order == "name" else "descending")


def test_indicators_lead_to_their_pages(here: Path, data_steward: Client) -> None:
    main = page(data_steward, paket="internal")
    first = main.one("section", aria_labelledby="kennzahlen").one("tbody").all("tr")[0]
    title = "Kinder in der Grundsicherung"
    cells = [title, "30", "10", "10,0\u00a0%", "60,0\u00a0%", "3", f"zeigen : {title}"]
    assert rows(main, "kennzahlen")[0] == cells
    address = first.one("th").one("a").attributes["href"]
    assert address == "/intern/2025-H2.1/internal/kinder_sgb2/"
    assert data_steward.get(address).status_code == 200


def test_causes(here: Path, data_steward: Client) -> None:
    section = page(data_steward).one("section", aria_labelledby="ursachen")
    first = rows(page(data_steward), "ursachen")
    assert first[0] == [
        "Kinder in der Grundsicherung und 1 weitere  persons age=0-14, sgb2=yes",
        *("Am Hafen", "2024", "zu wenige", "3"),
    ]
    assert first[1][1:] == ["Birkenhöhe", "2024", "zu wenige", "etwa 1,5"]
    assert first[2][1:] == ["02 & 7", "2024", "was sich überschneidende Gebiete übrig lassen", "1"]
    assert first[3][1:] == ["Kleinstadt insgesamt", "2024", "in einer früheren Veröffentlichung verdeckt", "1"]
    assert len(first) == 10
    assert len(section.one("details").one("tbody").all("tr")) == 2
    assert "Es gibt 7 weitere" in section.text


def test_rules_that_no_build_could_keep_say_why(here: Path, data_steward: Client) -> None:
    main = page(data_steward, regeln="3")
    assert "a number can not be protected" in main.one("section", aria_labelledby="auswahl").text
    assert main.all(class_="map-stage") == []


UNKNOWN = [
    {"paket": "secret"},
    {"regeln": "4"},
    {"regeln": "-1"},
    {"regeln": "x"},
    {"regeln": "²"},
    {"sortierung": "glueck"},
    {"ebene": "mond"},
    {"kennzahl": "glueck"},
]


@pytest.mark.parametrize("asked", UNKNOWN, ids=str)
def test_what_was_not_tried_is_not_found(here: Path, data_steward: Client, asked: dict[str, str]) -> None:
    response = data_steward.get(ADDRESS, asked)
    assert response.status_code == 404
    assert "Das wurde nicht ausprobiert." in response.content.decode()


def test_what_other_rules_have_may_be_asked_for_here(here: Path, data_steward: Client) -> None:
    """Who chooses other rules in the form keeps the indicator, where these rules tell of it."""
    main = page(data_steward, regeln="1", kennzahl="kinder_sgb2", ebene="bezirke")
    assert main.one("h2", id="auswahl").text == "Alle Kennzahlen"
    assert main.one("select", name="ebene").one(selected="").text == "Stadtbezirke"


# --- where there is little --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["de", "en"])
def test_without_a_report_it_says_how_to_make_one(tmp_path: Path, data_steward: Client, language: str) -> None:
    address = ADDRESS if language == "de" else "/en/internal/disclosure/"
    with override_settings(PROJECT_FOLDER=tmp_path):
        main = read(data_steward.get(address).content).one("main")
    folder = "ORDNER" if language == "de" else "FOLDER"
    codes = [code.text for code in main.all("code")]
    assert codes == [
        f"sozialraum disclosure {folder} --save",
        f'sozialraum disclosure {folder} --save --what-if "minimum = 5"',
    ]


def test_a_damaged_report_is_said_to_be_damaged(tmp_path: Path, data_steward: Client) -> None:
    (tmp_path / "releases").mkdir()
    (tmp_path / "releases" / WHAT_IF).write_text("{}")
    with override_settings(PROJECT_FOLDER=tmp_path):
        main = page(data_steward)
    assert "kann nicht gelesen werden" in main.text


def test_before_the_first_release_there_are_codes_and_no_map(tmp_path: Path, data_steward: Client) -> None:
    write_what_if(tmp_path / "releases", REPORT)
    with override_settings(PROJECT_FOLDER=tmp_path):
        main = page(data_steward, ebene="viertel")
    assert main.all(class_="map-stage") == []
    assert [row[0] for row in rows(main, "kennzahlen")] == ["kinder_sgb2", "arbeitslose"]
    listed = [row.one("th").text for row in main.one("table", class_="bars").one("tbody").all("tr")]
    assert listed == ["02", "03", "01"]
    assert "Im öffentlichen Teil sind 60 von 1.200" in main.text


def test_every_reason_of_the_door_has_words() -> None:
    assert set(REASON.categories) <= reason_words().keys()
