"""Scores and types must follow from what is published beside them: everybody can work them out again.

One that does not was made from something that is not public, and tells of it. What is only left out tells nothing.
"""

from __future__ import annotations

from pathlib import Path

from sozialraum.analysis.agreement import Disagreement
from sozialraum.audit.report import Finding, Place
from sozialraum.releases import Package


def unfounded(folder: Path) -> tuple[Disagreement, ...]:
    """Return every score and typology of a release's public package that its published values do not give.

    Raises:
        ReleaseError: a file is not what a release holds.
    """
    return tuple(Package(folder / "public", "public").disagreements())


def finding_of(one: Disagreement) -> Finding:
    """Return what is told without following from anything as a finding about the composite or typology."""
    score = one.score or 0.0
    return Finding(Place(one.name, "", one.area_system, one.area, one.period), score, score, True, "score", one.what)
