"""From a source to a frozen picture: two persons of two organisations, compared with the one before and printed."""

import hashlib
import re

import pytest
from served import samverkan, settled, violations

PASSWORD = "grönt cykelställ vid muren"
PEOPLE = {"samordnaren": ("samordnare", "vellinge-kommun"), "polisen": ("polis", "lpo-trelleborg")}
WORDS = {
    "municipality": {"told": "Skadegörelsen anmäls oftare än den rapporteras.", "work": "Vi följer upp före sommaren."},
    "police": {"harm": "De svåra olyckorna är få.", "unknown": "Vi vet lite om vintern."},
}


@pytest.fixture
def signed_in(visit_copy, copied_instance):
    """A browser for somebody with an account of their own, signed in."""

    def sign_in(username):
        role, organisation = PEOPLE[username]
        command = ("user", "add", username, "--role", role, "--organisation", organisation)
        samverkan(*command, instance=copied_instance, input=f"{PASSWORD}\n", text=True, check=True, capture_output=True)
        page = visit_copy("/konto/logga-in?till=/lagesbild")
        page.get_by_label("Användarnamn").fill(username)
        page.get_by_label("Lösenord").fill(PASSWORD)
        page.locator("main form .button").click()
        page.get_by_role("heading", name="Lägesbild", exact=True).wait_for()
        return page

    return sign_in


def go(page, path):
    page.goto(re.match(r"https?://[^/]+", page.url)[0] + path)


def write(page, party):
    go(page, "/lagesbild/2")
    for section, words in WORDS[party].items():
        page.locator(f"a[href$='/2/skriv/{section}/{party}']").click()
        page.get_by_label("Bedömning i ord").fill(words)
        page.get_by_role("button", name="Spara bedömningen").click()
        page.get_by_text("Bedömningen är sparad.").wait_for()


def turn_key(page):
    go(page, "/lagesbild/2")
    page.get_by_role("link", name="Godkänn för").click()
    page.get_by_role("button", name="Ja, godkänn").click()


def test_coordinator_and_police_go_from_a_source_to_a_frozen_compared_and_printed_picture(signed_in, keep):
    coordinator = signed_in("samordnaren")
    go(coordinator, "/lagesbild/2")
    coordinator.get_by_text("ingen statistik över anmälda brott finns för perioden").first.wait_for()
    go(coordinator, "/kallor/brott")
    coordinator.get_by_role("link", name="Lägg till anmälda brott").click()
    coordinator.locator("#category").select_option(index=1)
    coordinator.get_by_label("År", exact=True).fill("2025")
    coordinator.get_by_label("Antal", exact=True).fill("417")
    coordinator.get_by_role("button", name="Spara", exact=True).click()
    coordinator.get_by_text("Antalet är sparat.").wait_for()

    go(coordinator, "/lagesbild/2")
    coordinator.get_by_role("link", name="Ändra period eller utfall").click()
    coordinator.get_by_label("Första månaden").fill("2025-01")
    coordinator.get_by_label("Sista månaden").fill("2026-10")
    coordinator.get_by_role("button", name="Spara", exact=True).click()
    coordinator.get_by_text("Period och utfall är sparade.").wait_for()
    assert coordinator.get_by_text("ingen statistik över anmälda brott finns för perioden").count() == 0
    assert "417" in coordinator.locator("section[aria-labelledby=told]").inner_text()

    police = signed_in("polisen")
    write(coordinator, "municipality")
    write(police, "police")
    assert police.locator("a[href*='/skriv/'][href$='/municipality']").count() == 0, "each party writes its own words"
    go(coordinator, "/lagesbild/2")
    for kind in ("link", "button"):
        coordinator.get_by_role(kind, name="Lås och be om godkännande").click()
    coordinator.get_by_text("Lägesbilden är låst och väntar på båda parters godkännande.").wait_for()
    turn_key(police)
    police.get_by_text("Nu väntar lägesbilden på den andra parten.").wait_for()
    turn_key(coordinator)
    coordinator.get_by_text("Båda parter har godkänt. Lägesbilden är fryst.").wait_for()

    go(police, "/lagesbild/2")
    approval = police.locator("#godkannande + .card").inner_text()
    assert "Godkänd av samordnaren" in approval and "Godkänd av polisen" in approval
    assert police.locator(".sound").inner_text().startswith("Den håller")
    content = police.request.get(police.url + "/innehall.json").body()
    assert hashlib.sha256(content).hexdigest() in approval
    for words in (*WORDS["municipality"].values(), *WORDS["police"].values()):
        assert police.get_by_text(words).count() == 1
    settled(police)
    assert violations(police) == []
    keep(police, "lagesbild-fryst-1440")
    assert police.pdf().startswith(b"%PDF"), "the browser prints the page"
    paper = police.request.get(police.url + ".pdf")
    assert (paper.status, paper.body()[:4]) == (200, b"%PDF")

    police.get_by_role("link", name="Jämför med lägesbild 1").click()
    police.get_by_text(re.compile(r"Lägesbild 2 \(.*2026\) jämförd med lägesbild 1 \(.*2025\)\.")).wait_for()
    settled(police)
    assert police.locator("main h2 + ul li").count() > 0
    assert police.locator("img.situation-map").evaluate("image => image.complete && image.naturalWidth > 100")
    keep(police, "lagesbild-jamford-1440")
    for page in (coordinator, police):
        assert page.faults == [] and page.foreign == []
