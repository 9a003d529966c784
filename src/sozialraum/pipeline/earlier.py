"""Earlier releases that somebody may know: what they told, what they withheld, and the attack on all of them together.

A release counts as known from its approval on, until it is withdrawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import polars as pl

from sozialraum.audit import AuditReport, audit_release
from sozialraum.pipeline.continuity import standing_releases
from sozialraum.releases import Depth, Release, State, Store
from sozialraum.tables import COUNT_KEY, Status

CHANGED: Mapping[Depth, str] = MappingProxyType({"public": "changed", "internal": "changed_internal"})
"""The manifest's entries on what a method has changed in each package."""


def withheld_in(releases: Sequence[Release], depth: Depth) -> pl.DataFrame | None:
    """Return ``COUNT_KEY`` of every count that one of them withholds; None without any."""
    hidden = pl.col("status") == Status.SUPPRESSED.value
    frames = [release.package(depth).counts.frame.filter(hidden).select(COUNT_KEY) for release in releases]
    return pl.concat(frames).unique() if frames else None


def known_from(releases: Sequence[Release], depth: Depth) -> pl.DataFrame | None:
    """Return ``COUNT_KEY``, ``value`` and ``release`` of every true count that they tell; None without any.

    What a method changed (rounded, moved, noisy) is told to nobody as it is, even where it happens to be true.
    """
    frames = [
        _true_counts(release, depth).select(*COUNT_KEY, "value", release=pl.lit(release.id)) for release in releases
    ]
    return pl.concat(frames) if frames else None


def values_before(releases: Sequence[Release], depth: Depth) -> pl.DataFrame | None:
    """Return the values of the last of them; None without any."""
    return releases[-1].package(depth).values if releases else None


def _true_counts(release: Release, depth: Depth) -> pl.DataFrame:
    entries = release.manifest.get(CHANGED[depth], ())
    rows = [(row["universe"], row["where"], period) for row in entries for period in row["periods"]]
    changed = pl.DataFrame(rows, schema=dict.fromkeys(("universe", "where", "period"), pl.String), orient="row")
    return release.package(depth).counts.frame.drop_nulls("value").join(changed, on=changed.columns, how="anti")


def before(release: Release) -> tuple[Release, ...]:
    """Return the releases beside a release that were known when it was approved; all that are known, where it was not.

    The day of approval counts, not the name: a draft may be approved after a newer one.
    """
    every = standing_in_order(Store(release.folder.parent))
    own = next((place for place, one in enumerate(every) if one.id == release.id), len(every))
    return every[:own]


def standing_in_order(store: Store) -> tuple[Release, ...]:
    """Return the releases whose numbers somebody may know, in the order in which they were approved."""
    return tuple(sorted(standing_releases(store), key=_approved))


def _approved(release: Release) -> str:
    return next((step["when"] for step in release.history if step["state"] == State.APPROVED), "")


def audit_together(folder: Path) -> AuditReport:
    """Attack a release together with those that were known before it.

    Raises:
        ReleaseError: a file is missing or is not what a release holds.
        SozialraumError: the attack could not be finished, so nothing is proved.
    """
    return audit_release(folder, [one.folder for one in before(Release(folder))])
