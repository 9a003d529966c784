"""The page docs/reference/methods.md, made from the tables that the spec tests check (tests/spec/tables)."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

SPEC = Path(__file__).parents[2] / "tests" / "spec"

if TYPE_CHECKING:
    from method_tables import Method, Table

HEAD = """\
# Methods

How indicators are made, compared and tested, each method with its formula, its source and worked numbers. Every table
on this page is read by the test named above it, and the page is made from them by `make docs`: what stands here is
checked. What the words mean for a reader is in
[Values and uncertainty](../explanation/values-and-uncertainty.md).

z is 1.959963984540054 for 95 % and 3.090232306167813 for 99.8 %. With complete administrative counts there is no
sampling error: an interval says what chance alone could do.

## Peers

Published expectations of others that are reproduced here:

| who published them | in |
| --- | --- |
"""


def methods_reference() -> str:
    """Return every method with its tables as Markdown."""
    sys.path.insert(0, str(SPEC))
    try:
        from method_tables import methods

        found = methods()
    finally:
        sys.path.remove(str(SPEC))
    peers = "".join(f"{line}\n" for line in _peers(found))
    return HEAD + peers + "".join(f"\n{line}" for method in found for line in _section(method))


def _peers(found: Iterable[Method]) -> Iterator[str]:
    for method in found:
        for table in method.tables:
            if table.peer:
                yield f"| {table.peer} | [{method.title}](#{_anchor(method.title)}): {table.name} |"


def _section(method: Method) -> Iterator[str]:
    yield f"## {method.title}\n"
    yield f"{method.what.strip()}\n"
    yield f"- Formula: `{method.formula}`"
    yield from (f"- Source: {source}" for source in method.sources)
    yield f"- Code: `{method.code}`"
    yield f"- Test: `{method.test}`\n"
    for table in method.tables:
        yield from _table(table)


def _table(table: Table) -> Iterator[str]:
    yield f"**{table.name}**: {table.caption}{f' Published by {table.peer}.' if table.peer else ''}\n"
    yield f"| {' | '.join(table.columns)} |"
    yield f"| {' | '.join('---' for _ in table.columns)} |"
    yield from (f"| {' | '.join(row[column] for column in table.columns)} |" for row in table.rows)
    yield ""


def _anchor(title: str) -> str:
    """Return the anchor that Markdown gives a heading."""
    kept = "".join(letter for letter in title.lower() if letter.isalnum() or letter in " -")
    return kept.replace(" ", "-")
