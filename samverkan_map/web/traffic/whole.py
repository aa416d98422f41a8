"""The whole of what the list of stretches shows only the first of: accidents, junctions, verdicts, the measuring queue
and the stretches with doubtful reports, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import g, render_template, url_for

from samverkan_map import access, traffic
from samverkan_map.analysis.streets.snapping import RIVAL_METRES
from samverkan_map.errors import NotFound
from samverkan_map.traffic import Doubts, Held, Row
from samverkan_map.vocabulary import Permission, ReportKind
from samverkan_map.web import periods
from samverkan_map.web.texts import t
from samverkan_map.web.traffic import listing, words
from samverkan_map.web.traffic.asked import comparison, wanted
from samverkan_map.web.traffic.blueprint import blueprint
from samverkan_map.web.traffic.listing import PER_PAGE, Listed

FIRST = 20
"""So many of each are shown below the list of stretches; the rest has a page of its own."""

ON_ROADS = (ReportKind.TRAFFIC, ReportKind.ACCIDENT)

VERDICTS = {
    Held.BOTH: "kant-och-matt", Held.FELT: "kant-inte-hogt", Held.MEASURED: "matt-inte-kant",
    Held.NEVER: "aldrig-matt", Held.CALM: "varken-eller",
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One of the lists: its name in the address, which of the template's tables it is, all of it, and its heading."""

    name: str
    kind: str
    heading: str
    rows: Sequence[Any]

    @property
    def first(self) -> Sequence[Any]:
        """What the list of stretches shows of it."""
        return self.rows[:FIRST]

    @property
    def address(self) -> str:
        """The address of the whole, with the filters of this page."""
        return url_for("traffic.whole", part=self.name, **args(g.listed))


@blueprint.get("/trafik/hela/<part>")
def whole(part: str) -> str:
    """One of the lists, whole. Raises NotFound, also for the doubtful when single reports are not for this visitor."""
    if part not in MAKERS:
        raise NotFound("access.errors.not_found")
    if part == DOUBTFUL:
        access.check(g.viewer, Permission.SEE_EXACT_REPORTS)
    found = listed()
    made = part_of(part, found)
    pages = max(1, -(-len(made.rows) // PER_PAGE))
    page = min(found.asked.page, pages)
    return render_template(
        "traffic/whole.html",
        part=made,
        rows=made.rows[(page - 1) * PER_PAGE : page * PER_PAGE],
        page=page,
        pages=pages,
        first=(page - 1) * PER_PAGE + 1,
        period=periods.words(found.ranking.spans.now),
        words=words,
        kept=args(found),
        args=args(found),
        least=words.PUBLIC_LEAST,
    )


def listed() -> Listed:
    """The list of the address, remembered for the addresses that lead from it. Raises BadQuestion."""
    g.listed = listing.listed()
    return g.listed


def part_of(name: str, found: Listed) -> Part:
    """One of the lists of what the address means."""
    return MAKERS[name](name, found)


def verdicts(found: Listed) -> list[tuple[Held, Part]]:
    """The list of each verdict of the ledger."""
    # One step per row: a list of thousands is shared out at every look.
    rows: dict[Held, list[Row]] = {verdict: [] for verdict in VERDICTS}
    for row in found.rows:
        rows[row.held].append(row)
    return [(verdict, _of_verdict(verdict, those)) for verdict, those in rows.items()]


def _of_verdict(verdict: Held, rows: list[Row]) -> Part:
    return Part(VERDICTS[verdict], "verdict", t(f"traffic.held.{verdict}"), rows)


def doubts(found: Listed) -> Doubts:
    """How sure the list is: the doubtful complaints and accidents on its stretches."""
    if "doubts" not in g:
        g.doubts = _doubts(found)
    return g.doubts


def _doubts(found: Listed) -> Doubts:
    kinds = tuple(kind for kind in ON_ROADS if not found.asked.kinds or kind in found.asked.kinds)
    if not kinds:
        return Doubts(0, {})
    asked = replace(
        found.asked, kinds=kinds, period=found.ranking.spans.now, keepers=(), areas=(), text="", bbox=None, phases=(),
        statuses=(), sort="", page=1,
    )  # fmt: skip
    known = traffic.doubts(g.session, g.viewer, g.agreement, asked)
    shown = {row.road.id: row.complaints + row.accidents for row in found.rows}
    here = {number: n for number, n in known.per_road.items() if number in shown}
    return Doubts(sum(shown.values()), here)


def doubts_words(found: Doubts) -> str:
    """How sure the list is, in a sentence; nothing when no report is doubtful."""
    if not found.total:
        return ""
    return t("traffic.doubts", n=found.total, total=found.on_stretch, metres=round(RIVAL_METRES))


def args(found: Listed) -> dict[str, Any]:
    """The filters of the list as address values."""
    return found.asked.as_args(page=None) | (
        {"compare": comparison()} if comparison() != traffic.COMPARISONS[0] else {}
    )


def _accidents(name: str, found: Listed) -> Part:
    return Part(name, "accidents", t("traffic.accidents"), [row for row in found.rows if row.accidents])


def _junctions(name: str, found: Listed) -> Part:
    return Part(name, "junctions", t("traffic.junctions"), listing.junctions(found))


def _queue(name: str, found: Listed) -> Part:
    return Part(name, "queue", t("traffic.queue"), wanted(found.ranking, found.rows, found.work))


def _doubtful(name: str, found: Listed) -> Part:
    counts = doubts(found).per_road
    rows: list[tuple[Row, int]] = [(row, counts[row.road.id]) for row in found.rows if row.road.id in counts]
    return Part(name, "doubtful", t("traffic.snaps.heading"), sorted(rows, key=lambda one: -one[1]))


def _held(verdict: Held) -> Callable[[str, Listed], Part]:
    return lambda name, found: _of_verdict(verdict, [row for row in found.rows if row.held is verdict])


ACCIDENTS, JUNCTIONS, QUEUE, DOUBTFUL = "olyckor", "korsningar", "matko", "osakra"
MAKERS: dict[str, Callable[[str, Listed], Part]] = {
    ACCIDENTS: _accidents, JUNCTIONS: _junctions, QUEUE: _queue, DOUBTFUL: _doubtful,
    **{name: _held(verdict) for verdict, name in VERDICTS.items()},
}  # fmt: skip
