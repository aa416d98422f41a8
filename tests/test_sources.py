"""The sources beside the reports: what is shown of a survey, what is refused, what is never added up."""

import hashlib
import threading
from datetime import date, datetime
from pathlib import Path

import builders
import pytest
from sqlalchemy import select

from samverkan_map import access, agreement, sources
from samverkan_map.agreement import statistics
from samverkan_map.agreement.statistics import Statistics
from samverkan_map.analysis.surveys import newcombe, wilson
from samverkan_map.db.tables import AuditLine, CrimeCount, DialogueTheme, SurveyValue
from samverkan_map.errors import BadFile, BadValue, Conflict, NotAllowed, NotFound, SetUpTrouble
from samverkan_map.exchange import readers
from samverkan_map.reports import tell
from samverkan_map.sources import CRIMES, DIALOGUES, SURVEYS, Answer, Asked, crimes, dialogues, felt, surveys
from samverkan_map.vocabulary import Period, Role

COORDINATOR = builders.COORDINATOR
TODAY, NOW = date(2026, 11, 23), datetime(2026, 11, 23, 12, 0)
REAL = Path(__file__).resolve().parents[1] / "data" / "vellinge" / "statistics"
LOCAL = "trygghetsmatning_lokal"
INDEX, EVENING = Asked(LOCAL, "totalindex"), Asked(LOCAL, "trygg_ute_kvall")


def a_file(folder, header, *rows, name="in.csv"):
    return builders.a_file(folder, list(rows), header=header, name=name)


def taken(session, vellinge, kind, path, actor=COORDINATOR, *, columns=None, **how):
    table = readers.open_rows(path, sources.COLUMNS[kind], columns=columns)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return sources.take_in(
        session, actor, vellinge, kind, table, sources.Intake(**how), file_hash=digest, now=NOW
    )  # fmt: skip


def a_figure(session, vellinge, actor=COORDINATOR, **given):
    own = {"source": LOCAL, "year": 2025, "area": "hollviken", "question": "trygg_ute_kvall", "value": 70.0,
           "answers": 200, "today": TODAY}  # fmt: skip
    return surveys.keep(session, actor, vellinge, **own | given)


def reasons(vellinge, preview):
    return [tell("sv", vellinge, one.key, one.fields) for one in preview.refused]


# ---- The two real files --------------------------------------------------------------------------------------------


def test_the_real_surveys_go_in_as_they_are_and_a_second_time_changes_nothing(session, vellinge):
    path = REAL / "trygghetsmatning_facts.csv"
    first = taken(session, vellinge, SURVEYS, path)
    assert (first.read, first.accepted, len(first.refused), first.stored) == (19, 19, 0, True)
    again = taken(session, vellinge, SURVEYS, path)
    assert (again.accepted, again.known, again.stored) == (0, 19, False)
    found = surveys.find(session, access.ANONYMOUS, vellinge)
    index = {(one.year, one.area): one for one in found[INDEX]}
    assert index[2023, "kommun"].value == 1.38
    assert index[2023, "kommun"].state == surveys.UNCOUNTED
    # How many answered stands in the words of the row and in no column.
    assert (index[2018, "lokalpolisomrade"].answers, index[2018, "lokalpolisomrade"].response_rate) == (1999, 66.6)
    assert {one.area: one.value for one in found[EVENING]} == {"skanor-falsterbo": 79, "vellinge": 70}


def test_the_real_crimes_keep_their_own_total_and_have_no_sum(session, vellinge):
    path = REAL / "vellinge_anmalda_brott_2010_2015.csv"
    assert taken(session, vellinge, CRIMES, path).accepted == 16
    assert taken(session, vellinge, CRIMES, path).known == 16
    found = crimes.find(session, access.ANONYMOUS, vellinge)
    assert [found["totalt"][year].count for year in (2010, 2015)] == [2518, 2088]
    of_2010 = [of[2010] for code, of in found.items() if code != "totalt"]
    assert sum(one.count for one in of_2010) == 2923
    with pytest.raises(BadValue, match="overlap"):
        crimes.added_up(vellinge, of_2010)
    assert crimes.added_up(vellinge, [found["valdsbrott"][2010]]) == 170


def test_crimes_may_also_stand_a_year_to_a_row(session, vellinge, tmp_path):
    path = a_file(tmp_path, "kategori;år;antal", "Våldsbrott;2020;1 234", "Skadegorelse;2020;-", "Vapenbrott;2020;0")
    preview = taken(session, vellinge, CRIMES, path, partial=True)
    assert reasons(vellinge, preview) == ["Antalet saknas."]
    assert {one.category: one.count for one in session.scalars(select(CrimeCount))} == {
        "valdsbrott": 1234, "vapenbrott": 0,
    }  # fmt: skip


# ---- What is refused, in a sentence each ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2025,Höllviken,totalindex,6.2,200,", "Indexet 6,2 går inte. Ett index ligger mellan 0 och 6, och lägre är"),
        ("2025,Höllviken,totalindex,-0.1,200,", "Indexet −0,1 går inte."),
        ("2025,Höllviken,trygg_ute_kvall,101,200,", "101 procent går inte. En andel ligger mellan 0 och 100"),
        ("2025,Höllviken,trygg_ute_kvall,70,200,140", "140 procent går inte."),
        ("2025,Malmö,totalindex,1.4,200,", "Området ”Malmö” finns inte i kommunen."),
        ("2025,Hölviken by,totalindex,1.4,200,", "Området ”Hölviken by” finns inte. Menade du Höllviken?"),
        ("2025,Höllviken,totalindx,1.4,200,", "Frågan ”totalindx” är okänd. Menade du Trygghetsindex, totalt?"),
        ("2025,Höllviken,vädret,1.4,200,", "Frågan ”vädret” är okänd."),
        ("2031,Höllviken,totalindex,1.4,200,", "Året 2031 går inte. Skriv ett år från 1950 till 2026."),
        ("i fjol,Höllviken,totalindex,1.4,200,", "”i fjol” är inte ett år."),
        ("2025,Höllviken,totalindex,bra,200,", "”bra” är inte ett tal."),
        ("2025,Höllviken,totalindex,,200,", "Värdet saknas."),
        ("2025,Höllviken,totalindex,1.4,,", "Antalet svar saknas. Skriv hur många som svarade, eller var siffran är"),
        ("2025,Höllviken,totalindex,1.4,12.5,", "Skriv ett helt tal, minst 1."),
        ("2025,Höllviken,totalindex,1.4,0,", "Skriv ett helt tal, minst 1."),
    ],
)  # fmt: skip
def test_a_figure_that_cannot_be_right_is_refused_in_one_sentence(session, vellinge, tmp_path, row, said):
    preview = taken(session, vellinge, SURVEYS, a_file(tmp_path, "år,område,fråga,värde,antal svar,svarsfrekvens", row))
    assert [one.startswith(said) for one in reasons(vellinge, preview)] == [True], reasons(vellinge, preview)
    assert not preview.stored
    assert session.scalars(select(SurveyValue)).all() == []


def test_the_same_year_and_area_twice_is_refused_with_the_row_where_it_stands(session, vellinge, tmp_path):
    header = "år,område,fråga,värde,antal svar"
    twice = a_file(tmp_path, header, "2025,Höllviken,totalindex,1.4,200", "2025,Hollviken,totalindex,1.5,200")
    preview = taken(session, vellinge, SURVEYS, twice)
    assert reasons(vellinge, preview) == ["Samma sak står redan på rad 2 i filen."]
    a_figure(session, vellinge, question="totalindex", value=1.4)
    other = a_file(tmp_path, header, "2025,Höllviken,totalindex,1.9,200")
    assert "med ett annat värde" in reasons(vellinge, taken(session, vellinge, SURVEYS, other))[0]


def test_a_needed_column_that_is_missing_is_named(session, vellinge, tmp_path):
    with pytest.raises(BadFile) as refused:
        taken(session, vellinge, SURVEYS, a_file(tmp_path, "år,område,värde", "2025,Höllviken,1.4"))
    assert refused.value.fields["missing"] == "question"
    with pytest.raises(BadFile) as refused:
        taken(session, vellinge, CRIMES, a_file(tmp_path, "kategori,annat", "Våldsbrott,3"))
    assert refused.value.fields["missing"] == "year, count"


def test_nobody_is_named_in_a_note_by_form_or_by_file(session, vellinge, tmp_path):
    words = "Ring 070-174 06 77"
    given = {"source": "medborgardialog", "held_on": TODAY, "area": "ostra", "type": "fortkorning", "today": TODAY}
    with pytest.raises(BadValue) as refused:
        dialogues.keep(session, COORDINATOR, vellinge, **given, note=words)
    assert refused.value.fields["field"] == "note"
    path = a_file(tmp_path, "datum,område,tema,anmärkning", f"2026-05-04,Höllviken,fortkörning,{words}")
    assert len(taken(session, vellinge, DIALOGUES, path).refused) == 1
    assert session.scalars(select(DialogueTheme)).all() == []
    with pytest.raises(BadFile, match="personal"):
        taken(
            session, vellinge, DIALOGUES, a_file(tmp_path, "datum,område,tema,namn", "2026-05-04,Höllviken,klotter,X")
        )


def test_a_source_that_is_no_dialogue_is_refused(session, vellinge, tmp_path):
    path = a_file(tmp_path, "datum,område,tema", "2026-05-04,Höllviken,fortkörning")
    with pytest.raises(BadValue, match="not_such_source"):
        taken(session, vellinge, DIALOGUES, path, source="brottsstatistik")
    assert taken(session, vellinge, DIALOGUES, path, source="medarbetardialog").stored
    assert session.scalars(select(DialogueTheme)).one().source == "medarbetardialog"


# ---- Deliveries, and one at a time ---------------------------------------------------------------------------------


def test_a_file_is_taken_back_whole_by_the_coordinator_and_can_go_in_anew(session, vellinge):
    planner = builders.viewer(Role.PLANNER)
    path = REAL / "vellinge_anmalda_brott_2010_2015.csv"
    number = taken(session, vellinge, CRIMES, path, planner).delivery_id
    with pytest.raises(NotAllowed):
        sources.undo(session, planner, number, now=NOW)
    assert sources.undo(session, COORDINATOR, number, now=NOW) == 96
    assert session.scalars(select(CrimeCount)).all() == []
    with pytest.raises(NotFound):
        sources.undo(session, COORDINATOR, number, now=NOW)
    assert taken(session, vellinge, CRIMES, path, planner).accepted == 16


def test_one_figure_is_added_once_and_struck_by_its_version(session, vellinge):
    found = a_figure(session, vellinge, builders.viewer(Role.POLICE))
    with pytest.raises(BadValue, match="there_already"):
        a_figure(session, vellinge, value=71)
    with pytest.raises(Conflict):
        sources.strike(session, COORDINATOR, SURVEYS, found.id, version=found.version + 1)
    sources.strike(session, COORDINATOR, SURVEYS, found.id, version=found.version)
    assert session.scalars(select(SurveyValue)).all() == []
    lines = session.scalars(select(AuditLine).where(AuditLine.action == "keep_sources").order_by(AuditLine.id)).all()
    assert ['"act":"added"' in lines[0].details, '"act":"struck"' in lines[1].details, len(lines)] == [True, True, 2]


@pytest.mark.parametrize("role", [Role.PUBLIC, Role.BUSINESS, Role.TRAFFIC_GROUP])
def test_who_may_not_keep_sources_adds_nothing(session, vellinge, role, tmp_path):
    who = builders.viewer(role)
    with pytest.raises(NotAllowed):
        a_figure(session, vellinge, who)
    with pytest.raises(NotAllowed):
        taken(session, vellinge, SURVEYS, REAL / "trygghetsmatning_facts.csv", who)
    assert session.scalars(select(SurveyValue)).all() == []


def test_the_traffic_group_reads_the_traffic_of_dialogues_and_the_public_nothing(session, vellinge):
    for code in ("fortkorning", "skadegorelse"):
        dialogues.keep(
            session, COORDINATOR, vellinge, source="medborgardialog", held_on=TODAY, area="ostra", type=code,
            today=TODAY,
        )  # fmt: skip
    found = dialogues.find(session, builders.viewer(Role.TRAFFIC_GROUP), vellinge)
    assert [one.type for one in found] == ["fortkorning"]
    assert len(dialogues.find(session, builders.viewer(Role.POLICE), vellinge)) == 2
    with pytest.raises(NotFound):
        dialogues.find(session, access.ANONYMOUS, vellinge)


# ---- What may be shown ---------------------------------------------------------------------------------------------


def row(area, value, answers, year=2025, question="trygg_ute_kvall", origin=""):
    return SurveyValue(
        id=1, source=LOCAL, year=year, area=area, question=question, value=value, answers=answers, origin=origin,
        note="", version=1,
    )  # fmt: skip


def shown(vellinge, *rows, asked=EVENING):
    return {(one.year, one.area): one for one in surveys.answers_of(vellinge, rows)[asked]}


def test_nothing_is_shown_under_twenty_answers(vellinge):
    found = shown(vellinge, row("hollviken", 70, 19), row("vellinge", 70, 20))
    few, enough = found[2025, "hollviken"], found[2025, "vellinge"]
    assert (few.state, few.value, few.answers, few.low) == (surveys.FEW, None, None, None)
    assert (enough.state, enough.value) == (surveys.SHOWN, 70)


def test_a_share_has_wilsons_interval_and_an_index_has_none(vellinge):
    share = shown(vellinge, row("hollviken", 70, 200))[2025, "hollviken"]
    exact = wilson(140, 200)
    assert (share.low, share.high) == pytest.approx((100 * exact.low, 100 * exact.high))
    index = shown(vellinge, row("hollviken", 1.4, 200, question="totalindex"), asked=INDEX)[2025, "hollviken"]
    assert (index.low, index.high) == (None, None)


def test_a_single_held_sub_area_takes_another_with_it_so_that_nobody_subtracts(vellinge):
    areas = list(vellinge.areas)
    of_areas = [row(area, 70, 100 + place) for place, area in enumerate(areas[:-1])]
    few = row(areas[-1], 40, 12)
    states = [shown(vellinge, *of_areas, few, row("kommun", 69, 418))[2025, area].state for area in areas]
    assert states == [surveys.HELD, surveys.SHOWN, surveys.SHOWN, surveys.SHOWN, surveys.FEW]
    # Without the whole municipality's value there is nothing to take away from.
    assert shown(vellinge, *of_areas, few)[2025, areas[0]].state == surveys.SHOWN


def test_the_change_between_two_years_has_newcombes_interval(vellinge):
    question = vellinge.statistics.questions["trygg_ute_kvall"]
    of = shown(vellinge, row("ostra", 60, 80, 2024), row("ostra", 80, 70, 2025), row("vellinge", 70, 49, 2024),
               row("vellinge", 90, 300, 2025))  # fmt: skip
    earlier, later = ({area: one for (year, area), one in of.items() if year == wanted} for wanted in (2024, 2025))
    found = surveys.changed(question, earlier, later)
    exact = newcombe(56, 70, 48, 80)
    assert set(found) == {"ostra"}, "49 answers are too few to compare"
    assert (found["ostra"].value, found["ostra"].low, found["ostra"].high) == pytest.approx(
        (20, 100 * exact.low, 100 * exact.high)
    )
    assert (found["ostra"].better, found["ostra"].clear) == (True, True)


def test_a_lower_index_is_better_and_a_small_step_is_neither(vellinge):
    question = vellinge.statistics.questions["totalindex"]

    def step(later):
        both = [
            {"ostra": Answer(year, "ostra", surveys.SHOWN, value, 200)} for year, value in ((2024, 2.0), (2025, later))
        ]
        return surveys.changed(question, *both)["ostra"].better

    assert [step(1.8), step(2.2), step(2.05)] == [True, False, None]


def test_what_no_area_was_asked_says_so(vellinge):
    answers = surveys.answers_of(vellinge, [row("hollviken", 70, 200)])[EVENING]
    states = {code: one.state for code, one in surveys.of_year(vellinge, answers, 2025).items()}
    assert states["hollviken"] == surveys.SHOWN
    assert {state for code, state in states.items() if code != "hollviken"} == {surveys.NONE}


# ---- Felt beside reported ------------------------------------------------------------------------------------------

FIVE = ("a", "b", "c", "d", "e")


def answers(unit_values, *, whole, answered=200):
    found = {
        area: Answer(2025, area, surveys.SHOWN, value, answered) for area, value in zip(FIVE, unit_values, strict=True)
    }
    return found | {"kommun": Answer(2025, "kommun", surveys.SHOWN, whole, 1000)}


def test_four_cells_in_words_and_where_they_disagree(vellinge):
    question = vellinge.statistics.questions["totalindex"]
    events = {"a": 90, "b": 10, "c": 80, "d": 20, "e": 40}
    found = felt.beside(question, answers((2.0, 1.9, 1.0, 1.1, 1.45), whole=1.4), events, areas=FIVE, whole="kommun")
    assert {cell: found.of(cell) for cell in felt.CELLS} == {
        felt.UNSAFE_MANY: ["a"], felt.UNSAFE_FEW: ["b"], felt.SAFE_MANY: ["c"], felt.SAFE_FEW: ["d"],
    }  # fmt: skip
    assert found.of(felt.AVERAGE) == ["e"], "a twentieth of a unit is no difference"
    assert (found.middle, found.events) == (40, 240)


def test_a_share_is_worse_only_when_its_interval_leaves_the_municipality_out(vellinge):
    question = vellinge.statistics.questions["trygg_ute_kvall"]
    given = answers((60.0, 70.0, 90.0, 75.0, 75.0), whole=75.0)
    given = {
        area: Answer(2025, area, surveys.SHOWN, one.value, 200, low=one.value - 6, high=one.value + 6)
        for area, one in given.items()
    }
    found = felt.beside(question, given, dict.fromkeys(FIVE, 10), areas=FIVE, whole="kommun")
    assert [one.cell for one in found.rows] == [
        felt.UNSAFE_FEW,
        felt.AVERAGE,
        felt.SAFE_FEW,
        felt.AVERAGE,
        felt.AVERAGE,
    ]


@pytest.mark.parametrize(
    ("change", "why"),
    [({"whole": None}, felt.NO_WHOLE), ({"told": 2}, felt.FEW_AREAS), ({"events": 3}, felt.FEW_EVENTS)],
)
def test_nothing_is_said_under_the_thresholds(vellinge, change, why):
    question = vellinge.statistics.questions["totalindex"]
    given = answers((2.0, 1.9, 1.0, 1.1, 1.45), whole=change.get("whole", 1.4))
    for area in FIVE[change.get("told", 5) :]:
        given[area] = Answer(2025, area, surveys.FEW)
    found = felt.beside(question, given, dict.fromkeys(FIVE, change.get("events", 30)), areas=FIVE, whole="kommun")
    assert found.why_not == why
    assert not any(found.of(cell) for cell in felt.CELLS)


def test_reports_are_counted_by_the_questions_own_types_and_only_for_who_may_see_them(session, vellinge, tmp_path):
    rows = [f"{number},{code},2025-05-0{number + 1},12.9558,55.4098" for number, code in enumerate(
        ("buskorning_moped", "buskorning_mc", "skadegorelse"))]  # fmt: skip
    builders.take_in(session, vellinge, builders.a_file(tmp_path, rows))
    riding, all_of_it = (vellinge.statistics.questions[code] for code in ("index_buskorning", "totalindex"))
    traffic = builders.viewer(Role.TRAFFIC_GROUP)
    assert sources.events_of(session, COORDINATOR, vellinge, riding, 2025)["hollviken"] == 2
    assert sources.events_of(session, COORDINATOR, vellinge, riding, 2024)["hollviken"] == 0
    assert sources.events_of(session, traffic, vellinge, riding, 2025)["hollviken"] == 2
    assert sources.events_of(session, traffic, vellinge, all_of_it, 2025) is None
    assert sources.events_of(session, access.ANONYMOUS, vellinge, riding, 2025) is None


# ---- The sources of a period ---------------------------------------------------------------------------------------


def test_a_period_is_laid_out_per_area_with_what_is_missing(session, vellinge):
    a_figure(session, vellinge, year=2024, value=68)
    a_figure(session, vellinge, year=2025, value=72)
    a_figure(session, vellinge, year=2022, area="ostra", value=60)
    crimes.keep(session, COORDINATOR, vellinge, year=2024, category="totalt", count=2000, today=TODAY)
    dialogues.keep(
        session, COORDINATOR, vellinge, source="medborgardialog", held_on=date(2025, 3, 1), area="ostra",
        type="fortkorning", today=TODAY,
    )  # fmt: skip
    period = Period(date(2024, 1, 1), date(2026, 1, 1))
    found = sources.gather(session, COORDINATOR, vellinge, period, today=TODAY)
    assert found.years == (2024, 2025)
    assert found.areas["hollviken"].felt[EVENING].value == 72, "the latest of the period"
    assert found.areas["ostra"].felt == {}, "2022 lies outside"
    assert found.areas["ostra"].themes == {"fortkorning": 1}
    assert found.crimes == {"totalt": {2024: 2000}}
    told = {one.key: dict(one.fields) for one in found.missing}
    assert told == {
        "sources.missing.surveys": {"areas": ["vellinge", "ljunghusen", "skanor-falsterbo", "ostra"]},
        "sources.missing.crimes": {"years": [2025]},
        "sources.missing.walks": {},
    }


def test_the_public_asks_for_a_period_and_is_told_of_no_dialogues(session, vellinge):
    dialogues.keep(
        session, COORDINATOR, vellinge, source="medborgardialog", held_on=date(2025, 3, 1), area="ostra",
        type="fortkorning", today=TODAY,
    )  # fmt: skip
    found = sources.gather(session, access.ANONYMOUS, vellinge, Period(date(2025, 1, 1), None), today=TODAY)
    assert found.years == (2025, 2026)
    assert not any(one.themes for one in found.areas.values())


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ('types = ["fortkorning"]', 'types = ["fortkörd"]', "fortkörd"),
        ('unit = "percent"', 'unit = "promille"', "promille"),
        ('good = "high"', 'good = "lagom"', "lagom"),
        ('crime_source = "brottsstatistik"', 'crime_source = "skvaller"', "skvaller"),
        ('total = "totalt"', 'total = "allt"', "allt"),
    ],
)
def test_a_word_that_statistics_toml_cannot_mean_is_named(vellinge, tmp_path, old, new, names):
    written = (vellinge.folder / "statistics.toml").read_text(encoding="utf-8")
    assert old in written
    (tmp_path / "statistics.toml").write_text(written.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SetUpTrouble) as refused:
        statistics.read(tmp_path, vellinge.types, vellinge.sources)
    assert refused.value.fields["value"] == names


def test_a_municipality_without_such_words_takes_in_nothing(session):
    other = agreement.load(Path(__file__).parent / "data" / "exempelby")
    assert other.statistics == Statistics()
    assert surveys.find(session, COORDINATOR, other) == {}


def test_of_two_who_add_the_same_figure_at_once_one_is_told_that_it_is_there(database, vellinge):
    start, said = threading.Barrier(2), []

    def add(value):
        with database.writing() as session:
            start.wait()
            try:
                a_figure(session, vellinge, value=value)
                session.commit()
                said.append("added")
            except BadValue as refusal:
                said.append(refusal.key)

    threads = [threading.Thread(target=add, args=(value,)) for value in (70.0, 71.0)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(said) == ["added", "sources.errors.there_already"]
    with database.reading() as session:
        assert len(session.scalars(select(SurveyValue)).all()) == 1
