"""The laws that can be said about imports hold, and a planted violation of each is caught with its line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PLANTED = [
    # contract                         file to spoil             line that must not be there
    ("Data walks down the house", "errors.py", "import sozialraum.periods"),
    ("Data walks down the house", "tables/status.py", "import sozialraum.sources"),
    ("Data walks down the house", "counts/__init__.py", "import sozialraum.disclosure"),
    ("The open wing can not reach", "indicators/__init__.py", "import sozialraum.counts"),
    ("The open wing can not reach", "publishing/__init__.py", "import sozialraum.disclosure"),
    ("The open wing can not reach", "audit/__init__.py", "import sozialraum.microcells"),
    ("Only disclosure seals", "counts/__init__.py", "import sozialraum.tables.seal"),
    ("Only disclosure seals", "web/__init__.py", "import sozialraum.tables.seal"),
    ("Only web knows Django", "releases/states.py", "import django"),
    ("The web runs no pipeline", "web/__init__.py", "import sozialraum.pipeline"),
]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"}
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def copy_of_the_house(tmp_path: Path) -> Path:
    ignored = shutil.ignore_patterns("node_modules", "__pycache__", "static", "*.toml", "*.html", "*.po", "*.mo")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=ignored)
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def test_the_house_obeys_its_laws() -> None:
    found = lint(ROOT)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize(("contract", "file", "line"), PLANTED)
def test_a_planted_violation_is_caught(copy_of_the_house: Path, contract: str, file: str, line: str) -> None:
    spoiled = copy_of_the_house / "src" / "sozialraum" / file
    text = spoiled.read_text(encoding="utf-8")
    spoiled.write_text(f"{text}\n{line}\n", encoding="utf-8")
    number = len(text.splitlines()) + 2
    found = lint(copy_of_the_house)
    assert found.returncode != 0
    broken = [row for row in found.stdout.splitlines() if "BROKEN" in row and row.startswith(contract)]
    assert broken, found.stdout
    assert f"l.{number}" in found.stdout, "the line is named"


def test_a_way_through_a_third_module_is_caught(copy_of_the_house: Path) -> None:
    house = copy_of_the_house / "src" / "sozialraum"
    with (house / "tables" / "values.py").open("a", encoding="utf-8") as stream:
        stream.write("\nimport sozialraum.sources\n")
    found = lint(copy_of_the_house)
    assert "The open wing can not reach" in next(
        row for row in found.stdout.splitlines() if "BROKEN" in row and "open wing" in row
    )
