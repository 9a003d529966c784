"""The platform runs on PostgreSQL as it does on SQLite: tables, accounts, signing in."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from web.city import write_city

pytestmark = pytest.mark.slow

SIGN_IN = """
import sys
from pathlib import Path
from sozialraum.web import prepare
prepare(Path(sys.argv[1]))
prepare(Path(sys.argv[1]))
from sozialraum.web.accounts import demo_accounts
from django.db import connection
from django.test import Client
steward = demo_accounts()[0]
client = Client(headers={"host": "localhost"})
answer = client.post("/anmelden/", {"username": steward.name, "password": steward.password})
print(connection.vendor, answer.status_code, client.get("/intern/").status_code)
"""

GUEST = "guten Tag"
"""Password of a user who may look at the database and make no tables."""


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    """The address of a server of the test's own, in a folder of its own."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        pytest.skip("PostgreSQL is not installed: run `make system`")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        as_user = _as_postgres(folder)
        data, commands = folder / "data", found[-1]
        _run([*as_user, commands / "initdb", "--auth=trust", "--username=web", "--no-sync", "-D", data])
        rules = data / "pg_hba.conf"
        rules.write_text(f"local all guest scram-sha-256\n{rules.read_text()}")
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        _run([*as_user, commands / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start"])
        guest = f"CREATE ROLE guest LOGIN PASSWORD '{GUEST}'"
        _run([*as_user, commands / "psql", "-h", folder, "-U", "web", "-d", "postgres", "-c", guest])
        yield f"postgresql://web@%2F{str(folder).strip('/').replace('/', '%2F')}/postgres"
        _run([*as_user, commands / "pg_ctl", "-D", data, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_postgres(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: then its own user runs it."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, user=pwd.getpwnam("postgres").pw_uid)
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


def _run(command: list[str | Path]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=60, cwd="/")


def test_it_works(postgresql: str, tmp_path: Path) -> None:
    write_city(tmp_path, quarters=3)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SOZIALRAUM_")}
    done = subprocess.run(
        [sys.executable, "-c", SIGN_IN, str(tmp_path)],
        env=environment | {"DATABASE_URL": postgresql},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.split() == ["postgresql", "302", "200"], done.stderr
    assert not (tmp_path / ".web" / "db.sqlite3").exists()


REFUSED = {
    # user and password, what is said
    "a wrong password": ("guest:falsch", "DATABASE_URL: the database can not be reached: "),
    "no right to make tables": (f"guest:{GUEST.replace(' ', '%20')}", "DATABASE_URL: the tables can not be made: "),
    "an unknown database": ("web", "DATABASE_URL: the database can not be reached: "),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_server_refuses_is_told_without_the_password(postgresql: str, tmp_path: Path, case: str) -> None:
    user, said = REFUSED[case]
    (tmp_path / "city.toml").touch()
    url = postgresql.replace("web@", f"{user}@") + ("_of_nobody" if user == "web" else "")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SOZIALRAUM_", "DJANGO"))}
    done = subprocess.run(
        [sys.executable, "-m", "sozialraum", "users", "list", tmp_path],
        env=environment | {"DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(said)
    assert done.stderr.endswith("1 fault\n")
    assert not any(password in done.stderr for password in ("falsch", GUEST, GUEST.replace(" ", "%20")))
