"""The public figures: on the map where they are asked for, and whole without scripts on a phone."""


def test_the_numbers_of_the_sub_areas_come_on_the_map_when_they_are_asked_for_and_go_again(visit, keep):
    page = visit("/", role="publik")
    page.wait_for_selector("#karta[data-ready]")
    numbers = page.locator("#karta .label.figure")
    assert numbers.count() == 0, "the public map begins with what is done"
    page.select_option("#delomraden", label="Alla problem 2025")
    page.wait_for_selector("#karta[data-areas='5']")
    asked = page.locator("#delomraden option", has_text="Alla problem 2025").get_attribute("value")
    told = page.request.get(page.url.rstrip("/") + asked).json()["features"]
    shown = {one["properties"]["told"] or str(one["properties"]["count"]) for one in told}
    assert set(numbers.all_inner_texts()) == shown
    key = page.locator("[data-areas-key]")
    assert key.locator("strong").inner_text().startswith("Alla problem 2025")
    assert key.locator("li").count() == len({one["properties"]["colour"] for one in told})
    page.wait_for_load_state("networkidle")
    keep(page, "karta-delomraden")
    page.select_option("#delomraden", index=0)
    page.wait_for_selector("#karta[data-areas='0']")
    assert numbers.count() == 0 and key.is_hidden()
    assert page.faults == []


def test_the_figures_are_whole_without_scripts_on_a_phone(visit):
    page = visit("/statistik", size="360", script=False)
    page.select_option("#visa", "fortkorning")
    page.get_by_role("button", name="Visa", exact=True).click()
    page.wait_for_load_state("networkidle")
    assert page.locator("#kartan").inner_text() == "Fortkörning 2025"
    assert page.locator(".figures-map").evaluate("image => image.complete && image.naturalWidth > 0")
    assert page.locator(".one-line tbody tr").count() == 7
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no sideways scrolling"
