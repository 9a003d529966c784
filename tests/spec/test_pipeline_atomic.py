"""A build is there as a whole or not at all: killed anywhere, on a full disk, or while somebody else builds."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from pipeline_samples import MICROCELLS, run, tree, write_city
from sozialraum import pipeline
from sozialraum.catalogue import load_project
from sozialraum.errors import BusyError
from sozialraum.pipeline import silent
from sozialraum.releases import State, Store, verify_release
from sozialraum.releases import files as release_files
from sozialraum.releases import write as write_module
from sozialraum.releases.files import project_lock
from sozialraum.sources import vault as vault_module

TODAY = date(2026, 5, 1)


@pytest.fixture(scope="module")
def told() -> list[pipeline.Step]:
    """What the build of the published release told."""
    return []


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, told: list[pipeline.Step]) -> Path:
    """A city with one published release."""
    city = write_city(tmp_path_factory.mktemp("city"))
    result = pipeline.build(load_project(city), told.append, who="Test", today=TODAY)
    store = Store(city / "releases")
    pipeline.approve(store, result.release, "Test")
    pipeline.publish(store, result.release, "Test")
    return city


@pytest.fixture
def city(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "city"))


def unchanged_release(city: Path) -> dict[str, bytes]:
    return tree(city / "releases" / "2026.1") | {"published": (city / "releases" / "published").read_bytes()}


def no_half_release(city: Path) -> None:
    """Every release that can be seen is complete, and the first one is published."""
    store = Store(city / "releases")
    visible = [path.name for path in store.folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
    assert sorted(visible) == [release.id for release in store.releases()]
    for release in store.releases():
        assert list(verify_release(release.folder)) == []
    assert store.published_id == "2026.1"
    assert store.state(store.release("2026.1")) is State.PUBLISHED


# --- killed -----------------------------------------------------------------------------------------------------------

KILLED = """
import os, sys
from datetime import date
from pathlib import Path
from sozialraum import pipeline
from sozialraum.catalogue import load_project

project, kind = load_project(Path(sys.argv[1])), sys.argv[2]
flush, moments = os.fsync, [0]


def pass_moment(last):
    moments[0] += 1
    if moments[0] == last:
        os._exit(9)


def build(last):
    if kind == "fsync":
        os.fsync = lambda handle: (flush(handle), pass_moment(last))
    tell = (lambda step: pass_moment(last)) if kind == "step" else pipeline.silent
    pipeline.build(project, tell, who="Test", today=date(2026, 5, 1))
    print("moments", moments[0], flush=True)


for line in sys.stdin:
    child = os.fork()
    if not child:
        try:
            build(int(line))
        except BaseException as error:
            print(error, file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Killer:
    """Runs builds in processes of their own that die at the n-th step or the n-th time that a file reaches the disk."""

    def __init__(self, city: Path, kind: str) -> None:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self._process = subprocess.Popen([sys.executable, "-c", KILLED, str(city), kind], **pipes)

    def build(self, dies_at: int) -> int | None:
        """Start a build and return None where it was killed, else how often it could have been."""
        print(dies_at, file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline().split()
        if answer == ["9"]:
            return None
        assert answer[:1] == ["moments"], "the build failed; it says why above"
        assert self._process.stdout.readline().strip() == "0"
        return int(answer[1])

    def end(self) -> None:
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()


@pytest.fixture
def killer(city: Path) -> Iterator[Callable[[str], Killer]]:
    started: list[Killer] = []

    def start(kind: str) -> Killer:
        started.append(Killer(city, kind))
        return started[-1]

    yield start
    for one in started:
        one.end()


def test_killed_in_every_stage_of_a_build(
    city: Path, killer: Callable[[str], Killer], told: list[pipeline.Step]
) -> None:
    """As each stage begins, and as it ends."""
    before, process = unchanged_release(city), killer("step")
    titles = [step.title for step in told]
    ends = {place for title in titles for place in (titles.index(title), len(titles) - titles[::-1].index(title) - 1)}
    assert len(set(titles)) == 8
    for moment in sorted(ends):
        assert process.build(moment + 1) is None
        assert [release.id for release in Store(city / "releases").releases()] == ["2026.1"]
        assert unchanged_release(city) == before
    assert process.build(0) == len(told)
    no_half_release(city)
    assert [release.id for release in Store(city / "releases").releases()] == ["2026.1", "2026.2"]
    assert unchanged_release(city) == before
    assert not list((city / "releases").glob(".building-*"))


def test_killed_while_files_reach_the_disk(city: Path, killer: Callable[[str], Killer]) -> None:
    shutil.rmtree(city / "vault" / "snapshots")
    (city / "vault" / "index.json").unlink()
    before, process = unchanged_release(city), killer("fsync")
    for moment in (1, 2, 4, 40):
        assert process.build(moment) is None
        assert [release.id for release in Store(city / "releases").releases()] == ["2026.1"]
    total = process.build(0)
    for moment in (total - 9, total):  # the last is the folder of releases, after the new name
        process.build(moment)
        no_half_release(city)
    assert process.build(0) is not None
    assert unchanged_release(city) == before
    assert not [path for path in city.rglob(".*") if path.name.startswith((".building-", ".incoming-"))]


# --- a full disk ------------------------------------------------------------------------------------------------------


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


STAGES = {
    "the key of the pseudonyms": (vault_module, "_write_key"),
    "a snapshot": (vault_module, "_copy"),
    "the index of the vault": (vault_module, "_replace"),
    "a table": (write_module, "_write_parquet"),
    "areas": (write_module, "write_geoparquet"),
    "a document": (write_module.shutil, "copyfile"),
    "the manifest": (write_module, "write_atomic"),
    "the report of the audit": (sys.modules[pipeline.build.__module__], "write_audit"),
    "everything at last": (release_files.os, "fsync"),
}


def forget_everything(city: Path) -> None:
    """Leave neither vault nor key. Cells could not be continued then, so there are none."""
    shutil.rmtree(city / "vault")
    (city / ".key").unlink()
    document = city / "city.toml"
    document.write_text(document.read_text(encoding="utf-8").replace(MICROCELLS, ""), encoding="utf-8")


@pytest.mark.parametrize("stage", STAGES)
def test_a_full_disk_is_told_and_changes_nothing(city: Path, stage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    forget_everything(city)
    before = unchanged_release(city)
    with monkeypatch.context() as patched:
        patched.setattr(*STAGES[stage], full)
        answer = run("build", city, "--json")
    assert answer.code == 1
    assert "No space left on device" in answer.json["faults"][0]["what"]
    assert unchanged_release(city) == before
    assert not [path for path in city.rglob(".*") if path.name.startswith((".building-", ".incoming-"))]
    no_half_release(city)


def test_a_full_disk_while_cells_are_remembered_changes_nothing(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = unchanged_release(city)
    with monkeypatch.context() as patched:
        patched.setattr("sozialraum.pipeline.continuity.write_history", full)
        answer = run("build", city, "--json")
    assert "No space left on device" in answer.json["faults"][0]["what"]
    assert unchanged_release(city) == before
    no_half_release(city)
    assert run("build", city).code == 0


def test_a_full_disk_while_publishing_leaves_the_old_release(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = pipeline.build(load_project(city), silent, who="Test", today=TODAY)
    assert run("approve", result.release.folder, "--who", "Test").code == 0
    with monkeypatch.context() as patched:
        patched.setattr(release_files.os, "fsync", full)
        assert run("publish", result.release.folder, "--json").code == 1
    no_half_release(city)
    assert run("publish", result.release.folder).code == 0
    assert Store(city / "releases").published_id == "2026.2"


def test_a_new_project_is_there_as_a_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("sozialraum.musterstadt.project.write_region_deliveries", full)
        answer = run("new", tmp_path / "region", "--from", "region")
    assert answer.code == 1
    assert "No space left on device" in answer.err
    assert list(tmp_path.iterdir()) == []
    assert run("new", tmp_path / "region", "--from", "region").code == 0


# --- two at once ------------------------------------------------------------------------------------------------------


def test_two_builds_at_once(city: Path) -> None:
    def build_again(step: pipeline.Step) -> None:
        with pytest.raises(BusyError, match="another process builds or publishes in city; wait until it is done"):
            pipeline.build(load_project(city), silent, who="Second", today=TODAY)

    result = pipeline.build(load_project(city), build_again, who="First", today=TODAY)
    assert result.release.id == "2026.2"
    assert [step["who"] for step in result.release.history] == ["First"]


@pytest.mark.parametrize("steps", [("build",), ("build", "approve"), ("build", "approve", "publish")])
def test_whoever_writes_waits_for_nobody(city: Path, steps: tuple[str, ...]) -> None:
    *before, last = steps
    target = {"build": city}
    for step in before:
        assert run(step, target.get(step, city / "releases" / "2026.2")).code == 0
    with project_lock(city / "releases"):
        answer = run(last, target.get(last, city / "releases" / "2026.2"))
    assert answer.code == 1
    assert answer.err.splitlines()[-1] == "another process builds or publishes in city; wait until it is done"


def test_readers_are_not_kept_waiting(city: Path) -> None:
    with project_lock(city / "releases"):
        assert run("check", city).code == 0
        assert run("verify", city / "releases" / "2026.1").code == 0


def test_faults_leave_the_published_release_alone(city: Path) -> None:
    before = unchanged_release(city)
    (city / "deliveries" / "einwohner.csv").write_bytes(b"")
    answer = run("build", city, "--json")
    assert answer.code == 1
    assert json.loads(answer.out)["faults"][0]["what"] == "the file is empty (0 bytes)"
    assert unchanged_release(city) == before
    no_half_release(city)
