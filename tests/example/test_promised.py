"""The example material: invented, the same everywhere, as large as was promised."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from example_rows import (
    NOW,
    SMALL,
    START,
    UNTIL,
    fingerprint,
    local_day,
)
from sqlalchemy import select

from samverkan_map import access, demo, people
from samverkan_map.db.tables import (
    Delivery,
    Person,
    Report,
    Walk,
)  # fmt: skip
from samverkan_map.vocabulary import (
    Role,
)

# ---- What was promised -------------------------------------------------------------------------------------------


def test_the_example_holds_what_was_promised(filled):
    session, made = filled
    promised = {
        "reports": SMALL,
        "deliveries": session.query(Delivery).count(),
        "places": 15,
        "sites": 6,
        "reviews": 40,
        "rounds": 2,
        "invitations": 12,
        "measures": 20,
        "follow_ups": 20,
        "stretches": 18,
        "speed_measurements": 14,
        "decisions": 3,
        "organisations": 9,
        "people": 5,
    }
    assert {name: made.counts[name] for name in promised} == promised
    assert demo.is_trial(session)
    assert access.verify(session) is None


def test_two_safety_walks_have_ended_and_each_of_their_points_is_a_report(example):
    walks = example.scalars(select(Walk)).all()
    assert all(walk.ended_at and point.report_id for walk in walks for point in walk.points)
    assert [len(walk.points) for walk in walks] == [5, 6]


def test_six_thousand_reports_over_three_years(example, rows):
    assert len(rows) == 6000
    days = [local_day(row) for row in rows]
    assert START - timedelta(days=6) <= min(days) <= START + timedelta(days=3)
    assert UNTIL - timedelta(days=3) <= max(days) < UNTIL
    years = Counter((UNTIL - day).days // 365 for day in days)
    assert all(1700 <= years[year] <= 2300 for year in range(3))


def test_the_rows_are_the_same_each_time_and_on_both_databases(database, example, vellinge):
    with database.writing() as session:
        demo.fill(session, vellinge, until=UNTIL)
        assert fingerprint(session) == fingerprint(example)


def test_another_seed_gives_other_rows_and_the_same_places(embedded, vellinge, example):
    with embedded.writing() as session:
        demo.fill(session, vellinge, until=UNTIL, seed=2)
        found, usual = fingerprint(session), fingerprint(example)
    assert found["reports"] != usual["reports"]
    assert found["places"] == usual["places"]


@pytest.mark.parametrize("years", [1, 2, 5])
def test_other_lengths_of_time_work(embedded, vellinge, years):
    with embedded.writing() as session:
        made = demo.fill(session, vellinge, reports=SMALL, years=years, until=date(2028, 2, 29))
        days = [local_day(row) for row in session.scalars(select(Report))]
        assert made.counts["places"] == 15
        assert min(days) >= date(2028 - years, 2, 21)
        assert max(days) < date(2028, 2, 29)


def test_one_report_is_enough_for_an_example(embedded, vellinge):
    with embedded.writing() as session:
        assert demo.fill(session, vellinge, reports=1, until=UNTIL).counts["reports"] == 1


def test_twenty_thousand_reports_have_the_same_shape(embedded, vellinge, rows):
    told = []
    with embedded.writing() as session:
        demo.fill(session, vellinge, reports=20_000, until=UNTIL, progress=told.append)
        many = session.execute(select(Report.type, Report.area, Report.hour, Report.precision)).all()
    assert len(many) == told[-1] == 20_000
    assert told == sorted(told)
    for column in ("type", "area", "precision"):
        few_share, many_share = (_shares(getattr(row, column) for row in found) for found in (rows, many))
        assert few_share.keys() == many_share.keys()
        assert max(abs(few_share[word] - many_share[word]) for word in few_share) < 0.02


def _shares(words) -> dict[str, float]:
    counted = Counter(words)
    return {word: count / counted.total() for word, count in counted.items()}


# ---- People ----------------------------------------------------------------------------------------------------------


def test_there_is_one_example_person_per_role_who_can_sign_in(filled):
    session, made = filled
    found = {person.username: person for person in session.scalars(select(Person))}
    assert {person.role for person in found.values()} == set(Role) - {Role.PUBLIC}
    assert all(person.example and person.name.startswith("Exempel ") for person in found.values())
    assert [username for username, _ in made.sign_ins] == list(found)
    for username, password in made.sign_ins:
        person = people.sign_in(session, username, password, address="127.0.0.1", secret="s", now=NOW)
        assert person.username == username
    assert len({password for _, password in made.sign_ins}) == 5
    assert all(password not in repr(made) for _, password in made.sign_ins)
