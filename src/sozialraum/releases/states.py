"""The states of a release as a literal table; docs/reference draws it from here."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from sozialraum.errors import NotAllowedError


class State(StrEnum):
    """Where a release stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


TRANSITIONS: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.DRAFT: frozenset({State.IN_REVIEW, State.WITHDRAWN}),
        State.IN_REVIEW: frozenset({State.APPROVED, State.DRAFT, State.WITHDRAWN}),
        State.APPROVED: frozenset({State.PUBLISHED, State.IN_REVIEW, State.WITHDRAWN}),
        State.PUBLISHED: frozenset({State.SUPERSEDED, State.WITHDRAWN}),
        State.SUPERSEDED: frozenset({State.PUBLISHED, State.WITHDRAWN}),
        State.WITHDRAWN: frozenset(),
    }
)
"""What may follow what. A superseded release may be published again (going back is better than repairing in haste)."""


def check_transition(release: str, current: State, wanted: State) -> None:
    """Refuse a step that the table does not have.

    Raises:
        NotAllowedError: says where the release stands and which steps are open.
    """
    open_steps = TRANSITIONS[current]
    if wanted in open_steps:
        return
    allowed = ", ".join(sorted(open_steps)) or "nothing"
    raise NotAllowedError(f"release {release} is {current}; it can not become {wanted} (possible: {allowed})")


def draw_states() -> str:
    """Return the table as a Mermaid state diagram."""
    steps = [f"    {state} --> {target}" for state, targets in TRANSITIONS.items() for target in sorted(targets)]
    return "\n".join(["stateDiagram-v2", "    [*] --> draft", *steps])
