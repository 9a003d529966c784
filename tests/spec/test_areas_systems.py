"""Area systems: codes stay text, hierarchies lead from fine to coarse, validity picks a moment."""

from __future__ import annotations

import polars as pl
import pytest
import shapely
from areas_samples import EAST, NORTH, system

from sozialraum.areas import AREA_SCHEMA, AreaSystem, AreaSystems
from sozialraum.errors import ProjectError
from sozialraum.periods import parse_period


def plain(id: str, parent: str | None, rows: list[tuple[str, str | None]], level: int) -> AreaSystem:
    frame = pl.DataFrame(
        [(code, f"Name {code}", above, None, None) for code, above in rows], schema=AREA_SCHEMA, orient="row"
    )
    return AreaSystem(id, {"de": id, "en": id}, parent, frame, None, level)


QUARTERS = system()
HALVES = plain("halves", "town", [("01", "0"), ("02", "0")], 1)
TOWN = plain("town", None, [("0", None)], 0)
GRID = plain("grid", "town", [("N1E1", "0"), ("N1E2", "0")], 1)
ALL = AreaSystems({one.id: one for one in (QUARTERS, GRID, TOWN, HALVES)})


def test_codes_and_names_are_text_with_leading_zeros():
    assert QUARTERS.codes == ["0101", "0102", "0201", "0202"]
    assert QUARTERS.name_of("0202") == "Straßburger Platz"
    with pytest.raises(KeyError):
        QUARTERS.name_of("202")


def test_children_of_an_area():
    assert QUARTERS.children("01") == ["0101", "0102"]
    assert QUARTERS.children("99") == []


def test_bounds():
    assert QUARTERS.bounds == (EAST, NORTH, EAST + 2000, NORTH + 2000)
    assert TOWN.bounds is None


def test_systems_stand_in_order_coarse_before_fine():
    assert list(ALL) == ["town", "grid", "halves", "quarters"]
    assert len(ALL) == 4
    assert "halves" in ALL


def test_the_way_from_fine_to_coarse():
    assert AreaSystems({"town": TOWN, "halves": HALVES, "quarters": QUARTERS}).path("quarters") == (
        "quarters",
        "halves",
        "town",
    )
    assert ALL.ancestors("quarters") == ("halves", "town")
    assert ALL.ancestors("town") == ()
    assert ALL.children_of("town") == ("grid", "halves")


def test_the_parent_over_one_level_and_over_two():
    assert ALL.parent_map("quarters", "halves") == {"0101": "01", "0102": "01", "0201": "02", "0202": "02"}
    assert ALL.parent_map("quarters", "town") == dict.fromkeys(["0101", "0102", "0201", "0202"], "0")
    assert ALL.parent_map("halves", "halves") == {"01": "01", "02": "02"}


def test_a_system_beside_the_way_is_no_ancestor():
    with pytest.raises(ProjectError, match="grid does not stand above quarters"):
        ALL.parent_map("quarters", "grid")


# --- validity: a reform on 1 January 2020 joins two quarters and moves the third --------------------------------------

REFORM = [
    # code, name, parent, first day, last day
    ("0101", "Süderhof", "01", None, "2019-12-31"),
    ("0102", "Mühlenholz", "01", None, "2019-12-31"),
    ("0103", "Süderholz", "01", "2020-01-01", None),
    ("0201", "Weiche", "02", None, "2019-12-31"),
    ("0201", "Weiche-West", "01", "2020-01-01", None),
]
REFORMED = AreaSystem(
    "quarters",
    {"de": "Quartiere", "en": "Quarters"},
    "halves",
    pl.DataFrame(REFORM, schema=AREA_SCHEMA, orient="row"),
    shapely.box(range(5), [0] * 5, range(1, 6), [1] * 5),
    2,
)

MOMENTS = [
    ("2019", ["0101", "0102", "0201"]),
    ("2019-12-31", ["0101", "0102", "0201"]),
    ("2020-01-01", ["0103", "0201"]),
    ("2020", ["0103", "0201"]),
    ("2019/20", ["0103", "0201"]),
    ("2019-H2", ["0101", "0102", "0201"]),
]


@pytest.mark.parametrize(("period", "codes"), MOMENTS)
def test_the_last_day_of_a_period_decides(period, codes):
    assert REFORMED.at(parse_period(period)).codes == codes


def test_geometry_stays_beside_its_row():
    then = REFORMED.at(parse_period("2020"))
    assert [shape.bounds[0] for shape in then.geometry] == [2.0, 4.0]


def test_a_code_that_lived_on_is_named_and_placed_as_lately():
    assert REFORMED.codes == ["0101", "0102", "0103", "0201"]
    assert REFORMED.name_of("0201") == "Weiche-West"
    assert REFORMED.at(parse_period("2019")).name_of("0201") == "Weiche"


def test_the_parent_of_a_moment():
    systems = AreaSystems({"town": TOWN, "halves": HALVES, "quarters": REFORMED})
    assert systems.parent_map("quarters", "halves")["0201"] == "01"
    assert systems.at(parse_period("2019")).parent_map("quarters", "halves")["0201"] == "02"
