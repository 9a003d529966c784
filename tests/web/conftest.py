"""A served small city: Django's test client on a project folder with one published release."""

from __future__ import annotations

from pathlib import Path

import pytest

from web.city import write_city


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kleinstadt")
    write_city(folder)
    return folder
