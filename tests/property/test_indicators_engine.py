"""The engine against a slow, obvious reference that goes cell by cell, on random tables with every status."""

from __future__ import annotations

import math
from collections.abc import Mapping

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialraum.catalogue import IndicatorDoc
from sozialraum.indicators import compute
from sozialraum.tables import COUNT_SCHEMA, NO_VALUE, Status, combine
from sozialraum.tables.seal import seal

AREAS, PERIODS, UNIVERSES = ("A", "B", "C"), ("2022", "2023"), ("t", "u", "v", "w")
Cell = tuple[float | None, Status]
Counts = Mapping[tuple[str, str, str], Cell]


def operand(universes: list[str]) -> list[dict[str, str]]:
    return [{"universe": name} for name in universes]


def document(formula: str, table: dict, unit: str, **fields) -> IndicatorDoc:
    return IndicatorDoc.model_validate(
        {
            "title": {"de": "Kennzahl"},
            "definition": {"de": "Eine Kennzahl."},
            "theme": "thema",
            "unit": unit,
            "polarity": "neutral",
            "governance": {"owner": "a", "checked_by": "b", "next_review": "2028-03-01"},
            formula: table,
            **fields,
        }
    )


some = st.lists(st.sampled_from(UNIVERSES), min_size=1, max_size=2, unique=True)


@st.composite
def documents(draw: st.DrawFn) -> IndicatorDoc:
    of, base = operand(draw(some)), operand(draw(some))
    minimum = draw(st.sampled_from([0, 5]))
    match draw(st.sampled_from(["share", "rate", "minus", "ratio", "count"])):
        case "share":
            return document("share", {"of": of, "in": base}, "percent", interval="wilson", minimum_base=minimum)
        case "rate":
            return document("rate", {"of": of, "in": base}, "per_1000", interval="byar", minimum_base=minimum)
        case "minus":
            return document("rate", {"of": of, "minus": operand(draw(some)), "in": base}, "per_1000")
        case "ratio":
            return document("ratio", {"of": of, "to": base, "per": 100}, "per_100", minimum_base=minimum)
    return document("count", {"of": of}, "count", interval="byar")


numbers = st.integers(0, 9).map(float)
cells = st.one_of(
    numbers.map(lambda n: (n, Status.ZERO if n == 0 else Status.OK)),
    st.tuples(numbers, st.sampled_from([Status.ESTIMATED, Status.PROVISIONAL, Status.UNRELIABLE])),
    st.sampled_from([(None, Status.SUPPRESSED), (None, Status.MISSING), (None, Status.UNDEFINED)]),
)
keys = st.tuples(st.sampled_from(UNIVERSES), st.sampled_from(AREAS), st.sampled_from(PERIODS))
tables = st.dictionaries(keys, cells, max_size=len(AREAS) * len(PERIODS) * len(UNIVERSES))


def side(universes: list[str], counts: Counts, place: tuple[str, str]) -> Cell:
    found = [counts.get((name, *place), (None, Status.MISSING)) for name in universes]
    status = combine(status for _, status in found)
    return (None, status) if status in NO_VALUE else (sum(value for value, _ in found if value is not None), status)


def reference(doc: IndicatorDoc, counts: Counts) -> dict[tuple[str, str], tuple[float | None, Status]]:
    """What must come out, one cell after the other, written down as the rules are told."""
    top = [measure.universe for measure in doc.numerator]
    taken = [measure.universe for measure in doc.subtracted]
    base = [measure.universe for measure in doc.denominator]
    result = {}
    for period in PERIODS:
        if not any((name, area, period) in counts for name in top + taken for area in AREAS):
            continue
        for area in AREAS:
            if any((name, area, period) in counts for name in top + taken + base):
                result[area, period] = one(doc, counts, (area, period), (top, taken, base))
    said_nothing = all(status in (Status.MISSING, Status.UNDEFINED) for _, status in result.values())
    return {} if said_nothing else result


def one(doc, counts, place, sides) -> tuple[float | None, Status]:
    (above, taken, below) = (side(names, counts, place) for names in sides)
    status = combine([s for (_, s), names in zip((above, taken, below), sides, strict=True) if names])
    if status in NO_VALUE:
        return None, status
    top = above[0] - (taken[0] if sides[1] else 0)
    scale = {"share": 100, "rate": 1000, "ratio": 100, "count": 1}[doc.formula]
    if not sides[2]:
        return top * scale, plain(status, top)
    if below[0] <= 0:
        return None, Status.UNDEFINED
    doubtful = below[0] < doc.minimum_base or (doc.formula == "share" and top > below[0])
    return scale * top / below[0], Status.UNRELIABLE if doubtful else plain(status, top)


def plain(status: Status, top: float) -> Status:
    if status not in (Status.OK, Status.ZERO):
        return status
    return Status.ZERO if top == 0 else Status.OK


def sealed(counts: Counts):
    rows = [(name, "", "areas", area, period, v, s.value) for (name, area, period), (v, s) in counts.items()]
    return seal(pl.DataFrame(rows, schema=COUNT_SCHEMA, orient="row"))


@settings(max_examples=150)
@given(st.lists(documents(), min_size=1, max_size=3), tables)
def test_the_engine_says_what_the_rules_say(docs, counts):
    named = {f"i{number}": doc for number, doc in enumerate(docs)}
    values = compute(named, sealed(counts))
    for name, doc in named.items():
        rows = values.filter(indicator=name).iter_rows(named=True)
        found = {(row["area"], row["period"]): (row["value"], Status(row["status"])) for row in rows}
        wanted = reference(doc, counts)
        assert found.keys() == wanted.keys()
        for place, (value, status) in wanted.items():
            assert found[place][1] is status, place
            assert found[place][0] == (None if value is None else pytest.approx(value, abs=1e-9))


@settings(max_examples=100)
@given(documents(), tables)
def test_numbers_and_statuses_go_together(doc, counts):
    for row in compute({"i": doc}, sealed(counts)).iter_rows(named=True):
        assert (row["value"] is None) == (Status(row["status"]) in NO_VALUE)
        assert (row["lower"] is None) == (row["upper"] is None)
        if row["value"] is None:
            assert row["lower"] is None
        elif row["lower"] is not None:
            assert row["lower"] <= row["value"] + 1e-9
            assert row["value"] <= row["upper"] + 1e-9
        assert all(number is None or math.isfinite(number) for number in (row["value"], row["lower"], row["upper"]))


@settings(max_examples=100)
@given(documents(), tables)
def test_a_suppressed_count_never_shows_through(doc, counts):
    """Whatever number stands behind a suppressed count, the values are the same, and no sum that holds it is shown."""
    values = compute({"i": doc}, sealed(counts))
    hidden = {key for key, (_, status) in counts.items() if status is Status.SUPPRESSED}
    for row in values.iter_rows(named=True):
        place = row["area"], row["period"]
        top = [measure.universe for measure in (*doc.numerator, *doc.subtracted)]
        base = [measure.universe for measure in doc.denominator]
        if any((name, *place) in hidden for name in top):
            assert row["numerator"] is None
        if any((name, *place) in hidden for name in base):
            assert row["denominator"] is None
            assert row["numerator"] is None
        if any((name, *place) in hidden for name in top + base):
            assert row["value"] is None
