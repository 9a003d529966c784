"""The best choice of what to withhold: peers' tables, and what the limits of the search change."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from disclosure_samples import codes, counts, districts, door, with_city, withheld
from disclosure_tables import BEST, best, crossed, interval_of, table_of
from sozialraum.catalogue import Measure, RulesDoc
from sozialraum.disclosure import Structure, protect

HEURISTIC = {"optimum": False}


# --- tables of the peers ---------------------------------------------------------------------------------------------


def test_gausssuppression_z1():
    """statisticsnorway/ssb-gausssuppression: tests/testthat/test-GaussSuppressionFromData.R, data z1 of SSBtools.

    Rows 12, 13, 22, 23, 42, 43 of the crossed table are withheld: ``annet`` and ``arbeid`` in B, D and H. The counts
    up to 3 are those in ``arbeid``; 9 + 7 + 13 less is lost with them than with any other column.
    """
    regions, kinds = "ABCDEFGH", ("annet", "arbeid", "soshjelp", "trygd")
    numbers = {
        "annet": [11, 7, 5, 13, 9, 12, 6, 9],
        "arbeid": [11, 1, 8, 2, 14, 9, 4, 3],
        "soshjelp": [55, 29, 35, 17, 63, 24, 22, 38],
        "trygd": [36, 18, 25, 13, 52, 22, 8, 15],
    }
    table = crossed(np.array([numbers[kind] for kind in kinds]).T, minimum=4)
    found = best(table)
    rows = {(region, kind) for i, region in enumerate(regions) for j, kind in enumerate(kinds) if found.at(i, j)}
    assert rows == {(region, kind) for region in "BDH" for kind in ("annet", "arbeid")}
    order = [("Total", "Total"), *(("Total", k) for k in kinds)]
    order += [(r, k) for r in regions for k in ("Total", *kinds)]
    assert [place for place, name in enumerate(order, 1) if name in rows] == [12, 13, 22, 23, 42, 43]


SDCTABLE_4X4 = np.array([[30, 47, 64, 89], [90, 124, 5, 31], [92, 100, 59, 85], [800, 991, 651, 685]])
SDCTABLE_WITHHELD = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 2), (2, 1), (2, 3), (3, 1), (3, 3)]


def test_sdctable_a_cell_that_follows_though_no_sum_has_one_unknown_alone():
    """sdcTools/sdcTable: tests/testthat/test-simpleheuristic.R. Rows w and x less columns a and c leave w/b = 47.

    One further cell makes the table safe. The smallest, x/d = 31, leaves 0 to 78 for w/b; a comment there names x/b,
    and the test expects 0 to 141 then.
    """
    table = crossed(SDCTABLE_4X4, primary=SDCTABLE_WITHHELD, minimum=5)
    assert interval_of(table, (0, 1)) == (47, 47)
    found = best(table)
    assert (found.secondary, found.at(1, 3)) == (1, True)
    assert interval_of(found.table, (0, 1)) == (0, 78)
    proposed = crossed(SDCTABLE_4X4, primary=[*SDCTABLE_WITHHELD, (1, 1)], minimum=5)
    assert interval_of(proposed, (0, 1)) == (0, 141)


def test_sdctable_linked_tables():
    """sdcTools/sdcTable: tests/testthat/test-linked-tables.r. Counties and sizes are two sums over the same regions.

    Each table alone is safe; county-1 and the small regions together tell K + N = 10, so N must go with K.
    """
    numbers = {"A": 2, "B": 2, "I": 8, "J": 8, "K": 3, "L": 3, "M": 3, "N": 7}
    sums = {"county-1": "ABIJ", "county-2": "KLMN", "big": "LM", "small": "ABIJKN"}
    together = {name: sum(numbers[r] for r in regions) for name, regions in sums.items()}
    rows = [*sums.items(), ("total", ("county-1", "county-2")), ("total", ("big", "small"))]
    table = table_of({**numbers, **together, "total": 36}, rows, minimum=4)
    assert table.interval("K") == (3, 3)
    found = best(table)
    assert found.names == {"N"}
    assert found.table.interval("K") == (0, 10)


def test_sdctable_optimum_takes_a_rectangle():
    """sdcTools/sdcTable: tests/testthat/test-protectTable.r: one cell (A, female) in a table of four regions and two
    sexes. Optimum, hypercube and HITAS all withhold cells 5, 6, 11, 12: both sexes of A and of C.

    The data of the package are not in its sources as text; here C is the smallest other region, as it must be there.
    """
    table = crossed(np.array([[25, 16], [50, 40], [17, 15], [60, 55]]), primary=[(0, 1)], minimum=5)
    found = best(table)
    order = [(r, s) for r in (None, 0, 1, 2, 3) for s in (None, 0, 1)]
    assert [n for n, (r, s) in enumerate(order, 1) if r is not None and s is not None and found.at(r, s)] == [
        5,
        6,
        11,
        12,
    ]


def test_a_proposal_that_is_partly_in_vain_is_not_made_again():
    """The 2 at the bottom right protects nobody as long as the 1 below the 5 is alone in its column."""
    table = crossed(np.array([[30, 30, 30, 1], [5, 5, 1, 1], [8, 1, 2, 2]]), minimum=2)
    found = best(table)
    assert found.is_best
    assert found.table.narrow() == set()
    assert found.bound == pytest.approx(found.cost)


# --- what the best choice is worth -----------------------------------------------------------------------------------


def test_the_best_choice_costs_less_where_a_good_one_takes_cells_one_after_another():
    numbers = np.array([[2, 30, 9, 40], [30, 1, 12, 30], [9, 14, 30, 30], [40, 30, 30, 2]])
    table = crossed(numbers, minimum=5)
    assert best(table).cost <= best(table, seconds=0.0).cost


def test_amounts_are_uncertain_by_their_own_size_in_the_best_choice():
    rows = with_city({"taxpayers": [2, 40, 30, 20], "taxpayers.income": [50_000, 900_000, 700_000, 30_000]})
    gone = withheld(door(counts(rows), areas=districts(4), minimum=3, ready_made_sums=True))
    assert {area for text, area in gone if text == "taxpayers.income"} >= {"d1"}
    assert len({area for text, area in gone if text == "taxpayers.income"}) >= 2


# --- limits ----------------------------------------------------------------------------------------------------------


def many(minimum: int = 5):
    rng = np.random.default_rng(1)
    return crossed(rng.poisson(8, (6, 8)), minimum=minimum)


@pytest.mark.parametrize("seconds", [0.0, 0.3, BEST])
def test_every_choice_is_safe_whatever_the_limit(seconds):
    table = many()
    found = best(table, seconds=seconds)
    assert not found.table.narrow()
    assert found.bound <= found.cost + 1e-6


def test_the_bound_is_honest():
    table = many()
    optimum = best(table)
    assert optimum.is_best
    assert optimum.cost == pytest.approx(optimum.bound)
    for seconds in (0.0, 0.1, 0.2, 0.4):
        found = best(table, seconds=seconds)
        assert found.bound <= optimum.cost + 1e-6 <= found.cost + 2e-6


def test_without_the_optimum_a_good_choice_is_taken():
    frame = counts(with_city({"persons": [3, 40, 20, 900]}))
    found = door(frame, areas=districts(4), minimum=5, suppression=HEURISTIC)
    assert withheld(found) == {("persons", "d1"), ("persons", "d3")}
    assert found.choices["best"].to_list() == [False]


def test_the_door_says_how_good_its_choices_are():
    found = door(counts(with_city({"persons": [3, 40, 20, 900]})), areas=districts(4), minimum=5)
    assert found.choices.select("universe", "period", "best").rows() == [("persons", "2024", True)]
    assert found.choices["weight"].item() == pytest.approx(found.choices["bound"].item())


def test_what_the_start_page_needs_is_rather_kept():
    """With d2 or d3, of equally many persons, the small district is hidden; women stand on the start page."""
    rows = with_city({"persons": [100, 100, 100], "persons sex=f": [3, 30, 60], "persons sex=m": [97, 70, 40]})
    frame = counts(rows)
    areas, lists = districts(3), codes(sex="f m")
    plain = protect(frame, Structure(areas, (), lists), {"p": RulesDoc(minimum=5)})
    kept = frozenset([Measure.parse("persons", "sex=f")])
    with_kept = protect(frame, Structure(areas, (), lists, kept=kept), {"p": RulesDoc(minimum=5)})
    gone = [{pair for pair in withheld(p) if pair[0] == "persons sex=f"} for p in (plain, with_kept)]
    assert len(gone[1]) <= len(gone[0])


def test_progress_is_told():
    told = []
    frame = pl.concat([counts(with_city({"persons": [3, 40, 20]}), period=year) for year in ("2022", "2023", "2024")])
    protect(frame, Structure(districts(3), (), {}), {"p": RulesDoc(minimum=5)}, tell=lambda *done: told.append(done))
    assert told == [(0, 3), (1, 3), (2, 3)]
