"""Disposal: what may be kept no longer than decided. Each rule is off until a decision is entered.

Trying it and doing it find the rows by the same function. The web enters decisions and shows what would go; only the
host's command does it, since a hard delete takes two parties.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map import access, contacts, screening
from samverkan_map.access import Viewer
from samverkan_map.db.tables import DisposalDecision, EarlierText
from samverkan_map.errors import BadValue, NotFound
from samverkan_map.vocabulary import Permission

MOST_DAYS = 36_500
_REFERENCE = re.compile(r"[A-ZÅÄÖa-zåäö][\w .:/-]{2,59}")


@dataclass(frozen=True)
class Rule:
    """What a rule disposes of: the rows that are due before a moment, and how one of them goes."""

    code: str
    due: Callable[[Session, datetime], list[Any]]
    dispose: Callable[[Session, Any], None]


def _old_texts(session: Session, before: datetime) -> list[Any]:
    question = select(EarlierText).where(EarlierText.on < before.date()).order_by(EarlierText.id)
    return list(session.scalars(question))


def _of_store(store: contacts.Store) -> Rule:
    return Rule(store.code, lambda session, before: contacts.over(session, store, before), store.erase)


RULES = (*map(_of_store, contacts.STORES), Rule("earlier_texts", _old_texts, lambda session, row: session.delete(row)))


@dataclass(frozen=True)
class Standing:
    """A rule as it stands: the decision behind it, or None while it is off, and how many rows are due."""

    code: str
    decision: DisposalDecision | None
    due: int


def decide(session: Session, actor: Viewer, code: str, *, reference: str, days: int, now: datetime) -> DisposalDecision:
    """Enter the decision that a rule rests on, and after how many days it disposes; a new one replaces the old.

    Raises NotFound, NotAllowed, BadValue naming the field.
    """
    _rule(code)
    reference = " ".join(reference.split())
    if not _REFERENCE.fullmatch(reference) or not any(letter.isdigit() for letter in reference):
        raise BadValue("disposal.errors.reference", field="reference")
    screening.screen(reference, field="reference")
    if not 1 <= days <= MOST_DAYS:
        raise BadValue("disposal.errors.days", field="days", most=MOST_DAYS)
    access.gate(session, actor, Permission.CHANGE_SETTINGS, rule=code, days=days, reference=reference.replace(" ", "_"))
    found = DisposalDecision(rule=code, reference=reference, days=days, entered_at=now, entered_by=actor.name)
    found = session.merge(found)
    session.flush()
    return found


def lift(session: Session, actor: Viewer, code: str) -> None:
    """Turn a rule off again. Raises NotFound, NotAllowed."""
    _rule(code)
    if (found := session.get(DisposalDecision, code)) is None:
        raise NotFound("disposal.errors.off")
    access.gate(session, actor, Permission.CHANGE_SETTINGS, rule=code, lifted=True)
    session.delete(found)
    session.flush()


def standing(session: Session, viewer: Viewer, *, now: datetime) -> list[Standing]:
    """Every rule with its decision and what it would dispose of now: the dry run. Raises NotAllowed."""
    access.check(viewer, Permission.CHANGE_SETTINGS)
    decisions = {one.rule: one for one in session.scalars(select(DisposalDecision))}
    return [
        Standing(rule.code, found := decisions.get(rule.code), len(_due(session, rule, found, now))) for rule in RULES
    ]


def run(session: Session, actor: Viewer, *, now: datetime) -> list[Standing]:
    """Dispose of what is due by the rules that are decided, each with a line in the log. Raises NotAllowed."""
    done = []
    for rule in RULES:
        decision = session.get(DisposalDecision, rule.code)
        due = _due(session, rule, decision, now)
        if decision is not None and due:
            reference = decision.reference.replace(" ", "_")
            access.gate(session, actor, Permission.DISPOSE, rule=rule.code, reference=reference, count=len(due))
            for row in due:
                rule.dispose(session, row)
            session.flush()
        done.append(Standing(rule.code, decision, len(due)))
    return done


def _due(session: Session, rule: Rule, decision: DisposalDecision | None, now: datetime) -> list[Any]:
    return [] if decision is None else rule.due(session, now - timedelta(days=decision.days))


def _rule(code: str) -> Rule:
    found = next((rule for rule in RULES if rule.code == code), None)
    if found is None:
        raise NotFound("disposal.errors.unknown_rule", known=", ".join(rule.code for rule in RULES))
    return found
