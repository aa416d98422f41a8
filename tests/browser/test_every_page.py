"""Every page, in both languages, for each kind of visitor: accessible, calm, and nobody else is asked."""

import itertools
import json
import re

import pytest
from flask import render_template, template_rendered
from served import HEADER, ROOT, client_of, settled, violations

TEMPLATES = ROOT / "templates"
INLINE = re.compile(r"<script(?![^>]*\ssrc=)|<style|<[^>]+\s(?:style|on[a-z]+)=")
"""Code or looks that stand in the page itself."""

WHOLE_PAGE = re.compile(r"{% extends|<html")

PAGES = {
    "karta": "/karta", "lista": "/karta?visa=lista", "tabell": "/karta?visa=tabell", "tom": "/karta?q=finnsinte",
    "platser": "/platser", "plats": "/platser/1", "atgarder": "/atgarder", "atgard": "/atgarder/1",
    "effekt": "/atgarder/8/uppfoljning", "effekt-few": "/atgarder/3/uppfoljning",
    "effekt-unclear": "/atgarder/10/uppfoljning",
    "katalog": "/atgarder/katalog", "platsutveckling": "/platsutveckling", "site": "/platsutveckling/1",
    "statistik": "/statistik?visa=klotter",
    "trafik": "/trafik", "stracka": "/trafik/stracka/1", "hjalp": "/hjalp", "metod": "/om/metod",
    "personuppgifter": "/om/personuppgifter", "tillganglighet": "/om/tillganglighet", "uppgifterna": "/om/uppgifterna",
    "logga-in": "/konto/logga-in", "finns-inte": "/finns-inte", "fel-filter": "/karta?area=finnsinte",
    "kallor": "/kallor", "kallor-andel": "/kallor?visa=trygg_ute_kvall", "kallor-brott": "/kallor/brott",
    "inga-valda": "/platser/ny?valda=", "omdome": "/platsutveckling/1/omdome",
    "rapportera": "/rapportera", "folj-rapport": "/r",
}  # fmt: skip
STAFF = {
    "ny-plats": "/platser/ny", "andra-plats": "/platser/3/andra", "rita-om": "/platser/3/lage",
    "problembeskrivning": "/platser/3/problem", "ny-orsak": "/platser/3/orsaker/ny", "orsak": "/platser/3/orsaker/3",
    "stryk": "/platser/3/orsaker/3/stryk", "tider": "/platser/3/tider", "rapporter": "/platser/3/rapporter",
    "kartlaggning": "/platser/3/steg/kartlaggning", "analys": "/platser/3/steg/analys",
    "atgardssteg": "/platser/3/steg/atgarder", "uppfoljning": "/platser/3/steg/uppfoljning",
    "vidare": "/platser/3/vidare", "tillbaka": "/platser/3/tillbaka", "publicera": "/platser/9/publicera",
    "konto": "/konto", "losenord": "/konto/losenord", "tvasteg": "/konto/tvasteg", "polisens-konton": "/admin/polisen",
    "gallring": "/admin/gallring", "avtalsperiod": "/admin/period", "avtalet": "/admin/period/2023",
    "personer": "/admin/personer", "person": "/admin/personer/1",
    "stang": "/admin/personer/1/stang", "logg": "/admin/logg", "leveranser": "/admin/leveranser",
    "organisationer": "/admin/organisationer", "leverans": "/admin/leveranser/1",
    "angra-leverans": "/admin/leveranser/1/angra", "matning": "/trafik/stracka/1/matning",
    "ny-leverans": "/admin/leveranser/ny", "ny-atgard": "/atgarder/ny?plats=1", "andra-atgard": "/atgarder/1/andra",
    "rita-atgard": "/atgarder/1/rita",
    "andra-plan": "/atgarder/1/plan/1", "utan-uppfoljning": "/atgarder/2/utan-uppfoljning",
    "nytt-lofte": "/atgarder/1/lofte/ny", "lofte": "/atgarder/1/lofte/1", "ny-del": "/atgarder/1/del/ny",
    "publicera-atgard": "/atgarder/1/publicera", "effekter": "/atgarder/effekter",
    "jamforelse": "/atgarder/8/uppfoljning/8/jamforelse",
    "trafik-ordnad": "/trafik?sort=change&compare=before&hour=16-20", "trafik-tom": "/trafik?q=finnsinte",
    "stracka-fore-efter": "/trafik/stracka/5", "brev": "/trafik/brev/vagforening",
    "vagfiler": "/trafik/filer", "ny-vagfil": "/trafik/filer/ny", "trafik-hela": "/trafik/hela/olyckor",
    "ny-stracka": "/trafik/stracka/ny", "andra-stracka": "/trafik/stracka/5/andra",
    "aterkommande": "/aterkommande", "aterkommande-tom": "/aterkommande?from=2001-01&to=2001-12",
    "aterkommande-olyckor": "/aterkommande?kind=accident", "korningar": "/aterkommande/korningar",
    "tathet": "/aterkommande?method=density", "kluster": "/aterkommande?method=clusters",
    "strackor": "/aterkommande?method=streets", "tva-perioder": "/aterkommande/jamfor", "serie": "/aterkommande/serie",
    "utveckling": "/aterkommande/utveckling", "samlat": "/aterkommande/samlat", "arshjul": "/aterkommande/arshjul",
    "upprepning": "/aterkommande/upprepning", "larm": "/aterkommande/larm",
    "moteslage": "/trafik/moteslage", "moteslage-tabell": "/trafik/moteslage?visa=tabell",
    "moteslage-tom": "/trafik/moteslage?q=finnsinte", "moten": "/moten",
    "skarm": "/moten/styrgrupp-trafik/skarm", "skarm-kod": "/skarm",
    "dagordning": "/moten/styrgrupp-trafik", "beslut": "/moten/styrgrupp-trafik/beslut",
    "nytt-beslut": "/moten/styrgrupp-trafik/beslut/nytt?stracka=1",
    "andra-beslut": "/moten/styrgrupp-trafik/beslut/1", "publicera-statistik": "/statistik/publicera",
    "inkorg": "/inkorg", "inkorg-en": "/inkorg/1", "inget-att-rapportera": "/inget-att-rapportera",
    "vandringar": "/vandringar", "dialoger": "/kallor/dialoger", "ny-matning": "/kallor/ny/matning",
    "ny-dialog": "/kallor/ny/dialog", "kallrad": "/kallor/rad/matning/1", "kallfiler": "/kallor/filer",
    "ny-kallfil": "/kallor/filer/ny",
    "moteslage-platser": "/trafik/moteslage/platser",
    "moteslage-platser-tabell": "/trafik/moteslage/platser?visa=tabell",
    "moteslage-slut": "/trafik/moteslage?visa=beslut",
    "lagesbilder": "/lagesbild", "lagesbild": "/lagesbild/1", "lagesbild-utkast": "/lagesbild/2",
    "lagesbild-jamfor": "/lagesbild/jamfor", "lagesbild-lagen": "/lagesbild/lagen",
    "lagesbild-skriv": "/lagesbild/2/skriv/reported/municipality",
    "lagesbild-uppfoljning": "/lagesbild/1/uppfoljning/bra", "lagesbild-plan": "/lagesbild/1/atgardsplan",
    "lagesbild-kort": "/lagesbild/1/sammanfattning", "lagesbild-latt": "/lagesbild/1/latt-svenska",
    "lagesbild-offentlig": "/lagesbild/1/offentlig", "lagesbild-redovisa": "/lagesbild/1/redovisa",
    "lagesbild-andra": "/lagesbild/2/andra", "lagesbild-las": "/lagesbild/2/las",
    "ny-omgang": "/platsutveckling/2/omgang/ny", "omgang": "/platsutveckling/1/omgang/2",
    "omdome-svara": "/platsutveckling/1/omdome/svara", "affisch": "/platsutveckling/1/omdome/affisch",
    "ingen-omgang": "/platsutveckling/2/omdome",
}  # fmt: skip
SHOTS = (
    "plats", "ny-plats", "analys", "rapporter", "atgarder", "atgard", "effekt", "effekt-few", "effekt-unclear",
    "jamforelse", "katalog", "platsutveckling", "site", "trafik", "stracka-fore-efter", "brev", "hjalp", "aterkommande",
    "tva-perioder", "serie", "statistik", "strackor", "tathet", "lagesbild", "lagesbild-jamfor",
)  # fmt: skip
WIDE = ("utveckling", "samlat", "arshjul", "upprepning", "larm", "kluster")
"""Kept on the widest screen from where axe reads them; test_deeper keeps them on the narrowest."""

REFUSED = {"finns-inte": "404", "fel-filter": "400", "inga-valda": "422", "krock": "409"}
"""The pages that a browser reports as failed, with their status."""

AFTER_A_FORM = {
    "deliveries/columns.html", "deliveries/preview.html", "forms/conflict.html", "hotspots/run.html",
    "errors/bare.html", "road_files/columns.html", "row_files/receipt.html", "row_files/undo.html",
    "source_files/columns.html", "renewal/preview.html", "konto/kod.html", "konto/forslag.html",
    "konto/forslag-klart.html", "konto/tvasteg-ny.html", "konto/tvasteg-koder.html", "situation/approve.html",
}  # fmt: skip
"""The pages that no address alone leads to: the tests that send forms look at them."""

ELSEWHERE = {
    "hotspots/run_things.html", "inbox/check.html", "inbox/cover.html", "inbox/map.html", "inbox/receipt.html",
    "inbox/what.html", "konto/utloggad.html", "reviews/receipt.html", "rounds/links.html", "walks/one.html",
}  # fmt: skip
"""The pages that test_deeper, test_provider, test_reporting, test_reviews and test_walks look at on their way."""

BASES = {"layout.html", "meetings/mode.html"}


def check(page, name):
    settled(page)
    assert violations(page) == []
    assert page.foreign == []
    told = REFUSED.get(name, "no status at all")
    assert [fault for fault in page.faults if told not in fault] == []
    assert page.locator("h1").count() == 1
    assert page.title().strip()


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("name", [*PAGES, *STAFF])
def test_a_page_is_accessible_for_staff(leaf, keep, name, language):
    page = leaf((PAGES | STAFF)[name], role="samordnare", language=language)
    assert page.locator("html").get_attribute("lang") == language
    check(page, name)
    if name in SHOTS + WIDE and language == "sv":
        keep(page, f"{name}-1440")


@pytest.mark.parametrize("name", [name for name in PAGES if name not in ("stracka", "plats", "atgard")])
def test_a_page_is_accessible_for_the_public_on_a_phone(leaf, name):
    page = leaf(PAGES[name], role="publik", size="360")
    check(page, name)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no sideways scrolling"


@pytest.mark.parametrize("size", ["1024", "360"])
@pytest.mark.parametrize("name", SHOTS)
def test_screens_are_kept_for_eyes_to_judge(leaf, keep, name, size):
    page = leaf((PAGES | STAFF)[name], size=size)
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no sideways scrolling"
    keep(page, f"{name}-{size}")


def _save(page, address, name):
    page.goto(address)
    page.locator("#name").fill(name)
    page.locator("main form .button").first.click()
    page.wait_for_url("**/platser/12*")


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_page_that_comes_after_a_form_is_accessible_too(visit, server, instance, tmp_path, language):
    page = visit("/admin/leveranser/ny", role="samordnare", language=language)
    file = tmp_path / "rader.csv"
    file.write_text(f"{HEADER}\nA1,klotter,2026-05-01T12:00,12.96,55.41,Torget\nA2,finnsinte,2026-05-01,,,\n")
    page.locator("#file").set_input_files(file)
    page.locator("#source").select_option("est")
    page.locator("main form .button").first.click()
    page.wait_for_url("**/kolumner")
    check(page, "kolumner")
    page.locator("main form .button").first.click()
    page.wait_for_url("**/granska")
    check(page, "granska")
    road = {"type": "Feature", "properties": {"name": f"Nya vägen {language}", "keeper": "kommun", "speed_limit": 50},
            "geometry": {"type": "LineString", "coordinates": [[12.96, 55.41], [12.97, 55.412]]}}  # fmt: skip
    file.with_suffix(".geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [road]}))
    page.goto(f"{server}/trafik/filer/ny")
    page.locator("#file").set_input_files(file.with_suffix(".geojson"))
    for step in ("kolumner", "granska", "filer/[0-9]+"):
        page.locator("main form .button").first.click()
        page.wait_for_url(re.compile(step))
        check(page, step)
    page.goto(page.url.partition("?")[0] + "/angra")
    check(page, "angra")
    page.goto(f"{server}/aterkommande")
    page.locator("form[action^='/aterkommande/korningar'] button").click()
    page.wait_for_url("**/korning/*")
    check(page, "korning")
    page.goto(f"{server}/platser/12/andra")
    name = page.locator("#name").input_value()
    _save(page.context.new_page(), f"{server}/platser/12/andra", f"{name} (ny)")
    page.locator("#name").fill(f"{name} (annan)")
    page.locator("main form .button").first.click()
    check(page, "krock")
    page.faults.clear()
    _save(page, f"{server}/platser/12/andra", name)
    client = client_of(instance)
    with client.application.test_request_context("/"):
        page.set_content(render_template("errors/bare.html", status=500, words="Fel.", language=language))
    check(page, "trasig")


def test_headings_are_in_order_titles_differ_and_no_template_is_left_out(instance):
    client, titles, drawn = client_of(instance), {}, set()
    template_rendered.connect(note := lambda _, template, **_rest: drawn.add(template.name), client.application)
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/hjalp").text)[1]
    client.post("/demo/roll", data={"csrf_token": token, "role": "samordnare"})
    for name, address in (PAGES | STAFF).items():
        text = client.get(address, follow_redirects=True).text
        assert not INLINE.search(text), name
        levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", text)]
        assert levels[0] == 1, name
        assert all(b - a <= 1 for a, b in itertools.pairwise(levels)), (name, levels)
        titles.setdefault(re.search(r"<title>(.*?)</title>", text)[1], []).append(name)
    same_page = {"lista", "tabell", "tom", "trafik-ordnad", "trafik-tom", "aterkommande-tom", "aterkommande-olyckor"}
    doubled = {title: names for title, names in titles.items() if len(set(names) - same_page) > 1}
    assert doubled == {}
    whole = {
        str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html") if WHOLE_PAGE.search(path.read_text())
    }
    assert whole - drawn == AFTER_A_FORM | ELSEWHERE | BASES
    assert note
