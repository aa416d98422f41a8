"""The signs on the map: every number can be read, and says nothing but what it counts."""

import re

import pytest
from served import still

READABLE = """
() => {
  const box = document.querySelector('.map-box').getBoundingClientRect();
  const faults = [];
  for (const text of document.querySelectorAll('#karta .mark text')) {
    const { left, top, width, height } = text.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    if (left < box.left || left + width > box.right || top < box.top || top + height > box.bottom) continue;
    for (const over of [-0.35, 0, 0.35]) {
      const above = document.elementsFromPoint(x + over * width, y).find((one) => one.closest('.mark'));
      if (above?.closest('.mark') !== text.closest('.mark')) faults.push(text.textContent);
    }
  }
  return faults;
}
"""
COUNTED = """
() => [...document.querySelectorAll('#karta .mark')].map((one) =>
  [one.getAttribute('aria-label'), (one.querySelector('text')?.textContent || '1').replace(/\\D/g, '')])
"""
APART = (
    "Rapporterade problem|Trafikklagomål",
    "Trafikolyckor",
    "Trygga platser",
    "Platser vi|Platsutveckling|Åtgärder",
)
CELLS = re.compile(r"/rutor\.geojson")
ADDRESSES = ("/", "/?period=12m", "/?area=hollviken", "/?layer=accident,strength", "/?bbox=12.93,55.4,12.97,55.42")


def ready(page):
    page.wait_for_selector("#karta .mark")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)


def opened(visit, address, size):
    page = visit(address, size=size)
    if size == "360":
        page.get_by_role("button", name="Visa karta").click()
    ready(page)
    return page


@pytest.mark.parametrize("size", ["1440", "1024", "360"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_no_sign_covers_the_number_of_another(visit, address, size):
    page = opened(visit, address, size)
    assert page.evaluate(READABLE) == []
    page.click("[data-map-action=in]")
    still(page)
    assert page.evaluate(READABLE) == []


@pytest.mark.parametrize("way", ["in", "out"])
def test_no_sign_covers_another_while_the_answer_for_a_zoom_is_still_on_its_way(visit, way):
    page = opened(visit, "/?period=12m", "1440")
    drawn = page.locator("#karta .mark").count()
    page.route(CELLS, lambda route: None)
    for _ in range(2):
        with page.expect_request(CELLS):
            page.click(f"[data-map-action={way}]")
    assert page.evaluate(READABLE) == []
    assert page.locator("#karta .mark").count() > drawn if way == "in" else page.locator("#karta .mark").count() < drawn


@pytest.mark.parametrize("address", ["/", "/?period=12m", "/?type=trafikolycka"])
def test_the_numbers_on_the_map_add_up_and_none_mixes_complaints_with_accidents(visit, address):
    with_cells = []
    page = visit("/hjalp")
    page.on("response", lambda answer: with_cells.append(answer) if "rutor.geojson" in answer.url else None)
    page.goto(page.url.replace("/hjalp", address))
    ready(page)
    drawn = page.evaluate(COUNTED)
    total = sum(one["properties"]["n"] for one in with_cells[-1].json()["features"])
    assert sum(int(number) for _, number in drawn) == total > 0
    for name, _ in drawn:
        families = [
            family for family in APART if re.search(family, name.split(", ")[0] if "Nära" not in name else name)
        ]
        assert len(families) == 1, name


@pytest.mark.parametrize("size", ["1440", "1024"])
def test_a_chosen_row_stands_alone_on_the_map_beside_the_panel(visit, keep, size):
    page = visit("/?period=12m", size=size)
    ready(page)
    page.locator("#resultat ol.rows a").nth(3).click()
    sign = page.locator(".spoken-sign")
    sign.wait_for()
    still(page)
    x, y, wide, high = (sign.bounding_box()[side] for side in ("x", "y", "width", "height"))
    for other in (".panel", ".map-tools .row", ".map-tools .group"):
        box = page.locator(other).bounding_box()
        apart = x + wide <= box["x"] or box["x"] + box["width"] <= x or y + high <= box["y"]
        assert apart or box["y"] + box["height"] <= y, other
    inside = page.locator(".map-box").bounding_box()
    assert inside["x"] < x and x + wide < inside["x"] + inside["width"]
    middle = [x + wide / 2, y + high / 2]
    near = "([x, y]) => document.elementsFromPoint(x, y).filter((one) => one.closest('.mark')).length"
    assert page.evaluate(near, middle) == 0, "nothing else is drawn there"
    assert page.evaluate(READABLE) == []
    page.keyboard.press("Escape")
    assert sign.count() == 0
    keep(page, f"vald-{size}")


def test_a_link_to_what_a_page_is_about_shows_it_marked(visit):
    page = visit("/?kring=places.1")
    page.locator(".spoken-sign").wait_for()
    assert page.locator("aside.panel").is_hidden()


def test_a_search_marks_what_was_found_and_keeps_the_choices(visit, keep):
    page = visit("/?period=12m&layer=-strength")
    ready(page)
    page.select_option("#area", "skanor-falsterbo")
    page.wait_for_url("**area=skanor-falsterbo**")
    page.fill("#sok", "Mellangatan")
    page.keyboard.press("Enter")
    page.wait_for_url("**plats=Mellangatan**")
    for part in ("period=12m", "layer=-strength", "area=skanor-falsterbo"):
        assert part in page.url
    ready(page)
    hit = page.locator(".hit")
    assert hit.inner_text() == "Mellangatan"
    box, view = hit.bounding_box(), page.locator("#karta").bounding_box()
    assert view["x"] < box["x"] < view["x"] + view["width"] and view["y"] < box["y"] < view["y"] + view["height"]
    assert page.locator("#karta path.leaflet-interactive, #karta .leaflet-overlay-pane path").count() >= 2
    assert page.evaluate(READABLE) == []
    keep(page, "sokt-gata-1440")


def test_as_the_public_the_map_draws_what_the_list_says_and_its_links_stay_there(visit):
    page = visit("/?som=publik")
    ready(page)
    number = int(re.sub(r"\D", "", page.locator("#resultat h2").inner_text()))
    assert sum(int(n) for _, n in page.evaluate(COUNTED)) == number < 60
    picture = page.evaluate("fetch('/karta.svg').then((answer) => answer.text())")
    assert "Trafikklagomål" not in picture and "Platser vi arbetar med" in picture
    page.uncheck("input[value='offentlig-miljo.measures']")
    page.wait_for_url("**som=publik**")
    page.locator(".nav a", has_text="Platser").first.click()
    page.wait_for_url("**/platser?som=publik")
    assert page.locator("form.roles").count() == 0
    for _ in range(4):
        # Not `go_back`, which fails when the page itself is still on its way somewhere.
        page.evaluate("setTimeout(() => history.back())")
        page.wait_for_timeout(400)
    page.wait_for_load_state()
    assert page.evaluate("1") == 1
