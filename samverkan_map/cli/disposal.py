"""Commands about what may not be kept: disposal rules and runs, and what is known of somebody who asks."""

from __future__ import annotations

from datetime import datetime

import click

from samverkan_map import access, contacts, disposal, inbox, settings
from samverkan_map.cli import clicking
from samverkan_map.cli.saying import local, now, opened, say, sentence

RULES = click.Choice([rule.code for rule in disposal.RULES])
STORES = click.Choice([store.code for store in contacts.STORES])


@clicking.group("disposal")
def disposal_group() -> None:
    """Rules of disposal."""


@disposal_group.command("rules", cls=clicking.Command)
def rules() -> None:
    """Show every rule, its decision, and what is due."""
    with opened() as (database, _), database.reading() as session:
        _say(disposal.standing(session, access.command_line(), now=now()), "cli.disposal.due")


def _say(found: list[disposal.Standing], key: str) -> None:
    for one in found:
        name = sentence(f"disposal.rule.{one.code}")
        if one.decision is None:
            say("cli.disposal.off", rule=one.code, name=name)
            continue
        decided = {"reference": one.decision.reference, "days": one.decision.days}
        say(key if one.confirmed else "cli.disposal.waits", rule=one.code, name=name, n=one.due, **decided)


@disposal_group.command("decide", cls=clicking.Command)
@clicking.argument("rule", type=RULES)
@clicking.option("--reference", required=True)
@clicking.option("--days", type=int, required=True)
def decide(rule: str, reference: str, days: int) -> None:
    """Enter the decision that a rule rests on."""
    with opened() as (database, _), database.writing() as session:
        found = disposal.decide(session, access.command_line(), rule, reference=reference, days=days, now=now())
        session.commit()
        say("cli.disposal.decided", rule=rule, reference=found.reference, days=found.days)


@disposal_group.command("confirm", cls=clicking.Command)
@clicking.argument("rule", type=RULES)
@clicking.option("--reference", required=True)
@clicking.option("--days", type=int, required=True)
def confirm(rule: str, reference: str, days: int) -> None:
    """Confirm a decision that a coordinator entered."""
    with opened() as (database, _), database.writing() as session:
        disposal.confirm(session, access.command_line(), rule, reference=reference, days=days, now=now())
        session.commit()
    say("cli.disposal.confirmed", rule=rule, reference=reference, days=days)


@disposal_group.command("lift", cls=clicking.Command)
@clicking.argument("rule", type=RULES)
def lift(rule: str) -> None:
    """Turn a rule off."""
    with opened() as (database, _), database.writing() as session:
        disposal.lift(session, access.command_line(), rule)
        session.commit()
    say("cli.disposal.lifted", rule=rule)


@disposal_group.command("run", cls=clicking.Command)
@clicking.option("--dry-run", is_flag=True)
def run_disposal(dry_run: bool) -> None:
    """Dispose of what is due."""
    with opened() as (database, _), database.writing() as session:
        do = disposal.standing if dry_run else disposal.run
        found = do(session, access.command_line(), now=now())
        session.commit()
        if not dry_run:
            inbox.Folder(settings.read().instance).sweep(session)
        _say(found, "cli.disposal.due" if dry_run else "cli.disposal.done")


@clicking.group("subject")
def subject() -> None:
    """What is known of somebody who asks."""


@subject.command("show", cls=clicking.Command)
@clicking.argument("words", metavar=sentence("cli.help.text"))
def show_subject(words: str) -> None:
    """Show all contact data about somebody."""
    with opened() as (database, _), database.writing() as session:
        found = contacts.find(session, access.command_line(), words)
        session.commit()
    if not found:
        return say("cli.subject.nothing")
    for store, number, fields in found:
        say("cli.subject.row", store=store, number=number)
        for name, value in fields.items():
            told = f"{local(value):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value
            click.echo(f"  {sentence(f'cli.subject.field.{name}')}: {'–' if told is None else told}")


@subject.command("erase", cls=clicking.Command)
@clicking.argument("store", type=STORES)
@clicking.argument("number", metavar=sentence("cli.help.number"), type=int)
@clicking.option("--yes", is_flag=True)
def erase_subject(store: str, number: int, yes: bool) -> None:
    """Erase the contact data of one row."""
    if not yes:
        return say("cli.subject.asked", store=store, number=number)
    with opened() as (database, _), database.writing() as session:
        contacts.erase(session, access.command_line(), store, number)
        session.commit()
    say("cli.subject.erased", store=store, number=number)


COMMANDS = (disposal_group, subject)
