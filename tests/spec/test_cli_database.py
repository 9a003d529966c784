"""A wrong or unreachable database is told in a sentence, without its password, and the command ends with 1."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline_samples import write_city

RUN = "import sys; {before}; from sozialraum.cli import main; main()"
"""A process of its own, as Django reads its settings once."""

URLS = {
    # DATABASE_URL, what is said of it, what to do
    "another kind": (
        "mysql://web:secret@db/portal",
        "DATABASE_URL: it must start with postgresql:// (found: 'mysql://web:***@db/portal')",
        "or unset it to use SQLite",
    ),
    "a port that is none": (
        "postgresql://web:secret@127.0.0.1:54x2/portal",
        "DATABASE_URL: host or port can not be read (found: 'postgresql://web:***@127.0.0.1:54x2/portal')",
        "the port as a number",
    ),
    "nobody listens": (
        "postgresql://web:secret@127.0.0.1:1/portal",
        "DATABASE_URL: the database can not be reached: ",
        "(found: 'postgresql://web:***@127.0.0.1:1/portal') -> start the database server, or correct user, password",
    ),
    "no such host": (
        "postgresql://web:secret@db.invalid/portal",
        "DATABASE_URL: the database can not be reached: ",
        "-> start the database server, or correct user, password, host",
    ),
    "an option that the driver does not know": (
        "postgresql://web:secret@127.0.0.1:1/portal?colour=red",
        'DATABASE_URL: the database can not be reached: invalid connection option "colour"',
        "in DATABASE_URL",
    ),
}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_city(tmp_path_factory.mktemp("city"))


def run_alone(*arguments: object, url: str = "", before: str = "pass") -> tuple[int, str]:
    """Run a command in a process of its own; return its exit code and what it said was wrong."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SOZIALRAUM_", "DJANGO"))}
    found = subprocess.run(
        [sys.executable, "-c", RUN.format(before=before), *map(str, arguments)],
        env=environment | {"DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in found.stderr
    assert "secret" not in found.stdout + found.stderr
    return found.returncode, found.stderr


@pytest.mark.parametrize("case", URLS)
def test_serving_with_a_wrong_address(city: Path, case: str) -> None:
    url, said, advice = URLS[case]
    code, told = run_alone("serve", city, "--port", 8099, url=url)
    assert code == 1
    assert told.startswith(said)
    assert advice in told
    assert told.endswith("1 fault\n")


def test_accounts_with_a_wrong_address(city: Path) -> None:
    code, told = run_alone("users", "list", city, url=URLS["nobody listens"][0])
    assert code == 1
    assert told.startswith(URLS["nobody listens"][1])


def test_the_demo_tells_it_before_it_builds(city: Path) -> None:
    code, told = run_alone("demo", city, "--port", 8099, url=URLS["nobody listens"][0])
    assert code == 1
    assert told.startswith(URLS["nobody listens"][1])
    assert not list(city.glob("releases/2*"))


def test_without_the_driver(city: Path) -> None:
    code, told = run_alone(
        *("serve", city, "--port", 8099),
        url=URLS["nobody listens"][0],
        before="sys.modules.update(psycopg=None, psycopg2=None)",
    )
    assert code == 1
    assert told.startswith("DATABASE_URL: the database can not be used: Error loading psycopg2 or psycopg module")
    assert "-> install the driver with: pip install 'sozialraum[postgresql]'" in told


SQLITE = {
    "no database": lambda path: path.write_text("this is a diary"),
    "a folder": lambda path: path.mkdir(),
}


@pytest.mark.parametrize("case", SQLITE)
def test_a_damaged_file_of_sqlite(tmp_path: Path, case: str) -> None:
    city = write_city(tmp_path / "city")
    (city / ".web").mkdir()
    SQLITE[case](city / ".web" / "db.sqlite3")
    code, told = run_alone("serve", city, "--port", 8099)
    assert code == 1
    assert told.startswith(f"{city}/.web/db.sqlite3: the database can not be reached: ")
    assert "restore a damaged file from a backup" in told
