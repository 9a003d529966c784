"""The best choice of further numbers to withhold (Fischetti and Salazar 2001), as far as a limit allows.

A master problem proposes what to withhold; an attacker shows what is then too narrow; each proof becomes a cut, and the
master proposes again: first with cells withheld in part, until nothing more is found, then with whole cells, by branch
and bound. What the master proposes weighs no more than the best choice, so as soon as the attacker finds nothing, it
*is* the best choice. Until then its weight is a bound, and says how much better than a known choice any other could be.

Whatever is chosen counts only when :class:`Hiding` has proved every interval. The search is limited by counted work,
not by the clock, so that the same table gives the same answer on every machine. Where the limit comes first, the good
choice of :meth:`Hiding.protect` stands, less what it does not need.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sozialraum.disclosure.cuts import Attacker
from sozialraum.disclosure.elimination import Floats, Ints
from sozialraum.disclosure.hiding import TOLERANCE, Hiding, NearCells
from sozialraum.disclosure.master import Master, Proposal
from sozialraum.errors import DoorError

TAIL = 3
"""After so many proposals that hardly raise the bound whole cells are proposed."""

HARDLY = 1e-3
"""A bound that rises by less than this share hardly rises."""

FEW_STEPS = 4
"""After every so many proposals of whole cells the last one is mended, to see how good a choice is known."""

NODES = 25
"""The most nodes of one branch and bound for each second that is left."""

LEAST_NODES, MOST_NODES = 10, 20_000

TRIAL, EACH = 5e-3, 2e-4
"""Work of proving a choice, about, and of each wanted cell in it."""

MANY_CHOSEN = 3000
"""Where more numbers go than this, it is not tried which of them need not."""

ROUNDS = 4e-3
"""Work of a few rounds of cuts, about, for each wanted cell: with less time than that nothing is searched."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to look for the best choice.

    Attributes:
        seconds: about how long; 0 for not at all.
        gap: end when no choice can be better by more than this share.
    """

    seconds: float
    gap: float


@dataclass(frozen=True, slots=True)
class Found:
    """How good a choice is.

    Attributes:
        weight: what it costs to withhold what is withheld for the sake of others.
        bound: no choice costs less.
        work: how much was calculated, about in seconds.
        best: whether no choice is better by more than the gap that was asked for.
    """

    weight: float
    bound: float
    work: float
    best: bool

    @property
    def gap(self) -> float:
        """By which share another choice could be better, at most."""
        return max(0.0, 1.0 - self.bound / self.weight) if self.weight > 0 else 0.0


def choose_best(table: Hiding, wanted: Ints, near: NearCells, limits: Limits) -> Found:
    """Withhold what costs least so that every wanted cell, and every cell withheld for it, is safe.

    Args:
        table: nothing is withheld yet for the sake of others; what is chosen is written here.
        wanted: the cells that must be safe.
        near: where counterweights may be.
        limits: how long to look.

    Raises:
        DoorError: no set of cells protects a number, or the solver gave up.
    """
    search = _Search(table, wanted, near, limits)
    if limits.seconds > ROUNDS * len(wanted):
        search.run()
    return search.end()


class _Search:
    def __init__(self, table: Hiding, wanted: Ints, near: NearCells, limits: Limits) -> None:
        self._table = table
        self._wanted = wanted
        self._near = near
        self._limits = limits
        self._best: Hiding | None = None
        self._last: Ints | None = None
        self._bound = 0.0
        self._trials = 0

    def run(self) -> None:
        """Propose and attack until the best choice is found or the limit reached."""
        self._propose_parts()
        count = 0
        while not self._over:
            proposal = self._master.whole(self._limits.gap / 2, self._nodes)
            self._bound = max(self._bound, proposal.bound)
            if proposal.degree is None:
                return
            count += 1
            if not self._attack(proposal.degree, mend=count % FEW_STEPS == 0):
                return

    def end(self) -> Found:
        """Take the best choice that is known; prove it."""
        if not self._good_enough:
            self._improve(self._table.instead(np.zeros(0, dtype=np.int64)))
            if self._last is not None:
                self._improve(self._table.instead(self._last))
        best = self._best
        if best is None or best.narrow(self._wanted, thorough=True).size:
            raise DoorError("a choice of what to withhold could not be proved to be safe")
        self._table.hidden, self._table.chosen = best.hidden, best.chosen
        return Found(best.cost, min(self._bound, best.cost), self._work, self._good_enough)

    @cached_property
    def _attacker(self) -> Attacker:
        return Attacker(self._table)

    @cached_property
    def _master(self) -> Master:
        return Master(self._attacker.free, self._table.demand.weight)

    @property
    def _work(self) -> float:
        return self._attacker.work + self._master.work + self._trials * (TRIAL + EACH * len(self._wanted))

    @property
    def _nodes(self) -> int:
        left = max(self._limits.seconds - self._work, 0.0)
        return int(min(max(NODES * left, LEAST_NODES), MOST_NODES))

    @property
    def _over(self) -> bool:
        return self._good_enough or self._work >= self._limits.seconds

    @property
    def _good_enough(self) -> bool:
        """Whether the best known choice is as good as was asked for."""
        if self._best is None:
            return False
        return self._best.cost - self._bound <= self._limits.gap * self._best.cost + TOLERANCE

    def _propose_parts(self) -> None:
        """Propose cells withheld in part, until nothing more is to be learnt that way."""
        idle = 0
        while not self._over and idle < TAIL:
            proposal = self._part_proposal()
            idle = idle + 1 if proposal.bound - self._bound < HARDLY * proposal.bound else 0
            self._bound = max(self._bound, proposal.bound)
            cuts = self._attacker.in_part(_degree(proposal), self._wanted)
            if not cuts:
                return
            self._master.add(cuts)

    def _part_proposal(self) -> Proposal:
        proposal = self._master.relaxed()
        while cuts := self._attacker.alone(_degree(proposal)):
            self._master.add(cuts)
            proposal = self._master.relaxed()
        return proposal

    def _attack(self, degree: Floats, *, mend: bool) -> bool:
        """Attack a proposal of whole cells and return whether something was too narrow. If not, it is the choice."""
        trial = self._table.instead(np.flatnonzero(degree > 0.5))
        proposed = trial.hidden.copy()  # the trial publishes again what was withheld in vain
        narrow = trial.narrow(self._wanted, thorough=True)
        self._trials += 1
        if not narrow.size:
            self._keep(trial)
            return False
        self._last = np.flatnonzero(trial.chosen)
        self._master.add(self._attacker.alone(degree) + self._attacker.in_full(proposed, narrow))
        if mend:
            self._improve(trial)
        return True

    def _improve(self, trial: Hiding) -> None:
        """Make a choice safe, take out of it what it does not need, and keep it if it is the best so far."""
        trial.protect(self._wanted, self._near)
        if trial.chosen.sum() <= MANY_CHOSEN:
            trial.prune(self._wanted)
        self._trials += 10
        self._keep(trial)

    def _keep(self, trial: Hiding) -> None:
        if self._best is None or trial.cost < self._best.cost:
            self._best = trial


def _degree(proposal: Proposal) -> Floats:
    if proposal.degree is None:
        raise DoorError("the solver found no answer to what should be withheld")
    return proposal.degree
