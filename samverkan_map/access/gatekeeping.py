"""The gate: permission and record are one call."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from samverkan_map.access import matrix
from samverkan_map.access.chain import append
from samverkan_map.access.rights import may
from samverkan_map.access.seeing import sees
from samverkan_map.access.viewers import Viewer
from samverkan_map.errors import NotAllowed, NotFound, SignInNeeded
from samverkan_map.vocabulary import Permission


def gate(session: Session, actor: Viewer, permission: Permission, obj: Any = None, **details: object) -> None:
    """Let the actor through and record it, in the transaction that does it; a verb passes the object, a new one too.

    `details` are counts, codes and dates that the audit log keeps, never free text. A bulk import is one call.
    Raises NotFound when the actor may not know that `obj` exists, SignInNeeded, NotAllowed.
    """
    permission = Permission(permission)
    check(actor, permission, obj)
    append(session, actor, permission, obj, details)


def check(viewer: Viewer, permission: Permission, obj: Any = None) -> None:
    """Raises what `gate` would raise, without recording anything: for the page of a form."""
    if not may(viewer, permission, obj):
        raise refusal(viewer, permission, obj)


def refusal(viewer: Viewer, permission: Permission, obj: Any = None) -> NotFound | NotAllowed:
    """Which no the viewer gets: what is hidden does not exist, a visitor may sign in, others may not."""
    if viewer.role in matrix.grants()[permission].hidden or not sees(viewer, obj):
        return NotFound("access.errors.not_found")
    if viewer.screen_of:
        return NotAllowed("access.errors.screen")
    if viewer.anonymous:
        return SignInNeeded("access.errors.sign_in")
    return NotAllowed("access.errors.not_allowed")
