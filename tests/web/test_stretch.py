"""The page of one stretch: what is complained of and since when, what is measured, and what is worked with there."""


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
    assert "1 klagomål: februari 2026." in page(world, "/trafik/stracka/1")
    assert "Inga klagomål är knutna till sträckan. (januari 2026)" in page(
        world, "/trafik/stracka/1?from=2026-01&to=2026-01"
    )
    assert 'href="/trafik/stracka/1?period=3m"' in page(world, "/trafik?period=3m")
