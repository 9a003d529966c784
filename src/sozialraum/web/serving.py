"""Runs the platform for one project folder."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from sozialraum.web.instance import PROJECT


@dataclass(frozen=True, slots=True)
class Account:
    """A demo account as it is told to whoever started the demo."""

    name: str
    password: str
    role: str


DEMO = (("steward", "Steward"), ("planner", "Planner"), ("resident", "Resident"))
"""User name and role; everyone but residents is staff."""


def prepare(project: Path) -> None:
    """Make the instance ready to serve ``project``: settings, database, static files. Safe to call again.

    Raises:
        ValueError: ``DATABASE_URL`` is no address of a PostgreSQL server.
    """
    import django
    from django.core.management import call_command

    os.environ[PROJECT] = str(project.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sozialraum.web.settings")
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)


def demo_accounts() -> tuple[Account, ...]:
    """Make the demo accounts with new passwords (or give the existing ones new passwords); needs :func:`prepare`."""
    from django.contrib.auth.models import User

    accounts = []
    for name, role in DEMO:
        user, _created = User.objects.get_or_create(username=name)
        password = secrets.token_urlsafe(9)
        user.set_password(password)
        user.is_staff = name != "resident"
        user.save()
        accounts.append(Account(name, password, role))
    return tuple(accounts)


def serve(project: Path, host: str = "127.0.0.1", port: int = 8000, *, workers: int = 1) -> None:
    """Serve ``project`` until interrupted.

    Args:
        project: the folder with ``releases/``.
        host: address to listen on; it is allowed as a host name.
        port: port to listen on.
        workers: processes that answer.

    Raises:
        ValueError: ``DATABASE_URL`` is no address of a PostgreSQL server.
        RuntimeError: the port is taken.
    """
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    hosts = filter(None, [os.environ.get("SOZIALRAUM_HOSTS", ""), "" if host in ("0.0.0.0", "::") else host])
    os.environ["SOZIALRAUM_HOSTS"] = ",".join(hosts)
    prepare(project)
    server = Granian(
        "sozialraum.web.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        log_access=False,
        log_level=LogLevels.warning,
    )
    server.serve()
