"""Registers as the town's offices keep them: German columns and codes, names and all, one row per unit.

What a project must not read (names, benefit numbers) is there too, as it would be in a real delivery.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from sozialraum.musterstadt.names import given_name, surname
from sozialraum.musterstadt.plan import HOUSE_TYPES
from sozialraum.musterstadt.town import Town

SEX = {"female": "w", "male": "m", "diverse": "d"}
NATIONALITY = {"german": "D", "foreign": "A"}
MIGRATION = {"none": "0", "german": "1", "foreign": "2"}
YES = {"yes": "J", "no": "N"}
LAW = {"sgb2": "SGB II", "sgb3": "SGB III"}
INTENSITY = {"soft": "weich", "hard": "hart"}
CAUSE = {
    "unemployment": "Arbeitslosigkeit",
    "illness": "Krankheit",
    "separation": "Trennung",
    "spending": "Haushaltsführung",
    "self_employment": "Selbstständigkeit",
    "low_income": "Niedrigeinkommen",
    "other": "Sonstiges",
}
HOUSEHOLD_TYPE = {
    "male_alone": "EP-M",
    "female_alone": "EP-W",
    "single_father": "AE-V",
    "single_mother": "AE-M",
    "couple": "PAAR",
    "couple_children": "FAM",
    "other": "SONST",
}
BUILDING_TYPE = {
    "detached": "Einfamilienhaus",
    "semi": "Zweifamilienhaus",
    "terraced": "Reihenhaus",
    "block": "Mehrfamilienhaus",
    "tower": "Hochhaus",
}
PERSON_NUMBERS, HOUSEHOLD_NUMBERS = 100_000, 500_000
"""Where the offices start to count."""


def translated(column: str, words: Mapping[str, str]) -> pl.Expr:
    """Return a column with codes of the catalogue replaced by an office's words."""
    return pl.col(column).cast(pl.String).replace_strict(dict(words), default=None)


def _person() -> pl.Expr:
    return (pl.col("person") + PERSON_NUMBERS).alias("Personennummer")


def _household() -> pl.Expr:
    return (pl.col("household") + HOUSEHOLD_NUMBERS).alias("Haushaltsnummer")


def _building() -> pl.Expr:
    return (pl.col("building") + 1).alias("Gebäude")


def residents_register(town: Town, year: int) -> pl.DataFrame:
    """Return the population register on 31 December."""
    persons = town.persons(year)
    return persons.select(
        _person(),
        surname(persons["surname"]).alias("Nachname"),
        given_name(persons["given"], persons["sex"]).alias("Vorname"),
        _household(),
        _building(),
        pl.col("birth").alias("Geburtsdatum"),
        pl.col("age").alias("Alter"),
        translated("sex", SEX).alias("Geschlecht"),
        translated("nationality", NATIONALITY).alias("Staat"),
        translated("migration", MIGRATION).alias("Migration"),
        translated("living_alone", YES).alias("Allein"),
        pl.col("since").alias("Einzug"),
    )


def households_register(town: Town, year: int) -> pl.DataFrame:
    """Return the households as the statistics office forms them from the register."""
    return town.households(year).select(
        _household(),
        _building(),
        pl.col("household_size").alias("Personen"),
        pl.col("children").alias("Kinder"),
        translated("household_type", HOUSEHOLD_TYPE).alias("Haushaltstyp"),
    )


def basic_income_register(town: Town, year: int) -> pl.DataFrame:
    """Return everyone on basic income support (SGB II)."""
    able = pl.col("age").is_between(15, 65)
    return (
        town.persons(year)
        .filter(pl.col("sgb2") == "yes")
        .select(
            _person(),
            pl.format("BG-{}", pl.col("household") + 1).alias("BG-Nummer"),
            pl.lit("J").alias("SGB II"),
            pl.when(able).then(pl.lit("J")).otherwise(pl.lit("N")).alias("erwerbsfähig"),
        )
    )


def needy_households_register(town: Town, year: int) -> pl.DataFrame:
    """Return the households on basic income support."""
    poor = town.households(year).filter(pl.col("sgb2") == "yes")
    return poor.select(_household(), pl.lit("J").alias("SGB II"))


def social_assistance_register(town: Town, year: int) -> pl.DataFrame:
    """Return recipients of social assistance (SGB XII) and of benefits for asylum seekers."""
    found = town.persons(year).filter((pl.col("sgb12") == "yes") | (pl.col("asylum_benefits") == "yes"))
    return found.select(
        _person(),
        translated("sgb12", YES).alias("SGB XII"),
        translated("asylum_benefits", YES).alias("AsylbLG"),
    )


def employees_register(town: Town, year: int) -> pl.DataFrame:
    """Return everyone who is employed subject to social insurance."""
    working = town.persons(year).filter(pl.col("employed") == "yes")
    return working.select(_person(), pl.lit("J").alias("SV"))


def unemployed_register(town: Town, year: int) -> pl.DataFrame:
    """Return everyone registered as unemployed."""
    idle = town.persons(year).filter(pl.col("unemployed") == "yes")
    return idle.select(
        _person(),
        pl.lit("J").alias("arbeitslos"),
        translated("unemployment_law", LAW).alias("Rechtskreis"),
        translated("long_term", YES).alias("Langzeit"),
    )


def debtors_register(town: Town, year: int) -> pl.DataFrame:
    """Return over-indebted adults with intensity and main cause."""
    burdened = town.persons(year).filter(pl.col("overindebted") == "yes")
    return burdened.select(
        _person(),
        pl.lit("J").alias("überschuldet"),
        translated("debt_intensity", INTENSITY).alias("Intensität"),
        translated("debt_cause", CAUSE).alias("Auslöser"),
    )


def housing_benefit_register(town: Town, year: int) -> pl.DataFrame:
    """Return households with housing benefit and what they receive a month, in euros."""
    supported = town.households(year).filter(pl.col("housing_benefit") == "yes")
    amount = (120 + 55 * pl.col("household_size") + (pl.col("household") * 7919) % 4000 / 100).round(2)
    return supported.select(_household(), pl.lit("J").alias("Wohngeld"), amount.alias("Betrag"))


def buildings_register(town: Town, year: int) -> pl.DataFrame:
    """Return the houses that ever stood, with address, coordinates and the households of ``year``.

    Returns:
        German columns, and ``x``, ``y`` (EPSG:25832).
    """
    houses = town.houses
    households = np.bincount(town.households(year)["building"], minlength=len(houses))
    codes = pl.Series(town.area_codes(year))
    kinds = pl.Series([BUILDING_TYPE[kind] for kind in HOUSE_TYPES])
    return town.addresses.select(
        _building(),
        pl.col("street").alias("Straße"),
        pl.col("number").alias("Hausnummer"),
        pl.col("suffix").alias("Zusatz"),
    ).with_columns(
        kinds.gather(houses.kind).alias("Gebäudeart"),
        pl.Series("Baujahr", houses.built.astype(np.int32)),
        pl.Series("Wohnungen", houses.dwellings.astype(np.int32)),
        pl.Series("Haushalte", households.astype(np.int32)),
        codes.gather(houses.area).alias("Beobachtungsraum"),
        pl.Series("x", houses.x),
        pl.Series("y", houses.y),
    )
