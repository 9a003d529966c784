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


def test_cell_keys_reach_the_release(city, tmp_path):
    public_only = CELL_KEY[: CELL_KEY.index("[internal]")] + "[internal]\nminimum = 0\ncomplement = false\n"
    release, answer = built(with_policy(city, tmp_path / "city", public_only))
    assert answer["audit_passed"]
    on = ["universe", "where", "area_system", "area", "period"]
    both = counts_of(release).join(counts_of(release, "internal"), on=on).filter(universe="persons")
    seen, true = both["value"], both["value_right"]
    assert both.height > 20
    assert not seen.is_in([1.0, 2.0]).any()
    assert ((seen - true).abs() <= 5).all()
    assert (seen != true).sum() > both.height / 3
    assert true.filter(both["where"] == "").max() == len(persons())


def test_every_build_moves_the_same_people_alike(city, tmp_path):
    """Both packages and two releases: the same noise, so nothing can be averaged."""
    folder = with_policy(city, tmp_path / "city", CELL_KEY)
    first, _ = built(folder)
    second, _ = built(folder)
    assert first != second
    public = counts_of(first)
    assert public.equals(counts_of(second))
    internal = counts_of(first, "internal").filter(pl.col("area_system") != "microcells")
    both = public.join(internal, on=["universe", "where", "area_system", "area", "period"])
    assert both.filter(pl.col("value") != pl.col("value_right")).is_empty()


def test_microcells_are_moved_too(city, tmp_path):
    release, _ = built(with_policy(city, tmp_path / "city", CELL_KEY))
    cells = counts_of(release, "internal").filter(area_system="microcells", universe="persons").drop_nulls("value")
    assert cells.height > 10
    assert not cells["value"].is_in([1.0, 2.0]).any()


def test_a_table_has_no_record_keys(city, tmp_path):
    """The loader says it before anything is built."""
    folder = with_policy(city, tmp_path / "city", CELL_KEY)
    source = folder / "sources" / "einwohner.toml"
    text = source.read_text(encoding="utf-8").replace('policy = "official_statistics"', 'policy = "register"')
    source.write_text(text.replace('policy = "open_data"', 'policy = "register"'), encoding="utf-8")
    answer = run("build", folder, "--json")
    assert answer.code == 1
    (fault,) = answer.json["faults"]
    assert (fault["file"], fault["column"], fault["value"]) == ("sources/einwohner.toml", "policy", "register")
    assert "this source delivers no single records" in fault["what"]
    assert fault["advice"] == 'choose a policy with method = "rounding"'


def test_too_many_breakdowns_stop_the_build(city, tmp_path):
    folder = with_policy(city, tmp_path / "city", CELL_KEY.replace("breakdowns = 20", "breakdowns = 0"))
    answer = run("build", folder, "--json")
    assert answer.code == 1
    assert "is broken down completely" in answer.out + answer.err
