"""The seal: the one place that makes protected tables. Imported by ``disclosure`` and ``releases`` and nobody else."""

from __future__ import annotations

import polars as pl

from sozialraum.tables.profiles import PROFILE_KEY, ProtectedProfiles, check_profiles
from sozialraum.tables.protected import COUNT_KEY, ProtectedTable, check_counts


def seal(frame: pl.DataFrame) -> ProtectedTable:
    """Turn counts that satisfy their policy (or that come from a release) into a protected table.

    Raises:
        DoorError: the frame is no table of counts (see :func:`sozialraum.tables.protected.check_counts`).
    """
    check_counts(frame)
    table = object.__new__(ProtectedTable)
    object.__setattr__(table, "_frame", frame.sort(COUNT_KEY))
    return table


def seal_profiles(frame: pl.DataFrame) -> ProtectedProfiles:
    """Turn profiles that satisfy their policy (or that come from a release) into protected ones.

    Raises:
        DoorError: the frame is none of profiles (see :func:`sozialraum.tables.profiles.check_profiles`).
    """
    check_profiles(frame)
    table = object.__new__(ProtectedProfiles)
    object.__setattr__(table, "_frame", frame.sort(PROFILE_KEY))
    return table
