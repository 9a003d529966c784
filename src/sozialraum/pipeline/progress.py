"""How a long work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of the work.

    Attributes:
        title: what is being done, in words.
        done: how much of it is done.
        total: how much there is to do.
    """

    title: str
    done: int = 0
    total: int = 1


Tell = Callable[[Step], None]
"""Hears about every step."""


def silent(step: Step) -> None:
    """Hear a step and say nothing."""
