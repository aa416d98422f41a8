"""The one walk of the traffic group's material on both databases: list, map, matrix by keyboard, meeting mode."""

import re

WORDS = "Mät farten i båda riktningarna."


def test_list_map_week_and_meeting_hold_together_on_both_databases(visit_on_each):
    page = visit_on_each("/trafik", size="1024", role="planerare", reduced_motion="reduce")
    rows = page.locator(".ranked tbody tr")
    total = rows.count()
    assert total > 10 and page.locator("#topplista").inner_text() == f"{total} sträckor"
    page.locator("#karta[data-drawn]").wait_for()
    page.locator("[data-show]").first.click()
    name = page.locator(".ranked tr.chosen th a").inner_text()
    assert name in page.locator("[data-chosen-stretch]").inner_text()

    # By keyboard from the hours of the week to the places of one of them.
    page.goto(page.url.split("/trafik")[0] + "/aterkommande?kind=traffic&period=36m")
    everything = page.locator(".effect-words").inner_text()
    page.locator(".week td a[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    asked = page.evaluate("document.activeElement.search")
    page.keyboard.press("Enter")
    page.locator(".week td a[aria-current]").wait_for()
    assert re.search(r"weekday=1&hour=\d\d-\d\d", asked) and page.locator(".effect-words").inner_text() != everything

    # F begins the meeting, the keys lead it, and what is decided stands where it was decided and at its end.
    page.goto(page.url.split("/aterkommande")[0] + "/trafik")
    page.keyboard.press("f")
    page.locator(".meeting-where", has_text=f"1 av {total}").wait_for()
    page.wait_for_load_state("networkidle")
    for key, where in (("ArrowRight", "2 av"), ("ArrowLeft", "1 av"), ("t", "–"), ("t", "1 av")):
        page.keyboard.press(key)
        page.locator(".meeting-where", has_text=where).wait_for()
    title = page.locator("h1").inner_text()
    page.keyboard.press("b")
    page.fill("#text", WORDS)
    page.select_option("#owner_id", label="Vellinge kommun")
    page.get_by_role("button", name="Spara beslutet").click()
    page.locator(".said").wait_for()
    assert page.locator("h1").inner_text() == title
    page.locator("#avsluta").click()
    page.locator(".meeting-decided", has_text=WORDS).wait_for()
    page.locator("#visa-meetings-recurring").click()
    page.locator("#visa-meetings-recurring[aria-current]").wait_for()
    page.locator(".meeting-map img").wait_for()
    page.keyboard.press("Escape")
    page.locator("li:target").wait_for()
    assert page.faults == [] and page.foreign == []
