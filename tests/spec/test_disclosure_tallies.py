"""Medians, quantiles and Gini coefficients at the door: of whom there are too few, and what the audit sees of them."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from disclosure_released import release
from disclosure_samples import CODES, counts, door, inside, measure, nesting, shown
from dominance_samples import SECTORS, firms, known_of, nesting_of, seen, territory
from sozialraum.audit import audit_release
from sozialraum.catalogue import Measure, RulesDoc, load_project
from sozialraum.counts import BEHIND, count, put_beside, with_known
from sozialraum.disclosure import Structure, protect, strictest, units_needed
from sozialraum.errors import ProjectError
from sozialraum.sources.records import Records

HIDDEN = "suppressed"
MEDIAN = "persons.age_years@median"


def tallied(people: float | str, value: float, *, behind: float, text: str = MEDIAN, others: tuple[str, ...] = ()):
    """One district with people, a tally of them, and how many of them have the amount."""
    rows = {"persons": {"d1": people}, text: {"d1": value}} | {other: {"d1": 1.0} for other in others}
    known = pl.when(pl.col("universe").str.contains("@")).then(pl.lit(float(behind))).alias(BEHIND)
    return counts(rows).with_columns(known)


# --- enough behind it -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("people", "behind", "rules", "told"),
    [
        (30, 30, {}, 41.5),  # the default asks for 30
        (29, 29, {}, HIDDEN),
        (500, 29, {}, HIDDEN),  # of most nobody knows the age
        (30, 30, {"minimum_tally": 31}, HIDDEN),
        (12, 12, {"minimum_tally": 0}, 41.5),
        (9, 9, {"minimum_tally": 0}, HIDDEN),  # a window of ten needs ten
        ("suppressed", 40, {}, HIDDEN),  # how many there are is withheld
        (500, 500, {"minimum": 11}, HIDDEN),  # a policy that asks for more than ten in every group
        (500, 500, {"minimum": 10}, 41.5),
    ],
)
def test_a_median_leaves_where_enough_are_behind_it(people, behind, rules, told):
    protected = door(tallied(people, 41.5, behind=behind), **{"minimum": 3} | rules)
    assert shown(protected, MEDIAN) == {"d1": told}


def test_a_median_of_people_that_nobody_counts_stays():
    frame = tallied(100, 41.5, behind=100).filter(pl.col("universe") != "persons")
    assert shown(door(frame, minimum=3), MEDIAN) == {"d1": HIDDEN}


def test_a_median_without_a_number_behind_it_stays():
    frame = tallied(100, 41.5, behind=100).drop(BEHIND)
    assert shown(door(frame, minimum=3), MEDIAN) == {"d1": HIDDEN}


def test_a_median_stays_where_its_people_go_for_the_sake_of_others():
    """District 2 has two people, so the number of people in district 1 goes too, and with it their median."""
    rows = {
        "persons": {"d1": 40, "d2": 2, "d3": 900, "city": 942},
        MEDIAN: {"d1": 41.5, "d3": 44.0, "city": 43.0},
    }
    behind = pl.when(pl.col("universe") == MEDIAN).then(pl.lit(900.0)).alias(BEHIND)
    together = inside(dict.fromkeys(("d1", "d2", "d3"), "city"))
    protected = door(counts(rows).with_columns(behind), areas=together, minimum=3)
    assert shown(protected, "persons") == {"d1": HIDDEN, "d2": HIDDEN, "d3": 900.0, "city": 942.0}
    assert shown(protected, MEDIAN) == {"d1": HIDDEN, "d3": 44.0, "city": 43.0}


@pytest.mark.parametrize(
    ("method", "people"),
    [({"method": "rounding"}, 500), ({"method": "small_counts", "small_counts": {"base": 5}}, 500)],
)
def test_no_true_tally_leaves_where_counts_are_changed(method, people):
    frame = tallied(people, 41.5, behind=people).with_columns(moved=pl.lit(0.0))
    assert shown(door(frame, minimum=3, **method), MEDIAN) == {"d1": HIDDEN}


def test_the_steward_learns_why():
    protected = door(tallied(29, 41.5, behind=29), minimum=3)
    assert protected.summary.filter(universe=MEDIAN)["why"].to_list() == ["tally 1"]
    protected = door(tallied("suppressed", 41.5, behind=29), minimum=3)
    assert protected.summary.filter(universe=MEDIAN)["why"].to_list() == ["contributors 1"]


@pytest.mark.parametrize(
    ("people", "behind", "status", "told"),
    [
        (0, 0, "undefined", "undefined"),  # of nobody
        ("suppressed", 0, "undefined", HIDDEN),  # it would tell that the withheld number is zero
        (5, 0, "missing", HIDDEN),  # it would tell that none of five has an income that is known
        (50, None, "missing", "missing"),  # a period in which no income is known at all
        (5, 5, "undefined", HIDDEN),  # a Gini coefficient: all five have nothing
        (50, 50, "undefined", "undefined"),
    ],
)
def test_that_there_is_no_number_may_say_something_too(people, behind, status, told):
    frame = tallied(people, 1.0, behind=0).with_columns(pl.lit(behind, pl.Float64).alias(BEHIND))
    is_tally = pl.col("universe") == MEDIAN
    frame = frame.with_columns(
        pl.when(~is_tally).then("value").alias("value"),
        pl.when(is_tally).then(pl.lit(status)).otherwise("status").cast(frame.schema["status"]).alias("status"),
    )
    assert shown(door(frame, minimum=3), MEDIAN) == {"d1": told}


# --- windows of neighbours --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "told", "minimum_tally", "needed"),
    [
        ("median", ["median"], 0, 10),
        ("median", ["median"], 30, 30),
        ("q20", ["q20"], 0, 25),  # five on the lower side
        ("q90", ["q90"], 0, 50),
        ("q20", ["q20", "q80"], 0, 25),  # their windows are far apart
        ("q20", ["q20", "q40", "q60", "q80"], 0, 50),  # windows of ten side by side fill fifty
        ("q50", ["q25", "q50", "q75"], 30, 40),
        ("q25", ["q25", "q26"], 0, 1000),
        ("gini", ["gini", "q20"], 30, 30),
        ("income", ["income"], 30, 0),  # no tally
    ],
)
def test_so_many_are_needed(asked, told, minimum_tally, needed):
    def of(name: str) -> Measure:
        return Measure("persons.income" if name == "income" else f"persons.income@{name}")

    assert units_needed(of(asked), RulesDoc(minimum_tally=minimum_tally), [of(name) for name in told]) == needed


def test_windows_of_others_do_not_count():
    others = [measure("persons.income@q25 sex=f"), measure("persons.rent@q25")]
    assert units_needed(Measure("persons.income@q20"), RulesDoc(minimum_tally=0), others) == 25


def test_the_strictest_of_several_rules():
    assert strictest([RulesDoc(minimum_tally=20), RulesDoc(minimum_tally=50)]).minimum_tally == 50


# --- Gini coefficients ------------------------------------------------------------------------------------------------

GINI = Measure("firms.turnover@gini")
ONE = territory({"d1": ["q1"]})


def gini_of(turnovers: list[float], owners: list[str] | None = None, **rules: object) -> float | None:
    """What is told of the firms of one quarter, whose contributions are known."""
    names: list[str | None] = [*owners] if owners else [None] * len(turnovers)
    rows = [("q1", turnover, "trade", owner) for turnover, owner in zip(turnovers, names, strict=True)]
    units = firms(rows, ONE)
    asked = [Measure("firms"), GINI]
    found = count(Records("firms", "firms", units), with_known(asked), ONE, SECTORS).frame
    frame = put_beside(found.with_columns(source=pl.lit("firms"), policy=pl.lit("p")))
    structure = Structure(nesting_of(ONE), (), SECTORS)
    usual = {"minimum": 1, "minimum_tally": 4}
    protected = protect(
        frame,
        structure,
        {"p": RulesDoc.model_validate(usual | rules)},
        contributions=known_of(units, [GINI.summed], ONE),
    )
    return seen(protected, GINI)["q1"]


@pytest.mark.parametrize(
    ("turnovers", "owners", "rules", "told"),
    [
        ([10, 10, 10, 10], None, {}, 0),
        ([10, 20, 30, 40], None, {}, 0.25),
        ([10, 20, 30], None, {}, None),  # of three
        ([1, 1, 1, 97], None, {}, None),  # one has nearly everything
        ([1, 1, 1, 97], None, {"dominance": {"share": 1}, "p_percent": 0}, 0.72),
        ([10, 20, 30, 40], ["a", "a", "a", "a"], {}, None),  # all belong to one
    ],
)
def test_a_gini_coefficient_is_as_safe_as_the_sum_that_it_is_about(turnovers, owners, rules, told):
    assert gini_of(turnovers, owners, **rules) == (told if told is None else pytest.approx(told))


def test_where_nobody_knows_who_contributes_it_stays():
    frame = tallied(100, 0.3, behind=100, text="persons.income@gini")
    assert shown(door(frame, minimum=3), "persons.income@gini") == {"d1": HIDDEN}
    assert shown(door(frame, minimum=3, ready_made_sums=True), "persons.income@gini") == {"d1": 0.3}


# --- the audit --------------------------------------------------------------------------------------------------------

DOCUMENT = """
title.de = "Alter"
definition.de = "Alter"
theme = "t"
unit = "years"
polarity = "neutral"
decimals = 1
[median]
of = { universe = "persons", amount = "age_years" }
[governance]
owner = "x"
checked_by = "y"
next_review = 2028-01-01
"""


@pytest.mark.parametrize(
    ("people", "told", "kinds"),
    [
        (40, {MEDIAN: 41.5}, []),
        (29, {MEDIAN: 41.5}, ["tally"]),
        (0, {MEDIAN: "undefined"}, []),
        (29, {MEDIAN: "undefined"}, ["tally"]),
        (30, {MEDIAN: "undefined"}, []),
        ("suppressed", {MEDIAN: "undefined"}, ["tally"]),
        ("suppressed", {MEDIAN: 41.5}, ["tally"]),
        (40, {MEDIAN: 41.53}, ["tally"]),  # more decimals than the indicator has
        (40, {"persons.age_years@q20": 20.5, "persons.age_years@q40": 30.5}, ["tally", "tally"]),
        (10, {"persons.standardised@three/persons": 0.0123}, []),
        (9, {"persons.standardised@three/persons": 0.0123}, ["tally"]),
        (0, {"persons.standardised@three/persons": 0.0}, []),
        (10, {"persons.standardised@three/persons": 0.01234}, ["tally"]),  # more than three digits
        (50, {"persons.age_years@q20": 20.5, "persons.age_years@q40": 30.5}, []),
    ],
)
def test_the_audit_finds_tallies_of_too_few(tmp_path: Path, people, told, kinds):
    frame = counts({"persons": {"d1": people}} | {name: {"d1": value} for name, value in told.items()})
    folder = release(
        tmp_path / "release",
        frame,
        nesting=nesting(),
        codes=CODES,
        rules=RulesDoc(minimum=3),
        indicators={"medianalter": DOCUMENT},
    )
    report = audit_release(folder)
    assert [finding.kind for finding in report.exposed] == kinds
    assert report.passed == (not kinds)
    json.dumps(report.as_json())


def test_what_leaves_passes_the_audit(tmp_path: Path):
    protected = door(tallied(40, 41.5, behind=40), minimum=3)
    rules, documents = RulesDoc(minimum=3), {"medianalter": DOCUMENT}
    folder = release(
        tmp_path / "release",
        protected.table.frame,
        nesting=nesting(),
        codes=CODES,
        rules=rules,
        indicators=documents,
    )
    assert audit_release(folder).passed


# --- documents --------------------------------------------------------------------------------------------------------


def test_a_quantile_is_at_whole_percents_of_an_amount(tmp_path: Path):

    (tmp_path / "city.toml").write_text('name = "K"\nags = "01001"\nhome = "d"\n', encoding="utf-8")
    own = DOCUMENT.replace("[median]", "[quantile]\nat = 0.255")
    (tmp_path / "indicators").mkdir()
    (tmp_path / "indicators" / "a.toml").write_text(own, encoding="utf-8")
    plain = DOCUMENT.replace(', amount = "age_years"', "")
    (tmp_path / "indicators" / "b.toml").write_text(plain, encoding="utf-8")
    with pytest.raises(ProjectError) as caught:
        load_project(tmp_path)
    told = str(caught.value)
    assert "a quantile is at a whole percent such as 0.25, not at 0.255" in told
    assert 'it is told of an amount of single units: universe = "...", amount = "..."' in told
