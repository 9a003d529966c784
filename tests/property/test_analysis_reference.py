"""Slow and obvious references for the analyses."""

from __future__ import annotations

import math
from statistics import fmean, pstdev

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis_samples import CLASSES, composite, population_from, values_of
from sozialraum.analysis import compute_composites
from sozialraum.analysis.clustering import connected_ward, silhouette, within
from sozialraum.analysis.inequality import slope_of_inequality
from sozialraum.analysis.standardise import exponential_ranks, min_max, shrink_shares, z_scores

shares = st.integers(0, 1000).map(lambda number: number / 10)
people = st.integers(1, 5000)


@given(st.lists(st.tuples(shares, shares, shares), min_size=5, max_size=30), st.tuples(*[st.integers(1, 5)] * 3))
@settings(max_examples=60, deadline=None)
def test_a_composite_is_the_weighted_sum_of_z_scores_standardised_again(rows, weights):
    columns = list(zip(*rows, strict=True))
    assume(all(len(set(column)) > 1 for column in columns))
    sums = [sum(w * (row[i] - fmean(columns[i])) / pstdev(columns[i]) for i, w in enumerate(weights)) for row in rows]
    assume(pstdev(sums) > 1e-6)
    expected = [(total - fmean(sums)) / pstdev(sums) for total in sums]
    names = ("one", "two", "three")
    table = "area | one | two | three\n" + "\n".join(f"{n:02} | {a} | {b} | {c}" for n, (a, b, c) in enumerate(rows))
    inputs = [{"indicator": name, "weight": weight} for name, weight in zip(names, weights, strict=True)]
    scores = compute_composites(
        {"this": composite(inputs=inputs)}, values_of(table), population_from("area | residents")
    )
    assert scores["score"].to_list() == pytest.approx(expected, abs=1e-9)
    for score, label in scores.select("score", "class").iter_rows():
        rounded = round(score, 12)
        assert label == (CLASSES[0]["id"] if rounded < -1 else CLASSES[1]["id"] if rounded <= 1 else CLASSES[2]["id"])


@given(st.lists(shares, min_size=2, max_size=40))
def test_standardised_values_keep_the_order(values):
    assume(len(set(values)) > 1)
    array = np.array(values)
    for standardised in (z_scores(array), min_max(array), exponential_ranks(array)):
        for i, one in enumerate(values):
            for j, other in enumerate(values):
                assert (one < other) == (standardised[i] < standardised[j] - 1e-13)
    z = z_scores(array)
    assert (z.mean(), z.std()) == (pytest.approx(0, abs=1e-9), pytest.approx(1))


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 400)), min_size=2, max_size=20))
def test_a_shrunk_share_lies_between_its_own_and_that_of_the_larger_area(rows):
    cases = np.array([case for case, _ in rows], float)
    bases = np.array([case + rest + 1 for case, rest in rows], float)
    own = (cases + 0.5) / (bases + 1)
    whole = (cases.sum() + 0.5) / (bases.sum() + 1)
    shrunk = shrink_shares(cases, bases, ["A"] * len(rows))
    assert (shrunk >= np.minimum(own, whole) - 1e-9).all()
    assert (shrunk <= np.maximum(own, whole) + 1e-9).all()


@given(st.lists(st.tuples(st.floats(1, 100), people), min_size=5, max_size=12))
def test_the_slope_is_that_of_least_squares(rows):
    values, residents = np.array([v for v, _ in rows]), np.array([float(n) for _, n in rows])
    share = residents / residents.sum()
    middle = np.cumsum(share) - share / 2
    root = np.sqrt(share)
    start, slope = np.linalg.lstsq(np.column_stack([root, middle * root]), values * root, rcond=None)[0]
    found = slope_of_inequality(values.tolist(), residents.tolist())
    assert found.absolute.value == pytest.approx(slope, rel=1e-6, abs=1e-6)
    if start > 1e-3:
        assert found.relative.value == pytest.approx((start + slope) / start, rel=1e-4, abs=1e-6)


@given(st.lists(st.tuples(shares, shares), min_size=4, max_size=9, unique=True), st.data())
@settings(max_examples=60, deadline=None)
def test_connected_clusters_by_trying_every_merge(rows, data):
    z = np.array(rows)
    n = len(z)
    neighbours = [[row + 1] if row < n - 1 else [] for row in range(n)]
    extra = data.draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=5))
    for a, b in extra:
        neighbours[a].append(b)
    k = data.draw(st.integers(1, n))
    touching = {frozenset((a, b)) for a, found in enumerate(neighbours) for b in found if a != b}
    clusters = [frozenset([row]) for row in range(n)]
    while len(clusters) > k:
        costs = []
        for i, one in enumerate(clusters):
            for other in clusters[i + 1 :]:
                if any(frozenset((a, b)) in touching for a in one for b in other):
                    together = _squares(z, one | other) - _squares(z, one) - _squares(z, other)
                    costs.append((together, one, other))
        costs.sort(key=lambda found: found[0])
        assume(len(costs) < 2 or not math.isclose(costs[0][0], costs[1][0], rel_tol=1e-9, abs_tol=1e-9))
        _, one, other = costs[0]
        clusters = [found for found in clusters if found not in (one, other)] + [one | other]
    labels = connected_ward(z, k, neighbours)
    assert {frozenset(np.flatnonzero(labels == number).tolist()) for number in np.unique(labels)} == set(clusters)
    assert within(z, labels) == pytest.approx(sum(_squares(z, found) for found in clusters))


def _squares(z, rows):
    inside = z[sorted(rows)]
    return float(((inside - inside.mean(axis=0)) ** 2).sum())


@given(st.lists(st.tuples(shares, st.integers(0, 2)), min_size=4, max_size=15))
def test_silhouette_area_by_area(rows):
    z, labels = np.array([[value] for value, _ in rows]), np.array([label for _, label in rows])
    assume(len(set(labels.tolist())) > 1)
    widths = []
    for row, label in enumerate(labels):
        own = [abs(z[row, 0] - z[other, 0]) for other in np.flatnonzero(labels == label) if other != row]
        if not own:
            widths.append(0.0)
            continue
        inside = fmean(own)
        outside = min(fmean(abs(z[row, 0] - z[labels == other, 0])) for other in set(labels.tolist()) - {int(label)})
        widths.append(0.0 if max(inside, outside) == 0 else (outside - inside) / max(inside, outside))
    assert silhouette(z, labels) == pytest.approx(fmean(widths), abs=1e-9)
