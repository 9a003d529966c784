"""A whole country, municipality after municipality: a folder of Parquet becomes a folder of cells."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from sozialraum import __version__
from sozialraum.areas.crs import INTERNAL, parse_crs
from sozialraum.areas.geoparquet import write_points
from sozialraum.errors import DeliveryError, Fault, Faults, InputError, disk_faults
from sozialraum.microcells.files import Reading, replacing
from sozialraum.microcells.formation import Cells, Formation
from sozialraum.microcells.partitions import PARQUET, Municipality, find_municipalities
from sozialraum.microcells.portions import MUNICIPALITY, form_one, form_together
from sozialraum.microcells.quality import Quality, Spread
from sozialraum.microcells.runs import Portion, Run, Tally, open_run

REPORT = "quality.json"
# Up to so many houses of small municipalities are formed in one go: asking the engine takes longer than their cells.
PORTION = 25_000
# From so many houses on, all threads work on the areas of one municipality.
LARGE = 50_000
# After so many faults no further municipality is looked at.
ENOUGH_FAULTS = 1_000

LEFT = "municipalities that are finished stay"
ADVICE = "make room or give write access, then give the same command again: it goes on from there"

Tell = Callable[[int, int], None]
"""Hears how many houses are done, of how many."""


@dataclass(frozen=True, slots=True)
class Country:
    """What became of a folder of municipalities.

    Attributes:
        quality: the report over all of them.
        municipalities: how many there are.
        taken_over: how many of them an earlier run had finished.
        notes: what was noticed on the way.
    """

    quality: Quality
    municipalities: int
    taken_over: int
    notes: tuple[Fault, ...]


def form_country(
    source: str | Path,
    target: str | Path,
    options: Formation | None = None,
    tell: Tell = lambda done, total: None,
    *,
    reading: Reading | None = None,
) -> Country:
    """Form the cells of every municipality of a folder; memory is needed for the largest one, not for all.

    The cells of an area depend on its houses, its code and the options alone: they are the same formed here, by
    ``form_cells`` or on Spark, with other municipalities or alone, on any number of threads. Where a file names no
    areas, the municipality is one, with the municipality's code. Ids of buildings, and codes of areas, need to be
    unique within their municipality only; ids of cells are what codes of areas are.

    An interrupted run (Ctrl+C, a full disk, a fault in some file) leaves whole municipalities, and the same call goes
    on with the others.

    Args:
        source: a Parquet file for each municipality (``05113000.parquet``), or a folder each
            (``municipality=05113000/``); GeoParquet, or with x and y.
        target: a folder to write to. It gets ``05113000.parquet`` as ``write_cells`` writes it for every municipality,
            ``_cells/*.parquet`` with the measures of all cells and their municipalities, ``_run.jsonl`` (what is
            finished) and, when all is done, ``quality.json``. All of it is confidential.
        options: how to form cells.
        tell: hears how far the work is, in the thread of the caller; what it raises stops the work.
        reading: what the files do not say themselves.

    Raises:
        DeliveryError: with the faults of all municipalities; those without are finished.
        InputError: the folders do not go together, the target can not be written, or was made from something else.
        BusyError: another process writes into the target.
    """
    source, target, options, reading = Path(source), Path(target), options or Formation(), reading or Reading()
    _check_places(source, target, reading)
    faults = Faults()
    municipalities = find_municipalities(source, faults)
    if not municipalities:
        faults.throw(DeliveryError)
    with disk_faults(target, LEFT, ADVICE), open_run(target, _settings(options, reading), municipalities) as run:
        finished = run.finished()
        waiting = [municipality for municipality in municipalities if municipality.code not in finished]
        if waiting:
            (target / REPORT).unlink(missing_ok=True)
        _form_all(waiting, municipalities, _Work(run, options, reading), tell, faults)
        faults.throw(DeliveryError)
        quality = _combined(run, options)
        with replacing(target / REPORT) as unfinished:
            content = json.dumps(quality.as_json(), ensure_ascii=False, indent=2)
            unfinished.write_text(content + "\n", encoding="utf-8")
    return Country(quality, len(municipalities), len(municipalities) - len(waiting), tuple(sorted(set(faults.notes))))


def _check_places(source: Path, target: Path, reading: Reading) -> None:
    faults = Faults()
    if not source.is_dir():
        faults.add(str(source), "the folder does not exist", advice="Name the folder with the municipalities' files.")
    if target.suffix == PARQUET or (target.exists() and not target.is_dir()):
        what = "the cells of a folder of municipalities are written into a folder"
        faults.add(str(target), what, advice="Name a folder that is new or empty.")
    here, there = source.resolve(), target.resolve()
    if there.is_relative_to(here) or here.is_relative_to(there):
        what = "the folder to write to and the delivery lie in each other"
        faults.add(str(target), what, advice="Name a folder beside the delivery.")
    if reading.area_file:
        advice = "Deliver a column area in every file; without it each municipality is one area."
        faults.add(str(reading.area_file), "an area file is for one file of buildings", advice=advice)
    faults.throw(InputError)
    if reading.crs:
        parse_crs(reading.crs, str(source))


def _settings(options: Formation, reading: Reading) -> dict[str, object]:
    """Return what cells depend on beside the houses."""
    settings = {"software": f"sozialraum {__version__}", **asdict(options)}
    del settings["threads"]
    how = {name: getattr(reading, name) for name in ("layer", "crs", "assume_households")}
    return settings | how | {"columns": dict(reading.columns)}


@dataclass(frozen=True, slots=True)
class _Outcome:
    houses: int
    faults: Faults


@dataclass(frozen=True, slots=True)
class _Work:
    """Reads, forms and writes portions."""

    run: Run
    options: Formation
    reading: Reading

    def __call__(self, portion: Sequence[Municipality], threads: int) -> _Outcome:
        """Form and write some municipalities, at once if possible; collect faults of those where it can not be done."""
        options, faults = replace(self.options, threads=threads), Faults()
        together = form_together(portion, options, self.reading) if len(portion) > 1 else None
        if together:
            self._write(portion, together)
        for municipality in () if together else portion:
            try:
                self._write([municipality], form_one(municipality, options, self.reading, faults))
            except InputError as error:
                faults.extend(error.faults)
        return _Outcome(sum(municipality.houses for municipality in portion), faults)

    def _write(self, municipalities: Sequence[Municipality], cells: Cells) -> None:
        """Write the cells of some municipalities, and write down that they are finished."""
        digests = {municipality.code: municipality.digest() for municipality in municipalities}
        parts = cells.members.partition_by(MUNICIPALITY, as_dict=True, include_key=False)
        for code in digests:
            members = parts.get((code,), cells.members.clear())
            points = members["x"].to_numpy(), members["y"].to_numpy()
            with replacing(self.run.members(code)) as unfinished:
                write_points(unfinished, members.select("building", "cell", "area"), points, INTERNAL)
        portion = Portion(digests, Tally.of(cells.quality))
        with replacing(self.run.measures(portion)) as unfinished:
            cells.cells.write_parquet(unfinished)
        self.run.add(portion)


def _form_all(
    waiting: Sequence[Municipality], municipalities: Sequence[Municipality], work: _Work, tell: Tell, faults: Faults
) -> None:
    """Form all that waits: large municipalities one after another on all threads, then portions side by side."""
    total = sum(municipality.houses for municipality in municipalities)
    done, left = total - sum(municipality.houses for municipality in waiting), len(waiting)
    tell(done, total)
    for portion, outcome in _outcomes(waiting, work):
        faults.extend(outcome.faults)
        faults.notes.extend(outcome.faults.notes)
        done, left = done + outcome.houses, left - len(portion)
        tell(done, total)
        if len(faults.faults) >= ENOUGH_FAULTS and left:
            what = f"there are so many faults that {left:,} municipalities were not looked at"
            faults.add(str(portion[0].files[0].parent), what, advice="Repair what all files have in common first.")
            return


def _outcomes(waiting: Sequence[Municipality], work: _Work) -> Iterator[tuple[Sequence[Municipality], _Outcome]]:
    threads = work.options.threads or len(os.sched_getaffinity(0))
    for municipality in waiting:
        if municipality.houses >= LARGE:
            yield [municipality], work([municipality], threads)
    with ThreadPoolExecutor(threads) as pool:
        futures = {pool.submit(work, portion, 1): portion for portion in _portions(waiting)}
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _portions(waiting: Sequence[Municipality]) -> Iterator[list[Municipality]]:
    """Yield all but the large municipalities, as many at a time as are worth asking the engine."""
    portion: list[Municipality] = []
    for municipality in waiting:
        if municipality.houses >= LARGE:
            continue
        portion.append(municipality)
        if sum(one.houses for one in portion) >= PORTION:
            yield portion
            portion = []
    if portion:
        yield portion


def _combined(run: Run, options: Formation) -> Quality:
    """Return the report over everything that is finished: counts add up, spreads are taken from the written cells."""
    tally = sum((portion.tally for portion in run.portions), Tally())
    cells = pl.scan_parquet(sorted(run.measures(portion) for portion in run.portions), glob=False)
    several = pl.col("buildings") > 1
    figures = cells.select(
        cells=pl.len(),
        multi_house_cells=several.sum(),
        flagged=pl.col("flagged").sum(),
        one_street=(several & (pl.col("streets") == 1)).sum(),
        households=pl.col("households").sum(),
        cost=(several * pl.col("cost")).sum() / (several * pl.col("households")).sum(),
    )
    found: dict[str, Any] = figures.collect(engine="streaming").row(0, named=True)
    multi_house_cells = found["multi_house_cells"]
    known = tally.streets_known and multi_house_cells > 0
    left_out = sum(area.households for area in tally.areas_without_cells)
    return Quality(
        mode=options.mode,
        minimum=options.minimum,
        cap=options.cap,
        areas=tally.areas,
        buildings=tally.buildings,
        households=tally.households,
        buildings_without_households=tally.buildings_without_households,
        areas_without_cells=tuple(sorted(tally.areas_without_cells, key=lambda area: area.area)),
        cells=found["cells"],
        multi_house_cells=multi_house_cells,
        households_per_cell=_spread(cells.select("households")),
        diameter=_spread(cells.filter(several).select("diameter")),
        cost=round(found["cost"], 2) if multi_house_cells else None,
        paid=tally.paid,
        least=tally.least,
        flagged=found["flagged"],
        one_street_share=found["one_street"] / multi_house_cells if known else None,
        households_lost=tally.households - found["households"] - left_out,
    )


def _spread(column: pl.LazyFrame) -> Spread | None:
    return Spread.of(column.collect(engine="streaming").to_series())
