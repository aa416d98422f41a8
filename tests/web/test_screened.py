"""What may not be written is refused before it is stored, in every text field of every form, and leaves no trace."""

import io
import logging
import re
from pathlib import Path

import pytest
from form_fields import NUMBERS, forms
from sqlalchemy import text

from samverkan_map.db import backup
from samverkan_map.db.tables import Base

SIGN = "174 06 77"
CAUGHT = f"Ring 070-{SIGN}"
"""A number from those set aside for fiction."""
SECRET = "Hemligbeskrivning"
"""Stands in the reports of the world."""

IDS = {"id": "1", "cause_id": "1", "phase": "analys", "plan": "1", "number": "1", "forum": "styrgrupp-trafik",
       "keeper": "kommun", "language": "sv", "upload": "x", "token": "finnsinte", "review": "1",
       "invitation": "1", "point": "1", "photo": "1", "code": "7F3K-29QD-M4XA-8WPT", "form": "place", "object_id": "1",
       "rule": "people", "kind": "matning", "section": "harm", "party": "municipality"}  # fmt: skip
SHAPED = frozenset({
    "geometry", "opening", "staffed", "lit", "code", "nummer", "username", "sheet", "waiver", "origin", "year",
    "webbplats",
})  # fmt: skip
"""Text fields of a fixed form: what is no shape, hours, code, address or year is refused as such; a reason against a
follow-up that is planned already, and what robots fill in, too."""
NEVER_STORED = frozenset({"spot"})
"""Helps to draw a shape, and is no part of what is sent to be kept."""


def posts(app):
    """Every address that takes a form, with numbers of what is there."""
    rules = sorted(rule.rule for rule in app.url_map.iter_rules() if "POST" in rule.methods)
    return [re.sub(r"<(?:int:)?(\w+)>", lambda match: IDS[match[1]], rule) for rule in rules]


def forms_of(client, app):
    """(address, form) of every page that shows a form with a text field, as the coordinator meets it."""
    for address in posts(app):
        address += "?stracka=1" if address.endswith("beslut/nytt") else ""
        page = client.get(address)
        for form in forms(page.text) if page.status_code == 200 else ():
            if form.action.partition("?")[0] in ("", address.partition("?")[0]) and form.texts:
                yield address, form


def traces(world, folder, sign=SIGN):
    """Where the number stands: rows of tables, the embedded database and its log, PostgreSQL's log, a backup."""
    found = []
    with world.database.reading() as session:
        for table in Base.metadata.tables:
            shown = (one.name for one in Base.metadata.tables[table].columns if one.name != "geom")
            columns = ", ".join(f'CAST("{name}" AS TEXT)' for name in shown)
            rows = session.execute(text(f"SELECT {columns} FROM {table}")).all()
            found += [table for row in rows if any(sign in (value or "") for value in row)]
        ahead = None if world.database.embedded else session.scalar(text("SHOW data_directory"))
    backup.save(world.database, folder / "kopia", overwrite=True)
    files = [*folder.rglob("*"), *(Path(ahead, "pg_wal").glob("0*") if ahead else ())]
    return found + [str(file) for file in files if file.is_file() and sign.encode() in file.read_bytes()]


def test_every_text_field_of_every_form_says_no_by_kind_or_by_its_own_form_and_nothing_is_kept(
    world_on_each, tmp_path, caplog
):
    world, silent, asked = world_on_each, [], 0
    caplog.set_level(logging.DEBUG)
    client = world.client("samordnare")
    for address, form in list(forms_of(client, world.app)):
        for name in form.texts:
            asked += 1
            sent = form.filled() | {name: CAUGHT}
            sent.pop("form_key", None)
            answer = world.post(client, address, **{key: value for key, value in sent.items() if key != "csrf_token"})
            said = re.search(r"Texten( i \w+)? ser ut att (innehålla ett telefonnummer|peka ut en person)", answer.text)
            refused = answer.status_code >= 400 and (said or name in NUMBERS | SHAPED)
            if not refused and name not in NEVER_STORED:
                silent.append((address, name, answer.status_code))
    assert silent == []
    assert asked > 40
    assert len(traces(world, tmp_path, SECRET)) > 1, "what is stored would be found, in the table and in a file"
    assert SIGN not in caplog.text
    assert traces(world, tmp_path) == []


def test_whatever_field_a_text_is_sent_in_no_address_stores_it(world, tmp_path, caplog):
    """All names that any form has, at every address at once: also steps, buttons and forms that no page shows now."""
    caplog.set_level(logging.DEBUG)
    client = world.client("samordnare")
    names = {name for _, form in forms_of(client, world.app) for name in form.texts} | {
        "note", "reason", "title", "summary", "waiver", "text", "good", "idea", "name", "plats", "q",
    }  # fmt: skip
    for address in posts(world.app):
        if address not in ("/konto/logga-ut", "/konto/avsluta"):
            answer = world.post(client, address, **dict.fromkeys(names, CAUGHT))
            assert answer.status_code < 500, address
    upload = {"file": (io.BytesIO(b"typ,tid_fran\nklotter,2025-01-01\n"), f"{CAUGHT}.csv")}
    assert world.post(client, "/admin/leveranser/ny", **upload).status_code == 422
    assert SIGN not in caplog.text
    assert traces(world, tmp_path) == []


@pytest.mark.parametrize("field", ["name", "summary"])
def test_a_draft_is_screened_as_its_form_is(world, field):
    client = world.client("planerare")
    answer = world.post(client, "/utkast/place/1", **{field: CAUGHT})
    assert (answer.status_code, "telefonnummer" in answer.json["error"]) == (422, True)
