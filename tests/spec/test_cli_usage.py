"""Wrong use of the command line ends with 2, faults end with 1, and nothing ends with a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline_samples import run
from sozialraum import cli
from sozialraum.cli.commands import COMMANDS, load

WRONG_USE = {
    "no such command": ["bild", "x"],
    "no such option": ["check", "x", "--fast"],
    "an argument is missing": ["explain", "x", "einwohner"],
    "an argument too many": ["check", "x", "y"],
    "no such template": ["new", "x", "--from", "bremen"],
    "a port that is none": ["serve", "x", "--port", "70000"],
    "a number that is none": ["microcells", "a", "b", "--minimum", "four"],
    "no such mode": ["microcells", "a", "b", "--mode", "magic"],
    "no pair": ["microcells", "a", "b", "--column", "street"],
    "no reason": ["withdraw", "x", "2026.1", "--yes"],
    "an empty reason": ["withdraw", "x", "2026.1", "--reason", " ", "--yes"],
    "a password that everyone could read": ["users", "add", "x", "ada", "--password", "a-long-password"],
    "no such role": ["users", "role", "x", "ada", "king"],
    "no such command of users": ["users", "ad", "x"],
}


@pytest.mark.parametrize("case", WRONG_USE)
def test_wrong_use_ends_with_2_and_writes_nothing(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    answer = run(*WRONG_USE[case])
    assert answer.code == 2
    assert answer.out == ""
    assert "Usage: " in answer.err
    assert list(tmp_path.iterdir()) == []


def test_without_a_command_there_is_help() -> None:
    answer = run()
    assert answer.code == 2
    for name in COMMANDS:
        assert f" {name} " in answer.out + answer.err


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_of_a_command_what_it_says_itself(name: str) -> None:
    assert load(name).help.splitlines()[0] == COMMANDS[name].help


HEAVY = ("polars", "numba", "pydantic", "shapely", "django", "cryptography")
HELP = f"""
import sys
from sozialraum.cli import main
sys.argv = ["sozialraum", "--help"]
try:
    main()
finally:
    print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)
"""


def test_help_loads_no_engine() -> None:
    """So that it is there at once."""
    found = subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True, timeout=60, check=True)
    assert "microcells" in found.stdout
    assert found.stderr == "[]\n"


def test_version() -> None:
    assert run("--version").out.startswith("sozialraum 0.")


EXITS = {0: ["--version"], 1: ["check", "nowhere"], 2: ["check"]}


@pytest.mark.parametrize("code", EXITS)
def test_exit_codes_of_the_installed_command(
    code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["sozialraum", *EXITS[code]])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == code
    assert "Traceback" not in capsys.readouterr().err
