"""A town so small that almost half of its numbers must be withheld: the hardest case for the door.

Every delivery of Musterstadt for 1,000 houses (6,000 people in 24 areas), an area reform included.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from sozialraum import pipeline
from sozialraum.audit import audit_release
from sozialraum.catalogue import load_project
from sozialraum.musterstadt import make_town, write_project
from sozialraum.pipeline import BuildResult, silent
from sozialraum.tables import COUNT_KEY, Status


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuildResult:
    folder = tmp_path_factory.mktemp("small_town")
    write_project(folder, make_town(houses=1_000, years=3))
    return pipeline.build(load_project(folder), silent, who="Test")


def test_nothing_can_be_worked_out(built: BuildResult) -> None:
    exposed = json.loads((built.release.folder / "audit.json").read_text(encoding="utf-8"))["exposed"]
    assert exposed == []
    assert built.audit_passed


def test_much_is_withheld_and_much_is_told(built: BuildResult) -> None:
    status = built.release.public.counts.frame["status"]
    withheld = (status == Status.SUPPRESSED.value).mean()
    assert 0.2 < withheld < 0.5, "a bar on what is lost: the optimum may do better"


def test_numbers_put_back_by_hand_give_others_away(built: BuildResult, tmp_path: Path) -> None:
    """The positive control: with 40 withheld numbers of districts known, the audit names further ones."""
    counts, truth = built.release.public.counts.frame, built.release.internal.counts.frame
    hidden = counts.filter(pl.col("status") == Status.SUPPRESSED.value, pl.col("area_system") == "bezirke")
    known = hidden.drop("value").join(truth.drop("status"), on=COUNT_KEY).drop_nulls("value").head(40)
    assert known.height == 40
    copy = _public_copy(built.release.folder, tmp_path)
    known = known.with_columns(status=pl.lit(Status.OK.value, counts.schema["status"]))
    told = counts.update(known.select(counts.columns), on=COUNT_KEY)
    told.write_parquet(copy / "public" / "counts.parquet")
    given_away = {finding.place for finding in audit_release(copy).exposed if finding.kind in {"exact", "narrow"}}
    assert given_away


def _public_copy(release: Path, folder: Path) -> Path:
    shutil.copytree(release / "public", folder / "public")
    shutil.copy(release / "manifest.json", folder)
    return folder
