"""Accounts of the platform: who may sign in, in which role. Needs :func:`sozialraum.web.open_database` first."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation

from sozialraum.errors import Fault, InputError

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class Role(StrEnum):
    """What somebody with an account does here. Stewards and planners are staff and see internal pages; what says which
    numbers are small is for stewards alone."""

    STEWARD = "steward"
    PLANNER = "planner"
    RESIDENT = "resident"

    @property
    def is_staff(self) -> bool:
        """Whether internal pages are open."""
        return self is not Role.RESIDENT


@dataclass(frozen=True, slots=True)
class Account:
    """An account as its keeper sees it.

    Attributes:
        name: the name to sign in with.
        role: what it may see.
        last_seen: the day of the last sign-in (ISO), None before the first.
    """

    name: str
    role: Role
    last_seen: str | None

    def as_json(self) -> dict[str, str | None]:
        """Return the account for machines."""
        return {"name": self.name, "role": self.role.value, "last_seen": self.last_seen}


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A demo account as it is told to whoever started the demo."""

    name: str
    password: str
    role: Role


def accounts() -> tuple[Account, ...]:
    """Return every account by name."""
    return tuple(_account(user) for user in _model().objects.prefetch_related("groups").order_by("username"))


def find(name: str) -> Account:
    """Return the account of this name.

    Raises:
        InputError: there is none; lists what there is.
    """
    return _account(_user(name))


def demand_new(name: str) -> None:
    """Refuse a name that can not be a new account's, before anybody is asked for a password.

    Raises:
        InputError: the name is taken, or is none.
    """
    if _model().objects.filter(username__iexact=name).exists():
        advice = "choose another name, or use: sozialraum users role, sozialraum users password"
        raise InputError(Fault("NAME", what="there is an account of this name already", value=name, advice=advice))
    with _faults("NAME", name):
        _model()(username=name).clean_fields(exclude=["password"])


@transaction.atomic
def add_account(*, name: str, role: Role, password: str) -> None:
    """Make an account.

    Raises:
        InputError: the name is taken or is none, or the password is too weak.
    """
    demand_new(name)
    user = _model()(username=name)
    _give_password(user, password)
    user.save()
    _give_role(user, role)


@transaction.atomic
def set_role(*, name: str, role: Role) -> None:
    """Give an account another role.

    Raises:
        InputError: there is no such account.
    """
    _give_role(_user(name), role)


def set_password(*, name: str, password: str) -> None:
    """Give an account a new password; whoever is signed in with it is signed out.

    Raises:
        InputError: there is no such account, or the password is too weak.
    """
    user = _user(name)
    _give_password(user, password)
    user.save()


def remove_account(*, name: str) -> None:
    """Remove an account; whoever is signed in with it is signed out.

    Raises:
        InputError: there is no such account.
    """
    _user(name).delete()


@transaction.atomic
def demo_accounts() -> tuple[DemoAccount, ...]:
    """Make an account of each role with a new password (or give the existing one a new password)."""
    made = []
    for role in Role:
        user, _created = _model().objects.get_or_create(username=role.value)
        password = secrets.token_urlsafe(9)
        user.set_password(password)
        user.save()
        _give_role(user, role)
        made.append(DemoAccount(role.value, password, role))
    return tuple(made)


def role_of(user: User) -> Role:
    """Return the role; accounts made by other means have no group, but are staff or not."""
    names = {group.name for group in user.groups.all()}
    return next((role for role in Role if role.value in names), Role.PLANNER if user.is_staff else Role.RESIDENT)


def _model() -> type[User]:
    """Return Django's model; it can only be imported when Django knows whose instance this is."""
    from django.contrib.auth.models import User

    return User


def _user(name: str) -> User:
    found = _model().objects.filter(username=name).first()
    if found is None:
        advice = f"accounts here: {', '.join(account.name for account in accounts()) or 'none'}"
        raise InputError(Fault("NAME", what="there is no such account", value=name, advice=advice))
    return found


def _account(user: User) -> Account:
    return Account(user.username, role_of(user), user.last_login.date().isoformat() if user.last_login else None)


def _give_role(user: User, role: Role) -> None:
    from django.contrib.auth.models import Group

    group, _created = Group.objects.get_or_create(name=role.value)
    user.groups.set([group])
    user.is_staff = role.is_staff
    user.save()


def _give_password(user: User, password: str) -> None:
    from django.contrib.auth.password_validation import validate_password

    with _faults("password"):
        validate_password(password, user)
    user.set_password(password)


@contextmanager
def _faults(place: str, value: str = "") -> Iterator[None]:
    """Turn what Django says about a field into faults, in the language of the command line."""
    with translation.override("en"):
        try:
            yield
        except ValidationError as error:
            raise InputError([Fault(place, what=str(message), value=value) for message in error.messages]) from error
