"""A number's way back to the rows of the deliveries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline_samples import persons, run, tree, write_city


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_city(tmp_path_factory.mktemp("city"))


def explained(city: Path, *asked: str) -> dict[str, Any]:
    answer = run("explain", city, *asked, "--json")
    assert answer.code == 0
    return dict(answer.json)


def places(term: dict[str, Any]) -> list[tuple[str, int, str, float]]:
    return [(trace["file"], trace["line"], trace["column"], trace["value"]) for trace in term["traces"]]


def test_a_share_leads_to_the_delivered_cells(city: Path) -> None:
    found = explained(city, "anteil_unter_6", "01", "2024")
    assert {name: found[name] for name in ("indicator", "formula", "area_system", "area", "period")} == {
        "indicator": "anteil_unter_6",
        "formula": "share",
        "area_system": "stadtteile",
        "area": "01",
        "period": "2024",
    }
    numerator, denominator = found["terms"]
    assert (numerator["role"], numerator["measure"], numerator["value"]) == ("numerator", "persons {age 0-5}", 394)
    assert places(numerator) == [("einwohner.csv", 18, "unter 6", 394)]
    assert (denominator["role"], denominator["value"]) == ("denominator", 8066)
    assert places(denominator) == [("einwohner.csv", 18, "Einwohner", 8066)]


def test_codes_that_tile_and_areas_that_add_up(city: Path) -> None:
    numerator, denominator = explained(city, "anteil_unter_18", "Meine Stadt", "2024")["terms"]
    columns = [(line, column) for _, line, column, _ in places(numerator)]
    assert sorted(columns) == [(line, column) for line in range(18, 22) for column in ("6 bis 17", "unter 6")]
    for term in (numerator, denominator):
        assert sum(trace["value"] for trace in term["traces"]) == term["value"]


def test_a_register_leads_to_its_rows(city: Path) -> None:
    mine = [(line, person) for line, person in enumerate(persons(), 2) if person.area == "01"]
    young = [line for line, person in mine if person.age < 18]
    numerator, denominator = explained(city, "anteil_unter_18", "Mitte", "2025")["terms"]
    (rows,) = numerator["traces"]
    assert (rows["file"], rows["value"], rows["rows"]) == ("personen_2025.csv", len(young), len(young))
    assert rows["lines"] == young[:10]
    assert denominator["value"] == len(mine)


def test_a_change_leads_to_both_periods(city: Path) -> None:
    terms = explained(city, "bevoelkerungsentwicklung", "01", "2025")["terms"]
    assert [(term["period"], term["value"]) for term in terms] == [("2025", 150), ("2020", 8214)]


def test_the_change_of_an_indicator_leads_to_what_that_is_made_from(city: Path, tmp_path: Path) -> None:
    own = write_city(tmp_path)
    text = (own / "indicators" / "anteil_unter_6.toml").read_text(encoding="utf-8")
    head, tail = text[: text.index("[share]")], text[text.index("[governance]") :]
    formula = '[change]\nindicator = "anteil_unter_6"\nbase = "2020"\nrelative = false\n\n'
    document = head.replace('"percent"', '"percentage_points"').replace('"wilson"', '"none"') + formula + tail
    (own / "indicators" / "mehr_unter_6.toml").write_text(document, encoding="utf-8")
    terms = explained(own, "mehr_unter_6", "04", "2024")["terms"]
    assert [(term["role"], term["period"], term["value"]) for term in terms] == [
        ("numerator", "2024", 280),
        ("denominator", "2024", 4250),
        ("numerator", "2020", 296),
        ("denominator", "2020", 4102),
    ]


def test_a_number_that_is_not_there_says_why(city: Path) -> None:
    term, _ = explained(city, "kinder_in_sgb2", "01", "2024")["terms"]
    assert (term["value"], term["status"], term["traces"]) == (None, "missing", [])
    assert term["why"] == "no delivery has persons by sgb2"


def test_an_area_of_several_systems_can_be_named_with_its_system(city: Path) -> None:
    assert explained(city, "einwohner", "stadt:03999001", "2025")["area_system"] == "stadt"
    assert explained(city, "einwohner", "stadtteile:02", "2025")["area"] == "02"


def test_in_sentences(city: Path) -> None:
    assert run("explain", city, "anteil_unter_6", "Nord", "2023").out.splitlines() == [
        "Confidential: numbers as delivered, before protection. Do not pass them on.",
        "anteil_unter_6 (share), stadtteile 02, 2023",
        "  numerator: persons {age 0-5}, 2023 = 700",
        "    einwohner.csv:15 [unter 6]: 700  persons {age 0-5} in stadtteile 02, 2023",
        "  denominator: persons, 2023 = 11741",
        "    einwohner.csv:15 [Einwohner]: 11741  persons in stadtteile 02, 2023",
    ]


UNKNOWN = [
    # indicator, area, period, and what is advised for each
    ("einwoner", "01", "2024", ["INDICATOR did you mean einwohner?"]),
    ("einwohner", "Mite", "2024", ["AREA did you mean Mitte?"]),
    ("einwohner", "01", "2055", ["PERIOD there are numbers of 2020, 2021, 2022, 2023, 2024, 2025"]),
    ("einwohner", "Mite", "2055", ["AREA did you mean Mitte?", "PERIOD there are numbers of 2020, "]),
    (
        "einwohner",
        "99",
        "1848-H1",
        ["AREA known: Am See, Meine Stadt, Mitte, Nord, Süd", "PERIOD there are numbers of 2020"],
    ),
    ("kinder_in_sgb2", "01", "1848", ["PERIOD there are numbers of 2020"]),
    ("bevoelkerungsentwicklung", "01", "0001", ["PERIOD there are numbers of 2020"]),
    ("x", "01", "2024", ["INDICATOR known: alleinerziehende, alleinerziehende_in_sgb2"]),
]


@pytest.mark.parametrize(("indicator", "area", "period", "advice"), UNKNOWN)
def test_what_is_not_known_is_answered_with_what_is(
    city: Path, indicator: str, area: str, period: str, advice: list[str]
) -> None:
    answer = run("explain", city, indicator, area, period, "--json")
    assert answer.code == 1
    found = [f"{fault['file']} {fault['advice']}" for fault in answer.json["faults"]]
    assert len(found) == len(advice)
    for said, expected in zip(found, advice, strict=True):
        assert said.startswith(expected)


@pytest.mark.parametrize("period", ["20x5", "2024-13", "2024-02-30", ""])
def test_a_period_that_is_none_is_refused_before_anything_is_read(city: Path, period: str) -> None:
    answer = run("explain", city, "einwoner", "01", period, "--json")
    assert answer.code == 1
    assert [fault["file"] for fault in answer.json["faults"]] == ["INDICATOR", "PERIOD"]


def test_explaining_leaves_no_trace(city: Path) -> None:
    before = tree(city)
    explained(city, "einwohner", "01", "2025")
    assert tree(city) == before
    assert not (city / "vault").exists()
