"""How long do the counts of ten million people over 3 area systems and 10 dimensions take, against a query by hand?

Both are asked for the same numbers and have the same placed records: every age group and code of every dimension, and
two crossings, in three area systems. The queries by hand are the best that were found: one pass with a conditional sum
for each question, and one grouping for each set of dimensions. They know what ``count`` does not, that the systems
nest: so they group by the finest areas only and add those up after.
Each way runs in processes of its own, in turns, so that the peak memory is its own; the records are read there first,
and the mark of the peak is set back before counting (Linux). Seconds of the processors are printed beside those of the
clock: they say the same on a busy machine.

Run: ``python benchmarks/counts_cube.py [people]``
"""

from __future__ import annotations

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

from sozialraum.areas import AREA_SCHEMA, AreaSystem, AreaSystems
from sozialraum.catalogue.documents import CodeListDoc
from sozialraum.catalogue.measures import Measure
from sozialraum.counts import count
from sozialraum.sources.records import Records

PEOPLE = 10_000_000
ROUNDS, RUNS = 3, 2
SIZES = {"city": 6, "districts": 24, "quarters": 120}
FINEST = "quarters"
EDGES = (0, 3, 6, 10, 15, 18, 21, 30, 45, 60, 65, 75, 80)
LISTS = {
    "sex": 3,
    "sgb2": 2,
    "household_type": 5,
    "nationality": 4,
    "migration": 6,
    "employed": 2,
    "sector": 8,
    "care": 3,
    "benefit": 10,
}
CROSSED = ("sex", "sgb2")


def main() -> None:
    """Run each way in its own process and print times, ratios and memory."""
    if len(sys.argv) > 2:
        print(*measured(sys.argv[1], Path(sys.argv[2])))
        return
    people = int(sys.argv[1]) if len(sys.argv) == 2 else PEOPLE
    print(f"{people:,} people, {len(questions())} questions, {', '.join(f'{n} {id}' for id, n in SIZES.items())}")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "people.parquet"
        register(people).write_parquet(file)
        rounds = [{way: alone(way, file) for way in WAYS} for _ in range(ROUNDS)]
    results = {way: [min(values) for values in zip(*(each[way] for each in rounds), strict=True)] for way in WAYS}
    checks = {found.pop() for found in results.values()}
    print(f"the same numbers: {'yes' if len(checks) == 1 else 'NO ' + str(checks)}")
    print(f"{'':<28}  clock  processors   memory: records, peak above them")
    for way, (clock, processors, base, peak) in results.items():
        print(f"{way:<28} {clock:5.2f} s     {processors:5.2f} s          {base:5.0f} MiB     {peak - base:5.0f} MiB")
    for place, name in enumerate(("clock", "processors")):
        best = min(found[place] for way, found in results.items() if way != "cube")
        print(f"ratio cube / best by hand ({name}): {results['cube'][place] / best:.2f} (demanded: <= 1.20)")


def alone(way: str, file: Path) -> list[float]:
    """Run one way in a process of its own and return what :func:`measured` found."""
    command = [sys.executable, __file__, way, str(file)]
    return [float(text) for text in subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()]


def measured(way: str, file: Path) -> tuple[float, float, float, float, int]:
    """Return the best of some runs by clock and by processors, memory before and at the peak, and a checksum."""
    frame = pl.read_parquet(file)
    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    clock, processors, checksum = [], [], 0
    for _ in range(RUNS):
        start, busy = time.perf_counter(), time.process_time()
        found = WAYS[way](frame)
        clock.append(time.perf_counter() - start)
        processors.append(time.process_time() - busy)
        checksum = int((found["value"] * found["weight"]).sum())
    return min(clock), min(processors), before, memory("VmHWM"), checksum


def register(people: int) -> pl.DataFrame:
    """Return people with their areas as ``place`` gives them, and dimensions as readers deliver them (text)."""
    generator = np.random.default_rng(1)
    quarter = generator.integers(0, SIZES["quarters"], people)
    columns = {"age": pl.Series(generator.integers(0, 100, people), dtype=pl.Int64)}
    for name, size in LISTS.items():
        columns[name] = pl.Series(codes(name))[generator.integers(0, size, people)]
    for id, size in SIZES.items():
        areas = pl.Series(area_codes(id), dtype=pl.Enum(area_codes(id)))
        columns[f"area:{id}"] = areas[quarter * size // SIZES["quarters"]]
    period = pl.repeat("2024", people, dtype=pl.Enum(["2024"]), eager=True)
    return pl.DataFrame(columns).with_columns(period=period)


def area_codes(id: str) -> list[str]:
    """Return the codes of an area system."""
    return [f"{id[0]}{number:03}" for number in range(SIZES[id])]


def codes(name: str) -> list[str]:
    """Return the codes of a list dimension."""
    return [f"{name}_{number}" for number in range(LISTS[name])]


def age_groups() -> list[str]:
    """Return the age groups that are asked for."""
    return [f"{low}-{high - 1}" for low, high in pairwise(EDGES)] + [f"{EDGES[-1]}+"]


def questions() -> list[Measure]:
    """Return every question: the total, every group and code alone, and age crossed with two lists."""
    singles = [{"age": group} for group in age_groups()] + [{n: code} for n in LISTS for code in codes(n)]
    crossed = [{"age": group, n: code} for group in age_groups() for n in CROSSED for code in codes(n)]
    return [Measure.of("persons", where) for where in [{}, *singles, *crossed]]


def by_cube(frame: pl.DataFrame) -> pl.DataFrame:
    """Count as sozialraum counts."""
    systems = AreaSystems({id: area_system(id, level) for level, id in enumerate(SIZES)})
    title = {"de": "-"}
    documents = {name: CodeListDoc(title=title, kind="list", codes=dict.fromkeys(codes(name), title)) for name in LISTS}
    documents["age"] = CodeListDoc(title=title, kind="interval")
    return weighted(count(Records("people", "persons", frame), questions(), systems, documents).frame)


def area_system(id: str, level: int) -> AreaSystem:
    """Return an area system without geometry (the records are placed already)."""
    frame = pl.DataFrame([{"code": code, "name": code} for code in area_codes(id)], schema=AREA_SCHEMA)
    return AreaSystem(id, {"de": id}, None, frame, level=level)


def by_conditional_sums(frame: pl.DataFrame) -> pl.DataFrame:
    """Count with one grouping by the finest areas, a conditional sum for each question, rolled up after."""
    sums = [condition(q).sum().alias(str(i)) if q.where else pl.len().alias(str(i)) for i, q in enumerate(questions())]
    finest = frame.lazy().group_by(f"area:{FINEST}", "period").agg(*sums).collect(engine="streaming")
    return pl.concat([rolled_up(finest, id) for id in SIZES])


def rolled_up(finest: pl.DataFrame, id: str) -> pl.DataFrame:
    """Return one system's numbers from those of the finest areas."""
    names = [str(i) for i in range(len(questions()))]
    one = finest.group_by(area_in(id), "period").agg(pl.col(names).sum())
    long = one.unpivot(names, index=["area", "period"], variable_name="question")
    texts = pl.DataFrame([(q.universe, q.where_text) for q in questions()], ["universe", "where"], orient="row")
    texts = texts.with_columns(pl.Series("question", names))
    return weighted(long.join(texts, on="question").with_columns(pl.lit(id).alias("area_system")))


def area_in(id: str) -> pl.Expr:
    """Return the area of a coarser system that a finest area lies in."""
    above = {code: area_codes(id)[n * SIZES[id] // SIZES[FINEST]] for n, code in enumerate(area_codes(FINEST))}
    return pl.col(f"area:{FINEST}").cast(pl.String).replace_strict(above).alias("area")


def age_group() -> pl.Expr:
    """Return the number of the age group."""
    group = pl.lit(0, pl.UInt8)
    for number, low in enumerate(EDGES[1:], 1):
        group = pl.when(pl.col("age") >= low).then(pl.lit(number, pl.UInt8)).otherwise(group)
    return group.alias("age")


def by_groupings(frame: pl.DataFrame) -> pl.DataFrame:
    """Count with one grouping for each set of dimensions, in one go, rolled up after."""
    cut = frame.lazy().with_columns(age_group())
    sets = sorted({tuple(name for name, _ in q.where) for q in questions()})
    queries = [cut.group_by(f"area:{FINEST}", "period", *dimensions).len("value") for dimensions in sets]
    found = pl.collect_all(queries, engine="streaming")
    parts = [spelled(one, dimensions, id) for dimensions, one in zip(sets, found, strict=True) for id in SIZES]
    return pl.concat(parts)


def spelled(finest: pl.DataFrame, dimensions: tuple[str, ...], id: str) -> pl.DataFrame:
    """Return one system's numbers of one set of dimensions, with the question written out."""
    if "age" in dimensions:
        finest = finest.with_columns(pl.Series(age_groups(), dtype=pl.String).gather(finest["age"]).alias("age"))
    one = finest.group_by(area_in(id), "period", *dimensions).agg(pl.col("value").sum())
    parts = [pl.concat_str(pl.lit(f"{name}="), pl.col(name).cast(pl.String)) for name in dimensions]
    where = pl.concat_str(parts, separator=";") if parts else pl.lit("")
    named = one.with_columns(where.alias("where"), pl.lit("persons").alias("universe"))
    return weighted(named.with_columns(pl.lit(id).alias("area_system")))


def weighted(frame: pl.DataFrame) -> pl.DataFrame:
    """Give each number a weight that depends on what it stands for, so that a checksum notices every confusion."""
    key = pl.concat_str("universe", "where", "area_system", "area", separator=" ")
    return frame.select(pl.col("value").cast(pl.Int64), (key.hash(7) % 1000).cast(pl.Int64).alias("weight"))


WAYS: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "cube": by_cube,
    "conditional sums by hand": by_conditional_sums,
    "groupings by hand": by_groupings,
}

if __name__ == "__main__":
    main()
