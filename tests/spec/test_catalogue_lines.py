"""The line of a key: what a fault points at."""

from __future__ import annotations

import pytest

from sozialraum.catalogue.lines import line_of

DOCUMENT = '''title.de = "Titel"
title.en = "Title"
# unit = "a comment"

definition.de = """
unit = "inside a long text"
[share]
"""
unit = "percent"
tags = [
    "a", "[b]", # "c"
    "d",
]

[share]
of = [
    { universe = "persons", sgb2 = "yes" },
    { universe = "persons", sgb12 = "yes" }, { universe = "cases" },
]
in = { universe = "persons" }

[columns."Stadt.Nr"]
area = "viertel"

[columns]
"Fälle" = { count = "cases" }
einzeln.where.age = '0-14'

[[changes]]
date = 2023-01-01
why.de = "Eins"

[[changes]]
date = 2024-01-01
why.de = "Zwei"

[changes.extra]
key = 1

[[breaks]]
period = "2022"
'''

PLACES = {
    ("title", "de"): 'title.de = "Titel"',
    ("title", "en"): 'title.en = "Title"',
    ("title",): 'title.de = "Titel"',
    ("title", "fr"): 'title.de = "Titel"',
    ("unit",): 'unit = "percent"',
    ("tags",): "tags = [",
    ("share",): "[share]",
    ("share", "of", 0, "sgb2"): '    { universe = "persons", sgb2 = "yes" },',
    ("share", "of", 1, "sgb12"): '    { universe = "persons", sgb12 = "yes" }, { universe = "cases" },',
    ("share", "of", 2): '    { universe = "persons", sgb12 = "yes" }, { universe = "cases" },',
    ("share", "in", "universe"): 'in = { universe = "persons" }',
    ("share", "of"): "of = [",
    ("columns", "Stadt.Nr", "area"): 'area = "viertel"',
    ("columns", "Stadt.Nr", "count"): '[columns."Stadt.Nr"]',
    ("columns", "Fälle", "count"): '"Fälle" = { count = "cases" }',
    ("columns", "einzeln", "where", "age"): "einzeln.where.age = '0-14'",
    ("changes", 0, "date"): "date = 2023-01-01",
    ("changes", 1, "date"): "date = 2024-01-01",
    ("changes", 1, "why", "de"): 'why.de = "Zwei"',
    ("changes", 1, "extra", "key"): "key = 1",
    ("breaks", 0, "why"): "[[breaks]]",
}


@pytest.mark.parametrize(("path", "written"), PLACES.items(), ids=lambda value: str(value))
def test_a_key_is_found_or_what_of_it_is_written(path, written):
    lines = DOCUMENT.splitlines()
    number = line_of(DOCUMENT, path)
    assert lines[number - 1] == written


def test_of_equal_lines_the_right_one_is_found():
    lines = DOCUMENT.splitlines()
    assert line_of(DOCUMENT, ("changes", 1)) == len(lines) - lines[::-1].index("[[changes]]")


@pytest.mark.parametrize("path", [("theme",), ("inside",), ()])
def test_what_is_not_written_has_no_line(path):
    assert line_of(DOCUMENT, path) == 0


@pytest.mark.parametrize(
    "value",
    ["'''\nunit = 1\n'''", '"""one line"""', '"a # b"', "'[ no list'", '"\\" ["', "[[1, 2], [3]]", "{ a = [1] } # [ ]"],
)
def test_whatever_a_value_looks_like_the_next_key_is_found(value):
    text = f"first = {value}\nunit = 2"
    assert line_of(text, ("unit",)) == len(text.splitlines())
