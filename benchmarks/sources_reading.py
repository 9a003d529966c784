"""What does a register cost beyond parsing its CSV: snapshot, pseudonyms, codes, ages, checks of every row?

Three years of a made-up register (one million rows) are read by ``read_source``, and the same columns of the same
files by plain ``polars.read_csv``, which checks and keeps nothing. The ratio of processor times is the price of care.

Run: ``python benchmarks/sources_reading.py [persons]``
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from sozialraum.catalogue import load_project
from sozialraum.sources import Vault, read_source

PERSONS, YEARS = 333_333, (2022, 2023, 2024)
MOST = 9.0
"""Reading with care may take so many times as long as parsing alone."""

CITY = 'name = "Stadt"\nags = "09999001"\nhome = "stadt"\nwhole = "stadt"\n'
AREA = 'title.de = "Stadt"\nfile = "stadt.csv"\ncode = "code"\nname = "name"\n'
REGISTER = """
title.de = "Melderegister"
provider = "Amt"
licence = "intern"
policy = "register"
kind = "register"
universe = "persons"
retention_years = 2
file = "personen_*.csv"
period_in_name = 'personen_(\\d{4})'
[columns]
Nummer = { identifier = "person" }
Haus = { identifier = "building" }
Geburt = { dimension = "age", reads = "birth-date" }
Geschlecht = { dimension = "sex", codes = { w = "female", m = "male" } }
Staat = { dimension = "nationality", codes = { D = "german", A = "foreign" } }
"""


def main() -> None:
    """Print both times and their ratio."""
    persons = int(sys.argv[1]) if len(sys.argv) > 1 else PERSONS
    with tempfile.TemporaryDirectory() as folder:
        town = Path(folder)
        deliver(town, persons)
        project, vault = load_project(town), Vault(town / "vault", b"a key for benchmarks, not for cities")
        files = sorted(project.deliveries.glob("personen_*.csv"))
        ours = best(lambda: read_source(project, "personen", vault))
        plain = best(lambda: [pl.read_csv(file, separator=";", infer_schema=False) for file in files])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{persons * len(YEARS):,} rows; peak memory {memory:.0f} MB")
    print(f"read_source {ours:.2f} s, polars.read_csv {plain:.2f} s")
    print(f"ratio {ours / plain:.1f}   {ours / plain / MOST:.2f} of the bar of {MOST:.0f}")


def deliver(town: Path, persons: int) -> None:
    """Write the project: the same persons each year, a tenth of a house each."""
    files = {"city.toml": CITY, "areas/stadt.toml": AREA, "sources/personen.toml": REGISTER}
    for name, text in {**files, "deliveries/stadt.csv": "code;name\n1;Stadt\n"}.items():
        (town / name).parent.mkdir(parents=True, exist_ok=True)
        (town / name).write_text(text, encoding="utf-8")
    chance = np.random.default_rng(1)
    born = pl.Series(chance.integers(-14_600, 18_993, persons).astype("int32")).cast(pl.Date)  # 1930 to 2021
    register = pl.DataFrame(
        {
            "Nummer": np.arange(persons) + 1_000_000,
            "Nachname": pl.Series(["Müller", "Schmidt", "Yılmaz"]).gather(chance.integers(0, 3, persons)),
            "Haus": chance.integers(0, persons // 10, persons),
            "Geburt": born.dt.to_string("%d.%m.%Y"),
            "Geschlecht": pl.Series(["w", "m"]).gather(chance.integers(0, 2, persons)),
            "Staat": pl.Series(["D", "A"]).gather(chance.integers(0, 2, persons)),
        }
    )
    for year in YEARS:
        register.write_csv(town / "deliveries" / f"personen_{year}.csv", separator=";")


def best(work: Callable[[], object]) -> float:
    """Return the least of three times, in seconds of all processors together."""
    times = []
    for _ in range(3):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


if __name__ == "__main__":
    main()
