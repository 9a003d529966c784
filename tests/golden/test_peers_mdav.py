"""MDAV, the peer that microcells are compared with, is the one of the literature and of sdcMicro."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from mdav import information_loss, mdav

CENSUS = Path(__file__).parent / "casc" / "census.csv"


@pytest.mark.parametrize(("k", "loss"), [(3, 5.692186), (4, 7.4947), (5, 9.088435), (10, 14.15593)])
def test_information_loss_of_the_reference_data(k, loss):
    """Variables are standardised; published to so many digits."""
    data = np.loadtxt(CENSUS, delimiter=",", skiprows=1)
    assert data.shape == (1080, 13)
    points = (data - data.mean(axis=0)) / data.std(axis=0)
    digits = len(str(loss).partition(".")[2])
    assert round(information_loss(points, mdav(points, k)), digits) == loss


@pytest.mark.parametrize("tuned", [False, True])
@pytest.mark.parametrize("houses", [40, 41, 43, 100])
def test_the_compiled_peer_makes_the_same_groups(houses, tuned, monkeypatch):
    """With one household a house it is MDAV in the plane."""
    monkeypatch.setattr(sys, "path", [*sys.path, str(Path(__file__).parents[2] / "benchmarks")])
    peers = pytest.importorskip("_peers", reason="the benchmarks are not beside the tests")
    points = np.random.default_rng(houses).normal(size=(houses, 2))
    cell = np.zeros(houses, dtype=np.int64)
    peers._mdav(points[:, 0].copy(), points[:, 1].copy(), np.ones(houses, np.int64), 4, cell, tuned)
    assert groups(cell) == groups(mdav(points, 4))


def groups(numbers: np.ndarray) -> set[tuple[int, ...]]:
    return {tuple(np.flatnonzero(numbers == one).tolist()) for one in np.unique(numbers)}
