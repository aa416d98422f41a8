"""Random requests of every kind as every role: always an answer, never a fault of ours, never a trace."""

import random
import time

import pytest

from samverkan_map.question import NAMES
from samverkan_map.vocabulary import Layer, Role

ODD = [
    "", "0", "-1", "1", "999999999999", "1e9", "NaN", "inf", "null", "true", "åäö", "😀", "\x00", "\n", "%00", "../..",
    "' OR 1=1 --", "<script>alert(1)</script>", "{{7*7}}", "${7*7}", "a" * 5000, "２０２５", "2025-02-30", "2025-01",
    "12.8,55.3,13.2,55.6", "13,55,12,56", "0,0,0,0", "22-02", "24-24", "problem", "problem,,traffic", "hollviken",
    "fortkorning", "trygga-unga.problem", "publik", "tabell", "places.1", "places.99999999", "karta.places", "[]", "{}",
    "0001-01-01", "9999-12", "0001-01", "9" * 20, "problem." + "9" * 20,
]  # fmt: skip
NUMBERS = ["1", "2", "0", "-1", "99999999", str(2**31 - 1), str(2**31), "9" * 20]
NAMES_TOO = (*NAMES, "som", "visa", "z", "plats", "kring", "objekt", "storlek", "till", "action", "nonsense", "from[]")
OWN_ANSWERS = {200, 301, 302, 303, 304, 308, 400, 401, 403, 404, 405, 408, 409, 410, 413, 414, 415, 422, 429}
SLOWEST_SECONDS = 30


def addresses(app, chance):
    """A random address of the program, its variable parts filled with something odd or something there."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    rule = chance.choice(rules)
    path = rule.rule
    for name in sorted(rule.arguments):
        odd = chance.choice(
            [
                "1",
                "2",
                "99999999",
                "9" * 20,
                str(2**31),
                str(2**31 - 1),
                "0",
                *Layer,
                "roads",
                "sv",
                "x",
                "%C3%A5",
                "a.b",
                "-1",
            ]
        )
        for kind in ("int:", ""):
            path = path.replace(f"<{kind}{name}>", odd)
    return path, chance.choice(sorted(rule.methods - {"OPTIONS"}))


def a_request(chance):
    """Random filters, form fields and headers."""
    query = {chance.choice(NAMES_TOO): chance.choice(ODD) for _ in range(chance.randint(0, 4))}
    headers = chance.choice(
        [{}, {"Accept-Encoding": "gzip"}, {"Cookie": "sid=sv.åäö"}, {"If-None-Match": '"x"'}, {"Range": "bytes=0-9"}]
    )
    form = {chance.choice(["username", "role", "csrf_token", "name"]): chance.choice(ODD) for _ in range(2)}
    return query, headers, form


def fuzz(world, number, seed):
    """Send so many requests; gives how many were answered with what."""
    chance = random.Random(seed)
    clients = [(role, world.client(role)) for role in Role]
    seen = {}
    for turn in range(number):
        role, client = chance.choice(clients)
        path, method = addresses(world.app, chance)
        query, headers, form = a_request(chance)
        data = {"data": form} if method not in ("GET", "HEAD") else {}
        begun = time.perf_counter()
        answer = client.open(path, method=method, query_string=query, headers=headers, **data)
        body = answer.get_data()
        said = f"seed {seed}, turn {turn}: {method} {path} {query} as {role}: {answer.status_code}"
        assert answer.status_code in OWN_ANSWERS, said
        assert b"Traceback" not in body and b"sqlalchemy" not in body, said
        assert time.perf_counter() - begun < SLOWEST_SECONDS, said
        seen[answer.status_code] = seen.get(answer.status_code, 0) + 1
    return seen


def test_a_thousand_random_requests_are_all_answered(world):
    seen = fuzz(world, 1_000, seed=20261123)
    assert {200, 400, 403, 404} <= set(seen), "the requests must reach all kinds of answers to prove something"


@pytest.mark.long
def test_a_hundred_thousand_random_requests_are_all_answered(world):
    fuzz(world, 100_000, seed=random.randrange(10**9))
