"""Commands about a project: new, schemas, check, build, explain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.table import Table

from sozialraum import pipeline
from sozialraum.catalogue import load_project, overdue_reviews
from sozialraum.catalogue.schema import write_editor_settings
from sozialraum.cli.arguments import AsJson, Deliveries, ProjectFolder, Who, demand_project
from sozialraum.cli.progress import progress
from sozialraum.cli.terminal import out, print_json, say, table, typed
from sozialraum.errors import disk_faults
from sozialraum.musterstadt import TEMPLATES

app = typer.Typer()


def _template(name: str) -> str:
    if name not in TEMPLATES:
        raise typer.BadParameter(f"there is no template {name!r}; choose one of {', '.join(TEMPLATES)}")
    return name


@app.command()
def new(
    folder: ProjectFolder,
    template: Annotated[
        str,
        typer.Option("--from", help=f"One of {', '.join(TEMPLATES)}.", metavar="TEMPLATE", callback=_template),
    ] = "empty",
) -> None:
    """Make a project folder with everything to start."""
    pipeline.new_project(folder, template)
    say(f"Made the project {folder}. Next: sozialraum check {folder}")


@app.command()
def schemas(folder: ProjectFolder) -> None:
    """Write the documents' JSON Schemas into a project, and what tells editors of them; again after an update."""
    demand_project(folder)
    with disk_faults(folder):
        files = write_editor_settings(folder)
    for path in files:
        say(f"wrote {typed(path)}")


@app.command()
def check(folder: ProjectFolder, deliveries: Deliveries = None, as_json: AsJson = False) -> None:
    """Read every TOML and every delivery, report all faults, build nothing."""
    project = load_project(folder, deliveries)
    with progress() as tell:
        notes = pipeline.check(project, tell)
    if as_json:
        reviews = [review.as_json() for review in overdue_reviews(project)]
        print_json({"faults": [], "notes": [note.as_json() for note in notes], "reviews": reviews})
        return
    for note in notes:
        say(f"note: {note}")
    say(f"No faults, {len(notes)} note{'' if len(notes) == 1 else 's'}.", style="green")


@app.command()
def build(folder: ProjectFolder, deliveries: Deliveries = None, who: Who = "unknown", as_json: AsJson = False) -> None:
    """Make a draft release from the deliveries."""
    with progress() as tell:
        result = pipeline.build(load_project(folder, deliveries), tell, who=who)
    if as_json:
        print_json(result.as_json())
        return
    for note in result.notes:
        say(f"note: {note}")
    for shown in _tables(result):
        out.print(shown)
    if rest := result.unresolved.keys() - result.own:
        say(f"{len(rest)} indicators of the built-in catalogue have no data here (--json says why).")
    say(f"Draft release {result.release.id} in {result.seconds:.1f} s.", style="bold")
    if result.audit_passed:
        say("Disclosure audit passed.", style="green")
        say(f"Next: sozialraum approve {typed(result.release.folder)} --who NAME")
    else:
        say(f"Disclosure audit failed; see {result.release.folder / 'audit.en.html'}", style="bold red")


def _tables(result: pipeline.BuildResult) -> Iterator[Table]:
    holdings = [(name, f"{public:,}", f"{internal:,}") for name, public, internal in result.holdings()]
    yield table("What the release holds", ("", "public", "internal"), holdings, right=2)
    headers = ("policy", "counts", "too small", "to protect those", "share")
    yield table("What was withheld in the public package, and why", headers, result.withheld(), right=4)
    own = {name: why for name, why in result.unresolved.items() if name in result.own}
    if own:
        yield table("Your indicators without data, and why", ("indicator", "why"), own.items())


@app.command()
def explain(
    folder: ProjectFolder,
    indicator: Annotated[str, typer.Argument(help="The id of an indicator or a composite.")],
    area: Annotated[str, typer.Argument(help="The area's code or name, or SYSTEM:CODE.")],
    period: Annotated[str, typer.Argument(help="The period, e.g. 2024.")],
    deliveries: Deliveries = None,
    as_json: AsJson = False,
) -> None:
    """Show a number's way back to the rows of the deliveries. Confidential.

    The score of a composite is shown as the release tells it, with each input below it.

    It shows numbers as they were delivered, before anything is withheld: for whoever may read the deliveries, not to
    be passed on.
    """
    found = pipeline.explain(load_project(folder, deliveries), indicator, area, period)
    if as_json:
        print_json(found.as_json())
        return
    say(found.as_text())
