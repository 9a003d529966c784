"""What one running instance keeps for itself in the project's hidden folder ``.web``: key, database, static files.

Nothing here knows Django, so that the settings can be made from it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

PROJECT = "SOZIALRAUM_PROJECT"
"""Environment variable that names the project folder (the one with ``releases/``)."""

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

    Raises:
        ValueError: the address is of another kind.
    """
    if not url:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "db.sqlite3", "OPTIONS": dict(_SQLITE)}
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError(f"DATABASE_URL must start with postgresql://, found {parts.scheme}://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": _host(parts),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
    }


def _host(parts: SplitResult) -> str:
    """Return the host, or the folder of a socket in its own case (``hostname`` lowers it)."""
    raw = parts.netloc.rpartition("@")[2]
    return unquote(raw) if raw[:3].upper() == "%2F" else parts.hostname or ""
