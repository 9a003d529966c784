"""Tables on which the peers publish what can be learnt: ours agree with them about the facts."""

from __future__ import annotations

import polars as pl

from disclosure_attacker import World, follows, interval
from disclosure_samples import codes, counts, door, nesting
from sozialraum.catalogue import RulesDoc
from sozialraum.disclosure import Structure
from sozialraum.disclosure.rules import REASON, rules_of_measures
from sozialraum.disclosure.secondary import Withholding

COLUMNS = "a b c d"
ROWS = {"w": (30, 47, 64, 89), "x": (90, 124, 5, 31), "y": (92, 100, 59, 85), "z": (800, 991, 651, 685)}
PRIMARY = {("w", "a"), ("w", "b"), ("w", "c"), ("x", "a"), ("x", "c"), ("y", "b"), ("y", "d"), ("z", "b"), ("z", "d")}
"""sdcTools/sdcTable: tests/testthat/test-simpleheuristic.R"""

WORLD = World({row: (("rows", row), ("all", "all")) for row in ROWS}, {"col": COLUMNS.split()})
TARGET = ("col=b", "rows", "w")


def table() -> dict[tuple[str, str, str], float]:
    numbers = {(row, col): n for row, several in ROWS.items() for col, n in zip(COLUMNS.split(), several, strict=True)}
    cells = {(f"col={col}", "rows", row): float(n) for (row, col), n in numbers.items()}
    for col in COLUMNS.split():
        cells[f"col={col}", "all", "all"] = float(sum(n for (_, c), n in numbers.items() if c == col))
    for row, several in ROWS.items():
        cells["", "rows", row] = float(sum(several))
    cells["", "all", "all"] = float(sum(numbers.values()))
    return cells


def without(*gone: tuple[str, str]) -> dict[tuple[str, str, str], float | None]:
    names = {(f"col={col}", "rows", row) for row, col in gone}
    return {name: None if name in names else number for name, number in table().items()}


def test_the_table_of_the_simple_heuristic_is_open_before():
    public = without(*PRIMARY)
    assert TARGET in follows(WORLD, public)
    assert interval(WORLD, public, WORLD.row(TARGET)) == (47, 47)


def test_with_the_cell_that_sdctable_adds_it_is_closed():
    public = without(*PRIMARY, ("x", "d"))
    assert interval(WORLD, public, WORLD.row(TARGET)) == (0, 78)


def test_ours_closes_it_too():
    rows = [
        ("cells", where, system, area, "2024", number, "ok", "p") for (where, system, area), number in table().items()
    ]
    columns = ["universe", "where", "area_system", "area", "period", "value", "status", "policy"]
    frame = pl.DataFrame(rows, schema=columns, orient="row")
    gone = pl.struct("area", "where").is_in([{"area": row, "where": f"col={col}"} for row, col in PRIMARY])
    marked = frame.join(rules_of_measures(frame, {"p": RulesDoc(minimum=5)}).drop("policy"), on=["universe", "where"])
    marked = marked.with_columns(reason=pl.when(gone).then(pl.lit("minimum")).cast(REASON))
    areas = nesting(*(("rows", row, "all", "all") for row in ROWS))
    withholding = Withholding(Structure(areas, (), codes(col=COLUMNS)), frame)
    others = withholding.secondary(withholding.number(marked))
    public = {
        (where, system, area): None if own or other else value
        for (where, system, area, value), own, other in zip(
            marked.select("where", "area_system", "area", "value").iter_rows(),
            marked["reason"].is_not_null(),
            others,
            strict=True,
        )
    }
    assert follows(WORLD, public) == set()
    low, high = interval(WORLD, public, WORLD.row(TARGET))
    assert high - low >= 5
    assert others.sum() <= 2


COUNTIES = {"c1": "ABIJ", "c2": "KLMN"}
SIZES = {"big": "LM", "small": "ABIJKN"}
REGIONS = {"A": 2, "B": 2, "I": 8, "J": 8, "K": 3, "L": 3, "M": 3, "N": 7}
"""sdcTools/sdcTable: tests/testthat/test-linked-tables.r"""


def linked() -> tuple[World, pl.DataFrame, pl.DataFrame]:
    above = {"counties": COUNTIES, "sizes": SIZES}
    groups_of = {
        region: [(system, group) for system, groups in above.items() for group in groups if region in groups[group]]
        for region in REGIONS
    }
    world = World({r: (("regions", r), *groups, ("all", "all")) for r, groups in groups_of.items()}, {})
    numbers = {"all": float(sum(REGIONS.values())), **{k: float(v) for k, v in REGIONS.items()}}
    systems = {"all": "all", **dict.fromkeys(REGIONS, "regions")}
    rows = []
    for system, groups in above.items():
        for group, ones in groups.items():
            numbers[group], systems[group] = float(sum(REGIONS[one] for one in ones)), system
            rows += [("regions", one, system, group) for one in ones] + [(system, group, "all", "all")]
    return world, counts({"firms": numbers}, systems=systems), nesting(*rows)


def test_linked_tables():
    """Each of the two tables alone hides K; together they give it away."""
    world, frame, areas = linked()
    names = {
        ("", system, area): value for system, area, value in frame.select("area_system", "area", "value").iter_rows()
    }
    naive = {name: None if number <= 3 else number for name, number in names.items()}
    assert ("", "regions", "K") in follows(world, naive)
    table = door(frame, areas=areas, minimum=4).table.frame
    public = {("", s, a): value for s, a, value in table.select("area_system", "area", "value").iter_rows()}
    assert follows(world, public) == set()
    for region, number in REGIONS.items():
        if number <= 3:
            low, high = interval(world, public, world.row(("", "regions", region)))
            assert high - low >= 4
