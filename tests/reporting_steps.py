"""The screens of reporting a place, as a form is sent from one to the next."""

from __future__ import annotations

import html
import re

from sqlalchemy import select

from samverkan_map.db.tables import Letter

STREET = "Falsterbovägen|hollviken"
SECRET = "Bilarna kör om varandra."


def fields_of(page) -> dict[str, list[str]]:
    """What the form of a page would send, before anybody has touched it."""
    text = page.get_data(as_text=True)
    form = re.search(r'<form[^>]*action="/rapportera".*?</form>', text, re.S)[0]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        if 'type="hidden"' in tag or " checked" in tag:
            name, value = (re.search(rf'{what}="([^"]*)"', tag) for what in ("name", "value"))
            found.setdefault(name[1], []).append(html.unescape(value[1]))
    return found


def go_on(client, page, **more):
    return client.post("/rapportera", data=fields_of(page) | more)


def to_check(client, *, where=None, **what):
    page = go_on(client, client.get("/rapportera"), **(where or {"plats": "Falsterbovägen 40"}))
    page = go_on(client, page, lista=STREET) if "Vilken plats menar du" in page.text else page
    return go_on(client, page, **{"vad": "fort", "text": SECRET, "ofta": "often", **what})


def send(client, **what):
    return go_on(client, to_check(client, **what), steg="skicka")


def letters(world):
    with world.database.reading() as session:
        return session.scalars(select(Letter).order_by(Letter.id)).all()
