"""The tutorial and the how-to guides are typed again, command by command, and show what the commands really say.

A fence ``sh`` is typed and a fence ``text`` right after it is what it printed; a line ``...`` there stands for any
lines. The guides are typed into a project made with ``sozialraum new mycity``. ``serve`` is not typed: it does not end.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sozialraum.catalogue import load_project
from sozialraum.cli import app

DOCS = Path(__file__).parents[2] / "docs"
TUTORIAL = DOCS / "tutorials" / "first-release.md"
TYPED_GUIDES = (
    "add-a-source",
    "add-an-area-system",
    "add-an-indicator",
    "read-a-fault-message",
    "set-a-disclosure-policy",
)
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
THIS_YEAR = date.today().year  # noqa: DTZ011 - releases are named after the calendar day
FENCE = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OF_THE_DAY = (
    (re.compile(r"\b\d+\.\d s\b"), "N s"),
    (re.compile(r"\S*/(?=mycity/releases/)"), ""),
)
"""What differs from run to run: seconds, and where somebody's home is."""


@dataclass(frozen=True)
class Step:
    """What the reader types, and what the tutorial says is printed."""

    commands: str
    shown: str


def steps(text: str) -> Iterator[Step]:
    fences = [(found[1], found[2]) for found in FENCE.finditer(text.replace("2026.", f"{THIS_YEAR}."))]
    for (kind, commands), (following, shown) in zip(fences, [*fences[1:], ("", "")], strict=True):
        if kind == "sh":
            yield Step(commands, shown if following == "text" else "")


def type_in(commands: str) -> str:
    """Run ``sozialraum`` in this process and everything else in a shell; return what was printed."""
    printed = ""
    for ours, part in portions(commands):
        if ours:
            result = CliRunner().invoke(app, shlex.split(part)[1:])
            assert not result.exception or isinstance(result.exception, SystemExit), result.exception
            printed += result.output
        else:
            printed += subprocess.run(["bash", "-euc", part], capture_output=True, text=True, check=True).stdout
    return printed


def portions(commands: str) -> Iterator[tuple[bool, str]]:
    shell: list[str] = []
    for line in commands.splitlines():
        if not line.startswith("sozialraum "):
            shell.append(line)
            continue
        if shell:
            yield False, "\n".join(shell)
        shell = []
        yield True, line
    if shell:
        yield False, "\n".join(shell)


def lines(text: str) -> list[str]:
    for pattern, instead in OF_THE_DAY:
        text = pattern.sub(instead, text)
    return [line.strip() for line in text.splitlines() if line.strip()]


def absent(shown: str, printed: str) -> list[str]:
    """Return lines that are shown and were not printed, or not in this order."""
    rest = iter(lines(printed))
    return [line for line in lines(shown) if line != "..." and not any(line == other for other in rest)]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[tuple[Step, str]]]]:
    """Type the tutorial in an empty folder; give the folder and what each step printed."""
    folder = tmp_path_factory.mktemp("tutorial")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("SOZIALRAUM_KEY", raising=False)
        typed = [step for step in steps(TUTORIAL.read_text("utf-8")) if "sozialraum serve" not in step.commands]
        yield folder, [(step, type_in(step.commands)) for step in typed]


@pytest.mark.parametrize("guide", TYPED_GUIDES)
def test_every_output_that_a_guide_shows_is_what_was_printed(
    guide: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOZIALRAUM_KEY", raising=False)
    type_in("sozialraum new mycity")
    typed = list(steps((DOCS / "how-to" / f"{guide}.md").read_text("utf-8")))
    assert any(step.shown for step in typed)
    wrong = [
        (step.commands, line, said)
        for step in typed
        for said in [type_in(step.commands)]
        for line in absent(step.shown, said)
    ]
    assert not wrong


def test_every_link_leads_somewhere_and_every_page_is_in_the_index() -> None:
    pages = [DOCS.parent / "README.md", *DOCS.rglob("*.md")]
    links = [(page, link[1]) for page in pages for link in LINK.finditer(page.read_text("utf-8"))]
    near = [(page, target) for page, target in links if "://" not in target]
    assert [(page.name, target) for page, target in near if not (page.parent / target).exists()] == []
    linked = {(page.parent / target).resolve() for page, target in near if page == DOCS / "README.md"}
    kinds = ("tutorials", "how-to", "explanation", "reference")
    assert {page for kind in kinds for page in (DOCS / kind).glob("*.md")} - linked == set()


def test_every_output_that_is_shown_is_what_was_printed(work: tuple[Path, list[tuple[Step, str]]]) -> None:
    wrong = [(step.commands, line, said) for step, said in work[1] for line in absent(step.shown, said)]
    assert not wrong


def test_the_reader_ends_with_a_release_and_an_indicator_of_their_own(
    work: tuple[Path, list[tuple[Step, str]]],
) -> None:
    project = load_project(work[0] / "mycity", None)
    assert (project.releases / "published").read_text("utf-8").strip() == f"{THIS_YEAR}.2"
    assert "junge_je_100_aeltere" in project.catalogue.indicators


def test_the_tutorial_uses_every_command_that_a_first_release_needs() -> None:
    text = TUTORIAL.read_text("utf-8")
    typed = set(re.findall(r"^sozialraum (\w+)", "\n".join(step.commands for step in steps(text)), re.MULTILINE))
    assert typed == {"new", "check", "build", "verify", "explain", "diff", "approve", "publish", "serve"}


@pytest.mark.parametrize(
    ("shown", "printed", "missing"),
    [
        ("a\nb\n", "a\nx\nb\n", []),
        ("a\n...\nc\n", "a\nb\nc\n", []),
        ("b\na\n", "a\nb\n", ["a"]),
        ("3 counts\n", "4 counts\n", ["3 counts"]),
        ("Draft release 2026.1 in 0.7 s.\n", "Draft release 2026.1 in 12.9 s.\n", []),
        ("Next: approve /home/ada/mycity/releases/1\n", "Next: approve /tmp/x/mycity/releases/1\n", []),
    ],
)
def test_what_counts_as_shown(shown: str, printed: str, missing: list[str]) -> None:
    assert absent(shown, printed) == missing
