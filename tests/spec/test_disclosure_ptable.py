"""The perturbation table: how far a count is moved, and how often. Agrees with what other offices' software makes."""

from __future__ import annotations

import numpy as np
import pytest

from disclosure_ptables import CRAN_EXAMPLE, TAU_SCENARIO_5A, TAU_TEST_W, rows_of
from sozialraum.disclosure.ptable import perturbation_table
from sozialraum.errors import DoorError

CRAN = perturbation_table(2, 1.05, 1, (True, True, False, True))


@pytest.mark.parametrize(("count", "probabilities"), rows_of(CRAN_EXAMPLE).items())
def test_it_agrees_with_the_r_package_ptable(count, probabilities):
    assert CRAN.rows[count].probabilities == pytest.approx(probabilities, abs=1e-8)


@pytest.mark.parametrize(("count", "probabilities"), rows_of(TAU_SCENARIO_5A).items())
def test_it_agrees_with_tau_argus_scenario_5a(count, probabilities):
    """Where 2 is the least variance, every movement there still has 1e-7: counts of 1 and 2 differ a little."""
    tolerance = 2e-6 if count in (1, 2) else 1e-6
    assert perturbation_table(5, 2.001, 2).rows[count].probabilities == pytest.approx(probabilities, abs=tolerance)


@pytest.mark.parametrize(("count", "probabilities"), rows_of(TAU_TEST_W).items())
def test_it_agrees_with_tau_argus_test_w(count, probabilities):
    assert perturbation_table(7, 4.0, 2).rows[count].probabilities == pytest.approx(probabilities, abs=1e-6)


TARGETS = [
    # count, where it can go (D = 2, js = 1)
    (0, [0]),
    (1, [0, 2, 3]),
    (2, [0, 2, 3, 4]),
    (3, [2, 3, 4, 5]),
    (4, [2, 3, 4, 5, 6]),
]


@pytest.mark.parametrize(("count", "targets"), TARGETS)
def test_where_a_count_can_go(count, targets):
    assert (CRAN.rows[count].movements + count).tolist() == targets


def test_the_last_row_stands_for_all_larger_counts():
    keys = np.array([0.01, 0.5, 0.99])
    assert CRAN.movements(np.array([4, 4, 4]), keys).tolist() == CRAN.movements(np.array([9, 99, 999]), keys).tolist()


KEYS = [
    # cell key, movement of a count of 1, whose probabilities are 0.5083 (-1), 0.4750 (+1), 0.0167 (+2)
    (0.0, -1),
    (0.5083, -1),
    (0.5084, 1),
    (0.9833, 1),
    (0.9834, 2),
    (1 - 2**-52, 2),
]


@pytest.mark.parametrize(("key", "movement"), KEYS)
def test_a_key_finds_the_first_interval_that_ends_above_it(key, movement):
    assert CRAN.movements(np.array([1]), np.array([key])).tolist() == [movement]


def test_zero_stays_zero():
    assert CRAN.movements(np.zeros(100, dtype=np.int64), np.linspace(0, 0.99, 100)).tolist() == [0] * 100


def test_with_the_least_variance_there_is_one_way_only():
    """A count of 1 must go to 0 or 3, and on average stay: 2/3 and 1/3."""
    assert perturbation_table(5, 2.0, 2).rows[1].probabilities[:2] == pytest.approx([2 / 3, 1 / 3])


IMPOSSIBLE = [
    # D, V, js, what is said
    (1, 2.0, 2, "counts must be able to move by 2"),
    (5, 1.9, 2, "the variance is at least 2"),
    (5, 3.0, 3, "the variance is at least 4"),
    (3, 0.0, 0, "the variance is at least 0"),
    (0, 1.0, 0, "counts must be able to move by 1"),
]


@pytest.mark.parametrize(("maximum", "variance", "forbidden", "message"), IMPOSSIBLE)
def test_what_is_impossible_is_refused(maximum, variance, forbidden, message):
    with pytest.raises(DoorError, match=message):
        perturbation_table(maximum, variance, forbidden)


def test_monotone_is_said_of_all_counts_or_of_each():
    with pytest.raises(DoorError, match="has 2 entries; one for each count from 1 to 4"):
        perturbation_table(2, 1.05, 1, (True, False))
