"""One session per request, opened when first asked for and committed at the door after a good answer."""

from __future__ import annotations

from collections.abc import Callable
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
