"""Which rows of a delivery are read."""

from __future__ import annotations

import polars as pl

from sozialraum.sources.raw import LINE, Raw, as_text, nearest
from sozialraum.sources.reading import Reading


def chosen_rows(raw: Raw, reading: Reading) -> pl.DataFrame:
    """Keep the rows that the source's ``filter`` asks for; that nothing is left is a fault."""
    frame = raw.frame
    for name, wanted in reading.doc.filter.items():
        if name not in frame.columns:
            names = [column for column in frame.columns if column != LINE]
            advice = f"{nearest(name, names)} (the filter is declared in {reading.toml})"
            reading.faults.add(raw.file, "filter asks for a column that is missing", column=name, advice=advice)
            continue
        text = as_text(frame[name]).str.strip_chars()
        values = [wanted] if isinstance(wanted, str) else list(wanted)
        kept = frame.filter(_matches(text, values))
        if kept.is_empty() and not frame.is_empty():
            advice = nearest(values[0], [value for value in text.unique().to_list() if value])
            reading.faults.add(raw.file, "no row is left", column=name, value=", ".join(values), advice=advice)
        frame = kept
    return frame


def _matches(text: pl.Series, values: list[str]) -> pl.Series:
    """Tell which cells are one of the values; ``*`` at the end of a value stands for any rest."""
    found = text.is_in([value for value in values if not value.endswith("*")])
    for value in values:
        if value.endswith("*"):
            found = found | text.str.starts_with(value[:-1])
    return found.fill_null(False)
