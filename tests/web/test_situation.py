"""The pages of the situation picture: written by two parties at once, closed, approved, frozen, compared, refused."""

import hashlib
import re
from datetime import date

from samverkan_map import access, situation
from samverkan_map.agreement import load
from samverkan_map.db.tables import Situation
from samverkan_map.vocabulary import SituationChapter, SituationState
from samverkan_map.web import sessions

HOSTILE = '<script>alert("1")</script> {{ 7 * 7 }} & "citat"'


def written(world, number=1):
    """Words under each of the law's headings, through the domain: the form has its own tests."""
    with world.database.writing() as session:
        for chapter in SituationChapter:
            section = next(one for one in situation.SECTIONS if one.chapter is chapter)
            situation.write(
                session, access.command_line(), number, section.code, "municipality", text=f"Ord om {chapter}.",
                now=sessions.now(),
            )  # fmt: skip
        session.commit()


def fields(page, form="/"):
    """The hidden fields of the form of a page."""
    return dict(re.findall(r'name="(version|content|opened)" value="([^"]*)"', page.text.replace("&#34;", '"')))


def press(world, role, address):
    """The page that asks once more, and its button."""
    client = world.client(role)
    return world.post(client, address, **fields(client.get(address)))


def state(world, number=1):
    with world.database.reading() as session:
        return situation.get(session, access.command_line(), number).state


def test_the_whole_road_from_words_to_frozen_is_walked_by_two_parties(world):
    written(world)
    coordinator, police = world.client("samordnare"), world.client("polis")
    assert "Det finns inga" not in press(world, "samordnare", "/lagesbild/1/las").headers["Location"]
    assert state(world) == SituationState.SEALED
    assert press(world, "polis", "/lagesbild/1/godkann").status_code == 303
    assert press(world, "polis", "/lagesbild/1/godkann").status_code == 422, "turned already"
    assert state(world) == SituationState.SEALED
    assert press(world, "samordnare", "/lagesbild/1/godkann").status_code == 303
    assert state(world) == SituationState.FROZEN
    page = police.get("/lagesbild/1").text
    assert "Den håller" in page and page.count("Godkänd av Exempel") == 2
    data = coordinator.get("/lagesbild/1/innehall.json")
    assert hashlib.sha256(data.data).hexdigest() in page
    for address in ("/lagesbild/1/las", "/lagesbild/1/andra", "/lagesbild/1/skriv/harm/police"):
        assert world.post(coordinator, address, text="Nytt", version="1").status_code in (409, 422)
    assert "Skriv<" not in page and "Öppna igen" not in page


def test_a_count_that_is_altered_on_the_disk_is_said_on_the_page(world):
    written(world)
    press(world, "samordnare", "/lagesbild/1/las")
    for role in ("polis", "samordnare"):
        press(world, role, "/lagesbild/1/godkann")
    with world.database.writing() as session:
        found = session.get(Situation, 1)
        found.document = found.document.replace('"no_hour":0', '"no_hour":1')
        session.commit()
    assert "Den håller inte" in world.client("polis").get("/lagesbild/1").text


def test_two_who_write_the_same_words_at_once_both_see_both_and_nothing_is_lost(world):
    address = "/lagesbild/1/skriv/harm/police"
    police, coordinator = world.client("polis"), world.client("samordnare")
    opened = {client: fields(client.get(address)) for client in (police, coordinator)}
    assert world.post(police, address, text="Polisens lydelse.", **opened[police]).status_code == 303
    asked = world.post(coordinator, address, text="Samordnarens lydelse.", **opened[coordinator])
    assert asked.status_code == 409
    assert "Polisens lydelse." in asked.text and "Samordnarens lydelse." in asked.text
    with world.database.reading() as session:
        assert situation.text_of(session, access.command_line(), 1, "harm", "police").text == "Polisens lydelse."


def test_words_written_after_closing_open_it_again_and_say_so(world):
    written(world)
    press(world, "samordnare", "/lagesbild/1/las")
    press(world, "polis", "/lagesbild/1/godkann")
    address, client = "/lagesbild/1/skriv/harm/police", world.client("polis")
    answer = world.post(client, address, text="En ändrad bedömning.", **fields(client.get(address)))
    page = client.get(answer.headers["Location"]).text
    assert "nu öppen igen" in page and "innehållet ändrades sedan" in page
    assert state(world) == SituationState.DRAFT
    assert world.post(client, "/lagesbild/1/godkann", content="0" * 64).status_code == 422


def test_another_content_than_the_one_read_is_not_approved(world):
    written(world)
    press(world, "samordnare", "/lagesbild/1/las")
    answer = world.post(world.client("polis"), "/lagesbild/1/godkann", content="0" * 64)
    assert (answer.status_code, state(world)) == (409, SituationState.SEALED)
    assert "Läs det igen" in answer.text


def test_whoever_only_looks_as_another_role_approves_nothing(demo_world):
    world = demo_world
    written(world)
    press(world, "samordnare", "/lagesbild/1/las")
    visitor = world.app.test_client()
    token = world.form_token(visitor)
    for role in ("samordnare", "polis"):
        visitor.post("/demo/roll", data={"csrf_token": token, "role": role})
        token = world.form_token(visitor)
        assert visitor.get("/lagesbild/1/godkann").status_code == 403
        assert visitor.post("/lagesbild/1/godkann", data={"csrf_token": token, "content": "x"}).status_code == 403
        assert "I visningsläget kan ingen godkänna" in visitor.get("/lagesbild/1").text
    assert state(world) == SituationState.SEALED


def test_nothing_is_closed_before_each_heading_has_words(world):
    page = world.client("samordnare").get("/lagesbild/1/las").text
    assert "behöver någon skriva något under: Omfattning, Konsekvenser" in page
    answer = press(world, "samordnare", "/lagesbild/1/las")
    assert (answer.status_code, "har ingen skrivit något" in answer.text) == (422, True)


def test_a_period_outside_the_agreement_is_refused_in_a_sentence_with_what_was_typed_kept(world):
    client = world.client("samordnare")
    for first, last, said in (
        ("2019-01", "2020-12", "inom överenskommelsen, 2023–2026"),
        ("i fjol", "2026-01", "hela månader"),
        ("2026-02", "2026-01", "efter den första"),
    ):
        sent = {"start_on": first, "end_on": last, "outcome": "revised"} | fields(client.get("/lagesbild/1/andra"))
        answer = world.post(client, "/lagesbild/1/andra", **sent)
        assert answer.status_code == 422
        assert said in answer.text and f'value="{first}"' in answer.text


def test_hostile_words_are_shown_as_words(world):
    address, client = "/lagesbild/1/skriv/harm/municipality", world.client("samordnare")
    assert world.post(client, address, text=HOSTILE, **fields(client.get(address))).status_code == 303
    for shown in ("/lagesbild/1", address):
        page = client.get(shown).text
        assert "<script>alert" not in page and "&lt;script&gt;" in page and "{{ 7 * 7 }}" in page


def test_a_figure_without_data_says_so_and_has_no_picture(world):
    page = world.client("planerare").get("/lagesbild/1").text
    empty = re.search(r'(?s)id="hotspots">\s*<h4>(.*?)</article>', page)[1]
    assert empty.startswith("Underlag saknas") and "<img" not in empty and "<svg" not in empty
    assert "situation." not in re.sub(r'(?s)<head>.*?</head>|href="[^"]*"|class="[^"]*"', "", page)


def test_two_versions_stand_beside_each_other_with_arrows_signs_and_a_map(busy):
    world = busy
    client = world.client("samordnare")
    assert "behövs två versioner" in client.get("/lagesbild/jamfor").text
    written(world)
    press(world, "samordnare", "/lagesbild/1/las")
    for role in ("polis", "samordnare"):
        press(world, role, "/lagesbild/1/godkann")
    with world.database.writing() as session:
        own = load(world.settings.municipality)
        situation.begin(
            session, access.command_line(), own, start_on=date(2024, 3, 1), end_on=date(2025, 3, 1),
            today=date(2026, 3, 1),
        )  # fmt: skip
        session.commit()
    page = client.get("/lagesbild/jamfor?tidigare=2&senare=1").text
    assert "▲\N{NO-BREAK SPACE}+7" in page, "speeding rose from 12 to 19"
    assert "tydligt fler rapporter per dag" in page
    drawn = client.get("/lagesbild/jamfor/karta.svg?tidigare=2&senare=1")
    assert drawn.mimetype == "image/svg+xml" and "▲▲ Ökat mycket" in drawn.text
    assert client.get("/lagesbild/jamfor?tidigare=2&senare=99").status_code == 404


def test_the_tables_are_a_file_with_a_row_for_each_value(busy):
    lines = busy.client("polis").get("/lagesbild/1/tabeller.csv").text.splitlines()
    assert lines[0].startswith('\ufeff"section","figure","title","row","column","value"')
    assert any('"types.offentlig-miljo"' in line and '"Fortkörning","Antal",19' in line for line in lines)


def test_the_clock_stands_on_the_first_page_of_those_who_write_and_in_their_calendar(world):
    for role, told in (("polis", True), ("trafikgrupp", False), ("publik", False)):
        assert ("skulle ha gåtts igenom senast" in world.client(role).get("/").text) is told
    body = world.client("planerare").get("/lagesbild/datum.ics").text
    assert "DTSTART;VALUE=DATE:20250101" in body and "lagesbild-revision@samverkan" in body
    assert "saknar ord under: Omfattning, Konsekvenser" in world.client("polis").get("/lagesbild").text


def test_the_law_check_names_what_is_missing_and_where_it_is_met(world):
    page = world.client("samordnare").get("/lagesbild/lagen").text
    assert page.count("Ingen lägesbild är fryst.") == 4 and "Uppföljning av åtgärderna" in page


def test_too_few_to_say_has_one_arrow_whatever_the_ratio():
    say = situation.Speaker("sv", {})
    row = {"count": 1, "before": 0, "change": 1, "ratio": None, "step": 2}
    assert say.cell(row | {"finding": "for_fa_handelser"}, "change") == "▲\N{NO-BREAK SPACE}+1"
    assert say.cell(row | {"finding": "tydlig_okning"}, "change") == "▲▲\N{NO-BREAK SPACE}+1"
