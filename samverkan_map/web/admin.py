"""People, organisations and the audit log, for those who look after the map."""

from __future__ import annotations

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from samverkan_map import access, people
from samverkan_map.errors import BadQuestion, BadValue, NotFound
from samverkan_map.settings import USUAL_CLAIM, Provider
from samverkan_map.vocabulary import OrganisationKind, Permission, Role
from samverkan_map.web import answers, audit_words, saying, sessions

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

PER_PAGE = 50


@blueprint.get("/personer")
def persons() -> str:
    """All accounts."""
    return _people_page({})


@blueprint.post("/personer")
def add_person() -> Response | tuple[str, int]:
    """Add an account."""
    form = request.form
    try:
        people.create(
            g.session,
            g.viewer,
            username=form.get("username", ""),
            name=form.get("name", ""),
            role=form.get("role", ""),
            organisation=form.get("organisation") or None,
            password=form.get("password", ""),
            provider_name=form.get("provider_name", "") if _provider() else "",
            claim=_claim(),
            now=sessions.now(),
        )
    except BadValue as refusal:
        return _people_page(field_errors(refusal)), 422
    return _back("tillagd")


@blueprint.get("/personer/<int:id>")
def person(id: int) -> str:
    """One account, and what can be changed of it."""
    return _person_page(id, {})


@blueprint.get("/personer/<int:id>/stang")
def ask_close(id: int) -> str | Response:
    """Ask once more before an account is closed."""
    found = people.get(g.session, g.viewer, id)
    if found.disabled_at:
        return redirect(url_for("admin.person", id=id), 303)
    return render_template("admin/close.html", person=found)


@blueprint.post("/personer/<int:id>/stang")
def close_person(id: int) -> Response:
    """Close an account."""
    people.disable(g.session, g.viewer, id, version=version(), now=sessions.now())
    return _back("stangd")


@blueprint.post("/personer/<int:id>/oppna")
def reopen_person(id: int) -> Response:
    """Open a closed account again."""
    people.reopen(g.session, g.viewer, id, version=version())
    return _back("oppnad", id)


@blueprint.post("/personer/<int:id>/losenord")
def new_password(id: int) -> Response | tuple[str, int]:
    """Give an account a new password."""
    try:
        people.set_password(g.session, g.viewer, id, password=request.form.get("password", ""), version=version())
    except BadValue as refusal:
        return _person_page(id, field_errors(refusal)), 422
    return _back("losenord", id)


@blueprint.post("/personer/<int:id>/roll")
def new_role(id: int) -> Response | tuple[str, int]:
    """Give an account another role."""
    try:
        people.give_role(g.session, g.viewer, id, role=request.form.get("role", ""), version=version())
    except BadValue as refusal:
        return _person_page(id, field_errors(refusal)), 422
    return _back("roll", id)


@blueprint.post("/personer/<int:id>/tvasteg")
def forget_second_step(id: int) -> Response:
    """Take away the second step of somebody whose phone is gone."""
    people.forget_second_step(g.session, g.viewer, id, version=version())
    return _back("tvasteg", id)


@blueprint.post("/personer/<int:id>/inloggning")
def name_at_provider(id: int) -> Response | tuple[str, int]:
    """Say what the sign-in service calls somebody."""
    if _provider() is None:
        raise NotFound("access.errors.not_found")
    name = request.form.get("provider_name", "")
    try:
        people.name_at_provider(g.session, g.viewer, id, provider_name=name, claim=_claim(), version=version())
    except BadValue as refusal:
        return _person_page(id, field_errors(refusal)), 422
    return _back("inloggning" if name.strip() else "utan_inloggning", id)


@blueprint.get("/organisationer")
def organisations() -> str:
    """All organisations."""
    return _organisations_page({})


@blueprint.post("/organisationer")
def add_organisation() -> Response | tuple[str, int]:
    """Add an organisation."""
    form = request.form
    try:
        people.add_organisation(
            g.session, g.viewer, code=form.get("code", ""), name=form.get("name", ""), kind=form.get("kind", "")
        )
    except BadValue as refusal:
        return _organisations_page(field_errors(refusal)), 422
    return saying.go(url_for("admin.organisations"), "admin.done_organisation")


@blueprint.get("/logg")
def audit() -> str:
    """The audit log, newest first."""
    action, page = _action(), _number(request.args.get("page", "1"), "page")
    lines, total = access.find_audit(g.session, g.viewer, action=action, page=page, per_page=PER_PAGE)
    return render_template(
        "admin/audit.html",
        lines=[(line, audit_words.who(line), audit_words.what(line), audit_words.details(line)) for line in lines],
        total=total,
        page=page,
        pages=-(-total // PER_PAGE) or 1,
        action=action,
        actions=tuple(Permission),
    )


def _people_page(errors: dict[str, str]) -> str:
    return render_template(
        "admin/people.html",
        people=people.find(g.session, g.viewer),
        organisations=people.find_organisations(g.session),
        choices=_roles(),
        errors=errors,
        given=request.form,
        has_password=people.has_password,
    )


def _person_page(id: int, errors: dict[str, str]) -> str:
    found = people.get(g.session, g.viewer, id)
    may_change = found.role != Role.POLICE or _may_confirm()
    second_step = people.enrolled(g.session, id)
    return render_template(
        "admin/person.html", person=found, may_change=may_change, choices=_roles(), errors=errors,
        second_step=second_step, given=request.form, has_password=people.has_password,
        proposals=people.kinds_for(g.session, g.viewer, found),
    )  # fmt: skip


def _provider() -> Provider | None:
    return current_app.extensions["samverkan"].provider


def _claim() -> str:
    chosen = _provider()
    return chosen.claim if chosen else USUAL_CLAIM


def _roles() -> list[Role]:
    return [role for role in Role if role is not Role.PUBLIC and (role is not Role.POLICE or _may_confirm())]


def _may_confirm() -> bool:
    return access.may(g.viewer, Permission.CONFIRM_POLICE)


def _organisations_page(errors: dict[str, str]) -> str:
    found = people.find_organisations(g.session)
    kinds = tuple(OrganisationKind)
    return render_template(
        "admin/organisations.html", organisations=found, kinds=kinds, errors=errors, given=request.form
    )


def field_errors(refusal: BadValue) -> dict[str, str]:
    """A sentence by the field that could not be taken."""
    return {str(refusal.fields["field"]): answers.sentence(g.language, refusal)}


def _back(done: str, id: int | None = None) -> Response:
    """To the account that was changed, or to the list of all, which says what was done."""
    address = url_for("admin.persons") if id is None else url_for("admin.person", id=id)
    return saying.go(address, f"admin.done_{done}")


def version() -> int:
    """Which version of an account the form was opened with."""
    return _number(request.form.get("version", ""), "version")


def _action() -> Permission | None:
    value = request.args.get("action", "")
    if value and value not in set(Permission):
        raise BadQuestion("admin.errors.unknown_action", known=", ".join(Permission))
    return Permission(value) if value else None


def _number(value: str, name: str) -> int:
    if value.isascii() and value.isdigit() and int(value[:8]) > 0 and len(value) <= 8:
        return int(value)
    raise BadQuestion("admin.errors.number", name=name)
