"""A made-up city with a finished release: 12 quarters in 3 districts, 6 indicators, every status, indices, types."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import polars as pl
import shapely

from sozialraum.analysis import PARENT_SCHEMA, AreaTypes, Surroundings, compute_composites, population_of, typologies_of
from sozialraum.areas import AreaSystem
from sozialraum.catalogue import AreaSystemDoc, CompositeDoc, IndicatorDoc, TypologyDoc, load_catalogue
from sozialraum.catalogue.loader import BUILT_IN
from sozialraum.releases import ORIGIN_SCHEMA, PackageContent, ReleaseContent, State, Store, write_release
from sozialraum.releases.signature import PUBLIC_KEY, public_hex, signing_key
from sozialraum.tables import COUNT_SCHEMA, PROFILE_SCHEMA, VALUE_SCHEMA
from sozialraum.tables.seal import seal, seal_profiles

NAMES = (
    "Altstadt",
    "Am Hafen",
    "Birkenhöhe",
    "Eichwald-Süd",
    "Gartenstadt",
    "Hüttenviertel",
    "Industriegleis",
    "Kirchfeld",
    "Lindenau",
    "Neue Weststadt",
    "Österberg",
    "Übersee",
)
DISTRICTS = ("Mitte", "Nord", "Süd")
AGES = ("0-17", "18-29", "30-49", "50-64", "65-79", "80+")
SEXES = ("female", "male")
YEARS = tuple(str(year) for year in range(2016, 2025))

CITY = """
name = "Kleinstadt"
ags = "09999001"
home = "viertel"
whole = "stadt"
rhythm = "half-year"
key_indicators = ["bevoelkerung", "kinder_sgb2", "anteil_65", "arbeitslose", "wanderung", "miete"]
[contact]
name = "Stadt Kleinstadt, Sozialplanung"
email = "sozialplanung@kleinstadt.example"
"""
AREAS = {
    "stadt": """
title.de = "Stadt insgesamt"
title.en = "Whole city"
union_of = "bezirke"
single_code = "0"
single_name = "Kleinstadt"
""",
    "bezirke": """
title.de = "Stadtbezirke"
title.en = "Districts"
short.de = "Stadtbezirk"
short.en = "District"
file = "bezirke.gpkg"
code = "nummer"
name = "name"
parent = "stadt"
""",
    "viertel": """
title.de = "Stadtviertel"
title.en = "Quarters"
short.de = "Stadtviertel"
short.en = "Quarter"
file = "viertel.gpkg"
code = "nummer"
name = "name"
parent = "bezirke"
""",
}
SOURCE = """
title.de = "Melderegister, Abzug zum Jahresende"
title.en = "Register of residents, extract at the end of the year"
provider = "Stadt Kleinstadt, Bürgeramt"
licence = "dl-de/by-2-0"
file = "personen.csv"
kind = "register"
universe = "persons"
policy = "register"
retention_years = 2
[columns]
stichtag = { period = "year" }
alter = { dimension = "age" }
"""
MICROCELLS = """
[microcells]
source = "haeuser"
within = "viertel"
"""
HOUSES = """
title.de = "Häuser mit Koordinaten"
title.en = "Houses with coordinates"
provider = "Stadt Kleinstadt, Vermessungsamt"
licence = "nur für die Statistikstelle"
file = "haeuser.gpkg"
kind = "buildings"
policy = "register"
[columns]
haus = { identifier = "building" }
haushalte = { count = "households" }
"""
GOVERNANCE = """
[governance]
owner = "Sozialplanung"
checked_by = "Statistikstelle"
next_review = 2028-03-01
"""
INDICATORS = {
    "bevoelkerung": """
title.de = "Bevölkerung"
title.en = "Population"
definition.de = "Menschen, die hier mit Hauptwohnung gemeldet sind."
definition.en = "People registered here with their main residence."
theme = "bevoelkerung"
unit = "count"
decimals = 0
polarity = "neutral"
headline = true
[count]
of = { universe = "persons" }
""",
    "anteil_65": """
title.de = "Menschen ab 65 Jahren"
title.en = "People aged 65 and over"
definition.de = "Anteil der Menschen ab 65 Jahren an allen Menschen, die hier leben."
definition.en = "Share of people aged 65 and over among all people who live here."
theme = "bevoelkerung"
unit = "percent"
polarity = "neutral"
interval = "wilson"
[share]
of = { universe = "persons", age = "65+" }
in = { universe = "persons" }
""",
    "kinder_sgb2": """
title.de = "Kinder in der Grundsicherung"
title.en = "Children on basic income support"
definition.de = "Anteil der Kinder unter 15, deren Familie Grundsicherung (SGB II) bekommt."
definition.en = "Share of children under 15 whose family receives basic income support."
caveats.de = "Wer keinen Antrag stellt, ist nicht enthalten."
theme = "mindestsicherung"
unit = "percent"
polarity = "low_is_good"
interval = "wilson"
minimum_base = 50
headline = true
[[breaks]]
period = "2018"
why.de = "Neue Zählweise der Bundesagentur für Arbeit."
[share]
of = { universe = "persons", age = "0-14", sgb2 = "yes" }
in = { universe = "persons", age = "0-14" }
""",
    "arbeitslose": """
title.de = "Arbeitslose"
title.en = "Unemployed people"
definition.de = "Arbeitslose Menschen je 100 Menschen zwischen 15 und 64 Jahren."
definition.en = "Unemployed people per 100 people aged 15 to 64."
theme = "arbeit"
unit = "percent"
polarity = "low_is_good"
interval = "wilson"
[share]
of = { universe = "persons", age = "15-64", unemployed = "yes" }
in = { universe = "persons", age = "15-64" }
""",
    "wanderung": """
title.de = "Wanderungssaldo"
title.en = "Net migration"
definition.de = "Zuzüge minus Wegzüge je 1.000 Menschen."
definition.en = "Moves in minus moves out per 1,000 people."
theme = "bevoelkerung"
unit = "per_1000"
polarity = "neutral"
[rate]
of = { universe = "moves_in" }
minus = { universe = "moves_out" }
in = { universe = "persons" }
""",
    "miete": """
title.de = "Angebotsmiete"
title.en = "Asking rent"
definition.de = "Mittlere Miete je Quadratmeter in Wohnungsanzeigen, ohne Heizung und Nebenkosten."
definition.en = "Median rent per square metre in advertisements, without heating and charges."
theme = "wohnen"
unit = "euro_per_m2"
decimals = 2
polarity = "neutral"
[figure]
of = "asking_rent"
""",
}
COMPOSITES = {
    "lage": """
title.de = "Lage der Familien"
title.en = "Situation of families"
definition.de = "Je höher der Wert, desto schwieriger ist die Lage im Vergleich mit den anderen Gebieten."
definition.en = "The higher the score, the harder the situation compared with the other areas."
caveats.de = "Der Index sagt nicht, ob es der ganzen Stadt besser oder schlechter geht."
caveats.en = "The index does not say whether the whole city fares better or worse."
sources = ["Kleinstadt: Sozialbericht 2020, Anhang"]
[[inputs]]
indicator = "kinder_sgb2"
weight = 2
[[inputs]]
indicator = "arbeitslose"
[[inputs]]
indicator = "wanderung"
direction = "lowers"
[[classes]]
id = "gut"
below = -1.0
title.de = "Lage gut"
title.en = "Good situation"
[[classes]]
id = "mittel"
up_to = 1.0
title.de = "Lage mittel"
title.en = "Medium situation"
[[classes]]
id = "schwierig"
title.de = "Lage schwierig"
title.en = "Hard situation"
[dynamics]
years = 2
[[dynamics.classes]]
id = "besser"
below = -1.0
title.de = "Entwicklung positiv"
title.en = "Positive development"
[[dynamics.classes]]
id = "gleich"
up_to = 1.0
title.de = "Entwicklung stabil"
title.en = "Stable development"
[[dynamics.classes]]
id = "schlechter"
title.de = "Entwicklung negativ"
title.en = "Negative development"
""",
    "alter": """
title.de = "Alter und Miete"
title.en = "Age and rent"
definition.de = "Je höher der Wert, desto mehr ältere Menschen leben hier bei niedrigen Mieten."
definition.en = "The higher the score, the more older people live here with low rents."
caveats.de = "Der Index sagt nichts über einzelne Menschen."
caveats.en = "The index says nothing about single persons."
sources = ["Kleinstadt: Altenbericht 2022"]
aggregate = "population"
[[inputs]]
indicator = "anteil_65"
[[inputs]]
indicator = "miete"
direction = "lowers"
[[classes]]
id = "weniger"
up_to = 0.0
title.de = "unter dem Durchschnitt"
title.en = "below the average"
[[classes]]
id = "mehr"
title.de = "über dem Durchschnitt"
title.en = "above the average"
""",
    "gesundheit": """
title.de = "Gesundheit der Kinder"
title.en = "Health of children"
definition.de = "Je höher der Wert, desto mehr Kinder brauchen Hilfe."
definition.en = "The higher the score, the more children need help."
caveats.de = "Der Index sagt nichts über einzelne Kinder."
caveats.en = "The index says nothing about single children."
sources = ["Kleinstadt: Gesundheitsbericht 2021"]
[[inputs]]
indicator = "uebergewicht"
[[classes]]
id = "wenige"
up_to = 0.0
title.de = "wenige"
title.en = "few"
[[classes]]
id = "viele"
title.de = "viele"
title.en = "many"
""",
}
"""The first has scores in the quarters and none in the districts (they are too few), the second has means in the
districts and no dynamics, the third has no scores at all."""

TYPOLOGY = """
title.de = "{title}"
title.en = "{english}"
definition.de = "Gebiete eines Typs sind einander in Alter, Miete und Armut ähnlich."
definition.en = "Areas of a type are alike in age, rent and poverty."
caveats.de = "Ein Typ beschreibt Gebiete, keine Menschen."
caveats.en = "A type describes areas, not people."
sources = ["Ward 1963"]
fewest = 2
most = {most}
minimum_areas = {areas}
[[indicators]]
indicator = "anteil_65"
weight = 2
[[indicators]]
indicator = "miete"
[[indicators]]
indicator = "kinder_sgb2"
"""
TYPOLOGIES = {
    "wohnen": TYPOLOGY.format(title="Wohnlagen", english="Residential areas", most=4, areas=8),
    "alle": TYPOLOGY.format(title="Alle Viertel", english="All quarters", most=2, areas=12),
}
"""The first finds types of ten quarters, two lack a number; the second finds none: it wants all twelve."""


@dataclass(frozen=True)
class Microcells:
    """Microcells of the internal package.

    Attributes:
        report: what the manifest says about them.
        squares: code, area, and the lower left corner of the square, for each cell.
        counts: universe, area system, code, number and status of what is counted in 2024.
        attributes: tables of ``city.toml`` that say which characteristics they have.
        profiles: attribute, what is shown, code, number, type, units and status of what they tell of 2024.
        summary: what the manifest says about them.
    """

    report: dict[str, Any]
    squares: list[tuple[str, str, int, int]]
    counts: list[tuple[str, str, str, float | None, str]]
    attributes: str = ""
    profiles: list[tuple[str, str, str, float | None, str | None, int | None, str]] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)

    def put_into(self, package: PackageContent) -> PackageContent:
        rows = [(code, code, area, None, None) for code, area, _west, _south in self.squares]
        shapes = [shapely.box(x, y, x + 100, y + 100) for _code, _area, x, y in self.squares]
        counts = [(universe, "", system, code, "2024", *told) for universe, system, code, *told in self.counts]
        frames = [package.counts.frame, pl.DataFrame(counts, schema=COUNT_SCHEMA, orient="row")]
        areas = {**package.areas, "microcells": _system("microcells", "viertel", rows, shapes)}
        rows = [(name, show, code, "2024", *told) for name, show, code, *told in self.profiles]
        profiles = seal_profiles(pl.DataFrame(rows, schema=PROFILE_SCHEMA, orient="row")) if rows else None
        return replace(package, areas=areas, counts=seal(pl.concat(frames)), profiles=profiles)

    @property
    def details(self) -> dict[str, Any]:
        """What the manifest says."""
        return {"microcells": self.report} | ({"cell_profiles": self.summary} if self.summary else {})


def write_city(
    project: Path,
    *,
    publish: bool = True,
    quarters: int = 12,
    copies: int = 1,
    microcells: Microcells | None = None,
    composites: bool = True,
) -> Store:
    """Write a project folder with one release and publish it; return the store.

    ``copies`` repeats every indicator under further names, for a release as large as a real one.
    """
    documents = _documents(project / "documents", copies, microcells, composites)
    systems = _systems(quarters)
    first = pl.DataFrame(list(_values(systems)), schema=VALUE_SCHEMA, orient="row")
    values = pl.concat(first.with_columns(pl.col("indicator") + _suffix(copy)) for copy in range(copies))
    counts = seal(pl.DataFrame(list(_age_by_sex(systems)), schema=COUNT_SCHEMA, orient="row"))
    package = PackageContent(
        values=values,
        counts=counts,
        areas=systems,
        origins=_origins(documents),
        composites=_scores(documents, values, systems),
        typologies=_types(documents, values, systems),
    )
    content = ReleaseContent(
        public=package,
        internal=microcells.put_into(package) if microcells else package,
        documents=documents,
        snapshots=[],
        policies=load_catalogue().policies,
        suppression=[],
        crs="EPSG:25832",
        details=microcells.details if microcells else {},
    )
    store = Store(project / "releases")
    key = signing_key(project / ".signing-key")
    identifier = f"2025-H2.{len(store.releases()) + 1}"
    with store.new_release(lambda: identifier) as folder:
        write_release(folder, content, identifier=identifier, key=key, who="Test")
    (store.folder / PUBLIC_KEY).write_text(public_hex(key), encoding="ascii")
    if publish:
        for state in (State.IN_REVIEW, State.APPROVED, State.PUBLISHED):
            store.move(store.release(identifier), state, "Test")
    return store


def _scores(documents: dict[str, Path], values: pl.DataFrame, systems: dict[str, AreaSystem]) -> pl.DataFrame:
    """Compute the composites of the quarters and districts, as a build does."""
    texts = {Path(name).stem: path.read_text() for name, path in documents.items() if name.startswith("composites/")}
    found = {name: CompositeDoc.model_validate(tomllib.loads(text)) for name, text in texts.items()}
    here = values.filter(pl.col("area_system") != "stadt")
    rows = [
        ("viertel", code, "bezirke", above) for code, above in systems["viertel"].frame.select("code", "parent").rows()
    ]
    parents = pl.DataFrame(rows, schema=PARENT_SCHEMA, orient="row")
    return compute_composites(found, here, Surroundings(population_of(here, "bevoelkerung"), parents))


def _types(documents: dict[str, Path], values: pl.DataFrame, systems: dict[str, AreaSystem]) -> tuple[AreaTypes, ...]:
    """Find the types of the quarters, as a build does."""
    texts = {Path(name).stem: path.read_text() for name, path in documents.items() if name.startswith("typologies/")}
    found = {name: TypologyDoc.model_validate(tomllib.loads(text)) for name, text in texts.items()}
    catalogue = replace(load_catalogue(), typologies=found)
    areas = {name: AreaSystemDoc.model_validate(tomllib.loads(text)) for name, text in AREAS.items()}
    return typologies_of(catalogue, areas, values, systems)


def _origins(documents: dict[str, Path]) -> pl.DataFrame:
    """Say that every measure was found in the one delivery."""
    texts = [path.read_text(encoding="utf-8") for name, path in documents.items() if name.startswith("indicators/")]
    measures = {m for text in texts for m in IndicatorDoc.model_validate(tomllib.loads(text)).measures}
    rows = [(measure.universe, measure.where_text, "personen") for measure in sorted(measures)]
    rows += [("persons", f"age={age};sex={sex}", "personen") for age in AGES for sex in SEXES]
    return pl.DataFrame(rows, schema=ORIGIN_SCHEMA, orient="row")


def _suffix(copy: int) -> str:
    return f"_{copy}" if copy else ""


def _documents(folder: Path, copies: int, microcells: Microcells | None, composites: bool) -> dict[str, Path]:
    texts = {"city.toml": CITY, "sources/personen.toml": SOURCE}
    if microcells:
        texts |= {"city.toml": CITY + MICROCELLS + microcells.attributes, "sources/haeuser.toml": HOUSES}
    texts |= {f"areas/{name}.toml": text for name, text in AREAS.items()}
    texts |= {
        f"indicators/{name}{_suffix(copy)}.toml": _with_governance(text)
        for name, text in INDICATORS.items()
        for copy in range(copies)
    }
    if composites:
        texts |= {f"composites/{name}.toml": _with_governance(text) for name, text in COMPOSITES.items()}
        texts |= {f"typologies/{name}.toml": _with_governance(text) for name, text in TYPOLOGIES.items()}
    found = {}
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        found[name] = path
    for kind in ("themes", "policies", "codes"):
        found |= {f"{kind}/{path.name}": path for path in (BUILT_IN / kind).glob("*.toml")}
    return found


def _with_governance(text: str) -> str:
    """Put the table in front of the first other table: TOML keys after a table would belong to it."""
    place = text.index("\n[")
    return text[:place] + GOVERNANCE + text[place:]


def _systems(quarters: int) -> dict[str, AreaSystem]:
    cells = _cells(quarters)
    districts = [index * 3 // quarters for index in range(quarters)]
    quarter_rows = [
        (f"{index + 1:02}", _name(index), str(districts[index] + 1), None, None) for index in range(quarters)
    ]
    district_rows = [(str(index + 1), name, "0", None, None) for index, name in enumerate(DISTRICTS)]
    unions = [
        shapely.union_all([cell for cell, place in zip(cells, districts, strict=True) if place == index])
        for index in range(3)
    ]
    return {
        "viertel": _system("viertel", "bezirke", quarter_rows, cells),
        "bezirke": _system("bezirke", "stadt", district_rows, unions),
        "stadt": _system("stadt", None, [("0", "Kleinstadt", None, None, None)], [shapely.union_all(cells)]),
    }


def _name(index: int) -> str:
    return NAMES[index] if index < len(NAMES) else f"Viertel {index + 1}"


def _system(name: str, parent: str | None, rows: list[tuple[object, ...]], shapes: list[object]) -> AreaSystem:
    columns = dict.fromkeys(("code", "name", "parent", "valid_from", "valid_to"), pl.String)
    return AreaSystem(name, {"de": name}, parent, pl.DataFrame(rows, schema=columns, orient="row"), np.array(shapes))


def _cells(count: int) -> list[shapely.Polygon]:
    """Cut a round town into cells around random points, ordered from west to east."""
    random = Random(7)
    points = [(565000 + random.uniform(-4, 4) * 1000, 5932000 + random.uniform(-3, 3) * 1000) for _ in range(count)]
    town = shapely.Point(565000, 5932000).buffer(4500, quad_segs=24)
    parts = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=town))
    return sorted((shapely.intersection(part, town) for part in parts), key=lambda part: part.centroid.x)


def _values(systems: dict[str, AreaSystem]) -> Iterator[tuple[object, ...]]:
    """Yield values in which every status occurs in the quarters of the last year."""
    random = Random(11)
    base = {
        "kinder_sgb2": (18.0, 7.5),
        "anteil_65": (21.0, 4.0),
        "arbeitslose": (7.0, 2.0),
        "wanderung": (2.0, 6.0),
        "miete": (9.5, 1.2),
        "bevoelkerung": (4200.0, 1800.0),
    }
    for indicator, (middle, scatter) in base.items():
        for system, areas in systems.items():
            factor = {"stadt": 12.0, "bezirke": 4.0}.get(system, 1.0)
            for code in areas.codes:
                own = random.gauss(0, 0.15 if system == "stadt" else 0.5 if system == "bezirke" else 1)
                drift = random.gauss(0.25, 0.35)
                for step, year in enumerate(YEARS):
                    level = middle + scatter * own
                    if indicator == "bevoelkerung":
                        level = max(300.0, level) * factor
                    value = level + scatter * (0.12 * drift * step + random.gauss(0, 0.05))
                    yield _row(indicator, system, code, year, value, 3000 * factor)


def _row(indicator: str, system: str, code: str, year: str, value: float, base: float) -> tuple[object, ...]:
    key = (indicator, system, code, year, "")
    status = _status(indicator, system, code, year)
    if status in ("suppressed", "missing", "undefined"):
        return (*key, None, None, None, status, None, None, 0)
    if status == "zero":
        return (*key, 0.0, 0.0, base, status, 0.0, 0.6, 0)
    if indicator in ("wanderung", "miete"):
        return (*key, round(value, 4), None, None, status, None, None, 0)
    if indicator == "bevoelkerung":
        return (*key, float(round(value)), float(round(value)), None, status, None, None, 0)
    value = max(0.4, value)
    half = 1.96 * math.sqrt(value * (100 - value) / base)
    count = float(round(base * value / 100))
    return (*key, value, count, base, status, max(0.0, value - half), value + half, 0)


def _age_by_sex(systems: dict[str, AreaSystem]) -> Iterator[tuple[object, ...]]:
    """Yield men and women by age of every area in the last two years; in one quarter the oldest men are withheld."""
    for system, areas in systems.items():
        for code in areas.codes:
            for year in YEARS[-2:]:
                for number, (age, sex) in enumerate((age, sex) for age in AGES for sex in SEXES):
                    hidden = (system, code, age, sex) == ("viertel", "02", "80+", "male")
                    value = None if hidden else 100.0 + 10 * int(code) + 7 * number + int(year) - 2016
                    yield (
                        "persons",
                        f"age={age};sex={sex}",
                        system,
                        code,
                        year,
                        value,
                        "suppressed" if hidden else "ok",
                    )


def _status(indicator: str, system: str, code: str, year: str) -> str:
    if system != "viertel" or indicator not in ("kinder_sgb2", "miete"):
        return "ok"
    last = {"02": "suppressed", "05": "unreliable", "07": "missing", "09": "estimated", "11": "provisional"}
    if indicator == "kinder_sgb2" and year >= "2022":
        return {**last, "04": "zero"}.get(code, "ok")
    if indicator == "miete" and code == "07":
        return "undefined"
    return "ok"
