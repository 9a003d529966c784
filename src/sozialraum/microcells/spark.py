"""Cells on Apache Spark, where one machine is too small: the same kernels, municipality after municipality."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pyarrow as pa

from sozialraum.errors import DeliveryError, Faults
from sozialraum.microcells.checks import REQUIRED
from sozialraum.microcells.formation import Formation
from sozialraum.microcells.portions import MUNICIPALITY, form_municipality

OPTIONAL = ("area", "street", "house_number", "attribute")

MEMBERS = "municipality string, building string, cell string, area string, x double, y double"
"""The columns of the result, as Spark writes a schema."""


def form_cells_on_spark(frame: Any, options: Formation | None = None) -> Any:
    """Form cells with a Spark frame of houses; they are those of ``form_cells`` and ``form_country``.

    Every municipality is sent to one worker, which needs memory for it and ``sozialraum`` installed. Nothing is done
    before the result is asked for.

    Args:
        frame: a Spark frame with ``municipality`` (text) and the columns of ``form_cells``, coordinates in metres.
            Without ``area`` each municipality is one. Ids of buildings and codes of areas need to be unique within
            their municipality only.
        options: how to form cells; each worker works on one thread.

    Returns:
        A Spark frame with one row per building with households: ``municipality`` and the columns of
        ``Cells.members``.

    Raises:
        DeliveryError: columns are missing, or the municipality is no text. A broken row fails the job when it runs,
            and Spark's error holds the faults of the first municipality it met, with their rows counted within it.
    """
    _check_columns(frame)
    known = [column for column in (MUNICIPALITY, *REQUIRED, *OPTIONAL) if column in frame.columns]
    houses = frame.select(*dict.fromkeys(known))
    return houses.groupBy(MUNICIPALITY).applyInArrow(_forming(replace(options or Formation(), threads=1)), MEMBERS)


def _check_columns(frame: Any) -> None:
    faults = Faults()
    types = dict(frame.dtypes)
    for column in (MUNICIPALITY, *REQUIRED):
        if column not in types and column != "area":
            faults.add("the frame", "a column is missing", column=column, advice=f"It has: {', '.join(types)}.")
    kind = types.get(MUNICIPALITY, "string")
    if kind != "string":
        advice = "Write it as text; numbers lose the zeros in front."
        faults.add("the frame", "the municipality must be a text", column=MUNICIPALITY, value=kind, advice=advice)
    faults.throw(DeliveryError)


def _forming(options: Formation) -> Callable[[pa.Table], pa.Table]:
    """Return what a worker does with the houses of one municipality."""

    def form(houses: pa.Table) -> pa.Table:
        table = pl.DataFrame(houses)
        code = table[MUNICIPALITY][0]
        if code is None:
            faults = Faults()
            faults.add("the frame", f"{table.height:,} houses have no municipality", column=MUNICIPALITY)
            faults.throw(DeliveryError)
        cells = form_municipality(table, options, name=f"municipality {code}")
        members = cells.members.select(MUNICIPALITY, "building", "cell", "area", "x", "y")
        # Arrow has several types of text, and Spark wants back the one that it sent.
        text = houses.schema.field(MUNICIPALITY).type
        types = [text if dtype == pl.String else pa.float64() for dtype in members.dtypes]
        return members.to_arrow().cast(pa.schema(zip(members.columns, types, strict=True)))

    return form
