"""From draft to public, and back: verified, approved by a named person, published in one step, withdrawn."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from sozialraum.errors import Fault, NotAllowedError, ReleaseError
from sozialraum.pipeline.continuity import demand_newest
from sozialraum.pipeline.earlier import audit_together, before
from sozialraum.pipeline.ledger import demand_within_budgets
from sozialraum.releases import Release, State, Store, verify_release
from sozialraum.releases.release import AUDIT
from sozialraum.releases.signature import PUBLIC_KEY

NOT_APPROVABLE: Mapping[State, str] = MappingProxyType(
    {
        State.APPROVED: "publish it: sozialraum publish {release}",
        State.PUBLISHED: "everyone sees it already",
        State.SUPERSEDED: "it was public before; publish it again: sozialraum publish {release}",
        State.WITHDRAWN: "it was taken back for good; build another one",
    }
)
"""What to do with a release that can not be approved where it stands."""

NOT_PUBLISHABLE: Mapping[State, str] = MappingProxyType(
    {
        State.DRAFT: "approve it first: sozialraum approve {release} --who NAME",
        State.IN_REVIEW: "approve it first: sozialraum approve {release} --who NAME",
        State.PUBLISHED: "everyone sees it already",
        State.WITHDRAWN: "it was taken back for good; build another one",
    }
)
"""What to do with a release that can not be published where it stands."""


class Replaced(NamedTuple):
    """The release that another one takes the place of.

    Attributes:
        id: its id.
        newer: whether it is the newer one of both.
    """

    id: str
    newer: bool


def approve(store: Store, release: Release, who: str) -> None:
    """Take a draft through review to approval.

    Raises:
        ReleaseError: the release is not what its builder signed.
        NotAllowedError: the disclosure audit fails, the state table has no such step, its microcells do not continue
            those of the newest release, or its noise would exceed the budget of all releases.
    """
    _demand_sound(store, release)
    _demand_step(store, release, NOT_APPROVABLE)
    if store.state(release) is State.DRAFT:
        store.move(release, State.IN_REVIEW, who, check=_demand_next)
    store.move(release, State.APPROVED, who, check=_demand_next)


def publish(
    store: Store, release: Release, who: str, *, consent: Callable[[Replaced], None] | None = None
) -> Replaced | None:
    """Make an approved release the one that everyone sees.

    Args:
        store: the folder of releases.
        release: what to publish.
        who: is written into the release's history.
        consent: hears what would be replaced, before anything is done; it raises to stop.

    Returns:
        What was public before, None where nothing was.

    Raises:
        ReleaseError: the release is not what its builder signed.
        NotAllowedError: the disclosure audit fails, or the release is not approved; says what to do.
    """
    _demand_sound(store, release)
    _demand_step(store, release, NOT_PUBLISHABLE)
    replaced = _replaced_by(store, release)
    if replaced and consent:
        consent(replaced)
    store.move(release, State.PUBLISHED, who)
    return replaced


def withdraw(store: Store, release: Release, who: str, reason: str) -> Release | None:
    """Take a release back for good. Where it was public, the public sees the release before it, if that is sound.

    A release can be withdrawn in whatever condition it is.

    Returns:
        The release that is public again, None where nothing took the place.

    Raises:
        NotAllowedError: it is withdrawn already.
    """
    instead = _sound_before(store, release) if release.id == store.published_id else None
    store.withdraw(release, who, reason, instead=instead)
    return instead


def _replaced_by(store: Store, release: Release) -> Replaced | None:
    order = [one.id for one in store.releases()]
    public = store.published_id
    return Replaced(public, order.index(public) > order.index(release.id)) if public in order else None


def _demand_step(store: Store, release: Release, instead: Mapping[State, str]) -> None:
    """Refuse a step that the table of states does not have, with what to do instead."""
    state = store.state(release)
    if state in instead:
        advice = instead[state].format(release=shlex.quote(str(release.folder)))
        raise NotAllowedError(f"release {release.id} is {state}; {advice}")


def _sound_before(store: Store, release: Release) -> Release | None:
    try:
        instead = store.before(release)
        if instead:
            _demand_sound(store, instead)
    except (ReleaseError, NotAllowedError):
        return None
    return instead


def _demand_sound(store: Store, release: Release) -> None:
    if not (store.folder / PUBLIC_KEY).is_file():
        what = "the city's public key is missing, so nobody can tell who signed the release"
        raise ReleaseError(Fault(PUBLIC_KEY, what=what, advice="restore it from a backup, or build again"))
    faults = verify_release(release.folder)
    faults.throw(ReleaseError)
    if release.audit is None:
        raise NotAllowedError(f"release {release.id} was never attacked and can not go on; build it again")
    if not release.audit["passed"]:
        raise NotAllowedError(f"release {release.id} fails the disclosure audit and can not go on; see {AUDIT}")
    _demand_sound_together(release)


def _demand_next(store: Store, release: Release) -> None:
    """Refuse, under the lock, what does not go together with the releases that somebody may know by now."""
    demand_newest(store, release)
    demand_within_budgets(store, release)
    _demand_sound_together(release)


def _demand_sound_together(release: Release) -> None:
    """Attack a release again where others were approved since it was built."""
    attacked = (release.audit or {}).get("parameters", {}).get("together_with", [])
    standing = [one.id for one in before(release)]
    if set(standing) <= set(attacked):
        return
    report = audit_together(release.folder)
    if not report.passed:
        what = f"together with {', '.join(standing)} it says too much: {report.exposed[0]}"
        more = f" and {len(report.exposed) - 1} more" if len(report.exposed) > 1 else ""
        raise NotAllowedError(f"release {release.id} can not go on: {what}{more}; build it again: sozialraum build DIR")
