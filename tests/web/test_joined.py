"""Styles and scripts joined into one file each: the same words and rules, asked for once."""

import re

import pytest

from samverkan_map.settings import ROOT
from samverkan_map.web import joined

MODULES = {path.stem for path in (ROOT / "static/js").glob("*.js")}
TEMPLATES = [path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html")]


def test_every_page_asks_for_one_style_and_one_script_of_ours(world):
    client = world.client("samordnare")
    for address, own in (
        ("/", "karta"),
        ("/?visa=tabell", "karta"),
        ("/platser", "sida"),
        ("/admin/leveranser", "leveranser"),
    ):
        page = client.get(address).text
        styles = re.findall(r'<link rel="stylesheet" href="(/[\w/.]+)', page)
        scripts = re.findall(r'<script [^>]*src="(/[\w/.]+)', page)
        assert styles == [f"/samlat/{own}.css"], address
        assert [one for one in scripts if "samlat" in one] == [
            "/samlat/karta.js" if address == "/" else "/samlat/sida.js"
        ], address


def test_a_joined_file_is_kept_for_a_year_under_its_hash_and_asked_for_again_without_it(world):
    client = world.client()
    address = re.search(r"/samlat/karta\.css\?v=\w+", client.get("/").text)[0]
    kept = client.get(address)
    assert kept.mimetype == "text/css" and kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "max-age=31536000" not in client.get("/samlat/karta.css").headers.get("Cache-Control", "")
    again = client.get(address, headers={"If-None-Match": kept.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get("/samlat/agreement.toml").status_code == 404


def test_joined_styles_are_all_rules_in_their_order_and_their_pictures_are_found(world):
    css = world.client().get("/samlat/karta.css").text
    places = [
        css.index((ROOT / "static" / source).read_text(encoding="utf-8")[-200:])
        for source in joined.STYLES["karta.css"]
    ]
    assert places == sorted(places)
    pictures = set(re.findall(r"url\(([^)]+)\)", css)) - {"#default#VML"}
    assert len(pictures) == 3
    for picture in pictures:
        assert world.client().get(picture).status_code == 200, picture


@pytest.mark.parametrize("name", sorted(joined.SCRIPTS))
def test_joined_scripts_import_nothing_and_hold_what_every_module_of_theirs_needs(world, name):
    script = world.client().get(f"/samlat/{name}").text
    assert not re.search(r"^\s*(?:import|export)\b", script, re.MULTILINE)
    made = re.findall(r"^const (\w+)Module = ", script, re.MULTILINE)
    assert len(made) == len(set(made)) and set(made) <= MODULES
    for position, module in enumerate(made):
        needed = set(re.findall(r"from '\./(\w+)\.js'", (ROOT / f"static/js/{module}.js").read_text(encoding="utf-8")))
        assert needed <= set(made[:position]), module


def test_every_behaviour_that_a_page_asks_for_is_in_its_script():
    asked = {
        name for text in TEMPLATES for names in re.findall(r'data-module="([\w ]+)"', text) for name in names.split()
    }
    known = set(re.findall(r"import \* as (\w+)", (ROOT / "static/js/main.js").read_text(encoding="utf-8")))
    assert asked == known


@pytest.mark.parametrize(
    "line", ["export const x = 1;", "export default f;", "import './a.js';", "export { a as b } from './c.js';"]
)
def test_a_form_of_module_that_cannot_be_joined_is_refused_by_name(line):
    with pytest.raises(joined.NotJoinable, match=re.escape(f"b.js: {line}"[:20])):
        joined._as_scope("b", f"function f() {{}}\n{line}\n")
