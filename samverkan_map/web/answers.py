"""From a no to an answer: one table from error to status, one page, the same sentence as JSON and as text."""

from __future__ import annotations

import json
import logging
import secrets
import traceback

from flask import Flask, Response, current_app, g, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import errors
from samverkan_map.translations import LANGUAGES, text
from samverkan_map.web import filter_words

STATUS: dict[type[errors.Refusal], int] = {
    errors.BadQuestion: 400,
    errors.SignInNeeded: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.BadValue: 422,
    errors.BadFile: 422,
    errors.BadRows: 422,
    errors.StepNotAllowed: 422,
    errors.TooManyTries: 429,
    errors.DatabaseTrouble: 503,
    errors.MailTrouble: 503,
    errors.ProviderTrouble: 503,
    errors.SetUpTrouble: 503,
}
OWN_PAGES = frozenset({400, 401, 403, 404, 405, 408, 409, 413, 414, 415, 422, 429, 500, 503})

_log = logging.getLogger("samverkan")


def register(app: Flask) -> None:
    """Answer every error in words."""
    app.register_error_handler(Exception, answer)


def status_of(refusal: errors.Refusal) -> int:
    """The status of a no, by its class or the nearest class above."""
    return next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)


def sentence(language: str, refusal: errors.Refusal) -> str:
    """What a no says."""
    return text(language, refusal.key, **refusal.fields)


def answer(error: Exception) -> AnyResponse:
    """The answer to any error; one that nobody expected gets a reference number and tells the log the rest."""
    if isinstance(error, RequestRedirect):
        return error.get_response()
    error = current_app.extensions["translate"](error) or error
    if isinstance(error, errors.SignInNeeded) and wanted() == "html" and request.method == "GET":
        return redirect(url_for("account.sign_in", till=_here()), 302)
    if isinstance(error, errors.SecondStepNeeded) and wanted() == "html" and request.method == "GET":
        return redirect(url_for("second_step.page"), 303)
    if isinstance(error, errors.Refusal):
        return _refusal(error)
    if isinstance(error, HTTPException) and error.code in OWN_PAGES - {500}:
        response = _answer(error.code, _t(f"errors.sentence_{error.code}"))
        response.headers.extend(_kept_headers(error))
        return response
    return _unexpected(error)


def _refusal(error: errors.Refusal) -> Response:
    status = status_of(error)
    if status == 503:
        _note({"result": "trouble", "key": error.key})
    if isinstance(error, errors.BadQuestion) and _about_filters(error):
        return _filters(error)
    response = _answer(status, sentence(_language(), error))
    if seconds := error.fields.get("seconds"):
        response.headers["Retry-After"] = str(seconds)
    elif status == 503:
        response.headers["Retry-After"] = "60"
    return response


def _about_filters(error: errors.BadQuestion) -> bool:
    """Whether the no is about the question in the address of a page that could be shown without it."""
    return request.method in ("GET", "HEAD") and "agreement" in g and error.fields.get("name") in request.args


def _filters(error: errors.BadQuestion) -> Response:
    """Every fault of the filters at once, each with the way on; a data twin says the sentences alone."""
    found = filter_words.faults(error)
    words = " ".join(one.sentence for one in found)
    if wanted() != "html":
        return _answer(400, words)
    body = render_template(
        "errors/filters.html", faults=found, words=words, without_all=filter_words.without_all(error)
    )
    return Response(body, 400, mimetype="text/html")


def _unexpected(error: Exception) -> Response:
    reference = secrets.token_hex(2).upper()
    _note({"result": "error", "reference": reference, "trace": "".join(traceback.format_exception(error))})
    return _answer(500, _t("errors.sentence_500", reference=reference))


def _note(facts: dict[str, str]) -> None:
    """One JSON line; never the query string or a form, which may hold what somebody wrote."""
    rule = request.url_rule.rule if request.url_rule else "?"
    viewer = g.get("viewer")
    who = viewer.person_id if viewer else None
    _log.error(json.dumps({"method": request.method, "address": rule, "person": who, **facts}))


def _kept_headers(error: HTTPException) -> list[tuple[str, str]]:
    """What the standard wants beside the words: which methods an address takes, when to come back."""
    return [(name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After")]


def _answer(status: int, words: str) -> Response:
    kind = wanted()
    if kind == "json":
        body = json.dumps({"error": words, "status": status}, ensure_ascii=False)
        return Response(body, status, mimetype="application/json")
    if kind == "text":
        return Response(words + "\n", status, mimetype="text/plain")
    return Response(_page(status, words), status, mimetype="text/html")


def _page(status: int, words: str) -> str:
    try:
        return render_template("errors/error.html", status=status, words=words)
    except Exception:
        _note({"result": "error", "trace": traceback.format_exc()})
        return render_template("errors/bare.html", status=status, words=words, language=_language())


def wanted() -> str:
    """What kind of answer the address stands for: html, json or text."""
    path = request.path
    if path.endswith((".json", ".geojson")) or path.startswith("/karta/objekt/") or path == "/halsa":
        return "json"
    return "text" if path.endswith((".csv", ".xlsx", ".ics", ".js", ".svg")) else "html"


def _here() -> str:
    return request.full_path.rstrip("?")


def _language() -> str:
    return g.get("language", LANGUAGES[0])


def _t(key: str, **fields: object) -> str:
    return text(_language(), key, **fields)
