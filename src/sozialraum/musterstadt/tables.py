"""Tables somebody has already counted, as statistics offices and departments deliver them.

Until the area reform they carry the codes of that time. GENESIS flat CSV marks an exact zero with ``-`` and a number
that is kept secret with ``.``, as the real ones do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sozialraum.musterstadt.houses import house_of_dwelling
from sozialraum.musterstadt.plan import HOUSE_TYPES
from sozialraum.musterstadt.registers import BUILDING_TYPE
from sozialraum.musterstadt.town import Town
from sozialraum.musterstadt.years import EVENTS

TOTAL = "Insgesamt"
AGE_GROUPS = {
    "0-17": "ALTUNTER18",
    "18-29": "ALT018B030",
    "30-49": "ALT030B050",
    "50-64": "ALT050B065",
    "65+": "ALT065UM",
}
"""Age groups of the migration statistics with their GENESIS codes."""
AGE_LABELS = (
    "unter 18 Jahre",
    "18 bis unter 30 Jahre",
    "30 bis unter 50 Jahre",
    "50 bis unter 65 Jahre",
    "65 und mehr",
)
SEX_ATTRIBUTES = {"female": ("GESW", "weiblich"), "male": ("GESM", "männlich")}

FLOOR_AREA = {"detached": 131.0, "semi": 104.0, "terraced": 112.0, "block": 67.0, "tower": 61.0}
"""Mean floor area of a dwelling in square metres."""


@dataclass(frozen=True, slots=True)
class Genesis:
    """One value variable of a GENESIS table: codes and labels as the flat CSV writes them."""

    statistic: tuple[str, str]
    variable: tuple[str, str]
    unit: str = "Anzahl"


BIRTHS = Genesis(("12612", "Statistik der Geburten"), ("BEV001", "Lebendgeborene"))
DEATHS = Genesis(("12613", "Statistik der Sterbefälle"), ("BEV002", "Gestorbene"))
ARRIVALS = Genesis(("12711", "Wanderungsstatistik"), ("BEV081", "Zuzüge über die Gemeindegrenze"))
DEPARTURES = Genesis(("12711", "Wanderungsstatistik"), ("BEV082", "Fortzüge über die Gemeindegrenze"))


def event_table(town: Town, years: Sequence[int], kind: str) -> pl.DataFrame:
    """Count events by year, area and sex (births, deaths) or age group (arrivals, departures).

    Args:
        town: the town.
        years: which years.
        kind: one of ``births``, ``deaths``, ``arrivals``, ``departures``.

    Returns:
        Columns year, area (code of that time), group (code of the catalogue, empty for all), value; zeros included.
    """
    groups = ("female", "male") if kind in ("births", "deaths") else tuple(AGE_GROUPS)
    parts = []
    for year in years:
        events = town.events(year)
        mine = events.kind == EVENTS.index(kind)
        by_age = np.searchsorted([18, 30, 50, 65], events.age[mine], side="right")
        group = np.minimum(events.sex[mine], 1) if len(groups) == 2 else by_age
        size = len(town.plan.codes) * len(groups)
        counts = np.bincount(events.area[mine] * len(groups) + group, minlength=size)
        parts.append(
            pl.DataFrame(
                {
                    "year": np.full(size, year, dtype=np.int32),
                    "area": np.repeat(town.area_codes(year), len(groups)),
                    "group": list(groups) * len(town.plan.codes),
                    "value": counts,
                }
            )
        )
    table = pl.concat(parts).group_by("year", "area", "group", maintain_order=True).agg(pl.col("value").sum())
    whole = table.group_by("year", "area", maintain_order=True).agg(pl.lit("").alias("group"), pl.col("value").sum())
    return pl.concat([table, whole.select(table.columns)])


def flat_csv(
    table: pl.DataFrame, town: Town, head: Genesis, groups: Mapping[str, tuple[str, str, str]]
) -> pl.DataFrame:
    """Write a table as GENESIS flat CSV does.

    Args:
        table: year, area, group, value; null where the number is kept secret.
        town: knows the areas' names.
        head: statistic and value variable.
        groups: by group: variable code, attribute code, attribute label.

    Returns:
        The columns of a flat CSV, all of them text.
    """
    names = dict(zip(town.plan.codes, town.plan.names, strict=True)) | {town.plan.reform.code: town.plan.reform.name}
    shown = pl.when(pl.col("value").is_null()).then(pl.lit(".")).when(pl.col("value") == 0).then(pl.lit("-"))
    group = [pl.col("group").replace_strict({key: part[at] for key, part in groups.items()}) for at in range(3)]
    label = {"GES": "Geschlecht", "ALTX05": "Altersgruppen"}
    return table.select(
        statistics_code=pl.lit(head.statistic[0]),
        statistics_label=pl.lit(head.statistic[1]),
        time_code=pl.lit("JAHR"),
        time_label=pl.lit("Jahr"),
        time=pl.col("year").cast(pl.String),
        **{
            "1_variable_code": pl.lit("BEOBR"),
            "1_variable_label": pl.lit("Beobachtungsräume"),
            "1_variable_attribute_code": pl.col("area"),
            "1_variable_attribute_label": pl.col("area").replace_strict(names),
            "2_variable_code": group[0],
            "2_variable_label": group[0].replace_strict(label, default=None),
            "2_variable_attribute_code": group[1],
            "2_variable_attribute_label": group[2],
        },
        value=shown.otherwise(pl.col("value").cast(pl.String)),
        value_unit=pl.lit(head.unit),
        value_variable_code=pl.lit(head.variable[0]),
        value_variable_label=pl.lit(head.variable[1]),
    )


def sex_groups() -> dict[str, tuple[str, str, str]]:
    """Return how flat CSV writes the sexes."""
    return {sex: ("GES", code, label) for sex, (code, label) in SEX_ATTRIBUTES.items()} | {"": ("GES", "", TOTAL)}


def age_groups() -> dict[str, tuple[str, str, str]]:
    """Return how flat CSV writes the age groups of the migration statistics."""
    labels = zip(AGE_GROUPS.items(), AGE_LABELS, strict=True)
    return {group: ("ALTX05", code, label) for (group, code), label in labels} | {"": ("ALTX05", "", TOTAL)}


def dwellings_table(town: Town, years: Sequence[int]) -> pl.DataFrame:
    """Return the stock of dwellings by year, area and building type (all types together: ``Insgesamt``).

    Areas without a type say 0. Floor area is in 1,000 square metres; those who live in their own dwelling and
    dwellings for people with a housing permit are counted beside those that are lived in and vacant.
    """
    houses, rng = town.houses, np.random.default_rng([town.seed, 2])
    house = house_of_dwelling(houses)
    kind, hardship = houses.kind[house], town.plan.hardship[houses.area[house]]
    own = owner_occupied(town, rng)
    bound = ~own & (kind >= 3) & (rng.random(len(house)) < 0.05 + 0.33 * hardship)
    size = np.array([FLOOR_AREA[name] for name in HOUSE_TYPES])[kind] * rng.uniform(0.75, 1.25, len(house))
    parts = []
    for state in (state for state in town.years if state.year in years):
        lived_in = np.zeros(len(house), dtype=bool)
        lived_in[state.dwelling[np.unique(state.people.household)]] = True
        there = houses.built[house] <= state.year
        columns = {
            "Wohnungen": there,
            "Wohnfläche (1.000 m²)": np.round(there * size, 1) / 1000,
            "bewohnt": there & lived_in,
            "leer stehend": there & ~lived_in,
            "selbst genutzt": there & own & lived_in,
            "belegungsgebunden": there & bound,
        }
        parts.append(_by_area_and_type(town, state.year, house, columns))
    return pl.concat(parts)


def owner_occupied(town: Town, rng: np.random.Generator | None = None) -> NDArray[np.bool_]:
    """Tell of each dwelling whether its owner lives there, wherever somebody does; the same for each table."""
    houses, house = town.houses, house_of_dwelling(town.houses)
    kind, hardship = houses.kind[house], town.plan.hardship[houses.area[house]]
    drawn = (rng or np.random.default_rng([town.seed, 2])).random(len(house))
    return drawn < np.where(kind <= 2, 0.83, 0.2 - 0.12 * hardship)


def _by_area_and_type(
    town: Town, year: int, house: NDArray[np.int64], columns: Mapping[str, NDArray[np.generic]]
) -> pl.DataFrame:
    names, index = town.parts(year, "area")
    types = len(HOUSE_TYPES)
    cell = index[town.houses.area[house]] * types + town.houses.kind[house]
    frame = {
        "Jahr": [year] * len(names) * (types + 1),
        "Beobachtungsraum": [name for name in names for _ in range(types + 1)],
        "Gebäudeart": [*(BUILDING_TYPE[kind] for kind in HOUSE_TYPES), TOTAL] * len(names),
    }
    values = {}
    for name, column in columns.items():
        sums = np.bincount(cell, column, len(names) * types).reshape(len(names), types)
        table = np.column_stack([sums, sums.sum(axis=1)]).ravel()
        values[name] = table.round(3) if column.dtype.kind == "f" else table.astype(np.int64)
    return pl.DataFrame(frame | values)


def income_table(town: Town, years: Sequence[int]) -> pl.DataFrame:
    """Return taxpayers and their income by district, in thousands of euros, one row per year and district."""
    parts = []
    for year in years:
        state = next(state for state in town.years if state.year == year)
        households = town.households(year)
        district = pl.Series([code[0] for code in town.plan.codes]).gather(town.houses.area)
        means = state.means[households["household"]]
        income = np.round(32.5 * (1 + 0.024 * (year - 2015)) * np.exp(0.42 * means), 3)
        counted = households.select(district=district.gather(households["building"]), income=income)
        parts.append(
            counted.group_by("district")
            .agg(pl.len().cast(pl.Int64).alias("taxpayers"), pl.col("income").sum().round(0).cast(pl.Int64))
            .sort("district")
            .select(pl.lit(year).alias("year"), "district", "taxpayers", "income")
        )
    return pl.concat(parts)
