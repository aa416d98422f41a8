"""The situation picture: composed, weighed by both parties, frozen by two keys, worked out again, compared."""

import json
from datetime import date, datetime, timedelta

import builders
import databases
import pytest
from builders import refused
from sqlalchemy import delete, select, update

from samverkan_map import access, people, situation, sources
from samverkan_map.access import Viewer
from samverkan_map.db.tables import (
    AuditLine,
    Delivery,
    Organisation,
    Report,
    Situation,
    SituationApproval,
    SituationEarlier,
)
from samverkan_map.errors import BadValue, Conflict, NotAllowed, NotFound, StepNotAllowed
from samverkan_map.situation import Verified
from samverkan_map.situation.canonical import checksum, written
from samverkan_map.situation.document import figures
from samverkan_map.situation.figure import leading
from samverkan_map.situation.sections import QUICK, SECTIONS
from samverkan_map.vocabulary import Role, SituationChapter, SituationOutcome, SituationState, add_months

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 12, 0)
PERIOD = {"start_on": date(2025, 11, 1), "end_on": date(2026, 11, 1)}
PASSWORD = "grönt cykelställ vid muren"
HOST = access.command_line()


def someone(session, role, organisation):
    """Somebody with an account: who turns a key must be a person."""
    name = f"{role.value}-{organisation}"
    made = people.create(
        session,
        HOST,
        username=name,
        name=name.title(),
        role=role,
        organisation=organisation,
        password=PASSWORD,
        now=NOW,
    )
    return people.as_viewer(made)


@pytest.fixture
def parties(session):
    """The coordinator of the municipality and somebody of the police."""
    for code, kind in (("kommunen", "municipality"), ("polisen", "police")):
        people.add_organisation(session, HOST, code=code, name=code.title(), kind=kind)
    return someone(session, Role.COORDINATOR, "kommunen"), someone(session, Role.POLICE, "polisen")


def reported(session, vellinge, folder, name="in.csv", per_month=3):
    """Two years of reports: damage in Höllviken, more the second year, speeding in Vellinge, some without hour."""
    rows, number = [], 0
    for month in range(24):
        day = add_months(date(2024, 11, 1), month)
        for at in range(per_month if month < 12 else 3 * per_month):
            number += 1
            hour = "T21:30" if at % 2 else ""
            rows.append(f"{name}{number},skadegorelse,{day + timedelta(days=at)}{hour},12.9558,55.4098")
        rows.append(f"{name}F{month},fortkorning,{day}T08:00,13.0197,55.4712")
        rows.append(f"{name}U{month},ungdomsstok,{day}T22:00,13.02,55.4712")
    return builders.take_in(session, vellinge, builders.a_file(folder, rows, name=name))


@pytest.fixture
def picture(session, vellinge, parties, tmp_path):
    """A version that is begun, with reports behind it and words under each of the law's headings."""
    reported(session, vellinge, tmp_path)
    found = situation.begin(session, parties[0], vellinge, **PERIOD, today=TODAY)
    for chapter in SituationChapter:
        section = next(one for one in SECTIONS if one.chapter is chapter)
        say(session, parties[0], found, section.code, f"Kommunens ord om {chapter}.")
    return found


def say(session, actor, found, section, text, party="municipality", **how):
    return situation.write(session, actor, found.id, section, party, text=text, now=NOW, **how)


def close(session, vellinge, parties, found):
    return situation.seal(session, parties[0], vellinge, found.id, today=TODAY, now=NOW)


def freeze(session, vellinge, parties, found):
    close(session, vellinge, parties, found)
    for actor in parties:
        situation.approve(session, actor, found.id, content=found.checksum, now=NOW)
    return found


def figures_of(document):
    return {one.key: one for found in situation.read_figures(document).values() for one in found}


# ---- Composed --------------------------------------------------------------------------------------------------------


def test_each_figure_says_its_conclusion_with_rows_period_source_number_and_method(session, vellinge, parties, picture):
    found = figures_of(situation.document_of(session, parties[0], vellinge, picture, today=TODAY))
    assert {one.partition(".")[0] for one in found} >= {
        "development", "types", "areas", "hotspots", "concentration", "times", "accidents", "unsafe", "liked",
        "reviews", "ledger", "answers", "crimes", "themes", "places", "measures", "effects", "lacking", "sources",
    }  # fmt: skip
    development = found["development.offentlig-miljo"]
    assert development.title == ("development.tydlig_okning", {"focus": "offentlig-miljo", "count": 132, "before": 60})
    damage = found["types.offentlig-miljo"].rows[0]
    assert (damage["type"], damage["count"], damage["before"], damage["sure"]) == ("skadegorelse", 108, 36, True)
    assert found["types.offentlig-miljo"].sources == ["medborgarrapport"]
    assert found["times.offentlig-miljo"].title[1]["from"] == 20
    (spot, *_) = found["hotspots"].rows
    assert (spot["spot"][0], spot["count"], spot["before"]) == ("hollviken", 108, 36)
    for one in found.values():
        assert bool(one.rows) is not one.empty, "a figure without data has no rows, and says so"
        assert one.title[0].startswith("nothing.") is one.empty


def test_every_figure_reads_as_a_sentence_in_both_languages(session, vellinge, parties, picture):
    document = situation.document_of(session, parties[0], vellinge, picture, today=TODAY)
    for language in ("sv", "en"):
        say_ = situation.Speaker(language, document["labels"])
        for one in figures_of(document).values():
            told = [say_.sentence(one.title), *map(say_.sentence, one.notes), say_(f"card.{one.method}")]
            told += [say_.cell(row, name) for row in one.rows for name in one.columns if name != "parts"]
            assert all(told) and not any("{" in line for line in told), one.key


def test_what_is_about_young_people_is_told_by_sub_area_and_never_on_the_map(session, vellinge, parties, picture):
    document = situation.document_of(session, parties[0], vellinge, picture, today=TODAY)
    assert document["counts"]["hotspots"]["focus"] == "offentlig-miljo"
    assert {one.partition(".")[2] for one in figures_of(document) if one.startswith("areas")} == {
        "offentlig-miljo", "trygga-unga",
    }  # fmt: skip


def test_each_place_stands_with_its_phase_and_those_about_young_people_without_a_point(
    session, vellinge, parties, picture
):
    builders.a_place(session, vellinge, today=date(2026, 4, 1))
    builders.a_place(session, vellinge, name="Skolgården", focus="trygga-unga", type="skadegorelse_skola")
    document = situation.document_of(session, parties[0], vellinge, picture, today=TODAY)
    listed = figures_of(document)["under_work"]
    rows = {row["place"]: row for row in listed.rows}
    assert rows["Kioskparken"] == {
        "number": rows["Kioskparken"]["number"], "place": "Kioskparken", "focus": "offentlig-miljo",
        "area": "hollviken", "phase": "scanning", "lap": 1, "since": "2026-04-01",
    }  # fmt: skip
    on_map = [number for number, *_ in listed.picture["at"]]
    assert rows["Kioskparken"]["number"] in on_map and rows["Skolgården"]["number"] not in on_map
    say_ = situation.Speaker("sv", document["labels"])
    assert "har Skolgården stått stilla längst, i kartläggning sedan 1\xa0mars\xa02026" in say_.sentence(listed.title)


def test_a_version_from_before_places_were_kept_one_by_one_still_tells_of_their_phases(
    session, vellinge, parties, picture
):
    builders.a_place(session, vellinge)
    document = situation.document_of(session, parties[0], vellinge, picture, today=TODAY)
    del document["counts"]["work"]["listed"]
    assert [one.key for one in figures(document)["work"]] == ["places", "measures"]


def test_a_comparison_waits_for_no_effects_and_says_the_same(session, vellinge, parties, picture):
    whole = situation.document_of(session, parties[0], vellinge, picture, today=TODAY)
    quick = situation.document_of(session, parties[0], vellinge, picture, today=TODAY, only=QUICK)
    assert set(whole["counts"]) - set(quick["counts"]) == {"effects"}
    assert situation.compare(quick, quick) == situation.compare(whole, whole)


def test_what_has_most_is_named_alone_with_its_equals_or_not_at_all():
    rows = [{"area": code, "count": count} for code, count in (("a", 3), ("b", 3), ("c", 3), ("d", 3))]
    assert leading("unsafe", "area", [*rows, {"area": "e", "count": 4}], {}) == ("unsafe", {"area": "e", "most": 4})
    assert leading("unsafe", "area", rows[:3], {}) == ("unsafe_tied", {"areas": ["a", "b", "c"], "most": 3})
    assert leading("unsafe", "area", rows, {}) == ("unsafe_even", {})


def test_without_any_report_every_figure_says_that_there_is_no_data(session, vellinge, parties):
    found = situation.begin(session, parties[0], vellinge, **PERIOD, today=TODAY)
    made = figures_of(situation.document_of(session, parties[0], vellinge, found, today=TODAY))
    assert {key for key, one in made.items() if not one.empty} == {"sources"}


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [
        (date(2022, 12, 1), date(2023, 12, 1), "outside_agreement"),
        (date(2026, 1, 1), date(2027, 2, 1), "outside_agreement"),
        (date(2026, 1, 15), date(2026, 3, 1), "whole_months"),
        (date(2026, 3, 1), date(2026, 3, 1), "empty_period"),
        (date(2026, 3, 1), date(2027, 1, 1), "not_over"),
    ],
)
def test_a_period_is_whole_months_that_are_over_within_the_agreement(session, vellinge, parties, start, end, why):
    with pytest.raises(BadValue) as no:
        situation.begin(session, parties[0], vellinge, start_on=start, end_on=end, today=TODAY)
    assert refused(no)[0] == why


def test_a_safety_survey_stands_beside_the_reports_and_is_a_source_with_data(session, vellinge, parties, picture):
    question = next(one for one in vellinge.statistics.asked if one.unit == "percent")
    source = vellinge.statistics.survey_sources[0]
    for area, value in (("hollviken", 60), ("ljunghusen", 80)):
        sources.surveys.keep(
            session, HOST, vellinge, source=source, year=2025, area=area, question=question.code, value=value,
            answers=100, today=TODAY,
        )  # fmt: skip
    found = figures_of(situation.document_of(session, parties[0], vellinge, picture, today=TODAY))
    rows = {row["area"]: row for row in found["answers"].rows}
    assert (rows["hollviken"]["answer"], rows["hollviken"]["answers"]) == (60, 100)
    assert [round(rows["hollviken"][end]) for end in ("low", "high")] == [50, 69]
    assert found["answers"].title[1]["worst_area"] == ("ljunghusen" if question.good == "low" else "hollviken")
    assert {row["source"]: row["count"] for row in found["sources"].rows}[source] == 2
    assert found["lacking"].rows[3]["name"] == "medborgarrapport"


# ---- Written by both parties -----------------------------------------------------------------------------------------


def test_each_party_writes_its_own_words_and_the_coordinator_all_of_them(session, vellinge, parties, picture):
    coordinator, police = parties
    planner = someone(session, Role.PLANNER, "kommunen")
    assert say(session, police, picture, "harm", "Vi ser färre krossade rutor.", "police").text
    assert say(session, planner, picture, "harm", "Lamporna är bytta.").text
    assert say(session, coordinator, picture, "harm", "Båda har sett det.", "police").text
    for actor, party in ((police, "municipality"), (planner, "police")):
        with pytest.raises(NotAllowed):
            say(session, actor, picture, "harm", "Någon annans ord.", party)
    with pytest.raises(NotAllowed):
        say(session, someone(session, Role.TRAFFIC_GROUP, "kommunen"), picture, "harm", "Trafik.")
    with pytest.raises(NotFound):
        say(session, coordinator, picture, "finnsinte", "Ord.")


def test_what_stood_in_a_text_is_kept_and_two_who_write_at_once_meet(session, parties, picture):
    coordinator, police = parties
    first = say(session, police, picture, "harm", "Första lydelsen.", "police")
    seen = first.version
    say(session, police, picture, "harm", "Andra lydelsen.", "police", version=seen)
    assert [one.text for one in session.scalars(select(SituationEarlier))] == ["Första lydelsen."]
    with pytest.raises(Conflict):
        say(session, coordinator, picture, "harm", "Tredje lydelsen.", "police", version=seen)


def test_words_are_screened(session, parties, picture):
    with pytest.raises(BadValue) as no:
        say(session, parties[0], picture, "harm", "Det är Kalle, ring 070-174 06 77.")
    assert refused(no) == ("phone", "text")


# ---- Two keys --------------------------------------------------------------------------------------------------------


def test_two_persons_of_two_organisations_freeze_the_same_content(session, vellinge, parties, picture):
    coordinator, police = parties
    close(session, vellinge, parties, picture)
    situation.approve(session, police, picture.id, content=picture.checksum, now=NOW)
    assert picture.state == SituationState.SEALED
    situation.approve(session, coordinator, picture.id, content=picture.checksum, now=NOW)
    assert (picture.state, picture.frozen_at) == (SituationState.FROZEN, NOW)
    assert situation.verify(session, police, picture.id) is Verified.HOLDS
    lines = session.scalars(select(AuditLine).where(AuditLine.action == "approve_situation")).all()
    assert [line.who for line in lines] == [police.name, coordinator.name]
    assert all(picture.checksum in line.details for line in lines)
    for change in (
        lambda: say(session, coordinator, picture, "harm", "Efteråt."),
        lambda: situation.reopen(session, coordinator, picture.id, now=NOW),
        lambda: situation.approve(session, police, picture.id, content=picture.checksum, now=NOW),
        lambda: situation.change(session, coordinator, vellinge, picture.id, **PERIOD, today=TODAY, now=NOW,
                                 outcome=SituationOutcome.REVISED),
    ):  # fmt: skip
        with pytest.raises(StepNotAllowed) as no:
            change()
        assert refused(no)[0] == "frozen"


def test_the_same_person_and_the_same_organisation_never_turn_both_keys(session, vellinge, parties, picture):
    coordinator, police = parties
    close(session, vellinge, parties, picture)
    situation.approve(session, coordinator, picture.id, content=picture.checksum, now=NOW)
    with pytest.raises(StepNotAllowed):
        situation.approve(session, coordinator, picture.id, content=picture.checksum, now=NOW)
    colleague = someone(session, Role.POLICE, "kommunen")
    with pytest.raises(NotAllowed) as no:
        situation.approve(session, colleague, picture.id, content=picture.checksum, now=NOW)
    assert refused(no)[0] == "no_party"
    # The coordinator changes work: the account is now one of the police, and still the same person.
    person = people.get(session, HOST, coordinator.person_id)
    person.role, person.organisation_id = Role.POLICE.value, police.organisation_id
    session.flush()
    with pytest.raises(NotAllowed) as no:
        situation.approve(session, people.as_viewer(person), picture.id, content=picture.checksum, now=NOW)
    assert refused(no)[0] == "same_person"
    organisation = session.get(Organisation, police.organisation_id)
    session.scalars(select(SituationApproval)).one().organisation_id = organisation.id
    with pytest.raises(NotAllowed) as no:
        situation.approve(session, police, picture.id, content=picture.checksum, now=NOW)
    assert refused(no)[0] == "same_organisation"
    assert picture.state == SituationState.SEALED


def test_a_screen_the_host_and_whoever_is_no_party_turn_no_key(session, vellinge, parties, picture):
    close(session, vellinge, parties, picture)
    screen = Viewer(None, "skarm:1", Role.PUBLIC, screen_of="styrgrupp-trafik")
    planner = someone(session, Role.PLANNER, "kommunen")
    nobody = Viewer(None, "Ingen", Role.POLICE, parties[1].organisation_id)
    for actor in (screen, HOST, planner, nobody, access.ANONYMOUS):
        with pytest.raises((NotAllowed, NotFound)):
            situation.approve(session, actor, picture.id, content=picture.checksum, now=NOW)
    people.disable(session, HOST, parties[1].person_id, version=1, now=NOW)
    with pytest.raises(NotAllowed):
        situation.approve(session, parties[1], picture.id, content=picture.checksum, now=NOW)
    assert session.scalars(select(SituationApproval)).all() == []


def test_content_that_changes_after_the_first_key_makes_it_void(session, vellinge, parties, picture):
    coordinator, police = parties
    close(session, vellinge, parties, picture)
    old = picture.checksum
    situation.approve(session, police, picture.id, content=old, now=NOW)
    say(session, coordinator, picture, "harm", "Nya ord efter godkännandet.")
    assert (picture.state, situation.standing_keys(picture)) == (SituationState.DRAFT, {})
    with pytest.raises(StepNotAllowed):
        situation.approve(session, coordinator, picture.id, content=old, now=NOW)
    close(session, vellinge, parties, picture)
    assert picture.checksum != old
    with pytest.raises(Conflict):
        situation.approve(session, coordinator, picture.id, content=old, now=NOW)
    situation.approve(session, coordinator, picture.id, content=picture.checksum, now=NOW)
    assert picture.state == SituationState.SEALED, "the police approved another content"


def test_nothing_is_closed_while_a_heading_of_the_law_has_no_words(session, vellinge, parties, tmp_path):
    reported(session, vellinge, tmp_path)
    found = situation.begin(session, parties[0], vellinge, **PERIOD, today=TODAY)
    say(session, parties[0], found, "reported", "Ord om omfattningen.")
    with pytest.raises(StepNotAllowed) as no:
        close(session, vellinge, parties, found)
    assert no.value.fields["chapters"] == [one for one in SituationChapter if one is not SituationChapter.EXTENT]


def test_no_revision_needed_is_an_outcome_that_both_sign_once_there_is_an_earlier_version(
    session, vellinge, parties, picture
):
    change = {**PERIOD, "outcome": SituationOutcome.NO_REVISION, "today": TODAY, "now": NOW}
    with pytest.raises(BadValue) as no:
        situation.change(session, parties[0], vellinge, picture.id, **change)
    assert refused(no) == ("nothing_to_keep", "outcome")
    freeze(session, vellinge, parties, picture)
    later = situation.begin(session, parties[0], vellinge, **PERIOD, today=TODAY)
    with pytest.raises(StepNotAllowed):
        situation.begin(session, parties[0], vellinge, **PERIOD, today=TODAY)
    for section in SECTIONS:
        say(session, parties[0], later, section.code, "Som förut.")
    situation.change(session, parties[0], vellinge, later.id, **change)
    freeze(session, vellinge, parties, later)
    document = situation.read(later)
    assert (document["outcome"], document["earlier"]) == ("no_revision", [picture.id, picture.checksum])


# ---- Frozen ----------------------------------------------------------------------------------------------------------


def test_a_frozen_version_is_worked_out_again_the_same_when_reports_come_or_are_gone(
    session, vellinge, parties, picture, tmp_path
):
    freeze(session, vellinge, parties, picture)
    reported(session, vellinge, tmp_path, name="nya.csv", per_month=9)
    assert situation.verify(session, parties[0], picture.id) is Verified.HOLDS
    again = situation.document_of(session, parties[0], vellinge, picture, today=TODAY)
    assert checksum(written(again)) != picture.checksum, "asked anew, the reports say something else"
    session.execute(delete(Report))
    session.execute(update(Delivery).values(undone_at=NOW))
    assert situation.again(situation.read(picture)) == picture.checksum
    assert situation.verify(session, parties[0], picture.id) is Verified.HOLDS


@pytest.mark.parametrize("cover", [False, True], ids=["a count alone", "a count with its checksum"])
def test_one_frozen_count_that_is_altered_is_found(session, vellinge, parties, picture, cover):
    freeze(session, vellinge, parties, picture)
    document = situation.read(picture)
    document["counts"]["reported"]["offentlig-miljo"]["types"]["skadegorelse"][0] += 1
    text = written(document)
    values = {"document": text} | ({"checksum": checksum(text)} if cover else {})
    session.execute(update(Situation).values(**values))
    if cover:
        session.execute(update(SituationApproval).values(checksum=checksum(text)))
    session.expire_all()
    found = situation.verify(session, parties[0], picture.id)
    assert found is (Verified.LOG if cover else Verified.CHANGED)
    assert not found.sound
    assert situation.again(document) != checksum(text), "its figures no longer follow from its counts"


def test_results_that_are_altered_are_never_read_back(session, vellinge, parties, picture):
    freeze(session, vellinge, parties, picture)
    document = situation.read(picture)
    document["figures"]["reported"][0]["title"][1]["count"] = 1
    assert situation.again(document) == picture.checksum


def test_a_version_frozen_by_another_method_is_told_from_one_that_was_altered(
    session, vellinge, parties, picture, monkeypatch
):
    freeze(session, vellinge, parties, picture)
    monkeypatch.setitem(situation.document.METHODS, "change", {"version": "2030-01-01"})
    assert situation.verify(session, parties[0], picture.id) is Verified.OTHER_METHOD


def test_the_checksum_is_the_same_on_both_databases(
    vellinge, embedded_template, postgis_template, postgis_url, tmp_path
):
    found = {}
    kinds = {
        "embedded": databases.embedded(embedded_template, tmp_path),
        "postgis": databases.postgis(postgis_template, postgis_url),
    }
    for name, copy in kinds.items():
        with copy as database, database.writing() as session:
            reported(session, vellinge, tmp_path)
            place = builders.a_place(session, vellinge, today=date(2026, 1, 1))
            builders.a_measure(session, vellinge, place, today=date(2026, 2, 1), planned_start=date(2026, 2, 1))
            actor = Viewer(None, "Sam", Role.COORDINATOR)
            made = situation.begin(session, actor, vellinge, **PERIOD, today=TODAY)
            say(session, actor, made, "harm", "Samma ord i båda.")
            document = situation.document_of(session, actor, vellinge, made, today=TODAY)
            # The reports have another version in each database: it names the deliveries, which have their own times.
            document["data"]["version"] = ""
            found[name] = written(document)
    assert found["embedded"] == found["postgis"]
    assert json.loads(found["embedded"])["counts"]["reported"]["offentlig-miljo"]["types"]["skadegorelse"] == [108, 36]


# ---- Compared --------------------------------------------------------------------------------------------------------


def test_two_versions_differ_in_rows_sentences_and_squares(session, vellinge, parties, picture):
    freeze(session, vellinge, parties, picture)
    earlier = {"start_on": date(2024, 11, 1), "end_on": date(2025, 11, 1)}
    other = situation.begin(session, parties[0], vellinge, **earlier, today=TODAY)
    old = situation.document_of(session, parties[0], vellinge, other, today=TODAY)
    found = situation.compare(old, situation.read(picture))
    part = next(one for one in found.parts if one.key == "types.offentlig-miljo")
    damage = next(row for row in part.rows if row["type"] == "skadegorelse")
    assert (damage["count"], damage["before"], damage["change"], damage["step"]) == (108, 36, 72, 2)
    speeding = next(row for row in part.rows if row["type"] == "fortkorning")
    assert (speeding["count"], speeding["before"], speeding["step"]) == (12, 12, 0)
    assert ("compared.tydlig_okning", {"focus": "offentlig-miljo", "count": 132, "before": 60}) in found.sentences
    assert ("compared.type_risen", {"focus": "offentlig-miljo", "types_risen": ["skadegorelse"]}) in found.sentences
    assert sorted(step for _, step, _ in found.squares.judged) == [0, 2], "no change is the middle, not nothing"


def test_a_version_held_against_itself_has_not_changed(session, vellinge, parties, picture):
    document = situation.document_of(session, parties[0], vellinge, picture, today=TODAY)
    found = situation.compare(document, document)
    assert {row["change"] for part in found.parts for row in part.rows} == {0}
    assert {step for _, step, _ in found.squares.judged} == {0}
    assert found.other_methods == []


# ---- The clock -------------------------------------------------------------------------------------------------------


def test_the_clock_says_what_is_due_and_missing_until_a_version_is_frozen(session, vellinge, parties, picture):
    before = situation.due(session, vellinge, today=TODAY)
    assert (before.revision.due_on, before.yearly_on, before.followed_up) == (
        date(2025, 1, 1), date(2026, 12, 31), False,
    )  # fmt: skip
    said = situation.missing(session, parties[0], vellinge, today=TODAY).sentences
    assert said == [("clock.to_close", {"id": picture.id})]
    close(session, vellinge, parties, picture)
    situation.approve(session, parties[1], picture.id, content=picture.checksum, now=NOW)
    ((key, waits),) = situation.missing(session, parties[0], vellinge, today=TODAY).sentences
    assert (key, [one["sv"] for one in waits["parties"]]) == ("clock.keys", ["Vellinge kommun"])
    situation.approve(session, parties[0], picture.id, content=picture.checksum, now=NOW)
    after = situation.due(session, vellinge, today=TODAY)
    assert (after.revision.revised_on, after.revision.due_on, after.followed_up) == (TODAY, date(2028, 11, 23), True)


def test_each_demand_of_the_law_is_met_or_named(session, vellinge, parties, picture):
    before = {one.code: one.met for one in situation.demands(session, parties[0], vellinge, today=TODAY)}
    assert [code for code, met in before.items() if met] == ["coordination", "council"]
    freeze(session, vellinge, parties, picture)
    place = builders.a_place(session, vellinge)
    builders.a_measure(session, vellinge, place, planned_start=date(2026, 11, 1), today=date(2026, 10, 1))
    assert all(one.met for one in situation.demands(session, parties[1], vellinge, today=TODAY))


# ---- Presented and published -----------------------------------------------------------------------------------------


def test_a_frozen_version_is_presented_to_each_recipient_and_the_log_tells_who_when_and_which(
    session, vellinge, parties, picture
):
    to = {"recipient": "kommunstyrelsen", "today": TODAY}
    with pytest.raises(StepNotAllowed):
        situation.present(session, parties[0], vellinge, picture.id, on=TODAY, **to)
    freeze(session, vellinge, parties, picture)
    made = situation.present(session, parties[0], vellinge, picture.id, on=TODAY, **to)
    assert (made.recipient, made.presented_on, made.checksum) == ("kommunstyrelsen", TODAY, picture.checksum)
    line = session.scalars(select(AuditLine).where(AuditLine.action == "present_situation")).one()
    assert json.loads(line.details)["recipient"] == "kommunstyrelsen" and line.who == made.who
    for on, recipient in (
        (TODAY, "kommunstyrelsen"), (TODAY + timedelta(days=1), "bra"), (TODAY - timedelta(days=1), "bra"),
        (TODAY, "regeringen"),
    ):  # fmt: skip
        said = {"recipient": recipient, "on": on, "today": TODAY}
        with pytest.raises(BadValue):
            situation.present(session, parties[0], vellinge, picture.id, **said)
    assert situation.verify(session, parties[0], picture.id) is Verified.HOLDS


def test_only_a_frozen_version_is_published_once_and_only_by_the_coordinator(session, vellinge, parties, picture):
    coordinator, police = parties
    with pytest.raises(StepNotAllowed):
        situation.publish(session, coordinator, picture.id, today=TODAY)
    freeze(session, vellinge, parties, picture)
    with pytest.raises(NotAllowed):
        situation.publish(session, police, picture.id, today=TODAY)
    with pytest.raises(NotFound):
        situation.get_published(session, access.ANONYMOUS, picture.id)
    situation.publish(session, coordinator, picture.id, today=TODAY)
    assert situation.get_published(session, access.ANONYMOUS, picture.id) is picture
    with pytest.raises(StepNotAllowed):
        situation.publish(session, coordinator, picture.id, today=TODAY)
