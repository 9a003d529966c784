"""What a document may say, and what does not go together."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from indicator_samples import indicator, m
from sozialraum.catalogue import AreaSystemDoc, ColumnDoc, IndicatorDoc, Measure, SourceDoc, Text

SOURCE = {
    "title": {"de": "Quelle"},
    "provider": "Stadt",
    "licence": "CC0-1.0",
    "file": "a.csv",
    "kind": "aggregate",
    "policy": "register",
    "columns": {},
}


def refusal(make, *arguments, **fields) -> str:
    with pytest.raises(ValidationError) as caught:
        make(*arguments, **fields)
    return str(caught.value)


def test_a_text_falls_back_to_german():
    assert Text(de="ja", en="yes").get("en") == "yes"
    assert Text(de="ja").get("en") == "ja"
    assert Text(de="ja", en="yes").get("da") == "ja"


def test_a_document_never_changes():
    with pytest.raises(ValidationError, match="frozen"):
        indicator(count={"of": m("people")}, unit="count").unit = "percent"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "exactly one of the tables"),
        ({"count": {"of": m("people")}, "share": {"of": m("poor"), "in": m("people")}}, "exactly one of the tables"),
        ({"interval": "wilson", "unit": "count", "count": {"of": m("people")}}, "Wilson interval belongs to a share"),
        ({"interval": "byar", "share": {"of": m("poor"), "in": m("people")}}, "Byar's interval belongs to a rate"),
        (
            {
                "interval": "byar",
                "unit": "per_1000",
                "rate": {"of": m("births"), "minus": m("deaths"), "in": m("people")},
            },
            "without minus",
        ),
        ({"unit": "per_1000", "share": {"of": m("poor"), "in": m("people")}}, "a share is in percent"),
        ({"unit": "per_1000", "rate": {"of": m("births"), "in": m("people"), "per": 100}}, "write per = 1000"),
        ({"unit": "per_100", "ratio": {"of": m("old"), "to": m("workers")}}, "write per = 100"),
        ({"unit": "count", "rate": {"of": m("births"), "in": m("people")}}, "a rate has a unit such as per_1000"),
        ({"index": {"of": m("people"), "base": "2020"}}, "an index has the unit index"),
        ({"unit": "index", "index": {"of": m("people"), "base": "20"}}, "is no period"),
        ({"unit": "index", "index": {"base": "2020"}}, "either of = {...} or indicator = ..."),
        ({"unit": "count", "change": {"of": m("people")}}, "a relative change is in percent"),
        ({"change": {"of": m("people"), "indicator": "x"}}, "either of = {...} or indicator = ..."),
        ({"change": {"of": m("people"), "steps": 0}}, "greater than or equal to 1"),
        ({"unit": "count", "count": {"of": {"age": "0-14"}}}, "either universe = ... or figure = ..."),
        ({"unit": "count", "count": {"of": []}}, "at least 1 item"),
        (
            {"unit": "count", "count": {"of": m("people")}, "breaks": [{"period": "bald", "why": {"de": "x"}}]},
            "is no period",
        ),
        ({"unit": "count", "count": {"of": m("people")}, "minimum_base": -1}, "greater than or equal to 0"),
    ],
)
def test_what_does_not_go_together_is_refused(fields, reason):
    assert reason in refusal(indicator, **fields)


@pytest.mark.parametrize(
    ("fields", "formula", "numerator", "subtracted", "denominator"),
    [
        ({"share": {"of": m("poor"), "in": m("children")}}, "share", ["poor"], [], ["children"]),
        (
            {"unit": "per_1000", "rate": {"of": m("births"), "minus": m("deaths"), "in": m("people")}},
            "rate",
            ["births"],
            ["deaths"],
            ["people"],
        ),
        (
            {"unit": "percent", "ratio": {"of": m("old"), "to": m("workers"), "per": 100}},
            "ratio",
            ["old"],
            [],
            ["workers"],
        ),
        ({"unit": "euro", "mean": {"of": m("income"), "in": m("taxpayers")}}, "mean", ["income"], [], ["taxpayers"]),
        ({"unit": "count", "count": {"of": [m("old"), m("children")]}}, "count", ["old", "children"], [], []),
        ({"change": {"of": m("people")}}, "change", ["people"], [], []),
        ({"unit": "index", "index": {"of": m("people"), "base": "2020"}}, "index", ["people"], [], []),
    ],
)
def test_a_formula_names_the_measures_that_it_asks_for(fields, formula, numerator, subtracted, denominator):
    document = indicator(**fields)
    names = {Measure.of(_universe(name), _where(name)): name for name in numerator + subtracted + denominator}
    assert document.formula == formula
    assert [names[measure] for measure in document.numerator] == numerator
    assert [names[measure] for measure in document.subtracted] == subtracted
    assert [names[measure] for measure in document.denominator] == denominator
    assert list(document.measures) == [*document.numerator, *document.subtracted, *document.denominator]
    assert document.refers_to is None


def _universe(name: str) -> str:
    measure = m(name)
    return f"{measure['universe']}.{measure['amount']}" if "amount" in measure else measure["universe"]


def _where(name: str) -> dict[str, str]:
    return {key: value for key, value in m(name).items() if key not in ("universe", "amount")}


def test_a_figure_asks_for_a_figure():
    document = indicator(unit="euro_per_m2", figure={"of": "rent"})
    assert document.measures == (Measure("figure.rent"),)
    assert not document.measures[0].additive
    assert not document.measures[0].counts_units


def test_a_change_of_an_indicator_asks_for_no_measure_of_its_own():
    document = indicator(unit="percentage_points", change={"indicator": "armut", "relative": False})
    assert document.measures == ()
    assert document.refers_to == "armut"


def test_a_measure_is_the_same_in_whatever_order_it_is_written():
    written = [
        {"universe": "persons", "sex": "male|female", "age": "0-14"},
        {"age": "0-14", "sex": "female|male", "universe": "persons"},
    ]
    first, second = (indicator(unit="count", count={"of": one}).numerator[0] for one in written)
    assert first == second
    assert first.where_text == "age=0-14;sex=female|male"
    assert str(first) == "persons {age 0-14, sex female|male}"
    assert first.within(sgb2="yes").where_text == "age=0-14;sex=female|male;sgb2=yes"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "exactly one of the roles"),
        ({"count": "persons", "period": "year"}, "found: period, count"),
        ({"amount": "income"}, "an amount needs universe"),
        ({"percent": "persons"}, "a percent needs of"),
    ],
)
def test_a_column_has_exactly_one_role(fields, reason):
    assert reason in refusal(ColumnDoc, **fields)


@pytest.mark.parametrize(
    ("fields", "measure"),
    [
        ({"count": "persons", "where": {"age": "0-14"}}, Measure.of("persons", {"age": "0-14"})),
        ({"amount": "income", "universe": "taxpayers"}, Measure.of("taxpayers.income")),
        ({"figure": "rent"}, Measure.of("figure.rent")),
        ({"percent": "persons", "where": {"sex": "female"}, "of": {}}, Measure.of("persons", {"sex": "female"})),
        ({"period": "year"}, None),
    ],
)
def test_a_column_delivers_a_measure(fields, measure):
    assert ColumnDoc(**fields).measure == measure


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"kind": "register", "retention_years": 2}, "a register needs universe"),
        ({"kind": "survey"}, "a survey needs universe"),
        ({"kind": "register", "universe": "persons"}, "a register needs retention_years"),
        ({"layout": "wide-periods"}, "needs a table [values]"),
    ],
)
def test_a_source_says_what_its_kind_needs(fields, reason):
    assert reason in refusal(SourceDoc.model_validate, SOURCE | fields)


@pytest.mark.parametrize(
    ("kind", "personal"), [("aggregate", False), ("offers", False), ("buildings", True), ("firms", True)]
)
def test_a_source_of_single_units_is_personal(kind, personal):
    assert SourceDoc.model_validate(SOURCE | {"kind": kind}).personal == personal


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "needs file, code and name"),
        ({"file": "a.gpkg", "code": "nr"}, "needs file, code and name"),
        ({"union_of": "viertel"}, "needs single_code and single_name"),
    ],
)
def test_an_area_system_has_a_file_or_is_a_union(fields, reason):
    assert reason in refusal(AreaSystemDoc.model_validate, {"title": {"de": "Viertel"}, **fields})


def test_a_document_read_from_its_own_dump_is_the_same():
    document = indicator(unit="per_1000", interval="byar", rate={"of": [m("births")], "in": m("people")})
    assert IndicatorDoc.model_validate(document.model_dump(by_alias=True)) == document
