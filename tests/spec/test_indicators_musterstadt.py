"""The synthetic town delivers what the built-in indicators ask for, so that the demo shows every one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from sozialraum import musterstadt
from sozialraum.catalogue import Project, load_project

TEMPLATE = Path(musterstadt.__file__).parent / "projects" / "musterstadt"


@pytest.fixture(scope="module")
def town() -> Project:
    return load_project(TEMPLATE)


def delivered_universes(town: Project) -> set[str]:
    columns = [column for source in town.sources.values() for column in (*source.columns.values(), source.values)]
    measures = [column.measure for column in columns if column and column.measure]
    return {measure.universe for measure in measures} | {
        source.universe for source in town.sources.values() if source.universe
    }


def test_every_universe_that_an_indicator_asks_for_is_delivered(town):
    every = [measure for document in town.catalogue.indicators.values() for measure in document.measures]
    counted = [measure for measure in every if measure.base is None]
    asked = {(measure.summed if measure.statistic else measure).universe for measure in counted}
    assert asked - delivered_universes(town) == set()


def test_every_dimension_that_an_indicator_asks_for_is_delivered(town):
    columns = [column for source in town.sources.values() for column in source.columns.values()]
    known = {column.dimension for column in columns} | {name for column in columns for name in column.where}
    asked = {name for document in town.catalogue.indicators.values() for m in document.measures for name in m.filter}
    assert asked - known == set()
