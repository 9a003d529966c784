"""The small city with other numbers: what a page shows of a target, of revised numbers, of more indicators."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from sozialraum.web.atlas.release import Atlas, load_atlas
from web.city import write_city

TARGET = """
[target]
value = 15.0
by = "2030"
source.de = "Ratsbeschluss vom 3. Mai 2024"
source.en = "Council decision of 3 May 2024"
"""


def changed_city(
    project: Path, change: Callable[[pl.DataFrame], pl.DataFrame] = lambda values: values, *, copies: int = 1
) -> Atlas:
    """Load the city with changed values and a target for children on basic income support."""
    release = write_city(project, copies=copies).published()
    assert release is not None
    values = release.folder / "public" / "values.parquet"
    frame = pl.read_parquet(values)
    change(frame).match_to_schema(frame.schema).write_parquet(values)
    document = release.folder / "public" / "catalogue" / "indicators" / "kinder_sgb2.toml"
    document.write_text(document.read_text(encoding="utf-8") + TARGET, encoding="utf-8")
    return load_atlas(release)
