"""What others measured and heard, in the situation picture: beside the reports, never added to them."""

from datetime import date

import builders
import pytest
from sqlalchemy import delete

from samverkan_map import translations
from samverkan_map.analysis.surveys import wilson
from samverkan_map.db.tables import SurveyValue
from samverkan_map.situation.asked import Gathering
from samverkan_map.situation.document import METHODS, compose, figures, gather, read_figures
from samverkan_map.situation.words import Speaker
from samverkan_map.sources import crimes, dialogues, surveys
from samverkan_map.vocabulary import Period
from samverkan_map.web.situation import drawn

TODAY = date(2026, 11, 23)
PERIOD = Period(date(2025, 1, 1), date(2026, 1, 1))
LOCAL = "trygghetsmatning_lokal"


@pytest.fixture
def filled(session, vellinge):
    """Two areas that answered, one with too few to be shown; crime of two years; two themes."""
    for area, question, value, answers in (
        ("hollviken", "trygg_ute_kvall", 60.0, 200), ("vellinge", "trygg_ute_kvall", 80.0, 100),
        ("ljunghusen", "trygg_ute_kvall", 50.0, 12), ("skanor-falsterbo", "trygg_ute_kvall", 75.0, 19),
        ("hollviken", "totalindex", 1.5, 200),
    ):  # fmt: skip
        surveys.keep(
            session, builders.COORDINATOR, vellinge, source=LOCAL, year=2025, area=area, question=question, value=value,
            answers=answers, today=TODAY,
        )  # fmt: skip
    category = next(code for code in vellinge.statistics.crimes if code != vellinge.statistics.total)
    total = vellinge.statistics.total
    for year, code, number in ((2024, total, 900), (2025, total, 1000), (2025, category, 700)):
        crimes.keep(session, builders.COORDINATOR, vellinge, year=year, category=code, count=number, today=TODAY)
    for day in (3, 9):
        dialogues.keep(
            session, builders.COORDINATOR, vellinge, source="medborgardialog", held_on=date(2025, 5, day),
            area="hollviken", type="klotter", today=TODAY,
        )  # fmt: skip
    return session


def made(session, vellinge, period=PERIOD):
    document = compose(Gathering(session, vellinge, period, TODAY), "told")
    return document, {one.key: one for one in read_figures(document)["told"]}


def test_the_worst_and_the_best_answer_are_named_with_which_way_is_better(filled, vellinge):
    document, found = made(filled, vellinge)
    say = Speaker("sv", document["labels"])
    title = say.sentence(found["answers"].title)
    assert "sämst svar i Höllviken (60 %), bäst i Vellinge tätort med Hököpinge (80 %). Högre är bättre." in title
    told = [say.sentence(note) for note in found["answers"].notes]
    assert any("Ljunghusen" in one and "Skanör-Falsterbo" in one for one in told)
    assert found["answers"].sources == [LOCAL]


def test_a_share_has_wilson_s_interval_and_fewer_than_twenty_answers_are_not_there(filled, vellinge):
    document, found = made(filled, vellinge)
    rows = {(row["question"], row["area"]): row for row in found["answers"].rows}
    assert ("trygg_ute_kvall", "ljunghusen") not in rows and ("trygg_ute_kvall", "skanor-falsterbo") not in rows
    row, span = rows["trygg_ute_kvall", "hollviken"], wilson(120, 200)
    assert row["low"] == pytest.approx(100 * span.low, abs=1e-3)
    assert row["high"] == pytest.approx(100 * span.high, abs=1e-3)
    say = Speaker("sv", document["labels"])
    assert say.cell(row, "answer") == "60 % (53–67)"
    assert say.cell(rows["totalindex", "hollviken"], "answer") == "1,50"


def test_crime_keeps_the_source_s_own_total_and_says_that_categories_are_not_added_up(filled, vellinge):
    document, found = made(filled, vellinge)
    say = Speaker("sv", document["labels"])
    title = say.sentence(found["crimes"].title)
    assert " ".join(title.split()) == "Anmälda brott 2025: 1 000 i statistikens egen summa"
    assert [say.sentence(note) for note in found["crimes"].notes] == [
        "Kategorierna går in i varandra och läggs därför aldrig ihop."
    ]
    assert [row["count"] for row in found["crimes"].rows] == [1000, 700]


def test_themes_are_counted_and_a_walk_that_is_not_there_is_said_to_be_missing(filled, vellinge):
    document, found = made(filled, vellinge)
    say = Speaker("sv", document["labels"])
    assert say.sentence(found["themes"].title) == "2 gånger togs ett problem upp i dialoger, oftast klotter (2)"
    for area in ("ljunghusen", "hollviken"):
        dialogues.keep(
            filled, builders.COORDINATOR, vellinge, source="medborgardialog", held_on=date(2025, 6, 3), area=area,
            type="nedskrapning", today=TODAY,
        )  # fmt: skip
    tied = made(filled, vellinge)[1]["themes"].title
    assert say.sentence(tied) == "4 gånger togs ett problem upp i dialoger, oftast klotter, nedskräpning (2 var)"
    assert found["walks"].empty and say.sentence(found["walks"].title).startswith("Underlag saknas")


def test_another_period_than_the_sources_tell_of_has_no_figure_at_all(filled, vellinge):
    _, found = made(filled, vellinge, Period(date(2023, 1, 1), date(2024, 1, 1)))
    assert all(one.empty for one in found.values())


def test_the_figures_follow_from_the_counts_alone(filled, vellinge):
    document = gather(Gathering(filled, vellinge, PERIOD, TODAY), "told")
    before = figures(document)
    filled.execute(delete(SurveyValue))
    assert figures(document) == before
    assert made(filled, vellinge)[1]["answers"].empty


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_every_method_has_a_name_and_a_card_in_both_languages(language):
    words = translations.catalogue(language)
    for method in METHODS:
        assert f"papers.method.{method}" in words and f"situation.card.{method}" in words


def test_the_question_of_the_title_is_drawn_and_no_other(filled, vellinge):
    document, found = made(filled, vellinge)
    say = Speaker("sv", document["labels"])
    bars = drawn.named_bars(say, found["answers"])
    told = [(one.name, one.told[:4]) for one in bars]
    assert told == [("Vellinge tätort med Hököpinge", "80 %"), ("Höllviken", "60 %")]
    _, of_two_years = made(filled, vellinge, Period(date(2024, 1, 1), date(2026, 1, 1)))
    crimes = drawn.named_bars(say, of_two_years["crimes"])
    assert [(one.told, one.before) for one in crimes] == [("1\xa0000", 900), ("700", None)]
    assert max(one.reach for one in crimes) == drawn.BAR_WIDTH
