"""Releases: immutable folders with manifest, signature and state; written once, read by everyone, never changed."""

from sozialraum.releases.diff import ReleaseDiff, diff_releases
from sozialraum.releases.release import ORIGIN_SCHEMA, Depth, Package, Release
from sozialraum.releases.states import TRANSITIONS, State, check_transition, draw_states
from sozialraum.releases.store import Store
from sozialraum.releases.verify import verify_release
from sozialraum.releases.write import PackageContent, ReleaseContent, snapshot_entry, write_audit, write_release

__all__ = [
    "ORIGIN_SCHEMA",
    "TRANSITIONS",
    "Depth",
    "Package",
    "PackageContent",
    "Release",
    "ReleaseContent",
    "ReleaseDiff",
    "State",
    "Store",
    "check_transition",
    "diff_releases",
    "draw_states",
    "snapshot_entry",
    "verify_release",
    "write_audit",
    "write_release",
]
