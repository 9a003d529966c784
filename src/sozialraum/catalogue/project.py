"""The catalogue and the project: documents that have been read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sozialraum.catalogue.composites import CompositeDoc
from sozialraum.catalogue.documents import (
    AreaSystemDoc,
    CityDoc,
    CodeListDoc,
    PolicyDoc,
    SourceDoc,
    StandardDoc,
    ThemeDoc,
)
from sozialraum.catalogue.indicator import IndicatorDoc
from sozialraum.catalogue.typologies import TypologyDoc

BUILT_IN = Path(__file__).parent
"""Where the built-in documents are, one folder for each kind."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Documents that have a meaning without a city: what is published, in which words, under which rules."""

    indicators: Mapping[str, IndicatorDoc]
    composites: Mapping[str, CompositeDoc]
    typologies: Mapping[str, TypologyDoc]
    policies: Mapping[str, PolicyDoc]
    codes: Mapping[str, CodeListDoc]
    themes: Mapping[str, ThemeDoc]
    standards: Mapping[str, StandardDoc]


@dataclass(frozen=True, slots=True)
class Project:
    """A city's folder, read and checked.

    Attributes:
        folder: the project folder.
        deliveries: where the delivered files are.
        files: path of each document by ``(kind, id)``; ``("city", "city")`` for ``city.toml``.
    """

    folder: Path
    deliveries: Path
    city: CityDoc
    sources: Mapping[str, SourceDoc]
    areas: Mapping[str, AreaSystemDoc]
    catalogue: Catalogue
    files: Mapping[tuple[str, str], Path]

    def name_of(self, kind: str, identifier: str) -> str:
        """Return the document's path as the user knows it (relative to the project; built-in ones by their name)."""
        return display_path(self.files[kind, identifier], self.folder)

    def is_own(self, kind: str, identifier: str) -> bool:
        """Tell whether the project itself brings the document (new, or in the place of a built-in one)."""
        return self.files[kind, identifier].is_relative_to(self.folder)

    @property
    def releases(self) -> Path:
        """The folder of releases."""
        return self.folder / "releases"

    @property
    def vault(self) -> Path:
        """The folder that only the pipeline reads."""
        return self.folder / "vault"


def display_path(path: Path, folder: Path) -> str:
    """Return ``path`` as a user knows it: relative to the project, or ``catalogue/...`` for a built-in document."""
    if path.is_relative_to(folder):
        return path.relative_to(folder).as_posix()
    if path.is_relative_to(BUILT_IN):
        return f"catalogue/{path.relative_to(BUILT_IN).as_posix()}"
    return path.name
