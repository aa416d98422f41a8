"""A safety walk on a phone that loses its coverage on the way."""

from served import violations

HERE = {"longitude": 12.9558, "latitude": 55.4098, "accuracy": 12}
POINT = '[name="vad"][value="morkt"]'


def faults_of(page):
    """What axe complains of, and a page that scrolls sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return violations(page) + (["scrolls sideways"] if wide else [])


def begun(page, title):
    page.fill("#title", title)
    page.get_by_role("button", name="Börja", exact=True).click()
    page.wait_for_load_state()
    return page


def test_points_noted_without_coverage_wait_and_come_in_when_it_is_back(visit):
    page = visit("/vandringar", size="360", role="planerare", geolocation=HERE, permissions=["geolocation"])
    found = faults_of(page)
    begun(page, "Utan täckning")
    page.wait_for_selector("[data-draw][data-ready]")
    found += faults_of(page)
    page.context.set_offline(True)
    for choice in ("morkt", "tryggt"):
        page.check(f'[name="vad"][value="{choice}"]')
        page.click("[data-locate]")
        page.get_by_text("Din position är hittad").wait_for()
        page.get_by_role("button", name="Spara punkten").click()
    assert "2 punkter är inte skickade än" in page.text_content("[data-walk-state]")
    assert page.is_checked(POINT) is False and "Inga punkter än" in page.text_content("[data-walk-points]")
    page.context.set_offline(False)
    page.get_by_text("Otrygga punkter: 1. Trygga punkter: 1.").wait_for()
    page.check(POINT)
    page.fill("#text", "Ring 070-123 45 67")
    page.click('[data-draw-act="here"]')
    page.get_by_role("button", name="Spara punkten").click()
    page.get_by_text("Punkten kunde inte sparas.").wait_for()
    assert page.input_value("#text") == "Ring 070-123 45 67" and page.is_checked(POINT)
    found += faults_of(page)
    page.get_by_role("button", name="Avsluta", exact=True).click()
    page.get_by_text("Punkterna finns nu på kartan").wait_for()
    assert found + faults_of(page) == [] and page.foreign == []


def test_a_walk_goes_on_without_scripts(visit):
    page = begun(visit("/vandringar", size="360", role="planerare", script=False), "Utan skript")
    page.check(POINT)
    page.fill("#plats", "Vellinge ängar")
    page.get_by_role("button", name="Spara punkten").click()
    page.get_by_text("Punkten är sparad.").wait_for()
    assert "Nära Vellinge ängar" in page.text_content("[data-walk-points]")
