"""`samverkan situation`: the versions, and whether a frozen one holds."""

from datetime import date, datetime

from sqlalchemy import update

from samverkan_map import access, people, situation
from samverkan_map.db.tables import Situation
from samverkan_map.vocabulary import Role

NOW = datetime(2026, 11, 23, 12, 0)
HOST = access.command_line()


def frozen(session, vellinge):
    """A version that both parties have frozen."""
    actors = []
    for code, kind, role in (("kommunen", "municipality", Role.COORDINATOR), ("polisen", "police", Role.POLICE)):
        people.add_organisation(session, HOST, code=code, name=code.title(), kind=kind)
        made = people.create(
            session, HOST, username=code, name=code.title(), role=role, organisation=code,
            password="grönt cykelställ vid muren", now=NOW,
        )  # fmt: skip
        actors.append(people.as_viewer(made))
    found = situation.begin(
        session, actors[0], vellinge, start_on=date(2025, 11, 1), end_on=date(2026, 11, 1), today=NOW.date()
    )
    for section in situation.SECTIONS:
        situation.write(session, actors[0], found.id, section.code, "municipality", text="Ord.", now=NOW)
    situation.seal(session, actors[0], vellinge, found.id, today=NOW.date(), now=NOW)
    for actor in actors:
        situation.approve(session, actor, found.id, content=found.checksum, now=NOW)
    return found.checksum


def test_a_frozen_version_is_listed_holds_and_no_longer_holds_when_it_was_altered(quick, embedded, vellinge):
    with embedded.writing() as session:
        checksum = frozen(session, vellinge)
        session.commit()
    said = quick("situation", "list")
    assert (said.code, said.out.split()) == (0, ["1", "november", "2025", "–", "oktober", "2026", "Fryst", checksum])
    said = quick("situation", "verify", 1)
    assert (said.code, "Den håller" in said.out) == (0, True)
    with embedded.writing() as session:
        session.execute(update(Situation).values(document=Situation.document + " "))
        session.commit()
    said = quick("situation", "verify", 1)
    assert (said.code, "Den håller inte" in said.err) == (5, True)
    assert quick("situation", "verify", 9).code == 4
