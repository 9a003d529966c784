"""axe-core finds nothing on any page: in German and English, wide and narrow, light, dark and with high contrast."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = (
    "/",
    "/karte/",
    "/gebiete/",
    "/gebiete/viertel/02/",
    "/gebiete/viertel/02/?zeit=2020",
    "/gebiete/viertel/02/?vergleich=uebergeordnet",
    "/gebiete/viertel/02/?vergleich=aehnlich",
    "/gebiete/viertel/02/?vergleich=ziel",
    "/gebiete/stadt/0/",
    "/fruehwarnung/",
    "/fruehwarnung/?ordnung=thema",
    "/themen/",
    "/themen/bevoelkerung/",
    "/kennzahlen/",
    "/kennzahlen/kinder_sgb2/",
    "/kennzahlen/wanderung/",
    "/indizes/lage/",
    "/indizes/lage/?ebene=bezirke",
    "/indizes/alter/?ebene=bezirke&gebiet=2",
    "/indizes/gesundheit/",
    "/typologien/wohnen/",
    "/typologien/alle/",
    "/vergleich/",
    "/vergleich/?gebiet=viertel:01&gebiet=viertel:02",
    "/daten/",
    "/suche/?q=kind",
    "/suche/?q=xyz",
    "/ueber/",
    "/impressum/",
    "/barrierefreiheit/",
    "/datenschutz/",
    "/einfache-sprache/",
    "/anmelden/",
    "/gibt-es-nicht/",
)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def violations(page: Page, axe: str) -> list[str]:
    # Evaluated by the browser's debugger, not as a script of the page: the content security policy stays as it is.
    page.evaluate(axe)
    found = page.evaluate("rules => axe.run(document, rules)", RULES)
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"][:3]
    ]


@pytest.mark.parametrize("address", PAGES)
def test_it_works(page: Page, axe: str, address: str) -> None:
    page.goto(address)
    assert violations(page, axe) == []


@pytest.mark.parametrize("look", ["dunkel", "kontrast"])
@pytest.mark.parametrize(
    "address", ["/", "/kennzahlen/kinder_sgb2/", "/gebiete/viertel/02/", "/indizes/lage/", "/typologien/wohnen/"]
)
def test_other_looks(page: Page, axe: str, look: str, address: str) -> None:
    page.goto(f"/darstellung/{look}/?weiter={address}")
    assert page.evaluate("document.documentElement.dataset.kernTheme") == ("dark" if look == "dunkel" else "light")
    assert violations(page, axe) == []


@pytest.mark.parametrize(
    "address",
    [
        "/en/",
        "/en/indicators/kinder_sgb2/",
        "/en/areas/viertel/02/",
        "/en/indices/lage/",
        "/en/typologies/wohnen/",
        "/en/early-warning/",
    ],
)
def test_english_on_a_phone(browser: Browser, city: str, axe: str, address: str) -> None:
    context = browser.new_context(base_url=city, viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(address)
    assert page.evaluate("document.documentElement.lang") == "en"
    assert violations(page, axe) == []
    context.close()
