"""The door is a type: only the seal makes a protected table, and no check of privacy can be switched off."""

from __future__ import annotations

import ast
import copy
import io
import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

import sozialraum
from pipeline_samples import tree, write_city
from sozialraum.errors import DoorError
from sozialraum.sources import load_key
from sozialraum.tables import COUNT_SCHEMA, PROFILE_SCHEMA, ProtectedProfiles, ProtectedTable

SOURCE = Path(sozialraum.__file__).parent
MAY_SEAL = {"disclosure", "releases", "tables"}
SEALED = ("ProtectedTable", "ProtectedProfiles")


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        if "node_modules" not in path.parts:
            yield path.relative_to(SOURCE), ast.parse(path.read_text(encoding="utf-8"))


def asserts(tree: ast.Module) -> list[int]:
    return [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assert)]


def seals(tree: ast.Module) -> list[int]:
    """Lines that reach for the seal, by whichever way of importing."""
    found = []
    for node in ast.walk(tree):
        names = [name.name for name in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        origin = node.module if isinstance(node, ast.ImportFrom) else None
        if "sozialraum.tables.seal" in (origin, *names) or (origin == "sozialraum.tables" and "seal" in names):
            found.append(node.lineno)
    return found


def makes(tree: ast.Module) -> list[int]:
    """Lines that make a protected table past its constructor."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("__new__", "__setattr__")
        and any(isinstance(arg, ast.Name) and arg.id in (*SEALED, "table") for arg in node.args)
    ]


def test_no_check_is_an_assert():
    """They vanish under ``python -O``."""
    assert {str(path): lines for path, tree in modules() if (lines := asserts(tree))} == {}


def test_only_disclosure_and_releases_import_the_seal():
    importers = {path.parts[0] for path, tree in modules() if seals(tree)}
    assert importers == MAY_SEAL - {"tables"}


def test_only_the_seal_makes_protected_tables():
    assert {path.as_posix() for path, tree in modules() if makes(tree)} == {"tables/seal.py"}


@pytest.mark.parametrize(
    ("source", "finder"),
    [
        ("def check(n):\n    assert n > 3", asserts),
        ("from sozialraum.tables.seal import seal", seals),
        ("from sozialraum.tables import seal", seals),
        ("import sozialraum.tables.seal as wax", seals),
        ("table = object.__new__(ProtectedTable)", makes),
        ("profiles = object.__new__(ProtectedProfiles)", makes),
        ("object.__setattr__(table, 'frame', frame)", makes),
    ],
)
def test_a_planted_violation_is_caught(source, finder):
    assert finder(ast.parse(source))


def test_nobody_else_makes_one():
    with pytest.raises(DoorError):
        ProtectedTable()
    with pytest.raises(TypeError):
        ProtectedTable(pl.DataFrame(schema=COUNT_SCHEMA))
    with pytest.raises(DoorError):
        ProtectedProfiles()
    with pytest.raises(TypeError):
        ProtectedProfiles(pl.DataFrame(schema=PROFILE_SCHEMA))


JOURNEY = """
import sys
sys.path.insert(0, {tests!r})
from disclosure_samples import counts, districts, door, part, with_city
from sozialraum.errors import DoorError
rows = {{"persons": [3, 40, 20, 900], "persons sgb2=yes": [1, 38, 9, 100]}}
frame = counts(with_city(rows))
table = door(frame, part("persons sgb2=yes", "persons"), areas=districts(4), minimum=5).table
print(table.frame.write_csv())
for spoilt in (frame.drop("policy"), frame.vstack(frame)):
    try:
        door(spoilt, minimum=5)
    except DoorError as error:
        print(error)
"""


def run(*flags: str) -> str:
    tests = str(Path(__file__).parents[1])
    command = [sys.executable, *flags, "-c", JOURNEY.format(tests=tests)]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE.parent)}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout


def test_python_o_changes_nothing():
    plain = run()
    assert "suppressed" in plain
    assert "one row for each measure" in plain
    assert run("-O") == plain
    assert run("-OO") == plain


STRICT = """
title.de = "Register"
why.de = "Zum Schutz der Gezählten."
[public]
minimum = 5
suppression = { seconds = 0.5 }
[internal]
minimum = 5
suppression = { seconds = 0.5 }
"""


def built(project: Path, *flags: str) -> dict[str, bytes]:
    """Build a project by the command line and return the files of both packages and the audit's report."""
    environment = {**os.environ, "PYTHONPATH": str(SOURCE.parent)}
    command = [sys.executable, *flags, "-m", "sozialraum", "build", str(project), "--json"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
    files = tree(Path(json.loads(told)["folder"]))
    return {name: content for name, content in files.items() if not name.startswith(("manifest", "state"))}


def test_python_o_builds_the_same_release(tmp_path):
    """Byte by byte, from the same deliveries and the same key of pseudonyms: both packages and what the audit says."""
    project = write_city(tmp_path / "plain")
    city = project / "city.toml"
    city.write_text(city.read_text("utf-8").partition("[microcells]")[0], "utf-8")  # they take long to protect
    (project / "policies").mkdir(exist_ok=True)
    for policy in ("register", "official_statistics"):
        (project / "policies" / f"{policy}.toml").write_text(STRICT, encoding="utf-8")
    load_key(project / ".key")
    again = Path(shutil.copytree(project, tmp_path / "again"))
    plain = built(project)
    assert {"public/counts.parquet", "public/values.parquet", "internal/counts.parquet", "audit.json"} <= plain.keys()
    counts = pl.read_parquet(io.BytesIO(plain["public/counts.parquet"]))
    assert counts.filter(status="suppressed").height > 10, "the door has had something to do"
    assert built(again, "-O") == plain


@pytest.mark.parametrize("copier", [copy.copy, copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))])
def test_a_copy_is_no_way_round(copier):
    """A copy is either refused, or the same table; never one with other content."""
    from disclosure_samples import counts, door

    table = door(counts({"persons": {"d1": 3, "d2": 40}}), minimum=5).table
    try:
        again = copier(table)
    except (DoorError, TypeError, AttributeError):
        return
    assert again.frame.equals(table.frame)
