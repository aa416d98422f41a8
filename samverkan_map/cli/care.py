"""Commands that take care of what is stored: backup, restore, doctor, audit verify."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy.orm import Session

from samverkan_map import access, doctor, earlier, measures, places, settings
from samverkan_map.cli import clicking
from samverkan_map.cli.saying import complain, counted, opened, say, sentence
from samverkan_map.db import backup as backups
from samverkan_map.db import upkeep
from samverkan_map.inbox import photos
from samverkan_map.vocabulary import Permission

BROKEN_CHAIN, UNWELL = 5, 6


@clicking.command()
@clicking.argument("file", metavar=sentence("cli.help.file"), type=click.Path(path_type=Path, dir_okay=False))
@clicking.option("--force", is_flag=True)
def backup(file: Path, force: bool) -> None:
    """Write a backup."""
    with opened() as (database, _):
        counts = backups.save(database, file, overwrite=force)
        pictures = backups.save_pictures(photos.Folder(settings.read().instance).root, file)
        with database.reading() as session:
            head = access.audit_head(session)
    say("backup.saved", file=file, counts=counted(counts))
    if pictures:
        say("backup.pictures", n=pictures, file=backups.pictures_of(file))
    _say_head(head)


def _say_head(head: tuple[int, str]) -> None:
    """The end of the log, to be kept elsewhere: with it, lines that were cut off and made anew show."""
    number, digest = head
    if number:
        say("cli.audit.head", number=number, digest=digest)


@clicking.command()
@clicking.argument("file", metavar=sentence("cli.help.file"), type=click.Path(path_type=Path))
@clicking.option("--other-purpose", is_flag=True)
def restore(file: Path, other_purpose: bool) -> None:
    """Restore a backup."""
    with opened(new=True) as (database, _):
        backups.check_pictures(file)
        counts = backups.restore(database, file, other_purpose=other_purpose)
        with database.writing() as session:
            there, lost = _restore_pictures(session, file)
            access.gate(session, access.command_line(), Permission.SET_UP, restored=counts["reports"], photos=there)
            session.commit()
        kept = backups.kept_file(database)
    say("backup.restored", file=file, counts=counted(counts))
    if there:
        say("backup.pictures_back", n=there)
    if lost:
        complain("backup.pictures_lost", n=lost)
    if kept:
        say("backup.kept", file=kept)


def _restore_pictures(session: Session, file: Path) -> tuple[int, int]:
    """How many pictures that the restored database names are there, and how many are lost and no longer named."""
    folder = photos.Folder(settings.read().instance)
    names = folder.named(session)
    there = backups.restore_pictures(file, folder.root, names)
    lost = set(names) - there
    photos.forget_lost(session, lost)
    return len(there), len(lost)


@clicking.command("doctor")
@clicking.option("--repair", is_flag=True)
def doctor_command(repair: bool) -> int:
    """Say what is wrong with the installation."""
    if repair:
        with opened() as (database, _):
            say("doctor.repaired", n=len(upkeep.rebuild_indexes(database)))
    found = doctor.examine()
    faults = [one for one in found if not one.note]
    for one in found:
        (say if one.note else complain)(one.key, **one.fields)
    if not faults:
        say("doctor.well", place=settings.read().database_url.rpartition("@")[2])
        return 0
    complain("doctor.faults", n=len(faults))
    return UNWELL


@clicking.group()
def audit() -> None:
    """The log of who did what."""


@audit.command("verify", cls=clicking.Command)
def verify() -> int:
    """Check the chain of the log."""
    with opened() as (database, _), database.reading() as session:
        number = access.verify(session)
        lines = backups.counts(session.connection())["audit"]
        head = access.audit_head(session)
    if number is None:
        say("cli.audit.whole", n=lines)
        _say_head(head)
        return 0
    complain("cli.audit.broken", number=number)
    return BROKEN_CHAIN


@clicking.command()
@clicking.argument("what", metavar=sentence("cli.help.noun"), type=click.Choice(["place", "measure"]))
@clicking.argument("number", metavar=sentence("cli.help.number"), type=int)
@clicking.option("--yes", is_flag=True)
def dispose(what: str, number: int, yes: bool) -> None:
    """Take the earlier texts of a place or a measure away for good."""
    actor = access.command_line()
    told = {"what": sentence(f"cli.dispose.{what}"), "number": number}
    with opened() as (database, _), database.writing() as session:
        obj = (places.get if what == "place" else measures.get)(session, actor, number)
        count = len(earlier.texts_of(session, actor, obj, most=None))
        if not (yes and count):
            return say("cli.dispose.asked" if count else "cli.dispose.none", n=count, **told)
        earlier.dispose(session, actor, obj)
        session.commit()
    say("cli.dispose.done", n=count, **told)


COMMANDS = (backup, restore, doctor_command, dispose, audit)
