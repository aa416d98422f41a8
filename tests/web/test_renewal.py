"""Going over to a new agreement as a page: choices, preview, the act, and every no with nothing lost."""

import re
from dataclasses import replace
from functools import partial

import builders
import pytest
from form_fields import forms
from pages import landed
from served import violations
from sqlalchemy import func, select

from samverkan_map.db.tables import Measure, PeriodStart, Place
from samverkan_map.web import create_app


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return builders.vellinge_twice(tmp_path_factory.mktemp("twice"))


@pytest.fixture
def twice(world, folder):
    """The world whose municipality has an invented second agreement."""
    world.app = create_app(replace(world.settings, municipality=folder))
    return world


def fields(page):
    """The fields of the page's own form as a browser would send them."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = (re.search(rf'\b{key}="([^"]*)"', tag) for key in ("name", "value"))
        if name and ('type="radio"' not in tag or "checked" in tag):
            found[name[1]] = value[1] if value else ""
    for name, inner in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', inner)
        found[name] = chosen[1] if chosen else ""
    return {
        name: value
        for name, value in found.items()
        if name.partition("-")[0] in ("way", "reason", "note", "year", "sign", "reference")
    }


def test_without_a_next_agreement_the_page_says_what_runs_out_and_what_to_do(world):
    page = world.client("samordnare").get("/admin/period").text
    assert "agreement-2027.toml" in page and "Avtalet 2023–2026" in page and "öppna platser" in page
    assert "Förhandsgranska" not in page
    assert world.post(world.client("samordnare"), "/admin/period", year=2027).status_code == 404


@pytest.mark.browser
def test_the_preview_is_accessible_in_both_languages_and_never_scrolls_sideways(twice, chromium):
    for language, width in (("sv", 1440), ("en", 360)):
        client = twice.client("samordnare", language=language)
        preview = twice.post(client, "/admin/period", **fields(client.get("/admin/period").text))
        context = chromium.new_context(viewport={"width": width, "height": 800}, locale="sv-SE")
        context.route("**/*", partial(_answer, client))
        page = context.new_page()
        page.goto("http://localhost/hjalp")
        page.set_content(preview.text, wait_until="load")
        assert page.locator("html").get_attribute("lang") == language
        ground = page.evaluate("getComputedStyle(document.querySelector('.button')).backgroundColor")
        assert ground != "rgba(0, 0, 0, 0)", "the page has its looks"
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        context.close()


def _answer(client, route):
    """What the map answers a browser that has no server before it."""
    found = client.get(route.request.url.removeprefix("http://localhost"))
    headers = {name: value for name, value in found.headers.items() if name != "Content-Encoding"}
    route.fulfill(status=found.status_code, headers=headers, body=found.data)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_coordinator_chooses_previews_and_goes_over(twice, language):
    client = twice.client("samordnare", language=language)
    page = client.get("/admin/period").text
    assert "Klotter → Klotter" in page or "Graffiti → Graffiti" in page
    given = fields(page)
    assert {value for name, value in given.items() if name.startswith("way-")} <= {"carry", "close"}
    given |= {
        "way-measure-1": "close", "reason-measure-1": "no_means", "note-measure-1": "Skolan tar över.",
    }  # fmt: skip
    given |= {
        "way-place-2": "close",
        "reason-place-2": "elsewhere",
        "note-place-2": "Skolan tar över.",
        "reference": "KS 2026/9",
    }
    preview = twice.post(client, "/admin/period", **given)
    assert preview.status_code == 200 and "Skolan tar över." in preview.text
    again = fields(preview.text)
    assert {name: again[name] for name in given} == given, "the preview carries every choice"
    back = twice.post(client, "/admin/period", **again, andra="ja")
    assert fields(back.text) == given, "and gives it back to be changed"
    done = twice.post(client, "/admin/period/starta", **again)
    assert landed(done) == "/admin/period/2027"
    page = client.get(done.location).text
    assert "KS 2026/9" in page and "Skolan tar över." in page
    assert (
        "Avslutades när avtalet 2023–2026 gick ut: Tas om hand på annat håll. Skolan tar över."
        in client.get("/platser/2").text
    )
    assert "Skolan tar över." in client.get("/atgarder/1").text, "and at the measure that was closed"
    assert "Skolan tar över." not in twice.client().get("/atgarder/1").text
    with twice.database.reading() as session:
        assert session.get(Place, 2).closed_on is not None
    assert twice.post(client, "/admin/period/starta", **again).status_code == 409
    log = client.get("/admin/logg").text
    assert ("Avtal från" if language == "sv" else "Agreement from") in log and "detail." not in log


def test_who_previews_from_an_old_page_keeps_the_choices_and_is_told(twice):
    client = twice.client("samordnare")
    given = fields(client.get("/admin/period").text) | {
        "note-place-2": "Mina ord",
        "way-place-2": "close",
        "reason-place-2": "no_means",
    }
    with twice.database.writing() as session:
        session.get(Place, 2).summary = "Någon annans ord."
        session.commit()
    for address in ("/admin/period", "/admin/period/starta"):
        answer = twice.post(client, address, **given)
        assert answer.status_code == 409 and "Mina ord" in answer.text and "Inget är gjort" in answer.text
        assert fields(answer.text)["way-place-2"] == "close" and fields(answer.text)["sign"] != given["sign"]
    with twice.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PeriodStart)) == 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"way-place-2": "close", "reason-place-2": ""}, "Välj varför"),
        ({"way-place-2": "", "note-place-2": "Mina ord"}, "följa med eller avslutas"),
        ({"way-place-2": "close", "reason-place-2": "something_else", "note-place-2": ""}, "anteckningen"),
        ({"way-place-2": "close", "reason-place-2": "elsewhere", "note-place-2": "Ring 070-174 06 77"}, "telefon"),
        ({"reference": "Ring 070-174 06 77"}, "telefon"),
    ],
)
def test_a_choice_that_cannot_be_is_said_at_its_row_and_nothing_is_lost(twice, changed, said):
    client = twice.client("samordnare")
    given = fields(client.get("/admin/period").text) | {"note-place-1": "Behåll detta"} | changed
    for address in ("/admin/period", "/admin/period/starta"):
        answer = twice.post(client, address, **given)
        if "reference" in changed and address == "/admin/period":
            continue
        assert answer.status_code == 422 and said in answer.text and "Behåll detta" in answer.text
    with twice.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PeriodStart)) == 0
        assert session.get(Place, 2).closed_on is None and session.get(Measure, 1) is not None


@pytest.mark.parametrize(("year", "status"), [("2023", 422), ("1999", 404), ("x", 404), ("99999999999", 404)])
def test_an_agreement_that_cannot_be_started_is_a_sentence(twice, year, status):
    client = twice.client("samordnare")
    given = fields(client.get("/admin/period").text) | {"year": year}
    for address in ("/admin/period", "/admin/period/starta"):
        assert twice.post(client, address, **given).status_code == status


def test_filters_offer_both_periods_once_both_have_begun_and_the_form_names_its_fields(twice):
    client = twice.client("samordnare")
    assert (
        client.get("/karta?period=2023-2026").status_code == client.get("/platser?period=2027-2030").status_code == 200
    )
    assert client.get("/karta?period=2023-2027").status_code == 400
    assert client.get("/admin/period/2023").status_code == 200 and client.get("/admin/period/1999").status_code == 404
    own = [form for form in forms(client.get("/admin/period").text) if form.texts]
    assert any("reference" in form.texts for form in own)
