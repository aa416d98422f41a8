"""One session per request, opened when first asked for and committed at the door after a good answer."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request
from flask.ctx import _AppCtxGlobals
from werkzeug.wrappers import Response

from samverkan_map.errors import DatabaseTrouble
from samverkan_map.web import answers

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

WAIT_SECONDS = 0.25
"""So long a page waits for another writer with what it writes beside its reading."""


class RequestGlobals(_AppCtxGlobals):
    """`g`, with a `session` that reads for a GET and takes the write lock for anything else."""

    @property
    def session(self) -> Any:
        """The request's session."""
        if "open_session" not in self:
            self.open_session = self.database.reading() if request.method in SAFE else self.database.writing()
        return self.open_session


def register(app: Flask, database: Any, translate: Callable[[Any], Exception | None]) -> None:
    """Give every request `g.database` and `g.session`; `translate` makes a fault of the database a sentence."""
    app.app_ctx_globals_class = RequestGlobals
    app.extensions["database"] = database
    app.extensions["translate"] = translate
    app.extensions["together"] = Together(database)

    @app.before_request
    def hand_over() -> None:
        g.database = database

    app.teardown_appcontext(_close)


def commit_first(app: Flask) -> None:
    """Commit before anybody else looks at the answer; to be called after all others have registered."""
    app.after_request(_commit)


def keep() -> None:
    """Commit what this request wrote although its answer is a no: the counter of failed tries."""
    g.keep = True


def short(database: Any, translate: Callable[[Any], Exception | None], write: Callable[[Any], None]) -> bool:
    """Write in a transaction of its own that waits only a moment; False when somebody else holds the database."""
    try:
        with database.writing(wait=WAIT_SECONDS) as session:
            write(session)
            session.commit()
        return True
    except Exception as error:
        trouble = translate(error)
        if not isinstance(trouble, DatabaseTrouble) or trouble.key != "database.locked":
            raise
        return False


def aside(write: Callable[[Any], None]) -> bool:
    """`short`, beside the reading of this request."""
    return short(g.database, current_app.extensions["translate"], write)


@dataclass
class _Job:
    """What one request wants written, and what came of it."""

    write: Callable[[Any], Any]
    done: bool = False
    found: Any = None
    error: Exception | None = None


class Together:
    """Requests of one process that want to write something small at the same moment: whoever comes to the database
    first writes for all that wait, and one commit keeps it all. When one of them is refused all are written once more,
    each in a savepoint of its own: that is seldom, and a savepoint for each costs more than what is in it.

    A commit is mostly waiting for the disk, and whoever asks for a lock that is held looks again ever more seldom.
    """

    def __init__(self, database: Any) -> None:
        self.database = database
        self.turn = threading.Lock()
        self.waiting: deque[_Job] = deque()

    def write(self, write: Callable[[Any], Any]) -> Any:
        """What `write` gives for a session, once that is committed. Raises what it or the commit raised.

        `write` may be called twice, and then only the second time counts.
        """
        mine = _Job(write)
        self.waiting.append(mine)
        with self.turn:
            if not mine.done:
                self._write_all()
        if mine.error:
            raise mine.error
        return mine.found

    def _write_all(self) -> None:
        jobs = [self.waiting.popleft() for _ in range(len(self.waiting))]
        try:
            with self.database.writing() as session:
                _carry_out(session, jobs)
                session.commit()
        except Exception as error:
            for job in jobs:
                job.error = job.error or error
        for job in jobs:
            job.done = True


def _carry_out(session: Any, jobs: list[_Job]) -> None:
    session.connection()  # The wait for somebody else's lock is one for all, and when it is in vain so is all of this.
    try:
        for job in jobs:
            job.found = job.write(session)
    except Exception:
        session.rollback()
        for job in jobs:
            _carry_out_apart(session, job)


def _carry_out_apart(session: Any, job: _Job) -> None:
    try:
        with session.begin_nested():
            job.found = job.write(session)
    except Exception as error:
        job.error = error


def together(write: Callable[[Any], Any]) -> Any:
    """Write something small, committed with what other requests want to write at this moment (`Together.write`)."""
    return current_app.extensions["together"].write(write)


def look_again() -> None:
    """Let a reading request see what has been written meanwhile."""
    g.session.rollback()
    g.session.expire_all()


def _commit(response: Response) -> Response:
    if "open_session" not in g or request.method in SAFE:
        return response
    try:
        if response.status_code < 400 or "keep" in g:
            g.open_session.commit()
        else:
            g.open_session.rollback()
    except Exception as error:
        g.open_session.rollback()
        return answers.answer(error)
    return response


def _close(_error: BaseException | None) -> None:
    if session := g.pop("open_session", None):
        session.close()
