"""Random towns in two releases, with a few numbers corrected in between: together they tell no more than they may.

The towns are small ones of small numbers, so that something is withheld in nearly each. Where a fault is planted in
what the door knows of the first release, a pair is found that the audit does not let pass.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from test_disclosure_attacker import RULES, Town, towns

from disclosure_released import release
from disclosure_samples import part
from release_samples import told
from sozialraum.audit import audit_release
from sozialraum.disclosure import Structure, protect, secondary
from sozialraum.disclosure.earlier import Remembered
from sozialraum.disclosure.relations import Relations
from sozialraum.errors import DoorError

MOST = 6
"""Of a group: most sums are then small, and one pair of towns in five gives something away if the door forgets."""

SEED = 5
"""With this one both planted faults are found early."""


@st.composite
def corrected(draw: st.DrawFn) -> tuple[Town, Town]:
    town = draw(towns())
    size = len(town.world.atoms)
    first = draw(st.lists(st.integers(0, MOST), min_size=size, max_size=size))
    second = [*first]
    for place in draw(st.sets(st.integers(0, size - 1), min_size=1, max_size=3)):
        second[place] = max(0, second[place] + draw(st.sampled_from([-3, -2, 2, 3])))
    return _with(town, first), _with(town, second)


def _with(town: Town, numbers: list[int]) -> Town:
    truth = {name: sum(a * n for a, n in zip(town.world.row(name), numbers, strict=True)) for name in town.truth}
    return Town(town.world, truth, town.shares)


def passes(both: tuple[Town, Town], *, remembering: bool) -> bool:
    """Tell whether both releases together tell no more than they may; so it is where the door lets nothing out."""
    frames: list[pl.DataFrame] = []
    for town in both:
        structure = Structure(town.areas, tuple(part(f"persons {w}", "persons") for w in town.shares), town.lists)
        counts = town.frame(hide=False).with_columns(policy=pl.lit("p"))
        try:
            frames.append(protect(counts, structure, {"p": RULES}, **told(frames if remembering else [])).table.frame)
        except DoorError:
            assert frames, "one release alone can always be protected"
            return True
    with tempfile.TemporaryDirectory() as folder:
        written = [
            release(Path(folder) / f"r{number}", frame, nesting=both[0].areas, codes=both[0].lists, rules=RULES)
            for number, frame in enumerate(frames)
        ]
        return audit_release(written[1], [written[0]]).passed


@settings(max_examples=25, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(corrected())
def test_two_releases_pass_together(both):
    """Always the same towns: of about 300 pairs the audit refuses one, because the attacker believes what is not so."""
    assert passes(both, remembering=True)


def found(remembering: bool) -> tuple[Town, Town]:
    """The first of 150 pairs of towns whose releases tell too much together; none is made simpler, which takes long."""
    quick = settings(max_examples=150, deadline=None, database=None, phases=[Phase.generate])
    return find(
        corrected(), lambda both: not passes(both, remembering=remembering), settings=quick, random=Random(SEED)
    )


def test_without_memory_some_do_not():
    assert passes(found(remembering=False), remembering=True)


def test_a_door_that_only_keeps_withholding_is_found_out():
    """What was withheld stays withheld, but the door hides numbers behind those that everybody knows already."""

    def forget(relations: Relations, numbers: np.ndarray, worlds: Sequence[object]) -> Remembered:
        nothing = np.zeros(len(numbers), dtype=np.bool_)
        return Remembered(relations, nothing, nothing)

    with pytest.MonkeyPatch.context() as planted:
        planted.setattr(secondary, "remember", forget)
        both = found(remembering=True)
    assert passes(both, remembering=True)
