"""Runs the platform for one project folder."""

from __future__ import annotations

import errno
import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread

from sozialraum.errors import Fault, InputError
from sozialraum.web.database import make_tables, set_up
from sozialraum.web.instance import HOSTS, PROJECT

EVERYWHERE = ("0.0.0.0", "::")
"""Addresses that mean: listen on every one of the machine's."""

_REFUSALS = {
    errno.EADDRINUSE: ("--port", "something already answers at this port", "stop what is running there, or {other}"),
    errno.EACCES: ("--port", "ports below 1024 are for the system", "{other}, and put a reverse proxy before it"),
    errno.EADDRNOTAVAIL: ("--host", "this machine has no such address", "name one of its own, 0.0.0.0 for all"),
}


def open_database(project: Path) -> None:
    """Make the instance's settings and database ready, for work with accounts. Safe to call again.

    Raises:
        InputError: ``DATABASE_URL`` is wrong, or the database can not be reached or written.
        RuntimeError: this process was made ready for another project before.
    """
    os.environ[PROJECT] = str(project.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sozialraum.web.settings")
    set_up()
    from django.conf import settings

    if project.resolve() != settings.PROJECT_FOLDER:
        raise RuntimeError(f"this process serves {settings.PROJECT_FOLDER}; start another one for {project}")
    make_tables()


def prepare(project: Path) -> None:
    """Make the instance ready to serve ``project``: settings, database, static files. Safe to call again.

    Raises:
        InputError: ``DATABASE_URL`` is wrong, or the database can not be reached or written.
    """
    from django.core.management import call_command

    open_database(project)
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)


def demand_address(host: str, port: int) -> None:
    """Try whether the platform can listen there; two servers at one port would share it without a word.

    Raises:
        InputError: the port is taken or not allowed, or the machine has no such address.
    """
    try:
        family, address = _resolve(host, port)
        socket.create_server((address, port), family=family).close()
    except socket.gaierror as error:
        raise _refusal(errno.EADDRNOTAVAIL, host, port) from error
    except OSError as error:
        if error.errno not in _REFUSALS:
            raise
        raise _refusal(error.errno, host, port) from error


def _resolve(host: str, port: int) -> tuple[int, str]:
    """Return family and number of an address that may be given as a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    return found[0], str(found[4][0])


def _refusal(reason: int, host: str, port: int) -> InputError:
    option, what, advice = _REFUSALS[reason]
    value = host if option == "--host" else str(port)
    return InputError(Fault(option, what=what, value=value, advice=advice.format(other="name another port")))


def address_of(host: str, port: int) -> str:
    """Return where a browser on this machine finds the platform."""
    if host in (*EVERYWHERE, "127.0.0.1", "::1"):
        host = "localhost"
    return f"http://{_in_address(host)}:{port}"


def _in_address(host: str) -> str:
    """Return a host as it stands in an address: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def serve(project: Path, host: str = "127.0.0.1", port: int = 8000, *, ready: Callable[[], None] | None = None) -> None:
    """Serve ``project`` until interrupted.

    Args:
        project: the folder with ``releases/``.
        host: address to listen on; it is allowed as a host name.
        port: port to listen on.
        ready: called once, as soon as somebody answers at the address.

    Raises:
        InputError: ``DATABASE_URL`` is wrong, or the database can not be reached or written.
        RuntimeError: the port is taken.
    """
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    own = "" if host in EVERYWHERE else _in_address(host)
    os.environ[HOSTS] = ",".join(filter(None, [os.environ.get(HOSTS, ""), own]))
    prepare(project)
    server = Granian(
        "sozialraum.web.wsgi:application",
        address=_resolve(host, port)[1],
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=4,
        log_access=False,
        log_level=LogLevels.warning,
    )
    if ready:
        server.on_startup(Thread(target=_wait, args=(host, port, ready), daemon=True).start)
    server.serve()


def _wait(host: str, port: int, ready: Callable[[], None]) -> None:
    """Call ``ready`` when the address answers. Sleeps first: the server forks its workers just then."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    while True:
        time.sleep(0.2)
        with suppress(OSError), socket.create_connection((reached, port), timeout=1):
            break
    ready()
