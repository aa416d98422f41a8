"""Disposal: what may be kept no longer than decided. Each rule is off until a decision is entered.

Trying it and doing it find the rows by the same condition. The web enters decisions and shows what would go; only the
host's command does it, since a hard delete takes two parties.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samverkan_map import access, screening
from samverkan_map.access import Viewer
from samverkan_map.db import engine
from samverkan_map.db.tables import DisposalDecision
from samverkan_map.disposal.rules import RULES, Condition, Rule
from samverkan_map.errors import BadValue, NotFound
from samverkan_map.vocabulary import Permission

MOST_DAYS = 36_500
_REFERENCE = re.compile(r"[A-ZÅÄÖa-zåäö][\w .:/-]{2,59}")


@dataclass(frozen=True)
class Standing:
    """A rule as it stands: the decision behind it, or None while it is off, and how many rows are due."""

    code: str
    proposed_days: int
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
        Standing(rule.code, rule.proposed_days, found := decisions.get(rule.code), _count(session, rule, found, now))
        for rule in RULES
    ]


def decided_days(session: Session, code: str) -> int | None:
    """After how many days a rule disposes; None while it is off. Raises NotFound."""
    found = session.get(DisposalDecision, _rule(code).code)
    return found.days if found else None


def run(session: Session, actor: Viewer, *, now: datetime) -> list[Standing]:
    """Dispose of what is due by the rules that are decided, each with a line in the log. Raises NotAllowed."""
    done = []
    engine.overwrite_what_goes(session)
    for rule in RULES:
        decision = session.get(DisposalDecision, rule.code)
        due = _count(session, rule, decision, now)
        if decision is not None and due:
            reference = decision.reference.replace(" ", "_")
            access.gate(session, actor, Permission.DISPOSE, rule=rule.code, reference=reference, count=due)
            rule.dispose(session, actor, _is_due(rule, decision, now), now)
            session.flush()
            session.expire_all()
        done.append(Standing(rule.code, rule.proposed_days, decision, due))
    return done


def _count(session: Session, rule: Rule, decision: DisposalDecision | None, now: datetime) -> int:
    if decision is None:
        return 0
    question = select(func.count()).select_from(rule.table).where(_is_due(rule, decision, now))
    return session.scalar(question) or 0


def _is_due(rule: Rule, decision: DisposalDecision, now: datetime) -> Condition:
    return rule.is_due(now - timedelta(days=decision.days))


def _rule(code: str) -> Rule:
    found = next((rule for rule in RULES if rule.code == code), None)
    if found is None:
        raise NotFound("disposal.errors.unknown_rule", known=", ".join(rule.code for rule in RULES))
    return found
