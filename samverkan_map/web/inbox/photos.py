"""Pictures of reports: added from the page of the receipt, looked at through the gate, released or taken away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, current_app, g, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import codes, inbox
from samverkan_map.errors import BadFile, BadValue, TooManyTries
from samverkan_map.inbox import Folder, photos
from samverkan_map.vocabulary import Permission
from samverkan_map.web import answers, reading_log, saying, sessions
from samverkan_map.web.inbox import following
from samverkan_map.web.inbox.blueprint import blueprint

SANDBOX = "sandbox; default-src 'none'"


def folder() -> Folder:
    """The folder of pictures of this installation."""
    return Folder(current_app.extensions["samverkan"].instance)


@blueprint.post("/r/<code>/bild")
def take_photo(code: str) -> AnyResponse:
    """Take a picture in; the report itself is safe already, so that no picture can cost it."""
    sent = request.files.get("bild")
    data = sent.stream.read() if sent else b""
    try:
        photos.add(
            g.session, g.viewer, g.agreement, folder(), code[: following.LONGEST_CODE], data,
            secret=current_app.extensions["secret"], address=request.remote_addr or "", now=sessions.now(),
        )  # fmt: skip
    except (BadFile, BadValue, TooManyTries) as no:
        g.session.rollback()
        page = following.drawn(code, {"bild": answers.sentence(g.language, no)})
        page.status_code = answers.status_of(no)
        return page
    return _back(code, "pictures.added")


@blueprint.post("/r/<code>/bild/ta-bort")
def take_photos_back(code: str) -> AnyResponse:
    """Take the sender's own pictures away."""
    photos.take_own_back(g.session, g.viewer, folder(), code[: following.LONGEST_CODE])
    return _back(code, "pictures.removed")


def _back(code: str, key: str) -> AnyResponse:
    return saying.go(url_for("inbox.receipt", code=codes.well_written(codes.read(code)), _anchor="bild"), key)


@blueprint.get("/bilder/<int:id>")
def photo(id: int) -> Response:
    """A picture, for those who may see it. Whatever it holds, it is a JPEG and nothing else, and runs nothing."""
    found = photos.get(g.session, g.viewer, id)
    if found.released_at is None and g.action is not Permission.SEE_RAW_TEXT:
        reading_log.note(Permission.SEE_RAW_TEXT, inbox.first_of(g.session, found.letter), id=id)
    response = Response(folder().read(found.file), mimetype="image/jpeg")
    response.headers["Content-Disposition"] = f'attachment; filename="bild-{id}.jpg"'
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.post("/inkorg/<int:id>/bild/<int:photo>/slapp")
def take_release(id: int, photo: int) -> AnyResponse:
    """Let those who work with the place see a picture."""
    return _reviewed(id, "pictures.was_released", photos.release, photo, now=sessions.now())


@blueprint.post("/inkorg/<int:id>/bild/<int:photo>/ta-bort")
def take_removal(id: int, photo: int) -> AnyResponse:
    """Take a picture away for good."""
    return _reviewed(id, "pictures.removed", photos.remove, photo, folder=folder())


def _reviewed(id: int, key: str, act: Callable[..., None], photo: int, **more: Any) -> AnyResponse:
    act(g.session, g.viewer, letter_id=id, photo_id=photo, **more)
    return saying.go(url_for("inbox.one", id=id), key)
