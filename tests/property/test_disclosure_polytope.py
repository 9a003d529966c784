"""The solver behind the door: where a question begins changes how long it takes, never what it costs."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from sozialraum.disclosure.elimination import choose
from sozialraum.disclosure.polytope import Programme


@st.composite
def questions(draw):
    """A solvable question: signs, a point that solves it, costs, and which unknowns are said to follow."""
    height, width = draw(st.integers(1, 6)), draw(st.integers(1, 8))
    matrix = np.array(draw(st.lists(st.sampled_from([-1, 0, 1]), min_size=height * width, max_size=height * width)))
    point = np.array(draw(st.lists(st.integers(0, 9), min_size=width, max_size=width)), dtype=float)
    cost = np.array(draw(st.lists(st.integers(0, 9), min_size=width, max_size=width)), dtype=float)
    following = np.array(draw(st.lists(st.booleans(), min_size=width, max_size=width)))
    return matrix.reshape(height, width).astype(float), point, cost, following


@given(questions())
def test_beginning_elsewhere_finds_what_another_solver_finds(question):
    matrix, point, cost, following = question
    part = choose(sp.csc_array(matrix), np.arange(matrix.shape[1]))
    right = part.sparse() @ point
    programme = Programme(part, right, np.zeros(len(point)), np.full(len(point), np.inf))
    programme.begin(following)
    found = programme.minimise(cost)
    assert found is not None
    np.testing.assert_allclose(part.sparse() @ found, right, atol=1e-6)
    assert found.min() >= -1e-6
    expected = linprog(cost, A_eq=matrix, b_eq=matrix @ point, method="highs").fun
    np.testing.assert_allclose(cost @ found, expected, atol=1e-6)


def test_the_solver_says_nothing():
    """In a process of its own, because the banner would come once for each process."""
    script = (
        "import numpy as np, scipy.sparse as sp\n"
        "from sozialraum.disclosure.elimination import choose\n"
        "from sozialraum.disclosure.polytope import nearest_fit\n"
        "nearest_fit(choose(sp.csc_array(np.eye(1)), np.arange(1)), np.ones(1))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout + done.stderr == ""
