"""Files of few rows, as stretches, speeds and surveys are: read and refused row by row, stored whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.orm import Session

from samverkan_map import access, screening
from samverkan_map.access import Viewer
from samverkan_map.db.tables import Delivery
from samverkan_map.errors import BadFile
from samverkan_map.exchange.table import Table
from samverkan_map.reports.deliveries import Preview, Refused
from samverkan_map.reports.intake import describe
from samverkan_map.vocabulary import Permission


@dataclass(frozen=True)
class Row:
    """One row of a file: where it stood, its values by our names, and the row as it was."""

    number: int
    values: Mapping[str, str]
    original: list[str]

    def refused(self, key: str, fields: Mapping[str, Any]) -> Refused:
        """This row with the reason why it is not taken in."""
        return Refused(self.number, key, dict(fields), self.original)


def start(actor: Viewer, permission: Permission, table: Table, needed: Mapping[str, bool]) -> Preview:
    """A preview that has said which columns were understood; `needed` names columns and whether the file has them.

    Raises NotAllowed, BadFile (a file name that points at a person, a needed column that is missing).
    """
    if not access.may(actor, permission):
        raise access.refusal(actor, permission)
    if screening.findings(table.path.name):
        raise BadFile("reports.errors.file_name")
    if lacks := [name for name, there in needed.items() if not there]:
        header = ", ".join(table.header[:30])
        raise BadFile("traffic.errors.no_columns", missing=", ".join(lacks), example=f"{lacks[0]}=…", header=header)
    preview = Preview()
    describe(table, preview)
    return preview


def rows_of(table: Table, preview: Preview) -> Iterator[Row]:
    """The rows of a file that can be read; those that cannot go to the preview."""
    for block in table.blocks():
        preview.read += len(block)
        for index in range(len(block)):
            values = {ours: column[index] for ours, column in block.values.items()}
            row = Row(block.row_numbers[index], values, block.original(index))
            if index in block.fault:
                preview.refused.append(row.refused(*block.fault[index]))
            else:
                yield row


class How(Protocol):
    """What every such file is taken in by."""

    @property
    def dry_run(self) -> bool:
        """Whether nothing is stored."""

    @property
    def partial(self) -> bool:
        """Whether the good rows are stored although others are refused."""


def keeps(how: How, preview: Preview) -> bool:
    """Whether anything is to be stored."""
    return not how.dry_run and preview.accepted > 0 and (how.partial or not preview.refused)


def delivery(
    by: Viewer, kind: str, path: Path, preview: Preview, file_hash: str, now: datetime, source: str = ""
) -> Delivery:
    """The file as it stands in the list of deliveries, not stored yet."""
    return Delivery(
        at=now, person_id=by.person_id, who=by.name, source=source, kind=kind, file_name=path.name,
        file_hash=file_hash, read=preview.read, accepted=preview.accepted, known=preview.known,
        refused=len(preview.refused), left_out=preview.left_out, notes=[list(note) for note in preview.notes],
    )  # fmt: skip


def store(
    session: Session,
    actor: Viewer,
    permission: Permission,
    arrived: Delivery,
    new: Sequence[Any],
    preview: Preview,
) -> None:
    """Store a delivery with what came in it. Raises NotAllowed."""
    session.add(arrived)
    session.flush()
    for one in new:
        one.delivery_id = arrived.id
    session.add_all(new)
    session.flush()
    preview.stored, preview.delivery_id = True, arrived.id
    access.gate(session, actor, permission, arrived, **_counts(preview))


def _counts(preview: Preview) -> dict[str, int]:
    """What the audit log keeps of an import."""
    return {
        "read": preview.read, "accepted": preview.accepted, "known": preview.known, "refused": len(preview.refused),
    }  # fmt: skip
