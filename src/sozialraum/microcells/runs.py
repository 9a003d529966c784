"""What a long run has finished, written down line by line so that it can go on after an interruption."""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sozialraum.errors import BusyError, Faults, InputError
from sozialraum.microcells.files import replacing
from sozialraum.microcells.partitions import PARQUET, Municipality
from sozialraum.microcells.quality import AreaWithoutCells, Quality

RECORD = "_run.jsonl"
"""One line with the settings, then one for every portion that is finished."""

MEASURES = "_cells"
"""The folder of the cells' measures, a file for each portion."""

ANEW = "Choose another folder, or delete this one to form everything anew."
_NAMED = 20


@dataclass(frozen=True, slots=True)
class Tally:
    """What adds up of the reports on the quality of several formations; all else is in the cells' measures."""

    areas: int = 0
    buildings: int = 0
    households: int = 0
    buildings_without_households: int = 0
    areas_without_cells: tuple[AreaWithoutCells, ...] = ()
    streets_known: bool = False
    paid: int = 0
    least: int = 0

    @classmethod
    def of(cls, quality: Quality) -> Tally:
        """Return what a report says that adds up."""
        return cls(
            quality.areas,
            quality.buildings,
            quality.households,
            quality.buildings_without_households,
            quality.areas_without_cells,
            quality.one_street_share is not None,
            quality.paid,
            quality.least,
        )

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Tally:
        """Return a tally as :func:`dataclasses.asdict` wrote it."""
        return cls(**{**content, "areas_without_cells": tuple(AreaWithoutCells(**a) for a in _empty(content))})

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.areas + other.areas,
            self.buildings + other.buildings,
            self.households + other.households,
            self.buildings_without_households + other.buildings_without_households,
            self.areas_without_cells + other.areas_without_cells,
            self.streets_known or other.streets_known,
            self.paid + other.paid,
            self.least + other.least,
        )


def _empty(content: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    found: Iterable[Mapping[str, Any]] = content["areas_without_cells"]
    return found


@dataclass(frozen=True, slots=True)
class Portion:
    """What was finished in one go.

    Attributes:
        inputs: the sha256 of what each municipality's cells were made from, by its code.
        tally: what it adds to the report.
    """

    inputs: Mapping[str, str]
    tally: Tally

    def line(self) -> str:
        """Return the portion as a line of the record."""
        return json.dumps({"inputs": dict(self.inputs), "tally": asdict(self.tally)}, ensure_ascii=False) + "\n"


@dataclass(slots=True)
class Run:
    """A run that writes into a folder, and what it and earlier runs have finished there.

    Attributes:
        target: the folder.
        portions: what is finished.
    """

    target: Path
    portions: list[Portion]
    _writing: threading.Lock = field(default_factory=threading.Lock)

    def members(self, code: str) -> Path:
        """Return where the buildings of a municipality and their cells are."""
        return self.target / f"{code}{PARQUET}"

    def measures(self, portion: Portion) -> Path:
        """Return where the measures of a portion's cells are: a file with the name of its first municipality."""
        return self.target / MEASURES / f"{min(portion.inputs)}{PARQUET}"

    def finished(self) -> set[str]:
        """Return the codes of the municipalities that are finished."""
        return {code for portion in self.portions for code in portion.inputs}

    def add(self, portion: Portion) -> None:
        """Write down that a portion is finished; several threads may do so."""
        with self._writing:
            with (self.target / RECORD).open("a", encoding="utf-8") as stream:
                stream.write(portion.line())
            self.portions.append(portion)


@contextmanager
def open_run(target: Path, settings: Mapping[str, Any], municipalities: Iterable[Municipality]) -> Iterator[Run]:
    """Begin a run in a new or empty folder, or go on with one that was made from the same with the same settings.

    Args:
        target: the folder to write into; it is made where it does not exist.
        settings: what the cells depend on beside the houses, as JSON knows it.
        municipalities: what is to be formed. Those that are finished must be what they were.

    Raises:
        InputError: the folder holds something else, or was made with other settings or from other input.
        BusyError: another process writes into it.
    """
    target.mkdir(parents=True, exist_ok=True)
    with _alone(target):
        portions = _earlier(target, settings, {municipality.code: municipality for municipality in municipalities})
        (target / MEASURES).mkdir(exist_ok=True)
        run = Run(target, portions)
        _tidy(run)
        with replacing(target / RECORD) as unfinished:
            header = json.dumps(settings, ensure_ascii=False) + "\n"
            unfinished.write_text(header + "".join(portion.line() for portion in portions), encoding="utf-8")
        yield run


def _tidy(run: Run) -> None:
    """Remove what belongs to nothing that is finished: halves of files, and measures of portions that are not whole."""
    measures = {run.measures(portion) for portion in run.portions}
    for rest in (run.target / MEASURES).iterdir():
        if rest not in measures:
            rest.unlink()
    for half in run.target.glob(".*.unfinished"):
        half.unlink()


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    folder = os.open(target, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BusyError(f"another process writes microcells into {target}; wait until it is done") from error
        yield
    finally:
        os.close(folder)


def _earlier(target: Path, settings: Mapping[str, Any], municipalities: Mapping[str, Municipality]) -> list[Portion]:
    """Return what earlier runs finished, without what is not whole."""
    faults = Faults()
    if not (target / RECORD).is_file():
        if any(not place.name.endswith(".unfinished") for place in target.iterdir()):
            advice = "Name a folder that is new or empty."
            faults.add(str(target), "the folder holds something else than microcells of a country", advice=advice)
        faults.throw(InputError)
        return []
    made_with, portions = _read_record(target / RECORD)
    _compare_settings(target, made_with, settings, faults)
    faults.throw(InputError)
    whole = [portion for portion in portions if _is_whole(Run(target, []), portion)]
    _compare_inputs(target, whole, municipalities, faults)
    faults.throw(InputError)
    return whole


def _read_record(record: Path) -> tuple[dict[str, Any], list[Portion]]:
    """Read a record up to where it was cut off."""
    contents = []
    for line in record.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            contents.append(json.loads(line))
        except ValueError:
            break
    portions = [Portion(content["inputs"], Tally.read(content["tally"])) for content in contents[1:]]
    return contents[0] if contents else {}, portions


def _compare_settings(target: Path, before: Mapping[str, Any], now: Mapping[str, Any], faults: Faults) -> None:
    wanted = json.loads(json.dumps(now))
    for name in sorted({*before, *wanted}):
        if before.get(name) != wanted.get(name):
            what = f"the folder was made with another {name} than the {_shown(wanted.get(name))} that is wanted now"
            faults.add(str(target), what, column=name, value=_shown(before.get(name)), advice=ANEW)


def _shown(setting: object) -> str:
    return setting if isinstance(setting, str) else json.dumps(setting, ensure_ascii=False)


def _compare_inputs(
    target: Path, portions: Iterable[Portion], municipalities: Mapping[str, Municipality], faults: Faults
) -> None:
    differing = []
    for code, digest in sorted(pair for portion in portions for pair in portion.inputs.items()):
        if code not in municipalities:
            differing.append((str(target), f"the folder has cells of {code}, which is not delivered any more"))
        elif municipalities[code].digest() != digest:
            differing.append((municipalities[code].name, f"{target} has cells of {code}, made from another file"))
    for place, what in differing[:_NAMED]:
        faults.add(place, what, advice=ANEW)
    if len(differing) > _NAMED:
        what = f"{len(differing) - _NAMED:,} more municipalities were made from other files"
        faults.add(str(target), what, advice=ANEW)


def _is_whole(run: Run, portion: Portion) -> bool:
    """Tell whether everything that a portion says is finished can be read."""
    try:
        for place in [run.measures(portion), *map(run.members, portion.inputs)]:
            pq.read_metadata(place)
    except (pa.ArrowException, OSError):
        return False
    return True
