"""A meeting of the steering group at an old projector: by keyboard, large enough, and without losing its place."""

import re

from served import violations

MODE = "/trafik/moteslage"
PLACES = f"{MODE}/platser"
SCROLL = "[document.documentElement.scrollHeight - innerHeight, document.documentElement.scrollWidth - innerWidth]"
PIXELS = "(one) => parseFloat(getComputedStyle(one).fontSize)"
WORDS = "Mät farten i båda riktningarna före och efter guppen."


def place(page):
    return page.locator(".meeting-where").inner_text()


def looked_at(page, keep, name):
    page.wait_for_load_state("networkidle")
    assert violations(page) == [], name
    assert page.evaluate(SCROLL) == [0, 0], name
    keep(page, f"{name}-1024")


def press(page, key, where):
    page.keyboard.press(key)
    page.locator(".meeting-where", has_text=where).wait_for()


def test_a_meeting_goes_by_keyboard_at_an_old_projector(visit, keep):
    page = visit("/trafik", size="1024", role="trafikgrupp", reduced_motion="reduce")
    page.locator("#keeper").press("f")
    assert page.url.endswith("/trafik")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("f")
    page.wait_for_url(re.compile("moteslage"))
    looked_at(page, keep, "moteslage")
    for what, least in (("h1", 32), (".meeting-count", 28), (".meeting-ask", 28), (".meeting-first p >> nth=1", 24)):
        assert page.locator(what).first.evaluate(PIXELS) >= least, what
    page.evaluate("document.body.dataset.same = 'yes'")
    press(page, "ArrowRight", "2 av")
    press(page, "ArrowRight", "3 av")
    press(page, "ArrowLeft", "2 av")
    # It is the same page still, so a browser that fills the screen goes on doing so.
    assert page.evaluate("document.body.dataset.same") == "yes" and "stracka=" in page.url
    press(page, "t", "–")
    looked_at(page, keep, "moteslage-tabell")
    page.go_back()
    page.locator(".meeting-where", has_text="2 av").wait_for()
    page.locator("body.still").wait_for()
    page.mouse.move(300, 300)
    page.locator("body:not(.still)").wait_for()

    # The keys can be turned off, and are on again.
    page.locator("[data-switch]").click()
    page.locator("body[data-keys=off]").wait_for()
    page.keyboard.press("ArrowRight")
    page.locator("[data-switch]").click()
    page.locator("body[data-keys=on]").wait_for()
    assert place(page).startswith("2 av")

    # The secretary writes the decision, with letters that are no keys there, and the meeting is where it was.
    page.keyboard.press("b")
    page.locator("#text").press_sequentially("bt")
    page.fill("#text", WORDS)
    page.select_option("#owner_id", label="Vellinge kommun")
    page.fill("#due_on", "2027-01-31")
    looked_at_form = violations(page)
    page.get_by_role("button", name="Spara beslutet").click()
    page.locator(".said").wait_for()
    assert looked_at_form == [] and place(page).startswith("2 av") and WORDS[:30] in page.locator("main").inner_text()
    name = page.locator("h1").inner_text().split(",")[0]
    page.evaluate("document.body.dataset.same = 'yes'")
    page.locator("#avsluta").click()
    page.locator(".meeting-decided", has_text=WORDS).wait_for()
    looked_at(page, keep, "moteslage-slut")
    press(page, "ArrowLeft", "2 av")
    assert page.evaluate("document.body.dataset.same") == "yes"
    page.keyboard.press("Escape")
    row = page.locator("a:target")
    row.wait_for()
    assert row.inner_text() == name and page.url.endswith(row.get_attribute("id"))

    page.goto(page.url.split("/trafik")[0] + "/moten/styrgrupp-trafik/beslut")
    assert WORDS in page.locator("tbody").inner_text()
    page.wait_for_load_state("networkidle")
    assert violations(page) == [] and page.faults == [] and page.foreign == []


def test_recurring_places_are_slides_too_and_one_changes_between_the_two_in_place(visit, keep):
    page = visit(PLACES, size="1024", role="trafikgrupp", reduced_motion="reduce")
    looked_at(page, keep, "moteslage-plats")
    page.evaluate("document.body.dataset.same = 'yes'")
    press(page, "ArrowRight", "2 av")
    press(page, "t", "–")
    looked_at(page, keep, "moteslage-platser")
    page.locator("#visa-meetings-projected").focus()
    page.keyboard.press("Enter")
    page.locator("#visa-meetings-projected[aria-current]").wait_for()
    assert page.evaluate("document.body.dataset.same") == "yes" and page.url.split("?")[0].endswith(MODE)
    assert page.evaluate("document.activeElement.id") == "visa-meetings-projected"
    page.go_back()
    page.locator("#visa-meetings-recurring[aria-current]").wait_for()
    assert page.faults == [] and page.foreign == []


def test_meeting_mode_and_agenda_work_without_javascript_and_on_a_phone(visit, keep):
    page = visit(MODE, size="360", role="planerare", script=False)
    page.get_by_role("link", name="Nästa").click()
    assert place(page).startswith("2 av") and page.evaluate(SCROLL)[1] <= 0
    keep(page, "moteslage-360")
    page.get_by_role("link", name="Visa tabell").click()
    assert page.locator("tbody tr").count() == 10 and page.evaluate(SCROLL)[1] <= 0
    page.get_by_role("link", name="Avsluta").click()
    assert page.locator("h1").inner_text().startswith("Beslut på mötet")
    page.get_by_role("link", name="Till listan").click()
    page.get_by_role("link", name="Möten: dagordning och beslut").click()
    page.get_by_role("link", name=re.compile("Dagordning.*trafik")).click()
    assert page.locator("h2").all_inner_texts()[-1].startswith("När lägesbild") and page.evaluate(SCROLL)[1] <= 0
    keep(page, "dagordning-360")
