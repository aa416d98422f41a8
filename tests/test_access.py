"""The gate: the table is whole, the no's are right, what is seen is what the field table says, the log is a chain."""

import dataclasses
import threading
from datetime import date, datetime

import pytest
from sqlalchemy import select, text

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.db.tables import AuditLine, FollowUp, Measure, Organisation, Person, Place, Report, Site, Stretch
from samverkan_map.errors import NotAllowed, NotFound, SignInNeeded
from samverkan_map.translations import LANGUAGES
from samverkan_map.translations import text as sentence
from samverkan_map.vocabulary import Mechanism, Permission, ReportKind, Role

KOMMUN, POLISEN, BUTIKEN = 1, 2, 3
VIEWERS = {
    Role.PUBLIC: access.ANONYMOUS,
    Role.BUSINESS: Viewer(None, "Ftg", Role.BUSINESS, BUTIKEN),
    Role.TRAFFIC_GROUP: Viewer(None, "Trf", Role.TRAFFIC_GROUP, KOMMUN),
    Role.PLANNER: Viewer(None, "Plan", Role.PLANNER, KOMMUN),
    Role.POLICE: Viewer(None, "Pol", Role.POLICE, POLISEN),
    Role.COORDINATOR: Viewer(None, "Sam", Role.COORDINATOR, KOMMUN),
}
COORDINATOR = VIEWERS[Role.COORDINATOR]

# The rows of the matrix as they were decided, in the order Pub Ftg Trf Plan Pol Sam: y yes, - no, o own organisation,
# t traffic only, a aggregated, d proposed by another, x yes in a form that is not built yet and therefore no.
MATRIX = """
 1 yyyyyy   2 aatyyy   3 ---yyy   4 --tyyy   5 ---aaa   6 ---x-y   7 ---x-y   8 oooooo   9 yyyyyy  10 yx-yyy
11 -o---y  12 aaaaaa  13 -x-yyy  14 --tyxy  15 --tyyy  16 --tyyy  17 --tyoy  18 --tyoy  19 ---o-y  20 -----x
21 --xx-y  22 ---x-y  23 --yy-y  24 ----xy  25 ---y-y  26 --xxxy  27 --tyyy  28 --tyyy  29 ---ooy  30 ----oo
31 -----y  32 yyyyyy  33 --tyay  34 --yyyy  35 ---o-y  36 -----y  37 ----dx  38 ----oy  39 ------  40 -----y
"""
WORDS = {
    "y": {"yes"}, "-": {None}, "o": {"own"}, "t": {"theme:traffic"}, "a": {"aggregated"}, "d": {"another"},
    "x": {"proposal", "assigned", "two-party", "invited"},
}  # fmt: skip


def a_place(*, forum="trygghetsforum", published=False):
    return Place(id=7, name="Kioskparken", forum=forum, published=published, owner_id=KOMMUN)


def a_measure(*, owner=KOMMUN, mechanism=Mechanism.INCREASE_RISK, places=(), published=False):
    return Measure(id=8, owner_id=owner, mechanism=mechanism.value, places=list(places), published=published)


# ---- The table ---------------------------------------------------------------------------------------------------


def test_the_file_says_exactly_what_was_decided():
    words = MATRIX.split()
    decided = dict(zip(map(int, words[::2]), words[1::2], strict=True))
    assert list(decided) == list(range(1, 41))
    by_number = {grant.number: grant for grant in access.grants().values()}
    for number, letters in decided.items():
        for role, letter in zip(Role, letters, strict=True):
            assert by_number[number].allow.get(role) in WORDS[letter], (number, role)


def test_every_permission_has_a_row_a_number_of_its_own_and_a_name_in_both_languages():
    grants = access.grants()
    assert set(grants) == set(Permission)
    assert len({grant.number for grant in grants.values()}) == len(Permission)
    for language in LANGUAGES:
        assert all(sentence(language, f"vocabulary.permission.{name}") for name in Permission)


def test_reading_of_the_marked_rows_is_logged():
    logged = {grant.number for grant in access.grants().values() if grant.read_logged != "no"}
    assert logged == {3, 6, 7, 11, 33, 38}


def test_what_is_not_built_yet_counts_as_no():
    assert not access.may(VIEWERS[Role.PLANNER], Permission.PUBLISH)
    assert not access.may(COORDINATOR, Permission.DISPOSE)
    assert not access.may(VIEWERS[Role.BUSINESS], Permission.OFFER_CONTRIBUTION)


def test_only_the_hosts_owner_sets_up_the_database():
    assert access.may(access.command_line("anna"), Permission.SET_UP)
    assert not any(access.may(viewer, Permission.SET_UP) for viewer in VIEWERS.values())


# ---- Rules that look at the object -------------------------------------------------------------------------------


def test_the_traffic_group_steps_places_of_its_own_forum_only():
    group = VIEWERS[Role.TRAFFIC_GROUP]
    assert access.may(group, Permission.STEP_PLACE, a_place(forum=access.TRAFFIC_FORUM))
    assert not access.may(group, Permission.STEP_PLACE, a_place())


def test_the_traffic_group_works_with_stretches_and_traffic_measures():
    group = VIEWERS[Role.TRAFFIC_GROUP]
    on_traffic_place = a_measure(places=[a_place(forum=access.TRAFFIC_FORUM)])
    assert access.may(group, Permission.EDIT_PLACE, Stretch(id=1))
    assert access.may(group, Permission.EDIT_MEASURE, on_traffic_place)
    assert access.may(group, Permission.EDIT_MEASURE, a_measure(mechanism=Mechanism.TRAFFIC))
    assert access.may(group, Permission.SET_VERDICT, FollowUp(id=1, measure=on_traffic_place))
    assert not access.may(group, Permission.EDIT_MEASURE, a_measure(places=[a_place()]))
    assert not access.may(group, Permission.EDIT_MEASURE, a_measure())
    assert not access.may(group, Permission.SEE_COARSE_REPORTS, Site(id=1))
    assert not access.may(group, Permission.SEE_COARSE_REPORTS, Report(id=1, kind="problem"))
    assert access.may(group, Permission.SEE_COARSE_REPORTS, Report(id=1, kind="accident"))


def test_vellinges_traffic_group_sits_in_the_forum_that_may_map_traffic(vellinge):
    assert [code for code, forum in vellinge.forums.items() if forum.may_map == "traffic"] == [access.TRAFFIC_FORUM]


def test_the_police_edit_their_own_measures_and_not_the_municipalitys():
    police = VIEWERS[Role.POLICE]
    assert access.may(police, Permission.EDIT_MEASURE, a_measure(owner=POLISEN))
    assert access.may(police, Permission.SET_VERDICT, FollowUp(id=1, measure=a_measure(owner=POLISEN)))
    assert not access.may(police, Permission.EDIT_MEASURE, a_measure(owner=KOMMUN))


def test_somebody_without_an_organisation_owns_nothing():
    nobody = Viewer(None, "Pol", Role.POLICE, None)
    assert not access.may(nobody, Permission.EDIT_MEASURE, Measure(id=1, owner_id=None))


# ---- The no's ----------------------------------------------------------------------------------------------------


def test_what_a_business_cannot_see_does_not_exist_for_it(session):
    with pytest.raises(NotFound):
        access.gate(session, VIEWERS[Role.BUSINESS], Permission.STEP_PLACE, a_place())
    with pytest.raises(NotAllowed):
        access.gate(session, VIEWERS[Role.BUSINESS], Permission.STEP_PLACE, a_place(published=True))


def test_a_visitor_is_asked_to_sign_in_unless_existence_itself_is_protected():
    assert isinstance(access.refusal(access.ANONYMOUS, Permission.MANAGE_PEOPLE), SignInNeeded)
    assert isinstance(access.refusal(access.ANONYMOUS, Permission.SEE_EXACT_REPORTS), NotFound)
    assert type(access.refusal(VIEWERS[Role.PLANNER], Permission.MANAGE_PEOPLE)) is NotAllowed


def test_a_refused_act_leaves_no_line(session):
    with pytest.raises(NotAllowed):
        access.gate(session, VIEWERS[Role.PLANNER], Permission.MANAGE_PEOPLE)
    assert session.scalars(select(AuditLine)).all() == []


# ---- What is seen ------------------------------------------------------------------------------------------------

ROW = {
    "id": 12, "source": "est", "source_ref": "A-1", "kind": "traffic", "type": "fortkorning",
    "occurred_from": datetime(2025, 3, 14, 21, 47), "occurred_to": datetime(2025, 3, 14, 22, 5),
    "reported_at": datetime(2025, 3, 15, 8, 1), "day": date(2025, 3, 14), "weekday": 4, "hour": 22,
    "precision": "point", "area": "hollviken", "place_name": "utanför kiosken", "stretch": "Mellangatan",
    "severity": None, "organisation": "Skolan", "description": "Grå moped", "e": 370012.5, "n": 6140088.0,
}  # fmt: skip
SEEN = {
    Role.PUBLIC: set(),
    Role.BUSINESS: set(),
    Role.TRAFFIC_GROUP: {
        "id", "source", "kind", "type", "month", "hour_band", "precision", "area", "stretch", "severity", "e", "n",
    },
    Role.PLANNER: set(ROW) - {"description", "reported_at"},
    Role.POLICE: set(ROW) - {"description", "reported_at"},
    Role.COORDINATOR: set(ROW),
}  # fmt: skip


@pytest.mark.parametrize("role", Role)
def test_each_role_gets_exactly_the_fields_of_the_field_table(role):
    assert set(access.report_fields(VIEWERS[role], ROW)) == SEEN[role]


def test_the_traffic_group_gets_month_band_and_square_and_nothing_finer():
    seen = access.report_fields(VIEWERS[Role.TRAFFIC_GROUP], ROW)
    assert (seen["month"], seen["hour_band"], seen["e"], seen["n"]) == ("2025-03", "20-24", 370025.0, 6140075.0)


def test_the_planner_gets_the_hour_and_not_the_minute():
    seen = access.report_fields(VIEWERS[Role.PLANNER], ROW)
    assert seen["occurred_from"] == datetime(2025, 3, 14, 21)
    assert seen["occurred_to"] == datetime(2025, 3, 14, 22)


def test_a_problem_report_is_nothing_at_all_to_the_traffic_group():
    assert access.report_fields(VIEWERS[Role.TRAFFIC_GROUP], {**ROW, "kind": "problem"}) == {}


def test_the_filter_leaves_its_row_as_it_was():
    before = dict(ROW)
    for viewer in VIEWERS.values():
        access.report_fields(viewer, ROW)
    assert before == ROW


def test_kinds_work_and_coarseness_follow_the_role():
    expected = {
        Role.PUBLIC: (set(), False, None, False),
        Role.BUSINESS: (set(), False, None, False),
        Role.TRAFFIC_GROUP: ({ReportKind.TRAFFIC, ReportKind.ACCIDENT}, False, 50, True),
        Role.PLANNER: (set(ReportKind), True, None, False),
        Role.POLICE: (set(ReportKind), True, None, False),
        Role.COORDINATOR: (set(ReportKind), True, None, False),
    }
    for role, viewer in VIEWERS.items():
        seen = (
            access.visible_kinds(viewer), access.sees_work_unpublished(viewer),
            access.coarse_position(viewer), access.coarse_time(viewer),
        )  # fmt: skip
        assert seen == expected[role], role


# ---- The log -----------------------------------------------------------------------------------------------------


def test_an_act_leaves_one_line_that_says_who_what_and_on_which_object(session):
    person = Person(
        username="anna", name="Anna", role="samordnare", password_hash="x", created_at=datetime(2025, 1, 1), version=1
    )
    session.add(person)
    session.flush()
    actor = Viewer(person.id, "Anna", Role.COORDINATOR, None)
    access.gate(session, actor, Permission.IMPORT_REPORTS, a_place(), read=3, source="est")
    (line,) = session.scalars(select(AuditLine)).all()
    assert (line.id, line.person_id, line.who, line.action) == (1, person.id, "Anna", "import_reports")
    assert (line.object_kind, line.object_id, line.details) == ("places", "7", '{"read":3,"source":"est"}')


def test_the_command_line_is_recorded_as_such(session):
    access.gate(session, access.command_line("anna"), Permission.SET_UP)
    assert session.scalars(select(AuditLine.who)).one() == "kommandorad:anna"


@pytest.mark.parametrize("words", ["Grå moped utanför nr 5", "ett\nrad", "x" * 101])
def test_free_text_cannot_get_into_the_log(session, words):
    with pytest.raises(ValueError, match="not a count, a code or a date"):
        access.gate(session, COORDINATOR, Permission.EDIT_PLACE, title=words)


def test_an_untouched_chain_verifies(database):
    with database.writing() as session:
        assert access.verify(session) is None
        for number in range(5):
            access.gate(session, COORDINATOR, Permission.EDIT_PLACE, a_place(), step=number)
        session.commit()
    with database.reading() as session:
        assert access.verify(session) is None
        assert session.scalars(select(AuditLine.id).order_by(AuditLine.id)).all() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ("UPDATE audit SET who = 'Ingen' WHERE id = 3", 3),
        ("UPDATE audit SET at = '2020-01-01 00:00:00' WHERE id = 2", 2),
        ("DELETE FROM audit WHERE id = 4", 4),
        ("DELETE FROM audit WHERE id = 5", 5),
        ("DELETE FROM audit", 1),
    ],
)
def test_tampering_past_the_trigger_is_found_at_the_line_it_happened(database, tampering, broken):
    with database.writing() as session:
        for number in range(5):
            access.gate(session, COORDINATOR, Permission.EDIT_PLACE, step=number)
        session.commit()
    with database.writing() as session:
        _take_trigger_away(session, embedded=database.embedded)
        session.execute(text(tampering))
        session.commit()
    with database.reading() as session:
        assert access.verify(session) == broken


def _take_trigger_away(session, *, embedded):
    if not embedded:
        session.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        return
    for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'")):
        session.execute(text(f"DROP TRIGGER {name}"))


def test_many_writers_at_once_make_one_unbroken_chain(database):
    failures = []

    def write():
        try:
            for number in range(10):
                with database.writing() as session:
                    access.gate(session, COORDINATOR, Permission.EDIT_PLACE, step=number)
                    session.commit()
        except Exception as error:
            failures.append(error)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failures == []
    with database.reading() as session:
        assert access.verify(session) is None
        assert session.scalars(select(AuditLine.id).order_by(AuditLine.id)).all() == list(range(1, 41))


def test_the_police_read_the_lines_of_their_own_organisation_only(session):
    people = []
    for number, code in enumerate(("kommunen", "polisen"), start=1):
        organisation = Organisation(code=code, name=code, kind="police")
        session.add(organisation)
        session.flush()
        person = Person(
            username=code, name=code, role="polis", organisation_id=organisation.id, password_hash="x",
            created_at=datetime(2025, 1, number), version=1,
        )  # fmt: skip
        session.add(person)
        session.flush()
        people.append(Viewer(person.id, code, Role.POLICE, organisation.id))
        access.gate(session, people[-1], Permission.STEP_PLACE)
    lines, total = access.find_audit(session, people[1])
    assert ([line.who for line in lines], total) == (["polisen"], 1)
    everything, total = access.find_audit(session, COORDINATOR)
    assert ([line.who for line in everything], total) == (["polisen", "kommunen"], 2)
    only, _ = access.find_audit(session, COORDINATOR, action=Permission.SIGN_IN)
    assert only == []
    with pytest.raises(NotAllowed):
        access.find_audit(session, VIEWERS[Role.PLANNER])


def test_the_police_without_an_organisation_read_nobodys_lines(session):
    """Lines of the command line and of others without an organisation are not theirs."""
    person = Person(
        username="sam", name="Sam", role="samordnare", password_hash="x", created_at=datetime(2025, 1, 1), version=1
    )
    session.add(person)
    session.flush()
    access.gate(session, Viewer(person.id, "Sam", Role.COORDINATOR, None), Permission.STEP_PLACE)
    access.gate(session, access.command_line(), Permission.SET_UP)
    assert access.find_audit(session, Viewer(None, "Pol", Role.POLICE, None)) == ([], 0)


# ---- The table is the truth, not the role ------------------------------------------------------------------------


def granting(monkeypatch, **rows):
    """The matrix with some rows changed: permission -> {role: word}."""
    changed = {
        Permission(name): dataclasses.replace(access.grants()[Permission(name)], allow=allow)
        for name, allow in rows.items()
    }
    table = access.grants() | changed
    monkeypatch.setattr(access.matrix, "grants", lambda: table)


def test_a_planner_who_may_see_reports_only_coarsely_gets_months_and_squares(monkeypatch):
    planner = VIEWERS[Role.PLANNER]
    granting(monkeypatch, see_exact_reports={"polis": "yes"})
    assert access.visible_kinds(planner) == frozenset(ReportKind)
    assert (access.coarse_position(planner), access.coarse_time(planner)) == (50, True)
    assert set(access.report_fields(planner, ROW)) == SEEN[Role.TRAFFIC_GROUP]


def test_a_business_that_is_granted_traffic_reports_gets_those_alone(monkeypatch):
    business = VIEWERS[Role.BUSINESS]
    granting(monkeypatch, see_coarse_reports={"foretag": "theme:traffic"})
    assert access.visible_kinds(business) == access.TRAFFIC_KINDS
    assert access.report_fields(business, {**ROW, "kind": "problem"}) == {}
    assert "hour" not in access.report_fields(business, ROW)


def test_a_coordinator_without_the_right_to_words_gets_none(monkeypatch):
    granting(monkeypatch, see_raw_text={"planerare": "yes"})
    assert set(access.report_fields(COORDINATOR, ROW)) == SEEN[Role.PLANNER]
    assert set(access.report_fields(VIEWERS[Role.PLANNER], ROW)) == set(ROW)


def test_whoever_is_granted_the_whole_log_reads_it(session, monkeypatch):
    access.gate(session, access.command_line(), Permission.SET_UP)
    granting(monkeypatch, read_audit={"planerare": "yes", "samordnare": "own"})
    assert access.find_audit(session, VIEWERS[Role.PLANNER])[1] == 1
    assert access.find_audit(session, COORDINATOR)[1] == 0


@pytest.mark.parametrize("number", [2**53, -(10**20), float("nan"), float("inf")])
def test_a_number_that_is_not_the_same_for_every_reader_cannot_get_into_the_log(session, number):
    with pytest.raises(ValueError, match="not a count"):
        access.gate(session, COORDINATOR, Permission.EDIT_PLACE, number=number)


def test_a_log_whose_end_is_lost_is_not_whole(database):
    with database.writing() as session:
        access.gate(session, COORDINATOR, Permission.EDIT_PLACE)
        session.commit()
    with database.reading() as session:
        number, digest = access.audit_head(session)
        assert number == 1 and digest == session.scalars(select(AuditLine.hash)).one()
    with database.writing() as session:
        session.execute(text("DELETE FROM state WHERE key = 'audit_head'"))
        session.commit()
    with database.reading() as session:
        assert access.verify(session) == 2
        assert access.audit_head(session) == (0, "")
