"""The what-if of a project: what its policies withhold, and what others would. One file beside the releases.

It belongs to no release and holds no number of anybody: only how many numbers are withheld, where and why. Which ones
are withheld for themselves says that they are small, so it is for stewards alone, and no part of any package.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from sozialraum.errors import Fault, ReleaseError, disk_faults
from sozialraum.releases.files import write_atomic
from sozialraum.releases.release import Depth

WHAT_IF = "what-if.json"

Shares = dict[str, dict[str, tuple[int, int]]]
"""By area system and area: how many numbers there are, and how many of them are withheld."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Scenario(_Part):
    """Rules that are tried out."""

    text: str
    """What is changed, as it was asked for: ``minimum = 5``; empty for the policies as they are."""
    policies: tuple[str, ...] = ()
    """Ids of the policies that are changed."""


class Effect(_Part):
    """What rules do to some numbers, and to the values of indicators that are made from them."""

    numbers: int = 0
    """Numbers that were delivered or counted, withheld ones included."""
    own: dict[str, int] = {}
    """How many of them are withheld for themselves, by reason."""
    others: int = 0
    """How many are withheld for the sake of others."""
    earlier: int = 0
    """How many are withheld because an earlier release withheld them."""
    values: int = 0
    """Values of indicators, over areas and periods, that are shown or withheld."""
    lost: int = 0
    """How many of them are withheld."""
    changed: int = 0
    """How many numbers are published as a method made them (rounded, moved, noisy)."""
    mean_change: float | None = None
    """By how much these differ from the true ones, on average without sign."""
    most_change: float | None = None
    """By how much at most."""

    @property
    def themselves(self) -> int:
        """How many numbers are withheld for themselves."""
        return sum(self.own.values())

    @property
    def withheld(self) -> int:
        """How many numbers are withheld in all."""
        return self.themselves + self.others + self.earlier

    @property
    def kept(self) -> float:
        """Which share of the numbers is published."""
        return 1 - self.withheld / self.numbers if self.numbers else 1.0

    @property
    def loss(self) -> float:
        """Information lost: which share of the values is withheld."""
        return self.lost / self.values if self.values else 0.0


class Table(_Part):
    """What rules do to one indicator and the numbers that it is made from."""

    indicator: str
    effect: Effect
    blind: int
    """Areas (microcells left out) that no period shows a value of, but would without the rules."""
    gap: float | None
    """By which share another choice of further numbers could be better, at most, over all tables that these numbers are
    protected with; None where none were withheld."""
    areas: Shares
    """By area (microcells and grids left out)."""


class Cause(_Part):
    """A number that takes others with it."""

    universe: str
    where: str
    area_system: str
    area: str
    period: str
    why: str
    """Why it is withheld for itself; ``overlap`` for what overlapping areas leave of each other."""
    further: float
    """How many numbers are withheld for its sake; parts of one where several share it."""
    alone: bool
    """Whether this is exact: nothing else that hangs together with it is withheld for itself."""
    indicators: tuple[str, ...]
    """The indicators that are made from it."""


class Outcome(_Part):
    """What one scenario does to one package."""

    scenario: int
    """Its place among the scenarios."""
    refused: str = ""
    """Why a build under these rules would stop; empty where it would not."""
    effect: Effect = Effect()
    weight: float = 0.0
    """What it costs to withhold the further numbers."""
    bound: float = 0.0
    """No other choice costs less."""
    tables: tuple[Table, ...] = ()
    """By indicator, the most lost first."""
    areas: Shares = {}
    """By area (microcells and grids left out)."""
    causes: tuple[Cause, ...] = ()
    """The numbers that take most others with them, in all and of each indicator."""
    more_causes: int = 0
    """How many others take any with them."""
    between: float = 0.0
    """How many further numbers protect what is left between published ones; parts of one where a cause shares it."""

    @property
    def gap(self) -> float:
        """By which share another choice of further numbers could be better, at most."""
        return max(0.0, 1 - self.bound / self.weight) if self.weight else 0.0


class WhatIf(_Part):
    """What policies withhold, and what others would."""

    made: str
    """The day, as ISO writes it."""
    earlier: tuple[str, ...]
    """The releases that were taken into account: what they withheld stays withheld."""
    scenarios: tuple[Scenario, ...]
    """The policies as they are, then what is tried out."""
    packages: dict[Depth, tuple[Outcome, ...]]
    """For each package an outcome of each scenario."""


def write_what_if(folder: Path, report: WhatIf) -> Path:
    """Keep a what-if beside the releases, in place of the one before.

    Args:
        folder: the folder of releases.
        report: what is kept.

    Raises:
        InputError: the disk is full or read-only; the one before is still there.
    """
    path = folder / WHAT_IF
    with disk_faults(folder):
        folder.mkdir(parents=True, exist_ok=True)
        write_atomic(path, report.model_dump_json().encode())
    return path


def read_what_if(folder: Path) -> WhatIf | None:
    """Return the what-if that is kept beside the releases, None where there is none.

    Raises:
        ReleaseError: the file is not what was written.
    """
    path = folder / WHAT_IF
    if not path.is_file():
        return None
    try:
        return WhatIf.model_validate_json(path.read_bytes())
    except ValidationError as error:
        advice = "make it again: sozialraum disclosure DIR --save"
        what = "the file is damaged, or another version of the software wrote it"
        raise ReleaseError(Fault(f"releases/{WHAT_IF}", what=what, advice=advice)) from error
