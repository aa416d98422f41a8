"""Answers are made smaller for those who ask, and tell nothing about the form token by their length."""

import gzip
import re


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


def test_a_signed_in_page_is_compressed_and_its_form_token_looks_new_in_each(world):
    client = world.client("planerare")
    first, second = written(client), written(client)
    assert not set(runs(first)) & set(runs(second))
    for token in (first, second):
        assert client.post("/sprak/en", data={"csrf_token": token}).status_code == 303
    # One digit that is wrong, in the pad or under it, makes it another token.
    hour, _, rest = first.partition(".")
    other = "0" if rest[-1] != "0" else "1"
    for wrong in (f"{hour}.{rest[:-1]}{other}", f"{hour}.{rest[::-1]}", f"{hour}.{rest[:64]}", hour):
        assert client.post("/sprak/en", data={"csrf_token": wrong}).status_code == 403


def written(client):
    """The form token of one's own page, which comes compressed."""
    answer = client.get("/konto", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    page = gzip.decompress(answer.data).decode()
    return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]


def runs(token):
    """Every run of eight digits of a token."""
    rest = token.partition(".")[2]
    return (rest[i : i + 8] for i in range(len(rest) - 7))


def test_a_page_for_nobody_in_particular_is_the_same_bytes_each_time(world):
    first, second = (world.client().get("/karta", headers={"Accept-Encoding": "gzip"}) for _ in range(2))
    assert first.headers["Content-Encoding"] == "gzip" and first.data == second.data
    assert b"<h1>" in gzip.decompress(first.data)


def test_what_has_not_changed_is_not_sent_again(world):
    client = world.client()
    first = client.get("/static/css/layout.css", headers={"Accept-Encoding": "gzip"})
    again = client.get(
        "/static/css/layout.css", headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")
