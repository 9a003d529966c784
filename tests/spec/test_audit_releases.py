"""Several releases together: what the door withholds for the sake of earlier ones, and what the audit finds."""

from __future__ import annotations

import subprocess
import sys

import polars as pl
import pytest

from disclosure_released import release
from disclosure_samples import CODES, counts, districts, shown, with_city, withheld
from release_samples import audited, protected
from sozialraum.audit import AuditReport
from sozialraum.catalogue import RulesDoc
from sozialraum.disclosure import Structure, protect
from sozialraum.errors import DoorError

title = "Successive releases"

AREAS = districts(5)
FIRST = with_city({"persons": [3, 7, 90, 60, 50]})
"""d1 is too small; d2 goes with it."""


def exposed(report: AuditReport) -> dict[str, tuple[float, float | None]]:
    return {f.place.area: (f.low, f.high) for f in report.exposed}


def frames(*tables) -> list[pl.DataFrame]:
    """Each table through the door, which remembers those before."""
    found: list[pl.DataFrame] = []
    for rows in tables:
        found.append(protected(rows, AREAS, found).table.frame)
    return found


def naive(*tables) -> list[pl.DataFrame]:
    """Each table through the door, which knows nothing of the others."""
    return [protected(rows, AREAS).table.frame for rows in tables]


# --- the same numbers again -------------------------------------------------------------------------------------------


def test_it_works(tmp_path):
    twice = frames(FIRST, FIRST)
    assert twice[0].equals(twice[1])
    report = audited(tmp_path, twice, AREAS)
    assert report.passed, str(report)
    assert report.parameters["together_with"] == ["r1"]


REVISED = [
    # second delivery; what the naive second release shows that the first one hid; what both together give away
    # d1 is 30 now: nothing is small any more, so the naive door shows d2, and 210 - 90 - 60 - 50 - 7 is 3
    ([30, 7, 90, 60, 50], {"d1": 30.0, "d2": 7.0}, {"d1", "d2"}),
    # d3 is 2 now: the naive door hides d1 and d3 (5 together), and 7 in d2 gives 3 in d1
    ([3, 7, 2, 60, 50], {"d2": 7.0}, {"d1", "d2", "d3"}),
]


@pytest.mark.parametrize(("second", "told", "given_away"), REVISED)
def test_a_naive_second_release_gives_the_first_away(tmp_path, second, told, given_away):
    both = naive(FIRST, with_city({"persons": second}))
    open_now = both[1].filter(pl.col("area").is_in(list(told)), status="ok")
    assert dict(open_now.select("area", "value").iter_rows()) == told
    report = audited(tmp_path, both, AREAS)
    assert not report.passed
    assert set(exposed(report)) & given_away
    assert "release r1 withholds it and this one tells it" in str(report)


@pytest.mark.parametrize(("second", "told", "given_away"), REVISED)
def test_what_was_withheld_stays_withheld(tmp_path, second, told, given_away):
    both = frames(FIRST, with_city({"persons": second}))
    assert both[1].filter(pl.col("area").is_in(["d1", "d2"]))["status"].to_list() == ["suppressed"] * 2
    report = audited(tmp_path, both, AREAS)
    assert report.passed, str(report)


def test_a_sum_that_is_still_true_is_still_known(tmp_path):
    """d1 and d2 were 10 together and still are. d3 fell from 90 to 2, and the city from 210 to 122: the city less 10,
    60 and 50 would be d3. All other numbers are known for good; so the city goes."""
    second = protected(with_city({"persons": [3, 7, 2, 60, 50]}), AREAS, frames(FIRST))
    assert shown(second, "persons") == dict.fromkeys(["d1", "d2", "d3", "city"], "suppressed") | {"d4": 60, "d5": 50}
    city, kinds = pl.col("area") == "city", second.table.frame.schema["status"]
    careless = second.table.frame.with_columns(
        value=pl.when(city).then(122.0).otherwise("value"),
        status=pl.when(city).then(pl.lit("ok", kinds)).otherwise("status"),
    )
    assert audited(tmp_path / "a", [*frames(FIRST), second.table.frame], AREAS).passed
    report = audited(tmp_path / "b", [*frames(FIRST), careless], AREAS)
    assert exposed(report) == {"d3": (2.0, 2.0)}
    assert "as release r1 has it" in str(report) or "nothing else" in str(report)


def test_a_sum_that_was_revised_is_not_believed(tmp_path):
    """d2 is 12 now, so d1 and d2 are 15, and 10 tells nothing of them."""
    both = frames(FIRST, with_city({"persons": [3, 12, 90, 60, 50]}))
    report = audited(tmp_path, both, AREAS)
    assert report.passed, str(report)
    (one, _) = [finding for finding in report.suppressed if finding.place.area in ("d1", "d2")]
    assert (one.low, one.high) == (0, 15)


def test_nothing_is_hidden_behind_what_everybody_knows():
    """Another quarter becomes too small: its counterweight is not one that was published and has not changed."""
    first = protected(with_city({"persons": [30, 8, 90, 60, 50]}), AREAS)
    assert not withheld(first)
    second = protected(with_city({"persons": [3, 8, 90, 60, 50]}), AREAS, [first.table.frame])
    assert withheld(second) == {("persons", "d1"), ("persons", "city")}
    assert ("persons", "d2") in withheld(protected(with_city({"persons": [3, 8, 90, 60, 50]}), AREAS))


def test_a_measure_that_is_asked_no_more_is_still_protected(tmp_path):
    """Of 20 persons 3 get a benefit; both releases together tell it by women and men."""
    rows = {"persons sgb2=yes": {"d1": 3}, "persons sgb2=no": {"d1": 17}, "persons": {"d1": 20}}
    areas = AREAS.head(0)
    first = protected(rows, areas).table.frame
    assert first.filter(where="sgb2=yes")["status"].item() == "suppressed"
    shown_before = first.drop_nulls("value")
    assert shown_before.height == 1
    hidden = first.filter(status="suppressed", where="sgb2=no").height
    assert hidden, "with the rest shown it would follow"
    later = {"persons": {"d1": 20}, "persons sgb2=no": {"d1": 17}}
    assert protected(later, areas, [first]).table.frame.filter(where="sgb2=no")["status"].item() == "suppressed"
    assert not withheld(protected(later, areas, complement=False))


def test_stricter_rules_come_too_late(tmp_path):
    """Everything that could hide d1 any better is known."""
    first = protected(FIRST, AREAS, minimum=5)
    with pytest.raises(DoorError, match="withdraw"):
        protected(FIRST, AREAS, [first.table.frame], minimum=12)


def test_a_release_that_is_no_table_of_counts():
    with pytest.raises(DoorError, match="earlier releases"):
        protect(counts(FIRST), Structure(AREAS, (), {}), {"p": RulesDoc()}, withheld=pl.DataFrame({"area": ["d1"]}))


def test_the_summary_says_what_is_withheld_for_the_sake_of_earlier_releases():
    second = protected(with_city({"persons": [30, 7, 90, 60, 50]}), AREAS, frames(FIRST))
    assert second.summary.filter(area_system="districts")["why"].to_list() == ["earlier 2"]


def test_an_old_release_tells_what_a_new_one_hides(tmp_path):
    """The newest hides 3; the first one, of another hand, showed it."""
    old = counts({"persons": FIRST["persons"]}).drop("policy")
    report = audited(tmp_path, [old, *frames(FIRST)], AREAS)
    assert exposed(report)["d1"] == (3.0, 3.0)
    assert "an earlier release tells it" in str(report)


def test_without_asserts_the_same_is_found(tmp_path):
    """``python -O`` leaves asserts out; no check is one."""
    folders = [
        release(tmp_path / f"r{number}", frame, nesting=AREAS, codes=CODES, rules=RulesDoc(minimum=5))
        for number, frame in enumerate(naive(FIRST, with_city({"persons": REVISED[0][0]})), 1)
    ]
    script = """
import sys, pathlib, sozialraum.audit
first, second = map(pathlib.Path, sys.argv[1:])
print(sozialraum.audit.audit_release(second, [first]))
"""
    told = [
        subprocess.run(
            [sys.executable, *options, "-c", script, *map(str, folders)], capture_output=True, text=True, check=True
        ).stdout
        for options in ([], ["-O"])
    ]
    assert told[0] == told[1]
    assert "withholds it and this one tells it" in told[1]
