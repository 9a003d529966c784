"""Any perturbation table keeps what it promises, and has the form that the greatest entropy has."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialraum.disclosure.ptable import EXACT, PerturbationTable, Row, perturbation_table


@st.composite
def parameters(draw: st.DrawFn) -> tuple[int, float, int, bool]:
    forbidden = draw(st.integers(0, 3))
    maximum = draw(st.integers(max(forbidden, 1), 8))
    least = max((forbidden + 1) ** 2 // 4, 0.1)
    return maximum, draw(st.floats(least, least + 4)), forbidden, draw(st.booleans())


@settings(max_examples=25, deadline=None)
@given(parameters())
def test_a_table_keeps_what_it_promises(asked):
    maximum, variance, forbidden, monotone = asked
    table = perturbation_table(*asked)
    assert len(table.rows) == maximum + forbidden + 2
    for count, row in enumerate(table.rows):
        targets = row.movements + count
        assert row.probabilities.sum() == 1 or abs(row.probabilities.sum() - 1) < 1e-15 * len(targets)
        assert (row.probabilities >= -EXACT).all()
        assert abs(row.mean) < 10 * EXACT
        assert row.variance <= variance + 1e-7
        assert (np.abs(row.movements) <= maximum).all()
        assert (targets >= 0).all()
        assert not ((targets >= 1) & (targets <= forbidden)).any()
        if monotone and (row.movements == 0).any():
            assert (np.diff(row.probabilities[row.movements <= 0]) >= -1e-7).all()


@settings(max_examples=15, deadline=None)
@given(parameters())
def test_the_greatest_entropy_has_a_known_form(asked):
    """Where nothing is ordered it is exp(a + b v + c v^2), with c <= 0; the reference is a fit of the logarithm."""
    maximum, variance, forbidden, _ = asked
    table: PerturbationTable = perturbation_table(maximum, variance + 0.01, forbidden, False)
    for row in table.rows[1:]:
        _is_discrete_normal(row)


def _is_discrete_normal(row: Row) -> None:
    likely = row.probabilities > 1e-5
    v = row.movements[likely].astype(float)
    logs = np.log(row.probabilities[likely])
    form = np.stack([np.ones_like(v), v, v**2], axis=1)
    fit, *_ = np.linalg.lstsq(form, logs, rcond=None)
    assert np.abs(form @ fit - logs).max() < 1e-4
    if len(v) > 2:
        assert fit[2] < 1e-6
