"""Musterstadt's register of persons under cell keys: the release, and what somebody does who has the table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import numpy as np
import polars as pl
from evidence import YEAR, Evidence, built, write_key
from outsider import COLUMNS, Key, Package

from sozialraum.catalogue import load_project
from sozialraum.disclosure.cellkey import move
from sozialraum.disclosure.ptable import PerturbationTable, perturbation_table
from sozialraum.musterstadt import make_town, write_project


def possible(table: PerturbationTable, number: float, keys: np.ndarray) -> set[int]:
    """Which true counts are published as this number under one of several cell keys."""
    found = set()
    for true in range(max(0, int(number) - 10), int(number) + 11):
        moved = true + table.movements(np.full(len(keys), true, dtype=np.int64), keys)
        found |= {true} if (moved == number).any() else set()
    return found


EVERY = np.linspace(0, 1, 2_001)[:-1]
"""All that somebody knows of a cell key who has the table but not the secret."""


POLICY = """\
title.de = "Register"
why.de = "Zum Schutz der Gezählten."
[public]
method = "cell_key"
cell_key = { breakdowns = LIMIT }
minimum = 0
[internal]
method = "cell_key"
cell_key = { breakdowns = LIMIT }
minimum = 0
"""
SHARE = """\
title.de = "Anteil"
definition.de = "Anteil der Menschen dieses Alters."
theme = "bevoelkerung"
unit = "percent"
polarity = "neutral"
interval = "wilson"

[share]
of = { universe = "persons", age = "AGE" }
in = { universe = "persons" }

[governance]
owner = "Sozialplanung"
checked_by = "Statistikstelle"
next_review = 2028-03-01
"""


AGES = range(1, 91)
"""Where the careless variant divides everybody into younger and older ones."""


def town(folder: Path, *, limit: int, ages: range = range(0)) -> Evidence:
    """Build the town's register of persons with cell keys; with ages, each divides all persons into two parts."""
    project = folder / "town"
    project.mkdir(parents=True)
    write_project(project, make_town(houses=1_000, years=3))
    city = project / "city.toml"
    city.write_text(city.read_text(encoding="utf-8").partition("[microcells]")[0], encoding="utf-8")
    for document in (project / "sources").glob("*.toml"):
        if document.stem not in ("personen", "gebaeude"):
            document.unlink()
    for year in range(2015, YEAR):
        (project / "deliveries" / f"personen_{year}.csv").unlink()
    for age in ages:
        for name, codes in ((f"younger_{age}", f"0-{age - 1}"), (f"older_{age}", f"{age}+")):
            _write(project / "indicators" / f"{name}.toml", SHARE.replace("AGE", codes))
    write_key(project)
    _write(project / "policies" / "keyed.toml", POLICY.replace("LIMIT", str(limit)))
    source = project / "sources" / "personen.toml"
    source.write_text(
        source.read_text(encoding="utf-8").replace('policy = "register"', 'policy = "keyed"'), encoding="utf-8"
    )
    return built(load_project(project), folder / "copies")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def ptable(package: Package) -> PerturbationTable:
    """The table, made from what the manifest says for everybody to read."""
    rules = package.manifest["policies"]["keyed"]["public"]["cell_key"]
    return perturbation_table(rules["maximum"], rules["variance"], rules["forbidden"], rules["monotone"])


def deduced(package: Package, key_of: Callable[[Key], np.ndarray]) -> dict[Key, int]:
    """The counts that only one true number fits, to somebody who takes these for their cell keys."""
    table, found = ptable(package), {}
    for key, number in package.numbers.items():
        fitting = possible(table, number, key_of(key)) if number is not None else set()
        if len(fitting) == 1:
            found[key] = fitting.pop()
    return found


def by_name(key: Key) -> np.ndarray:
    """A cell key that is made from what the number is about: anybody can compute it."""
    return np.array([int.from_bytes(sha256("|".join(key).encode()).digest()[:6], "big") / 2**48])


def share_right(evidence: Evidence, claims: dict[Key, int]) -> float:
    return float(np.mean([evidence.truth[key] == number for key, number in claims.items()]))


def averaged(package: Package) -> dict[Key, int]:
    """Every number of all persons: the mean of itself and of all pairs of younger and older ones that are everybody.

    A pair errs twice as much as one number, so it counts half.
    """
    ages: defaultdict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    for (universe, where, *spot), number in package.numbers.items():
        if universe == "persons" and number is not None and (where == "" or where.startswith("age=")):
            ages[tuple(spot)][where.removeprefix("age=")] = number
    found = {}
    for (system, area, period), parts in ages.items():
        pairs = [
            parts[f"0-{age - 1}"] + parts[f"{age}+"]
            for age in range(1, 100)
            if {f"0-{age - 1}", f"{age}+"} <= parts.keys()
        ]
        mean = np.average([parts[""], *pairs], weights=[1.0] + [0.5] * len(pairs))
        found["persons", "", system, area, period] = round(float(mean))
    return found


def true_keys(keyed: Evidence) -> Callable[[Key], np.ndarray]:
    """The cell keys, which never leave the city."""
    frame = keyed.counted.frame.drop_nulls("key")
    keys = {tuple(row[:5]): np.array([row[5]]) for row in frame.select(*COLUMNS, "key").iter_rows()}
    return keys.__getitem__


def moved_by_name(keyed: Evidence) -> Package:
    """The release, had the city made its keys from what a number is about."""
    frame = keyed.open().filter(~pl.col("universe").str.contains("@", literal=True))  # medians are no counts
    keys = pl.Series([by_name(key)[0] for key in frame.select(COLUMNS).iter_rows()])
    return keyed.copy("by name", frame.with_columns(value=move(frame["value"], keys, ptable(keyed.public))))


def told(package: Package) -> dict[Key, int]:
    """Every number taken as it is published."""
    return {key: int(number) for key, number in package.numbers.items() if number is not None}


def table(keyed: Evidence, careless: Evidence) -> str:
    """What each attack on cell keys claims, and which share of that is true."""
    claims = {
        "15 | the table alone": (keyed, deduced(keyed.public, lambda key: EVERY)),
        "15 | the table, and guesses the cell keys": (keyed, deduced(keyed.public, by_name)),
        "15 | nothing, and takes each number as it is published": (keyed, told(keyed.public)),
        "15 | the table and the cell keys (control)": (keyed, deduced(keyed.public, true_keys(keyed))),
        "15 | the table, and keys are made from data (control)": (keyed, deduced(moved_by_name(keyed), by_name)),
        "2 | the mean of all breakdowns, of which there are 3 at most": (keyed, averaged(keyed.public)),
        f"2 | the mean of {len(AGES)} breakdowns, without a limit (control)": (careless, averaged(careless.public)),
    }
    rows = ["| | who has | claims | of these true |", "| ---: | --- | ---: | ---: |"]
    rows += [
        f"| {who} | {len(found)} | {f'{share_right(one, found):.0%}' if found else '-'} |"
        for who, (one, found) in claims.items()
    ]
    return "\n".join(rows)
