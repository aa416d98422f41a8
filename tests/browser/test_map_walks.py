"""Ways through the map page: by keyboard, on a phone, with choices that come and go."""

import re

import pytest
from served import still, wait_until

FOCUSED = """
() => {
  const one = document.activeElement;
  return one === document.body ? '' : one.id || one.getAttribute('aria-label') || one.textContent.trim() || one.value;
}
"""


def ready(page):
    page.wait_for_selector("#karta .mark")
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("role", ["publik", "planerare", "samordnare"])
def test_the_whole_map_page_is_few_stops_of_the_tab_key_also_with_the_longest_menu(visit, role):
    page = visit("/karta", role=role)
    ready(page)
    stops = []
    while len(stops) < 100:
        page.keyboard.press("Tab")
        if not (name := page.evaluate(FOCUSED)):
            break
        stops.append(name)
    assert "karta" in stops and len(stops) <= 40, stops


def test_the_rows_are_one_stop_and_the_arrow_keys_go_through_them(visit):
    page = visit("/?period=12m")
    ready(page)
    names = page.locator("#resultat ol.rows h3 a").all_text_contents()
    page.locator("#resultat ol.rows h3 a").first.focus()
    for key, at in (("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1), ("End", len(names) - 1), ("Home", 0)):
        page.keyboard.press(key)
        assert page.evaluate(FOCUSED) == names[at]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(FOCUSED) == names[1], "one comes back to where one was"


def test_the_signs_of_the_map_are_one_stop_and_the_arrow_keys_go_where_they_point(visit):
    page = visit("/?period=12m")
    ready(page)
    page.locator("#karta .mark[tabindex='0']").focus()
    before = page.evaluate("document.activeElement.getBoundingClientRect().left")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.classList.contains('mark')")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") < before + 1
    assert page.locator("#karta .mark[tabindex='0']").count() == 1


@pytest.mark.parametrize(("link", "target"), [(0, "innehall"), (1, "resultat")])
@pytest.mark.parametrize("address", ["/", "/karta?period=12m"])
def test_a_skip_link_moves_the_focus_and_loads_nothing(visit, address, link, target):
    page = visit(address)
    ready(page)
    loads = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    page.evaluate("document.documentElement.dataset.same = 'yes'")
    for _ in range(link + 1):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    wait_until(lambda: page.evaluate("document.activeElement.id") == target)
    assert page.evaluate("document.documentElement.dataset.same") == "yes"
    page.go_back()
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.dataset.same") == "yes"


def test_the_focus_ring_of_the_map_lies_above_all_that_is_drawn(visit):
    page = visit("/")
    ready(page)
    page.locator("#karta").focus()
    page.keyboard.press("ArrowRight")
    style = "getComputedStyle(document.querySelector('#karta'), '::after')"
    panes = "[...document.querySelectorAll('#karta .leaflet-pane')].map((one) => +getComputedStyle(one).zIndex || 0)"
    assert page.evaluate(f"+{style}.zIndex > Math.max(...{panes})")
    assert page.evaluate(f"{style}.outlineColor") == "rgb(255, 221, 0)"


def test_back_from_the_open_map_on_a_phone_leads_to_the_list(visit):
    page = visit("/karta?period=12m", size="360", has_touch=True, is_mobile=True)
    page.get_by_role("button", name="Visa karta").click()
    page.wait_for_selector("#karta .mark")
    page.locator(".map-credit summary").click()
    assert "Lantmäteriet" in page.locator(".map-credit").inner_text()
    page.go_back()
    assert page.locator("#resultat h2").is_visible() and page.locator(".stage.full").count() == 0
    assert page.url.endswith("/karta?period=12m")
    page.go_forward()
    page.locator(".stage.full").wait_for()
    page.get_by_role("button", name="Tillbaka till listan").click()
    page.locator(".stage.full").wait_for(state="detached")


def test_the_open_map_on_a_phone_shows_the_whole_municipality(visit):
    page = visit("/karta", size="360", has_touch=True, is_mobile=True)
    page.get_by_role("button", name="Visa karta").click()
    page.wait_for_selector("#karta .mark")
    still(page)
    boxes = [one.bounding_box() for one in page.locator("#karta .mark").all()]
    assert min(box["x"] for box in boxes) >= 0 and max(box["x"] + box["width"] for box in boxes) <= 360
    assert max(box["x"] + box["width"] for box in boxes) - min(box["x"] for box in boxes) > 200


def test_no_layer_at_all_is_a_choice_with_an_address_without_scripts_too(visit):
    page = visit("/karta", script=False)
    for box in page.locator("input[name=layer][type=checkbox]").all():
        box.uncheck()
    page.locator("form[data-module=filter] button:has-text('Uppdatera')").click()
    assert "layer=inga" in page.url and "0 rader visas" in page.locator("#resultat h2").inner_text()
    assert "Inga lager är valda" in page.locator("#resultat").inner_text()
    assert page.locator("input[name=layer][type=checkbox]:checked").count() == 0
    page.get_by_role("link", name="Visa alla lager").click()
    assert int(re.sub(r"\D", "", page.locator("#resultat h2").inner_text())) > 1000


def test_choosing_an_area_zooms_to_it_and_its_name_stays_on_it(visit):
    page = visit("/?period=12m")
    ready(page)
    scale = "document.querySelector('.leaflet-control-scale-line').textContent"
    before = page.evaluate(scale)
    page.select_option("#area", "hollviken")
    page.wait_for_url("**area=hollviken**")
    wait_until(lambda: page.evaluate(scale) != before)
    still(page)
    name = page.locator("#karta .label", has_text=re.compile("^Höllviken$")).bounding_box()
    signs = [one.bounding_box() for one in page.locator("#karta .mark").all()]
    nearest = min(abs(name["x"] - one["x"]) + abs(name["y"] - one["y"]) for one in signs)
    assert nearest < 150


def test_choosing_a_period_moves_no_button(visit):
    for size in ("1440", "1024", "360"):
        page = visit("/", size=size)
        before = page.locator(".period ul").bounding_box()
        page.locator(".period ul a", has_text="12 mån").click()
        page.wait_for_load_state()
        after = page.locator(".period ul").bounding_box()
        assert after["y"] == before["y"] and abs(after["x"] - before["x"]) < 3, size


def test_a_box_in_the_address_is_followed_by_the_words_below_the_map(visit):
    page = visit("/karta?kind=problem&bbox=12.9,55.3,13.0,55.44")
    ready(page)
    said = page.locator("#utan-plats").inner_text()
    base = page.url.split("/karta")[0]
    unmapped = page.request.get(f"{base}/karta.geojson?kind=problem&bbox=12.9,55.3,13.0,55.44").json()["unmapped"]
    assert sum(int(n) for n in re.findall(r"(\d+)(?: ·|$)", said)) == unmapped
    everywhere = page.request.get(f"{base}/karta.geojson?kind=problem").json()["unmapped"]
    assert unmapped < everywhere


def test_the_months_fit_and_nothing_scrolls_inside_the_choices(visit):
    page = visit("/")
    page.locator(".choices details summary").click()
    box = page.locator(".choices").bounding_box()
    for field in ("#from", "#to"):
        inside = page.locator(field).bounding_box()
        assert inside["width"] > 150 and inside["x"] + inside["width"] <= box["x"] + box["width"]
    hidden = "(() => { const one = document.querySelector('.choices'); return one.scrollHeight - one.clientHeight; })()"
    assert page.evaluate(hidden) <= 1


def test_paper_has_one_legend_and_says_how_many_rows_there_are_and_where(visit):
    page = visit("/?period=12m")
    ready(page)
    page.keyboard.press("Control")
    page.emulate_media(media="print")
    page.locator("img.print-map").wait_for(state="visible")
    assert page.locator("#teckenforklaring").is_hidden()
    said = page.locator("#resultat .print-only").inner_text().replace("\xa0", " ")
    assert re.search(r"50 av \d[\d ]* rader\. Alla rader finns på http://[^ ]+/karta\.csv\?period=12m", said)
