"""A public page is made once for a release; nothing personal is ever kept."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from sozialraum.web import pagecache
from sozialraum.web.assets import Build
from sozialraum.web.portal import views
from web.city import write_city
from web.reading import read

ADDRESS = "/gebiete/viertel/03/"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the templates that were rendered."""
    names: list[str] = []
    render = views.render

    def noting(request: object, template: str, *args: object, **kwargs: object) -> object:
        names.append(template)
        return render(request, template, *args, **kwargs)

    monkeypatch.setattr(views, "render", noting)
    return names


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A project folder of the test's own."""
    before = settings.PROJECT_FOLDER
    settings.PROJECT_FOLDER = tmp_path
    yield tmp_path
    settings.PROJECT_FOLDER = before
    pagecache.forget()


def test_it_works(client: Client, made: list[str]) -> None:
    first, second = client.get(ADDRESS), client.get(ADDRESS)
    assert made == ["portal/profile.html"]
    assert first.content == second.content
    assert first.headers["Content-Type"] == second.headers["Content-Type"] == "text/html; charset=utf-8"


def test_packed_for_who_can_unpack(client: Client) -> None:
    plain = client.get(ADDRESS)
    packed = client.get(ADDRESS, headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert "Content-Encoding" not in plain.headers


def test_not_modified(client: Client) -> None:
    etag = client.get(ADDRESS).headers["ETag"]
    again = client.get(ADDRESS, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(ADDRESS, headers={"If-None-Match": '"other"'}).status_code == 200


def test_each_look_and_language_has_its_own(client: Client, made: list[str]) -> None:
    client.get("/ueber/")
    client.cookies["darstellung"] = "dunkel"
    client.get("/ueber/")
    client.get("/en/about/")
    assert len(made) == 3


def test_another_release_has_its_own(elsewhere: Path, made: list[str]) -> None:
    write_city(elsewhere, quarters=4)
    client = Client()
    assert b"2025-H2.1" in client.get(ADDRESS).content
    write_city(elsewhere, quarters=4)
    assert b"2025-H2.2" in client.get(ADDRESS).content
    assert len(made) == 2


def test_another_build_has_its_own(client: Client, made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    client.get(ADDRESS)
    monkeypatch.setattr("sozialraum.web.assets.build", lambda: Build(styles="dist/assets/page-new.css"))
    assert b"page-new.css" in client.get(ADDRESS).content
    assert len(made) == 2


def test_before_the_first_release_nothing_is_kept(elsewhere: Path) -> None:
    client = Client()
    empty = client.get("/")
    assert empty.status_code == 503
    page = read(empty.content)
    assert page.one("h1").text == "Noch nichts veröffentlicht"
    assert [code.text for code in page.all("code")] == [
        f"sozialraum {command}" for command in ("build ORDNER", "approve ENTWURF", "publish ENTWURF")
    ]
    assert [link.text for link in page.one("nav", class_="site-nav").all("a")] == ["Über"]
    write_city(elsewhere, quarters=4)
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("address", ["/gebiete/viertel/99/", "/intern/", "/anmelden/", "/daten/dateien/values.parquet"])
def test_never_kept(client: Client, database: None, address: str) -> None:
    b"".join(client.get(address))
    assert len(pagecache._pages) == 0


def test_room_is_limited(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagecache, "ROOM", 40_000)
    for query in range(20):
        client.get("/suche/", {"q": f"kind {query}"})
    assert pagecache._taken <= 40_000
    assert pagecache._taken == sum(page.size for page in pagecache._pages.values())
    assert list(pagecache._pages)[-1][3] == "/suche/?q=kind+19"


def test_a_damaged_release_is_said_not_shown(elsewhere: Path) -> None:
    store = write_city(elsewhere, quarters=4)
    (store.releases()[0].folder / "public" / "values.parquet").unlink()
    response = Client().get("/")
    assert response.status_code == 503
    assert b"Traceback" not in response.content


def test_a_kept_page_is_not_for_hosts_that_the_instance_does_not_answer_to(client: Client) -> None:
    assert client.get(ADDRESS).status_code == 200
    assert client.get(ADDRESS, HTTP_HOST="elsewhere.example").status_code == 400


def test_each_host_has_its_own_pages(client: Client, made: list[str]) -> None:
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "stadt.example"]
    client.get(ADDRESS)
    client.get(ADDRESS, HTTP_HOST="stadt.example")
    settings.ALLOWED_HOSTS.remove("stadt.example")
    assert made == ["portal/profile.html", "portal/profile.html"]
