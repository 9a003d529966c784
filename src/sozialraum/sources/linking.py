"""One register adds dimensions to the units of another: benefits to residents, by pseudonym and period."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from sozialraum.catalogue import SourceDoc
from sozialraum.errors import DeliveryError, Fault
from sozialraum.sources.records import Records
from sozialraum.sources.units import is_unit

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
    timed = addition.frame["period"].null_count() < addition.frame.height
    keys = [left, "period"] if timed else [left]
    added = [name for name in addition.frame.columns if name not in base.frame.columns and not name.startswith("id:")]
    added = [name for name in added if name not in _OWN]
    incoming = addition.frame.select(pl.col("unit").alias(left), *keys[1:], *added, pl.lit(True).alias("#linked"))
    joined = base.frame.select(list(dict.fromkeys((*keys, "period")))).join(
        incoming, on=keys, how="left", maintain_order="left"
    )
    linked = joined.filter(pl.col("#linked").is_not_null()).select(keys).n_unique()
    note = _unmatched(base, incoming.height - linked, addition)
    covered = (
        pl.col("period").is_in(addition.frame["period"].unique().drop_nulls().to_list()) if timed else pl.lit(True)
    )
    absent = covered & pl.col("#linked").is_null()
    codes = {
        name: pl.when(absent).then(pl.lit(_code(joined, name, doc), joined.schema[name])).otherwise(pl.col(name))
        for name in added
        if name in doc.absent
    }
    notes = (*base.notes, *addition.notes, *note)
    snapshots = tuple(dict.fromkeys((*base.snapshots, *addition.snapshots)))
    frame = base.frame.hstack(joined.with_columns(**codes).select(added))
    return replace(base, frame=frame, notes=notes, snapshots=snapshots)


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


def _code(joined: pl.DataFrame, name: str, doc: SourceDoc) -> str | int:
    return int(doc.absent[name]) if joined.schema[name].is_integer() else doc.absent[name]
