"""What is worked out about a place: its problem in each lap, its causes, the hours somebody watches."""

from datetime import date

import numpy as np
import pytest
from builders import COORDINATOR, DEFINITION, a_place, carry, provide, viewer
from hypothesis import given
from hypothesis import strategies as st

from samverkan_map import access, places
from samverkan_map.errors import BadValue, Conflict, NotAllowed, NotFound, StepNotAllowed
from samverkan_map.places import door_hours
from samverkan_map.vocabulary import CauseKind, Phase, Role, StepBackReason, WatchKind

DAY = date(2026, 5, 1)
CAUSE = {
    "kind": CauseKind.GUARDIAN, "what": "Ingen vuxen på plats.", "evidence": "Fyra kvällar.", "source": "est",
}  # fmt: skip
PERSONAL = "Ring Kalle på 070-123 45 67"


# ---- The problem -----------------------------------------------------------------------------------------------------


def test_each_lap_has_its_definition_and_the_older_stays_readable(session, vellinge):
    place = carry(session, vellinge, a_place(session, vellinge), Phase.RESPONSE)
    places.step(session, COORDINATOR, place.id, Phase.SCANNING, today=DAY, reason=StepBackReason.NEW_INFORMATION)
    assert places.definition_of(place).lap == 1
    places.define(session, COORDINATOR, vellinge, place.id, **(DEFINITION | {"when": "Söndag morgon."}), today=DAY)
    assert (places.definition_of(place).lap, places.definition_of(place).when) == (2, "Söndag morgon.")
    assert places.definition_of(place, 1).when == "Fredag och lördag kväll."
    places.define(session, COORDINATOR, vellinge, place.id, **(DEFINITION | {"when": "Måndag."}), today=DAY)
    assert [found.when for found in place.definitions] == ["Fredag och lördag kväll.", "Måndag."]


def test_parts_of_a_definition_may_wait_and_the_sources_are_the_agreements(session, vellinge):
    place = a_place(session, vellinge)
    some = DEFINITION | {"how_often": "", "sources": ["trygghetsvandring", "est", "est"]}
    found = places.define(session, COORDINATOR, vellinge, place.id, **some, today=DAY)
    assert found.sources == ["est", "trygghetsvandring"]
    assert places.needs(place, Phase.SCANNING) == ["how_often"]


@pytest.mark.parametrize("field", ["what", "where", "when", "how_often", "who_affected"])
def test_every_text_of_a_definition_is_screened_and_the_field_is_named(session, vellinge, field):
    place = a_place(session, vellinge)
    with pytest.raises(BadValue) as refused:
        places.define(session, COORDINATOR, vellinge, place.id, **(DEFINITION | {field: PERSONAL}), today=DAY)
    assert refused.value.fields["field"] == field
    assert "070" not in str(refused.value)


@pytest.mark.parametrize(
    "words", [dict.fromkeys(DEFINITION, ""), DEFINITION | {"sources": ["skvaller"]}, dict.fromkeys(DEFINITION, " ")]
)
def test_a_definition_that_says_nothing_or_names_an_unknown_source_is_refused(session, vellinge, words):
    place = a_place(session, vellinge)
    with pytest.raises(BadValue):
        places.define(session, COORDINATOR, vellinge, place.id, **words, today=DAY)
    assert place.definitions == []


def test_two_who_define_the_same_problem_meet_and_each_change_counts(session, vellinge):
    place = a_place(session, vellinge)
    seen = place.version
    places.define(session, COORDINATOR, vellinge, place.id, **DEFINITION, today=DAY, version=seen)
    assert place.version == seen + 1
    with pytest.raises(Conflict):
        places.define(session, viewer(Role.POLICE), vellinge, place.id, **DEFINITION, today=DAY, version=seen)


def test_the_police_define_a_problem_but_do_not_rename_the_place(session, vellinge):
    place, police = a_place(session, vellinge), viewer(Role.POLICE)
    places.define(session, police, vellinge, place.id, **DEFINITION, today=DAY)
    with pytest.raises(NotAllowed):
        places.redraw(session, police, vellinge, place.id, places.shape_of(place), today=DAY)


def test_nobody_outside_writes_or_reads_a_definition(session, vellinge):
    hidden, shown = a_place(session, vellinge), a_place(session, vellinge, name="Torget", published=True)
    for role, refusal in ((Role.PUBLIC, NotAllowed), (Role.BUSINESS, NotAllowed), (Role.TRAFFIC_GROUP, NotAllowed)):
        with pytest.raises(refusal):
            places.define(session, viewer(role), vellinge, shown.id, **DEFINITION, today=DAY)
        with pytest.raises(NotFound):
            places.define(session, viewer(role), vellinge, hidden.id, **DEFINITION, today=DAY)
        assert not access.sees_inside(viewer(role), shown)


# ---- Causes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(CauseKind))
def test_a_cause_of_each_kind_is_kept_with_its_evidence_and_source(session, vellinge, kind):
    place = a_place(session, vellinge)
    found = places.add_cause(session, COORDINATOR, vellinge, place.id, **(CAUSE | {"kind": kind}), today=DAY)
    assert (found.kind, found.evidence, found.source, found.lap, found.added_on) == (
        kind, "Fyra kvällar.", "est", 1, DAY,
    )  # fmt: skip
    assert places.standing_causes(place) == [found]


def test_a_cause_without_evidence_lets_nothing_go_on_until_somebody_has_some(session, vellinge):
    place = carry(session, vellinge, a_place(session, vellinge), Phase.ANALYSIS)
    guess = places.add_cause(
        session, COORDINATOR, vellinge, place.id, **(CAUSE | {"evidence": "", "source": ""}), today=DAY
    )
    assert (places.needs(place, Phase.ANALYSIS), guess.source) == (["cause"], None)
    places.edit_cause(session, COORDINATOR, vellinge, place.id, guess.id, **CAUSE, today=DAY, version=guess.version)
    assert places.needs(place, Phase.ANALYSIS) == []


def test_evidence_without_a_source_is_not_enough_to_go_on_but_one_may_go_on_anyway(session, vellinge):
    place = carry(session, vellinge, a_place(session, vellinge), Phase.ANALYSIS)
    places.add_cause(session, COORDINATOR, vellinge, place.id, **(CAUSE | {"source": None}), today=DAY)
    assert places.needs(place, Phase.ANALYSIS) == ["cause"]
    with pytest.raises(StepNotAllowed):
        places.step(session, COORDINATOR, place.id, Phase.RESPONSE, today=DAY)
    places.step(session, COORDINATOR, place.id, Phase.RESPONSE, today=DAY, anyway=True, note="Bråttom.")
    assert places.state_of(place, Phase.ANALYSIS).status == "incomplete"


def test_a_struck_cause_stays_readable_with_its_note_and_counts_no_more(session, vellinge):
    place = carry(session, vellinge, a_place(session, vellinge), Phase.RESPONSE)
    (cause,) = place.causes
    places.strike_cause(session, COORDINATOR, place.id, cause.id, note="Lamporna lyste hela tiden.", today=DAY)
    assert (cause.struck_on, cause.struck_note, place.causes) == (DAY, "Lamporna lyste hela tiden.", [cause])
    assert places.standing_causes(place) == []
    assert places.state_of(place, Phase.ANALYSIS).status == "incomplete"
    for again in (
        lambda: places.strike_cause(session, COORDINATOR, place.id, cause.id, note="Igen.", today=DAY),
        lambda: places.edit_cause(session, COORDINATOR, vellinge, place.id, cause.id, **CAUSE, today=DAY),
    ):
        with pytest.raises(StepNotAllowed):
            again()


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"kind": "annat"}, "kind"), ({"what": " "}, "what"), ({"source": "skvaller"}, "source"),
        ({"what": PERSONAL}, "what"), ({"evidence": PERSONAL}, "evidence"),
    ],
)  # fmt: skip
def test_a_cause_that_cannot_be_right_is_refused_by_field(session, vellinge, words, field):
    place = a_place(session, vellinge)
    with pytest.raises(BadValue) as refused:
        places.add_cause(session, COORDINATOR, vellinge, place.id, **(CAUSE | words), today=DAY)
    assert refused.value.fields["field"] == field
    assert place.causes == []


def test_striking_needs_a_note_and_the_note_is_screened(session, vellinge):
    place = a_place(session, vellinge)
    cause = places.add_cause(session, COORDINATOR, vellinge, place.id, **CAUSE, today=DAY)
    for note in ("", PERSONAL):
        with pytest.raises(BadValue) as refused:
            places.strike_cause(session, COORDINATOR, place.id, cause.id, note=note, today=DAY)
        assert refused.value.fields["field"] == "note"
    assert cause.struck_on is None


def test_two_who_change_one_cause_meet_and_two_causes_do_not(session, vellinge):
    place = a_place(session, vellinge)
    one, other = (places.add_cause(session, COORDINATOR, vellinge, place.id, **CAUSE, today=DAY) for _ in range(2))
    seen = one.version
    places.edit_cause(
        session, COORDINATOR, vellinge, place.id, one.id, **(CAUSE | {"what": "Mörkt."}), today=DAY, version=seen
    )
    places.edit_cause(session, COORDINATOR, vellinge, place.id, other.id, **CAUSE, today=DAY, version=other.version)
    with pytest.raises(Conflict):
        places.edit_cause(session, COORDINATOR, vellinge, place.id, one.id, **CAUSE, today=DAY, version=seen)
    with pytest.raises(Conflict):
        places.strike_cause(session, COORDINATOR, place.id, one.id, note="Fel.", today=DAY, version=seen)


def test_a_cause_is_reached_only_by_its_own_place_and_by_those_who_work_with_it(session, vellinge):
    place, elsewhere = a_place(session, vellinge, published=True), a_place(session, vellinge, name="Torget")
    cause = places.add_cause(session, COORDINATOR, vellinge, place.id, **CAUSE, today=DAY)
    with pytest.raises(NotFound):
        places.get_cause(session, COORDINATOR, elsewhere.id, cause.id)
    for role in (Role.PUBLIC, Role.BUSINESS, Role.TRAFFIC_GROUP):
        with pytest.raises(NotFound):
            places.get_cause(session, viewer(role), place.id, cause.id)
    assert [line.action for line in access.changes_of(session, viewer(Role.PLANNER), cause)] == ["edit_problem"]
    assert access.changes_of(session, viewer(Role.PUBLIC), place) == []


# ---- Hours -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("mån-fre 10-18, lör 10-15", "mån–fre 10–18, lör 10–15"),
        ("Måndag–Fredag kl. 10.30–18.00; lördag 10:00-15:00", "mån–fre 10.30–18, lör 10–15"),
        ("mån, ons och fre 8-12, 13-17", "mån, ons, fre 08–12, 13–17"),
        ("fre-mån 20-02", "mån, fre–sön 20–02"),
        ("alla dagar dygnet runt", "mån–sön dygnet runt"),
        ("18-22", "mån–sön 18–22"),
        ("vardagar 7-9, helger 10-12", "mån–fre 07–09, lör–sön 10–12"),
        ("mon-fri 9-17, sat all day", "mån–fre 09–17, lör dygnet runt"),
        ("tis 10-14, tis 12-16", "tis 10–16"),
        ("", ""),
    ],
)
def test_hours_are_read_as_people_write_them(text, again):
    assert door_hours.write(door_hours.read(text, field="opening"), "sv") == again


@given(
    st.dictionaries(
        st.integers(0, 6),
        st.tuples(st.integers(0, 95), st.integers(1, 95)).filter(lambda one: one[0] + one[1] < 190),
        min_size=1,
    )
)
def test_what_is_written_back_reads_the_same(chosen):
    spans = {str(day): [[start / 4, (start + length) / 4]] for day, (start, length) in sorted(chosen.items())}
    for language in ("sv", "en"):
        assert door_hours.read(door_hours.write(spans, language), field="lit") == spans


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ibland", "hours_unreadable"), ("mån-fre", "hours_without_times"), ("mån 10-25", "hours_impossible"),
        ("mån 10-10", "hours_impossible"), ("mån 10.75-12", "hours_impossible"), ("mån 24-02", "hours_impossible"),
        ("månad 10-12", "hours_unreadable"), ("10", "hours_unreadable"), ("mån 10-12-14", "hours_unreadable"),
        ("mån 10-12, " * 40, "hours_too_long"),
    ],
)  # fmt: skip
def test_hours_that_cannot_be_read_are_quoted_in_the_refusal(session, vellinge, text, key):
    place = a_place(session, vellinge)
    with pytest.raises(BadValue) as refused:
        places.set_hours(session, COORDINATOR, place.id, {WatchKind.STAFFED: text}, today=DAY)
    assert refused.value.key == f"refusals.places.{key}"
    assert refused.value.fields["field"] == "staffed"


def test_hours_are_kept_changed_and_taken_away(session, vellinge):
    place = a_place(session, vellinge)
    seen = place.version
    places.set_hours(
        session, COORDINATOR, place.id, {WatchKind.OPENING: "8-18", WatchKind.LIT: "16-07"}, today=DAY, version=seen
    )
    assert places.hours_in_words(place, WatchKind.LIT) == "mån–sön 16–07"
    with pytest.raises(Conflict):
        places.set_hours(session, COORDINATOR, place.id, {WatchKind.OPENING: ""}, today=DAY, version=seen)
    places.set_hours(session, COORDINATOR, place.id, {WatchKind.OPENING: "", WatchKind.LIT: "lör 16-07"}, today=DAY)
    session.expire_all()
    assert [(one.kind, one.spans) for one in place.hours] == [("lit", {"5": [[16.0, 31.0]]})]


def events(**hours) -> np.ndarray:
    """Events by hour of the week: `events(fre=range(20, 23))` puts one in each of three hours."""
    found = np.zeros((7, 24))
    for day, run in hours.items():
        for hour in run:
            first = door_hours.NAMES["sv"].index(day) * 24 + hour
            found.reshape(-1)[first % 168] += 1
    return found


def watched(session, vellinge, **texts):
    place = a_place(session, vellinge)
    places.set_hours(session, COORDINATOR, place.id, {WatchKind(kind): text for kind, text in texts.items()}, today=DAY)
    return place


def test_a_place_open_in_the_day_with_problems_in_the_evening_shows_the_gap(session, vellinge):
    place = watched(session, vellinge, opening="8-18")
    found = places.gap(place, events(fre=range(20, 23), lör=range(20, 23), tis=[12]))
    assert places.runs_in_words(found.runs) == "fre–lör 20–23"
    assert found.share == pytest.approx(6 / 7)
    assert found.hours.sum() == 6


def test_a_gap_runs_past_midnight_and_over_sunday_night(session, vellinge):
    place = watched(session, vellinge, opening="mån-fre 10-18", staffed="lör 20-22")
    found = places.gap(place, events(lör=range(20, 27), sön=range(22, 26)))
    assert places.runs_in_words(found.runs) == "lör 22–03, sön 22–02"
    assert places.runs_in_words(found.runs, "en") == "Sat 22–03, Sun 22–02"


def test_adults_on_site_close_a_gap_and_light_alone_does_not(session, vellinge):
    evenings = events(fre=range(20, 23))
    assert places.gap(watched(session, vellinge, opening="8-18", staffed="fre 20-23"), evenings).runs == ()
    lit = places.gap(watched(session, vellinge, opening="8-18", lit="16-07"), evenings)
    assert (lit.runs, lit.share) == (((4 * 24 + 20, 3),), 1.0)


def test_without_known_hours_nothing_is_said_of_who_was_there(session, vellinge):
    assert places.gap(a_place(session, vellinge), events(fre=range(20, 23))) is None
    assert places.gap(watched(session, vellinge, lit="16-07"), events(fre=[20])) is None


def test_no_events_leave_no_gap_and_events_all_the_time_one_long(session, vellinge):
    place = watched(session, vellinge, opening="mån 10-11")
    assert places.gap(place, np.zeros((7, 24))).runs == ()
    everywhere = np.ones((7, 24))
    assert places.gap(place, everywhere).runs == (), "as many in all hours: no hour stands out"
    everywhere[1, 3:] = everywhere[2, :20] = 9
    found = places.gap(place, everywhere)
    assert places.runs_in_words(found.runs) == "tis 03 – ons 20"
    assert found.share == pytest.approx(1 - 1 / everywhere.sum())


def test_the_main_gaps_are_the_few_that_hold_most(session, vellinge):
    place = watched(session, vellinge, opening="8-18")
    weights = 5 * events(fre=range(20, 26)) + events(mån=[5], ons=[6])
    found = places.gap(place, weights)
    assert places.runs_in_words(found.runs) == "mån 05–06, ons 06–07, fre 20–02"
    assert places.runs_in_words(found.main) == "fre 20–02"


def test_half_an_hour_of_watch_counts_as_half(session, vellinge):
    place = watched(session, vellinge, opening="fre 20.30-23")
    found = places.gap(place, events(fre=[20, 21]))
    assert found.share == pytest.approx(0.25)


def test_the_hours_are_part_of_what_is_worked_out(session, vellinge):
    place = a_place(session, vellinge, published=True)
    provide(session, vellinge, place, Phase.SCANNING)
    with pytest.raises(NotAllowed):
        places.set_hours(session, viewer(Role.BUSINESS), place.id, {WatchKind.OPENING: "8-18"}, today=DAY)
