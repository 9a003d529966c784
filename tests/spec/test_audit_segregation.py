"""An index over areas tells nothing that its parts do not: the audit names it where one of them is withheld."""

from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from disclosure_released import release
from disclosure_samples import CODES, counts, districts
from segregation_plainly import dissimilarity, gini, gini_of_means, isolation
from sozialraum.areas import AREA_SCHEMA, AreaSystem
from sozialraum.audit import AuditReport, audit_release
from sozialraum.audit.spread import index_of
from sozialraum.catalogue import IndicatorDoc, RulesDoc
from sozialraum.indicators import Inside, compute
from sozialraum.tables import VALUE_SCHEMA
from sozialraum.tables.seal import seal

INDEX = """
title.de = "Trennung"
definition.de = "Trennung"
theme = "t"
unit = "index"
polarity = "neutral"
[segregation]
index = "dissimilarity"
of = { universe = "persons", sgb2 = "yes" }
in = { universe = "persons" }
[governance]
owner = "x"
checked_by = "y"
next_review = 2028-01-01
"""
TOLD = {"persons": {"d1": 100, "d2": 100, "d3": 100}, "persons sgb2=yes": {"d1": 10, "d2": 20, "d3": 30}}
EXPECTED = dissimilarity([10, 20, 30], [100, 100, 100])


def value(number: float, period: str = "2024") -> pl.DataFrame:
    row = ("index", "city", "city", period, "", number, None, None, "ok", None, None, 0)
    return pl.DataFrame([row], schema=VALUE_SCHEMA, orient="row")


def audited(folder: Path, rows: dict[str, dict[str, float | str]], number: float, **more: object) -> AuditReport:
    options = {"nesting": districts(3), "codes": CODES, "rules": RulesDoc(minimum=5), "indicators": {"index": INDEX}}
    written = release(folder / "release", counts(rows), **{**options, "values": value(number), **more})
    return audit_release(written)


def test_it_works(tmp_path: Path) -> None:
    report = audited(tmp_path, TOLD, EXPECTED)
    assert report.passed
    assert report.contradictions == ()


def test_an_index_that_a_withheld_part_went_into(tmp_path: Path) -> None:
    rows = TOLD | {"persons sgb2=yes": {"d1": 10, "d2": 20, "d3": "suppressed"}}
    report = audited(tmp_path, rows, EXPECTED)
    assert not report.passed
    (found,) = report.exposed
    assert (found.kind, found.place.where, found.place.area) == ("value", "sgb2=yes", "d3")
    assert found.how == "index is published for city, which is made from it"


def test_what_is_withheld_of_the_larger_area_did_not_go_into_it(tmp_path: Path) -> None:
    """That it follows from its parts is told as ever, not as something that the index gives away."""
    rows = {name: {**numbers, "city": "suppressed"} for name, numbers in TOLD.items()}
    kinds = {finding.kind for finding in audited(tmp_path, rows, EXPECTED).exposed}
    assert "value" not in kinds


def test_an_index_that_its_parts_do_not_give_is_told(tmp_path: Path) -> None:
    report = audited(tmp_path, TOLD, 0.25)
    assert report.passed
    assert report.contradictions == ("index in city 2024: 0.25 is published, the counts give 0.208333",)


def test_the_rest_of_the_group_must_be_safe_too(tmp_path: Path) -> None:
    rows = TOLD | {"persons sgb2=yes": {"d1": 10, "d2": 20, "d3": 98}}
    report = audited(tmp_path, rows, dissimilarity([10, 20, 98], [100, 100, 100]))
    assert {(finding.place.area, finding.kind) for finding in report.exposed} == {("d3", "remainder")}


def square(west: float, width: float) -> shapely.Polygon:
    return shapely.box(west, 0, west + width, 100)


@pytest.mark.parametrize(
    ("told", "passes"),
    [
        ({"d1": 10, "d2": 20, "d3": 30}, True),  # a table of that time: d3 had not been divided yet
        ({"d1": 10, "d2": 20, "d4": 14, "d5": 16}, True),  # a register, counted in the areas of today
        ({"d1": 10, "d2": "suppressed", "d4": 14, "d5": 16}, False),
        ({"d1": 10, "d2": 20, "d3": "suppressed", "d4": 14, "d5": 16}, True),  # nothing is made from d3
    ],
)
def test_areas_of_one_time(tmp_path: Path, told: dict[str, float | str], *, passes: bool) -> None:
    borders = {
        "d1": (square(0, 100), None, None),
        "d2": (square(100, 100), None, None),
        "d3": (square(200, 100), None, "2019-12-31"),
        "d4": (square(200, 50), "2020-01-01", None),
        "d5": (square(250, 50), "2020-01-01", None),
    }
    rows = {"persons": dict.fromkeys(told, 100), "persons sgb2=yes": told}
    known = {area: number for area, number in told.items() if not isinstance(number, str)}
    number = dissimilarity([*known.values()], [100] * len(known))
    report = audited(tmp_path, rows, number, nesting=districts(5), borders=borders)
    assert any(finding.kind == "value" for finding in report.exposed) is not passes


# --- the same index, worked out twice ---------------------------------------------------------------------------------

PAIRS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 200)), min_size=3, max_size=9)


@given(PAIRS)
def test_the_audit_works_out_the_same_index(pairs: list[tuple[int, int]]) -> None:
    whole = [(group, group + others) for group, others in pairs if group + others]
    assume(len(whole) >= 3)
    groups, everybody = [top for top, _ in whole], [base for _, base in whole]
    named = {
        "dissimilarity": dissimilarity,
        "isolation": isolation,
        "gini": gini,
        "gini of means": gini_of_means,
    }
    for name, index in named.items():
        found = index(groups, everybody)
        assert index_of(name, whole) == (None if found is None else pytest.approx(found, abs=1e-9)), name


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(10, 30)), min_size=3, max_size=5), st.integers(0, 4))
def test_a_withheld_part_leaves_no_value(pairs: list[tuple[int, int]], hidden: int) -> None:
    """Whatever the other parts are: with one of them withheld nothing is told, so nothing follows."""
    names = [f"d{number}" for number, _ in enumerate(pairs)]
    groups: dict[str, float | str] = dict(zip(names, (group for group, _ in pairs), strict=True))
    groups[names[hidden % len(names)]] = "suppressed"
    rows = {"persons": dict(zip(names, (every for _, every in pairs), strict=True)), "persons sgb2=yes": groups}
    systems = {
        "city": AreaSystem("city", {"de": "c"}, None, _frame({"city": None})),
        "districts": AreaSystem("districts", {"de": "d"}, "city", _frame(dict.fromkeys(names, "city"))),
    }
    table = seal(counts(rows).drop("policy"))
    (found,) = compute({"index": _document()}, table, inside=Inside.of(systems, "districts")).rows(named=True)
    assert (found["value"], found["status"]) == (None, "suppressed")


def _document() -> IndicatorDoc:
    return IndicatorDoc.model_validate(tomllib.loads(INDEX))


def _frame(parents: dict[str, str | None]) -> pl.DataFrame:
    rows = [(code, code, parent, None, None) for code, parent in parents.items()]
    return pl.DataFrame(rows, schema=AREA_SCHEMA, orient="row")
