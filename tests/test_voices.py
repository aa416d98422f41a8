"""Four voices in one round: whose answer is whose, and of how few nobody is told."""

from datetime import datetime, timedelta

import pytest
from builders import viewer
from sqlalchemy import select
from test_rounds import ANSWER, DAY, a_round, a_site, answered, businesses, receipt_of

from samverkan_map import access, rounds, sites
from samverkan_map.access import Viewer
from samverkan_map.db.tables import Attempt, Person, Review
from samverkan_map.errors import BadValue, Conflict, NotAllowed, TooManyTries
from samverkan_map.rounds import Said
from samverkan_map.vocabulary import DayPart, Role, Voice

NOW = datetime(2026, 6, 1, 12)


def staff(session, role, number=1, organisation_id=None):
    """Somebody of the police or the municipality with an account."""
    person = Person(
        username=f"{role}{number}", name=f"{role} {number}", role=role, organisation_id=organisation_id,
        password_hash="-", created_at=NOW,
    )  # fmt: skip
    session.add(person)
    session.flush()
    return Viewer(person.id, person.name, role, organisation_id)


def said(session, found, who, score, *, day=DAY, part="evening", **words):
    """One answer: of somebody signed in, or under a key of nobody."""
    respondent = rounds.signed_in(who, found) if isinstance(who, Viewer) else rounds.anybody(found, who)
    actor = who if isinstance(who, Viewer) else access.ANONYMOUS
    given = ANSWER | {"scores": {part: score}} | words
    review = rounds.answer(session, actor, respondent, **given, today=day)
    session.expire(found.site)
    return review


def test_police_staff_and_public_answer_in_the_same_round_each_with_their_voice_and_once(database, vellinge):
    with database.writing() as session:
        site = a_site(session, vellinge)
        found, _ = a_round(session, site, businesses(session, 1))
        officer, planner = staff(session, Role.POLICE), staff(session, Role.PLANNER)
        for who in (officer, planner, "nyckel-1", "nyckel-2"):
            first = said(session, found, who, 3)
            assert said(session, found, who, 3) is first, "sent twice"
            said(session, found, who, 4, version=1)
            with pytest.raises(Conflict):
                said(session, found, who, 1, version=1)
        kept = session.scalars(select(Review).order_by(Review.id)).all()
        voices = [Voice.POLICE, Voice.MUNICIPALITY, Voice.PUBLIC, Voice.PUBLIC]
        assert [one.voice for one in kept] == voices
        assert {(one.scores["evening"], one.round_id) for one in kept} == {(4, found.id)}
        assert "nyckel-1" not in str(session.execute(select(Review.__table__)).all()), "of a key only the hash is kept"
        rounds.close(session, access.command_line(), found.id, today=DAY)
        for who in (officer, "nyckel-1", "nyckel-3"):
            with pytest.raises(Conflict):
                said(session, found, who, 5, version=2)


def test_who_has_no_voice_answers_not_even_with_an_account(session, vellinge):
    site, (shop, other) = a_site(session, vellinge), businesses(session, 2)
    found, (link,) = a_round(session, site, [shop])
    for role in (Role.TRAFFIC_GROUP, Role.PUBLIC):
        with pytest.raises(NotAllowed):
            rounds.signed_in(viewer(role), found)
    with pytest.raises(NotAllowed) as no:
        rounds.signed_in(viewer(Role.BUSINESS, other), found)
    assert no.value.key == "refusals.rounds.not_invited"
    assert rounds.signed_in(viewer(Role.BUSINESS, shop), found) == rounds.invited(link.invitation)


def test_neither_the_total_nor_ones_own_answer_tells_what_too_few_others_said(session, vellinge):
    site, shops = a_site(session, vellinge), businesses(session, 4)
    found, links = a_round(session, site, shops)
    for link, score in zip(links, (5, 4, 4, 5), strict=True):
        answered(session, link, scores={"evening": score})
    officer = staff(session, Role.POLICE)
    said(session, found, officer, 1)
    planner, public = viewer(Role.PLANNER), viewer(Role.PUBLIC)
    assert (sites.summary(planner, site).means["evening"], sites.summary(planner, site).reviewers) == (4.5, 4)
    assert sites.summary(public, site).means["evening"] == 3.8, "no voice is told apart"
    told = {one.voice: one.scores[DayPart.EVENING] for one in rounds.voices(planner, site)}
    assert {voice for voice, scores in told.items() if scores} == {Voice.BUSINESS}
    assert receipt_of(session, links[0]).others[DayPart.EVENING] == Said(4.5, 3), "the officer's 1 is not in it"
    for number in (2, 3):
        said(session, found, staff(session, Role.POLICE, number), 1)
    told = {one.voice: one.scores[DayPart.EVENING] for one in rounds.voices(planner, site)}
    assert told[Voice.POLICE].reviewers == 3
    own = {one.voice: one.scores[DayPart.EVENING] for one in rounds.voices(officer, site)}
    assert own[Voice.POLICE] is None, "two others, the own one left out"
    assert rounds.receipt(session, officer, rounds.signed_in(officer, found)).voices[Voice.POLICE][
        DayPart.EVENING
    ] == Said(None, 0)


def test_the_public_is_told_of_five_others_and_businesses_of_three(session, vellinge):
    site = a_site(session, vellinge)
    found, links = a_round(session, site, businesses(session, 1))
    for number in range(5):
        said(session, found, f"k{number}", 2)
    who = rounds.anybody(found, "k0")
    assert rounds.receipt(session, access.ANONYMOUS, who).others[DayPart.EVENING] == Said(None, 0)
    answered(session, links[0])
    assert receipt_of(session, links[0]).voices[Voice.PUBLIC][DayPart.EVENING] == Said(2.0, 5)
    said(session, found, "k5", 2)
    shown = rounds.receipt(session, access.ANONYMOUS, who)
    assert (shown.fewest, shown.voices[Voice.PUBLIC][DayPart.EVENING]) == (5, Said(2.0, 5))


def test_in_the_next_round_the_same_person_counts_once_and_is_paired_and_the_publics_old_answers_give_way(
    session, vellinge
):
    site = a_site(session, vellinge)
    before, _ = a_round(session, site, businesses(session, 1))
    officers = [staff(session, Role.POLICE, number) for number in range(4)]
    for officer in officers:
        said(session, before, officer, 2)
    for number in range(3):
        said(session, before, f"k{number}", 1)
    rounds.close(session, access.command_line(), before.id, today=DAY)
    year = DAY + timedelta(days=365)
    now = rounds.open_round(session, access.command_line(), site.id, closes_on=year + timedelta(days=9), today=year)
    for officer in officers[:3]:
        said(session, now, officer, 5, day=year)
    planner = viewer(Role.PLANNER)
    told = {one.voice: one.scores[DayPart.EVENING] for one in rounds.voices(planner, site)}
    assert told[Voice.POLICE].counts == (0, 1, 0, 0, 3)
    assert told[Voice.PUBLIC].reviewers == 3, "as long as the public has said nothing newer"
    (change,) = rounds.changes(now, before)
    assert (change.pairs, change.better) == (3, 3)
    said(session, now, "k9", 5, day=year)
    assert sites.summary(planner, site).means["evening"] == pytest.approx((2 + 5 * 3) / 4)


def test_a_robot_a_flood_and_an_advertisement_are_refused_and_nobody_is_followed_by_the_counters(session, vellinge):
    site = a_site(session, vellinge)
    found, links = a_round(session, site, businesses(session, 1))

    def count(who, address="192.0.2.7", now=NOW):
        rounds.count(session, who, address, secret="s", now=now)

    who = rounds.anybody(found, "k")
    for _ in range(5):
        count(who)
    with pytest.raises(TooManyTries):
        count(who)
    count(who, "192.0.2.8")
    for turn in range(1, 4):
        for _ in range(4):
            count(who, now=NOW + timedelta(minutes=11 * turn))
    with pytest.raises(TooManyTries):
        for _ in range(4):
            count(who, now=NOW + timedelta(minutes=44))
    invited = rounds.invited(links[0].invitation)
    for number in range(10):
        count(invited, f"192.0.2.{number}")
    with pytest.raises(TooManyTries):
        count(invited, "198.51.100.1")
    officer = rounds.signed_in(staff(session, Role.POLICE), found)
    for _ in range(30):
        count(officer)
    assert "192.0.2" not in str(session.execute(select(Attempt.__table__)).all())
    with pytest.raises(BadValue) as no:
        said(session, found, "k", 3, idea="http://a.example och https://b.example")
    assert no.value.fields["field"] == "idea"
