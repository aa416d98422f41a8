"""The planner's whole round as three persons: drawn, described, treated, followed up, frozen, and one step back."""

from served import violations, wait_for_map

SAID = ".said"
"""What a form did, said on the page after it: only then is it done, and the next page may be asked for."""

NEXT = "button[name=go][value=next]"
ROUND = {
    "what": "Mopeder körs fort på gångvägen.", "where": "Hela stråket.", "when": "Vardagskvällar.",
    "how_often": "Flera gånger i veckan.", "who_affected": "Gående och cyklister.",
}  # fmt: skip


def looked_at(page, keep, name):
    page.wait_for_load_state("networkidle")
    assert violations(page) == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    keep(page, name)


def as_role(visit, role, address):
    return visit("/" + address.split("/", 3)[3], role=role)


def test_a_problem_goes_round_with_planner_police_and_coordinator(visit, keep):
    # The planner draws the place where the mopeds are, and says what the problem is.
    page = visit("/platser/ny?bbox=12.9441,55.4098,12.9481,55.4118", role="planerare")
    wait_for_map(page)
    box = page.locator("#karta").bounding_box()
    for x, y in ((0.35, 0.35), (0.65, 0.35), (0.65, 0.65), (0.35, 0.65)):
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.fill("#name", "Gångstråket i provet")
    page.fill("#summary", "Moped på gångväg.")
    page.select_option("#type", "buskorning_moped")
    page.select_option("#owner_id", index=1)
    page.get_by_role("button", name="Skapa platsen").click()
    page.get_by_role("heading", name="Gångstråket i provet").wait_for()
    card = page.url.split("?")[0]
    page.goto(f"{card}/problem")
    for name, words in ROUND.items():
        page.fill(f"#{name}", words)
    page.locator("input[name=sources]").first.check()
    page.get_by_role("button", name="Spara", exact=True).click()
    page.locator(SAID).wait_for()
    page.goto(f"{card}/vidare")
    page.get_by_role("button", name="Gå vidare till Analys").click()
    page.locator(SAID).wait_for()

    # The police say why it keeps coming, and the place goes on.
    page = as_role(visit, "polis", f"{card}/orsaker/ny")
    page.locator("input[name=kind][value=guardian]").check()
    page.fill("#what", "Ingen är på stråket efter klockan 20.")
    page.fill("#evidence", "Tio kvällar räknade av kommunpolisen.")
    page.select_option("#source", index=1)
    page.get_by_role("button", name="Spara", exact=True).click()
    page.locator(SAID).wait_for()
    page.goto(f"{card}/vidare")
    page.get_by_role("button", name="Gå vidare till Åtgärd").click()
    page.locator(SAID).wait_for()

    # The planner attaches a measure with a plan before it starts, and carries it out.
    place = card.rsplit("/", 1)[1].split("?")[0]
    page = as_role(visit, "planerare", f"{card.split('/platser')[0]}/atgarder/ny?plats={place}")
    page.click(NEXT)
    page.locator("input[name=catalogue_code]").nth(1).check()
    page.fill("#title", "Bommar i provet")
    page.fill("#summary", "Bommar i båda ändar av stråket.")
    page.click(NEXT)
    page.fill("#planned_start", "2025-04-05")
    page.click(NEXT)
    page.fill("#indicator", "Rapporter om moped")
    page.locator("input[name=types][value=buskorning_moped]").check()
    page.fill("#window_months", "12")
    page.fill("#due_on", "2026-05-15")
    page.get_by_role("button", name="Räkna om").click()
    assert "Före:" in page.locator("#synligt").inner_text()
    page.click(NEXT)
    page.click(NEXT)
    measure = page.url
    for button, day in (("Starta", "2025-04-05"), ("Avsluta som klar", "2025-04-20")):
        page.fill("#on", day)
        page.get_by_role("button", name=button).first.click()
    assert page.locator(".actions .tag").first.inner_text() == "Klar"

    # The coordinator reads the effect, freezes it with a verdict, and sends the place back to analysis.
    followed = f"{measure.split('?')[0]}/uppfoljning"
    page = as_role(visit, "samordnare", followed)
    page.locator(".effect-words").wait_for()
    looked_at(page, keep, "effekt-i-ronden-1440")
    page.locator("#sparade ~ ol.history a").first.click()
    page.get_by_text("Du ser beräkningen från").wait_for()
    frozen, words = page.url, page.locator(".effect-words").inner_text()
    page.goto(followed)
    page.get_by_label("Verkar inte ha hjälpt").check()
    page.fill("#note", "Mopederna kör runt bommarna.")
    page.get_by_label("Gå tillbaka till analys").check()
    page.get_by_role("button", name="Spara bedömningen").click()
    page.get_by_text("Verkar inte ha hjälpt. Bedömt").wait_for()
    page.goto(frozen)
    assert page.locator(".effect-words").inner_text() == words
    page.goto(card)
    page.get_by_text("Varv 2, sedan").wait_for()
    looked_at(page, keep, "plats-efter-ronden-1440")
    assert page.faults == [] and page.foreign == []
