"""How the measures of one universe hang together."""

from __future__ import annotations

import pytest

from disclosure_samples import CODES, measure
from sozialraum.disclosure.margins import Pieces, cut, relate


def told(pieces: Pieces, *texts: str) -> set[str]:
    """Write sums with the number of each piece: ``age:0 = age:0,1 - ...`` becomes ``age 01 = age 0 + age 1``."""
    sums = relate((pieces.box(measure(text)) for text in texts), pieces.full)
    return {f"{_box(s.whole)} = {' + '.join(sorted(_box(p) for p in s.parts))}" for s in sums}


def _box(box) -> str:
    return " ".join(f"{d}{''.join(str(i) for i in range(8) if mask >> i & 1)}" for d, mask in box) or "all"


def sums(*texts: str) -> set[str]:
    return told(cut([measure(text) for text in texts], CODES), *texts)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        # measures -> sums over the pieces (numbered in a fixed order) that they cut each dimension into
        (["persons"], set()),
        (["persons sex=f", "persons sex=m"], {"all = sex0 + sex1"}),
        (["persons sex=f"], {"all = sex0 + sex1"}),  # the men are hidden
        (["persons sex=f|m", "persons"], set()),  # the same as everybody
        (["persons age=0-17", "persons age=18+"], {"all = age0 + age1"}),
        (["persons age=0-17", "persons age=0-5", "persons"], {"all = age0 + age1 + age2", "age12 = age1 + age2"}),
        (["persons age=0-5|18+", "persons age=6-17"], {"all = age0 + age1"}),
        (["persons reg=A", "persons reg=B"], {"all = reg0 + reg1"}),
        (["persons colour=red"], {"all = colour0 + colour1"}),  # an unknown list has a rest
    ],
)
def test_one_dimension(texts, expected):
    assert sums(*texts) == expected


def test_a_table_of_two_dimensions_and_its_margins():
    found = sums("persons sex=f;sgb2=yes", "persons sex=f", "persons sgb2=yes", "persons")
    assert found == {
        "sex0 = sex0 sgb20 + sex0 sgb21",
        "sex1 = sex1 sgb20 + sex1 sgb21",
        "sgb20 = sex0 sgb20 + sex1 sgb20",
        "sgb21 = sex0 sgb21 + sex1 sgb21",
        "all = sex0 + sex1",
        "all = sgb20 + sgb21",
    }


def test_dimensions_that_never_meet_are_not_crossed():
    found = sums("persons sex=f", "persons sgb2=yes")
    assert found == {"all = sex0 + sex1", "all = sgb20 + sgb21"}


def test_a_crossed_table_is_cut_only_as_finely_as_its_own_measures_need():
    found = sums(*(f"persons age={age}" for age in ("0-2", "3-5", "6-17", "18+")), "persons age=0-17;sgb2=yes")
    crossed = {
        part for line in found for part in line.partition(" = ")[2].split(" + ") if "sgb2" in part and " " in part
    }
    assert len(crossed) == 4, "two age groups by two codes, not four by two"


def test_what_two_dimensions_fill_is_a_number_though_nobody_asks_for_it():
    """Women and men below 18 are those below 18; so with all persons it is known how many are older."""
    found = sums("persons", "persons age=0-17;sex=f", "persons age=0-17;sex=m")
    assert {"all = age0 + age1", "age0 = age0 sex0 + age0 sex1"} <= found


def test_groups_of_a_code_list_are_unions():
    document = CODES["household_type"].model_copy(update={"groups": {"adults": "single|couple"}})
    pieces = cut([measure("households household_type=adults"), measure("households household_type=family")],
                 {"household_type": document})  # fmt: skip
    assert pieces.masks["household_type", "adults"] & pieces.masks["household_type", "family"] == 0
    assert pieces.full["household_type"].bit_count() == 3, "adults, family, and the rest"


def test_a_code_that_is_no_interval_makes_the_dimension_a_list():
    pieces = cut([measure("persons age=0-17"), measure("persons age=unknown")], CODES)
    assert pieces.full["age"].bit_count() == 3
