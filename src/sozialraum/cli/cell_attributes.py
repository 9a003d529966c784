"""Options of the command microcells that give cells attributes, and the file with them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, cast

import polars as pl
import typer

from sozialraum.cli.terminal import err, say
from sozialraum.errors import Fault, InputError, disk_faults
from sozialraum.microcells import Cells
from sozialraum.microcells.files import replacing
from sozialraum.pipeline.cell_files import (
    Units,
    Wanted,
    as_rows,
    attributes_of_cells,
    read_house_units,
    read_units,
)
from sozialraum.tables import SHOWS

_EXAMPLE = "write milieu=type, kaufkraft=mean or eigentum=share:ja"


def _check(texts: list[str] | None) -> list[str] | None:
    for text in texts or ():
        wanted_of(text)
    return texts


Attributes = Annotated[
    list[str] | None,
    typer.Option(
        "--attribute",
        help="kaufkraft=mean, milieu=type, eigentum=share:ja: what cells get, protected.",
        metavar="COLUMN=SHOW",
        callback=_check,
    ),
]
AttributeFile = Annotated[
    Path | None,
    typer.Option(
        "--attributes",
        help="The columns of --attribute, a row a household: building, and perhaps owner. BUILDINGS itself by default.",
        metavar="FILE",
    ),
]


def wanted_of(text: str) -> Wanted:
    """Read an attribute as the command line writes it.

    Raises:
        typer.BadParameter: it is none; says how it is written.
    """
    column, _, rest = text.partition("=")
    show, _, of = rest.partition(":")
    if not column or show not in SHOWS:
        raise typer.BadParameter(f"{text!r} is no attribute; {_EXAMPLE}")
    if show == "share" and not of:
        raise typer.BadParameter(f"{text!r} does not say whose share; write {column}=share:ja")
    if of and show not in ("share", "count"):
        raise typer.BadParameter(f"{text!r}: only a share or a count is one of codes; write {column}={show}")
    return Wanted(column, cast(Any, show), of)


def demand_attributes(texts: Sequence[str] | None, file: Path | None, *, country: bool) -> list[Wanted]:
    """Return what is wanted, each once.

    Raises:
        InputError: a file and nothing that is wanted of it, or cells of a whole folder, which get none.
    """
    if file and not texts:
        advice = f"Name what cells are to get with --attribute ({_EXAMPLE})."
        raise InputError(Fault(str(file), column="attribute", what="nothing of this file is wanted", advice=advice))
    if texts and country:
        what, advice = "the cells of a folder get no attributes", "Form the cells of each municipality's file."
        raise InputError(Fault("options", column="attribute", what=what, advice=advice))
    return [wanted_of(text) for text in dict.fromkeys(texts or ())]


def read_attributes(
    wanted: Sequence[Wanted], houses: pl.DataFrame, *, units: Path | None, buildings: Path, layer: str | None
) -> Units | None:
    """Read what the attributes are made from, before any cell is formed; None where nothing is wanted.

    Args:
        wanted: the attributes.
        houses: as they were read.
        units: the file with a row a household; None for the columns of the houses.
        buildings: the file of houses, and its layer.
        layer: None where it has one.

    Raises:
        DeliveryError: with every fault.
    """
    if not wanted:
        return None
    found = read_units(wanted, houses, units) if units else read_house_units(wanted, houses, buildings, layer)
    for note in found.notes:
        say(f"note: {note}", to=err)
    return found


def write_attributes(target: Path, wanted: Sequence[Wanted], cells: Cells, units: Units) -> tuple[Path, pl.DataFrame]:
    """Write ``OUT.attributes.csv``: what may be seen of the cells' attributes.

    Returns:
        The file, and the door's summary for the steward.

    Raises:
        InputError: the disk is full or read-only.
    """
    profiles = attributes_of_cells(wanted, cells, units)
    path = target.with_suffix(".attributes.csv")
    with disk_faults(target.absolute().parent), replacing(path) as unfinished:
        unfinished.write_bytes(as_rows(profiles, wanted, cells.cells).write_csv().encode())
    return path, profiles.summary


def summary_text(summary: pl.DataFrame) -> str:
    """Return the door's summary as lines for a terminal."""
    lines = ["Attributes of cells: told / withheld / missing / nobody there"]
    for row in summary.iter_rows(named=True):
        why = f" ({row['why']})" if row["why"] else ""
        numbers = " / ".join(f"{row[name]:,}" for name in ("shown", "withheld", "missing", "undefined"))
        lines.append(f"  {row['attribute']}: {numbers}{why}")
    return "\n".join(lines)
