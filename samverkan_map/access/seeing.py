"""What a viewer may see: which objects exist for whom, and how exactly."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map.access import matrix
from samverkan_map.access.rights import TRAFFIC_KINDS, is_traffic, may
from samverkan_map.access.viewers import Viewer
from samverkan_map.db.tables import Cause, Decision, FollowUp, Measure, Place, Report, Review, Run, Site, State
from samverkan_map.vocabulary import Permission, ReportKind, Role

COARSE_METRES = 50
_STAFF = frozenset({Role.PLANNER, Role.POLICE, Role.COORDINATOR})


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


def visible_kinds(viewer: Viewer) -> frozenset[ReportKind]:
    """The kinds of report of which the viewer may see single ones, exactly or coarsely."""
    exact = Permission.SEE_EXACT_REPORTS
    permission = exact if may(viewer, exact) else Permission.SEE_COARSE_REPORTS
    if not may(viewer, permission):
        return frozenset()
    return TRAFFIC_KINDS if _only_traffic(viewer, permission) else frozenset(ReportKind)


def _only_traffic(viewer: Viewer, permission: Permission) -> bool:
    return matrix.grants()[permission].allow.get(viewer.role) == "theme:traffic"


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
    word = matrix.grants()[Permission.SEE_STATISTICS].allow.get(viewer.role)
    return word == "yes" or (word == "theme:traffic" and kind in TRAFFIC_KINDS)


def exports_counts_only(viewer: Viewer) -> bool:
    """Whether files that the viewer takes away hold counts per month and sub-area instead of single reports."""
    return matrix.grants()[Permission.EXPORT_INTERNAL].allow.get(viewer.role) == "aggregated"


def is_trial(session: Session) -> bool:
    """Whether the database holds invented material, all of it, until that is removed by command."""
    return session.execute(select(State.value).where(State.key == "trial")).scalar() == "1"
