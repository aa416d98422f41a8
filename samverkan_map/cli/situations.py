"""`samverkan situation`: the versions of the situation picture, and whether a frozen one still holds."""

from __future__ import annotations

import click

from samverkan_map import access, situation
from samverkan_map.cli import clicking
from samverkan_map.cli.saying import LANGUAGE, complain, opened, say, sentence
from samverkan_map.formats import Format
from samverkan_map.translations import text

BROKEN = 5


@clicking.group("situation")
def situation_group() -> None:
    """The situation picture."""


@situation_group.command("list", cls=clicking.Command)
def list_pictures() -> None:
    """List the versions."""
    with opened() as (database, _), database.reading() as session:
        for one in situation.find(session, access.command_line()):
            months = Format(LANGUAGE).months(one.start_on, situation.last_day(one))
            state = text(LANGUAGE, f"vocabulary.situation_state.{one.state}")
            say("cli.situation.row", id=one.id, months=months, state=state, checksum=one.checksum or "–")


@situation_group.command("verify", cls=clicking.Command)
@clicking.argument("number", metavar=sentence("cli.help.number"), type=click.IntRange(1, 2**31 - 1))
def verify_picture(number: int) -> int:
    """Work a frozen version out again."""
    with opened() as (database, _), database.reading() as session:
        found = situation.verify(session, access.command_line(), number)
        broken = access.verify(session) is not None
    (say if found.sound else complain)(f"situation.verified.{found}")
    if broken:
        complain("cli.situation.log_broken")
    return 0 if found.sound and not broken else BROKEN


COMMANDS = (situation_group,)
