"""Agreements after each other: the one in force on a day, what it dropped or renamed, and what cannot follow."""

import shutil
from datetime import date
from pathlib import Path

import builders
import pytest

from samverkan_map import agreement, map_rows, places, question
from samverkan_map.errors import BadQuestion, BadValue, SetUpTrouble
from samverkan_map.settings import ROOT
from samverkan_map.situation import asked as situation
from samverkan_map.translations import LANGUAGES, text
from samverkan_map.vocabulary import Period

EXEMPELBY = Path(__file__).parent / "data" / "exempelby"
FIRST_DAY = date(2029, 1, 1)


@pytest.fixture(scope="module")
def old():
    return agreement.load(EXEMPELBY)


@pytest.fixture(scope="module")
def new(old):
    return old.at(FIRST_DAY)


def test_the_agreement_in_force_is_told_by_the_day_and_none_is_ever_missing(old, new):
    days = {date(2020, 1, 1): 2025, date(2028, 12, 31): 2025, FIRST_DAY: 2029, date(2040, 1, 1): 2029}
    assert {day: old.at(day).start_year for day in days} == days
    assert {day: old.at(FIRST_DAY).at(day).start_year for day in days} == days, "whichever one is asked"
    assert [one.code for one in new.periods] == [one.code for one in old.periods] == ["2025-2028", "2029-2032"]
    assert (new.period.ends_on, new.period.days) == (
        date(2032, 12, 31), Period(date(2029, 1, 1), date(2033, 1, 1)),
    )  # fmt: skip


def test_vellinge_stays_in_its_only_agreement_after_it_has_run_out(vellinge):
    assert vellinge.at(date(2031, 5, 1)) is vellinge and vellinge.period.code == "2023-2026"


def test_each_agreement_keeps_its_own_name_and_law(new):
    first, second = new.periods
    assert first.title == {} and second.title["sv"] == "Samverkansöverenskommelse 2029–2032"
    assert "2023:196" in second.law["en"]


def test_what_the_new_agreement_dropped_is_known_by_its_old_name_and_marked(old, new):
    assert list(new.types) == ["skoter_atv", "stok_torget", "trasig_lampa", "snoskotrar", "halt"]
    gone = new.types["snoskotrar"]
    assert (gone.label["sv"], gone.ended, gone.called_now) == ("Skoterkörning", 2028, "skoter_atv")
    assert (new.types["halt"].ended, new.types["halt"].called_now) == (2028, "")
    assert new.types["stok_torget"].ended is None and old.types["snoskotrar"].ended is None
    assert "trasig_lampa" not in old.types, "what is to come is not known before it holds"


def test_a_word_of_both_means_what_it_means_in_the_agreement_in_force(old, new):
    assert (old.type_of("snöskoter").code, new.type_of("snöskoter").code) == ("snoskotrar", "skoter_atv")
    assert new.type_of("Skoterkörning").code == "snoskotrar", "old files still say what they said"


def test_what_it_does_not_say_stays_as_it_was(old, new):
    assert list(new.forums) == ["torgrad"] and new.forums["torgrad"].ended is None
    assert new.areas == old.areas and new.sources == old.sources and new.name == "Exempelby"


@pytest.mark.parametrize("which", ["old", "new"])
def test_a_question_knows_the_periods_of_all_agreements_by_their_years(request, which):
    known = request.getfixturevalue(which)
    asked = question.parse({"period": "2025-2028"}, known, FIRST_DAY)
    assert asked.period == Period(date(2025, 1, 1), FIRST_DAY) and asked.as_args() == {"period": "2025-2028"}
    assert question.parse({"period": "2029-2032"}, known, FIRST_DAY).period.start == FIRST_DAY
    assert asked.step(1).period == Period(FIRST_DAY, date(2033, 1, 1))
    for value in ("2023-2026", "2025-2029", "2025-2028-2031"):
        with pytest.raises(BadQuestion):
            question.parse({"period": value}, known, FIRST_DAY)


SECOND = "agreement-2029.toml"


@pytest.mark.parametrize(
    ("name", "old", "new", "key", "says"),
    [
        (SECOND, "start_year = 2029", "start_year = 2028", "period_file", "agreement-2028.toml"),
        ("agreement-2028.toml", "start_year = 2029", "start_year = 2028", "period_overlaps", "2029"),
        ("agreement-2030.toml", "start_year = 2029", "start_year = 2030", "period_gap", "2029"),
        ("agreement-2020.toml", "start_year = 2029", "start_year = 2020", "period_overlaps", "2029"),
        (SECOND, "end_year = 2032", "end_year = 2028", "period_backwards", "2028"),
        (SECOND, "[called_now]", "[areas]\n[called_now]", "not_of_a_period", "areas"),
        (SECOND, "snoskotrar =", "stok_torget =", "called_now", "stok_torget"),
        (SECOND, "snoskotrar =", "okand =", "called_now", "okand"),
        (SECOND, 'snoskotrar = "skoter_atv"', 'snoskotrar = "halt"', "unknown_value", "halt"),
        (SECOND, 'level = "A"', 'level = "Q"', "unknown_value", SECOND),
    ],
)
def test_an_agreement_that_cannot_follow_is_one_sentence(tmp_path, name, old, new, key, says):
    folder = shutil.copytree(EXEMPELBY, tmp_path / "fel")
    file = (folder / SECOND).rename(folder / name)
    before = file.read_text(encoding="utf-8")
    assert old in before
    file.write_text(before.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(SetUpTrouble) as trouble:
        agreement.load(folder)

    assert trouble.value.key == f"agreement.errors.{key}"
    for language in LANGUAGES:
        assert says in text(language, trouble.value.key, **trouble.value.fields)


def test_an_invented_second_agreement_for_vellinge_keeps_everything_that_reads_its_types(tmp_path):
    folder = shutil.copytree(
        ROOT / "data" / "vellinge", tmp_path / "v", ignore=shutil.ignore_patterns("sources", "examples")
    )
    types = (folder / "agreement.toml").read_text(encoding="utf-8")
    kept = [
        part
        for part in types.split("\n[[")[1:]
        if part.startswith("types]]") and '"klotter"' not in part.split("\nkind")[0]
    ]
    told = "[agreement]\nstart_year = 2027\nend_year = 2030\n" + "".join(f"\n[[{one}" for one in kept)
    (folder / "agreement-2027.toml").write_text(told, encoding="utf-8")
    with pytest.raises(SetUpTrouble) as trouble:
        agreement.load(folder)  # residents could still choose graffiti, which is no type any more
    assert trouble.value.fields["value"] == "klotter"

    choice = '\n[[report_choices]]\ncode = "skrap"\ntype = "nedskrapning"\nlabel = { sv = "Skräp", en = "Litter" }\n'
    (folder / "agreement-2027.toml").write_text(told + choice, encoding="utf-8")
    first = agreement.load(folder)
    second = first.at(date(2027, 1, 1))
    assert set(second.types) == set(first.types) and second.types["klotter"].ended == 2026
    assert list(second.report_choices) == ["skrap"] and len(first.report_choices) == 11
    assert (
        second.traffic.speed_types == first.traffic.speed_types
        and second.statistics.questions.keys() == first.statistics.questions.keys()
    )


# ---- What is filed and made ------------------------------------------------------------------------------------------

SQUARE = (15.1, 59.06)


def test_reports_of_a_dropped_type_are_counted_under_their_old_name_beside_the_new_ones(session, tmp_path):
    first = agreement.load(builders.two_agreements(tmp_path, turns=2026))
    second = first.at(date(2026, 1, 1))
    header = "kallans_id,typ,tid_fran,lon,lat"
    early = builders.a_file(tmp_path, ["a,snöskoter,2025-02-01 12:00,15.1,59.06"], header, name="a.csv")
    late = builders.a_file(tmp_path, ["b,snöskoter,2026-02-01 12:00,15.1,59.06"], header, name="b.csv")
    builders.take_in(session, first, early, source="boende")
    builders.take_in(session, second, late, source="boende")

    def types_in(**asked):
        parsed = question.parse(asked, second, date(2026, 3, 1))
        return sorted(row.type for row in map_rows.stream(session, builders.COORDINATOR, second, parsed))

    assert types_in() == ["skoter_atv", "snoskotrar"]
    assert types_in(period="2022-2025") == types_in(type="snoskotrar") == ["snoskotrar"]
    assert types_in(period="2026-2029") == types_in(type="skoter_atv") == ["skoter_atv"]
    assert types_in(focus="levande-centrum", kind="traffic") == ["skoter_atv", "snoskotrar"]


def test_a_place_keeps_a_type_that_ended_and_no_new_place_gets_it(session, old, new):
    words = {"focus": "levande-centrum", "type": "snoskotrar", "at": SQUARE}
    place = builders.a_place(session, old, **words)
    kept = {name: getattr(place, name) for name in ("focus", "type", "forum", "summary", "owner_id")}
    with pytest.raises(BadValue, match="refusals.places.ended"):
        builders.a_place(session, new, **words)
    edited = places.edit(
        session, builders.COORDINATOR, new, place.id, name="Torget", today=FIRST_DAY, **kept
    )  # fmt: skip
    assert (edited.name, edited.type) == ("Torget", "snoskotrar")
    moved = places.edit(
        session, builders.COORDINATOR, new, place.id, name="Torget", today=FIRST_DAY, **kept | {"type": "skoter_atv"}
    )
    assert moved.type == "skoter_atv"
    with pytest.raises(BadValue, match="refusals.places.ended"):
        places.edit(session, builders.COORDINATOR, new, place.id, name="Torget", today=FIRST_DAY, **kept)


def test_a_situation_picture_is_of_one_agreement_and_the_old_one_can_still_be_written_of(old):
    now = old.at(date(2029, 2, 10))
    last_year = Period(date(2028, 1, 1), FIRST_DAY)
    assert situation.check_period(now, last_year, date(2029, 2, 10)) == last_year
    for start, end in ((date(2028, 6, 1), date(2029, 2, 1)), (date(2024, 1, 1), date(2025, 1, 1))):
        with pytest.raises(BadValue, match="situation.errors.outside_agreement"):
            situation.check_period(now, Period(start, end), date(2029, 2, 10))
