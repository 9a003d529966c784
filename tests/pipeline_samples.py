"""A small city on disk, from deliveries to release in a second: a table, a register, houses, microcells."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any

from typer.testing import CliRunner

from sozialraum.cli import app
from sozialraum.cli.arguments import USER_NAMES
from sozialraum.musterstadt import Town, write_project, write_template

MICROCELLS = """
[microcells]
source = "gebaeude"
within = "stadtteile"
indicators = ["einwohner"]
"""
HOUSES = """\
title.de = "Gebäude"
provider = "Vermessungsamt"
licence = "intern"
file = "gebaeude.csv"
kind = "buildings"
policy = "register"
crs = "EPSG:4326"

[columns]
"Gebäude" = { identifier = "building" }
"Straße" = { address = "street" }
Nummer = { address = "house_number" }
X = { coordinate = "x" }
Y = { coordinate = "y" }
Haushalte = { count = "households" }
"""
PERSONS = """\
title.de = "Melderegister"
provider = "Bürgeramt"
licence = "intern"
file = "personen_*.csv"
kind = "register"
universe = "persons"
policy = "register"
period_in_name = 'personen_(\\d{4})'
retention_years = 2

[columns]
Nr = { identifier = "person" }
"Gebäude" = { identifier = "building" }
Alter = { dimension = "age", reads = "number" }
Geschlecht = { dimension = "sex", codes = { w = "female", m = "male" } }
"""
SOUTH_WEST = {"01": (10.05, 52.3), "02": (10.05, 52.314), "03": (10.07, 52.3), "04": (10.07, 52.314)}
HOUSES_PER_AREA = 30
REGISTER_YEAR = "2025"


@dataclass(frozen=True)
class Person:
    number: str
    name: str
    house: str
    area: str
    age: int
    sex: str


def houses() -> Iterator[tuple[str, str, float, float]]:
    """Yield building, area and place (degrees) of every house."""
    for area, (west, south) in SOUTH_WEST.items():
        for number in range(HOUSES_PER_AREA):
            x, y = west + 0.002 + 0.0025 * (number % 6), south + 0.002 + 0.002 * (number // 6)
            yield f"G{area}{number:02}", area, x, y


def persons() -> list[Person]:
    """Return everybody in the register."""
    found = []
    for at, (house, area, _, _) in enumerate(houses()):
        for turn in range(4 + at % 3):
            age, sex = (at * 7 + turn * 23) % 95, "wm"[(at + turn) % 2]
            number = f"P{len(found):04}"
            found.append(Person(number, f"Mustermensch-{number}", house, area, age, sex))
    return found


def write_city(folder: Path) -> Path:
    """Write the small city's project: four quarters, a table of five years, a register and houses of the sixth."""
    write_template(folder, "empty")
    with (folder / "city.toml").open("a", encoding="utf-8") as stream:
        stream.write(MICROCELLS)
    (folder / "sources" / "gebaeude.toml").write_text(HOUSES, encoding="utf-8")
    (folder / "sources" / "personen.toml").write_text(PERSONS, encoding="utf-8")
    rows = [f"{house};Weg {area};{at};{x:.4f};{y:.4f};2" for at, (house, area, x, y) in enumerate(houses())]
    write_lines(folder / "deliveries" / "gebaeude.csv", "Gebäude;Straße;Nummer;X;Y;Haushalte", rows)
    people = [f"{p.number};{p.name};{p.house};{p.age};{p.sex}" for p in persons()]
    register = folder / "deliveries" / f"personen_{REGISTER_YEAR}.csv"
    write_lines(register, "Nr;Nachname;Gebäude;Alter;Geschlecht", people)
    return folder


def write_lines(path: Path, header: str, rows: Sequence[str]) -> None:
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")


@dataclass(frozen=True)
class Answer:
    """What a command left: exit code and both streams."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)

    @property
    def whats(self) -> set[str]:
        """What is wrong, of every fault of a JSON answer."""
        return {fault["what"] for fault in self.json["faults"]}


def run(*arguments: object, user: str | None = "tester") -> Answer:
    """Run the command line in this process, as ``user``; anything but an orderly end raises."""
    names: dict[str, str | None] = {**dict.fromkeys(USER_NAMES), "USER": user}
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], env=names)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Answer(result.exit_code, result.stdout, result.stderr)


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its content, but for locks."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@contextmanager
def served(project: Path) -> Iterator[str]:
    """Serve a project by the command line, at a free port; give the address that it prints."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "sozialraum", "serve", str(project), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        patience = Timer(60, server.kill)
        patience.start()
        try:
            assert server.stdout
            yield server.stdout.readline().split()[0]
        finally:
            patience.cancel()
            server.send_signal(signal.SIGINT)


def write_part(folder: Path, town: Town, sources: Collection[str], year: int) -> None:
    """Write Musterstadt as a project with some of its sources, and registers of one year alone: it builds fast."""
    write_project(folder, town)
    for document in (folder / "sources").glob("*.toml"):
        if document.stem not in sources:
            document.unlink()
    for earlier in range(2015, year):
        for path in (folder / "deliveries").glob(f"*_{earlier}.csv"):
            path.unlink()
