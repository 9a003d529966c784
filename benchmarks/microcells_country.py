"""How long do the microcells of a whole country take, and how much memory beyond its input?

The country is synthetic (see ``_country.py``): a folder of Parquet, a file for each municipality. It is formed as
``sozialraum microcells FOLDER OUT`` does it, from reading the files to the combined report, in a process of its own
whose libraries are loaded and whose kernels are compiled before the clock starts and the mark of the peak is set back
(Linux). ``beyond`` is the peak above what the process held then; the whole input as a table is shown beside it.

Run: ``python benchmarks/microcells_country.py [scale] [mode] [folder]``; scale 1 is the country with 21 million houses
and needs about 2 GB of disk. With a folder the synthesis is kept there and used again.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
from _country import write_country
from _memory import memory

from sozialraum.microcells import Formation, Reading, form_cells
from sozialraum.microcells.country import form_country

SCALE = 0.05
READING = Reading(crs="EPSG:25832")


def main() -> None:
    """Make the country, form its cells elsewhere, and print what it took."""
    if len(sys.argv) == 5 and sys.argv[1] == "--alone":
        print(json.dumps(measured(Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])))
        return
    scale, mode, kept, *_ = (*sys.argv[1:], *(str(SCALE), "street", "")[len(sys.argv) - 1 :])
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(kept or temporary) / f"country-{scale}"
        if not source.is_dir():
            unfinished = source.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            write_country(unfinished, float(scale))
            unfinished.rename(source)
        report(source, mode, alone(source, Path(temporary) / "cells", mode))


def alone(source: Path, target: Path, mode: str) -> dict[str, float]:
    """Run :func:`measured` in a process of its own."""
    command = [sys.executable, __file__, "--alone", str(source), str(target), mode]
    found: dict[str, float] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return found


def measured(source: Path, target: Path, mode: str) -> dict[str, float]:
    """Form the country and return seconds by clock and by processors, memory before and at the peak, and the report."""
    options = Formation(mode=mode)
    form_cells(sample(source), options)  # compiles, or loads what was compiled
    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    start, busy = time.perf_counter(), time.process_time()
    quality = form_country(source, target, options, reading=READING).quality
    clock, processors = time.perf_counter() - start, time.process_time() - busy
    return {
        "clock": clock,
        "processors": processors,
        "before": before,
        "peak": memory("VmHWM"),
        "houses": quality.buildings,
        "households": quality.households,
        "cells": quality.cells,
        "mean": quality.households / quality.cells,
        "p95": quality.diameter.p95 if quality.diameter else 0.0,
        "lost": quality.households_lost,
    }


def sample(source: Path) -> pl.DataFrame:
    """Return the houses of one small municipality."""
    smallest = min(source.iterdir(), key=lambda file: file.stat().st_size)
    return pl.read_parquet(smallest).head(1_000)


def report(source: Path, mode: str, found: dict[str, float]) -> None:
    """Print what one run took."""
    files = sorted(source.iterdir())
    sizes = [pl.scan_parquet(file).select(pl.len()).collect().item() for file in files]
    whole = sum(pl.read_parquet(file).estimated_size() for file in files) / 2**20
    print(
        f"{found['houses']:,} houses, {found['households']:,} households, {len(files):,} municipalities,"
        f" the largest with {max(sizes):,} houses; mode {mode}"
    )
    print(f"{found['cells']:,} cells, {found['mean']:.2f} households each, 95 % within {found['p95']:.1f} m")
    print(
        f"clock {found['clock']:.1f} s, processors {found['processors']:.1f} s,"
        f" {found['houses'] / found['clock']:,.0f} houses a second"
    )
    print(
        f"memory: {found['before']:.0f} MiB before, peak {found['peak']:.0f} MiB,"
        f" beyond {found['peak'] - found['before']:.0f} MiB (demanded: <= 300); the input as a table {whole:,.0f} MiB"
    )
    print(f"households lost: {found['lost']}")


if __name__ == "__main__":
    main()
