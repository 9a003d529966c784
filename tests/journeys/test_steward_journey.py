"""A steward looks at what the policies withhold: signs in, tries other rules, with and without scripts, on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from journeys.conftest import PASSWORD, STEWARD

pytestmark = pytest.mark.browser

PAGE = "/intern/geheimhaltung/"
KINDS: dict[str, dict[str, Any]] = {
    "desk": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
    "plain": {"java_script_enabled": False},
}
WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
SMALL = """[...document.querySelectorAll("main a, main select, main summary")]
    .map(element => element.getBoundingClientRect())
    .filter(box => box.width > 0 && box.height < 44).length"""


@pytest.fixture
def steward(browser: Browser, city: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A signed-in steward at a desk, with a phone, or without scripts."""
    context = browser.new_context(base_url=city, **KINDS[request.param])
    page = context.new_page()
    page.goto(PAGE)
    page.get_by_label("Name").fill(STEWARD)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.locator("main").get_by_role("button").click()
    yield page
    context.close()


@pytest.mark.parametrize("steward", ["desk"], indirect=True)
def test_from_the_list_of_releases_to_other_rules(steward: Page) -> None:
    steward.goto("/intern/")
    steward.get_by_role("link", name="Was die Geheimhaltung verdeckt").click()
    expect(steward.locator("main .lead")).to_contain_text("60 von 1.200 Zahlen verdeckt")
    steward.locator("select[name=regeln]").select_option("minimum = 5")
    expect(steward).to_have_url(re.compile("regeln=1"))
    expect(steward.locator("table.bars tbody tr").first).to_contain_text("40,0")


@pytest.mark.parametrize("steward", ["plain"], indirect=True)
def test_without_scripts_rules_and_order_can_be_chosen(steward: Page) -> None:
    steward.get_by_label("Sortieren nach").select_option("name")
    steward.locator("form", has=steward.get_by_label("Sortieren nach")).get_by_role("button").click()
    expect(steward.locator("[aria-labelledby=kennzahlen] tbody th").first).to_have_text("Arbeitslose")
    steward.locator("select[name=kennzahl]").select_option("kinder_sgb2")
    steward.locator("form", has=steward.locator("select[name=regeln]")).get_by_role("button").click()
    expect(steward.locator("#auswahl")).to_have_text("Kinder in der Grundsicherung")
    assert "sortierung=name" in steward.url


@pytest.mark.parametrize("steward", ["phone"], indirect=True)
@pytest.mark.parametrize("address", [PAGE, "/en/internal/disclosure/?regeln=2&kennzahl=arbeitslose"])
def test_it_fits_a_phone_and_its_fingers(steward: Page, address: str) -> None:
    steward.goto(address)
    wide, seen = steward.evaluate(WIDTHS)
    assert wide == seen
    assert steward.evaluate(SMALL) == 0


@pytest.mark.parametrize("steward", ["desk", "phone"], indirect=True)
@pytest.mark.parametrize("address", [PAGE, f"{PAGE}?regeln=3", "/en/internal/disclosure/?kennzahl=kinder_sgb2"])
def test_axe_finds_nothing(steward: Page, axe: str, address: str) -> None:
    steward.goto(address)
    steward.evaluate(axe)
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found = steward.evaluate("rules => axe.run(document, rules)", rules)["violations"]
    assert [(violation["id"], violation["nodes"][0]["failureSummary"]) for violation in found] == []
