"""Somebody who is counted knows one of those counted; several withheld numbers together are a number too."""

from __future__ import annotations

import pytest

from disclosure_released import release
from disclosure_samples import CODES, counts, districts, door, with_city
from sozialraum.audit import audit_release
from sozialraum.catalogue import RulesDoc

title = "Own values and unions"


def audited(folder, rows, *, minimum=3):
    frame = counts({"persons": rows})
    areas = districts(len(rows) - 1)
    written = release(folder / "r", frame, nesting=areas, codes=CODES, rules=RulesDoc(minimum=minimum))
    return audit_release(written)


def intervals(report):
    return {finding.place.area: (finding.low, finding.high) for finding in report.suppressed}


@pytest.mark.parametrize(
    ("rows", "known", "kinds"),
    [
        # counts, by hand: between which numbers each withheld one lies; what is wrong
        # d1 + d2 = 9: each 0 to 9. Who is counted in d1 knows of 1 to 9, two who talk to each other of 2 to 9.
        ({"d1": "suppressed", "d2": "suppressed", "d3": 40, "city": 49}, (0, 9), None),
        # d1 + d2 = 3: 0 to 3. Who is counted knows of 1 to 3, two of 2 to 3: not certain yet.
        ({"d1": "suppressed", "d2": "suppressed", "d3": 40, "city": 43}, (0, 3), None),
        # d1 + d2 = 2: 0 to 2. Two who talk to each other would know that they are alone.
        ({"d1": "suppressed", "d2": "suppressed", "d3": 40, "city": 42}, (0, 2), "narrow"),
        # d1 + d2 = 1: who is counted knows that they are alone.
        ({"d1": "suppressed", "d2": "suppressed", "d3": 40, "city": 41}, (0, 1), "narrow"),
    ],
)
def test_an_interval_as_wide_as_the_minimum_outlasts_own_values(tmp_path, rows, known, kinds):
    """Where the interval spans the minimum m, it spans m - 1 for one and m - 2 for two of those counted."""
    report = audited(tmp_path, rows)
    assert set(intervals(report).values()) == {known}
    assert {finding.kind for finding in report.exposed} == ({kinds} if kinds else set())
    low, high = known
    certain = {own: high - max(low, own) < 1 for own in (1, 2)}
    assert any(certain.values()) == (kinds is not None)


def test_what_withheld_numbers_are_together(tmp_path):
    """d1, d2, d3 are 4 together, each 0 to 4: wide enough for a minimum of 3, and all together are not small."""
    rows = {"d1": "suppressed", "d2": "suppressed", "d3": "suppressed", "d4": 40, "city": 44}
    assert audited(tmp_path / "a", rows).passed
    small = rows | {"city": 42}
    assert {finding.kind for finding in audited(tmp_path / "b", small).exposed} == {"narrow"}


@pytest.mark.parametrize("numbers", [[1, 2, 40, 50], [2, 2, 2, 90], [1, 1, 1, 1, 30], [1, 0, 0, 60]])
def test_the_door_leaves_room_for_two_who_talk_to_each_other(numbers):
    protected = door(counts(with_city({"persons": numbers})), areas=districts(len(numbers)), minimum=3)
    hidden = protected.table.frame.filter(status="suppressed", area_system="districts")
    true = dict(zip((f"d{n}" for n in range(1, 9)), numbers, strict=False))
    together = sum(true[area] for area in hidden["area"])
    city = protected.table.frame.filter(area_system="city")["value"].item()
    assert city is None or together >= 3
