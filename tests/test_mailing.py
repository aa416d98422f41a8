"""E-mail through a real server: what arrives, and a clear no without an address in it for all that can go wrong."""

import socket
import ssl

import mail_server
import pytest

from samverkan_map import mailing
from samverkan_map.errors import MailTrouble

TO = "anna.almgren@exempel.se"
WORDS = "Hej!\n\nDet är åtgärdat.\n.\nHälsningar\n"


@pytest.fixture
def server():
    with mail_server.running() as server:
        yield server


@pytest.fixture
def secure(server, tmp_path, monkeypatch):
    """The same with encryption that this computer trusts, and a password."""
    made, key = mail_server.certificate(tmp_path)
    server.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.context.load_cert_chain(made, key)
    server.password = "hemligt"
    monkeypatch.setenv("SSL_CERT_FILE", str(made))
    return server


def send(settings, to=TO):
    mailing.send(settings, to, name="Samverkanskartan", subject="Din rapport till Vellinge", words=WORDS)


def trouble(act) -> str:
    with pytest.raises(MailTrouble) as no:
        act()
    chain, error = "", no.value
    while error is not None:
        chain, error = (
            f"{chain}{error!r}",
            error.__cause__ or (None if error.__suppress_context__ else error.__context__),
        )
    assert "anna" not in chain and "hemligt" not in chain, "neither address nor password goes on into a log"
    return no.value.key.removeprefix("mailing.errors.")


def test_a_message_arrives_whole_from_the_map_and_asks_for_no_automatic_answer(server):
    send(server.settings())
    ((to, message),) = server.sent
    assert (to, message["To"], message["From"]) == (TO, TO, "Samverkanskartan <karta@kommunen.example>")
    assert message["Subject"] == "Din rapport till Vellinge" and message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().replace("\r\n", "\n") == WORDS
    assert message["Date"] and message["Message-ID"].endswith("@kommunen.example>")


def test_encrypted_and_signed_in_it_arrives_and_a_wrong_password_or_an_unknown_certificate_is_told(secure, monkeypatch):
    known = {"user": "karta", "password": "hemligt"}
    send(secure.settings("smtp+starttls", **known))
    assert [to for to, _ in secure.sent] == [TO]
    mailing.reach(secure.settings("smtp+starttls", **known))
    wrong = secure.settings("smtp+starttls", user="karta", password="hemligt gissat")
    foreign = secure.settings("smtp+starttls", user="karta", password="hemligt å")
    for bad in (wrong, foreign):
        assert trouble(lambda: send(bad)) == trouble(lambda: mailing.reach(bad)) == "sign_in"  # noqa: B023
    assert trouble(lambda: send(secure.settings("smtp+starttls"))) == "not_taken"
    monkeypatch.delenv("SSL_CERT_FILE")
    assert trouble(lambda: send(secure.settings("smtp+starttls", **known))) == "unreachable"
    assert len(secure.sent) == 1


def test_what_the_server_cannot_or_will_not_is_told_apart(server):
    assert trouble(lambda: send(server.settings("smtp+starttls"))) == "not_supported"
    assert trouble(lambda: send(server.settings(user="karta", password="hemligt"))) == "not_supported"
    assert trouble(lambda: send(server.settings("smtps"))) == "unreachable"
    server.refused = "550 no such box"
    assert trouble(lambda: send(server.settings())) == "refused"
    server.refused = "451 later"
    assert trouble(lambda: send(server.settings())) == "later"
    assert server.sent == []


def test_a_server_that_is_gone_or_silent_holds_nobody_for_long(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    gone = mail_server.MailServer("smtp", "127.0.0.1", port, "karta@kommunen.example")
    assert trouble(lambda: send(gone)) == "unreachable"
    monkeypatch.setattr(mailing, "PATIENCE_SECONDS", 0.2)
    with mail_server.silent() as server:
        assert trouble(lambda: send(server)) == "unreachable"


@pytest.mark.parametrize(
    "words",
    ["", "anna", "anna@", "@exempel.se", "anna@exempel", "a b@exempel.se", "anna@exempel.se, bo@exempel.se",
     "anna@exempel.se\nBcc: alla@exempel.se", "anna@exempel..se", ".anna@exempel.se", "anna@-exempel.se",
     "<anna@exempel.se>", "anna@exempel.se>", "å@exempel.se", f"{'a' * 65}@exempel.se", f"a@{'a' * 64}.se",
     f"a@{'a.' * 130}se", "070-174 06 77", "anna\x00@exempel.se", "anna@[192.0.2.1]", '"anna"@exempel.se'],
)  # fmt: skip
def test_what_is_no_address_is_none(words):
    assert mailing.plain_address(words) == ""


def test_addresses_are_written_one_way():
    assert mailing.plain_address(" Anna+karta@Exempel.SE\n") == "Anna+karta@exempel.se"
