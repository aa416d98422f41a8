"""What is worked with: places by phase, and measures by state with what persons judged of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from samverkan_map import measures, places
from samverkan_map.agreement import Agreement
from samverkan_map.db.tables import Place
from samverkan_map.situation.asked import EYES, Facts, Gathering
from samverkan_map.situation.figure import Figure, Row, leading, nothing
from samverkan_map.situation.sections.mapped import point_of
from samverkan_map.vocabulary import MeasureStatus, Phase, Verdict

PLACES, MEASURES = "places", "measures"


def count(gathering: Gathering) -> dict[str, Any]:
    """Places by focus area and phase with their steps in the period; measures by state."""
    session, period = gathering.session, gathering.period
    assert period.start and period.end
    found = places.find(session, EYES)
    open_ones = [one for one in found if one.closed_on is None]
    steps = [move for one in found for move in one.moves if period.start <= move.on < period.end]
    done = measures.find(session, EYES)
    stands = measures.standing(done, gathering.today)
    return {
        "places": [
            {"focus": focus, "phase": phase, "count": number}
            for (focus, phase), number in sorted(Counter((one.focus, one.phase) for one in open_ones).items())
        ],
        "listed": [_place(one, gathering.agreement) for one in open_ones],
        "opened": sum(period.start <= one.opened_on < period.end for one in found),
        "closed": sum(one.closed_on is not None and period.start <= one.closed_on < period.end for one in found),
        "back": sum(move.back for move in steps),
        "laps": sum(one.lap > 1 for one in open_ones),
        "measures": dict(sorted(Counter(str(one.status) for one in done).items())),
        "never": len(stands.never),
        "overdue": len(stands.overdue),
        "waived": len(stands.waived),
        "verdicts": dict(sorted(Counter(str(plan.verdict) for one in done for plan in one.follow_ups
                                        if plan.verdict).items())),
    }  # fmt: skip


def _place(one: Place, agreement: Agreement) -> dict[str, Any]:
    since = one.moves[-1].on if one.moves else one.opened_on
    return {
        "place": one.name, "focus": one.focus, "area": one.area or "", "phase": one.phase, "lap": one.lap,
        "since": since.isoformat(), "at": point_of(one.geom, (one.focus,), agreement),
    }  # fmt: skip


def derive(facts: Facts) -> list[Figure]:
    """Places and measures."""
    held = facts.counts
    return [_places(held), *_listed(held), _measures(held)]


def _places(held: Mapping[str, Any]) -> Figure:
    total = sum(one["count"] for one in held["places"])
    if not total:
        return nothing("places", PLACES, "places")
    by_phase = Counter()  # type: ignore[var-annotated]
    for one in held["places"]:
        by_phase[one["phase"]] += one["count"]
    phases = [str(phase) for phase in Phase]
    focus_areas = list(dict.fromkeys(one["focus"] for one in held["places"]))
    known = {(one["focus"], one["phase"]): one["count"] for one in held["places"]}
    rows = [{"focus": focus} | {phase: known.get((focus, phase), 0) for phase in phases} for focus in focus_areas]
    stand = [{"phase": phase, "count": by_phase[phase]} for phase in phases]
    return Figure(
        "places", leading("places", "phase", stand, {"n": total}), ("focus", *phases), rows, total, PLACES, (),
        {"kind": "fields", "label": "focus", "columns": phases, "least": 0, "most": 1, "open": True},
        [("places_moved", {name: held[name] for name in ("opened", "closed", "back", "laps")})],
    )  # fmt: skip


def _listed(held: Mapping[str, Any]) -> list[Figure]:
    """Each place with its phase, on a map those that may have a point; nothing of versions from before it was kept."""
    phases = [str(phase) for phase in Phase]
    told = sorted(held.get("listed", ()), key=lambda one: (phases.index(one["phase"]), one["since"], one["place"]))
    if not told:
        return []
    rows: list[Row] = [{"number": number} | one for number, one in enumerate(told, 1)]
    at = [[row["number"], *row["at"]] for row in rows if row["at"]]
    longest = min(rows, key=lambda row: (row["since"], row["place"]))
    fields = {"n": len(rows), "place": longest["place"], "phase": longest["phase"], "day": longest["since"]}
    return [
        Figure(
            "under_work", ("under_work", fields), ("number", "place", "focus", "area", "phase", "lap", "since"),
            [{name: row[name] for name in row if name != "at"} for row in rows], len(rows), PLACES, (),
            {"kind": "points", "at": at, "of": "places", "by": "phase"} if at else None,
        )
    ]  # fmt: skip


def _measures(held: Mapping[str, Any]) -> Figure:
    total = sum(held["measures"].values())
    if not total:
        return nothing("measures", MEASURES, "measures")
    rows = [{"status": str(one), "count": held["measures"].get(one, 0)} for one in MeasureStatus]
    judged = sum(held["verdicts"].values())
    done = held["measures"].get(MeasureStatus.DONE, 0)
    return Figure(
        "measures", ("measures", {"n": total, "done": done, "judged": judged, "never": held["never"]}),
        ("status", "count"), rows, total, MEASURES, (), {"kind": "bars", "label": "status"},
        [("measures_judged", {"helped": held["verdicts"].get(Verdict.HELPED, 0),
                              "unclear": held["verdicts"].get(Verdict.CANNOT_TELL, 0),
                              "not_helped": held["verdicts"].get(Verdict.DID_NOT_HELP, 0)}),
         ("measures_late", {"overdue": held["overdue"], "waived": held["waived"]})],
    )  # fmt: skip
