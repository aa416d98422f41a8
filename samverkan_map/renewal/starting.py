"""Starting the work of a new agreement: every choice at once, in one transaction, or none of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from samverkan_map import access, measures, places, screening
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement, AgreementPeriod
from samverkan_map.db.tables import PeriodChoice, PeriodStart
from samverkan_map.errors import BadValue, Conflict
from samverkan_map.renewal.coming import before, check_may_start, find
from samverkan_map.renewal.open_work import CARRY, CLOSE, Line, Work, open_work
from samverkan_map.translations import text
from samverkan_map.vocabulary import EndReason, MeasureStatus, Permission

LONGEST_NOTE = 300
LONGEST_REFERENCE = 60


@dataclass(frozen=True)
class Choice:
    """What is chosen for a place or a measure: `carry`, or `close` with a reason and words of one's own."""

    way: str
    reason: EndReason | None = None
    note: str = ""


def usual(work: Work) -> dict[str, Choice]:
    """What is proposed: what has work left is carried over, the rest closed."""
    return {line.key: Choice(CARRY) if line.left else Choice(CLOSE, line.reasons[0]) for line in work.lines}


def check(work: Work, choices: Mapping[str, Choice]) -> dict[str, BadValue]:
    """What is wrong with some choices, by the key of the place or measure; nothing when they can be carried out."""
    found = {}
    for line in work.lines:
        try:
            _check_one(line, choices.get(line.key))
        except BadValue as refusal:
            found[line.key] = refusal
    return found


def _check_one(line: Line, chosen: Choice | None) -> None:
    if chosen is None or chosen.way not in (CARRY, CLOSE):
        raise BadValue("renewal.errors.no_choice", field=line.key)
    if chosen.way == CARRY:
        return  # with whatever reason and words: they are not kept
    screening.screen(chosen.note, field=line.key)
    if len(chosen.note) > LONGEST_NOTE:
        raise BadValue("renewal.errors.long_note", field=line.key, most=LONGEST_NOTE)
    if chosen.reason not in line.reasons:
        key = "never_begun" if chosen.reason is EndReason.FINISHED else "no_reason"
        raise BadValue(f"renewal.errors.{key}", field=line.key)
    if chosen.reason is EndReason.OTHER and not chosen.note.strip():
        raise BadValue("renewal.errors.no_note", field=line.key)


def start(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    start_year: int,
    choices: Mapping[str, Choice],
    *,
    sign: str,
    today: date,
    reference: str = "",
) -> PeriodStart:
    """Start the work of the agreement that begins in a year: carry over what was chosen and close the rest.

    `sign` is that of the open work which the choices were made from.
    Raises NotFound, NotAllowed, BadValue (a choice that cannot be, words with personal data, the agreement before has
    not begun), Conflict (started already, or the open work is not what it was).
    """
    closed = sum(one.way == CLOSE for one in choices.values())
    # First of all, since it lets one in at a time: of two who start at once the second must see that it is done.
    told = {"agreement": str(start_year), "carried": len(choices) - closed, "ended": closed}
    access.gate(session, actor, Permission.START_PERIOD, **told)
    period = check_may_start(agreement, find(session, actor), start_year, today)
    work = open_work(session, actor)
    if work.sign != sign or set(choices) != {line.key for line in work.lines}:
        raise Conflict("renewal.errors.changed")
    for refusal in check(work, choices).values():
        raise refusal
    made = PeriodStart(start_year=start_year, on=today, who=actor.name, reference=_reference(reference))
    made.choices = [_kept(line, choices[line.key]) for line in work.lines]
    session.add(made)
    session.flush()
    old = before(agreement, period)
    for line in work.lines:
        if choices[line.key].way == CLOSE and old is not None:
            _close(session, actor, line, choices[line.key], old, today)
    return made


def _reference(given: str) -> str:
    reference = " ".join(given.split())
    if len(reference) > LONGEST_REFERENCE:
        raise BadValue("renewal.errors.reference", field="reference", most=LONGEST_REFERENCE)
    screening.screen(reference, field="reference")
    return reference


def _kept(line: Line, chosen: Choice) -> PeriodChoice:
    where = {"place_id" if line.is_place else "measure_id": line.row.id}
    if chosen.way == CARRY:
        return PeriodChoice(carried=True, reason=None, note="", **where)
    return PeriodChoice(carried=False, reason=chosen.reason, note=chosen.note.strip(), **where)


def _close(session: Session, actor: Viewer, line: Line, chosen: Choice, old: AgreementPeriod, today: date) -> None:
    if line.is_place:
        # What people read at a place is Swedish, like all that is written there.
        note = text("sv", "renewal.closing_note", years=f"{old.start_year}–{old.end_year}", reason=chosen.reason)
        places.end(session, actor, line.row.id, note=f"{note} {chosen.note}".strip(), today=today)
        return
    done = MeasureStatus.DONE if chosen.reason is EndReason.FINISHED else MeasureStatus.CANCELLED
    measures.move(session, actor, line.row.id, done, on=today, today=today)
