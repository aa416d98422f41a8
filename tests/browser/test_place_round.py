"""A planner takes a problem from a drawn shape through definition and cause one step on, and back again."""

import json
import re

import pytest
from served import drawn, still, wait_for_map


def fill_name(page):
    page.get_by_label("Platsens namn").fill("Provtorget")
    page.get_by_label("Vad gäller det?").fill("Stök på kvällarna.")
    page.get_by_label("Typ av problem").select_option("ordningsstorning")
    page.get_by_label("Ägare av platsen").select_option(index=1)


def press(page, x, y):
    box = page.locator("#karta").bounding_box()
    page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])


def test_draw_define_cause_step_and_back(visit, keep):
    page = visit("/platser/ny?bbox=12.95,55.405,12.965,55.415", role="planerare")
    wait_for_map(page)
    assert drawn(page) is None, "a view says where to look, not how large the place is"
    for x, y in ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6)):
        press(page, x, y)
    page.get_by_text("4 hörn. Formen går att spara.").wait_for()
    page.get_by_role("button", name="Ta bort senaste").click()
    page.get_by_text("3 hörn. Formen går att spara.").wait_for()
    assert len(drawn(page)["coordinates"][0]) == 4
    keep(page, "ny-plats-1440")
    fill_name(page)
    page.get_by_role("button", name="Skapa platsen").click()
    page.get_by_role("heading", name="Provtorget").wait_for()
    card = page.url

    page.get_by_role("link", name="Gå vidare").click()
    page.get_by_text("6 uppgifter saknas:").wait_for()
    page.get_by_role("link", name=re.compile("Fyll i det")).click()
    page.get_by_role("link", name="Beskriv problemet").click()
    for label in ("Vad händer?", "Var?", "När?", "Hur ofta?", "Vilka drabbas?"):
        page.get_by_label(label, exact=True).fill(f"Svar på {label}")
    page.get_by_label("Trygghetsvandring").check()
    page.get_by_role("button", name="Spara", exact=True).click()
    page.get_by_role("link", name="Gå vidare").click()
    page.get_by_text("Inget saknas.").wait_for()
    page.get_by_role("button", name="Gå vidare till Analys").click()

    page.get_by_role("link", name="Lägg till en orsak").click()
    page.get_by_label("Ingen håller uppsikt").check()
    page.get_by_label("Vad är orsaken?").fill("Ingen är där efter stängning.")
    page.get_by_label("Vad talar för det?").fill("Fyra kvällar utan vuxna.")
    page.get_by_role("button", name="Spara", exact=True).click()
    page.goto(card)
    page.locator(".cause-what", has_text="Ingen är där efter stängning.").wait_for()
    page.get_by_role("link", name="Gå tillbaka").click()
    page.get_by_label("Ny information").check()
    page.get_by_role("button", name="Gå tillbaka").click()
    page.get_by_text("Varv 2, sedan").wait_for()
    assert page.locator(".track li[aria-current]").inner_text().startswith("Här är vi nu")
    assert page.locator(".life.wide .jump.back").count() == 1
    assert page.faults == [] and page.foreign == []
    keep(page, "plats-varv-2-1440")


@pytest.mark.parametrize(("kind", "corners", "shape"), [("Punkt", 1, "Point"), ("Sträcka", 2, "LineString")])
def test_a_place_can_be_drawn_with_the_keyboard_alone(visit, kind, corners, shape):
    page = visit("/platser/ny", role="planerare")
    wait_for_map(page)
    page.get_by_label(kind, exact=True).check()
    view = page.locator("#karta")
    view.focus()
    for _ in range(corners):
        page.keyboard.press("Enter")
        page.keyboard.press("ArrowRight")
        still(page)
    assert drawn(page)["type"] == shape
    page.keyboard.press("Enter")
    page.keyboard.press("Backspace")
    assert drawn(page) is None if kind == "Punkt" else drawn(page)["type"] == shape


def test_a_corner_can_be_pulled_where_it_belongs(visit):
    page = visit("/platser/1/lage", role="planerare")
    wait_for_map(page)
    page.get_by_role("button", name="Börja om").click()
    for x, y in ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6)):
        press(page, x, y)
    before = drawn(page)["coordinates"][0]
    box = page.locator(".corner").nth(1).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y - 40, steps=6)
    page.mouse.up()
    after = drawn(page)["coordinates"][0]
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, False, True, True]
    assert after[1][0] > before[1][0] and after[1][1] > before[1][1]


def test_chosen_reports_become_a_place(visit):
    page = visit("/karta?layer=problem&q=Stortorget", role="planerare")
    boxes = page.locator("input[name=rapporter]")
    for number in range(3):
        boxes.nth(number).check()
    page.locator("#area").select_option("ljunghusen")
    page.get_by_text("3 valda rapporter är utanför urvalet.").wait_for()
    page.get_by_role("button", name="Tabell").click()
    page.wait_for_url("**visa=tabell**")
    page.get_by_role("button", name="Gör en plats av de valda").click()
    page.get_by_text("3 valda rapporter hör till platsen från början.").wait_for()
    fill_name(page)
    if drawn(page) is None:
        page.get_by_text("Välj utan karta").click()
        page.get_by_label("Plats, hållplats eller koordinater").fill("Stortorget")
    page.get_by_role("button", name="Skapa platsen").click()
    page.get_by_text("3 valda för hand").wait_for()


def test_without_scripts_a_place_is_made_of_a_stretch_and_stepped(visit):
    page = visit("/platser/ny", role="planerare", script=False)
    page.get_by_text("Välj utan karta").click()
    page.get_by_label("Sträcka (valfritt)").select_option(index=1)
    fill_name(page)
    page.get_by_role("button", name="Skapa platsen").click()
    page.get_by_role("heading", name="Provtorget").wait_for()
    page.get_by_role("link", name="Gå vidare").click()
    page.get_by_label("Gå vidare ändå").check()
    page.get_by_label("Varför går ni vidare ändå?").fill("Redan känt sedan förra året.")
    page.get_by_role("button", name="Gå vidare till Analys").click()
    page.get_by_text("Varv 1, sedan").wait_for()
    page.get_by_text("Historik").click()
    page.get_by_text("Redan känt sedan förra året.").wait_for()


@pytest.mark.parametrize("size", ["1440", "1024", "360"])
def test_the_pictures_and_the_measures_of_a_place_fit_without_scrolling_sideways(visit, keep, size):
    page = visit("/platser/3", size=size, role="planerare")
    for box in page.locator(".picture-box, .table-box.fit").all():
        assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
    shown = page.locator(".picture-box svg:visible")
    assert (
        shown.count() == 3 == page.locator(f".picture-box svg.{'narrow' if size == '360' else 'wide'}:visible").count()
    )
    page.locator(".picture-box").last.scroll_into_view_if_needed()
    keep(page, f"tidsmonster-{size}")
    page.goto(page.url.replace("/platser/3", "/atgarder"))
    for box in page.locator(".table-box.fit").all():
        assert box.evaluate("box => box.scrollWidth <= box.clientWidth")


def test_enter_in_a_field_goes_on_and_counting_again_brings_its_answer_into_sight(visit):
    page = visit("/atgarder/1/plan/ny", role="planerare", size="360")
    page.get_by_role("button", name="Räkna om").click()
    page.wait_for_load_state()
    assert page.url.endswith("#synligt")
    assert page.evaluate("document.activeElement.id") == "synligt"
    top = page.locator("#synligt").bounding_box()["y"]
    assert 0 <= top < 740
    page.get_by_label("Vad ska räknas, i ord?").press("Enter")
    page.wait_for_load_state()
    assert not page.url.endswith("#synligt")


def test_the_tools_of_the_header_are_ordinary_stops_of_the_tab_key(visit):
    page = visit("/hjalp", role="planerare")
    page.locator(".head-search button").focus()
    names = []
    for _ in range(2):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.textContent.trim()"))
    assert names == ["English", "Exempel Planerare"]


def test_drawing_begins_anew_with_another_kind_and_each_click_is_one_corner(visit):
    page = visit("/platser/ny?bbox=12.9441,55.4098,12.9481,55.4118", role="planerare")
    wait_for_map(page)
    page.get_by_label("Punkt", exact=True).check()
    press(page, 0.5, 0.5)
    assert drawn(page)["type"] == "Point"
    page.get_by_label("Sträcka", exact=True).first.check()
    assert drawn(page) is None
    page.get_by_label("Område", exact=True).check()
    box = page.locator("#karta").bounding_box()
    for x, y in ((0.4, 0.4), (0.6, 0.4)):
        press(page, x, y)
    page.mouse.dblclick(box["x"] + 0.6 * box["width"], box["y"] + 0.6 * box["height"])
    page.get_by_text("3 hörn. Formen går att spara.").wait_for()
    assert len(drawn(page)["coordinates"][0]) == 4


def test_a_click_on_a_sign_is_a_corner_and_no_sign_can_be_reached_while_drawing(visit):
    page = visit("/platser/ny?bbox=12.90,55.38,13.05,55.48", role="planerare")
    wait_for_map(page)
    sign = page.locator("#karta .mark:not(.corner)").first
    sign.wait_for()
    assert page.locator("#karta .mark[role=button]").count() == 0
    page.get_by_label("Punkt", exact=True).check()
    places = [one.bounding_box() for one in page.locator("#karta .mark:not(.corner)").all()]
    view = page.locator("#karta").bounding_box()
    inside = next(
        at for at in places
        if view["x"] + 80 < at["x"] < view["x"] + view["width"] - 120
        and view["y"] + 120 < at["y"] < view["y"] + view["height"] - 120
    )  # fmt: skip
    page.mouse.click(inside["x"] + inside["width"] / 2, inside["y"] + inside["height"] / 2)
    assert drawn(page)["type"] == "Point"


def test_a_shape_that_was_refused_is_still_seen_with_the_reason_beside_it(visit):
    page = visit("/platser/ny", role="planerare")
    wait_for_map(page)
    sea = [[12.70, 55.30], [12.71, 55.30], [12.71, 55.31], [12.70, 55.30]]
    page.get_by_text("Välj utan karta").click()
    page.fill("#geometry", json.dumps({"type": "Polygon", "coordinates": [sea]}))
    fill_name(page)
    page.get_by_role("button", name="Skapa platsen").click()
    wait_for_map(page)
    state = page.locator("[data-draw-state]")
    assert "kommunen" in state.inner_text() and "går att spara" not in state.inner_text()
    box, corner = page.locator("#karta").bounding_box(), page.locator("#karta .corner").first.bounding_box()
    assert box["x"] < corner["x"] < box["x"] + box["width"] and box["y"] < corner["y"] < box["y"] + box["height"]
    page.fill("#geometry", '{"type": "Point", "coordinates": ["a"]}')
    page.get_by_text("Det som står i rutan för GeoJSON går inte att rita.").wait_for()


def test_what_is_pasted_beyond_the_limit_is_said_and_the_rest_can_still_be_read(visit):
    page = visit("/platser/ny", role="planerare")
    summary = page.get_by_label("Vad gäller det?")
    summary.fill("a" * 590)
    summary.press("End")
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData('text', 'b'.repeat(40));
          const pasted = new ClipboardEvent('paste', { clipboardData: data, bubbles: true });
          document.querySelector('#summary').dispatchEvent(pasted);
        }"""
    )
    page.get_by_text("30 tecken fick inte plats. Högst 600 tecken ryms här.").wait_for()


@pytest.mark.parametrize("size", ["360", "1440"])
def test_a_long_word_never_makes_a_page_wider_than_the_screen(visit, size):
    page = visit("/platser/ny", role="planerare", script=False, size="1440")
    page.locator("summary", has_text="Välj utan karta").click()
    page.get_by_label("Plats, hållplats eller koordinater").fill("12.9558, 55.4098")
    page.get_by_label("Platsens namn").fill("Ö" * 118 + size[:2])
    page.get_by_label("Vad gäller det?").fill("a" * 590)
    page.get_by_label("Typ av problem").select_option("ordningsstorning")
    page.get_by_label("Ägare av platsen").select_option(index=1)
    page.get_by_role("button", name="Skapa platsen").click()
    card = "/" + page.url.split("/", 3)[3]
    page = visit(card, role="planerare", size=size)
    page.locator("h1").wait_for()
    for address in (card, f"{card.split('?')[0]}/andra", f"{card.split('?')[0]}/steg/kartlaggning", "/platser", "/"):
        page.goto(page.url.split("/platser")[0].rstrip("/") + address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
