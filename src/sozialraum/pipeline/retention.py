"""Which deliveries the vault keeps for longer than their source allows, and forgetting them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sozialraum.catalogue import Project
from sozialraum.releases.files import disk_faults, project_lock, sha256_of
from sozialraum.sources import Snapshot, Vault
from sozialraum.sources.vault import FORGOTTEN, due_on, received_on

AREA_FILES = "areas"
"""Under this name the vault keeps files of area systems, which have no source."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """A delivery that is kept for too long.

    Attributes:
        snapshot: the delivery in the vault.
        years: so long its source allows.
        delivered: the same file where it was delivered, None where it is gone; the next build would take it in again.
    """

    snapshot: Snapshot
    years: int
    delivered: Path | None

    @property
    def source(self) -> str:
        """Id of the source."""
        return self.snapshot.source

    @property
    def file(self) -> str:
        """The file as it was delivered."""
        return self.snapshot.file

    @property
    def received(self) -> date:
        """The day of receipt."""
        return received_on(self.snapshot)

    @property
    def due(self) -> date:
        """The day from which it was to be deleted."""
        return due_on(self.snapshot, self.years)

    def as_json(self) -> dict[str, str | int | None]:
        """Return it for machines."""
        return {
            "source": self.source,
            "file": self.file,
            "sha256": self.snapshot.sha256,
            "received": self.received.isoformat(),
            "years": self.years,
            "due": self.due.isoformat(),
            "delivered": str(self.delivered) if self.delivered else None,
        }


def overdue(project: Project, today: date | None = None) -> tuple[Overdue, ...]:
    """Return what the vault keeps for longer than the sources of the project allow.

    Args:
        project: its sources say with ``retention_years`` how long; sources that do not say it are kept without limit.
        today: the day to judge by, today if not given.

    Raises:
        InputError: the vault's index can not be read.
    """
    vault = _vault(project)
    years = {
        name: source.retention_years for name, source in project.sources.items() if source.retention_years is not None
    }
    return tuple(
        Overdue(snapshot, years[snapshot.source], _delivered(project, snapshot))
        for snapshot in (vault.expired(years, today) if vault else ())
    )


def forget(project: Project, found: Iterable[Overdue]) -> None:
    """Delete deliveries from the vault for good.

    Raises:
        BusyError: a build is using the vault.
        InputError: the disk is read-only.
    """
    if vault := _vault(project):
        with disk_faults(project.vault), project_lock(project.releases):
            vault.forget(one.snapshot for one in found)


def without_source(project: Project) -> dict[str, int]:
    """Return how many files the vault keeps of each source that the project has no document of any more."""
    vault = _vault(project)
    kept = [snapshot.source for snapshot in (vault.snapshots() if vault else ()) if FORGOTTEN not in snapshot.details]
    known = {*project.sources, AREA_FILES}
    return dict(sorted(Counter(source for source in kept if source not in known).items()))


def _vault(project: Project) -> Vault | None:
    """Return the vault, None before the first build; nothing is hashed here, so it needs no key."""
    return Vault(project.vault, b"") if project.vault.is_dir() else None


def _delivered(project: Project, snapshot: Snapshot) -> Path | None:
    path = project.deliveries / snapshot.file
    same = path.is_file() and path.stat().st_size == snapshot.size and sha256_of(path) == snapshot.sha256
    return path if same else None
