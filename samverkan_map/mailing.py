"""E-mail through the server that the settings name. No sentence of a refusal, and no log, holds an address."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from functools import partial

from samverkan_map.errors import MailTrouble
from samverkan_map.settings import MailServer

PATIENCE_SECONDS = 10
REFUSED = "mailing.errors.refused"
"""The trouble that lies in the address, so that trying again helps nobody."""

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_ADDRESS = re.compile(rf"(?=.{{3,254}}\Z)(?P<local>(?=.{{1,64}}@){_LOCAL})@(?P<domain>(?:{_LABEL}\.)+{_LABEL})")


def plain_address(words: str) -> str:
    """An address as servers write it, the part after @ in small ASCII letters; "" for what is none.

    >>> plain_address(" Anna.Ek@Skånemejl.se "), plain_address("anna@mejl"), plain_address("a@b.se, c@d.se")
    ('Anna.Ek@xn--sknemejl-b0a.se', '', '')
    """
    found = _ADDRESS.fullmatch(words.strip())
    if found is None:
        return ""
    with suppress(UnicodeError):
        return f"{found['local']}@{found['domain'].encode('idna').decode().lower()}"
    return ""


def send(server: MailServer, to: str, *, name: str, subject: str, words: str) -> None:
    """Send one message in plain words to an address, from `name`. Raises MailTrouble (`REFUSED` for the address)."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(display_name=name, addr_spec=server.sender)
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=_domain(server))
    # Holiday answers to a machine would go round.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(words)
    with _connected(server) as client:
        client.send_message(message, from_addr=server.sender, to_addrs=[to])


def reach(server: MailServer) -> None:
    """Go all the way but for the message: connect, encrypt and sign in as the settings say. Raises MailTrouble."""
    with _connected(server) as client:
        client.noop()


@contextmanager
def _connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    trouble = ""
    try:
        with _opened(server) as client:
            if server.scheme == "smtp+starttls":
                client.starttls(context=ssl.create_default_context())
            if server.user:
                client.login(server.user, server.password)
            yield client
    except smtplib.SMTPRecipientsRefused as no:
        lasting = all(code >= 500 for code, _ in no.recipients.values())
        trouble = REFUSED if lasting else "mailing.errors.later"
    except (smtplib.SMTPAuthenticationError, UnicodeError):
        # The library signs in with ASCII letters only.
        trouble = "mailing.errors.sign_in"
    except smtplib.SMTPNotSupportedError:
        trouble = "mailing.errors.not_supported"
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError):
        trouble = "mailing.errors.not_taken"
    except (smtplib.SMTPException, OSError):
        trouble = "mailing.errors.unreachable"
    if trouble:
        # A refusal that told what it came from would tell the address, which stands in the library's own.
        raise MailTrouble(trouble, host=server.host, port=server.port) from None


def _opened(server: MailServer) -> smtplib.SMTP:
    # By a name of one's own, since the library would otherwise ask the network what this computer is called.
    kind = partial(smtplib.SMTP_SSL, context=ssl.create_default_context()) if server.scheme == "smtps" else smtplib.SMTP
    return kind(server.host, server.port, local_hostname=_domain(server), timeout=PATIENCE_SECONDS)


def _domain(server: MailServer) -> str:
    return server.sender.rpartition("@")[2]
