"""Area systems that do not nest: what one leaves of the other is found on the map."""

from __future__ import annotations

import pytest
import shapely

from disclosure_released import release
from disclosure_samples import CODES, counts, nesting
from sozialraum.audit import AuditReport, audit_release
from sozialraum.catalogue import RulesDoc

title = "Overlapping areas"

# Two quarters side by side; a school district holds the first one and a strip of the second.
BORDERS = {
    "d1": (shapely.box(0, 0, 10, 10), None, None),
    "d2": (shapely.box(10, 0, 20, 10), None, None),
    "s1": (shapely.box(0, 0, 12, 10), None, None),
    "s2": (shapely.box(12, 0, 20, 10), None, None),
}
AREAS = nesting(("districts", "d1", "city", "city"), ("districts", "d2", "city", "city"))
SYSTEMS = {"s1": "schools", "s2": "schools"}


STRIP = [
    ("districts", "d2 without the schools inside", "remainder"),
    ("schools", "s1 without the districts inside", "remainder"),
]


def audited(folder, rows, borders=BORDERS) -> AuditReport:
    frame = counts({"persons": rows}, systems=SYSTEMS)
    rules = RulesDoc(minimum=5)
    return audit_release(release(folder / "r", frame, nesting=AREAS, codes=CODES, rules=rules, borders=borders))


@pytest.mark.parametrize(
    ("rows", "exposed"),
    [
        # counts; what is exposed: system, area, kind
        # 43 in the school district, 40 in the quarter: 3 live in the strip; 60 less 57 says it once more
        ({"d1": 40, "d2": 60, "s1": 43, "s2": 57}, STRIP),
        ({"d1": 40, "d2": 60, "s1": 50, "s2": 50}, []),
        ({"d1": 40, "d2": 60, "s1": "suppressed", "s2": 57}, STRIP[:1]),
        ({"d1": 40, "d2": 60, "s1": "suppressed", "s2": "suppressed"}, []),
        ({"d1": "suppressed", "d2": "suppressed", "s1": 3, "s2": 97, "city": 100},
         [("districts", "d1", "narrow"), ("schools", "s1", "published")]),
    ],
)  # fmt: skip
def test_what_is_left(tmp_path, rows, exposed):
    found = [(f.place.area_system, f.place.area, f.kind) for f in audited(tmp_path, rows).exposed]
    assert found == exposed


def test_without_a_map_nobody_knows(tmp_path):
    assert audited(tmp_path, {"d1": 40, "d2": 60, "s1": 43, "s2": 57}, borders=None).passed


def test_a_system_added_to_a_release_that_passed(tmp_path):
    rows = {"d1": 40, "d2": 60, "city": 100}
    assert audited(tmp_path / "before", rows).passed
    exposure = audited(tmp_path / "after", rows | {"s1": 43, "s2": 57}).exposed[-1]
    assert str(exposure) == (
        "persons in schools s1 without the districts inside, 2024: 3 "
        "(what is left between published numbers is below the minimum: d1 inside s1)"
    )
