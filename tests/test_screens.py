"""A screen for the room: let by somebody who may, opened by a code, shows the meeting and nothing else, and is over."""

from datetime import timedelta

import builders
import pytest
from sqlalchemy import select

from samverkan_map import access, people
from samverkan_map.access import TRAFFIC_FORUM
from samverkan_map.db.tables import AuditLine, MeetingScreen, Person
from samverkan_map.errors import NotAllowed, NotFound
from samverkan_map.meetings import screens
from samverkan_map.vocabulary import Permission, Role

NOW = builders.NOW


def a_member(session, role=Role.TRAFFIC_GROUP):
    return people.as_viewer(
        people.create(
            session, access.command_line(), username="medlem", name="Medlem", role=role, organisation=None,
            password="grönt cykelställ vid muren", now=NOW,
        )
    )  # fmt: skip


def a_let_screen(session, vellinge, actor=builders.COORDINATOR):
    return screens.let(session, actor, vellinge, TRAFFIC_FORUM, now=NOW)


def test_a_code_opens_one_screen_once_and_only_hashes_are_kept(session, vellinge):
    let = a_let_screen(session, vellinge, a_member(session))
    typed = f" {let.code[:4].lower()}-{let.code[4:]} "
    token = screens.open_by(session, typed, now=NOW + timedelta(minutes=14))
    viewer, ends_at = screens.shown_by(session, token, now=NOW + timedelta(hours=4))
    assert (viewer.screen_of, viewer.person_id) == (TRAFFIC_FORUM, None)
    assert ends_at == NOW + timedelta(hours=4, minutes=14)
    with pytest.raises(NotFound):
        screens.open_by(session, let.code, now=NOW + timedelta(minutes=14))
    kept = str(session.execute(select(MeetingScreen.__table__)).all())
    assert let.code not in kept and token not in kept
    told = session.scalars(select(AuditLine).where(AuditLine.object_kind == "meeting_screens")).all()
    assert [(line.who, line.action) for line in told] == [("Medlem", "meet"), ("motesskarm:1", "show_meeting")]


def test_a_code_waits_a_quarter_of_an_hour_and_a_screen_shows_four_hours_used_or_not(embedded, vellinge):
    with embedded.writing() as session:
        late, used = a_let_screen(session, vellinge), a_let_screen(session, vellinge)
        with pytest.raises(NotFound):
            screens.open_by(session, late.code, now=NOW + timedelta(minutes=15))
        token = screens.open_by(session, used.code, now=NOW)
        assert screens.shown_by(session, token, now=NOW + timedelta(hours=3, minutes=59))
        assert screens.shown_by(session, token, now=NOW + timedelta(hours=4)) is None
        with pytest.raises(NotFound):
            screens.open_by(session, "7F3K-29QD-M4XA-8WPT", now=NOW)
        for nothing in ("", "x" * 43):
            assert screens.shown_by(session, nothing, now=NOW) is None


@pytest.mark.parametrize("how", ["closed", "from the screen", "account closed", "other role"])
def test_a_screen_is_over_when_it_is_closed_or_whoever_let_it_may_no_longer(embedded, vellinge, how):
    with embedded.writing() as session:
        member = a_member(session)
        let = a_let_screen(session, vellinge, member)
        token = screens.open_by(session, let.code, now=NOW)
        forum = vellinge.forums[TRAFFIC_FORUM]
        assert screens.find(session, builders.COORDINATOR, forum, now=NOW) == [let.screen]
        if how == "closed":
            screens.close(session, builders.COORDINATOR, let.screen.id, forum=TRAFFIC_FORUM, now=NOW)
        if how == "from the screen":
            screens.close_own(session, screens.shown_by(session, token, now=NOW)[0], token, now=NOW)
        if how == "account closed":
            session.get_one(Person, member.person_id).disabled_at = NOW
        if how == "other role":
            session.get_one(Person, member.person_id).role = Role.BUSINESS.value
        session.flush()
        assert screens.shown_by(session, token, now=NOW) is None
        assert screens.find(session, builders.COORDINATOR, forum, now=NOW) == []


def test_a_screen_may_only_show_its_meeting_and_be_opened_by_those_who_may_take_part(embedded, vellinge):
    with embedded.writing() as session:
        for role in (Role.PUBLIC, Role.BUSINESS):
            with pytest.raises(NotAllowed):
                a_let_screen(session, vellinge, builders.viewer(role))
        with pytest.raises(NotFound):
            screens.let(session, builders.COORDINATOR, vellinge, "trygghetsforum", now=NOW)
        token = screens.open_by(session, a_let_screen(session, vellinge).code, now=NOW)
        screen, _ = screens.shown_by(session, token, now=NOW)
        assert {one for one in Permission if access.may(screen, one)} == {Permission.SHOW_MEETING, Permission.VISIT}
        assert not access.may(screen, Permission.SHOW_MEETING, vellinge.forums["trygghetsforum"])
        assert access.visible_kinds(screen) == frozenset() and not screen.anonymous
        with pytest.raises(NotAllowed):
            a_let_screen(session, vellinge, screen)
