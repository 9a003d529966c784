"""The command retention: what the vault keeps for longer than it may, and what is to go before its time."""

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
    forget_early: Annotated[
        str | None,
        typer.Option(
            help="Delete this delivery before its time: the file's name, or the beginning of its sha256.",
            metavar="DELIVERY",
        ),
    ] = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """List deliveries in the vault that are kept longer than their source allows.

    A source says with retention_years how long; the years count from the day of receipt. With --forget their bytes are
    deleted; that they were there, and their hash, stays written down. With --forget-early one delivery goes that way
    which might be kept for longer, because a person asks for it.

    What the vault remembers of the microcells of a release is listed, and deleted, once the release is withdrawn.
    """
    if forget and forget_early is not None:
        raise typer.BadParameter("do one after the other: --forget deletes what is kept for too long")
    project = load_project(folder)
    found = pipeline.overdue(project) if forget_early is None else pipeline.find_kept(project, forget_early)
    cells = pipeline.unneeded(project) if forget_early is None else ()
    gone = forget or forget_early is not None
    if gone and (found or cells):
        what = [_files(len({one.snapshot.sha256 for one in found}))] if found else []
        what += [f"what is remembered of the cells of {release}" for release in cells]
        confirm(f"{', '.join(what)} will be deleted from {project.vault}.", yes=yes, as_json=as_json)
        pipeline.forget(project, found)
        pipeline.forget_cells(project, cells)
    orphans = pipeline.without_source(project)
    if as_json:
        key = "overdue" if forget_early is None else "early"
        kept = [release for release in pipeline.remembered(project) if release not in cells]
        histories = {"kept": kept, "unneeded": list(cells)}
        said = {"forgotten": gone, key: [one.as_json() for one in found], "without_source": orphans}
        print_json({**said, "microcells": histories})
        return
    _tell(found, cells, forgotten=gone)
    for source, number in orphans.items():
        say(f"note: the vault keeps {_files(number)} of {source}, which the project has no source for any more")


def _tell(found: tuple[pipeline.Kept, ...], cells: tuple[str, ...], *, forgotten: bool) -> None:
    if not found and not cells:
        say("Nothing is kept longer than its source allows.", style="green")
        return
    headers = ("source", "file", "received", "years", "due")
    rows = [_row(one) for one in found] + [
        ("microcells", f"cells of {release}", "", "", "withdrawn") for release in cells
    ]
    out.print(table("Forgotten" if forgotten else "Kept for too long", headers, rows))
    for one in found:
        if one.delivered:
            say(f"delete too, or the next build takes it in again: {one.delivered}")
    if not forgotten:
        say("Nothing was deleted. To delete them from the vault: --forget")


def _row(one: pipeline.Kept) -> tuple[str, ...]:
    due = one.due.isoformat() if one.due else ""
    return one.source, one.file, one.received.isoformat(), "" if one.years is None else str(one.years), due


def _files(number: int) -> str:
    return f"{number} file{'' if number == 1 else 's'}"
