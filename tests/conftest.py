"""Fixtures that every room may use."""

from __future__ import annotations

from pathlib import Path

import pytest

REAL_DATA = Path(__file__).parents[2] / "shared" / "data"


def real_data_folder(name: str) -> Path:
    """Return a folder of real data, or skip the test saying why."""
    folder = REAL_DATA / name
    if not folder.is_dir():
        pytest.skip(f"the real data folder {name!r} is not beside the project (../shared/data/{name})")
    return folder


@pytest.fixture(scope="session")
def flensburg() -> Path:
    return real_data_folder("flensburg")


@pytest.fixture(scope="session")
def region_hannover() -> Path:
    return real_data_folder("region-hannover")


@pytest.fixture(scope="session")
def essen() -> Path:
    return real_data_folder("essen")
