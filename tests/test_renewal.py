"""A new agreement's period starts from the old one: carried over or closed, all at once, and the history whole."""

import threading
from datetime import date

import builders
import pytest
from builders import COORDINATOR, a_measure, a_place, carry, judge, viewer
from sqlalchemy import func, select
from test_situation import freeze, parties, picture  # noqa: F401 - fixtures

from samverkan_map import access, agreement, map_rows, measures, places, question, renewal, situation
from samverkan_map.db.tables import AuditLine, Effect, FollowUp, Measure, PeriodStart, PhaseMove, Place
from samverkan_map.errors import BadValue, Conflict, NotAllowed, NotFound, StepNotAllowed
from samverkan_map.renewal import CARRY, CLOSE, Choice
from samverkan_map.vocabulary import EndReason, Layer, MeasureStatus, Phase, Role, StepBackReason

TODAY = date(2026, 11, 27)


@pytest.fixture(scope="module")
def by(tmp_path_factory):
    """Vellinge with an invented second agreement from 2027."""
    return agreement.load(builders.vellinge_twice(tmp_path_factory.mktemp("by")))


@pytest.fixture
def town(session, by):
    """Three places: one in kartläggning, one judged with nothing left, one closed before; and their measures."""
    new = a_place(session, by, name="A ny")
    judged = a_place(session, by, name="B bedömd")
    carry(session, by, judged, Phase.ASSESSMENT)
    judge(session, by, judged)
    old = a_place(session, by, name="C stängd")
    places.end(session, COORDINATOR, old.id, note="Klart.", today=date(2026, 5, 1))
    a_measure(session, by, new, title="Lampor")
    session.flush()
    return session


def start(session, by, *, choices=None, actor=COORDINATOR, year=2027, today=TODAY, **how):
    work = renewal.open_work(session, COORDINATOR)
    chosen = renewal.usual(work) | (choices or {})
    given = {"sign": work.sign} | how
    return renewal.start(session, actor, by, year, chosen, today=today, **given)


def by_name(session, name):
    return session.scalars(select(Place).where(Place.name == name)).one()


def test_what_has_work_left_is_proposed_to_be_carried_over_and_the_rest_to_be_closed(town):
    work = renewal.open_work(town, COORDINATOR)
    usual = {line.row.name: renewal.usual(work)[line.key] for line in work.places}
    assert usual == {"A ny": Choice(CARRY), "B bedömd": Choice(CLOSE, EndReason.FINISHED)}
    titles = {line.row.title: line.left for line in work.measures}
    assert titles["Lampor"] is True and all(not left for title, left in titles.items() if title != "Lampor")


def test_what_is_carried_over_goes_on_untouched_and_the_rest_is_closed_and_still_found(town, by):
    kept = by_name(town, "A ny")
    before = (kept.version, kept.phase, len(kept.moves))
    history = [town.scalar(select(func.count()).select_from(table)) for table in (FollowUp, Effect, Measure)]
    made = start(town, by, reference="KS 2026/7")
    assert (kept.version, kept.phase, len(kept.moves), kept.closed_on) == (*before, None)
    assert history == [town.scalar(select(func.count()).select_from(table)) for table in (FollowUp, Effect, Measure)]
    closed = by_name(town, "B bedömd")
    last = places.laps(closed)[-1]
    assert (closed.closed_on, places.closes(last), closed.phase) == (TODAY, True, Phase.ASSESSMENT)
    assert last.note == "Avslutades när avtalet 2023–2026 gick ut: Arbetet är klart."
    assert {one.row_name: one.carried for one in rows(made)}["A ny"] is True
    assert (made.on, made.who, made.reference) == (TODAY, "kommandorad", "KS 2026/7")


def rows(made):
    for one in made.choices:
        one.row_name = one.place.name if one.place else one.measure.title
    return made.choices


def test_each_period_shows_its_own_places_and_the_closed_one_is_not_in_the_new(town, by):
    start(town, by)
    new = by.at(date(2027, 3, 1))

    def named(period):
        asked = question.parse({"period": period, "layer": "places"}, new, date(2027, 3, 1))
        return sorted(row.title for row in map_rows.stream(town, COORDINATOR, new, asked) if row.layer is Layer.PLACES)

    assert named("2023-2026") == ["A ny", "B bedömd", "C stängd"]
    assert named("2027-2030") == ["A ny"]


def test_a_measure_that_is_not_carried_over_ends_as_done_or_cancelled(town, by):
    going = a_measure(town, by, by_name(town, "A ny"), title="Värdar")
    measures.waive(town, COORDINATOR, going.id, reason="Mäts i trygghetsmätningen.", today=TODAY)
    measures.move(town, COORDINATOR, going.id, MeasureStatus.ONGOING, on=date(2026, 4, 2))
    planned = town.scalars(select(Measure).where(Measure.title == "Lampor")).one()
    start(
        town, by,
        choices={
            f"measure-{going.id}": Choice(CLOSE, EndReason.FINISHED),
            f"measure-{planned.id}": Choice(CLOSE, EndReason.OTHER, "Stolparna fick inget bygglov."),
        },
    )  # fmt: skip
    assert (going.status, going.ended_on) == (MeasureStatus.DONE, TODAY)
    assert (planned.status, planned.ended_on, planned.started_on) == (MeasureStatus.CANCELLED, TODAY, None)


def test_a_place_closed_in_any_phase_can_be_opened_again(town, by):
    place = by_name(town, "A ny")
    start(town, by, choices={f"place-{place.id}": Choice(CLOSE, EndReason.NO_MEANS)})
    assert (
        place.closed_on == TODAY
        and town.scalars(select(PhaseMove).where(PhaseMove.place_id == place.id)).all()[-1].missing
    )
    with pytest.raises(StepNotAllowed):
        places.end(town, COORDINATOR, place.id, note="", today=TODAY)
    places.step(town, COORDINATOR, place.id, Phase.SCANNING, reason=StepBackReason.OTHER, note="Åter.", today=TODAY)
    assert place.closed_on is None and place.lap == 2


def test_it_is_one_act_with_a_line_of_its_own_and_one_for_each_that_was_closed(town, by):
    last = town.scalar(select(func.max(AuditLine.id)))
    start(town, by)
    lines = town.scalars(select(AuditLine).where(AuditLine.id > last).order_by(AuditLine.id)).all()
    assert (
        lines[0].action == "start_period" and '"ended"' in lines[0].details and '"agreement":"2027"' in lines[0].details
    )
    assert {line.action for line in lines[1:]} == {"step_place", "edit_measure"}


@pytest.mark.parametrize(
    ("year", "today", "no", "key"),
    [
        (2023, TODAY, BadValue, "first"),
        (2031, TODAY, NotFound, "unknown"),
        (2027, date(2022, 12, 31), BadValue, "early"),
    ],
)
def test_a_start_that_cannot_be_is_one_sentence_and_changes_nothing(town, by, year, today, no, key):
    with pytest.raises(no, match=f"renewal.errors.{key}"):
        start(town, by, year=year, today=today)
    assert town.scalar(select(func.count()).select_from(PeriodStart)) == 0


def test_it_is_done_once(town, by):
    start(town, by)
    with pytest.raises(Conflict, match="renewal.errors.twice"):
        start(town, by)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COORDINATOR])
def test_only_the_coordinator_starts_a_period(town, by, role):
    with pytest.raises(NotAllowed):
        start(town, by, actor=viewer(role))


def test_who_chose_from_what_somebody_changed_meanwhile_is_told_and_nothing_is_done(town, by):
    work = renewal.open_work(town, COORDINATOR)
    place = by_name(town, "A ny")
    places.publish(town, COORDINATOR, by, place.id, today=TODAY)
    with pytest.raises(Conflict, match="renewal.errors.changed"):
        start(town, by, sign=work.sign)
    assert place.closed_on is None and town.scalar(select(func.count()).select_from(PeriodStart)) == 0


@pytest.mark.parametrize(
    ("chosen", "key"),
    [
        (Choice("throw"), "no_choice"),
        (Choice(CLOSE), "no_reason"),
        (Choice(CLOSE, EndReason.OTHER, "  "), "no_note"),
        (Choice(CLOSE, EndReason.FINISHED), "never_begun"),
        (Choice(CLOSE, EndReason.OTHER, "x" * 301), "long_note"),
        (Choice(CLOSE, EndReason.OTHER, "Ring 070-123 45 67"), ""),
    ],
)
def test_a_choice_that_cannot_be_is_named_by_its_measure(town, by, chosen, key):
    measure = town.scalars(select(Measure).where(Measure.title == "Lampor")).one()
    with pytest.raises(BadValue) as no:
        start(town, by, choices={f"measure-{measure.id}": chosen})
    assert no.value.fields["field"] == f"measure-{measure.id}" and no.value.key.endswith(key)
    assert access.verify(town) is not False


def test_what_an_agreement_changes_is_told_in_dropped_renamed_and_new(by, tmp_path):
    old, new = by.periods
    told = renewal.changes(old.types, new, new.types)
    assert (told.dropped, told.renamed, told.new) == ([], {"klotter": "klotter_tagg"}, [])
    assert renewal.coming(by, {}) is new and renewal.coming(by, {2027: None}) is None
    old, new = agreement.load(builders.two_agreements(tmp_path, turns=2027)).periods
    told = renewal.changes(old.types, new, new.types)
    assert (told.dropped, told.renamed, told.new) == (["halt"], {"snoskotrar": "skoter_atv"}, ["trasig_lampa"])


def test_a_small_municipality_goes_over_late_with_a_place_of_a_type_that_ended(session, tmp_path):
    first = agreement.load(builders.two_agreements(tmp_path, turns=2026))
    second = first.at(TODAY)
    where = {"focus": "levande-centrum", "type": "snoskotrar", "at": (15.1, 59.06)}
    kept, left = (a_place(session, first, name=name, today=date(2025, 3, 1), **where) for name in ("Torget", "Åsen"))
    start(session, second, year=2026, choices={f"place-{left.id}": Choice(CLOSE, EndReason.ELSEWHERE)})
    assert (kept.closed_on, kept.type, left.closed_on) == (None, "snoskotrar", TODAY)
    asked = question.parse({"type": "snoskotrar", "layer": "places"}, second, TODAY)
    assert {row.title for row in map_rows.stream(session, COORDINATOR, second, asked)} == {"Torget", "Åsen"}


def test_of_two_who_start_at_once_the_second_is_told_and_one_start_is_made(database, by):
    with database.writing() as session:
        a_place(session, by)
        session.commit()
    with database.reading() as session:
        work = renewal.open_work(session, COORDINATOR)
        sign, usual = work.sign, renewal.usual(work)
    both, told = threading.Barrier(2), []

    def press():
        both.wait()
        try:
            with database.writing() as session:
                renewal.start(session, COORDINATOR, by, 2027, usual, sign=sign, today=TODAY)
                session.commit()
                told.append("done")
        except Conflict as no:
            told.append(no.key)

    pressed = [threading.Thread(target=press) for _ in range(2)]
    for one in pressed:
        one.start()
    for one in pressed:
        one.join()
    assert sorted(told) == ["done", "renewal.errors.twice"]


def test_a_frozen_situation_picture_holds_and_reads_the_same_after_going_over(session, by, parties, picture):  # noqa: F811
    freeze(session, by, parties, picture)
    a_place(session, by)
    before = situation.read(picture)
    start(session, by)
    later = by.at(date(2027, 2, 1))
    assert situation.verify(session, parties[0], picture.id) is situation.Verified.HOLDS
    assert situation.read(picture) == before and before["agreement"] == [2023, 2026]
    assert later.start_year == 2027 and situation.find(session, parties[0]) == [picture]
