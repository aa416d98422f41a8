"""Makes a new database a trial one, filled with the example, and a trial database a real one again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, cast

from sqlalchemy import CursorResult, Delete, delete, func, select, update
from sqlalchemy.orm import Session

from samverkan_map import access, figures, people, reports
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db.tables import (
    Base,
    Organisation,
    Person,
    SignedIn,
    State,
)
from samverkan_map.demo import gauges, letters, situations, stream, strolls
from samverkan_map.demo.days import years_before
from samverkan_map.demo.material import MUNICIPALITY
from samverkan_map.demo.spots import Ground
from samverkan_map.demo.story import Act, Story
from samverkan_map.errors import BadRows, DatabaseTrouble, SetUpTrouble
from samverkan_map.exchange.table import Records, Table
from samverkan_map.reports import snapshot
from samverkan_map.vocabulary import Permission, Role

STAYS = frozenset(
    {"organisations", "people", "second_steps", "recovery_codes", "sessions", "attempts", "audit", "state"}
)
CONTENT = tuple(table for table in reversed(Base.metadata.sorted_tables) if table.name not in STAYS)
"""What a trial database holds besides people and organisations: every other table, each before what it refers to."""

_DELIVERED = timedelta(days=5)


@dataclass(frozen=True)
class Made:
    """What the database holds by table, and the sign-ins (user name, password) of the people just made.

    `already` when this very material was there before and nothing was done.
    """

    counts: dict[str, int]
    sign_ins: list[tuple[str, str]] = field(default_factory=list, repr=False)
    already: bool = False


def is_new(session: Session) -> bool:
    """Whether the database has neither content nor people, and never was a trial one."""
    return _state(session, "trial") is None and not any(_counts(session).values())


def fill(
    session: Session,
    agreement: Agreement,
    *,
    reports: int = 6000,
    seed: int = 1,
    years: int = 3,
    until: date,
    actor: Viewer | None = None,
    progress: Callable[[int], None] | None = None,
) -> Made:
    """Make a new database a trial one with the example of the `years` up to (not with) `until`.

    The same for the same `reports`, `seed`, `years` and `until`, but for the passwords. `progress` is told how many
    reports are in.
    Raises DatabaseTrouble on a real database and on a trial one with other material, SetUpTrouble for another
    municipality, NotAllowed for all but the command line.
    """
    if agreement.code != MUNICIPALITY:
        raise SetUpTrouble("demo.errors.other_municipality", name=agreement.name)
    material = f"{reports} {seed} {years} {until}"
    if access.is_trial(session) and (stored := _state(session, "demo")):
        if stored != material:
            raise DatabaseTrouble("demo.errors.other_material")
        return Made(_counts(session), already=True)
    if not is_new(session):
        raise DatabaseTrouble("demo.errors.real")
    actor = actor or access.command_line()
    access.gate(session, actor, Permission.SET_UP, None, reports=reports, seed=seed, years=years, until=until)
    for key, value in (("trial", "1"), ("demo", material)):
        session.merge(State(key=key, value=value))
    story = Story(session, agreement, Ground(agreement), until=until, years=years)
    start = years_before(until, years)
    story.people(actor, start)
    story.stretches()
    found = _plan(story, reports=reports, seed=seed, start=start)
    handled = _room(found)
    deliveries, sent = _deliveries(story, found, progress, handled), letters.acts(story, handled=bool(handled))
    others = [*letters.quiet_weeks(story), *gauges.acts(story), *(strolls.acts(story) if handled else ())]
    for _, act in sorted([*story.acts(), *deliveries, *sent, *others], key=lambda one: one[0]):
        act()
    figures.begin(session, story.viewers[Role.COORDINATOR], agreement, today=until)
    situations.make(story)
    return Made(_counts(session), story.sign_ins)


def _plan(story: Story, *, reports: int, seed: int, start: date) -> stream.Plan:
    sources = [code for code, source in story.agreement.sources.items() if not source.context]
    return stream.plan(
        story.ground, reports=reports, seed=seed, start=start, end=story.until, began=story.began(), sources=sources
    )


def _room(found: stream.Plan) -> int:
    """How many rows the last file leaves to the letters that are taken up and the points of walks, so that there are as
    many reports as asked for; 0 in an example too small for that, where nobody takes any up and nobody walks."""
    wanted = letters.taken_up() + strolls.points()
    _, _, first, upto = found.files[-1]
    return wanted if upto - first > 2 * wanted else 0


def _deliveries(story: Story, found: stream.Plan, progress: Callable[[int], None] | None, left_out: int) -> list[Act]:
    """Each file is taken in a few days after the year it is for, the last year's on the last day; the last file without
    its last rows."""
    days = [min(date(year + 1, 1, 1) + _DELIVERED, story.until) for _, year, _, _ in found.files]
    last = len(days) - 1
    return [
        (day, partial(_take_in, story, found, number, day, progress, left_out if number == last else 0))
        for number, day in enumerate(days)
    ]


def _take_in(
    story: Story, found: stream.Plan, number: int, day: date, progress: Callable[[int], None] | None, left_out: int
) -> None:
    source, table, file_hash = stream.table(found, number, story.businesses)
    if left_out:
        table = replace(table, records=partial(_but_the_last, table, left_out))
    before = found.files[number][2]
    preview = reports.take_in(
        story.session,
        story.viewers[Role.COORDINATOR],
        story.agreement,
        table,
        reports.Intake(source=source),
        file_hash=file_hash,
        now=datetime.combine(day, time(6)),
        progress=(lambda done: progress(before + done)) if progress else None,
    )
    if not preview.stored:
        raise BadRows("demo.errors.refused", file=table.path.name, n=len(preview.refused))


def _but_the_last(table: Table, number: int, size: int) -> Iterator[Records]:
    """The records of a table without its last rows."""
    left = table.size_hint - number
    for one in table.records(size):
        kept = min(left, len(one.rows))
        left -= kept
        yield replace(one, rows=one.rows[:kept], row_numbers=one.row_numbers[:kept])


def remove(session: Session, agreement: Agreement, *, now: datetime, actor: Viewer | None = None) -> dict[str, int]:
    """Empty a trial database, close the accounts of the example people and make it a real one; count what went.

    All that a trial database holds is trial material. The audit log stays.
    Raises DatabaseTrouble when it is not a trial one, NotAllowed for all but the command line.
    """
    if not access.is_trial(session):
        raise DatabaseTrouble("demo.errors.no_trial")
    actor = actor or access.command_line()
    access.gate(session, actor, Permission.SET_UP, None, removed_reports=_counts(session)["reports"])
    _close_accounts(session, now)
    session.flush()
    gone = {table.name: _removed(session, delete(table)) for table in CONTENT}
    snapshot.drop(session)
    # Those of colleagues who are not examples stay.
    kept = select(Person.organisation_id).where(Person.organisation_id.is_not(None))
    gone["organisations"] = _removed(session, delete(Organisation).where(Organisation.id.not_in(kept)))
    session.execute(delete(State).where(State.key == "demo"))
    session.execute(update(State).where(State.key == "trial").values(value="0"))
    session.expire_all()
    return gone


def _close_accounts(session: Session, now: datetime) -> None:
    """Close the accounts and leave no way in: no session of the demo mode either."""
    for person in session.scalars(select(Person).where(Person.example)):
        person.organisation_id = None
        person.disabled_at = person.disabled_at or now
        people.end_all(session, person.id)
        people.forget_all_steps(session, person.id)
    session.execute(delete(SignedIn).where(SignedIn.person_id.is_(None)))


def _removed(session: Session, statement: Delete) -> int:
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


def _counts(session: Session) -> dict[str, int]:
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in (*CONTENT, *(Base.metadata.tables[name] for name in ("organisations", "people")))
    }


def _state(session: Session, key: str) -> str | None:
    return session.scalar(select(State.value).where(State.key == key))
