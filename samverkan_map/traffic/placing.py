"""Where each report of the frame in memory counts: on a stretch, in a junction, or on neither."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from samverkan_map.access import TRAFFIC_KINDS
from samverkan_map.db.tables import Report, Snap
from samverkan_map.reports import Chosen
from samverkan_map.reports.frame import CENTIMETRES, Frame
from samverkan_map.traffic.roads import Roads

JUNCTION_METRES = 15
"""What happens this near to where at least three arms meet belongs to the junction and to none of them."""


@dataclass(frozen=True, eq=False)
class Placed:
    """For each report of a frame the index of its stretch in `Roads.rows`, or of its junction; -1 for none.

    No report has both.
    """

    stretch: np.ndarray
    junction: np.ndarray

    def stretch_of(self, chosen: Chosen) -> np.ndarray:
        """The same of the chosen reports."""
        return self.stretch[chosen.rows][chosen.mask]

    def junction_of(self, chosen: Chosen) -> np.ndarray:
        """The same of the chosen reports."""
        return self.junction[chosen.rows][chosen.mask]


def placed(session: Session, frame: Frame, roads: Roads) -> Placed:
    """Where the reports of a frame count, kept as long as neither they nor the stretches change.

    A report that somebody put on a stretch by hand stays there, also in a junction.
    """
    key = ("placed", roads.version)
    if key not in frame.kept:
        frame.kept[key] = _placed(session, frame, roads)
    return frame.kept[key]


def _placed(session: Session, frame: Frame, roads: Roads) -> Placed:
    stretch, junction = roads.indices(frame.stretch), np.full(len(frame), -1)
    asked = (stretch >= 0) & frame.mapped
    asked &= frame.lookup("kind", TRAFFIC_KINDS.__contains__)[frame.kind]
    rows = np.flatnonzero(asked)
    if len(rows) and len(roads.junctions):
        rows = rows[~np.isin(frame.id[rows], decided_ids(session))]
        spots = shapely.points(frame.e[rows] / CENTIMETRES, frame.n[rows] / CENTIMETRES)
        near = shapely.STRtree(shapely.points([one.at for one in roads.junctions])).query_nearest(
            spots, max_distance=JUNCTION_METRES, all_matches=False
        )
        junction[rows[near[0]]] = near[1]
    return Placed(np.where(junction >= 0, -1, stretch), junction)


def decided_ids(session: Session) -> list[int]:
    """The numbers of the reports that somebody put on a stretch, or on none, by hand."""
    same = and_(Snap.source == Report.source, Snap.source_ref == Report.source_ref)
    return list(session.scalars(select(Report.id).join(Snap, same)))
