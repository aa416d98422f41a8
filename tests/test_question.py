"""Filters: the same words everywhere, and a clear no to what cannot be understood."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from samverkan_map import agreement
from samverkan_map.errors import BadQuestion
from samverkan_map.question import NAMES, PUBLIC_NAMES, Question, faults, parse
from samverkan_map.settings import ROOT
from samverkan_map.translations import text
from samverkan_map.vocabulary import Layer, Period

TODAY = date(2026, 11, 23)
VELLINGE = agreement.load(ROOT / "data" / "vellinge")


def ask(**args):
    return parse(args, VELLINGE, TODAY)


def test_no_filter_means_everything():
    assert ask() == Question()
    assert ask(type="", q=" ") == Question()


@pytest.mark.parametrize(
    ("args", "start", "end"),
    [
        ({"from": "2025-01-01", "to": "2026-01-01"}, date(2025, 1, 1), date(2026, 1, 1)),
        ({"from": "2025-01", "to": "2025-03"}, date(2025, 1, 1), date(2025, 4, 1)),
        ({"to": "2025-12"}, None, date(2026, 1, 1)),
        ({"period": "12m"}, date(2025, 11, 1), date(2026, 11, 1)),
        ({"period": "1m"}, date(2026, 10, 1), date(2026, 11, 1)),
    ],
)
def test_periods_are_half_open_days_and_a_bare_month_is_whole(args, start, end):
    assert parse(args, VELLINGE, TODAY).period == Period(start, end)


def test_hours_may_pass_midnight_and_weekdays_may_wrap():
    assert ask(hour="22-02").hours == (22, 2)
    assert ask(weekday="5-1").weekdays == (0, 1, 5, 6)
    assert ask(weekday="0,2-3").weekdays == (0, 2, 3)


def test_several_values_come_with_commas_or_as_repeated_names():
    both = ("fortkorning", "klotter")
    assert ask(type="fortkorning,klotter").types == both
    assert parse(MultiDict([("type", "fortkorning"), ("type", "klotter")]), VELLINGE, TODAY).types == both


def test_no_layer_at_all_is_a_choice_and_says_nothing_beside_others():
    none = ask(layer="inga")
    assert not any(none.wants(layer, ["offentlig-miljo", "trygga-unga"]) for layer in Layer)
    assert none.as_args() == {"layer": "inga"}
    some = ask(layer=["inga", "trygga-unga.problem", "places"])
    assert some.as_args() == {"layer": "trygga-unga.problem,places"}
    assert some.wants(Layer.PLACES, []) and not some.wants(Layer.TRAFFIC, ["offentlig-miljo"])


def test_layers_may_be_left_out_and_what_is_in_two_areas_goes_when_both_are_out():
    less = ask(layer="-offentlig-miljo.problem,-strength")
    both, one = ["offentlig-miljo", "trygga-unga"], ["offentlig-miljo"]
    assert less.wants(Layer.PROBLEM, both) and not less.wants(Layer.PROBLEM, one)
    assert less.wants(Layer.TRAFFIC, one) and not less.wants(Layer.STRENGTH, one)
    gone = ask(layer="-offentlig-miljo.measures,-trygga-unga.measures")
    # Also where a measure belongs may be kept from the viewer.
    assert not gone.wants(Layer.MEASURES, both) and not gone.wants(Layer.MEASURES, [])
    assert ask(layer="offentlig-miljo.measures,trygga-unga.measures").wants(Layer.MEASURES, [])


def test_a_layer_may_belong_to_one_focus_area():
    asked = ask(layer="trygga-unga.problem,places")
    assert asked.wants(Layer.PROBLEM, ["trygga-unga"])
    assert not asked.wants(Layer.PROBLEM, ["offentlig-miljo"])
    assert asked.wants(Layer.PLACES, ["offentlig-miljo"])
    assert not asked.wants(Layer.TRAFFIC, ["offentlig-miljo"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("from", "2025-13"), ("from", "2025-02-30"), ("from", "1/2 2025"), ("to", "２０２５-01"), ("period", "12"),
        ("period", "0m"), ("focus", "annat"), ("kind", "problems"), ("type", "snatteri"), ("area", "malmo"),
        ("bbox", "1,2,3"), ("bbox", "13,55,12,56"), ("bbox", "a,b,c,d"), ("bbox", "nan,55,13,56"), ("source", "x"),
        ("phase", "done"), ("status", "scanning"), ("keeper", "staten"), ("weekday", "7"), ("weekday", "-1"),
        ("hour", "16"), ("hour", "16-25"), ("hour", "5-5"), ("sort", "id"), ("page", "0"), ("page", "1e3"),
        ("page", "-1"), ("q", "x" * 101), ("q", "a\x00b"), ("layer", "points"), ("layer", "x.problem"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_by_name(name, value):
    with pytest.raises(BadQuestion) as no:
        ask(**{name: value})
    assert no.value.fields["name"] == name


def test_a_name_that_is_no_filter_is_refused_and_what_only_shows_a_page_is_not():
    with pytest.raises(BadQuestion) as no:
        ask(type="klotter", foo="bar")
    assert (no.value.key, no.value.fields["name"]) == ("question.errors.unknown_name", "foo")
    assert no.value.fields["allowed"] == ", ".join(NAMES)
    assert ask(visa="tabell", plats="Kyrkan", som="publik", utm_source="brev") == Question()
    with pytest.raises(BadQuestion) as no:
        parse({"foo": "bar"}, VELLINGE, TODAY, public=True)
    assert no.value.fields["allowed"] == ", ".join(PUBLIC_NAMES)


def test_every_fault_of_an_address_is_found_once():
    args = MultiDict(
        [("weekday", "9"), ("area", "malmo"), ("area", "hollviken"), ("foo", "1"), ("q", "bra"), ("hour", "x")]
    )
    names = [fault.fields["name"] for fault in faults(args, VELLINGE, TODAY)]
    assert sorted(names) == ["area", "foo", "hour", "weekday"]
    assert faults({"from": "2026-02", "to": "2026-01", "period": "3m"}, VELLINGE, TODAY)[0].fields["name"] == "period"
    assert faults({"q": "bra"}, VELLINGE, TODAY) == []


def test_contradicting_periods_are_refused():
    for args in ({"period": "12m", "from": "2025-01"}, {"from": "2026-01-02", "to": "2026-01-01"}):
        with pytest.raises(BadQuestion):
            parse(args, VELLINGE, TODAY)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in PUBLIC_NAMES])
def test_an_anonymous_visitor_has_only_the_public_filters(name):
    with pytest.raises(BadQuestion) as no:
        parse({name: "12m"}, VELLINGE, TODAY, public=True)
    assert no.value.key == "question.errors.not_public"


def test_a_question_steps_whole_months_and_keeps_its_other_filters():
    earlier = ask(period="3m", type="klotter").step(-1)
    assert earlier.period == Period(date(2026, 5, 1), date(2026, 8, 1))
    assert earlier.as_args() == {"from": "2026-05-01", "to": "2026-08-01", "type": "klotter"}
    assert parse(earlier.as_args(), VELLINGE, TODAY) == earlier


@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=60), max_size=4))
def test_any_text_is_a_question_or_a_clear_no(args):
    try:
        asked = parse(args, VELLINGE, TODAY)
    except BadQuestion:
        return
    assert parse(asked.as_args(), VELLINGE, TODAY) == asked


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"weekday": "7"}, "0 till 6, där 0 är måndag"),
        ({"weekday": "mån"}, "0 till 6, där 0 är måndag"),
        ({"hour": "25-26"}, "från 0 till 23 och till 0 till 24"),
        ({"hour": "16-16"}, "två olika hela timmar"),
    ],
)
def test_a_weekday_or_an_hour_that_cannot_be_says_what_is_allowed(vellinge, args, said):
    with pytest.raises(BadQuestion) as refusal:
        parse(args, vellinge, TODAY)
    assert said in text("sv", refusal.value.key, **refusal.value.fields)


@pytest.mark.parametrize("value", ["0001-01-01", "9999-12-31", "9999-12", "1899-12", "2201-01", "0000-01"])
def test_a_year_that_no_report_is_from_is_refused_and_not_counted_with(vellinge, value):
    for name in ("from", "to"):
        with pytest.raises(BadQuestion, match="malformed"):
            parse({name: value}, vellinge, TODAY)


def test_the_whole_time_that_can_be_asked_for_steps_both_ways(vellinge):
    asked = parse({"from": "1900-01", "to": "2200-12"}, vellinge, TODAY)
    assert asked.step(-1).period.end == asked.period.start
    assert asked.step(1).period.start == asked.period.end
