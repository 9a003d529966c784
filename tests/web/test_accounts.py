"""Accounts at the command line: added, listed, changed, removed; a password is never an argument."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from typer.testing import CliRunner

from pipeline_samples import Answer
from sozialraum.cli import app

PROJECT = settings.PROJECT_FOLDER
PASSWORD = "vier Stadtteile am See"
OTHER = "zwölf Häuser im Norden"


@pytest.fixture(autouse=True)
def empty(database: None, store: object) -> Iterator[None]:
    (PROJECT / "city.toml").touch()
    yield
    User.objects.all().delete()


def users(command: str, *arguments: str, typed: str = "") -> Answer:
    result = CliRunner().invoke(app, ["users", command, str(PROJECT), *arguments], input=typed)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Answer(result.exit_code, result.stdout, result.stderr)


def add(name: str, role: str = "planner", password: str = PASSWORD) -> Answer:
    return users("add", name, "--role", role, typed=f"{password}\n")


def sign_in(client: Client, name: str, password: str = PASSWORD) -> int:
    client.post("/anmelden/", {"username": name, "password": password})
    return client.get("/intern/").status_code


@pytest.mark.parametrize(("role", "status"), [("steward", 200), ("planner", 200), ("resident", 403)])
def test_it_works(client: Client, role: str, status: int) -> None:
    answer = add("ada", role)
    assert (answer.code, answer.out) == (0, f"ada can sign in as {role}.\n")
    assert sign_in(client, "ada") == status


def test_who_is_not_said_to_be_anything_is_a_planner() -> None:
    users("add", "ada", typed=PASSWORD)
    assert users("list", "--json").json == [{"name": "ada", "role": "planner", "last_seen": None}]


def test_the_list(client: Client) -> None:
    assert users("list").out == f"There are no accounts. Next: sozialraum users add {PROJECT} NAME\n"
    add("bo", "steward")
    add("ada")
    sign_in(client, "bo")
    names = [account["name"] for account in json.loads(users("list", "--json").out)]
    assert names == ["ada", "bo"]
    words = users("list").out.replace("│", " ").split()
    assert words[words.index("ada") : words.index("bo")] == ["ada", "planner", "never"]
    assert words[words.index("bo") + 1] == "steward"


def test_accounts_made_by_other_means_have_a_role_too() -> None:
    User.objects.create_user("ada", is_staff=True)
    User.objects.create_user("bo")
    assert [account["role"] for account in users("list", "--json").json] == ["planner", "resident"]


def test_another_role(client: Client) -> None:
    add("ada", "steward")
    assert sign_in(client, "ada") == 200
    assert users("role", "ada", "resident").out == "ada is resident now.\n"
    assert client.get("/intern/").status_code == 403
    assert [account["role"] for account in users("list", "--json").json] == ["resident"]


def test_another_password_ends_sessions(client: Client) -> None:
    add("ada")
    assert sign_in(client, "ada") == 200
    assert users("password", "ada", typed=f"{OTHER}\n").out == "ada has a new password.\n"
    assert client.get("/intern/").status_code == 302
    assert sign_in(client, "ada", PASSWORD) == 302
    assert sign_in(client, "ada", OTHER) == 200


def test_removing_ends_sessions(client: Client) -> None:
    add("ada")
    assert sign_in(client, "ada") == 200
    assert users("remove", "ada", "--yes").out == "ada is removed.\n"
    assert client.get("/intern/").status_code == 302
    assert users("list", "--json").json == []


@pytest.mark.parametrize("answer", ["", "n\n"])
def test_without_a_yes_nobody_is_removed(answer: str) -> None:
    add("ada")
    refused = users("remove", "ada", typed=answer)
    assert refused.code == 1
    assert refused.err.startswith("The account ada will be removed. Go on? [y/N]")
    assert [account["name"] for account in users("list", "--json").json] == ["ada"]


REFUSED = {
    # name, password, what is said
    "a name that is taken": ("ada", PASSWORD, "NAME: there is an account of this name already (found: 'ada')"),
    "a name that looks the same": ("Ada", PASSWORD, "NAME: there is an account of this name already (found: 'Ada')"),
    "a name with a space": ("a b", PASSWORD, "NAME: Enter a valid username."),
    "no name": ("", PASSWORD, "NAME: This field cannot be blank."),
    "a short password": ("bo", "kurz", "password: This password is too short."),
    "a common password": ("bo", "qwertyuiop123", "password: This password is too common."),
    "no password": ("bo", "", "password: This password is too short."),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_makes_no_account_is_refused(case: str) -> None:
    add("ada")
    name, password, said = REFUSED[case]
    answer = add(name, password=password)
    assert answer.code == 1
    assert answer.err.startswith(said)
    assert not password or password not in answer.out + answer.err
    assert User.objects.count() == 1


def test_a_weak_new_password_leaves_the_old_one(client: Client) -> None:
    add("ada")
    assert users("password", "ada", typed="kurz\n").code == 1
    assert sign_in(client, "ada") == 200


@pytest.mark.parametrize("command", [["role", "x", "planner"], ["password", "x"], ["remove", "x", "--yes"]])
def test_an_unknown_name_lists_what_there_is(command: list[str]) -> None:
    add("ada")
    answer = users(*command, typed=PASSWORD)
    assert answer.code == 1
    assert answer.err.startswith("NAME: there is no such account (found: 'x') -> accounts here: ada")


def test_where_there_is_no_project_nothing_is_made(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("nothing")
    result = CliRunner().invoke(app, ["users", "list", str(folder)])
    assert result.exit_code == 1
    assert "there is no project in" in result.stderr
    assert list(folder.iterdir()) == []
