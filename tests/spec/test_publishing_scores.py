"""Open data of scores and types: each row usable alone, and a code book to work the scores out again."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from sozialraum.analysis import COMPOSITE_SCHEMA
from sozialraum.catalogue.project import BUILT_IN
from sozialraum.publishing.exports.scores import RECIPE_COLUMNS, SCORE_COLUMNS, TYPE_COLUMNS, scores_table
from sozialraum.publishing.opendata import Selection, composites_csv, scores_csv, scores_parquet, types_csv
from sozialraum.releases import Release, Store
from sozialraum.releases.files import canonical_json

PLACE = {"composite": "mss", "area_system": "viertel", "period": "2023", "dynamics_from": "2021"}
SCORES = [
    PLACE
    | {"area": "01", "score": 1.25, "class": "niedrig", "status": "ok", "reason": ""}
    | {"dynamics": -1.5, "dynamics_class": "positiv", "dynamics_status": "ok", "dynamics_reason": ""},
    PLACE
    | {"area": "02", "status": "suppressed", "reason": "input"}
    | {"dynamics_status": "missing", "dynamics_reason": "no_earlier"},
]
TYPES = {
    "typologies": [
        {
            "typology": "sozialraumtypen",
            "area_system": "viertel",
            "period": "2023",
            "indicators": ["einwohner", "sgb2_quote"],
            "equal": [],
            "unplaced": {"02": {"status": "suppressed", "without": ["sgb2_quote"]}},
            "obstacle": None,
            "found": {
                "method": "ward",
                "chosen_by": "silhouette",
                "candidates": [{"k": 1, "silhouette": 0.5, "gap": None, "gap_error": None}],
                "types": [
                    {"number": 1, "areas": ["01"], "means": {"einwohner": 1.0}, "standing_out": [], "stability": 0.8}
                ],
            },
        }
    ]
}


@pytest.fixture
def release(tmp_path: Path, write_tiny_release: Callable[..., str]) -> Release:
    scores = pl.DataFrame(SCORES, schema=COMPOSITE_SCHEMA)
    documents = {
        f"{kind}/{path.name}": path
        for kind in ("composites", "typologies", "indicators", "themes", "codes", "policies", "standards")
        for path in sorted((BUILT_IN / kind).glob("*.toml"))
    }
    found = Store(tmp_path / "releases").release(write_tiny_release(composites=scores, documents=documents))
    (found.public.folder / "typologies.json").write_bytes(canonical_json(TYPES))
    return found


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_a_row_can_be_used_alone(release: Release) -> None:
    row, hidden = rows_of(scores_csv(Selection(release.public)))
    assert tuple(row) == SCORE_COLUMNS
    assert row["title"] == "Soziale Lage (Verfahren des Berliner Monitorings)"
    assert (row["area"], row["name"], row["period"], row["release"]) == ("01", "Nord", "2023", release.id)
    assert (row["score"], row["class"], row["class_title"]) == ("1.25", "niedrig", "Status niedrig")
    assert (row["dynamics_from"], row["dynamics_class_title"]) == ("2021", "Dynamik positiv")
    assert (hidden["score"], hidden["class"], hidden["sign"], hidden["reason"]) == ("", "", ".", "input")
    assert hidden["status_text"] == "zum Schutz verdeckt"


def test_both_formats_hold_the_same(release: Release) -> None:
    for selection in (Selection(release.public), Selection(release.public, area="02", language="en")):
        table = pl.read_parquet(io.BytesIO(scores_parquet(selection)))
        assert table.equals(scores_table(selection))
        assert len(rows_of(scores_csv(selection))) == table.height
    assert table["name"].to_list() == ["Süd"]
    assert table["title"][0].startswith("Social situation")


def test_the_code_book_says_how_a_score_is_made(release: Release) -> None:
    (row,) = rows_of(composites_csv(Selection(release.public)))
    assert tuple(row) == RECIPE_COLUMNS
    assert row["composite"] == "mss"
    assert row["inputs"] == "1 x arbeitslosenanteil; 1 x langzeitarbeitslose; 1 x sgb2_quote; 1 x kinder_in_sgb2"
    assert (row["standardised"], row["combined"]) == ("z", "sum, standardised again")
    assert row["classes"].startswith("hoch (Status hoch): < -1; mittel (Status mittel): <= 1; ")
    assert row["classes"].endswith("sehr_niedrig (Status sehr niedrig): above")
    assert (row["dynamics_years"], row["minimum_residents"]) == ("2", "300")


def test_types_of_areas_and_who_has_none(release: Release) -> None:
    placed, unplaced = rows_of(types_csv(Selection(release.public)))
    assert tuple(placed) == TYPE_COLUMNS
    assert (placed["area"], placed["name"], placed["type"], placed["stability"]) == ("01", "Nord", "1", "0.8")
    assert (unplaced["type"], unplaced["status"], unplaced["without"]) == ("", "suppressed", "sgb2_quote")


def test_a_release_without_scores_has_empty_tables(tmp_path: Path, write_tiny_release: Callable[..., str]) -> None:
    bare = Store(tmp_path / "releases").release(write_tiny_release())
    for write in (scores_csv, composites_csv, types_csv):
        assert rows_of(write(Selection(bare.public))) == []
