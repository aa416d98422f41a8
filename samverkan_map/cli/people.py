"""Commands about people: user add, list, disable, enable, password, reset-step, provider."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from samverkan_map import access, people, settings
from samverkan_map.cli import clicking
from samverkan_map.cli.saying import LANGUAGE, local, now, opened, say, sentence
from samverkan_map.errors import BadValue
from samverkan_map.translations import text
from samverkan_map.vocabulary import Role

ROLES = [role.value for role in Role if role is not Role.PUBLIC]


@clicking.group("user")
def user() -> None:
    """People who may sign in."""


def _password() -> str:
    """The password: typed twice without being shown, or the first line of a standard input that is no terminal."""
    if sys.stdin.isatty():
        password, again = (_asked(f"cli.user.{name}") for name in ("password", "password_again"))
        if password != again:
            raise BadValue("cli.errors.passwords_differ", field="password")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise BadValue("cli.errors.no_password", field="password")
    return password


def _asked(key: str) -> str:
    return click.prompt(text(LANGUAGE, key), hide_input=True, default="", show_default=False)


@user.command("add", cls=clicking.Command)
@clicking.argument("username", metavar=sentence("cli.help.name"))
@clicking.option("--role", type=click.Choice(ROLES), required=True)
@clicking.option("--organisation")
@clicking.option("--name")
def add(username: str, role: str, organisation: str | None, name: str | None) -> None:
    """Add a person."""
    password = _password()
    with opened() as (database, _), database.writing() as session:
        people.create(
            session,
            access.command_line(),
            username=username,
            name=name or username,
            role=Role(role),
            organisation=organisation,
            password=password,
        )
        session.commit()
    say("cli.user.added", name=username, role=role)


@user.command("list", cls=clicking.Command)
def list_people() -> None:
    """List the people."""
    with opened() as (database, _), database.reading() as session:
        for person in people.find(session, access.command_line()):
            organisation = person.organisation.name if person.organisation else "–"
            words = {"name": person.username, "role": person.role, "organisation": organisation}
            if person.disabled_at:
                say("cli.user.disabled_line", date=f"{local(person.disabled_at):%Y-%m-%d}", **words)
            else:
                say("cli.user.line", **words)


@user.command("disable", cls=clicking.Command)
@clicking.argument("username", metavar=sentence("cli.help.name"))
def disable(username: str) -> None:
    """Close an account."""
    _change(username, people.disable, now=now())
    say("cli.user.disabled", name=username)


@user.command("enable", cls=clicking.Command)
@clicking.argument("username", metavar=sentence("cli.help.name"))
def enable(username: str) -> None:
    """Open a closed account again."""
    _change(username, people.reopen)
    say("cli.user.enabled", name=username)


@user.command("password", cls=clicking.Command)
@clicking.argument("username", metavar=sentence("cli.help.name"))
def password(username: str) -> None:
    """Give somebody a new password."""
    actor = access.command_line()
    with opened() as (database, _), database.reading() as session:
        people.by_username(session, actor, username)  # nobody types a password for an account that is not there
    given = _password()
    _change(username, people.set_password, password=given)
    say("cli.user.new_password", name=username)


@user.command("reset-step", cls=clicking.Command)
@clicking.argument("username", metavar=sentence("cli.help.name"))
def reset_step(username: str) -> None:
    """Take somebody's second step away."""
    _change(username, people.forget_second_step)
    say("cli.user.step_removed", name=username)


@user.command("provider", cls=clicking.Command)
@clicking.argument("username", metavar=sentence("cli.help.name"))
@clicking.option("--called")
def name_at_provider(username: str, called: str | None) -> None:
    """Say what the sign-in service calls somebody."""
    chosen = settings.read().provider
    claim = chosen.claim if chosen else settings.USUAL_CLAIM
    _change(username, people.name_at_provider, provider_name=called or "", claim=claim)
    say("cli.user.named" if called else "cli.user.not_named", name=username)


def _change(username: str, change: Callable[..., object], **more: object) -> None:
    """Carry out a change of the account of this name, as it stands."""
    actor = access.command_line()
    with opened() as (database, _), database.writing() as session:
        person = people.by_username(session, actor, username)
        change(session, actor, person.id, version=person.version, **more)
        session.commit()


COMMANDS = (user,)
