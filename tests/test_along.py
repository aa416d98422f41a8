"""Along the streets: the worst part of a stretch, the density of the network, and where the harm is."""

import random

import pytest
from builders import COORDINATOR, NOW, a_file, take_in, viewer
from shapely.geometry import LineString, Point
from test_hotspots import TODAY, E, N, speaker

from samverkan_map import hotspots, question, traffic
from samverkan_map.errors import BadQuestion
from samverkan_map.hotspots import Method, along, along_words
from samverkan_map.vocabulary import Role

PLANNER, TRAFFIC = viewer(Role.PLANNER), viewer(Role.TRAFFIC_GROUP)


@pytest.fixture
def town(session, vellinge, tmp_path):
    """A long street with thirty complaints at its eastern end, a short one across it, and accidents on both."""
    for name, line in (
        ("Långa vägen", [(E, N), (E + 1400, N)]), ("Tvärgatan", [(E + 1400, N), (E + 1400, N + 300)]),
        ("Stumpen", [(E, N + 900), (E + 60, N + 900)]),
    ):  # fmt: skip
        traffic.add_stretch(
            session, COORDINATOR, vellinge, name=name, keeper="kommun", speed_limit=40, line=LineString(line)
        )
    draw = random.Random(7)
    spread = [f"a{i},fortkorning,2026-0{1 + i % 9}-11T08:00,{E + 40 + 30 * i},{N + 3}," for i in range(10)]
    thick = [
        f"b{i},fortkorning,2026-0{1 + i % 9}-1{i % 10}T17:00,{E + draw.uniform(1005, 1295):.1f},{N - 2},"
        for i in range(30)
    ]
    across = [f"t{i},fortkorning,2026-05-1{i}T17:00,{E + 1400},{N + 150 + 20 * i}," for i in range(4)]
    crashed = [f"o{i},trafikolycka,2026-04-{i + 10}T12:00,{E + 1100 + i},{N},lindrig" for i in range(9)]
    crashed += [f"s{i},trafikolycka,2026-04-{i + 10}T12:00,{E + 1400},{N + 200},svar" for i in range(2)]
    crashed += [f"u{i},trafikolycka,2026-04-{i + 10}T12:00,{E + 30},{N + 900},svar" for i in range(3)]
    header = "kallans_id,typ,tid_fran,e,n,svarhet"
    take_in(session, vellinge, a_file(tmp_path, [*spread, *thick, *across, *crashed], header))
    return session


def found_in(session, vellinge, who=PLANNER, **filters):
    asked = question.parse(filters, vellinge, TODAY)
    return along.find(session, who, vellinge, asked, today=TODAY)


def test_the_worst_five_hundred_metres_are_found_and_told(town, vellinge):
    found = found_in(town, vellinge)
    first, second = found.windows
    assert found.windows_in_all == 2
    assert (first.name, first.events, first.whole) == ("Långa vägen", 30, 40)
    assert first.end - first.start == 500 and first.start >= 800 and first.shape.distance(Point(E + 1150, N)) < 1
    assert (second.name, second.events, second.start) == ("Tvärgatan", 4, 0)
    say = speaker(vellinge)
    told = along_words.headline(say, found)
    assert (
        told.startswith("Värst är 500 meter av Långa vägen, ") and "meter från västra änden: 30 av sträckans 40" in told
    )
    assert along_words.where(say, second) == "hela sträckan, 300 meter"
    (only, *rest) = found_in(town, vellinge, TRAFFIC).windows
    assert (only.name, only.events, rest) == ("Långa vägen", 30, []), "four are too few for the coarse"


def test_the_density_follows_the_network_and_is_told_only_where_there_are_enough(town, vellinge):
    found = found_in(town, vellinge)
    value, stretch = found.peak
    assert stretch == "Långa vägen" and found.limits[-1] <= value < 250 and len(found.metres) == 5
    assert sum(found.metres) == pytest.approx(sum(shape.length for shape, _ in found.parts), abs=0.01)
    darkest = [shape for shape, step in found.parts if step == 4]
    assert darkest and all(shape.distance(Point(E + 1150, N)) < 250 for shape in darkest)
    assert not any(shape.distance(Point(E + 30, N + 900)) < 1 for shape, _ in found.parts)
    assert found_in(town, vellinge, hour="08-12").nothing == ""
    assert found_in(town, vellinge, **{"from": "2026-05-01", "to": "2026-05-03"}).nothing == "few"


def test_few_kilometres_hold_most_of_the_harm_and_short_ones_are_left_out(town, vellinge):
    found = found_in(town, vellinge, kind="traffic")
    one = found.injury
    assert [row.name for row in one.rows] == ["Tvärgatan", "Långa vägen"]
    assert (one.graded, one.all_graded, one.severe, one.all_severe, one.elsewhere) == (11, 11, 2, 2, 3)
    assert one.score == 1 and one.length == 1 and one.weighed
    told = along_words.injuries(speaker(vellinge), found)
    assert "2 av 2 olyckor med dödsfall eller svår skada" in told[1] and told[2].startswith("3 olyckor är inte med")
    assert "svårt skadad 29" in " ".join(along_words.injury_card(speaker(vellinge), found))
    few = found_in(town, vellinge, **{"from": "2026-04-01", "to": "2026-04-14"})
    assert few.injury.nothing == "few" and few.injury.rows == ()
    parts = {row["part"] for row in along_words.rows(speaker(vellinge), found)}
    assert parts == {"window", "density", "injury"}


def test_a_kept_run_of_stretches_holds_what_lay_along_them_and_says_when_it_no_longer_does(town, vellinge, tmp_path):
    asked = question.parse({}, vellinge, TODAY)
    run = hotspots.keep(town, PLANNER, vellinge, asked, today=TODAY, now=NOW, method=Method.STREETS)
    town.flush()
    town.expire_all()
    assert hotspots.along_in(run) == found_in(town, vellinge)
    assert hotspots.again(town, PLANNER, vellinge, run, today=TODAY).same
    more = [f"n{i},trafikolycka,2026-04-{i + 10}T12:00,{E + 1400},{N + 200},svar" for i in range(2)]
    take_in(town, vellinge, a_file(tmp_path, more, "kallans_id,typ,tid_fran,e,n,svarhet", "mer.csv"))
    kept = hotspots.along_in(hotspots.get_run(town, PLANNER, run.id))
    assert kept.injury.all_severe == 2 and found_in(town, vellinge).injury.all_severe == 4
    assert not hotspots.again(town, PLANNER, vellinge, run, today=TODAY).same
    squares = hotspots.keep(town, PLANNER, vellinge, asked, today=TODAY, now=NOW)
    assert hotspots.along_in(squares) is None


def test_without_stretches_nothing_is_told_and_other_kinds_are_refused(quick_session, vellinge):
    assert found_in(quick_session, vellinge) is None
    with pytest.raises(BadQuestion, match="only_complaints"):
        found_in(quick_session, vellinge, kind="problem")


@pytest.fixture
def quick_session(embedded):
    """A session on the embedded database alone."""
    with embedded.writing() as session:
        yield session
