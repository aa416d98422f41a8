"""The list of stretches beside its map, and the form that draws one."""

from served import still, wait_for_map


def test_a_row_shows_its_stretch_on_the_map_and_a_number_on_the_map_its_row(visit, keep):
    page = visit("/trafik", role="trafikgrupp")
    page.locator("#karta[data-drawn]").wait_for()
    assert not page.locator(".map-picture").is_visible()
    page.locator("[data-show]").nth(1).click()
    name = page.locator(".ranked tr.chosen th a").inner_text()
    assert page.locator("[data-show][aria-pressed=true]").count() == 1
    assert name in page.locator("[data-chosen-stretch]").inner_text()
    keep(page, "trafik-vald")
    first = page.locator(".leaflet-marker-icon.mark:visible").first
    first.focus()
    page.keyboard.press("Enter")
    chosen = page.locator(".ranked tr.chosen th a").inner_text()
    assert first.get_attribute("aria-label").endswith(chosen)
    page.locator("[data-chosen-stretch] a").click()
    assert page.locator("h1").inner_text() == chosen and not page.faults and not page.foreign


def test_without_scripts_and_on_paper_the_picture_stands_beside_the_list(visit):
    page = visit("/trafik", role="planerare", script=False)
    assert page.locator(".map-picture").is_visible() and not page.locator(".living-map").is_visible()
    assert not page.locator("[data-show]").first.is_visible()
    page = visit("/trafik", role="planerare")
    page.emulate_media(media="print")
    assert page.locator(".map-picture").is_visible() and not page.locator(".living-map").is_visible()


def test_a_line_is_drawn_by_keyboard_and_still_stands_there_when_the_form_was_refused(visit, keep):
    page = visit("/trafik/stracka/ny", role="planerare")
    wait_for_map(page)
    page.locator("#name").fill("Provgatan")
    page.locator("#karta").focus()
    page.keyboard.press("Enter")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
        still(page)
    page.keyboard.press("Enter")
    assert page.locator("#geometry").input_value().startswith('{"type":"LineString"')
    page.get_by_role("button", name="Spara sträckan").click()
    assert "Välj vem som är väghållare." in page.locator("[role=alert]").inner_text()
    wait_for_map(page)
    assert page.locator(".corner").count() == 2 and page.locator("#name").input_value() == "Provgatan"
    keep(page, "stracka-ritad")
    assert not [fault for fault in page.faults if "422" not in fault]
