"""Disposal: what may be kept no longer than decided. Each rule is off until a decision is entered and confirmed.

Trying it and doing it find the rows by the same condition. Two persons stand behind whatever goes: one enters the
decision, another one confirms exactly that one, and a change of it is confirmed anew. The host's command then does it.
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
from samverkan_map.errors import BadValue, Conflict, NotAllowed, NotFound
from samverkan_map.vocabulary import Permission

MOST_DAYS = 36_500
_REFERENCE = re.compile(r"[A-ZÅÄÖa-zåäö][\w .:/-]{2,59}")


@dataclass(frozen=True)
class Standing:
    """A rule as it stands: the decision behind it, or None while there is none, and how many rows are due by it."""

    code: str
    proposed_days: int
    decision: DisposalDecision | None
    due: int

    @property
    def confirmed(self) -> bool:
        """Whether another person stands behind the decision too; what is due by others stays."""
        return self.decision is not None and self.decision.confirmed_at is not None


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
    found = DisposalDecision(
        rule=code, reference=reference, days=days, entered_at=now, entered_by=actor.name, entered_by_id=actor.person_id,
        confirmed_at=None, confirmed_by=None,
    )  # fmt: skip
    found = session.merge(found)
    session.flush()
    return found


def confirm(
    session: Session, actor: Viewer, code: str, *, reference: str, days: int, now: datetime
) -> DisposalDecision:
    """Stand behind a decision that somebody else entered, as it was seen: `reference` and `days`.

    Raises NotFound when there is none, Conflict when it is another one by now or confirmed already, NotAllowed for
    whoever entered it.
    """
    access.check(actor, Permission.CONFIRM_DISPOSAL)
    found = session.get(DisposalDecision, _rule(code).code, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("disposal.errors.off")
    if not is_another(actor, found):
        raise NotAllowed("disposal.errors.own")
    if (found.reference, found.days) != (reference, days) or found.confirmed_at is not None:
        raise Conflict("disposal.errors.changed")
    access.gate(
        session, actor, Permission.CONFIRM_DISPOSAL, rule=code, days=days, reference=found.reference.replace(" ", "_")
    )
    found.confirmed_at, found.confirmed_by = now, actor.name
    session.flush()
    return found


def is_another(viewer: Viewer, decision: DisposalDecision) -> bool:
    """Whether somebody is another person than who entered a decision; the host is nobody else than the host."""
    return access.may(viewer, Permission.CONFIRM_DISPOSAL) and viewer.person_id != decision.entered_by_id


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
    return found.days if found and found.confirmed_at is not None else None


def run(session: Session, actor: Viewer, *, now: datetime) -> list[Standing]:
    """Dispose of what is due by the rules that are decided and confirmed, each with a line in the log.

    Raises NotAllowed.
    """
    done = []
    engine.overwrite_what_goes(session)
    for rule in RULES:
        decision = session.get(DisposalDecision, rule.code)
        due = _count(session, rule, decision, now)
        if decision is not None and decision.confirmed_at is not None and due:
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
