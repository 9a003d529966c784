"""Policies that change numbers, from deliveries to the release: a small city, built."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from pipeline_samples import REGISTER_YEAR, persons, run, write_city

POLICY = """\
title.de = "Register"
title.en = "Register"
why.de = "Zum Schutz der Gezählten."
why.en = "To protect those counted."
"""
ROUNDING = """
[public]
method = "rounding"
rounding = { base = 5 }
[internal]
"""
CELL_KEY = """
[public]
method = "cell_key"
cell_key = { maximum = 5, variance = 2.0, forbidden = 2, breakdowns = 20 }
[internal]
method = "cell_key"
cell_key = { maximum = 5, variance = 2.0, forbidden = 2, breakdowns = 20 }
"""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_city(tmp_path_factory.mktemp("city"))


def with_policy(city: Path, folder: Path, text: str) -> Path:
    shutil.copytree(city, folder, dirs_exist_ok=True)
    (folder / "policies").mkdir(exist_ok=True)
    (folder / "policies" / "register.toml").write_text(POLICY + text, encoding="utf-8")
    return folder


def built(city: Path) -> tuple[Path, dict]:
    answer = run("build", city, "--json")
    assert answer.code == 0, answer.out + answer.err
    return Path(answer.json["folder"]), answer.json


def counts_of(release: Path, depth: str = "public", period: str = REGISTER_YEAR) -> pl.DataFrame:
    return pl.read_parquet(release / depth / "counts.parquet").filter(period=period)


def test_rounding_reaches_the_release(city, tmp_path):
    release, answer = built(with_policy(city, tmp_path / "city", ROUNDING))
    assert answer["audit_passed"]
    seen = counts_of(release)["value"].drop_nulls()
    assert len(seen) > 20
    assert (seen % 5 == 0).all()
    people = counts_of(release).filter(universe="persons", where="", area_system="stadt")
    assert people["value"].item() == 5 * round(len(persons()) / 5)


def test_the_manifest_says_what_was_changed_and_how(city, tmp_path):
    release, _ = built(with_policy(city, tmp_path / "city", ROUNDING))
    manifest = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    assert {"universe": "persons", "where": "", "policy": "register", "periods": [REGISTER_YEAR]} in manifest["changed"]
    assert manifest["policies"]["register"]["public"]["rounding"] == {"base": 5}
    assert manifest["policies"]["register"]["internal"]["method"] == "suppression"


def test_numbers_of_other_deliveries_stay_as_they_are(city, tmp_path):
    """The table of the years before is under a policy of its own, and so is the internal package."""
    release, _ = built(with_policy(city, tmp_path / "city", ROUNDING))
    before = counts_of(release, period="2024").filter(universe="persons", where="", area="01")
    assert before["value"].to_list() == [8066]
    people = counts_of(release, "internal").filter(universe="persons", where="", area_system="stadt")
    assert people["value"].item() == len(persons())
