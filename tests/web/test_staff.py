"""Internal pages are for signed-in staff: strangers sign in first, residents are refused with a reason."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client

from sozialraum.web import pagecache
from sozialraum.web.accounts import DemoAccount, Role, demo_accounts
from web.reading import read

PAGES = [
    "/intern/",
    "/intern/2025-H2.1/internal/",
    "/intern/2025-H2.1/public/",
    "/intern/2025-H2.1/internal/kinder_sgb2/",
    "/en/internal/",
]


@pytest.fixture
def accounts(database: None) -> Iterator[dict[str, DemoAccount]]:
    yield {account.name: account for account in demo_accounts()}
    User.objects.all().delete()


def sign_in(client: Client, account: DemoAccount, **more: str) -> object:
    return client.post("/anmelden/", {"username": account.name, "password": account.password, **more})


@pytest.mark.parametrize("name", ["steward", "planner"])
@pytest.mark.parametrize("address", PAGES)
def test_it_works(client: Client, accounts: dict[str, DemoAccount], name: str, address: str) -> None:
    sign_in(client, accounts[name])
    response = client.get(address)
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    assert read(response.content).one("h1")


@pytest.mark.parametrize("address", [*PAGES, "/intern/2025-H2.1/geheimhaltung/"])
def test_a_stranger_signs_in_first(client: Client, database: None, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 302
    assert response.headers["Location"].startswith(("/anmelden/?next=", "/en/sign-in/?next="))


@pytest.mark.parametrize("address", [*PAGES, "/intern/2025-H2.1/geheimhaltung/"])
def test_a_resident_is_refused_with_a_reason(client: Client, accounts: dict[str, DemoAccount], address: str) -> None:
    sign_in(client, accounts["resident"])
    response = client.get(address)
    assert response.status_code == 403
    assert (
        read(response.content).one("main").text.startswith(("Kein Zugang Interne Seiten", "No access Internal pages"))
    )


def test_a_wrong_password_says_so_and_nothing_more(client: Client, accounts: dict[str, DemoAccount]) -> None:
    account = accounts["steward"]
    response = sign_in(client, DemoAccount(account.name, "wrong", Role.STEWARD))
    assert response.status_code == 200
    assert "Name oder Passwort stimmen nicht" in response.content.decode()
    assert client.get("/intern/").status_code == 302


def test_signing_in_leads_on_but_not_away(client: Client, accounts: dict[str, DemoAccount]) -> None:
    wanted = "/intern/2025-H2.1/public/"
    assert sign_in(client, accounts["steward"], next=wanted).headers["Location"] == wanted
    client.post("/abmelden/")
    assert sign_in(client, accounts["steward"], next="https://example.org/").headers["Location"] == "/intern/"


def test_signing_out(client: Client, accounts: dict[str, DemoAccount]) -> None:
    sign_in(client, accounts["steward"])
    assert client.post("/abmelden/").status_code == 302
    assert client.get("/intern/").status_code == 302


def test_forms_need_their_token(accounts: dict[str, DemoAccount], store: object) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict, accounts["steward"]).status_code == 403


def test_public_pages_are_the_same_for_staff(client: Client, accounts: dict[str, DemoAccount]) -> None:
    before = client.get("/").content
    sign_in(client, accounts["steward"])
    pagecache.forget()
    assert client.get("/").content == before


@pytest.mark.parametrize(
    "address", ["/intern/1999.1/internal/", "/intern/2025-H2.1/secret/", "/intern/2025-H2.1/internal/glueck/"]
)
def test_unknown_releases_are_said_to_be_unknown(
    client: Client, accounts: dict[str, DemoAccount], address: str
) -> None:
    sign_in(client, accounts["steward"])
    assert client.get(address).status_code == 404


def test_demo_accounts_get_new_passwords_each_time(database: None) -> None:
    first, second = demo_accounts(), demo_accounts()
    assert [account.name for account in first] == ["steward", "planner", "resident"]
    assert all(one.password != other.password for one, other in zip(first, second, strict=True))
    assert User.objects.filter(is_staff=True).count() == 2
    assert User.objects.filter(is_superuser=True).count() == 0
    User.objects.all().delete()
