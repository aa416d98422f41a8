"""A resident reports a place on a phone, with scripts and without, and the coordinator answers."""

import io
import time

from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from samverkan_map.web.inbox.covering import SIDES
from samverkan_map.web.inbox.sending import QUICKEST_SECONDS

HERE = {"longitude": 12.9558, "latitude": 55.4098, "accuracy": 12}


def faults_of(page):
    """What axe complains of, and a page that scrolls sideways."""
    found = [(page.url, one["id"], one["nodes"][0]["html"]) for one in Axe().run(page).response["violations"]]
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return found + ([(page.url, "scrolls sideways", "")] if wide else [])


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def test_a_phone_without_scripts_reports_by_name_and_follows_the_code_elsewhere(visit):
    page = visit("/rapportera", size="360", role="publik", script=False)
    assert not page.is_visible("[data-locate]") and page.is_visible("text=Ring 112")
    page.fill("#plats", "Stortorget")
    press(page, "Fortsätt")
    page.check("input[name=vad][value=morkt]")
    page.fill("#text", "Lampan är trasig, ring 070-123 45 67")
    press(page, "Fortsätt")
    assert page.title().startswith("Fel:") and page.input_value("#text").startswith("Lampan")
    page.fill("#text", "Lampan vid busskuren är trasig.")
    opened = time.monotonic()
    press(page, "Fortsätt")
    assert page.is_visible("text=Ser inte rapporten")
    time.sleep(max(0.0, opened + QUICKEST_SECONDS - time.monotonic()))
    page.fill("#epost", "anna")
    page.press("#epost", "Enter")
    page.get_by_role("link", name="Skriv adressen som").wait_for()
    page.fill("#epost", "anna.almgren@exempel.se")
    page.press("#epost", "Enter")
    page.wait_for_url("**?ny=1")
    assert page.is_visible("text=Vi skriver till adressen som du lämnade")
    code = page.text_content(".code")
    assert page.url.endswith("?ny=1") and len(code) == 19
    other = visit("/r", size="360", script=False)
    other.fill("#nummer", code.lower())
    press(other, "Visa rapporten")
    assert "Ingen har läst den än" in other.text_content("main")
    page.set_input_files("#bildfil", {"name": "a.png", "mimeType": "image/png", "buffer": a_picture()})
    press(page, "Skicka bilden")
    assert page.is_visible("text=1 bild är mottagen")
    covered_by(visit("/inkorg", size="360", role="samordnare"), drawn=True)
    covered_by(visit("/inkorg", size="360", role="samordnare", script=False), drawn=False)


def a_picture():
    written = io.BytesIO()
    Image.new("RGB", (400, 300), (200, 200, 200)).save(written, "PNG")
    return written.getvalue()


def covered_by(page, *, drawn):
    """The coordinator covers a part of the picture that waits, drawn on it or as numbers."""
    page.locator("tr, li", has_text="Bild väntar på granskning").get_by_role("link").first.click()
    page.get_by_role("link", name="Täck delar av bilden").click()
    page.wait_for_load_state()
    if drawn:
        assert faults_of(page) == []
        at = page.locator(".covered").bounding_box()
        page.mouse.move(at["x"] + at["width"] * 0.501, at["y"] + at["height"] * 0.251)
        page.mouse.down()
        page.mouse.move(at["x"] + at["width"] * 0.749, at["y"] + at["height"] * 0.499, steps=3)
        page.mouse.up()
    else:
        for side, value in zip(SIDES, ("50", "25", "25", "25"), strict=True):
            page.fill(f"#ruta1_{side}", value)
        press(page, "Visa rutorna")
    assert [page.input_value(f"#ruta1_{side}") for side in SIDES] == ["50", "25", "25", "25"]
    assert page.locator(".covered rect").count() == 1
    press(page, "Täck för gott")
    assert page.is_visible("text=Bilden är täckt och originalet är förstört")


def test_with_scripts_one_points_under_the_cross_and_every_screen_is_whole(visit):
    page = visit("/rapportera", size="360", role="publik", geolocation=HERE, permissions=["geolocation"])
    found = faults_of(page)
    page.click("[data-locate]")
    page.get_by_text("Din position är hittad").wait_for()
    press(page, "Peka på kartan")
    page.wait_for_selector("[data-draw][data-ready]")
    found += faults_of(page)
    press(page, "Här är det")
    assert page.text_content("[data-draw-state]") == "En punkt är satt."
    press(page, "Fortsätt")
    found += faults_of(page)
    page.check("input[name=vad][value=fort]")
    press(page, "Fortsätt")
    found += faults_of(page)
    page.get_by_role("button", name="Ändra Vad", exact=True).click()
    assert page.is_checked("input[name=vad][value=fort]")
    press(page, "Fortsätt")
    time.sleep(QUICKEST_SECONDS)
    press(page, "Skicka rapporten")
    found += faults_of(page)
    assert found == [] and page.foreign == [] and page.faults == []


def test_the_coordinator_goes_through_the_inbox_by_rows_and_answers(visit):
    page = visit("/inkorg", size="360", role="samordnare", language="en")
    found = faults_of(page)
    page.locator("tbody th a").first.click()
    page.wait_for_load_state()
    found += faults_of(page)
    page.select_option("#answer", "fixed")
    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_text("The report is answered.").wait_for()
    page.get_by_text("Hand it to somebody").click()
    page.select_option("#handler", label="Exempel Planerare (Planner)")
    page.get_by_role("button", name="Save the handler").click()
    page.get_by_text("The handler is saved.").wait_for()
    found += faults_of(page)
    page.goto(page.url.split("/inkorg")[0] + "/inget-att-rapportera")
    assert found + faults_of(page) == [] and page.faults == []
