"""Musterstadt is built once for all attacks."""

from __future__ import annotations

import pytest
from evidence import Musterstadt, musterstadt


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Musterstadt:
    return musterstadt(tmp_path_factory.mktemp("attacked"))
