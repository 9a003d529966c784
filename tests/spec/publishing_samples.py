"""A made-up release for the publishing room: six quarters, three indicators, every status that a value can have."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import shapely

from sozialraum.areas import AreaSystem
from sozialraum.catalogue import IndicatorDoc, load_catalogue
from sozialraum.catalogue.indicator import Break
from sozialraum.releases import ORIGIN_SCHEMA, Package, PackageContent, Release, ReleaseContent, write_release
from sozialraum.releases.signature import signing_key
from sozialraum.tables import COUNT_SCHEMA, VALUE_SCHEMA, Status, Value
from sozialraum.tables.seal import seal

CITY = """
name = "Kleinstadt"
ags = "09999001"
home = "viertel"
whole = "stadt"
rhythm = "half-year"
[contact]
name = "Stadt Kleinstadt, Sozialplanung"
email = "sozialplanung@kleinstadt.example"
"""

AREAS = {
    "stadt": """
title.de = "Stadt insgesamt"
union_of = "viertel"
single_code = "0"
single_name = "Kleinstadt"
""",
    "viertel": """
title.de = "Stadtviertel"
title.en = "Quarters"
file = "v.gpkg"
code = "c"
name = "n"
parent = "stadt"
""",
}

SOURCES = {
    "personen": """
title.de = "Melderegister"
title.en = "Register of residents"
provider = "Bürgeramt"
licence = "dl-de/by-2-0"
file = "personen.csv"
kind = "register"
universe = "persons"
policy = "register"
retention_years = 2
[columns]
alter = { dimension = "age" }
""",
    "mieten": """
title.de = "Mietspiegel"
provider = "Wohnungsamt"
licence = "CC0-1.0"
file = "mieten.csv"
kind = "aggregate"
policy = "official_statistics"
[columns]
viertel = { area = "viertel" }
miete = { figure = "rent" }
""",
}

ORIGINS = [
    ("persons", "", "personen"),
    ("persons", "age=0-14", "personen"),
    ("figure.rent", "", "mieten"),
]

_GOVERNANCE = """
[governance]
owner = "Sozialplanung"
checked_by = "Statistikstelle"
next_review = 2028-03-01
"""

INDICATORS = {
    "kinder": """
title.de = "Kinder; unter 15"
title.en = "Children under 15"
definition.de = "Anteil der Kinder unter 15 Jahren."
definition.en = "Share of children under 15."
theme = "bevoelkerung"
unit = "percent"
polarity = "neutral"
interval = "wilson"
tags = ["Kinder"]
[[breaks]]
period = "2022"
why.de = "Neue Zählweise."
why.en = "Counted in a new way."
[share]
of = { universe = "persons", age = "0-14" }
in = { universe = "persons" }
""",
    "kinder_wandel": """
title.de = "Veränderung des Anteils der Kinder"
definition.de = "Veränderung gegenüber dem Vorjahr."
theme = "bevoelkerung"
unit = "percentage_points"
polarity = "neutral"
[change]
indicator = "kinder"
relative = false
""",
    "miete": """
title.de = "Miete"
definition.de = "Mittlere Nettokaltmiete."
theme = "wohnen"
unit = "euro_per_m2"
decimals = 2
polarity = "low_is_good"
[figure]
of = "rent"
""",
}

NAMES = {"01": "Altstadt", "02": "Hafen", "03": "Süd <&>", "04": "Übersee", "05": "Wald", "06": "Neustadt"}

CHILDREN: dict[tuple[str, str], tuple[object, ...]] = {
    # area, period: value, numerator, denominator, status, lower, upper
    ("01", "2021"): (20.0, 200.0, 1000.0, "ok", 17.6, 22.6),
    ("01", "2022"): (21.5, 215.0, 1000.0, "ok", 19.1, 24.2),
    ("01", "2023"): (22.25, 1112.5, 5000.0, "ok", 21.1, 23.4),
    ("02", "2021"): (10.0, 10.0, 100.0, "unreliable", 5.5, 17.4),
    ("02", "2022"): (None, None, 90.0, "suppressed", None, None),
    ("02", "2023"): (None, None, 90.0, "suppressed", None, None),
    ("03", "2021"): (0.0, 0.0, 300.0, "zero", 0.0, 1.3),
    ("03", "2022"): (0.0, 0.0, 300.0, "zero", 0.0, 1.3),
    ("03", "2023"): (4.0, 12.0, 300.0, "provisional", 2.3, 6.9),
    ("04", "2022"): (None, None, None, "missing", None, None),
    ("04", "2023"): (None, None, None, "missing", None, None),
    ("05", "2023"): (None, None, 0.0, "undefined", None, None),
    ("06", "2023"): (15.0, 75.0, 500.0, "estimated", 12.1, 18.4),
}

SHORT = pl.Schema(dict.fromkeys(("code", "name", "parent", "valid_from", "valid_to"), pl.String))


def _values() -> pl.DataFrame:
    rows: list[tuple[object, ...]] = [
        ("kinder", "viertel", area, period, "", value, top, base, status, lower, upper, 0)
        for (area, period), (value, top, base, status, lower, upper) in CHILDREN.items()
    ]
    rows += [
        ("kinder", "stadt", "0", period, "", value, None, None, "ok", None, None, 0)
        for period, value in (("2021", 14.0), ("2022", 15.0), ("2023", 15.5))
    ]
    rows += [
        ("kinder", "viertel", "01", "2023", "sex=female", 21.0, None, None, "ok", None, None, 0),
        ("kinder_wandel", "viertel", "01", "2023", "", 0.75, None, None, "ok", None, None, 0),
        ("miete", "viertel", "01", "2023-H1", "", 1234.5, None, None, "ok", None, None, 0),
        ("miete", "viertel", "02", "2022-H2", "", 8.0, None, None, "ok", None, None, 0),
        ("miete", "viertel", "02", "2023-H1", "", 8.25, None, None, "ok", None, None, 0),
    ]
    return pl.DataFrame(rows, schema=VALUE_SCHEMA, orient="row")


PERSONS = [
    # where, value, status
    ("", 1000.0, "ok"),
    ("age=0-14;sex=female", 95.0, "ok"),
    ("age=0-14;sex=male", 100.0, "ok"),
    ("age=0-6;sex=female", 45.0, "ok"),
    ("age=0-6;sex=male", 50.0, "ok"),
    ("age=7-14;sex=female", 50.0, "ok"),
    ("age=7-14;sex=male", 50.0, "ok"),
    ("age=15-64;sex=female", 300.0, "ok"),
    ("age=15-64;sex=male", 310.0, "ok"),
    ("age=65+;sex=female", None, "suppressed"),
    ("age=65+;sex=male", 90.0, "ok"),
    ("age=80+;sex=male", 20.0, "ok"),
    ("age=0-14;sex=male;sgb2=yes", 20.0, "ok"),
]


def _counts() -> pl.DataFrame:
    rows = [("persons", where, "viertel", "01", "2023", value, status) for where, value, status in PERSONS]
    return pl.DataFrame(rows, schema=COUNT_SCHEMA, orient="row")


def quarters() -> AreaSystem:
    """Six squares in two rows of three; an area that ended lies under the first."""
    codes = [*NAMES, "99"]
    frame = pl.DataFrame(
        [(code, NAMES.get(code, "Früher"), "0", None, "2020-12-31" if code == "99" else None) for code in codes],
        schema=SHORT,
        orient="row",
    )
    corners = [(565_000 + 1000 * (n % 3), 5_930_000 + 1000 * (n // 3)) for n in range(6)]
    squares = [shapely.box(x, y, x + 1000, y + 1000) for x, y in (*corners, corners[0])]
    return AreaSystem("viertel", {"de": "Stadtviertel"}, "stadt", frame, np.array(squares, dtype=object))


def _city() -> AreaSystem:
    frame = pl.DataFrame([("0", "Kleinstadt", None, None, None)], schema=SHORT, orient="row")
    return AreaSystem(
        "stadt", {"de": "Stadt"}, None, frame, np.array([shapely.box(565_000, 5_930_000, 568_000, 5_932_000)])
    )


def write_sample_release(folder: Path) -> Release:
    """Write the release into ``folder/2024-H1.1``."""
    documents = {"city.toml": CITY}
    documents |= {f"areas/{name}.toml": text for name, text in AREAS.items()}
    documents |= {f"sources/{name}.toml": text for name, text in SOURCES.items()}
    documents |= {
        f"indicators/{name}.toml": text.replace("[share]", f"{_GOVERNANCE}[share]")
        .replace("[change]", f"{_GOVERNANCE}[change]")
        .replace("[figure]", f"{_GOVERNANCE}[figure]")
        for name, text in INDICATORS.items()
    }
    for name, text in documents.items():
        path = folder / "documents" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    catalogue = Path(load_catalogue.__code__.co_filename).parent
    built_in = {
        f"{kind}/{path.name}": path
        for kind in ("codes", "themes", "policies")
        for path in sorted((catalogue / kind).glob("*.toml"))
    }
    areas = {"viertel": quarters(), "stadt": _city()}
    origins = pl.DataFrame(ORIGINS, schema=ORIGIN_SCHEMA, orient="row")
    package = PackageContent(values=_values(), counts=seal(_counts()), areas=areas, origins=origins)
    content = ReleaseContent(
        public=package,
        internal=package,
        documents=built_in | {name: folder / "documents" / name for name in documents},
        snapshots=[],
        policies=load_catalogue().policies,
        suppression=[],
        crs="EPSG:25832",
    )
    target = folder / "2024-H1.1"
    target.mkdir()
    write_release(target, content, identifier="2024-H1.1", key=signing_key(folder / ".key"), who="Test")
    return Release(target)


def children_document() -> IndicatorDoc:
    """A share in percent with a Wilson interval, decimals 1."""
    return next(found for found in load_catalogue().indicators.values() if found.share and found.interval == "wilson")


def rent_document() -> IndicatorDoc:
    """An amount in euros per square metre, decimals 2."""
    return next(found for found in load_catalogue().indicators.values() if found.unit == "euro_per_m2")


def value(number: float | None, status: str = "ok", reach: float | None = None) -> Value:
    """Shorthand for a value: number, status, half the width of its interval."""
    if number is None or reach is None:
        return Value(number, Status(status))
    return Value(number, Status(status), lower=number - reach, upper=number + reach)


def new_count(period: str) -> Break:
    """A break from ``period`` on."""
    return Break.model_validate({"period": period, "why": {"de": "Neue Zählweise.", "en": "Counted in a new way."}})


__all__ = [
    "Package",
    "Release",
    "children_document",
    "new_count",
    "quarters",
    "rent_document",
    "value",
    "write_sample_release",
]
