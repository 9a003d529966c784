"""The page about methods is what the generator makes of the tables, and every table is checked by a test."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from method_tables import methods

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"


def generated() -> str:
    specification = importlib.util.spec_from_file_location("methods_page", REFERENCE / "methods_page.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module.methods_reference()


def test_the_committed_page_is_what_the_generator_makes():
    committed = (REFERENCE / "methods.md").read_text(encoding="utf-8")
    assert committed == generated(), "make docs makes it again"


@pytest.mark.parametrize("method", methods(), ids=lambda method: method.name)
def test_every_table_of_a_method_is_read_by_its_test(method):
    test = (ROOT / method.test).read_text(encoding="utf-8")
    for table in method.tables:
        assert f'"{method.name}", "{table.name}"' in test or f'("{method.name}", table)' in test, table.name


@pytest.mark.parametrize("method", methods(), ids=lambda method: method.name)
def test_every_method_names_its_formula_its_source_and_code_that_exists(method):
    assert method.formula
    assert method.what.strip()
    assert method.sources
    first, *others = method.code.split(", ")
    for path in (first, *(str(Path(first).parent / other) for other in others)):
        assert (ROOT / path).is_file(), path


def test_every_table_has_rows_and_no_two_methods_share_a_place():
    found = methods()
    assert all(table.rows for method in found for table in method.tables)
    assert len({method.order for method in found}) == len(found)
    text = generated()
    for method in found:
        for table in method.tables:
            assert all(f"| {row[column]} |" in text for row in table.rows for column in table.columns[:1])
