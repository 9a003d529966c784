"""Internal pages: what a reviewer needs to judge a release: its steps, what was withheld and why, its microcells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sozialraum.indicators import format_number
from sozialraum.releases import Depth, Release, State
from sozialraum.web.atlas.queries import by_theme, current_areas
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.numbers import day_words, language, said

MICROCELLS = "microcells"
"""The area system that a build forms itself; it has no document."""


@dataclass(frozen=True, slots=True)
class StepTaken:
    """One step of a release: where it then stood, on which day, who took it, why it was withdrawn."""

    state: State
    day: str
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """What one set of privacy rules withheld: counts in all, too small ones, those that protect these, their share."""

    rules: str
    counts: str
    primary: str
    secondary: str
    share: str


def steps(release: Release) -> list[StepTaken]:
    """Return the steps of a release, the first one first."""
    return [
        StepTaken(
            State(step["state"]),
            day_words(datetime.fromisoformat(step["when"]).date()),
            step["who"],
            step.get("reason", ""),
        )
        for step in release.history
    ]


def release_page(release: Release, atlas: Atlas, depth: Depth) -> dict[str, Any]:
    """Return what the page of one package of a release shows."""
    documents = atlas.catalogue.indicators
    return {
        "shown": release,
        "depth": depth,
        "steps": steps(release),
        "withheld": withheld(release, atlas, depth),
        "quality": quality(release) if depth == "internal" else [],
        "systems": [
            (_system_title(atlas, name), _whole_number(len(current_areas(atlas, name)))) for name in atlas.areas
        ],
        "themes": [
            (said(atlas.catalogue.themes[theme].title), [(name, said(documents[name].title)) for name in names])
            for theme, names in by_theme(atlas).items()
        ],
    }


def _system_title(atlas: Atlas, system: str) -> str:
    document = atlas.systems.get(system)
    return said(document.title) if document else _("Mikrozellen") if system == MICROCELLS else system


def withheld(release: Release, atlas: Atlas, depth: Depth) -> list[Withheld]:
    """Return what each set of privacy rules withheld in a package, as the build noted it."""
    rows: Sequence[Mapping[str, Any]] = release.manifest["suppression"]
    return [_withheld(row, atlas) for row in rows if row["depth"] == depth]


def _withheld(row: Mapping[str, Any], atlas: Atlas) -> Withheld:
    policies = atlas.catalogue.policies
    titles = [said(policies[name].title) if name in policies else name for name in str(row["policy"]).split("+")]
    cells, primary, secondary = (int(row[name]) for name in ("cells", "primary", "secondary"))
    share = (primary + secondary) / cells if cells else 0.0
    return Withheld(
        " + ".join(titles),
        _whole_number(cells),
        _whole_number(primary),
        _whole_number(secondary),
        _percent(share),
    )


def quality(release: Release) -> list[tuple[str, str]]:
    """Return what the report on the microcells says, as pairs of name and value; empty where there are none."""
    report: Mapping[str, Any] = release.manifest.get(MICROCELLS) or {}
    if not report.get("cells"):
        return []
    households, metres = report["households_per_cell"], report["diameter"] or {}
    share = report["one_street_share"]
    pairs = [
        (_("Mikrozellen"), _whole_number(report["cells"])),
        (_("Gebäude mit Haushalten"), _whole_number(report["buildings"] - report["buildings_without_households"])),
        (_("Haushalte"), _whole_number(report["households"])),
        (_("Haushalte je Zelle, mindestens verlangt"), _whole_number(report["minimum"])),
        (_("Haushalte in der kleinsten Zelle"), _whole_number(households["minimum"])),
        (_("Haushalte je Zelle, mittlerer Wert"), _whole_number(households["median"])),
        (_("Haushalte in der größten Zelle"), _whole_number(households["maximum"])),
        (_("Durchmesser in Metern, mittlerer Wert"), _whole_number(metres["median"]) if metres else ""),
        (_("Zellen, die breiter sind als gewünscht"), _whole_number(report["flagged"])),
        (_("Zellen mit mehreren Häusern in nur einer Straße"), _percent(share) if share is not None else ""),
        (_("Gebiete ohne Zelle, weil dort zu wenige wohnen"), _whole_number(len(report["areas_without_cells"]))),
        (_("Haushalte, die verloren gingen"), _whole_number(report["households_lost"])),
    ]
    return [(name, value) for name, value in pairs if value]


def _percent(share: float) -> str:
    return f"{format_number(100 * share, 1, language())}\u00a0%"


def _whole_number(number: float) -> str:
    return format_number(number, 0, language())
