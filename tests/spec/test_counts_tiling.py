"""Which delivered numbers add up to a question exactly."""

from __future__ import annotations

import pytest

from counts_samples import CODES, measure
from sozialraum.catalogue.measures import Measure
from sozialraum.counts.filters import plain
from sozialraum.counts.tiling import tile

# question, what is offered, what is taken (None: it can not be made up)
TILINGS = [
    ("age=0-14", "age=0-14", "age=0-14"),
    ("age=0-14", "age=0-2 age=3-5 age=6-14", "age=0-2 age=3-5 age=6-14"),
    ("age=0-14", "age=0-2 age=3-14 age=0-5 age=6-9 age=10-14", "age=0-2 age=3-14"),
    ("age=0-14", "age=0-5 age=6-17", None),
    ("age=0-14", "age=0-5 age=5-14", None),
    ("age=0-14", "age=0-5 age=7-14", None),
    ("age=65+", "age=65-79 age=80+", "age=65-79 age=80+"),
    ("age=65+", "age=65-79 age=80-99", None),
    ("age=0-2|10-12", "age=0-2 age=10-12 age=3-9", "age=0-2 age=10-12"),
    ("", "age=0-17 age=18-64 age=65+", "age=0-17 age=18-64 age=65+"),
    ("", "age=1-17 age=18-64 age=65+", None),
    ("", "sex=female sex=male sex=diverse", "sex=diverse sex=female sex=male"),
    ("", "sex=female sex=male", None),
    ("", "sex=female sex=diverse|male", "sex=diverse|male sex=female"),
    ("sex=female|male", "sex=female sex=male sex=diverse", "sex=female sex=male"),
    ("", "age=0-17 age=18+ sex=female sex=male sex=diverse", "age=0-17 age=18+"),
    ("", "age=0-5 age=6-17 age=18+ sex=female sex=male|diverse", "sex=female sex=diverse|male"),
    ("sex=female", "", None),
    ("age=0+", "sex=female sex=male sex=diverse", None),
    ("sex=female", "age=0+", None),
    (
        "family=alone_with_children",
        "family=mother_alone family=father_alone",
        "family=father_alone family=mother_alone",
    ),
    ("family=mother_alone", "family=alone_with_children", None),
    (
        "",
        "family=single family=couple family=alone_with_children",
        "family=couple family=father_alone|mother_alone family=single",
    ),
    ("age=0-17", "age=0-17;sex=female age=0-17;sex=diverse|male", "age=0-17;sex=diverse|male age=0-17;sex=female"),
    (
        "age=0-17",
        "age=0-5 age=6-17;sex=female age=6-17;sex=diverse|male",
        "age=0-5 age=6-17;sex=diverse|male age=6-17;sex=female",
    ),
    (
        "",
        "age=0-17;sex=female age=18+;sex=female sex=diverse|male",
        "age=0-17;sex=female age=18+;sex=female sex=diverse|male",
    ),
    ("sgb2=yes", "age=0-14;sgb2=yes age=15+;sgb2=yes age=0-14 age=15+", "age=0-14;sgb2=yes age=15+;sgb2=yes"),
    ("age=0-14;sgb2=yes", "age=0-14 sgb2=yes", None),
    ("age=0-9", "age=0-4 age=5-9 age=0-9;sex=female age=0-9;sex=male age=0-9;sex=diverse", "age=0-4 age=5-9"),
]  # fmt: skip


def measures(text: str) -> list[Measure]:
    return [plain(Measure.parse("persons", where), CODES) for where in text.split(" ")]


@pytest.mark.parametrize(("question", "offered", "taken"), TILINGS)
def test_a_question_is_made_up_of_the_fewest_parts_or_not_at_all(question, offered, taken):
    asked = plain(Measure.parse("persons", question), CODES)
    found = tile(asked, measures(offered) if offered else [], CODES)
    assert found == (None if taken is None else tuple(sorted(measures(taken))))


def test_the_total_does_not_answer_for_all_codes_together_because_it_holds_those_of_unknown_code():
    assert tile(measure("persons", age="0+"), [measure("persons")], CODES) is None


def test_another_universe_does_not_help():
    assert tile(measure("persons"), [measure("households")], CODES) is None


def test_a_figure_is_never_added_up():
    parts = [measure("figure.rent", sex="female"), measure("figure.rent", sex="diverse|male")]
    assert tile(measure("figure.rent"), parts, CODES) is None
    assert tile(parts[0], parts, CODES) == (parts[0],)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("age=0-2|3-5", "age=0-5"),
        ("age=3-5|0-2|10", "age=0-5|10"),
        ("age=0-9|5-14", "age=0-14"),
        ("age=7-7", "age=7"),
        ("sex=male|female", "sex=female|male"),
        ("family=alone_with_children|single", "family=father_alone|mother_alone|single"),
    ],
)
def test_equal_questions_are_written_alike(written, meant):
    assert plain(Measure.parse("persons", written), CODES).where_text == meant
