"""What is compiled after installing is all that a build would otherwise wait for."""

from __future__ import annotations

import pytest
from numba.core.registry import CPUDispatcher

from sozialraum.areas import crossing
from sozialraum.microcells import bundling, measures
from sozialraum.pipeline import kernels

ASKED_BY_A_BUILD = {
    "points are located": crossing.locate_points,
    "areas are laid out in strips": crossing.sort_into_strips,
    "houses are bundled": bundling.bundle_areas,
    "cells are measured": measures.measure,
}


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    kernels.main()


@pytest.mark.parametrize("step", ASKED_BY_A_BUILD)
def test_a_kernel_is_compiled(step: str) -> None:
    kernel = ASKED_BY_A_BUILD[step]
    assert isinstance(kernel, CPUDispatcher)
    assert kernel.signatures


def test_points_are_located_in_columns_that_can_not_be_written_into() -> None:
    assert any(not x.mutable and not y.mutable for x, y, *_ in crossing.locate_points.signatures)
