"""What may be counted as one number: accidents never with what people report, and never what people like."""

from __future__ import annotations

from collections.abc import Iterable

from samverkan_map.agreement import Agreement
from samverkan_map.vocabulary import ReportKind


def counted_together(agreement: Agreement, codes: Iterable[str]) -> list[str]:
    """The types (codes) of a plan that are counted as one number, in the order given.

    A plan from before accidents were kept apart counts what it has beside them; praise is no event.
    """
    events = [code for code in codes if _kind(agreement, code) is not ReportKind.STRENGTH]
    return [code for code in events if code not in left_out(agreement, events)]


def left_out(agreement: Agreement, codes: Iterable[str]) -> list[str]:
    """The accidents that stand among other events, and so are not counted; nothing where accidents stand alone."""
    events = [code for code in codes if _kind(agreement, code) is not ReportKind.STRENGTH]
    accidents = [code for code in events if _kind(agreement, code) is ReportKind.ACCIDENT]
    return accidents if len(accidents) < len(events) else []


def _kind(agreement: Agreement, code: str) -> ReportKind | None:
    return agreement.types[code].kind if code in agreement.types else None
