"""Options of the command, and what it says on request: likeness, another seed, what cells could cost at least."""

from __future__ import annotations

import json

import polars as pl
import pytest
from typer.testing import CliRunner

from microcells_samples import town
from sozialraum.cli import app
from sozialraum.microcells import Formation, form_cells, maintain_cells, with_bounds
from sozialraum.microcells.maintenance import first_release

title = "Options of the command microcells"

ROW = pl.DataFrame(
    {
        "building": list("ABCD"),
        "area": ["Nord"] * 4,
        "x": [360_000.0, 360_010.0, 360_020.0, 360_030.0],
        "y": [5_700_000.0] * 4,
        "households": [2] * 4,
        "baujahr": [1900, 1990, 1900, 1990],
    }
)


def run(folder, houses: pl.DataFrame, *options: str) -> tuple[int, str, list[str]]:
    """Return the exit code, what was said, and the cells as texts of their buildings."""
    houses.write_parquet(folder / "houses.parquet")
    command = ["microcells", str(folder / "houses.parquet"), str(folder / "cells.parquet"), "--crs", "EPSG:25832"]
    result = CliRunner().invoke(app, [*command, *options])
    if result.exit_code:
        return result.exit_code, result.output, []
    members = pl.read_parquet(folder / "cells.parquet").group_by("cell").agg(pl.col("building").sort().str.join(""))
    return 0, result.stdout, sorted(members["building"])


def test_houses_are_bundled_by_place_and_with_likeness_by_year_too(tmp_path):
    assert run(tmp_path, ROW)[2] == ["AB", "CD"]
    alike = run(tmp_path, ROW, "--likeness", "1", "--column", "attribute=baujahr")
    assert alike[2] == ["AC", "BD"]


def test_likeness_of_nothing_is_refused(tmp_path):
    code, said, _cells = run(tmp_path, ROW, "--likeness", "1")
    assert code == 1
    assert "it is not known in what" in said
    assert "--column attribute=COLUMN" in said


def test_an_attribute_that_is_no_number_is_named_with_its_row(tmp_path):
    broken = ROW.with_columns(baujahr=pl.Series(["1900", "um 1990", None, "1990"]))
    code, said, _cells = run(tmp_path, broken, "--likeness", "1", "--column", "attribute=baujahr")
    assert code == 1
    assert "um 1990" in said
    assert said.count("an attribute is missing or not a number") == 2


def test_likeness_and_seed_are_told_to_a_folder_too(tmp_path):
    source = tmp_path / "villages"
    source.mkdir()
    ROW.write_parquet(source / "05111000.parquet")
    command = ["microcells", str(source), str(tmp_path / "cells"), "--crs", "EPSG:25832", "--seed", "7"]
    result = CliRunner().invoke(app, [*command, "--likeness", "1", "--column", "attribute=baujahr"])
    assert result.exit_code == 0, result.output
    cells = pl.read_parquet(tmp_path / "cells" / "05111000.parquet")
    assert cells.filter(pl.col("building").is_in(["A", "C"]))["cell"].n_unique() == 1
    settings = json.loads((tmp_path / "cells" / "_run.jsonl").read_text().splitlines()[0])
    assert '"seed": 7' in json.dumps(settings)


def test_another_seed_gives_other_cells_about_as_good(tmp_path):
    houses = town(600)
    one, same, other = (run(tmp_path, houses, "--mode", "geometry", "--seed", seed) for seed in ("1", "1", "2"))
    assert one[2] == same[2] != other[2]


def test_bounds_are_reported_on_request(tmp_path):
    houses = town(380).with_columns(area=pl.col("building").str.slice(1).cast(pl.Int64) // 190)
    houses = houses.with_columns(pl.col("area").cast(pl.String))
    assert json.loads(run(tmp_path, houses, "--json")[1])["bounds"] is None
    report = json.loads(run(tmp_path, houses, "--json", "--bounds")[1])
    bounds = report["bounds"]
    assert report["over_nearest"] == pytest.approx(bounds["over_nearest"], abs=1e-3)
    assert report["over_nearest"] > bounds["over_linear"] >= 1
    assert 1 <= bounds["proved"] <= bounds["areas"] == 2
    assert json.loads((tmp_path / "cells.quality.json").read_text())["bounds"]["areas"] == 2
    assert "areas that have the close bound" in run(tmp_path, town(190), "--bounds")[1]


def test_it_is_said_where_no_area_has_the_close_bound(tmp_path):
    said = run(tmp_path, town(600), "--bounds")[1]
    assert "close bound only for areas of 150 to 330 houses below the minimum: here for none" in said
    assert "areas that have the close bound" not in said


def test_options_that_say_nothing_alone_are_refused_together(tmp_path):
    code, said, _cells = run(tmp_path, ROW, "--likeness", "1", "--compare")
    assert code == 1
    assert "options [likeness]: houses are to be alike, and it is not known in what" in said
    assert "options [compare]: there are no continued cells to compare" in said


def test_bounds_of_a_folder_are_refused_with_all_else_that_is_for_one_file(tmp_path):
    (tmp_path / "villages").mkdir()
    ROW.write_parquet(tmp_path / "villages" / "05111000.parquet")
    command = ["microcells", str(tmp_path / "villages"), str(tmp_path / "cells"), "--crs", "EPSG:25832"]
    result = CliRunner().invoke(app, [*command, "--bounds", "--previous", str(tmp_path / "old.parquet")])
    assert result.exit_code == 1
    assert "bounds are not worked out for a folder" in result.output
    assert "the cells of a folder are not continued" in result.output


def test_cells_that_cost_what_they_must_are_at_their_bound():
    pairs = ROW.with_columns(x=pl.Series([360_000.0, 360_010.0, 370_000.0, 370_010.0]))
    quality = form_cells(pairs).quality
    assert quality.cost == 25  # everybody is 5 m from the middle
    assert quality.over_nearest == 1
    bounds = with_bounds(form_cells(pairs), pairs, areas=0).quality.bounds
    assert (bounds.over_nearest, bounds.areas, bounds.over_linear) == (pytest.approx(1), 0, None)


def test_large_houses_are_not_held_against_a_bound():
    mixed = ROW.with_columns(households=pl.Series([9, 1, 4, 4]))
    assert form_cells(mixed).quality.over_nearest is None


def test_cells_that_were_continued_can_be_held_against_bounds():
    houses, options = town(600), Formation()
    later = houses.filter(pl.col("building").hash(3) % 20 != 0)
    cells = maintain_cells(first_release(houses, options).history, later, options).cells
    assert cells.members["cell"].null_count() > 0
    bounds = with_bounds(cells, later, options, areas=0).quality.bounds
    assert cells.quality.over_nearest == pytest.approx(bounds.over_nearest, abs=1e-3)
    assert 1 < bounds.over_nearest < 10
