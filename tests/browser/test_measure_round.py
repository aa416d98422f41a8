"""A planner takes a measure from a place to its start in a real browser: five steps, a no, a plan, a promise kept."""

import re
from datetime import date

import pytest
from builders import COORDINATOR
from served import violations

from samverkan_map import measures
from samverkan_map.db import engine
from samverkan_map.db.tables import Measure, Place
from samverkan_map.vocabulary import Mechanism

NEXT = "button[name=go][value=next]"


@pytest.fixture
def unplanned(instance, vellinge):
    """A measure that nobody has planned a follow-up for, as an older database may hold it."""
    database = engine.Database(f"sqlite:///{instance}/samverkan.sqlite")
    with database.writing() as session:
        place = session.get(Place, 1)
        made = measures.attach(
            session, COORDINATOR, vellinge, title="Blomlådor vid entrén", mechanism=Mechanism.PLACEMAKING, summary="",
            owner_id=place.owner_id, planned_start=date(2026, 11, 1), today=date(2026, 11, 1), place_ids=[place.id],
        )  # fmt: skip
        number = made.id
        session.commit()
    yield number
    with database.writing() as session:
        session.delete(session.get(Measure, number))
        session.commit()
    database.close()


def looked_at(page, keep, name):
    """The page has nothing for axe to complain of, does not scroll sideways, and is kept for eyes to judge."""
    page.wait_for_load_state("networkidle")
    assert violations(page) == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    assert page.locator("h1").count() == 1
    keep(page, name)


@pytest.mark.parametrize(("size", "script"), [("1440", True), ("360", True), ("1024", False)])
def test_five_steps_make_a_planned_measure(visit, keep, size, script):
    page = visit("/atgarder/ny?plats=1", size=size, script=script)
    named = f"ny-atgard-{'' if script else 'utan-script-'}"
    shown = (lambda name: looked_at(page, keep, f"{named}{name}-{size}")) if script else (lambda name: None)
    shown("plats")
    page.click(NEXT)
    page.locator("input[name=catalogue_code]").nth(1).check()
    page.fill("#summary", "Två lampor till vid gången.")
    shown("vad")
    page.click(NEXT)
    page.click(NEXT)
    assert page.title().startswith("Fel:")
    assert page.locator(".notice.error a").first.get_attribute("href") == "#planned_start"
    page.fill("#planned_start", "2026-12-10")
    page.fill("#cost_kronor", "25 000")
    page.click(NEXT)
    assert "Den minsta förändring som går att se" in page.locator("#synligt").inner_text()
    shown("uppfoljning")
    page.click("button[name=go][value=back]")
    assert page.input_value("#cost_kronor") == "25 000"
    page.click(NEXT)
    page.click(NEXT)
    assert "Två lampor till vid gången." in page.locator("main").inner_text()
    shown("kontrollera")
    page.click(NEXT)
    assert page.locator(".actions .tag").first.inner_text() == "Planerad"
    shown("klar")
    assert page.foreign == []


def test_what_is_typed_is_kept_without_pressing_anything(visit):
    page = visit("/atgarder/ny?plats=2&steg=2")
    page.fill("#summary", "Halvskrivet")
    page.locator("[data-draft-state]", has_text="Utkast sparat").wait_for()
    page.goto(page.url)
    assert page.input_value("#summary") == "Halvskrivet"


def test_no_start_without_a_plan_then_a_start_and_a_promise_kept(visit, keep, unplanned):
    page = visit(f"/atgarder/{unplanned}")
    start = page.get_by_role("button", name="Starta")
    start.click()
    assert "kan inte starta utan en planerad uppföljning" in page.locator(".notice.error").inner_text()
    looked_at(page, keep, "start-nekad-1440")
    page.get_by_role("link", name="Planera uppföljning").click()
    page.fill("#indicator", "Rapporter om otrygg plats")
    page.get_by_label("Otrygg plats").check()
    page.get_by_role("button", name="Räkna om").click()
    assert "Före:" in page.locator("#synligt").inner_text()
    looked_at(page, keep, "plan-1440")
    page.get_by_role("button", name="Spara", exact=True).click()
    start.click()
    assert page.locator(".actions .tag").first.inner_text() == "Pågår"
    page.get_by_role("link", name="Skriv in ett löfte").click()
    page.select_option("#organisation_id", label="Exempelkonditoriet")
    page.fill("#what", "Vattnar två gånger i veckan.")
    page.get_by_role("button", name="Spara", exact=True).click()
    page.get_by_role("link", name=re.compile("Ändra.*Vattnar två gånger")).click()
    page.get_by_label("Hållet", exact=True).check()
    looked_at(page, keep, "lofte-1440")
    page.get_by_role("button", name="Spara svaret").click()
    row = page.get_by_role("row", name=re.compile("Vattnar två gånger"))
    assert "Hållet" in row.inner_text()
    looked_at(page, keep, "atgard-med-lofte-1440")
