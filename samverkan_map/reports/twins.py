"""Rows that have the id of an earlier row of the same file, far apart in it, and say something else."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samverkan_map.db import bulk
from samverkan_map.db.tables import Report
from samverkan_map.exchange.table import Table
from samverkan_map.reports.deliveries import Preview, Refused
from samverkan_map.reports.reading import Reading
from samverkan_map.reports.rows import same_id

Name = tuple[str, str]
"""Source and reference of a row."""


def settle(session: Session, reading: Reading, table: Table, preview: Preview, delivery_id: int) -> None:
    """Refuse those of the known rows that are known from this file itself and are not the same row once more.

    The file is read a second time, and only when there are any: to remember every row of a large file would cost more.
    Raises BadFile.
    """
    wanted = _of_this_file(session, reading, delivery_id)
    if not wanted:
        return
    refused = {one.row_number for one in preview.refused}
    first: dict[Name, tuple[int, list[str]]] = {}
    for block in table.blocks():
        given = block.values.get("source_ref") or [""] * len(block)
        sources = block.values.get("source") or [""] * len(block)
        for index, number in enumerate(block.row_numbers):
            name = (sources[index] or reading.source or "", given[index])
            if name not in wanted or number in refused:
                continue
            other, row = first.setdefault(name, (number, block.originals[index]))
            if row != block.originals[index]:
                preview.refused.append(Refused(number, *same_id(other), block.original(index)))
                preview.known -= 1
    preview.refused.sort(key=lambda one: one.row_number)


def _of_this_file(session: Session, reading: Reading, delivery_id: int) -> set[Name]:
    """The names of known rows that came in with the delivery itself."""
    by_source: dict[str, set[str]] = {}
    for source, reference in reading.again:
        by_source.setdefault(source, set()).add(reference)
    if not by_source or not session.scalar(select(func.count(Report.id)).where(Report.delivery_id == delivery_id)):
        return set()
    return {
        (source, reference)
        for source, references in by_source.items()
        for reference in bulk.known_references(session, source, references, delivery_id=delivery_id)
    }
