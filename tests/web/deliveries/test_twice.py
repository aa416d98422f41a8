"""Twice, at once and too late; and who may."""

import io
import json
import os
import re
import stat

import pytest
from delivery_steps import (
    FAR,
    GOOD,
    check,
    count,
    csv_bytes,
    kept_files,
    take_in,
    tally,
    to_preview,
    undo,
    upload,
    version_of,
)
from pages import landed

from samverkan_map.db.tables import Delivery
from samverkan_map.web.uploads import KEEP_SECONDS

# ---- Twice, at once, too late --------------------------------------------------------------------------------------


def receipt(answer):
    """Where an answer leads and what is said there, without the second in which it was signed."""
    address, _second, _signature = answer.location.rsplit(".", 2)
    return address


def test_two_clicks_on_take_in_give_one_delivery_and_the_same_receipt(world, coordinator):
    before = count(world), count(world, Delivery)
    preview = to_preview(world, coordinator, csv_bytes(*GOOD))
    first, second = take_in(world, coordinator, preview), take_in(world, coordinator, preview)
    assert receipt(first) == receipt(second)
    assert (count(world), count(world, Delivery)) == (before[0] + 2, before[1] + 1)
    assert receipt(coordinator.get(preview)) == receipt(first)


def test_a_file_that_two_people_try_goes_in_once_and_the_second_is_shown_the_receipt(world, coordinator):
    other = world.client("samordnare")
    mine, theirs = (to_preview(world, client, csv_bytes(*GOOD)) for client in (coordinator, other))
    assert mine != theirs
    first, second = take_in(world, coordinator, mine), take_in(world, other, theirs)
    assert second.location.split("?")[0] == first.location.split("?")[0]
    assert "Filen var redan inläst." in other.get(second.location).text


def test_a_file_whose_rows_are_all_there_has_nothing_to_take_in(world, coordinator):
    take_in(world, coordinator, to_preview(world, coordinator, csv_bytes(*GOOD)))
    preview = to_preview(world, coordinator, csv_bytes(*GOOD[::-1]))
    page = coordinator.get(preview)
    assert tally(page) == [2, 0, 2, 0, 0] and "Alla rader finns redan på kartan." in page.text
    assert "Läs in (" not in page.text
    assert take_in(world, coordinator, preview).location == preview


def test_an_undone_delivery_can_be_taken_in_again(world, coordinator):
    receipt = take_in(world, coordinator, to_preview(world, coordinator, csv_bytes(*GOOD))).location.split("?")[0]
    undo(world, coordinator, receipt)
    again = take_in(world, coordinator, to_preview(world, coordinator, csv_bytes(*GOOD))).location.split("?")[0]
    assert again != receipt and tally(coordinator.get(again)) == [2, 2, 0, 0, 0]


def test_undoing_twice_is_one_undoing_and_an_old_page_gets_a_conflict(world, coordinator):
    receipt = take_in(world, coordinator, to_preview(world, coordinator, csv_bytes(*GOOD))).location.split("?")[0]
    version = version_of(coordinator, receipt)
    assert world.post(coordinator, receipt + "/angra", version="77").status_code == 409
    assert world.post(coordinator, receipt + "/angra").status_code == 400
    answers = [world.post(coordinator, receipt + "/angra", version=version) for _ in range(2)]
    assert [landed(answer) for answer in answers] == [receipt] * 2
    assert coordinator.get(answers[1].location).text.count("Leveransen är ångrad") == 1
    assert coordinator.get(receipt + "/angra").location == receipt
    assert world.post(coordinator, "/admin/leveranser/999/angra", version="1").status_code == 404


def test_after_taking_in_nothing_of_the_file_is_left_on_the_server(world, coordinator):
    receipt = take_in(world, coordinator, to_preview(world, coordinator, csv_bytes(*GOOD, FAR)), delar="ja")
    assert receipt.status_code == 303
    (about,) = kept_files(world)
    assert about.name == "about.json"
    words = json.loads(about.read_text())
    del words["key"], words["types"]  # one drawn at random, the other the name of what we keep
    assert not re.search(r"mars|klotter|typ\"|A1", json.dumps(words))


def test_a_waiting_file_is_for_its_sender_only_and_for_nobody_else_on_the_machine(world, coordinator):
    first = upload(world, coordinator, csv_bytes(*GOOD))
    world.persons["annan"] = world.persons["planerare"]
    with world.database.writing() as session:
        from samverkan_map.db.tables import Person

        session.get_one(Person, world.persons["annan"]).role = "samordnare"
        session.commit()
    other = world.client("annan")
    assert other.get("/admin/leveranser").status_code == 200
    assert other.get(first.location).status_code == 410
    assert world.post(other, first.location).status_code == 410
    assert world.post(other, first.location.replace("kolumner", "avbryt")).status_code == 303
    assert coordinator.get(first.location).status_code == 200
    root = world.settings.instance / "uploads"
    folders = [root, *(path for path in root.iterdir())]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}
    check(world, coordinator, first.location)
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept_files(world)} == {0o600}


def test_a_file_that_waited_too_long_is_gone_and_the_page_says_so(world, coordinator):
    preview = to_preview(world, coordinator, csv_bytes(*GOOD))
    folder = kept_files(world)[0].parent
    old = folder.stat().st_mtime - KEEP_SECONDS - 1
    os.utime(folder, (old, old))
    answers = [coordinator.get(preview), take_in(world, coordinator, preview)]
    assert [answer.status_code for answer in answers] == [410, 410]
    assert all("Filen finns inte kvar." in answer.text and "<title>Fel:" in answer.text for answer in answers)
    assert coordinator.get(preview.replace("granska", "nekade.csv")).status_code == 404
    upload(world, coordinator, csv_bytes(*GOOD))
    assert not folder.exists()


def test_a_file_that_disappears_in_between_is_said(world, coordinator):
    preview = to_preview(world, coordinator, csv_bytes(*GOOD))
    next(path for path in kept_files(world) if path.name == "file.csv").unlink()
    assert take_in(world, coordinator, preview).status_code == 410


def test_the_third_step_without_the_second_leads_back(world, coordinator):
    first = upload(world, coordinator, csv_bytes(*GOOD))
    assert coordinator.get(first.location.replace("kolumner", "granska")).location == first.location


# ---- Who may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["publik", "foretag", "trafikgrupp", "planerare", "polis"])
def test_nobody_but_the_coordinator_takes_in_files(world, coordinator, role):
    first = upload(world, coordinator, csv_bytes(*GOOD))
    client = world.client(role)
    before = count(world), kept_files(world)
    assert upload(world, client, csv_bytes(*GOOD)).status_code in (302, 401, 403)
    for address in ("/admin/leveranser", "/admin/leveranser/1", first.location):
        assert client.get(address).status_code == (302 if role == "publik" else 403)
    for step in ("kolumner", "las-in", "avbryt"):
        assert world.post(client, first.location.replace("kolumner", step)).status_code in (401, 403)
    assert world.post(client, "/admin/leveranser/1/angra", version="1").status_code in (401, 403)
    assert (count(world), kept_files(world)) == before


def test_without_its_token_no_step_does_anything(world, coordinator):
    preview = to_preview(world, coordinator, csv_bytes(*GOOD))
    before = count(world), kept_files(world)
    data = {"file": (io.BytesIO(csv_bytes(*GOOD)), "mars.csv"), "source": "est"}
    assert coordinator.post("/admin/leveranser/ny", data=data).status_code == 403
    for step in ("kolumner", "las-in", "avbryt"):
        assert coordinator.post(preview.replace("granska", step)).status_code == 403
    assert (count(world), kept_files(world)) == before
