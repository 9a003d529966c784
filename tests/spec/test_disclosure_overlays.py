"""Area systems that overlap: what the difference of two areas holds is protected like a number of its own."""

from __future__ import annotations

import polars as pl
import pytest

from disclosure_samples import CODES, counts, nesting, part
from sozialraum.catalogue import RulesDoc
from sozialraum.disclosure import Structure, protect
from sozialraum.tables import Status

SCHOOLS = ("s1", "s2")
DISTRICTS = ("d1", "d2")


def overlay(numbers: dict[str, dict[str, float | None]], *parts, bound: bool = True, **rules):
    """Protect measures that are counted in atoms ``d1&s1``, in their districts, school districts and the city."""
    rows, systems = {}, {}
    for text, atoms in numbers.items():
        sums: dict[str, float] = {"city": 0.0}
        for atom, number in atoms.items():
            district, school = atom.split("&")
            systems |= {atom: "atoms", district: "districts", school: "schools"}
            for place in (district, school, "city"):
                sums[place] = sums.get(place, 0.0) + (number or 0.0)
        rows[text] = sums | atoms
    every = sorted({atom for atoms in numbers.values() for atom in atoms})
    areas = [("atoms", atom, "districts", atom.split("&")[0]) for atom in every]
    areas += [("atoms", atom, "schools", atom.split("&")[1]) for atom in every]
    areas += [(systems[a], a, "city", "city") for a in sorted({p for atom in every for p in atom.split("&")})]
    frame = counts(rows, systems=systems)
    if not bound:
        frame = frame.filter(pl.col("area_system") != "atoms")
        areas = [row for row in areas if row[0] != "atoms"]
    structure = Structure(nesting(*areas), parts, CODES, atoms=frozenset(["atoms"]))
    return protect(frame, structure, {"p": RulesDoc.model_validate({"minimum": 5} | rules)})


def withheld(protected) -> set[str]:
    frame = protected.table.frame.filter(pl.col("status") == Status.SUPPRESSED.value)
    return set(frame["area"])


def test_the_difference_of_a_district_and_the_school_districts_in_it_is_no_small_group():
    """s1 lies in d1, and 3 persons of d1 go to school elsewhere: 43 - 40 would tell of them."""
    numbers = {"persons": {"d1&s1": 40, "d1&s2": 3, "d2&s2": 50, "d2&s3": 60}}
    assert not withheld(overlay(numbers, bound=False)), "each system alone is harmless"
    assert withheld(overlay(numbers)), "43 - 40 leaves 3"


def test_atoms_never_leave():
    protected = overlay({"persons": {"d1&s1": 40, "d1&s2": 3, "d2&s2": 50}})
    assert set(protected.table.frame["area_system"]) == {"districts", "schools", "city"}
    assert set(protected.summary["area_system"]) == {"districts", "schools", "city"}


def test_atoms_that_nobody_can_work_out_cost_nothing():
    """Four small atoms, but every one of them may be anything: districts and school districts cross."""
    numbers = {"persons": {"d1&s1": 40, "d1&s2": 3, "d2&s1": 4, "d2&s2": 50}}
    assert not withheld(overlay(numbers))


def test_atoms_large_enough_cost_nothing():
    assert not withheld(overlay({"persons": {"d1&s1": 40, "d1&s2": 6, "d2&s2": 50}}))


def test_an_atom_without_anybody_is_harmless():
    assert not withheld(overlay({"persons": {"d1&s1": 40, "d1&s2": 0, "d2&s2": 50}}))


def test_two_systems_with_the_same_borders_tell_nothing_new():
    assert not withheld(overlay({"persons": {"d1&s1": 40, "d2&s2": 50}}))


def test_a_withheld_district_must_not_follow_from_the_school_districts_that_fill_it():
    numbers = {"persons": {"d1&s1": 3, "d2&s2": 20, "d2&s3": 30, "d3&s4": 40}}
    gone = withheld(overlay(numbers))
    assert {"d1", "s1"} <= gone, "the same 3 persons under two names"
    assert len(gone & {"d2", "d3"}) >= 1
    assert len(gone & {"s2", "s3", "s4"}) >= 1


def test_atoms_of_which_nobody_knows_the_numbers_bind_the_areas_all_the_same():
    """Known by their borders alone: s1 lies in d1, so d1 less s1 is the atom."""
    numbers = {"persons": {"d1&s1": 40, "d1&s2": 3, "d2&s2": 50}}
    frame_numbers = dict.fromkeys(numbers["persons"])
    rows = {"persons": {"d1": 43, "d2": 50, "s1": 40, "s2": 53, "city": 93, **frame_numbers}}
    systems = dict.fromkeys(frame_numbers, "atoms") | {"s1": "schools", "s2": "schools"}
    areas = nesting(
        *(("atoms", atom, system, atom.split("&")[i]) for atom in frame_numbers
          for i, system in enumerate(("districts", "schools"))),
        *(("districts", d, "city", "city") for d in ("d1", "d2")),
        *(("schools", s, "city", "city") for s in ("s1", "s2")),
    )  # fmt: skip
    structure = Structure(areas, (), CODES, atoms=frozenset(["atoms"]))
    assert withheld(protect(counts(rows, systems=systems), structure, {"p": RulesDoc(minimum=5)}))


def test_amounts_of_a_small_atom_are_protected_too():
    numbers = {
        "taxpayers": {"d1&s1": 40, "d1&s2": 3, "d2&s2": 50, "d2&s3": 60},
        "taxpayers.income": {"d1&s1": 400_000, "d1&s2": 90_000, "d2&s2": 500_000, "d2&s3": 600_000},
    }
    protected = overlay(numbers, ready_made_sums=True)
    frame = protected.table.frame.filter(pl.col("status") == Status.SUPPRESSED.value)
    assert set(frame["universe"]) == {"taxpayers", "taxpayers.income"}


@pytest.mark.parametrize("seconds", [0.0, 10.0])
def test_with_and_without_the_best_choice(seconds):
    numbers = {"persons": {"d1&s1": 40, "d1&s2": 3, "d2&s2": 50, "d2&s3": 60}}
    assert withheld(overlay(numbers, suppression={"seconds": seconds}))


def test_what_shares_leave_in_an_atom_is_protected():
    """40 of 43 persons of the atom d1&s2 are not among the cases, and 3 are."""
    numbers = {
        "persons": {"d1&s1": 90, "d1&s2": 43, "d2&s2": 80},
        "cases": {"d1&s1": 50, "d1&s2": 40, "d2&s2": 30},
    }
    gone = overlay(numbers, part("cases", "persons"))
    assert withheld(gone), "cases: 90 - 50, persons: 133 - 90, so 3 of the atom are no cases"
