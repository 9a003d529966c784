"""Successive releases of one small table, with and without regard to those before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from disclosure_released import release
from disclosure_samples import CODES, counts
from sozialraum.audit import AuditReport, audit_release
from sozialraum.catalogue import RulesDoc
from sozialraum.disclosure import Part, Protected, Structure, protect
from sozialraum.tables import COUNT_KEY

Rows = Mapping[str, Mapping[str, float | str | None]]


def told(frames: Sequence[pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """What the door hears of earlier releases."""
    named = [frame.with_columns(release=pl.lit(f"r{number}")) for number, frame in enumerate(frames, 1)]
    if not named:
        return {}
    every = pl.concat(named)
    return {
        "withheld": every.filter(status="suppressed").select(COUNT_KEY),
        "known": every.drop_nulls("value").select(*COUNT_KEY, "value", "release"),
    }


def protected(
    rows: Rows, areas: pl.DataFrame, earlier: Sequence[pl.DataFrame] = (), parts: Sequence[Part] = (), **rules: object
) -> Protected:
    """Send counts through the door, which looks at earlier tables."""
    structure = Structure(areas, tuple(parts), CODES)
    return protect(counts(rows), structure, {"p": RulesDoc.model_validate({"minimum": 5, **rules})}, **told(earlier))


def audited(folder: Path, frames: Sequence[pl.DataFrame], areas: pl.DataFrame, **more: object) -> AuditReport:
    """Attack the last of several releases together with the others."""
    options = {"nesting": areas, "codes": CODES, "rules": RulesDoc(minimum=5)} | more
    written = [release(folder / f"r{number}", frame, **options) for number, frame in enumerate(frames, 1)]
    return audit_release(written[-1], written[:-1])
