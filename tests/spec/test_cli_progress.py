"""How long work is shown: bars that are gone when the work is done, plain lines where there is no terminal."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from sozialraum.cli import progress as shown
from sozialraum.pipeline import Step

UP_AND_ERASE = re.compile(r"\x1b\[1A\x1b\[2K")


def show(monkeypatch: pytest.MonkeyPatch, steps: list[Step], *, terminal: bool) -> str:
    written = io.StringIO()
    console = Console(file=written, force_terminal=terminal, width=120, color_system=None)
    monkeypatch.setattr(shown, "err", console)
    monkeypatch.setattr("sozialraum.cli.terminal.err", console)
    with shown.progress() as tell:
        for step in steps:
            tell(step)
    return written.getvalue()


STEPS = [Step("Reading areas"), Step("Reading areas", 1), Step("Finding the areas of records", 0, 0), Step("Counting")]


def test_on_a_terminal_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    written = show(monkeypatch, STEPS, terminal=True)
    last = written.rindex("Counting")
    assert "Reading areas" in written
    assert len(UP_AND_ERASE.findall(written[last:])) == 2  # as many lines as there are bars
    assert not re.search(r"[A-Za-z]", UP_AND_ERASE.sub("", written[last + len("Counting") :]).replace("\x1b[?25h", ""))


@pytest.mark.parametrize("terminal", [True, False])
def test_a_step_with_nothing_to_do_is_not_shown(monkeypatch: pytest.MonkeyPatch, *, terminal: bool) -> None:
    written = show(monkeypatch, STEPS, terminal=terminal)
    assert "0/0" not in written
    assert "Finding" not in written
