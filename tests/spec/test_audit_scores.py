"""Scores and types that do not follow from what is published: the audit refuses those that tell something."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from analysis_samples import values_of
from disclosure_released import release
from disclosure_samples import counts, districts, with_city
from sozialraum.analysis import composites_of, typologies_of
from sozialraum.audit import audit_release
from sozialraum.audit.scores import unfounded
from sozialraum.releases import Package
from sozialraum.releases.files import canonical_json

COMPOSITE = """
title.de = "Lage"
definition.de = "Je höher, desto ärmer."
caveats.de = "Keine."
sources = ["ein Bericht"]
inputs = [{ indicator = "poor" }]
classes = [
    { id = "low", up_to = 0, title.de = "niedrig" },
    { id = "high", title.de = "hoch" },
]
governance = { owner = "A", checked_by = "B", next_review = 2028-03-01 }
"""
TYPOLOGY = """
title.de = "Arten"
definition.de = "Ähnlich."
caveats.de = "Keine."
sources = ["ein Bericht"]
indicators = [{ indicator = "poor" }, { indicator = "old" }]
most = 3
minimum_areas = 5
governance = { owner = "A", checked_by = "B", next_review = 2028-03-01 }
"""
VALUES = """
area | period | poor | old
d1   | 2024   | 10   | 30
d2   | 2024   | 11   | 32
d3   | 2024   | 12   | 31
d4   | 2024   | 40   | 10
d5   | 2024   | 43   | 12
d6   | 2024   | .    | 12
"""


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A release whose scores and types are those of its values."""
    return write(tmp_path / "r1", VALUES)


def write(folder: Path, values: str) -> Path:
    table = counts(with_city({"persons": [30, 40, 50, 60, 70, 80]}))
    release(folder, table, nesting=districts(6), values=values_of(values, "districts"))
    for kind, text in (("composites", COMPOSITE), ("typologies", TYPOLOGY)):
        path = folder / "public" / "catalogue" / kind / "made.toml"
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
    package = Package(folder / "public", "public")
    systems = package.systems
    due = (package.catalogue, package.area_documents, package.values)
    scores = composites_of(*due, {id: system.frame for id, system in systems.items()})
    scores.write_parquet(folder / "public" / "composites.parquet")
    types = {"typologies": [one.as_json() for one in typologies_of(*due, systems)]}
    (folder / "public" / "typologies.json").write_bytes(canonical_json(types))
    return folder


def change(folder: Path, to: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    path = folder / "public" / "composites.parquet"
    to(pl.read_parquet(path)).write_parquet(path)


def test_it_works(made: Path) -> None:
    package = Package(made / "public", "public")
    assert package.composites.select("area", "class", "status").rows()[3:] == [
        ("d4", "high", "ok"),
        ("d5", "high", "ok"),
        ("d6", None, "suppressed"),
    ]
    assert len(package.typologies) == 1
    report = audit_release(made)
    assert report.passed, str(report)
    assert report.contradictions == ()


WITHHELD = pl.col("area") == "d6"


def _told(frame: pl.DataFrame) -> pl.DataFrame:
    """The score of the area whose input is withheld, as if it had been made from the number behind it."""
    score, name = pl.when(WITHHELD).then(1.2).otherwise("score"), pl.when(WITHHELD).then(pl.lit("high"))
    status = pl.when(WITHHELD).then(pl.lit("ok")).otherwise("status").cast(frame.schema["status"])
    return frame.with_columns(score=score, status=status).with_columns(name.otherwise("class").alias("class"))


PLANTED = {
    # what is done to the scores: which areas the audit names, and what it says
    "a score of a withheld number": (_told, {"d6"}, "score is 1.2, the values give nothing"),
    "a class of a withheld number": (
        lambda f: f.with_columns(pl.when(WITHHELD).then(pl.lit("low")).otherwise("class").alias("class")),
        {"d6"},
        "class is low, the values give nothing",
    ),
    "scores made from other numbers": (
        lambda f: f.with_columns(score=pl.col("score") * 1.01),
        {"d1", "d2", "d3", "d4", "d5"},
        "the values give",
    ),
    "a score of an area that is not public": (
        lambda f: pl.concat([f, f.filter(area="d1").with_columns(area=pl.lit("d7"))]),
        {"d7"},
        "the values give no score",
    ),
    "two scores of one area": (lambda f: pl.concat([f, f.filter(area="d1")]), {"d1"}, "several scores"),
    "a score of microcells": (
        lambda f: pl.concat([f, f.filter(area="d1").with_columns(area_system=pl.lit("microcells"))]),
        {"d1"},
        "the values give no score",
    ),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_score_that_does_not_follow_is_exposed(made: Path, planted: str) -> None:
    plant, areas, what = PLANTED[planted]
    change(made, plant)
    report = audit_release(made)
    assert not report.passed
    assert {finding.place.area for finding in report.exposed} == areas
    assert {finding.kind for finding in report.exposed} == {"score"}
    assert all(finding.place.universe == "made" and what in finding.how for finding in report.exposed)


LEFT_OUT = {
    "a row": (lambda f: f.filter(~WITHHELD), "there is no score, although the values give one"),
    "a score": (lambda f: f.with_columns(score=pl.when(pl.col("area") != "d1").then("score")), "score is nothing"),
    "the reason": (lambda f: f.with_columns(reason=pl.lit("")), "reason is nothing, the values give input"),
}


@pytest.mark.parametrize("left_out", LEFT_OUT)
def test_what_is_only_left_out_tells_nothing(made: Path, left_out: str) -> None:
    leave_out, what = LEFT_OUT[left_out]
    change(made, leave_out)
    report = audit_release(made)
    assert report.passed, str(report)
    (contradiction,) = report.contradictions
    assert what in contradiction


def test_types_that_do_not_follow_are_exposed(made: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "r2", VALUES.replace("d6   | 2024   | .", "d6   | 2024   | 42"))
    types = (other / "public" / "typologies.json").read_bytes()
    (made / "public" / "typologies.json").write_bytes(types)
    (finding,) = audit_release(made).exposed
    assert (finding.place.universe, finding.place.area_system, finding.kind) == ("made", "districts", "score")
    assert "not those that the values give" in finding.how


def test_a_release_from_before_scores_and_types_has_nothing_to_redo(made: Path) -> None:
    for name in ("composites.parquet", "typologies.json"):
        (made / "public" / name).unlink()
    assert unfounded(made) == ()
    assert audit_release(made).passed
