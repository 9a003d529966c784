"""Policies as they would be: keys of a policy's rules that are tried out, written as a policy writes them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from sozialraum.catalogue import PolicyDoc, Project, RulesDoc
from sozialraum.catalogue.problems import add_problem
from sozialraum.catalogue.references import nearest, no_record_keys
from sozialraum.errors import Faults
from sozialraum.pipeline.assemble import MICROCELLS

DEFAULTS = ("minimum = 5", "complement = false", "method = rounding")
"""What is tried out where nothing else is asked for."""

POLICY = "policy"
"""The key that says which policy is changed; all others are keys of its rules."""

METHODS = ("cell_key", "small_counts", "rounding", "noise")
"""Tables of a method: another method has no use for them."""

_WORD = re.compile(r"(=\s*)([A-Za-z_]\w*)(?=\s*(?:[,}]|$))")


@dataclass(frozen=True, slots=True)
class Trial:
    """Policies that are tried out.

    Attributes:
        text: what is changed, as it was asked for; empty for the policies as they are.
        policies: every policy as it would be.
        changed: the ids of those that are changed.
    """

    text: str
    policies: Mapping[str, PolicyDoc]
    changed: tuple[str, ...] = ()


def read_trials(project: Project, texts: Sequence[str]) -> tuple[Trial, ...]:
    """Return the project's policies as they are, and as each text would have them.

    A text has keys and values of a policy's rules: ``minimum = 5, complement = false``. They hold in both packages, for
    every policy that a source is under and that protects something; with ``policy = register`` for that one alone.

    Raises:
        InputError: with every fault of every text.
    """
    faults = Faults()
    trials = [Trial("", project.catalogue.policies)]
    for text in dict.fromkeys(" ".join(text.split()) for text in texts):
        trials += _read(project, text, faults)
    faults.throw()
    return tuple(trials)


def _read(project: Project, text: str, faults: Faults) -> Iterator[Trial]:
    """Yield the trial of a text; nothing where a fault was added."""
    place = f"--what-if '{text}'"
    try:
        keys = tomllib.loads(f"keys = {{ {_WORD.sub(_quoted, text)} }}")["keys"]
    except tomllib.TOMLDecodeError:
        advice = "write it as a policy does, with commas in between: minimum = 5, complement = false"
        faults.add(place, "these are no keys with values", advice=advice)
        return
    own = keys.pop(POLICY, None)
    known = project.catalogue.policies
    if own is not None and own not in known:
        faults.add(place, "there is no such policy", column=POLICY, value=str(own), advice=nearest(str(own), known))
        return
    if not keys:
        faults.add(place, "nothing is changed", advice="name a key of a policy's rules: minimum = 5")
        return
    before = len(faults.faults)
    changed = {name: _change(known[name], keys, place, faults, every=own is not None) for name in _meant(project, own)}
    found = {name: policy for name, policy in changed.items() if policy is not None and policy != known[name]}
    _demand_keys(project, found, place, faults)
    if len(faults.faults) == before:
        yield Trial(text, {**known, **found}, tuple(sorted(found)))


def _quoted(word: re.Match[str]) -> str:
    """Put a bare word in quotes: shells eat those that a policy has."""
    return word[0] if word[2] in ("true", "false") else f'{word[1]}"{word[2]}"'


def _meant(project: Project, own: str | None) -> list[str]:
    """Return the policies that a text is about: the one that it names, or all that anything is under."""
    if own is not None:
        return [own]
    used = {source.policy for source in project.sources.values()}
    return sorted(used | ({MICROCELLS} if project.city.microcells else set()))


def _change(policy: PolicyDoc, keys: Mapping[str, Any], place: str, faults: Faults, *, every: bool) -> PolicyDoc | None:
    """Return a policy with other rules, None where a fault was added.

    Args:
        policy: as it is.
        keys: what is changed.
        place: where faults are.
        faults: collects.
        every: whether rules that protect nothing (prices, land) are changed too.
    """
    found = {}
    for depth, rules in (("public", policy.public), ("internal", policy.internal)):
        wanted = every or _protects(rules)
        try:
            found[depth] = RulesDoc.model_validate(_merged(rules, keys)) if wanted else rules
        except ValidationError as error:
            for problem in error.errors(include_url=False):
                add_problem(faults, place, "", problem=problem, kind=RulesDoc, names=lambda kind: ())
            return None
    return policy.model_copy(update=found)


def _protects(rules: RulesDoc) -> bool:
    small = rules.minimum > 1 or rules.minimum_base > 1
    return small or rules.block_all or rules.block_none or rules.changes_numbers


def _merged(rules: RulesDoc, keys: Mapping[str, Any]) -> dict[str, Any]:
    own = rules.model_dump(exclude_unset=True)
    if "method" in keys:
        own = {name: value for name, value in own.items() if name not in METHODS}
    return {**own, **keys}


def _demand_keys(project: Project, changed: Mapping[str, PolicyDoc], place: str, faults: Faults) -> None:
    """Add a fault for each source that can not have the cell keys that its policy would need."""
    for name, source in sorted(project.sources.items()):
        policy = changed.get(source.policy)
        by_keys = policy and any(rules.method == "cell_key" for rules in (policy.public, policy.internal))
        if by_keys and not source.extends and (problem := no_record_keys(source)):
            advice = "change only a policy whose sources have it: policy = ID, method = cell_key"
            faults.add(place, problem[0], column="method", value=project.name_of("sources", name), advice=advice)
