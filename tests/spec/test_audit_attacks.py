"""The audit names what a release gives away, and how."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
import shapely

from disclosure_released import release
from disclosure_samples import CODES, counts, districts, door, nesting, part, with_city
from sozialraum.audit import AuditReport, audit_release
from sozialraum.catalogue import RulesDoc
from sozialraum.errors import InputError
from sozialraum.tables import VALUE_SCHEMA

RULES = RulesDoc(minimum=5)
STRICT = {"complement": True, "secondary": True}

SHARE = """
title.de = "Anteil"
definition.de = "Anteil"
theme = "t"
unit = "percent"
polarity = "neutral"
[share]
of = { universe = "persons", sgb2 = "yes" }
in = { universe = "persons" }
[governance]
owner = "x"
checked_by = "y"
next_review = 2028-01-01
"""
RATE = SHARE.replace("[share]", "[rate]").replace('"percent"', '"per_1000"')
CHANGE = SHARE.replace("[share]", "[change]").replace("in = {", "# {")
CHANGE_OF_SHARE = CHANGE.replace('of = { universe = "persons", sgb2 = "yes" }', 'indicator = "share"')
INDEX = CHANGE.replace('"percent"', '"index"').replace("[change]", '[index]\nbase = "2024"')


def audited(folder: Path, frame: pl.DataFrame, **more) -> AuditReport:
    options = {"nesting": nesting(), "codes": CODES, "rules": RULES} | more
    return audit_release(release(folder / "release", frame, **options))


def found(report: AuditReport) -> set[tuple[str, str, str]]:
    return {(f.place.where or f.place.universe, f.place.area, f.kind or "") for f in report.exposed}


def values(*rows: tuple[str, str, float | None], period: str = "2024") -> pl.DataFrame:
    """indicator, area, value (None: suppressed)"""
    return pl.DataFrame(
        [
            (name, "districts", area, period, "", value, None, None, "ok" if value is not None else "suppressed",
             None, None, 0)
            for name, area, value in rows
        ],
        schema=VALUE_SCHEMA,
        orient="row",
    )  # fmt: skip


# --- counts -----------------------------------------------------------------------------------------------------------

TOWN = with_city({"persons": [3, 40, 20, 900]})


def test_it_works(tmp_path):
    protected = door(counts(TOWN), areas=districts(4), minimum=5)
    report = audited(tmp_path, protected.table.frame, nesting=districts(4))
    assert report.passed
    assert report.cells == 5
    assert [finding.place.area for finding in report.suppressed] == ["d1", "d3"]
    assert all(finding.high - finding.low >= 5 for finding in report.suppressed)


@pytest.mark.parametrize(
    ("rows", "areas", "exposed"),
    [
        # what is public, which area lies in which, what is exposed: number, area, kind
        ({"persons": {"d1": 3}}, nesting(), {("persons", "d1", "published")}),
        ({"persons": {"d1": 0, "d2": 5}}, nesting(), set()),
        (
            {"persons": {"d1": "suppressed", "d2": 40, "city": 43}},
            districts(2),
            {("persons", "d1", "exact")},
        ),
        (
            {"persons": {"d1": "suppressed", "d2": "suppressed", "d3": 40, "city": 43}},
            districts(3),
            {("persons", "d1", "narrow"), ("persons", "d2", "narrow")},  # 3 together
        ),
        ({"persons": {"d1": "suppressed", "d2": "suppressed", "d3": 40, "city": 63}}, districts(3), set()),
        ({"persons": {"d1": "suppressed", "d2": 40}}, districts(2), set()),  # nobody publishes the city
        (
            {"persons": {"d1": 43}, "persons age=0-17": {"d1": 20}, "persons age=18+": {"d1": "suppressed"}},
            nesting(),
            {("age=18+", "d1", "exact")},
        ),
        ({"persons": {"d1": 43}, "persons age=0-64": {"d1": 40}}, nesting(), {("age=65+", "d1", "remainder")}),
        (
            {"persons": {"d1": 43}, "persons age=0-64": {"d1": 40}, "persons age=65+": {"d1": "missing"}},
            nesting(),
            {("age=65+", "d1", "remainder")},
        ),
        ({"persons": {"d1": "missing", "d2": 40, "city": 43}}, districts(2), {("persons", "d1", "remainder")}),
        (
            {"persons age=0-17": {"d1": 40}, "persons age=0-5|6-17": {"d1": "suppressed"}},
            nesting(),
            {("age=0-5|6-17", "d1", "exact")},
        ),
        (
            {"taxpayers.income": {"d1": "suppressed", "d2": 900.0, "city": 1000.0}},
            districts(2),
            {("taxpayers.income", "d1", "exact")},
        ),
    ],
)  # fmt: skip
def test_counts(tmp_path, rows, areas, exposed):
    assert found(audited(tmp_path, counts(rows), nesting=areas)) == exposed


def test_a_suppression_removed_by_hand_is_named(tmp_path):
    frame = door(counts(TOWN), areas=districts(4), minimum=5).table.frame
    hand = pl.col("area") == "d3"
    status = pl.when(hand).then(pl.lit("ok", frame.schema["status"])).otherwise("status")
    spoilt = frame.with_columns(value=pl.when(hand).then(20.0).otherwise("value"), status=status)
    report = audited(tmp_path, spoilt, nesting=districts(4))
    assert not report.passed
    (exposure,) = report.exposed
    assert str(exposure) == (
        "persons in districts d1, 2024: 3 (a withheld number can be worked out: the districts in city add up)"
    )


def test_a_large_number_that_is_known_closely_is_no_harm(tmp_path):
    """d2 was withheld for d1's sake; both follow within 3 persons, but d2 is far from too small."""
    rows = {"persons": {"d1": "suppressed", "d2": "suppressed", "city": 50},
            "persons sex=f": {"d1": "suppressed", "d2": 47, "city": "suppressed"}}  # fmt: skip
    report = audited(tmp_path, counts(rows), nesting=districts(2))
    assert ("persons", "d2", "narrow") not in found(report)
    assert ("persons", "d1", "narrow") in found(report)


def test_somebody_is_certainly_left_but_too_few(tmp_path):
    """Of d2's 15 persons 6 are men and 6 women; so 6 to 9 of all 10 men live there, and 1 to 4 in d1."""
    rows = {"persons": {"d1": 50, "d2": 15, "city": 65},
            "persons sex=f": {"d1": "suppressed", "d2": "suppressed", "city": 55},
            "persons sex=f;sgb2=yes": {"d2": 6}, "persons sex=m;sgb2=yes": {"d2": 6}}  # fmt: skip
    report = audited(tmp_path, counts(rows), nesting=districts(2))
    intervals = {(f.place.where, f.place.area): (f.low, f.high, f.kind) for f in report.exposed}
    assert intervals["sex=m", "d1"] == (1, 4, "remainder")
    assert ("sex=m", "d2") not in intervals


def test_numbers_that_contradict_each_other_still_give_things_away(tmp_path):
    """The districts add up to 62 or more, the city says 60: d1 can not be much."""
    rows = {"persons": {"d1": "suppressed", "d2": 42, "d3": 20, "city": 60}}
    assert found(audited(tmp_path, counts(rows), nesting=districts(3)))


def test_numbers_estimated_in_fractions_have_fractional_intervals(tmp_path):
    rows = {"persons": {"d1": "suppressed", "d2": "suppressed", "d3": 40.5, "city": 43.0}}
    (first, _) = audited(tmp_path, counts(rows), nesting=districts(3)).suppressed
    assert (first.low, first.high) == (0, 2.5)


# --- rules ------------------------------------------------------------------------------------------------------------


def test_a_policy_without_minimum_asks_nothing(tmp_path):
    rows = {"persons": {"d1": "suppressed", "d2": 2, "city": 5}}
    assert audited(tmp_path, counts(rows), nesting=districts(2), rules=RulesDoc(minimum=0)).passed


def test_the_manifest_says_which_policy_a_measure_is_under(tmp_path):
    folder = release(tmp_path / "r", counts({"persons": {"d1": 3}, "births": {"d1": 3}}), nesting=nesting())
    policies = {"strict": {"public": {"minimum": 5}}, "open": {"minimum": 0}}
    manifest = {"policies": policies, "measures": {"persons": {"": "open"}, "births": {"": "open+strict"}}}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert found(audit_release(folder)) == {("births", "d1", "published")}


def test_where_the_manifest_says_nothing_the_strictest_policy_applies(tmp_path):
    folder = release(tmp_path / "r", counts({"persons": {"d1": 3}}), nesting=nesting())
    policies = {"policies": {"strict": {"public": {"minimum": 5}}, "open": {"minimum": 0}}}
    (folder / "manifest.json").write_text(json.dumps(policies), encoding="utf-8")
    assert found(audit_release(folder)) == {("persons", "d1", "published")}


# --- indicators -------------------------------------------------------------------------------------------------------

PAIR = {"persons": {"d1": 40}, "persons sgb2=yes": {"d1": "suppressed"}}


def test_a_share_with_all_its_digits_gives_the_number_back(tmp_path):
    report = audited(tmp_path, counts(PAIR), indicators={"share": SHARE}, values=values(("share", "d1", 7.5)))
    (exposure,) = report.exposed
    assert (exposure.low, exposure.kind) == (3.0, "value")
    assert "published as 7.5" in exposure.how


@pytest.mark.parametrize(
    ("indicators", "published"),
    [
        # documents, published values; sgb2 is withheld in d1
        ({"rate": RATE}, values(("rate", "d1", 75.0))),
        ({"change": CHANGE}, values(("change", "d1", 1.0))),
        ({"change": CHANGE}, values(("change", "d1", 1.0), period="2025")),  # the year after
        ({"index": INDEX}, values(("index", "d1", 100.0), period="2030")),
        ({"share": SHARE, "change": CHANGE_OF_SHARE}, values(("share", "d1", None), ("change", "d1", 1.0))),
    ],
)
def test_values_made_from_withheld_numbers(tmp_path, indicators, published):
    report = audited(tmp_path, counts(PAIR), indicators=indicators, values=published)
    assert {finding.kind for finding in report.exposed} == {"value"}


def test_values_that_are_withheld_too_are_fine(tmp_path):
    report = audited(tmp_path, counts(PAIR), indicators={"share": SHARE}, values=values(("share", "d1", None)))
    assert report.passed


def test_what_a_share_leaves_of_its_base(tmp_path):
    rows = {"persons": {"d1": 40}, "cases": {"d1": 38}}
    text = SHARE.replace('{ universe = "persons", sgb2 = "yes" }', '{ universe = "cases" }')
    report = audited(tmp_path, counts(rows), indicators={"share": text})
    assert found(report) == {("rest of share", "d1", "remainder")}
    assert audited(tmp_path / "2", counts(rows)).passed, "nobody says that cases are persons"


def test_a_part_of_too_small_a_base(tmp_path):
    rows = {"persons": {"d1": 20, "d2": 40}, "persons sgb2=yes": {"d1": 10, "d2": 10}}
    rules = RulesDoc(minimum=5, minimum_base=30)
    report = audited(tmp_path, counts(rows), indicators={"share": SHARE}, rules=rules)
    assert found(report) == {("sgb2=yes", "d1", "base")}


def test_values_that_the_counts_do_not_give_are_told_but_harmless(tmp_path):
    rows = {"persons": {"d1": 40, "d2": 40}, "persons sgb2=yes": {"d1": 10, "d2": 10}}
    told = values(("share", "d1", 25.0), ("share", "d2", 26.0))
    report = audited(tmp_path, counts(rows), indicators={"share": SHARE}, values=told)
    assert report.passed
    assert report.contradictions == ("share in districts d2 2024: 26 is published, the counts give 25",)


# --- the report -------------------------------------------------------------------------------------------------------


def test_the_report_as_json_and_text(tmp_path):
    rows = {"persons": {"d1": "suppressed", "d2": 40, "city": 43}}
    report = audited(tmp_path, counts(rows), nesting=districts(2))
    content = json.loads(json.dumps(report.as_json()))
    assert content["passed"] is False
    assert content["cells"] == 3
    assert content["exposed"] == [
        {
            "universe": "persons",
            "where": "",
            "area_system": "districts",
            "area": "d1",
            "period": "2024",
            "low": 3.0,
            "high": 3.0,
            "exact": True,
            "kind": "exact",
            "how": "the districts in city add up",
        }
    ]
    assert content["parameters"]["policies"]["p"]["public"]["minimum"] == 5
    assert str(report).startswith("Disclosure audit: 1 numbers say too much. 3 counts, 1 of them withheld.")


def test_a_number_without_limit(tmp_path):
    report = audited(tmp_path, counts({"persons": {"d1": "suppressed"}}))
    assert report.passed
    assert str(report) == "Disclosure audit: nothing was found. 1 counts, 1 of them withheld."


@pytest.mark.parametrize("missing", ["manifest.json", "public/counts.parquet", "public/values.parquet",
                                     "public/catalogue/city.toml"])  # fmt: skip
def test_a_release_that_is_not_complete(tmp_path, missing):
    folder = release(tmp_path / "r", counts({"persons": {"d1": 9}}), nesting=nesting())
    (folder / missing).unlink()
    with pytest.raises(InputError):
        audit_release(folder)


def test_only_the_public_package_is_read(tmp_path):
    folder = release(tmp_path / "r", counts({"persons": {"d1": 9}}), nesting=nesting())
    (folder / "internal").mkdir()
    (folder / "internal" / "counts.parquet").write_bytes(b"not for the audit")
    assert audit_release(folder).passed


def test_the_same_release_gives_the_same_report(tmp_path):
    protected = door(
        counts(with_city({"persons": [63, 40, 20, 99], "persons sgb2=yes": [3, 20, 18, 30]})),
        part("persons sgb2=yes", "persons"),
        areas=districts(4),
        minimum=5,
    )
    folder = release(tmp_path / "r", protected.table.frame, nesting=districts(4), codes=CODES, rules=RULES)
    assert audit_release(folder).as_json() == audit_release(folder).as_json()


def test_a_number_that_one_value_shows_and_another_hints_at(tmp_path):
    told = pl.concat([values(("share", "d1", 0.0)), values(("change", "d1", 1.0))])
    report = audited(tmp_path, counts(PAIR), indicators={"share": SHARE, "change": CHANGE}, values=told)
    assert [(finding.low, finding.high) for finding in report.exposed][:2] == [(0.0, 0.0), (0.0, None)]


def test_periods_are_attacked_one_by_one_and_told_in_order(tmp_path):
    years = [
        door(counts(TOWN | {"persons": numbers}, period=year), areas=districts(4), minimum=5).table.frame
        for year, numbers in (
            ("2022", with_city({"persons": [3, 40, 20, 900]})["persons"]),
            ("2023", with_city({"persons": [50, 2, 30, 800]})["persons"]),
            ("2024", with_city({"persons": [50, 60, 4, 700]})["persons"]),
        )
    ]
    together = audited(tmp_path / "all", pl.concat(years), nesting=districts(4))
    alone = [audited(tmp_path / str(n), year, nesting=districts(4)) for n, year in enumerate(years)]
    assert set(together.suppressed) == {finding for report in alone for finding in report.suppressed}
    places = [(finding.place.area, finding.place.period) for finding in together.suppressed]
    assert places == sorted(places)


def test_the_solver_says_nothing(tmp_path):
    """In a process of its own: the library greets once in each."""
    protected = door(counts(TOWN), areas=districts(4), minimum=5)
    folder = release(tmp_path / "release", protected.table.frame, nesting=districts(4), codes=CODES, rules=RULES)
    script = "import sys, pathlib, sozialraum.audit as a; assert a.audit_release(pathlib.Path(sys.argv[1])).suppressed"
    done = subprocess.run([sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_an_area_that_is_gone_hides_nothing(tmp_path):
    """d3 was merged into d2; old tables still name it, but nobody lives there."""
    rows = {
        "persons": {"d1": "suppressed", "d2": 40, "d3": "missing", "city": 43},
        "births": {"d1": 9, "d2": "missing", "d3": 8, "city": 17},
    }
    report = audited(tmp_path, counts(rows), nesting=districts(3))
    assert ("persons", "d1", "exact") in found(report)


BORDERS = {
    "d1": (shapely.box(0, 0, 10, 10), None, None),
    "old": (shapely.box(10, 0, 30, 10), None, "2019-12-31"),
    "n1": (shapely.box(10, 0, 20, 10), "2020-01-01", None),
    "n2": (shapely.box(20, 0, 30, 10), "2020-01-01", None),
}


@pytest.mark.parametrize(
    ("n1", "borders", "expected"),
    [
        ("suppressed", BORDERS, {("persons", "n1", "exact")}),
        ("suppressed", None, set()),  # without borders nobody knows
        ("missing", BORDERS, {("persons", "n1", "remainder")}),
    ],
)
def test_the_parts_of_an_area_that_was_split_add_up_to_it(tmp_path, n1, borders, expected):
    """70 lived in the old area and 67 of them in the one new area; so 3 lived in the other."""
    frame = counts({"persons": {"d1": "missing", "old": 70, "n1": n1, "n2": 67, "city": "missing"}})
    inside = nesting(*(("districts", area, "city", "city") for area in BORDERS))
    report = audited(tmp_path, frame, nesting=inside, borders=borders, rules=RULES.model_copy(update=STRICT))
    assert found(report) == expected


@pytest.mark.parametrize(("status", "kinds"), [("estimated", {"value"}), ("ok", set())])
def test_an_estimate_that_is_made_from_a_withheld_number(tmp_path, status, kinds):
    """n1 did not exist then: its share can only be estimated from what is withheld for the old area."""
    inside = nesting(*(("districts", area, "city", "city") for area in BORDERS))
    rows = {"persons": {"old": 70}, "persons sgb2=yes": {"old": "suppressed"}}
    told = values(("share", "n1", 12.5)).with_columns(pl.lit(status, VALUE_SCHEMA["status"]).alias("status"))
    report = audited(tmp_path, counts(rows), nesting=inside, borders=BORDERS, indicators={"share": SHARE}, values=told)
    assert {finding.kind for finding in report.exposed} == kinds


def test_the_rest_of_a_share_needs_what_the_share_needs(tmp_path):
    """Turnout is open data: nobody minds that 3 did not vote; of persons the same 3 may not follow."""
    rows = {"persons": {"d1": 53}, "persons sgb2=yes": {"d1": 50}, "voters": {"d1": 53}, "votes": {"d1": 50}}
    open_share = SHARE.replace('"persons" }', '"voters" }').replace('"persons", sgb2 = "yes"', '"votes"')
    folder = release(
        tmp_path / "r", counts(rows), nesting=nesting(), codes=CODES, indicators={"share": SHARE, "turnout": open_share}
    )
    manifest = folder / "manifest.json"
    policies = {"strict": {"public": {"minimum": 5, "complement": True}}, "open": {"public": {"minimum": 0}}}
    persons, elections = {"": "strict", "sgb2=yes": "strict"}, {"": "open"}
    measures = {"persons": persons, "voters": elections, "votes": elections}
    manifest.write_text(json.dumps({"policies": policies, "measures": measures}), encoding="utf-8")
    assert {place for place, _, _ in found(audit_release(folder))} == {"sgb2=no", "rest of share"}
