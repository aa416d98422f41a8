"""Answers by e-mail: sent by a thread of the process, after the change that they tell of has been kept."""

from __future__ import annotations

import json
import logging
import threading
from datetime import datetime

from flask import Flask, Response, current_app, g, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import codes, inbox, mailing
from samverkan_map.agreement import Agreement
from samverkan_map.errors import MailTrouble
from samverkan_map.inbox import replying
from samverkan_map.settings import MailServer
from samverkan_map.web import saying, sessions
from samverkan_map.web.inbox.blueprint import blueprint
from samverkan_map.web.inbox.following import LONGEST_CODE

_log = logging.getLogger("samverkan")


class Postman:
    """Sends what is due, one message at a time, whenever somebody wakes it. Several processes may do so at once."""

    def __init__(self, app: Flask, own: Agreement, server: MailServer) -> None:
        self.database, self.agreement = app.extensions["database"], own
        self.server, self.address = server, app.extensions["samverkan"].address
        self.turn = threading.Lock()
        self.threads: list[threading.Thread] = []

    def wake(self) -> None:
        """Begin to send what is due; the caller does not wait."""
        self.threads = [one for one in self.threads if one.is_alive()]
        self.threads.append(threading.Thread(target=self._go_round, name="postman", daemon=True))
        self.threads[-1].start()

    def wait(self) -> None:
        """Until nothing is on its way any more."""
        for one in self.threads:
            one.join()

    def _go_round(self) -> None:
        with self.turn:
            try:
                self._send_all(sessions.now())
            except Exception as error:
                # Of an error only its kind: its words could hold an address.
                _log.error(json.dumps({"result": "trouble", "key": "mailing", "words": type(error).__name__}))

    def _send_all(self, now: datetime) -> None:
        with self.database.reading() as session:
            waiting = list(replying.due(session, now))
        for number in waiting:
            with self.database.writing() as session:
                message = replying.begin(session, self.agreement, number, address=self.address, now=now)
                session.commit()
            if message and self._send(message) not in ("", mailing.REFUSED):
                return

    def _send(self, message: inbox.Message) -> str:
        """The trouble there was, or ""; a server that is in trouble itself is left alone for a while."""
        trouble = ""
        try:
            mailing.send(self.server, message.address, name=message.name, subject=message.subject, words=message.words)
        except MailTrouble as no:
            trouble = no.key
            _log.error(json.dumps({"result": "trouble", "key": no.key, "id": message.contact_id}))
        with self.database.writing() as session:
            replying.ended(session, message, trouble=trouble, now=sessions.now())
            session.commit()
        return trouble


def register(app: Flask, own: Agreement) -> None:
    """Send what is due after each good change in the inbox; to be called before what commits is registered."""
    server = app.extensions["samverkan"].mail
    postman = app.extensions["postman"] = Postman(app, own, server) if server else None
    if postman is None:
        return

    @app.after_request
    def wake(response: Response) -> Response:
        if request.method == "POST" and request.path.startswith("/inkorg") and response.status_code < 400:
            postman.wake()
        return response


def takes_addresses() -> bool:
    """Whether whoever reports is asked for an address: only when messages can be sent."""
    return current_app.extensions["postman"] is not None


@blueprint.post("/r/<code>/epost/ta-bort")
def take_address_back(code: str) -> AnyResponse:
    """Take the sender's address away."""
    inbox.forget(g.session, g.viewer, code[:LONGEST_CODE])
    return saying.go(url_for("inbox.receipt", code=codes.well_written(codes.read(code))), "inbox.address_removed")


@blueprint.post("/inkorg/<int:id>/epost")
def take_again(id: int) -> AnyResponse:
    """Send once more what did not arrive."""
    inbox.try_again(g.session, g.viewer, id, now=sessions.now())
    return saying.go(url_for("inbox.one", id=id), "inbox.sends_again")
