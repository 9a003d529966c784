"""The folder of releases: which there are, which one is public, and how a new one comes in.

A release is written under a hidden name and renamed when it is complete; what is public is one small file that names it
and is replaced in one step. So a kill at any moment leaves the old state or the new one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sozialraum.errors import Fault, ReleaseError, disk_faults
from sozialraum.periods import Frequency, period_of
from sozialraum.releases.files import canonical_json, project_lock, sync_folder, write_atomic
from sozialraum.releases.release import STATE, Release
from sozialraum.releases.states import State, check_transition

PUBLISHED = "published"
_BUILDING = ".building-"


@dataclass(frozen=True, slots=True)
class Store:
    """The folder ``releases`` of a project."""

    folder: Path

    @property
    def building_prefix(self) -> str:
        """What the name of a folder begins with while a release is written into it."""
        return _BUILDING

    def releases(self) -> list[Release]:
        """Return all complete releases, oldest first."""
        found = [path.parent for path in self.folder.glob("*/manifest.json") if not path.parent.name.startswith(".")]
        return [Release(path) for path in sorted(found, key=lambda path: _sort_key(path.name))]

    def release(self, identifier: str) -> Release:
        """Return the release of this id.

        Raises:
            ReleaseError: there is none; lists what there is.
        """
        folder = self.folder / identifier
        if (folder / "manifest.json").is_file():
            return Release(folder)
        known = ", ".join(release.id for release in self.releases()) or "none"
        raise ReleaseError(Fault(identifier, what="there is no such release", advice=f"releases here: {known}"))

    @property
    def published_id(self) -> str | None:
        """The id of the release that the public sees, None before the first."""
        path = self.folder / PUBLISHED
        return path.read_text(encoding="utf-8", errors="replace").strip() or None if path.is_file() else None

    def published(self) -> Release | None:
        """Return the release that the public sees, None before the first."""
        identifier = self.published_id
        return self.release(identifier) if identifier else None

    def state(self, release: Release) -> State:
        """Return where a release really stands: the file ``published`` decides what is public, not the folder."""
        if release.id == self.published_id:
            return State.PUBLISHED
        stored = release.stored_state
        return State.SUPERSEDED if stored is State.PUBLISHED else stored

    def next_id(self, today: date, rhythm: Frequency) -> str:
        """Return the id of the next release: period of the rhythm and a running number."""
        period = period_of(today, rhythm).text
        keys = [_sort_key(release.id) for release in self.releases()]
        return f"{period}.{max((number for name, number in keys if name == period), default=0) + 1}"

    @contextmanager
    def new_release(self, identifier: Callable[[], str]) -> Iterator[Path]:
        """Give a hidden folder to write a release into; it becomes a release when the block ends without an error.

        Args:
            identifier: called under the lock, names the release.

        Raises:
            BusyError: another process builds or publishes here.
            InputError: the disk is full or read-only; nothing is left behind.
        """
        with disk_faults(self.folder), project_lock(self.folder):
            self._clear_leftovers()
            target = self.folder / identifier()
            building = self.folder / f"{_BUILDING}{target.name}"
            building.mkdir()
            try:
                yield building
                _sync_tree(building)
                building.rename(target)
                sync_folder(self.folder)
            finally:
                shutil.rmtree(building, ignore_errors=True)

    def move(
        self, release: Release, wanted: State, who: str, *, check: Callable[[Store, Release], None] | None = None
    ) -> None:
        """Take a release one step further in the state table and note who did it.

        Args:
            release: which one.
            wanted: its next state.
            who: is written into the release's history.
            check: called under the lock before anything is written; it raises to stop.

        Raises:
            NotAllowedError: the table does not have this step.
            ValueError: the step is to withdraw, which has a method of its own.
        """
        if wanted is State.WITHDRAWN:
            raise ValueError("use withdraw(), which asks for a reason")
        with disk_faults(self.folder), project_lock(self.folder):
            check_transition(release.id, self.state(release), wanted)
            if check:
                check(self, release)
            if wanted is State.PUBLISHED:
                self._publish(release, who)
                return
            _note(release, wanted, who)

    def withdraw(self, release: Release, who: str, reason: str, *, instead: Release | None = None) -> None:
        """Take a release back for good; where it was public, ``instead`` or nothing is public from then on.

        Raises:
            NotAllowedError: it is withdrawn already.
        """
        with disk_faults(self.folder), project_lock(self.folder):
            check_transition(release.id, self.state(release), State.WITHDRAWN)
            was_public = release.id == self.published_id
            if was_public:
                write_atomic(self.folder / PUBLISHED, f"{instead.id if instead else ''}\n".encode())
            _note(release, State.WITHDRAWN, who, reason=reason)
            if was_public and instead:
                _note(instead, State.PUBLISHED, who)

    def before(self, release: Release) -> Release | None:
        """Return the newest older release that the public saw before, None where there is none."""
        older = [other for other in self.releases() if _sort_key(other.id) < _sort_key(release.id)]
        return next((other for other in reversed(older) if self.state(other) is State.SUPERSEDED), None)

    def _publish(self, release: Release, who: str) -> None:
        before = next((other for other in self.releases() if other.id == self.published_id), None)
        write_atomic(self.folder / PUBLISHED, f"{release.id}\n".encode())
        _note(release, State.PUBLISHED, who)
        if before and before.id != release.id:
            _note(before, State.SUPERSEDED, who)

    def _clear_leftovers(self) -> None:
        """Remove what a killed build left behind; the lock says that nobody is building."""
        for path in self.folder.glob(f"{_BUILDING}*"):
            shutil.rmtree(path, ignore_errors=True)


def initial_state(who: str) -> bytes:
    """Return the content of ``state.json`` of a new draft."""
    step = {"state": State.DRAFT.value, "when": _now(), "who": who}
    return canonical_json({"state": State.DRAFT.value, "history": [step]})


def _note(release: Release, state: State, who: str, **more: str) -> None:
    step = {"state": state.value, "when": _now(), "who": who, **more}
    content = {"state": state.value, "history": [*release.history, step]}
    write_atomic(release.folder / STATE, canonical_json(content))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _sort_key(identifier: str) -> tuple[str, int]:
    period, _, number = identifier.rpartition(".")
    return period, int(number) if number.isdigit() else 0


def _sync_tree(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
