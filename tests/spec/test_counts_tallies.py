"""Medians, quantiles and Gini coefficients of single units: what is tallied, zero, undefined and missing."""

from __future__ import annotations

import polars as pl
import pytest

from counts_samples import CITY, CODES, measure, records, supply
from sozialraum.catalogue.measures import Measure
from sozialraum.counts import BEHIND, count, place, put_beside, resolve, round_tallies, with_known

MEDIAN, LOW, HIGH, GINI = (measure(f"persons.income@{name}") for name in ("median", "q20", "q80", "gini"))


def earning(*incomes: float | None, area: str = "n1", **more: object) -> list[dict[str, object]]:
    return [{"area:quarters": area, "income": income, "sex": "female", **more} for income in incomes]


def told(question: Measure, rows: list[dict[str, object]], area: str = "n1") -> tuple[float | None, str]:
    counts = count(place(records(rows), CITY), [question], CITY, CODES)
    where = {"universe": question.universe, "where": question.where_text, "area": area, "period": "2024"}
    return counts.frame.filter(**where).select("value", "status").row(0)


@pytest.mark.parametrize(
    ("question", "incomes", "value"),
    [
        # in the middle of 20 stand the 6th to the 15th
        (MEDIAN, range(1, 21), 10.5),
        (MEDIAN, [*range(1, 6), *[100] * 10, *range(1000, 1005)], 100),
        # of 21 the window is half a person wide at each end: 6th and 16th by half
        (MEDIAN, [*[0] * 5, 10, *[20] * 9, 30, *[99] * 5], (5 + 180 + 15) / 10),
        # of 50 the window around 20 % holds the 6th to the 15th, that around 80 % the 36th to the 45th
        (LOW, range(1, 51), 10.5),
        (HIGH, range(1, 51), 40.5),
        # whoever has nothing counts too
        (MEDIAN, [0] * 30, 0),
        (GINI, [7] * 12, 0),
        (GINI, [0, 0, 0, 100], 0.75),
        (GINI, [1, 2, 3, 4], 0.25),
        (GINI, [1, 3], 0.25),
    ],
)
def test_tallies(question, incomes, value):
    assert told(question, earning(*incomes))[0] == pytest.approx(value)


def test_a_quantile_is_nobodys_own_value():
    """Whoever becomes rich overnight moves the median by no more than one place, not to their own income."""
    usual = list(range(100, 130))
    for place_of_one in range(30):
        other = [*usual]
        other[place_of_one] += 10_000
        moved = told(MEDIAN, earning(*other))[0] - told(MEDIAN, earning(*usual))[0]
        assert 0 <= moved <= 1


@pytest.mark.parametrize(
    ("question", "rows", "expected"),
    [
        (MEDIAN, earning(1, 2, area="n2"), (None, "undefined")),  # nobody is in n1
        (MEDIAN, [*earning(None, None), *earning(5, area="n2")], (None, "missing")),  # nobody knows theirs
        (MEDIAN, earning(4, 6, None), (5, "ok")),  # left out
        (GINI, earning(0, 0, 0), (None, "undefined")),  # nothing to spread
        (GINI, earning(5, -1, 7), (None, "undefined")),  # a debt is no part of a whole
        (GINI, earning(5, 5), (0, "zero")),
        (measure("persons.income@median", sex="male"), earning(4, 6), (None, "undefined")),
    ],
)
def test_nothing_to_tally(question, rows, expected):
    assert told(question, rows) == expected


def test_unknown_amounts_are_told_of():
    notes = count(place(records(earning(4, 6, None)), CITY), [MEDIAN], CITY, CODES).notes
    assert [note.what for note in notes] == [
        "1 of 3 persons have no known value: they count in the total and in no code"
    ]


def test_areas_and_filters_are_tallied_on_their_own():
    rows = [*earning(*[10] * 20), *earning(*[30] * 20, area="n2", sex="male")]
    assert told(MEDIAN, rows, "n1")[0] == 10
    assert told(MEDIAN, rows, "n2")[0] == 30
    assert told(MEDIAN, rows, "N")[0] == 20  # no mean of medians: five of each are in the middle
    assert told(measure("persons.income@median", sex="male"), rows, "N")[0] == 30


def test_there_are_no_other_statistics():
    with pytest.raises(ValueError, match="there is no statistic 'mode'"):
        told(measure("persons.income@mode"), earning(1))


# --- until the door ---------------------------------------------------------------------------------------------------


def resolved(*questions: Measure, rows: list[dict[str, object]]) -> pl.DataFrame:
    found = resolve(with_known(questions), [supply(place(records(rows), CITY))], CITY, CODES)
    return put_beside(found.frame).filter(area="n1")


def test_the_number_of_those_who_have_the_amount_stands_beside_a_tally():
    table = resolved(MEDIAN, measure("persons"), rows=earning(1, 2, None))
    assert table.select("universe", "value", BEHIND).sort("universe").rows() == [
        ("persons", 3.0, None),
        ("persons.income@median", 1.5, 2.0),
    ]


def test_tallies_have_no_more_decimals_than_are_shown():
    table = resolved(MEDIAN, LOW, rows=earning(1.123, 2.256))
    rounded = round_tallies(table, {f"{MEDIAN.universe};": 1})
    assert rounded.sort("universe")["value"].to_list() == pytest.approx([1.7, 1.6895])


def test_finer_areas_do_not_add_up_to_a_median():
    ready_made = resolve([MEDIAN], [supply(place(records(earning(1, area="s1")), CITY))], CITY, CODES)
    assert not MEDIAN.additive
    assert not MEDIAN.counts_units
    assert ready_made.frame.filter(area="S")["value"].to_list() == [1.0]


def test_a_tally_leads_to_the_rows_that_went_in():
    rows = [*earning(5, 3, None), *earning(4, area="n2")]
    found = resolve([MEDIAN], [supply(place(records(rows), CITY))], CITY, CODES)
    (trace,) = found.trace(MEDIAN, "quarters", "n1", "2024")
    assert (trace.file, trace.rows, trace.lines, trace.value) == ("register.csv", 2, (2, 3), None)
