"""Commands that make the house run: set up, example material, serve."""

from __future__ import annotations

import multiprocessing
from datetime import datetime
from typing import Any

import click

from samverkan_map import access, agreement, demo, doctor, settings
from samverkan_map.cli import clicking
from samverkan_map.cli.saying import complain, counted, now, opened, progress, say, sentence, today
from samverkan_map.db import engine
from samverkan_map.errors import DatabaseTrouble

LOOPBACK = ("127.0.0.1", "localhost", "::1")
REPORTS, SEED, YEARS = 6000, 1, 3
"""The example material of a first start."""


@clicking.command()
def setup() -> None:
    """Create or upgrade the database."""
    _set_up()


@clicking.command()
@clicking.option("--port", type=click.IntRange(1, 65535))
def start(port: int | None) -> int:
    """Set up, fill a new database with the example, and serve."""
    _set_up()
    with opened() as (database, _), database.reading() as session:
        new = demo.is_new(session)
    if new:
        _fill(reports=REPORTS, seed=SEED, years=YEARS, until=today())
    with opened() as (database, _), database.reading() as session:
        trial = access.is_trial(session)
    return _serve(LOOPBACK[0], port, None, as_demo=trial)


def _set_up() -> None:
    chosen = settings.read()
    own = agreement.load(chosen.municipality).at(today())
    database = engine.open_database(chosen)
    before = engine.revision(database)
    engine.upgrade(database)
    database.close()
    if before is None and chosen.embedded_file:
        chosen.embedded_file.chmod(0o600)
    settings.secret_key(chosen)
    key = "cli.setup.new" if before is None else "cli.setup.there"
    say(key, municipality=own.name, start=own.start_year, end=own.end_year, types=len(own.types), areas=len(own.areas))


@clicking.command("demo")
@clicking.option("--reports", type=click.IntRange(1, 10_000_000), default=REPORTS, show_default=True)
@clicking.option("--seed", type=int, default=SEED, show_default=True)
@clicking.option("--years", type=click.IntRange(1, 10), default=YEARS, show_default=True)
@clicking.option("--until", metavar=sentence("cli.help.day"), type=click.DateTime(["%Y-%m-%d"]))
@clicking.option("--remove", is_flag=True)
def demo_command(reports: int, seed: int, years: int, until: datetime | None, remove: bool) -> int:
    """Make a new database a trial one, or a trial one real."""
    if remove:
        return _remove()
    return _fill(reports=reports, seed=seed, years=years, until=until.date() if until else today())


def _remove() -> int:
    with opened() as (database, own), database.writing() as session:
        removed = demo.remove(session, own, now=now())
        session.commit()
    say("cli.demo.removed", n=sum(removed.values()))
    return 0


def _fill(*, reports: int, **how: Any) -> int:
    try:
        with opened() as (database, own), database.writing() as session:
            with progress("cli.demo.progress", reports) as told:
                made = demo.fill(session, own, reports=reports, actor=access.command_line(), progress=told, **how)
            session.commit()
    except DatabaseTrouble as no:
        click.echo(sentence(no), err=True)
        return 4
    _say_made(made)
    return 0


def _say_made(made: demo.Made) -> None:
    say("cli.demo.there" if made.already else "cli.demo.made", counts=counted(made.counts))
    if made.sign_ins:
        say("cli.demo.sign_ins")
    for username, password in made.sign_ins:
        click.echo(f"  {username:<22}{password}")


@clicking.command()
@clicking.option("--host", default=LOOPBACK[0], show_default=True)
@clicking.option("--port", type=click.IntRange(1, 65535))
@clicking.option("--workers", type=click.IntRange(1, 64))
@clicking.option("--demo", "as_demo", is_flag=True)
def serve(host: str, port: int | None, workers: int | None, as_demo: bool) -> int:
    """Start the server."""
    return _serve(host, port, workers, as_demo=as_demo)


def _serve(host: str, port: int | None, workers: int | None, *, as_demo: bool) -> int:
    # Here, because no other command needs the web: it takes a third of a second to import.
    from samverkan_map.web import server

    chosen = settings.read()
    with opened() as (database, _), database.reading() as session:
        if engine.revision(database) != engine.newest_revision():
            raise DatabaseTrouble("database.not_set_up")
        trial = access.is_trial(session)
    if as_demo and (host not in LOOPBACK or not trial):
        complain("cli.serve.no_demo_address" if host not in LOOPBACK else "cli.serve.no_trial")
        return 4
    if host not in LOOPBACK and (found := doctor.forbids_exposure(chosen)):
        for one in found:
            complain(one.key, **one.fields)
        complain("cli.serve.not_exposed", host=host)
        return 4
    port = port or chosen.port
    if not server.is_free(host, port):
        complain("cli.serve.port_taken", port=port)
        return 1
    say("cli.serve.ready", address=f"http://{f'[{host}]' if ':' in host else host}:{port}")
    server.run(chosen, host=host, port=port, workers=workers or max(2, multiprocessing.cpu_count()), demo=as_demo)
    return 0


COMMANDS = (setup, start, demo_command, serve)
