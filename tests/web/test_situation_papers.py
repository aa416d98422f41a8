"""What is handed over of a situation picture: accessible papers whose figures tell what they rest on."""

import re
import zlib
from datetime import date

import pytest

from samverkan_map import access, figures, situation
from samverkan_map.agreement import load
from samverkan_map.exchange import svg_charts
from samverkan_map.situation import document
from samverkan_map.translations import LANGUAGES, catalogue
from samverkan_map.vocabulary import DayPart, SituationChapter
from samverkan_map.web import sessions
from samverkan_map.web.situation import papers, pictures, whole
from samverkan_map.web.situation import public as public_paper
from samverkan_map.web.situation.reading import shown

SECRET = "Hemlig bedömning av parkeringen"
NOW = sessions.now
HOSTILE = '#import "/etc/passwd" $x$ *b* <script>alert(1)</script> {{ 7 * 7 }} 😀 ' + "x" * 400

RESTS = r"Underlag: [\d\s]+\. Period: \w+\s\d{4}\s–\s\w+\s\d{4}\. Källor: .+ Metod: "


def streams(body):
    """Everything in the file, unpacked."""
    found = [body]
    for one in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", body, re.S):
        try:
            found.append(zlib.decompress(one))
        except zlib.error:
            found.append(one)
    return b"\n".join(found)


def said_in(world, role="samordnare"):
    """A request of somebody who is signed in, as the pages see it."""
    headers = {"Cookie": f"sid=sv.{world.token(role)}"}
    return world.app.test_request_context("/lagesbild/1", headers=headers, environ_base={"REMOTE_ADDR": "127.0.0.1"})


def write(world, text, section="harm"):
    with world.database.writing() as session:
        situation.write(session, access.command_line(), 1, section, "police", text=text, now=sessions.now())
        session.commit()


def test_the_picture_is_a_tagged_pdf_with_title_language_headings_table_headers_and_words_for_its_pictures(busy):
    answer = busy.client("polis").get("/lagesbild/1.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    whole_file = streams(answer.data)
    for part in (b"/Lang(sv)", b"pdfuaid:part", b"/StructTreeRoot", b"/DisplayDocTitle true"):
        assert part in whole_file, part
    for tag in (b"H1", b"H2", b"H3", b"TOC", b"Table", b"TH", b"TD", b"Figure"):
        assert re.search(rb"/S ?/" + tag + rb"\b", whole_file), tag
    figures = re.findall(rb"/Type ?/StructElem\s*/S ?/Figure.*?>>", whole_file, re.S)
    assert figures and whole_file.count(b"/Alt") >= len(figures)
    english = streams(busy.client("polis", language="en").get("/lagesbild/1.pdf").data)
    assert b"/Lang(en)" in english


def test_every_figure_says_how_many_when_and_from_where_and_one_without_data_says_so(busy):
    with said_in(busy):
        busy.app.preprocess_request()
        it = shown(1)
        for figure in papers.all_figures(it):
            part = papers.figure_part(it, figure, 3)
            if figure.empty:
                assert part.picture is None and part.table is None
                assert "saknas" in part.heading or figure.key == "unmeasured"
            else:
                assert re.search(
                    r"Underlag: [\d\s]+\. Period: \w+\s\d{4}\s–\s\w+\s\d{4}\. Källor: .+ Metod: ", *part.small
                )
        assert any(figure.empty for figure in papers.all_figures(it))


def test_a_map_has_legend_scale_north_period_and_sources_and_says_in_words_what_it_shows(busy):
    with said_in(busy):
        busy.app.preprocess_request()
        parts = {part.picture.name: part.picture for part in whole.paper(shown(1)).parts if part.picture}
    area = parts["areas-offentlig-miljo"]
    for said in ("Teckenförklaring", " km<", ">N<", "Period: mars 2025", "Källor: ", "OpenStreetMap"):
        assert said in area.svg, said
    assert re.match(r"Karta\. .*Vellinge tätort med Hököpinge \d+", area.words)
    drawn = busy.client("polis").get("/lagesbild/1/bild/areas-offentlig-miljo.svg")
    assert (drawn.mimetype, drawn.text) == ("image/svg+xml", area.svg)


def test_a_paper_that_is_not_frozen_carries_the_word_for_a_draft(world):
    with said_in(world):
        world.app.preprocess_request()
        it = shown(1)
        assert papers.mark(it) == "UTKAST" and "ingen har godkänt" in papers.standing(it)


@pytest.mark.parametrize("text", [HOSTILE, "rad\nrad\n\nrad"])
def test_hostile_words_are_printed_as_words(world, text):
    write(world, text)
    assert world.client("polis").get("/lagesbild/1.pdf").data.startswith(b"%PDF")


def pages(body):
    return len(re.findall(rb"/Type ?/Page\b", streams(body)))


def test_each_recipient_of_the_agreement_gets_its_own_sections_as_page_pdf_and_tables(busy):
    client = busy.client("samordnare")
    for code, name, has, lacks in (
        ("bra", "Lokala brottsförebyggande rådet", "Luckor i underlaget", "När det händer"),
        ("kommunstyrelsen", "Kommunstyrelsen", "Vad det leder till", "Luckor i underlaget"),
        ("lokalpolisomradeschefen", "Lokalpolisområdeschefen", "När det händer", "Vad det leder till"),
    ):
        page = client.get(f"/lagesbild/1/uppfoljning/{code}").text
        assert f"Årlig uppföljning till {name}" in page and "Att ta ställning till" in page
        assert f"<h2>{has}</h2>" in page and f"<h2>{lacks}</h2>" not in page
        assert client.get(f"/lagesbild/1/uppfoljning/{code}.pdf").data.startswith(b"%PDF")
        assert '"work"' in client.get(f"/lagesbild/1/uppfoljning/{code}.csv").text
    assert client.get("/lagesbild/1/uppfoljning/regeringen").status_code == 404


def test_the_recipients_ask_for_sections_that_there_are(vellinge):
    known = {section.code for section in situation.SECTIONS}
    assert all(set(one.sections) <= known and one.sections for one in vellinge.recipients.values())


def test_every_method_is_named_and_says_where_its_numbers_come_from_in_both_languages():
    for language in LANGUAGES:
        known = catalogue(language)
        for method in document.METHODS:
            assert {f"papers.method.{method}", f"situation.from.{method}", f"situation.card.{method}"} <= set(known)


@pytest.mark.parametrize("name", ["sammanfattning", "latt-svenska"])
def test_the_short_papers_stand_on_one_page(busy, name):
    client = busy.client("planerare")
    assert pages(client.get(f"/lagesbild/1/{name}.pdf").data) == 1
    page = client.get(f"/lagesbild/1/{name}").text
    assert re.search(r"Alla siffror: \d+ rapporter om problem och trafik\. Period: mars\s2025", page)
    assert "papers." not in re.sub(r'(?s)<head>.*?</head>|href="[^"]*"', "", page)


def test_the_easy_page_says_in_short_sentences_what_there_is_no_data_about(world):
    page = world.client("planerare").get("/lagesbild/1/latt-svenska").text
    assert "underlag saknas. Vi har inte fått några rapporter." in page and "Ring 112." in page
    sentences = re.findall(r"<p>([^<]+)</p>", page)
    assert max(len(one.split()) for text in sentences for one in text.split(". ")) <= 20


def test_the_action_plan_tells_of_each_measure_where_whose_when_and_what_is_followed_up(world):
    client = world.client("samordnare")
    page = client.get("/lagesbild/1/atgardsplan").text
    assert re.search(r"Åtgärdsplanen har \d+ åtgärder", page)
    for heading in ("Åtgärd", "Var", "Ansvarig", "Läge", "När", "Uppföljning"):
        assert f'<th scope="col">{heading}</th>' in page, heading
    assert "Vellinge kommun" in page and "<code" not in page
    assert pages(client.get("/lagesbild/1/atgardsplan.pdf").data) >= 1
    assert '"plan","plan"' in client.get("/lagesbild/1/atgardsplan.csv").text


def frozen(world):
    """The version of the world, frozen by both parties, with a published year beside it."""
    with world.database.writing() as session:
        own = load(world.settings.municipality)
        for chapter in SituationChapter:
            section = next(one for one in situation.SECTIONS if one.chapter is chapter)
            situation.write(session, access.command_line(), 1, section.code, "municipality", text=SECRET, now=NOW())
        figures.begin(session, access.command_line(), own, today=date(2026, 3, 1))
        session.commit()
    coordinator, police = world.client("samordnare"), world.client("polis")
    version = re.search(r'name="version" value="(\d+)"', coordinator.get("/lagesbild/1/las").text)[1]
    world.post(coordinator, "/lagesbild/1/las", version=version)
    for client in (police, coordinator):
        content = re.search(r'name="content" value="(\w+)"', client.get("/lagesbild/1/godkann").text)[1]
        assert world.post(client, "/lagesbild/1/godkann", content=content).status_code == 303


def test_the_public_version_is_nobodys_before_it_is_published_and_then_the_same_for_everybody(busy):
    frozen(busy)
    public, coordinator = busy.client(), busy.client("samordnare")
    for address in ("/lagesbild/1/offentlig", "/lagesbild/1/offentlig.pdf"):
        assert public.get(address).status_code == 404
        assert coordinator.get(f"{address}?som=publik").status_code == 404
    assert busy.post(coordinator, "/lagesbild/1/publicera").status_code == 303
    page = public.get("/lagesbild/1/offentlig").text
    parts = [
        re.search(r"(?s)<article.*?</article>", one)[0]
        for one in (page, coordinator.get("/lagesbild/1/offentlig").text)
    ]
    assert parts[0] == parts[1]
    assert streams(public.get("/lagesbild/1/offentlig.pdf").data).count(b"pdfuaid:part")
    assert "/lagesbild/1/offentlig" in public.get("/statistik").text


def test_the_public_version_has_no_place_hour_or_words_and_hides_what_the_statistics_hide(busy):
    frozen(busy)
    page = busy.client("samordnare").get("/lagesbild/1/offentlig").text
    article = re.search(r"(?s)<article.*?</article>", page)[0]
    maps = re.findall(r'<img [^>]*src="([^"]+)"', article)
    assert maps and all(one.startswith("/statistik/karta.svg?ar=2025&amp;visa=") for one in maps)
    drawn = [
        [busy.client(role).get(one.replace("&amp;", "&")).text for one in maps] for role in ("samordnare", "publik")
    ]
    assert drawn[0] == drawn[1], "who signs in sees what everybody sees"
    for hidden in (SECRET, "Mellangatan", "kl. ", "Återkommande platser: "):
        assert hidden not in article, hidden
    assert "Rapporter 2025" in article and "färre än 5" in article and "Så visas små antal" in article
    with said_in(busy):
        busy.app.preprocess_request()
        it = shown(1)
        told = [row for part in public_paper.paper(it).parts if part.table for row in part.table.rows]
    numbers = [cell for row in told for cell in row[1:] if cell.isdecimal()]
    assert all(int(one) == 0 or int(one) >= 5 for one in numbers), numbers


def test_who_was_told_is_noted_with_day_and_version_and_refused_in_a_sentence(busy):
    frozen(busy)
    police, address = busy.client("polis"), "/lagesbild/1/redovisa"
    today = date.today().isoformat()
    sent = {"recipient": "lokalpolisomradeschefen", "presented_on": today}
    assert busy.post(police, address, **sent).status_code == 303
    page = police.get(address).text
    assert "Lokalpolisområdeschefen</th>" in page and "Exempel polis" in page
    for changed, sentence in (
        ({}, "redan noterat"), ({"recipient": ""}, "Välj mottagare"), ({"presented_on": "igår"}, "igår"),
        ({"presented_on": "2020-01-01"}, "måste ligga mellan"),
    ):  # fmt: skip
        answer = busy.post(police, address, **sent | changed)
        assert answer.status_code == 422 and sentence in answer.text, sentence


def shades_of(svg):
    """How dark each field of a picture is, and what is written in it."""
    fields = re.findall(r'<rect [^>]*fill="(#[0-9A-F]{6})"[^>]*/><text [^>]*>([^<]*)</text>', svg)
    return [(svg_charts.SHADES.index(fill), told) for fill, told in fields]


def test_places_are_a_field_for_each_focus_and_phase_darker_the_more(busy):
    with said_in(busy):
        busy.app.preprocess_request()
        it = shown(1)
        found = pictures.picture_of(it, it.figure("places"))
    assert shades_of(found.svg) == [(5, "2"), (0, "0"), (0, "0"), (0, "0")]
    assert "Trygghet i offentlig miljö: Kartläggning 2, Analys 0, Åtgärder 0, Uppföljning 0" in found.words
    drawn = busy.client("polis").get("/lagesbild/1/bild/places.svg")
    assert (drawn.mimetype, drawn.text) == ("image/svg+xml", found.svg)
    assert "/lagesbild/1/bild/places.svg" in busy.client("polis").get("/lagesbild/1").text


def test_means_of_reviews_are_as_dark_as_they_are_high_and_one_of_too_few_is_empty(busy):
    parts = [part.value for part in DayPart]
    means = dict(zip(parts, (1.0, 3.0, 5.0, None), strict=False))
    row = {"site": "Torget", "reviewers": 4} | dict.fromkeys(parts) | means
    about = {"n": 1, "site": "Torget", "part": parts[0], "mean": 1.0, "count": 4}
    held = {"kind": "fields", "label": "site", "columns": parts[:4], "least": 1, "most": 5}
    figure = situation.Figure("reviews", ("reviews", about), ("site", *parts), [row], 4, "reviews", (), held)
    with said_in(busy):
        busy.app.preprocess_request()
        found = pictures.picture_of(shown(1), figure)
    assert shades_of(found.svg) == [(1, "1,0"), (3, "3,0"), (5, "5,0"), (0, "–")]
