"""How the command line prints: texts as they are, tables, faults, JSON."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sozialraum.errors import Fault, InputError, SozialraumError

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def say(text: str, *, style: str = "", to: Console = out) -> None:
    """Print a text as it is: brackets in it are no markup, and no line is broken (paths can be copied)."""
    to.print(Text(text, style=style), soft_wrap=True)


def typed(path: Path) -> str:
    """Return a path as it is typed here: relative where it lies below, quoted where it has blanks."""
    path = path.resolve()
    here = Path.cwd().resolve()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))


def print_json(content: Any) -> None:
    """Print one JSON document."""
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2, default=str))


def table(title: str, headers: Sequence[str], rows: Iterable[Sequence[str]], *, right: int = 0) -> Table:
    """Make a table; the last ``right`` columns hold numbers."""
    made = Table(title=title)
    for at, header in enumerate(headers):
        made.add_column(header, justify="right" if at >= len(headers) - right else "left")
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    return made


def refuse(error: SozialraumError | OSError, *, as_json: bool) -> None:
    """Say why a command could not be done."""
    faults = error.faults if isinstance(error, InputError) else ()
    message = _how_many(faults) if faults else str(error)
    if isinstance(error, OSError):
        message = f"{error.filename or 'a file'}: it can not be read or written ({error.strerror or error})"
    if as_json:
        print_json({"error": message, "faults": [fault.as_json() for fault in faults]})
    elif faults:
        print_faults(faults)
    else:
        say(message, style="bold red", to=err)


def print_faults(faults: Sequence[Fault]) -> None:
    """Print every fault and how many there are."""
    for fault in faults:
        say(str(fault), to=err)
    say(_how_many(faults), style="bold", to=err)


def _how_many(faults: Sequence[Fault]) -> str:
    return f"{len(faults)} fault{'' if len(faults) == 1 else 's'}"
