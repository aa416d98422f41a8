"""The reading of protected rows is logged: without a page that waits, never lost, never twice, in order."""

import json
import multiprocessing
import time
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import select, text

from samverkan_map import access, doctor
from samverkan_map.db.engine import LOCK_WAIT_SECONDS
from samverkan_map.db.tables import AuditLine, Organisation, Report, Review
from samverkan_map.vocabulary import Permission, Role, Voice
from samverkan_map.waiting import Waiting
from samverkan_map.web import create_app, reading_log

READER = access.Viewer(None, "Anna", Role.PLANNER)


@contextmanager
def locked(database):
    """Somebody else writes: an import on the embedded database, another writer of the log on PostGIS."""
    with database.writing() as session:
        session.execute(text("UPDATE state SET value = value WHERE key = 'audit_head'"))
        yield


def lines(world):
    with world.database.reading() as session:
        assert access.verify(session) is None
        found = session.scalars(select(AuditLine).order_by(AuditLine.id))
        return [(line.action, json.loads(line.details)) for line in found]


def readings(world, before=()):
    return [(action, details["page"]) for action, details in lines(world)[len(before) :]]


def waiting(world):
    return Waiting(world.settings.instance)


def again(world):
    """The moment when the database is tried again has come."""
    world.app.extensions["reading_log"].locked_until = 0


def test_a_page_does_not_wait_for_a_long_import_and_its_reading_is_in_the_log_afterwards(world_on_each):
    world = world_on_each
    client, before = world.client("planerare"), lines(world)
    client.get("/hjalp")
    with locked(world.database):
        started = time.monotonic()
        for _ in range(3):
            assert client.get("/karta").status_code == 200
        assert client.get("/karta.csv").status_code == 200
        assert time.monotonic() - started < LOCK_WAIT_SECONDS
        assert readings(world, before) == []
    again(world)
    client.get("/hjalp")
    assert readings(world, before) == [("see_exact_reports", "karta.page"), ("export_internal", "karta.csv")]
    assert all("read_at" in details for _, details in lines(world)[len(before) :])
    assert not waiting(world).there()
    client.get("/karta")
    assert len(readings(world, before)) == 2


def test_after_a_refusal_the_next_reading_is_logged_all_the_same(world, monkeypatch):
    client, before = world.client("planerare"), lines(world)

    def full(*_):
        raise OSError(28, "No space left on device")

    with locked(world.database), monkeypatch.context() as patched:
        patched.setattr(Waiting, "_append", full)
        assert client.get("/karta").status_code == 503
    again(world)
    assert client.get("/karta").status_code == 200
    assert readings(world, before) == [("see_exact_reports", "karta.page")]


def test_lines_that_wait_go_into_the_log_before_the_next_one(world):
    client, before = world.client("planerare"), lines(world)
    with locked(world.database):
        client.get("/karta.csv")
        client.get("/karta.html")
    again(world)
    client.get("/platser")
    client.get("/trafik.csv")
    pages = [page for _, page in readings(world, before)]
    assert pages == ["karta.csv", "karta.standalone", "traffic.csv"]


def test_a_server_that_starts_takes_in_what_waits(world):
    before = lines(world)
    waiting(world).put(READER, Permission.EXPORT_INTERNAL, {"page": "karta.csv"})
    create_app(world.settings).extensions["database"].close()
    assert readings(world, before) == [("export_internal", "karta.csv")]
    assert not waiting(world).there()


def test_a_process_that_dies_after_its_commit_leaves_nothing_to_be_written_twice(world, monkeypatch):
    """Killed between the commit and the end of the file, twice, with more lines in between."""
    before = lines(world)
    monkeypatch.setattr(Waiting, "forget", lambda self: None)
    for number in range(3):
        waiting(world).put(READER, Permission.EXPORT_INTERNAL, {"page": f"sida.{number}"})
        create_app(world.settings).extensions["database"].close()
    monkeypatch.undo()
    create_app(world.settings).extensions["database"].close()
    assert [page for _, page in readings(world, before)] == ["sida.0", "sida.1", "sida.2"]
    waiting(world).put(READER, Permission.EXPORT_INTERNAL, {"page": "ny.fil"})
    create_app(world.settings).extensions["database"].close()
    assert readings(world, before)[-1] == ("export_internal", "ny.fil")
    assert len(readings(world, before)) == 4


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_half_a_line_of_a_process_that_died_while_writing_is_no_hindrance(world, cut):
    before, file = lines(world), waiting(world)
    file.put(READER, Permission.EXPORT_INTERNAL, {"page": "hel.rad"})
    whole = file.path.read_bytes()
    file.path.write_bytes(whole + whole.splitlines(keepends=True)[-1][:-cut])
    file.put(READER, Permission.EXPORT_INTERNAL, {"page": "nasta.rad"})
    create_app(world.settings).extensions["database"].close()
    assert [page for _, page in readings(world, before)] == ["hel.rad", "nasta.rad"]


def put_many(instance, name):
    for number in range(25):
        Waiting(instance).put(READER, Permission.EXPORT_INTERNAL, {"page": f"{name}.{number}"})


def test_several_processes_put_and_take_in_at_once_and_each_line_comes_once_in_its_order(world):
    before = lines(world)
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=put_many, args=(world.settings.instance, f"p{n}")) for n in range(3)]
    for writer in writers:
        writer.start()
    log = reading_log.ReadingLog(world.app)
    while any(writer.is_alive() for writer in writers):
        log.catch_up(world.database)
    for writer in writers:
        writer.join()
    log.locked_until = 0
    log.catch_up(world.database)
    pages = [page for _, page in readings(world, before)]
    for n in range(3):
        assert [page for page in pages if page.startswith(f"p{n}.")] == [f"p{n}.{number}" for number in range(25)]
    assert len(pages) == 75


def test_a_reading_that_the_rules_would_not_let_through_now_is_still_told(world):
    before = lines(world)
    waiting(world).put(access.Viewer(None, "Bo", Role.BUSINESS), Permission.SEE_EXACT_REPORTS, {"page": "karta.page"})
    create_app(world.settings).extensions["database"].close()
    ((action, details),) = lines(world)[len(before) :]
    assert (action, details["late"]) == ("set_up", "see_exact_reports")


def test_the_doctor_names_lines_that_wait(world):
    environment = {
        "SAMVERKAN_DATABASE_URL": world.database.url, "SAMVERKAN_INSTANCE": str(world.settings.instance),
        "SAMVERKAN_PORT": "1",
    }  # fmt: skip
    assert "doctor.waiting" not in [one.key for one in doctor.examine(environment)]
    for number in range(2):
        waiting(world).put(READER, Permission.EXPORT_INTERNAL, {"page": f"sida.{number}"})
    assert [one.fields for one in doctor.examine(environment) if one.key == "doctor.waiting"] == [{"n": 2}]


def test_an_open_session_is_not_waited_for_either(world):
    client = world.client("planerare")
    with world.database.writing() as session:
        session.execute(text("UPDATE sessions SET seen_at = datetime(seen_at, '-10 minutes')"))
        session.commit()
    client.get("/karta")
    with world.database.writing() as session:
        session.execute(text("UPDATE sessions SET seen_at = datetime(seen_at, '-10 minutes')"))
        session.commit()
    with locked(world.database):
        started = time.monotonic()
        assert client.get("/karta").status_code == 200
        assert time.monotonic() - started < LOCK_WAIT_SECONDS


# ---- What is recorded ----------------------------------------------------------------------------------------------


def report_of(world, kind):
    with world.database.reading() as session:
        return session.scalar(select(Report.id).where(Report.kind == kind))


def test_single_reports_on_a_card_or_chosen_on_the_map_are_recorded_with_what_they_stood_on(world):
    client, before, number = world.client("planerare"), lines(world), report_of(world, "problem")
    client.get("/karta")
    for _ in range(2):
        client.get("/platser/1")
        client.get(f"/karta?objekt=problem.{number}")
    told = [(action, details.get("layer"), details.get("id")) for action, details in lines(world)[len(before) :]]
    exact = "see_exact_reports"
    assert told == [(exact, None, None), (exact, "places", 1), (exact, "problem", number)]


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/karta/objekt/problem/{problem}", {"report": "{problem}"}),
        ("/karta?objekt=traffic.{traffic}", {"report": "{traffic}"}),
        ("/karta.geojson", {"count": 2}), ("/karta.geojson?kind=traffic", {"count": 1}), ("/karta.csv", {"count": 2}),
    ],
)  # fmt: skip
def test_every_sending_of_a_reports_words_is_recorded(world, address, told):
    numbers = {kind: report_of(world, kind) for kind in ("problem", "traffic")}
    told = {name: int(str(value).format(**numbers)) for name, value in told.items()}
    for role, expected in (("samordnare", [told, told]), ("planerare", [])):
        client, before = world.client(role), lines(world)
        for _ in range(2):
            client.get(address.format(**numbers), buffered=True)
        words = [details for action, details in lines(world)[len(before) :] if action == "see_raw_text"]
        assert [{name: one[name] for name in told} for one in words] == expected


def test_a_page_without_words_leaves_no_line_about_words(world):
    client, before = world.client("samordnare"), lines(world)
    for address in ("/", "/karta?visa=tabell", "/platser/1", "/karta.geojson?layer=places", "/platser.csv"):
        client.get(address, buffered=True)
    assert "see_raw_text" not in [action for action, _ in lines(world)[len(before) :]]


def test_a_reviewers_ideas_are_for_those_who_may_see_single_reviews_and_recorded(world):
    with world.database.writing() as session:
        shop = session.scalar(select(Organisation.id).where(Organisation.code == "butiken"))
        for organisation, idea in ((None, "Fler bänkar vid dammen"), (shop, "Egna blomlådor")):
            said = {"scores": {"day": 3}, "improve": [], "good": "", "idea": idea, "on": date(2026, 3, 2)}
            session.add(Review(site_id=1, organisation_id=organisation, voice=Voice.BUSINESS, **said))
        session.commit()
    before = lines(world)
    seen = {role: world.client(role).get("/platsutveckling/1").text for role in Role}
    assert [role for role in Role if "Fler bänkar" in seen[role]] == [Role.COORDINATOR]
    assert [role for role in Role if "Egna blomlådor" in seen[role]] == [Role.BUSINESS, Role.COORDINATOR]
    told = [(action, details["count"]) for action, details in lines(world)[len(before) :]]
    assert told == [("see_single_reviews", 1), ("see_single_reviews", 2)]
