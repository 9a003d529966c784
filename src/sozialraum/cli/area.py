"""The command area: areas that somebody drew become part of a project."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from sozialraum import pipeline
from sozialraum.catalogue import load_project
from sozialraum.catalogue.documents import IDENTIFIER_PATTERN
from sozialraum.cli.arguments import AsJson, ProjectFolder
from sozialraum.cli.terminal import out, print_json, say, table, typed

app = typer.Typer()


def _identifier(name: str) -> str:
    if not re.match(IDENTIFIER_PATTERN, name):
        raise typer.BadParameter("write it in letters a-z, digits and underscores, a letter first: muehlenviertel")
    return name


def _title(title: str) -> str:
    if not title.strip():
        raise typer.BadParameter("say what pages are to call it")
    return title.strip()


@app.command()
def area(  # noqa: PLR0913 - one parameter for each option
    folder: ProjectFolder,
    file: Annotated[Path, typer.Argument(help="What was drawn: GeoJSON, GeoPackage, Shapefile ...", metavar="FILE")],
    name: Annotated[str, typer.Option(help="Id of the new area system.", metavar="ID", callback=_identifier)],
    title: Annotated[str, typer.Option(help="What pages call it.", metavar="TEXT", callback=_title)],
    crs: Annotated[
        str | None, typer.Option(help="Coordinate system, where the file does not say it.", metavar="EPSG:...")
    ] = None,
    internal: Annotated[bool, typer.Option("--internal", help="Only staff see it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Add areas that somebody drew on a map; the next build counts who lives in them.

    One polygon or several; a property ``name`` names each. Nothing is written where a border is not sound, too small,
    outside the city, or overlaps another. Of a small group nothing is told, here as everywhere: not in the area, and
    not in what it leaves of a quarter.
    """
    project = load_project(folder)
    drawn = pipeline.draw_area(project, file, name, title, crs=crs, internal=internal)
    if as_json:
        areas = [one.as_json() for one in drawn.areas]
        files = [str(path) for path in drawn.files]
        print_json({"area_system": drawn.id, "areas": areas, "files": files, "sources": list(drawn.sources)})
        return
    rows = [(one.code, one.name, f"{one.hectares:,.1f}") for one in drawn.areas]
    out.print(table(f"Drawn areas: {title}", ("code", "name", "ha"), rows, right=1))
    for path in drawn.files:
        say(f"wrote {typed(path)}")
    if drawn.sources:
        say(f"The next build counts it from single records: {', '.join(drawn.sources)}.")
        say("Ready-made tables know nothing of it; indicators that need them have no value there.")
    else:
        say("No source of this project has single records with a place: nothing can be counted in it.", style="bold")
    say(f"Next: sozialraum check {typed(folder)}")
