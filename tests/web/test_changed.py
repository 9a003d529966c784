"""Pages say of numbers that a policy changes what was done to them, and by which policy."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from django.utils import translation

from sozialraum.releases import Release
from sozialraum.tables import Status, Value
from sozialraum.web.atlas.protection import protection
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.origin import privacy_sentences, source_line, sources_used
from sozialraum.web.portal.sentences import status_notes

Under = Callable[..., Atlas]

POLICY = """
title.de = "Eigene Register"
title.en = "Own registers"
why.de = "Zum Schutz."
[public]
minimum = 0
METHOD
[internal]
"""
ROUND = 'method = "rounding"'
MOVE = 'method = "cell_key"'


@pytest.fixture
def under(atlas: Atlas, tmp_path: Path) -> Under:
    """Return the same release as if its register had another method."""

    def changed(method: str, policies: str = "register") -> Atlas:
        folder = shutil.copytree(atlas.package.folder, tmp_path / "public")
        path = folder / "catalogue" / "policies" / "register.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(POLICY.replace("METHOD", method), encoding="utf-8")
        manifest = {"measures": {"persons": {"": policies}}}
        release = cast(Release, SimpleNamespace(id="2025", manifest=manifest))
        return replace(atlas, package=replace(atlas.package, folder=folder), release=release)

    return changed


def sentences(atlas: Atlas, language: str = "de") -> list[str]:
    with translation.override(language):
        return list(privacy_sentences(atlas.catalogue.indicators["bevoelkerung"], protection(atlas, "bevoelkerung")))


def test_rounding_is_said_in_plain_words(under: Under) -> None:
    rounded = under(ROUND)
    assert sentences(rounded) == [
        "Jede Zahl ist auf ein Vielfaches von 5 gerundet: 10 steht für 8 bis 12, 0 für 0 bis 2. "
        "Deshalb ergeben Teile zusammen nicht immer genau das Ganze."
    ]
    assert sentences(rounded, "en")[0].startswith("Every number is rounded to a multiple of 5: 10 stands")


def test_cell_keys_too(under: Under) -> None:
    told = sentences(under(MOVE))
    assert told[0].startswith("Jede Zahl ist zum Schutz der Gezählten um höchstens 5 verändert, im Mittel um nichts.")
    assert told[1] == "Zahlen von 1 bis 2 kommen nicht vor; eine 0 kann deshalb für wenige Personen stehen."


def test_of_several_policies_the_one_that_changes_is_named(under: Under) -> None:
    told = sentences(under(ROUND, "register+open_data"))
    assert told[0].startswith("„Eigene Register“: Jede Zahl ist auf ein Vielfaches von 5 gerundet")


def test_below_each_picture_stands_a_note(atlas: Atlas, under: Under) -> None:
    with translation.override("de"):
        plain = source_line(atlas, sources_used(atlas, "bevoelkerung"))
        noted = source_line(under(ROUND), sources_used(atlas, "bevoelkerung"))
    assert noted.endswith("Veröffentlichung 2025. Gerundet auf 5.")
    assert "erundet" not in plain


@pytest.mark.parametrize(("exact", "marks"), [(True, ["0"]), (False, [])])
def test_a_changed_zero_is_not_said_to_be_exactly_zero(exact: bool, marks: list[str]) -> None:
    assert [mark for mark, _ in status_notes([Value(0.0, Status.ZERO)], exact=exact)] == marks
