"""A safety walk: points on the way, counted when it has ended, safe ones never among the problems."""

from datetime import date, datetime, timedelta

import builders
import pytest
from shapely.geometry import LineString, Point
from sqlalchemy import select

from samverkan_map import access, geometry, inbox, reports, walks
from samverkan_map.access import Viewer
from samverkan_map.db.tables import AuditLine, Person, Report
from samverkan_map.errors import BadValue, Conflict, NotAllowed, NotFound
from samverkan_map.question import Question
from samverkan_map.vocabulary import Permission, Precision, ReportKind, Role

COORDINATOR = builders.COORDINATOR
TODAY, NOW = date(2026, 11, 23), datetime(2026, 11, 23, 18, 0)
HERE = Point(*map(float, geometry.to_metric(*builders.HOLLVIKEN)))
SPOT = inbox.Where(HERE, "Storgatan", Precision.POINT)


def a_leader(session, role=Role.PLANNER):
    """Somebody with an account, who can have a task."""
    who = Person(
        username=role.value, name="Ledare", role=role.value, password_hash="x", created_at=NOW, version=1,
        organisation_id=builders.an_organisation(session, role.value).id,
    )  # fmt: skip
    session.add(who)
    session.flush()
    return Viewer(who.id, who.name, role, who.organisation_id)


def a_walk(session, actor=COORDINATOR, title="Centrum i mörker"):
    return walks.begin(session, actor, title=title, walked_on=TODAY, today=TODAY)


def noted(session, vellinge, walk, choice="morkt", actor=COORDINATOR, **how):
    return walks.note(session, actor, vellinge, walk.id, **{"choice": choice, "where": SPOT, "now": NOW} | how)


def counted(session, vellinge):
    chosen = reports.choose(session, COORDINATOR, vellinge, Question(sources=("trygghetsvandring",)))
    return chosen.total, reports.counts_by_kind(chosen)


def test_the_points_count_when_the_walk_has_ended_and_safe_ones_are_no_problems(session, vellinge):
    walk = a_walk(session)
    for choice in ("morkt", "otryggt", "tryggt"):
        noted(session, vellinge, walk, choice)
    assert counted(session, vellinge)[0] == 0
    walks.end(session, COORDINATOR, vellinge, walk.id, now=NOW)
    total, kinds = counted(session, vellinge)
    assert total == 3
    assert (kinds[ReportKind.PROBLEM], kinds[ReportKind.STRENGTH]) == (2, 1)
    assert [walks.is_safe(vellinge, point) for point in walk.points] == [False, False, True]
    assert {one.source for one in session.scalars(select(Report))} == {"trygghetsvandring"}


def test_one_walk_is_one_delivery_that_is_taken_back_whole(session, vellinge):
    first, second = a_walk(session), a_walk(session, title="Strandbaden")
    for walk in (first, second):
        noted(session, vellinge, walk)
        walks.end(session, COORDINATOR, vellinge, walk.id, now=NOW)
    deliveries = reports.find_deliveries(session, COORDINATOR)
    mine = next(one for one in deliveries if one.file_name.endswith(f"-{first.id}"))
    reports.undo(session, COORDINATOR, mine.id, now=NOW)
    session.expire_all()
    assert counted(session, vellinge)[0] == 1
    assert (first.points[0].report_id, second.points[0].report_id is None) == (None, False)


def test_a_walk_that_has_ended_stays_as_it_was(session, vellinge):
    walk = a_walk(session)
    with pytest.raises(BadValue):
        walks.end(session, COORDINATOR, vellinge, walk.id, now=NOW)
    point = noted(session, vellinge, walk)
    gone = noted(session, vellinge, walk)
    walks.strike(session, COORDINATOR, walk.id, gone.id)
    with pytest.raises(NotFound):
        walks.strike(session, COORDINATOR, walk.id, gone.id)
    walks.end(session, COORDINATOR, vellinge, walk.id, now=NOW)
    for late in (
        lambda: noted(session, vellinge, walk),
        lambda: walks.strike(session, COORDINATOR, walk.id, point.id),
        lambda: walks.end(session, COORDINATOR, vellinge, walk.id, now=NOW),
    ):
        with pytest.raises(Conflict):
            late()
    assert counted(session, vellinge)[0] == 1


def test_words_are_read_by_whoever_leads_and_the_coordinator_and_never_by_the_police(session, vellinge):
    planner, police = a_leader(session), a_leader(session, Role.POLICE)
    for leader, reads in ((planner, True), (police, False)):
        walk = a_walk(session, leader)
        point = noted(session, vellinge, walk, actor=leader, words="Häcken skymmer.")
        assert (walks.words_of(leader, point) == "Häcken skymmer.") is reads
        assert walks.words_of(COORDINATOR, point) == "Häcken skymmer."
        assert walks.words_of(Viewer(99, "annan", Role.PLANNER, 1), point) == ""
    assert not access.may(planner, Permission.SEE_RAW_TEXT), "a task with one point opens no others"


def test_what_cannot_be_taken_is_refused_by_its_field(session, vellinge):
    walk = a_walk(session)
    for how, field in (
        ({"choice": "finnsinte"}, "vad"),
        ({"words": "Ring 070-123 45 67"}, "text"),
        ({"words": "å" * 301}, "text"),
        ({"where": inbox.Where(Point(0, 0), "", Precision.POINT)}, "plats"),
        ({"where": inbox.Where(None, "Ingenstans", Precision.STREET)}, "plats"),
        (
            {"where": inbox.Where(LineString([(HERE.x, HERE.y), (HERE.x + 9000, HERE.y)]), "", Precision.STREET)},
            "plats",
        ),
    ):
        with pytest.raises(BadValue) as no:
            noted(session, vellinge, walk, **how)
        assert no.value.fields["field"] == field
    for title, day in (("", TODAY), ("Möte med Karl Berg 070-123 45 67", TODAY), ("Torget", TODAY + timedelta(days=1))):
        with pytest.raises(BadValue):
            walks.begin(session, COORDINATOR, title=title, walked_on=day, today=TODAY)
    assert walk.points == []


def test_only_staff_holds_walks_and_each_act_is_in_the_log(session, vellinge):
    for role in (Role.PUBLIC, Role.BUSINESS, Role.TRAFFIC_GROUP):
        with pytest.raises(NotAllowed):
            a_walk(session, builders.viewer(role))
    walk = a_walk(session)
    point = noted(session, vellinge, walk)
    walks.strike(session, COORDINATOR, walk.id, point.id)
    noted(session, vellinge, walk)
    walks.end(session, COORDINATOR, vellinge, walk.id, now=NOW)
    acts = session.scalars(select(AuditLine.details).where(AuditLine.object_kind == "walks").order_by(AuditLine.id))
    assert [act.split('"act":"')[1].split('"')[0] for act in acts] == ["begun", "noted", "struck", "noted", "ended"]
