"""What reading one delivery knows: its document, its files, the area systems, and where faults go."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import polars as pl

from sozialraum.areas.systems import AreaSystems
from sozialraum.catalogue import ColumnDoc, Project, SourceDoc
from sozialraum.errors import Fault, Faults, InputError
from sozialraum.periods import is_period
from sozialraum.sources.formats.opening import read_table
from sozialraum.sources.formats.options import Options
from sozialraum.sources.formats.remote import fetch, is_remote
from sozialraum.sources.pseudonyms import Pseudonyms
from sozialraum.sources.raw import as_text, nearest
from sozialraum.sources.records import Snapshot
from sozialraum.sources.vault import Vault

SIDECARS = (".dbf", ".shx", ".prj", ".cpg", ".dat", ".map", ".id", ".ind", ".mid")
"""Endings of files that belong to one with geometry and have its name."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A file to be read.

    Attributes:
        path: where it is.
        name: the file as the user knows it, relative to the deliveries folder.
        period: what its name or the source's document says; None where a column says it.
    """

    path: Path
    name: str
    period: str | None = None


@dataclass(frozen=True)
class Reading:
    """One source being read.

    Attributes:
        project: the city's documents.
        source: id of the source.
        vault: where snapshots are kept.
        pseudonyms: what turns identifiers into keyed hashes.
        systems: area systems, to know which areas there are; None leaves area codes unchecked.
        scratch: a folder for fetched files.
        faults: collects.
        snapshots: files that were read.
    """

    project: Project
    source: str
    vault: Vault
    pseudonyms: Pseudonyms
    systems: AreaSystems | None
    scratch: Path
    faults: Faults = field(default_factory=Faults)
    snapshots: list[Snapshot] = field(default_factory=list)

    @property
    def doc(self) -> SourceDoc:
        """The source's document."""
        return self.project.sources[self.source]

    @property
    def toml(self) -> str:
        """The source's document as the user knows it."""
        return self.project.name_of("sources", self.source)

    @cached_property
    def options(self) -> Options:
        """How the files are to be read."""
        return Options.of(self.doc, self.project.city.crs, self.toml)

    def files(self) -> list[Delivered]:
        """Find the delivered files, keep a snapshot of each, and find the period in its name where it is there."""
        if is_remote(self.doc.file):
            path = fetch(self.doc.file, self.scratch, self.faults)
            found = [Delivered(path, self.doc.file)] if path else []
        else:
            found = [Delivered(path, self._name(path)) for path in self._paths(self.doc.file)]
        found = [replace(item, period=self._period_of(item)) for item in found]
        self._keep(found)
        return found

    def lookup(self, column: ColumnDoc) -> Mapping[str, str] | None:
        """Read the delivered file that translates a column; None where the column needs none."""
        if column.lookup is None:
            return None
        beside = (self.project.deliveries / self.doc.file).parent / column.lookup
        paths = [beside] if beside.is_file() else self._paths(column.lookup)
        if not paths:
            return {}
        delivered = Delivered(paths[0], self._name(paths[0]))
        self._keep([delivered])
        raw = read_table(delivered.path, delivered.name, Options(), None, self.faults)
        if raw is None:
            return {}
        keys, *others = raw.frame.columns[1:]
        value = column.by if column.by in others else others[0] if len(others) == 1 else None
        if value is None:
            advice = f"the first column is the key; one of the others must be called {column.by}"
            self.faults.add(delivered.name, "this column is missing", line=1, column=column.by, advice=advice)
            return {}
        pairs = zip(as_text(raw.frame[keys]), as_text(raw.frame[value]), strict=True)
        return {(key or "").strip().rjust(column.pad or 0, "0"): (text or "").strip() for key, text in pairs}

    def each(self, files: Sequence[Delivered], read: Reader) -> list[pl.DataFrame]:
        """Read files side by side; what comes of them, faults and notes stay in the order of the files."""
        alone = [replace(self, faults=Faults()) for _ in files]
        with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
            parts = list(pool.map(read, alone, files))
        for one in alone:
            self.faults.extend(one.faults)
            self.faults.notes.extend(one.faults.notes)
        return [part for found in parts for part in found]

    def _paths(self, pattern: str) -> list[Path]:
        plain = self.project.deliveries / pattern
        if plain.exists():
            return [plain]
        folder = self.project.deliveries
        found = sorted(folder.glob(pattern)) if any(sign in pattern for sign in "*?[") else []
        if not found:
            names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
            advice = f"put it into {folder.name}/; {nearest(pattern, names)}"
            if not names:
                advice = f"put it into {folder.name}/, there is no file yet"
            self.faults.add(pattern, "the file is missing", advice=advice)
        return found

    def _name(self, path: Path) -> str:
        folder = self.project.deliveries
        return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name

    def _keep(self, found: Iterable[Delivered]) -> None:
        """Keep snapshots; where one can not be kept, those before it are."""
        stored: list[Snapshot] = []
        name = ""
        try:
            try:
                for path, snapshot in (pair for delivered in found for pair in self._parts(delivered)):
                    name = snapshot.file
                    stored.append(self.vault.store(path, snapshot))
            finally:
                self.snapshots.extend(self.vault.enter(stored))
        except OSError as error:
            what = f"no snapshot can be kept ({error.strerror or error})"
            advice = "nothing has changed; look at the disk's free space and the rights of the vault's folder"
            raise InputError(Fault(name, what=what, advice=advice)) from error

    def _parts(self, delivered: Delivered) -> Iterator[tuple[Path, Snapshot]]:
        """Yield a file and those that belong to it, with what is known about them."""
        if not delivered.path.is_file() or not delivered.path.stat().st_size:
            return
        doc = self.doc
        details = {"url": doc.url, "period": delivered.period, "contact": doc.contact.name if doc.contact else None}
        known = {key: value for key, value in details.items() if value}
        siblings = [delivered.path.with_suffix(ending) for ending in SIDECARS] if delivered.path.suffix else []
        for path in [delivered.path, *(sibling for sibling in siblings if sibling.is_file())]:
            name = delivered.name if path == delivered.path else self._name(path)
            yield path, Snapshot("", name, self.source, 0, doc.provider, doc.licence, known)

    def _period_of(self, delivered: Delivered) -> str | None:
        doc = self.doc
        if doc.period_in_name is None:
            return doc.period
        found = re.search(doc.period_in_name, delivered.name)
        if found and found.groups() and is_period(found[1]):
            return found[1]
        advice = f"period_in_name is {doc.period_in_name}; its group must find 2024, 2024-H1, 2024-05 ..."
        self.faults.add(delivered.name, "no period is found in the file's name", advice=advice)
        return None


Reader = Callable[[Reading, Delivered], list[pl.DataFrame]]
"""Reads one file of a source."""
