"""The follow-up of a measure on its page: the words the counts carry, for those who may see them, and as kept."""

from datetime import date, timedelta

import builders
import pytest
from sqlalchemy import text

from samverkan_map import geometry, measures, places, settings
from samverkan_map.db.tables import Effect, FollowUp, Measure, Place
from samverkan_map.vocabulary import MeasureStatus, Phase

BEFORE, AFTER = date(2024, 10, 1), date(2025, 10, 1)
BEGAN, IN_PLACE = date(2025, 9, 1), date(2025, 9, 20)
PLACE, MEASURE = 1, 1


def put(world, vellinge, folder, *runs, ref="E"):
    """Reports in runs of (how many, where, first day, metres to the east), as one file."""
    far = ",".join(f"{float(value):.1f}" for value in geometry.to_metric(13.08, 55.43))
    rows = [f"{ref}0,klotter,2023-01-01T12:00,{far}", f"{ref}1,klotter,2026-11-20T12:00,{far}"]
    for n, at, first, east in runs:
        e, north = (float(value) for value in geometry.to_metric(*at))
        for number in range(n):
            day = first + timedelta(days=330 * number // n)
            rows.append(f"{ref}{len(rows)},skadegorelse,{day}T12:00,{e + east:.1f},{north:.1f}")
    with world.database.writing() as session:
        file = builders.a_file(folder, rows, "kallans_id,typ,tid_fran,e,n", f"{ref}.csv")
        assert builders.take_in(session, vellinge, file).stored
        session.commit()


def carried_out(world, vellinge, **plan):
    """The first measure of the world was carried out with a plan, against the second place; gives the plan's number."""
    with world.database.writing() as session:
        host = builders.COORDINATOR
        other = session.get(Place, 2)
        e, n = (float(value) for value in geometry.to_metric(*builders.VELLINGE))
        from shapely.geometry import Point

        from samverkan_map.db import engine

        other.geom = engine.stored(Point(e, n).buffer(40))
        measure = session.get(Measure, MEASURE)
        measure.planned_start = BEGAN
        measure.follow_ups.clear()  # the world's own plan: here the measure has this one only
        words = {"comparison_place_ids": [2], "comparison_reason": "Lika stor plats."} | plan
        made = measures.plan_follow_up(
            session, host, vellinge, MEASURE, indicator="Skadegörelse", types=["skadegorelse"], window_months=12,
            due_on=date(2026, 10, 1), today=date(2025, 8, 1), **words,
        )  # fmt: skip
        measures.move(session, host, MEASURE, MeasureStatus.ONGOING, on=BEGAN)
        measures.move(session, host, MEASURE, MeasureStatus.DONE, on=IN_PLACE)
        session.commit()
        return made.id


@pytest.fixture
def fallen(world_on_each, vellinge, tmp_path):
    """A clear fall at the first place against a steady comparison."""
    here, there = builders.HOLLVIKEN, builders.VELLINGE
    put(world_on_each, vellinge, tmp_path, (60, here, BEFORE, 0), (12, here, AFTER, 0), (50, there, BEFORE, 0),
        (48, there, AFTER, 0))  # fmt: skip
    return world_on_each, carried_out(world_on_each, vellinge)


def page(world, role, address=f"/atgarder/{MEASURE}/uppfoljning", **how):
    return world.client(role, **how).get(address)


def test_a_planner_reads_first_the_words_then_the_counts_and_the_method(fallen):
    world, _ = fallen
    words = page(world, "planerare").get_data(as_text=True).replace("\N{NO-BREAK SPACE}", " ")
    said = ["Tydlig minskning. Troligen mellan", "Före: 60 rapporterade händelser. Efter: 12.",
            "Förändringen är större än i jämförelsen.", "Flyttade problemet?", "Siffrorna",
            "1 september 2024 till 31 augusti 2025 (365 dagar)", "Lika stor plats"]  # fmt: skip
    places_of_words = [words.index(sentence) for sentence in said]
    assert places_of_words == sorted(places_of_words)


def test_the_page_speaks_english_too(fallen):
    words = page(fallen[0], "planerare", language="en").get_data(as_text=True)
    assert "A clear decrease. Probably between" in words
    assert "larger than in the comparison" in words


def test_its_json_and_its_chart_hold_the_same_counts(fallen):
    world, _ = fallen
    data = page(world, "planerare", f"/atgarder/{MEASURE}/uppfoljning.json").get_json()
    assert data["result"]["treated"] == [60, 12]
    assert sum(data["result"]["series"]["treated"]) == 72
    assert data["asked"]["before"] == ["2024-09-01", "2025-09-01"]


def test_the_public_sees_the_measure_but_no_figure_of_the_place(fallen):
    world, plan = fallen
    page(world, "planerare")
    for role in ("publik", "foretag"):
        words = page(world, role).get_data(as_text=True)
        assert "Tydlig minskning." in words
        for secret in ("60 rapporterade", "procent färre", "Kvot", "Lika stor plats"):
            assert secret not in words
        for address in (f"/atgarder/{MEASURE}/uppfoljning.json", f"/atgarder/{MEASURE}/uppfoljning/karta.svg"):
            assert page(world, role, address).status_code == 404
    assert "60 rapporterade" not in page(world, "trafikgrupp").get_data(as_text=True)


def sets(world):
    with world.database.reading() as session:
        return [(one.who, one.wording) for one in session.query(Effect).order_by(Effect.id)]


def test_what_is_shown_to_those_who_judge_is_kept_once_and_again_only_when_the_figures_change(
    fallen, vellinge, tmp_path
):
    world, _ = fallen
    for role in ("publik", "foretag", "trafikgrupp"):
        page(world, role)
    assert sets(world) == []
    first = page(world, "planerare").get_data(as_text=True)
    assert first.count("&amp;sats=") == 1
    page(world, "samordnare")
    put(world, vellinge, tmp_path, ref="F")
    page(world, "planerare", "/atgarder/effekter")
    assert len(sets(world)) == 1
    put(world, vellinge, tmp_path, (40, builders.HOLLVIKEN, AFTER + timedelta(days=1), 5), ref="N")
    page(world, "samordnare", "/atgarder/effekter")
    assert [wording for _, wording in sets(world)] == ["tydlig_minskning", "gar_inte_att_avgora"]


def test_the_figures_are_shown_also_while_somebody_else_writes_and_kept_by_the_next_look(fallen):
    world, _ = fallen
    client = world.client("planerare")
    with world.database.writing() as session:
        session.execute(text("UPDATE state SET value = value WHERE key = 'audit_head'"))
        assert "Tydlig minskning." in client.get(f"/atgarder/{MEASURE}/uppfoljning").get_data(as_text=True)
    page(world, "planerare")
    assert len(sets(world)) == 1


def test_the_panel_says_the_same_as_the_page_and_the_kept_words_where_no_figure_is_seen(fallen):
    world, _ = fallen
    address = f"/karta/objekt/measures/{MEASURE}"
    assert "Tydlig minskning." in page(world, "polis", address).get_data(as_text=True)
    assert "Tydlig minskning." not in page(world, "publik", address).get_data(as_text=True)
    page(world, "planerare")
    assert "Tydlig minskning." in page(world, "publik", address).get_data(as_text=True)


def test_a_verdict_says_when_the_figures_have_changed_since_it_was_given(fallen, vellinge, tmp_path):
    world, plan = fallen
    form = {"verdict": "helped", "note": "Lugnare kvällar.", "next_step": "end"}
    page(world, "planerare")
    with world.database.reading() as session:
        version = str(session.get(FollowUp, plan).version)
    world.post(world.client("planerare"), f"/atgarder/{MEASURE}/uppfoljning/{plan}/omdome", version=version, **form)
    assert "Siffrorna har ändrats sedan dess." not in page(world, "planerare").get_data(as_text=True)
    with world.database.writing() as session:
        found = session.get(FollowUp, plan)
        found.done_on -= timedelta(days=1)
        found.effects[-1].at -= timedelta(days=1)
        session.commit()
    put(world, vellinge, tmp_path, (20, builders.HOLLVIKEN, AFTER + timedelta(days=1), 5), ref="N")
    assert "Siffrorna har ändrats sedan dess." in page(world, "planerare").get_data(as_text=True)


def test_a_kept_calculation_reads_as_it_did_when_new_reports_come(fallen, vellinge, tmp_path):
    world, plan = fallen
    page(world, "planerare")
    kept = f"/atgarder/{MEASURE}/uppfoljning?plan={plan}&sats=1"
    put(world, vellinge, tmp_path, (20, builders.HOLLVIKEN, AFTER + timedelta(days=1), 5), ref="N")
    then, now = page(world, "planerare", kept), page(world, "planerare")
    assert "Före: 60 rapporterade händelser. Efter: 12." in then.get_data(as_text=True)
    assert "Du ser beräkningen från" in then.get_data(as_text=True)
    assert "Före: 60 rapporterade händelser. Efter: 32." in now.get_data(as_text=True)
    assert now.get_data(as_text=True).count("&amp;sats=") == 2
    assert page(world, "planerare", kept.replace("sats=1", "sats=99")).status_code == 404


def test_a_verdict_is_written_beside_the_figures_and_keeps_them(fallen):
    world, plan = fallen
    address = f"/atgarder/{MEASURE}/uppfoljning/{plan}/omdome"
    client = world.client("planerare")
    faulty = world.post(client, address, version="1", note="Lugnare kvällar.")
    assert faulty.status_code == 422
    assert 'href="#verdict"' in faulty.get_data(as_text=True) and "Lugnare kvällar." in faulty.get_data(as_text=True)
    with world.database.reading() as session:
        version = session.get(FollowUp, plan).version
    form = {"verdict": "helped", "note": "Lugnare kvällar.", "next_step": "end"}
    assert world.post(client, address, version=str(version), **form).status_code == 303
    second = world.post(
        world.client("samordnare"), address, version=str(version), **(form | {"verdict": "cannot_tell"})
    )
    assert second.status_code == 409
    assert "Verkar ha hjälpt" in second.get_data(as_text=True)
    with world.database.reading() as session:
        found = session.get(FollowUp, plan)
        assert (found.verdict, found.next_step, len(found.effects)) == ("helped", "end", 1)


def test_going_back_to_analysis_steps_the_place_back(fallen):
    world, plan = fallen
    with world.database.writing() as session:
        for phase in (Phase.ANALYSIS, Phase.RESPONSE):
            places.step(session, builders.COORDINATOR, PLACE, phase, today=date(2026, 1, 1), anyway=True, note="Prov.")
        version = session.get(FollowUp, plan).version
        session.commit()
    form = {"verdict": "did_not_help", "note": "Bråken är kvar.", "next_step": "back_to_analysis"}
    address = f"/atgarder/{MEASURE}/uppfoljning/{plan}/omdome"
    client = world.client("planerare")
    answer = world.post(client, address, version=str(version), **form)
    assert answer.status_code == 303
    assert "Bedömningen är sparad. Plats nummer 1 är nu i Analys, varv 2." in client.get(answer.location).text
    with world.database.reading() as session:
        assert session.get(Place, PLACE).phase == Phase.ANALYSIS


def test_a_comparison_is_confirmed_with_a_reason_and_the_change_is_kept(fallen):
    world, plan = fallen
    address = f"/atgarder/{MEASURE}/uppfoljning/{plan}/jamforelse"
    client = world.client("planerare")
    shown = client.get(address).get_data(as_text=True)
    assert "Plats nummer 2" in shown and "Hela Ljunghusen" in shown
    with world.database.reading() as session:
        version = session.get(FollowUp, plan).version
    assert world.post(client, address, version=str(version), candidate="omrade.vellinge").status_code == 422
    assert world.post(client, address, version=str(version), candidate="x.1", comparison_reason="r").status_code == 422
    reason = {"comparison_reason": "Hela tätorten är stabilare."}
    answer = world.post(client, address, version=str(version), candidate="omrade.vellinge", **reason)
    assert answer.status_code == 303
    with world.database.reading() as session:
        found = session.get(FollowUp, plan)
        assert (found.comparison_area, found.comparison_places) == ("vellinge", [])
        assert found.changes[0]["before"]["comparison_place_ids"] == [2]
    assert "Hela Vellinge" in client.get(f"/atgarder/{MEASURE}/uppfoljning").get_data(as_text=True)


def test_too_few_events_is_an_answer_and_so_is_too_early(world, vellinge, tmp_path):
    put(world, vellinge, tmp_path, (4, builders.HOLLVIKEN, BEFORE, 0), (1, builders.HOLLVIKEN, AFTER, 0))
    plan = carried_out(world, vellinge)
    words = page(world, "planerare").get_data(as_text=True)
    assert "För få händelser för att bedöma." in words
    assert "procent färre" not in words
    with world.database.writing() as session:
        measure = session.get(FollowUp, plan).measure
        measure.started_on = measure.ended_on = date(2026, 11, 10)
        session.commit()
    assert "Mätperioden efter åtgärden har nyss börjat." in page(world, "planerare").get_data(as_text=True)


def test_the_ring_is_drawn_as_a_map(fallen):
    answer = page(fallen[0], "planerare", f"/atgarder/{MEASURE}/uppfoljning/karta.svg")
    assert answer.mimetype == "image/svg+xml"
    assert "Ring på 200 meter" in answer.get_data(as_text=True)


@pytest.mark.parametrize("metres", [100, 200, 300])
def test_the_ring_is_drawn_whatever_lies_in_it(fallen, vellinge, metres):
    """Another measure at work on the same ground: its outline and the first one's run through each other."""
    world, plan = fallen
    with world.database.writing() as session:
        from samverkan_map.db import engine

        measure = session.get(Measure, MEASURE)
        session.get(FollowUp, plan).ring_metres = metres
        other = session.get(Measure, 2)
        other.places = [
            builders.a_place(session, vellinge, at=builders.HOLLVIKEN, today=date(2024, 1, 1), name="Samma")
        ]
        e, n = (float(value) for value in geometry.to_metric(*builders.HOLLVIKEN))
        from shapely.geometry import Point

        other.geom = other.places[0].geom = engine.stored(Point(e, n).buffer(400).difference(Point(e, n).buffer(20)))
        other.started_on = BEGAN
        measure.places[0].geom = engine.stored(Point(e, n).buffer(40))
        session.commit()
    answer = page(world, "planerare", f"/atgarder/{MEASURE}/uppfoljning/karta.svg?plan={plan}")
    assert answer.status_code == 200
    assert "Ring på" not in answer.get_data(as_text=True)  # all of it is the other measure's
    assert "halva vägen till andra åtgärder" in page(world, "planerare").get_data(as_text=True)


def test_what_came_before_the_reports_is_said_with_dates_in_words_and_a_way_to_the_plan(fallen):
    world, plan = fallen
    with world.database.writing() as session:
        measure = session.get(Measure, MEASURE)
        measure.started_on = measure.ended_on = date(2023, 6, 1)
        session.commit()
    words = page(world, "planerare").get_data(as_text=True).replace("\N{NO-BREAK SPACE}", " ")
    assert "börjar 31 maj 2022, men rapporterna börjar först 1 januari 2023. Välj en kortare mätperiod." in words
    assert f'href="/atgarder/{MEASURE}/plan/{plan}"' in words


def test_a_plan_of_another_measure_is_not_this_ones(fallen):
    world, plan = fallen
    assert page(world, "planerare", f"/atgarder/2/uppfoljning?plan={plan}").status_code == 404
    assert world.post(world.client("planerare"), f"/atgarder/2/uppfoljning/{plan}/omdome").status_code == 404
    with world.database.reading() as session:
        assert session.query(Effect).count() == 0


def test_all_effects_are_listed_with_what_chance_alone_would_give(fallen):
    words = page(fallen[0], "planerare", "/atgarder/effekter").get_data(as_text=True)
    assert "Belysning nummer 1" in words
    assert ">Skadegörelse</span>" in words
    assert "Sticker ut" in words
    assert "1 av 2 uppföljningar går att räkna än. Av en slump skulle ungefär 0,0" in words


def test_the_command_line_says_the_same(fallen, vellinge, monkeypatch, capsys, tmp_path):
    world, _ = fallen
    monkeypatch.setenv("SAMVERKAN_DATABASE_URL", world.database.url)
    monkeypatch.setenv("SAMVERKAN_INSTANCE", str(tmp_path))
    assert settings.read().database_url == world.database.url
    from samverkan_map import cli

    for arguments, said in ((["effect", "1"], "Tydlig minskning."), (["effect", "1", "--json"], '"treated": [')):
        with pytest.raises(SystemExit) as end:
            cli.main(arguments)
        assert end.value.code == 0
        assert said in capsys.readouterr().out
    with pytest.raises(SystemExit) as end:
        cli.main(["effect", "99"])
    assert end.value.code == 4
