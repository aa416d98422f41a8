"""Headers, limits and error pages: the same promises on every status and on static files."""

import json
import logging
from dataclasses import replace

import pytest

from samverkan_map import settings
from samverkan_map.errors import DatabaseTrouble, Refusal
from samverkan_map.translations import LANGUAGES, text
from samverkan_map.web import answers, create_app, headers

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
PROMISED = {
    "Content-Security-Policy": POLICY,
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def broken() -> None:
    raise ZeroDivisionError("Hemligbeskrivning")


def test_every_status_and_static_files_carry_all_headers(world):
    world.app.add_url_rule("/platser.csv/trasig", "broken", broken)
    client, staff = world.client(), world.client("planerare")
    for _ in range(11):
        last = world.post(client, "/konto/logga-in", username="ingen", password="fel lösenord")
    static = client.get("/static/css/layout.css")
    seen = {
        200: client.get("/karta"),
        302: client.get("/konto"),
        303: client.get("/sprak/en"),
        304: client.get("/static/css/layout.css", headers={"If-None-Match": static.headers["ETag"]}),
        308: client.get("/admin//logg"),
        400: client.get("/karta?from=igår"),
        403: staff.get("/admin/personer"),
        404: client.get("/finns/inte"),
        405: client.delete("/karta"),
        413: client.post("/konto/logga-in", data={"username": "x" * 70_000}),
        422: world.post(staff, "/konto/losenord", old="fel", new="också fel"),
        429: last,
        500: client.get("/platser.csv/trasig"),
    }
    for status, response in [*seen.items(), (200, static), (404, client.get("/static/ingen.css"))]:
        assert response.status_code == status, (status, response.request.path)
        for name, value in PROMISED.items():
            assert response.headers.get(name) == value, (status, name)


def test_a_wrong_host_is_refused(world):
    client = world.client()
    for host in ("evil.example", "127.0.0.1.evil.example", "localhost@evil.example"):
        assert client.get("/karta", headers={"Host": host}).status_code == 400, host
    for host in ("localhost:5000", "127.0.0.1", "[::1]:5000"):
        assert client.get("/karta", headers={"Host": host}).status_code == 200, host


def test_an_invented_forwarding_header_changes_nothing(world):
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    response = world.client().get("/konto", headers=forged)
    assert response.headers["Location"].startswith("/konto/logga-in")
    assert "evil" not in response.headers["Location"]


def test_tiles_from_outside_open_the_policy_for_their_host_only(world):
    tiles = replace(world.settings, basemap="xyz:https://{s}.tiles.example.org/{z}/{x}/{y}.png")
    response = create_app(tiles).test_client().get("/karta")
    policy = response.headers["Content-Security-Policy"]
    assert "img-src 'self' https://*.tiles.example.org;" in policy
    assert "script-src 'self';" in policy
    assert response.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


@pytest.mark.parametrize("basemap", ["builtin", "none", "xyz:javascript:alert(1)", "xyz:https://a;b/"])
def test_no_other_base_map_opens_the_policy(basemap):
    assert headers.content_policy(basemap) == POLICY


def test_a_vector_base_map_opens_the_policy_for_pictures_made_in_the_browser_only():
    opened = headers.content_policy("pmtiles:karta.pmtiles")
    assert opened == POLICY.replace("img-src 'self'", "img-src 'self' blob:")


def test_public_pages_set_no_cookie(world):
    client = world.client()
    for address in (
        "/",
        "/karta",
        "/platser",
        "/atgarder",
        "/hjalp",
        "/konto/logga-in",
        "/konto",
        "/finns/inte",
        "/halsa",
    ):
        assert "Set-Cookie" not in client.get(address).headers, address


def test_signed_in_pages_are_kept_nowhere_and_public_ones_shortly(world):
    assert world.client("planerare").get("/karta").headers["Cache-Control"] == "no-store"
    public = world.client().get("/karta")
    assert public.headers["Cache-Control"] == "public, max-age=60"
    assert "Cookie" in public.headers["Vary"]
    assert world.client().get("/finns/inte").headers["Cache-Control"] == "no-store"
    assert world.client().get("/halsa").headers["Cache-Control"] == "no-store"


def test_static_files_are_kept_for_a_year_only_under_their_content_hash(world):
    client = world.client()
    with world.app.test_request_context("/"):
        address = world.app.jinja_env.globals["asset"]("css/layout.css")
    assert client.get(address).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "max-age=31536000" not in client.get("/static/css/layout.css").headers.get("Cache-Control", "")


def test_an_error_page_never_repeats_the_address_or_shows_a_trace(world, caplog):
    caplog.set_level(logging.ERROR, logger="samverkan")
    world.app.add_url_rule("/platser.csv/trasig", "broken", broken)
    client = world.client()
    assert "evilword" not in client.get("/evilword").text
    assert "evilword" not in client.get("/evilword?q=evilword").text
    page = client.get("/platser.csv/trasig?q=evilword").text
    assert "ZeroDivisionError" not in page
    assert "Traceback" not in page
    line = json.loads(caplog.records[-1].getMessage())
    assert line["reference"] in page
    assert "evilword" not in caplog.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_error_pages_speak_the_visitors_language(world, language):
    client = world.client()
    client.set_cookie("sid", language)
    assert text(language, "errors.title_404") in client.get("/finns/inte").text
    assert f'<html lang="{language}">' in client.get("/finns/inte").text


def test_data_addresses_answer_errors_as_data(world):
    client = world.client()
    assert client.get("/karta/objekt/problem/1").json == {"error": text("sv", "access.errors.not_found"), "status": 404}
    assert client.get("/karta.geojson?from=x").json["status"] == 400
    assert client.get("/karta.csv?from=x").mimetype == "text/plain"


def test_a_wrong_method_says_which_are_right(world):
    assert {"GET", "HEAD"} <= set(world.client().delete("/karta").headers["Allow"].split(", "))


def test_a_database_that_is_not_set_up_is_one_sentence_and_503(tmp_path, world):
    fresh = replace(world.settings, database_url=f"sqlite:///{tmp_path / 'ny.sqlite'}")
    client = create_app(fresh).test_client()
    health = client.get("/halsa")
    assert (health.status_code, health.json["error"]) == (503, text("sv", "database.not_set_up"))
    page = client.get("/karta")
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "60"
    assert text("sv", "database.not_set_up") in page.text
    # The page of this no needs nothing of the database.
    assert text("sv", "errors.form_too_old") in client.post("/rapportera").text


def test_health_says_version_and_kind_of_database(world_on_each):
    health = world_on_each.client().get("/halsa")
    assert health.status_code == 200
    assert health.json["status"] == "ok"
    assert health.json["database"] in ("embedded", "postgis")
    assert health.json["trial"] is False


def test_a_body_over_the_limit_is_refused_before_it_is_read(world):
    client = world.client("samordnare")
    for size, status in ((60_000, 403), (70_000, 413)):
        assert client.post("/admin/personer", data={"name": "x" * size}).status_code == status, size
    many = {f"f{number}": "1" for number in range(200)}
    response = client.post("/admin/personer", data=many, content_type="multipart/form-data")
    assert response.status_code == 413


def test_every_refusal_of_the_house_has_a_status():
    def below(kind):
        return {kind, *(found for child in kind.__subclasses__() for found in below(child))}

    for kind in below(Refusal) - {Refusal}:
        assert 400 <= answers.status_of(kind("errors.sentence_400")) <= 503
    assert answers.status_of(DatabaseTrouble("x")) == 503


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_status_has_its_title_and_sentence(language):
    for status in answers.OWN_PAGES:
        assert text(language, f"errors.title_{status}")
        assert text(language, f"errors.sentence_{status}")


def test_the_secret_is_made_once_and_kept_to_its_owner(tmp_path):
    chosen = settings.read({"SAMVERKAN_INSTANCE": str(tmp_path / "instance")})
    first = settings.secret_key(chosen)
    assert len(first) == 64
    assert settings.secret_key(chosen) == first
    assert (tmp_path / "instance" / "secret_key").stat().st_mode & 0o077 == 0
