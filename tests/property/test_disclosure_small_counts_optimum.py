"""Small count rounding of random tables, beside the best of all choices, which a slow search finds."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialraum.disclosure.cellkey import SPAN
from sozialraum.disclosure.ptable import perturbation_table
from sozialraum.disclosure.small_counts import round_small_counts


@st.composite
def tables(draw: st.DrawFn) -> tuple[np.ndarray, sp.csr_array, int]:
    height, width = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    cells = draw(st.lists(st.integers(0, 9), min_size=height * width, max_size=height * width))
    rows, columns = np.indices((height, width)).reshape(2, -1)
    own = [rows == row for row in range(height)] + [columns == column for column in range(width)]
    sums = sp.csr_array(np.array([np.ones(height * width, dtype=bool), *own]).astype(np.int64))
    return np.array(cells), sums, draw(st.integers(2, 5))


@settings(max_examples=200, deadline=None)
@given(tables())
def test_nothing_small_is_published_and_everything_adds_up(table):
    inner, sums, base = table
    found = round_small_counts(inner, sums, base)
    assert not ((found.published > 0) & (found.published < base)).any()
    assert (found.published == sums @ found.inner).all()
    assert (found.inner[~found.changed] == inner[~found.changed]).all()
    assert np.isin(found.inner[found.changed], (0, base)).all()
    assert (inner[found.changed] < base).all()
    assert (found.inner[inner == 0] == 0).all()


@settings(max_examples=60, deadline=None)
@given(tables())
def test_the_choice_is_nearly_the_best(table):
    """Against all 2^k choices for the same cells: squared deviations at most half as large again, mostly the same."""
    inner, sums, base = table
    found = round_small_counts(inner, sums, base)
    cells = np.flatnonzero(found.changed)
    if not 0 < len(cells) <= 10:
        return
    truth = sums @ inner
    best = min(
        _deviation(truth, sums, _with(inner, cells, choice, base)) for choice in product((0, 1), repeat=len(cells))
    )
    assert _deviation(truth, sums, found.inner) <= 1.5 * best


def _with(inner, cells, choice, base):
    changed = inner.copy()
    changed[cells] = base * np.array(choice)
    return changed


def _deviation(truth, sums, inner):
    return int(((sums @ inner - truth) ** 2).sum())


def test_the_averaging_attack_finds_no_more_than_one_table():
    """After cell keys a hundred breakdowns give the base away. Here all of them add up to the same published base."""
    random = np.random.default_rng(5)
    people, breakdowns = 25, 8
    answers = random.random((breakdowns, people)) < 0.4
    patterns, counts = np.unique(answers, axis=1, return_counts=True)
    published = np.vstack([np.ones(patterns.shape[1], dtype=bool), patterns, ~patterns]).astype(np.int64)
    found = round_small_counts(counts, sp.csr_array(published), 5).published
    sums = found[1 : 1 + breakdowns] + found[1 + breakdowns :]
    assert (sums == found[0]).all()


@pytest.mark.parametrize("people", [25])
def test_with_cell_keys_the_same_breakdowns_differ(people):
    """The positive control: their sums scatter around the truth, which is what averaging lives on."""
    random = np.random.default_rng(5)
    keys, table = random.integers(0, SPAN, people), perturbation_table(5, 2.0, 2)
    sums = set()
    for _ in range(8):
        yes = random.random(people) < 0.4
        both = [(float(side.sum()), keys[side].sum() % SPAN / SPAN) for side in (yes, ~yes)]
        sums.add(sum(table.movements(np.array([int(n)]), np.array([k]))[0] + n for n, k in both))
    assert len(sums) > 1
