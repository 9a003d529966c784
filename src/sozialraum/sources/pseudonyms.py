"""Identifiers become keyed hashes: the same person is the same number in every delivery, and nobody can go back.

BLAKE2b in keyed mode (RFC 7693), cut to 64 bits; each kind of identifier has a key of its own, derived by HMAC-SHA256,
so that household 17 and person 17 have nothing in common. With 84 million persons the chance that any two share a
number is about 1 in 5,000.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from threading import Lock

import numpy as np
import polars as pl


class Pseudonyms:
    """Keyed hashes of identifiers. Remembers what it has hashed, since the same persons come year after year."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._kinds: dict[str, _Kind] = {}
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
        return self._kind(kind).hashes_of(identifiers)

    def names_of(self, kind: str, identifiers: pl.Series) -> pl.Series:
        """Return the same hashes as short texts, see :func:`as_name`."""
        return self._kind(kind).names_of(identifiers)

    def _kind(self, kind: str) -> _Kind:
        with self._lock:
            if kind not in self._kinds:
                self._kinds[kind] = _Kind(hmac.digest(self._key, f"sozialraum identifier {kind}".encode(), "sha256"))
            return self._kinds[kind]


class _Kind:
    """The identifiers of one kind that were met so far: each has a number, and a hash in the place of its number."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._met = pl.Series(dtype=pl.Categorical(pl.Categories.random()))  # while it lives, the numbers stay
        self._hashes = pl.Series(dtype=pl.Int64)
        self._names = pl.Series(dtype=pl.String)
        self._lock = Lock()

    def hashes_of(self, identifiers: pl.Series) -> pl.Series:
        with self._lock:
            numbers = self._number(identifiers.cast(pl.String))
            return self._hashes[numbers]

    def names_of(self, identifiers: pl.Series) -> pl.Series:
        with self._lock:
            numbers = self._number(identifiers.cast(pl.String))
            self._names = pl.concat([self._names, as_name(self._hashes[len(self._names) :])])
            return self._names[numbers]

    def _number(self, text: pl.Series) -> pl.Series:
        """Return the number of each identifier, and hash those that were never met before."""
        numbers = text.cast(self._met.dtype).to_physical()
        fresh = pl.DataFrame({"number": numbers, "text": text}).filter(numbers >= len(self._hashes))
        distinct = fresh.unique("number").sort("number")["text"].str.strip_chars()
        self._hashes = pl.concat([self._hashes, self._hash(distinct)])
        return numbers

    def _hash(self, distinct: pl.Series) -> pl.Series:
        empty = hashlib.blake2b(key=self._key, digest_size=8)
        digests = bytearray()
        for text in distinct.to_list():
            state = empty.copy()
            state.update(text.encode())
            digests += state.digest()
        hashes = pl.Series(np.frombuffer(bytes(digests), dtype="<i8").astype(np.int64))
        return hashes.set(distinct == "", None)


def as_name(hashes: pl.Series) -> pl.Series:
    """Return hashes as short texts (11 letters, digits, - and _), for ids that are text."""
    raw = np.ascontiguousarray(hashes.fill_null(0).to_numpy(), dtype="<i8").tobytes()
    names = [urlsafe_b64encode(raw[at : at + 8])[:11].decode() for at in range(0, len(raw), 8)]
    return pl.Series(names, dtype=pl.String).set(hashes.is_null(), None)
