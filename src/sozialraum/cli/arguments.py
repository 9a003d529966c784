"""Arguments and options that several commands have, so that they are called and said the same everywhere."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from sozialraum.errors import Fault, InputError, NotAllowedError

AS_JSON = "sozialraum.json"
"""Where a command's context keeps whether faults are to be told in JSON."""


def _remember_json(ctx: typer.Context, wanted: bool) -> bool:
    """Note for :class:`~sozialraum.cli.commands.Commands` how faults are to be told."""
    ctx.meta[AS_JSON] = wanted
    return wanted


def _demand_name(name: str) -> str:
    """Return who does this, or who is signed in; refuse a step of a release that nobody puts a name to."""
    found = name.strip() or _signed_in()
    if not found:
        what = 'a release tells who did this, and nobody is known here; add --who "Ada Beispiel"'
        raise typer.BadParameter(what, param_hint="--who")
    return found


def _signed_in() -> str:
    """Return the name of the system's account, empty where it has none (a container may run under a bare number)."""
    try:
        return getpass.getuser().strip()
    except (KeyError, OSError):
        return ""


USER_NAMES = ["USER", "LOGNAME", "USERNAME"]
"""Environment variables in which systems keep the name of whoever is signed in."""

ProjectFolder = Annotated[Path, typer.Argument(help="The city's project folder (with city.toml).", metavar="DIR")]
ReleaseFolder = Annotated[Path, typer.Argument(help="A release folder (DIR/releases/ID).", metavar="RELEASE")]
Deliveries = Annotated[
    Path | None, typer.Option(help="Where the delivered files are, if not in DIR/deliveries.", metavar="DIR")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON for machines.", callback=_remember_json)]
Who = Annotated[str, typer.Option(help="Who does this; written into the release's history.", envvar=USER_NAMES)]
Somebody = Annotated[
    str,
    typer.Option(
        "--who",
        help="Who answers for this, by default whoever is signed in; written into the release's history.",
        metavar="NAME",
        callback=_demand_name,
    ),
]
Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all of the machine's.")]
Port = Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask whether this is really wanted.")]


def confirm(question: str, *, yes: bool, as_json: bool = False) -> None:
    """Ask whether something that can not be undone is really wanted.

    Args:
        question: what will happen.
        yes: the answer was given on the command line (``--yes``).
        as_json: a machine reads the answer (``--json``); it can not be asked.

    Raises:
        typer.Abort: the answer is no, or there is nobody to ask; nothing was done then.
        NotAllowedError: a machine would have to answer; nothing was done then.
    """
    if yes:
        return
    if as_json:
        raise NotAllowedError(f"{question} Nothing was done; --yes says that this is wanted.")
    typer.confirm(f"{question} Go on?", abort=True, err=True)


def demand_project(folder: Path) -> Path:
    """Return the project folder, for commands that need no document of it.

    Raises:
        InputError: there is no ``city.toml``.
    """
    if not (folder / "city.toml").is_file():
        advice = "name the folder that holds city.toml"
        raise InputError(Fault("city.toml", what=f"there is no project in {folder.resolve().name}", advice=advice))
    return folder.resolve()
