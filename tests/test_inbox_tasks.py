"""A letter is handed to somebody, who handles that one and knows of no other."""

from dataclasses import replace
from datetime import date

import builders
import pytest
from sqlalchemy import select
from test_inbox import COORDINATOR, HERE, NOW, send, the_letter

from samverkan_map import access, inbox, people
from samverkan_map.access import Viewer
from samverkan_map.db.tables import AuditLine, Letter, LetterPhoto, Person, Report
from samverkan_map.errors import BadValue, Conflict, NotAllowed, NotFound
from samverkan_map.vocabulary import Answer, LetterStatus, Recipient, Role, Unusable, Whose

TODAY = date(2026, 11, 23)


def somebody(session, role, name="Anna Almgren", **more) -> Viewer:
    """A colleague with an account, as who is signed in."""
    person = Person(
        username=f"{role}-{name[:4].lower()}", name=name, role=role.value, password_hash="-", created_at=NOW, **more
    )
    session.add(person)
    session.flush()
    return Viewer(person.id, name, role)


def a_letter(session, agreement, key="a", **words) -> Letter:
    send(session, agreement, key=key, **words)
    return the_letter(session)


def hand(session, agreement, letter, viewer, actor=COORDINATOR):
    who = viewer and viewer.person_id
    return inbox.assign(session, actor, agreement, letter.id, who, version=letter.version)


def test_a_planner_sees_and_handles_the_letter_that_is_the_planners_task_and_no_other(session, vellinge):
    planner, other = somebody(session, Role.PLANNER), somebody(session, Role.PLANNER, "Bo Ek")
    mine, another = (a_letter(session, vellinge, key, words=f"Rutan är krossad {key}.") for key in "ab")
    place = builders.a_place(session, vellinge)
    assert list(inbox.find(session, planner)) == [] and inbox.counts(session, planner)[LetterStatus.NEW] == 0
    hand(session, vellinge, mine, planner)
    assert list(inbox.find(session, planner)) == [mine] and list(inbox.find(session, other)) == []
    assert inbox.words_of(planner, mine) == "Rutan är krossad a." and inbox.words_of(other, mine) == ""
    for who, letter in ((planner, another.id), (other, mine.id), (planner, 999)):
        with pytest.raises(NotFound, match="not_found"):
            inbox.get(session, who, letter)
        with pytest.raises(NotFound, match="not_found"):
            inbox.answer(session, who, vellinge, letter, Answer.FIXED, now=NOW)
    inbox.link(session, planner, vellinge, mine.id, place.id, today=TODAY, now=NOW)
    inbox.send_on(session, planner, vellinge, mine.id, Recipient.STATE, now=NOW)
    inbox.answer(session, planner, vellinge, mine.id, Answer.WORKING, now=NOW)
    assert (mine.status, inbox.place_of(session, mine)) == (LetterStatus.ANSWERED, place)
    inbox.hide(session, planner, mine.id, Unusable.TEST, now=NOW)
    inbox.reopen(session, planner, mine.id, now=NOW)
    assert session.scalars(select(Report)).all() == []
    hand(session, vellinge, mine, None)
    with pytest.raises(NotFound):
        inbox.get(session, planner, mine.id)
    acts = session.scalars(select(AuditLine.details).where(AuditLine.action == "assign_reports")).all()
    assert acts == [
        f'{{"act":"handed","handler":{planner.person_id},"handler_before":null}}',
        f'{{"act":"handed","handler":null,"handler_before":{planner.person_id}}}',
    ]
    assert access.verify(session) is None


def test_the_traffic_group_is_handed_only_traffic_and_sees_it_by_square_without_words(session, vellinge):
    group = somebody(session, Role.TRAFFIC_GROUP)
    damage, speed = (a_letter(session, vellinge, what, choice=what, words="Varje kväll.") for what in ("skada", "fort"))
    with pytest.raises(BadValue) as no:
        hand(session, vellinge, damage, group)
    assert builders.refused(no) == ("need_handler", "handler")
    hand(session, vellinge, speed, group)
    seen = inbox.shape_of(group, speed)
    assert (seen.x, seen.y) == (access.coarsened(HERE.x), access.coarsened(HERE.y)) != (HERE.x, HERE.y)
    assert inbox.shape_of(COORDINATOR, speed).equals(HERE) and inbox.words_of(group, speed) == ""
    inbox.answer(session, group, vellinge, speed.id, Answer.WATCHED, now=NOW)
    inbox.take_up(session, group, vellinge, speed.id, type="skadegorelse", now=NOW)
    assert speed.handler_id is None, "it has turned out to be about something else"
    with pytest.raises(NotFound):
        inbox.get(session, group, speed.id)


def test_only_the_coordinator_hands_out_and_only_to_open_accounts_that_may_handle(session, vellinge):
    planner = somebody(session, Role.PLANNER)
    letter = a_letter(session, vellinge, choice="fort")
    may_not = [
        somebody(session, role, f"{role} x") for role in (Role.POLICE, Role.BUSINESS)
    ] + [somebody(session, Role.PLANNER, "Closed", disabled_at=NOW), replace(planner, person_id=999)]  # fmt: skip
    for one in may_not:
        with pytest.raises(BadValue):
            hand(session, vellinge, letter, one)
    assert [one.name for one in inbox.assignable(session, COORDINATOR, vellinge, letter)] == ["Anna Almgren"]
    hand(session, vellinge, letter, planner)
    with pytest.raises(NotAllowed):
        hand(session, vellinge, letter, planner, actor=planner)
    with pytest.raises(Conflict):
        inbox.assign(session, COORDINATOR, vellinge, letter.id, None, version=letter.version - 1)


def test_lists_are_of_all_of_mine_and_of_nobodys(session, vellinge):
    sam = somebody(session, Role.COORDINATOR, "Sam")
    mine, planners, free = (a_letter(session, vellinge, key) for key in "abc")
    hand(session, vellinge, mine, sam)
    hand(session, vellinge, planners, somebody(session, Role.PLANNER))
    found = {whose: [one.id for one in inbox.find(session, sam, whose=whose)] for whose in Whose}
    assert found == {Whose.ALL: [mine.id, planners.id, free.id], Whose.MINE: [mine.id], Whose.NOBODYS: [free.id]}
    assert inbox.counts(session, sam, Whose.NOBODYS)[LetterStatus.NEW] == 1
    for nobody in (builders.viewer(Role.PLANNER), builders.COORDINATOR):
        assert list(inbox.find(session, nobody, whose=Whose.MINE)) == [], "what is nobody's is no task of nobody"


@pytest.mark.parametrize("change", ["closed", "another role"])
def test_whoever_leaves_hands_the_tasks_back(session, vellinge, change):
    planner = somebody(session, Role.PLANNER)
    letter = a_letter(session, vellinge, choice="fort")
    hand(session, vellinge, letter, planner)
    version = letter.version
    if change == "closed":
        people.disable(session, COORDINATOR, planner.person_id, version=1, now=NOW)
    else:
        people.give_role(session, COORDINATOR, planner.person_id, role="trafikgrupp", version=1)
    session.refresh(letter)
    assert (letter.handler_id, letter.version) == (None, version + 1)


def test_pictures_of_a_task_and_of_the_same_words_sent_again_are_reviewed_by_its_handler(session, vellinge, tmp_path):
    planner, other = somebody(session, Role.PLANNER), somebody(session, Role.PLANNER, "Bo Ek")
    first, again = (a_letter(session, vellinge, key, choice="skrap", words="Skräp vid muren.") for key in "ab")
    assert again.same_as_id == first.id
    folder = inbox.Folder(tmp_path)
    for letter in (first, again):
        letter.photos.append(LetterPhoto(file=folder.put(b"x"), came_at=NOW))
    session.flush()
    session.expire_all()
    hand(session, vellinge, first, planner)
    shown, removed = inbox.photos.all_of(first)
    assert inbox.photos.get(session, planner, removed.id) is removed
    with pytest.raises(NotFound):
        inbox.photos.get(session, other, shown.id)
    with pytest.raises(NotFound):
        inbox.photos.release(session, other, first.id, shown.id, now=NOW)
    inbox.photos.release(session, planner, first.id, shown.id, now=NOW)
    inbox.photos.remove(session, planner, folder, first.id, removed.id)
    session.expire_all()
    assert [one.released_at for one in inbox.photos.all_of(first)] == [NOW]
    assert len(list(folder.root.iterdir())) == 1
