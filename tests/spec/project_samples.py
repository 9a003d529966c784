"""A small project on disk that tests break in one place at a time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from sozialraum.catalogue import load_project
from sozialraum.errors import Fault, ProjectError

CITY = """\
name = "Kleinstadt"
ags = "09999001"
home = "viertel"
"""
AREAS = """\
title.de = "Viertel"
file = "viertel.gpkg"
code = "nr"
name = "name"
"""
SOURCE = """\
title.de = "Einwohner*innen"
provider = "Kleinstadt"
licence = "CC0-1.0"
file = "einwohner.csv"
kind = "aggregate"
policy = "register"

[columns]
jahr = { period = "year" }
viertel = { area = "viertel" }
kinder = { count = "persons", where = { age = "0-14" } }
"""
INDICATOR = """\
title.de = "Kinder in Armut"
definition.de = "Anteil der Kinder, die arm sind."
theme = "mindestsicherung"
unit = "percent"
polarity = "low_is_good"
interval = "wilson"

[share]
of = { universe = "persons", age = "0-14", sgb2 = "yes" }
in = { universe = "persons", age = "0-14" }

[governance]
owner = "Sozialplanung"
checked_by = "Statistikstelle"
next_review = 2028-03-01
"""
FILES = {
    "city.toml": CITY,
    "areas/viertel.toml": AREAS,
    "sources/einwohner.toml": SOURCE,
    "indicators/arme_kinder.toml": INDICATOR,
}


def write_project(folder: Path, changes: Mapping[str, str | bytes] | None = None) -> Path:
    """Write the small project with some files replaced or added."""
    for name, text in {**FILES, **(changes or {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return folder


def faults_of(folder: Path, changes: Mapping[str, str | bytes]) -> tuple[Fault, ...]:
    """Load the project with these changes and return its faults."""
    with pytest.raises(ProjectError) as caught:
        load_project(write_project(folder, changes))
    return caught.value.faults


def fault_of(folder: Path, changes: Mapping[str, str | bytes]) -> Fault:
    """Return the one and only fault."""
    faults = faults_of(folder, changes)
    assert len(faults) == 1, [str(fault) for fault in faults]
    return faults[0]
