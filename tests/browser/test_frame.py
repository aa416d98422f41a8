"""The frame every page stands in: low, with nothing out of sight, at any width, size of text and colours."""

from urllib.parse import urljoin

import pytest

SIDEWAYS = "document.documentElement.scrollWidth - innerWidth"
PLACES = ("/karta", "/platser", "/atgarder", "/trafik", "/admin/personer", "/platser/1", "/hjalp")


def top_of(page, selector):
    """How far down the page something begins, in pixels."""
    return page.locator(selector).first.bounding_box()["y"]


@pytest.mark.parametrize(("size", "most"), [("1440", 150), ("1024", 170)])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_map_begins_high_up_also_for_the_role_with_the_longest_menu(visit, size, most, language):
    page = visit("/karta", size=size, role="samordnare", language=language)
    assert top_of(page, ".map-box") <= most


def test_on_a_phone_the_page_begins_high_up(visit):
    page = visit("/karta", size="360", role="samordnare")
    assert top_of(page, "main h1") <= 150


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_on_a_phone_the_current_page_and_role_are_in_sight_and_the_menu_is_one_press_away(visit, script, language):
    page = visit("/atgarder", size="360", role="trafikgrupp", language=language, script=script)
    words = {"sv": ("Åtgärdsplan", "Trafikgrupp"), "en": ("Action plan", "Traffic group")}[language]
    for name, part in zip(words, (".menu-button", ".roles > summary"), strict=True):
        shown = page.locator(part)
        box = shown.bounding_box()
        assert name in shown.inner_text() and box["x"] >= 0 and box["x"] + box["width"] <= 360, name
        assert shown.evaluate("(one) => one.scrollWidth <= one.clientWidth"), name
    menu = page.locator("nav.nav")
    assert not menu.is_visible()
    page.locator(".menu-button").click()
    assert menu.locator("a[aria-current]").inner_text() == words[0]
    for link in menu.locator("a").all():
        box = link.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 360 and box["height"] >= 44
    page.keyboard.press("Escape")
    assert not menu.is_visible()


def test_on_a_phone_the_search_opens_where_it_is_asked_for(visit):
    page = visit("/platser", size="360")
    page.locator(".search-opener label").click()
    page.keyboard.type("öster")
    page.locator(".suggestions li").first.click()
    page.wait_for_load_state()
    assert "plats=%C3%96ster" in page.url


def test_with_text_twice_as_large_nothing_is_off_the_page_and_the_map_is_one_button_away(visit):
    page = visit("/karta", role="samordnare")
    for address in (*PLACES, "/karta"):
        page.goto(urljoin(page.url, address))
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate(SIDEWAYS) <= 0, address
    page.locator(".show-map").click()
    box = page.locator(".map-box").bounding_box()
    assert box["x"] == 0 and box["width"] == 1440 and box["y"] + box["height"] <= 900


def test_where_colours_are_forced_only_the_current_item_of_the_menu_is_marked(visit):
    page = visit("/platser", forced_colors="active")
    lines = page.evaluate(
        "[...document.querySelectorAll('.nav a')]"
        ".map((one) => [getComputedStyle(one).borderBottomWidth, one.ariaCurrent])"
    )
    assert [width for width, current in lines if current == "page"] == ["4px"]
    assert {width for width, current in lines if current != "page"} == {"0px"}


@pytest.mark.parametrize(
    "address", ["/karta", "/platser", "/platser/1", "/hjalp", "/admin/logg", "/admin/leveranser/ny"]
)
def test_the_left_edge_of_the_page_is_that_of_its_header(visit, address):
    page = visit(address, role="samordnare")
    assert page.locator("main h1").bounding_box()["x"] == page.locator(".brand").bounding_box()["x"]


def test_the_watermark_is_whole_on_every_width_and_on_paper(visit):
    for size in ("1440", "1024", "360"):
        page = visit("/platser/1", size=size)
        mark = page.locator(".watermark")
        assert "Exempeldata" in mark.inner_text()
        assert mark.evaluate("(one) => one.scrollWidth <= one.clientWidth"), size
        page.emulate_media(media="print")
        assert mark.is_visible() and "påhittat" in mark.inner_text()
