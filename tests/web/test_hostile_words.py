"""Script in every text field of every form stays words in a real browser, on every page that shows it."""

import re
import threading

import pytest
from form_fields import NAMED, NUMBERS
from web.test_grants import GETS
from web.test_screened import SHAPED, forms_of
from werkzeug.serving import make_server

pytestmark = pytest.mark.browser

HOSTILE = "Ord\"'><img src=x onerror=alert(1)><script>window.hit=1</script>{{7*7}}"
MARK = re.compile(r"window\.hit")


def filled(form, number):
    """The form with script in every text field that takes words, each time a little different."""
    sent = form.filled()
    for name in form.texts:
        if name not in NUMBERS | SHAPED | set(NAMED):
            sent[name] = f"{HOSTILE} {number}"
    sent.pop("csrf_token", None)
    sent.pop("form_key", None)
    return sent


def fill_everything(world, client):
    """Send every form with script in it; gives how many were taken."""
    taken = set()
    found = [one for one in forms_of(client, world.app) if not one[0].startswith("/konto")]
    for number, (address, form) in enumerate(found):
        answer = world.post(client, address, **filled(form, number))
        taken |= {address} if answer.status_code == 303 else set()
    return taken


def pages_with_it(client):
    """Of each kind of page the one that holds the words most often, found by following links from all pages."""
    waiting, seen, holding = list(reversed(GETS)), {}, {}
    while waiting:
        address = waiting.pop().partition("?")[0]
        kind = re.sub(r"\d+", "0", address)
        if address in seen.setdefault(kind, set()) or len(seen[kind]) == 3:
            continue
        seen[kind].add(address)
        answer = client.get(address)
        if answer.status_code != 200 or answer.mimetype != "text/html" or "Content-Disposition" in answer.headers:
            continue
        if times := len(MARK.findall(answer.text)):
            holding[kind] = max(holding.get(kind, (0, "")), (times, address))
        waiting += re.findall(r'href="(/[^"#?]*/\d+[^"#?]*)', answer.text)
    return [address for _, address in holding.values()]


def test_script_in_every_text_field_runs_nothing_anywhere(world, chromium):
    client = world.client("samordnare")
    taken = fill_everything(world, client)
    assert len(taken) > 20, taken
    pages = pages_with_it(client)
    assert len(pages) > 20, pages
    server = make_server("127.0.0.1", 0, world.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    context = chromium.new_context()
    try:
        root = f"http://127.0.0.1:{server.server_port}"
        context.add_cookies([{"name": "sid", "value": client.get_cookie("sid").value, "url": root}])
        page, ran = context.new_page(), []
        page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda said: ran.append(said.text) if "Content Security Policy" in said.text else None)
        for address in pages:
            page.goto(root + address)
            if page.evaluate("window.hit || document.querySelectorAll('img[src=x]').length"):
                ran.append(address)
        assert ran == []
    finally:
        context.close()
        server.shutdown()
        thread.join()
