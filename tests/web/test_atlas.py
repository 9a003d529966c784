"""A loaded release says what its files say; another release is shown as soon as it is published."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sozialraum.releases import State, Store
from sozialraum.tables import Status, Value
from sozialraum.web.atlas import queries
from sozialraum.web.atlas.release import MISSING, Atlas, Panel
from sozialraum.web.atlas.store import Shelf
from web.city import NAMES, YEARS, write_city


def test_every_value_is_the_one_in_the_file(atlas: Atlas) -> None:
    frame = atlas.package.values
    assert frame.height == 6 * 16 * len(YEARS)
    for row in frame.iter_rows(named=True):
        panel = atlas.panel(row["indicator"], row["area_system"])
        assert panel is not None
        value = panel.value(row["area"], row["period"])
        assert (value.value, value.status.value, value.lower) == (row["value"], row["status"], row["lower"])


def test_what_is_not_there_is_missing(atlas: Atlas) -> None:
    panel = atlas.panel("miete", "viertel")
    assert panel is not None
    assert panel.value("99", "2024") is MISSING
    assert atlas.panel("glueck", "viertel") is None
    assert atlas.panel("miete", "baublock") is None


def test_periods_are_in_order_of_time(atlas: Atlas) -> None:
    panel = atlas.panel("miete", "viertel")
    assert panel is not None
    assert panel.periods == YEARS
    assert panel.latest == "2024"


def test_latest_passes_over_periods_without_any_number(atlas: Atlas) -> None:
    values = {("01", "2023"): Value(1, Status.OK), ("01", "2024"): MISSING}
    assert Panel("i", "s", ("2023", "2024"), values).latest == "2023"
    assert Panel("i", "s", ("2023", "2024"), {("01", "2024"): MISSING}).latest == "2024"


def test_indicators_in_the_order_of_themes(atlas: Atlas) -> None:
    themes = [atlas.catalogue.indicators[name].theme for name in atlas.indicators]
    assert themes == sorted(themes, key=lambda name: atlas.catalogue.themes[name].order)
    assert set(atlas.indicators) == {"bevoelkerung", "anteil_65", "kinder_sgb2", "arbeitslose", "wanderung", "miete"}


def test_systems_whole_parents_and_children(atlas: Atlas) -> None:
    assert queries.shown_systems(atlas) == ("viertel", "bezirke", "stadt")
    assert queries.listed_systems(atlas) == ("viertel", "bezirke")
    city = queries.whole(atlas)
    assert city is not None
    assert city.name == "Kleinstadt"
    quarter = atlas.areas["viertel"]["02"]
    assert [area.name for area in queries.ancestors(atlas, quarter)] == ["Mitte", "Kleinstadt"]
    assert quarter in queries.children(atlas, atlas.areas["bezirke"]["1"])


def test_names_in_the_order_of_a_german_reader(atlas: Atlas) -> None:
    assert [area.name for area in queries.current_areas(atlas, "viertel").values()] == [
        *NAMES[:9],
        "Neue Weststadt",
        "Österberg",
        "Übersee",
    ]


def test_key_indicators_are_the_citys_choice(atlas: Atlas) -> None:
    assert queries.key_indicators(atlas) == atlas.city.key_indicators
    assert queries.key_indicators(atlas, 2) == ("bevoelkerung", "kinder_sgb2")


SEARCHES = [
    # what is typed, areas, indicators
    ("hafen", ["Am Hafen"], []),
    ("österberg", ["Österberg"], []),
    ("oesterberg", ["Österberg"], []),
    ("osterberg", ["Österberg"], []),
    ("KINDER", [], ["kinder_sgb2"]),
    ("children", [], ["kinder_sgb2"]),
    ("menschen 65", [], ["anteil_65"]),
    ("neue west", ["Neue Weststadt"], []),
    ("eichwald sud", ["Eichwald-Süd"], []),
    ("hafen kinder", [], []),
    ("", [], []),
    ("   ", [], []),
]


@pytest.mark.parametrize(("typed", "areas", "indicators"), SEARCHES)
def test_search(atlas: Atlas, typed: str, areas: list[str], indicators: list[str]) -> None:
    found = queries.search(atlas, typed)
    assert [area.name for area in found.areas] == areas
    assert list(found.indicators) == indicators


def test_a_title_comes_before_a_definition(atlas: Atlas) -> None:
    assert queries.search(atlas, "miete").indicators[0] == "miete"
    assert queries.search(atlas, "arbeitslose").indicators == ("arbeitslose",)


def test_another_release_is_shown_as_soon_as_it_is_published(tmp_path: Path) -> None:
    place = Shelf(tmp_path)
    assert place.published() is None
    store = write_city(tmp_path, publish=False)
    assert place.published() is None
    first = store.releases()[0]
    for state in (State.IN_REVIEW, State.APPROVED, State.PUBLISHED):
        store.move(first, state, "Test")
    shown = place.published()
    assert shown is not None
    assert shown.id == "2025-H2.1"
    assert place.published() is shown
    write_city(tmp_path)
    assert place.published_id == "2025-H2.2"
    store.withdraw(Store(tmp_path / "releases").release("2025-H2.2"), "Test", "a number was wrong")
    assert place.published() is None


def test_only_few_releases_stay_in_memory(tmp_path: Path) -> None:
    place = Shelf(tmp_path)
    for _ in range(3):
        write_city(tmp_path, publish=False, quarters=3)
    for release in place.store.releases():
        for depth in ("public", "internal"):
            place.load(release, depth)
    assert len(place._loaded) == 4


def test_the_internal_package_is_another_one(tmp_path: Path) -> None:
    store = write_city(tmp_path, quarters=3)
    release = store.releases()[0]
    path = release.folder / "public" / "values.parquet"
    pl.read_parquet(path).filter(pl.col("area_system") != "viertel").write_parquet(path)
    place = Shelf(tmp_path)
    assert place.load(release, "public").panel("miete", "viertel") is None
    assert place.load(release, "internal").panel("miete", "viertel") is not None
