"""Microcells go on from release to release: whose cells a build continues, and what the vault remembers of them.

Cells that were formed anew for each release would tell about fewer households than a cell has (see
:mod:`sozialraum.microcells.maintenance`). So there is one line of releases: each continues the newest that was approved
and not withdrawn, and none is approved beside another that continues the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sozialraum.catalogue import Project
from sozialraum.errors import Fault, InputError, NotAllowedError, disk_faults
from sozialraum.microcells import History, read_history, write_history
from sozialraum.releases import Release, State, Store
from sozialraum.releases.files import project_lock, sync_folder
from sozialraum.releases.release import STATE
from sozialraum.sources import Vault

CELLS = "microcells"
"""The manifest's entry about cells."""

STANDING = frozenset({State.APPROVED, State.PUBLISHED, State.SUPERSEDED})
"""Somebody may know the numbers of releases in these states."""

WITHDRAW = "withdraw the releases that have cells: sozialraum withdraw DIR {release} --reason TEXT"


@dataclass(frozen=True, slots=True)
class Previous:
    """The cells that a build continues.

    Attributes:
        release: the id of the release that has them.
        history: what it and those before it have said.
    """

    release: str
    history: History


def newest_with_cells(store: Store) -> Release | None:
    """Return the release whose cells the next one continues, None where there is none.

    Its number in the line of releases says which is the newest, for ids follow the calendar of whoever builds.
    """
    standing = [release for release in standing_releases(store) if _report(release)]
    return max(standing, key=lambda release: int(_report(release).get("number", 0)), default=None)


def standing_releases(store: Store) -> tuple[Release, ...]:
    """Return the releases whose numbers somebody may know, oldest first."""
    return tuple(release for release, state in _states(store) if state in STANDING)


def _states(store: Store) -> Iterator[tuple[Release, State]]:
    """Yield every release with its state; other folders that somebody put beside them have none."""
    return ((one, store.state(one)) for one in store.releases() if (one.folder / STATE).is_file())


def _report(release: Release) -> dict[str, Any]:
    found: dict[str, Any] = release.manifest.get(CELLS) or {}
    return found


def previous_cells(project: Project) -> Previous | None:
    """Return what a build has to continue; None where the city has no cells, or nobody knows any so far.

    Raises:
        InputError: the vault does not remember them, or what it remembers is damaged.
    """
    newest = newest_with_cells(Store(project.releases)) if project.city.microcells else None
    if newest is None:
        return None
    path = _path(project.vault, newest.id)
    if not all(file.is_file() for file in _files(path)):
        what = f"the cells of release {newest.id} are to be continued, and the vault does not remember them"
        advice = f"restore {path.parent} from a backup, or {WITHDRAW.format(release=newest.id)}"
        raise InputError(Fault(f"vault/{path.parent.name}", what=what, advice=advice))
    return Previous(newest.id, read_history(path))


def demand_newest(store: Store, release: Release) -> None:
    """Refuse a release whose cells do not continue those of the newest release.

    Raises:
        NotAllowedError: both together could tell about fewer households than a cell has; says what to do.
    """
    report, newest = _report(release), newest_with_cells(store)
    continued = report.get("continues")
    if not report or continued == (newest.id if newest else None):
        return
    ours = f"continues the cells of {continued}" if continued else "has cells that were formed anew"
    theirs = f"the newest release that has any is {newest.id}" if newest else "that one was withdrawn"
    reason = "both together could tell about fewer households than a cell has"
    what = f"release {release.id} {ours}, and {theirs}"
    raise NotAllowedError(f"{what}{f'; {reason}' if newest else ''}; build it again: sozialraum build DIR")


# --- what the vault remembers ----------------------------------------------------------------------------------------


def remember(vault: Vault, release: str, history: History) -> None:
    """Keep what a release and those before it have said of cells, for the next one; its owner alone can read it.

    It is on disk before anybody can see the release.
    """
    path = _path(vault.cells.parent, release)
    for file in _files(path):
        file.unlink(missing_ok=True)  # of a draft of this name that is gone
    write_history(path, history)
    for file in _files(path):
        file.chmod(0o400)
        with file.open("rb") as written:
            os.fsync(written.fileno())
    sync_folder(path.parent)


def remembered(project: Project) -> tuple[str, ...]:
    """Return the ids of the releases whose cells the vault remembers."""
    found = {file.name.removesuffix(".houses.parquet") for file in _folder(project.vault).glob("*.houses.parquet")}
    return tuple(sorted(found))


def unneeded(project: Project) -> tuple[str, ...]:
    """Return those that nobody can continue any more: the release was withdrawn, or is not there."""
    standing = {release.id for release, state in _states(Store(project.releases)) if state is not State.WITHDRAWN}
    return tuple(release for release in remembered(project) if release not in standing)


def forget_cells(project: Project, releases: Iterable[str]) -> None:
    """Delete what the vault remembers of the cells of some releases, for good.

    Raises:
        BusyError: a build is using the vault.
        InputError: the disk is read-only.
    """
    with disk_faults(project.vault), project_lock(project.releases):
        for release in releases:
            for file in _files(_path(project.vault, release)):
                file.unlink(missing_ok=True)


def _folder(vault: Path) -> Path:
    return vault / Vault.CELLS


def _path(vault: Path, release: str) -> Path:
    return _folder(vault) / f"{release}.parquet"


def _files(path: Path) -> Iterator[Path]:
    """Yield what ``write_history`` writes beside a path."""
    return (path.with_suffix(f".{kind}.parquet") for kind in ("history", "houses"))
