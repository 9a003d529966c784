"""Reads a project: the city's TOML documents laid over the built-in catalogue.

A document of the project replaces the built-in one of the same name as a whole. All faults of all documents are
reported at once.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import ValidationError

from sozialraum.catalogue.documents import (
    AreaSystemDoc,
    CityDoc,
    CodeListDoc,
    Document,
    PolicyDoc,
    SourceDoc,
    ThemeDoc,
)
from sozialraum.catalogue.indicator import IndicatorDoc
from sozialraum.catalogue.lines import line_of
from sozialraum.errors import Faults, ProjectError

BUILT_IN = Path(__file__).parent
KINDS: Mapping[str, type[Document]] = MappingProxyType(
    {
        "sources": SourceDoc,
        "areas": AreaSystemDoc,
        "indicators": IndicatorDoc,
        "policies": PolicyDoc,
        "codes": CodeListDoc,
        "themes": ThemeDoc,
    }
)
_D = TypeVar("_D", bound=Document)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Documents that have a meaning without a city: what is published, in which words, under which rules."""

    indicators: Mapping[str, IndicatorDoc]
    policies: Mapping[str, PolicyDoc]
    codes: Mapping[str, CodeListDoc]
    themes: Mapping[str, ThemeDoc]


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


def load_catalogue() -> Catalogue:
    """Read the built-in catalogue alone.

    Raises:
        ProjectError: a built-in document is at fault.
    """
    faults = Faults()
    documents = {kind: _load_kind(kind, (BUILT_IN / kind,), BUILT_IN, faults)[0] for kind in KINDS}
    faults.throw(ProjectError)
    return _catalogue(documents)


def load_project(folder: Path, deliveries: Path | None = None) -> Project:
    """Read ``city.toml`` and every document of a project.

    Args:
        folder: the project folder.
        deliveries: where the delivered files are, ``folder/deliveries`` if not given.

    Raises:
        ProjectError: with every fault of every document: syntax, unknown keys, references that lead nowhere, circles.
    """
    from sozialraum.catalogue.references import check_references

    folder = folder.resolve()
    faults = Faults()
    city_file = folder / "city.toml"
    if not city_file.is_file():
        advice = "make a project with `sozialraum new DIR`, or name the folder that holds city.toml"
        faults.add("city.toml", f"there is no project in {folder.name}", advice=advice)
        faults.throw(ProjectError)
    city = _read_document(city_file, CityDoc, folder, faults)
    files: dict[tuple[str, str], Path] = {("city", "city"): city_file}
    documents: dict[str, dict[str, Any]] = {}
    for kind in KINDS:
        documents[kind], found = _load_kind(kind, (BUILT_IN / kind, folder / kind), folder, faults)
        files.update({(kind, identifier): path for identifier, path in found.items()})
    if city is None:
        faults.throw(ProjectError)
        raise AssertionError("a document that could not be read has left a fault")
    project = Project(
        folder=folder,
        deliveries=(deliveries or folder / "deliveries").resolve(),
        city=city,
        sources=MappingProxyType(documents["sources"]),
        areas=MappingProxyType(documents["areas"]),
        catalogue=_catalogue(documents),
        files=MappingProxyType(files),
    )
    check_references(project, faults, complete=not faults)
    faults.throw(ProjectError)
    return project


def read_catalogue(folder: Path) -> tuple[CityDoc, Mapping[str, SourceDoc], Mapping[str, AreaSystemDoc], Catalogue]:
    """Read the copy of all documents that a release carries.

    Raises:
        ProjectError: the copy is not what a build wrote.
    """
    faults = Faults()
    city = _read_document(folder / "city.toml", CityDoc, folder, faults)
    documents = {kind: _load_kind(kind, (folder / kind,), folder, faults)[0] for kind in KINDS}
    faults.throw(ProjectError)
    if city is None:
        raise ProjectError(())
    return city, documents["sources"], documents["areas"], _catalogue(documents)


def _catalogue(documents: Mapping[str, dict[str, Any]]) -> Catalogue:
    return Catalogue(
        indicators=MappingProxyType(documents["indicators"]),
        policies=MappingProxyType(documents["policies"]),
        codes=MappingProxyType(documents["codes"]),
        themes=MappingProxyType(documents["themes"]),
    )


def _load_kind(
    kind: str, folders: tuple[Path, ...], root: Path, faults: Faults
) -> tuple[dict[str, Any], dict[str, Path]]:
    paths: dict[str, Path] = {}
    for folder in folders:
        paths |= {path.stem: path for path in sorted(folder.glob("*.toml"))}
    documents = {identifier: _read_document(path, KINDS[kind], root, faults) for identifier, path in paths.items()}
    return {identifier: document for identifier, document in documents.items() if document is not None}, paths


def _read_document(path: Path, kind: type[_D], root: Path, faults: Faults) -> _D | None:
    name = display_path(path, root)
    try:
        text = path.read_text(encoding="utf-8")
        return kind.model_validate(tomllib.loads(text))
    except UnicodeDecodeError:
        faults.add(name, "the file is not UTF-8 text", advice="save it as UTF-8")
    except OSError as error:
        faults.add(name, f"the file can not be read ({error.strerror})")
    except tomllib.TOMLDecodeError as error:
        line = int(found) if (found := str(error).rpartition("at line ")[2].partition(",")[0]).isdigit() else 0
        faults.add(name, f"this is not valid TOML: {error}", line=line, advice="quote texts, write dates as 2028-03-01")
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            _add_problem(name, text, problem, kind, faults)
    return None


_INTERNAL_STEPS = ("MeasureDoc", "tuple[MeasureDoc, ...]", "tuple[MeasureDoc,...]")


def _add_problem(name: str, text: str, problem: Any, kind: type[Document], faults: Faults) -> None:
    path = [step for step in problem["loc"] if step not in _INTERNAL_STEPS]
    key = ".".join(str(step) for step in path)
    line = line_of(text, path)
    value = problem.get("input")
    shown = "" if isinstance(value, dict | list) or value is None else str(value)
    match problem["type"]:
        case "extra_forbidden":
            faults.add(name, "this key is not known", line=line, column=key, value=shown, advice=_known(path, kind))
        case "missing":
            faults.add(name, "this key is missing", line=line, column=key, advice=f"add {path[-1]} = ...")
        case "value_error":
            faults.add(name, str(problem["ctx"]["error"]), line=line, column=key, value=shown)
        case "literal_error":
            advice = f"write {problem['ctx']['expected']}"
            faults.add(name, "this value is not known", line=line, column=key, value=shown, advice=advice)
        case _:
            faults.add(name, problem["msg"], line=line, column=key, value=shown)


def _known(path: list[Any], kind: type[Document]) -> str:
    """Advise on an unknown key: the nearest known one of the same table, or all of them."""
    fields: set[str] = set(kind.model_fields)
    if len(path) > 1:
        return "remove it, or look it up in the reference of this kind of file"
    near = difflib.get_close_matches(str(path[-1]), fields, n=1)
    return f"did you mean {near[0]}?" if near else f"known keys: {', '.join(sorted(fields))}"
