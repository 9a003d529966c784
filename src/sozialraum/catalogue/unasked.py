"""Words that do not meet: what a source counts and no indicator asks for, and the other way round.

A misspelt universe is a valid name, so it is no fault; its numbers would just vanish. What has no similar name may well
be meant (a city may deliver more than is asked) and is told in one line.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sozialraum.catalogue.documents import ColumnDoc, SourceDoc
from sozialraum.catalogue.lines import line_of
from sozialraum.catalogue.measures import FIGURE
from sozialraum.catalogue.project import Project
from sozialraum.errors import Fault

SIMILAR = 0.85
"""So similar (0 to 1) must a name be to be taken for a slip: ``person`` to ``persons``, not ``recipients`` to
``care_recipients``."""

IMPLIED = {"buildings": "buildings", "firms": "firms", "offers": "offers"}
"""What the rows of a source are where its kind alone says it."""

Places = dict[str, list[tuple[str, tuple[str, ...]]]]
"""For each universe the documents and keys that name it, in the order of the documents."""


def unasked(project: Project) -> tuple[Fault, ...]:
    """Return notes on universes, amounts and figures that are counted but not asked for, or asked for but not counted.

    Of indicators only the project's own are judged: most of the built-in ones wait for deliveries.
    """
    counted, asked = _counted(project.sources), _asked(project, project.catalogue.indicators)
    own = [name for name in project.catalogue.indicators if project.is_own("indicators", name)]
    delivered = {*counted, *(IMPLIED[doc.kind] for doc in project.sources.values() if doc.kind in IMPLIED)}
    wanted = {name: places for name, places in _asked(project, own).items() if name not in delivered}
    idle = {name: places for name, places in counted.items() if name not in asked and name not in _in_cells(project)}
    others = {name for name, places in asked.items() if any(place not in wanted.get(name, ()) for place in places)}
    return (*_idle(project, idle, asked), *_wanted(project, wanted, delivered, others))


def unvouched(project: Project) -> tuple[Fault, ...]:
    """Return notes on ready-made sums that an indicator asks for and the policy of their source withholds."""
    asked = _asked(project, project.catalogue.indicators)
    found = []
    for source, document in project.sources.items():
        policy = project.catalogue.policies[document.policy]
        if document.personal or (policy.public.ready_made_sums and policy.internal.ready_made_sums):
            continue
        for key, column in _columns(document):
            if column.amount and column.measure and column.measure.universe in asked:
                what = "these sums are withheld, because nobody here knows who contributes to them"
                advice = (
                    f"if their provider has rules on that, set ready_made_sums = true in the policy {document.policy}"
                )
                found.append(_note(project, "sources", [(source, key)], (column.measure.universe, what, advice)))
    return tuple(found)


def _idle(project: Project, idle: Places, asked: Collection[str]) -> Iterator[Fault]:
    """Name one by one what looks like a slip, and in one line what else nobody asks for."""
    near = {name: found for name in idle if (found := _similar(name, asked))}
    for name, meant in near.items():
        advice = f"did you mean {_word(meant)}?"
        yield _note(project, "sources", idle[name], (name, "this is counted, and no indicator asks for it", advice))
    if rest := [_word(name) for name in idle if name not in near]:
        advice = "an indicator of your own can ask for it (docs/reference/indicators.md shows how)"
        yield Fault("sources", what=f"counted, but no indicator asks for it: {', '.join(rest)}", advice=advice)


def _wanted(project: Project, wanted: Places, delivered: set[str], others: set[str]) -> Iterator[Fault]:
    for name, places in wanted.items():
        meant = _similar(name, delivered) or _similar(name, others - {name})
        advice = f"did you mean {_word(meant)}?" if meant else f"sources count: {_list(delivered)}"
        subject = "the indicator asks" if len(places) == 1 else f"{len(places)} of your indicators ask"
        yield _note(project, "indicators", places, (name, f"{subject} for this, and no source counts it", advice))


def _note(
    project: Project, kind: str, places: Sequence[tuple[str, tuple[str, ...]]], words: tuple[str, str, str]
) -> Fault:
    """Make a note that points at the first place; ``words`` are what was found, what is odd, and the advice."""
    (document, key), (name, what, advice) = places[0], words
    line = line_of(project.files[kind, document].read_text(encoding="utf-8-sig"), key)
    return Fault(project.name_of(kind, document), line, ".".join(key), what, _word(name), advice)


def _counted(sources: Mapping[str, SourceDoc]) -> Places:
    """Return what sources count, in their own words."""
    found: Places = {}
    for source, document in sources.items():
        if document.universe:
            found.setdefault(document.universe, []).append((source, ("universe",)))
        for key, column in _columns(document):
            if measure := column.measure:
                found.setdefault(measure.universe, []).append((source, key))
    return found


def _columns(document: SourceDoc) -> Iterator[tuple[tuple[str, ...], ColumnDoc]]:
    yield from ((("columns", name), column) for name, column in document.columns.items())
    if document.values:
        yield ("values",), document.values


def _asked(project: Project, indicators: Iterable[str]) -> Places:
    """Return what indicators ask for; each indicator once."""
    found: Places = {}
    for name in indicators:
        document = project.catalogue.indicators[name]
        for key, measures in document.operands.items():
            named = (measure.summed if measure.statistic else measure for measure in measures)
            for universe in dict.fromkeys(measure.universe for measure in named):
                places = found.setdefault(universe, [])
                if name not in (known for known, _ in places):
                    places.append((name, (document.formula, key)))
    return found


def _in_cells(project: Project) -> set[str]:
    """Return universes and amounts that characteristics of microcells are made from."""
    microcells = project.city.microcells
    attributes = microcells.attributes.values() if microcells else ()
    named = {(project.sources[one.source].universe or "", one.amount) for one in attributes}
    return {name for universe, amount in named for name in (universe, f"{universe}.{amount}")}


def _similar(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that this one may be a slip of; a figure is only ever mistaken for a figure."""
    alike = {_word(other): other for other in known if _is_figure(other) == _is_figure(name)}
    near = difflib.get_close_matches(_word(name), sorted(alike), n=1, cutoff=SIMILAR)
    return alike[near[0]] if near else None


def _is_figure(name: str) -> bool:
    return name.startswith(f"{FIGURE}.")


def _word(name: str) -> str:
    """Return a universe as documents write it; a figure stands there without the prefix."""
    return name.removeprefix(f"{FIGURE}.")


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(_word(name) for name in names)) or "nothing"
