"""Small known worlds for tests: files of reports, people, places."""

from __future__ import annotations

import hashlib
import shutil
from datetime import date, datetime
from pathlib import Path

from shapely.geometry import Point

from samverkan_map import access, geometry, measures, places, reports
from samverkan_map.access import Viewer
from samverkan_map.db.tables import Cause, Organisation
from samverkan_map.exchange import readers
from samverkan_map.vocabulary import CauseKind, Mechanism, Phase, Role, Verdict

NOW = datetime(2026, 11, 23, 12, 0)
COORDINATOR = access.command_line()
VELLINGE_FOLDER = Path(__file__).parents[1] / "data" / "vellinge"
HOLLVIKEN = (12.9558, 55.4098)
VELLINGE = (13.0197, 55.4712)


def viewer(role: Role, organisation_id: int | None = None) -> Viewer:
    """Somebody signed in with a role, without a person behind."""
    return access.ANONYMOUS if role is Role.PUBLIC else Viewer(None, f"test:{role}", role, organisation_id)


def a_file(
    folder: Path, rows: list[str], header: str = "kallans_id,typ,tid_fran,lon,lat", name: str = "in.csv"
) -> Path:
    """A CSV file with the given lines."""
    path = folder / name
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def take_in(session, agreement, path: Path, actor: Viewer = COORDINATOR, *, columns=None, **how):
    """Take in a file as the command line does."""
    table = readers.open_table(path, columns=columns)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    intake = reports.Intake(**({"source": "medborgarrapport"} | how))
    return reports.take_in(session, actor, agreement, table, intake, file_hash=digest, now=NOW)


def an_organisation(session, code: str = "kommunen", kind: str = "municipality") -> Organisation:
    """An organisation in the database."""
    found = Organisation(code=code, name=code.title(), kind=kind)
    session.add(found)
    session.flush()
    return found


def a_place(session, agreement, *, at=HOLLVIKEN, published=False, today=date(2026, 3, 1), **words):
    """A place in kartläggning."""
    session.info["places"] = session.info.get("places", 0) + 1
    owner = words.pop("owner_id", None) or an_organisation(session, f"org{session.info['places']}").id
    e, n = geometry.to_metric(*at)
    words = {
        "name": "Kioskparken", "focus": "offentlig-miljo", "type": "skadegorelse",
        "forum": next(iter(agreement.forums)),
        "summary": "Rutor krossas på helgerna.",
    } | words  # fmt: skip
    place = places.create(
        session,
        COORDINATOR,
        agreement,
        owner_id=owner,
        shape=Point(float(e), float(n)).buffer(40),
        today=today,
        **words,
    )
    if published:
        places.publish(session, COORDINATOR, agreement, place.id, today=today)
    return place


def a_cause(session, place, what: str = "Ingen har uppsikt efter stängning.") -> Cause:
    """A cause found at a place."""
    found = Cause(place=place, lap=1, kind=CauseKind.GUARDIAN, what=what, added_on=date(2026, 3, 2))
    session.add(found)
    session.flush()
    return found


def a_measure(session, agreement, place, *, today=date(2026, 4, 1), actor: Viewer = COORDINATOR, **words):
    """A planned measure at a place, owned by whoever owns the place."""
    given = {
        "title": "Ny belysning", "mechanism": Mechanism.INCREASE_RISK, "summary": "Tolv stolpar.",
        "planned_start": date(2026, 4, 1), "owner_id": place.owner_id, "place_ids": [place.id],
    }  # fmt: skip
    return measures.attach(session, actor, agreement, **given | words, today=today)


def a_plan(session, agreement, measure, *, today=date(2026, 4, 1), **words):
    """A planned follow-up of a measure that counts damage for a year."""
    given = {
        "indicator": "Rapporter", "types": ["skadegorelse"], "window_months": 12, "comparison": "Torget",
        "due_on": date(2027, 4, 1),
    }  # fmt: skip
    return measures.plan_follow_up(session, COORDINATOR, agreement, measure.id, **given | words, today=today)


DEFINITION = {
    "what": "Rutor krossas.", "where": "Vid kiosken.", "when": "Fredag och lördag kväll.",
    "how_often": "Varannan vecka.", "who_affected": "Kioskens ägare och de som väntar på bussen.",
    "sources": ["medborgarrapport"],
}  # fmt: skip


def provide(session, agreement, place, phase, *, today=date(2026, 3, 1), actor: Viewer = COORDINATOR):
    """Give a place what a phase needs before the next, through the verbs a planner's clicks go through."""
    if phase is Phase.SCANNING:
        places.define(session, actor, agreement, place.id, **DEFINITION, today=today)
    elif phase is Phase.ANALYSIS:
        places.add_cause(
            session, actor, agreement, place.id, kind=CauseKind.GUARDIAN, what="Ingen är där efter stängning.",
            evidence="Fyra kvällar utan vuxna.", source="trygghetsvandring", today=today,
        )  # fmt: skip
    elif phase is Phase.RESPONSE:
        measures.attach(
            session, actor, agreement, title="Belysning", mechanism=Mechanism.INCREASE_RISK, summary="Nya lampor.",
            owner_id=place.owner_id, planned_start=today, today=today, place_ids=[place.id],
        )  # fmt: skip
        session.refresh(place, ["measures"])
    else:
        judge(session, agreement, place, today=today, actor=actor)


def judge(session, agreement, place, *, today=date(2026, 3, 1), actor: Viewer = COORDINATOR):
    """Follow up the first measure of a place and say that one cannot tell."""
    planned = measures.plan_follow_up(
        session, actor, agreement, place.measures[0].id, indicator="Rapporter", window_months=6, comparison="Torget",
        due_on=today, today=today,
    )  # fmt: skip
    measures.set_verdict(session, actor, planned.id, Verdict.CANNOT_TELL, note="För få.", today=today)


def carry(session, agreement, place, to, *, today=date(2026, 3, 1), actor: Viewer = COORDINATOR):
    """Carry a place forward to a phase, giving each phase on the way what it needs."""
    for phase in list(Phase)[Phase(place.phase).number - 1 : to.number - 1]:
        provide(session, agreement, place, phase, today=today, actor=actor)
        places.step(session, actor, place.id, list(Phase)[phase.number], today=today)
    return place


def two_agreements(folder: Path, *, turns: int) -> Path:
    """A folder of the invented municipality, whose first agreement ends and second begins at the turn of a year."""
    made = shutil.copytree(Path(__file__).parent / "data" / "exempelby", folder / f"exempelby-{turns}")
    for name, years in (("agreement.toml", (2025, 2028)), ("agreement-2029.toml", (2029, 2032))):
        words = (made / name).read_text(encoding="utf-8")
        for year in years:
            words = words.replace(str(year), str(year - 2029 + turns))
        (made / name).write_text(words, encoding="utf-8")
    (made / "agreement-2029.toml").rename(made / f"agreement-{turns}.toml")
    return made


SECOND = """[agreement]
start_year = 2027
end_year = 2030
title.sv = "Samverkan mot brott 2027–2030"
title.en = "Collaboration against crime 2027–2030"
law.sv = "Lag (2023:196) om kommuners ansvar för brottsförebyggande arbete"
law.en = "Act (2023:196) on municipalities' responsibility for crime prevention"

[called_now]
klotter = "klotter_tagg"
"""
"""What an invented agreement for Vellinge says of itself: graffiti is called something else from 2027."""


def vellinge_twice(folder: Path) -> Path:
    """A copy of Vellinge's folder with an invented second agreement."""
    made = shutil.copytree(VELLINGE_FOLDER, folder / "twice", ignore=shutil.ignore_patterns("sources", "examples"))
    parts = (VELLINGE_FOLDER / "agreement.toml").read_text(encoding="utf-8").split("\n[[")[1:]
    kept = "".join(f"\n[[{part}" for part in parts if part.startswith(("types]]", "report_choices]]")))
    renamed = kept.replace('code = "klotter"\nkind', 'code = "klotter_tagg"\nkind').replace(
        'type = "klotter"', 'type = "klotter_tagg"'
    )
    (made / "agreement-2027.toml").write_text(SECOND + renamed, encoding="utf-8")
    return made


def refused(no):
    """The last part of a refusal's key, and the field it names."""
    return no.value.key.rpartition(".")[2], no.value.fields.get("field")


def changed(session, vellinge, measure, **words):
    """The measure as the edit form would send it back, with some values changed."""
    given = {name: getattr(measure, name) for name in ("title", "mechanism", "summary", "owner_id", "planned_start")}
    ids = {
        "place_ids": [place.id for place in measure.places],
        "site_ids": [],
        "cause_ids": [cause.id for cause in measure.causes],
    }
    given |= {"today": date(2026, 4, 1), "version": measure.version} | ids | words
    return measures.edit(session, given.pop("actor", COORDINATOR), vellinge, measure.id, **given)
