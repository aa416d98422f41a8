"""The pages of a place: made, defined, given causes and hours, moved on and back, and read by those who may."""

import json
import re
from datetime import date

import builders
import pytest
from pages import hidden_fields, landed
from sqlalchemy import func, select

from samverkan_map import access, places
from samverkan_map.db.tables import AuditLine, Cause, Place, PlaceReport, Report
from samverkan_map.vocabulary import WatchKind

HERE = [12.9558, 55.4098]
POINT = json.dumps({"type": "Point", "coordinates": HERE})
NEW = {
    "name": "Busstorget", "summary": "Stök vid bussarna.", "focus": "offentlig-miljo", "type": "ordningsstorning",
    "forum": "trygghetsforum", "owner_id": "1", "geometry": POINT,
}  # fmt: skip
PROBLEM = {
    "what": "Rutor krossas.", "where": "Vid kiosken.", "when": "Fredag kväll.", "how_often": "Varje vecka.",
    "who_affected": "Resande.", "sources": ["est", "naringsliv"],
}  # fmt: skip


def stored(world, number=1):
    session = world.database.reading()
    return session.get(Place, number)


def send(world, role, address, *, number=1, **form):
    """Send a form of a place with the version its page showed."""
    form = {"version": str(stored(world, number).version)} | form
    return world.post(world.client(role), address, **form)


def made(world, role="planerare", **words):
    answer = world.post(world.client(role), "/platser/ny", **(NEW | words))
    return answer, int(answer.location.split("?")[0].rsplit("/", 1)[1]) if answer.status_code == 303 else None


def body(answer):
    return answer.get_data(as_text=True)


# ---- Made ------------------------------------------------------------------------------------------------------------


def test_a_planner_makes_a_place_from_a_drawn_shape(world_on_each):
    answer, number = made(world_on_each)
    assert answer.status_code == 303
    place = stored(world_on_each, number)
    assert (place.name, place.phase, place.published, place.area) == ("Busstorget", "scanning", False, "hollviken")
    assert round(places.shape_of(place).x) == 370581


@pytest.mark.parametrize(
    ("where", "kind"),
    [
        ({"geometry": "", "spot": "12.9558, 55.4098"}, "Point"),
        ({"geometry": "", "spot": "6142302, 370655", "radius": "50"}, "Polygon"),
        ({"geometry": "", "spot": "Stortorget", "radius": "100"}, "Polygon"),
        ({"geometry": "", "stretch_id": "1"}, "LineString"),
    ],
)
def test_a_place_is_made_without_a_map_too(world, where, kind):
    answer, number = made(world, **where)
    assert answer.status_code == 303
    assert places.shape_of(stored(world, number)).geom_type == kind


def test_a_place_on_a_stretch_knows_its_stretch_until_it_is_drawn_elsewhere(world):
    _, number = made(world, geometry="", stretch_id="2")
    assert stored(world, number).stretch.name == "Mellangatan 2"
    bent = json.dumps({"type": "LineString", "coordinates": [[12.955, 55.409], [12.9575, 55.4109]]})
    send(world, "planerare", f"/platser/{number}/lage", number=number, geometry=bent)
    assert stored(world, number).stretch.name == "Mellangatan 2"
    away = json.dumps({"type": "Point", "coordinates": [12.97, 55.42]})
    send(world, "planerare", f"/platser/{number}/lage", number=number, geometry=away)
    assert stored(world, number).stretch is None


@pytest.mark.parametrize(
    ("words", "field", "says"),
    [
        ({"geometry": ""}, "geometry", "Rita platsen"),
        ({"geometry": "{"}, "geometry", "GeoJSON"),
        ({"geometry": json.dumps({"type": "Point", "coordinates": HERE[::-1]})}, "geometry", "fel ordning"),
        ({"geometry": json.dumps({"type": "Point", "coordinates": [370655, 6142302]})}, "geometry", "SWEREF 99 TM"),
        ({"geometry": json.dumps({"type": "Point", "coordinates": [18.06, 59.33]})}, "geometry", "utanför kommunen"),
        ({"geometry": '{"type": "Point", "coordinates": ' + "[" * 900 + "]" * 900 + "}"}, "geometry", "nästlad"),
        ({"geometry": '{"type": "Point", "coordinates": [NaN, 1]}'}, "geometry", "positioner"),
        (
            {"geometry": json.dumps({"type": "Polygon", "coordinates": [[HERE, [12.96, 55.41], HERE, HERE]]})},
            "geometry", "linje",
        ),
        ({"geometry": "", "spot": "Finns inte alls"}, "spot", "Finns inte alls"),
        ({"geometry": "", "spot": "1, 2"}, "spot", "i närheten"),
        ({"geometry": "", "stretch_id": "99"}, "stretch_id", "alternativen"),
        ({"geometry": "", "spot": "Stortorget", "radius": "7000"}, "radius", "alternativen"),
        ({"name": ""}, "name", "namn"),
        ({"type": "finnsinte"}, "type", "finnsinte"),
        ({"owner_id": ""}, "owner_id", "äger platsen"),
        ({"summary": "Ring 070-123 45 67"}, "summary", "telefon"),
        ({"rapporter": ["problem.2"] * 201}, "form", None),
    ],
)  # fmt: skip
def test_what_cannot_be_a_place_is_refused_by_field_and_nothing_typed_is_lost(world, words, field, says):
    if says is None:
        words = {"rapporter": [f"problem.{number}" for number in range(1, 203)]}
    answer, _ = made(world, **words)
    page = body(answer)
    assert answer.status_code == 422
    if says:
        assert f'href="#{field}"' in page
        assert says in page
    assert words.get("name", "Busstorget") in page
    with world.database.reading() as session:
        assert session.scalar(select(func.count(Place.id))) == 2


def test_a_self_crossing_shape_is_mended_and_the_card_says_so(world):
    bow = [[[12.95, 55.41], [12.952, 55.412], [12.952, 55.41], [12.95, 55.412], [12.95, 55.41]]]
    answer, number = made(world, geometry=json.dumps({"type": "Polygon", "coordinates": bow}))
    assert landed(answer).endswith("?form=mended")
    assert "korsade sig själv" in body(world.client("planerare").get(answer.location))
    assert places.shape_of(stored(world, number)).is_valid


def test_reports_chosen_in_the_list_shape_the_place_and_belong_to_it(world):
    page = body(world.client("planerare").get("/platser/ny?rapporter=problem.2"))
    assert "&#34;Point&#34;" in page and 'name="rapporter" value="problem.2"' in page
    answer, number = made(world, rapporter=["problem.2"], geometry=POINT)
    with world.database.reading() as session:
        picked = session.scalars(select(PlaceReport)).all()
        assert [(one.place_id, one.report_id, one.belongs) for one in picked] == [(number, 2, True)]
    assert 'value="problem.2"' in body(world.client("planerare").get("/karta?layer=problem"))
    assert "rapporter" not in body(world.client("polis").get("/karta?layer=problem")).split('id="resultat"')[1]


def test_a_report_that_one_may_not_see_shapes_no_place(world):
    assert world.client("trafikgrupp").get("/platser/ny?rapporter=problem.2").status_code == 404
    assert world.client("trafikgrupp").get("/platser/ny?rapporter=traffic.1").status_code == 200
    assert world.client("planerare").get("/platser/ny?rapporter=problem.99").status_code == 404


def test_a_view_is_only_looked_at_and_the_drawing_begins_empty(world):
    client = world.client("planerare")
    for view in ("12.95,55.40,12.96,55.41", "12.8,55.3,13.1,55.5"):
        page = body(client.get(f"/platser/ny?bbox={view}"))
        assert "&#34;Polygon&#34;" not in page and f"vy={view[:4]}" in page
    assert client.get("/platser/ny?bbox=1,2,3").status_code == 400


def test_an_empty_new_place_names_everything_that_is_missing_at_once(world):
    page = body(made(world, geometry="", name="", type="", owner_id="")[0])
    assert all(f'href="#{field}"' in page for field in ("geometry", "name", "type", "owner_id"))
    page = body(made(world, geometry="{", name="", type="skadegorelse")[0])
    assert 'href="#geometry"' in page and 'href="#name"' in page


def test_an_older_draft_never_takes_over_a_place_begun_from_reports_or_a_view(world):
    client = world.client("planerare")
    away = json.dumps({"type": "Point", "coordinates": [12.97, 55.42]})
    world.post(client, "/utkast/new_place/-", name="Gammalt utkast", geometry=away)
    for address in ("/platser/ny?rapporter=problem.2", "/platser/ny?bbox=12.95,55.40,12.96,55.41"):
        page = body(client.get(address))
        assert "55.42" not in page and "Gammalt utkast" not in page
        assert "Fortsätt på utkastet från" in page and "Kasta utkastet" in page
        # What is typed here is a draft of its own, and the old one stays.
        kept = re.search(r'data-draft="([^"]+)"', page)[1]
        world.post(client, kept, name="Nytt utkast", geometry=POINT)
        assert "Nytt utkast" in body(client.get(address))
        assert "Nytt utkast" in body(client.get(f"/platser/ny?utkast={kept.rsplit('/', 1)[1]}"))
    assert "Gammalt utkast" in body(client.get("/platser/ny"))
    sent = re.search(r'action="(/platser/ny[?]utkast=[a-z]+)"', body(client.get(address)))[1]
    assert world.post(client, sent, **NEW).status_code == 303
    assert "Nytt utkast" not in body(client.get(address))


def test_chosen_reports_go_along_between_the_pages_of_the_list(world):
    client = world.client("planerare")
    page = body(client.get("/karta?visa=lista&rapporter=problem.2&rapporter=problem.77&rapporter=<script>"))
    assert re.search(r'value="problem.2" form="urval" checked', page)
    assert '<input type="hidden" name="rapporter" value="problem.77" form="urval">' in page and "&lt;script" not in page
    assert "1 vald rapport är utanför urvalet." in page


def test_chosen_reports_stay_chosen_whatever_the_filter_and_the_view(world):
    client = world.client("planerare")
    ticks = [("rapporter", "problem.2"), ("rapporter", "traffic.1")]
    for address, said in (
        ("/karta?layer=inga&layer=problem&visa=lista&visa=karta", "1 vald rapport är utanför urvalet."),
        ("/karta?type=klotter", "2 valda rapporter är utanför urvalet."),
        ("/karta?visa=tabell", "2 rapporter i listan är valda."),
    ):
        page = body(client.get(address + "".join(f"&{name}={value}" for name, value in ticks)))
        assert said in page
        sent = re.findall(r'name="rapporter" value="([a-z]+[.][0-9]+)" form="urval"(?: checked)?', page)
        assert sorted(sent) == ["problem.2", "traffic.1"], address
        assert "rapporter=problem.2&amp;rapporter=traffic.1" in page.split('id="period"')[1]  # a link to another period
    assert "rapporter" not in re.search(r'href="([^"]*)" data-let-go', page)[1]


def test_nothing_chosen_is_said_and_leads_back_to_the_list(world):
    answer = world.client("planerare").get("/platser/ny?valda=ja&visa=lista&layer=problem")
    assert answer.status_code == 422
    assert "Du har inte valt några rapporter." in body(answer)
    assert 'href="/karta?visa=lista&amp;layer=problem"' in body(answer)


def test_the_traffic_group_makes_places_of_its_own_forum_only(world):
    page = body(world.client("trafikgrupp").get("/platser/ny"))
    assert 'value="styrgrupp-trafik"' in page and 'value="trygghetsforum"' not in page
    assert made(world, "trafikgrupp", forum="styrgrupp-trafik", type="fortkorning")[0].status_code == 303
    with world.database.reading() as session:
        lines = session.scalar(select(func.count(AuditLine.id)))
    assert made(world, "trafikgrupp")[0].status_code in (403, 404)
    with world.database.reading() as session:
        assert session.scalar(select(func.count(AuditLine.id))) == lines


def test_a_place_is_drawn_anew(world):
    square = [[[12.95, 55.41], [12.952, 55.41], [12.952, 55.412], [12.95, 55.412], [12.95, 55.41]]]
    answer = send(
        world, "planerare", "/platser/1/lage", geometry=json.dumps({"type": "Polygon", "coordinates": square})
    )
    assert answer.status_code == 303
    assert places.shape_of(stored(world)).area == pytest.approx(28_200, rel=0.02)
    old = send(world, "planerare", "/platser/1/lage", geometry=POINT, version="1")
    assert old.status_code == 409
    assert "55.4098" in body(old)


# ---- Worked out ------------------------------------------------------------------------------------------------------


def test_the_police_define_the_problem_and_everybody_inside_reads_it(world_on_each):
    world = world_on_each
    assert landed(send(world, "polis", "/platser/1/problem", **PROBLEM)) == "/platser/1/steg/kartlaggning"
    for role in ("planerare", "polis", "samordnare"):
        page = body(world.client(role).get("/platser/1"))
        assert "Varje vecka." in page and "Hemligorsak 1." in page
        assert "Näringslivet" in page
    for role in ("publik", "foretag", "trafikgrupp"):
        page = body(world.client(role).get("/platser/1"))
        for secret in ("Varje vecka.", "Hemligorsak", "Resande.", "Exempel polis", "/steg/", 'id="logg"'):
            assert secret not in page, (role, secret)


def test_two_who_define_the_same_problem_see_both_texts(world):
    shown = stored(world).version
    send(world, "polis", "/platser/1/problem", **PROBLEM)
    answer = send(
        world, "planerare", "/platser/1/problem", version=str(shown),
        **(PROBLEM | {"when": "Söndag morgon.", "sources": ["est"]}),
    )  # fmt: skip
    page = body(answer)
    assert answer.status_code == 409
    for words in ("Fredag kväll.", "Söndag morgon.", "Exempel polis sparade", "Näringslivet"):
        assert words in page
    again = hidden_fields(page)
    answer = world.post(
        world.client("planerare"), "/platser/1/problem",
        **(again | {"choice.when": "mine", "choice.sources": "stored"}),
    )  # fmt: skip
    assert answer.status_code == 303
    definition = places.definition_of(stored(world))
    assert (definition.when, definition.sources) == ("Söndag morgon.", ["est", "naringsliv"])


def test_a_faulty_definition_names_each_field_and_keeps_what_was_typed(world):
    answer = send(world, "planerare", "/platser/1/problem", **(PROBLEM | {"who_affected": "Eleven Kalle i 7B"}))
    assert answer.status_code == 422
    assert 'href="#who_affected"' in body(answer) and "Eleven Kalle i 7B" in body(answer)
    answer = send(world, "planerare", "/platser/1/problem", **(PROBLEM | {"sources": ["skvaller"]}))
    assert 'href="#sources"' in body(answer)


def test_a_cause_is_added_changed_and_struck_and_the_struck_one_can_be_read(world):
    cause = {"kind": "decay", "what": "Lamporna är trasiga.", "evidence": "Sju av tolv.", "source": "est"}
    assert send(world, "polis", "/platser/1/orsaker/ny", **cause).status_code == 303
    with world.database.reading() as session:
        number, version = session.execute(
            select(Cause.id, Cause.version).where(Cause.what == "Lamporna är trasiga.")
        ).one()
    address = f"/platser/1/orsaker/{number}"
    send(world, "planerare", address, version=str(version), **(cause | {"what": "Nio lampor är trasiga."}))
    stale = send(world, "planerare", address, version=str(version), **(cause | {"what": "Tio lampor är trasiga."}))
    assert stale.status_code == 409
    assert "Nio lampor" in body(stale) and "Tio lampor" in body(stale)
    assert send(world, "planerare", f"{address}/stryk", version=str(version + 1), note="").status_code == 422
    send(world, "planerare", f"{address}/stryk", version=str(version + 1), note="De lyser igen.")
    page = body(world.client("planerare").get("/platser/1/steg/analys"))
    assert "1 struken orsak" in page and "De lyser igen." in page
    assert "Nio lampor" not in body(world.client("planerare").get("/platser/1"))


def test_a_cause_needs_a_kind_and_words(world):
    answer = send(world, "planerare", "/platser/1/orsaker/ny", what=" ", evidence="Sett.")
    assert answer.status_code == 422
    assert 'href="#kind"' in body(answer) and 'href="#what"' in body(answer) and "Sett." in body(answer)


def test_hours_are_written_as_on_a_door_and_shown_back(world):
    answer = send(world, "planerare", "/platser/1/tider", opening="mån-fre 10-18, lör 10-15", staffed="", lit="16-07")
    assert landed(answer) == "/platser/1#tidsmonster"
    assert "mån–fre 10–18, lör 10–15" in body(world.client("planerare").get("/platser/1"))
    assert "Mon–Fri 10–18" in body(world.client("planerare", language="en").get("/platser/1/tider"))
    wrong = send(world, "planerare", "/platser/1/tider", opening="ibland")
    assert wrong.status_code == 422
    assert 'href="#opening"' in body(wrong) and 'value="ibland"' in body(wrong)
    assert places.hours_in_words(stored(world), WatchKind.LIT) == "mån–sön 16–07"


def test_what_was_found_in_a_phase_is_written_on_its_page(world):
    assert send(world, "polis", "/platser/1/steg/kartlaggning", note="Nästan alltid fredagar.").status_code == 303
    assert "Nästan alltid fredagar." in body(world.client("planerare").get("/platser/1"))
    assert "Nästan alltid fredagar." not in body(world.client().get("/platser/1"))
    assert send(world, "polis", "/platser/1/steg/uppfoljning", note="För tidigt.").status_code == 422


# ---- Moved on and back -----------------------------------------------------------------------------------------------


def test_a_step_forward_says_what_is_missing_goes_on_anyway_and_comes_back_as_a_new_lap(world_on_each):
    world = world_on_each
    page = body(world.client("planerare").get("/platser/1/vidare"))
    assert "6 uppgifter saknas" in page
    refused = send(world, "planerare", "/platser/1/vidare", to="analysis", note="Bråttom.")
    assert refused.status_code == 422
    assert "hur ofta" in body(refused) and "Bråttom." in body(refused)
    assert send(world, "planerare", "/platser/1/vidare", to="analysis", anyway="yes").status_code == 422
    send(world, "planerare", "/platser/1/vidare", to="analysis", anyway="yes", note="Bråttom inför sommaren.")
    assert stored(world).phase == "analysis"
    page = body(world.client("planerare").get("/platser/1"))
    assert "Gick vidare utan:" in page and "Bråttom inför sommaren." in page
    assert "Påbörjad – 6 uppgifter saknas" in page
    assert "Bråttom" not in body(world.client().get("/platser/1"))
    back = send(world, "planerare", "/platser/1/tillbaka", to="scanning", reason="other", note="")
    assert back.status_code == 422
    assert 'href="#note"' in body(back)
    send(world, "planerare", "/platser/1/tillbaka", to="scanning", reason="other", note="Fel kartlagt.")
    page = body(world.client("planerare").get("/platser/1"))
    assert "Varv 2, sedan" in page and "Öppnad igen" in page
    assert (stored(world).lap, stored(world).phase) == (2, "scanning")


def test_a_step_that_does_not_say_where_the_place_stood_needs_its_version_and_keeps_the_note(world):
    shown = stored(world).version
    send(world, "polis", "/platser/1/problem", **PROBLEM)
    answer = send(world, "planerare", "/platser/1/vidare", version=str(shown), to="analysis", note="Klart för analys.")
    assert answer.status_code == 409
    assert "Klart för analys." in body(answer)
    assert send(world, "planerare", "/platser/1/vidare", to="analysis", form_key="x").status_code == 303
    assert send(world, "planerare", "/platser/1/vidare", to="analysis", form_key="x").status_code == 303
    assert stored(world).phase == "analysis"


def test_forward_in_two_tabs_goes_one_step_and_the_second_is_told_where_the_place_is(world):
    client = world.client("planerare")
    tabs = [hidden_fields(body(client.get("/platser/1/vidare"))) for _ in range(2)]
    assert all(tab["to"] == ["analysis"] for tab in tabs)
    first, second = (world.post(client, "/platser/1/vidare", **tab, anyway="yes", note="Bråttom.") for tab in tabs)
    assert "Platsen är nu i Analys, varv 1." in body(client.get(first.location))
    assert landed(second) == "/platser/1"
    assert "Platsen har redan gått vidare. Den är nu i Analys, varv 1." in body(client.get(second.location))
    assert (stored(world).phase, stored(world).closed_on) == ("analysis", None)


def test_a_step_and_a_new_cause_mind_no_other_change_of_the_place(world):
    client = world.client("planerare")
    step, cause = (hidden_fields(body(client.get(f"/platser/1/{page}"))) for page in ("vidare", "orsaker/ny"))
    edited = {"name": "Nytt", "summary": "Nytt.", "focus": "offentlig-miljo", "type": "skadegorelse"}
    send(world, "samordnare", "/platser/1/andra", **edited, forum="trygghetsforum", owner_id="1")
    words = {"kind": "decay", "what": "Lamporna är trasiga.", "evidence": "Sju av tolv."}
    assert world.post(client, "/platser/1/orsaker/ny", **(cause | words)).status_code == 303
    assert world.post(client, "/platser/1/vidare", **step, anyway="yes", note="Bråttom.").status_code == 303
    assert stored(world).phase == "analysis"


@pytest.mark.parametrize("form", [{"to": "response"}, {"to": "closed"}, {"to": "annat"}, {}])
def test_a_step_that_is_none_is_refused(world, form):
    assert send(world, "planerare", "/platser/1/vidare", anyway="yes", note="Ändå.", **form).status_code == 422
    assert stored(world).phase == "scanning"


def test_what_stood_there_before_is_on_the_card_for_those_who_work_with_it(world):
    for what in ("Rutor krossas.", "Bänkar bryts sönder."):
        assert send(world, "planerare", "/platser/1/problem", **PROBLEM | {"what": what}).status_code == 303
    for role, shown in (("planerare", True), ("polis", True), ("trafikgrupp", False), ("publik", False)):
        page = body(world.client(role).get("/platser/1"))
        assert ("Rutor krossas." in page) == ("Tidigare lydelser" in page) == shown, role
    english = body(world.client("planerare", language="en").get("/platser/1"))
    assert "Show one earlier text" in english and "The problem, lap 1" in english


# ---- Reports ---------------------------------------------------------------------------------------------------------


def test_a_report_is_picked_in_out_and_back_by_buttons(world):
    client = world.client("planerare")
    assert "Inga rapporter hör till platsen." not in body(client.get("/platser/1/rapporter"))
    for act, words in (("out", "0 rapporter hör till platsen."), ("forget", "1 rapport hör till platsen.")):
        assert send(world, "planerare", "/platser/1/rapporter", report="1", act=act).status_code == 303
        assert words in body(client.get("/platser/1/rapporter"))
    send(world, "polis", "/platser/1/rapporter", report="2", act="in")
    page = body(client.get("/platser/1/rapporter"))
    assert "2 rapporter hör till platsen." in page and "Tillagd för hand" in page
    assert send(world, "planerare", "/platser/1/rapporter", report="99", act="in").status_code == 404
    assert send(world, "planerare", "/platser/1/rapporter", report="2", act="kasta").status_code == 422
    # Reports are picked one by one, whatever else of the place was changed.
    assert send(world, "planerare", "/platser/1/rapporter", report="2", act="out", version="1").status_code == 303


def test_the_traffic_group_sees_months_of_traffic_and_no_hours(world):
    page = body(world.client("trafikgrupp").get("/platser/1"))
    assert "1 rapport hör till platsen." in page
    assert "Tidsmönstret visas för dem som ser enskilda rapporter." in page
    assert "14 februari 2026" not in page and "/platser/1/rapporter" not in page
    assert world.client("trafikgrupp").get("/platser/1/rapporter").status_code == 404
    assert "hör till platsen" not in body(world.client().get("/platser/1"))


def test_everything_that_was_done_stands_in_the_log_of_the_place(world):
    send(world, "polis", "/platser/1/problem", **PROBLEM)
    page = body(world.client("planerare").get("/platser/1"))
    assert "Exempel polis: Skapa eller ändra problem" in page
    with world.database.reading() as session:
        assert access.verify(session) is None
        assert session.scalar(select(func.count(Report.id))) == 2


def test_a_place_has_twins_of_its_own_that_hold_what_its_row_holds(world):
    for role, number in (("publik", 1), ("planerare", 2)):
        client = world.client(role)
        alone, listed = (client.get(f"/platser{part}.geojson").get_json()["features"] for part in (f"/{number}", ""))
        assert alone == [one for one in listed if one["id"] == f"places.{number}"]
        rows = client.get(f"/platser/{number}.csv").get_data(as_text=True).splitlines()
        every = client.get("/platser.csv").get_data(as_text=True).splitlines()
        assert len(rows) == 2 and rows[0] == every[0] and rows[1] in every
    assert world.client().get("/platser/2.geojson").status_code == 404


def test_the_log_says_what_changed_and_keeps_the_words_out_of_its_chain(world):
    words = {"name": "Torget", "summary": "Nya ord.", "focus": "offentlig-miljo", "type": "skadegorelse"}
    send(world, "planerare", "/platser/1/andra", forum="trygghetsforum", owner_id="1", **words)
    page = body(world.client("planerare").get("/platser/1"))
    assert "Ansvarig: Agare1 → Vellinge kommun" in page
    assert "ändrade texten i Namn; ändrade texten i Beskrivning" in page
    with world.database.reading() as session:
        edits = select(AuditLine).where(AuditLine.action == "edit_place").order_by(AuditLine.id.desc())
        line = session.scalars(edits.limit(1)).one()
        assert "Nya ord" not in line.details and "Torget" not in line.details
        assert access.verify(session) is None
    assert 'id="logg"' not in body(world.client().get("/platser/1"))


def test_praise_and_accidents_are_no_events_of_the_card(world, vellinge, tmp_path):
    at = "12.9558,55.4098"
    rows = [f"s{day},trygg_plats,2025-11-{day:02d}T20:00,{at}" for day in range(1, 4)]
    rows += [f"o{day},trafikolycka,2025-11-{day:02d}T20:00,{at}" for day in range(1, 2)]
    rows += [f"p{day},klotter,2025-12-{day:02d}T20:00,{at}" for day in range(1, 9)]
    before = world.client("planerare").get("/platser/1").text
    counted = int(re.search(r"(\d+) rapport(?:er)? hör till platsen", before)[1])
    with world.database.writing() as session:
        assert builders.take_in(session, vellinge, builders.a_file(tmp_path, rows, name="mer.csv")).stored
        places.set_hours(session, builders.COORDINATOR, 1, {WatchKind.OPENING: "mån-fre 08-18"}, today=date(2026, 1, 1))
        session.commit()
    card = world.client("planerare").get("/platser/1").text
    assert f"{counted + 8} rapporter hör till platsen" in card
    assert "Det som är bra här räknas inte som händelser. Trygg eller omtyckt plats: 3." in card
    assert "Olyckor räknas för sig. Trafikolycka: 1." in card
    assert "för få händelser för att säga vilka timmar" in card
    assert "När ingen är där, mest:" not in card
