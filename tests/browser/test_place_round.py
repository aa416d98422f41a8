"""A planner takes a problem from a drawn shape through definition and cause one step on, and back again."""

import re

import pytest
from served import drawn, wait_for_map


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
    assert drawn(page)["type"] == "Polygon", "the view that was small enough is suggested"
    page.get_by_role("button", name="Börja om").click()
    assert drawn(page) is None
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
    assert page.locator(".life .jump.back").count() == 1
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
        page.wait_for_timeout(400)
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
