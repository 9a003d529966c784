"""What is divided among new areas adds up to what there was, and follows a slow walk over the houses."""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import floor

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
@settings(max_examples=100, deadline=None)
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
    for place, expected in enumerate(by_hand(old, numbers, new, homes)):
        assert found.get(f"n{place}") == (None if expected is None else pytest.approx(expected))


def by_hand(old, numbers, new, homes):
    """The number of each new area; None where nobody lived there, or too few of each old area to be told of."""
    found = [None] * (len(new) - 1)
    for (west, east), number in zip(itertools.pairwise(old), numbers, strict=True):
        people = [
            sum(living for x, living in homes if max(west, left) <= x < min(east, right))
            for left, right in itertools.pairwise(new)
        ]
        for place, share in enumerate(in_steps(people)):
            if share:
                found[place] = (found[place] or 0.0) + number * share
    return found


def in_steps(people):
    """Shares in steps of 20 people or more; the largest remainders are rounded up, of two alike the first."""
    everybody = sum(people)
    steps = min(everybody // 20, 100)
    if sum(number > 0 for number in people) <= 1:
        steps = 1
    if not everybody or (steps < 2 and max(people) < everybody):
        return [0.0] * len(people)
    exact = [Fraction(number * steps, everybody) for number in people]
    whole = [floor(part) for part in exact]
    order = sorted(range(len(people)), key=lambda at: (whole[at] - exact[at], at))
    for at in order[: steps - sum(whole)]:
        whole[at] += 1
    return [part / steps for part in whole]
