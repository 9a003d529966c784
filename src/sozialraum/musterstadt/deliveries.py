"""Everything the town's offices deliver, written into one folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sozialraum.musterstadt import departments, offices, registers, tables
from sozialraum.musterstadt.establishments import firms_list, offers_list
from sozialraum.musterstadt.market import market_data
from sozialraum.musterstadt.survey import digital_survey
from sozialraum.musterstadt.town import Town
from sozialraum.musterstadt.writing import (
    Sheets,
    rows_of,
    with_decimal_commas,
    write_areas,
    write_csv,
    write_points,
    write_sheets,
)

REGISTERS: dict[str, Callable[[Town, int], pl.DataFrame]] = {
    "haushalte": registers.households_register,
    "sgb2": registers.basic_income_register,
    "bedarfsgemeinschaften": registers.needy_households_register,
    "sozialhilfe": registers.social_assistance_register,
    "beschaeftigte": registers.employees_register,
    "arbeitslose": registers.unemployed_register,
    "schuldner": registers.debtors_register,
}
"""Registers delivered once a year, by the name of their files."""

TAX_LAG = 3
"""Income tax statistics come this many years late."""

SECRET_BELOW = 3
"""Counts of deaths from 1 up to below this are kept secret by the statistical office."""


def write_deliveries(folder: Path, town: Town) -> None:
    """Write every delivery of the town: registers of each year, tables, geodata, survey and offers."""
    folder.mkdir(parents=True, exist_ok=True)
    years = [state.year for state in town.years]
    _write_registers(folder, town, years)
    _write_geodata(folder, town, years[-1])
    _write_official(folder, town, years)
    _write_departments(folder, town, years)
    _write_places(folder, town, years[-1])


def _write_registers(folder: Path, town: Town, years: Sequence[int]) -> None:
    for year in years:
        write_csv(folder / f"personen_{year}.csv", registers.residents_register(town, year), bom=True)
        for name, register in REGISTERS.items():
            write_csv(folder / f"{name}_{year}.csv", register(town, year))
        benefit = registers.housing_benefit_register(town, year)
        write_csv(folder / f"wohngeld_{year}.csv", with_decimal_commas(benefit))


def _write_geodata(folder: Path, town: Town, year: int) -> None:
    houses = registers.buildings_register(town, year)
    words = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
    plain = {name: name.lower().translate(words) for name in houses.columns}
    write_points(folder / "gebaeude.gpkg", houses.rename(plain), "gebaeude")
    areas, polygons = observation_areas(town)
    write_areas(folder / "beobachtungsraeume.gpkg", polygons, areas, layer="beobachtungsraeume")
    districts = town.plan.districts
    owner = np.array([code[0] for code in town.plan.codes])
    outlines = np.array([town.ground.union(owner == code) for code in districts])
    frame = pl.DataFrame({"NR": [*districts], "NAME": [*districts.values()]})
    write_areas(folder / "stadtbezirke.tab", outlines, frame, layer="stadtbezirke")


def observation_areas(town: Town) -> tuple[pl.DataFrame, NDArray[np.object_]]:
    """Return the observation areas of today and the one that was divided, with validity, and their polygons."""
    plan, reform = town.plan, town.plan.reform
    parts = np.isin(plan.codes, reform.parts)
    began = [f"{reform.year}-01-01" if part else "2000-01-01" for part in parts]
    frame = pl.DataFrame(
        {
            "nummer": [*plan.codes, reform.code],
            "name": [*plan.names, reform.name],
            "bezirk": [code[0] for code in (*plan.codes, reform.code)],
            "gueltig_ab": [*began, "2000-01-01"],
            "gueltig_bis": [*[None] * len(parts), f"{reform.year - 1}-12-31"],
        }
    )
    return frame, np.append(town.ground.areas, town.ground.union(parts))


def _write_official(folder: Path, town: Town, years: Sequence[int]) -> None:
    births = tables.event_table(town, years, "births")
    deaths = tables.event_table(town, years, "deaths")
    secret = pl.col("value").is_between(1, SECRET_BELOW - 1)
    deaths = deaths.with_columns(pl.when(~secret).then(pl.col("value")).alias("value"))
    sexes, ages = tables.sex_groups(), tables.age_groups()
    moves = [
        tables.flat_csv(tables.event_table(town, years, kind), town, head, ages)
        for kind, head in (("arrivals", tables.ARRIVALS), ("departures", tables.DEPARTURES))
    ]
    write_csv(folder / "12612_geburten.csv", tables.flat_csv(births, town, tables.BIRTHS, sexes), bom=True)
    write_csv(folder / "12613_sterbefaelle.csv", tables.flat_csv(deaths, town, tables.DEATHS, sexes), bom=True)
    write_csv(folder / "12711_wanderungen.csv", pl.concat(moves), bom=True)
    taxed = years[:-TAX_LAG] or years[:1]
    source = [["Statistisches Landesamt, Lohn- und Einkommensteuerstatistik"]]
    sheets: Sheets = {"Daten": _two_header_rows(tables.income_table(town, taxed), town), "Quellangabe": source}
    write_sheets(folder / "einkommen_bezirke.xlsx", sheets)
    stock = tables.dwellings_table(town, years).with_columns(pl.col("Beobachtungsraum").cast(pl.Int64))
    write_sheets(folder / "wohnungsbestand.xlsx", {"Bestand": rows_of(stock)})


def _two_header_rows(table: pl.DataFrame, town: Town) -> list[list[object]]:
    """Lay a table out with a column per measure and year under two header rows: the measure, the year."""
    years = sorted(table["year"].unique().to_list())
    measures = {"Steuerpflichtige": "taxpayers", "Einkünfte (1.000 Euro)": "income"}
    heads = [(label, year) for label in measures for year in years]
    rows: list[list[object]] = [
        ["Kennziffer", "Raumeinheit", *(label for label, _ in heads)],
        ["", "", *(str(year) for _, year in heads)],
    ]
    for code, name in town.plan.districts.items():
        mine = table.filter(pl.col("district") == code).sort("year")
        rows.append([code, name, *(mine[column][at] for column in measures.values() for at in range(len(years)))])
    return rows


def _write_departments(folder: Path, town: Town, years: Sequence[int]) -> None:
    odd = [year for year in years if year % 2]
    rents, rent = departments.rents_tables(town, years)
    frames = {
        "kita": offices.day_care_details(town, years),
        "bautaetigkeit": departments.building_table(town, years),
        "wahlen": departments.election_table(town, years),
        "flaechen": departments.land_table(town, years),
        "mieten": rents,
        "mieten_stadt": rent,
        "schulabgaenge": departments.school_leavers_table(town, years),
        "schuldnerberatung": departments.counselling_table(town, years),
        "spdi": departments.case_table(town, years, departments.HEALTH),
        "pflege": offices.with_care_allowance(town, departments.case_table(town, odd, departments.CARE)),
        "jugendamt": departments.case_table(town, years, departments.YOUTH, "district"),
        "stadtbezirke_weiteres": departments.crisis_table(town, years),
    }
    frames |= {office: offices.office_table(town, years, office) for office in offices.OFFICES}
    for name, frame in frames.items():
        write_csv(folder / f"{name}.csv", frame)
    social = departments.case_table(town, years, departments.SOCIAL)
    social = social.with_columns(pl.col("Beobachtungsraum").cast(pl.Int64))
    write_sheets(folder / "soziales.xlsx", {"Tabelle1": rows_of(social)})


def _write_places(folder: Path, town: Town, year: int) -> None:
    title = [f"Betriebe in Musterstadt, Stand 31.12.{year}"]
    write_sheets(folder / f"betriebe_{year}.xlsx", {"Betriebe": rows_of(firms_list(town), title, [])})
    explained = [
        ["Internet", "nutzt das Internet selbst und sicher"],
        ["Gewicht", "so viele Menschen steht die Antwort"],
    ]
    sheets: Sheets = {"Antworten": rows_of(digital_survey(town, year)), "Erläuterung": explained}
    write_sheets(folder / f"digital_befragung_{year}.xlsx", sheets)
    write_csv(folder / f"angebote_{year}.csv", offers_list(town), bom=True)
    write_csv(folder / f"marktdaten_{year}.csv", market_data(town, year))
