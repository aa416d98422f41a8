"""The steps of a new measure and the fields of its forms, as a browser sends them."""

import re

from sqlalchemy import func, select

from samverkan_map import access

HOST = access.command_line()
STEPS = {
    1: {"places": "1"},
    2: {"catalogue_code": "belysning_fast", "summary": "Två lampor vid gången."},
    3: {"owner_id": "1", "planned_start": "1 maj 2026", "planned_end": "2026-06-01", "cost_kronor": "25 000"},
    4: {
        "follow": "plan", "indicator": "Rapporter om skador", "types": ["skadegorelse"], "window_months": "12",
        "ring_metres": "200", "due_on": "2027-06-01", "same_season": "yes",
    },
}  # fmt: skip
EDIT = {
    "title": "Belysning nummer 1", "summary": "Nya lampor.", "mechanism": "increase_risk", "kind": "situational",
    "term": "short", "places": "1", "planned_start": "2026-03-31", "owner_id": "4",
}  # fmt: skip


def through(world, client, last=5, start=1, **changes):
    """Answer the steps from `start` to `last` as a browser would: what stands hidden on a page goes along."""
    answer = None
    for step in range(start, last + 1):
        page = client.get(f"/atgarder/ny?plats=1&steg={step}").text
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
        form = {}
        for name, value in hidden:
            if name not in ("csrf_token", "till"):
                form.setdefault(name, []).append(value)
        form |= STEPS.get(step, {}) | {name: value for name, value in changes.items() if name in STEPS.get(step, {})}
        answer = world.post(client, f"/atgarder/ny?plats=1&steg={step}", go="next", **form)
    return answer


def count(world, table):
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def fields(page):
    """The hidden fields of the page's form, as a browser would send them."""
    return {name: value for name, value in re.findall(r'name="([\w.]+)" value="([^"]*)"', page) if name != "csrf_token"}
