"""What the vault keeps, which of it for longer than its source allows, and forgetting it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sozialraum.catalogue import Project
from sozialraum.catalogue.references import nearest
from sozialraum.errors import Fault, InputError, disk_faults
from sozialraum.releases.files import project_lock, sha256_of
from sozialraum.sources import Snapshot, Vault
from sozialraum.sources.vault import FORGOTTEN, due_on, received_on

AREA_FILES = "areas"
"""Under this name the vault keeps files of area systems, which have no source."""


SHORTEST_HASH = 6
"""So many characters of a hash at least name a delivery."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A delivery that the vault keeps.

    Attributes:
        snapshot: the delivery in the vault.
        years: so long its source allows, None where it does not say.
        delivered: the same file where it was delivered, None where it is gone; the next build would take it in again.
    """

    snapshot: Snapshot
    years: int | None
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
    def due(self) -> date | None:
        """The day from which it is to be deleted, None where its source does not say."""
        return None if self.years is None else due_on(self.snapshot, self.years)

    def as_json(self) -> dict[str, str | int | None]:
        """Return it for machines."""
        return {
            "source": self.source,
            "file": self.file,
            "sha256": self.snapshot.sha256,
            "received": self.received.isoformat(),
            "years": self.years,
            "due": self.due.isoformat() if self.due else None,
            "delivered": str(self.delivered) if self.delivered else None,
        }


def kept(project: Project) -> tuple[Kept, ...]:
    """Return everything that the vault keeps, in the order of receipt; what is forgotten is not kept.

    Raises:
        InputError: the vault's index can not be read.
    """
    vault = _vault(project)
    found = [one for one in (vault.snapshots() if vault else ()) if FORGOTTEN not in one.details]
    years = {name: source.retention_years for name, source in project.sources.items()}
    return tuple(Kept(one, years.get(one.source), _delivered(project, one)) for one in found)


def overdue(project: Project, today: date | None = None) -> tuple[Kept, ...]:
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
        Kept(snapshot, years[snapshot.source], _delivered(project, snapshot))
        for snapshot in (vault.expired(years, today) if vault else ())
    )


def find_kept(project: Project, name: str) -> tuple[Kept, ...]:
    """Find one delivery in the vault; several entries where the very same file was delivered for several sources.

    Args:
        project: the city's documents.
        name: the file as it was delivered, or the first characters of its sha256.

    Raises:
        InputError: the vault keeps nothing of this name, or several files; lists them.
    """
    everything = kept(project)
    hashed = name.lower() if len(name) >= SHORTEST_HASH else None
    found = [one for one in everything if one.file == name]
    found = found or [one for one in everything if hashed and one.snapshot.sha256.startswith(hashed)]
    same = {one.snapshot.sha256 for one in found}
    if len(same) == 1:
        return tuple(one for one in everything if one.snapshot.sha256 in same)
    if not found:
        advice = nearest(name, {one.file for one in everything})
        raise InputError(Fault("vault", what="nothing of this name or sha256 is kept", value=name, advice=advice))
    listed = "; ".join(f"{one.snapshot.sha256[:12]} of {one.received}" for one in found)
    what = "several files of this name or sha256 are kept"
    raise InputError(Fault("vault", what=what, value=name, advice=f"name one by its sha256: {listed}"))


def forget(project: Project, found: Iterable[Kept]) -> None:
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
    known = {*project.sources, AREA_FILES}
    return dict(sorted(Counter(one.source for one in kept(project) if one.source not in known).items()))


def _vault(project: Project) -> Vault | None:
    """Return the vault, None before the first build; nothing is hashed here, so it needs no key."""
    return Vault(project.vault, b"") if project.vault.is_dir() else None


def _delivered(project: Project, snapshot: Snapshot) -> Path | None:
    path = project.deliveries / snapshot.file
    same = path.is_file() and path.stat().st_size == snapshot.size and sha256_of(path) == snapshot.sha256
    return path if same else None
