"""Numbers of cases that departments deliver: youth, health, social affairs, building, elections, schools.

Where a number is no property of the simulated residents it is drawn: a usual rate, higher where hardship is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import shapely

from sozialraum.musterstadt.houses import house_of_dwelling
from sozialraum.musterstadt.registers import CAUSE
from sozialraum.musterstadt.tables import TOTAL
from sozialraum.musterstadt.town import Level, Town


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something happens: so many a year per 1,000 of a base, ``slope`` times as often at full hardship."""

    base: str
    per_1000: float
    slope: float


HEALTH = {"Klient*innen SpDi": Rate("adults", 11.0, 3.0)}
SOCIAL = {
    "Hilfe zur Pflege": Rate("old", 16.0, 4.0),
    "Schwerbehinderte": Rate("residents", 88.0, 1.3),
}
CARE = {"unter 65": Rate("below_65", 13.0, 1.4), "65 und älter": Rate("old", 215.0, 1.25)}
CRISIS = {
    "Verbraucherinsolvenzen": Rate("adults", 1.1, 5.0),
    "Stromsperren": Rate("households", 4.2, 7.0),
    "Ehescheidungen": Rate("adults", 2.2, 1.0),
    "Untergebrachte": Rate("residents", 1.6, 6.0),
    "Hausärzt*innen": Rate("residents", 0.72, 0.8),
}
CUTOFFS_GROW = ("6", 2020, 1.6)
"""In this district, after this year, so many more households in 1,000 are cut off from power, and again every year:
somebody should be warned."""
YOUTH = {
    "Erziehungsbeistand": Rate("below_21", 2.2, 5.0),
    "Erziehungsberatung": Rate("below_21", 12.0, 1.4),
    "Familienhilfe": Rate("below_21", 3.8, 6.0),
    "Tagesgruppe": Rate("below_21", 0.9, 4.0),
    "Vollzeitpflege": Rate("below_21", 2.6, 4.0),
    "Heimerziehung": Rate("below_21", 3.0, 5.0),
    "Eingliederungshilfe": Rate("below_21", 4.0, 1.5),
    "Weitere Hilfen": Rate("below_21", 1.4, 3.0),
    "Inobhutnahmen": Rate("below_21", 1.9, 5.0),
}
ELECTIONS = {"Bundestagswahl": (2017, 2021), "Kommunalwahl": (2016, 2021)}
TURNOUT = {"Bundestagswahl": 0.83, "Kommunalwahl": 0.59}

MEAN_HARDSHIP = 0.35
"""At this hardship (0 to 1) a rate is what it is on the city's average."""


def resident_counts(town: Town, year: int, by: Level = "area") -> pl.DataFrame:
    """Count groups of residents by area (code of that time) or district, areas without residents included.

    Returns:
        One row per area; columns: the area, hardship (0 to 1), and the groups of :meth:`Town.tally`.
    """
    names, index = town.parts(year, by)
    counts = {
        name: np.bincount(index, values, len(names)).astype(np.int64) for name, values in town.tally(year).items()
    }
    weight = town.plan.weight
    hardship = np.bincount(index, town.plan.hardship * weight) / np.bincount(index, weight)
    return pl.DataFrame({by: names, "hardship": hardship, **counts})


def case_table(town: Town, years: Sequence[int], rates: dict[str, Rate], by: Level = "area") -> pl.DataFrame:
    """Draw numbers of cases by year and area (``Beobachtungsraum``) or district (``Bezirk``, by name)."""
    rng = np.random.default_rng([town.seed, 10, *(len(name) for name in rates)])
    parts = []
    for year in years:
        counted = resident_counts(town, year, by)
        hardship = counted["hardship"].to_numpy()
        columns = {}
        for name, rate in rates.items():
            level = rate.per_1000 / 1000 * (1 + (rate.slope - 1) * hardship) / (1 + (rate.slope - 1) * MEAN_HARDSHIP)
            columns[name] = rng.poisson(counted[rate.base].to_numpy() * level)
        parts.append(labelled(town, year, counted, by).with_columns(**{k: pl.Series(v) for k, v in columns.items()}))
    return pl.concat(parts)


def crisis_table(town: Town, years: Sequence[int]) -> pl.DataFrame:
    """Draw numbers of crises by year and district (``Bezirk``, by name); power cuts grow where :data:`CUTOFFS_GROW`."""
    rng = np.random.default_rng([town.seed, 14])
    table = case_table(town, years, CRISIS, "district")
    district, last, per_1000 = CUTOFFS_GROW
    more = [
        rng.poisson(households * per_1000 / 1000 * max(0, year - last) * (part == district))
        for year in years
        for part, households in resident_counts(town, year, "district").select("district", "households").iter_rows()
    ]
    return table.with_columns(pl.col("Stromsperren") + pl.Series(more, dtype=table.schema["Stromsperren"]))


def labelled(town: Town, year: int, counted: pl.DataFrame, by: Level) -> pl.DataFrame:
    """Return year and area (code of that time) or district (by name), one row for each of ``counted``."""
    name = pl.col("area").alias("Beobachtungsraum")
    if by == "district":
        name = pl.col("district").replace_strict(town.plan.districts).alias("Bezirk")
    return counted.select(pl.lit(year).alias("Jahr"), name)


def day_care_table(town: Town, years: Sequence[int]) -> pl.DataFrame:
    """Return children in day care by year and area, on 31 December."""
    parts = []
    for year in years:
        counted = resident_counts(town, year)
        cared = {"betreute Kinder unter 3": counted["care_0_2"], "betreute Kinder 3 bis 5": counted["care_3_5"]}
        parts.append(labelled(town, year, counted, "area").with_columns(**cared))
    return pl.concat(parts)


def building_table(town: Town, years: Sequence[int]) -> pl.DataFrame:
    """Return dwellings permitted and completed by year and area."""
    rng = np.random.default_rng([town.seed, 11])
    house = house_of_dwelling(town.houses)
    built = town.houses.built[house]
    parts = []
    for year in years:
        names, index = town.parts(year, "area")
        where = index[town.houses.area[house]]
        done = np.bincount(where[built == year], minlength=len(names))
        begun = np.bincount(where[built == year + 1], minlength=len(names)) + rng.poisson(1.5, len(names))
        columns = {"Jahr": [year] * len(names), "Beobachtungsraum": names, "genehmigt": begun, "fertiggestellt": done}
        parts.append(pl.DataFrame(columns))
    return pl.concat(parts)


def election_table(town: Town, years: Sequence[int]) -> pl.DataFrame:
    """Return electorate and voters by year, election and area."""
    rng = np.random.default_rng([town.seed, 12])
    parts = []
    for election, held in ELECTIONS.items():
        for year in (year for year in held if year in years):
            counted = resident_counts(town, year)
            chance = np.clip(TURNOUT[election] + 0.06 - 0.33 * counted["hardship"].to_numpy(), 0, 1)
            electorate = counted["german_adults"]
            columns = {
                "Wahlberechtigte": electorate,
                "Wählende": pl.Series(rng.binomial(electorate.to_numpy(), chance)),
            }
            rows = labelled(town, year, counted, "area").with_columns(pl.lit(election).alias("Wahl"))
            parts.append(rows.with_columns(**columns))
    empty = {"Jahr": pl.Int32, "Beobachtungsraum": pl.String, "Wahl": pl.String}
    return (
        pl.concat(parts) if parts else pl.DataFrame(schema={**empty, "Wahlberechtigte": pl.Int64, "Wählende": pl.Int64})
    )


def land_table(town: Town, years: Sequence[int]) -> pl.DataFrame:
    """Return the land of each area in square kilometres, with a decimal comma."""
    size = shapely.area(town.ground.areas) / 1e6
    parts = []
    for year in years:
        names, index = town.parts(year, "area")
        land = [german(value, 4) for value in np.bincount(index, size)]
        parts.append(pl.DataFrame({"Jahr": [year] * len(names), "Beobachtungsraum": names, "Fläche in km²": land}))
    return pl.concat(parts)


def school_leavers_table(town: Town, years: Sequence[int]) -> pl.DataFrame:
    """Return school leavers by school year and district, with shares that have a decimal comma."""
    rng = np.random.default_rng([town.seed, 3])
    rows = []
    for year in years:
        counted = resident_counts(town, year, "district")
        names = counted["district"].replace_strict(town.plan.districts)
        for name, children, hardship in zip(names, counted["below_21"], counted["hardship"], strict=True):
            leavers = int(rng.binomial(children, 0.052))
            none, lower, middle, higher = _qualifications(leavers, hardship, rng)
            share = german(100 * none / max(leavers, 1), 1)
            rows.append((f"{year}/{(year + 1) % 100:02}", name, leavers, none, share, lower, middle, higher))
    counts = ["Abgänge", "ohne Abschluss", "ohne Abschluss in %", "Hauptschule", "Realschule", "Hochschulreife"]
    return pl.DataFrame(rows, schema=["Schuljahr", "Bezirk", *counts], orient="row")


def _qualifications(leavers: int, hardship: float, rng: np.random.Generator) -> tuple[int, ...]:
    none, lower, higher = 0.03 + 0.09 * hardship, 0.12 + 0.16 * hardship, 0.5 - 0.34 * hardship
    drawn = rng.multinomial(leavers, [none, lower, 1 - none - lower - higher, higher])
    return tuple(int(number) for number in drawn)


def counselling_table(town: Town, years: Sequence[int]) -> pl.DataFrame:
    """Return persons advised by debt counselling by year, district and main cause (all causes: ``Insgesamt``)."""
    rng = np.random.default_rng([town.seed, 5])
    parts = []
    for year in years:
        names, index = town.parts(year, "district")
        persons = town.persons(year)
        advised = (persons["overindebted"] == "yes").to_numpy() & (rng.random(persons.height) < 0.085)
        where = index[town.houses.area[persons["building"].to_numpy()]][advised]
        cause = persons["debt_cause"].to_physical().to_numpy()[advised].astype(np.int64) - 1
        cases = np.bincount(where * len(CAUSE) + cause, minlength=len(names) * len(CAUSE)).reshape(-1, len(CAUSE))
        labels = [*CAUSE.values(), TOTAL]
        columns = {
            "Bezirk": [town.plan.districts[name] for name in names for _ in labels],
            "Auslöser": labels * len(names),
            "Beratene": np.column_stack([cases, cases.sum(axis=1)]).ravel(),
        }
        parts.append(pl.DataFrame({"Jahr": [year] * cases.shape[0] * len(labels), **columns}))
    return pl.concat(parts)


def rents_tables(town: Town, years: Sequence[int]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return net rents by year and area, and of the whole city: euros per square metre, with a decimal comma."""
    rng = np.random.default_rng([town.seed, 6])
    rows, whole = [], []
    for year in years:
        level = 6.6 * 1.026 ** (year - 2015)
        rent = level * (1.16 - 0.3 * town.plan.hardship) * rng.normal(1, 0.02, len(town.plan.codes))
        known = dict(zip(town.area_codes(year), rent, strict=True))
        rows += [(year, code, german(value, 2)) for code, value in known.items()]
        whole.append((year, german(float(rent @ town.plan.weight), 2)))
    by_area = pl.DataFrame(rows, schema=["Jahr", "Beobachtungsraum", "Nettokaltmiete"], orient="row")
    return by_area, pl.DataFrame(whole, schema=["Jahr", "Nettokaltmiete"], orient="row")


def german(value: float, digits: int) -> str:
    """Write a number with a decimal comma."""
    return f"{value:.{digits}f}".replace(".", ",")
