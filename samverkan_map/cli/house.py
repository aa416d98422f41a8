"""Commands that make the house run: set up, example material, serve."""

from __future__ import annotations

import multiprocessing
from datetime import date

import click

from samverkan_map import access, agreement, demo, settings
from samverkan_map.cli.saying import complain, now, opened, progress, say, sentence, today
from samverkan_map.db import engine
from samverkan_map.errors import DatabaseTrouble
from samverkan_map.web import server

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@click.command()
def setup() -> None:
    """Skapar eller uppgraderar databasen och läser in kommunens uppgifter. Kan köras om."""
    chosen = settings.read()
    own = agreement.load(chosen.municipality)
    database = engine.open_database(chosen)
    before = engine.revision(database)
    engine.upgrade(database)
    database.close()
    if before is None and chosen.embedded_file:
        chosen.embedded_file.chmod(0o600)
    settings.secret_key(chosen)
    key = "cli.setup.new" if before is None else "cli.setup.there"
    say(key, municipality=own.name, start=own.start_year, end=own.end_year, types=len(own.types), areas=len(own.areas))


@click.command("demo")
@click.option("--reports", type=click.IntRange(1, 10_000_000), default=6000, show_default=True, help="Antal rapporter.")
@click.option("--seed", type=int, default=1, show_default=True, help="Samma tal ger samma exempel.")
@click.option("--years", type=click.IntRange(1, 10), default=3, show_default=True, help="Antal år bakåt.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Sista dagen. Utan val: i dag.")
@click.option("--remove", is_flag=True, help="Tömmer provdatabasen på exempel och gör den till en riktig.")
@click.option("--if-new", is_flag=True, help="Gör ingenting när databasen redan har innehåll.")
def demo_command(reports: int, seed: int, years: int, until: date | None, remove: bool, if_new: bool) -> int:
    """Fyller en ny databas med påhittade exempel, märkta Exempeldata."""
    actor = access.command_line()
    with opened() as (database, own), database.writing() as session:
        if remove:
            removed = demo.remove(session, own, now=now())
            session.commit()
            say("cli.demo.removed", n=sum(removed.values()))
            return 0
        if if_new and not demo.is_new(session):
            return 0
        day = until.date() if until else today()  # type: ignore[attr-defined]
        try:
            with progress("cli.demo.progress", reports) as told:
                made = demo.fill(
                    session, own, reports=reports, seed=seed, years=years, until=day, actor=actor, progress=told
                )
        except DatabaseTrouble as no:
            click.echo(sentence(no), err=True)
            return 4
        session.commit()
    _say_made(made)
    return 0


def _say_made(made: demo.Made) -> None:
    say("cli.demo.there" if made.already else "cli.demo.made", **made.counts)
    if made.sign_ins:
        say("cli.demo.sign_ins")
    for username, password in made.sign_ins:
        click.echo(f"  {username:<22}{password}")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Adressen att lyssna på.")
@click.option("--port", type=click.IntRange(1, 65535), help="Porten. Utan val: SAMVERKAN_PORT eller 5000.")
@click.option("--workers", type=click.IntRange(1, 64), help="Antal processer. Utan val: en per kärna, minst två.")
@click.option("--demo", "as_demo", is_flag=True, help="Visar provdatabasen utan inloggning, bara på den egna datorn.")
@click.option("--demo-if-trial", is_flag=True, help="Som --demo när databasen är en provdatabas, annars som vanligt.")
def serve(host: str, port: int | None, workers: int | None, as_demo: bool, demo_if_trial: bool) -> int:
    """Startar servern."""
    chosen = settings.read()
    with opened() as (database, _), database.reading() as session:
        if engine.revision(database) != engine.newest_revision():
            raise DatabaseTrouble("database.not_set_up")
        trial = access.is_trial(session)
    as_demo = as_demo or (demo_if_trial and trial and host in LOOPBACK)
    if as_demo and (host not in LOOPBACK or not trial):
        complain("cli.serve.no_demo_address" if host not in LOOPBACK else "cli.serve.no_trial")
        return 4
    port = port or chosen.port
    if not server.is_free(host, port):
        complain("cli.serve.port_taken", port=port)
        return 1
    say("cli.serve.ready", address=f"http://{f'[{host}]' if ':' in host else host}:{port}")
    server.run(chosen, host=host, port=port, workers=workers or max(2, multiprocessing.cpu_count()), demo=as_demo)
    return 0


COMMANDS = (setup, demo_command, serve)
