"""Answers are made smaller for those who ask, and pages with form tokens never are."""

import gzip


def test_data_and_scripts_are_compressed_only_when_asked_for(world):
    client = world.client("planerare")
    plain = client.get("/bakgrund/karta.json")
    assert "Content-Encoding" not in plain.headers
    small = client.get("/bakgrund/karta.json", headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert len(small.data) < len(plain.data) / 2
    script = client.get("/static/vendor/leaflet/leaflet.js", headers={"Accept-Encoding": "gzip"})
    assert len(script.data) < 45_000


def test_a_page_is_compressed_only_where_its_form_token_is_no_secret(world):
    public = world.client().get("/karta", headers={"Accept-Encoding": "gzip"})
    assert public.headers["Content-Encoding"] == "gzip"
    assert b"<h1>" in gzip.decompress(public.data)
    answer = world.client("planerare").get("/karta", headers={"Accept-Encoding": "gzip"})
    assert answer.mimetype == "text/html"
    assert "Content-Encoding" not in answer.headers


def test_what_has_not_changed_is_not_sent_again(world):
    client = world.client()
    first = client.get("/static/css/layout.css", headers={"Accept-Encoding": "gzip"})
    again = client.get(
        "/static/css/layout.css", headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")
