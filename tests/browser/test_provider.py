"""Signing in by way of the municipality's service: a real Chromium goes there and comes back, under our own policy."""

import identity_provider
from served import samverkan, settled, violations

WORDS = "grönt cykelställ vid muren"


def at_the_service(page, identity, who):
    """Fill in the service's own pages."""
    page.wait_for_url(f"{identity.address}/**")
    page.locator("[name=login]").fill(who)
    page.locator("[name=login]").press("Enter")
    page.locator("[name=password]").fill(identity_provider.PASSWORD)
    page.locator("[name=password]").press("Enter")


def named(instance, username, called):
    """A colleague whom the service calls so."""
    how = {"instance": instance, "text": True, "capture_output": True}
    command = ("user", "add", username, "--role", "planerare", "--name", "Anna Ek")
    for done in (
        samverkan(*command, input=f"{WORDS}\n", **how),
        samverkan("user", "provider", username, "--called", called, **how),
    ):
        assert done.returncode == 0, done.stderr


def test_a_colleague_goes_to_the_service_and_comes_back_with_the_own_name(visit, server, instance, identity, keep):
    named(instance, "anna", "anna.ek@kommunen.example")
    page = visit("/konto/logga-in?till=/konto", size="360")
    settled(page)
    assert violations(page) == [] and page.foreign == []
    keep(page, "inloggningstjanst-360")
    page.get_by_role("link", name="Logga in med Kommunen").press("Enter")
    at_the_service(page, identity, "anna.ek")
    page.wait_for_url(f"{server}/konto")
    page.foreign.clear()
    page.faults.clear()
    page.reload()
    settled(page)
    assert "Anna Ek" in page.locator("dl.facts").inner_text()
    assert "Du loggar in med Kommunen" in page.locator("main").inner_text()
    assert violations(page) == [] and page.foreign == [] and page.faults == []
    keep(page, "inloggningstjanst-konto-360")
    signs_out_everywhere(page, server, identity, keep)


def signs_out_everywhere(page, server, identity, keep):
    """Here, then at the service, which asks for the password the next time."""
    page.get_by_role("button", name="Logga ut", exact=True).click()
    page.wait_for_url(f"{server}/konto/inloggningstjanst/ut")
    for language in ("en", "sv"):
        page.goto(f"{server}/sprak/{language}")
        page.goto(f"{server}/konto/inloggningstjanst/ut")
        settled(page)
        assert violations(page) == [] and page.foreign == [] and page.faults == []
    keep(page, "inloggningstjanst-ut-360")
    page.get_by_role("link", name="Logga ut hos Kommunen").press("Enter")
    page.wait_for_url(f"{identity.address}/**")
    page.locator("[name=answer][value=logout]").click()
    page.wait_for_url(f"{server}/")
    page.goto(f"{server}/konto/logga-in")
    page.get_by_role("link", name="Logga in med Kommunen").click()
    page.wait_for_url(f"{identity.address}/**")
    assert page.locator("[name=login], [name=password]").count() > 0


def test_somebody_unknown_comes_back_to_one_sentence_also_without_scripts(visit, server, identity, keep):
    page = visit("/konto/logga-in", script=False)
    page.get_by_role("link", name="Logga in med Kommunen").click()
    at_the_service(page, identity, "okand")
    page.wait_for_url(f"{server}/konto/inloggningstjanst/svar**")
    assert page.get_by_role("alert").inner_text() == "Du har ingen behörighet här. Be samordnaren lägga till dig."
    keep(page, "inloggningstjanst-okand-1440")
