"""Who may do what, with which object."""

from __future__ import annotations

from typing import Any

from samverkan_map.access import matrix
from samverkan_map.access.viewers import COMMAND_LINE, SCREEN, Viewer
from samverkan_map.agreement import Forum
from samverkan_map.db.tables import (
    AccountProposal,
    Cause,
    Decision,
    FollowUp,
    Measure,
    MeetingScreen,
    Place,
    Report,
    Run,
    SpeedMeasurement,
    Stretch,
)
from samverkan_map.vocabulary import Mechanism, Permission, ReportKind

TRAFFIC_FORUM = "styrgrupp-trafik"
"""The forum of the role `trafikgrupp`; fixed as the role itself is."""

TRAFFIC_KINDS = frozenset({ReportKind.TRAFFIC, ReportKind.ACCIDENT})


def may(viewer: Viewer, permission: Permission | str, obj: Any = None) -> bool:
    """Whether the viewer may do it, with `obj` when the rule looks at the object (without: at any object at all)."""
    grant = matrix.grants()[Permission(permission)]
    if viewer.on_host and COMMAND_LINE in grant.allow:
        return True
    word = grant.allow.get(SCREEN if viewer.screen_of else viewer.role, "")
    if word not in matrix.GRANTING:
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
    return matrix.grants()[permission].allow.get(viewer.role) == "own"


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


def _organisation_of(obj: Any) -> int | None:
    if isinstance(obj, FollowUp):
        obj = obj.measure
    return getattr(obj, "owner_id", None) or getattr(obj, "organisation_id", None)
