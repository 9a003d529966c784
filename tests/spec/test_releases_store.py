"""A release comes in whole or not at all; what is public is one name, replaced in one step."""

from __future__ import annotations

import errno
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sozialraum.errors import BusyError, InputError, NotAllowedError, ReleaseError
from sozialraum.periods import Frequency
from sozialraum.releases import State, Store
from sozialraum.releases import files as release_files
from sozialraum.releases import store as store_module

Write = Callable[..., str]


class Kill(BaseException):
    """What a kill looks like from inside: nothing after it runs."""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "releases")


def to_published(store: Store, identifier: str) -> None:
    for state in (State.IN_REVIEW, State.APPROVED, State.PUBLISHED):
        store.move(store.release(identifier), state, "Test")


def test_it_works(store: Store, write_tiny_release: Write) -> None:
    first, second = write_tiny_release(), write_tiny_release()
    to_published(store, first)
    to_published(store, second)
    assert store.published_id == second
    assert [store.state(release) for release in store.releases()] == [State.SUPERSEDED, State.PUBLISHED]
    assert [step["state"] for step in store.release(second).history][-1] == "published"


def test_a_draft_can_not_be_published(store: Store, write_tiny_release: Write) -> None:
    release = store.release(write_tiny_release())
    with pytest.raises(NotAllowedError, match="is draft"):
        store.move(release, State.PUBLISHED, "Test")
    assert store.published_id is None


def test_withdrawing_what_is_public_leaves_nothing_public(store: Store, write_tiny_release: Write) -> None:
    release = write_tiny_release()
    to_published(store, release)
    store.withdraw(store.release(release), "Test", "a wrong table")
    assert store.published() is None
    assert store.state(store.release(release)) is State.WITHDRAWN
    assert store.release(release).history[-1].items() >= {"state": "withdrawn", "reason": "a wrong table"}.items()


def test_what_takes_its_place_is_public_in_the_same_step(store: Store, write_tiny_release: Write) -> None:
    first, second = write_tiny_release(), write_tiny_release()
    for identifier in (first, second):
        to_published(store, identifier)
    store.withdraw(store.release(second), "Test", "x", instead=store.release(first))
    assert store.published_id == first
    assert [store.state(release) for release in store.releases()] == [State.PUBLISHED, State.WITHDRAWN]


def test_what_is_not_public_is_withdrawn_without_a_change_to_what_is(store: Store, write_tiny_release: Write) -> None:
    first, second = write_tiny_release(), write_tiny_release()
    to_published(store, first)
    store.withdraw(store.release(second), "Test", "x", instead=store.release(first))
    assert store.published_id == first
    assert len(store.release(first).history) == 4


def test_nobody_withdraws_without_a_reason(store: Store, write_tiny_release: Write) -> None:
    with pytest.raises(ValueError, match="asks for a reason"):
        store.move(store.release(write_tiny_release()), State.WITHDRAWN, "Test")


def test_the_release_before_is_one_that_was_public(store: Store, write_tiny_release: Write) -> None:
    first, draft, third, newest = (write_tiny_release() for _ in range(4))
    for identifier in (first, newest, third):
        to_published(store, identifier)
    assert store.before(store.release(third)) == store.release(first)
    assert store.before(store.release(draft)) == store.release(first)
    assert store.before(store.release(first)) is None


def test_an_unknown_release_lists_what_there_is(store: Store, write_tiny_release: Write) -> None:
    write_tiny_release()
    with pytest.raises(ReleaseError, match=r"releases here: 2024-H1\.1"):
        store.release("2023-H2.1")


@pytest.mark.parametrize(
    ("taken", "day", "rhythm", "expected"),
    [
        ([], date(2026, 3, 1), Frequency.HALF_YEAR, "2026-H1.1"),
        (["2026-H1.1", "2026-H1.2"], date(2026, 6, 30), Frequency.HALF_YEAR, "2026-H1.3"),
        (["2026-H1.9", "2026-H1.10"], date(2026, 6, 30), Frequency.HALF_YEAR, "2026-H1.11"),
        (["2026-H1.1"], date(2026, 7, 1), Frequency.HALF_YEAR, "2026-H2.1"),
        ([], date(2026, 7, 1), Frequency.YEAR, "2026.1"),
    ],
)
def test_the_next_id(store: Store, taken: list[str], day: date, rhythm: Frequency, expected: str) -> None:
    for identifier in taken:
        (store.folder / identifier).mkdir(parents=True)
        (store.folder / identifier / "manifest.json").write_text("{}", encoding="utf-8")
    assert store.next_id(day, rhythm) == expected


def test_a_build_that_fails_leaves_nothing_behind(store: Store) -> None:
    def fail_half_way() -> None:
        with store.new_release(lambda: "2024-H1.1") as folder:
            (folder / "half").write_text("half", encoding="utf-8")
            raise ValueError

    with pytest.raises(ValueError):
        fail_half_way()
    assert [path.name for path in store.folder.iterdir()] == [".lock"]


def test_what_a_killed_build_left_is_cleared_by_the_next(store: Store, write_tiny_release: Write) -> None:
    (store.folder / ".building-2024-H1.7").mkdir(parents=True)
    write_tiny_release()
    assert sorted(path.name for path in store.folder.iterdir()) == [".lock", "2024-H1.1", "key.pub"]


def test_two_builds_at_once(store: Store) -> None:
    first = store.new_release(lambda: "2024-H1.1")
    second = store.new_release(lambda: "2024-H1.2")
    with first, pytest.raises(BusyError, match="another process"), second:
        pytest.fail("the second build must not start")


def test_a_full_disk(store: Store) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(InputError, match="No space left on device"), store.new_release(lambda: "2024-H1.1"):
        raise full
    assert store.releases() == []


@pytest.mark.parametrize("survived", range(4))
def test_a_kill_while_publishing_leaves_the_old_or_the_new(
    store: Store, write_tiny_release: Write, monkeypatch: pytest.MonkeyPatch, survived: int
) -> None:
    old, new = write_tiny_release(), write_tiny_release()
    to_published(store, old)
    store.move(store.release(new), State.IN_REVIEW, "Test")
    store.move(store.release(new), State.APPROVED, "Test")
    writes = 0

    def dying(path: Path, content: bytes) -> None:
        nonlocal writes
        if writes == survived:
            raise Kill
        writes += 1
        release_files.write_atomic(path, content)

    monkeypatch.setattr(store_module, "write_atomic", dying)
    if survived < 3:
        with pytest.raises(Kill):
            store.move(store.release(new), State.PUBLISHED, "Test")
    else:
        store.move(store.release(new), State.PUBLISHED, "Test")
    states = {release.id: store.state(release) for release in store.releases()}
    before = {old: State.PUBLISHED, new: State.APPROVED}
    after = {old: State.SUPERSEDED, new: State.PUBLISHED}
    assert states == (before if survived == 0 else after)


def test_a_kill_in_the_middle_of_a_write_leaves_the_old_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "published"
    release_files.write_atomic(path, b"old")

    def killed(self: Path, target: Path) -> None:
        raise Kill

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(Kill):
        release_files.write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["published"]
