"""Fixtures that every room may use."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("patient", deadline=None)  # a slow machine is no fault; speed is measured in benchmarks/
settings.load_profile("patient")

DAY = date(2026, 12, 1)
"""The tests' day as far as reviews of documents go: none of the catalogue is overdue then, whenever tests are run."""

REAL_DATA = Path(__file__).parents[2] / "shared" / "data"


def real_data_folder(name: str) -> Path:
    """Return a folder of real data, or skip the test saying why."""
    folder = REAL_DATA / name
    if not folder.is_dir():
        pytest.skip(f"the real data folder {name!r} is not beside the project (../shared/data/{name})")
    return folder


@pytest.fixture(scope="session", autouse=True)
def no_review_is_overdue() -> Iterator[None]:
    """Time passes, and what tests are told of reviews must not change with it; other processes are not fooled."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sozialraum.catalogue.reviews.calendar_day", lambda: DAY)
        yield


@pytest.fixture(scope="session")
def golden_values() -> dict[str, Any]:
    """Values of methods that were computed independently of this project."""
    path = REAL_DATA.parent / "design" / "golden_values.json"
    if not path.is_file():
        pytest.skip("the golden values are not beside the project (../shared/design/golden_values.json)")
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def flensburg() -> Path:
    return real_data_folder("flensburg")


@pytest.fixture(scope="session")
def region_hannover() -> Path:
    return real_data_folder("region-hannover")


@pytest.fixture(scope="session")
def essen() -> Path:
    return real_data_folder("essen")


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    pyspark = pytest.importorskip("pyspark.sql", reason="pyspark is not installed (pip install sozialraum[spark])")
    java = shutil.which("java", path=os.pathsep.join([os.environ.get("JAVA_HOME", "") + "/bin", os.environ["PATH"]]))
    if java is None or subprocess.run([java, "-version"], capture_output=True, check=False).returncode:
        pytest.skip("Spark needs a Java runtime of version 17 or newer (apt-get install default-jre-headless)")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # workers need what is installed here
    builder = pyspark.SparkSession.builder.master("local[1]").appName("sozialraum tests")
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
    }.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    yield session
    session.stop()
