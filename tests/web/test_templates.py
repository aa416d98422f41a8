"""Every page in a real browser: nothing for axe to complain of, nothing from elsewhere, nothing that needs scripts."""

import gzip
import threading

import pytest
from served import wait_until
from werkzeug.serving import make_server

PAGES = (
    "/", "/?visa=lista", "/?visa=tabell", "/?q=finns-inte", "/?plats=Xyz", "/?period=12m", "/platser", "/platser/1",
    "/atgarder", "/atgarder/1", "/atgarder/katalog", "/platsutveckling", "/platsutveckling/1", "/trafik",
    "/trafik/stracka/1", "/hjalp",
    "/rapportera", "/r", "/inget-att-rapportera", "/om/uppgifterna", "/om/metod", "/om/personuppgifter",
    "/om/tillganglighet", "/finns-inte",
)  # fmt: skip

pytestmark = pytest.mark.browser


@pytest.fixture
def site(demo_world):
    """The address of the small world, served in demo mode."""
    server = make_server("127.0.0.1", 0, demo_world.app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def browser(chromium):
    """A real browser."""
    return chromium


def watched(page):
    """What goes wrong in a page from now on."""
    faults = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    return faults


def test_no_page_scrolls_sideways_on_the_smallest_screen(site, browser):
    page = browser.new_page(viewport={"width": 320, "height": 800})
    found = []
    for address in PAGES:
        page.goto(site + address)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(address)
    assert found == []


def test_the_map_starts_without_an_error_and_asks_no_other_host(site, browser):
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    faults, hosts, weights = watched(page), set(), []
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.on("response", lambda answer: weights.append((answer.url.split("?")[0], answer.body())))
    page.goto(site, wait_until="networkidle")
    page.wait_for_selector("#karta[data-ready] .mark")
    scripts = [body for address, body in weights if address.endswith(".js")]
    assert faults == [] and hosts == {site.split("/")[2]}
    assert len(scripts) == 3 and sum(len(gzip.compress(body)) for body in scripts) < 130_000
    assert sum(len(body) for _, body in weights) < 400_000


def test_a_row_opens_the_panel_and_closing_gives_focus_back(site, browser):
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(site, wait_until="networkidle")
    page.get_by_role("link", name="Plats nummer 1").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".panel:not([hidden])")
    assert page.evaluate("document.activeElement.textContent") == "Plats nummer 1"
    page.keyboard.press("Escape")
    assert not page.is_visible(".panel")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "/platser/1"


def test_unticking_a_layer_changes_list_legend_and_address_without_a_new_page(site, browser):
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(site, wait_until="networkidle")
    assert page.text_content("#resultat h2") == "8 rader visas"
    with page.expect_response(lambda answer: "rutor.geojson" in answer.url):
        page.uncheck("input[value='offentlig-miljo.traffic']")
    assert page.text_content("#resultat h2") == "7 rader visas"
    assert "Trafikklagomål" not in page.text_content("#teckenforklaring")
    # Only what differs from showing everything stands in the address.
    assert page.url.endswith("/karta?layer=-traffic")
    for box in page.locator("input[name=layer][type=checkbox]").all():
        box.uncheck()
    # The last but one answer may hold no rows either, so the wait is for the one that says so.
    page.locator("#resultat", has_text="Inga lager är valda").wait_for()
    assert page.text_content("#resultat h2") == "0 rader visas"
    assert "Inga lager är valda" in page.text_content("#resultat") and page.url.endswith("layer=inga")


def test_keys_move_the_map_only_while_it_has_focus_and_can_be_turned_off(site, browser):
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(site, wait_until="networkidle")
    scale = "document.querySelector('.leaflet-control-scale-line').textContent"
    before = page.evaluate(scale)
    page.focus("#sok")
    page.keyboard.type("++")
    assert page.evaluate(scale) == before
    page.focus("#karta")
    page.keyboard.press("?")
    page.check("[data-keys-off]")
    page.keyboard.press("Escape")
    page.keyboard.press("+")
    page.wait_for_timeout(500)
    assert page.evaluate(scale) == before
    page.click("[data-map-action=in]")
    wait_until(lambda: page.evaluate(scale) != before)


def test_without_scripts_the_list_the_filter_and_a_picture_of_the_map_are_there(site, browser):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(site)
    assert page.is_visible("img.map-static") and not page.is_visible(".map-box") and not page.is_visible(".show-map")
    page.select_option("#area", "hollviken")
    page.get_by_role("button", name="Uppdatera").click()
    assert "area=hollviken" in page.url
    assert page.text_content("#resultat h2") == "7 rader visas"


def test_on_a_phone_the_list_comes_first_and_the_map_is_one_button_away(site, browser):
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(site, wait_until="networkidle")
    assert not page.is_visible("#karta")
    page.click(".show-map")
    page.wait_for_selector("#karta .mark")
    page.click(".back-to-list")
    assert not page.is_visible("#karta")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Visa karta"


def test_the_stand_alone_file_shows_its_rows_from_disk_without_a_network(site, browser, demo_world, tmp_path):
    path = tmp_path / "karta.html"
    path.write_bytes(demo_world.client("planerare").get("/karta.html").data)
    page = browser.new_context(offline=True).new_page()
    faults = watched(page)
    page.goto(path.as_uri())
    page.wait_for_selector(".mark")
    numbers = page.evaluate("[...document.querySelectorAll('.mark text')].map((one) => Number(one.textContent))")
    singles = page.locator(".mark use").count()
    assert faults == [] and sum(numbers) + singles == 8
