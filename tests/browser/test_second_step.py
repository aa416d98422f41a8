"""A phone is connected on a phone: 360 px, and what the picture says is what the text says."""

import re

import pyotp
from served import samverkan, settled, violations

PASSWORD = "grönt cykelställ vid muren"


def check(page, keep, name):
    settled(page)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no sideways scrolling"
    assert page.foreign == []
    keep(page, f"tvasteg-{name}-360")


def sign_in(page, server):
    page.goto(f"{server}/konto/logga-in")
    page.locator("#username").fill("telefon")
    page.locator("#password").fill(PASSWORD)
    page.locator("main form .button").click()
    settled(page)


def test_a_colleague_connects_a_phone_on_a_phone_and_signs_in_with_it(visit, server, instance, keep):
    added = samverkan(
        "user", "add", "telefon", "--role", "planerare", instance=instance, input=f"{PASSWORD}\n", text=True,
        capture_output=True,
    )  # fmt: skip
    assert added.returncode == 0, added.stderr
    page = visit("/hjalp", size="360")
    sign_in(page, server)
    page.goto(f"{server}/konto/tvasteg")
    check(page, keep, "borja")
    page.locator("#password").fill(PASSWORD)
    page.locator("main form .button").click()
    page.wait_for_url("**/konto/tvasteg/ny")
    check(page, keep, "ny")
    assert page.locator("img.qr").evaluate("image => image.complete && image.naturalWidth > 100")
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.locator("#code").fill(pyotp.TOTP(secret).now())
    page.locator("main form .button").click()
    page.locator(".codes").wait_for()
    check(page, keep, "koder")
    code = page.locator(".codes code").first.inner_text()
    assert re.fullmatch("[A-Z2-7]{4}(-[A-Z2-7]{4}){3}", code)
    page.goto(f"{server}/konto/tvasteg")
    check(page, keep, "kopplad")
    page.context.clear_cookies()
    sign_in(page, server)
    check(page, keep, "kod")
    page.locator("#code").fill(code)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server}/")
    page.goto(f"{server}/konto")
    assert "telefon" in page.locator("dl.facts").inner_text()
