"""Addresses find their buildings: normalised street names, ranges and suffixes of house numbers, then similar names.

A match says how it was made and how far to trust it; what finds no building, or several, stays without one and is
listed. Nothing is put into a building by chance.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import polars as pl
from rapidfuzz import fuzz, process

CUTOFF = 85.0
"""Street names less similar than this (rapidfuzz ratio of what stands before -straße or -weg) are different streets.

Of Cologne's 5,513 streets 12 % have a neighbour that similar; comparing whole names with 88, 29 % have one.
"""

MARGIN = 4.0
"""The most similar street must be this much more similar than the next one."""

PARTS = ("street", "house_number", "suffix", "postcode", "place")
"""Columns of an address; ``street`` may hold the whole address where there is no ``house_number``."""

MATCHES = {"building": pl.String, "how": pl.String, "confidence": pl.Float64}
"""Columns of what is found for addresses: the building, how it was found, and how far to trust it."""

_SHORT = {
    "str": "strasse",
    "pl": "platz",
    "st": "sankt",
    "wg": "weg",
    "dr": "doktor",
    "prof": "professor",
    "bgm": "buergermeister",
    "gr": "grosse",
    "kl": "kleine",
}
_TYPES = ("strasse", "weg", "platz", "allee", "gasse", "ring", "ufer", "damm", "hof", "wall", "stieg", "pfad")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_NUMBER = re.compile(
    r"(?P<low>\d+)\s*(?P<suffix>1/2|[a-z]?)\s*(?:(?:-|–|/|\+|bis|u\.|und)\s*(?P<high>\d*)\s*(?P<last>[a-z]?))?\.?"
)
_FULL = re.compile(
    r"(?P<street>.+?)[,\s]+(?P<number>\d+\s*[a-zA-Z]?(?:\s*(?:[-–/+]|bis)\s*(?:\d+\s*[a-zA-Z]?|[a-zA-Z]))?)\s*(?:,.*)?"
)


_SPLIT = {"street": pl.String, "house_number": pl.String}


class How(StrEnum):
    """How an address found its building."""

    EXACT = "exact"
    RANGE = "range"
    SUFFIX = "suffix dropped"
    SIMILAR = "similar street"
    NO_STREET = "no such street"
    NO_NUMBER = "no such house number"
    UNREADABLE = "house number not understood"
    SEVERAL = "several buildings have this address"


CONFIDENCE = {How.EXACT: 1.0, How.RANGE: 0.95, How.SUFFIX: 0.9}
"""How far to trust a match. A similar street multiplies it by the similarity of the names."""


@dataclass(frozen=True, slots=True)
class HouseNumber:
    """A house number or a range of them: 12, 12a, 12-14, 12a-c.

    Attributes:
        low, high: first and last number; equal for a single one.
        suffix: letter of a single number, "" where there is none or the range spans letters.
    """

    low: int
    high: int
    suffix: str = ""

    @property
    def single(self) -> bool:
        """Whether it is one number."""
        return self.low == self.high

    def holds(self, other: HouseNumber) -> bool:
        """Tell whether another number lies in this range; a range with two ends of one street side keeps to it."""
        if not (self.low <= other.low and other.high <= self.high):
            return False
        one_side = not self.single and self.low % 2 == self.high % 2
        return not one_side or other.low % 2 == self.low % 2


@dataclass(frozen=True, slots=True)
class Match:
    """What was found for an address: the building (None: none), how, and how far to trust it (0 to 1)."""

    building: str | None
    how: How
    confidence: float = 0.0


@lru_cache(maxsize=1 << 17)
def normal_street(text: str) -> str:
    """Return a street's name as it is compared: ``Emil-Nolde-Str.`` and ``EMIL NOLDE STRASSE`` are the same."""
    plain = unicodedata.normalize("NFC", text).casefold().translate(_UMLAUTS)
    words = re.split(r"[\s\-–/'’`´.]+", re.sub(r"\.", ". ", plain))
    return "".join(_long(word) for word in words if word)


def _stem(name: str) -> tuple[str, str]:
    """Split a normalised name into what tells it from others and its type: similar streets are of one type."""
    ending = next((kind for kind in _TYPES if name.endswith(kind) and name != kind), "")
    return name.removesuffix(ending), ending


def _long(word: str) -> str:
    if word in _SHORT:
        return _SHORT[word]
    return f"{word[:-3]}strasse" if word.endswith("str") else word


@lru_cache(maxsize=1 << 17)
def parse_house_number(text: str) -> HouseNumber | None:
    """Read a house number; None where it is none."""
    found = _NUMBER.fullmatch(text.strip().casefold())
    if not found:
        return None
    low, high = int(found["low"]), int(found["high"] or found["low"])
    if high < low:
        return None
    spans = high > low or bool(found["last"])
    return HouseNumber(low, high, "" if spans else found["suffix"])


def split_address(text: str) -> tuple[str, str]:
    """Split ``Straße des 17. Juni 135, 10623 Berlin`` into street and house number ("" where there is none)."""
    found = _FULL.fullmatch(text.strip())
    return (found["street"], found["number"]) if found else (text.strip(), "")


class AddressBook:
    """The buildings of a town by address."""

    def __init__(self, addresses: Iterable[tuple[str, str, str, tuple[str, ...]]]) -> None:
        """Take (building, street, house number, postcode and the like that must agree) of every building."""
        self._streets: dict[tuple[str, ...], dict[str, list[tuple[HouseNumber, str]]]] = {}
        self._exact: dict[tuple[tuple[str, ...], str, HouseNumber], set[str]] = {}
        self._similar: dict[tuple[tuple[str, ...], str], tuple[str, float] | None] = {}
        for building, street, number, within in addresses:
            house, name = parse_house_number(number), normal_street(street)
            if house is not None and name:
                self._streets.setdefault(within, {}).setdefault(name, []).append((house, building))
                self._exact.setdefault((within, name, house), set()).add(building)

    def find(self, street: str, number: str, within: tuple[str, ...] = ()) -> Match:
        """Find the building of an address: exact, then by range, then without suffix, then in a similar street."""
        house, name = parse_house_number(number), normal_street(street)
        if house is None:
            return Match(None, How.UNREADABLE)
        if name in self._streets.get(within, {}):
            return self._in_street(name, house, within)
        similar = self._most_similar(name, within)
        if similar is None:
            return Match(None, How.NO_STREET)
        found = self._in_street(similar[0], house, within)
        if found.building is None:
            return found
        return Match(found.building, How.SIMILAR, round(found.confidence * similar[1] / 100, 3))

    def _in_street(self, name: str, house: HouseNumber, within: tuple[str, ...]) -> Match:
        exact = self._exact.get((within, name, house), set())
        if exact:
            return _one(exact, How.EXACT)
        houses = self._streets[within][name]
        ranges = {building for other, building in houses if not other.single and other.holds(house)}
        if ranges:
            return _one(ranges, How.RANGE)
        if not house.single:
            parts = sorted((other.low, building) for other, building in houses if other.single and house.holds(other))
            return _one([building for low, building in parts if low == parts[0][0]], How.RANGE)
        if house.suffix:
            return _one(
                {building for other, building in houses if other == HouseNumber(house.low, house.high)}, How.SUFFIX
            )
        lettered = sorted(
            (other.suffix, building) for other, building in houses if other.single and other.low == house.low
        )
        return _one([building for suffix, building in lettered if suffix == lettered[0][0]], How.SUFFIX)

    def _most_similar(self, name: str, within: tuple[str, ...]) -> tuple[str, float] | None:
        key = (within, name)
        if key not in self._similar:
            stem, kind = _stem(name)
            names = {other: _stem(other) for other in self._streets.get(within, ())}
            stems = {other: theirs for other, (theirs, their_kind) in names.items() if their_kind == kind}
            best = (
                process.extract(stem, stems, scorer=fuzz.ratio, score_cutoff=CUTOFF - MARGIN, limit=2) if stem else []
            )
            clear = len(best) == 1 or (len(best) == 2 and best[0][1] - best[1][1] >= MARGIN)
            self._similar[key] = (best[0][2], best[0][1]) if clear and best[0][1] >= CUTOFF else None
        return self._similar[key]


def _one(buildings: Iterable[str], how: How) -> Match:
    found = list(buildings)
    if not found:
        return Match(None, How.NO_NUMBER)
    return Match(found[0], how, CONFIDENCE[how]) if len(found) == 1 else Match(None, How.SEVERAL)


class Matcher:
    """Finds the buildings of many addresses, and remembers them: the same houses come year after year."""

    def __init__(self, buildings: pl.DataFrame, parts: Collection[str]) -> None:
        """Take the buildings, and the parts that the addresses will have.

        Args:
            buildings: ``building`` and columns of :data:`PARTS`.
            parts: those of :data:`PARTS` that the addresses have; without ``house_number`` the street holds the whole
                address. Postcode and place must agree where both sides have them.
        """
        self._keys = [part for part in PARTS if part in parts]
        self._within = [part for part in ("postcode", "place") if part in parts and part in buildings.columns]
        columns = ["building", *_street_and_number(buildings.columns), *self._within]
        rows = _texts(buildings, columns)
        self._book = AddressBook((name, street, number, _within(more)) for name, street, number, *more in rows)
        self._known = pl.DataFrame(schema={**dict.fromkeys(self._keys, pl.String), **MATCHES})

    def match(self, addresses: pl.DataFrame) -> pl.DataFrame:
        """Find the building of each address.

        Returns:
            Columns of :data:`MATCHES` (``building`` is null where there is none), aligned to the rows.
        """
        given = addresses.select(self._keys)
        found = self._look_up(given)
        fresh = given.filter(found["how"].is_null()).unique()
        if len(fresh):
            self._known = pl.concat([self._known, self._find(fresh)])
            found = self._look_up(given)
        return found

    def _look_up(self, given: pl.DataFrame) -> pl.DataFrame:
        joined = given.join(self._known, on=self._keys, how="left", nulls_equal=True, maintain_order="left")
        return joined.select(list(MATCHES))

    def _find(self, fresh: pl.DataFrame) -> pl.DataFrame:
        found = []
        for street, number, *more in _texts(fresh, [*_street_and_number(fresh.columns), *self._within]):
            match = self._book.find(street, number, _within(more))
            found.append((match.building, match.how.value, match.confidence))
        return pl.concat([fresh, pl.DataFrame(found, schema=MATCHES, orient="row")], how="horizontal")


def match_addresses(addresses: pl.DataFrame, buildings: pl.DataFrame) -> pl.DataFrame:
    """Find the building of each address; see :class:`Matcher`."""
    return Matcher(buildings, addresses.columns).match(addresses)


def _street_and_number(columns: Collection[str]) -> list[str]:
    return ["street", *(part for part in ("house_number", "suffix") if part in columns)]


def _within(parts: Sequence[str]) -> tuple[str, ...]:
    return tuple(normal_street(part.removesuffix(".0")) for part in parts)


def _texts(frame: pl.DataFrame, columns: Sequence[str]) -> Iterable[tuple[str, ...]]:
    """Yield rows as texts, with street and house number split and a separate suffix put behind its number."""
    texts = frame.select(pl.col(columns).cast(pl.String).fill_null("").str.strip_chars())
    if "house_number" not in columns:
        parts = pl.DataFrame([split_address(text) for text in texts["street"]], schema=_SPLIT, orient="row")
        texts = texts.with_columns(parts)
    if "suffix" in columns:
        texts = texts.with_columns(pl.col("house_number") + pl.col("suffix"))
    order = [name for name in columns if name not in ("house_number", "suffix")]
    order.insert(order.index("street") + 1, "house_number")
    return texts.select(order).iter_rows()
