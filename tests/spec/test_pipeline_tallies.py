"""From a register to a published median: built, attacked, and traced back to its rows."""

from __future__ import annotations

from pathlib import Path
from statistics import mean

import polars as pl
import pytest

from pipeline_samples import PERSONS, REGISTER_YEAR, persons, run, write_city, write_lines
from sozialraum.catalogue import load_project
from sozialraum.pipeline import build, silent
from sozialraum.releases import Release

MEDIAN = """
title.de = "Mittlere Wege"
title.en = "Median trips"
definition.de = "Die eine Hälfte hat weniger Wege, die andere mehr."
definition.en = "One half has fewer trips, the other more."
theme = "bevoelkerung"
unit = "count"
decimals = 1
polarity = "neutral"

[median]
of = { universe = "persons", amount = "trips" }

[governance]
owner = "Statistikstelle"
checked_by = "Sozialplanung"
next_review = 2028-03-01
"""
OLD = MEDIAN.replace('amount = "trips"', 'amount = "trips", age = "90+"')
GINI = MEDIAN.replace("[median]", "[gini]").replace('unit = "count"\ndecimals = 1', 'unit = "index"\ndecimals = 2')
STANDARD = """
title.de = "Zwei Bänder"
source = "erfunden"
dimension = "age"

[weights]
"0-44" = 60
"45+" = 40
"""
WOMEN = MEDIAN.replace('unit = "count"', 'unit = "per_1000"\ninterval = "dobson"').replace(
    """[median]
of = { universe = "persons", amount = "trips" }""",
    """[standardised]
of = { universe = "persons", sex = "female" }
in = { universe = "persons" }
standard = "zwei"
per = 1000""",
)


def trips_of(at: int) -> int | None:
    """Nobody knows the trips of one in fifty."""
    return None if at % 50 == 0 else 10 + (at * 37) % 91


def expected(area: str | None) -> float:
    """The mean of the ten in the middle of everybody in an area, those at the ends of the window in part."""
    known = [trips for at, person in enumerate(persons()) if (trips := trips_of(at)) and area in (None, person.area)]
    halves = [trips for trips in sorted(known) for _ in range(2)]
    return round(mean(halves[len(known) - 10 : len(known) + 10]), 1)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_city(tmp_path_factory.mktemp("trips"))
    text = PERSONS + 'Wege = { amount = "trips", universe = "persons" }\n'
    (folder / "sources" / "personen.toml").write_text(text, encoding="utf-8")
    rows = [
        f"{p.number};{p.name};{p.house};{p.age};{p.sex};{'' if trips_of(at) is None else trips_of(at)}"
        for at, p in enumerate(persons())
    ]
    register = folder / "deliveries" / f"personen_{REGISTER_YEAR}.csv"
    write_lines(register, "Nr;Nachname;Gebäude;Alter;Geschlecht;Wege", rows)
    for name, document in {"wege": MEDIAN, "wege_der_aeltesten": OLD, "ungleiche_wege": GINI}.items():
        (folder / "indicators" / f"{name}.toml").write_text(document, encoding="utf-8")
    (folder / "indicators" / "frauen_standardisiert.toml").write_text(WOMEN, encoding="utf-8")
    (folder / "standards").mkdir()
    (folder / "standards" / "zwei.toml").write_text(STANDARD, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def release(city: Path) -> Release:
    result = build(load_project(city), silent, who="tester")
    assert result.audit_passed
    return result.release


def values(release: Release, indicator: str, system: str) -> dict[str, tuple[float | None, float | None, str]]:
    rows = release.public.values.filter(indicator=indicator, area_system=system, period=REGISTER_YEAR)
    return {area: (value, base, status) for area, value, base, status in
            rows.select("area", "value", "denominator", "status").iter_rows()}  # fmt: skip


def test_it_works(release: Release) -> None:
    found = values(release, "wege", "stadtteile")
    assert {area: value for area, (value, _, _) in found.items()} == {
        area: expected(area) for area in ("01", "02", "03", "04")
    }
    people = {area: sum(person.area == area for person in persons()) for area in found}
    assert {area: base for area, (_, base, _) in found.items()} == people


def test_the_median_of_the_city_is_tallied_anew(release: Release) -> None:
    ((value, _, status),) = values(release, "wege", "stadt").values()
    assert (value, status) == (expected(None), "ok")


def test_of_few_nothing_is_told(release: Release) -> None:
    found = values(release, "wege_der_aeltesten", "stadtteile")
    assert {(value, status) for value, _, status in found.values()} == {(None, "suppressed")}


def test_a_gini_coefficient_lies_between_its_ends(release: Release) -> None:
    found = [value for value, _, _ in values(release, "ungleiche_wege", "stadtteile").values()]
    assert all(value is not None and 0.2 < value < 0.35 and value == round(value, 2) for value in found)


def test_the_number_of_those_with_the_amount_stays_behind_the_door(release: Release) -> None:
    told = pl.concat([release.public.counts.frame, release.internal.counts.frame])["universe"].unique()
    assert not [universe for universe in told if universe.endswith("@known")]
    assert "persons.trips@median" in told


def standardised(area: str) -> float:
    mine = [person for person in persons() if person.area == area]
    bands = [[p.sex == "w" for p in mine if p.age < 45], [p.sex == "w" for p in mine if p.age >= 45]]
    return 1000 * (0.6 * mean(bands[0]) + 0.4 * mean(bands[1]))


def test_a_standardised_rate_with_a_standard_of_the_city(release: Release) -> None:
    found = values(release, "frauen_standardisiert", "stadtteile")
    assert {area: value for area, (value, _, _) in found.items()} == {
        area: pytest.approx(float(f"{standardised(area):.3g}")) for area in ("01", "02", "03", "04")
    }
    told = set(release.public.counts.frame.filter(universe="persons", period=REGISTER_YEAR)["where"])
    assert told & {"sex=female"}
    assert not told & {"age=0-44", "age=45+", "age=0-44;sex=female", "age=45+;sex=female"}  # bands stay behind the door


def test_explain_of_a_standardised_rate(city: Path) -> None:
    terms = run("explain", city, "frauen_standardisiert", "01", REGISTER_YEAR, "--json").json["terms"]
    assert [term["role"] for term in terms] == ["numerator", "denominator", "rates", "rates"]
    women = sum(person.sex == "w" for person in persons() if person.area == "01")
    assert terms[0]["value"] == sum(trace["rows"] for trace in terms[0]["traces"]) == women
    assert terms[2]["value"] == pytest.approx(float(f"{standardised('01') / 1000:.3g}"))


def test_explain_leads_to_the_rows(city: Path) -> None:
    answer = run("explain", city, "wege", "01", REGISTER_YEAR, "--json")
    assert answer.code == 0
    numerator, denominator = answer.json["terms"]
    mine = [at for at, person in enumerate(persons()) if person.area == "01"]
    known = [at for at in mine if trips_of(at) is not None]
    (rows,) = numerator["traces"]
    assert numerator["measure"] == "persons.trips@median"
    assert numerator["value"] == expected("01")
    assert (rows["file"], rows["rows"], rows["value"]) == ("personen_2025.csv", len(known), None)
    assert rows["lines"] == [at + 2 for at in known[:10]]
    assert denominator["value"] == len(mine) > len(known)


def test_explain_in_words(city: Path) -> None:
    answer = run("explain", city, "wege", "01", REGISTER_YEAR)
    assert "numerator: persons.trips@median, 2025 = " in answer.out
    assert "rows (the first: " in answer.out
    assert ": ok  persons.trips@median in stadtteile 01, 2025" in answer.out


def test_check_tells_of_unknown_amounts(city: Path) -> None:
    answer = run("check", city)
    unknown = sum(trips_of(at) is None for at in range(len(persons())))
    assert f"{unknown} of {len(persons())} persons have no known value" in " ".join((answer.out + answer.err).split())
