"""The tables that the room `analysis` takes and gives."""

from __future__ import annotations

import polars as pl

from sozialraum.tables import STATUS

COMPOSITE_SCHEMA = pl.Schema(
    [
        ("composite", pl.String),
        ("area_system", pl.String),
        ("area", pl.String),
        ("period", pl.String),
        ("score", pl.Float64),
        ("class", pl.String),
        ("status", STATUS),
        ("reason", pl.String),
        ("dynamics_from", pl.String),
        ("dynamics", pl.Float64),
        ("dynamics_class", pl.String),
        ("dynamics_status", STATUS),
        ("dynamics_reason", pl.String),
    ]
)
"""Scores of composites, one row for each composite, area and period. ``class`` is the id of a class of the document,
null where the status allows no number; ``reason`` says why there is none (a value of
:class:`~sozialraum.analysis.classes.Reason`), else it is empty. The same for ``dynamics``, the change since the
period ``dynamics_from``; null throughout where the document asks for none."""

COMPOSITE_KEY = ("composite", "area_system", "area", "period")
"""What identifies a score."""

POPULATION_SCHEMA = pl.Schema(
    [
        ("area_system", pl.String),
        ("area", pl.String),
        ("period", pl.String),
        ("value", pl.Float64),
        ("status", STATUS),
    ]
)
"""Residents of areas: for smallest areas that are left out, and for weights."""

PARENT_SCHEMA = pl.Schema([("area_system", pl.String), ("area", pl.String), ("to", pl.String), ("parent", pl.String)])
"""The area ``parent`` of the system ``to`` that an area lies in."""


def population_of(values: pl.DataFrame, indicator: str = "einwohner") -> pl.DataFrame:
    """Take the residents of areas out of a release's values.

    Args:
        values: values with ``VALUE_SCHEMA``.
        indicator: the indicator that counts residents.

    Returns:
        A frame with :data:`POPULATION_SCHEMA`.
    """
    wanted = (pl.col("indicator") == indicator) & (pl.col("breakdown") == "")
    return values.filter(wanted).select(POPULATION_SCHEMA.names())
