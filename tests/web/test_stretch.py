"""The page of one stretch: what is complained of and since when, what is measured, and what is worked with there."""

import pytest
from pages import landed


def page(world, address, role="planerare"):
    """The text of a page, with ordinary spaces."""
    answer = world.client(role).get(address)
    assert answer.status_code == 200, address
    return answer.text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_planner_finds_the_places_and_measures_on_the_stretch(world):
    text = page(world, "/trafik/stracka/1")
    for number in (1, 2):
        assert f'<a href="/platser/{number}">Plats nummer {number}</a>' in text
        assert f'<a href="/atgarder/{number}">Belysning nummer {number}</a>' in text


def test_the_traffic_group_sees_only_the_work_that_is_its_own_or_public(world):
    text = page(world, "/trafik/stracka/1", role="trafikgrupp")
    assert "Plats nummer 1" in text and "Belysning nummer 1" in text
    assert "Plats nummer 2" not in text and "Belysning nummer 2" not in text


def test_the_numbers_say_their_months_and_follow_the_period_of_the_list(world):
    assert "1 klagomål: februari 2026." in page(world, "/trafik/stracka/1?from=2026-02&to=2026-02")
    assert "Inga klagomål är knutna till sträckan. (januari 2026)" in page(
        world, "/trafik/stracka/1?from=2026-01&to=2026-01"
    )
    assert 'href="/trafik/stracka/1?period=3m"' in page(world, "/trafik?period=3m")
    months = "klagomål: september 2025 – augusti 2026." in page(world, "/trafik/stracka/1?from=2025-09&to=2026-08")
    assert months


MEASURED = {
    "started_on": "2026-05-04", "ended_on": "2026-05-10", "mean_speed": "38,2", "v85": "47 km/h",
    "share_over_limit": "41 %", "share_over_30": "1", "vehicles": "4 210", "direction": "norrut",
}  # fmt: skip


def test_the_traffic_group_adds_a_measurement_and_finds_it_on_the_stretch(world):
    client = world.client("trafikgrupp")
    assert 'href="/trafik/stracka/1/matning"' in page(world, "/trafik/stracka/1", role="trafikgrupp")
    answer = world.post(client, "/trafik/stracka/1/matning", **MEASURED)
    assert (answer.status_code, landed(answer)) == (303, "/trafik/stracka/1")
    text = page(world, "/trafik/stracka/1", role="trafikgrupp")
    assert "38,2 km/h" in text and "41 %" in text and "4 210" in text and "norrut" in text


@pytest.mark.parametrize(
    "change, sentence",
    [
        ({"v85": "37"}, "85-percentilen kan inte vara lägre"), ({"vehicles": "0"}, "minst ett"),
        ({"share_over_limit": "141"}, "Andelarna ska ligga mellan"), ({"mean_speed": ""}, "Fyll i siffran"),
        ({"mean_speed": "fort"}, "är inte ett tal"), ({"ended_on": "2026-05-01"}, "tar slut innan"),
        ({"ended_on": "2031-05-01"}, "inte har varit än"), ({"started_on": ""}, "Ange den första dagen"),
    ],
)  # fmt: skip
def test_a_measurement_that_cannot_be_right_keeps_what_was_typed_and_says_why(world, change, sentence):
    answer = world.post(world.client("planerare"), "/trafik/stracka/1/matning", **MEASURED | change)
    assert answer.status_code == 422
    assert sentence in answer.text and 'value="norrut"' in answer.text
    assert "norrut" not in page(world, "/trafik/stracka/1")


def test_a_business_sees_no_way_to_measure_and_the_police_only_read(world):
    assert "/matning" not in page(world, "/trafik/stracka/1", role="polis")
    assert world.client("foretag").get("/trafik/stracka/1/matning").status_code == 403
