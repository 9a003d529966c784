"""The command microcells: buildings become cells, with a report on their quality."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
import typer

from sozialraum.cli.arguments import AsJson
from sozialraum.cli.cell_attributes import (
    AttributeFile,
    Attributes,
    demand_attributes,
    read_attributes,
    summary_text,
    write_attributes,
)
from sozialraum.cli.commands import STOPPED
from sozialraum.cli.progress import progress
from sozialraum.cli.terminal import err, print_json, say, typed
from sozialraum.errors import Fault, Faults, InputError, disk_faults
from sozialraum.microcells import (
    Formation,
    History,
    Maintained,
    Reading,
    first_release,
    form_country,
    maintain_cells,
    read_buildings,
    read_history,
    with_bounds,
    write_release,
)
from sozialraum.microcells.partitions import PARQUET, is_partitioned
from sozialraum.pipeline import Step
from sozialraum.pipeline.progress import Tell

app = typer.Typer()

_MOST_NOTES = 20


def _pairs(pairs: list[str] | None) -> list[str] | None:
    for pair in pairs or ():
        ours, _, theirs = pair.partition("=")
        if not (ours and theirs):
            raise typer.BadParameter(f"{pair!r} is no pair; write street=strname")
    return pairs


@app.command()
def microcells(  # noqa: PLR0913 - a command's options are its parameters
    buildings: Annotated[
        Path,
        typer.Argument(
            help="Houses with a geometry, or with x and y; or a folder of Parquet, a file for each municipality.",
            metavar="BUILDINGS",
        ),
    ],
    target: Annotated[
        Path,
        typer.Argument(help="GeoParquet to write (.parquet); or a folder, where BUILDINGS is one.", metavar="OUT"),
    ],
    minimum: Annotated[int, typer.Option(help="The fewest households of a cell.", min=1)] = 4,
    mode: Annotated[
        Literal["street", "geometry", "quality"],
        typer.Option(help="Follow streets; or look at places alone, quickly or thoroughly."),
    ] = "street",
    likeness: Annotated[
        float,
        typer.Option(
            help="By how much houses are further apart whose attribute (--column attribute=COLUMN) differs by 1.",
            min=0.0,
            metavar="METRES",
        ),
    ] = 0.0,
    seed: Annotated[int, typer.Option(help="Another number gives other cells, about as good.", metavar="N")] = 0,
    households: Annotated[str | None, typer.Option(help="Column with the households.", metavar="COLUMN")] = None,
    assume_households: Annotated[int | None, typer.Option(help="So many in every building.", metavar="N")] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help="street=strname: where another column is.", metavar="OURS=THEIRS", callback=_pairs),
    ] = None,
    layer: Annotated[str | None, typer.Option(help="Layer, or file of an archive.")] = None,
    crs: Annotated[str | None, typer.Option(help="CRS of the coordinates, e.g. EPSG:25832.")] = None,
    area_file: Annotated[Path | None, typer.Option(help="Areas that no cell crosses.")] = None,
    area_code: Annotated[str | None, typer.Option(help="The area file's column of codes.")] = None,
    previous: Annotated[
        Path | None, typer.Option(help="OUT of the last release: its cells are continued.", metavar="FILE")
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="With --previous: compare the cost with cells formed anew.")
    ] = False,
    attribute: Attributes = None,
    attributes: AttributeFile = None,
    bounds: Annotated[
        bool, typer.Option("--bounds", help="Report what no cells could cost less than (takes up to some minutes).")
    ] = False,
    threads: Annotated[int | None, typer.Option(help="All processors by default.", min=1)] = None,
    as_json: AsJson = False,
) -> None:
    """Bundle buildings into microcells and report on their quality."""
    options = Formation(minimum=minimum, mode=mode, likeness=likeness, seed=seed, threads=threads)
    columns = dict(pair.partition("=")[::2] for pair in column or ()) | (
        {"households": households} if households else {}
    )
    reading = Reading(layer, crs, columns, assume_households, area_file, area_code)
    _refuse_halves(options, reading, previous, compare=compare)
    is_country = is_partitioned(buildings) or (buildings.is_dir() and target.suffix != PARQUET)
    wanted = demand_attributes(attribute, attributes, country=is_country)
    if is_country:
        _refuse_for_folders(buildings, previous, bounds=bounds)
        _form_country(buildings, target, options, reading, as_json=as_json)
        return
    for taken, what in ((buildings, "this is the delivery itself"), (previous, "this is the last release itself")):
        if taken and target.exists() and target.resolve() == taken.resolve():
            raise InputError(Fault(str(target), what=what, advice="name another file to write"))
    history = read_history(previous) if previous else None
    with progress() as tell:
        with _during(tell, "Reading the buildings"):
            found = read_buildings(buildings, reading)
            for note in found.notes:
                say(f"note: {note}", to=err)
            units = read_attributes(wanted, found.houses, units=attributes, buildings=buildings, layer=layer)
        with _during(tell, "Forming microcells"):
            made = _formed(history, found.houses, options, compare=compare, name=str(buildings))
        if bounds:
            with _during(tell, "Working out what no cells could cost less than"):
                made = replace(made, cells=with_bounds(made.cells, found.houses, options, name=str(buildings)))
        with _during(tell, "Writing"), disk_faults(target.absolute().parent):
            report = write_release(target, made)
            told = write_attributes(target, wanted, made.cells, units) if units else None
    _report(made, told[1] if told else None, as_json=as_json)
    say(f"Wrote {target} and {report}" + (f", and {told[0]}" if told else ""), to=err)


@contextmanager
def _during(tell: Tell, title: str) -> Iterator[None]:
    """Show a piece of work while it lasts."""
    tell(Step(title, 0, 1))
    yield
    tell(Step(title, 1, 1))


def _formed(
    history: History | None, houses: pl.DataFrame, options: Formation, *, compare: bool, name: str
) -> Maintained:
    if history:
        return maintain_cells(history, houses, options, compare=compare, name=name)
    return first_release(houses, options, name=name)


def _report(made: Maintained, attributes: pl.DataFrame | None, *, as_json: bool) -> None:
    """Say how good the cells are, what changed, and what they tell of attributes."""
    quality, changes = made.cells.quality, made.changes
    if as_json:
        more: dict[str, object] = {"changes": changes.as_json()} if changes else {}
        more |= {"attributes": attributes.to_dicts()} if attributes is not None else {}
        print_json({**quality.as_json(), **more})
        return
    parts = [part.as_text("en") for part in (quality, changes) if part]
    say("\n\n".join([*parts, *([summary_text(attributes)] if attributes is not None else [])]))


def _refuse_halves(options: Formation, reading: Reading, previous: Path | None, *, compare: bool) -> None:
    """Refuse options that say nothing without another one.

    Raises:
        InputError: with all of them, and what to name.
    """
    faults = Faults()
    if options.likeness > 0 and "attribute" not in reading.columns:
        what = "houses are to be alike, and it is not known in what"
        advice = "Name the column with --column attribute=COLUMN, or leave out --likeness."
        faults.add("options", what, column="likeness", value=f"{options.likeness:g}", advice=advice)
    if compare and not previous:
        advice = "Name the last release with --previous, or leave out --compare."
        faults.add("options", "there are no continued cells to compare", column="compare", advice=advice)
    faults.throw(InputError)


def _refuse_for_folders(folder: Path, previous: Path | None, *, bounds: bool) -> None:
    """Refuse what there is for one file only.

    Raises:
        InputError: with all of it.
    """
    faults = Faults()
    if previous:
        advice = "Continue the cells of each municipality's file."
        faults.add(str(previous), "the cells of a folder are not continued", column="previous", advice=advice)
    if bounds:
        what, advice = "bounds are not worked out for a folder", "Give the file of a municipality, or leave it out."
        faults.add(str(folder), what, column="bounds", advice=advice)
    faults.throw(InputError)


def _form_country(source: Path, target: Path, options: Formation, reading: Reading, *, as_json: bool) -> None:
    """Form the cells of a folder of municipalities; Ctrl+C says how to go on."""
    try:
        with progress() as tell:
            country = form_country(source, target, options, _telling(tell), reading=reading)
    except KeyboardInterrupt as stop:
        say(f"Stopped. What is finished stays in {typed(target)}; the same command goes on from there.", to=err)
        raise typer.Exit(STOPPED) from stop
    for note in country.notes[:_MOST_NOTES]:
        say(f"note: {note}", to=err)
    if len(country.notes) > _MOST_NOTES:
        say(f"... and {len(country.notes) - _MOST_NOTES:,} more notes", to=err)
    if as_json:
        print_json({"municipalities": country.municipalities, **country.quality.as_json()})
    else:
        say(country.quality.as_text("en"))
    before = f", {country.taken_over:,} of them by an earlier run" if country.taken_over else ""
    say(f"Wrote the cells of {country.municipalities:,} municipalities{before} to {typed(target)}", to=err)


def _telling(show: Tell) -> Callable[[int, int], None]:
    """Show houses as a bar on a terminal; elsewhere as a line for every tenth of them."""
    shown = -1

    def tell(done: int, total: int) -> None:
        nonlocal shown
        tenth = 10 * done // total if total else 10
        if err.is_terminal:
            show(Step("Forming microcells, by houses", done, total))
        elif tenth > shown:
            shown = tenth
            say(f"Forming microcells: {done:,} of {total:,} houses", to=err)

    return tell
