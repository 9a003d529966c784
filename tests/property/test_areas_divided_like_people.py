"""What is divided among new areas adds up to what there was, and follows a slow walk over the houses."""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialraum.areas import AREA_SCHEMA, AreaSystem, AreaSystems
from sozialraum.counts import People, Reforms, Territory
from sozialraum.indicators import DIVISIONS
from sozialraum.indicators.reforms import with_estimates
from sozialraum.tables import COUNT_SCHEMA

ENDS = st.lists(st.integers(1, 9), unique=True, max_size=4).map(lambda cuts: [0, *sorted(cuts), 10])
HOMES = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 50)), min_size=1, max_size=12)


@given(ENDS, ENDS, HOMES, st.data())
@settings(max_examples=60, deadline=None)
def test_numbers_are_divided_like_the_people(old, new, homes, data):
    numbers = [data.draw(st.integers(0, 90)) for _ in old[1:]]
    rows, shapes = [], []
    for ends, letter, when in ((old, "o", {"valid_to": "2019-12-31"}), (new, "n", {"valid_from": "2020-01-01"})):
        for place, (west, east) in enumerate(itertools.pairwise(ends)):
            rows.append({"code": f"{letter}{place}", "name": "-", **when})
            shapes.append(shapely.box(west, 0, east, 1))
    areas = AreaSystem("areas", {"de": "-"}, None, pl.DataFrame(rows, AREA_SCHEMA), np.array(shapes, dtype=object))
    x, living = (np.array(column, dtype=float) for column in zip(*homes, strict=True))
    people = People(x + 0.5, np.full(len(x), 0.5), {"2019": living})
    ground = Territory.of(AreaSystems({"areas": areas}))
    shares = Reforms(ground, people).shares(("areas", "people"), "2019")
    codes = ground.axes["areas"].codes
    pairs = [(codes[a], codes[b], shares[a, b]) for a, b in zip(*np.nonzero(shares), strict=True)]
    divisions = pl.DataFrame([("births", "", "areas", "2019", *pair) for pair in pairs], DIVISIONS, orient="row")
    told = [("births", "", "areas", f"o{place}", "2019", float(n), "ok") for place, n in enumerate(numbers)]
    frame = with_estimates(pl.DataFrame(told, COUNT_SCHEMA, orient="row"), divisions)
    found = dict(frame.select("area", "value").iter_rows())
    for place in range(len(new) - 1):
        expected = by_hand(old, numbers, (new[place], new[place + 1]), homes)
        assert found.get(f"n{place}") == (None if expected is None else pytest.approx(expected))


def by_hand(old, numbers, new, homes):
    """None where nobody lives in the new area, or in an old one that it would take from."""
    total, known = 0.0, False
    for (west, east), number in zip(itertools.pairwise(old), numbers, strict=True):
        all_people = sum(people for x, people in homes if west <= x < east)
        moved = sum(people for x, people in homes if max(west, new[0]) <= x < min(east, new[1]))
        if moved:
            total, known = total + number * moved / all_people, True
    return total if known else None
