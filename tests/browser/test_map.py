"""The map as people use it: with mouse, keyboard, phone, printer, and without JavaScript."""

import csv
import io
import re

import pytest
from served import import_rows, wait_until


def shown(page):
    """The number of rows the page says it shows."""
    heading = page.locator("#resultat h2").inner_text()
    return int(re.sub(r"\D", "", heading) or 0)


def drawn(page):
    page.wait_for_selector("#karta [data-n], #karta .leaflet-marker-icon")
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("size", ["1440", "1024", "360"])
def test_the_first_visit_shows_the_living_map(visit, keep, size):
    page = visit("/", size=size)
    page.wait_for_load_state("networkidle")
    assert shown(page) > 1000
    if size != "360":
        drawn(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no sideways scrolling"
    assert page.foreign == []
    assert page.faults == []
    keep(page, f"karta-{size}")


@pytest.mark.parametrize(
    "question", ["", "?period=12m", "?type=fortkorning", "?area=hollviken&kind=problem", "?weekday=5-6&hour=20-04"]
)
def test_map_list_table_and_files_hold_the_same_number(visit, question):
    page = visit(f"/karta{question}")
    number = shown(page)
    join = "&" if question else "?"
    get = page.request.get
    base = page.url.split("/karta")[0]
    assert get(f"{base}/karta.geojson{question}").json()["numberMatched"] == number
    lines = list(csv.DictReader(io.StringIO(get(f"{base}/karta.csv{question}").body().decode("utf-8-sig"))))
    assert len(lines) == number
    cells = get(f"{base}/karta/rutor.geojson{question}{join}z=11&bbox=12.5,55.2,13.5,55.8").json()
    assert sum(feature["properties"]["n"] for feature in cells["features"]) + cells["unmapped"] == number


def test_rows_without_an_exact_place_stand_in_words_per_sub_area(visit):
    page = visit("/karta?kind=problem")
    drawn(page)
    line = page.locator("#utan-plats").inner_text()
    assert line.startswith("Utan exakt plats: ")
    told = sum(int(number) for number in re.findall(r"(\d+)(?: ·|$)", line))
    base = page.url.split("/karta")[0]
    assert told == page.request.get(f"{base}/karta.geojson?kind=problem").json()["unmapped"] > 0


def test_a_row_opens_the_panel_with_focus_and_closing_gives_it_back(visit, keep):
    page = visit("/karta")
    drawn(page)
    row = page.locator("#resultat ol.rows a").first
    name = row.inner_text()
    row.focus()
    page.keyboard.press("Enter")
    heading = page.locator("#panel-rubrik")
    heading.wait_for(state="visible")
    assert name in heading.inner_text()
    assert page.evaluate("document.activeElement.id") == "panel-rubrik"
    keep(page, "panel-1440")
    page.keyboard.press("Escape")
    assert page.locator("aside.panel").is_hidden()
    assert page.evaluate("document.activeElement.textContent").strip() == name


def test_a_symbol_on_the_map_opens_the_panel(visit):
    page = visit("/karta?layer=places&area=ljunghusen")
    drawn(page)
    page.locator("#karta .leaflet-marker-icon:not([title^='Nära varandra'])").last.click()
    page.locator("#panel-rubrik").wait_for(state="visible")
    assert page.locator(".panel-body").inner_text().strip()
    assert page.faults == []


def test_a_filter_changes_address_list_and_number_and_back_undoes_it(visit):
    page = visit("/karta")
    before = shown(page)
    page.select_option("#area", "ljunghusen")
    wait_until(lambda: 0 < shown(page) < before and "area=ljunghusen" in page.url)
    page.go_back()
    wait_until(lambda: shown(page) == before and "area=" not in page.url)


def test_the_keyboard_reaches_everything_in_few_steps_and_moves_the_map(visit):
    page = visit("/karta")
    drawn(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Hoppa till innehållet"
    region = page.locator("#karta")
    region.focus()
    before = page.evaluate("document.querySelector('.leaflet-map-pane').style.transform")
    page.keyboard.press("ArrowRight")
    wait_until(lambda: page.evaluate("document.querySelector('.leaflet-map-pane').style.transform") != before)
    assert region.get_attribute("role") == "region"
    stops = page.evaluate(
        "[...document.querySelectorAll('#karta a, #karta button, #karta [tabindex]')]"
        ".filter(e => e.tabIndex >= 0 && e.offsetParent).length"
    )
    assert stops <= 20


def test_the_public_sees_what_is_done_and_never_a_report(visit, keep):
    page = visit("/karta", role="publik")
    page.wait_for_load_state("networkidle")
    assert page.locator("h1").inner_text().startswith("Platser vi arbetar med")
    assert 0 < shown(page) < 60
    assert "Trafikklagomål" not in page.locator("#teckenforklaring").inner_text()
    assert page.request.get(page.url.split("/karta")[0] + "/karta.csv?type=klotter").status == 400
    keep(page, "karta-publik-1440")


def test_without_javascript_list_filter_and_picture_are_there(visit, keep):
    page = visit("/karta", script=False)
    number = shown(page)
    assert page.locator("#resultat ol.rows > li").count() == 50
    picture = page.locator("img.map-static")
    assert picture.is_visible()
    answer = page.request.get(page.url.split("/karta")[0] + picture.get_attribute("src"))
    assert answer.headers["content-type"].startswith("image/svg+xml")
    page.select_option("#area", "hollviken")
    page.locator("form[data-module=filter] button:has-text('Uppdatera')").click()
    assert 0 < shown(page) < number
    keep(page, "karta-utan-javascript-1440")


def test_on_a_phone_the_list_comes_first_and_the_map_opens_on_its_own(visit, keep):
    page = visit("/karta", size="360", has_touch=True, is_mobile=True)
    assert page.locator("#resultat h2").is_visible()
    page.get_by_role("button", name="Visa karta").click()
    page.locator("#karta").wait_for(state="visible")
    page.wait_for_load_state("networkidle")
    keep(page, "karta-oppen-360")
    page.get_by_role("button", name="Tillbaka till listan").click()
    assert page.locator("#resultat h2").is_visible()


def test_the_search_finds_a_street_and_a_stop(visit):
    page = visit("/karta")
    for words in ("Falsterbovägen", "Skanör Haga"):
        page.goto(page.url.split("/karta")[0] + f"/karta?plats={words}")
        assert words in page.locator("#resultat").inner_text()


@pytest.fixture
def alone(chromium, tmp_path):
    """Save an address of a page as a file and open it where there is no network; `asked` is what it wanted."""
    contexts = []

    def open_file(page, address, size=(1440, 900)):
        answer = page.request.get(page.url.split("/karta")[0].split("/lagesbild")[0] + address)
        assert "attachment" in answer.headers["content-disposition"]
        path = tmp_path / "karta.html"
        path.write_bytes(answer.body())
        context = chromium.new_context(offline=True, viewport=dict(zip(("width", "height"), size, strict=True)))
        contexts.append(context)
        opened = context.new_page()
        opened.asked, opened.faults = [], []
        opened.on("request", lambda r: opened.asked.append(r.url))
        opened.on("pageerror", lambda error: opened.faults.append(str(error)))
        opened.goto(path.as_uri())
        opened.wait_for_selector(".leaflet-marker-icon, .leaflet-interactive")
        assert "Exempeldata" in opened.locator("body").inner_text()
        return opened

    yield open_file
    for context in contexts:
        context.close()


def nothing_foreign(opened):
    return opened.faults == [] and all(url.startswith(("file:", "data:", "blob:")) for url in opened.asked)


def test_a_survey_is_chosen_among_the_other_choices_and_asks_for_no_other_rows(visit):
    page = visit("/karta", role="planerare")
    drawn(page)
    asked = []
    page.on("request", lambda one: asked.append(one.url) if "/karta?" in one.url else None)
    page.locator(".choices summary", has_text="Fler val").click()
    choice = page.locator(".choices details #delomraden")
    choice.select_option(index=1)
    page.wait_for_selector("#karta[data-areas='5']")
    page.locator(".choices select[name=area]").select_option(index=1)
    page.wait_for_url("**/karta?area=*")
    assert len(asked) == 1 and page.url.count("=") == 1, "what has no name is no question"
    assert choice.input_value() and page.locator("#karta[data-areas='5']").count() == 1, "and it stays"


def test_the_map_file_opens_alone_without_network(visit, alone, keep):
    file = alone(visit("/karta?layer=places,sites,measures"), "/karta.html?layer=places,sites,measures")
    assert nothing_foreign(file)
    keep(file, "kartfil-1440")


def test_the_map_of_a_situation_picture_is_opened_without_network_and_read_by_keyboard(visit, alone, keep):
    page = visit("/lagesbild/1", role="samordnare")
    file = alone(page, "/lagesbild/1/karta.html")
    places = int(file.locator("#karta").get_attribute("data-zones"))
    assert places > 1 and file.locator("header details").first.locator("li").count() >= places
    file.get_by_role("button", name=re.compile(r"^1\. ")).focus()
    file.keyboard.press("Enter")
    assert file.locator(".panel h2").inner_text().startswith("1. ") and "Antal" in file.locator(".panel").inner_text()
    file.keyboard.press("Tab")
    file.keyboard.press("Enter")
    assert file.locator(".panel").is_hidden()
    file.get_by_label("Per delområde").select_option(index=1)
    file.wait_for_selector("#karta[data-areas='5']")
    assert nothing_foreign(file)
    keep(file, "lagesbild-kartfil-1440")
    small = alone(page, "/lagesbild/2/karta.html", (360, 740))
    assert small.evaluate("document.documentElement.scrollWidth") == 360 and nothing_foreign(small)
    assert "UTKAST" in small.locator(".across").inner_text()
    keep(small, "lagesbild-kartfil-360")


def test_the_printed_page_has_map_legend_and_source(visit, keep):
    page = visit("/karta")
    drawn(page)
    page.keyboard.press("Control")
    picture = page.locator("img.print-map")
    wait_until(lambda: picture.evaluate("one => one.complete && one.naturalWidth") == 960)
    page.emulate_media(media="print")
    assert picture.is_visible()
    assert picture.bounding_box()["y"] < page.locator("#resultat").bounding_box()["y"], "the map comes first"
    assert page.locator(".map-tools").is_hidden()
    keep(page, "utskrift")


def test_hostile_words_in_a_report_stay_words(visit, instance, tmp_path):
    """A place name is shown in list, panel and search result; nothing of it may run."""
    hostile = "<img src=x onerror=document.title='inne'>Höllviken`${document.title='inne'}`"
    import_rows(instance, tmp_path, [f'"h1","klotter","2026-10-10","12.9558","55.4098","{hostile}"'])
    page = visit("/karta?kind=problem&sort=newest&q=onerror", role="samordnare")
    page.wait_for_load_state("networkidle")
    assert shown(page) == 1
    page.locator("#resultat ol.rows a").first.click()
    page.locator("#panel-rubrik").wait_for(state="visible")
    wait_until(lambda: "onerror" in page.locator(".panel-body").inner_text())
    assert page.title() != "inne"
    assert page.locator("#karta img[src=x], .panel img").count() == 0
