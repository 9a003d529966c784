"""Indices of segregation as their sources define them, pair by pair: slow, and plain to see."""

from __future__ import annotations

from collections.abc import Sequence

Numbers = Sequence[float]


def dissimilarity(group: Numbers, everybody: Numbers) -> float | None:
    """The part of a group that would have to move to be spread like all others (Duncan and Duncan 1955)."""
    mine, others = sum(group), sum(everybody) - sum(group)
    if not mine or not others:
        return None
    return sum(abs(own / mine - (every - own) / others) for own, every in zip(group, everybody, strict=True)) / 2


def isolation(group: Numbers, everybody: Numbers) -> float | None:
    """The group's share where its members live, on average (Bell 1954)."""
    mine = sum(group)
    lived_in = [(own, every) for own, every in zip(group, everybody, strict=True) if every]
    return sum(own / mine * own / every for own, every in lived_in) if mine else None


def gini(group: Numbers, everybody: Numbers) -> float | None:
    """How far the group's shares in any two areas lie apart, against the most that they could (Massey and Denton)."""
    share = sum(group) / sum(everybody)
    return None if share in (0, 1) else _apart(group, everybody) / (2 * sum(everybody) ** 2 * share * (1 - share))


def gini_of_means(amounts: Numbers, units: Numbers) -> float | None:
    """The Gini coefficient of a mean, from what all in an area have together and how many they are."""
    total = sum(amounts)
    return _apart(amounts, units) / (2 * sum(units) * total) if total else None


def _apart(tops: Numbers, bases: Numbers) -> float:
    lived_in = [(top / base, base) for top, base in zip(tops, bases, strict=True) if base]
    return sum(one * other * abs(p - q) for p, one in lived_in for q, other in lived_in)
