"""JSON Schema of every kind of document, so that an editor completes keys and shows what they mean.

A project carries the schemas of the version that it was made with (``.schema``) and says to the two language servers
for TOML which of them belongs to which document (``.taplo.toml``, ``.tombi.toml``). Elsewhere a comment in the first
line of a document does the same::

    #:schema ../.schema/indicators.json
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sozialraum.catalogue.documents import CityDoc, Document
from sozialraum.catalogue.loader import KINDS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MODELS: Mapping[str, type[Document]] = {"city": CityDoc, **KINDS}


def schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of each kind of document by its folder's name (``city`` for ``city.toml``)."""
    return {name: {"$schema": DIALECT, **model.model_json_schema()} for name, model in _MODELS.items()}


def write_schemas(folder: Path) -> tuple[Path, ...]:
    """Write one file for each kind of document; return them."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, schema in schemas().items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(schema, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        paths.append(path)
    return tuple(paths)


SCHEMAS = ".schema"
"""Where a project keeps them."""

TAPLO = """\
# Which schema belongs to which document, for Taplo (Even Better TOML in VS Code). Made by `sozialraum schemas`.
"""
TOMBI = """\
# Which schema belongs to which document, for Tombi. Made by `sozialraum schemas`.

[schema]
catalog = { paths = [] }               # nothing is fetched from elsewhere
"""


def write_editor_settings(project: Path) -> tuple[Path, ...]:
    """Write the schemas into a project, and what tells editors which belongs to which document; return the files."""
    files = write_schemas(project / SCHEMAS)
    settings = {".taplo.toml": _taplo(), ".tombi.toml": _tombi()}
    for name, text in settings.items():
        (project / name).write_text(text, encoding="utf-8")
    return (*files, *(project / name for name in settings))


def _documents(kind: str) -> str:
    return "city.toml" if kind == "city" else f"{kind}/*.toml"


def _taplo() -> str:
    rules = (
        f'\n[[rule]]\ninclude = ["**/{_documents(kind)}"]\n\n[rule.schema]\npath = "./{SCHEMAS}/{kind}.json"\n'
        for kind in _MODELS
    )
    return TAPLO + "".join(rules)


def _tombi() -> str:
    rules = (f'\n[[schemas]]\npath = "{SCHEMAS}/{kind}.json"\ninclude = ["{_documents(kind)}"]\n' for kind in _MODELS)
    return TOMBI + "".join(rules)
