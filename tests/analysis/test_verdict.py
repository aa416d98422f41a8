"""From numbers to a sentence."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samverkan_map.analysis import effects
from samverkan_map.errors import BadNumbers

counts = st.integers(0, 3000)


@given(counts, counts)
def test_the_sentence_never_says_more_than_the_interval(before, after):
    ratio, belief = effects.rate_ratio(after, before), effects.gamma_poisson(after, before)
    finding = effects.effect_verdict(before, after, ratio.low, ratio.high, belief.p_decrease)
    if before + after < 10:
        assert finding is effects.Finding.TOO_FEW
    elif finding is effects.Finding.CLEAR_DECREASE:
        assert ratio.high < 1 and belief.p_decrease > 0.97
    elif finding is effects.Finding.CLEAR_INCREASE:
        assert ratio.low > 1 and belief.p_decrease < 0.03
    elif finding is effects.Finding.UNCHANGED:
        assert ratio.low >= 0.9 and ratio.high <= 1 / 0.9
    else:
        assert ratio.low <= 1 <= ratio.high


@pytest.mark.parametrize(
    "low, high, p, finding",
    [
        (0.5, 1.0, 0.97, "sannolikt_minskning"),
        (1.0, 1.5, 0.03, "sannolikt_okning"),
        (0.9, 1 / 0.9, 0.5, "ungefar_oforandrat"),
        (0.89, 1.1, 0.95, "sannolikt_minskning"),
        (0.8, 1.3, 0.9, "sannolikt_minskning"),
        (0.8, 1.3, 0.1, "sannolikt_okning"),
        (0.8, 1.3, 0.89, "gar_inte_att_avgora"),
        (0.0, math.inf, 0.5, "gar_inte_att_avgora"),
        (0.0, 1e300, 0.5, "gar_inte_att_avgora"),
        (0.95, 0.99, 0.99, "tydlig_minskning"),
    ],
)
def test_an_end_exactly_on_a_limit_falls_on_the_careful_side(low, high, p, finding):
    assert effects.effect_verdict(50, 45, low, high, p) == finding


def test_a_ring_whose_interval_has_no_end_to_speak_of_cannot_be_told():
    ratio = effects.rate_ratio(0, 3, dispersion=1_000)
    assert ratio.high > 1e12
    assert effects.displacement_verdict(ratio.low, ratio.high) == "gar_inte_att_avgora"


def test_nine_events_together_are_too_few_and_ten_are_not():
    assert effects.effect_verdict(9, 0, 0.0, 0.5, 0.99) == "for_fa_handelser"
    assert effects.effect_verdict(10, 0, 0.0, 0.4, 0.99) == "tydlig_minskning"


@pytest.mark.parametrize("low, high", [(0.5, 0.4), (math.nan, 1), (0.5, math.nan), (-0.1, 1), (math.inf, math.inf)])
def test_an_interval_that_is_none_is_refused(low, high):
    with pytest.raises(BadNumbers):
        effects.effect_verdict(50, 45, low, high, 0.5)


def test_per_cents_are_to_the_nearest_five_and_never_given_for_few_events():
    assert effects.percent_fewer(25, 0.2197, 0.9914) == effects.PercentRange(0, 80)
    assert effects.percent_fewer(40, 0.4, 1.2) is None
    assert effects.percent_more(40, 1.22, math.inf) == effects.PercentRange(20, None)
    assert effects.percent_more(19, 1.5, 2) is effects.percent_more(40, 0.9, 2) is None


def test_nothing_is_said_to_be_certain():
    assert [effects.of_ten(p) for p in (0, 0.04, 0.5, 0.94, 0.9999, 1)] == [1, 1, 5, 9, 9, 9]


def test_no_sign_of_moving_is_said_only_when_a_fifth_more_is_excluded():
    assert effects.displacement_verdict(0.6, 1.2) == "inga_tecken"
    assert effects.displacement_verdict(0.6, 1.21) == "gar_inte_att_avgora"
    assert effects.displacement_verdict(1.01, 1.15) == "tecken"
