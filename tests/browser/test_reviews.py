"""A site is reviewed on a 360 px phone: by a business's link, by anybody from the poster, and by staff signed in, with
and without scripts and coverage."""

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


def answered(page, score, send):
    page.locator(f"input[name=score_evening][value='{score}']").check(force=True)
    page.locator("#idea").fill("Fler bänkar")
    page.wait_for_timeout(3100)
    page.get_by_role("button", name=send).click()
    page.wait_for_url("**/kvitto*")


def test_anybody_answers_from_the_poster_on_a_phone_and_an_officer_sees_the_voices_side_by_side(visit, keep):
    page = visit("/platsutveckling/1", role="publik", size="360")
    page.get_by_role("link", name="Tyck till om platsen").click()
    page.get_by_role("button", name="Börja").click()
    page.wait_for_url("**/svara?*")
    sound(page)
    answered(page, 2, "Skicka")
    expect(page.locator(".figures").first).to_contain_text("Kväll Du: 2. Andra: ungefär")
    expect(page.locator("section[aria-labelledby=roster]")).to_contain_text("För få svar att visa: Allmänheten")
    sound(page)
    keep(page, "omdome-alla-kvitto-360")
    page = visit("/platsutveckling/1/omdome", size="360", script=False, role="polis", language="en")
    page.get_by_role("button", name="Begin").click()
    answered(page, 3, "Send")
    expect(page.locator(".figures").first).to_contain_text("Evening You: 3. Others: about")
    page.goto(page.url.replace("/omdome/kvitto", ""))
    expect(page.locator("section[aria-labelledby=roster] table").first).to_contain_text("answers")
