"""A screen in the room, as people use it: a code, the meeting on the projector, and nothing else from there."""

import html
import re

import pytest
from sqlalchemy import text

from samverkan_map.access import TRAFFIC_FORUM

FORUM = f"/moten/{TRAFFIC_FORUM}"
SCREENS = f"{FORUM}/skarm"
MODE = "/trafik/moteslage"
ASKED = "from=2025-03&to=2026-02"


def let(world, role="samordnare"):
    answer = world.post(world.client(role), SCREENS)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    return re.search(r'class="screen-code">([^<]+)<', answer.text)[1]


def cookie_of(client):
    return f"sid={client.get_cookie('sid').value}"


def opened(world, code, client=None):
    client = client or world.client()
    answer = world.post(client, "/skarm", nummer=code)
    assert (answer.status_code, answer.location) == (303, MODE)
    return client


def test_the_coordinators_code_shows_the_meeting_on_a_computer_where_nobody_is_signed_in(world_on_each):
    world = world_on_each
    screen = opened(world, let(world))
    for address in (MODE, f"{MODE}?visa=tabell", f"{MODE}?visa=beslut", f"{MODE}/platser", f"{MODE}.svg"):
        answer = screen.get(address)
        assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store", address
    page = html.unescape(screen.get(MODE).text)
    assert "Mellangatan 1" in page and "Bara visning, till" in page
    for secret in ("Skriv beslut", "Till listan", "Exempel samordnare", "Plats nummer", "Hemlig"):
        assert secret not in page, secret
    assert re.search(r'id="avsluta"[^>]+data-key="Escape"', page)
    end = screen.get(f"{MODE}?visa=beslut").text
    assert 'action="/skarm/stang"' in end and "beslut?dag" not in end and ".pdf" not in end
    assert "Visar mötet sedan" in world.client("trafikgrupp").get(SCREENS).text
    again = world.post(world.client(), "/skarm", nummer=let(world)[:-1])
    assert again.status_code == 422 and "Koden öppnar ingen skärm" in again.text


def test_a_screen_shows_what_the_group_decided_and_has_under_way_with_numbers_that_may_leave_the_house(busy):
    world = busy
    form = {"about": "stracka.1", "text": "Mät farten.", "owner_id": "1", "held_on": "2026-03-01", "due_on": ""}
    assert world.post(world.client("trafikgrupp"), f"{FORUM}/beslut/nytt?stracka=1", **form).status_code == 303
    screen = opened(world, let(world, "trafikgrupp"))
    theirs, ours = (client.get(f"{MODE}?{ASKED}").text for client in (screen, world.client("trafikgrupp")))
    body = [
        re.search(r'<div class="meeting-body.*?<nav class="meeting-buttons', page, re.DOTALL)[0]
        for page in (theirs, ours)
    ]
    assert body[0] == body[1] and "Mät farten." in theirs and "25 klagomål" in theirs
    assert "19 klagomål" in screen.get(f"{MODE}/platser?{ASKED}").text
    refused = screen.get("/karta")
    assert "Den här skärmen visar bara mötet." in refused.text and f'href="{MODE}"' in refused.text


@pytest.mark.parametrize("how", ["closed", "itself", "four hours", "account"])
def test_a_screen_that_is_over_is_a_stranger_like_any_other(world, how):
    screen = opened(world, let(world, "trafikgrupp"))
    if how == "closed":
        answer = world.post(world.client("samordnare"), f"{SCREENS}/1/stang")
        assert answer.status_code == 303 and "Skärmen är stängd." in world.client("samordnare").get(SCREENS).text + (
            world.client("samordnare").get(answer.location).text
        )
    if how == "itself":
        held = cookie_of(screen)
        assert world.post(screen, "/skarm/stang").location == "/skarm"
        assert world.bearing(held.removeprefix("sid=")).get(MODE).status_code == 302
    with world.database.writing() as session:
        if how == "four hours":
            session.execute(text("UPDATE meeting_screens SET opened_at = '2020-01-01 00:00:00.000000'"))
        if how == "account":
            session.execute(text("UPDATE people SET disabled_at = '2020-01-01 00:00:00.000000'"))
        session.commit()
    assert "/konto/logga-in" in screen.get(MODE).location
    assert screen.get("/karta").status_code == 200


def test_whoever_opens_a_screen_on_the_own_computer_is_signed_out_there(world):
    client = world.client("samordnare")
    held = cookie_of(client)
    page = world.post(client, SCREENS).text
    code = re.search(r'name="nummer" value="([^"]+)"', page)[1]
    opened(world, code, client)
    assert client.get("/admin/logg").status_code == 403
    assert world.bearing(held.removeprefix("sid=")).get("/konto").status_code == 302


def test_a_demo_without_a_session_shows_the_screen_too_and_no_role_beside_it(demo_world):
    world = demo_world
    code = re.search(r'class="screen-code">([^<]+)<', world.post(world.app.test_client(), SCREENS).text)[1]
    screen = opened(world, code, world.app.test_client())
    page = screen.get(MODE).text
    assert "Bara visning" in page and screen.get("/karta").status_code == 403
    assert "Exempeldata" in page and "demo/roll" not in screen.get("/hjalp").text


def test_the_log_tells_in_words_who_let_a_screen_and_that_it_was_opened(world):
    opened(world, let(world))
    log = html.unescape(world.client("samordnare").get("/admin/logg").text).replace("\N{NO-BREAK SPACE}", " ")
    assert "Mötesskärm 1" in log and "Visa mötesläge" in log and "motesskarm" not in log
    with world.database.writing() as session:
        session.execute(text("UPDATE meeting_screens SET made_at = '2020-01-01 00:00:00.000000'"))
        session.commit()
    let(world)
    with world.database.reading() as session:
        assert session.execute(text("SELECT id FROM meeting_screens")).scalars().all() != [1, 2], "old ones go"
