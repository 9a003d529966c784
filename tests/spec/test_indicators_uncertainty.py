"""Intervals: numbers computed or published by others, in tables that docs/reference/methods.md shows too."""

from __future__ import annotations

import polars as pl
import pytest
from method_tables import rows
from scipy.stats import chi2, norm

from indicator_samples import indicator, m, share
from sozialraum.indicators.uncertainty import Z95, Z998, byar, dobson, wide_interval, wilson
from sozialraum.tables import Status, Value

LEVELS = {"95 %": Z95, "99.8 %": Z998}


def evaluated(ends: tuple[pl.Expr, pl.Expr]) -> tuple[float | None, float | None]:
    return pl.select(ends[0].alias("lower"), ends[1].alias("upper")).row(0)


def number(cell: str) -> pl.Expr:
    return pl.lit(float(cell))


def ends_of(row: dict[str, str]) -> tuple[float, float]:
    return float(row["lower"]), float(row["upper"])


@pytest.mark.parametrize(("z", "tail"), [(Z95, 0.975), (Z998, 0.999)])
def test_z_is_the_quantile_of_the_normal_distribution(z, tail):
    assert z == pytest.approx(norm.ppf(tail), rel=1e-15)


@pytest.mark.parametrize(("table", "exact"), [("golden", 1e-14), ("published", 5e-9)])
def test_wilson(table, exact):
    for row in rows("wilson", table):
        found = evaluated(wilson(number(row["cases"]), number(row["base"]), LEVELS[row["level"]]))
        assert found == pytest.approx(ends_of(row), rel=exact, abs=exact), row


@pytest.mark.parametrize(("table", "exact"), [("golden", 2e-7), ("exact", 0.02)])
def test_byar(table, exact):
    for row in rows("byar", table):
        found = evaluated(byar(number(row["cases"]), LEVELS[row["level"]]))
        digits = 1e-14 if len(row["upper"]) > 12 else exact
        assert found == pytest.approx(ends_of(row), rel=digits, abs=1e-14), row


def test_the_limits_beside_byars_are_the_exact_ones():
    for row in rows("byar", "exact"):
        x, outside = float(row["cases"]), 2 * norm.sf(LEVELS[row["level"]])
        exact = chi2.ppf(outside / 2, 2 * x) / 2, chi2.ppf(1 - outside / 2, 2 * x + 2) / 2
        assert exact == pytest.approx(ends_of(row), rel=1e-5)


def test_dobson_agrees_with_the_published_interval():
    groups = pl.DataFrame(
        [{name: float(row[name]) for name in ("cases", "base", "weight")} for row in rows("dobson", "births")]
    )
    weight = pl.col("weight") / pl.col("weight").sum() * 100_000
    sums = groups.select(
        x=pl.col("cases").sum(),
        rate=(weight * pl.col("cases") / pl.col("base")).sum(),
        variance=(pl.col("cases") * (weight / pl.col("base")) ** 2).sum(),
    )
    (published,) = rows("dobson", "published")
    lower, upper = dobson(pl.col("x"), pl.col("variance"), pl.col("rate"), LEVELS[published["level"]])
    found = sums.select("rate", lower.alias("lower"), upper.alias("upper")).row(0)
    assert found[0] == pytest.approx(float(published["rate"]), abs=5e-6)
    assert found[1:] == pytest.approx(ends_of(published), abs=0.01)


def test_dobson_of_one_group_is_byar_times_its_weight():
    for row in rows("dobson", "one group"):
        z = LEVELS[row["level"]]
        found = evaluated(dobson(number(row["cases"]), number(row["variance"]), number(row["rate"]), z))
        if row["lower"] == "none":
            assert found == (None, None)
        else:
            assert found == pytest.approx([2.5 * end for end in evaluated(byar(number(row["cases"]), z))])


def test_the_golden_values_are_those_of_the_design(golden_values):
    for row in rows("wilson", "golden"):
        assert list(ends_of(row)) == golden_values[f"wilson_95({row['cases']},{row['base']})"]
    told = {row["cases"]: row for row in rows("byar", "golden")}
    for cases in ("65", "4"):
        assert list(ends_of(told[cases])) == golden_values[f"byar_95({cases})"]
    assert f"upper={told['0']['upper']}" in golden_values["byar_lower(0)"]


SHARE = share(interval="wilson")
RATE = indicator(unit="per_1000", interval="byar", rate={"of": m("births"), "in": m("people")})
COUNT = indicator(unit="count", interval="byar", count={"of": m("births")})


@pytest.mark.parametrize(
    ("document", "value", "ends"),
    [
        (SHARE, Value(65.0, Status.OK, 65.0, 100.0, 55.3, 73.6), (49.5495, 77.8354)),
        (RATE, Value(10.0, Status.OK, 10.0, 1000.0, 4.8, 18.4), (2.9163, 24.1937)),
        (COUNT, Value(10.0, Status.OK, 10.0, None, 4.8, 18.4), (2.9163, 24.1937)),
        (SHARE, Value(65.0, Status.OK, 65.0, 100.0), None),
        (SHARE, Value(65.0, Status.OK, None, None, 55.3, 73.6), None),
        (share(), Value(65.0, Status.OK, 65.0, 100.0, 55.3, 73.6), None),
        (SHARE, Value(None, Status.SUPPRESSED), None),
        (SHARE, Value(112.5, Status.UNRELIABLE, 9.0, 8.0), None),
    ],
)
def test_the_wide_interval_is_made_from_published_counts_alone(document, value, ends):
    assert wide_interval(document, value) == (ends and pytest.approx(ends, abs=5e-5))
