"""``sozialraum microcells --attribute``: cells get attributes, protected, in a file of their own."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from microcells_samples import town
from pipeline_samples import Answer, run

title = "Attributes of cells on the command line"

COLUMNS = ["cell", "grid", "attribute", "show", "of", "value", "units", "status"]
UNITS = ["kaufkraft=mean", "milieu=type", "eigentum=share:ja", "eigentum=count:ja"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town of houses with year and purchasing power, and a file with a row a household."""
    path, random = tmp_path_factory.mktemp("town"), np.random.default_rng(3)
    houses = town(400)
    count = houses.height
    houses = houses.with_columns(
        baujahr=pl.Series(random.choice([1900, 1930, 1960, 1990], count)),
        kaufkraft=pl.Series(random.integers(20_000, 60_000, count)),
    )
    houses.write_csv(path / "houses.csv")
    each = houses[np.repeat(np.arange(count), houses["households"].to_numpy())].select("building")
    rows = each.height
    units = each.with_columns(
        kaufkraft=pl.Series([f"{n:,},00".replace(",", ".", 1) for n in random.integers(15_000, 90_000, rows)]),
        milieu=pl.Series(random.choice(["A", "B", "C", "D"], rows)),
        eigentum=pl.Series(random.choice(["ja", "nein"], rows)),
        owner=pl.Series([f"Familie {number}" for number in range(rows)]),
    )
    units.write_csv(path / "units.csv", separator=";")
    return path


def cells(folder: Path, *attributes: str, units: str | None = "units.csv", **more: str) -> Answer:
    words = [word for text in attributes for word in ("--attribute", text)]
    file = ["--attributes", folder / units] if units else []
    options = ["--crs", "EPSG:25832", *words, *file, *(f"--{name}={value}" for name, value in more.items())]
    return run("microcells", folder / more.pop("houses", "houses.csv"), folder / "out.parquet", *options)


def written(folder: Path) -> pl.DataFrame:
    return pl.read_csv(folder / "out.attributes.csv", schema_overrides={"value": pl.String})


def test_it_works(folder: Path) -> None:
    answer = cells(folder, *UNITS)
    assert answer.code == 0, answer.err
    assert "out.attributes.csv" in answer.err
    assert re.search(r"eigentum=share:ja: \d+ / \d+ / 0 / 0 \(.*diversity", answer.out)
    frame = written(folder)
    assert frame.columns == COLUMNS
    members = pl.read_parquet(folder / "out.parquet")["cell"].unique()
    assert set(frame["cell"]) == set(members)
    assert frame.height == 4 * members.len()
    assert set(frame["status"]) == {"ok", "suppressed"}
    assert frame.filter(status="suppressed")["value"].null_count() == frame.filter(status="suppressed").height
    assert frame["grid"].str.contains(r"^CRS25832RES100mN\d+00E\d+00$").all()
    kinds = frame.filter(attribute="milieu", status="ok")["value"]
    assert set(kinds) <= {"A", "B", "C", "D", "(none)"}
    means = frame.filter(attribute="kaufkraft", status="ok")["value"].cast(pl.Float64)
    assert means.is_between(15_000, 90_000).all(), "15.000,00 is fifteen thousand"


def test_share_and_count_agree_and_hide_together(folder: Path) -> None:
    cells(folder, *UNITS)
    frame = written(folder).filter(attribute="eigentum").with_columns(pl.col("value").cast(pl.Float64))
    pairs = frame.filter(show="share").join(frame.filter(show="count"), on="cell", suffix="_count")
    assert (pairs["status"] == pairs["status_count"]).all()
    told = pairs.filter(status="ok")
    assert told["value"].is_between(1, 99).all()
    assert (told["value_count"] >= 2).all()


def test_without_a_file_the_columns_of_the_houses_count_as_often_as_they_have_households(folder: Path) -> None:
    answer = cells(folder, "kaufkraft=mean", "baujahr=type", units=None)
    assert answer.code == 0, answer.err
    frame = written(folder)
    members = pl.read_parquet(folder / "out.parquet")
    one_house = members.group_by("cell").len().filter(pl.col("len") == 1)["cell"]
    alone = frame.filter(pl.col("cell").is_in(one_house.implode()))
    assert set(alone["status"]) == {"suppressed"}, "a house of one value tells the value of each household"
    houses = pl.read_csv(folder / "houses.csv").select("building", "kaufkraft", "households")
    weighed = members.join(houses, on="building").group_by("cell")
    means = weighed.agg(mean=(pl.col("kaufkraft") * pl.col("households")).sum() / pl.col("households").sum())
    told = frame.filter(attribute="kaufkraft", status="ok").join(means, on="cell")
    assert told.height > 10
    assert ((told["value"].cast(pl.Float64) - told["mean"]).abs() / told["mean"] < 0.006).all()


def test_json_has_the_summary(folder: Path) -> None:
    words = ["--attribute", "milieu=type", "--attributes", folder / "units.csv", "--json"]
    answer = run("microcells", folder / "houses.csv", folder / "out.parquet", "--crs", "EPSG:25832", *words)
    (row,) = answer.json["attributes"]
    assert row["cells"] == row["shown"] + row["withheld"]


def test_nothing_of_an_owner_is_written(folder: Path) -> None:
    answer = cells(folder, *UNITS)
    content = (folder / "out.attributes.csv").read_bytes()
    assert b"Familie" not in content
    assert "Familie" not in answer.out + answer.err


@pytest.mark.parametrize(
    ("attribute", "words"),
    [
        ("milieu", "is no attribute; write milieu=type"),
        ("milieu=kind", "is no attribute"),
        ("=type", "is no attribute"),
        ("eigentum=share", "write eigentum=share:ja"),
        ("milieu=type:A", "only a share or a count"),
    ],
)
def test_an_attribute_that_is_none_is_wrong_use(folder: Path, attribute: str, words: str) -> None:
    answer = cells(folder, attribute)
    assert answer.code == 2
    assert words in re.sub(r"[│\s]+", " ", answer.err)


def test_all_faults_of_the_file_at_once(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "houses.csv").write_bytes((folder / "houses.csv").read_bytes())
    rows = ["building;kaufkraft;eigentum", "H000001;12x;ja", "H000002;100;nein"]
    (tmp_path / "units.csv").write_text("\n".join(rows), encoding="utf-8")
    answer = cells(tmp_path, "kaufkraft=mean", "eigentum=share:yes", "mileu=type", "kaufkraft=type")
    assert answer.code == 1
    for words in (
        "units.csv [eigentum]: no row has this value (found: 'yes')",
        "units.csv [mileu]: the file has no such column",
        "units.csv [kaufkraft]: a column is either an amount or has codes",
    ):
        assert words in answer.err
    assert not (tmp_path / "out.parquet").exists(), "nothing is made before the file is right"
    (tmp_path / "units.csv").write_text("building;kaufkraft\nH000001;1.234\n", encoding="utf-8")
    assert "Nothing in the file tells whether 1.234 is 1234" in cells(tmp_path, "kaufkraft=mean").err
    (tmp_path / "units.csv").write_text("\n".join(rows), encoding="utf-8")
    answer = cells(tmp_path, "kaufkraft=mean")
    assert "units.csv:2 [kaufkraft]: this is no number (found: '12x')" in answer.err


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["house;milieu", "H000001;A"], "a column is missing"),
        (["building;milieu", "X1;A", "X2;B"], "not one row has a building that is known"),
        ([""], "units.csv"),
    ],
)
def test_a_file_of_others(folder: Path, tmp_path: Path, rows: list[str], words: str) -> None:
    (tmp_path / "houses.csv").write_bytes((folder / "houses.csv").read_bytes())
    (tmp_path / "units.csv").write_text("\n".join([*rows, ""]), encoding="utf-8")
    answer = cells(tmp_path, "milieu=type")
    assert answer.code == 1
    assert words in answer.err
    assert "Traceback" not in answer.err


def test_a_column_that_the_houses_do_not_have(folder: Path) -> None:
    answer = cells(folder, "mileu=type", units=None)
    assert answer.code == 1
    assert "houses.csv [mileu]: the file has no such column" in answer.err
    assert "Traceback" not in answer.err


def test_unknown_buildings_are_noted(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "houses.csv").write_bytes((folder / "houses.csv").read_bytes())
    text = (folder / "units.csv").read_text(encoding="utf-8")
    (tmp_path / "units.csv").write_text(f"{text}X9;100;A;ja;Z\n;100;A;ja;Z\n", encoding="utf-8")
    answer = cells(tmp_path, "milieu=type")
    assert answer.code == 0, answer.err
    assert re.search(r"note: .*units.csv: 2 of [\d,]+ rows have no known building", answer.err)


def test_what_does_not_go_together(folder: Path, tmp_path: Path) -> None:
    answer = cells(folder)
    assert answer.code == 1
    assert "nothing of this file is wanted" in answer.err
    answer = run("microcells", tmp_path, tmp_path / "cells", "--attribute", "milieu=type")
    assert answer.code == 1
    assert "the cells of a folder get no attributes" in answer.err
