"""Questions in a form that can be compared: groups spelled out, codes sorted, neighbouring intervals joined."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import lru_cache

from sozialraum.catalogue.codes import OPEN_END, Interval, parse_interval, split_codes
from sozialraum.catalogue.documents import CodeListDoc
from sozialraum.catalogue.measures import Measure

Codes = Mapping[str, CodeListDoc]
"""The code lists of a catalogue by the name of their dimension."""


def plain(measure: Measure, codes: Codes) -> Measure:
    """Return the measure as every equal question is written: ``age=0-2|3-5`` and ``age=0-5`` are the same.

    Raises:
        KeyError: a dimension without a code list.
        ValueError: a code of an interval dimension that is no interval.
    """
    return replace(
        measure, where=tuple((dimension, _plain_codes(text, codes[dimension])) for dimension, text in measure.where)
    )


def members(text: str, document: CodeListDoc) -> frozenset[str]:
    """Return the single codes that a text of list codes and names of groups stands for."""
    return frozenset(single for code in split_codes(text) for single in split_codes(document.groups.get(code, code)))


def intervals(text: str, document: CodeListDoc) -> tuple[Interval, ...]:
    """Return the intervals that a text of interval codes and names of groups stands for, sorted and joined."""
    return _intervals(members(text, document) if document.groups else split_codes(text))


def whole(document: CodeListDoc) -> str:
    """Return the codes that make up a whole dimension."""
    return "|".join(sorted(document.codes)) if document.kind == "list" else str(Interval(0, OPEN_END))


def _plain_codes(text: str, document: CodeListDoc) -> str:
    if document.kind == "list":
        return "|".join(sorted(members(text, document)))
    return "|".join(str(interval) for interval in intervals(text, document))


@lru_cache(maxsize=8192)
def _intervals(codes: Collection[str]) -> tuple[Interval, ...]:
    found: list[Interval] = []
    for part in sorted(parse_interval(code) for code in codes):
        if found and part.low <= found[-1].high:
            found[-1] = Interval(found[-1].low, max(part.high, found[-1].high))
        else:
            found.append(part)
    return tuple(found)
