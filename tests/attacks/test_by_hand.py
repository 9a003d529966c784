"""Somebody changes one thing in a release that passed: the audit names the number that is exposed by it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import shapely
from evidence import Evidence, built
from outsider import COLUMNS, Key

from pipeline_samples import write_city
from sozialraum.areas import read_geoparquet, write_geoparquet
from sozialraum.audit import audit_release
from sozialraum.audit.report import Finding
from sozialraum.catalogue import load_project

MINIMUM = 5
POLICY = """\
title.de = "Register"
why.de = "Zum Schutz der Gezählten."
[public]
RULES
[internal]
"""
SUPPRESSED = f"minimum = {MINIMUM}"
ROUNDED = 'method = "rounding"\nrounding = { base = 5 }\nminimum = 0'
QUARTERS = "stadtteile"


def city(folder: Path, rules: str) -> Evidence:
    """A small city without microcells, whose register of persons is under these rules; published."""
    project = write_city(folder / "city")
    document = project / "city.toml"
    document.write_text(document.read_text("utf-8").partition("[microcells]")[0], "utf-8")
    (project / "policies").mkdir(exist_ok=True)
    (project / "policies" / "register.toml").write_text(POLICY.replace("RULES", rules), encoding="utf-8")
    return built(load_project(project), folder / "copies", small=MINIMUM)


@pytest.fixture(scope="module")
def suppressed(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    return city(tmp_path_factory.mktemp("suppressed"), SUPPRESSED)


@pytest.fixture(scope="module")
def rounded(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    return city(tmp_path_factory.mktemp("rounded"), ROUNDED)


def put_back(evidence: Evidence, key: Key) -> list[Finding]:
    """Write the true number of one count into a copy of the release, and attack that."""
    frame = evidence.release.public.counts.frame
    same = pl.all_horizontal(pl.col(name) == part for name, part in zip(COLUMNS, key, strict=True))
    status = pl.when(same).then(pl.lit("ok", frame.schema["status"])).otherwise("status")
    true = pl.when(same).then(pl.lit(evidence.truth[key])).otherwise("value")
    package = evidence.copy("-".join(key).replace("/", " "), frame.with_columns(value=true, status=status))
    return [*audit_release(package.folder.parent).exposed]


def key_of(finding: Finding) -> Key:
    return tuple(getattr(finding.place, name) for name in COLUMNS)


def withheld(evidence: Evidence) -> list[Key]:
    return [key for key, number in evidence.public.numbers.items() if number is None]


def test_what_was_withheld_for_itself_is_named_where_it_is_put_back(suppressed: Evidence) -> None:
    small = [key for key in withheld(suppressed) if 0 < suppressed.truth[key] < MINIMUM]
    assert small
    for key in small:
        named = {key_of(finding): finding.kind for finding in put_back(suppressed, key)}
        assert named[key] == "published"


def test_what_was_withheld_for_others_gives_one_of_them_away(suppressed: Evidence) -> None:
    """What is named is withheld and protected by it, or left between numbers."""
    others = [key for key in withheld(suppressed) if suppressed.truth[key] >= MINIMUM]
    exposed = {key: put_back(suppressed, key) for key in others}
    assert len(others) > 20
    for key, findings in exposed.items():
        assert findings
        for finding in findings:
            place = key_of(finding)
            assert (place in withheld(suppressed) and place != key) or finding.kind == "remainder"
            if place in suppressed.truth and finding.exact:
                assert finding.low <= suppressed.truth[place] <= (finding.high or float("inf"))


def test_a_number_that_is_not_rounded_is_named(rounded: Evidence) -> None:
    told = {key: number for key, number in rounded.public.numbers.items() if number is not None}
    moved = [key for key, number in told.items() if rounded.truth.get(key, number) != number]
    assert len(moved) > 20
    for key in moved[::5]:
        assert [(key_of(finding), finding.kind) for finding in put_back(rounded, key)] == [(key, "unchanged")]


def test_an_overlapping_area_system_that_was_added_is_named(suppressed: Evidence) -> None:
    """A school district holds the first quarter and a strip of the second one, in which 3 people live."""
    counts = suppressed.release.public.counts.frame
    period = counts["period"].max()
    first = counts.filter(area_system=QUARTERS, area="01", where="", universe="persons", period=period)
    district = first.with_columns(area_system=pl.lit("schulbezirke"), area=pl.lit("s1"), value=pl.col("value") + 3)
    package = suppressed.copy("overlap", pl.concat([counts, district.select(counts.columns)]))
    documents, areas = package.folder / "catalogue" / "areas", package.folder / "areas"
    text = (documents / f"{QUARTERS}.toml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("parent")]
    (documents / "schulbezirke.toml").write_text("\n".join(lines), encoding="utf-8")
    frame, shapes, crs = read_geoparquet(areas / f"{QUARTERS}.parquet", QUARTERS)
    place = frame["code"].to_list().index("01")
    wider = shapely.union(shapes[place], shapely.affinity.translate(shapes[place], 200, 0))
    one = frame[place].with_columns(code=pl.lit("s1"), name=pl.lit("s1"), parent=pl.lit(None, pl.String))
    write_geoparquet(
        areas / "schulbezirke.parquet",
        one,
        shapely.multipolygons([wider.geoms if hasattr(wider, "geoms") else [wider]]),
        crs,
    )
    report = audit_release(package.folder.parent)
    named = {
        (finding.place.area_system, finding.place.area, finding.place.period): finding for finding in report.exposed
    }
    finding = named["schulbezirke", f"s1 without the {QUARTERS} inside", period]
    assert (finding.kind, finding.low, finding.high) == ("remainder", 3, 3)
    assert audit_release(suppressed.release.folder).passed
