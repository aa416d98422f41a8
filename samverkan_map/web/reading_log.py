"""The reading of protected rows, recorded in a transaction of its own so that the page itself takes no write lock.

While somebody else writes for long, the line waits in a file (`waiting`) and the page does not.
"""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime
from typing import Any

from flask import Flask, current_app, g, request

from samverkan_map import access
from samverkan_map.errors import DatabaseTrouble
from samverkan_map.vocabulary import Permission
from samverkan_map.waiting import Waiting
from samverkan_map.web import transactions
from samverkan_map.web.transactions import SAFE

TRY_AGAIN_SECONDS = 5
"""So long after the database was locked nobody waits for it again."""

_log = logging.getLogger("samverkan")


class ReadingLog:
    """What one process knows of the readings: which it has recorded this hour, and when the database was locked."""

    def __init__(self, app: Flask) -> None:
        self.waiting = Waiting(app.extensions["samverkan"].instance)
        self.translate = app.extensions["translate"]
        self.locked_until = 0.0
        self.hour = ""
        self.recorded: dict[tuple[Any, ...], object] = {}

    def note(
        self,
        database: Any,
        viewer: access.Viewer,
        permission: Permission,
        details: dict[str, object],
        about: Any = None,
    ) -> None:
        """Record a reading in the log, after all that wait; in the file when the database is locked.

        `about` is what the viewer may read it of. The file does not keep it, so a task's reading comes in from there as
        one that nobody may do any more, with who did it.
        """
        if time.monotonic() >= self.locked_until and self._write(database, viewer, permission, details, about):
            return
        try:
            self.waiting.put(viewer, permission, details)
        except OSError as error:
            raise DatabaseTrouble("database.locked") from error

    def note_hourly(
        self, database: Any, viewer: access.Viewer, permission: Permission, details: dict[str, Any]
    ) -> None:
        """Record a reading unless this very one was recorded in this hour already."""
        hour = f"{datetime.now(UTC):%Y-%m-%d %H}"
        if self.hour != hour:
            self.recorded, self.hour = {}, hour
        key, mine = (viewer, permission, *details.items()), object()
        if self.recorded.setdefault(key, mine) is not mine:
            return
        try:
            self.note(database, viewer, permission, details)
        except BaseException:
            # It was not recorded, so the next reading is the first.
            self.recorded.pop(key, None)
            raise

    def catch_up(self, database: Any) -> None:
        """Put the lines that wait into the log if that can be done now; nobody who asks for something else is told."""
        if not self.waiting.there() or time.monotonic() < self.locked_until:
            return
        try:
            self._write(database)
        except Exception as error:
            self.locked_until = time.monotonic() + TRY_AGAIN_SECONDS
            _log.error(json.dumps({"result": "trouble", "key": "waiting", "words": type(error).__name__}))

    def _write(self, database: Any, *line: Any) -> bool:
        """Whether the waiting lines and this one came into the log; not when the database was locked."""
        if not self.waiting.there():
            done = transactions.short(database, self.translate, lambda session: _gate(session, *line))
        else:
            with self.waiting.held():
                done = transactions.short(database, self.translate, lambda session: self._late(session, *line))
                if done:
                    self.waiting.forget()
        if not done:
            self.locked_until = time.monotonic() + TRY_AGAIN_SECONDS
        return done

    def _late(self, session: Any, *line: Any) -> None:
        self.waiting.take_in(session)
        _gate(session, *line)


def _gate(session: Any, *line: Any) -> None:
    if line:
        viewer, permission, details, about = line
        access.gate(session, viewer, permission, about, **details)


def register(app: Flask, database: Any) -> None:
    """Take in what an earlier process had to leave waiting, and what waits now before each request."""
    log = app.extensions["reading_log"] = ReadingLog(app)
    log.catch_up(database)

    @app.before_request
    def catch_up() -> None:
        if request.method in SAFE:
            log.catch_up(g.database)


def note_reports(**details: object) -> None:
    """Record that the visitor is shown single reports on a page about something else, when that is to be recorded."""
    if access.may(g.viewer, Permission.SEE_EXACT_REPORTS):
        note(Permission.SEE_EXACT_REPORTS, **details)


def note_words(about: Any = None, **details: object) -> None:
    """Record that the visitor is sent the words of a report (`report`), or of so many (`count`).

    `about` is the letter or its like by which it is told whether the visitor sees them.
    """
    if access.may(g.viewer, Permission.SEE_RAW_TEXT, about):
        note(Permission.SEE_RAW_TEXT, about, **details)


def note(permission: Permission, about: Any = None, **details: object) -> None:
    """Record that the visitor reads what this permission lets see, as often as the table says; only of a GET.

    `about` is what it is looked at on, where that decides who may; nothing that is recorded hourly is.
    """
    wanted = access.grants()[permission].read_logged
    if wanted == "no" or request.method not in SAFE:
        return
    log: ReadingLog = current_app.extensions["reading_log"]
    told = {"page": request.endpoint, **details}
    if wanted == "hourly":
        log.note_hourly(g.database, g.viewer, permission, told)
    else:
        log.note(g.database, g.viewer, permission, told, about)
