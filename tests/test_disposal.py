"""Disposal only by decision, and contact data found and erased wherever they stand."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import builders
import pytest
from shapely.geometry import Point
from sqlalchemy import make_url, select
from test_rounds import a_round, a_site, answered, businesses

from samverkan_map import access, contacts, disposal, figures, inbox, people, reports, sites
from samverkan_map.db.tables import (
    AuditLine,
    Base,
    Delivery,
    Draft,
    EarlierText,
    Letter,
    LetterContact,
    LetterPhoto,
    Person,
    Review,
)
from samverkan_map.errors import BadValue, Conflict, NotAllowed, NotFound
from samverkan_map.question import Question
from samverkan_map.vocabulary import Answer, Permission, Precision, Role

NOW = datetime(2026, 11, 23, 9, 0)
HOST = access.command_line("test")
COORDINATOR = access.Viewer(None, "Sam", Role.COORDINATOR)
PASSWORD = "grönt cykelställ vid muren"


@pytest.fixture
def anna(session):
    """Somebody whose account was closed 90 days ago, with a draft and an open one beside."""
    people.add_organisation(session, HOST, code="kommunen", name="Kommunen", kind="municipality")
    made = [
        people.create(
            session, HOST, username=username, name=name, role=Role.PLANNER, organisation="kommunen", password=PASSWORD,
            now=NOW,
        )
        for username, name in (("anna", "Anna Almgren"), ("bo", "Bo Ek"))
    ]  # fmt: skip
    people.save_draft(session, made[0].id, "place", "1", {"name": ["Torget"]}, now=NOW)
    people.disable(session, HOST, made[0].id, version=1, now=NOW - timedelta(days=90))
    session.add(EarlierText(part="places", on=date(2026, 1, 1), who="Anna Almgren", texts={"name": "Torg"}))
    session.flush()
    return made[0]


def decide(session, rule, days=90, actor=COORDINATOR):
    """A decision that two stand behind: somebody with an account, and the host."""
    found = disposal.decide(session, actor, rule, reference="KS 2026/123", days=days, now=NOW)
    found.entered_by_id = 7
    session.flush()
    return disposal.confirm(session, HOST, rule, reference="KS 2026/123", days=days, now=NOW)


def due(found):
    return {one.code: one.due for one in found if one.decision}


def test_nothing_is_disposed_of_without_a_decision(session, anna):
    before = disposal.standing(session, COORDINATOR, now=NOW + timedelta(days=9999))
    assert {(one.decision, one.due) for one in before} == {(None, 0)}
    disposal.run(session, HOST, now=NOW + timedelta(days=9999))
    assert anna.username == "anna" and session.scalars(select(EarlierText)).all()
    actions = session.scalars(select(AuditLine.action)).all()
    assert Permission.DISPOSE not in actions


def test_a_name_is_there_on_day_90_and_gone_on_day_91_and_the_dry_run_says_so(session, anna):
    decide(session, "people")
    assert due(disposal.standing(session, COORDINATOR, now=NOW))["people"] == 0
    later = NOW + timedelta(days=1)
    told = due(disposal.standing(session, COORDINATOR, now=later))
    assert told == {"people": 1}
    assert anna.name == "Anna Almgren", "trying changes nothing"
    assert due(disposal.run(session, HOST, now=later)) == told
    assert (anna.username, anna.name) == (f"borttaget-{anna.id}", "–")
    assert session.scalars(select(Draft)).all() == []
    assert people.by_username(session, HOST, "bo").name == "Bo Ek"
    assert due(disposal.run(session, HOST, now=later))["people"] == 0, "once"
    last = session.scalars(select(AuditLine).order_by(AuditLine.id.desc()).limit(1)).one()
    assert (last.action, last.details) == ("dispose", '{"count":1,"reference":"KS_2026/123","rule":"people"}')
    assert access.verify(session) is None


def test_a_decision_disposes_of_nothing_until_somebody_else_has_confirmed_exactly_that_one(session, anna):
    one, other, later = *(access.Viewer(n, "Siv", Role.COORDINATOR) for n in (1, 2)), NOW + timedelta(days=1)

    def decided(actor=one, days=90):
        disposal.decide(session, actor, "people", reference="KS 2026/123", days=days, now=NOW)

    def confirmed(actor, days=90, reference="KS 2026/123"):
        return disposal.confirm(session, actor, "people", reference=reference, days=days, now=NOW)

    with pytest.raises(NotFound):
        confirmed(other)
    for entered_by, nobody_else in ((one, one), (HOST, HOST)):
        decided(entered_by)
        with pytest.raises(NotAllowed, match="own"):
            confirmed(nobody_else)
        assert due(disposal.standing(session, other, now=later)) == {"people": 1}, "what would go is told"
        disposal.run(session, HOST, now=later)
        assert anna.name == "Anna Almgren"
    for role in set(Role) - {Role.COORDINATOR}:
        with pytest.raises(NotAllowed):
            confirmed(access.Viewer(2, "x", role, 1))
    for days, reference in ((1, "KS 2026/123"), (90, "KS 2026/124")):
        with pytest.raises(Conflict):
            confirmed(other, days, reference)
    assert confirmed(other).confirmed_by == "Siv"
    with pytest.raises(Conflict):
        confirmed(one)
    decided(days=30)
    assert disposal.decided_days(session, "people") is None, "what was changed is confirmed anew"
    disposal.run(session, HOST, now=later)
    assert anna.name == "Anna Almgren"
    confirmed(HOST, 30)
    disposal.run(session, HOST, now=later)
    assert anna.name == "–" and access.verify(session) is None
    acts = session.scalars(select(AuditLine.action).order_by(AuditLine.id)).all()
    assert acts[-2:] == ["confirm_disposal", "dispose"]


def test_earlier_texts_go_by_their_own_rule_and_a_lifted_rule_rests(session, anna):
    decide(session, "earlier_texts", days=30)
    disposal.lift(session, COORDINATOR, "earlier_texts")
    disposal.run(session, HOST, now=NOW)
    assert len(session.scalars(select(EarlierText)).all()) == 1
    with pytest.raises(NotFound):
        disposal.lift(session, COORDINATOR, "earlier_texts")
    decide(session, "earlier_texts", days=30)
    assert due(disposal.run(session, HOST, now=NOW)) == {"earlier_texts": 1}
    assert session.scalars(select(EarlierText)).all() == []


@pytest.mark.parametrize(
    ("reference", "days"),
    [("", 90), ("beslut", 90), ("  ", 90), ("123", 90), ("KS 2026/123\nx=1", 0), ("KS 2026/123", 0), ("KS 1", -5),
     ("<b>KS 1</b>", 90), ("KS 1" * 40, 90), ("KS 19850101-1236", 90), ("KS 1", 10**9)],
)  # fmt: skip
def test_a_decision_has_a_reference_and_a_number_of_days(session, reference, days):
    with pytest.raises(BadValue):
        disposal.decide(session, COORDINATOR, "people", reference=reference, days=days, now=NOW)
    assert all(one.decision is None for one in disposal.standing(session, COORDINATOR, now=NOW))


def test_only_a_coordinator_decides_and_only_the_host_disposes(session, anna):
    for role in set(Role) - {Role.COORDINATOR}:
        viewer = access.Viewer(None, "x", role, 1)
        for do in (lambda v: decide(session, "people", actor=v), lambda v: disposal.standing(session, v, now=NOW),
                   lambda v: contacts.erase(session, v, "people", anna.id)):  # fmt: skip
            with pytest.raises((NotAllowed, NotFound)):
                do(viewer)
    decide(session, "people", days=1)
    with pytest.raises(NotAllowed):
        disposal.run(session, COORDINATOR, now=NOW)
    with pytest.raises(NotAllowed):
        contacts.erase(session, COORDINATOR, "people", anna.id)
    with pytest.raises(NotFound):
        decide(session, "ingenting")


def test_who_asks_is_told_everything_and_the_reading_is_logged_without_the_words(session, anna):
    for words in ("anna", " ANNA ", "anna  almgren"):
        ((store, number, fields),) = contacts.find(session, COORDINATOR, words)
        assert (store, number, fields["name"], fields["drafts"]) == ("people", anna.id, "Anna Almgren", 1)
    assert contacts.find(session, COORDINATOR, "ingen") == []
    lines = session.scalars(select(AuditLine).where(AuditLine.action == "see_contact")).all()
    assert [(line.object_id, line.details) for line in lines] == [(str(anna.id), "{}")] * 3
    for role in (Role.PUBLIC, Role.BUSINESS, Role.TRAFFIC_GROUP, Role.PLANNER, Role.POLICE):
        with pytest.raises((NotAllowed, NotFound)):
            contacts.find(session, access.Viewer(1, "x", role, 1), "anna")


def test_an_erased_name_stands_nowhere_but_in_the_log(session, anna):
    with pytest.raises(Conflict, match="open_account"):
        contacts.erase(session, HOST, "people", people.by_username(session, HOST, "bo").id)
    contacts.erase(session, HOST, "people", anna.id)
    session.expire_all()
    tables = [table for table in Base.metadata.sorted_tables if table.name != "audit"]
    whole = " ".join(str(row) for table in tables for row in session.execute(select(table)).all()).lower()
    assert "anna" not in whole and "almgren" not in whole
    assert session.get(Person, anna.id).disabled_at is not None
    assert session.scalars(select(EarlierText.who)).one() == "–"
    for store, number in (("people", 99), ("ingenting", 1)):
        with pytest.raises(NotFound):
            contacts.erase(session, HOST, store, number)


def test_an_account_that_nobody_uses_is_closed_and_one_that_was_opened_again_is_not(session, anna):
    decide(session, "unused_accounts", days=182)
    later = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=200)
    bo = people.by_username(session, HOST, "bo")
    assert due(disposal.run(session, HOST, now=later)) == {"unused_accounts": 1}
    assert bo.disabled_at == later and anna.disabled_at == NOW - timedelta(days=90)
    people.reopen(session, HOST, bo.id, version=bo.version)
    assert due(disposal.run(session, HOST, now=later - timedelta(days=30))) == {"unused_accounts": 0}
    assert bo.disabled_at is None


def test_free_text_goes_and_the_coded_facts_stay(session, vellinge):
    inbox.send(
        session, access.ANONYMOUS, vellinge, choice="skada", key="a", secret="hemlig", now=NOW, address="192.0.2.1",
        words="Rutorna krossas varje helg.",
        where=inbox.Where(Point(371000.0, 6142000.0), "Storgatan", Precision.POINT),
    )  # fmt: skip
    letter = session.scalars(select(Letter)).one()
    inbox.answer(session, COORDINATOR, vellinge, letter.id, Answer.FIXED, "Vi lagar rutorna.", now=NOW)
    for rule in ("report_words", "letter_words"):
        decide(session, rule, days=730)
    day_before, day = NOW + timedelta(days=730), NOW + timedelta(days=731)
    assert due(disposal.run(session, HOST, now=day_before)) == {"report_words": 0, "letter_words": 0}
    assert due(disposal.standing(session, COORDINATOR, now=day)) == {"report_words": 1, "letter_words": 1}
    assert due(disposal.run(session, HOST, now=day)) == {"report_words": 1, "letter_words": 1}
    row = reports.get(session, COORDINATOR, letter.report_id)
    assert (row["description"], row["type"], row["e"]) == (None, "skadegorelse", 371000.0)
    assert (letter.words, letter.answer_words, letter.answer) == (None, "", Answer.FIXED)
    tables = [table for table in Base.metadata.sorted_tables if table.name != "audit"]
    assert "rutorna" not in " ".join(str(one) for table in tables for one in session.execute(select(table))).lower()


def test_reports_of_ten_years_ago_go_and_what_was_published_of_them_stays(session, vellinge, tmp_path):
    rows = [f"A{n},klotter,{year}-05-12,12.9558,55.4098" for year in (2015, 2024) for n in range(year, year + 6)]
    builders.take_in(session, vellinge, builders.a_file(tmp_path, rows))
    assert figures.begin(session, COORDINATOR, vellinge, today=NOW.date()) == [2024, 2015]

    def published(year):
        (found,) = figures.published(session, builders.viewer(Role.PUBLIC), vellinge, year)
        return [(line.type, line.cells) for line in figures.lines(found)]

    def counted():
        return sum(reports.counts_by_kind(reports.choose(session, COORDINATOR, vellinge, Question())).values())

    before, version = published(2015), session.scalars(select(Delivery.version)).one()
    assert counted() == 12
    disposal.decide(session, HOST, "reports", reference="KS 2026/123", days=3650, now=NOW)
    disposal.run(session, HOST, now=NOW)
    assert counted() == 12, "one alone decides nothing"
    decide(session, "reports", days=3650)
    assert due(disposal.standing(session, COORDINATOR, now=NOW)) == {"reports": 6}
    assert due(disposal.run(session, HOST, now=NOW)) == {"reports": 6}
    assert due(disposal.run(session, HOST, now=NOW)) == {"reports": 0}
    assert counted() == 6 and session.scalars(select(Delivery.version)).one() == version + 1
    assert reports.gone_to(session) == date(2015, 5, 12)
    assert published(2015) == before and published(2024)
    with pytest.raises(Conflict, match="disposed"):
        figures.publish(session, COORDINATOR, vellinge, 2015, today=date(2027, 2, 1))
    builders.take_in(
        session,
        vellinge,
        builders.a_file(tmp_path, [f"B{n},klotter,2015-08-01,12.9558,55.4098" for n in range(30)], name="b.csv"),
    )
    standing = {one.year: one for one in figures.waiting(session, COORDINATOR, vellinge, date(2027, 2, 1))}
    assert (standing[2015].whole, standing[2015].allowed, standing[2024].whole) == (False, False, True)
    line = session.scalars(select(AuditLine).where(AuditLine.action == "dispose")).one()
    assert line.details == '{"count":6,"reference":"KS_2026/123","rule":"reports"}'


def test_old_letters_go_with_their_pictures_and_pictures_go_before_them(session, vellinge, tmp_path):
    folder = inbox.Folder(tmp_path)
    for key, came in (("old", NOW), ("new", NOW + timedelta(days=3000))):
        inbox.send(
            session, access.ANONYMOUS, vellinge, choice="skada", key=key, secret="hemlig", now=came,
            address="192.0.2.1",
            where=inbox.Where(Point(371000.0, 6142000.0), "Storgatan", Precision.POINT), reply_to="anna@exempel.se",
        )  # fmt: skip
    for letter in session.scalars(select(Letter)):
        letter.photos.append(LetterPhoto(file=folder.put(b"bild"), came_at=letter.received_at))
    session.flush()
    first, second = session.scalars(select(LetterPhoto.file).order_by(LetterPhoto.id))
    for name in (first, second):
        os.utime(folder.root / name, (0, 0))
    decide(session, "letter_photos", days=730)
    assert due(disposal.run(session, HOST, now=NOW + timedelta(days=730))) == {"letter_photos": 0}
    assert due(disposal.run(session, HOST, now=NOW + timedelta(days=731))) == {"letter_photos": 1}
    folder.sweep(session)
    assert [path.name for path in folder.root.iterdir()] == [second] and len(session.scalars(select(Letter)).all()) == 2
    decide(session, "letters", days=3650)
    assert due(disposal.run(session, HOST, now=NOW + timedelta(days=3651)))["letters"] == 1
    assert len(session.scalars(select(Letter)).all()) == len(session.scalars(select(LetterContact)).all()) == 1
    assert due(disposal.run(session, HOST, now=NOW + timedelta(days=6651)))["letters"] == 1
    folder.sweep(session)
    assert list(folder.root.iterdir()) == [] == session.scalars(select(LetterContact)).all()


def test_an_answer_loses_its_sender_when_its_round_is_long_closed_and_nobody_counts_twice(session, vellinge):
    site, shops = a_site(session, vellinge), businesses(session, 5)
    first, links = a_round(session, site, shops)
    for link, score in zip(links, (1, 2, 3, 4, 5), strict=True):
        answered(session, link, scores={"evening": score}, contribution="Vi ställer ut stolar.")
    decide(session, "reviews", days=1095)
    closing = datetime(2026, 6, 29)
    assert due(disposal.run(session, HOST, now=closing + timedelta(days=1095))) == {"reviews": 0}
    after = closing + timedelta(days=1096)
    assert due(disposal.run(session, HOST, now=after)) == {"reviews": 5}
    kept = session.scalars(select(Review)).all()
    assert {(one.person_id, one.organisation_id, one.good, one.idea, one.contribution) for one in kept} == {
        (None, None, "", "", "")
    }
    assert [link.invitation.review_id for link in links] == [None] * 5 and first.answers == 5
    assert sites.summary(COORDINATOR, site).means["evening"] == 3.0, "averages stay"
    _, again = a_round(session, site, shops[:3], day=after.date())
    for link in again:
        answered(session, link, day=after.date(), scores={"evening": 5})
    session.refresh(site)
    assert (sites.summary(COORDINATOR, site).reviewers, sites.summary(COORDINATOR, site).means["evening"]) == (3, 5.0)


def test_what_was_disposed_of_stands_nowhere_in_the_database_file(database):
    with database.writing() as session:
        session.add(EarlierText(part="places", on=date(2026, 1, 1), who="x", texts={"name": "Gamla torgets lydelse"}))
        decide(session, "earlier_texts", days=30)
        session.commit()
    with database.writing() as session:
        assert due(disposal.run(session, HOST, now=NOW)) == {"earlier_texts": 1}
        session.commit()
    database.close()
    if database.embedded:
        folder = Path(make_url(database.url).database).parent
        files = [file for file in folder.iterdir() if file.is_file()]
        assert files and not any(b"Gamla torgets" in file.read_bytes() for file in files)
