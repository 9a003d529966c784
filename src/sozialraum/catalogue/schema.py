"""JSON Schema of every kind of document, so that an editor completes keys and shows what they mean.

An editor with TOML support finds the schema by a comment in the first line of a document::

    #:schema ../../docs/reference/schema/indicators.json
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
