"""What an instance keeps for itself, and what its environment may say."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from sozialraum.errors import InputError
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


def test_what_follows_the_name_of_the_database_goes_to_the_driver(tmp_path: Path) -> None:
    options = instance.database(tmp_path, "postgresql://web@db/portal?sslmode=require&connect_timeout=3")["OPTIONS"]
    assert options == {"sslmode": "require", "connect_timeout": "3"}


NO_ADDRESSES = {
    # address, shown without the password, what is wrong
    "mysql://web:secret@db/x": ("mysql://web:***@db/x", "it must start with postgresql://"),
    "/srv/secret.db": ("/srv/secret.db", "it must start with postgresql://"),
    "postgresql://web:secret@db": ("postgresql://web:***@db", "it names no database"),
    "postgresql://web:secret@db:54x2/x": ("postgresql://web:***@db:54x2/x", "host or port can not be read"),
    "postgresql://web:secret@db:70000/x": ("postgresql://web:***@db:70000/x", "host or port can not be read"),
    "postgresql://web:sec#ret@db/x": ("postgresql://web:***@db/x", "host or port can not be read"),
    "postgresql://web:sec/ret@db/x": ("postgresql://web:***@db/x", "host or port can not be read"),
    "postgresql://web:5432/ret@db/x": ("postgresql://web:***@db/x", "host or port can not be read"),
    "postgresql://web:5432?ret@db/x": ("postgresql://web:***@db/x", "it names no database"),
    "postgresql://web:secret": ("postgresql://web:***", "host or port can not be read"),
    "web:secret@db/x": ("web:***@db/x", "it must start with postgresql://"),
    "postgresql://[::1/x": ("postgresql://[::1/x", "host or port can not be read"),
    "mysql://db/x?password=secret": ("mysql://db/x", "it must start with postgresql://"),
}


@pytest.mark.parametrize("url", NO_ADDRESSES)
def test_what_is_no_address_of_a_database_is_refused_without_its_password(tmp_path: Path, url: str) -> None:
    shown, what = NO_ADDRESSES[url]
    with pytest.raises(InputError) as refused:
        instance.database(tmp_path, url)
    (fault,) = refused.value.faults
    assert (fault.file, fault.what, fault.value) == ("DATABASE_URL", what, shown)
    assert "postgresql://user:password@host:5432/name" in fault.advice
    assert refused.value.__cause__ is None


def test_debug_is_off() -> None:
    from django.conf import settings

    assert settings.DEBUG is False
    assert settings.SESSION_COOKIE_HTTPONLY
