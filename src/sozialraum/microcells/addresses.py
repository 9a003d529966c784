"""From addresses as people write them to codes and places that a walk can be sorted by."""

from __future__ import annotations

import numpy as np
import polars as pl

from sozialraum.microcells.compiled import NO_NUMBER, SUFFIXES, UNKNOWN_STREET, Ints

_NUMBER = r"^\D{0,5}?(\d+)"
_LETTER = r"^\D{0,5}?\d+\s*([a-zA-Z])(?:[^a-zA-Z]|$)"
_FRACTION = r"^\D{0,5}?\d+\s*(?:/|\s)\s*(\d+)"
# Behind the 26 letters: 12 < 12 a < 12 z < 12/1 < 12/2.
_LETTERS = 27


def parse_house_numbers(house_numbers: pl.Series) -> pl.DataFrame:
    """Take German house numbers apart.

    The first number of a range speaks for it ("12a-14" is 12 a). A suffix is a letter or the second half of "12/1".

    Args:
        house_numbers: text such as "12", "12 a", "12a-14", "12/1"; "*", other text or null is a missing number.

    Returns:
        ``number`` (null where missing) and ``suffix`` (0 none, 1 to 26 a letter, then the part behind a slash).
    """
    text = house_numbers.to_frame("text").select(pl.col("text").cast(pl.String))
    letter = pl.col("text").str.extract(_LETTER).str.to_lowercase()
    return text.select(
        number=pl.col("text").str.extract(_NUMBER).cast(pl.Int64, strict=False),
        suffix=pl.coalesce(
            letter.replace_strict({chr(96 + rank): rank for rank in range(1, 27)}, default=None),
            pl.col("text").str.extract(_FRACTION).cast(pl.Int64, strict=False) + _LETTERS,
            0,
        ).cast(pl.Int64),
    )


def places(house_numbers: pl.Series) -> Ints:
    """Return each house's place along its street as one number; houses without a number come last.

    Numbers above 2,000,000 and suffixes above 1,000 are not told apart any more.
    """
    parsed = parse_house_numbers(house_numbers).select(
        pl.when(pl.col("number").is_null())
        .then(NO_NUMBER)
        .otherwise(pl.col("number").clip(0, NO_NUMBER - 1))
        .mul(SUFFIXES)
        .add(pl.col("suffix").clip(0, SUFFIXES - 1))
    )
    return parsed.to_series().to_numpy().astype(np.int64)


def street_codes(streets: pl.Series) -> Ints:
    """Return a code for every street name, in the order of the names; UNKNOWN_STREET for null."""
    ranks = streets.rank("dense").cast(pl.Int64) - 1
    return ranks.fill_null(UNKNOWN_STREET).to_numpy().astype(np.int64)
