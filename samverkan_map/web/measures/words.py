"""What several pages of measures say in the same words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g

from samverkan_map import access, catalogue, measures, people
from samverkan_map.agreement import ProblemType
from samverkan_map.catalogue import CatalogueEntry
from samverkan_map.errors import NotFound
from samverkan_map.vocabulary import MeasureKind, Mechanism, Permission, ReportKind, Term
from samverkan_map.web.catalogue import types_of
from samverkan_map.web.texts import Format, choice, label, t

FEW = 20
"""Below so many reports before, counts are told instead of per cent."""


def internal() -> bool:
    """Whether the visitor works with the measures: causes, notes and names are for those only."""
    return bool(access.visible_kinds(g.viewer))


def follow_up_state(measure: Any, today: date) -> tuple[str, date | None]:
    """`none`, `waived`, `overdue`, `due` or `done` with the day that belongs to it: what is most urgent wins."""
    if measure.waiver and not measure.follow_ups:
        return "waived", None
    open_days = sorted(found.due_on for found in measure.follow_ups if found.done_on is None)
    if open_days:
        return ("overdue" if open_days[0] < today else "due"), open_days[0]
    done_days = [found.done_on for found in measure.follow_ups]
    return ("done", max(done_days)) if done_days else ("none", None)


def entry_of(code: str | None) -> CatalogueEntry | None:
    """The entry of the catalogue with a code, or None when there is none (any longer)."""
    try:
        return g.catalogue.get(code) if code else None
    except NotFound:
        return None


def owners() -> list[tuple[int, str]]:
    """Who may be responsible: all organisations, or only the visitor's own where that is all the visitor may."""
    found = people.find_organisations(g.session)
    own = access.only_own(g.viewer, Permission.EDIT_MEASURE)
    return [(one.id, one.name) for one in found if not own or one.id == g.viewer.organisation_id]


def organisations() -> list[tuple[int, str]]:
    """Everybody who can promise something."""
    return [(one.id, one.name) for one in people.find_organisations(g.session)]


def types_words(codes: Sequence[str]) -> str:
    """Types of report in the middle of a sentence."""
    return ", ".join(label(g.agreement.types[code]).lower() for code in codes)


def types() -> list[tuple[str, str]]:
    """The types of report that can be counted: what is safe or liked is no event to have fewer of."""
    return [(code, choice(one)) for code, one in g.agreement.types.items() if countable(one)]


def countable(one: ProblemType) -> bool:
    """Whether a measure may be followed up by the reports of a type."""
    return bool(one.rows) and one.kind is not ReportKind.STRENGTH


def codes(table: str, kind: Any) -> list[tuple[str, str]]:
    """The words of a vocabulary as choices of a form."""
    return [(word.value, t(f"vocabulary.{table}.{word.value}")) for word in kind]


def word_choices() -> dict[str, list[tuple[str, str]]]:
    """The choices of mechanism, kind and term."""
    return {
        "mechanisms": codes("mechanism", Mechanism),
        "kinds": codes("measure_kind", MeasureKind),
        "terms": codes("term", Term),
    }


def entry_groups(type_codes: Sequence[str]) -> list[tuple[str, str, list[CatalogueEntry]]]:
    """The catalogue in groups (key, heading, entries): first what is used against the types, then by mechanism."""
    found: catalogue.Catalogue = g.catalogue
    fitting = [entry for entry in found.entries if {one.code for one in types_of(entry)} & set(type_codes)]
    groups = [("fitting", t("measures.entries_fitting"), fitting)] if fitting else []
    for mechanism, entries in found.by_mechanism().items():
        rest = [entry for entry in entries if entry not in fitting]
        if rest:
            groups.append((mechanism.value, t(f"vocabulary.mechanism.{mechanism}"), rest))
    return groups


@dataclass(frozen=True)
class Detectable:
    """What could be seen at all, in words: the count before, the change, and what else can be done."""

    lines: list[str]
    hopeless: bool


def detectable(where: Sequence[Any], *, type_codes: Sequence[str], start: date | None, months: int | None):
    """The smallest change that could be seen with the numbers of these places; None while something is missing."""
    known = [code for code in type_codes if code in g.agreement.types]
    if not (where and known and start and months) or months not in measures.WINDOW_MONTHS:
        return None
    if measures.left_out(g.agreement, known):
        return Detectable([t("refusals.measures.accidents_added")], hopeless=True)
    before, period = measures.expected_before(
        g.session, g.viewer, g.agreement, where, types=known, start=start, window_months=months, today=g.today
    )
    dates = Format(g.language)
    lines = [t("measures.detect_before", n=before, start=dates.month(period.start), end=dates.month(_last(period.end)))]
    found = measures.smallest_change(before)
    percent = found.percent if found else None
    if percent is None:
        lines += [t("measures.detect_never"), t("measures.detect_instead")]
        return Detectable(lines, hopeless=True)
    lines += [_change(before, percent)]
    return Detectable(lines + ([t("measures.detect_instead")] if percent < -50 else []), hopeless=False)


def _last(end: date | None) -> date | None:
    return None if end is None else date.fromordinal(end.toordinal() - 1)


def _change(before: int, percent: float) -> str:
    # Rounded away from what can be seen, so that no more is promised than holds.
    needed = min(100, -int(percent // 5) * 5)
    if before < FEW:
        return t("measures.detect_counts", n=before, most=int(before * (1 + percent / 100)))
    return t("measures.detect_large" if needed >= 50 else "measures.detect_change", percent=needed)
