"""A business reviews a site on a 360 px phone: by a link and its button, with and without scripts and coverage."""

from playwright.sync_api import expect
from served import settled, violations

ROUND = "/platsutveckling/1/omgang/2"


def a_link(visit, server, name, language):
    """A fresh link for an invited organisation, from the coordinator's sheet."""
    page = visit(ROUND, role="samordnare", language=language)
    page.goto(server + ROUND)
    page.locator("tr", has_text=name).locator("form[action*='/lank/'] button").click()
    page.wait_for_url("**/lank/*")
    assert violations(page) == []
    assert page.locator("svg.qr").count() == 1
    return page.locator(".link-address a").get_attribute("href").removeprefix(server)


def sound(page):
    settled(page)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no sideways scrolling"
    assert page.foreign == []


def test_a_review_survives_lost_coverage_and_shows_its_receipt(visit, server, keep):
    page = visit(a_link(visit, server, "Grannsamverkan", "sv"), size="360")
    sound(page)
    page.get_by_role("button", name="Börja").click()
    page.wait_for_url("**/svara?*")
    sound(page)
    keep(page, "omdome-360")
    page.get_by_role("group", name="Kväll").get_by_role("radio", name="2, dåligt").check(force=True)
    page.locator("input[name=improve][value=light]").check()
    page.locator("#idea").fill("Ljusslingor")
    box = page.locator(".scale-row label").first.bounding_box()
    assert min(box["width"], box["height"]) >= 44
    page.context.set_offline(True)
    page.get_by_role("button", name="Skicka").click()
    expect(page.locator("[data-draft-state]")).to_contain_text("Inte skickat än")
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("#idea")).to_have_value("Ljusslingor")
    page.get_by_role("button", name="Skicka").click()
    page.wait_for_url("**/kvitto?*")
    expect(page.locator(".figures").first).to_contain_text("Kväll Ni: 2. Andra: ungefär 4,0 (5 svar).")
    sound(page)
    keep(page, "omdome-kvitto-360")
    page.get_by_role("link", name="Ändra svaret").click()
    page.wait_for_url("**/svara?*")
    expect(page.locator("#idea")).to_have_value("Ljusslingor")
    assert page.faults == []


def test_a_review_is_sent_and_changed_without_scripts(visit, server):
    page = visit(a_link(visit, server, "Exempelcykel", "en"), size="360", script=False, language="en")
    page.get_by_role("button", name="See or change the answer").click()
    page.get_by_role("link", name="Change the answer").click()
    page.locator("input[name=score_evening][value='5']").check(force=True)
    page.locator("#good").fill("Call 070-123 45 67")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".notice.error")).to_contain_text("telephone")
    page.locator("#good").fill("Many people stop here.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".figures").first).to_contain_text("Evening You: 5.")
