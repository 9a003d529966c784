"""The reference of the catalogue is what the generator makes of it: the list, a page an indicator, the composites."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest

from sozialraum.catalogue import ColumnDoc, load_catalogue
from sozialraum.indicators.reference_page import FORMULAS

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
CATALOGUE = load_catalogue()
INDICATORS = CATALOGUE.indicators


def generated() -> dict[str, str]:
    specification = importlib.util.spec_from_file_location("generate", REFERENCE / "generate.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module.pages()


PAGES = generated()


def page(name: str) -> str:
    return PAGES[f"indicators/{name}.md"]


@pytest.mark.parametrize("name", sorted(name for name in PAGES if "/" not in name))
def test_a_committed_page_is_what_the_generator_makes(name: str) -> None:
    assert (REFERENCE / name).read_text(encoding="utf-8") == PAGES[name], "run make docs"


def test_the_committed_pages_of_indicators_are_what_the_generator_makes() -> None:
    committed = {f"indicators/{path.name}": path.read_text("utf-8") for path in (REFERENCE / "indicators").iterdir()}
    assert committed.keys() == {f"indicators/{name}.md" for name in INDICATORS}
    assert [name for name, text in committed.items() if text != PAGES[name]] == [], "run make docs"


def test_every_indicator_is_in_the_list_once() -> None:
    linked = re.findall(r"\(indicators/(\w+)\.md\)", PAGES["indicators.md"])
    assert sorted(linked) == sorted(INDICATORS)


def test_every_formula_of_the_catalogue_is_said_in_words_and_as_it_is_computed() -> None:
    """No name of a place that is filled in is left over, and none is empty."""
    for name in INDICATORS:
        words, formula = re.findall(r"## How it is worked out\n\n(.*)\n\n`(.*)`\n", page(name))[0]
        assert "{" not in words + formula, name
        assert "  " not in words + formula, name
    assert {text for pair in FORMULAS.values() for text in pair if not text} == set()


def test_a_page_says_in_a_sources_words_what_its_indicator_asks_for() -> None:
    """What stands there can be copied into a source and meets the indicator."""
    for name, document in INDICATORS.items():
        blocks = re.findall(r"```toml\n(\[columns\]\n.*?)```", page(name), re.DOTALL)
        columns = [column for block in blocks for column in tomllib.loads(block)["columns"].values()]
        counted = (measure for measure in document.measures if measure.base is None)
        wanted = {measure.summed if measure.statistic else measure for measure in counted}
        assert {ColumnDoc.model_validate(column).measure for column in columns} == wanted, name
        assert not document.refers_to or f"({document.refers_to}.md)" in page(name)


def test_a_page_quotes_the_formula_of_its_document() -> None:
    for name, document in INDICATORS.items():
        quoted = tomllib.loads(re.findall(r"## As TOML\n\n```toml\n(.*?)```", page(name), re.DOTALL)[0])
        table = getattr(document, document.formula)
        assert list(quoted) == [document.formula], name
        assert type(table).model_validate(quoted[document.formula]) == table, name


def test_a_page_names_who_answers_for_it_and_what_is_made_from_it() -> None:
    for name, document in INDICATORS.items():
        assert f"| Owner | {document.governance.owner}, checked by" in page(name)
        assert f"| Next review | {document.governance.next_review} |" in page(name)
    for id, composite in CATALOGUE.composites.items():
        assert f"· `{id}`" in PAGES["composites.md"]
        for part in composite.inputs:
            if part.indicator:
                assert f"[{composite.title.en}](../composites.md#" in page(part.indicator)
                assert f"(indicators/{part.indicator}.md)" in PAGES["composites.md"]


def test_what_answers_an_indicator_in_musterstadt() -> None:
    rows = dict(re.findall(r"^\| `sources/(\w+)\.toml` \| (.*) \|$", page("kinder_in_sgb2"), re.MULTILINE))
    assert rows.keys() >= {"personen"}
    assert "each row is one" in rows["personen"]
    for name in INDICATORS:
        assert "In Musterstadt:" in page(name) or INDICATORS[name].refers_to, f"nothing answers {name} there"


def test_pages_are_small() -> None:
    assert max(len(text.encode()) for name, text in PAGES.items() if "/" in name) < 6_000
