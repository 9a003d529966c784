"""Which release pages show now: the published one, loaded once, replaced when another is published."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from sozialraum.releases import Depth, Release, Store
from sozialraum.web.atlas.release import Atlas, load_atlas

KEPT = 4
"""So many loaded releases stay in memory (the published one, its internal side, what a reviewer looks at)."""


@dataclass
class Shelf:
    """The releases of one project folder, loaded when first asked for."""

    project: Path
    _loaded: dict[tuple[str, Depth], Atlas] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    @property
    def store(self) -> Store:
        """The folder of releases."""
        return Store(self.project / "releases")

    @property
    def published_id(self) -> str | None:
        """Id of the release that is public now; None before the first."""
        return self.store.published_id

    def published(self) -> Atlas | None:
        """Return the public package of the release that is public now; None before the first."""
        release = self.store.published()
        return self.load(release, "public") if release else None

    def load(self, release: Release, depth: Depth) -> Atlas:
        """Return a package of a release, from memory if it was asked for lately."""
        key = (release.id, depth)
        with self._lock:
            if (atlas := self._loaded.pop(key, None)) is None:
                atlas = load_atlas(release, depth)
            self._loaded[key] = atlas
            while len(self._loaded) > KEPT:
                del self._loaded[next(iter(self._loaded))]
        return atlas


_SHELVES: dict[Path, Shelf] = {}


def shelf(project: Path) -> Shelf:
    """Return the one shelf of a project folder."""
    return _SHELVES.setdefault(project, Shelf(project))
