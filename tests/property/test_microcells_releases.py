"""What holds for the cells of any town in any years: nothing is told about fewer households than the minimum."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from microcells_samples import released, small_pieces
from sozialraum.microcells import Formation, first_release, maintain_cells

AREAS = st.sampled_from(["Nord", "Nord", "Süd"])
PLACE = st.integers(0, 12).map(lambda step: 30.0 * step)
HOUSE = st.tuples(PLACE, PLACE, st.sampled_from([0, 1, 1, 1, 2, 2, 3, 5]), AREAS)
calmly = settings(max_examples=40, deadline=None)


class Past(NamedTuple):
    """The houses of each release, and the cells made of them, release after release."""

    minimum: int
    houses: list[pl.DataFrame]
    made: list

    def said(self):
        return [released(made.cells.members, houses) for made, houses in zip(self.made, self.houses, strict=True)]


@st.composite
def first_releases(draw, houses, options):
    """Draw cells that are larger than they have to be, so that borders can split them."""
    larger = replace(options, minimum=options.minimum * draw(st.sampled_from([1, 1, 2, 3])))
    made = first_release(houses, larger)
    return replace(made, history=replace(made.history, minimum=options.minimum))


@st.composite
def pasts(draw, most=24):
    """Draw a town and up to three further releases: households move in and out, houses come and go, borders change."""
    rows = draw(st.lists(HOUSE, min_size=1, max_size=most))
    x, y, households, area = (list(column) for column in zip(*rows, strict=True))
    options = Formation(minimum=draw(st.integers(2, 5)), mode="geometry", threads=1)
    houses, made = [], []
    for release in range(draw(st.integers(2, 4))):
        if release:
            for house in draw(st.lists(st.integers(0, len(rows) - 1), max_size=5)):
                households[house] = draw(st.integers(0, 5))
            for house in draw(st.lists(st.integers(0, len(rows) - 1), max_size=3)):
                area[house] = "Süd" if area[house] == "Nord" else "Nord"
        building = [f"B{number:02d}" for number in range(len(rows))]
        table = {"building": building, "area": area, "x": x, "y": y, "households": households}
        now = pl.DataFrame(table).with_columns(pl.col("x") + 360_000.0, pl.col("y") + 5_700_000.0)
        now = now if draw(st.booleans()) else now.filter(pl.col("households") > 0)
        houses.append(now)
        both = made and not now.join(made[-1].history.houses, on="building", how="semi").is_empty()
        if made and not both and made[-1].history.houses.height:
            return Past(options.minimum, houses[:-1], made)  # nobody is left: that would be another city
        made.append(maintain_cells(made[-1].history, now, options) if made else draw(first_releases(now, options)))
    return Past(options.minimum, houses, made)


@given(pasts())
@calmly
def test_no_piece_between_two_releases_is_small(past):
    assert small_pieces(past.said(), past.minimum) == []


@given(pasts())
@calmly
def test_every_cell_is_large_enough_and_in_one_area(past):
    for made, houses in zip(past.made, past.houses, strict=True):
        members = made.cells.members.drop_nulls("cell").join(houses, on="building", suffix="_given")
        assert (members["area"] == members["area_given"]).all()
        cells = members.group_by("cell").agg(pl.col("households").sum(), areas=pl.col("area").n_unique())
        assert (cells["households"] >= past.minimum).all()
        assert (cells["areas"] == 1).all()
        both = made.cells.cells.join(cells, on="cell", suffix="_found")
        assert both.height == cells.height == made.cells.cells.height
        assert (both["households"] == both["households_found"]).all()


@given(pasts())
@calmly
def test_no_house_is_lost(past):
    for made, houses in zip(past.made, past.houses, strict=True):
        inhabited = houses.filter(pl.col("households") > 0)
        assert sorted(made.cells.members["building"]) == sorted(inhabited["building"])
        assert made.cells.quality.households_lost == 0
        if changes := made.changes:
            outside = made.cells.members.filter(pl.col("cell").is_null()).join(houses, on="building")
            assert changes.waiting_buildings + changes.left_buildings == outside.height
            assert changes.waiting_households + changes.left_households == outside["households"].sum()


@given(pasts())
@calmly
def test_cells_only_lose_houses_and_ids_are_never_used_again(past):
    before: dict[str, str] = {}
    gone: set[str] = set()
    for cells, _ in past.said():
        for cell in set(cells.values()):
            origins = {before[house] for house, own in cells.items() if own == cell and house in before}
            fresh = {house for house, own in cells.items() if own == cell and house not in before}
            assert len(origins) <= 1
            assert not origins or not fresh
            assert cell not in gone
        gone |= set(before.values()) - set(cells.values())
        before |= cells


@given(pasts())
@calmly
def test_the_history_tells_what_the_releases_show(past):
    events = past.made[-1].history.events()
    said = [set(cells.values()) for cells, _ in past.said()]
    for number, cells in enumerate(said, start=1):
        now = dict(events.filter(release=number).select("cell", "event").iter_rows())
        before = said[number - 2] if number > 1 else set()
        assert {cell for cell, event in now.items() if event == "kept"} == cells & before
        assert cells - before <= set(now)
        assert {cell for cell in now if cell in before} >= before - cells
        assert set(now) == cells | before
    changes = past.made[-1].changes
    last = said[-2] & said[-1] if changes else set()
    assert not changes or changes.kept + changes.changed == len(last)
    assert not changes or changes.split + changes.moved + changes.opened == len(said[-1] - said[-2])


@given(pasts(most=14))
@settings(max_examples=40, deadline=None)
def test_an_attacker_with_all_releases_learns_nothing_about_fewer_than_the_minimum(past):
    """Who adds and subtracts cells of all releases in any way; a house is told apart by its households in each."""
    said = past.said()
    states = sorted({(house, count[house]) for cells, count in said for house in cells})
    column = {state: number for number, state in enumerate(states)}
    rows = []
    for cells, count in said:
        for cell in sorted(set(cells.values())):
            row = np.zeros(len(states))
            row[[column[house, count[house]] for house, own in cells.items() if own == cell]] = 1
            rows.append(row)
    if not rows:
        return
    matrix = np.array(rows)
    rank = np.linalg.matrix_rank(matrix)
    stayed = {column[state] for state in states if _stayed(state[0], said)}
    sets = [
        chosen
        for size in range(1, past.minimum)
        for chosen in combinations(range(len(states)), size)
        if not stayed.isdisjoint(chosen) and sum(states[one][1] for one in chosen) < past.minimum
    ]
    for chosen in sets:
        # A sum that holds nothing but the chosen houses exists if without them the numbers say less.
        others = np.delete(matrix, chosen, axis=1)
        if (others.shape[1] == 0) or np.linalg.matrix_rank(others) < rank:
            told = [states[one] for one in chosen]
            held = _told_of(matrix, list(chosen))
            assert stayed.isdisjoint(held), told


def _told_of(matrix, chosen):
    """Return which of the chosen columns some combination of the rows holds that holds no other column."""
    others = np.delete(matrix, chosen, axis=1)
    _, sizes, right = np.linalg.svd(others.T) if others.shape[1] else (None, np.empty(0), np.eye(len(matrix)))
    null = right[int((sizes > 1e-9).sum()) :]
    return {one for one in chosen if (np.abs(null @ matrix[:, one]) > 1e-9).any()}


def _stayed(house, said):
    """Return whether a house was always in a cell since it first was, unchanged, until its cell was dissolved."""
    within = [number for number, (cells, _) in enumerate(said) if house in cells]
    unbroken = within == list(range(within[0], within[-1] + 1))
    unchanged = len({said[number][1][house] for number in within}) == 1
    end = within[-1] + 1
    return unbroken and unchanged and (end == len(said) or said[end][1].get(house, 0) > 0)


@given(pasts(), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_the_order_of_the_rows_does_not_matter(past, random):
    if len(past.made) < 2:
        return
    houses, made = past.houses[-1], past.made[-1]
    rows = list(range(houses.height))
    random.shuffle(rows)
    options = Formation(minimum=past.minimum, mode="geometry", threads=2)
    again = maintain_cells(past.made[-2].history, houses[rows], options)
    assert_frame_equal(made.cells.members, again.cells.members)
    assert_frame_equal(made.cells.cells, again.cells.cells)
    assert_frame_equal(made.history.houses, again.history.houses)
    assert_frame_equal(made.history.cells, again.history.cells)
    assert made.changes == again.changes
