"""The log of what is done and read: one line for each act, of an action that its address stands for."""

import re

from form_fields import forms
from sqlalchemy import select
from web.test_grants import GETS, client_cookie

from samverkan_map import access
from samverkan_map.db.tables import AuditLine, Base

BESIDE = frozenset({"audit", "state", "attempts", "sessions", "drafts", "handled_forms", "earlier_texts"})
"""Tables of the handling, not of what is done."""


OWN = re.compile(r"^/(konto|sprak|demo|utkast)")
"""What is about the visitor's own session."""

LAST = re.compile(r"angra|stang|ta-bort|stryk|avpublicera|aterkalla|avsluta|tillbaka")
"""What takes away is done when the rest is done."""


def content(world):
    with world.database.reading() as session:
        return {
            table.name: session.execute(select(table).order_by(*table.primary_key)).all()
            for table in Base.metadata.sorted_tables
            if table.name not in BESIDE
        }


def lines(world):
    with world.database.reading() as session:
        return list(session.scalars(select(AuditLine).order_by(AuditLine.id)))


def allowed(world, address):
    adapter = world.app.url_map.bind("localhost")
    rule = adapter.match(address.partition("?")[0], "POST", return_rule=True)[0]
    return {str(one) for case in access.route_rows()[f"POST {rule.rule}"].values() for one in case}


def every_form(world, client):
    """(address, form) for every form on every page that is sent to another address than the page's own, too."""
    found = {}
    for address in GETS:
        answer = client.get(address, headers={"Cookie": client_cookie(client)})
        if answer.mimetype == "text/html" and answer.status_code == 200:
            for form in forms(answer.text):
                found.setdefault(form.action.partition("?")[0] or address, form)
    last = sorted(found, key=lambda one: (bool(LAST.search(one)), one))
    return [(address, found[address]) for address in last if not OWN.search(address)]


def test_each_form_that_changes_something_leaves_one_line_of_its_own_action(world):
    client, wrong, acts = world.client("samordnare"), [], set()
    for address, form in every_form(world, client):
        sent = {name: value for name, value in form.filled().items() if name not in ("csrf_token", "form_key")}
        before, known = content(world), len(lines(world))
        answer = world.post(client, address, **sent)
        new = lines(world)[known:]
        changed = content(world) != before
        told = [(line.action in allowed(world, address), line.who, bool(line.object_id), bool(line.at)) for line in new]
        # The same texts once more are an act too, though nothing comes of it.
        right = len(new) == 1 if changed else len(new) <= (answer.status_code < 400)
        if not right or set(told) - {(True, "Exempel samordnare", True, True)}:
            wrong.append((address, answer.status_code, [line.action for line in new]))
        acts |= {address} if changed else set()
    assert wrong == []
    assert len(acts) > 35, acts


def test_each_reading_of_what_is_marked_leaves_a_line_and_no_other_reading_does(world):
    client, wrong, seen = world.client("samordnare"), [], set()
    adapter = world.app.url_map.bind("localhost")
    for address in GETS:
        rule, values = adapter.match(address.partition("?")[0], return_rule=True)
        case = "reports" if values.get("layer") in ("problem", "traffic", "accident", "strength") else "others"
        needs = access.route_rows()[f"GET {rule.rule}"][case]
        marked = access.grants()[needs[0]].read_logged
        again = marked == "hourly" and (rule.endpoint, *values.values()) in seen
        seen.add((rule.endpoint, *values.values()))
        known = len(lines(world))
        client.get(address, headers={"Cookie": client_cookie(client)}).get_data()
        actions = [line.action for line in lines(world)[known:]]
        if (marked != "no" and not again) != (str(needs[0]) in actions):
            wrong.append((address, marked, actions))
    assert wrong == []
