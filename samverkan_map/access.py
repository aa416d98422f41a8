"""The gate: who may do what, what a viewer may see, and the record that it was done.

Permission and record are one call, `gate`. Who may is told by `grants.toml`, never by code; a word there that this
program cannot check counts as no.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, func, insert, inspect, or_, select, text, update
from sqlalchemy.orm import Session

from samverkan_map.agreement import Forum
from samverkan_map.db.tables import (
    AccountProposal,
    AuditLine,
    Base,
    Cause,
    Decision,
    FollowUp,
    Measure,
    MeetingScreen,
    Person,
    Place,
    Report,
    Review,
    Run,
    Site,
    SpeedMeasurement,
    State,
    Stretch,
)
from samverkan_map.errors import NotAllowed, NotFound, SetUpTrouble, SignInNeeded
from samverkan_map.vocabulary import Mechanism, Permission, ReportKind, Role

COMMAND_LINE = "kommandorad"
SCREEN = "motesskarm"
"""What a screen in a meeting is called in the matrix and in the log: it has no role, and only what it is given."""

TRAFFIC_FORUM = "styrgrupp-trafik"
"""The forum of the role `trafikgrupp`; fixed as the role itself is."""

TRAFFIC_KINDS = frozenset({ReportKind.TRAFFIC, ReportKind.ACCIDENT})
COARSE_METRES = 50
FIRST_HASH = "0" * 64

_STAFF = frozenset({Role.PLANNER, Role.POLICE, Role.COORDINATOR})
_GRANTING = frozenset({"yes", "own", "theme:traffic", "aggregated", "another", "invited", "assigned"})
_NOT_BUILT = frozenset({"proposal", "two-party"})
_READ_LOGGED = frozenset({"no", "each", "hourly"})
LARGEST_DETAIL = 2**53
"""From here on a number is not the same for everybody who reads the log again; infinity and NaN are none at all."""
_PLAIN_DETAIL = re.compile(r"[\w.:/,+\-]{0,100}")


@dataclass(frozen=True)
class Viewer:
    """Somebody who looks or acts. `on_host` is whoever runs the command line on the host itself.

    `screen_of` names the forum whose meeting a screen shows; such a screen is nobody, and may less than everybody.
    """

    person_id: int | None
    name: str
    role: Role
    organisation_id: int | None = None
    on_host: bool = False
    screen_of: str = ""

    @property
    def anonymous(self) -> bool:
        """Whether nobody is signed in, and no screen is."""
        return self.role is Role.PUBLIC and not self.screen_of


ANONYMOUS = Viewer(None, "", Role.PUBLIC)


def command_line(name: str = "") -> Viewer:
    """The actor of the command line, who may what the coordinator may and is recorded as `kommandorad`.

    >>> command_line("anna").name
    'kommandorad:anna'
    """
    return Viewer(None, f"{COMMAND_LINE}:{name}" if name else COMMAND_LINE, Role.COORDINATOR, on_host=True)


@dataclass(frozen=True)
class Grant:
    """One row of the matrix: its number there, the word per role, from whom it is hidden, whether reading is logged."""

    permission: Permission
    number: int
    allow: dict[str, str]
    hidden: frozenset[Role]
    read_logged: str


@cache
def grants() -> dict[Permission, Grant]:
    """The whole matrix. Raises SetUpTrouble when the file and the vocabulary do not fit together."""
    rows = _file()["actions"]
    for name in [*rows, *Permission]:
        if name not in rows or name not in set(Permission):
            raise SetUpTrouble("access.errors.unknown_action", name=str(name))
    return {Permission(name): _grant(Permission(name), row) for name, row in rows.items()}


@cache
def route_rows() -> dict[str, dict[str, tuple[Permission, ...]]]:
    """Per `METHOD /address`: the actions it needs, under `reports` and `others` (mostly the same)."""
    found = {}
    for route, needs in _file()["routes"].items():
        both = needs if isinstance(needs, dict) else {"reports": needs, "others": needs}
        found[route] = {case: tuple(Permission(name) for name in names) for case, names in both.items()}
    return found


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "grants.toml").read_text(encoding="utf-8"))


def _grant(permission: Permission, row: dict[str, Any]) -> Grant:
    known_roles = {*Role, COMMAND_LINE, SCREEN}
    read_logged = row.get("read_logged", "no")
    fits = set(row["allow"]) <= known_roles and set(row["allow"].values()) <= _GRANTING | _NOT_BUILT
    if not fits or read_logged not in _READ_LOGGED:
        raise SetUpTrouble("access.errors.unknown_word", name=permission.value)
    hidden = frozenset(Role(name) for name in row.get("hidden", ()))
    return Grant(permission, row["number"], row["allow"], hidden, read_logged)


def may(viewer: Viewer, permission: Permission | str, obj: Any = None) -> bool:
    """Whether the viewer may do it, with `obj` when the rule looks at the object (without: at any object at all)."""
    grant = grants()[Permission(permission)]
    if viewer.on_host and COMMAND_LINE in grant.allow:
        return True
    word = grant.allow.get(SCREEN if viewer.screen_of else viewer.role, "")
    if word not in _GRANTING:
        return False
    if word == "assigned":
        # Without an object there is no task: whoever may something with one letter may nothing with all of them.
        return viewer.person_id is not None and getattr(obj, "handler_id", None) == viewer.person_id
    if obj is None or word in ("yes", "aggregated"):
        return True
    if word == "another":
        return isinstance(obj, AccountProposal) and _is_third(viewer, obj)
    if word == "own":
        return viewer.organisation_id is not None and _organisation_of(obj) == viewer.organisation_id
    if word == "invited":
        invitation = getattr(obj, "invitation", None)
        return invitation is not None and invitation.organisation_id == viewer.organisation_id
    return is_traffic(obj)


def _is_third(viewer: Viewer, proposal: AccountProposal) -> bool:
    """Whether somebody is neither who proposed it nor whom it is about."""
    return viewer.person_id is not None and viewer.person_id not in (proposal.proposed_by, proposal.person_id)


def only_own(viewer: Viewer, permission: Permission) -> bool:
    """Whether the viewer may do it only for the viewer's own organisation."""
    return grants()[permission].allow.get(viewer.role) == "own"


def is_traffic(obj: Any) -> bool:
    """Whether an object belongs to the traffic theme. What cannot be placed does not."""
    if isinstance(obj, Stretch | SpeedMeasurement):
        return True
    if isinstance(obj, Forum):
        return obj.code == TRAFFIC_FORUM
    if isinstance(obj, Decision):
        return obj.forum == TRAFFIC_FORUM and (obj.place is None or is_traffic(obj.place))
    if isinstance(obj, Report):
        return ReportKind(obj.kind) in TRAFFIC_KINDS
    if isinstance(obj, Place | MeetingScreen):
        return obj.forum == TRAFFIC_FORUM
    if isinstance(obj, Cause):
        return is_traffic(obj.place)
    if isinstance(obj, Run):
        return TRAFFIC_KINDS.issuperset(obj.kinds)
    if isinstance(obj, Measure):
        return obj.mechanism == Mechanism.TRAFFIC or (bool(obj.places) and all(map(is_traffic, obj.places)))
    return isinstance(obj, FollowUp) and is_traffic(obj.measure)


def sees(viewer: Viewer, obj: Any) -> bool:
    """Whether the viewer may know that the object exists at all."""
    if isinstance(obj, Report):
        return ReportKind(obj.kind) in visible_kinds(viewer)
    if isinstance(obj, Run):
        return visible_kinds(viewer).issuperset(obj.kinds) and not (obj.fine and coarse_time(viewer))
    if isinstance(obj, FollowUp):
        return sees(viewer, obj.measure)
    if isinstance(obj, Review):
        return sees(viewer, obj.site)
    if isinstance(obj, Cause):
        return sees_inside(viewer, obj.place)
    if isinstance(obj, Decision):
        return sees_inside(viewer, obj)
    if isinstance(obj, Place | Site | Measure):
        return obj.published or sees_inside(viewer, obj)
    return True


def sees_inside(viewer: Viewer, obj: Any) -> bool:
    """Whether the viewer may read what is worked out about an object: definitions, causes, notes, who did what.

    A published place is open to everybody, its working material only to those who work with it.
    """
    return sees_work_unpublished(viewer) or (_in_traffic_group(viewer) and is_traffic(obj))


def _in_traffic_group(viewer: Viewer) -> bool:
    return viewer.role is Role.TRAFFIC_GROUP


def _organisation_of(obj: Any) -> int | None:
    if isinstance(obj, FollowUp):
        obj = obj.measure
    return getattr(obj, "owner_id", None) or getattr(obj, "organisation_id", None)


def gate(session: Session, actor: Viewer, permission: Permission, obj: Any = None, **details: object) -> None:
    """Let the actor through and record it, in the transaction that does it; a verb passes the object, a new one too.

    `details` are counts, codes and dates that the audit log keeps, never free text. A bulk import is one call.
    Raises NotFound when the actor may not know that `obj` exists, SignInNeeded, NotAllowed.
    """
    permission = Permission(permission)
    check(actor, permission, obj)
    _append(session, actor, permission, obj, details)


UNTOLD = frozenset({"version", "updated_on", "geom", "area", "own_geometry", "changes"})
"""Columns that follow from others, or whose change is told in another way."""

PLAIN_CODES = frozenset(
    {"status", "mechanism", "kind", "term", "source", "focus", "type", "forum", "phase", "owner_id", "organisation_id"}
)
"""Columns of codes and numbers, whose values the log may hold; the words of texts never come into its chain."""


def changed(row: Any) -> dict[str, object]:
    """What a row's columns were and are, for the log, before it is flushed: dates, numbers and codes with both values.

    Of texts only the names of their fields are told: what stands in the chain cannot be taken out of it again.
    """
    told: dict[str, object] = {}
    texts = []
    state = inspect(row)
    for name in [*state.mapper.column_attrs.keys(), *(set(state.mapper.relationships.keys()) & {"places", "causes"})]:
        history = state.attrs[name].history
        if name in UNTOLD or not (history.added or history.deleted) or not state.persistent:
            continue
        old, new = (next(iter(values or ()), None) for values in (history.deleted, history.added))
        if name in PLAIN_CODES or isinstance(old if new is None else new, date | bool | int):
            if old != new:
                told |= {f"{name}_from": old, f"{name}_to": new}
        elif old != new:
            texts.append(name)
    return told | ({"changed": ",".join(texts)} if texts else {})


def check(viewer: Viewer, permission: Permission, obj: Any = None) -> None:
    """Raises what `gate` would raise, without recording anything: for the page of a form."""
    if not may(viewer, permission, obj):
        raise refusal(viewer, permission, obj)


def refusal(viewer: Viewer, permission: Permission, obj: Any = None) -> NotFound | NotAllowed:
    """Which no the viewer gets: what is hidden does not exist, a visitor may sign in, others may not."""
    if viewer.role in grants()[permission].hidden or not sees(viewer, obj):
        return NotFound("access.errors.not_found")
    if viewer.screen_of:
        return NotAllowed("access.errors.screen")
    if viewer.anonymous:
        return SignInNeeded("access.errors.sign_in")
    return NotAllowed("access.errors.not_allowed")


# ---- The audit log -----------------------------------------------------------------------------------------------


def _append(session: Session, actor: Viewer, permission: Permission, obj: Any, details: dict[str, object]) -> None:
    last_id, last_hash = _hold_head(session)
    line = {
        "id": last_id + 1,
        # The record says when it was written, not when the caller believes it is.
        "at": datetime.now(UTC).replace(tzinfo=None),
        "person_id": actor.person_id,
        "who": actor.name,
        "action": permission.value,
        "object_kind": "" if obj is None else getattr(obj, "__tablename__", type(obj).__name__.lower()),
        "object_id": "" if getattr(obj, "id", None) is None else str(obj.id),
        "details": _canonical({name: _plain(name, value) for name, value in details.items()}),
    }
    own_hash = _hash(last_hash, line)
    session.execute(_NEW_LINE, line | {"previous_hash": last_hash, "hash": own_hash})
    session.execute(_NEW_HEAD, {"head": f"{line['id']} {own_hash}"})


def _hold_head(session: Session) -> tuple[int, str]:
    """Number and hash of the last line, held until the transaction ends so that two writers make one chain.

    The head stands apart from the log: lines cut off at the end show, too.
    """
    head = session.execute(_HELD_HEAD).scalar()
    if head is None:
        session.execute(_FIRST_HEAD, {"head": f"0 {FIRST_HASH}"})
        head = session.execute(_HELD_HEAD).scalar_one()
    number, last_hash = head.split(" ")
    return int(number), last_hash


_FIRST_HEAD = text("INSERT INTO state (key, value) VALUES ('audit_head', :head) ON CONFLICT (key) DO NOTHING")
_STATE, _LINES = Base.metadata.tables["state"], Base.metadata.tables["audit"]
# Of the tables and not of the classes: every change anywhere waits for these three, and they take a third of the time.
_HELD_HEAD = select(_STATE.c.value).where(_STATE.c.key == "audit_head").with_for_update()
_NEW_HEAD = update(_STATE).where(_STATE.c.key == "audit_head").values(value=bindparam("head"))
_NEW_LINE = insert(_LINES)


def _plain(name: str, value: object) -> object:
    if value is None:
        return value
    if isinstance(value, bool | int | float):
        if abs(value) < LARGEST_DETAIL:
            return value
    elif _PLAIN_DETAIL.fullmatch(str(value)):
        return str(value)
    raise ValueError(f"the audit detail {name!r} is not a count, a code or a date")


def _canonical(values: dict[str, Any]) -> str:
    return json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


def _hash(previous: str, line: dict[str, Any]) -> str:
    return hashlib.sha256((previous + _canonical({**line, "at": line["at"].isoformat()})).encode()).hexdigest()


def is_trial(session: Session) -> bool:
    """Whether the database holds invented material, all of it, until that is removed by command."""
    return session.execute(select(State.value).where(State.key == "trial")).scalar() == "1"


def verify(session: Session) -> int | None:
    """The number of the first audit line that is not as it was written, or None when the whole chain holds."""
    columns = AuditLine.__table__.columns
    expected, previous = 1, FIRST_HASH
    for row in session.execute(select(*columns).order_by(AuditLine.id)).yield_per(1000).mappings():
        line = {name: row[name] for name in row if name not in ("previous_hash", "hash")}
        if row["id"] != expected or row["previous_hash"] != previous or row["hash"] != _hash(previous, line):
            return expected
        expected, previous = expected + 1, row["hash"]
    head = session.execute(select(State.value).where(State.key == "audit_head")).scalar()
    return None if (head or f"0 {FIRST_HASH}") == f"{expected - 1} {previous}" else expected


def audit_head(session: Session) -> tuple[int, str]:
    """Number and hash of the last audit line; 0 and no hash before the first."""
    head = session.execute(select(State.value).where(State.key == "audit_head")).scalar() or "0 "
    number, _, digest = head.partition(" ")
    return int(number), digest


def last_change(session: Session, obj: Any) -> tuple[str, datetime] | None:
    """Who changed an object last and when (UTC), as the log tells it; None when it says nothing."""
    question = select(AuditLine.who, AuditLine.at).where(
        AuditLine.object_kind == obj.__tablename__, AuditLine.object_id == str(obj.id)
    )
    found = session.execute(question.order_by(AuditLine.id.desc()).limit(1)).first()
    return None if found is None else (found.who, found.at)


CHANGES = frozenset(
    {
        Permission.EDIT_PLACE,
        Permission.EDIT_PROBLEM,
        Permission.STEP_PLACE,
        Permission.EDIT_MEASURE,
        Permission.PUBLISH,
        Permission.OFFER_CONTRIBUTION,
        Permission.WRITE_DECISION,
    }
)
"""The actions that the log of one object shows to those who work with it; who read it stays in the audit log."""


def changes_of(session: Session, viewer: Viewer, obj: Any, *, most: int = 20) -> list[AuditLine]:
    """The newest changes of an object, for those who see inside it; nothing for others."""
    if not sees_inside(viewer, obj):
        return []
    about = (AuditLine.object_kind == obj.__tablename__) & (AuditLine.object_id == str(obj.id))
    if isinstance(obj, Place):
        causes = [str(cause.id) for cause in obj.causes]
        about = or_(about, (AuditLine.object_kind == Cause.__tablename__) & AuditLine.object_id.in_(causes))
    question = select(AuditLine).where(about, AuditLine.action.in_([action.value for action in CHANGES]))
    return list(session.scalars(question.order_by(AuditLine.id.desc()).limit(most)))


def find_audit(
    session: Session, viewer: Viewer, *, action: Permission | None = None, page: int = 1, per_page: int = 50
) -> tuple[list[AuditLine], int]:
    """Audit lines, newest first, and how many there are in all: all of them, or those of one's own organisation.

    Raises NotAllowed for the others.
    """
    if not may(viewer, Permission.READ_AUDIT):
        raise refusal(viewer, Permission.READ_AUDIT)
    question = select(AuditLine)
    if grants()[Permission.READ_AUDIT].allow.get(viewer.role) == "own" and not viewer.on_host:
        # Without an organisation nobody is a colleague: IS NULL would make everybody else without one a colleague.
        if viewer.organisation_id is None:
            return [], 0
        colleagues = select(Person.id).where(Person.organisation_id == viewer.organisation_id)
        question = question.where(AuditLine.person_id.in_(colleagues))
    if action:
        question = question.where(AuditLine.action == action.value)
    return _page(session, question, page, per_page)


def _page(session: Session, question: Any, page: int, per_page: int) -> tuple[list[AuditLine], int]:
    total = session.scalar(select(func.count()).select_from(question.subquery())) or 0
    lines = question.order_by(AuditLine.id.desc()).offset((page - 1) * per_page).limit(per_page)
    return list(session.scalars(lines)), total


# ---- What a viewer may see -----------------------------------------------------------------------------------------


def visible_kinds(viewer: Viewer) -> frozenset[ReportKind]:
    """The kinds of report of which the viewer may see single ones, exactly or coarsely."""
    exact = Permission.SEE_EXACT_REPORTS
    permission = exact if may(viewer, exact) else Permission.SEE_COARSE_REPORTS
    if not may(viewer, permission):
        return frozenset()
    return TRAFFIC_KINDS if _only_traffic(viewer, permission) else frozenset(ReportKind)


def _only_traffic(viewer: Viewer, permission: Permission) -> bool:
    return grants()[permission].allow.get(viewer.role) == "theme:traffic"


def _sees_coarsely(viewer: Viewer) -> bool:
    return may(viewer, Permission.SEE_COARSE_REPORTS) and not may(viewer, Permission.SEE_EXACT_REPORTS)


def is_staff(viewer: Viewer) -> bool:
    """Whether the viewer is of the roles that must have a second step when the settings ask for it."""
    return viewer.role in _STAFF


def sees_work_unpublished(viewer: Viewer) -> bool:
    """Whether places, measures and sites show before publishing (the traffic group: its forum's only)."""
    return viewer.role in _STAFF


def coarse_position(viewer: Viewer) -> int | None:
    """The width in metres of the squares to which positions are coarsened for the viewer, or None for exact ones."""
    return COARSE_METRES if _sees_coarsely(viewer) else None


def coarse_time(viewer: Viewer) -> bool:
    """Whether the viewer sees month and hour band only."""
    return _sees_coarsely(viewer)


def told_all(viewer: Viewer, kind: ReportKind) -> bool:
    """Whether the viewer is told every count of a kind of report; others are told what everybody is told."""
    word = grants()[Permission.SEE_STATISTICS].allow.get(viewer.role)
    return word == "yes" or (word == "theme:traffic" and kind in TRAFFIC_KINDS)


def exports_counts_only(viewer: Viewer) -> bool:
    """Whether files that the viewer takes away hold counts per month and sub-area instead of single reports."""
    return grants()[Permission.EXPORT_INTERNAL].allow.get(viewer.role) == "aggregated"


def report_fields(viewer: Viewer, row: dict[str, Any]) -> dict[str, Any]:
    """The fields of one report that the viewer may see: the one filter for page, JSON, CSV, print and map.

    Whoever may read its words gets the row; who may see it exactly a row without words and with times by the hour; who
    may see it coarsely month, hour band and a 50 m square; everybody else nothing at all.
    """
    if ReportKind(row["kind"]) not in visible_kinds(viewer):
        return {}
    if coarse_time(viewer):
        return _coarse_fields(row)
    return dict(row) if may(viewer, Permission.SEE_RAW_TEXT) else _coded_fields(row)


_CODED = (
    "id", "source", "source_ref", "kind", "type", "day", "weekday", "hour", "precision", "area", "place_name",
    "stretch", "severity", "organisation", "e", "n",
)  # fmt: skip
_COARSE = ("id", "source", "kind", "type", "precision", "area", "stretch", "severity")


def _coded_fields(row: dict[str, Any]) -> dict[str, Any]:
    times = {name: _to_the_hour(row.get(name)) for name in ("occurred_from", "occurred_to")}
    return {name: row[name] for name in _CODED if name in row} | times


def _to_the_hour(moment: datetime | None) -> datetime | None:
    return moment and moment.replace(minute=0, second=0, microsecond=0)


def _coarse_fields(row: dict[str, Any]) -> dict[str, Any]:
    kept = {name: row[name] for name in _COARSE if name in row}
    day = row.get("day")
    return kept | {
        "month": f"{day:%Y-%m}" if day else None,
        "hour_band": hour_band(row.get("hour")),
        "e": coarsened(row.get("e")),
        "n": coarsened(row.get("n")),
    }


def hour_band(hour: int | None) -> str | None:
    """The four-hour band that an hour of the day lies in.

    >>> hour_band(22)
    '20-24'
    """
    return None if hour is None else f"{hour // 4 * 4:02d}-{hour // 4 * 4 + 4:02d}"


def coarsened(metres: Any) -> Any:
    """A coordinate, or an array of them, moved to the middle of its 50 m square.

    >>> coarsened(370012.5)
    370025.0
    """
    return None if metres is None else metres // COARSE_METRES * COARSE_METRES + COARSE_METRES / 2
