"""Errors: a fault names the place, the value and what to do; all faults come at once."""

from __future__ import annotations

import pytest

from sozialraum import errors
from sozialraum.errors import DeliveryError, Fault, Faults, InputError, ProjectError, SozialraumError

FULL = Fault("sources/x.toml", 3, "columns.age", "this code is not known", "0-x", "write 0-14")


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (FULL, "sources/x.toml:3 [columns.age]: this code is not known (found: '0-x') -> write 0-14"),
        (Fault("a.csv", what="the file is empty"), "a.csv: the file is empty"),
        (Fault("a.csv", 7, what="the row is short"), "a.csv:7: the row is short"),
        (Fault("a.csv", column="Alter", what="unknown column"), "a.csv [Alter]: unknown column"),
    ],
)
def test_a_fault_reads_as_place_trouble_value_and_advice(fault, text):
    assert str(fault) == text


def test_a_fault_as_json_has_every_part():
    assert FULL.as_json() == {
        "file": "sources/x.toml",
        "line": 3,
        "column": "columns.age",
        "what": "this code is not known",
        "value": "0-x",
        "advice": "write 0-14",
    }


def test_faults_are_thrown_together_sorted_by_place_and_once_each():
    faults = Faults()
    faults.add("b.toml", "second", line=1)
    faults.add("a.toml", "third", line=10)
    faults.add("a.toml", "first", line=9)
    faults.add("a.toml", "first", line=9)
    with pytest.raises(ProjectError) as caught:
        faults.throw(ProjectError)
    assert [(fault.file, fault.line) for fault in caught.value.faults] == [("a.toml", 9), ("a.toml", 10), ("b.toml", 1)]
    assert str(caught.value).splitlines()[0] == "a.toml:9: first"


def test_notes_stop_nothing():
    faults = Faults()
    faults.note("areas.gpkg", "an invalid polygon was repaired")
    faults.throw()
    assert not faults
    assert list(faults) == []
    assert faults.notes[0].what == "an invalid polygon was repaired"


def test_faults_of_others_are_taken_over():
    faults = Faults()
    faults.extend([FULL])
    assert list(faults) == [FULL]


def test_one_fault_alone_makes_an_error():
    assert InputError(FULL).faults == (FULL,)


def test_the_tree_of_errors_is_the_one_that_the_docstring_draws():
    kinds = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}
    drawn = {word for word in (errors.__doc__ or "").replace("├──", " ").replace("└──", " ").split() if word in kinds}
    assert drawn == kinds
    assert all(issubclass(getattr(errors, name), SozialraumError) for name in kinds)
    assert issubclass(DeliveryError, InputError)
