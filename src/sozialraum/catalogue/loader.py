"""Reads a project: the city's TOML documents laid over the built-in catalogue.

A document of the project replaces the built-in one of the same name as a whole. All faults of all documents are
reported at once.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, cast

from pydantic import ValidationError

from sozialraum.catalogue.composites import CompositeDoc
from sozialraum.catalogue.documents import (
    AreaSystemDoc,
    CityDoc,
    CodeListDoc,
    Document,
    PolicyDoc,
    SourceDoc,
    StandardDoc,
    ThemeDoc,
)
from sozialraum.catalogue.indicator import IndicatorDoc
from sozialraum.catalogue.problems import add_problem
from sozialraum.catalogue.project import BUILT_IN, Catalogue, Project, display_path
from sozialraum.catalogue.references import Reading, check_references
from sozialraum.catalogue.typologies import TypologyDoc
from sozialraum.errors import Faults, ProjectError

KINDS: Mapping[str, type[Document]] = MappingProxyType(
    {
        "sources": SourceDoc,
        "areas": AreaSystemDoc,
        "indicators": IndicatorDoc,
        "composites": CompositeDoc,
        "typologies": TypologyDoc,
        "policies": PolicyDoc,
        "codes": CodeListDoc,
        "standards": StandardDoc,
        "themes": ThemeDoc,
    }
)
"""The folders of a project and what stands in them."""

_D = TypeVar("_D", bound=Document)
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
_LINE = re.compile(r"at line (\d+), column \d+\)$")


def load_catalogue() -> Catalogue:
    """Read the built-in catalogue alone.

    Raises:
        ProjectError: a built-in document is at fault.
    """
    reading = _read_folders((BUILT_IN,), BUILT_IN)
    check_references(reading)
    reading.faults.throw(ProjectError)
    return _catalogue(reading.documents)


def load_project(folder: Path, deliveries: Path | None = None) -> Project:
    """Read ``city.toml`` and every document of a project.

    Args:
        folder: the project folder.
        deliveries: where the delivered files are, ``folder/deliveries`` if not given.

    Raises:
        ProjectError: with every fault of every document: syntax, unknown keys, references that lead nowhere, circles.
    """
    folder = folder.resolve()
    if not (folder / "city.toml").is_file():
        faults = Faults()
        advice = "make a project with `sozialraum new DIR`, or name the folder that holds city.toml"
        faults.add("city.toml", f"there is no project in {folder.name}", advice=advice)
        faults.throw(ProjectError)
    reading = _read_folders((BUILT_IN, folder), folder)
    city = _read_city(folder, reading)
    check_references(reading)
    if reading.faults or city is None:
        raise ProjectError(reading.faults)
    return Project(
        folder=folder,
        deliveries=(deliveries or folder / "deliveries").resolve(),
        city=city,
        sources=MappingProxyType(reading.documents["sources"]),
        areas=MappingProxyType(reading.documents["areas"]),
        catalogue=_catalogue(reading.documents),
        files=MappingProxyType(reading.files),
    )


def read_catalogue(folder: Path) -> tuple[CityDoc, Mapping[str, SourceDoc], Mapping[str, AreaSystemDoc], Catalogue]:
    """Read the copy of all documents that a release carries.

    Raises:
        ProjectError: the copy is not what a build wrote.
    """
    reading = _read_folders((folder,), folder)
    city = _read_city(folder, reading)
    if reading.faults or city is None:
        raise ProjectError(reading.faults)
    return city, reading.documents["sources"], reading.documents["areas"], _catalogue(reading.documents)


def _catalogue(documents: Mapping[str, dict[str, Any]]) -> Catalogue:
    return Catalogue(
        indicators=MappingProxyType(documents["indicators"]),
        composites=MappingProxyType(documents["composites"]),
        typologies=MappingProxyType(documents["typologies"]),
        policies=MappingProxyType(documents["policies"]),
        codes=MappingProxyType(documents["codes"]),
        standards=MappingProxyType(documents["standards"]),
        themes=MappingProxyType(documents["themes"]),
    )


def _read_folders(folders: Sequence[Path], root: Path) -> Reading:
    """Read every kind of document; what stands in a later folder replaces what stands in an earlier one."""
    reading = Reading(root)
    for kind in KINDS:
        reading.documents[kind] = {}
        paths: dict[str, Path] = {}
        for folder in folders:
            paths |= {path.stem: path for path in _documents_in(folder / kind, reading)}
        reading.files |= {(kind, identifier): path for identifier, path in paths.items()}
    for (kind, identifier), path in reading.files.items():
        document = _read_document(path, KINDS[kind], reading)
        if document is not None:
            reading.documents[kind][identifier] = document
    return reading


def _documents_in(folder: Path, reading: Reading) -> list[Path]:
    """Return the documents of a folder, those in capitals (``X.TOML``) too; two of one name are a fault."""
    found: dict[str, Path] = {}
    for path in sorted(folder.glob("*")):
        if path.suffix.lower() != ".toml":
            continue
        if path.stem in found:
            what = f"there are two documents of this name: {found[path.stem].name} and {path.name}"
            reading.faults.add(display_path(path, reading.root), what, advice="keep one of them")
        found[path.stem] = path
    return [*found.values()]


def _read_city(folder: Path, reading: Reading) -> CityDoc | None:
    path = folder / "city.toml"
    reading.files["city", "city"] = path
    city = _read_document(path, CityDoc, reading)
    reading.documents["city"] = {} if city is None else {"city": city}
    return city


def _read_document(path: Path, kind: type[_D], reading: Reading) -> _D | None:
    if not _IDENTIFIER.fullmatch(path.stem):
        advice = "rename it with lower-case letters, digits and underscores"
        _refuse(reading, path, "the name of the file is the id, and this is none", value=path.stem, advice=advice)
    text = _read_text(path, reading)
    if text is None:
        return None
    try:
        return cast(_D, _document(kind, text))
    except ValidationError as error:
        name = display_path(path, reading.root)
        for problem in error.errors(include_url=False):
            add_problem(reading.faults, name, text, problem=problem, kind=kind, names=reading.names)
    except RecursionError:
        advice = "look up this kind of file in the reference"
        _refuse(reading, path, "lists or tables are nested too deeply", advice=advice)
    except ValueError as error:  # TOMLDecodeError is one; so are numbers with too many digits
        advice = "quote texts, write dates as 2028-03-01"
        _refuse(reading, path, f"this is not valid TOML: {error}", line=_line_in(error, text), advice=advice)
    return None


@lru_cache(maxsize=1024)
def _document(kind: type[Document], text: str) -> Document:
    """Read a document; once, since the project and both packages of every release carry the same ones."""
    return kind.model_validate(tomllib.loads(text))


def _read_text(path: Path, reading: Reading) -> str | None:
    """Return the text of a file, None where a fault was added."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        _refuse(reading, path, "the file is not UTF-8 text", advice="save it as UTF-8")
    except OSError as error:
        _refuse(reading, path, f"the file can not be read ({error.strerror})")
    return None


def _refuse(reading: Reading, path: Path, what: str, *, line: int = 0, value: str = "", advice: str = "") -> None:
    reading.faults.add(display_path(path, reading.root), what, line=line, value=value, advice=advice)


def _line_in(error: ValueError, text: str) -> int:
    """Return the line that the parser's message names; 0 where it names none."""
    if str(error).endswith("(at end of document)"):
        return max(len(text.splitlines()), 1)
    found = _LINE.search(str(error))
    return int(found[1]) if found else 0
