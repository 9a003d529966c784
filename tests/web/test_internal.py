"""Internal pages tell a reviewer what happened to a release and what was withheld."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

from django.test import Client, override_settings
from django.utils import translation

from sozialraum.releases import Release
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.pages.internal import withheld
from web.city import write_city
from web.reading import read


def test_a_release_tells_its_steps_and_what_was_withheld(steward: Client) -> None:
    main = read(steward.get("/intern/2025-H2.1/internal/").content).one("main")
    steps = main.one("section", **{"aria-labelledby": "schritte"}).all("li")
    assert [step.text.partition(":")[0].strip() for step in steps] == [
        "Entwurf",
        "in Prüfung",
        "freigegeben",
        "veröffentlicht",
    ]
    assert all(step.text.endswith(", Test") for step in steps)
    assert main.one("section", **{"aria-labelledby": "verdeckt"}).one("tbody").one("th").text == "keine"


def test_an_internal_indicator_offers_only_what_it_has(steward: Client) -> None:
    address = "/intern/2025-H2.1/internal/kinder_sgb2/"
    systems, periods = read(steward.get(address).content).one("main").all("select")
    for option in systems.all("option"):
        assert steward.get(address, {"ebene": option.attributes["value"]}).status_code == 200
    assert periods.all("option")[0].attributes["value"] == "2024"
    assert "2020" in read(steward.get(address, {"zeit": "2020"}).content).one(class_="lead").text


SUPPRESSION = {"depth": "internal", "policy": "register+small_cells", "cells": 200, "primary": 3, "secondary": 2}


def test_withheld_counts_in_words(atlas: Atlas) -> None:
    manifest = {"suppression": [SUPPRESSION, SUPPRESSION | {"depth": "public"}]}
    release = cast(Release, SimpleNamespace(manifest=manifest))
    with translation.override("de"):
        (row,) = withheld(release, atlas, "internal")
    assert (row.counts, row.primary, row.secondary, row.share) == ("200", "3", "2", "2,5\u00a0%")
    assert "register" not in row.rules


def test_a_withdrawn_release_says_why_in_the_list_and_on_its_page(steward: Client, tmp_path: Path) -> None:
    store = write_city(tmp_path, quarters=4)
    (release,) = store.releases()
    store.withdraw(release, "Test", "Ein Viertel war doppelt gezählt.")
    with override_settings(PROJECT_FOLDER=tmp_path):
        listed = read(steward.get("/intern/").content).one("main").one(class_="entries")
        page = read(steward.get(f"/intern/{release.id}/internal/").content).one("main")
    assert "Grund:  Ein Viertel war doppelt gezählt." in listed.text
    assert "(Ein Viertel war doppelt gezählt.)" in page.one("section", **{"aria-labelledby": "schritte"}).text


def test_the_report_on_disclosure_control_is_shown_as_it_was_signed(steward: Client, tmp_path: Path) -> None:
    (release,) = write_city(tmp_path, quarters=4).releases()
    address, english = (f"/intern/{release.id}/geheimhaltung/", f"/en/internal/{release.id}/disclosure/")
    with override_settings(PROJECT_FOLDER=tmp_path):
        assert steward.get(address).status_code == 404
        assert address not in steward.get(f"/intern/{release.id}/public/").content.decode()
        for language in ("de", "en"):
            (release.folder / f"audit.{language}.html").write_text(f"<h1>Bericht {language}</h1>", encoding="utf-8")
        assert address in steward.get(f"/intern/{release.id}/public/").content.decode()
        found = {language: steward.get(one) for language, one in (("de", address), ("en", english))}
    for language, response in found.items():
        assert response.content.decode() == f"<h1>Bericht {language}</h1>"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert "no-store" in response.headers["Cache-Control"]
