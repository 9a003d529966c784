"""What adds up to what: the cells that sums lead to."""

from __future__ import annotations

import numpy as np
import pytest

from disclosure_tables import crossed
from sozialraum.disclosure.elimination import around

TABLE = crossed(np.arange(12.0).reshape(3, 4), minimum=1)

AROUND = [
    (0, {(0, 0)}),
    (1, {(0, None), (None, 0), *((0, column) for column in range(4)), *((row, 0) for row in range(3))}),
    (2, set(TABLE.names)),
]


@pytest.mark.parametrize(("sums", "cells"), AROUND)
def test_sums_lead_along_rows_and_columns(sums: int, cells: set[object]) -> None:
    place = TABLE.names.index((0, 0))
    assert {TABLE.names[i] for i in around(TABLE.hiding().sums, place, sums)} == cells
