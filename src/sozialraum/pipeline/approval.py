"""From draft to public, and back: verified, approved by a named person, published in one step, withdrawn."""

from __future__ import annotations

from sozialraum.errors import Fault, NotAllowedError, ReleaseError
from sozialraum.releases import Release, State, Store, verify_release
from sozialraum.releases.release import AUDIT
from sozialraum.releases.signature import PUBLIC_KEY


def approve(store: Store, release: Release, who: str) -> None:
    """Take a draft through review to approval.

    Raises:
        ReleaseError: the release is not what its builder signed.
        NotAllowedError: the disclosure audit fails, or the state table has no such step.
    """
    _demand_sound(store, release)
    if store.state(release) is State.DRAFT:
        store.move(release, State.IN_REVIEW, who)
    store.move(release, State.APPROVED, who)


def publish(store: Store, release: Release, who: str) -> None:
    """Make an approved release the one that everyone sees.

    Raises:
        ReleaseError: the release is not what its builder signed.
        NotAllowedError: the disclosure audit fails, or the release is not approved.
    """
    _demand_sound(store, release)
    store.move(release, State.PUBLISHED, who)


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


def _sound_before(store: Store, release: Release) -> Release | None:
    try:
        before = store.before(release)
        if before:
            _demand_sound(store, before)
    except (ReleaseError, NotAllowedError):
        return None
    return before


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
