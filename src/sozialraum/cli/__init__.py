"""The command ``sozialraum``. It translates: arguments in, calls to the rooms, sentences (or JSON) out.

==============  ======================================================================================================
``commands``    which commands there are; each is loaded only when it runs, faults become sentences
``arguments``   arguments and options that several commands have
``terminal``    how texts, tables, faults and JSON are printed
``progress``    how long work is shown
``project``     new, schemas, check, build, explain
``area``        areas that somebody drew become part of a project
``review``      verify, diff, approve, publish, withdraw
``disclosure``  what policies withhold, and what others would
``retention``   what the vault keeps for too long
``microcells``  buildings become microcells
``users``       accounts of the platform
``serving``     serve
``demo``        a synthetic town, from nothing to a served platform
==============  ======================================================================================================

Exit codes: 0 done, 1 faults in the input, 2 wrong use. With ``--json`` standard output holds one JSON document, in case
of faults too (``{"error": ..., "faults": [...]}``); progress and notes go to standard error.
"""

from __future__ import annotations

from typing import Annotated

import typer

from sozialraum.cli.commands import Commands
from sozialraum.cli.terminal import say

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A municipality knows, plans, acts and listens without ever learning anything about a single person.",
)


def main() -> None:
    """Run the command line."""
    app()


def _version(wanted: bool) -> None:
    if wanted:
        from sozialraum import __version__

        say(f"sozialraum {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options before the command."""
