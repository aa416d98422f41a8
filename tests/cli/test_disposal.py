"""Disposal and subject access by command, with a dry run that takes nothing."""

from datetime import timedelta

from command_line import PASSWORD
from sqlalchemy import select

from samverkan_map import disposal
from samverkan_map.db.tables import DisposalDecision, Person


def test_disposal_needs_a_decision_and_says_what_it_takes(samverkan, database):
    samverkan("user", "add", "anna", "--role", "samordnare", "--name", "Anna Almgren", given=f"{PASSWORD}\n")
    samverkan("user", "disable", "anna")
    with database.writing() as session:
        session.scalars(select(Person)).one().disabled_at -= timedelta(days=91)
        session.commit()
    assert samverkan("disposal", "run").out.count("av, inget beslut är infört") == len(disposal.RULES)
    assert samverkan("disposal", "decide", "people", "--reference", "muntligt", "--days", "90").code == 2
    assert samverkan("disposal", "decide", "people", "--reference", "KS 2026/123", "--days", "90").code == 0
    waits = samverkan("disposal", "run", "--dry-run").out
    assert "people: väntar på att någon annan bekräftar beslutet; en rad skulle gallras" in waits
    assert samverkan("disposal", "run").out == waits
    as_entered = ("confirm", "people", "--reference", "KS 2026/123", "--days", "90")
    assert "någon annan än den som införde det" in samverkan("disposal", *as_entered).err
    with database.writing() as session:
        session.scalars(select(DisposalDecision)).one().entered_by_id = 7
        session.commit()
    assert samverkan("disposal", *as_entered).code == 0
    trial = samverkan("disposal", "run", "--dry-run")
    assert "people: en rad skulle gallras nu" in trial.out and samverkan("disposal", "rules").out == trial.out
    assert "Anna Almgren" in samverkan("subject", "show", "anna").out
    done = samverkan("disposal", "run")
    assert "people: en rad är gallrad (Namn på stängda konton, KS 2026/123, efter 90 dagar)." in done.out
    assert samverkan("subject", "show", "anna").out == "Det finns inga kontaktuppgifter med de orden.\n"
    assert samverkan("audit", "verify").code == 0


def test_somebody_is_erased_on_request_once_the_account_is_closed(quick):
    quick("user", "add", "anna", "--role", "samordnare", "--name", "Anna Almgren", given=f"{PASSWORD}\n")
    asked = quick("subject", "erase", "people", "1")
    assert (asked.code, "--yes" in asked.out) == (0, True)
    assert "Stäng det först" in quick("subject", "erase", "people", "1", "--yes").err
    quick("user", "disable", "anna")
    assert quick("subject", "erase", "people", "1", "--yes").code == 0
    assert "anna" not in quick("user", "list").out
    assert quick("subject", "erase", "people", "7", "--yes").code == 4
    assert quick("user", "reset-step", "ingen").code == 4
