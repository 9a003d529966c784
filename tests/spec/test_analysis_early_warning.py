"""Early warning: worse than the whole and getting worse, and nothing where a number does not stand."""

from __future__ import annotations

import polars as pl
import pytest
from method_tables import rows

from indicator_samples import share, value_and_status
from sozialraum.analysis.early_warning import EarlyWarning, early_warnings, warning_sentence
from sozialraum.indicators.uncertainty import wilson
from sozialraum.tables import VALUE_SCHEMA

WHY = {"de": "Neue Zählung.", "en": "New counting."}
WHOLE, NORTH = ("city", "00"), ("districts", "01")
LAST = 2024
SMALLEST = 500


def area_rows(cells: str, *, indicator: str = "poor", area: tuple[str, str] = NORTH) -> list[dict[str, object]]:
    numbers = cells.split()
    return [_row(indicator, area, LAST - len(numbers) + 1 + i, cell) for i, cell in enumerate(numbers)]


def _row(indicator: str, area: tuple[str, str], year: int, cell: str) -> dict[str, object]:
    number, _, base = cell.partition("/")
    cases, status = value_and_status(number)
    row = {"indicator": indicator, "area_system": area[0], "area": area[1], "period": str(year), "breakdown": ""}
    if cases is None:
        return row | {"status": status}
    n = float(base or 1000)
    ends = wilson(pl.lit(cases), pl.lit(n))
    lower, upper = pl.select(ends[0].alias("lower"), ends[1].alias("upper")).row(0)
    status = "unreliable" if n < SMALLEST else status
    numbers = {
        "value": 100 * cases / n,
        "numerator": cases,
        "denominator": n,
        "lower": 100 * lower,
        "upper": 100 * upper,
    }
    return row | numbers | {"status": status}


def whole_rows(cell: str, *, indicator: str = "poor") -> list[dict[str, object]]:
    number, status = value_and_status(cell)
    row = {"indicator": indicator, "area_system": WHOLE[0], "area": WHOLE[1], "breakdown": ""}
    earlier = [row | {"period": str(year), "value": 12.0, "status": "ok"} for year in range(2019, LAST)]
    return [*earlier, row | {"period": str(LAST), "value": number, "status": status}]


def values(*parts: list[dict[str, object]]) -> pl.DataFrame:
    return pl.DataFrame([row for part in parts for row in part], schema=VALUE_SCHEMA)


@pytest.mark.parametrize("row", rows("early_warning", "warnings"), ids=lambda row: row["case"])
def test_who_is_warned_of(row):
    breaks = [{"period": row["broken in"], "why": WHY}] if row["broken in"] else []
    document = share(interval="wilson", polarity=row["polarity"], minimum_base=SMALLEST, breaks=breaks)
    frame = values(area_rows(row["area"]), whole_rows(row["whole"]))
    found = early_warnings({"poor": document}, frame, whole=WHOLE)
    assert [(warning.indicator, warning.area) for warning in found] == (
        [("poor", NORTH)] if row["warned"] == "yes" else []
    )


POOR = share(interval="wilson", polarity="low_is_good")
RISING = "100 120 140 160 180"


def test_a_warning_says_value_comparison_and_trend():
    (warning,) = early_warnings({"poor": POOR}, values(area_rows(RISING), whole_rows("12")), whole=WHOLE)
    assert (warning.value.value, warning.standing.period, warning.standing.comparison.much) == (18.0, "2024", True)
    assert (warning.trend.direction, warning.trend.first.period) == ("rising", "2020")
    assert told(warning, "de") == (
        "Kinder in Armut: 18,0 % in Nordstadt (2024). Das sind 180 von 1.000. "
        "Der Wert ist deutlich höher als insgesamt (Musterstadt: 12,0 %; Unterschied: +6,0 Prozentpunkte). "
        "Das gilt als ungünstiger. "
        "Der Wert ist von 2020 bis 2024 gestiegen: von 10,0 % auf 18,0 %. Das gilt als ungünstig. "
        "Beides zusammen ist ein Anlass, genauer hinzusehen. Über Ursachen sagt es nichts."
    )
    assert told(warning, "en").endswith("They say nothing about causes.")
    assert told(warning, "de", closing=False).endswith("Das gilt als ungünstig.")


def told(warning: EarlyWarning, language: str, *, closing: bool = True) -> str:
    names = {"area": "Nordstadt", "whole": "Musterstadt"}
    return warning_sentence(POOR, warning, **names, language=language, closing=closing).replace("\u00a0", " ")


def test_a_warning_of_provisional_numbers_says_that_they_may_change():
    frame = values(area_rows("100 120 140 160 p180"), whole_rows("12"))
    (warning,) = early_warnings({"poor": POOR}, frame, whole=WHOLE)
    assert warning.provisional
    assert "Ein Teil dieser Zahlen ist vorläufig und kann sich noch ändern. Beides zusammen" in told(warning, "de")
    (plain,) = early_warnings({"poor": POOR}, values(area_rows(RISING), whole_rows("12")), whole=WHOLE)
    assert not plain.provisional


def test_areas_and_indicators_are_told_in_order_and_the_whole_is_not():
    south = ("districts", "02")
    frame = values(
        area_rows(RISING, indicator="b", area=south),
        area_rows(RISING, indicator="b"),
        area_rows(RISING, indicator="a"),
        whole_rows("12", indicator="a"),
        whole_rows("12", indicator="b"),
        area_rows(RISING, indicator="unknown"),
    )
    found = early_warnings({"b": POOR, "a": POOR}, frame.reverse(), whole=WHOLE)
    assert [(warning.indicator, warning.area) for warning in found] == [("a", NORTH), ("b", NORTH), ("b", south)]


def test_breakdowns_are_passed_over():
    frame = values(area_rows(RISING), whole_rows("12")).with_columns(breakdown=pl.lit("sex=female"))
    assert early_warnings({"poor": POOR}, frame, whole=WHOLE) == ()


def test_without_values_nobody_is_warned_of():
    assert early_warnings({"poor": POOR}, values(), whole=WHOLE) == ()
