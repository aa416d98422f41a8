"""`samverkan effect`: the effect of one measure in words, with its method card."""

from __future__ import annotations

import json
from typing import Any

import click
from sqlalchemy.orm import Session

from samverkan_map import access, effects, measures, places
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.cli import clicking, saying
from samverkan_map.cli.saying import LANGUAGE, opened, sentence
from samverkan_map.db.tables import FollowUp
from samverkan_map.effects import words
from samverkan_map.effects.words import Speaker
from samverkan_map.errors import StepNotAllowed
from samverkan_map.formats import Format
from samverkan_map.translations import text


@clicking.command()
@clicking.argument("measure", metavar=sentence("cli.help.measure"), type=click.IntRange(1, 2**31 - 1))
@clicking.option("--json", "as_json", is_flag=True, help=text(LANGUAGE, "cli.effect.json"))
def effect(measure: int, as_json: bool) -> int:
    """Compute the effect of a measure."""
    viewer = access.command_line()
    with opened() as (database, agreement), database.reading() as session:
        found = measures.get(session, viewer, measure)
        told = [_told(session, viewer, agreement, plan) for plan in found.follow_ups]
        names = {place.id: place.name for place in places.find(session, viewer)}
        title, waiver = found.title, found.waiver
    if as_json:
        click.echo(
            json.dumps(
                {"measure": measure, "title": title, "waiver": waiver, "follow_ups": told}, ensure_ascii=False, indent=2
            )
        )
        return 0
    if not told:
        # A measure without a plan is no fault of the command: what there is to say of its effect is said.
        click.echo(title)
        saying.say("effects.waived" if waiver else "effects.no_plan", reason=waiver)
        return 0
    click.echo(title)
    say = Speaker(LANGUAGE, agreement, Format(LANGUAGE))
    for one in told:
        click.echo("\n".join(["", one["indicator"], *_lines(say, one, names)]))
    return 0


def _told(session: Session, viewer: Viewer, agreement: Agreement, plan: FollowUp) -> dict[str, Any]:
    told: dict[str, Any] = {"follow_up": plan.id, "indicator": plan.indicator, "verdict": plan.verdict}
    try:
        asked, result = effects.card(effects.compute_now(session, viewer, agreement, plan))
    except StepNotAllowed as refusal:
        return told | {"why_not": sentence(refusal)}
    return told | {"asked": asked, "result": result}


def _lines(say: Speaker, one: dict[str, Any], names: dict[int, str]) -> list[str]:
    if "why_not" in one:
        return [one["why_not"]]
    asked, result = one["asked"], one["result"]
    figures = [
        f"  {name}: {value}" + (f" ({span})" if span else "") for name, value, span in words.figures(say, result)
    ]
    return [
        words.headline(say, result),
        *words.sentences(say, result),
        *words.moved(say, asked, result),
        *[f"! {caution}" for caution in words.cautions(say, asked, result)],
        say("figures"),
        *figures,
        say("method_card"),
        *[f"  {line}" for line in words.method_card(say, asked, result, names)],
    ]


COMMANDS = (effect,)
