"""What an instance keeps for itself, and what its environment may say."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from sozialraum.web import instance


def test_the_key_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOZIALRAUM_SECRET_KEY", raising=False)
    folder = instance.own_folder(tmp_path)
    key = instance.secret_key(folder)
    assert len(key) >= 64
    assert instance.secret_key(folder) == key
    assert stat.S_IMODE((folder / "secret").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_key_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOZIALRAUM_SECRET_KEY", "given")
    assert instance.secret_key(tmp_path) == "given"
    assert not (tmp_path / "secret").exists()


def test_sqlite_by_default(tmp_path: Path) -> None:
    found = instance.database(tmp_path, None)
    assert found["NAME"] == tmp_path / "db.sqlite3"
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in found["OPTIONS"]["init_command"]


def test_postgresql_by_address(tmp_path: Path) -> None:
    found = instance.database(tmp_path, "postgresql://web:p%40ss@db.example:5433/sozialraum")
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "web",
        "p@ss",
        "db.example",
        "5433",
        "sozialraum",
    )


def test_postgresql_by_socket(tmp_path: Path) -> None:
    found = instance.database(tmp_path, "postgresql://web@%2Frun%2FMy%2Fsocket/portal")
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("/run/My/socket", "", "portal")


def test_another_database_is_refused_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="must start with postgresql://, found mysql://") as refused:
        instance.database(tmp_path, "mysql://web:secret@db/x")
    assert "secret" not in str(refused.value)


def test_debug_is_off() -> None:
    from django.conf import settings

    assert settings.DEBUG is False
    assert settings.SESSION_COOKIE_HTTPONLY
