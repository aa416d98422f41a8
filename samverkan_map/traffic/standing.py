"""What the ledger says of the road that one report was made on, to be told to whoever reported or handles it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy.orm import Session

from samverkan_map import reports
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.question import Question
from samverkan_map.traffic import ledger
from samverkan_map.traffic.ledger import Held
from samverkan_map.traffic.placing import placed
from samverkan_map.traffic.roads import Road, current
from samverkan_map.traffic.spans import spans
from samverkan_map.vocabulary import Period, ReportKind


@dataclass(frozen=True)
class Standing:
    """The road and its verdict over the last twelve whole months. It holds no count, so a reporter may be told it."""

    road: Road
    held: Held


def standing_of(
    session: Session, viewer: Viewer, agreement: Agreement, report_id: int, *, today: date
) -> Standing | None:
    """The verdict on the stretch of a report, the same as in the list; None for a report that counts on none.

    `viewer` is somebody who sees complaints: whoever answers a reporter asks for them.
    """
    roads = current(session)
    periods = spans(Period(), "year", today, None)
    types = agreement.traffic.speed_types or ("",)
    asked = Question(kinds=(ReportKind.TRAFFIC,), types=types, period=periods.now)
    chosen = reports.choose(session, viewer, agreement, asked)
    where = placed(session, chosen.frame, roads)
    mine = np.flatnonzero(chosen.frame.id == report_id)
    if not len(mine) or where.stretch[mine[0]] < 0:
        return None
    at = int(where.stretch[mine[0]])
    felt = ledger.felt_from(agreement.traffic, periods.months)
    count = int((where.stretch_of(chosen) == at).sum())
    return Standing(roads.rows[at], ledger.hold(agreement.traffic, roads.rows[at], count, felt))
