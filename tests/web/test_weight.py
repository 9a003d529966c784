"""A profile page weighs at most 150 KB with everything it loads: HTML, style, script, fonts."""

from __future__ import annotations

import gzip

import pytest
from django.test import Client

from sozialraum.web.assets import MANIFEST, Build, build
from web.reading import Element, read

LIMIT = 150_000


def _weight(address: str) -> int:
    content = (MANIFEST.parents[1] / address.removeprefix("/static/")).read_bytes()
    return len(content) if address.endswith(".woff2") else len(gzip.compress(content, 6))


def _loaded(page: Element) -> set[str]:
    links = [link for link in page.all("link") if link.attributes["rel"] in ("stylesheet", "preload", "icon")]
    return {link.attributes["href"] for link in links} | {script.attributes["src"] for script in page.all("script")}


@pytest.mark.parametrize(
    "address",
    ["/gebiete/viertel/02/", "/", "/themen/", "/kennzahlen/kinder_sgb2/", "/indizes/lage/", "/typologien/wohnen/"],
)
def test_it_works(client: Client, address: str) -> None:
    if not MANIFEST.exists():
        pytest.skip("the front end is not built: run `make frontend`")
    page = client.get(address, headers={"Accept-Encoding": "gzip"})
    parts = {"page": len(page.content)} | {name: _weight(name) for name in _loaded(read(gzip.decompress(page.content)))}
    assert len([name for name in parts if name.endswith(".woff2")]) == 2
    assert sum(parts.values()) <= LIMIT, parts


def test_pages_stand_without_a_build(client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr("sozialraum.web.assets.MANIFEST", MANIFEST.parent / "nothing.json")
    assert build() == Build()
    page = read(client.get("/themen/").content)
    assert page.one("h1").text == "Themen"
    assert page.all("script") == []
