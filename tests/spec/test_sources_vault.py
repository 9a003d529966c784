"""The vault: what came is kept as it came, once, with where it came from."""

from __future__ import annotations

import hashlib
import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from source_samples import AGGREGATE, KEY, Town, area_systems

from sozialraum.errors import InputError
from sozialraum.sources import Snapshot, Vault, load_key, read_source
from sozialraum.sources.vault import KEY_VARIABLE

KNOWN = Snapshot("", "a.csv", "residents", 0, "Amt", "CC0-1.0", {"url": "https://example.org"})
DAY = date(2024, 2, 29)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "vault", KEY)


@pytest.fixture
def delivered(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_bytes(b"year;persons\n2024;5\n")
    return path


def bits(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_works(vault: Vault, delivered: Path) -> None:
    kept = vault.keep(delivered, KNOWN, DAY)
    assert kept.sha256 == hashlib.sha256(delivered.read_bytes()).hexdigest()
    assert kept.size == 20
    assert (kept.provider, kept.licence) == ("Amt", "CC0-1.0")
    assert kept.details == {"url": "https://example.org", "received": "2024-02-29"}
    assert vault.path_of(kept).read_bytes() == delivered.read_bytes()
    assert vault.snapshots() == (kept,)


def test_nobody_else_may_look_into_it(vault: Vault, delivered: Path) -> None:
    kept = vault.keep(delivered, KNOWN, DAY)
    assert vault.folder is not None
    assert bits(vault.folder) == bits(vault.folder / "snapshots") == 0o700
    assert bits(vault.path_of(kept)) == 0o400


def test_the_same_file_is_kept_once_and_keeps_its_first_day(vault: Vault, delivered: Path) -> None:
    first = vault.keep(delivered, KNOWN, DAY)
    again = vault.keep(delivered, KNOWN, date(2025, 1, 1))
    assert again == first
    assert len(vault.snapshots()) == 1


def test_a_changed_file_is_another_snapshot_and_the_old_one_stays(vault: Vault, delivered: Path) -> None:
    first = vault.keep(delivered, KNOWN, DAY)
    delivered.write_bytes(b"year;persons\n2024;6\n")
    second = vault.keep(delivered, KNOWN, DAY)
    assert vault.path_of(first).read_bytes() != vault.path_of(second).read_bytes()
    assert [snapshot.file for snapshot in vault.snapshots()] == ["a.csv", "a.csv"]


def test_a_file_of_two_sources_is_stored_once_and_known_twice(vault: Vault, delivered: Path) -> None:
    first = vault.keep(delivered, KNOWN, DAY)
    second = vault.keep(delivered, Snapshot("", "a.csv", "births", 0), DAY)
    assert vault.path_of(first) == vault.path_of(second)
    assert [snapshot.source for snapshot in vault.snapshots()] == ["residents", "births"]


def test_sources_that_are_read_side_by_side_lose_no_entry(vault: Vault, tmp_path: Path) -> None:
    def keep(number: int) -> Snapshot:
        path = tmp_path / f"{number}.csv"
        path.write_text(f"year;persons\n2024;{number}\n")
        return vault.keep(path, Snapshot("", path.name, f"source {number}", 0), DAY)

    with ThreadPoolExecutor(8) as threads:
        kept = list(threads.map(keep, range(24)))
    assert set(vault.snapshots()) == set(kept)
    assert {vault.path_of(one).read_text() for one in kept} == {f"year;persons\n2024;{n}\n" for n in range(24)}


def test_what_was_kept_before_a_failure_is_known(vault: Vault, tmp_path: Path) -> None:
    town = Town(tmp_path / "town")
    for year in (2023, 2024):
        town.deliver(f"z_{year}.csv", f"P\n{year}\n")
    toml = 'period_in_name = "z_(\\\\d{4})"\narea = { viertel = "01" }\n[columns]\nP = { count = "persons" }\n'
    town.declare("lieferung", f'{AGGREGATE}file = "z_*.csv"\n{toml}')
    storing = Vault.store

    def store(self: Vault, path: Path, snapshot: Snapshot, today: date | None = None) -> Snapshot:
        if path.name == "z_2024.csv":
            raise OSError(13, "Permission denied")
        return storing(self, path, snapshot, today)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Vault, "store", store)
        with pytest.raises(InputError, match=r"z_2024.csv: no snapshot can be kept \(Permission denied\)"):
            read_source(town.project(), "lieferung", vault)
    assert [snapshot.file for snapshot in vault.snapshots()] == ["z_2023.csv"]


def test_a_full_disk_leaves_the_vault_as_it_was(vault: Vault, delivered: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(OSError, match="No space left"):
            vault.keep(delivered, KNOWN, DAY)
    assert vault.snapshots() == ()
    assert vault.folder is not None
    assert list((vault.folder / "snapshots").iterdir()) == []


def test_reading_with_a_full_disk_says_so(tmp_path: Path, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    town = Town(tmp_path / "town")
    town.deliver("zahlen.csv", "P\n5\n")
    toml = 'period = "2024"\narea = { viertel = "01" }\n[columns]\nP = { count = "persons" }\n'
    town.declare("lieferung", f'{AGGREGATE}file = "zahlen.csv"\n{toml}')
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(InputError, match=r"zahlen.csv: no snapshot can be kept \(No space left on device\)"):
        read_source(town.project(), "lieferung", vault)
    assert vault.snapshots() == ()


def test_a_vault_without_a_folder_keeps_nothing(tmp_path: Path, delivered: Path) -> None:
    kept = Vault(None, KEY).keep(delivered, KNOWN, DAY)
    assert kept.size == 20
    assert Vault(None, KEY).snapshots() == ()
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    with pytest.raises(ValueError, match="keeps nothing"):
        Vault(None, KEY).path_of(kept)


def test_a_broken_index_is_said_and_not_overwritten(vault: Vault, delivered: Path) -> None:
    assert vault.folder is not None
    (vault.folder / "index.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="the index can not be read"):
        vault.keep(delivered, KNOWN, DAY)
    assert (vault.folder / "index.json").read_text(encoding="utf-8") == "{"


# --- retention --------------------------------------------------------------------------------------------------------

RETENTION = [
    # years, today, expired
    (2, date(2026, 2, 27), False),
    (2, date(2026, 2, 28), True),
    (0, date(2024, 2, 29), True),
    (4, date(2028, 2, 28), True),
]


@pytest.mark.parametrize(("years", "today", "expired"), RETENTION)
def test_retention_counts_from_the_day_of_receipt(
    vault: Vault, delivered: Path, years: int, today: date, expired: bool
) -> None:
    kept = vault.keep(delivered, KNOWN, DAY)
    assert vault.expired({"residents": years}, today) == ((kept,) if expired else ())
    assert vault.expired({"births": years}, today) == ()


def test_what_is_forgotten_is_gone_and_its_hash_stays(vault: Vault, delivered: Path) -> None:
    kept = vault.keep(delivered, KNOWN, DAY)
    vault.forget([kept], date(2026, 3, 1))
    assert not vault.path_of(kept).exists()
    assert [(s.sha256, s.details["forgotten"]) for s in vault.snapshots()] == [(kept.sha256, "2026-03-01")]
    assert vault.expired({"residents": 0}, date(2030, 1, 1)) == ()


def test_what_another_source_still_keeps_is_not_deleted(vault: Vault, delivered: Path) -> None:
    first = vault.keep(delivered, KNOWN, DAY)
    second = vault.keep(delivered, Snapshot("", "a.csv", "births", 0), DAY)
    vault.forget([first])
    assert vault.path_of(second).exists()
    vault.forget([second])
    assert not vault.path_of(second).exists()


def test_what_was_forgotten_and_comes_again_is_a_new_delivery(vault: Vault, delivered: Path) -> None:
    vault.forget([vault.keep(delivered, KNOWN, DAY)])
    again = vault.keep(delivered, KNOWN, date(2027, 1, 1))
    assert again.details["received"] == "2027-01-01"
    assert vault.path_of(again).exists()


# --- the key ----------------------------------------------------------------------------------------------------------


def test_a_key_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / ".key"
    key = load_key(file)
    assert len(key) == 64
    assert bits(file) == 0o600
    assert load_key(file) == key


def test_looking_makes_no_key(tmp_path: Path) -> None:
    assert load_key(tmp_path / ".key", create=False) != load_key(tmp_path / ".key", create=False)
    assert list(tmp_path.iterdir()) == []


def test_the_environment_overrides_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "x" * 40)
    assert load_key(tmp_path / ".key") == b"x" * 40
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "mode", "what"), [("short", 0o600, "too short"), ("x" * 40, 0o644, "others than the")]
)
def test_a_key_that_protects_nothing_is_refused(tmp_path: Path, text: str, mode: int, what: str) -> None:
    file = tmp_path / ".key"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    with pytest.raises(InputError, match=what):
        load_key(file)


# --- reading through it -----------------------------------------------------------------------------------------------


def test_reading_a_source_keeps_its_file_and_its_lookup(tmp_path: Path, vault: Vault) -> None:
    town = Town(tmp_path / "town")
    town.deliver("zahlen.csv", "Jahr;V;P\n2024;7;5\n")
    town.deliver("schluessel.csv", "id;code\n7;02\n")
    toml = """
[columns]
Jahr = { period = "year" }
V = { area = "viertel", lookup = "schluessel.csv" }
P = { count = "persons" }
"""
    more = 'url = "https://example.org"\ncontact = { name = "Frau Amt" }\n'
    town.declare("lieferung", f'{AGGREGATE}{more}file = "zahlen.csv"\n{toml}')
    found = read_source(town.project(), "lieferung", vault, systems=area_systems())
    assert {snapshot.file for snapshot in found.snapshots} == {"zahlen.csv", "schluessel.csv"}
    assert set(vault.snapshots()) == set(found.snapshots)
    assert vault.folder is not None
    index = json.loads((vault.folder / "index.json").read_text(encoding="utf-8"))
    assert [entry["provider"] for entry in index] == ["Amt", "Amt"]
    assert [(entry["details"]["url"], entry["details"]["contact"]) for entry in index] == [
        ("https://example.org", "Frau Amt")
    ] * 2


def test_the_period_of_a_file_is_written_down(tmp_path: Path) -> None:
    town = Town(tmp_path / "town")
    toml = 'period_in_name = "_(\\\\d{4})"\narea = { viertel = "01" }\n[columns]\nP = { count = "persons" }\n'
    assert [snapshot.details["period"] for snapshot in town.table(toml, "P\n5\n", "p_2023.csv").snapshots] == ["2023"]
