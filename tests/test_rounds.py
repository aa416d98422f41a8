"""Rounds of reviews: a link opens one thing for one organisation, an answer is one, and few answers are never told."""

from datetime import date, timedelta

import pytest
from builders import COORDINATOR, an_organisation, viewer
from shapely.geometry import Point
from sqlalchemy import select

from samverkan_map import measures, rounds, sites
from samverkan_map.db.tables import Invitation, Review
from samverkan_map.errors import BadValue, Conflict, NotAllowed, NotFound
from samverkan_map.rounds import Said, Standing
from samverkan_map.vocabulary import Role, Voice

DAY = date(2026, 6, 1)
LAST = DAY + timedelta(days=28)
ANSWER = {
    "scores": {"evening": 3}, "strengths": ["lively"], "improve": ["light"], "good": "Fontänen", "idea": "Fler bänkar",
    "contribution": "", "version": 0,
}  # fmt: skip


def a_site(session, vellinge):
    owner = an_organisation(session)
    site = sites.create(
        session, COORDINATOR, vellinge, name="Stortorget", focus="offentlig-miljo", summary="Torget ska bli levande.",
        owner_id=owner.id, shape=Point(374900, 6148900).buffer(30), today=DAY,
    )  # fmt: skip
    return sites.publish(session, COORDINATOR, site.id, today=DAY)


def businesses(session, count):
    return [an_organisation(session, f"butik{n}", "business").id for n in range(count)]


def a_round(session, site, shops, day=DAY):
    found = rounds.open_round(session, COORDINATOR, site.id, closes_on=day + timedelta(days=28), today=day)
    return found, rounds.invite(session, COORDINATOR, found.id, shops, today=day)


def answered(session, link, day=DAY, **words):
    invitation = link.invitation
    return rounds.answer(session, rounds.guest(invitation), rounds.invited(invitation), **ANSWER | words, today=day)


def receipt_of(session, link):
    return rounds.receipt(session, rounds.guest(link.invitation), rounds.invited(link.invitation))


def test_a_link_is_kept_as_a_hash_and_opens_its_round_until_it_closes(database, vellinge):
    with database.writing() as session:
        found, (link,) = a_round(session, a_site(session, vellinge), businesses(session, 1))
        assert link.token not in str(session.execute(select(Invitation.__table__)).all())
        who = rounds.by_token(session, link.token)
        assert (who.invitation, who.standing(LAST)) == (link.invitation, Standing.OPEN)
        assert who.standing(LAST + timedelta(days=1)) is Standing.CLOSED
        with pytest.raises(NotFound):
            rounds.by_token(session, link.token[:-1] + "x")
        newer = rounds.renew(session, COORDINATOR, link.invitation.id, today=DAY)
        with pytest.raises(NotFound):
            rounds.by_token(session, link.token)
        rounds.revoke(session, COORDINATOR, link.invitation.id, today=DAY)
        assert rounds.by_token(session, newer.token).standing(DAY) is Standing.REVOKED
        with pytest.raises(Conflict):
            answered(session, newer)
        last = rounds.renew(session, COORDINATOR, link.invitation.id, today=DAY)
        rounds.close(session, COORDINATOR, found.id, today=DAY)
        assert rounds.by_token(session, last.token).standing(DAY) is Standing.CLOSED
        with pytest.raises(Conflict):
            answered(session, last)


def test_an_answer_is_changed_while_the_round_is_open_and_the_same_one_twice_is_one(database, vellinge):
    with database.writing() as session:
        _, (link,) = a_round(session, a_site(session, vellinge), businesses(session, 1))
        first = answered(session, link)
        assert (first.voice, first.version) == (Voice.BUSINESS, 1)
        assert answered(session, link) is first, "sent twice"
        answered(session, link, scores={"evening": 5}, version=1)
        with pytest.raises(Conflict):
            answered(session, link, scores={"evening": 1}, version=1)
        assert [(one.scores, one.version) for one in session.scalars(select(Review))] == [({"evening": 5}, 2)]
        with pytest.raises(Conflict):
            answered(session, link, day=LAST + timedelta(days=1), version=2)


def test_nobody_but_the_invited_answers_and_no_text_about_a_person_is_kept(session, vellinge):
    site = a_site(session, vellinge)
    _, (mine, other) = a_round(session, site, businesses(session, 2))
    for field in ("good", "idea", "contribution"):
        with pytest.raises(BadValue) as refused:
            answered(session, mine, **{field: "Ring 070-123 45 67"})
        assert refused.value.fields["field"] == field
    for wrong in ({"scores": {}}, {"improve": ["light", "seating", "paths", "people"]}, {"strengths": ["rikt"]}):
        with pytest.raises(BadValue):
            answered(session, mine, **wrong)
    assert session.scalars(select(Review)).all() == []
    with pytest.raises(NotAllowed):
        rounds.answer(session, rounds.guest(other.invitation), rounds.invited(mine.invitation), **ANSWER, today=DAY)


def test_only_those_who_may_invite_open_rounds_and_a_site_has_one_at_a_time(session, vellinge):
    site = a_site(session, vellinge)
    own, other = viewer(Role.PLANNER, site.owner_id), viewer(Role.PLANNER, an_organisation(session, "annan").id)
    for nobody in (other, viewer(Role.POLICE), viewer(Role.TRAFFIC_GROUP), viewer(Role.BUSINESS), viewer(Role.PUBLIC)):
        with pytest.raises(NotAllowed):
            rounds.open_round(session, nobody, site.id, closes_on=LAST, today=DAY)
    for day in (DAY - timedelta(days=1), DAY + timedelta(days=121)):
        with pytest.raises(BadValue):
            rounds.open_round(session, own, site.id, closes_on=day, today=DAY)
    found = rounds.open_round(session, own, site.id, closes_on=LAST, today=DAY)
    with pytest.raises(Conflict):
        rounds.open_round(session, COORDINATOR, site.id, closes_on=LAST, today=DAY)
    with pytest.raises(BadValue):
        rounds.invite(session, own, found.id, [an_organisation(session, "polisen", "police").id], today=DAY)


def test_others_are_told_from_three_and_as_halves_below_ten(session, vellinge):
    site = a_site(session, vellinge)
    _, links = a_round(session, site, businesses(session, 4))
    for link, score in zip(links, (5, 2, 3, 3), strict=True):
        assert receipt_of(session, links[0]).others["evening"] == Said(None, 0)
        answered(session, link, scores={"evening": score})
        session.expire(site)
    shown = receipt_of(session, links[0])
    assert (shown.own, shown.others["evening"]) == ({"evening": 5}, Said(2.5, 3))
    assert shown.improve == [("light", 3)]
    assert receipt_of(session, links[1]).others["evening"].mean == 3.5


def test_the_same_reviewers_are_paired_between_rounds_and_counted_once(session, vellinge):
    site, shops = a_site(session, vellinge), businesses(session, 6)
    before, first = a_round(session, site, shops)
    for link, score in zip(first[:5], (2, 2, 3, 4, 5), strict=True):
        answered(session, link, scores={"evening": score})
    rounds.close(session, COORDINATOR, before.id, today=DAY)
    year = DAY + timedelta(days=365)
    now, second = a_round(session, site, shops, year)
    for link, score in zip(second[1:], (4, 4, 4, 4, 1), strict=True):
        answered(session, link, year, scores={"evening": score})
    (change,) = rounds.changes(now, before)
    assert (change.pairs, change.good_before, change.good_now, change.better, change.worse) == (4, 2, 4, 2, 1)
    assert change.change.difference == 0.5
    assert change.change.low < 0 < change.change.high
    session.expire(site)
    voice = rounds.voices(viewer(Role.PLANNER), site)[0]
    assert (voice.voice, voice.reviewers, voice.scores["evening"].counts) == (Voice.BUSINESS, 6, (1, 1, 0, 4, 0))
    assert sites.summary(viewer(Role.PLANNER), site).reviewers == 6


def test_an_offer_becomes_a_planned_measure_that_the_business_owns_and_promised(session, vellinge):
    site, (shop,) = a_site(session, vellinge), businesses(session, 1)
    found, (link,) = a_round(session, site, [shop])
    review = answered(session, link, contribution="Ljus i skyltfönstret till midnatt.")
    assert rounds.offers(viewer(Role.PLANNER, site.owner_id), found) == []
    assert rounds.offers(COORDINATOR, found) == [review]
    with pytest.raises(NotFound):
        rounds.take_up(session, viewer(Role.PLANNER, site.owner_id), vellinge, review.id, today=DAY)
    measure = rounds.take_up(session, COORDINATOR, vellinge, review.id, today=DAY)
    assert (measure.owner_id, measure.status, measure.title) == (shop, "planned", "Ljus i skyltfönstret till midnatt.")
    assert [promise.organisation_id for promise in measure.promises] == [shop]
    with pytest.raises(Conflict):
        rounds.take_up(session, COORDINATOR, vellinge, review.id, today=DAY)
    measures.keep(session, COORDINATOR, measure.promises[0].id, True, today=DAY)
    session.expire_all()
    shown = receipt_of(session, link)
    assert [promise.kept for promise in shown.promises] == [True]
