"""How long do 100 indicators of 83 million people in 11,000 municipalities take, from Parquet to counts?

Both ways read the same files, one sorted by municipality and one not, in processes of their own: ``count`` as
sozialraum counts, and the query as one would write it, a conditional sum for each question. The register is synthetic:
sizes of municipalities follow a power law, as they do in the country.

Run: ``python benchmarks/counts_country.py [people]``
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
from _counting import condition
from _memory import memory
from numpy.typing import NDArray

from sozialraum.areas import AREA_SCHEMA, AreaSystem, AreaSystems
from sozialraum.catalogue.documents import CodeListDoc
from sozialraum.catalogue.measures import Measure
from sozialraum.counts import count
from sozialraum.sources.records import Records

PEOPLE, MUNICIPALITIES, CHUNK = 83_000_000, 11_000, 1_000_000
MOST_SECONDS, MOST_GIGABYTES = 10.0, 1.5
EDGES = (0, 3, 6, 10, 15, 18, 25, 30, 45, 50, 65, 75, 80)
LISTS = {"sex": ("f", "m"), "nationality": ("de", "other"), "sgb2": ("no", "yes"), "employed": ("no", "yes")}
AREA = "area:municipalities"
CODES = [f"{number:08}" for number in range(1, MUNICIPALITIES + 1)]


def main() -> int:
    """Write the registers, run each way on each and print times, memory and ratios; return whether a bar is missed."""
    if len(sys.argv) > 2:
        print(*measured(sys.argv[1], Path(sys.argv[2])))
        return 0
    people = int(sys.argv[1]) if len(sys.argv) == 2 else PEOPLE
    print(f"{people:,} people, {MUNICIPALITIES:,} municipalities, {len(questions())} questions")
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        for order in ("sorted", "unsorted"):
            file = write_register(Path(folder) / order, people, shuffled=order == "unsorted")
            found = {way: alone(way, file) for way in WAYS}
            same = len({checksum for *_, checksum in found.values()}) == 1
            gigabytes = sum(part.stat().st_size for part in file.iterdir()) / 1e9
            print(f"\n{order}: {gigabytes:.2f} GB; the same numbers: {'yes' if same else 'NO'}")
            for way, (clock, processors, gigabytes, _) in found.items():
                print(
                    f"{way:<28} {clock:6.2f} s  {processors:6.2f} s of processors  {gigabytes:5.2f} GB beyond the start"
                )
            clock, _, gigabytes, _ = found["sozialraum"]
            ratio = clock / found["conditional sums by hand"][0]
            missed += held("time over the query by hand", ratio, 1.0, same)
            missed += held("seconds", clock, MOST_SECONDS, same)
            missed += held("gigabytes", gigabytes, MOST_GIGABYTES, same)
            shutil.rmtree(file)
    return int(missed > 0)


def held(name: str, value: float, most: float, same: bool) -> bool:
    """Print whether a bar holds; return whether it is missed."""
    missed = value > most or not same
    print(f"{'MISSED' if missed else 'holds':<7} {name:<40} {value:6.2f}  (<= {most:g})")
    return missed


def alone(way: str, file: Path) -> list[float]:
    """Run one way in a process of its own and return what :func:`measured` found."""
    command = [sys.executable, __file__, way, str(file)]
    return [float(text) for text in subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()]


def measured(way: str, file: Path) -> tuple[float, float, float, int]:
    """Return seconds by clock and by processors, the peak of memory beyond the start in GB, and a checksum."""
    ways = WAYS[way]
    before = memory("VmRSS")
    start, busy = time.perf_counter(), time.process_time()
    found = ways(file)
    clock, processors = time.perf_counter() - start, time.process_time() - busy
    peak = (memory("VmHWM") - before) * 2**20 / 1e9
    key = pl.concat_str("where", "area", separator=" ").hash(7) % 1000
    checksum = int(found.select((pl.col("value").cast(pl.Int64) * key.cast(pl.Int64)).sum()).item())
    return clock, processors, peak, checksum


# --- the register -----------------------------------------------------------------------------------------------------


def write_register(folder: Path, people: int, *, shuffled: bool) -> Path:
    """Write the people, a file for each million."""
    folder.mkdir()
    sizes = municipality_sizes(people)
    ends = np.cumsum(sizes)
    for part, first in enumerate(range(0, people, CHUNK)):
        number = np.arange(first, min(first + CHUNK, people))
        generator = np.random.default_rng(first)
        if shuffled:
            area = generator.choice(MUNICIPALITIES, len(number), p=sizes / people)
        else:
            area = np.searchsorted(ends, number, side="right")
        people_of(area, generator).write_parquet(folder / f"{part:03}.parquet")
    return folder


def municipality_sizes(people: int) -> NDArray[np.int64]:
    """Return how many people live in each municipality."""
    weight = (np.arange(MUNICIPALITIES) + 10.0) ** -0.9
    sizes = np.floor(weight / weight.sum() * people).astype(np.int64)
    sizes[0] += people - sizes.sum()
    return np.random.default_rng(1).permutation(sizes)


def people_of(area: NDArray[np.int64], generator: np.random.Generator) -> pl.DataFrame:
    """Return some people in the columns of a placed register."""
    count = len(area)
    columns = {"age": pl.Series(np.minimum(generator.gamma(4.0, 11.0, count), 105).astype(np.uint8))}
    for name, codes in LISTS.items():
        columns[name] = pl.Series(codes, dtype=pl.Enum(codes)).gather(generator.integers(0, len(codes), count))
    columns[AREA] = pl.Series(CODES, dtype=pl.Enum(CODES)).gather(area)
    return pl.DataFrame(columns).with_columns(period=pl.lit("2024", pl.Enum(["2024"])))


# --- the questions ----------------------------------------------------------------------------------------------------


def questions() -> list[Measure]:
    """Return what 100 indicators ask: age groups alone, by sex, nationality, benefit and employment, and crossings."""
    ages = [f"{low}-{high - 1}" for low, high in pairwise(EDGES)] + [f"{EDGES[-1]}+", "0-17", "18-64", "65+", "15-64"]
    wheres: list[dict[str, str]] = [{}, *({"age": age} for age in ages)]
    wheres += [{"age": age, name: LISTS[name][-1]} for name in LISTS for age in ages]
    wheres += [{"sex": "f", name: LISTS[name][-1]} for name in ("nationality", "sgb2", "employed")]
    wheres += [{"age": age, "sex": "f", "employed": "yes"} for age in ages[:11]]
    return [Measure.of("persons", where) for where in wheres]


def by_sozialraum(file: Path) -> pl.DataFrame:
    """Count as sozialraum counts."""
    title = {"de": "-"}
    documents = {
        n: CodeListDoc(title=title, kind="list", codes=dict.fromkeys(codes, title)) for n, codes in LISTS.items()
    }
    documents["age"] = CodeListDoc(title=title, kind="interval")
    frame = pl.DataFrame([{"code": code, "name": code} for code in CODES], schema=AREA_SCHEMA)
    systems = AreaSystems({"municipalities": AreaSystem("municipalities", {"de": "-"}, None, frame, level=0)})
    return count(Records("people", "persons", pl.scan_parquet(file)), questions(), systems, documents).frame


def by_conditional_sums(file: Path) -> pl.DataFrame:
    """Count with one grouping by the municipality and a conditional sum for each question."""
    sums = [condition(question).sum().alias(question.where_text) for question in questions()]
    wide = pl.scan_parquet(file).group_by(AREA).agg(sums).collect(engine="streaming")
    return (
        wide.unpivot(index=AREA, variable_name="where")
        .rename({AREA: "area"})
        .with_columns(pl.col("area").cast(pl.String))
    )


WAYS: dict[str, Callable[[Path], pl.DataFrame]] = {
    "sozialraum": by_sozialraum,
    "conditional sums by hand": by_conditional_sums,
}

if __name__ == "__main__":
    sys.exit(main())
