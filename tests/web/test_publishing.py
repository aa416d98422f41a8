"""Shown to the public and taken back: places, measures and placemaking sites in one and the same way."""

import json

import pytest
from pages import landed
from sqlalchemy import select

from samverkan_map.db.tables import AuditLine, Measure, Place, Site

NOUNS = [
    ("/platser", Place, "Platsen"),
    ("/atgarder", Measure, "Åtgärden"),
    ("/platsutveckling", Site, "Platsutvecklingen"),
]


@pytest.mark.parametrize(("address", "table", "named"), NOUNS, ids=["places", "measures", "sites"])
def test_whoever_may_publish_is_asked_once_more_told_what_shows_and_can_take_it_back(world, address, table, named):
    client = world.client("samordnare")
    ways = (
        ("publicera", 200, "Alla ser|synlig för alla", {}),
        ("avpublicera", 404, "försvinner från", {"taken_back": True}),
    )
    for what, seen, words, told in ways:
        asked, page = f"{address}/2/{what}", client.get(f"{address}/2").text
        assert asked in page and asked not in world.client("planerare").get(f"{address}/2").text
        page = client.get(asked).text
        assert any(word in page for word in words.split("|")) and "Nej, gå tillbaka" in page
        with world.database.reading() as session:
            version = session.get(table, 2).version
        assert world.post(world.client("planerare"), asked, version=version).status_code == 403
        assert world.post(client, asked, version=0).status_code == 409
        done = world.post(client, asked, version=version)
        assert landed(done) == f"{address}/2"
        assert (
            f"{named} visas {'nu' if seen == 200 else 'inte längre'} för allmänheten." in client.get(done.location).text
        )
        assert world.client().get(f"{address}/2").status_code == seen
        assert "Ja, visa" not in client.get(asked).text  # nothing is left to do
        with world.database.reading() as session:
            line = session.scalars(select(AuditLine).order_by(AuditLine.id.desc()).limit(1)).one()
        assert (line.action, json.loads(line.details)) == ("publish", told)


def test_taking_a_place_back_says_which_measures_stay_to_be_seen(world):
    page = world.client("samordnare").get("/platser/1/avpublicera").text
    assert "Publicerade åtgärder som fortsätter att synas" in page and 'href="/atgarder/1"' in page


@pytest.mark.parametrize(("language", "said"), [("sv", "”Skadegörelse på skola”"), ("en", "“Damage at school”")])
def test_what_is_never_shown_is_said_by_its_name_before_anybody_presses(world, vellinge, language, said):
    with world.database.writing() as session:
        session.get(Place, 2).type = "skadegorelse_skola"
        session.commit()
    client = world.client("samordnare", language=language)
    page = client.get("/platser/2/publicera").text
    assert said in page and "take_publish" not in page and 'name="version"' not in page
    assert world.post(client, "/platser/2/publicera", version=2).status_code in (409, 422)
