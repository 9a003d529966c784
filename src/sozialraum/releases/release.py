"""Reads one release: an immutable folder with a public and an internal package of the same shape."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import polars as pl

from sozialraum.analysis import (
    COMPOSITE_SCHEMA,
    Anatomy,
    AreaTypes,
    Disagreement,
    anatomy_of,
    comparable,
    disagreements,
    surroundings_of,
)
from sozialraum.areas import AreaSystem, GeoData, read_geodata
from sozialraum.catalogue import AreaSystemDoc, Catalogue, CityDoc, SourceDoc, read_catalogue
from sozialraum.errors import Fault, ReleaseError
from sozialraum.releases.states import State
from sozialraum.tables import COUNT_SCHEMA, PROFILE_SCHEMA, VALUE_SCHEMA, ProtectedProfiles, ProtectedTable
from sozialraum.tables.seal import seal, seal_profiles

Depth = Literal["public", "internal"]
MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
STATE = "state.json"
AUDIT = "audit.json"
READABLE_AUDIT = "audit.{language}.html"
PROFILES = "cell_profiles.parquet"
"""Characteristics of microcells; the public package never has it."""
COMPOSITES = "composites.parquet"
"""Scores made from the values of the same package; releases made before there were composites have none."""
TYPOLOGIES = "typologies.json"
"""Types of areas, found in the values of the same package; older releases have none."""
ORIGIN_SCHEMA = pl.Schema(dict.fromkeys(("universe", "where", "source"), pl.String))
"""Columns of a package's ``origins.parquet``: one row for each delivery that a measure was found in."""


@dataclass(frozen=True)
class Package:
    """One depth of a release. Everything is read when it is first asked for and then kept.

    Attributes:
        folder: the package's folder.
        depth: ``public`` or ``internal``.
    """

    folder: Path
    depth: Depth

    @cached_property
    def values(self) -> pl.DataFrame:
        """Values of the indicators, with ``tables.VALUE_SCHEMA``."""
        return self._read("values.parquet", VALUE_SCHEMA)

    @cached_property
    def counts(self) -> ProtectedTable:
        """The protected counts that the values were made from."""
        return seal(self._read("counts.parquet", COUNT_SCHEMA))

    @cached_property
    def origins(self) -> pl.DataFrame:
        """Which deliveries each measure was found in, with :data:`ORIGIN_SCHEMA`."""
        return self._read("origins.parquet", ORIGIN_SCHEMA)

    @cached_property
    def composites(self) -> pl.DataFrame:
        """Scores of composites, with ``analysis.COMPOSITE_SCHEMA``; without rows in a release from before them."""
        there = (self.folder / COMPOSITES).exists()
        return self._read(COMPOSITES, COMPOSITE_SCHEMA) if there else pl.DataFrame(schema=COMPOSITE_SCHEMA)

    @cached_property
    def typologies(self) -> tuple[AreaTypes, ...]:
        """What each typology says about the areas of each system; nothing in a release from before them."""
        path = self.folder / TYPOLOGIES
        if not path.exists():
            return ()
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return tuple(AreaTypes.of_json(one) for one in content["typologies"])
        except (OSError, AttributeError, KeyError, TypeError, ValueError) as error:
            what, advice = "the file does not hold types of areas", "build the release again"
            raise ReleaseError(Fault(f"{self.depth}/{TYPOLOGIES}", what=what, advice=advice)) from error

    @cached_property
    def offers(self) -> pl.DataFrame | None:
        """Offers of help with their place, or None where the city delivers none."""
        name = "offers.parquet"
        return self._table(name) if (self.folder / name).exists() else None

    @cached_property
    def profiles(self) -> ProtectedProfiles | None:
        """Characteristics of microcells, or None where the city wants none and in the public package."""
        return seal_profiles(self._read(PROFILES, PROFILE_SCHEMA)) if (self.folder / PROFILES).exists() else None

    @property
    def area_systems(self) -> tuple[str, ...]:
        """Names of the area systems in this package."""
        return tuple(sorted(path.stem for path in (self.folder / "areas").glob("*.parquet")))

    def areas(self, system: str) -> GeoData:
        """Return one area system: its frame (code, name, parent, valid_from, valid_to) and geometry."""
        return read_geodata(self.folder / "areas" / f"{system}.parquet")

    def anatomy(self, composite: str, area_system: str, area: str, period: str) -> Anatomy | None:
        """Return how a score came about; None where there is none of this area and period."""
        recipes = self.catalogue.composites
        if composite not in recipes or area_system not in self._frames:
            return None
        here = self.values.filter(pl.col("area_system").is_in(comparable(self.area_documents, self._frames)))
        around = surroundings_of(self.catalogue, self.area_documents, here, self._frames)
        return anatomy_of(recipes, here, around, name=composite, place=(area_system, area, period))

    @cached_property
    def _frames(self) -> dict[str, pl.DataFrame]:
        return {id: self.areas(id).frame for id in self.area_systems}

    @property
    def systems(self) -> dict[str, AreaSystem]:
        """The area systems as the rooms before a release know them; microcells have no title and no parent."""
        found = {}
        for id in self.area_systems:
            data, document = self.areas(id), self.area_documents.get(id)
            title = document.title.model_dump(exclude_none=True) if document else {}
            parent, complete = (document.parent, document.complete) if document else (None, True)
            found[id] = AreaSystem(id, title, parent, data.frame, data.geometry, complete=complete)
        return found

    def disagreements(self) -> Iterator[Disagreement]:
        """Yield every score and typology that is not what the package's own values give."""
        return disagreements(
            self.catalogue,
            self.area_documents,
            self.values,
            self.systems,
            composites=self.composites if (self.folder / COMPOSITES).exists() else None,
            typologies=self.typologies if (self.folder / TYPOLOGIES).exists() else None,
        )

    @cached_property
    def _documents(self) -> tuple[CityDoc, Mapping[str, SourceDoc], Mapping[str, AreaSystemDoc], Catalogue]:
        return read_catalogue(self.folder / "catalogue")

    @property
    def city(self) -> CityDoc:
        """The city's own document."""
        return self._documents[0]

    @property
    def sources(self) -> Mapping[str, SourceDoc]:
        """The documents of the deliveries."""
        return self._documents[1]

    @property
    def area_documents(self) -> Mapping[str, AreaSystemDoc]:
        """The documents of the area systems."""
        return self._documents[2]

    @property
    def catalogue(self) -> Catalogue:
        """Indicators, policies, codes and themes as they were."""
        return self._documents[3]

    def _read(self, name: str, schema: pl.Schema) -> pl.DataFrame:
        if not (self.folder / name).is_file():
            raise ReleaseError(Fault(name, what="the file is missing", advice="build the release again"))
        frame = self._table(name)
        if frame.schema != schema:
            what = "the table has other columns than this version of sozialraum writes"
            raise ReleaseError(Fault(name, what=what, advice="read it with the version named in manifest.json"))
        return frame

    def _table(self, name: str) -> pl.DataFrame:
        try:
            return pl.read_parquet(self.folder / name)
        except (OSError, pl.exceptions.PolarsError) as error:
            what = f"the file can not be read: {str(error).partition(chr(10))[0]}"
            raise ReleaseError(Fault(f"{self.depth}/{name}", what=what, advice="build the release again")) from error


@dataclass(frozen=True)
class Release:
    """A release folder.

    Attributes:
        folder: the folder, named by the release's id.
    """

    folder: Path

    @property
    def id(self) -> str:
        """The release's id (``2026-H2.1``)."""
        return self.folder.name

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What the release holds and what it was made from."""
        return self._json(MANIFEST)

    @cached_property
    def audit(self) -> dict[str, Any] | None:
        """The attacker's report on the public package, None where it was not run."""
        return self._json(AUDIT) if (self.folder / AUDIT).exists() else None

    def readable_audit(self, language: str) -> str | None:
        """Return the report on disclosure control as a page of HTML, None where there is none in the language."""
        path = self.folder / READABLE_AUDIT.format(language=language)
        return path.read_text(encoding="utf-8") if path.is_file() else None

    @property
    def stored_state(self) -> State:
        """The state as the folder says it; :class:`~sozialraum.releases.store.Store` knows what is really published."""
        return self._standing()[0]

    @property
    def history(self) -> list[dict[str, str]]:
        """Steps so far: state, when, who; the reason of a withdrawal."""
        return self._standing()[1]

    def _standing(self) -> tuple[State, list[dict[str, str]]]:
        content = self._json(STATE)
        try:
            return State(content["state"]), list(content["history"])
        except (KeyError, TypeError, ValueError) as error:
            advice = "restore it from a backup, or build the release again"
            what = "the file does not say where the release stands"
            raise ReleaseError(Fault(f"{self.folder.name}/{STATE}", what=what, advice=advice)) from error

    @cached_property
    def public(self) -> Package:
        """What everyone may see."""
        return Package(self.folder / "public", "public")

    @cached_property
    def internal(self) -> Package:
        """What signed-in staff may see."""
        return Package(self.folder / "internal", "internal")

    def package(self, depth: Depth) -> Package:
        """Return the package of a depth."""
        return self.public if depth == "public" else self.internal

    def _json(self, name: str) -> dict[str, Any]:
        try:
            content = json.loads((self.folder / name).read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError) as error:
            what, advice = "there is no such file, so this is no release", "name a release folder: DIR/releases/ID"
            raise ReleaseError(Fault(f"{self.folder.name}/{name}", what=what, advice=advice)) from error
        except OSError as error:
            what, advice = f"the file can not be read ({error.strerror})", "look at its access rights"
            raise ReleaseError(Fault(f"{self.folder.name}/{name}", what=what, advice=advice)) from error
        except ValueError as error:
            raise ReleaseError(Fault(f"{self.folder.name}/{name}", what=f"the file is no JSON: {error}")) from error
        if not isinstance(content, dict):
            raise ReleaseError(Fault(f"{self.folder.name}/{name}", what="the file holds no JSON object"))
        return content
