"""What we do not know: what the reports lack, who stands behind them, and which sources say nothing."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from sqlalchemy import select

from samverkan_map import reports
from samverkan_map import sources as other_sources
from samverkan_map.db.tables import Organisation
from samverkan_map.situation.asked import EYES, Facts, Gathering, halves, write_period
from samverkan_map.situation.figure import Figure, Row, Sentence, nothing
from samverkan_map.vocabulary import Period, add_months

CARD = "unknown"
HALF = 0.5


def count(gathering: Gathering) -> dict[str, Any]:
    """Reports of the period without hour, place or sub-area, by source and organisation, and months without any."""
    agreement, now = gathering.agreement, gathering.spans.now
    sources = {code: 0 for code, one in agreement.sources.items() if not one.context} | _beside(gathering)
    if now is None:
        return {"sources": sources, "total": 0, "asked": write_period(gathering.period)}
    chosen = gathering.chosen(None)
    mine = halves(chosen, gathering.spans).now
    by_source = halves(chosen, gathering.spans).counts("source")
    silent = {code: 0 for code, number in sources.items() if not number and code not in by_source}
    organisations = chosen.column("organisation")[mine]
    numbers, counts = np.unique(organisations[organisations >= 0], return_counts=True)
    largest = int(counts.argmax()) if len(counts) else -1
    quiet = reports.quiet_in(gathering.session, now)
    day = chosen.column("day")[mine]
    return {
        "total": int(mine.sum()),
        "no_hour": int((chosen.column("hour")[mine] < 0).sum()),
        "no_place": int((~chosen.column("mapped")[mine]).sum()),
        "no_area": int((chosen.frame.lookup("area", lambda code: not code)[chosen.column("area")[mine]]).sum()),
        "reported": {code: pair[0] for code, pair in by_source.items()},
        "sources": dict(Counter(sources) + Counter({code: pair[0] for code, pair in by_source.items()})) | silent,
        "organisations": len(numbers),
        "by_organisations": int(counts.sum()),
        "organisation": _name(gathering, int(numbers[largest])) if largest >= 0 else "",
        "of_organisation": int(counts[largest]) if largest >= 0 else 0,
        "empty_months": _empty_months(now, day),
        "quiet": [quiet.organisations, quiet.weeks],
        "asked": write_period(gathering.period),
    }


def _beside(gathering: Gathering) -> dict[str, int]:
    """How many figures and themes the sources beside the reports hold for the period."""
    session, agreement, period = gathering.session, gathering.agreement, gathering.period
    told = other_sources.gather(session, EYES, agreement, period, today=gathering.today)
    found = Counter(asked.source for of in told.areas.values() for asked in of.felt)
    found.update(one.source for one in other_sources.dialogues.find(session, EYES, agreement, period))
    if agreement.statistics.crime_source:
        found[agreement.statistics.crime_source] += sum(map(len, told.crimes.values()))
    return {code: number for code, number in found.items() if number}


def _name(gathering: Gathering, number: int) -> str:
    return gathering.session.scalar(select(Organisation.name).where(Organisation.id == number)) or ""


def _empty_months(now: Period, day: np.ndarray) -> list[str]:
    assert now.start and now.end
    told = set(map(str, day.astype("datetime64[D]").astype("datetime64[M]")))
    found, month = [], now.start
    while month < now.end:
        if month.isoformat()[:7] not in told:
            found.append(month.isoformat()[:7])
        month = add_months(month, 1)
    return found


def derive(facts: Facts) -> list[Figure]:
    """What the reports lack, and which sources there are."""
    return [_lacking(facts), _sources(facts.counts["sources"])]


def _lacking(facts: Facts) -> Figure:
    held, total = facts.counts, facts.counts["total"]
    if not total:
        return nothing("lacking", CARD, "reports_at_all")
    source, of_source = max(held["reported"].items(), key=lambda one: (one[1], one[0]))
    rows: list[Row] = [
        {"lack": "no_hour", "name": "", "count": held["no_hour"], "percent": 100 * held["no_hour"] / total},
        {"lack": "no_place", "name": "", "count": held["no_place"], "percent": 100 * held["no_place"] / total},
        {"lack": "no_area", "name": "", "count": held["no_area"], "percent": 100 * held["no_area"] / total},
        {"lack": "largest_source", "name": source, "count": of_source, "percent": 100 * of_source / total},
    ]
    if held["organisation"]:
        one = held["of_organisation"]
        rows.append({
            "lack": "largest_organisation", "name": held["organisation"], "count": one, "percent": 100 * one / total,
        })  # fmt: skip
    fields = {"no_hour": rows[0]["percent"], "no_place": rows[1]["percent"]}
    return Figure(
        "lacking", ("lacking", fields), ("lack", "count", "percent"), rows, total, CARD, (),
        {"kind": "bars", "label": "lack"}, _notes(facts),
    )  # fmt: skip


def _notes(facts: Facts) -> list[Sentence]:
    held, found = facts.counts, []
    if held["of_organisation"] > HALF * held["total"]:
        found.append(("one_organisation", {"name": held["organisation"], "count": held["of_organisation"]}))
    if held["empty_months"]:
        found.append(("empty_months", {"months": ", ".join(held["empty_months"])}))
    now = facts.spans.now
    if now and now.end and held["asked"] and now.end.isoformat() < held["asked"][1]:
        found.append(("data_ends", {"day": now.end.isoformat()}))
    if not facts.compared:
        found.append(("not_compared", {}))
    if held["quiet"][1]:
        found.append(("quiet", {"organisations": held["quiet"][0], "n": held["quiet"][1]}))
    return [*found, ("only_reported", {})]


def _sources(counts: dict[str, int]) -> Figure:
    rows = [{"source": code, "count": number} for code, number in sorted(counts.items(), key=lambda one: -one[1])]
    silent = [code for code, number in counts.items() if not number]
    fields: dict[str, Any] = {"told": len(counts) - len(silent), "n": len(counts)}
    picture = {"kind": "bars", "label": "source"}
    notes: list[Sentence] = [("silent_sources", {"sources": silent})] if silent else []
    return Figure("sources", ("sources", fields), ("source", "count"), rows, len(counts), CARD, (), picture, notes)
