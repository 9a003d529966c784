"""The cell key method: a count is moved by a little that depends on who is counted, and on nothing else.

Each unit has a record key, drawn by a keyed hash from its pseudonym: even over [0, 1), secret, and never made from its
data. The cell key of a count is the sum of the record keys of those counted, without the whole part. The key finds the
movement in the row that the count has in the perturbation table. So the same people give the same published number in
every table and in every release, and two counts of different people move independently of each other. Counts that add
up do so no more once they are moved.

Method: Fraser and Wooton (2005), A proposed method for confidentialising tabular output to protect against
differencing; used by the German census of 2022.
"""

from __future__ import annotations

import hmac

import numpy as np
import polars as pl

from sozialraum.disclosure.ptable import PerturbationTable
from sozialraum.errors import DoorError

BITS = 52
"""Record keys are whole numbers below 2**52, of which a Float64 can hold every one."""

SPAN = 2**BITS
HALF = 2 ** (BITS // 2)

KEY_HIGH, KEY_LOW = "record_key_high", "record_key_low"
"""The two halves of a record key. They are added up as amounts like any other; sums over 134 million units are exact
in a Float64."""


def record_keys(units: pl.Series, universe: str, secret: bytes) -> pl.Series:
    """Return the record keys of units: the first 52 bits of HMAC-SHA256.

    Args:
        units: pseudonyms, as whole numbers of 64 bits.
        universe: what the units are; person 17 and household 17 have nothing in common.
        secret: the project's key, which never leaves it.

    Returns:
        Int64, even over 0 to 2**52 - 1.

    Raises:
        DoorError: a unit has no pseudonym.
    """
    if units.null_count():
        raise DoorError(f"{units.null_count()} {universe} have no identifier, so they can have no record key")
    own = hmac.digest(secret, f"sozialraum record key {universe}".encode(), "sha256")
    distinct = units.unique()
    raw = np.ascontiguousarray(distinct.to_numpy(), dtype="<i8").tobytes()
    digests = b"".join(hmac.digest(own, raw[at : at + 8], "sha256")[:8] for at in range(0, len(raw), 8))
    keys = (np.frombuffer(digests, dtype=">u8") >> np.uint64(64 - BITS)).astype(np.int64)
    table = pl.DataFrame({"unit": distinct, "key": keys})
    return pl.DataFrame({"unit": units}).join(table, on="unit", how="left", maintain_order="left")["key"]


def with_record_keys(units: pl.DataFrame, universe: str, secret: bytes) -> pl.DataFrame:
    """Add the halves of the record keys to single units, which have a column ``unit``.

    Raises:
        DoorError: a unit has no pseudonym.
    """
    if "unit" not in units.columns:
        raise DoorError(f"the {universe} have no identifier, so they can have no record keys")
    keys = record_keys(units["unit"], universe, secret)
    return units.with_columns((keys // HALF).alias(KEY_HIGH), (keys % HALF).alias(KEY_LOW))


def cell_key(high: pl.Expr, low: pl.Expr) -> pl.Expr:
    """Return cell keys in [0, 1) from the sums of both halves."""
    sums = (high.cast(pl.Int64) % HALF) * HALF + low.cast(pl.Int64)
    key: pl.Expr = (sums % SPAN).cast(pl.Float64) / SPAN
    return key


def move(counts: pl.Series, keys: pl.Series, table: PerturbationTable) -> pl.Series:
    """Return counts as they are published.

    Args:
        counts: whole numbers, not negative.
        keys: their cell keys.
        table: how often they move by how much.

    Returns:
        Float64, whole numbers, not negative; 0 where the count is 0.

    Raises:
        DoorError: a count is no whole number, or has no key.
    """
    if not (counts.is_finite() & (counts >= 0) & (counts % 1 == 0)).all() or counts.null_count():
        raise DoorError("the cell key method moves whole numbers of units, and nothing else")
    if keys.null_count() or not ((keys >= 0) & (keys < 1)).all():
        raise DoorError("a count has no cell key, so the cell key method can not protect it")
    whole = counts.to_numpy().astype(np.int64)
    moved = whole + table.movements(whole, keys.to_numpy())
    return pl.Series(counts.name, moved.astype(np.float64))
