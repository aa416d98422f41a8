"""Commands about people: user add, list, disable, password."""

from __future__ import annotations

import sys

import click

from samverkan_map import access, people
from samverkan_map.cli.saying import LANGUAGE, now, opened, say
from samverkan_map.translations import text
from samverkan_map.vocabulary import Role

ROLES = [role.value for role in Role if role is not Role.PUBLIC]


@click.group("user")
def user() -> None:
    """Personer som får logga in."""


def _password() -> str:
    """The password: typed twice without being shown, or the first line of a standard input that is no terminal."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return click.prompt(text(LANGUAGE, "cli.user.password"), hide_input=True, confirmation_prompt=True)


@user.command("add")
@click.argument("username")
@click.option("--role", type=click.Choice(ROLES), required=True, help="Rollen.")
@click.option("--organisation", help="Organisationens kod.")
@click.option("--name", help="Namnet som visas. Utan val: användarnamnet.")
def add(username: str, role: str, organisation: str | None, name: str | None) -> None:
    """Lägger till USERNAME. Lösenordet frågas efter eller läses från standard in."""
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


@user.command("list")
def list_people() -> None:
    """Visar alla personer."""
    with opened() as (database, _), database.reading() as session:
        for person in people.find(session, access.command_line()):
            organisation = person.organisation.name if person.organisation else "–"
            key = "cli.user.disabled_line" if person.disabled_at else "cli.user.line"
            say(key, name=person.username, role=person.role, organisation=organisation)


@user.command("disable")
@click.argument("username")
def disable(username: str) -> None:
    """Stänger av USERNAME från och med nästa klick."""
    actor = access.command_line()
    with opened() as (database, _), database.writing() as session:
        person = people.by_username(session, actor, username)
        people.disable(session, actor, person.id, version=person.version, now=now())
        session.commit()
    say("cli.user.disabled", name=username)


@user.command("password")
@click.argument("username")
def password(username: str) -> None:
    """Ger USERNAME ett nytt lösenord, som frågas efter eller läses från standard in."""
    actor, given = access.command_line(), _password()
    with opened() as (database, _), database.writing() as session:
        person = people.by_username(session, actor, username)
        people.set_password(session, actor, person.id, password=given, version=person.version)
        session.commit()
    say("cli.user.new_password", name=username)


COMMANDS = (user,)
