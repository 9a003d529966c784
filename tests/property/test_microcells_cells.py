"""What holds for the cells of any houses whatever."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from sozialraum.microcells import Formation, form_cells

NUMBERS = st.sampled_from([None, "*", "1", "2", "3", "4", "12 a", "12a-14", "7/2", "ohne"])
STREETS = st.sampled_from([None, "Am Anger", "Ährenweg", "Zur Mühle"])
GROUND = st.integers(0, 40).map(lambda step: 25.0 * step)
HOUSE = st.tuples(GROUND, GROUND, st.integers(0, 7), st.sampled_from(["Nord", "Süd", "West"]), STREETS, NUMBERS)
OPTIONS = st.builds(
    Formation,
    minimum=st.integers(1, 12),
    mode=st.sampled_from(["street", "geometry", "quality"]),
    likeness=st.sampled_from([0.0, 25.0]),
    rho=st.sampled_from([0.0, 30.0, 300.0]),
    threads=st.sampled_from([1, 2]),
)
COLUMNS = ("x", "y", "households", "area", "street", "house_number")
calmly = settings(max_examples=80, deadline=None)


@st.composite
def towns(draw):
    rows = draw(st.lists(HOUSE, max_size=60))
    types = {"x": pl.Float64, "y": pl.Float64, "households": pl.Int64}
    schema = {column: types.get(column, pl.String) for column in COLUMNS}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        pl.col("x") + 360_000, pl.col("y") + 5_700_000, building=pl.format("B{}", pl.int_range(pl.len()))
    )


@given(towns(), OPTIONS)
@calmly
def test_no_cell_is_below_the_minimum(houses, options):
    members = form_cells(houses, options).members.join(houses, on="building")
    households = defaultdict(int)
    for cell, count in members.drop_nulls("cell").select("cell", "households").iter_rows():
        households[cell] += count
    assert all(count >= options.minimum for count in households.values())


@given(towns(), OPTIONS)
@calmly
def test_no_house_is_lost_and_none_is_split(houses, options):
    cells = form_cells(houses, options)
    inhabited = houses.filter(pl.col("households") > 0)
    assert sorted(cells.members["building"]) == sorted(inhabited["building"])
    small = inhabited.group_by("area").agg(pl.col("households").sum()).filter(pl.col("households") < options.minimum)
    without = cells.members.filter(pl.col("cell").is_null())
    assert set(without["area"]) == set(small["area"])
    assert cells.quality.households_lost == 0


@given(towns(), OPTIONS)
@calmly
def test_no_cell_reaches_into_another_area(houses, options):
    members = form_cells(houses, options).members.join(houses, on="building", suffix="_given")
    assert (members["area"] == members["area_given"]).all()
    assert members.drop_nulls("cell").group_by("cell").agg(pl.col("area_given").n_unique())["area_given"].eq(1).all()


@given(towns(), OPTIONS)
@calmly
def test_a_large_house_shares_its_cell_only_with_leftovers(houses, options):
    members = form_cells(houses, options).members.join(houses, on=["building", "area"])
    large = pl.col("households") >= options.minimum
    shared = members.group_by("cell", "area").agg(large=large.sum(), small=(~large).sum()).filter(pl.col("large") > 0)
    assert (shared["large"] == 1).all()
    light = members.filter(~large).group_by("area").agg(pl.col("households").sum())
    few = set(light.filter(pl.col("households") < options.minimum)["area"])
    assert set(shared.filter(pl.col("small") > 0)["area"]) <= few


@given(towns(), OPTIONS)
@calmly
def test_the_figures_are_those_of_the_members(houses, options):
    cells = form_cells(houses, options)
    members = cells.members.drop_nulls("cell").join(houses.select("building", "households", "street"), on="building")
    for row in cells.cells.iter_rows(named=True):
        mine = members.filter(cell=row["cell"])
        x, y, weight = (mine[column].to_numpy() for column in ("x", "y", "households"))
        assert row["households"] == weight.sum()
        assert row["buildings"] == mine.height
        assert row["streets"] == mine["street"].n_unique()
        np.testing.assert_allclose([row["x"], row["y"]], [np.average(x, weights=weight), np.average(y, weights=weight)])
        np.testing.assert_allclose(row["diameter"], np.hypot(x[:, None] - x, y[:, None] - y).max())
        assert row["flagged"] == (row["diameter"] > options.cap)


@given(towns(), OPTIONS, st.randoms(use_true_random=False))
@calmly
def test_the_order_of_the_rows_does_not_matter(houses, options, random):
    rows = list(range(houses.height))
    random.shuffle(rows)
    one, other = form_cells(houses, options), form_cells(houses[rows], options)
    assert_frame_equal(one.members, other.members)
    assert_frame_equal(one.cells, other.cells)
    assert one.quality == other.quality


@given(st.integers(0, 2**32), st.sampled_from(["street", "geometry"]))
@settings(max_examples=10, deadline=None)
def test_one_thread_and_two_make_the_same_cells(seed, mode):
    random = np.random.default_rng(seed)
    count = 3_000
    houses = pl.DataFrame(
        {
            "building": [f"B{number}" for number in range(count)],
            "area": random.integers(0, 23, count).astype(str),
            "street": random.integers(0, 40, count).astype(str),
            "house_number": random.integers(1, 90, count).astype(str),
            "x": random.uniform(3e5, 3.02e5, count),
            "y": random.uniform(5.7e6, 5.702e6, count),
            "households": random.integers(0, 9, count),
        }
    )
    one, two = (form_cells(houses, Formation(mode=mode, threads=threads)) for threads in (1, 2))
    assert_frame_equal(one.members, two.members)
    assert_frame_equal(one.cells, two.cells)
    assert one.quality == two.quality
