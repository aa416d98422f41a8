"""A small known world behind a real application: one of everything, published and not, and somebody in every role."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import builders
import databases
import pytest
from jinja2 import FileSystemBytecodeCache
from shapely.geometry import LineString
from werkzeug.routing import Rule

from samverkan_map import (
    access,
    geometry,
    measures,
    people,
    places,
    rounds,
    settings,
    sites,
    situation,
    sources,
    traffic,
    walks,
)  # fmt: skip
from samverkan_map.db import engine
from samverkan_map.db.tables import State
from samverkan_map.vocabulary import CauseKind, Mechanism, Role
from samverkan_map.web import create_app, sessions

ROOT = Path(__file__).resolve().parents[2]
_FOLDER = tempfile.TemporaryDirectory()
COMPILED = FileSystemBytecodeCache(_FOLDER.name)
"""Templates are compiled once, not for every test."""
_COMPILE = Rule._compile_builder
PASSWORD = "grönt cykelställ vid muren"
TODAY = date(2026, 3, 1)
SECRET_WORDS = "Hemligbeskrivning"
"""Stands in the description of every report of the world."""


def _compiled_when_asked(rule, append_unknown=True):
    """How an address is built, compiled when somebody builds it: an application has hundreds of addresses, a test
    builds a few, and nine tenths of making an application went here."""
    made = []

    # By place only: what stands in an address may well be called `rule`.
    def build(bound, /, **values):
        if not made:
            made.append(_COMPILE(bound, append_unknown))
        return made[0](bound, **values)

    return build


Rule._compile_builder = _compiled_when_asked


@dataclass
class World:
    """The application, its database, and a client for any identity."""

    database: object
    settings: settings.Settings
    app: object
    persons: dict[str, int] = field(default_factory=dict)

    def client(self, role: str = "publik", *, language: str = "sv"):
        """A browser that is signed in with a role, or has never been here."""
        client = self.app.test_client()
        if role != "publik":
            client.set_cookie("sid", f"{language}.{self.token(role)}")
        return client

    def bearing(self, cookie: str):
        """A browser that holds just this cookie. A header alone would be taken away by the client's own jar."""
        client = self.app.test_client(use_cookies=False)
        client.environ_base["HTTP_COOKIE"] = f"sid={cookie}"
        return client

    def token(self, username: str) -> str:
        """A fresh session of the person."""
        with self.database.writing() as session:
            token = people.start_session(session, person_id=self.persons[username], now=sessions.now())
            session.commit()
        return token

    def form_token(self, client) -> str:
        """A CSRF token for the client, as a form on a page would hold it."""
        cookie = client.get_cookie("sid")
        headers = {"Cookie": f"sid={cookie.value}"} if cookie else {}
        with self.app.test_request_context("/hjalp", headers=headers, environ_base={"REMOTE_ADDR": "127.0.0.1"}):
            self.app.preprocess_request()
            return self.app.jinja_env.globals["csrf_token"]()

    def post(self, client, address: str, **form):
        """Send a form as the page itself would."""
        return client.post(address, data={"csrf_token": self.form_token(client), **form})


@pytest.fixture(scope="session")
def embedded_world(embedded_template, vellinge, tmp_path_factory):
    """The world in an embedded database file, made once, and the numbers of its persons; tests copy it."""
    with databases.embedded(embedded_template, tmp_path_factory.mktemp("world")) as database:
        persons = _filled(database, vellinge, tmp_path_factory.mktemp("rows"))
        databases.settled(database)
        return Path(database.engine.url.database), persons


@pytest.fixture(scope="session")
def postgis_world(postgis_template, postgis_url, vellinge, tmp_path_factory):
    """The world in a PostGIS database, made once, and the numbers of its persons; tests are made from it."""
    name = databases.new_name("world")
    databases.on_server(postgis_url, f"CREATE DATABASE {name} TEMPLATE {postgis_template}")
    database = engine.Database(databases.named(postgis_url, name))
    persons = _filled(database, vellinge, tmp_path_factory.mktemp("rows"))
    database.close()
    return name, persons


@pytest.fixture
def world(embedded_world, tmp_path):
    """The world on the embedded database."""
    template, persons = embedded_world
    with databases.embedded(template, tmp_path) as database:
        yield from _world(database, persons, tmp_path)


@pytest.fixture(params=["embedded", "postgis"])
def world_on_each(request, tmp_path):
    """The world on both databases."""
    template, persons = request.getfixturevalue(f"{request.param}_world")
    with databases.copied(request, template, tmp_path) as database:
        yield from _world(database, persons, tmp_path)


def _world(database, persons, tmp_path):
    chosen = settings.Settings(
        database_url=database.url, municipality=ROOT / "data" / "vellinge", instance=tmp_path, secret_key="provnyckel"
    )
    world = World(database, chosen, create_app(chosen), dict(persons))
    world.app.jinja_env.bytecode_cache = COMPILED
    yield world
    world.app.extensions["database"].close()


def _filled(database, vellinge, folder) -> dict[str, int]:
    with database.writing() as session:
        session.info["n"] = 0
        persons = _fill(session, vellinge, folder)
        session.commit()
    return persons


def _fill(session, vellinge, tmp_path) -> dict[str, int]:
    host, persons = access.command_line(), {}
    for code, name, kind in (
        ("kommunen", "Vellinge kommun", "municipality"),
        ("polisen", "Polisen", "police"),
        ("butiken", "Kiosken", "business"),
    ):
        people.add_organisation(session, host, code=code, name=name, kind=kind)
    belongs = {Role.POLICE: "polisen", Role.BUSINESS: "butiken"}
    for role in (role for role in Role if role is not Role.PUBLIC):
        person = people.create(
            session, host, username=role.value, name=f"Exempel {role.value}", role=role,
            organisation=belongs.get(role, "kommunen"), password=PASSWORD, example=True, now=sessions.now(),
        )  # fmt: skip
        persons[role.value] = person.id
    for number, published in ((1, True), (2, False)):
        _a_process(session, vellinge, number, published=published)
    kiosk = next(one for one in people.find_organisations(session) if one.code == "butiken")
    for number in (1, 2):
        today = date.today()
        made = rounds.open_round(session, host, number, closes_on=today + timedelta(days=28), today=today)
        rounds.invite(session, host, made.id, [kiosk.id], today=today)
    _sources(session, vellinge)
    walks.begin(session, host, title="Vandring nummer 1", walked_on=TODAY, today=TODAY)
    situation.begin(session, host, vellinge, start_on=date(2025, 3, 1), end_on=TODAY, today=TODAY)
    header = "kallans_id,typ,tid_fran,lon,lat,plats,beskrivning"
    rows = [
        f"T1,fortkorning,2026-02-14T21:47,12.9558,55.4098,Hemligplats,{SECRET_WORDS}",
        f"P1,skadegorelse,2026-02-15T03:12,13.0197,55.4712,Hemligplats,{SECRET_WORDS}",
    ]
    builders.take_in(session, vellinge, builders.a_file(tmp_path, rows, header))
    return persons


def _a_process(session, vellinge, number: int, *, published: bool) -> None:
    host = access.command_line()
    owner = builders.an_organisation(session, f"agare{number}").id
    place = builders.a_place(
        session, vellinge, name=f"Plats nummer {number}", owner_id=owner, published=published, today=TODAY
    )
    places.add_cause(
        session, host, vellinge, place.id, kind=CauseKind.GUARDIAN, what=f"Hemligorsak {number}.", evidence="Sett.",
        source="est", today=TODAY,
    )  # fmt: skip
    site = sites.create(
        session, host, vellinge, name=f"Torg nummer {number}", focus="offentlig-miljo", summary="Ett torg.",
        owner_id=owner, shape=geometry_of(place), today=TODAY,
    )  # fmt: skip
    measure = measures.attach(
        session, host, vellinge, title=f"Belysning nummer {number}", mechanism=Mechanism.INCREASE_RISK,
        summary="Nya lampor.", owner_id=owner, planned_start=TODAY + timedelta(days=30), today=TODAY,
        place_ids=[place.id],
    )  # fmt: skip
    ends = [tuple(map(float, geometry.to_metric(*at))) for at in ((12.955, 55.409), (12.958, 55.411))]
    traffic.add_stretch(
        session, host, vellinge, name=f"Mellangatan {number}", keeper="kommun", speed_limit=40, line=LineString(ends)
    )
    measures.plan_follow_up(
        session, host, vellinge, measure.id, indicator="Rapporter om skador", types=["skadegorelse"], window_months=12,
        due_on=TODAY + timedelta(days=400), today=TODAY,
    )  # fmt: skip
    measures.add_part(session, host, measure.id, title="Etapp 1", planned_start=TODAY, today=TODAY)
    measures.promise(session, host, measure.id, organisation_id=owner, what="En extra lampa.", today=TODAY)
    if published:
        sites.publish(session, host, site.id, today=TODAY)
        measures.publish(session, host, measure.id, today=TODAY)


def _sources(session, vellinge) -> None:
    """One row of each source, none of them about a single sub-area."""
    host, own = access.command_line(), {"year": 2025, "today": TODAY}
    survey = {"source": "trygghetsmatning_lokal", "area": "kommun", "question": "totalindex", "value": 1.4}
    sources.surveys.keep(session, host, vellinge, **survey, answers=800, **own)
    sources.crimes.keep(session, host, vellinge, category="totalt", count=2000, **own)
    theme = {"source": "medborgardialog", "held_on": TODAY, "area": "kommun", "type": "skadegorelse"}
    sources.dialogues.keep(session, host, vellinge, **theme, today=TODAY)


def geometry_of(place):
    """The shape of a stored place."""
    from samverkan_map.db import engine

    return engine.shape(place.geom)


@pytest.fixture
def demo_world(world):
    """The same world as a trial database, shown in demo mode."""
    with world.database.writing() as session:
        session.add(State(key="trial", value="1"))
        session.commit()
    world.app = create_app(world.settings, demo=True)
    return world


@pytest.fixture
def busy(world, vellinge, tmp_path):
    """Mellangatan 1: 25 complaints the last twelve months to February 2026, of which 6 about the way to school and 5
    without time of day, and 12 the year before; two accidents, one severe. Mellangatan 2 has none."""
    rows = [f"A{n},fortkorning,2025-0{3 + n % 6}-1{n % 9}T08:00,12.9565,55.41," for n in range(13)]
    rows += [f"B{n},fortkorning,2025-09-12,12.9565,55.41," for n in range(5)]
    rows += [f"C{n},otrygg_skolvag,2025-10-12T08:00,12.9565,55.41," for n in range(6)]
    rows += [f"D{n},fortkorning,2024-10-12T08:00,12.9565,55.41," for n in range(12)]
    rows += ["E1,trafikolycka,2025-10-12T08:00,12.9565,55.41,svar", "E2,trafikolycka,2025-10-13T08:00,12.9565,55.41,"]
    with world.database.writing() as session:
        builders.take_in(
            session, vellinge, builders.a_file(tmp_path, rows, "kallans_id,typ,tid_fran,lon,lat,svarhet", "mer.csv"),
            source="trafikklagomal",
        )  # fmt: skip
        session.commit()
    return world
