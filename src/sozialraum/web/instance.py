"""What one running instance keeps for itself in the project's hidden folder ``.web``: key, database, static files.

Nothing here knows Django, so that the settings can be made from it.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from sozialraum.errors import Fault, InputError

PROJECT = "SOZIALRAUM_PROJECT"
"""Environment variable that names the project folder (the one with ``releases/``)."""

HOSTS = "SOZIALRAUM_HOSTS"
"""Environment variable with the host names that the instance answers to, separated by commas."""

DATABASE_URL = "DATABASE_URL"
"""Environment variable that names a PostgreSQL database; without it SQLite is used."""

EXAMPLE = "postgresql://user:password@host:5432/name"

PATIENCE = "10"
"""Seconds to wait for a database server that does not answer."""

_SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=5000;",
}


def project_folder() -> Path:
    """Return the folder that the instance serves: ``SOZIALRAUM_PROJECT``, or where it was started."""
    return Path(os.environ.get(PROJECT, ".")).resolve()


def own_folder(project: Path) -> Path:
    """Return the instance's own folder, made with access for its user alone, with room for static files."""
    folder = project / ".web"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "static").mkdir(exist_ok=True)
    return folder


def secret_key(folder: Path) -> str:
    """Return the instance's key; the first start makes it (two at once agree on one)."""
    if given := os.environ.get("SOZIALRAUM_SECRET_KEY"):
        return given
    path = folder / "secret"
    with suppress(FileExistsError):
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64))
    return path.read_text(encoding="ascii").strip()


def database(folder: Path, url: str | None) -> Mapping[str, Any]:
    """Return Django's database settings: SQLite in the own folder, or PostgreSQL from an address.

    Args:
        folder: the instance's own folder.
        url: ``postgresql://user:password@host:port/name`` (a socket's folder percent-encoded), or nothing for SQLite.
            What follows a ``?`` (``sslmode=require``) is passed on to the driver.

    Raises:
        InputError: this is no address of a PostgreSQL database; shows it without the password.
    """
    if not url:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "db.sqlite3", "OPTIONS": dict(_SQLITE)}
    parts, port = _split(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": _host(parts),
        "PORT": port,
        "CONN_MAX_AGE": 60,
        "OPTIONS": {"connect_timeout": PATIENCE, **dict(parse_qsl(parts.query))},
    }


def without_password(url: str) -> str:
    """Return an address as it may be shown, however badly it is written: what could be a password is ``***``."""
    scheme, slashes, rest = url.partition("://")
    if not slashes:
        scheme, rest = "", url
    before, at, place = rest.rpartition("@")
    user, colon, _password = before.partition(":")
    host, _, tail = re.split(r"[?#]", place, maxsplit=1)[0].partition("/")
    name, port_colon, port = host.rpartition(":")
    if port_colon and not at and not port.isdigit() and not host.endswith("]"):
        host = f"{name}:***"  # no port: perhaps a password without the @ that should follow it
    return f"{scheme}{slashes}{user}{colon and ':***'}{at}{host}{tail and '/' + tail}"


def _split(url: str) -> tuple[SplitResult, str]:
    """Return the parts and the port; nothing of the address is repeated in an error, for it may be the password."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise _fault(url, "it must start with postgresql://", f"write {EXAMPLE}, or unset it to use SQLite")
    try:
        parts = urlsplit(url)
        port = str(parts.port or "")
        if "@" in parts.path:
            raise ValueError("an @ behind the first / means that the password holds a /")
    except ValueError:
        advice = f"write {EXAMPLE}, the port as a number, in the password %40 for @, %2F for /, %23 for #"
        raise _fault(url, "host or port can not be read", advice) from None
    if not parts.path.strip("/"):
        raise _fault(url, "it names no database", f"write {EXAMPLE}")
    return parts, port


def _fault(url: str, what: str, advice: str) -> InputError:
    return InputError(Fault(DATABASE_URL, what=what, value=without_password(url), advice=advice))


def _host(parts: SplitResult) -> str:
    """Return the host, or the folder of a socket in its own case (``hostname`` lowers it)."""
    raw = parts.netloc.rpartition("@")[2]
    return unquote(raw) if raw[:3].upper() == "%2F" else parts.hostname or ""
