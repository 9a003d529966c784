"""The example projects read well: no two indicators with one title, euro amounts without cents."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from sozialraum.catalogue import IndicatorDoc, load_project

EXAMPLES = Path(__file__).parents[2] / "examples"


NAMES = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())


def shown(name: str) -> dict[str, IndicatorDoc]:
    """The indicators that an example brings itself, and those that stand on its start page."""
    project = load_project(EXAMPLES / name)
    own = [path.stem for path in (EXAMPLES / name / "indicators").glob("*.toml")]
    return {indicator: project.catalogue.indicators[indicator] for indicator in (*own, *project.city.key_indicators)}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_indicator_has_its_own_title(name: str, language: str) -> None:
    titles = Counter(document.title.get(language) for document in shown(name).values())
    assert [title for title, times in titles.items() if times > 1] == []


@pytest.mark.parametrize("name", NAMES)
def test_amounts_in_euro_have_no_cents(name: str) -> None:
    assert {
        indicator for indicator, document in shown(name).items() if document.unit == "euro" and document.decimals
    } == set()
