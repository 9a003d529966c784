"""The audit and numbers that a policy changes: no leak, but of a form that can be checked."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from disclosure_released import release
from disclosure_samples import CODES, counts, districts, door, with_city
from sozialraum.audit import audit_release
from sozialraum.catalogue import RulesDoc

ROUND = {"method": "rounding", "rounding": {"base": 5}}
MOVE = {"method": "cell_key", "cell_key": {"maximum": 5, "variance": 2.0, "forbidden": 2}}
SMALL = {"method": "small_counts", "small_counts": {"base": 3}}
NOISE = {"method": "noise", "noise": {"epsilon": 1.0, "budget": 10.0}}
TOWN = with_city({"persons": [3, 41, 17, 900]})


def attacked(folder: Path, rules: dict, by_hand: dict[str, float] | None = None):
    """Release a town under a method, with some numbers written in by hand, and attack it."""
    frame = counts(TOWN).with_columns(key=pl.lit(0.5))
    through = {"minimum": 0, "secondary": False} if rules is SMALL else rules  # rounded before it was counted
    protected = door(frame, areas=districts(4), **through)
    seen = protected.table.frame
    for area, value in (by_hand or {}).items():
        seen = seen.with_columns(value=pl.when(pl.col("area") == area).then(pl.lit(value)).otherwise("value"))
    folder = release(
        folder / "release",
        seen,
        nesting=districts(4),
        codes=CODES,
        rules=RulesDoc.model_validate(rules),
        changed=frame.select("universe", "where", "period", "policy").unique(),
    )
    return audit_release(folder)


@pytest.mark.parametrize("rules", [ROUND, MOVE, NOISE], ids=["rounding", "cell_key", "noise"])
def test_changed_numbers_are_no_leak(tmp_path, rules):
    report = attacked(tmp_path, rules)
    assert report.passed, str(report)


def test_small_counts_that_add_up_are_no_leak(tmp_path):
    """This town has no small number, so nothing needs to be rounded before it is counted."""
    assert attacked(tmp_path, SMALL).passed


BY_HAND = [
    # method, area, number that somebody wrote in, what is said
    (ROUND, "d2", 41.0, "41 is published, but every number is rounded to a multiple of 5"),
    (ROUND, "d1", 3.0, "3 is published, but every number is rounded to a multiple of 5"),
    (MOVE, "d3", 2.0, "2 is published, but no number lies from 1 to 2"),
    (MOVE, "d3", 16.5, "16.5 is published, but every number is whole and not negative"),
    (MOVE, "d3", -1.0, "-1 is published, but every number is whole and not negative"),
    (SMALL, "d1", 2.0, "2 is published, but no number lies from 1 up to below 3"),
    (NOISE, "d3", 16.5, "16.5 is published, but every number is whole and not negative"),
]


@pytest.mark.parametrize(("rules", "area", "number", "how"), BY_HAND)
def test_a_number_that_was_put_in_by_hand_is_found(tmp_path, rules, area, number, how):
    report = attacked(tmp_path, rules, {area: number})
    assert not report.passed
    (finding,) = [finding for finding in report.exposed if finding.kind == "unchanged"]
    assert (finding.place.area, finding.how) == (area, how)


FAR = [
    # method, the city's number by hand (961 is true), whether four districts can add up to what they do beside it
    (ROUND, 950.0, True),
    (ROUND, 945.0, False),
    (MOVE, 940.0, True),
    (MOVE, 930.0, False),
    (SMALL, 960.0, False),
]


@pytest.mark.parametrize(("rules", "city", "possible"), FAR)
def test_areas_do_not_add_up_to_more_than_there_is(tmp_path, rules, city, possible):
    report = attacked(tmp_path, rules, {"city": city})
    assert report.passed == possible
    if not possible:
        assert "its 4 parts add up to" in report.exposed[0].how


def test_exact_numbers_beside_changed_ones_are_attacked_as_ever(tmp_path):
    """The changed year hides nothing of the exact one."""
    frames = [counts(TOWN, period="2023", policy="q"), counts(TOWN)]
    exact = frames[0].with_columns(
        value=pl.when(pl.col("area") != "d1").then("value"),
        status=pl.when(pl.col("area") == "d1")
        .then(pl.lit("suppressed", frames[0]["status"].dtype))
        .otherwise("status"),
    )
    protected = door(frames[1], areas=districts(4), **ROUND)
    seen = pl.concat([exact.drop("policy"), protected.table.frame])
    rules = RulesDoc.model_validate(ROUND | {"minimum": 5})
    folder = release(tmp_path / "r", seen, nesting=districts(4), codes=CODES, rules=rules, changed=protected.changed)
    report = audit_release(folder)
    assert {(finding.place.period, finding.place.area, finding.kind) for finding in report.exposed} == {
        ("2023", "d1", "exact")
    }
