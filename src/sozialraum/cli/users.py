"""The commands ``users``: accounts of the platform.

A password comes from a prompt or from standard input, never as an argument, where everyone on the machine can read it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sozialraum.cli.arguments import AsJson, ProjectFolder, Yes, confirm, demand_project
from sozialraum.cli.terminal import out, print_json, say, table
from sozialraum.web import accounts, open_database
from sozialraum.web.accounts import Role

app = typer.Typer(no_args_is_help=True, help="Accounts of the platform: add, list, change, remove.")

WHO_SEES_WHAT = "Stewards and planners see internal pages, residents do not."
Name = Annotated[str, typer.Argument(help="The name to sign in with.", metavar="NAME")]


def _open(folder: Path) -> None:
    open_database(demand_project(folder))


@app.command("list")
def show(folder: ProjectFolder, as_json: AsJson = False) -> None:
    """List every account with its role and the last time somebody signed in."""
    _open(folder)
    found = accounts.accounts()
    if as_json:
        print_json([account.as_json() for account in found])
    elif not found:
        say(f"There are no accounts. Next: sozialraum users add {folder} NAME")
    else:
        rows = [(account.name, account.role, account.last_seen or "never") for account in found]
        out.print(table("Accounts", ("name", "role", "last signed in"), rows))


@app.command()
def add(
    folder: ProjectFolder,
    name: Name,
    role: Annotated[Role, typer.Option(help=WHO_SEES_WHAT)] = Role.PLANNER,
) -> None:
    """Add an account; asks for its password, or reads it from standard input."""
    _open(folder)
    accounts.demand_new(name)
    accounts.add_account(name=name, role=role, password=_password())
    say(f"{name} can sign in as {role}.")


@app.command("role")
def set_role(
    folder: ProjectFolder, name: Name, role: Annotated[Role, typer.Argument(help=WHO_SEES_WHAT, metavar="ROLE")]
) -> None:
    """Give an account another role: steward, planner or resident."""
    _open(folder)
    accounts.set_role(name=name, role=role)
    say(f"{name} is {role} now.")


@app.command("password")
def set_password(folder: ProjectFolder, name: Name) -> None:
    """Give an account a new password and end its sessions; asks for it, or reads it from standard input."""
    _open(folder)
    accounts.find(name)
    accounts.set_password(name=name, password=_password())
    say(f"{name} has a new password.")


@app.command()
def remove(folder: ProjectFolder, name: Name, yes: Yes = False) -> None:
    """Remove an account and end its sessions."""
    _open(folder)
    accounts.find(name)
    confirm(f"The account {name} will be removed.", yes=yes)
    accounts.remove_account(name=name)
    say(f"{name} is removed.")


def _password() -> str:
    """Return a password: asked for twice on a terminal, else the first line of standard input."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")
