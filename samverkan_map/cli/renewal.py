"""Commands about an agreement that runs out and the one that follows: what is open, and going over."""

from __future__ import annotations

import click

from samverkan_map import access, renewal
from samverkan_map.cli import clicking
from samverkan_map.cli.saying import opened, say, sentence, today
from samverkan_map.errors import BadValue
from samverkan_map.renewal import CARRY, CLOSE, Choice, Work
from samverkan_map.vocabulary import EndReason

REASONS = ", ".join(EndReason)


@clicking.group("period")
def period() -> None:
    """The period of the agreement, and the next."""


@period.command("show", cls=clicking.Command)
def show_period() -> None:
    """Show what runs out and what is open."""
    with opened() as (database, own), database.reading() as session:
        actor = access.command_line()
        coming = renewal.coming(own, renewal.find(session, actor))
        old = (coming and renewal.before(own, coming)) or own.periods[-1]
        say("cli.period.runs_out", code=old.code, date=old.ends_on)
        if coming:
            say("cli.period.coming", code=coming.code, date=coming.starts_on)
        else:
            say("cli.period.none", year=old.end_year + 1)
        work = renewal.open_work(session, actor)
        _say(work, renewal.usual(work))


@period.command("start", cls=clicking.Command)
@clicking.argument("year", type=click.IntRange(1900, 2200))
@clicking.option("--close", "closing", multiple=True, metavar=sentence("cli.help.closing"))
@clicking.option("--carry", "carrying", multiple=True, metavar=sentence("cli.help.carrying"))
@clicking.option("--reference", default="")
@clicking.option("--yes", is_flag=True)
def start_period(year: int, closing: tuple[str, ...], carrying: tuple[str, ...], reference: str, yes: bool) -> None:
    """Go over to the agreement that begins in a year."""
    with opened() as (database, own), database.writing() as session:
        actor = access.command_line()
        work = renewal.open_work(session, actor)
        chosen = _chosen(work, closing, carrying)
        if not yes:
            renewal.check_may_start(own, renewal.find(session, actor), year, today())
            _say(work, chosen)
            return say("cli.period.asked", year=year)
        made = renewal.start(
            session, actor, own, year, chosen, sign=work.sign, today=today(), reference=reference
        )  # fmt: skip
        session.commit()
        closed = sum(not one.carried for one in made.choices)
        say("cli.period.done", year=year, carried=len(made.choices) - closed, closed=closed)


def _chosen(work: Work, closing: tuple[str, ...], carrying: tuple[str, ...]) -> dict[str, Choice]:
    """What is proposed, with what the options say otherwise. Raises BadValue for what is not open, or no reason."""
    chosen = renewal.usual(work)
    for key in carrying:
        chosen[_known(key, chosen)] = Choice(CARRY)
    for given in closing:
        key, _, rest = given.partition("=")
        reason, _, note = rest.partition(":")
        if reason not in list(EndReason):
            raise BadValue("cli.period.no_reason", field="close", value=given, allowed=REASONS)
        chosen[_known(key, chosen)] = Choice(CLOSE, EndReason(reason), note)
    for refusal in renewal.check(work, chosen).values():
        raise refusal
    return chosen


def _known(key: str, chosen: dict[str, Choice]) -> str:
    if key not in chosen:
        raise BadValue("cli.period.not_open", field="close", value=key)
    return key


def _say(work: Work, chosen: dict[str, Choice]) -> None:
    for line in work.lines:
        one = chosen[line.key]
        name = line.row.name if line.is_place else line.row.title  # type: ignore[union-attr]
        way = sentence(f"renewal.way.{one.way}")
        why = f": {sentence(f'vocabulary.end_reason.{one.reason}')}" if one.reason else ""
        say("cli.period.line", code=line.key, name=name, way=f"{way}{why}")


COMMANDS = (period,)
