"""The command disclosure: what a steward learns, and that nothing is built by it."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline_samples import REGISTER_YEAR, Answer, run, tree, write_city
from sozialraum import pipeline
from sozialraum.cli.disclosure import REASONS
from sozialraum.disclosure.rules import REASON
from sozialraum.pipeline import DEFAULTS
from sozialraum.releases.what_if import read_what_if

RULES = ["--what-if", "minimum = 5", "--what-if", "method = rounding, rounding = { base = 5 }"]


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A city, and what was tried out on it."""
    city = write_city(tmp_path_factory.mktemp("city"))
    before = tree(city)
    answer = run("disclosure", city, *RULES, "--json")
    assert answer.code == 0, answer.out + answer.err
    assert tree(city) == before, "nothing is written"
    return city, answer.json


@pytest.fixture(scope="module")
def approved(tried: tuple[Path, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same city with an approved release, and the release."""
    city = Path(shutil.copytree(tried[0], tmp_path_factory.mktemp("approved") / "city"))
    release = Path(run("build", city, "--json").json["folder"])
    assert run("approve", release, "--who", "Mara").code == 0
    return city, release


@pytest.fixture
def city(tried: tuple[Path, dict[str, Any]], tmp_path: Path) -> Path:
    return Path(shutil.copytree(tried[0], tmp_path / "city"))


def outcomes(found: dict[str, Any], depth: str) -> list[dict[str, Any]]:
    return list(found["packages"][depth])


def withheld(effect: dict[str, Any]) -> int:
    return sum(effect["own"].values()) + effect["others"] + effect["earlier"]


def test_it_says_what_was_compared(tried: tuple[Path, dict[str, Any]]) -> None:
    _, found = tried
    assert [scenario["text"] for scenario in found["scenarios"]] == ["", *RULES[1::2]]
    assert found["scenarios"][1]["policies"] == ["microcells", "official_statistics", "register"]
    assert found["earlier"] == []
    assert {depth: [one["scenario"] for one in several] for depth, several in found["packages"].items()} == {
        "public": [0, 1, 2],
        "internal": [0, 1, 2],
    }


@pytest.mark.parametrize("depth", ["public", "internal"])
def test_a_build_withholds_just_as_much(
    tried: tuple[Path, dict[str, Any]], approved: tuple[Path, Path], depth: str
) -> None:
    """What the manifest says of a build under the same policies."""
    _, release = approved
    manifest = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    rows = [row for row in manifest["suppression"] if row["depth"] == depth]
    own, others = (sum(row[name] for row in rows) for name in ("primary", "secondary"))
    effect = outcomes(tried[1], depth)[0]["effect"]
    assert (sum(effect["own"].values()), effect["others"]) == (own, others)
    statuses = pl.read_parquet(release / depth / "values.parquet")["status"].cast(pl.String)
    there = (~statuses.is_in(["missing", "undefined"])).sum()
    assert (effect["values"], effect["lost"]) == (there, (statuses == "suppressed").sum())


def test_stricter_rules_withhold_more(tried: tuple[Path, dict[str, Any]]) -> None:
    own, stricter, _ = (one["effect"] for one in outcomes(tried[1], "public"))
    assert withheld(stricter) > withheld(own) > 0
    assert stricter["own"] == {"minimum": 3}


def test_rounding_changes_numbers_by_half_its_base_at_most(tried: tuple[Path, dict[str, Any]]) -> None:
    rounded = outcomes(tried[1], "public")[2]["effect"]
    assert withheld(rounded) == 0
    assert rounded["changed"] == rounded["numbers"]
    assert rounded["most_change"] == 2.0
    assert 0 < rounded["mean_change"] < 2
    assert outcomes(tried[1], "public")[0]["effect"]["mean_change"] is None


def test_causes_and_what_lies_between_add_up_to_all_further_numbers(tried: tuple[Path, dict[str, Any]]) -> None:
    for depth in ("public", "internal"):
        for one in outcomes(tried[1], depth):
            shares = sum(cause["further"] for cause in one["causes"])
            assert one["more_causes"] == 0
            assert shares + one["between"] == pytest.approx(one["effect"]["others"], abs=0.05)


def test_of_many_causes_the_first_of_each_indicator_are_told(
    tried: tuple[Path, dict[str, Any]], city: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = outcomes(tried[1], "public")[1]["causes"]
    monkeypatch.setattr(sys.modules[pipeline.what_if.__module__], "MOST_CAUSES", 1)
    monkeypatch.setattr(sys.modules[pipeline.what_if.__module__], "MOST_OF_ONE", 1)
    few = outcomes(run("disclosure", city, *RULES[:2], "--depth", "public", "--json").json, "public")[1]
    assert 0 < len(few["causes"]) < len(every)
    assert few["more_causes"] == len(every) - len(few["causes"])
    assert few["causes"][0] == every[0]
    assert {name for cause in few["causes"] for name in cause["indicators"]} == {
        name for cause in every for name in cause["indicators"]
    }


def test_an_indicator_tells_its_own_numbers(tried: tuple[Path, dict[str, Any]], city: Path) -> None:
    table = next(t for t in outcomes(tried[1], "public")[1]["tables"] if t["indicator"] == "anteil_3_bis_5")
    asked = [*RULES[:2], "--depth", "public", "--indicator", "anteil_3_bis_5", "--json"]
    only = outcomes(run("disclosure", city, *asked).json, "public")[1]
    assert only["tables"] == [table]
    assert only["effect"] == table["effect"]
    assert sum(entry[1] for areas in table["areas"].values() for entry in areas.values()) == withheld(table["effect"])


def test_periods_tell_their_own_numbers(tried: tuple[Path, dict[str, Any]], city: Path) -> None:
    """The register's year and the five years of the table are all there is."""
    whole = outcomes(tried[1], "public")[0]["effect"]
    asked = ["--what-if", "secondary = false", "--depth", "public", "--json"]
    years = [word for year in range(2020, 2025) for word in ("--period", str(year))]
    parts = [
        outcomes(run("disclosure", city, *asked, *more).json, "public")[0]["effect"]
        for more in (["--period", REGISTER_YEAR], years)
    ]
    assert all(part["numbers"] for part in parts)
    for name in ("numbers", "others", "values", "lost"):
        assert sum(part[name] for part in parts) == whole[name]


def test_what_is_kept_for_the_page_is_what_was_said(city: Path) -> None:
    before = tree(city)
    said = run("disclosure", city, *RULES[:2], "--depth", "public", "--save", "--json").json
    assert list(said["packages"]) == ["public"]
    after = tree(city)
    assert set(after) - set(before) == {"releases/what-if.json"}
    assert json.loads(after["releases/what-if.json"]) == said
    kept = read_what_if(city / "releases")
    assert kept is not None
    assert kept.model_dump(mode="json") == said


def test_it_holds_no_numbers_of_people(tried: tuple[Path, dict[str, Any]]) -> None:
    """Keys and how many numbers there are: no value, and nobody's name or identifier."""
    _, found = tried
    names = {"universe", "where", "area_system", "area", "period", "why", "further", "alone", "indicators"}
    assert {name for depth in found["packages"].values() for o in depth for c in o["causes"] for name in c} == names
    assert "Mustermensch" not in json.dumps(found)
    assert "P0001" not in json.dumps(found)


def test_what_earlier_releases_withheld_stays_withheld_unless_asked_otherwise(approved: tuple[Path, Path]) -> None:
    city, release = approved
    milder = ["--what-if", "minimum = 0, complement = false", "--depth", "public", "--json"]
    after = run("disclosure", city, *milder).json
    assert after["earlier"] == [release.name]
    known = outcomes(after, "public")[1]["effect"]
    assert known["earlier"] > 0
    assert withheld(known) == known["earlier"]
    fresh = run("disclosure", city, *milder, "--fresh").json
    assert fresh["earlier"] == []
    assert withheld(outcomes(fresh, "public")[1]["effect"]) == 0


def test_rules_that_no_build_could_keep_are_told_and_the_others_too(city: Path) -> None:
    answer = run("disclosure", city, "--what-if", "method = small_counts", "--depth", "public")
    assert answer.code == 0
    assert "Under method = small_counts there would be no public package: persons in 2020 is under" in answer.out
    assert "What is withheld in the public package" in answer.out


def test_small_groups_are_rounded_before_counting_where_rules_ask_for_it(city: Path) -> None:
    """The register alone, of the year that has no ready-made table."""
    rules = "policy = 'register', method = 'small_counts', small_counts = { base = 5 }"
    answer = run("disclosure", city, "--what-if", rules, "--depth", "public", "--period", "2025", "--json")
    exact, rounded = (outcome["effect"] for outcome in answer.json["packages"]["public"])
    assert exact["most_change"] is None
    assert rounded["changed"] == rounded["numbers"] == exact["numbers"]
    assert 0 < rounded["mean_change"] < rounded["most_change"] < 20
    assert rounded["others"] == 0


def test_rules_that_come_too_late_say_so(approved: tuple[Path, Path]) -> None:
    """The release told nearly everything, so little is left to hide a number behind that is too small now."""
    city, _ = approved
    answer = run("disclosure", city, "--what-if", "minimum = 12", "--depth", "public")
    assert answer.code == 0
    assert "known from earlier releases" in answer.out


@pytest.fixture(scope="module")
def said(tried: tuple[Path, dict[str, Any]]) -> Answer:
    """What the command says where nothing else is asked for."""
    answer = run("disclosure", tried[0])
    assert answer.code == 0
    return answer


def test_what_it_says_fits_a_terminal_of_80_columns(said: Answer) -> None:
    lines = said.out.splitlines()
    assert max(len(line) for line in lines) <= 80
    for number, text in enumerate(DEFAULTS, 1):
        assert f"│ {number} │ {text} " in said.out
    assert "What is withheld in the public package" in said.out
    assert "What is withheld in the internal package" in said.out
    assert lines[-1] == "Confidential: do not pass it on. Nothing was kept; --save does."
    assert said.err.splitlines()[-1] == "Protecting"


def test_the_worst_indicator_comes_first(said: Answer) -> None:
    rows = said.out[said.out.index("Values lost") :].splitlines()
    names = [row.split("│")[1].strip() for row in rows if row.startswith("│")]
    assert names[0] in ("altenquotient", "jugendquotient")
    assert names.index("anteil_18_bis_24") < names.index("anteil_3_bis_5")


FAULTS = {
    "no such policy": (["--what-if", "policy = geheim, minimum = 5"], "policy", "there is no such policy"),
    "no such key": (["--what-if", "minimun = 5"], "minimun", "this key is not known"),
    "no such indicator": (["--indicator", "anteil_unter_19"], "", "there is no such indicator"),
    "no such period": (["--period", "1999"], "", "there are no numbers of this period"),
    "no period at all": (["--period", "gestern"], "", ""),
}


@pytest.mark.parametrize("case", FAULTS)
def test_faults(city: Path, case: str) -> None:
    options, column, what = FAULTS[case]
    answer = run("disclosure", city, *options, "--json")
    assert answer.code == 1
    (fault,) = answer.json["faults"]
    assert fault["column"] == column
    assert what in fault["what"]
    assert fault["file"].startswith(options[0])


def test_the_page_gets_everything_or_nothing(city: Path) -> None:
    answer = run("disclosure", city, "--save", "--period", "2024")
    assert answer.code == 2
    assert "leave out" in answer.err
    assert not (city / "releases").exists()


def test_every_reason_of_the_door_has_words() -> None:
    assert set(REASON.categories) <= REASONS.keys()
