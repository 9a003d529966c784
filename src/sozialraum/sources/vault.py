"""The vault: every delivered file as it came, named by its sha256, with where it came from.

Only the pipeline reads it. The key that turns identifiers into pseudonyms is kept outside, so that whoever gets hold of
the vault can not recompute them.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

from sozialraum.errors import Fault, InputError
from sozialraum.periods import calendar_day
from sozialraum.sources.records import Snapshot

KEY_VARIABLE = "SOZIALRAUM_KEY"
"""Environment variable that holds the key instead of the file."""

SHORTEST_KEY = 32
"""Characters a key from the environment or a file must have."""

RECEIVED, FORGOTTEN = "received", "forgotten"
"""Details of a snapshot: the days on which it came and was deleted (ISO dates)."""

_ENTERING = Lock()
"""Several sources are read at once and written into the same index."""

_INCOMING = ".incoming-"


def load_key(file: Path, *, create: bool = True) -> bytes:
    """Return the secret key of a project.

    Args:
        file: where the key is kept, outside the vault; readable by its owner alone.
        create: whether to write a new random key where there is none. Without it (``check``) a key is made up that
            lasts only as long as the process.

    Raises:
        InputError: others may read the file, or the key is too short.
    """
    if given := os.environ.get(KEY_VARIABLE):
        return _checked(given, KEY_VARIABLE)
    if not file.exists():
        fresh = secrets.token_hex(32)
        if create:
            _write_key(file, fresh)
        return fresh.encode()
    if os.name == "posix" and file.stat().st_mode & 0o077:
        advice = f"chmod 600 {file.name}; if others may have read it, make a new one"
        raise InputError(Fault(file.name, what="others than the owner may read the key", advice=advice))
    return _checked(file.read_text(encoding="utf-8"), file.name)


def _checked(text: str, name: str) -> bytes:
    key = text.strip()
    if len(key) < SHORTEST_KEY:
        advice = "use at least 32 random characters, e.g. from `openssl rand -hex 32`"
        raise InputError(Fault(name, what="the key is too short", advice=advice))
    return key.encode()


def _write_key(file: Path, key: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.new")  # a process that is killed here leaves it to the next one
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as sink:
        sink.write(key + "\n")
        sink.flush()
        os.fsync(sink.fileno())
    fresh.replace(file)


@dataclass(frozen=True, slots=True)
class Vault:
    """Snapshots of deliveries, and the key of their pseudonyms.

    Attributes:
        folder: where snapshots are kept; None keeps nothing (``check`` looks, and leaves no trace).
        key: the secret of :func:`load_key`.
    """

    CELLS: ClassVar = "microcells"
    """Beside the snapshots: what releases have said of microcells, which the next one continues."""

    folder: Path | None
    key: bytes

    def __repr__(self) -> str:
        return f"Vault({str(self.folder)!r})"

    def __post_init__(self) -> None:
        if self.folder is None:
            return
        for folder in (self.folder, self.folder / "snapshots"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if folder.stat().st_mode & 0o777 != 0o700:
                folder.chmod(0o700)

    def keep(self, path: Path, snapshot: Snapshot, today: date | None = None) -> Snapshot:
        """Keep a delivered file as it is and write down where it came from.

        Args:
            path: the delivered file.
            snapshot: what is known about it; hash and size are filled in here.
            today: the day of receipt, today if not given.

        Returns:
            The snapshot, with the day on which this very file was first received for this source.

        Raises:
            OSError: the file can not be read, or the disk is full; then nothing has changed.
        """
        return self.enter([self.store(path, snapshot, today)])[0]

    def store(self, path: Path, snapshot: Snapshot, today: date | None = None) -> Snapshot:
        """Copy a delivered file; it is known only after :meth:`enter`, which is quicker for many at once.

        Raises:
            OSError: the file can not be read, or the disk is full; then nothing has changed.
        """
        digest = _digest(path) if self.folder is None else _copy(path, self.folder / "snapshots")
        details = {**snapshot.details, RECEIVED: (today or calendar_day()).isoformat()}
        return replace(snapshot, sha256=digest, size=path.stat().st_size, details=details)

    def enter(self, stored: Iterable[Snapshot]) -> list[Snapshot]:
        """Write down where stored files came from.

        Returns:
            The snapshots, each with the day on which this very file was first received for this source.

        Raises:
            OSError: the disk is full; then the index is as it was.
        """
        if self.folder is None:
            return list(stored)
        with _ENTERING:
            entries = list(self.snapshots())
            known = {_identity(entry): entry for entry in reversed(entries) if FORGOTTEN not in entry.details}
            before = len(known)
            entered = [known.setdefault(_identity(snapshot), snapshot) for snapshot in stored]
            if len(known) > before:
                self._write([*entries, *list(known.values())[before:]])
            return entered

    def tidy(self) -> None:
        """Remove half copies that a killed process left behind; only while nobody else writes here."""
        for path in self.folder.rglob(f"{_INCOMING}*") if self.folder else ():
            path.unlink(missing_ok=True)

    def path_of(self, snapshot: Snapshot) -> Path:
        """Return where the bytes of a snapshot are.

        Raises:
            ValueError: this vault keeps nothing.
        """
        if self.folder is None:
            raise ValueError("this vault keeps nothing")
        return self.folder / "snapshots" / snapshot.sha256

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Return everything that was ever received, forgotten files too, in the order of receipt.

        Raises:
            InputError: the index can not be read.
        """
        if self.folder is None or not self._index.exists():
            return ()
        try:
            return tuple(_read_entry(entry) for entry in json.loads(self._index.read_text(encoding="utf-8")))
        except (ValueError, TypeError, KeyError) as error:
            advice = "restore vault/index.json from a backup; the snapshots beside it are not affected"
            raise InputError(Fault("vault/index.json", what="the index can not be read", advice=advice)) from error

    def expired(self, retention: Mapping[str, int], today: date | None = None) -> tuple[Snapshot, ...]:
        """Return snapshots that are kept longer than their source allows.

        Args:
            retention: years by source; sources that are not named are kept without limit.
            today: the day to judge by, today if not given.
        """
        day = today or calendar_day()
        found = []
        for snapshot in self.snapshots():
            years = retention.get(snapshot.source)
            if years is None or FORGOTTEN in snapshot.details:
                continue
            if due_on(snapshot, years) <= day:
                found.append(snapshot)
        return tuple(found)

    def forget(self, snapshots: Iterable[Snapshot], today: date | None = None) -> None:
        """Delete the bytes of snapshots for good; that they were there, and their hash, stays written down.

        A file that another source still keeps stays until that source forgets it too.
        """
        gone = {(snapshot.sha256, snapshot.source) for snapshot in snapshots}
        day = (today or calendar_day()).isoformat()
        entries = [
            replace(entry, details={**entry.details, FORGOTTEN: day}) if (entry.sha256, entry.source) in gone else entry
            for entry in self.snapshots()
        ]
        kept = {entry.sha256 for entry in entries if FORGOTTEN not in entry.details}
        for entry in entries:
            if entry.sha256 not in kept:
                self.path_of(entry).unlink(missing_ok=True)
        self._write(entries)

    @property
    def cells(self) -> Path:
        """The folder of what releases have said of microcells; its owner alone can look into it.

        Raises:
            ValueError: this vault keeps nothing.
        """
        if self.folder is None:
            raise ValueError("this vault keeps nothing")
        folder = self.folder / self.CELLS
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    @property
    def _index(self) -> Path:
        if self.folder is None:
            raise ValueError("this vault keeps nothing")
        return self.folder / "index.json"

    def _write(self, entries: Iterable[Snapshot]) -> None:
        lines = ",\n".join(json.dumps(_entry(snapshot), ensure_ascii=False) for snapshot in entries)
        _replace(self._index, f"[\n{lines}\n]\n".encode())


def _identity(snapshot: Snapshot) -> tuple[str, str, str]:
    return snapshot.sha256, snapshot.source, snapshot.file


def received_on(snapshot: Snapshot) -> date:
    """Return the day on which a snapshot of the vault was received."""
    return date.fromisoformat(snapshot.details[RECEIVED])


def due_on(snapshot: Snapshot, years: int) -> date:
    """Return the day from which a snapshot of the vault is kept for too long, where its source allows ``years``."""
    return _years_later(received_on(snapshot), years)


def _entry(snapshot: Snapshot) -> dict[str, Any]:
    known = {field.name: getattr(snapshot, field.name) for field in fields(snapshot)}  # asdict copies ten times as long
    return known | {"details": dict(snapshot.details)}


def _read_entry(entry: dict[str, Any]) -> Snapshot:
    snapshot = Snapshot(**entry)
    received_on(snapshot)  # an entry without its day could never be forgotten
    return snapshot


def _years_later(day: date, years: int) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28 if leap else day.day)


def _digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _copy(path: Path, folder: Path) -> str:
    """Copy by way of a temporary file, named by what it holds: a snapshot is there as a whole or not at all."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=_INCOMING)
    os.close(handle)
    temporary = Path(name)
    try:
        shutil.copyfile(path, temporary)
        digest = _digest(temporary)
        if not (folder / digest).exists():
            with temporary.open("rb") as copy:
                os.fsync(copy.fileno())
            temporary.chmod(0o400)
            temporary.replace(folder / digest)
        return digest
    finally:
        temporary.unlink(missing_ok=True)


def _replace(target: Path, content: bytes) -> None:
    """Replace a file in one step; it can be read by its owner alone."""
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=_INCOMING)
    try:
        with os.fdopen(handle, "wb") as sink:
            sink.write(content)
            sink.flush()
            os.fsync(sink.fileno())
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
