"""The words of an effect: one comparison at a time, named, and nothing that the figures do not carry."""

import pytest

from samverkan_map.analysis.effects import Finding, effect_verdict, empirical_bayes, gamma_poisson, rate_ratio
from samverkan_map.effects import words
from samverkan_map.effects.computing import as_json
from samverkan_map.formats import Format
from samverkan_map.web.charts import change_bar

STEP = {"name": "step", "ratio": 0.5, "low": 0.3, "high": 0.8}


@pytest.fixture
def say(vellinge):
    return words.Speaker("sv", vellinge, Format("sv"))


def effect(before, after, *, expected=None, **changes):
    """A result as it is kept; `expected` is the mean and variance of what was to be expected."""
    ratio = rate_ratio(after, before)
    bayes = empirical_bayes(after, *expected) if expected else None
    told = (bayes.low, bayes.high, bayes.p_decrease) if bayes else (
        ratio.low, ratio.high, gamma_poisson(after, before).p_decrease)  # fmt: skip
    series = {"why_not": "short", "steps": [], "step_titles": []}
    return as_json({
        "treated": (before, after), "comparison": None, "ring": None, "ratio": ratio, "expected": bayes,
        "p_decrease": gamma_poisson(after, before).p_decrease, "finding": effect_verdict(before, after, *told).value,
        "beyond_comparison": None, "wdd": None, "wdq": None, "relative": None, "ring_ratio": None, "moved": None,
        "detectable_percent": -70.0, "series": series,
    } | changes)  # fmt: skip


def told(say, result):
    return " ".join([words.headline(say, result), *words.sentences(say, result)])


def test_against_what_was_to_be_expected_the_heading_the_counts_and_the_probability_say_so(say):
    result = effect(25, 37, expected=(19, 11))
    said = told(say, result)
    assert said.startswith("Tydlig ökning jämfört med vad som var att vänta.")
    assert "På en plats där det var ovanligt mycket före åtgärden var ungefär 19 (13–26) att vänta" in said
    assert "Det blev 37. Före: 25 rapporterade händelser. Efter: 37." in said
    assert "färre än väntat: cirka 1 av 10" in said
    assert "procent fler" not in said  # fewer than 20 were to be expected
    assert "nedgången" not in said


def test_as_many_after_as_before_can_be_more_than_expected_and_both_probabilities_are_named(say):
    result = effect(17, 17, expected=(10, 6))
    assert result["finding"] == Finding.PROBABLE_INCREASE
    assert told(say, result).startswith("Sannolikt fler än vad som var att vänta")
    rows = {name: value for name, value, _ in words.figures(say, result)}
    assert rows["Sannolikhet att det minskade, före mot efter"] == "0,50"
    assert float(rows["Sannolikhet att det blev färre än väntat"].replace(",", ".")) < 0.1


@pytest.mark.parametrize(
    ("after", "said"),
    [(12, "En del av nedgången hade kommit ändå."), (35, "Hela nedgången var att vänta ändå."), (40, ""), (60, "")],
)
def test_how_much_of_a_fall_would_have_come_anyway_is_said_only_where_there_was_one(say, after, said):
    words_told = told(say, effect(40, after, expected=(30, 20)))
    assert said in words_told
    assert said or "nedgången" not in words_told


def test_per_cents_against_the_expected_say_so(say):
    assert "procent färre rapporterade händelser än väntat" in words.headline(say, effect(60, 10, expected=(50, 20)))
    assert "väntat" not in words.headline(say, effect(60, 10))


def test_one_event_is_one_event(say):
    assert "Före: 1 rapporterad händelse. Efter: 2." in told(say, effect(1, 2))


def test_each_level_of_the_monthly_model_is_named_and_none_is_told_of_few_events(say):
    series = {"why_not": None, "steps": [STEP, STEP | {"ratio": 1.4, "high": float("inf")}],
              "step_titles": [["Ny belysning", "Klippta buskar"], ["Ny bänk"]]}  # fmt: skip
    said = told(say, effect(60, 30, series=series))
    assert "nivån efter ”Ny belysning” och ”Klippta buskar” ungefär 50 procent lägre (−70 % till −20 %)" in said
    assert "nivån efter ”Ny bänk” ungefär 40 procent högre (−70 % och uppåt, ingen övre gräns går att säga)" in said
    rows = [name for name, _, _ in words.figures(say, effect(60, 30, series=series))]
    assert len(set(rows)) == len(rows)
    assert "Månad för månad" not in told(say, effect(12, 6, series=series))


def ringed(before, after, ring, *, quotient, beyond, moved):
    return effect(
        before, after, ring=ring, ring_ratio=rate_ratio(ring[1], ring[0]), moved=moved, beyond_comparison=beyond,
        comparison=(60, 60), wdq={"quotient": quotient, "interpretable": True},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("result", "shared"),
    [
        (ringed(1, 2, (5, 9), quotient=5.57, beyond=None, moved="gar_inte_att_avgora"), None),
        (ringed(60, 12, (40, 45), quotient=-0.15, beyond=True, moved="gar_inte_att_avgora"), None),
        (ringed(60, 12, (40, 80), quotient=-0.5, beyond=True, moved="tecken"), "motsvaras av en ökning"),
        (ringed(60, 12, (60, 20), quotient=0.5, beyond=True, moved="inga_tecken"), "fick del av förbättringen"),
        (ringed(60, 12, (60, 20), quotient=0.5, beyond=False, moved="inga_tecken"), None),
        (ringed(20, 18, (60, 20), quotient=0.5, beyond=True, moved="inga_tecken"), None),
    ],
)
def test_what_the_ring_shared_is_said_only_where_the_place_improved_and_the_counts_carry_it(say, result, shared):
    said = " ".join(words.moved(say, {"ring_metres": 200}, result))
    assert "kvot" not in said
    assert (shared in said) if shared else "förbättringen" not in said


def test_nothing_has_moved_from_where_nothing_fell(say):
    result = ringed(20, 30, (40, 80), quotient=1.0, beyond=False, moved="tecken")
    assert "fler händelser också i närområdet" in " ".join(words.moved(say, {"ring_metres": 200}, result))


def test_a_ring_that_is_cut_says_why_it_is_not_round(say):
    result = ringed(60, 12, (40, 45), quotient=0.1, beyond=True, moved="gar_inte_att_avgora")
    assert "halva vägen till andra åtgärder" in " ".join(
        words.moved(say, {"ring_metres": 200, "ring_cut": True}, result)
    )


def test_the_open_table_has_plain_words_and_no_endless_numbers(say):
    result = effect(0, 20, wdd={"total": 3.0, "low": 1.0, "high": 5.0, "local": 3.0, "displacement": 0.0},
                    relative={"ratio": 5.6, "low": 0.04, "high": 791.18})  # fmt: skip
    shown = " ".join(part for row in words.figures(say, result) for part in row)
    for jargon in ("∞", "RIRR", "WDD", "Empirical Bayes", "791"):
        assert jargon not in shown
    assert "mindre än 0,01" in shown
    assert "från 0,04, ingen övre gräns går att säga" in shown


def test_a_difference_of_hundreds_of_events_has_its_upper_end(say):
    wdd = {"total": 150.0, "low": 80.0, "high": 220.0, "local": 150.0, "displacement": 0.0}
    spans = [span for *_, span in words.figures(say, effect(400, 550, wdd=wdd))]
    assert "80,0 – 220,0" in spans


def test_an_interval_that_reaches_beyond_its_picture_says_how_far(say):
    bar = change_bar(1.65, 4.55, 1.9, decided=True)
    assert words.goes_on(say, bar.goes_on) == "fortsätter till +355 %"
    assert words.goes_on(say, change_bar(1.65, float("inf"), 1.9, decided=True).goes_on).startswith("fortsätter, ingen")
    assert change_bar(0.5, 1.2, 0.8, decided=True).goes_on is None
    assert change_bar(2.0, 9.0, 4.0, decided=True).dot is None


def test_a_kept_set_that_added_accidents_to_reports_says_so_before_anything_else(say):
    result = effect(25, 12, cautions=[["accidents_apart", {"types": ["trafikolycka"]}]])
    added, apart = words.cautions(say, {"types": ["fortkorning", "trafikolycka"]}, result)
    assert added.startswith("Den här beräkningen lade ihop olyckor med andra rapporter")
    assert apart.startswith("Planen räknar både trafikolycka och annat.")
    assert words.cautions(say, {"types": ["trafikolycka"]}, result) == [apart]
