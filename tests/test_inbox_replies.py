"""Whoever leaves an address is told what became of the report; the address stands apart and goes when decided."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import builders
import pytest
from sqlalchemy import make_url, select, text
from test_disposal import decide, due
from test_inbox import COORDINATOR, NOW, send, the_letter

from samverkan_map import access, contacts, disposal, inbox
from samverkan_map.db import backup
from samverkan_map.db.tables import AuditLine, Base, Letter, LetterContact
from samverkan_map.errors import BadValue, Conflict, NotFound
from samverkan_map.inbox import replying
from samverkan_map.vocabulary import Answer, Recipient, Unusable

ADDRESS = "anna.almgren@exempel.se"
HOST = access.command_line("test")
LATER = NOW + timedelta(minutes=5)
MAP = "https://karta.vellinge.se"


def a_letter(session, agreement, key="a", reply_to=ADDRESS, **words) -> tuple[str, Letter]:
    code = send(session, agreement, key, reply_to=reply_to, **words)
    return code, the_letter(session)


def messages(session, agreement, now=LATER) -> list[replying.Message]:
    """What is due, begun as somebody who sends it does."""
    begun = [replying.begin(session, agreement, number, address=MAP, now=now) for number in replying.due(session, now)]
    return [one for one in begun if one]


def sent(session, agreement, now=LATER, trouble="") -> list[replying.Message]:
    found = messages(session, agreement, now)
    for one in found:
        replying.ended(session, one, trouble=trouble, now=now)
    session.flush()
    session.expire_all()
    return found


def test_nothing_is_sent_before_something_has_happened_and_then_how_it_stands(session, vellinge):
    _, letter = a_letter(session, vellinge, words="Rutan är krossad.", language="en")
    assert replying.due(session, LATER) == []
    inbox.send_on(session, COORDINATOR, vellinge, letter.id, Recipient.STATE, now=NOW)
    inbox.answer(session, COORDINATOR, vellinge, letter.id, Answer.PLANNED, "The pane comes in May.", now=NOW)
    (message,) = sent(session, vellinge)
    assert (message.address, message.subject) == (ADDRESS, "Your report to the municipality of Vellinge")
    for words in (
        "23 November 2026".replace(" ", "\N{NO-BREAK SPACE}"),
        "The Swedish Transport Administration",
        "The pane comes in May.",
        f"{MAP}/r",
    ):
        assert words in message.words
    assert "krossad" not in message.words and "Storgatan" not in message.words
    assert sent(session, vellinge) == [] and letter.contact.told_at == LATER
    inbox.hide(session, COORDINATOR, letter.id, Unusable.TWICE, now=LATER)
    inbox.reopen(session, COORDINATOR, letter.id, now=LATER)
    assert replying.due(session, LATER) == [], "that nobody has read it is no news"
    assert letter.contact.closed_at is None


def test_one_message_is_sent_by_one_of_two_and_a_change_meanwhile_is_told_too(session, vellinge):
    _, letter = a_letter(session, vellinge)
    inbox.take_up(session, COORDINATOR, vellinge, letter.id, now=NOW)
    session.flush()
    (number,) = replying.due(session, LATER)
    first = replying.begin(session, vellinge, number, address=MAP, now=LATER)
    assert replying.begin(session, vellinge, number, address=MAP, now=LATER) is None
    inbox.answer(session, COORDINATOR, vellinge, letter.id, Answer.FIXED, now=LATER)
    replying.ended(session, first, trouble="", now=LATER)
    session.flush()
    (second,) = sent(session, vellinge)
    assert "åtgärdat" in second.words and "åtgärdat" not in first.words


def test_what_a_process_left_behind_is_sent_after_a_while(session, vellinge):
    _, letter = a_letter(session, vellinge)
    inbox.take_up(session, COORDINATOR, vellinge, letter.id, now=NOW)
    session.flush()
    assert len(messages(session, vellinge)) == 1
    assert messages(session, vellinge, LATER + timedelta(minutes=9)) == []
    assert len(messages(session, vellinge, LATER + timedelta(minutes=10))) == 1


def test_a_server_in_trouble_is_asked_again_by_itself_and_a_refused_address_only_by_hand(session, vellinge):
    _, letter = a_letter(session, vellinge)
    inbox.answer(session, COORDINATOR, vellinge, letter.id, Answer.FIXED, now=NOW)
    with pytest.raises(Conflict):
        inbox.try_again(session, COORDINATOR, letter.id, now=NOW)
    sent(session, vellinge, trouble="mailing.errors.unreachable")
    assert letter.contact.failed == "mailing.errors.unreachable" and letter.status == "answered"
    sent(session, vellinge, LATER + timedelta(hours=1), trouble="mailing.errors.refused")
    assert replying.due(session, LATER + timedelta(days=9)) == [] and letter.contact.failed == "mailing.errors.refused"
    inbox.try_again(session, COORDINATOR, letter.id, now=LATER)
    session.flush()
    assert len(sent(session, vellinge)) == 1 and letter.contact.failed is None


def test_both_who_sent_the_very_same_words_are_told_and_the_second_also_after_the_answer(session, vellinge):
    _, first = a_letter(session, vellinge, words="Mörkt vid muren.")
    a_letter(session, vellinge, "b", "bo@exempel.se", words="Mörkt vid muren.")
    session.expire_all()
    inbox.answer(session, COORDINATOR, vellinge, first.id, Answer.FIXED, now=NOW)
    session.flush()
    assert {one.address for one in sent(session, vellinge)} == {ADDRESS, "bo@exempel.se"}
    a_letter(session, vellinge, "c", "cia@exempel.se", words="Mörkt vid muren.")
    (late,) = sent(session, vellinge)
    assert late.address == "cia@exempel.se" and "åtgärdat" in late.words


@pytest.mark.parametrize("address", ["anna", "anna@exempel.se\nBcc: alla@exempel.se", "070-174 06 77", "a" * 300])
def test_what_is_no_address_is_refused_and_the_letter_is_not_stored(session, vellinge, address):
    with pytest.raises(BadValue) as no:
        send(session, vellinge, reply_to=address)
    assert builders.refused(no) == ("address", "epost") and the_letter(session) is None
    assert address[:6] not in str(no.value.fields)


def test_the_sender_takes_the_address_back_by_the_code_and_nobody_by_another(session, vellinge):
    code, letter = a_letter(session, vellinge)
    other = send(session, vellinge, "b")
    assert inbox.follow(session, access.ANONYMOUS, vellinge, code, today=NOW.date()).wants_reply
    for wrong in (other, code[:-1], ""):
        with pytest.raises(NotFound):
            inbox.forget(session, access.ANONYMOUS, wrong)
    inbox.forget(session, access.ANONYMOUS, code)
    session.expire_all()
    assert letter.contact is None and traces(session) == []


def traces(session, sign="almgren") -> list[str]:
    """The tables in which an address stands."""
    found = []
    for table in Base.metadata.sorted_tables:
        columns = ", ".join(f'CAST("{one.name}" AS TEXT)' for one in table.columns if one.name != "geom")
        rows = session.execute(text(f"SELECT {columns} FROM {table.name}")).all()
        found += [table.name for row in rows if any(sign in (value or "") for value in row)]
    return found


def test_the_address_stands_in_one_table_only_and_who_asks_is_told_all_of_it(session, vellinge):
    _, letter = a_letter(session, vellinge)
    inbox.answer(session, COORDINATOR, vellinge, letter.id, Answer.FIXED, now=NOW)
    sent(session, vellinge)
    assert traces(session) == ["letter_contacts"]
    ((store, number, fields),) = contacts.find(session, HOST, " ANNA.almgren@EXEMPEL.se ")
    assert (store, fields) == ("letter_contacts", {
        "address": ADDRESS, "letter": letter.id, "came_at": NOW, "told_at": LATER, "closed_at": NOW,
    })  # fmt: skip
    assert contacts.find(session, HOST, "bo@exempel.se") == [] == contacts.find(session, HOST, "anna")
    contacts.erase(session, HOST, store, number)
    session.expire_all()
    assert traces(session) == [] and session.get(Letter, letter.id).answer == "fixed"
    assert access.verify(session) is None


def test_the_address_is_there_on_day_90_and_on_day_91_gone_from_database_search_and_new_backups(
    database, vellinge, tmp_path
):
    with database.writing() as session:
        _, letter = a_letter(session, vellinge)
        a_letter(session, vellinge, "open", "bo@exempel.se")
        session.commit()
    for act in (
        inbox.take_up,
        partial(inbox.send_on, to=Recipient.STATE),
        partial(inbox.answer, sentence=Answer.FIXED),
    ):
        with database.writing() as session:
            act(session, COORDINATOR, vellinge, letter.id, now=NOW)
            session.flush()
            sent(session, vellinge)
            session.commit()
    with database.writing() as session:
        assert due(disposal.run(session, HOST, now=NOW + timedelta(days=9999))) == {}, "not without a decision"
        decide(session, "letter_contacts")
        on_90, on_91 = (NOW + timedelta(days=days) for days in (90, 91))
        assert due(disposal.run(session, HOST, now=on_90)) == {"letter_contacts": 0}
        assert traces(session) == ["letter_contacts"]
        told = due(disposal.standing(session, COORDINATOR, now=on_91))
        assert told == {"letter_contacts": 1} == due(disposal.run(session, HOST, now=on_91))
        assert due(disposal.run(session, HOST, now=on_91)) == {"letter_contacts": 0}
        assert contacts.find(session, HOST, ADDRESS) == [] and traces(session) == []
        assert session.scalars(select(LetterContact.address)).all() == ["bo@exempel.se"], "the open one stays"
        last = session.scalars(select(AuditLine).where(AuditLine.action == "dispose")).one()
        assert last.details == '{"count":1,"reference":"KS_2026/123","rule":"letter_contacts"}'
        session.commit()
    backup.save(database, tmp_path / "efter")
    database.close()
    folder = [Path(make_url(database.url).database).parent] if database.embedded else []
    files = [file for one in (*folder, tmp_path) for file in one.rglob("*") if file.is_file()]
    assert files and not any(b"almgren" in file.read_bytes() for file in files)


def test_an_address_that_nobody_ever_answers_goes_a_year_and_the_decided_days_after_it_came(session, vellinge):
    _, forgotten = a_letter(session, vellinge)
    a_letter(session, vellinge, "read", "bo@exempel.se")
    read = session.scalars(select(Letter).order_by(Letter.id.desc())).first()
    inbox.take_up(session, COORDINATOR, vellinge, read.id, now=NOW)
    a_letter(session, vellinge, "late", "cia@exempel.se")
    late = session.scalars(select(Letter).order_by(Letter.id.desc())).first()
    last_day = NOW + timedelta(days=365 + 90)
    inbox.answer(session, COORDINATOR, vellinge, late.id, Answer.FIXED, now=last_day - timedelta(days=30))
    decide(session, "letter_contacts")
    assert due(disposal.run(session, HOST, now=last_day)) == {"letter_contacts": 0}
    after = last_day + timedelta(days=1)
    assert due(disposal.standing(session, COORDINATOR, now=after)) == {"letter_contacts": 2}
    assert due(disposal.run(session, HOST, now=after)) == {"letter_contacts": 2}
    assert session.scalars(select(LetterContact.address)).all() == ["cia@exempel.se"], "its own days have begun"
    assert session.get(Letter, forgotten.id).status == "new", "the report itself stays"
    assert due(disposal.run(session, HOST, now=last_day + timedelta(days=61))) == {"letter_contacts": 1}
