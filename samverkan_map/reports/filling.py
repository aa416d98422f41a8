"""Blocks of a file on their way into the database, which is asked for known rows only where there can be any."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map.db import bulk
from samverkan_map.db.tables import Report
from samverkan_map.reports.deliveries import Preview, Refused
from samverkan_map.reports.rows import Examined, Rows

SHOWN_EXAMPLES = 10


class Filling:
    """Takes examined blocks one after the other and tells `preview` what became of their rows.

    Most files hold nothing that is known. As long as nothing of a source is stored, a block goes in unasked while the
    next one is read, and the database itself says when one of its rows was there already: then it is asked from the
    next block on, and of that one block every row counts as possibly known (`twins` looks at them once more).
    """

    def __init__(self, session: Session, load: bulk.Load, preview: Preview, delivery_id: int) -> None:
        self.session, self.load, self.preview, self.delivery_id = session, load, preview, delivery_id
        self.all_new = True
        self._nothing_of: dict[str, bool] = {}
        self._unasked: Examined | None = None

    def take(self, found: Examined) -> None:
        """Send a block, and tell the preview of all its rows."""
        if self._goes_unasked(found):
            self._send(found, set())
            self._unasked = found
            return
        self.settle()
        known = self._known(found.refs)
        self._remember(found, sorted(known))
        self._send(found, known)

    def settle(self) -> None:
        """Wait until every block that was sent is stored; only then may the connection be used for anything else."""
        self._stored(self.load.settle())

    def _goes_unasked(self, found: Examined) -> bool:
        """Whether all rows of a block can be stored, differ, and are of sources nothing of which was there before."""
        sources, references = found.refs
        if not self.all_new or not found.left.all() or not bulk.all_differ(sources, references):
            return False
        given = set(sources)
        for source in given - self._nothing_of.keys():
            self.settle()
            of_it = select(Report.id).where(Report.source == source, Report.delivery_id != self.delivery_id)
            self._nothing_of[source] = self.session.scalar(of_it.limit(1)) is None
        return all(self._nothing_of[source] for source in given)

    def _send(self, found: Examined, known: set[int]) -> None:
        rows = found.rows(known)
        self._tell(found, rows, known)
        self._stored(self.load.send(rows.columns(self.delivery_id, found.reading)))

    def _stored(self, number: int) -> None:
        """So many rows of the block before went in."""
        self.preview.count_stored(number)
        before, self._unasked = self._unasked, None
        if before and number < len(before.block):
            self.all_new = False
            self._remember(before, range(len(before.block)))

    def _remember(self, found: Examined, which: range | list[int]) -> None:
        sources, references = found.refs
        found.reading.again += [(sources[index], references[index]) for index in which]

    def _tell(self, found: Examined, rows: Rows, known: set[int]) -> None:
        block, preview, refused = found.block, self.preview, found.refused_but(known)
        preview.read += len(block)
        preview.left_out += len(block) - len(rows) - len(refused) - len(known)
        for index, why in sorted(refused.items()):
            preview.refused.append(Refused(block.row_numbers[index], *why, block.original(index)))
        preview.known += len(known) + len(rows)  # until the database has said which of them are new
        preview.examples += rows.shown(SHOWN_EXAMPLES - len(preview.examples))
        for key, fields in found.reading.notes:
            preview.note(key, **fields)

    def _known(self, refs: tuple[list[str], list[str]]) -> set[int]:
        """Which of a block's rows the database holds already."""
        by_source: dict[str, list[int]] = {}
        for index, source in enumerate(refs[0]):
            by_source.setdefault(source, []).append(index)
        known: set[int] = set()
        for source, rows in by_source.items():
            if found := bulk.known_references(self.session, source, [refs[1][index] for index in rows]):
                known.update(index for index in rows if refs[1][index] in found)
        return known
