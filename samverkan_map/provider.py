"""The sign-in service that the settings name, spoken to by OpenID Connect: the way there, and who has come back.

What it answers is believed only when its own keys have signed it, for this program, now, and for the question that this
browser asked. No token outlives the call, and no sentence of a refusal, and no log, holds one.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from samverkan_map.errors import ProviderTrouble, SignInNeeded
from samverkan_map.settings import Provider, may_be_spoken_to

PATIENCE_SECONDS = 5
"""So long a call waits for the service to be there, and to go on speaking."""

LONGEST_SECONDS = 10
MOST_BYTES = 512 * 1024
KEPT_SECONDS = 3600
"""So long it is remembered where the service has its doors and which keys are its own."""

DOWN_SECONDS = 10
"""So long nobody waits again for a service that was not there: all who wait would hold up the map."""

SLACK_SECONDS = 60
"""Two computers' clocks may differ by so much."""

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
"""Signatures that only the service can make: nothing unsigned, and nothing signed with the secret both of us know."""

TWO_STEPS = "mfa"
STRONG = frozenset(f"http://id.elegnamnden.se/loa/1.0/loa{level}" for level in (3, 4))
"""What Swedish e-identification calls a sign-in with two steps."""

_PLAIN = re.compile(r"[!-~]{1,254}")


@dataclass(frozen=True)
class Known:
    """Somebody as the service knows them: by `issuer` and `subject` for good, `called` so until then ("" for no name
    that it vouches for); and whether it has asked for a second step."""

    issuer: str
    subject: str
    called: str
    two_steps: bool


@dataclass(frozen=True)
class Question:
    """What one browser is sent away with, and must come back with: nobody else knows the verifier."""

    state: str
    nonce: str
    verifier: str
    back: str
    """The address here to come back to."""


@dataclass(frozen=True)
class _Service:
    doors: Mapping[str, Any]
    keys: Any
    until: float


_KEPT: dict[str, _Service] = {}
_DOWN: dict[str, float] = {}


def plain(words: str, claim: str) -> str:
    """A name of the service's as it is compared, "" for what can be none: small letters, but for a `sub` as it stands.

    >>> plain(" Anna.Ek@Kommunen.se ", "email"), plain("aB3", "sub"), plain("Anna Ek", "upn"), plain("\\u212ai", "upn")
    ('anna.ek@kommunen.se', 'aB3', '', '')
    """
    # Letters beyond ASCII have look-alikes that become the same when made small.
    found = words.strip() if _PLAIN.fullmatch(words.strip()) else ""
    return found if claim == "sub" else found.lower()


def way_there(chosen: Provider, question: Question) -> str:
    """The address at the service that a browser is sent to. Raises ProviderTrouble."""
    with _troubles(chosen):
        service = _service(chosen)
        with _line(chosen, service, question) as line:
            address, _ = line.create_authorization_url(
                service.doors["authorization_endpoint"], state=question.state, nonce=question.nonce,
                code_verifier=question.verifier,
            )  # fmt: skip
        return str(address)


def who_came(chosen: Provider, question: Question, code: str) -> Known:
    """Who has come back with a code, which the service takes once.

    Raises SignInNeeded when it does not know the code, ProviderTrouble when it is silent or is not to be believed.
    """
    with _troubles(chosen):
        service = _service(chosen)
        with _line(chosen, service, question) as line:
            token = line.fetch_token(
                service.doors["token_endpoint"], grant_type="authorization_code", code=code,
                code_verifier=question.verifier,
            )  # fmt: skip
            claims = _believed(chosen, token, question.nonce)
            called = _called(chosen, claims) or _called(chosen, _more(line, service, claims))
        amr = claims.get("amr") or []
        two_steps = chosen.always_two_steps or TWO_STEPS in amr or claims.get("acr") in STRONG
        return Known(chosen.issuer, claims["sub"], called, two_steps)


def way_out(chosen: Provider, back: str) -> str:
    """The address at the service where one's session there ends, and that leads `back`; "" when it has none.

    Raises ProviderTrouble.
    """
    from authlib.common.urls import add_params_to_uri

    with _troubles(chosen):
        if not (door := _service(chosen).doors.get("end_session_endpoint")):
            return ""
        _check_door(chosen, door)
        return str(add_params_to_uri(door, [("client_id", chosen.client), ("post_logout_redirect_uri", back)]))


def reach(chosen: Provider) -> None:
    """Ask the service where its doors are and for its keys, anew. Raises ProviderTrouble."""
    _DOWN.pop(chosen.issuer, None)
    with _troubles(chosen):
        _service(chosen, anew=True)


@contextmanager
def _troubles(chosen: Provider) -> Iterator[None]:
    """Makes every fault on the way one of a few sentences, with the name of the error in `why`; what the service said
    may hold a token and goes nowhere."""
    from authlib.common.errors import AuthlibBaseError
    from authlib.integrations.base_client import OAuthError
    from joserfc.errors import JoseError
    from requests import HTTPError, RequestException
    from requests.exceptions import InvalidJSONError

    key = why = ""
    try:
        if time.monotonic() < _DOWN.get(chosen.issuer, 0):
            raise ConnectionError
        yield
    except OAuthError as no:
        if no.error != "invalid_client":
            raise SignInNeeded("provider.errors.not_confirmed", name=chosen.name) from None
        key = "provider.errors.client"
    except (AuthlibBaseError, JoseError, InvalidJSONError, ValueError, KeyError, TypeError, AttributeError) as error:
        # `requests` calls what is no JSON a failed request, too; a service that speaks nonsense is there.
        key, why = "provider.errors.not_believed", type(error).__name__
    except (RequestException, OSError) as error:
        key, why = "provider.errors.unreachable", type(error).__name__
        if isinstance(error, RequestException) and not isinstance(error, HTTPError):
            _DOWN[chosen.issuer] = time.monotonic() + DOWN_SECONDS
    if key:
        raise ProviderTrouble(key, name=chosen.name, issuer=chosen.issuer, why=why) from None


def _service(chosen: Provider, *, anew: bool = False) -> _Service:
    """Its doors and keys, remembered for a while. Raises ValueError when it says that it is another one."""
    kept = _KEPT.get(chosen.issuer)
    if kept and time.monotonic() < kept.until and not anew:
        return kept
    from joserfc.jwk import KeySet

    with _line(chosen) as line:
        doors = line.get(f"{chosen.issuer.rstrip('/')}/.well-known/openid-configuration", withhold_token=True)
        doors.raise_for_status()
        found = doors.json()
        if found["issuer"] != chosen.issuer:
            raise ValueError("another issuer")
        for door in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"):
            _check_door(chosen, found.get(door, chosen.issuer if door == "userinfo_endpoint" else ""))
        keys = line.get(found["jwks_uri"], withhold_token=True)
        keys.raise_for_status()
        _KEPT[chosen.issuer] = _Service(found, KeySet.import_key_set(keys.json()), time.monotonic() + KEPT_SECONDS)
    return _KEPT[chosen.issuer]


def _check_door(chosen: Provider, address: str) -> None:
    """A service that is spoken to in secret leads nowhere in the open. Raises ValueError."""
    if not may_be_spoken_to(address) or not address.startswith((chosen.issuer.partition("://")[0], "https")):
        raise ValueError("an open door")


def _line(chosen: Provider, service: _Service | None = None, question: Question | None = None) -> Any:
    """A line to the service. None of its calls waits long, goes on to another address or reads without an end."""
    from authlib.integrations.requests_client import OAuth2Session

    class Line(OAuth2Session):
        def request(self, method, url, withhold_token=False, auth=None, **more):
            more |= {"timeout": PATIENCE_SECONDS, "allow_redirects": False, "stream": True}
            more["hooks"] = {"response": _read_to_an_end}
            return super().request(method, url, withhold_token, auth, **more)

    ways = service.doors.get("token_endpoint_auth_methods_supported") if service else None
    way = "client_secret_basic" if not ways or "client_secret_basic" in ways else "client_secret_post"
    return Line(
        chosen.client, chosen.secret, token_endpoint_auth_method=way, code_challenge_method="S256",
        scope=_scope(chosen), redirect_uri=question.back if question else None,
    )  # fmt: skip


def _scope(chosen: Provider) -> str:
    return {"sub": "openid", "email": "openid email"}.get(chosen.claim, "openid profile email")


def _read_to_an_end(answer: Any, *_: Any, **__: Any) -> Any:
    """Read an answer whole, unless it goes on for too long. Raises ValueError."""
    began, pieces, size = time.monotonic(), [], 0
    for piece in answer.iter_content(16 * 1024):
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES or time.monotonic() - began > LONGEST_SECONDS:
            answer.close()
            raise ValueError("an answer without an end")
    answer._content, answer._content_consumed = b"".join(pieces), True
    return answer


def _believed(chosen: Provider, token: Mapping[str, Any], nonce: str) -> Any:
    """What the signed answer claims, once signature, issuer, recipient, time and question are right.

    Raises JoseError, ValueError, KeyError.
    """
    from authlib.oidc.core import CodeIDToken

    read = _unsealed(chosen, token["id_token"])
    rules = {"iss": {"essential": True, "value": chosen.issuer}, "aud": {"essential": True, "value": chosen.client}}
    asked = {"nonce": nonce, "client_id": chosen.client, "access_token": token.get("access_token")}
    claims = CodeIDToken(read.claims, read.header, rules, asked)
    claims.validate(leeway=SLACK_SECONDS)
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise ValueError("no subject")
    return claims


def _unsealed(chosen: Provider, sealed: str) -> Any:
    """The answer read with the service's keys, which it may have changed since they were last asked for."""
    from joserfc import jwt
    from joserfc.errors import InvalidKeyIdError
    from joserfc.jws import JWSRegistry

    registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    try:
        return jwt.decode(sealed, _service(chosen).keys, registry=registry)
    except InvalidKeyIdError:
        return jwt.decode(sealed, _service(chosen, anew=True).keys, registry=registry)


def _called(chosen: Provider, claims: Mapping[str, Any]) -> str:
    """What somebody is called in the chosen claim; an e-mail address that nobody has checked is nobody's."""
    value = claims.get(chosen.claim)
    vouched = chosen.claim != "email" or claims.get("email_verified") in (True, "true")
    return plain(value, chosen.claim) if vouched and isinstance(value, str) else ""


def _more(line: Any, service: _Service, claims: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the service tells of the same person when it is asked; nothing when that is somebody else."""
    if not (door := service.doors.get("userinfo_endpoint")):
        return {}
    answer = line.get(door)
    if answer.status_code != 200 or "json" not in answer.headers.get("Content-Type", ""):
        return {}
    told = answer.json()
    return told if told.get("sub") == claims["sub"] else {}
