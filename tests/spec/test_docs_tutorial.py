"""The tutorial, the README and the how-to guides are typed again and show what the commands really say.

A fence ``sh`` is typed and a fence ``text`` right after it is all that it printed; a line ``...`` there stands for any
lines, and nothing else may be left out but the progress display. The guides are typed into a project made with
``sozialraum new mycity``. ``serve`` is not typed: it does not end.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline_samples import served
from sozialraum.catalogue import load_project
from sozialraum.cli import app
from sozialraum.pipeline.progress import Tell, silent

HOUSE = Path(__file__).parents[2]
DOCS = HOUSE / "docs"
TUTORIAL = DOCS / "tutorials" / "first-release.md"
TYPED_GUIDES = (
    "add-a-composite",
    "add-a-source",
    "add-an-area-system",
    "add-an-indicator",
    "draw-an-area",
    "edit-with-schema",
    "read-a-fault-message",
    "set-a-disclosure-policy",
)
PAGES = (*sorted(HOUSE.glob("*.md")), *sorted(DOCS.rglob("*.md")))
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
MOST_BYTES_OF_A_PICTURE = 150_000
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
        if kind == "sh" and "sozialraum serve" not in commands:
            yield Step(commands, shown if following == "text" else "")


@contextmanager
def quiet_progress() -> Iterator[Tell]:
    """Stand in for the progress display."""
    yield silent


@contextmanager
def terminal(folder: Path) -> Iterator[None]:
    """Work in a folder, as somebody who has set nothing up."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("SOZIALRAUM_KEY", raising=False)
        patch.setattr("sozialraum.cli.project.progress", quiet_progress)
        yield


def type_in(commands: str) -> str:
    """Run ``sozialraum`` in this process and everything else in a shell; return what was printed."""
    printed = ""
    for ours, part in portions(commands):
        if ours:
            result = CliRunner().invoke(app, shlex.split(part, comments=True)[1:])
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


def fits(shown: str, printed: str) -> bool:
    """Whether all that was printed is shown, where ``...`` stands for any lines."""
    pattern = "".join(r"(?:.*\n)*" if line == "..." else re.escape(line) + r"\n" for line in lines(shown))
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in lines(printed))) is not None


def type_and_compare(page: Path) -> list[tuple[Step, str]]:
    """Type a page; return each step that printed something else than is shown, with what it printed."""
    typed = [(step, type_in(step.commands)) for step in steps(page.read_text("utf-8"))]
    assert any(step.shown for step, _ in typed)
    return [(step, said) for step, said in typed if step.shown and not fits(step.shown, said)]


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as forges make them."""
    headings = (re.sub(r"[^\w\- ]", "", found[1].lower()) for found in HEADING.finditer(page.read_text("utf-8")))
    return {heading.strip().replace(" ", "-") for heading in headings}


def links() -> Iterator[tuple[Path, Path, str]]:
    """Yield every link within the repository: the page, where it leads, and the anchor there."""
    for page in PAGES:
        for target, anchor in LINK.findall(page.read_text("utf-8")):
            if "://" not in target:
                yield page, (page.parent / target).resolve() if target else page, anchor


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[tuple[Step, str]]]]:
    """Type the tutorial in an empty folder; give the folder and the steps that printed something else than is shown."""
    folder = tmp_path_factory.mktemp("tutorial")
    with terminal(folder):
        yield folder, type_and_compare(TUTORIAL)


@pytest.mark.parametrize("guide", TYPED_GUIDES)
def test_every_output_that_a_guide_shows_is_what_was_printed(guide: str, tmp_path: Path) -> None:
    with terminal(tmp_path):
        type_in("sozialraum new mycity")
        assert type_and_compare(DOCS / "how-to" / f"{guide}.md") == []


def test_the_commands_of_the_readme_lead_to_a_published_release(tmp_path: Path) -> None:
    text = (HOUSE / "README.md").read_text("utf-8").replace("releases/ID", f"releases/{THIS_YEAR}.1")
    typed = re.findall(r"^sozialraum (?!serve).*$", text, re.MULTILINE)
    with terminal(tmp_path):
        said = [type_in(line) for line in typed]
    assert len(typed) == len({line.split()[1] for line in typed}) == 8
    assert f"{THIS_YEAR}.1 is published." in "".join(said)
    assert not re.search(r"^\d+ faults?$|^Usage:", "".join(said), re.MULTILINE)


def test_every_link_leads_somewhere() -> None:
    assert [(page.name, str(target)) for page, target, _ in links() if not target.exists()] == []


def test_every_anchor_is_a_heading() -> None:
    aimed = [(page, target, anchor) for page, target, anchor in links() if anchor]
    assert aimed
    assert [(page.name, anchor) for page, target, anchor in aimed if anchor not in anchors(target)] == []


def test_every_page_is_in_the_index() -> None:
    linked = {target for page, target, _ in links() if page == DOCS / "README.md"}
    kinds = ("tutorials", "how-to", "explanation", "reference")
    assert {page for kind in kinds for page in (DOCS / kind).glob("*.md")} - linked == set()


def test_every_picture_is_shown_and_small() -> None:
    pictures = set(DOCS.rglob("*.png"))
    assert pictures
    assert pictures - {target for _, target, _ in links()} == set()
    assert [picture.name for picture in pictures if picture.stat().st_size > MOST_BYTES_OF_A_PICTURE] == []


def test_every_output_that_is_shown_is_what_was_printed(work: tuple[Path, list[tuple[Step, str]]]) -> None:
    assert work[1] == []


def test_the_reader_ends_with_a_release_and_an_indicator_of_their_own(
    work: tuple[Path, list[tuple[Step, str]]],
) -> None:
    project = load_project(work[0] / "mycity", None)
    assert (project.releases / "published").read_text("utf-8").strip() == f"{THIS_YEAR}.2"
    assert "junge_je_100_aeltere" in project.catalogue.indicators


def test_every_page_to_look_at_is_served(work: tuple[Path, list[tuple[Step, str]]]) -> None:
    paths = re.findall(r"<http://localhost:8000(/[^>]*)>", TUTORIAL.read_text("utf-8"))
    assert len(paths) == 5
    with served(work[0] / "mycity") as address:
        for path in paths:
            with urllib.request.urlopen(address + path, timeout=20) as page:
                assert page.status == 200
        with urllib.request.urlopen(f"{address}{paths[1]}?zeit=2021", timeout=20) as page:
            assert "exactly zero" in page.read().decode()


def test_the_tutorial_uses_every_command_that_a_first_release_needs() -> None:
    typed = set(re.findall(r"^sozialraum (\w+)", TUTORIAL.read_text("utf-8"), re.MULTILINE))
    assert typed == {"new", "check", "build", "verify", "explain", "diff", "approve", "publish", "serve"}


@pytest.mark.parametrize(
    ("shown", "printed", "expected"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\nb\n", "a\nx\nb\n", False),
        ("a\nb\n", "x\na\nb\n", False),
        ("a\nb\n", "a\nb\nx\n", False),
        ("...\na\n...\n", "a\n", True),
        ("a\n...\nc\n", "a\nb\nc\n", True),
        ("a\n...\nc\n", "a\nb\nc\nd\n", False),
        ("b\na\n", "a\nb\n", False),
        ("3 counts\n", "4 counts\n", False),
        ("a.c\n", "abc\n", False),
        ("Draft release 2026.1 in 0.7 s.\n", "Draft release 2026.1 in 12.9 s.\n", True),
        ("Next: approve /home/ada/mycity/releases/1\n", "Next: approve /tmp/x/mycity/releases/1\n", True),
    ],
)
def test_what_counts_as_shown(shown: str, printed: str, *, expected: bool) -> None:
    assert fits(shown, printed) is expected
