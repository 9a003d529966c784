"""The command disclosure: what the policies withhold, and what others would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table

from sozialraum import pipeline
from sozialraum.catalogue import Measure, load_project
from sozialraum.cli.arguments import AsJson, Deliveries, ProjectFolder
from sozialraum.cli.progress import progress
from sozialraum.cli.terminal import out, print_json, say, table
from sozialraum.periods import calendar_day
from sozialraum.releases import Depth
from sozialraum.releases.what_if import Cause, Outcome, WhatIf, write_what_if

app = typer.Typer()

MOST_ROWS = 10
"""So many indicators and causes are shown on a terminal; JSON has all."""

REASONS = {
    "minimum": "too few",
    "complement": "too few others (the rest of a base)",
    "base": "part of too small a base",
    "all": "everybody (100 %)",
    "none": "nobody (0 %)",
    "contributors": "a sum with too few behind it",
    "unknown": "a sum of which nobody knows who contributes",
    "dominance": "a sum that is nearly all of the largest",
    "p_percent": "a sum that tells a contribution too well",
    "amount": "a sum of changed numbers",
    "tally": "a median or the like of too few",
    "delivered": "withheld by its provider",
    "earlier": "withheld by an earlier release",
    "overlap": "left between overlapping areas",
    "others": "for others: to protect those above",
    "between": "for others: to protect what lies between",
}
"""Why a number is withheld, in the order of the table."""

WORDS = """\
itself: numbers withheld for themselves; for others: so that those can not be
worked out; kept: share of numbers that is published; values lost: share of the
indicators' values, over areas and periods, that is withheld; gap: by how much
another choice of numbers withheld for others could be better, at most; between:
what nobody publishes, but what published numbers leave of each other."""


class Package(StrEnum):
    """Which packages a what-if looks at."""

    BOTH = "both"
    PUBLIC = "public"
    INTERNAL = "internal"

    @property
    def depths(self) -> tuple[Depth, ...]:
        """The packages."""
        if self is Package.BOTH:
            return ("public", "internal")
        return ("public",) if self is Package.PUBLIC else ("internal",)


@app.command()
def disclosure(  # noqa: PLR0913 - one parameter for each option
    folder: ProjectFolder,
    what_if: Annotated[
        list[str] | None,
        typer.Option(
            help="Other rules, as a policy writes them: 'minimum = 5, complement = false'; with 'policy = ID' for that "
            "policy alone. Once for each scenario; without any: a few usual ones.",
            metavar="KEY=VALUE,...",
        ),
    ] = None,
    depth: Annotated[Package, typer.Option(help="Which package.")] = Package.BOTH,
    indicator: Annotated[
        list[str] | None, typer.Option(help="Only this indicator; may be given several times.", metavar="ID")
    ] = None,
    period: Annotated[
        list[str] | None, typer.Option(help="Only this period; may be given several times.", metavar="PERIOD")
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="As if no release had been approved before: nothing stays withheld.")
    ] = False,
    save: Annotated[bool, typer.Option("--save", help="Keep it for the stewards' page of the portal.")] = False,
    deliveries: Deliveries = None,
    as_json: AsJson = False,
) -> None:
    """Show what the policies withhold, what others would, and which numbers take others along. Confidential.

    Nothing is built and nothing published. It says which numbers are withheld because they are small: for whoever may
    read the deliveries, not to be passed on.
    """
    if save and (indicator or period):
        raise typer.BadParameter("the page shows everything: leave out --indicator and --period", param_hint="--save")
    project = load_project(folder, deliveries)
    trials = pipeline.read_trials(project, pipeline.DEFAULTS if what_if is None else what_if)
    wanted = pipeline.Wanted(depth.depths, tuple(indicator or ()), tuple(period or ()), fresh)
    with progress() as tell:
        found = pipeline.what_if(project, trials, tell, wanted=wanted, today=calendar_day())
    if save:
        write_what_if(project.releases, found)
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    for shown in _tables(found):
        out.print(shown)
    for notice in _refusals(found):
        say(notice, style="bold red")
    say(WORDS)
    kept = "Stewards see it in the portal, at /intern/geheimhaltung/." if save else "Nothing was kept; --save does."
    say(f"Confidential: do not pass it on. {kept}", style="bold")


def _tables(found: WhatIf) -> Iterator[Table]:
    rows = [
        (str(number), scenario.text or "the policies as they are", ", ".join(scenario.policies))
        for number, scenario in enumerate(found.scenarios)
    ]
    yield table("What is compared", ("", "rules", "policies that change"), rows)
    for depth, outcomes in found.packages.items():
        yield _overview(depth, outcomes)
        if any(one.effect.changed for one in outcomes):
            yield _changes(outcomes)
        yield _reasons(outcomes)
        yield _indicators(outcomes)
        shown = outcomes if len(outcomes) <= 2 else outcomes[:1]
        yield from (_causes(one) for one in shown if one.causes)


def _overview(depth: Depth, outcomes: Sequence[Outcome]) -> Table:
    rows = [
        (
            str(one.scenario),
            f"{one.effect.numbers:,}",
            f"{one.effect.themselves + one.effect.earlier:,}",
            f"{one.effect.others:,}",
            f"{one.effect.kept:.1%}",
            f"{one.effect.loss:.1%}",
            f"{one.gap:.1%}" if one.weight else "",
        )
        for one in outcomes
        if not one.refused
    ]
    headers = ("", "numbers", "itself", "for others", "kept", "values lost", "gap")
    return table(f"What is withheld in the {depth} package", headers, rows, right=6)


def _changes(outcomes: Sequence[Outcome]) -> Table:
    rows = [
        (str(one.scenario), f"{one.effect.changed:,}", _number(one.effect.mean_change), _number(one.effect.most_change))
        for one in outcomes
        if one.effect.changed
    ]
    return table("How far numbers are changed", ("", "numbers", "on average", "at most"), rows, right=3)


def _number(number: float | None) -> str:
    return "" if number is None else f"{number:,.2f}"


def _reasons(outcomes: Sequence[Outcome]) -> Table:
    told = [one for one in outcomes if not one.refused]
    counts = [_counts(one) for one in told]
    rows = [(REASONS[name], *(f"{own.get(name, 0):,.10g}" for own in counts)) for name in REASONS if _any(counts, name)]
    headers = ("", *(str(one.scenario) for one in told))
    return table("Why numbers are withheld, by rules", headers, rows, right=len(told))


def _counts(outcome: Outcome) -> dict[str, float]:
    """Return how many numbers are withheld, by the keys of :data:`REASONS`."""
    effect = outcome.effect
    others = {"others": effect.others - outcome.between, "between": outcome.between}
    return {**effect.own, "earlier": effect.earlier, **others}


def _any(counts: Sequence[Mapping[str, float]], name: str) -> bool:
    return any(own.get(name) for own in counts)


def _indicators(outcomes: Sequence[Outcome]) -> Table:
    told = [one for one in outcomes if not one.refused]
    tables = [{one.indicator: one for one in outcome.tables} for outcome in told]
    losses = {
        name: [by_name[name].effect.loss if name in by_name else 0.0 for by_name in tables]
        for name in dict.fromkeys(name for by_name in tables for name in by_name)
    }
    ordered = sorted(losses, key=lambda name: ([-loss for loss in losses[name]], name))
    rows = [(name, *(f"{loss:.1%}" for loss in losses[name])) for name in ordered if any(losses[name])]
    headers = ("indicator", *(str(one.scenario) for one in told))
    return table("Values lost by indicators, by rules", headers, rows[:MOST_ROWS], right=len(told))


def _causes(outcome: Outcome) -> Table:
    rows = [_cause(cause) for cause in outcome.causes[:MOST_ROWS]]
    title = f"Numbers that take others along under rules {outcome.scenario}"
    return table(title, ("number, and why it is withheld", "others"), rows, right=1)


def _cause(cause: Cause) -> tuple[str, str]:
    measure = Measure.parse(cause.universe, cause.where)
    number = f"{measure}, {cause.area_system} {cause.area}, {cause.period}: {REASONS[cause.why]}"
    return number, f"{cause.further:g}" if cause.alone else f"about {cause.further:g}"


def _refusals(found: WhatIf) -> Iterator[str]:
    """Yield why a build under some rules would stop."""
    for depth, outcomes in found.packages.items():
        for one in outcomes:
            if one.refused:
                rules = found.scenarios[one.scenario].text or "the policies as they are"
                yield f"Under {rules} there would be no {depth} package: {one.refused}"
