"""Matrix and field table: each role comes to the addresses decided for it, and in whatever form a report leaves the
program, it holds exactly the fields decided for the role."""

import csv
import io
import json
import zipfile

import builders
import pytest
from web.test_grants import GETS, client_cookie, outcome

from samverkan_map.vocabulary import Role

HEADER = "kallans_id,typ,tid_fran,lon,lat,plats,beskrivning,svarhet"
CANARIES = {
    "words": "Kanariefågelsång", "place": "Kanarieplats", "reference": "KANARIE7731", "minute": "21:43",
    "day": "2026-02-17", "lon": "12.94317", "lat": "55.40519",
}  # fmt: skip
"""What one traffic report says, each in a way that stands nowhere else."""

HIDDEN_ALL = {"words", "place", "reference", "minute", "day", "lon", "lat"}
HIDDEN = {
    Role.PUBLIC: HIDDEN_ALL,
    Role.BUSINESS: HIDDEN_ALL,
    Role.TRAFFIC_GROUP: HIDDEN_ALL,
    Role.PLANNER: {"words", "minute"},
    Role.POLICE: {"words", "minute"},
    Role.COORDINATOR: set(),
}


@pytest.fixture
def told(world, vellinge, tmp_path):
    """The world with the one report whose every field can be found again."""
    row = "{reference},fortkorning,{day}T{minute},{lon},{lat},{place},{words},".format(**CANARIES)
    with world.database.writing() as session:
        builders.take_in(session, vellinge, builders.a_file(tmp_path, [row], HEADER, "kanarie.csv"))
        session.commit()
    return world


def texts(answer):
    """All text of an answer, that inside an Excel file too."""
    data = answer.get_data()
    if data[:2] != b"PK":
        return data.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


ASKED = (
    "/karta/objekt/traffic/3", "/karta?visa=tabell", "/karta?visa=lista", "/karta.csv?layer=traffic",
    "/karta.geojson?layer=traffic", "/karta.html?layer=traffic", "/karta.svg?layer=traffic",
    "/karta/rutor.geojson?z=18&bbox=12.942,55.404,12.945,55.407&layer=traffic", "/sok.json?q=kanarie",
    "/platsutveckling/1?som=publik", "/lagesbild/1/karta.html",
)  # fmt: skip


@pytest.mark.parametrize("role", Role)
def test_every_address_answers_each_role_as_decided_and_holds_no_field_that_is_not_the_roles(told, role):
    client, found, decided = told.client(role.value), set(), {}
    for address in [*GETS, *ASKED]:
        answer = client.get(address, headers={"Cookie": client_cookie(client)})
        if address in GETS and (got := outcome(answer)) != (letter := GETS[address][list(Role).index(role)]):
            decided[address] = (letter, got)
        words = texts(answer)
        found |= {(name, address) for name, word in CANARIES.items() if word in words}
    assert decided == {}
    wrong = {(name, address) for name, address in found if name in HIDDEN[role]}
    assert wrong == set()
    seen = {name for name, _ in found}
    assert seen >= {"place", "reference", "lon"} - HIDDEN[role] - ({"place"} if role is Role.POLICE else set())
    assert ("words" in seen) == (role is Role.COORDINATOR), "what may be seen is found, or nothing is proved"


OF_EVERYTHING = {
    "layer", "id", "title", "type", "type_label", "focus", "area", "area_label", "status", "phase", "lap", "mechanism",
    "owner", "from", "to", "verdict", "summary", "date", "lon", "lat", "url",
}  # fmt: skip
"""What also a place, a measure or a site says of itself."""

COARSE = {"kind", "month", "hour_band", "source", "precision", "stretch", "severity"}
CODED = (COARSE - {"month", "hour_band"}) | {
    "occurred_from", "occurred_to", "source_ref", "place_name", "organisation",
}  # fmt: skip
KEYS = {
    Role.PUBLIC: set(), Role.BUSINESS: set(), Role.TRAFFIC_GROUP: COARSE, Role.PLANNER: CODED,
    Role.POLICE: CODED | {"count"}, Role.COORDINATOR: CODED | COARSE | {"reported_at", "description"},
}  # fmt: skip


@pytest.mark.parametrize("role", Role)
def test_json_and_csv_of_reports_hold_the_decided_keys_and_no_others(told, role):
    client = told.client(role.value)
    features = json.loads(client.get("/karta.geojson?layer=traffic").data)["features"]
    header, *rows = list(csv.reader(io.StringIO(client.get("/karta.csv?layer=traffic").data.decode("utf-8-sig"))))
    assert {key for one in features for key in one["properties"]} <= OF_EVERYTHING | KEYS[role]
    assert set(header) == OF_EVERYTHING | KEYS[role]
    assert bool(features) == bool(rows) == (role not in (Role.PUBLIC, Role.BUSINESS))
