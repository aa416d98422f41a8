"""Kept runs: dated sets of any method that stay as they were, and that say whether they come out the same today."""

import pytest
from builders import COORDINATOR, NOW, viewer
from shapely.geometry import LineString
from test_hotspots import PLANNER, TODAY, TRAFFIC, E, N, find, noise, planted, reported, speaker

from samverkan_map import hotspots, question, traffic
from samverkan_map.errors import NotAllowed, NotFound, StepNotAllowed
from samverkan_map.hotspots import Method, rerun_words
from samverkan_map.vocabulary import Role


def kept(session, vellinge, who=PLANNER, method="cells", bandwidth=None, **args):
    asked = question.parse(args, vellinge, TODAY)
    return hotspots.keep(
        session, who, vellinge, asked, today=TODAY, now=NOW, method=Method(method), bandwidth=bandwidth
    )


def again(session, vellinge, run, who=PLANNER):
    return hotspots.again(session, who, vellinge, run, today=TODAY)


def complaints(vellinge):
    """Complaints on a street and around it."""
    return [*noise(vellinge, 60, kind="fortkorning", years=1), *planted(40, kind="fortkorning")]


def with_a_street(session, vellinge):
    line = LineString([(E - 200, N), (E + 200, N)])
    return traffic.add_stretch(
        session, COORDINATOR, vellinge, name="Storgatan", keeper="kommun", speed_limit=40, line=line
    )


def test_a_kept_run_stays_as_it_was_and_knows_when_the_data_have_changed(session, vellinge, tmp_path):
    reported(session, vellinge, tmp_path, [*noise(vellinge, 100), *planted(30)])
    run = kept(session, vellinge, kind="problem")
    assert kept(session, vellinge, kind="problem").id == run.id, "not kept twice"
    assert run.asked == {"kind": "problem", "from": "2025-11-01", "to": "2026-11-01"}
    assert run.data_version == hotspots.data_version(session) and run.who == PLANNER.name
    before = find(session, vellinge, kind="problem")
    reported(session, vellinge, tmp_path, planted(5, name="x"))
    session.expire_all()
    again = hotspots.get_run(session, PLANNER, run.id)
    assert hotspots.found_in(PLANNER, again) == before
    assert again.data_version != hotspots.data_version(session)
    assert find(session, vellinge, **again.asked | {"from_": again.asked["from"]}).spots[0].events == 35
    assert kept(session, vellinge, kind="problem").id != run.id


def test_a_run_is_seen_by_those_who_may_see_what_it_counted(session, vellinge, tmp_path):
    reported(session, vellinge, tmp_path, [*planted(30, kind="fortkorning"), *planted(20, name="k")])
    whole, traffic = kept(session, vellinge), kept(session, vellinge, TRAFFIC, kind="traffic")
    fine = kept(session, vellinge, kind="traffic", weekday="0-6")
    seen = {role: [run.id for run in hotspots.find_runs(session, viewer(role))] for role in Role}
    assert seen[Role.PLANNER] == seen[Role.POLICE] == [fine.id, traffic.id, whole.id]
    assert seen[Role.TRAFFIC_GROUP] == [traffic.id] and seen[Role.PUBLIC] == []
    with pytest.raises(NotFound):
        hotspots.get_run(session, TRAFFIC, whole.id)
    with pytest.raises(NotAllowed):
        kept(session, vellinge, viewer(Role.BUSINESS))
    with pytest.raises(StepNotAllowed):
        kept(session, vellinge, kind="accident")


@pytest.mark.parametrize("method", list(Method))
def test_a_run_of_any_method_comes_out_the_same_and_says_what_differs_when_the_reports_do(
    session, vellinge, tmp_path, method
):
    with_a_street(session, vellinge)
    reported(session, vellinge, tmp_path, complaints(vellinge))
    run = kept(session, vellinge, method=method, kind="traffic")
    assert (run.kind, run.who) == (f"hotspots.{method}", PLANNER.name)
    found = hotspots.answer(
        session, PLANNER, vellinge, question.parse({"kind": "traffic"}, vellinge, TODAY), today=TODAY, method=method
    )
    session.expire_all()
    assert hotspots.as_plain(hotspots.found_in(PLANNER, run)) == hotspots.as_plain(found)
    assert hotspots.effort_in(PLANNER, run).events == 100
    same = again(session, vellinge, run)
    assert same.same and same.same_reports and same.same_stretches and same.pairs == ()
    say = speaker(vellinge)
    assert rerun_words.sentences(say, same) == [say("saved_same"), say("again_same")]
    first = same.then.spot(1).events
    more = [f"x{i},fortkorning,2026-04-1{i}T10:00,{E + 7 * i},{N}" for i in range(5)]
    reported(session, vellinge, tmp_path, more)
    later = again(session, vellinge, run)
    assert not later.same and not later.same_reports
    assert [(old.number, new.events - old.events) for old, new in later.pairs if old and new][0] == (1, 5)
    if method == Method.CELLS:
        assert (
            "105 händelser i stället för 100, på lika många numrerade platser" in rerun_words.sentences(say, later)[-1]
        )
    told = " ".join([*rerun_words.sentences(say, later), *rerun_words.differences(say, later)])
    assert "Uppgifterna har ändrats sedan dess." in told and f"{first} → {first + 5} händelser" in told


def test_who_keeps_decides_what_a_run_holds_and_who_may_see_it(session, vellinge, tmp_path):
    reported(session, vellinge, tmp_path, [*complaints(vellinge), *planted(30, name="k")])
    exact = kept(session, vellinge, method="density", kind="traffic")
    coarse = kept(session, vellinge, TRAFFIC, method="density")
    assert [run.id for run in hotspots.find_runs(session, TRAFFIC)] == [coarse.id]
    with pytest.raises(NotFound):
        hotspots.get_run(session, TRAFFIC, exact.id)
    assert hotspots.count_runs(session, PLANNER) == 2
    for who in (TRAFFIC, PLANNER):
        assert again(session, vellinge, coarse, who).same, "worked out as whoever kept it saw"
    squares = kept(session, vellinge, kind="traffic")
    assert again(session, vellinge, squares, TRAFFIC).same
    assert hotspots.effort_in(TRAFFIC, squares).organisation == ""


def test_a_run_says_when_its_stretches_have_changed_and_when_it_cannot_be_asked_again(session, vellinge, tmp_path):
    with_a_street(session, vellinge)
    reported(session, vellinge, tmp_path, complaints(vellinge))
    run = kept(session, vellinge, method="streets")
    assert hotspots.question_of(run)["kind"] == "traffic" and run.kinds == ["traffic"]
    traffic.add_stretch(
        session, COORDINATOR, vellinge, name="Nygatan", keeper="kommun", speed_limit=40,
        line=LineString([(E - 200, N + 10), (E + 200, N + 10)]),
    )  # fmt: skip
    changed = again(session, vellinge, run)
    say = speaker(vellinge)
    assert not changed.same_stretches and not changed.same
    assert say("again_stretches") in rerun_words.sentences(say, changed)
    run.asked = {**run.asked, "type": "finns-inte-mer"}
    assert again(session, vellinge, run) is None
    assert rerun_words.sentences(say, None) == [say("again_refused")]
