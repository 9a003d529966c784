"""Composites: each step of the recipe, the status of what comes out, and where the cuts lie."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from method_tables import rows

from analysis_samples import CLASSES, composite, population_from, values_of
from indicator_samples import expected, rows_of
from sozialraum.analysis import COMPOSITE_SCHEMA, PARENT_SCHEMA, Surroundings, class_of, compute_composites
from sozialraum.analysis.standardise import shrink_shares, z_scores
from sozialraum.catalogue.indicator import Break
from sozialraum.errors import ProjectError

TWO = [{"indicator": "poor"}, {"indicator": "jobless"}]


def compute(document, text, **around):
    surroundings = Surroundings(population_from(text), **around)
    return compute_composites({"this": document}, values_of(text), surroundings)


def check(document, text, **around):
    """Compute a composite from the table and compare it with the columns that end with a question mark."""
    scores = compute(document, text, **around)
    assert scores.schema == COMPOSITE_SCHEMA
    found = {(row["area"], row["period"]): row for row in scores.iter_rows(named=True)}
    for row in rows_of(text):
        place = row["area"], row.get("period", "2024")
        for column, written in row.items():
            if column.endswith("?") and written != "any":
                got = found[place][column[:-1]]
                wanted = expected(written)
                assert (got or None) == wanted if not isinstance(got, float) else got == wanted, f"{place} {column}"
    return scores


def worked(table):
    """A table of the methods page, as :func:`check` reads it."""
    several = rows("composites", table)
    return "\n".join([" | ".join(several[0]), *(" | ".join(row.values()) for row in several)])


def test_z_scores_are_added_and_standardised_again():
    check(composite(inputs=TWO), worked("sum"))


def test_the_sum_has_another_spread_than_its_parts():
    # z of poor: -1 -1 1 1; z of jobless: -1 1 -1 1; sums -2 0 0 2 with sd sqrt(2)
    table = """
        area | poor | jobless | score?
        A    | 0    | 0       | {a}
        B    | 0    | 8       | 0.0
        C    | 2    | 0       | 0.0
        D    | 2    | 8       | {d}
        """
    check(composite(inputs=TWO), table.format(a=-1.4142, d=1.4142))
    check(composite(inputs=TWO, combine={"standardise": False}), table.format(a=-2.0, d=2.0))
    check(composite(inputs=TWO, combine={"standardise": False, "method": "mean"}), table.format(a=-1.0, d=1.0))


def test_weights_and_direction():
    inputs = [{"indicator": "poor", "weight": 3}, {"indicator": "jobs", "direction": "lowers"}]
    check(composite(inputs=inputs, combine={"standardise": False}), worked("weights and direction"))


@pytest.mark.parametrize(
    ("method", "scores"),
    [
        ("min_max", [0.0, 0.25, 1.0]),
        ("exponential_ranks", [-23 * math.log(1 - r / 3 * (1 - math.exp(-100 / 23))) for r in (1, 2, 3)]),
    ],
)
def test_other_ways_to_standardise(method, scores):
    text = """
        area | poor | score?
        A    | 5    | {}
        B    | 10   | {}
        C    | 25   | {}
        """
    check(composite(standardise={"method": method}, combine={"standardise": False}), text.format(*scores))


def test_mean_and_deviation_can_be_weighted_by_residents():
    check(composite(standardise={"weighted": "population"}), worked("weighted by residents"))


@pytest.mark.parametrize(
    ("score", "expected_class"),
    [
        (-1.5, "low"),
        (-1.0000001, "low"),
        (-1.0, "middle"),  # below = -1: the cut itself is not in the class
        (-1.0 - 1e-14, "middle"),  # the machine's rounding moves nobody
        (0.0, "middle"),
        (1.0, "middle"),  # up_to = 1: the cut itself is in the class
        (1.0 + 1e-14, "middle"),
        (1.0000001, "high"),
    ],
)
def test_where_the_cuts_lie(score, expected_class):
    assert class_of(composite().classes, score) == expected_class


def test_areas_on_a_cut_are_not_moved_by_rounding():
    # z is exactly -1 and 1 here, whatever the machine makes of thirds
    check(
        composite(),
        """
        area | poor      | class?
        A    | 0.1       | middle
        B    | 0.1       | middle
        C    | 33.433333 | middle
        D    | 33.433333 | middle
        """,
    )


# --- status -----------------------------------------------------------------------------------------------------------


def test_an_area_without_an_input_has_no_score_and_does_not_count_for_the_others():
    check(
        composite(inputs=TWO),
        """
        area | poor | jobless | score? | status?    | reason?
        A    | 1    | 1       | -1.0   | ok         |
        B    | 3    | 3       | 1.0    | ok         |
        C    | .    | 100     |        | suppressed | input
        D    | 100  | ...     |        | missing    | input
        E    | 100  |         |        | missing    | input
        F    | x    | 100     |        | undefined  | input
        G    | .    | ...     |        | suppressed | input
        """,
    )


def test_doubt_about_an_input_is_doubt_about_the_score():
    check(
        composite(inputs=TWO),
        """
        area | poor | jobless | score? | status?
        A    | u1   | 1       | any    | unreliable
        B    | 3    | p3      | any    | provisional
        C    | 0    | e5      | any    | estimated
        D    | 0    | 0       | any    | ok
        """,
    )


def test_all_values_equal_are_undefined():
    check(
        composite(inputs=TWO),
        """
        area | poor | jobless | score? | class? | status?   | reason?
        A    | 10   | 4       |        |        | undefined | equal
        B    | 20   | 4       |        |        | undefined | equal
        """,
    )


def test_inputs_that_cancel_each_other_are_undefined():
    check(
        composite(inputs=[{"indicator": "poor"}, {"indicator": "rich", "direction": "lowers"}]),
        """
        area | poor | rich | score? | status?   | reason?
        A    | 10.1 | 20.3 |        | undefined | equal
        B    | 20.2 | 40.5 |        | undefined | equal
        C    | 30.3 | 60.7 |        | undefined | equal
        """,
    )


def test_few_areas_are_not_compared():
    check(
        composite(minimum_areas=3),
        """
        area | poor | score? | status?    | reason?
        A    | 10   |        | undefined  | few_areas
        B    | 20   |        | undefined  | few_areas
        C    | .    |        | suppressed | input
        """,
    )


def test_small_areas_are_left_out_and_do_not_count_for_the_others():
    check(
        composite(minimum_residents=300),
        """
        area | poor | residents | score? | status?    | reason?
        A    | 1    | 300       | -1.0   | ok         |
        B    | 3    | 5000      | 1.0    | ok         |
        C    | 100  | 299       |        | undefined  | few_residents
        D    | 100  | .         |        | suppressed | population
        E    | 100  |           |        | missing    | population
        F    | .    | 12        |        | undefined  | few_residents
        """,
    )


def test_rows_are_for_systems_and_periods_where_every_input_occurs():
    table = """
        area | period | poor | jobless
        A    | 2023   | 1    |
        B    | 2023   | 2    |
        A    | 2024   | 1    | 1
        B    | 2024   | 2    | 2
        """
    values = pl.concat([values_of(table), values_of(table, "districts")])
    everywhere = compute_composites({"this": composite(inputs=TWO)}, values, population_from(table))
    assert set(everywhere.select("area_system", "period").iter_rows()) == {("areas", "2024"), ("districts", "2024")}
    one = compute_composites({"this": composite(inputs=TWO, area_systems=["areas"])}, values, population_from(table))
    assert one["area_system"].unique().to_list() == ["areas"]


@pytest.mark.parametrize(
    ("leavers", "year"),
    [
        (["2022/23", "2023/24", "2024/25"], "2023/24"),  # ended on 31 July 2024
        (["2022/23", "2024/25"], None),  # one ended a year and a half before, one has not ended
        (["2022", "2023"], None),  # ended a year before
        (["2023", "2024"], "2024"),
        (["2024-H1", "2024-03-31"], "2024-H1"),
    ],
)
def test_an_input_with_other_periods_comes_from_the_latest_that_ended_in_the_year(leavers, year):
    document = composite(inputs=[{"indicator": "poor"}, {"indicator": "leavers", "period": "latest"}])
    rows = [f"{area} | 2024 | {value} |" for area, value in (("A", 1), ("B", 2))]
    for number, period in enumerate(leavers):  # each period has another order of A and B
        rows += [f"A | {period} | | {10 * number}", f"B | {period} | | {10 * number + 1 + number}"]
    values = values_of("area | period | poor | leavers\n" + "\n".join(rows))
    scores = compute_composites({"this": document}, values, Surroundings())
    assert scores["period"].unique().to_list() == (["2024"] if year else [])
    only = values.filter((pl.col("indicator") == "poor") | (pl.col("period") == (year or "")))
    assert scores.equals(compute_composites({"this": document}, only, Surroundings()))


def test_nothing_comes_from_nothing():
    empty = compute_composites({"this": composite()}, values_of("area | poor"), population_from("area | residents"))
    assert empty.schema == COMPOSITE_SCHEMA
    assert not len(empty)


# --- dynamics ---------------------------------------------------------------------------------------------------------

MOVING = composite(dynamics={"years": 2, "classes": CLASSES})


def test_dynamics_are_the_standardised_change_over_the_years():
    # changes: A +4, B +2, C 0, D -2, E -4: who has more poverty than before has a high score
    check(
        MOVING,
        """
        area | period | poor | dynamics? | dynamics_class? | dynamics_status? | dynamics_reason?
        A    | 2022   | 10   |           |                 | missing          | no_earlier
        B    | 2022   | 10   |           |                 | missing          | no_earlier
        C    | 2022   | 10   |           |                 | missing          | no_earlier
        D    | 2022   | 10   |           |                 | missing          | no_earlier
        E    | 2022   | 12   |           |                 | missing          | no_earlier
        A    | 2024   | 14   | 1.4142    | high            | ok               |
        B    | 2024   | 12   | 0.7071    | middle          | ok               |
        C    | 2024   | 10   | 0.0       | middle          | ok               |
        D    | 2024   | 8    | -0.7071   | middle          | ok               |
        E    | 2024   | 8    | -1.4142   | low             | ok               |
        """,
    )


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("2022", "2024"),
        ("2022/23", "2024/25"),
        ("2022-H1", "2024-H1"),
        ("2022-Q3", "2024-Q3"),
        ("2022-05", "2024-05"),
        ("2022-12-31", "2024-12-31"),
    ],
)
def test_years_are_years_whatever_the_period(before, now):
    scores = check(
        MOVING,
        f"""
        area | period   | poor | dynamics?
        A    | {before} | 10   |
        B    | {before} | 10   |
        A    | {now}    | 14   | 1.0
        B    | {now}    | 8    | -1.0
        """,
    )
    assert scores.filter(period=now)["dynamics_from"].unique().to_list() == [before]


def test_a_change_that_can_not_be_told():
    check(
        MOVING,
        """
        area | period | poor | status?    | dynamics? | dynamics_status? | dynamics_reason?
        A    | 2022   | 10   | ok         |           | missing          | no_earlier
        B    | 2022   | 20   | ok         |           | missing          | no_earlier
        C    | 2022   | .    | suppressed |           | missing          | no_earlier
        A    | 2024   | 20   | ok         | 1.0       | ok               |
        B    | 2024   | 20   | ok         | -1.0      | ok               |
        C    | 2024   | 30   | ok         |           | suppressed       | input
        D    | 2024   | 30   | ok         |           | missing          | input
        """,
    )


def test_an_area_that_was_too_small_before_has_no_dynamics():
    check(
        composite(minimum_residents=300, dynamics={"years": 2, "classes": CLASSES}),
        """
        area | period | poor | residents | dynamics? | dynamics_status? | dynamics_reason?
        A    | 2022   | 10   | 400       |           | missing          | no_earlier
        B    | 2022   | 20   | 400       |           | missing          | no_earlier
        C    | 2022   | 20   | 200       |           | missing          | no_earlier
        A    | 2024   | 20   | 400       | 1.0       | ok               |
        B    | 2024   | 20   | 400       | -1.0      | ok               |
        C    | 2024   | 90   | 400       |           | undefined        | few_residents
        """,
    )


def test_no_change_crosses_a_break():
    table = """
        area | period | poor | dynamics? | dynamics_status? | dynamics_reason?
        A    | 2022   | 10   |           | missing          | no_earlier
        B    | 2022   | 20   |           | missing          | no_earlier
        A    | 2024   | 20   |           | undefined        | break
        B    | 2024   | 20   |           | undefined        | break
        """
    breaks = {"poor": [Break.model_validate({"period": "2023", "why": {"de": "Neu gezählt."}})]}
    check(MOVING, table, breaks=breaks)


def test_a_break_of_a_domain_is_one_of_the_index():
    breaks = {"poor": [Break.model_validate({"period": "2023", "why": {"de": "Neu gezählt."}})]}
    values = values_of("area | period | poor\nA | 2022 | 1\nB | 2022 | 2\nA | 2024 | 2\nB | 2024 | 2.5")
    index = composite(inputs=[{"composite": "domain"}], dynamics={"years": 2, "classes": CLASSES})
    documents = {"index": index, "domain": composite(combine={"standardise": False})}
    broken = compute_composites(documents, values, Surroundings(breaks=breaks)).filter(composite="index", period="2024")
    assert broken["dynamics_reason"].unique().to_list() == ["break"]


def test_without_dynamics_there_are_none():
    scores = compute(composite(), "area | poor\nA | 1\nB | 2")
    assert scores.select(pl.col("^dynamics.*$").is_null().all()).row(0) == (True,) * 5


# --- shrinkage --------------------------------------------------------------------------------------------------------


def test_shares_are_drawn_to_the_larger_area_first():
    parents = pl.DataFrame(
        [("areas", "A", "districts", "I"), ("areas", "B", "districts", "I"), ("areas", "C", "districts", "I")],
        schema=PARENT_SCHEMA,
        orient="row",
    )
    table = """
        area | poor     | status?   | reason?
        A    | 5/10     | ok        |
        B    | 400/1000 | ok        |
        C    | 300/3000 | ok        |
        D    | 10/100   | undefined | no_parent
        E    | 10       | undefined | no_counts
        """
    scores = check(composite(shrinkage={"to": "districts"}), table, parents=parents)
    shares = shrink_shares(np.array([5.0, 400, 300]), np.array([10.0, 1000, 3000]), ["I", "I", "I"])
    assert scores["score"].drop_nulls().to_list() == pytest.approx(z_scores(shares).tolist())


# --- composites of composites -----------------------------------------------------------------------------------------


def test_a_composite_is_made_from_domains():
    domain = composite(standardise={"method": "exponential_ranks"}, combine={"standardise": False})
    index = composite(
        inputs=[{"composite": "domain", "weight": 2}, {"indicator": "jobless"}], standardise={"method": "min_max"}
    )
    values = values_of("area | poor | jobless\nA | 1 | 9\nB | 2 | 9\nC | 3 | 1\nD | . | 1")
    scores = compute_composites({"index": index, "domain": domain}, values, population_from("area | residents"))
    found = {(row["composite"], row["area"]): row for row in scores.iter_rows(named=True)}
    assert found["domain", "C"]["score"] == pytest.approx(100)
    assert found["index", "C"]["score"] > found["index", "B"]["score"] > found["index", "A"]["score"]
    assert found["index", "D"]["status"] == "suppressed"


def test_a_circle_is_a_fault():
    one, other = (composite(inputs=[{"composite": name}]) for name in ("other", "one"))
    with pytest.raises(ProjectError) as caught:
        compute_composites({"one": one, "other": other}, values_of("area | poor"), population_from("area | residents"))
    assert "circular: one -> other -> one" in str(caught.value)
    assert "circular: other -> one -> other" in str(caught.value)


def test_a_part_that_is_not_there_is_a_fault():
    with pytest.raises(ProjectError, match=r"no composite of this name \(found: 'domain'\)"):
        compute_composites(
            {"index": composite(inputs=[{"composite": "domain"}])},
            values_of("area | poor"),
            population_from("area | residents"),
        )
