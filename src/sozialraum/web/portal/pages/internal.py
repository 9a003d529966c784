"""Internal pages: what a reviewer needs to judge a release: its steps, what was withheld and why, its microcells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sozialraum.releases import Depth, Release, State
from sozialraum.web.atlas.cells import MICROCELLS
from sozialraum.web.atlas.queries import by_theme, current_areas
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.numbers import day_words, language, said
from sozialraum.web.portal.pages.cell_quality import answer, percent, whole_number


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
        "report": release.readable_audit(language()) is not None,
        "microcells": answer(release) if depth == "internal" else "",
        "systems": [
            (_system_title(atlas, name), whole_number(len(current_areas(atlas, name)))) for name in atlas.areas
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
        whole_number(cells),
        whole_number(primary),
        whole_number(secondary),
        percent(share),
    )
