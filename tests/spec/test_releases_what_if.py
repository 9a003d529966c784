"""The file beside the releases: what it says of itself, and what is done with one that can not be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from sozialraum.errors import ReleaseError
from sozialraum.releases import Store
from sozialraum.releases.what_if import WHAT_IF, Effect, Outcome, Scenario, WhatIf, read_what_if, write_what_if

REPORT = WhatIf(
    made="2026-11-28",
    earlier=("2026-H1.1",),
    scenarios=(Scenario(text=""), Scenario(text="minimum = 5", policies=("register",))),
    packages={"public": (Outcome(scenario=0), Outcome(scenario=1, refused="a number can not be protected"))},
)


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert read_what_if(tmp_path) is None
    assert write_what_if(tmp_path / "releases", REPORT).name == WHAT_IF
    assert read_what_if(tmp_path / "releases") == REPORT
    assert Store(tmp_path / "releases").releases() == []


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b'{"made": 5}', b'{"made": "x", "secret": 1}'])
def test_a_damaged_file_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / WHAT_IF).write_bytes(content)
    with pytest.raises(ReleaseError) as raised:
        read_what_if(tmp_path)
    (fault,) = raised.value.faults
    assert (fault.file, fault.advice) == ("releases/what-if.json", "make it again: sozialraum disclosure DIR --save")


EFFECTS = [
    # numbers, for themselves, others, earlier, values, lost -> withheld, kept, loss
    (Effect(), 0, 1.0, 0.0),
    (Effect(numbers=20, own={"minimum": 2, "base": 1}, others=4, earlier=1, values=10, lost=3), 8, 0.6, 0.3),
]


@pytest.mark.parametrize(("effect", "withheld", "kept", "loss"), EFFECTS)
def test_what_follows_from_an_effect(effect: Effect, withheld: int, kept: float, loss: float) -> None:
    assert (effect.withheld, effect.kept, effect.loss) == (withheld, pytest.approx(kept), pytest.approx(loss))


@pytest.mark.parametrize(("weight", "bound", "gap"), [(0.0, 0.0, 0.0), (10.0, 10.0, 0.0), (10.0, 9.0, 0.1)])
def test_the_gap(weight: float, bound: float, gap: float) -> None:
    assert Outcome(scenario=0, weight=weight, bound=bound).gap == pytest.approx(gap)
