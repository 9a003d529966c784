"""Small count rounding: a few small inner cells become 0 or the base, and every sum is a sum again."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from sozialraum.disclosure.small_counts import round_small_counts
from sozialraum.errors import DoorError

EX_PSD = np.array([[6, 0, 1, 3, 4], [1, 2, 3, 1, 2], [0, 1, 1, 0, 2]])
"""Three rows and five columns. Source: statisticsnorway/ssb-smallcountrounding, R/SmallCountData.R ("exPSD")."""


def margins(table: np.ndarray) -> sp.csr_array:
    """The total, the rows and the columns of a table, as sums of its cells."""
    rows, columns = np.indices(table.shape).reshape(2, -1)
    own = [rows == row for row in range(table.shape[0])] + [columns == column for column in range(table.shape[1])]
    return sp.csr_array(np.array([np.ones(table.size, dtype=bool), *own]).astype(np.int64))


def rounded(table: np.ndarray, base: int):
    return round_small_counts(table.ravel().astype(np.int64), margins(table), base)


def test_it_agrees_with_the_r_package_smallcountrounding():
    """tests/testthat/test-PLSrounding.R: published rows and columns of exPSD with base 5."""
    found = rounded(EX_PSD, 5)
    assert found.published.tolist() == [28, 15, 8, 5, 7, 5, 5, 5, 6]
    assert found.inner.reshape(3, 5).tolist() == [[6, 0, 0, 5, 4], [1, 0, 5, 0, 2], [0, 5, 0, 0, 0]]


def test_only_necessary_cells_are_rounded():
    """The 1 of the second row and the 4 of the first stay: no number that they go into is small."""
    found = rounded(EX_PSD, 5)
    assert found.inner.reshape(3, 5)[1, 0] == 1
    assert found.inner.reshape(3, 5)[0, 4] == 4
    assert found.changed.sum() == 8


def test_everything_adds_up():
    found = rounded(EX_PSD, 5)
    table = found.inner.reshape(3, 5)
    assert found.published.tolist() == [table.sum(), *table.sum(axis=1), *table.sum(axis=0)]


def test_the_same_table_gives_the_same_result():
    assert rounded(EX_PSD, 5).inner.tolist() == rounded(EX_PSD.copy(), 5).inner.tolist()


def test_a_table_without_small_numbers_stays_as_it_is():
    table = np.array([[10, 20], [30, 5]])
    found = rounded(table, 5)
    assert found.inner.tolist() == table.ravel().tolist()
    assert not found.changed.any()


def test_zeros_stay_zero():
    found = rounded(np.array([[0, 1], [0, 7]]), 3)
    assert found.inner.reshape(2, 2)[:, 0].tolist() == [0, 0]


NUMBERS = [
    # a single published count, base, what is published (the nearer of 0 and the base)
    (1, 3, 0),
    (2, 3, 3),
    (2, 5, 0),
    (3, 5, 5),
    (5, 5, 5),
    (0, 5, 0),
]


@pytest.mark.parametrize(("count", "base", "published"), NUMBERS)
def test_a_single_number(count, base, published):
    one = sp.csr_array(np.ones((1, 1), dtype=np.int64))
    assert round_small_counts(np.array([count]), one, base).published.tolist() == [published]


def test_an_empty_table():
    assert round_small_counts(np.zeros(0, np.int64), sp.csr_array((0, 0), dtype=np.int64), 3).published.tolist() == []


def test_what_can_not_be_rounded_is_refused():
    one = sp.csr_array(np.ones((1, 1), dtype=np.int64))
    with pytest.raises(DoorError, match="to 2 or more, not to 1"):
        round_small_counts(np.array([1]), one, 1)
    with pytest.raises(DoorError, match="one for each inner cell"):
        round_small_counts(np.array([-1]), one, 3)
    with pytest.raises(DoorError, match="one for each inner cell"):
        round_small_counts(np.array([1, 2]), one, 3)
