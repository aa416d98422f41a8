"""`samverkan hotspots`: the same run as the page shows, in words and as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from samverkan_map import access, hotspots, question
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.cli import clicking
from samverkan_map.cli.exporting import filters
from samverkan_map.cli.saying import LANGUAGE, local, now, opened, say, sentence, today
from samverkan_map.db.engine import Database
from samverkan_map.exchange import layer_file
from samverkan_map.formats import Format
from samverkan_map.hotspots import (
    Hotspots,
    Method,
    Things,
    along,
    along_words,
    effort_words,
    rerun_words,
    things_words,
    words,
)
from samverkan_map.hotspots.along import Along
from samverkan_map.hotspots.effort import Effort
from samverkan_map.hotspots.words import Speaker
from samverkan_map.translations import text
from samverkan_map.vocabulary import Permission

METHODS = [one.value for one in Method]


@dataclass(frozen=True)
class Answer:
    """What is said and written of a run: lines before it, the run in words, and its rows as a file holds them."""

    told: list[str]
    lines: list[str]
    columns: Sequence[str]
    rows: list[dict[str, Any]]
    asked: Mapping[str, object]


@dataclass(frozen=True)
class Sizes:
    """The method and the sizes that the command line gives."""

    method: Method
    cell: int | None
    bandwidth: int | None

    def given(self) -> dict[str, Any]:
        """As `hotspots.answer` takes them."""
        return {"method": self.method, "cell_metres": self.cell, "bandwidth": self.bandwidth}


@clicking.command("hotspots")
@clicking.option("--method", type=click.Choice(METHODS), default=METHODS[0], help=text(LANGUAGE, "cli.hotspots.method"))
@clicking.option("--cell", type=int, help=text(LANGUAGE, "cli.hotspots.cell"))
@clicking.option("--bandwidth", type=int, help=text(LANGUAGE, "cli.hotspots.bandwidth"))
@clicking.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar=sentence("cli.help.file"),
    help=text(LANGUAGE, "cli.hotspots.out"),
)
@clicking.option("--run", type=click.IntRange(1, 2**31 - 1), help=text(LANGUAGE, "cli.hotspots.run"))
@clicking.option("--keep", is_flag=True, help=text(LANGUAGE, "cli.hotspots.keep"))
@filters
def recurring(
    method: str, cell: int | None, bandwidth: int | None, out: Path | None, run: int | None, keep: bool,
    **given: str | None,
) -> int:  # fmt: skip
    """Look for recurring problems."""
    viewer = access.command_line()
    args = {name.removeprefix("filter_"): value for name, value in given.items() if value}
    sizes = Sizes(Method(method), cell, bandwidth)
    with opened() as (database, own):
        speak = Speaker(LANGUAGE, own, Format(LANGUAGE))
        number = _kept(database, viewer, own, args, sizes) if keep and run is None else run
        with database.reading() as session:
            asking = Asking(session, viewer, own, speak)
            answer = asking.fresh(args, sizes) if number is None else asking.kept(number)
            mark = text(LANGUAGE, "common.watermark") if access.is_trial(session) else None
        click.echo("\n".join([*answer.told, *answer.lines]))
        if out:
            _written(database, viewer, out, answer, mark)
    return 0


def _kept(database: Database, viewer: Viewer, own: Agreement, args: Mapping[str, str], sizes: Sizes) -> int:
    """Keep what is found, and say under which number. Raises BadQuestion, StepNotAllowed."""
    asked = question.parse(args, own, today())
    with database.writing() as session:
        run = hotspots.keep(session, viewer, own, asked, today=today(), now=now(), **sizes.given())
        session.commit()
        number = run.id
    say("cli.hotspots.kept", id=number)
    return number


@dataclass(frozen=True)
class Asking:
    """Who asks what of which municipality, and in whose words it is told."""

    session: Session
    viewer: Viewer
    own: Agreement
    speak: Speaker

    def fresh(self, args: Mapping[str, str], sizes: Sizes) -> Answer:
        """What is found today. Raises BadQuestion."""
        asked = question.parse(args, self.own, today())
        found = hotspots.answer(self.session, self.viewer, self.own, asked, today=today(), **sizes.given())
        who = hotspots.who_reported(self.session, self.viewer, self.own, asked, found, today=today())
        named = asked.given if sizes.method is Method.CELLS else {**asked.given, "method": sizes.method.value}
        told = self._answer([], found, who, named)
        if sizes.method is not Method.STREETS:
            return told
        return self._with(told, along.find(self.session, self.viewer, self.own, asked, today=today()))

    def kept(self, number: int) -> Answer:
        """A kept run as it was, and whether it comes out the same today. Raises NotFound."""
        run = hotspots.get_run(self.session, self.viewer, number)
        found, who = hotspots.found_in(self.viewer, run), hotspots.effort_in(self.viewer, run)
        again = hotspots.again(self.session, self.viewer, self.own, run, today=today())
        at = f"{local(run.at):%Y-%m-%d %H:%M}"
        line = text(LANGUAGE, "hotspots.saved_at", at=at, who=run.who, version=run.data_version)
        told = [f"{line} {' '.join(rerun_words.sentences(self.speak, again))}"]
        told += [f"  {line}" for line in rerun_words.differences(self.speak, again)]
        named = run.asked if isinstance(found, Hotspots) else hotspots.question_of(run)
        return self._with(self._answer(told, found, who, named), hotspots.along_in(run))

    def _with(self, told: Answer, streets: Along | None) -> Answer:
        return replace(told, lines=[*told.lines, *_along(self.speak, streets)]) if streets else told

    def _answer(
        self, told: list[str], found: hotspots.Answer, who: Effort | None, asked: Mapping[str, object]
    ) -> Answer:
        speak = self.speak
        reporters = list(_reporters(speak, who))
        if isinstance(found, Hotspots):
            work = hotspots.work_at(self.session, self.viewer, found.spots)
            rows = list(words.rows(speak, found, work))
            return Answer(told, [*_squares(speak, found), *reporters], words.COLUMNS, rows, asked)
        work = hotspots.work_at(self.session, self.viewer, found.things)
        rows = list(things_words.rows(speak, found, work))
        return Answer(told, [*_things(speak, found), *reporters], things_words.COLUMNS, rows, asked)


def _along(speak: Speaker, found: Along) -> Iterator[str]:
    yield text(LANGUAGE, "along.heading")
    yield f"  {along_words.headline(speak, found)}"
    for one in found.windows[1:]:
        yield f"  {one.number}. {one.name}, {along_words.where(speak, one)}: {one.events}"
    yield f"  {along_words.density(speak, found)}"
    yield text(LANGUAGE, "along.injury_heading")
    for line in along_words.injuries(speak, found):
        yield f"  {line}"
    yield speak("method")
    for line in [*along_words.method_card(speak, found), *along_words.injury_card(speak, found)]:
        yield f"  {line}"


def _reporters(speak: Speaker, who: Effort | None) -> Iterator[str]:
    if who is None or not who.events:
        return
    yield text(LANGUAGE, "deeper.effort_heading")
    for banner in effort_words.banners(speak, who):
        yield f"! {banner}"
    for line in effort_words.lines(speak, who):
        yield f"  {line}"


def _things(speak: Speaker, found: Things) -> Iterator[str]:
    yield things_words.headline(speak, found)
    yield " ".join(things_words.facts(speak, found))
    for thing in found.things:
        yield f"{thing.number}. {things_words.title(speak, found, thing)}"
        yield "   " + " ".join(things_words.described(speak, found, thing))
    yield speak("method")
    for line in things_words.method_card(speak, found):
        yield f"  {line}"


def _squares(speak: Speaker, found: Hotspots) -> Iterator[str]:
    yield words.headline(speak, found)
    yield " ".join(words.facts(speak, found))
    for spot in found.spots:
        sure = words.certainty(speak, spot)
        yield f"{spot.number}. {words.title(speak, spot)}"
        yield "   " + " ".join(words.described(speak, found, spot))
        yield f"   {words.change(speak, found, spot)}" + (f" ({sure})" if sure else "")
        yield f"   {words.history(speak, found, spot)}."
    if together := words.concentration(speak, found):
        yield speak("concentration")
        for line in together:
            yield f"  {line}"
    yield speak("method")
    for line in words.method_card(speak, found):
        yield f"  {line}"


def _written(database: Database, viewer: Viewer, out: Path, answer: Answer, mark: str | None) -> None:
    count = layer_file.save(out, "hotspots", answer.columns, answer.rows, question=answer.asked, watermark=mark)
    try:
        with database.writing() as session:
            access.gate(session, viewer, Permission.EXPORT_INTERNAL, layer="hotspots", count=count)
            session.commit()
    except BaseException:
        out.unlink(missing_ok=True)  # what was taken out is recorded, or not taken out
        raise
    say("cli.export.written", n=count, file=out)


COMMANDS = (recurring,)
"""The commands of this room; the function is not called as the noun, which it asks."""
