"""A stretch is drawn, changed and drawn anew, and doubtful events are moved by hand."""

import csv
import io
import json
import re

import pytest
from builders import a_file, take_in
from pages import hidden_fields, landed
from sqlalchemy import select

from samverkan_map import access, reports, traffic
from samverkan_map.db import engine
from samverkan_map.db.tables import AuditLine, Report, Snap

LINE = [[12.958, 55.412], [12.961, 55.413]]
FORM = {"name": "Skolgatan", "keeper": "kommun", "speed_limit": "30", "function": "skolväg"}


def drawn(*corners, kind="LineString"):
    return json.dumps({"type": kind, "coordinates": corners or LINE})


def page(world, address, role="planerare"):
    answer = world.client(role).get(address)
    assert answer.status_code == 200, address
    return answer.text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def between(world, vellinge, tmp_path):
    """Two complaints between Mellangatan 1 and Sidogatan, the road 8 metres beside it, and one far from both."""
    answer = world.post(
        world.client("planerare"), "/trafik/stracka/ny", **FORM | {"name": "Sidogatan"},
        geometry=drawn([12.95492, 55.40906], [12.95792, 55.41106]),
    )  # fmt: skip
    assert answer.status_code == 303
    rows = [f"S{n},fortkorning,2026-02-1{n}T08:00,12.95646,55.41003" for n in (1, 2)]
    with world.database.writing() as session:
        take_in(session, vellinge, a_file(tmp_path, rows, name="nara.csv"), source="trafikklagomal")
        session.commit()
    return world


def where(world, reference="S1"):
    with world.database.reading() as session:
        return session.scalar(select(Report.stretch_id).where(Report.source_ref == reference))


def counted(world):
    """The complaints of each stretch in the file of the list."""
    text = world.client("planerare").get("/trafik.csv?from=2026-02&to=2026-02").data.decode("utf-8-sig")
    return {int(row["id"]): int(row["complaints"]) for row in csv.DictReader(io.StringIO(text))}


def test_a_drawn_stretch_stands_in_the_list_with_what_was_said_of_it_and_the_complaints_along_it(world):
    answer = world.post(
        world.client("planerare"), "/trafik/stracka/ny", **FORM, geometry=drawn([12.9550, 55.4098], [12.9570, 55.4098])
    )
    assert (answer.status_code, landed(answer)) == (303, "/trafik/stracka/3")
    assert where(world, "T1") == 3
    text = page(world, "/trafik/stracka/3")
    assert "<h1>Skolgatan</h1>" in text and "30 km/h" in text and "skolväg" in text and "1 klagomål" in text
    assert ">Skolgatan</a>" in page(world, "/trafik", "trafikgrupp")
    # Drawn anew far from the complaint, the complaint is on the street beside it again.
    form = world.client("planerare").get("/trafik/stracka/3/andra").text
    fields = {name: values[0] for name, values in hidden_fields(form).items()}
    answer = world.post(
        world.client("planerare"), "/trafik/stracka/3/andra", **fields | FORM | {"speed_limit": "40"}, geometry=drawn()
    )
    assert answer.status_code == 303 and where(world, "T1") in (1, 2)
    assert "40 km/h" in page(world, "/trafik/stracka/3")


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"keeper": ""}, "Välj vem som är väghållare."), ({"name": " mellangatan  1"}, "Det finns redan en sträcka"),
        ({"name": ""}, "Ange ett namn på sträckan."), ({"speed_limit": "45"}, "Välj ett av alternativen"),
        ({"geometry": ""}, "Rita linjen på kartan"),
        ({"geometry": drawn([12.958, 55.412], [12.958, 55.412])}, "Sträckan saknar längd."),
        ({"geometry": drawn([12.95, 55.41], [12.96, 55.42], [12.96, 55.41], [12.95, 55.42])}, "korsar sig själv"),
        ({"geometry": drawn([369000, 6142000], [369500, 6142500])}, "SWEREF 99 TM"),
        ({"geometry": drawn([55.412, 12.958], [55.413, 12.961])}, "longitud"),
        ({"geometry": drawn([12.958, 55.412], [14.2, 56.1])}, "utanför kommunen"),
        ({"geometry": drawn([18.0, 59.3], [18.1, 59.4])}, "kommunen"),
        ({"geometry": drawn([[12.95, 55.41], [12.96, 55.42], [12.96, 55.41], [12.95, 55.41]], kind="Polygon")},
         "en sammanhängande linje"),
        ({"name": "Sven 19850101-1234"}, "peka ut en person"), ({"geometry": "<script>"}, "GeoJSON"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_stretch_is_refused_with_a_sentence_and_nothing_typed_is_lost(world, changes, sentence):
    sent = FORM | {"geometry": drawn()} | changes
    answer = world.post(world.client("planerare"), "/trafik/stracka/ny", **sent)
    assert answer.status_code == 422 and sentence in answer.text.replace("\N{NO-BREAK SPACE}", " ")
    assert 'value="skolväg"' in answer.text
    assert world.client("planerare").get("/trafik/stracka/3").status_code == 404


def test_two_who_change_a_stretch_at_once_choose_side_by_side(world):
    client = world.client("planerare")
    form = client.get("/trafik/stracka/1/andra").text
    fields = {name: values[0] for name, values in hidden_fields(form).items()}
    given = {"keeper": "kommun", "speed_limit": "40", "function": ""}
    line = re.search(r'<textarea id="geometry"[^>]*>([^<]+)<', form)[1].replace("&#34;", '"')
    first = {**given, "geometry": line, "name": "Mellangatan norra"}
    assert world.post(client, "/trafik/stracka/1/andra", **fields | first).status_code == 303
    second = {**given, "geometry": line, "name": "Mellangatan södra", "form_key": "annan"}
    answer = world.post(world.client("samordnare"), "/trafik/stracka/1/andra", **fields | second)
    assert answer.status_code == 409
    assert "Mellangatan norra" in answer.text and "Mellangatan södra" in answer.text
    # What only the other one changed is laid in, without a question.
    third = {**given, "geometry": line, "name": "Mellangatan 1", "speed_limit": "30", "form_key": "tredje"}
    answer = world.post(world.client("samordnare"), "/trafik/stracka/1/andra", **fields | third)
    assert answer.status_code == 303
    text = page(world, "/trafik/stracka/1")
    assert "<h1>Mellangatan norra</h1>" in text and "30 km/h" in text


def test_a_doubtful_complaint_is_listed_without_its_words_and_only_for_those_who_see_single_reports(between):
    here = where(between)
    text = page(between, f"/trafik/stracka/{here}?from=2026-02&to=2026-02")
    section = text[text.index('id="osakra"') : text.index('id="har"')]
    assert "2 händelser (februari 2026)" in section and "Näst närmast" in section
    other = "Mellangatan 1" if here == 3 else "Sidogatan"
    assert other in section and section.count('name="go" value="off"') == 2
    for secret in ("Trafikklagomål", "S1", "08:00"):
        assert secret not in section, secret
    assert 'name="go"' not in page(between, f"/trafik/stracka/{here}?from=2026-02&to=2026-02", "polis")
    assert 'id="osakra"' not in page(between, f"/trafik/stracka/{here}", "trafikgrupp")


def test_the_list_says_how_many_reports_are_doubtful_to_all_and_on_which_stretch_to_those_who_may_move_them(between):
    asked = "from=2026-02&to=2026-02"
    text = page(between, f"/trafik?{asked}", "trafikgrupp")
    assert "2 av 3 klagomål och olyckor ligger nästan lika nära en annan sträcka" in text
    assert "#osakra" not in text and "avgör dem för hand" not in text
    here = where(between)
    text = page(between, f"/trafik?{asked}")
    link = f"/trafik/stracka/{here}?{asked}#osakra".replace("&", "&amp;")
    assert (
        f'{link}">' in text and "2 osäkra händelser" in text and link in page(between, f"/trafik/hela/osakra?{asked}")
    )
    with between.database.reading() as session:
        number = session.scalar(select(Report.id).where(Report.source_ref == "S1"))
    sent = {"report": number, "version": 0, "go": "right"}
    assert between.post(between.client("planerare"), f"/trafik/stracka/{here}/osakra", **sent).status_code == 303
    assert "1 av 3 klagomål och olyckor ligger" in page(between, f"/trafik?{asked}", "trafikgrupp")
    assert "klagomål och olyckor ligger nästan" not in page(between, "/trafik?from=2025-01&to=2025-03")
    assert "klagomål och olyckor ligger nästan" not in page(between, f"/trafik?{asked}&kind=problem")


def test_a_moved_complaint_counts_where_it_was_put_also_when_its_file_comes_in_anew_until_that_is_undone(
    between, vellinge, tmp_path
):
    client, here = between.client("planerare"), where(between)
    with between.database.reading() as session:
        number = session.scalar(select(Report.id).where(Report.source_ref == "S1"))
    to = 1 if here != 1 else 3
    before, address = counted(between), f"/trafik/stracka/{here}/osakra"
    sent = {"report": number, "version": 0, "to": to, "go": "move"}
    assert between.post(client, address, **sent).status_code == 303
    assert where(between) == to
    after = counted(between)
    assert (after[to] - before[to], after[here] - before[here]) == (1, -1)
    # Somebody who looked before decides too late, and is told.
    late = between.post(between.client("samordnare"), address, **sent | {"go": "off"})
    assert late.status_code == 409 and "Någon annan har nyss avgjort" in late.text and where(between) == to
    with between.database.writing() as session:
        told = session.scalars(select(AuditLine).where(AuditLine.details.contains('"moved_to"'))).one()
        assert (told.object_kind, told.object_id, told.who) == ("stretches", str(here), "Exempel planerare")
        host = access.command_line()
        delivery = session.scalar(select(Report.delivery_id).where(Report.source_ref == "S1"))
        reports.undo(session, host, delivery, now=session.scalar(select(Snap.decided_at)))
        rows = ["S1,fortkorning,2026-02-11T08:00,12.95646,55.41003"]
        take_in(session, vellinge, a_file(tmp_path, rows, name="igen.csv"), source="trafikklagomal")
        session.commit()
    assert where(between) == to
    text = page(between, f"/trafik/stracka/{here}")
    assert "flyttad till" in text
    form = text[text.index('id="osakra"') :].split("<form")[-1]
    snap = [re.search(rf'name="{name}" value="(\d+)"', form)[1] for name in ("report", "version")]
    back = {"report": snap[0], "version": snap[1], "go": "back"}
    assert between.post(client, address, **back).status_code == 303
    assert where(between) == here


def test_not_here_takes_a_complaint_off_and_right_keeps_it_and_both_leave_the_list(between):
    client, here = between.client("samordnare"), where(between)
    with between.database.reading() as session:
        numbers = list(
            session.scalars(select(Report.id).where(Report.source_ref.in_(["S1", "S2"])).order_by(Report.id))
        )
    address = f"/trafik/stracka/{here}/osakra"
    for number, go in zip(numbers, ("off", "right"), strict=True):
        assert between.post(client, address, report=number, version=0, go=go).status_code == 303
    assert where(between, "S1") is None and where(between, "S2") == here
    text = page(between, f"/trafik/stracka/{here}?from=2026-02&to=2026-02")
    assert "hör inte till någon sträcka" in text and "hör hit." in text and 'value="off"' not in text
    # Also a new stretch beside it does not take what was decided.
    with between.database.writing() as session:
        traffic.snaps.settle(session)
        session.commit()
    assert where(between, "S1") is None and where(between, "S2") == here


@pytest.mark.parametrize(
    "sent, status",
    [
        ({"go": "move"}, 422), ({"go": "bort"}, 422), ({"go": "move", "to": "999"}, 422), ({}, 422),
        ({"go": "right", "report": "999"}, 404), ({"go": "right", "version": "7"}, 409), ({"go": "back"}, 404),
    ],
)  # fmt: skip
def test_a_decision_that_cannot_be_is_refused_in_words(between, sent, status):
    here = where(between)
    with between.database.reading() as session:
        number = session.scalar(select(Report.id).where(Report.source_ref == "S1"))
    sent = {"report": str(number), "version": "0"} | sent
    sent = sent | ({"report": "4711"} if sent.get("go") == "back" else {})
    assert between.post(between.client("planerare"), f"/trafik/stracka/{here}/osakra", **sent).status_code == status
    assert where(between) == here


def test_a_junction_has_its_own_row_and_tells_the_traffic_group_no_small_number(world):
    crossing = drawn([12.9565, 55.41], [12.9580, 55.4090])
    answer = world.post(world.client("planerare"), "/trafik/stracka/ny", **FORM, geometry=crossing)
    assert answer.status_code == 303
    with world.database.writing() as session:
        report = session.scalar(select(Report).where(Report.source_ref == "T1"))
        line = traffic.shape_of(traffic.get(session, access.command_line(), 3))
        report.geom = engine.stored(line.interpolate(0))
        session.flush()
        traffic.deliveries.renew(session, [report.delivery_id])
        session.commit()
    for role, words in (("planerare", ">1 <"), ("trafikgrupp", ">färre än 5 <")):
        text = page(world, "/trafik?from=2026-02&to=2026-02", role)
        table = text[text.index('id="korsningar"') :].split("</section>")[0]
        assert ">Skolgatan</a>" in table and f'data-label="Klagomål"{words}' in table, role
