"""A real OpenID Connect provider on this computer (Canaille), in a process of its own, and a browser's way through it.

Run as a program it serves; the tests ask it by `POST /test/...` to change what its administrator would change.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin

import pyotp
import requests

from samverkan_map.settings import Provider

PASSWORD = "ett lösenord hos kommunen"
PEOPLE = {
    # user name at the provider: e-mail address there. The second one of the same address came after the first.
    "anna.ek": "anna.ek@kommunen.example",
    "anna.ek2": "anna.ek@kommunen.example",
    "bo.dal": "bo.dal@kommunen.example",
    "oprovad": "oprovad@kommunen.example",
    "okand": "okand@kommunen.example",
}
CLIENT, SECRET = "samverkan", "hemligt-mellan-servrarna"
BACK = "http://localhost/konto/inloggningstjanst/svar"
STRANGE = "nagon-annan"
"""Another program of the same provider, for which it makes answers that are not for us."""


@dataclass
class Server:
    """The running provider."""

    address: str

    def settings(self, **more) -> Provider:
        """This provider as the settings name it."""
        return Provider(**({"issuer": self.address, "client": CLIENT, "secret": SECRET, "name": "Kommunen"} | more))

    def environment(self) -> dict[str, str]:
        """The same for a process."""
        given = {"ISSUER": self.address, "CLIENT": CLIENT, "SECRET": SECRET, "NAME": "Kommunen"}
        return {f"SAMVERKAN_OIDC_{name}": value for name, value in given.items()}

    def send_back_to(self, address: str) -> None:
        """Let browsers be sent back to the map at this address too."""
        self.tell("back", to=f"{address}/konto/inloggningstjanst/svar")

    def tell(self, what: str, **how) -> None:
        """Have its administrator change something."""
        requests.post(f"{self.address}/test/{what}", json=how, timeout=10).raise_for_status()

    @contextmanager
    def two_steps(self):
        """Meanwhile it asks for a code of the phone too."""
        self.tell("factors", factors=["password", "otp"])
        try:
            yield
        finally:
            self.tell("factors", factors=["password"])

    def sign_in(self, address: str, who: str) -> str:
        """Go where a browser is sent, sign in there, and give the address that it is sent back to."""
        browser = requests.Session()
        answer = browser.get(address, allow_redirects=False, timeout=10)
        for _ in range(12):
            if answer.is_redirect:
                to = urljoin(answer.url, answer.headers["Location"])
                if not to.startswith(self.address):
                    return to
                answer = browser.get(to, allow_redirects=False, timeout=10)
            else:
                answer = _fill(browser, answer, who)
        raise AssertionError(answer.text)


def phone(who: str) -> str:
    """What somebody's phone makes the provider's codes of."""
    return hashlib.sha1(who.encode()).hexdigest()[:16]


def _fill(browser, answer, who):
    """Send the form of the provider's page as somebody would."""
    assert answer.status_code == 200, answer.text
    fields = set(re.findall(r'name="(\w+)"', answer.text))
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.text)
    form = {"csrf_token": token[1]} if token else {}
    known = {
        "login": who,
        "password": PASSWORD,
        "otp": pyotp.TOTP(base64.b32encode(phone(who).encode()).decode()).now(),
        "answer": "accept",
    }
    form |= {name: value for name, value in known.items() if name in fields}
    action = re.search(r'<form[^>]* action="([^"]+)"', answer.text)
    to = urljoin(answer.url, unescape(action[1])) if action else answer.url
    return browser.post(to, data=form, allow_redirects=False, timeout=10)


@contextmanager
def running():
    """The provider, which sends browsers back to the map of a test client, and where it is told to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Server(f"http://127.0.0.1:{port}")
    process = subprocess.Popen(
        [sys.executable, __file__, str(port)], env=_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=20)


def _environment() -> dict[str, str]:
    # The library on the provider's side otherwise wants https also on this computer.
    return {**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1", "PYTHONUTF8": "1"}


def _wait(server: Server, process: subprocess.Popen) -> None:
    for _ in range(300):
        assert process.poll() is None, "the provider stopped by itself"
        try:
            requests.get(f"{server.address}/.well-known/openid-configuration", timeout=5).raise_for_status()
            return
        except requests.RequestException:
            time.sleep(0.1)
    raise AssertionError("the provider never answered")


# ---- The program ---------------------------------------------------------------------------------------------------


def main(port: int) -> None:
    """Serve until stopped."""
    from canaille import create_app
    from joserfc.jwk import JWKRegistry
    from werkzeug.serving import make_server

    key = JWKRegistry.generate_key("RSA", 2048)
    key.ensure_kid()
    app = create_app(
        config={
            "SECRET_KEY": "provets egen",
            "PREFERRED_URL_SCHEME": "http",
            "SERVER_NAME": f"127.0.0.1:{port}",
            "CANAILLE": {"DATABASE": "memory", "JAVASCRIPT": False},
            "CANAILLE_OIDC": {"ACTIVE_JWKS": [key.as_dict(private=True)], "TRUSTED_DOMAINS": ["127.0.0.1"]},
        },
        env_file=None,
    )
    # An address counts as looked at, but for one person's.
    checked = "{% if user.user_name != 'oprovad' %}true{% endif %}"
    app.config["CANAILLE_OIDC"]["USERINFO_MAPPING"]["EMAIL_VERIFIED"] = checked
    _mend()
    with app.app_context():
        _fill_in()
    _take_orders(app)
    make_server("127.0.0.1", port, app, threaded=True).serve_forever()


def _mend() -> None:
    """Its store in memory finds what fits any of the things asked for, not all (0.3.6): the code of somebody else."""
    from canaille.backends.memory.backend import MemoryBackend, listify

    found = MemoryBackend.do_query

    def fits(model, one, wanted) -> bool:
        return all(
            set(model.serialize(listify(value))) & set(listify(one._state.get(name, [])))
            for name, value in wanted.items()
        )

    def query(self, model, *args, **wanted):
        return [one for one in found(self, model, *args, **wanted) if fits(model, one, wanted)]

    MemoryBackend.do_query = query


def _fill_in() -> None:
    from datetime import UTC, datetime

    from canaille.app import models
    from canaille.backends import Backend

    for name, mail in PEOPLE.items():
        person = models.User(
            user_name=name, formatted_name=name, family_name=name, emails=[mail], password=PASSWORD,
            secret_token=phone(name), last_otp_login=datetime.now(UTC),
        )  # fmt: skip
        Backend.instance.save(person)
    clients = [
        models.Client(
            client_id=name,
            client_secret=SECRET,
            client_name=name,
            client_uri="http://127.0.0.1",
            redirect_uris=[BACK],
            token_endpoint_auth_method="client_secret_basic",
            response_types=["code"],
            grant_types=["authorization_code"],
            scope=["openid", "profile", "email"],
        )  # fmt: skip
        for name in (CLIENT, STRANGE)
    ]
    for client in clients:
        Backend.instance.save(client)
        client.audience = [client]
        Backend.instance.save(client)


def _take_orders(app) -> None:
    from canaille.app import models
    from canaille.app.flask import csrf
    from canaille.backends import Backend
    from flask import request

    @app.post("/test/factors")
    @csrf.exempt
    def factors():
        app.config["CANAILLE"]["AUTHENTICATION_FACTORS"] = request.json["factors"]
        return ""

    @app.post("/test/back")
    @csrf.exempt
    def back():
        client = Backend.instance.get(models.Client, client_id=CLIENT)
        client.redirect_uris = [*client.redirect_uris, request.json["to"]]
        client.post_logout_redirect_uris = [*client.post_logout_redirect_uris, urljoin(request.json["to"], "/")]
        Backend.instance.save(client)
        return ""

    @app.post("/test/audience")
    @csrf.exempt
    def audience():
        client = Backend.instance.get(models.Client, client_id=CLIENT)
        client.audience = [Backend.instance.get(models.Client, client_id=request.json["of"])]
        Backend.instance.save(client)
        return ""


if __name__ == "__main__":
    main(int(sys.argv[1]))
