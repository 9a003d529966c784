"""Values of medians, quantiles and Gini coefficients: the tally as it came through the door, and whom it is about."""

from __future__ import annotations

import pytest
from method_tables import rows

from indicator_samples import as_areas, check, indicator, m
from sozialraum.catalogue import load_catalogue
from sozialraum.indicators import denominator_text, numerator_text

INCOME = m("income")


def median(**fields: object):
    return indicator(unit="euro", median={"of": INCOME}, **fields)


def test_a_median_is_told_as_it_was_tallied_beside_the_number_of_those_it_is_about():
    check(median(minimum_base=100), as_areas(rows("tallies", "median")))


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ({"median": {"of": INCOME}}, "median_income"),
        ({"quantile": {"of": INCOME, "at": 0.5}}, "median_income"),
        ({"quantile": {"of": INCOME, "at": 0.2}}, "fifth_income"),
    ],
)
def test_which_tally_is_asked_for(table, name):
    check(
        indicator(unit="euro", **table),
        f"""
        area | period | {name} | taxpayers | value
        A    | 2024   | 12000  | 400       | 12000
        """,
    )


def test_a_gini_coefficient():
    check(indicator(unit="index", decimals=2, gini={"of": INCOME}), as_areas(rows("tallies", "gini")))


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"unit": "percent", "gini": {"of": INCOME}}, "has the unit index, not percent"),
        ({"unit": "euro", "median": {"of": INCOME}, "interval": "byar"}, "Byar's interval belongs to a rate"),
        ({"unit": "euro", "median": {"of": {"universe": "taxpayers"}}}, "an amount of single units"),
        ({"unit": "euro", "median": {"of": {"figure": "rent"}}}, "an amount of single units"),
        ({"unit": "euro", "quantile": {"of": INCOME, "at": 0.95}}, "less than or equal to 0.9"),
        ({"unit": "euro", "quantile": {"of": INCOME, "at": 0.333}}, "at a whole percent such as 0.25, not at 0.333"),
    ],
)
def test_what_a_document_may_not_say(fields, told):
    with pytest.raises(ValueError, match=told):
        indicator(**fields)


@pytest.mark.parametrize(
    ("language", "top", "base"),
    [
        ("en", "quantile 20 %: income of taxpayers (Age: 18 to 64 years)", "taxpayers (Age: 18 to 64 years)"),
        ("de", "20-Prozent-Quantil: Einkünfte", "Steuerpflichtige (Alter: 18 bis 64 Jahre)"),
    ],
)
def test_in_words(language, top, base):
    document = indicator(unit="euro", quantile={"of": INCOME | {"age": "18-64"}, "at": 0.2})
    codes = load_catalogue().codes
    assert numerator_text(document, codes, language).replace("\u00a0", " ").startswith(top)
    assert denominator_text(document, codes, language).replace("\u00a0", " ") == base
