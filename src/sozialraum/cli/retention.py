"""The command retention: what the vault keeps for longer than it may."""

from __future__ import annotations

from typing import Annotated

import typer

from sozialraum import pipeline
from sozialraum.catalogue import load_project
from sozialraum.cli.arguments import AsJson, ProjectFolder, Yes, confirm
from sozialraum.cli.terminal import out, print_json, say, table

app = typer.Typer()


@app.command()
def retention(
    folder: ProjectFolder,
    forget: Annotated[bool, typer.Option("--forget", help="Delete them from the vault, for good.")] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """List deliveries in the vault that are kept longer than their source allows.

    A source says with retention_years how long; the years count from the day of receipt. With --forget their bytes are
    deleted; that they were there, and their hash, stays written down.
    """
    project = load_project(folder)
    found = pipeline.overdue(project)
    if forget and found:
        confirm(f"{_files(len(found))} will be deleted from {project.vault}.", yes=yes)
        pipeline.forget(project, found)
    orphans = pipeline.without_source(project)
    if as_json:
        print_json({"forgotten": forget, "overdue": [one.as_json() for one in found], "without_source": orphans})
        return
    _tell(found, forgotten=forget)
    for source, number in orphans.items():
        say(f"note: the vault keeps {_files(number)} of {source}, which the project has no source for any more")


def _tell(found: tuple[pipeline.Overdue, ...], *, forgotten: bool) -> None:
    if not found:
        say("Nothing is kept longer than its source allows.", style="green")
        return
    headers = ("source", "file", "received", "years", "due since")
    rows = [(one.source, one.file, one.received.isoformat(), str(one.years), one.due.isoformat()) for one in found]
    out.print(table("Forgotten" if forgotten else "Kept for too long", headers, rows))
    for one in found:
        if one.delivered:
            say(f"delete too, or the next build takes it in again: {one.delivered}")
    if not forgotten:
        say("Nothing was deleted. To delete them from the vault: --forget")


def _files(number: int) -> str:
    return f"{number} file{'' if number == 1 else 's'}"
