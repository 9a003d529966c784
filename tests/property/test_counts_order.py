"""Tallies of amounts against a slow reference: every unit written out, sorted, and counted one by one."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counts_samples import CITY, CODES, measure, records
from sozialraum.catalogue.measures import NEIGHBOURS
from sozialraum.counts import place
from sozialraum.counts.counting import tally_units

PARTS = 20
"""A person is cut into so many equal slices, so that the windows of every fifth percent end between slices."""

PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(["n1", "n2", "s1"]),
        st.sampled_from(["female", "male", None]),
        st.one_of(st.none(), st.integers(0, 6)),
    ),
    min_size=1,
    max_size=60,
)
PLACES = [("quarters", "n1"), ("quarters", "n2"), ("districts", "N"), ("city", "all")]
INSIDE = {"n1": {"n1"}, "n2": {"n2"}, "N": {"n1", "n2"}, "all": {"n1", "n2", "s1"}}


def around(amounts: list[int], percent: int) -> Fraction:
    """The mean of the ten people around a quantile: slices from five people below its place to five above."""
    slices = [amount for amount in sorted(amounts) for _ in range(PARTS)]
    middle = len(amounts) * PARTS * percent // 100
    half = NEIGHBOURS * PARTS // 2
    window = slices[max(middle - half, 0) : middle + half]
    return Fraction(sum(window), len(window))


def all_pairs(amounts: list[int]) -> Fraction | None:
    """Gini as it is defined: half the mean difference of all pairs, over the mean."""
    if not sum(amounts):
        return None
    differences = sum(abs(one - other) for one, other in product(amounts, amounts))
    return Fraction(differences, 2 * len(amounts) * sum(amounts))


def expected(statistic: str, amounts: list[int]) -> float:
    found = all_pairs(amounts) if statistic == "gini" else around(amounts, int(statistic[1:]))
    return nan if found is None else float(found)


@given(people=PEOPLE, statistic=st.sampled_from(["q10", "q25", "q50", "q75", "q80", "gini"]), sex=st.booleans())
def test_tallies_are_what_one_gets_by_writing_everybody_out(people, statistic, sex):
    where = {"sex": "female"} if sex else {}
    question = measure(f"persons.income@{statistic}", **where)
    rows = [{"area:quarters": area, "sex": own, "income": income} for area, own, income in people]
    rows += [{"area:quarters": "n1", "sex": "female", "income": 3}]
    tally = tally_units(place(records(rows), CITY).frame, "persons", [question], systems=CITY, codes=CODES)
    for system, code in PLACES:
        column = list(CITY[system].codes).index(code)
        found = float(tally.values[question, system][0, column])
        here = [row for row in rows if row["area:quarters"] in INSIDE[code] and (not sex or row["sex"] == "female")]
        known = [row["income"] for row in here if row["income"] is not None]
        wanted = expected(statistic, known) if known else nan
        assert (isnan(found) and isnan(wanted)) or found == pytest.approx(wanted)


@given(st.lists(st.integers(0, 10_000), min_size=200, max_size=400))
def test_quantiles_of_many_lie_among_the_neighbours_of_plain_ones(incomes):
    rows = [{"area:quarters": "n1", "income": income} for income in incomes]
    asked = {percent: measure(f"persons.income@q{percent}") for percent in (20, 50, 80)}
    tally = tally_units(place(records(rows), CITY).frame, "persons", [*asked.values()], systems=CITY, codes=CODES)
    ordered, shift = np.sort(incomes), (NEIGHBOURS // 2 + 1) / len(incomes)
    for percent, question in asked.items():
        low, high = (np.quantile(ordered, percent / 100 + sign * shift, method="nearest") for sign in (-1, 1))
        assert low <= round(float(tally.values[question, "city"][0, 0]), 9) <= high
