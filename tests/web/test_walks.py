"""A safety walk as its leader meets it on a phone without scripts."""

import re

from sqlalchemy import func, select

from samverkan_map.db.tables import WalkPoint

AT = '{"type": "Point", "coordinates": [12.9558, 55.4098]}'
NOTE = "Häcken skymmer gångvägen."


def begun(world, role="planerare", title="Centrum i mörker"):
    client = world.client(role)
    made = world.post(client, "/vandringar", title=title, walked_on="2026-03-01")
    assert made.status_code == 303, made.text
    return client, made.location.partition("?")[0]


def points(world):
    with world.database.reading() as session:
        return session.scalar(select(func.count(WalkPoint.id)))


def test_points_are_noted_corrected_and_counted_when_the_walk_ends(world_on_each):
    world = world_on_each
    client, address = begun(world)
    for fields in ({"vad": "morkt", "geometry": AT, "text": NOTE}, {"vad": "tryggt", "plats": "Vellinge ängar"}):
        assert world.post(client, f"{address}/punkt", **fields).status_code == 303
    page = client.get(address).text
    assert "Otrygga punkter: 1. Trygga punkter: 1." in page and NOTE in page
    assert NOTE not in world.client("polis").get(address).text
    before = client.get("/karta.geojson?source=trygghetsvandring").json["numberMatched"]
    ended = world.post(client, f"{address}/avsluta")
    assert "Punkterna finns nu på kartan" in client.get(ended.location).text
    shown = lambda more="": client.get(f"/karta.geojson?source=trygghetsvandring{more}").json["numberMatched"]  # noqa: E731
    assert (before, shown(), shown("&kind=strength"), shown("&kind=problem")) == (0, 2, 1, 1)
    late = world.post(client, f"{address}/punkt", vad="morkt", geometry=AT)
    assert late.status_code == 409 and "redan avslutad" in late.text
    assert "Centrum i mörker" in world.client("samordnare").get("/vandringar").text


def test_a_point_that_was_sent_although_no_answer_came_is_stored_once(world):
    client, address = begun(world)
    fields = {"vad": "morkt", "geometry": AT, "form_key": "telefonens-nyckel-1"}
    for _ in range(3):
        assert world.post(client, f"{address}/punkt", **fields).status_code == 303
    assert points(world) == 1
    world.post(client, f"{address}/punkt", **fields | {"form_key": "telefonens-nyckel-2"})
    assert points(world) == 2
    number = re.findall(r"/punkt/(\d+)/ta-bort", client.get(address).text)[0]
    for status in (303, 404):
        assert world.post(client, f"{address}/punkt/{number}/ta-bort").status_code == status
    assert points(world) == 1


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(world):
    client, address = begun(world)
    for fields, said in (
        ({"vad": "morkt", "text": NOTE}, "Säg var"),
        ({"geometry": AT, "text": NOTE}, "Välj vad som är otryggt"),
        ({"vad": "morkt", "plats": "Qwertyvägen", "text": NOTE}, "Vi känner inte till"),
        ({"vad": "morkt", "plats": "Falsterbovägen", "text": NOTE}, "Flera platser heter så"),
        ({"vad": "morkt", "geometry": "{", "text": NOTE}, "<title>Fel:"),
        ({"vad": "skrap", "geometry": '{"type": "Point", "coordinates": [18, 59]}', "text": NOTE}, "utanför"),
    ):
        answer = world.post(client, f"{address}/punkt", **fields)
        assert answer.status_code == 422 and said in answer.text and NOTE in answer.text, fields
    assert world.post(client, "/vandringar", title="", walked_on="2026-03-01").status_code == 422
    assert world.post(client, "/vandringar", title="Ring 070-123 45 67", walked_on="2026-03-01").status_code == 422
    assert world.post(client, "/vandringar", title="Torget", walked_on="2999-01-01").status_code == 422
    empty = world.post(client, f"{address}/avsluta")
    assert empty.status_code == 422 and "inga punkter" in empty.text
    assert points(world) == 0


def test_others_learn_nothing_of_a_walk(world):
    _, address = begun(world)
    for role in ("foretag", "trafikgrupp"):
        assert world.client(role).get(address).status_code == 403
    assert world.client().get(address).status_code == 302
    assert "trygghetsvandring" not in world.client().get("/rapportera").text.lower()
    assert "/vandringar" in world.client("polis").get("/rapportera").text
