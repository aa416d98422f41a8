"""What residents report: sent in once, counted when somebody has taken it up, answered, hidden from all others."""

import threading
from datetime import date, datetime, timedelta

import builders
import pytest
from shapely.geometry import LineString, Point
from sqlalchemy import func, select

from samverkan_map import access, inbox, places, reports, traffic
from samverkan_map.db.tables import Delivery, Letter, Report
from samverkan_map.errors import BadValue, Conflict, NotAllowed, NotFound, TooManyTries
from samverkan_map.inbox import keys, limits
from samverkan_map.people import counters
from samverkan_map.question import Question
from samverkan_map.vocabulary import Answer, LetterStatus, Period, Precision, Recipient, Role, Unusable

NOW = builders.NOW
TODAY = date(2026, 11, 23)
HERE = Point(371000.0, 6142000.0)
SPOT = inbox.Where(HERE, "Storgatan", Precision.POINT)
COORDINATOR = builders.COORDINATOR


def send(session, agreement, key="a", *, address="192.0.2.1", now=NOW, where=SPOT, choice="skada", **words):
    return inbox.send(
        session, access.ANONYMOUS, agreement, choice=choice, where=where, key=key, secret="hemlig", now=now,
        address=address, **words,
    )  # fmt: skip


def the_letter(session):
    return session.scalars(select(Letter).order_by(Letter.id.desc())).first()


def counted(session, agreement):
    return reports.choose(session, COORDINATOR, agreement, Question(sources=(agreement.report_source,))).total


def test_a_letter_counts_only_when_it_is_taken_up_and_no_longer_when_it_is_hidden(session, vellinge):
    code = send(session, vellinge, words="Rutorna krossas varje helg.")
    letter = the_letter(session)
    assert len(code) == 16 and code not in (letter.code_hash, letter.words)
    assert counted(session, vellinge) == 0
    inbox.take_up(session, COORDINATOR, vellinge, letter.id, now=NOW)
    assert counted(session, vellinge) == 1
    row = reports.get(session, COORDINATOR, letter.report_id)
    assert (row["type"], row["source"], row["e"], row["n"]) == ("skadegorelse", "medborgarrapport", HERE.x, HERE.y)
    assert (row["day"], row["hour"], row["description"]) == (TODAY, None, "Rutorna krossas varje helg.")
    inbox.hide(session, COORDINATOR, letter.id, Unusable.TEST, now=NOW)
    assert counted(session, vellinge) == 0 and letter.words
    inbox.reopen(session, COORDINATOR, letter.id, now=NOW)
    assert (letter.status, letter.read_at) == (LetterStatus.NEW, None)
    assert access.verify(session) is None


def test_the_same_form_sent_twice_is_one_letter_with_one_code(session, vellinge):
    assert send(session, vellinge) == send(session, vellinge)
    assert send(session, vellinge, key="b") != send(session, vellinge)
    assert session.scalar(select(func.count(Letter.id))) == 2


@pytest.mark.parametrize(
    ("words", "key"),
    [("Ring 070-123 45 67", "phone"), ("Reg ABC12D kör varje kväll", "plate"), ("Han heter Karl Berg", "name")],
)
def test_what_points_at_a_person_is_refused_and_nothing_is_stored(session, vellinge, words, key):
    with pytest.raises(BadValue) as no:
        send(session, vellinge, words=words)
    assert builders.refused(no) == (key, "text") and words not in str(no.value.fields)
    assert the_letter(session) is None


@pytest.mark.parametrize(
    ("where", "key"),
    [
        (inbox.Where(Point(500000.0, 6651411.0), "", Precision.POINT), "outside"),
        (inbox.Where(None, "Ingenstans", Precision.STREET), "need_where"),
        (inbox.Where(HERE.buffer(10), "", Precision.POINT), "too_large"),
        (inbox.Where(LineString([HERE, Point(HERE.x + 3500, HERE.y)]), "", Precision.STREET), "too_large"),
    ],
)
def test_a_letter_is_about_a_place_here(session, vellinge, where, key):
    with pytest.raises(BadValue) as no:
        send(session, vellinge, where=where)
    assert builders.refused(no) == (key, "plats")


def test_five_in_ten_minutes_and_twenty_a_day_from_one_household_others_are_not_held_up(session, vellinge):
    for n in range(5):
        send(session, vellinge, key=f"a{n}", address=f"2001:db8::{n}")
    with pytest.raises(TooManyTries) as no, session.begin_nested():
        send(session, vellinge, key="a9", address="2001:db8::ffff")
    assert no.value.fields == {"seconds": 600, "n": 10}
    send(session, vellinge, key="a0", address="2001:db8::ffff")  # the same as before is no new one
    send(session, vellinge, key="b", address="2001:db8:0:1::1")
    for n in range(15):
        later = NOW + timedelta(minutes=11 * (n // 5 + 1))
        send(session, vellinge, key=f"c{n}", address="2001:db8::1", now=later)
    with pytest.raises(TooManyTries) as no, session.begin_nested():
        send(session, vellinge, key="d", address="2001:db8::1", now=NOW + timedelta(hours=2))
    assert (no.value.key, no.value.fields["seconds"]) == ("inbox.errors.enough_today", 10 * 3600)


def test_counters_counted_at_once_each_have_their_own_run_and_begin_anew_when_it_is_over(session):
    minute, hour = ("b", timedelta(minutes=1)), ("a", timedelta(hours=1))
    assert counters.counted_all(session, [minute, hour], NOW) == [(NOW, 1), (NOW, 1)]
    later = NOW + timedelta(minutes=1)
    assert counters.counted_all(session, [minute, hour], later) == [(later, 1), (NOW, 2)]
    assert counters.counted_all(session, [hour, minute], later) == [(NOW, 3), (later, 2)]


def test_beyond_three_hundred_an_hour_one_waits_a_minute_and_is_let_through(session, vellinge, monkeypatch):
    monkeypatch.setattr(limits, "PER_HOUR", 3)
    monkeypatch.setattr(limits, "PER_MINUTE", 2)
    for n in range(3):
        send(session, vellinge, key=f"a{n}", address=f"192.0.2.{n}")
    with pytest.raises(TooManyTries) as no:
        send(session, vellinge, key="b", address="192.0.2.9")
    assert no.value.key == "inbox.errors.queue"
    send(session, vellinge, key="b", address="192.0.2.9", now=NOW + timedelta(minutes=1))


def test_the_sender_follows_a_letter_by_its_code_and_learns_only_what_is_published(session, vellinge):
    hidden = builders.a_place(session, vellinge, name="Hemlig plats", today=date(2026, 3, 1))
    code = send(session, vellinge)
    follow = lambda: inbox.follow(session, access.ANONYMOUS, vellinge, code.lower(), today=TODAY)  # noqa: E731
    assert (follow().status, follow().read_by, follow().answer) == (LetterStatus.NEW, date(2026, 11, 26), None)
    number = the_letter(session).id
    inbox.link(session, COORDINATOR, vellinge, number, hidden.id, today=TODAY, now=NOW)
    assert (follow().status, follow().place) == (LetterStatus.TAKEN_UP, "")
    hidden.published = True
    inbox.send_on(session, COORDINATOR, vellinge, number, Recipient.STATE, now=NOW)
    inbox.answer(session, COORDINATOR, vellinge, number, Answer.WORKING, "Rutan byts i maj.", now=NOW)
    told = follow()
    assert (told.place, told.sent_to, told.answer, told.answer_words) == (
        "Hemlig plats", Recipient.STATE, Answer.WORKING, "Rutan byts i maj.",
    )  # fmt: skip
    for wrong in (keys.code_of("hemlig", "z"), code[:-1], "", "%00", "Å" * 16):
        with pytest.raises(NotFound) as no:
            inbox.follow(session, access.ANONYMOUS, vellinge, wrong, today=TODAY)
        assert no.value.key == "inbox.errors.no_code"


def test_linked_to_another_place_it_belongs_to_that_one_only(session, vellinge):
    first, second = (builders.a_place(session, vellinge, name=name) for name in ("Torget", "Parken"))
    send(session, vellinge)
    letter = the_letter(session)
    for place in (first, second):
        inbox.link(session, COORDINATOR, vellinge, letter.id, place.id, today=TODAY, now=NOW)
        assert inbox.place_of(session, letter) is place
    assert [len([one for one in place.picked if one.belongs]) for place in (first, second)] == [0, 1]
    assert counted(session, vellinge) == 1


def test_a_hint_is_taken_only_about_a_published_place_nearby(session, vellinge):
    near = builders.a_place(session, vellinge, name="Nära", published=True)
    secret = builders.a_place(session, vellinge, name="Hemlig")
    shape = inbox.Where(places.shape_of(near).centroid, "", Precision.POINT)
    assert [one.name for one in inbox.near_published(session, shape)] == ["Nära"]
    for hinted, kept in ((near.id, near.id), (secret.id, None), (999, None)):
        send(session, vellinge, key=str(hinted), where=shape, hinted_id=hinted)
        assert the_letter(session).hinted_id == kept
    assert inbox.near_published(session, SPOT) == []


def test_the_very_same_words_within_a_day_stand_in_the_inbox_once_and_both_senders_follow_the_answer(session, vellinge):
    said = "Det brinner i papperskorgen."
    keys = [send(session, vellinge, key=key, words=words) for key, words in (("a", said), ("b", f" {said.upper()}"))]
    send(session, vellinge, key="c", words=said, choice="skrap")
    send(session, vellinge, key="d", words=said, now=NOW + timedelta(days=2))
    found = inbox.find(session, COORDINATOR, LetterStatus.NEW)
    assert [len(letter.same) for letter in found] == [1, 0, 0]
    inbox.answer(session, COORDINATOR, vellinge, found[0].id, Answer.FIXED, now=NOW)
    for code in keys:
        told = inbox.follow(session, access.ANONYMOUS, vellinge, code, today=TODAY)
        assert told.answer is Answer.FIXED
    assert counted(session, vellinge) == 1


def test_of_a_letter_about_persons_the_words_go_for_good(session, vellinge):
    send(session, vellinge, words="Den där familjen bor här.")
    letter = the_letter(session)
    inbox.take_up(session, COORDINATOR, vellinge, letter.id, now=NOW)
    inbox.hide(session, COORDINATOR, letter.id, Unusable.PERSONS, now=NOW)
    assert letter.words is None and session.scalar(select(func.count(Report.id))) == 0


def test_a_corrected_type_is_counted_instead_of_the_first_one(session, vellinge):
    send(session, vellinge, choice="fort")
    letter = the_letter(session)
    inbox.take_up(session, COORDINATOR, vellinge, letter.id, now=NOW)
    inbox.take_up(session, COORDINATOR, vellinge, letter.id, type="buskorning_moped", now=NOW)
    assert list(session.scalars(select(Report.type))) == ["buskorning_moped"]
    with pytest.raises(BadValue):
        inbox.take_up(session, COORDINATOR, vellinge, letter.id, type="narkotika", now=NOW)
    assert session.scalars(select(Delivery.accepted)).all() == [1]


def test_only_who_has_it_as_a_task_handles_it_beside_the_coordinator_and_the_second_to_save_is_told(session, vellinge):
    send(session, vellinge)
    number = the_letter(session).id
    for role in (Role.PUBLIC, Role.BUSINESS, Role.TRAFFIC_GROUP, Role.PLANNER, Role.POLICE):
        with pytest.raises((NotAllowed, NotFound)):
            inbox.get(session, builders.viewer(role), number)
        with pytest.raises((NotAllowed, NotFound)):
            inbox.hide(session, builders.viewer(role), number, Unusable.TEST, now=NOW)
    version = the_letter(session).version
    inbox.answer(session, COORDINATOR, vellinge, number, Answer.FIXED, now=NOW, version=version)
    with pytest.raises(Conflict):
        inbox.hide(session, COORDINATOR, number, Unusable.TEST, now=NOW, version=version)


def test_age_is_counted_in_working_days_and_the_middle_of_the_answers_is_told_from_five(session, vellinge):
    friday = datetime(2026, 11, 20, 15, 0)
    for n in range(5):
        send(session, vellinge, key=str(n), now=friday, address=f"192.0.2.{n}")
    letter = the_letter(session)
    told = [inbox.age_of(letter, day).left for day in (date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 27))]
    assert (inbox.age_of(letter, TODAY).read_by, told) == (date(2026, 11, 25), [3, 2, -2])
    for n, one in enumerate(inbox.find(session, COORDINATOR)):
        assert inbox.median_days(session, now=NOW) is None
        inbox.answer(session, COORDINATOR, vellinge, one.id, Answer.FIXED, now=friday + timedelta(days=n + 1))
    assert inbox.median_days(session, now=NOW + timedelta(days=9)) == 3
    assert inbox.age_of(letter, TODAY).left is None


def test_a_long_street_has_no_position_and_a_drawn_stretch_counts_at_its_middle(session, vellinge):
    send(session, vellinge, key="a", where=inbox.Where(None, "Falsterbovägen, Höllviken", Precision.STREET))
    line = LineString([(HERE.x, HERE.y), (HERE.x + 200, HERE.y)])
    send(session, vellinge, key="b", where=inbox.Where(line, "Storgatan", Precision.STREET), choice="fort")
    for letter in inbox.find(session, COORDINATOR):
        inbox.take_up(session, COORDINATOR, vellinge, letter.id, now=NOW)
    rows = reports.rows_of(session, COORDINATOR, list(session.scalars(select(Report.id).order_by(Report.id))))
    assert [(row["e"], row["area"], row["precision"]) for row in rows] == [
        (None, "hollviken", "street"), (HERE.x + 100, "hollviken", "street"),
    ]  # fmt: skip


def test_whoever_reported_speed_on_a_stretch_is_told_what_is_known_of_it(session, vellinge):
    line = LineString([(HERE.x - 200, HERE.y), (HERE.x + 200, HERE.y)])
    traffic.add_stretch(session, COORDINATOR, vellinge, name="Mellangatan", keeper="kommun", speed_limit=40, line=line)
    told = {}
    for choice in ("fort", "skrap"):
        code = send(session, vellinge, key=choice, choice=choice)
        assert inbox.follow(session, access.ANONYMOUS, vellinge, code, today=TODAY).standing is None
        inbox.take_up(session, COORDINATOR, vellinge, the_letter(session).id, now=NOW)
        told[choice] = inbox.follow(session, access.ANONYMOUS, vellinge, code, today=TODAY).standing
        told[f"{choice} code"] = code
    assert (told["fort"].road.name, told["fort"].held) == ("Mellangatan", traffic.Held.NEVER)
    assert told["skrap"] is None
    traffic.measure_speed(
        session, COORDINATOR, told["fort"].road.id, started_on=date(2026, 11, 9), ended_on=date(2026, 11, 15),
        mean_speed=48.0, v85=56.0, share_over_limit=0.8, share_over_30=0.01, vehicles=900,
    )  # fmt: skip
    after = inbox.follow(session, access.ANONYMOUS, vellinge, told["fort code"], today=TODAY).standing
    assert (after.held, after.road.latest.v85) == (traffic.Held.MEASURED, 56.0)


def test_twenty_at_once_none_lost_and_none_doubled(database, vellinge):
    codes_given, faults = [], []

    def one(n):
        try:
            for _ in range(2):
                with database.writing() as session:
                    codes_given.append(send(session, vellinge, key=str(n), address=f"192.0.2.{n}", words=f"Ruta {n}."))
                    session.commit()
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert faults == [] and len(set(codes_given)) == 20
        assert session.scalar(select(func.count(Letter.id))) == 20
        assert access.verify(session) is None


def test_a_week_with_nothing_to_report_is_said_once_by_an_organisation(session, vellinge):
    kiosk = builders.an_organisation(session, "kiosken", "business")
    who = builders.viewer(Role.BUSINESS, kiosk.id)
    monday = date(2026, 11, 16)
    for _ in range(2):
        reports.say_nothing(session, who, monday, today=TODAY, now=NOW)
    assert [week.monday for week in reports.weeks(session, who, today=TODAY) if week.said_at] == [monday]
    assert reports.quiet_in(session, Period(date(2026, 11, 1), date(2026, 12, 1))) == reports.Quiet(1, 1)
    for week in (date(2026, 11, 17), date(2026, 10, 19), date(2026, 11, 30)):
        with pytest.raises(BadValue):
            reports.say_nothing(session, who, week, today=TODAY, now=NOW)
    with pytest.raises(BadValue):
        reports.say_nothing(session, builders.viewer(Role.POLICE), monday, today=TODAY, now=NOW)
