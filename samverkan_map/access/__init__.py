"""The gate: who may do what, what a viewer may see, and the record that it was done.

Permission and record are one call, `gate`. Who may is told by `grants.toml`, never by code; a word there that this
program cannot check counts as no.
"""

from __future__ import annotations

from samverkan_map.access.chain import audit_head, verify
from samverkan_map.access.fields import coarsened, hour_band, report_fields
from samverkan_map.access.gatekeeping import check, gate, refusal
from samverkan_map.access.log import changed, changes_of, find_audit, last_change
from samverkan_map.access.matrix import Grant, grants, route_rows
from samverkan_map.access.rights import TRAFFIC_FORUM, TRAFFIC_KINDS, is_traffic, may, only_own
from samverkan_map.access.seeing import (
    COARSE_METRES,
    coarse_position,
    coarse_time,
    exports_counts_only,
    is_staff,
    is_trial,
    sees,
    sees_inside,
    sees_work_unpublished,
    told_all,
    visible_kinds,
)
from samverkan_map.access.viewers import ANONYMOUS, COMMAND_LINE, SCREEN, Viewer, command_line

__all__ = [
    "ANONYMOUS", "COARSE_METRES", "COMMAND_LINE", "SCREEN", "TRAFFIC_FORUM", "TRAFFIC_KINDS", "Grant", "Viewer",
    "audit_head", "changed", "changes_of", "check", "coarse_position", "coarse_time", "coarsened", "command_line",
    "exports_counts_only", "find_audit", "gate", "grants", "hour_band", "is_staff", "is_traffic", "is_trial",
    "last_change", "may", "only_own", "refusal", "report_fields", "route_rows", "sees", "sees_inside",
    "sees_work_unpublished", "told_all", "verify", "visible_kinds",
]  # fmt: skip
