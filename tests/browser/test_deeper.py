"""The week as a filter by click, by keyboard and without script; the deeper pages on a phone and on paper's terms."""

import re

from served import settled, violations

PAGES = ("utveckling", "samlat", "arshjul", "upprepning?group=pyroteknik", "larm")


def test_an_hour_of_the_week_narrows_list_and_map_by_click_by_keyboard_and_without_script(visit):
    page = visit("/aterkommande?kind=problem&period=36m", role="planerare")
    whole = page.locator(".effect-words").inner_text()
    cells = page.locator(".week td a")
    busiest = max(range(cells.count()), key=lambda at: int(re.sub(r"\s", "", cells.nth(at).inner_text())))
    address = cells.nth(busiest).get_attribute("href")
    hour = re.search(r"weekday=\d&hour=\d\d-\d\d", address)[0]
    cells.nth(busiest).click()
    page.wait_for_url(f"**{address}")
    here = page.locator(".week td a[aria-current]")
    assert here.count() == 1 and here.get_attribute("href") == address
    narrowed = page.locator(".effect-words").inner_text()
    assert narrowed != whole and page.locator(".spots > li").count() > 0
    assert hour in page.locator(".spots-map").get_attribute("src")
    assert "weekday=" in page.get_by_role("link", name="Visa på kartan").first.get_attribute("href")
    # One stop of the Tab key, arrows inside, Enter chooses.
    here.focus()
    page.keyboard.press("ArrowLeft")
    beside = page.evaluate("document.activeElement.getAttribute('href')")
    assert beside != address and page.locator(".week td a[tabindex='0']").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{beside}")
    assert page.locator(".week td a[aria-current]").get_attribute("href") == beside
    plain = visit(address, role="planerare", script=False)
    assert plain.locator(".effect-words").inner_text() == narrowed
    plain.get_by_role("link", name="Visa alla dagar och klockslag").click()
    assert "weekday" not in plain.url


def test_the_deeper_pages_and_a_kept_run_are_accessible_and_fit_a_phone(visit, keep):
    page = visit("/aterkommande", role="samordnare", size="360")
    base = page.url.split("/aterkommande", 1)[0]
    for name in PAGES:
        page.goto(f"{base}/aterkommande/{name}")
        settled(page)
        assert violations(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        keep(page, f"{name.split('?')[0]}-360")
        page.locator(".method-card > summary").first.click()
        assert page.locator(".method-card li").first.is_visible()
    page.goto(f"{base}/aterkommande?method=streets")
    page.get_by_role("button", name="Spara körningen").click()
    page.wait_for_url("**/aterkommande/korning/*")
    assert violations(page) == [] and page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert "Räknad på nytt i dag ger frågan exakt samma svar." in page.locator("main").inner_text()
    keep(page, "korning-360")
    assert page.foreign == page.faults == []
