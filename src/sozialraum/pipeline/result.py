"""What a build has made, and what is worth telling about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sozialraum.errors import Fault
from sozialraum.releases import Package, Release


@dataclass(frozen=True, slots=True)
class BuildResult:
    """A draft release and what is worth telling about it.

    Attributes:
        release: the draft.
        notes: what was noticed in the deliveries.
        suppression: per policy and depth how many counts were withheld and why.
        unresolved: indicators without a value, with the reason.
        own: indicators that the project itself brings or replaces.
        audit_passed: whether the attacker found nothing.
        seconds: how long it took.
    """

    release: Release
    notes: tuple[Fault, ...]
    suppression: tuple[dict[str, Any], ...]
    unresolved: Mapping[str, str]
    own: frozenset[str]
    audit_passed: bool
    seconds: float

    def holdings(self) -> list[tuple[str, int, int]]:
        """Return rows (what, public, internal) of the numbers of values, counts, indicators, areas and periods."""
        public, internal = _numbers(self.release.public), _numbers(self.release.internal)
        return [(name, number, internal[name]) for name, number in public.items()]

    def withheld(self) -> list[tuple[str, ...]]:
        """Return rows (policy, counts, too small, to protect those, share) of the public package."""
        return [
            (
                str(row["policy"]),
                f"{row['cells']:,}",
                f"{row['primary']:,}",
                f"{row['secondary']:,}",
                f"{(row['primary'] + row['secondary']) / max(1, row['cells']):.1%}",
            )
            for row in self.suppression
            if row["depth"] == "public"
        ]

    def as_json(self) -> dict[str, Any]:
        """Return the result for machines."""
        return {
            "release": self.release.id,
            "folder": str(self.release.folder),
            "audit_passed": self.audit_passed,
            "seconds": round(self.seconds, 2),
            "holdings": {name: {"public": public, "internal": internal} for name, public, internal in self.holdings()},
            "suppression": list(self.suppression),
            "unresolved": dict(self.unresolved),
            "notes": [note.as_json() for note in self.notes],
        }


def _numbers(package: Package) -> dict[str, int]:
    values = package.values
    return {
        "values": values.height,
        "counts": len(package.counts),
        "indicators": values["indicator"].n_unique(),
        "periods": values["period"].n_unique(),
        "areas": values.select("area_system", "area").n_unique(),
    }
