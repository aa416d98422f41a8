"""Placemaking sites: reviews counted only when enough have answered."""

from datetime import date

import pytest
from builders import COORDINATOR, an_organisation, viewer
from shapely.geometry import Point

from samverkan_map import sites
from samverkan_map.errors import BadValue, NotFound
from samverkan_map.vocabulary import Role, Voice

DAY = date(2026, 6, 1)


def a_site(session, vellinge, published=True):
    owner = an_organisation(session)
    site = sites.create(
        session, COORDINATOR, vellinge, name="Stortorget", focus="offentlig-miljo", summary="Torget ska bli levande.",
        owner_id=owner.id, shape=Point(374900, 6148900).buffer(30), today=DAY,
    )  # fmt: skip
    return sites.publish(session, COORDINATOR, site.id, today=DAY) if published else site


def reviewed(session, site, *scores):
    for score in scores:
        sites.review(
            session, COORDINATOR, site.id, voice=Voice.BUSINESS, scores={"evening": score}, improve=["light"],
            good="Fontänen", idea="Fler bänkar", today=DAY,
        )  # fmt: skip


def test_an_average_is_shown_to_partners_from_three_and_to_the_public_from_five(session, vellinge):
    site, partner, public = a_site(session, vellinge), viewer(Role.PLANNER), viewer(Role.PUBLIC)
    reviewed(session, site, 2, 4)
    assert sites.summary(partner, site).means["evening"] is None
    assert sites.summary(partner, site).reviewers == 0
    reviewed(session, site, 3)
    assert sites.summary(partner, site).means["evening"] == 3.0
    assert sites.summary(partner, site).improve == [("light", 3)]
    assert sites.summary(public, site).means["evening"] is None
    reviewed(session, site, 5, 5)
    assert sites.summary(public, site).means["evening"] == 3.8
    assert sites.summary(public, site).means["morning"] is None


@pytest.mark.parametrize(
    "words",
    [
        {"scores": {}},
        {"scores": {"evening": 6}},
        {"scores": {"noon": 3}},
        {"improve": ["light", "seating", "paths", "people"]},
        {"improve": ["parkering"]},
        {"idea": "Mejla mig på anna@example.org"},
    ],
)
def test_a_review_that_cannot_be_right_is_refused(session, vellinge, words):
    site = a_site(session, vellinge)
    given = {"voice": Voice.PUBLIC, "scores": {"day": 3}, "improve": [], "good": "", "idea": "", "today": DAY} | words
    with pytest.raises(BadValue):
        sites.review(session, COORDINATOR, site.id, **given)
    assert site.reviews == []


def test_an_unpublished_site_does_not_exist_for_the_public(session, vellinge):
    site = a_site(session, vellinge, published=False)
    assert sites.find(session, viewer(Role.PUBLIC)) == []
    with pytest.raises(NotFound):
        sites.get(session, viewer(Role.PUBLIC), site.id)
