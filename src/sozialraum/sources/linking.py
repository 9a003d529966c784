"""One register adds dimensions to the units of another: benefits to residents, by pseudonym and period."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from sozialraum.catalogue import SourceDoc, is_unit
from sozialraum.errors import DeliveryError, Fault
from sozialraum.sources.records import Records

_OWN = ("period", "file", "line", "unit", "building", "x", "y")


def extend(base: Records, addition: Records, doc: SourceDoc) -> Records:
    """Add the dimensions and amounts of one register to the units of another.

    Units are linked by their pseudonym and period, or by pseudonym alone where the addition has no periods. Units
    that do not appear in the addition get the codes of ``absent``, in periods that the addition delivers; in other
    periods nothing is known about them.

    Args:
        base: the register that is extended.
        addition: what is added; its units are those of the base, or a kind that the base refers to (``id:household``).
        doc: the addition's document.

    Returns:
        The base with more columns, and a note with the number and share of rows that found no unit.

    Raises:
        DeliveryError: the two have no identifier in common, or not a single row could be linked.
    """
    left = _link(base, addition)
    added = [name for name in addition.frame.columns if name not in (*base.frame.columns, *_OWN)]
    added = [name for name in added if not name.startswith("id:")]
    rows, covered = _find(base.frame.select(left, "period"), addition.frame.select("unit", "period"))
    note = _unmatched(base, addition.frame.height - rows.drop_nulls().n_unique(), addition)
    absent = covered & rows.is_null()
    columns = addition.frame.select(added)[rows]
    columns = columns.with_columns(
        pl.when(absent).then(pl.lit(_code(columns, name, doc), columns.schema[name])).otherwise(name).alias(name)
        for name in added
        if name in doc.absent
    )
    notes = (*base.notes, *addition.notes, *note)
    snapshots = tuple(dict.fromkeys((*base.snapshots, *addition.snapshots)))
    return replace(base, frame=base.frame.hstack(columns), notes=notes, snapshots=snapshots)


def _find(base: pl.DataFrame, addition: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """Return for each row of the base the row of the addition with its unit, and whether its period was delivered.

    Units are looked for within each period: ten small tables are searched faster than a large one.
    """
    left = base.columns[0]
    there, here = base.lazy().with_row_index("at"), addition.lazy().with_row_index("row")
    periods = addition["period"].unique().drop_nulls()
    parts = [pl.col("period") == period for period in periods] or [pl.lit(True)]
    joined = (there.filter(part).join(here.filter(part), left_on=left, right_on="unit") for part in parts)
    found = pl.concat(pl.collect_all([pairs.select("at", "row") for pairs in joined]))
    rows = pl.repeat(None, base.height, dtype=pl.UInt32, eager=True).scatter(found["at"], found["row"])
    return rows, base.with_columns(covered=pl.any_horizontal(parts).fill_null(False))["covered"]


def _link(base: Records, addition: Records) -> str:
    """Return the column of the base that holds the addition's units."""
    if "unit" in addition.frame.columns:
        if addition.universe == base.universe and "unit" in base.frame.columns:
            return "unit"
        for name in base.frame.columns:
            if name.startswith("id:") and is_unit(name.removeprefix("id:"), addition.universe):
                return name
    advice = f"declare an identifier of the {addition.universe} in both ({base.source} and {addition.source})"
    raise DeliveryError(Fault(addition.source, what="the two registers have no identifier in common", advice=advice))


def _unmatched(base: Records, alone: int, addition: Records) -> list[Fault]:
    if not alone:
        return []
    total = addition.frame.height
    what = f"{alone:,} of {total:,} rows ({100 * alone / total:.1f} %) have no unit in {base.source}"
    file = addition.frame["file"][0]
    if alone == total:
        advice = "do both write identifiers (leading zeros: pad) and periods alike?"
        raise DeliveryError(Fault(file, what=what, advice=advice))
    return [Fault(file, what=what)]


def _code(columns: pl.DataFrame, name: str, doc: SourceDoc) -> str | int:
    return int(doc.absent[name]) if columns.schema[name].is_integer() else doc.absent[name]
