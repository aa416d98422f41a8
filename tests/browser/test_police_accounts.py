"""A new account for the police, proposed by one and confirmed by another, on a phone."""

from served import settled, violations


def check(page, keep, name):
    settled(page)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no sideways scrolling"
    keep(page, f"polisen-{name}-360")


def test_the_coordinator_proposes_and_the_police_confirm(visit, keep):
    page = visit("/admin/polisen", size="360", role="samordnare")
    page.locator("#username").fill("nyapolisen")
    page.locator("#name").fill("Nya Polisen")
    page.locator("main form.card .button").last.click()
    page.get_by_text("Förslaget väntar på polisen.").wait_for()
    check(page, keep, "foreslaget")
    page = visit("/konto/forslag", size="360", role="polis")
    check(page, keep, "att-bekrafta")
    page.get_by_role("button", name="Bekräfta nyapolisen").click()
    page.locator(".secret").wait_for()
    check(page, keep, "bekraftat")
    assert len(page.locator(".secret").inner_text()) >= 12
