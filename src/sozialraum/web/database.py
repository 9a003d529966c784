"""The instance's database is there and has its tables, or a fault says why not, without the password."""

from __future__ import annotations

import os

from sozialraum.errors import Fault, InputError
from sozialraum.web.instance import DATABASE_URL, without_password

_REACH = "start the database server, or correct user, password, host, port and name in DATABASE_URL"
_WRITE = "give the user of DATABASE_URL the right to create tables (PostgreSQL: make it the database's owner)"
_DRIVER = "install the driver with: pip install 'sozialraum[postgresql]'"
_SQLITE = (
    "give write access to the folder and its files and make room on the disk; restore a damaged file from a backup"
)


def set_up() -> None:
    """Let Django read its settings; they name the database. Safe to call again.

    Raises:
        InputError: ``DATABASE_URL`` is no address of a PostgreSQL database, or its driver is not installed.
    """
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise _fault(error, "the database can not be used", _DRIVER) from error


def make_tables() -> None:
    """Reach the database and make or update its tables; needs :func:`set_up`. Safe to call again.

    Raises:
        InputError: the database can not be reached or written.
    """
    from django.core.management import call_command
    from django.db import Error, connection

    try:
        connection.ensure_connection()
    except Error as error:
        raise _fault(error, "the database can not be reached", _REACH) from error
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except Error as error:
        raise _fault(error, "the tables can not be made", _WRITE) from error


def _fault(error: Exception, what: str, advice: str) -> InputError:
    from django.conf import settings

    words = " ".join(str(error).split())
    url = os.environ.get(DATABASE_URL)
    if not url:
        name = str(settings.DATABASES["default"]["NAME"])
        return InputError(Fault(name, what=f"{what}: {words}", advice=_SQLITE))
    if password := settings.DATABASES["default"]["PASSWORD"]:
        words = words.replace(password, "***")
    return InputError(Fault(DATABASE_URL, what=f"{what}: {words}", value=without_password(url), advice=advice))
