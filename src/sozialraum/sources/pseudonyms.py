"""Identifiers become keyed hashes: the same person is the same number in every delivery, and nobody can go back.

BLAKE2b in keyed mode (RFC 7693), cut to 64 bits; each kind of identifier has a key of its own, derived by HMAC-SHA256,
so that household 17 and person 17 have nothing in common. With 84 million persons the chance that any two share a
number is about 1 in 5,000.
"""

from __future__ import annotations

import hashlib
import hmac
from threading import Lock

import numpy as np
import polars as pl
import pyarrow as pa


class Pseudonyms:
    """Keyed hashes of identifiers. Remembers what it has hashed, since the same persons come year after year."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._known: dict[str, pl.DataFrame] = {}
        self._lock = Lock()

    def __repr__(self) -> str:
        return "Pseudonyms()"

    def of(self, kind: str, identifiers: pl.Series) -> pl.Series:
        """Return the keyed hashes of identifiers.

        Args:
            kind: ``person``, ``household``, ``building``...; the same text of two kinds has two hashes.
            identifiers: text; blanks around do not matter, empty is null.

        Returns:
            Int64 (64 bits as a signed number, which every engine has); null where there is no identifier.
        """
        text = identifiers.cast(pl.String).str.strip_chars()
        given = pl.DataFrame({"text": text.set(text == "", None)})
        with self._lock:
            return self._look_up(kind, given)

    def _look_up(self, kind: str, given: pl.DataFrame) -> pl.Series:
        known = self._known.get(kind, pl.DataFrame(schema={"text": pl.String, "hash": pl.Int64}))
        found = given.join(known, on="text", how="left", maintain_order="left")["hash"]
        at = (found.is_null() & given["text"].is_not_null()).arg_true()
        if not len(at):
            return found
        unknown = given[at]
        fresh = unknown["text"].unique()
        added = pl.DataFrame({"text": fresh, "hash": self._hash(kind, fresh)})
        self._known[kind] = pl.concat([known, added])
        return found.scatter(at, unknown.join(added, on="text", how="left", maintain_order="left")["hash"])

    def _hash(self, kind: str, distinct: pl.Series) -> pl.Series:
        key = hmac.digest(self._key, f"sozialraum identifier {kind}".encode(), "sha256")
        empty = hashlib.blake2b(key=key, digest_size=8)
        digests = bytearray()
        for text in distinct.to_list():
            state = empty.copy()
            state.update(text.encode())
            digests += state.digest()
        return pl.Series(np.frombuffer(bytes(digests), dtype="<i8").astype(np.int64))


def as_name(hashes: pl.Series) -> pl.Series:
    """Return hashes as short texts (11 letters, digits, - and _), for ids that are text."""
    numbers = np.ascontiguousarray(hashes.fill_null(0).to_numpy(), dtype="<i8")
    raw = pa.FixedSizeBinaryArray.from_buffers(pa.binary(8), len(numbers), [None, pa.py_buffer(numbers)])
    text = pl.Series(raw.cast(pa.binary())).bin.encode("base64").str.slice(0, 11)
    safe = text.str.replace_all("+", "-", literal=True).str.replace_all("/", "_", literal=True)
    return safe.set(hashes.is_null(), None)
