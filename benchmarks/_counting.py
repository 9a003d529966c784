"""What the benchmarks of counting share: the filter of a question as one would write it by hand."""

from __future__ import annotations

import polars as pl

from sozialraum.catalogue.measures import Measure


def condition(question: Measure) -> pl.Expr:
    """Return the filter of a question as one would write it; of one without filter, that everybody is in."""
    parts = []
    for name, code in question.where:
        if name == "age":
            low, _, high = code.rstrip("+").partition("-")
            parts.append(pl.col("age").is_between(int(low), int(high)) if high else pl.col("age") >= int(low))
        else:
            parts.append(pl.col(name) == code)
    return pl.all_horizontal(parts) if parts else pl.col("age").is_not_null()
