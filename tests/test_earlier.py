"""Earlier texts: what was changed can be read by those who work with it, and be taken away when that is decided."""

from datetime import date

import builders
import pytest
from builders import COORDINATOR, a_measure, a_place, a_plan, viewer
from sqlalchemy import select

from samverkan_map import access, earlier, measures, places
from samverkan_map.db.tables import AuditLine, EarlierText
from samverkan_map.errors import NotAllowed
from samverkan_map.vocabulary import CauseKind, Permission, Phase, Role, Verdict

LATER = date(2026, 5, 4)


def stood(session, obj, role=Role.PLANNER):
    """What stood there before, the latest first: table, lap and texts."""
    return [(one.part, one.lap, one.texts) for one in earlier.texts_of(session, viewer(role), obj)]


@pytest.fixture
def place(session, vellinge):
    return a_place(session, vellinge)


def test_the_words_of_a_place_its_problem_and_its_causes_can_be_read_after_a_change(session, vellinge, place):
    define = {**builders.DEFINITION, "today": LATER}
    places.define(session, COORDINATOR, vellinge, place.id, **define)
    assert stood(session, place) == []
    changed = {**define, "what": "Bänkar bryts sönder.", "sources": []}
    places.define(session, COORDINATOR, vellinge, place.id, **changed)
    cause = builders.a_cause(session, place)
    places.edit_cause(
        session, COORDINATOR, vellinge, place.id, cause.id, kind=CauseKind.OBJECT, what="Glaset är skört.",
        evidence="", source=None, today=LATER,
    )  # fmt: skip
    places.describe(session, COORDINATOR, place.id, Phase.SCANNING, "Mest fredagar.", today=LATER)
    places.describe(session, COORDINATOR, place.id, Phase.SCANNING, "Mest lördagar.", today=LATER)
    assert stood(session, place) == [
        ("place_phases", 1, {"note": "Mest fredagar."}),
        ("causes", 1, {"what": "Ingen har uppsikt efter stängning."}),
        ("problem_definitions", 1, {"what": "Rutor krossas.", "sources": ["medborgarrapport"]}),
    ]
    newest = earlier.texts_of(session, COORDINATOR, place)[0]
    assert (newest.on, newest.who, newest.about) == (LATER, "kommandorad", "scanning")


def test_the_words_of_a_measure_and_the_motivation_of_a_verdict_too(session, vellinge, place):
    measure = a_measure(session, vellinge, place)
    given = {name: getattr(measure, name) for name in ("title", "mechanism", "owner_id", "planned_start")}
    measures.edit(
        session, COORDINATOR, vellinge, measure.id, **given, summary="Tjugo stolpar.", today=LATER, version=None,
        place_ids=[place.id], site_ids=[], cause_ids=[],
    )  # fmt: skip
    plan = a_plan(session, vellinge, measure)
    for note in ("För tidigt.", "Nu syns det."):
        measures.set_verdict(session, COORDINATOR, plan.id, Verdict.CANNOT_TELL, note=note, today=LATER)
    assert stood(session, measure) == [
        ("follow_ups", None, {"note": "För tidigt."}),
        ("measures", None, {"summary": "Tolv stolpar."}),
    ]


def test_nobody_outside_reads_them_also_when_the_place_is_published(session, vellinge):
    road = {"forum": access.TRAFFIC_FORUM, "type": "fortkorning"}
    for given, told in (({}, set()), (road, {Role.TRAFFIC_GROUP})):
        place = a_place(session, vellinge, published=True, **given)
        words = {name: getattr(place, name) for name in ("name", "focus", "type", "forum", "owner_id")}
        places.edit(session, COORDINATOR, vellinge, place.id, **words, summary="Nytt.", today=LATER)
        outsiders = {Role.PUBLIC, Role.BUSINESS, Role.TRAFFIC_GROUP}
        assert {role for role in outsiders if stood(session, place, role)} == told
        assert all(stood(session, place, role) for role in (Role.PLANNER, Role.POLICE, Role.COORDINATOR))


def test_disposal_takes_them_away_for_one_object_and_the_log_keeps_only_how_many(session, vellinge, place):
    other = a_place(session, vellinge, name="Torget")
    for one in (place, other):
        for note in ("Ett.", "Två.", "Tre."):
            places.describe(session, COORDINATOR, one.id, Phase.SCANNING, note, today=LATER)
    with pytest.raises(NotAllowed):
        earlier.dispose(session, viewer(Role.COORDINATOR), place)
    assert earlier.dispose(session, COORDINATOR, place) == 2
    assert (stood(session, place), len(stood(session, other))) == ([], 2)
    line = session.scalars(select(AuditLine).where(AuditLine.action == Permission.DISPOSE.value)).one()
    assert (line.object_kind, line.object_id, line.details) == ("places", str(place.id), '{"earlier_texts":2}')
    assert access.verify(session) is None


def test_a_place_takes_its_earlier_texts_with_it(session, vellinge, place):
    for note in ("Ett.", "Två."):
        places.describe(session, COORDINATOR, place.id, Phase.SCANNING, note, today=LATER)
    session.delete(place)
    session.flush()
    assert session.scalars(select(EarlierText)).all() == []
