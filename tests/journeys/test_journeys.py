"""What people do: look for a number, read it without scripts, by keyboard, on a phone, on a map that zooms."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

PAGES = (
    "/",
    "/karte/",
    "/gebiete/",
    "/gebiete/viertel/02/",
    "/kennzahlen/",
    "/kennzahlen/kinder_sgb2/",
    "/indizes/lage/",
    "/typologien/wohnen/",
    "/daten/",
)


@pytest.fixture
def plain(browser: Browser, city: str) -> Iterator[Page]:
    """A browser without scripts."""
    context = browser.new_context(base_url=city, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture
def phone(browser: Browser, city: str) -> Iterator[Page]:
    context = browser.new_context(base_url=city, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    yield context.new_page()
    context.close()


def test_from_the_start_to_a_number(page: Page) -> None:
    page.goto("/")
    page.get_by_role("searchbox").fill("kinder")
    page.get_by_role("button", name="Suchen").click()
    page.get_by_role("link", name="Kinder in der Grundsicherung").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kinder in der Grundsicherung")
    expect(page.locator(".answer .big")).to_contain_text("%")


@pytest.mark.parametrize("address", PAGES)
def test_nothing_leaves_the_instance(page: Page, city: str, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(address, wait_until="networkidle")
    assert len(asked) >= 4
    assert [found for found in asked if not found.startswith((city, "data:", "blob:"))] == []
    assert complaints == []


def test_without_scripts_a_period_can_be_chosen(plain: Page) -> None:
    plain.goto("/kennzahlen/kinder_sgb2/")
    plain.get_by_label("Zeitraum").select_option("2020")
    plain.get_by_role("button", name="Anzeigen").click()
    expect(plain.get_by_role("heading", name="Stadtviertel, 2020")).to_be_visible()
    assert "zeit=2020" in plain.url


def test_without_scripts_the_state_at_the_end_of_a_year_can_be_chosen(plain: Page) -> None:
    plain.goto("/gebiete/viertel/02/")
    plain.get_by_label("Stand der Zahlen").select_option("2020")
    plain.get_by_role("button", name="Anzeigen").click()
    assert "zeit=2020" in plain.url
    assert set(plain.locator("table.rows .under:first-of-type").all_inner_texts()) >= {"2020"}
    expect(plain.locator("table.rows").first).not_to_contain_text("2024")


def test_without_scripts_areas_can_be_compared(plain: Page) -> None:
    plain.goto("/vergleich/")
    plain.get_by_label("Gebiet 1").select_option("viertel:01")
    plain.get_by_label("Gebiet 2").select_option("viertel:03")
    plain.get_by_role("button", name="Vergleichen").click()
    assert plain.locator("table thead th").all_inner_texts()[1:] == ["Altstadt", "Birkenhöhe", "Kleinstadt insgesamt"]


def test_without_scripts_the_catalogue_is_searched(plain: Page) -> None:
    plain.goto("/kennzahlen/")
    plain.get_by_label("Suchwort").fill("miete")
    plain.locator("main").get_by_role("button", name="Suchen").click()
    assert plain.locator("#treffer h3").all_inner_texts() == ["Angebotsmiete"]


def test_without_scripts_an_area_of_an_index_can_be_chosen(plain: Page) -> None:
    plain.goto("/indizes/lage/")
    plain.locator('select[name="gebiet"]').select_option("01")
    plain.get_by_role("button", name="Anzeigen").last.click()
    expect(plain.get_by_role("heading", name="Warum steht Altstadt hier?")).to_be_visible()
    assert plain.url.endswith("gebiet=01#woraus")


def test_with_scripts_the_catalogue_answers_while_typing(page: Page) -> None:
    page.goto("/kennzahlen/")
    page.get_by_label("Suchwort").press_sequentially("miete")
    expect(page.locator("#treffer h3")).to_have_text(["Angebotsmiete"])
    expect(page).to_have_url(re.compile(r"q=miete"))
    assert page.get_by_label("Suchwort").input_value() == "miete"
    page.go_back()
    expect(page.locator("#treffer h3")).not_to_have_text(["Angebotsmiete"])


def test_with_scripts_a_choice_needs_no_button(page: Page) -> None:
    page.goto("/kennzahlen/kinder_sgb2/")
    expect(page.get_by_role("button", name="Anzeigen")).to_be_hidden()
    page.get_by_label("Zeitraum").select_option("2019")
    expect(page.get_by_role("heading", name="Stadtviertel, 2019")).to_be_visible()


def test_map_and_bars_point_at_each_other(page: Page) -> None:
    page.goto("/kennzahlen/anteil_65/")
    page.locator("table.bars a", has_text="Am Hafen").hover()
    expect(page.locator('.map a[data-area="02"]')).to_have_class(re.compile("is-active"))
    expect(page.locator(".readout")).to_contain_text("Am Hafen: ")
    page.locator('.map a[data-area="03"]').focus()
    expect(page.locator('table.bars tr[data-area="03"]')).to_have_class(re.compile("is-active"))
    expect(page.locator('.map a[data-area="02"]')).not_to_have_class(re.compile("is-active"))


def test_map_and_classes_point_at_each_other(page: Page) -> None:
    page.goto("/indizes/lage/")
    page.locator("table.matrix a", has_text="Lindenau").hover()
    expect(page.locator('.map a[data-area="09"]')).to_have_class(re.compile("is-active"))
    expect(page.locator(".readout")).to_contain_text("Lindenau: Lage schwierig")
    page.locator('.map a[data-area="03"]').focus()
    expect(page.locator('table.matrix li[data-area="03"]')).to_have_class(re.compile("is-active"))


def test_a_map_leads_to_the_profile(page: Page) -> None:
    page.goto("/kennzahlen/anteil_65/")
    page.locator('.map a[data-area="03"]').click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Birkenhöhe")


def test_by_keyboard_alone(page: Page) -> None:
    page.goto("/themen/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Zum Inhalt springen")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Alle Kennzahlen in einer Liste durchsuchen")).to_be_focused()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle + document.activeElement.tagName")
    assert outline == "solidA"


def test_the_word_behind_a_sign_appears_on_focus(page: Page) -> None:
    page.goto("/kennzahlen/kinder_sgb2/")
    sign = page.locator("table.data").first.locator(".nothing").first
    word = sign.locator(".nothing-word")
    assert word.evaluate("element => getComputedStyle(element).opacity") == "0"
    sign.focus()
    expect(word).to_have_css("opacity", "1")


def test_the_zoomable_map_is_fetched_only_when_asked_for(page: Page, city: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/kennzahlen/kinder_sgb2/", wait_until="networkidle")
    assert not [address for address in asked if "map" in address.rpartition("/")[2]]
    page.get_by_role("button", name="Karte zum Zoomen").click()
    expect(page.locator(".map-live canvas")).to_be_visible(timeout=20_000)
    assert page.locator(".map-live").evaluate("map => map.getBoundingClientRect().height") >= 320
    expect(page.get_by_role("button", name="Karte zum Zoomen")).to_have_attribute("aria-pressed", "true")
    assert f"{city}/karten/viertel.geojson" in asked
    assert [address for address in asked if not address.startswith((city, "data:", "blob:"))] == []
    page.get_by_role("button", name="Karte zum Zoomen").click()
    expect(page.locator(".map-live")).to_have_count(0)


@pytest.mark.parametrize("address", [*PAGES, "/vergleich/?gebiet=viertel:01&gebiet=viertel:02", "/themen/", "/ueber/"])
@pytest.mark.parametrize("width", [390, 320])
def test_a_phone_never_scrolls_sideways(phone: Page, address: str, width: int) -> None:
    phone.set_viewport_size({"width": width, "height": 844})
    phone.goto(address)
    assert phone.evaluate("document.documentElement.scrollWidth") <= width


TOUCHED = (
    "header a, footer a, main button, main input, main select, summary, .columns a, .entries a:not(p a), .downloads a, "
    "th a, td a, .inline-links a"
)


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/kennzahlen/",
        "/kennzahlen/kinder_sgb2/",
        "/indizes/lage/",
        "/indizes/alter/?ebene=bezirke&gebiet=2",
        "/typologien/wohnen/",
        "/gebiete/viertel/02/",
        "/gebiete/viertel/04/",
        "/gebiete/",
        "/suche/?q=a",
        "/daten/",
        "/vergleich/?gebiet=viertel:01&gebiet=viertel:02",
    ],
)
def test_nothing_to_touch_is_too_small(phone: Page, address: str) -> None:
    """Links inside sentences and small drawings aside, everything to touch is 44 pixels high."""
    phone.goto(address)
    small = phone.evaluate(
        """touched => [...document.querySelectorAll(touched)]
            .filter(element => element.checkVisibility())
            .filter(element => element.getBoundingClientRect().height < 43.5 && !element.closest('.sr, .skip'))
            .map(element => element.outerHTML.slice(0, 120))""",
        TOUCHED,
    )
    assert small == []


@pytest.mark.parametrize("width", [390, 360])
def test_a_phone_shows_two_compared_areas_and_the_whole_at_once(phone: Page, width: int) -> None:
    phone.set_viewport_size({"width": width, "height": 844})
    phone.goto("/vergleich/?gebiet=viertel:01&gebiet=viertel:03")
    ends = phone.evaluate(
        """() => [...document.querySelectorAll('table.columns-even td')].map(cell => {
            const range = document.createRange();
            range.selectNodeContents(cell);
            return range.getBoundingClientRect().right;
        })"""
    )
    assert len(ends) == 18
    assert max(ends) <= width
    assert phone.get_by_role("row").count() > 6  # laid out anew, yet still a table for screen readers


def test_the_answer_comes_first_on_a_phone(phone: Page) -> None:
    phone.goto("/kennzahlen/kinder_sgb2/")
    box = phone.locator(".answer .big").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 844


def test_printed_pages_have_no_navigation(page: Page) -> None:
    page.goto("/gebiete/viertel/02/")
    page.emulate_media(media="print")
    expect(page.locator(".site-nav")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_dark_follows_the_device(browser: Browser, city: str) -> None:
    context = browser.new_context(base_url=city, color_scheme="dark")
    page = context.new_page()
    page.goto("/ueber/")
    lightness = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.goto("/darstellung/hell/?weiter=/ueber/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != lightness
    context.close()


@pytest.mark.parametrize("look", ["automatisch", "dunkel"])
def test_paper_is_light_and_keeps_the_columns_of_a_wide_screen(browser: Browser, city: str, look: str) -> None:
    context = browser.new_context(base_url=city, viewport={"width": 688, "height": 980}, color_scheme="dark")
    page = context.new_page()
    page.goto(f"/darstellung/{look}/")
    page.goto("/gebiete/viertel/02/")
    assert page.evaluate(GROUND_AND_ROW) == [False, "grid"]
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(GROUND_AND_ROW) == [True, "table-row"]
    assert page.locator(".site-nav").is_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 688
    context.close()


GROUND_AND_ROW = """() => [
    getComputedStyle(document.documentElement).getPropertyValue('color-scheme') === 'light',
    getComputedStyle(document.querySelector('table.rows tbody tr')).display,
]"""
