"""What the generator knows before any file is written is what a naive reader finds in the delivered files."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import fastexcel
import numpy as np
import polars as pl
import pyogrio
import pytest
import shapely

from sozialraum.musterstadt import Town, departments, make_town, write_project

YEARS = range(2015, 2021)


@pytest.fixture(scope="module")
def town() -> Town:
    return make_town(houses=2_000, years=len(YEARS))


@pytest.fixture(scope="module")
def deliveries(town, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("musterstadt")
    write_project(folder, town)
    return folder / "deliveries"


def rows_of(path: Path, encoding: str = "iso-8859-1") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def residents_of(deliveries: Path, year: int) -> list[dict[str, str]]:
    return rows_of(deliveries / f"personen_{year}.csv", "utf-8-sig")


def age_on_last_day(row: dict[str, str], year: int) -> int:
    day, month, born = (int(part) for part in row["Geburtsdatum"].split("."))
    assert date(born, month, day) <= date(year, 12, 31)
    return year - born


@pytest.mark.parametrize("year", YEARS)
def test_residents(town, deliveries, year):
    rows, persons = residents_of(deliveries, year), town.persons(year)
    assert len(rows) == persons.height == len({row["Personennummer"] for row in rows})
    assert Counter(age_on_last_day(row, year) for row in rows) == Counter(persons["age"].to_list())
    assert Counter(int(row["Alter"]) for row in rows) == Counter(persons["age"].to_list())
    sexes = Counter({"w": "female", "m": "male", "d": "diverse"}[row["Geschlecht"]] for row in rows)
    assert sexes == Counter(persons["sex"].to_list())
    foreign = sum(row["Staat"] == "A" for row in rows)
    assert foreign == (persons["nationality"] == "foreign").sum()


LINKED = [
    # file, identifier, universe, condition
    ("sgb2", "Personennummer", "persons", pl.col("sgb2") == "yes"),
    ("beschaeftigte", "Personennummer", "persons", pl.col("employed") == "yes"),
    ("arbeitslose", "Personennummer", "persons", pl.col("unemployed") == "yes"),
    ("schuldner", "Personennummer", "persons", pl.col("overindebted") == "yes"),
    ("sozialhilfe", "Personennummer", "persons", (pl.col("sgb12") == "yes") | (pl.col("asylum_benefits") == "yes")),
    ("bedarfsgemeinschaften", "Haushaltsnummer", "households", pl.col("sgb2") == "yes"),
    ("wohngeld", "Haushaltsnummer", "households", pl.col("housing_benefit") == "yes"),
]


@pytest.mark.parametrize(("file", "identifier", "universe", "condition"), LINKED)
@pytest.mark.parametrize("year", [2015, 2020])
def test_registers_that_extend_another(town, deliveries, year, file, identifier, universe, condition):
    base = {"persons": residents_of(deliveries, year), "households": rows_of(deliveries / f"haushalte_{year}.csv")}
    units = getattr(town, universe)(year)
    delivered = [row[identifier] for row in rows_of(deliveries / f"{file}_{year}.csv")]
    assert len(set(delivered)) == len(delivered) == units.filter(condition).height
    assert set(delivered) <= {row[identifier] for row in base[universe]}


def test_basic_income_by_area(town, deliveries):
    area_of = _area_of_building(deliveries)
    poor = {row["Personennummer"] for row in rows_of(deliveries / "sgb2_2020.csv")}
    found = Counter(area_of[row["Gebäude"]] for row in residents_of(deliveries, 2020) if row["Personennummer"] in poor)
    codes = np.array(town.area_codes(2020))[town.houses.area]
    known = town.persons(2020).filter(pl.col("sgb2") == "yes")["building"]
    assert found == Counter(codes[known.to_numpy()].tolist())


def test_debtors_by_intensity_and_cause(town, deliveries):
    words = {"weich": "soft", "hart": "hard"}
    rows = rows_of(deliveries / "schuldner_2020.csv")
    burdened = town.persons(2020).filter(pl.col("overindebted") == "yes")
    assert Counter(words[row["Intensität"]] for row in rows) == Counter(burdened["debt_intensity"].to_list())
    unemployment = sum(row["Auslöser"] == "Arbeitslosigkeit" for row in rows)
    assert unemployment == (burdened["debt_cause"] == "unemployment").sum()


def test_households(town, deliveries):
    rows, households = rows_of(deliveries / "haushalte_2020.csv"), town.households(2020)
    assert Counter(int(row["Personen"]) for row in rows) == Counter(households["household_size"].to_list())
    assert sum(int(row["Personen"]) for row in rows) == town.persons(2020).height
    minors = sum(age_on_last_day(row, 2020) < 18 for row in residents_of(deliveries, 2020))
    assert sum(int(row["Kinder"]) for row in rows) == minors
    mothers = sum(row["Haushaltstyp"] == "AE-M" for row in rows)
    assert mothers == (households["household_type"] == "single_mother").sum()


def test_living_alone_is_a_household_of_one(deliveries):
    alone = {row["Haushaltsnummer"] for row in residents_of(deliveries, 2020) if row["Allein"] == "J"}
    single = {row["Haushaltsnummer"] for row in rows_of(deliveries / "haushalte_2020.csv") if row["Personen"] == "1"}
    assert alone == single


def test_buildings(town, deliveries):
    meta, _, wkb, columns = pyogrio.raw.read(deliveries / "gebaeude.gpkg")
    frame = dict(zip(meta["fields"], columns, strict=True))
    assert meta["crs"] == "EPSG:25832"
    assert len(wkb) == len(town.houses)
    assert frame["haushalte"].sum() == town.households(2020).height
    assert frame["wohnungen"].sum() == town.houses.dwellings.sum()
    points = shapely.get_coordinates(shapely.from_wkb(wkb))
    assert np.allclose(points, np.column_stack([town.houses.x, town.houses.y]))


def _area_of_building(deliveries: Path) -> dict[str, str]:
    """Find the area of each building by its place, as a reader without the town's knowledge would."""
    _, _, houses, columns = pyogrio.raw.read(deliveries / "gebaeude.gpkg", columns=["gebaeude"])
    meta, _, areas, fields = pyogrio.raw.read(deliveries / "beobachtungsraeume.gpkg")
    frame = dict(zip(meta["fields"], fields, strict=True))
    today = [at for at, end in enumerate(frame["gueltig_bis"]) if end is None]
    polygons = shapely.from_wkb(areas)[today]
    house, area = shapely.STRtree(polygons).query(shapely.from_wkb(houses), predicate="within")
    assert len(house) == len(houses)
    codes = frame["nummer"][today]
    return {str(columns[0][h]): str(codes[a]) for h, a in zip(house, area, strict=True)}


EVENTS = [
    # file, value variable, index of the event
    ("12612_geburten.csv", "BEV001", 0),
    ("12711_wanderungen.csv", "BEV081", 2),
    ("12711_wanderungen.csv", "BEV082", 3),
]


@pytest.mark.parametrize(("file", "variable", "kind"), EVENTS)
def test_events_in_flat_csv(town, deliveries, file, variable, kind):
    rows = [row for row in rows_of(deliveries / file, "utf-8-sig") if row["value_variable_code"] == variable]
    for year in YEARS:
        mine = [row for row in rows if row["time"] == str(year)]
        totals = [_count(row) for row in mine if not row["2_variable_attribute_code"]]
        parts = [_count(row) for row in mine if row["2_variable_attribute_code"]]
        assert sum(totals) == sum(parts) == (town.events(year).kind == kind).sum()
        assert {row["1_variable_attribute_code"] for row in mine} == set(town.area_codes(year))


def _count(row: dict[str, str]) -> int:
    return 0 if row["value"] == "-" else int(row["value"])


def test_small_numbers_of_deaths_are_secret_and_never_zero(town, deliveries):
    values = [row["value"] for row in rows_of(deliveries / "12613_sterbefaelle.csv", "utf-8-sig")]
    assert "." in values
    assert "-" in values
    assert not {"0", "1", "2"} & set(values)


def test_the_reform_changes_codes_and_nothing_else(town, deliveries):
    rows = [row for row in rows_of(deliveries / "flaechen.csv") if row["Beobachtungsraum"] in ("304", "305", "306")]
    land = {
        year: sum(float(row["Fläche in km²"].replace(",", ".")) for row in rows if row["Jahr"] == year)
        for year in ("2019", "2020")
    }
    assert [row["Beobachtungsraum"] for row in rows if row["Jahr"] == "2019"] == ["304"]
    assert [row["Beobachtungsraum"] for row in rows if row["Jahr"] == "2020"] == ["305", "306"]
    assert land["2019"] == pytest.approx(land["2020"], abs=0.0002)


def test_districts_in_mapinfo_are_the_areas_of_today(town, deliveries):
    meta, _, wkb, columns = pyogrio.raw.read(deliveries / "stadtbezirke.tab")
    assert list(columns[list(meta["fields"]).index("NAME")]) == ["Mitte", "Nord", "Ost", "Südwest", "West", "Südost"]
    delivered = shapely.area(shapely.from_wkb(wkb)).sum()
    assert delivered == pytest.approx(shapely.area(town.ground.areas).sum(), rel=1e-5)


def _sheet(path: Path, sheet: str, rows_above: int = 0) -> pl.DataFrame:
    return fastexcel.read_excel(path).load_sheet(sheet, header_row=rows_above).to_polars()


def test_dwellings_in_a_spreadsheet(town, deliveries):
    stock = _sheet(deliveries / "wohnungsbestand.xlsx", "Bestand").filter(pl.col("Jahr") == 2020)
    houses = town.houses
    standing = houses.dwellings[houses.built <= 2020].sum()
    for rows in (stock.filter(pl.col("Gebäudeart") == "Insgesamt"), stock.filter(pl.col("Gebäudeart") != "Insgesamt")):
        assert rows["Wohnungen"].sum() == standing
        assert rows["bewohnt"].sum() == town.households(2020).height
        assert rows["bewohnt"].sum() + rows["leer stehend"].sum() == standing
    towers = stock.filter(pl.col("Gebäudeart") == "Hochhaus")
    assert towers.height == 24
    assert (towers["Wohnungen"] == 0).sum() > 12


def test_income_under_two_header_rows(town, deliveries):
    head, years, *rows = (
        fastexcel.read_excel(deliveries / "einkommen_bezirke.xlsx")
        .load_sheet("Daten", header_row=None)
        .to_polars()
        .rows()
    )
    taxed = [at for at, name in enumerate(head) if name == "Steuerpflichtige"]
    assert [int(years[at]) for at in taxed] == [2015, 2016, 2017]
    for at, year in zip(taxed, (2015, 2016, 2017), strict=True):
        assert sum(int(row[at]) for row in rows) == town.households(year).height


CARE: list[tuple[str, Callable[[], pl.Expr]]] = [
    ("betreute Kinder unter 3", lambda: pl.col("age") < 3),
    ("betreute Kinder 3 bis 5", lambda: pl.col("age").is_between(3, 5)),
]


@pytest.mark.parametrize(("column", "who"), CARE)
def test_day_care(town, deliveries, column, who):
    rows = [row for row in rows_of(deliveries / "kita.csv") if row["Jahr"] == "2020"]
    assert len(rows) == 24
    known = town.persons(2020).filter(who(), pl.col("care") == "yes").height
    assert sum(int(row[column]) for row in rows) == known


def test_the_survey_stands_for_everybody_from_60(town, deliveries):
    answers = _sheet(deliveries / "digital_befragung_2020.xlsx", "Antworten")
    old = (town.persons(2020)["age"] >= 60).sum()
    assert answers["Gewicht"].sum() == pytest.approx(old, rel=0.001)
    assert answers["Alter"].min() >= 60
    assert 0.6 < (answers["Internet"] == "ja").mean() < 0.95


def test_firms_and_offers(town, deliveries):
    firms = _sheet(deliveries / "betriebe_2020.xlsx", "Betriebe", rows_above=2)
    assert firms.height == int(2_000 * 0.16)
    streets = set(town.addresses["street"])
    plain = sum(address.rpartition(" ")[0] in streets for address in firms["Anschrift"])
    assert 0.5 < plain / firms.height < 0.95
    offers = rows_of(deliveries / "angebote_2020.csv", "utf-8-sig")
    places = {
        (f"{x:.1f}".replace(".", ","), f"{y:.1f}".replace(".", ","))
        for x, y in zip(town.houses.x, town.houses.y, strict=True)
    }
    assert {(row["Rechtswert"], row["Hochwert"]) for row in offers} <= places
    assert len({row["Art"] for row in offers}) == 7


PARTS = [
    # file, part, whole of the same row
    ("schuleingang", "Sprache auffällig", "Untersuchte"),
    ("schuleingang", "U8", "Untersuchungsheft"),
    ("schulen", "davon inklusiv", "Förderbedarf"),
    ("schulen", "Gymnasium", "Klasse 4"),
    ("arbeitsmarkt", "Niedriglohn", "Vollzeit Kerngruppe"),
    ("leistungsbezug", "Langzeitbezug", "ELB"),
    ("sozialamt", "BuT erhalten", "BuT Anspruch"),
    ("integration", "Eingebürgerte", "Einbürgerungspotenzial"),
    ("kita", "davon ganztags", "betreute Kinder 3 bis 5"),
    ("breitband", "ab 100 Mbit/s", "Haushalte"),
]


@pytest.mark.parametrize(("file", "part", "whole"), PARTS)
def test_offices_tell_a_part_of_every_area_and_year_that_is_never_more_than_its_whole(
    town, deliveries, file, part, whole
):
    rows = rows_of(deliveries / f"{file}.csv")
    assert Counter(int(row["Jahr"]) for row in rows) == {year: len(set(town.area_codes(year))) for year in YEARS}
    assert all(int(row[part]) <= int(row[whole]) for row in rows)
    assert 0 < sum(int(row[part]) for row in rows) < sum(int(row[whole]) for row in rows)


def test_households_of_the_broadband_atlas_are_those_of_the_register(town, deliveries):
    rows = rows_of(deliveries / "breitband.csv")
    for year in YEARS:
        assert sum(int(row["Haushalte"]) for row in rows if row["Jahr"] == str(year)) == town.households(year).height


def test_power_cuts_grow_in_one_district_and_nothing_else_does():
    town, years = make_town(houses=1_000, years=8), range(2015, 2023)
    usual = departments.case_table(town, years, departments.CRISIS, "district")
    grown = departments.crisis_table(town, years)
    assert grown.drop("Stromsperren").equals(usual.drop("Stromsperren"))
    more = grown.with_columns(more=pl.col("Stromsperren") - usual["Stromsperren"]).filter(pl.col("more") != 0)
    assert set(more["Bezirk"]) == {"Südost"}
    assert more["Jahr"].min() > 2020
    assert more["more"].min() > 0
