"""What is wrong with this installation, one sentence each with the way out.

Every check stands alone: one that breaks becomes a finding of its own and hides no other.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import shutil
import socket
import stat
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from samverkan_map import access, agreement, catalogue, disposal, mailing, provider, settings
from samverkan_map.db import backup, engine, upkeep
from samverkan_map.db.engine import Database
from samverkan_map.db.tables import AuditLine, Person, Place, Report
from samverkan_map.errors import ProviderTrouble, Refusal, SetUpTrouble
from samverkan_map.settings import ROOT, Settings
from samverkan_map.vocabulary import Role
from samverkan_map.waiting import Waiting

LEAST_FREE_BYTES = 200_000_000
SHORTEST_KEY = 32
CLOCK_SLACK = timedelta(minutes=10)
DISPOSAL_SLACK = timedelta(days=7)
LEFT_AFTER = timedelta(hours=3)
"""An upload is kept for two hours; what is older was forgotten."""


@dataclass(frozen=True)
class Finding:
    """One thing to know: the key of its sentence and what to put in it. A note alone makes no installation unwell."""

    key: str
    fields: dict[str, Any] = field(default_factory=dict)
    note: bool = False


Findings = Iterator[Finding]

_WAY_ROUND = {
    "setup.port": {"SAMVERKAN_PORT": "5000"},
    "setup.basemap": {"SAMVERKAN_BASEMAP": "builtin"},
    "setup.proxies": {"SAMVERKAN_PROXIES": "0"},
    "setup.second_step": {"SAMVERKAN_SECOND_STEP": "staff"},
    "setup.smtp": {"SAMVERKAN_SMTP": "none"},
    "setup.mail_from": {"SAMVERKAN_SMTP": "none"},
    "setup.oidc_half": {"SAMVERKAN_OIDC_ISSUER": "none"},
    "setup.oidc_issuer": {"SAMVERKAN_OIDC_ISSUER": "none"},
    "setup.oidc_claim": {"SAMVERKAN_OIDC_CLAIM": settings.USUAL_CLAIM},
    "setup.oidc_second_step": {"SAMVERKAN_OIDC_SECOND_STEP": "said"},
    "setup.oidc_secret_file": {"SAMVERKAN_OIDC_ISSUER": "none"},
    "setup.database_url": {"SAMVERKAN_DATABASE_URL": ""},
}
"""How the other checks go on although one setting makes no sense."""


def examine(environment: dict[str, str] | None = None, *, root: Path = ROOT) -> list[Finding]:
    """Everything that is wrong with the installation that `environment` (default: the process's) describes.

    Changes nothing, creates nothing and raises nothing.
    """
    found: list[Finding] = []
    given = dict(os.environ if environment is None else environment)
    _gather(found, partial(_of_program, root))
    _gather(found, partial(_of_names, given))
    chosen = _settings(given, root, found)
    if chosen is not None:
        knows_database = all(one.key != "setup.database_url" for one in found)
        for check in _checks(chosen, root, knows_database):
            _gather(found, check)
    return [one for number, one in enumerate(found) if one not in found[:number]]


def _checks(chosen: Settings, root: Path, knows_database: bool) -> list[Callable[[], Findings]]:
    checks: list[Callable[[], Findings]] = [partial(_of_basemap, chosen, root)]
    others = (_of_municipality, _of_key, _of_port, _of_uploads, _of_hosts, _of_mail, _of_provider, _of_debug)
    checks += [partial(check, chosen) for check in others]
    return checks + ([partial(_of_disk, chosen), partial(_of_database, chosen)] if knows_database else [])


def _gather(found: list[Finding], check: Callable[[], Findings]) -> None:
    """Take what a check finds; what it stumbles over is a finding too."""
    try:
        found.extend(check())
    except Refusal as no:
        found.append(Finding(no.key, no.fields))
    except DBAPIError as error:
        trouble = engine.translate(error)
        found.append(Finding(trouble.key, trouble.fields) if trouble else _stumbled(error.orig or error))
    except Exception as error:
        found.append(_stumbled(error))


def _stumbled(error: BaseException) -> Finding:
    words = " ".join(str(error).split())[:200]
    return Finding("doctor.stumbled", {"words": f"{type(error).__name__} {words}".strip()})


def _settings(environment: dict[str, str], root: Path, found: list[Finding]) -> Settings | None:
    """The settings, read round those that make no sense; None when the settings file itself cannot be used."""
    for _ in range(len(_WAY_ROUND) + 1):
        try:
            return settings.read(environment, root=root)
        except SetUpTrouble as no:
            found.append(Finding(no.key, no.fields))
            if no.key not in _WAY_ROUND:
                return None
            environment |= _WAY_ROUND[no.key]
    return None


# ---- The program and what lies around it -------------------------------------------------------------------------


def _of_program(root: Path) -> Findings:
    access.grants()
    for name in _damaged_vendor_files(root / "static" / "vendor"):
        yield Finding("doctor.vendor", {"file": name})


def _of_names(environment: dict[str, str]) -> Findings:
    """Names that look like settings and are none: a misspelt one is a setting that silently does nothing."""
    known = [f"SAMVERKAN_{name}" for name in (*settings.NAMES, "CONFIG")]
    for name in sorted(environment):
        if not name.startswith("SAMVERKAN_") or name in known:
            continue
        if near := difflib.get_close_matches(name, known, n=1, cutoff=0.85):
            yield Finding("doctor.misspelt_setting", {"name": name, "near": near[0]})
        else:
            yield Finding("doctor.unknown_setting", {"name": name}, note=True)


def _damaged_vendor_files(folder: Path) -> Iterator[str]:
    """The copied-in browser files that are missing or not as they were published."""
    listed = tomllib.loads((folder / "VENDOR.toml").read_text(encoding="utf-8"))
    for library in listed["libraries"]:
        for name, checksum in library["files"].items():
            path = folder / library["name"] / name
            if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != checksum:
                yield f"static/vendor/{library['name']}/{name}"


def _of_municipality(chosen: Settings) -> Findings:
    if not chosen.municipality.is_dir():
        yield Finding("doctor.no_municipality", {"folder": chosen.municipality})
        return
    agreement.load(chosen.municipality)
    catalogue.load(chosen.municipality)


def _of_key(chosen: Settings) -> Findings:
    path = chosen.instance / "secret_key"
    if not chosen.secret_key and path.exists():
        if _open_to_others(path):
            yield Finding("doctor.key_open", {"file": path})
        if len(path.read_text().strip()) < SHORTEST_KEY:
            yield Finding("doctor.key_file_short", {"file": path})
    if chosen.secret_key and len(chosen.secret_key) < SHORTEST_KEY:
        yield Finding("doctor.key_short", {"least": SHORTEST_KEY})


def _open_to_others(path: Path) -> bool:
    """Whether somebody else on the host can read the file: by its own rights and those of every folder above it."""
    above = [folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents]
    return bool(path.stat().st_mode & stat.S_IROTH) and all(above)


def _of_basemap(chosen: Settings, root: Path) -> Findings:
    kind, _, file = chosen.basemap.partition(":")
    if kind == "pmtiles" and not (root / file).is_file():
        yield Finding("doctor.no_basemap", {"file": file})
    if kind == "xyz" and (lost := [part for part in ("{z}", "{x}", "{y}") if part not in file]):
        yield Finding("doctor.basemap_parts", {"parts": " ".join(lost)})
    if kind in ("pmtiles", "xyz") and not chosen.basemap_attribution.strip():
        yield Finding("doctor.basemap_attribution")


def _of_disk(chosen: Settings) -> Findings:
    for folder in {chosen.instance, chosen.embedded_file.parent if chosen.embedded_file else chosen.instance}:
        if folder.is_dir() and (free := shutil.disk_usage(folder).free) < LEAST_FREE_BYTES:
            yield Finding("doctor.disk", {"folder": folder, "free": free // 1_000_000})


def _of_uploads(chosen: Settings) -> Findings:
    """Files on their way in that should have been thrown away: they hold rows nobody has looked at."""
    folder = chosen.instance / "uploads"
    old = datetime.now(UTC).timestamp() - LEFT_AFTER.total_seconds()
    if left := [one for one in (folder.iterdir() if folder.is_dir() else ()) if one.stat().st_mtime < old]:
        yield Finding("doctor.uploads", {"n": len(left), "folder": folder})


def _of_hosts(chosen: Settings) -> Findings:
    if chosen.proxies and not chosen.hosts:
        yield Finding("doctor.proxies_without_hosts")
    if chosen.hosts and not chosen.proxies:
        yield Finding("doctor.hosts_without_proxies", note=True)


def _of_mail(chosen: Settings) -> Findings:
    if chosen.mail is None:
        return
    if chosen.mail.password and chosen.mail.scheme == "smtp" and chosen.mail.host not in settings.LOOPBACK:
        yield Finding("doctor.mail_open_password")
        return
    mailing.reach(chosen.mail)


def _of_provider(chosen: Settings) -> Findings:
    if chosen.provider is None:
        return
    file = chosen.provider.secret_file
    if file and _open_to_others(file):
        yield Finding("doctor.oidc_secret_open", {"file": file})
    try:
        provider.reach(chosen.provider)
    except ProviderTrouble as no:
        yield Finding(f"doctor.oidc_{no.key.rpartition('.')[2]}", {"issuer": chosen.provider.issuer})


def _of_debug(chosen: Settings) -> Findings:
    if chosen.debug:
        yield Finding("doctor.debug")


def forbids_exposure(chosen: Settings) -> list[Finding]:
    """What must be put right before the map may be shown beyond this computer."""
    found: list[Finding] = []
    found.extend(_of_debug(chosen))
    if not chosen.hosts:
        found.append(Finding("doctor.no_hosts"))
    _gather(found, partial(_of_key, chosen))
    file = chosen.embedded_file
    if file and file.exists() and _open_to_others(file):
        found.append(Finding("doctor.file_open", {"file": file}))
    return found


def _of_port(chosen: Settings) -> Findings:
    """A finding when somebody else answers where the map should; the map itself may of course be running."""
    with socket.socket() as probe:
        probe.settimeout(2)
        if probe.connect_ex(("127.0.0.1", chosen.port)):
            return
    if not _is_the_map(chosen.port):
        yield Finding("doctor.port_taken", {"port": chosen.port})


def _is_the_map(port: int) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"http://127.0.0.1:{port}/halsa", timeout=3) as answer:
            return json.loads(answer.read(10_000)).get("status") == "ok"
    except Exception:
        return False


# ---- The database ------------------------------------------------------------------------------------------------


def _of_database(chosen: Settings) -> Findings:
    file = chosen.embedded_file
    if file and not file.exists():
        engine.embedded_driver()
        yield Finding("doctor.no_database", {"file": file})
        return
    with closing(Database(chosen.database_url)) as database:
        found: list[Finding] = []
        _gather(found, partial(_of_revision, database))
        if not found:
            of_both = (_asking(partial(check, chosen)) for check in (_of_waiting, _of_areas))
            for check in (*_CHECKS, *of_both):
                _gather(found, partial(check, database))
        rights = list(_of_file(file))
        yield from rights
        # A file or folder that may not be written is the cause of these; the cause is said, not its echo.
        echoes = ("database.read_only", "database.unreachable") if any(one.key in _READ_ONLY for one in rights) else ()
        yield from (one for one in found if one.key not in echoes)


_READ_ONLY = ("doctor.file_read_only", "doctor.folder_read_only")


def _of_file(file: Path | None) -> Findings:
    if file is None:
        return
    if not os.access(file, os.W_OK):
        yield Finding("doctor.file_read_only", {"file": file})
    if not os.access(file.parent, os.W_OK):
        yield Finding("doctor.folder_read_only", {"folder": file.parent})
    if _open_to_others(file):
        yield Finding("doctor.file_open", {"file": file})


def _of_revision(database: Database) -> Findings:
    revision = engine.revision(database)
    if revision is None:
        yield Finding("doctor.not_set_up")
    elif revision not in backup.known_revisions():
        yield Finding("database.newer")
    elif revision != engine.newest_revision():
        yield Finding("doctor.older")


def _of_writing(database: Database) -> Findings:
    upkeep.try_to_write(database)
    yield from ()


def _of_pages(database: Database) -> Findings:
    if not upkeep.is_whole(database):
        yield Finding("database.damaged")


def _of_indexes(database: Database) -> Findings:
    for table in upkeep.broken_indexes(database):
        yield Finding("doctor.index", {"table": table})


def _asking(check: Callable[[Session], Findings]) -> Callable[[Database], Findings]:
    def asked(database: Database) -> Findings:
        with database.reading() as session:
            yield from check(session)

    return asked


def _of_audit(session: Session) -> Findings:
    number = access.verify(session)
    if number is not None:
        yield Finding("doctor.audit", {"number": number})


def _of_waiting(chosen: Settings, session: Session) -> Findings:
    if number := Waiting(chosen.instance).count(session):
        yield Finding("doctor.waiting", {"n": number})


def _of_areas(chosen: Settings, session: Session) -> Findings:
    """Sub-areas that the folder does not know: the database is another municipality's."""
    try:
        known = set(agreement.load(chosen.municipality).areas)
    except Refusal:
        return  # told where the folder itself is looked at
    stored = {area for table in (Report, Place) for area in session.scalars(select(table.area).distinct()) if area}
    if strange := sorted(stored - known):
        yield Finding("doctor.other_municipality", {"folder": chosen.municipality, "areas": ", ".join(strange)})


def _of_clock(session: Session) -> Findings:
    newest = session.scalar(select(func.max(AuditLine.at)))
    if newest and newest > datetime.now(UTC).replace(tzinfo=None) + CLOCK_SLACK:
        yield Finding("doctor.clock", {"newest": f"{newest:%Y-%m-%d %H:%M}"})


def _of_people(session: Session) -> Findings:
    if access.is_trial(session):
        yield Finding("doctor.trial", note=True)
        return
    can_sign_in = Person.disabled_at.is_(None)
    if not session.scalar(select(func.count(Person.id)).where(can_sign_in, Person.role == Role.COORDINATOR.value)):
        yield Finding("doctor.no_coordinator")
    if session.scalar(select(func.count(Person.id)).where(can_sign_in, Person.example)):
        yield Finding("doctor.example_people")


def _of_disposal(session: Session) -> Findings:
    """What somebody was promised would be gone and is not, since nobody runs the command."""
    long_ago = datetime.now(UTC).replace(tzinfo=None) - DISPOSAL_SLACK
    standing = disposal.standing(session, access.command_line(), now=long_ago)
    if number := sum(one.due for one in standing if one.confirmed):
        yield Finding("doctor.disposal", {"n": number})


_CHECKS = (
    _of_pages, _of_writing, _of_indexes, _asking(_of_audit), _asking(_of_clock), _asking(_of_people),
    _asking(_of_disposal),
)  # fmt: skip
