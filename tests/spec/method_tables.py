"""The worked numbers of each method: one TOML file in ``tables``, which the tests check and docs/reference shows."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "tables"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one table, each a mapping of column to cell as text.

    ``caption`` says what they show, ``peer`` who published them (empty where they are our own).
    """

    name: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]
    peer: str = ""


@dataclass(frozen=True, slots=True)
class Method:
    """A method with its formula, its sources, where its code and its test are, and its tables."""

    name: str
    title: str
    order: int
    what: str
    formula: str
    sources: tuple[str, ...]
    code: str
    test: str
    tables: tuple[Table, ...]


def methods() -> tuple[Method, ...]:
    """Return every method in the order of the page."""
    return tuple(sorted((read(path) for path in FOLDER.glob("*.toml")), key=lambda method: method.order))


def read(path: Path) -> Method:
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    sources, tables = tuple(document.pop("sources")), tuple(_table(table) for table in document.pop("tables"))
    return Method(name=path.stem, sources=sources, tables=tables, **document)


def rows(method: str, table: str) -> list[dict[str, str]]:
    """Return the rows of one table of one method."""
    (found,) = [each for each in read(FOLDER / f"{method}.toml").tables if each.name == table]
    return list(found.rows)


def _table(document: dict[str, Any]) -> Table:
    lines = [
        tuple(cell.strip() for cell in line.split("|"))
        for line in document["rows"].strip().splitlines()
        if line.strip()
    ]
    found = tuple(dict(zip(lines[0], line, strict=True)) for line in lines[1:])
    return Table(document["name"], document["caption"], lines[0], found, document.get("peer", ""))
