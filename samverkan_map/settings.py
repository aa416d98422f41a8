"""The only reader of the environment and of the settings file."""

from __future__ import annotations

import os
import re
import secrets
import tomllib
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from samverkan_map.errors import SetUpTrouble

ROOT = Path(__file__).resolve().parent.parent
"""The folder that holds `app.py`, `data/`, `static/` and `templates/`."""

NAMES = (
    "DATABASE_URL", "SECRET_KEY", "MUNICIPALITY", "BASEMAP", "BASEMAP_ATTRIBUTION", "PORT", "HOSTS", "PROXIES",
    "INSTANCE", "LANGUAGE", "SECOND_STEP", "SMTP", "MAIL_FROM", "OIDC_ISSUER", "OIDC_CLIENT", "OIDC_SECRET",
    "OIDC_SECRET_FILE", "OIDC_NAME", "OIDC_CLAIM", "OIDC_SECOND_STEP",
)  # fmt: skip
"""The settings: `SAMVERKAN_<NAME>` in the environment, or `<name>` in the file that `SAMVERKAN_CONFIG` names."""


MAIL_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
"""The ways to an e-mail server, and the usual port of each."""

LANGUAGES = ("sv", "en")
"""The languages that translations holds, which stands above this module; a test holds the two together."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""This computer itself, the only one with which secrets are spoken without encryption."""

USUAL_CLAIM = "email"

_CLAIM = re.compile(r"[A-Za-z][\w.:/-]{0,99}", re.ASCII)
_SENDER = re.compile(r"[\w.+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII)


@dataclass(frozen=True)
class MailServer:
    """The server that takes e-mail, how it is spoken to (one of `MAIL_PORTS`), and whom messages are from."""

    scheme: str
    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Provider:
    """The sign-in service of the municipality (OpenID Connect), and what it knows this program by."""

    issuer: str
    """Its address, letter by letter as the service itself says it."""
    client: str
    secret: str = field(repr=False)
    name: str
    """What its button is called."""
    claim: str = USUAL_CLAIM
    """The claim in which it says whom an account here is meant for, until the account is connected."""
    secret_file: Path | None = None
    always_two_steps: bool = False
    """Whether everybody signs in with two steps there, also when what it answers does not say so."""


@dataclass(frozen=True)
class Settings:
    """Everything that can be set from outside, read once at the door and handed down."""

    database_url: str
    municipality: Path
    instance: Path
    basemap: str = "builtin"
    basemap_attribution: str = ""
    port: int = 5000
    hosts: tuple[str, ...] = ()
    proxies: int = 0
    language: str = "sv"
    """What the command line speaks; each visitor of the pages chooses there."""
    second_step: bool = False
    """Whether planners, police and coordinators must have a second step to do anything but look after their account."""
    mail: MailServer | None = None
    """Without one, nobody who reports is asked for an address."""
    provider: Provider | None = None
    """Without one, everybody signs in with a password of this program."""
    secret_key: str = field(default="", repr=False)
    debug: bool = False
    """Whether Flask's own setting for developers is on, which shows strangers the inside of the program."""

    @property
    def address(self) -> str:
        """Where the map is found, as a message says it: by the first of its names, over https as shown to others."""
        named = next((name for name in self.hosts if "*" not in name), "")
        return f"https://{named}" if named else f"http://127.0.0.1:{self.port}"

    @property
    def embedded_file(self) -> Path | None:
        """The file of the embedded database, or None on PostGIS."""
        if not self.database_url.startswith("sqlite"):
            return None
        return Path(self.database_url.split(":///", 1)[1])


def read(environment: dict[str, str] | None = None, *, root: Path = ROOT) -> Settings:
    """Read the settings from `environment` (default: the process's) and from the file it names.

    Raises SetUpTrouble when the settings file cannot be read or a value makes no sense.
    """
    environment = dict(os.environ if environment is None else environment)
    values = _from_file(environment.get("SAMVERKAN_CONFIG"))
    values |= {name: environment[f"SAMVERKAN_{name}"] for name in NAMES if environment.get(f"SAMVERKAN_{name}")}
    instance = _folder(values.get("INSTANCE") or "instance", root)
    return Settings(
        database_url=_database_url(values.get("DATABASE_URL") or f"sqlite:///{instance / 'samverkan.sqlite'}"),
        municipality=_folder(values.get("MUNICIPALITY") or "data/vellinge", root),
        instance=instance,
        basemap=_basemap(values.get("BASEMAP") or "builtin"),
        basemap_attribution=values.get("BASEMAP_ATTRIBUTION", ""),
        port=_port(values.get("PORT") or "5000"),
        hosts=tuple(name.strip().lower() for name in values.get("HOSTS", "").split(",") if name.strip()),
        proxies=_proxies(values.get("PROXIES") or "0"),
        language=_language(values.get("LANGUAGE") or LANGUAGES[0]),
        second_step=_second_step(values.get("SECOND_STEP") or "no"),
        mail=_mail(values.get("SMTP", ""), values.get("MAIL_FROM", "")),
        provider=_provider(values),
        secret_key=values.get("SECRET_KEY", ""),
        debug=environment.get("FLASK_DEBUG", "0").lower() not in ("", "0", "false", "no"),
    )


def secret_key(settings: Settings) -> str:
    """The key that signs tokens: the set one, or one made once and kept in the instance folder for its owner only."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.instance / "secret_key"
    if not path.exists():
        settings.instance.mkdir(parents=True, exist_ok=True)
        # Two workers may start at once: the key comes whole under its name, and the second takes the first one's.
        part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(part)
        part.unlink()
    return path.read_text().strip()


def _from_file(name: str | None) -> dict[str, str]:
    if not name:
        return {}
    try:
        values = tomllib.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SetUpTrouble("setup.config_file", file=name) from error
    unknown = [key for key in values if key.upper() not in NAMES]
    if unknown:
        raise SetUpTrouble(
            "setup.config_unknown", file=name, name=unknown[0], known=", ".join(n.lower() for n in NAMES)
        )
    return {key.upper(): _as_text(value) for key, value in values.items()}


def _as_text(value: object) -> str:
    """A value of the file as the environment would hold it; a list has commas between."""
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _database_url(value: str) -> str:
    with suppress(ValueError):
        parts = urlsplit(value)
        # Between two and three slashes SQLite would have a server's name, and has no servers.
        embedded = parts.scheme == "sqlite" and value.startswith("sqlite:///")
        if (embedded or parts.scheme == "postgresql+psycopg") and parts.path.strip("/") and "://" in value:
            return value
    # Without the value itself: an address may hold a password.
    raise SetUpTrouble("setup.database_url")


def _folder(value: str, root: Path) -> Path:
    path = Path(value)
    return path if path.is_absolute() else root / path


def _basemap(value: str) -> str:
    kind, _, rest = value.partition(":")
    if value in ("builtin", "none") or (kind in ("pmtiles", "xyz") and rest):
        return value
    raise SetUpTrouble("setup.basemap", value=value)


def _proxies(value: str) -> int:
    if value in ("0", "1", "2", "3"):
        return int(value)
    raise SetUpTrouble("setup.proxies", value=value)


def _language(value: str) -> str:
    if value in LANGUAGES:
        return value
    raise SetUpTrouble("setup.language", value=value, known=", ".join(LANGUAGES))


def _second_step(value: str) -> bool:
    if value in ("no", "staff"):
        return value == "staff"
    raise SetUpTrouble("setup.second_step", value=value)


def _mail(value: str, sender: str) -> MailServer | None:
    if value in ("", "none"):
        return None
    if not _SENDER.fullmatch(sender):
        raise SetUpTrouble("setup.mail_from")
    with suppress(ValueError):
        parts = urlsplit(value)
        more = parts.path.strip("/") or parts.query or parts.fragment
        if parts.scheme in MAIL_PORTS and parts.hostname and not more:
            port = parts.port or MAIL_PORTS[parts.scheme]
            user, password = unquote(parts.username or ""), unquote(parts.password or "")
            return MailServer(parts.scheme, parts.hostname, port, sender, user, password)
    # Without the value itself, which may hold a password.
    raise SetUpTrouble("setup.smtp")


def _provider(values: dict[str, str]) -> Provider | None:
    issuer = values.get("OIDC_ISSUER", "")
    given = {name: values.get(f"OIDC_{name}", "").strip() for name in ("CLIENT", "NAME")}
    if issuer == "none" or not (issuer or any(name.startswith("OIDC_") for name in values)):
        return None
    file = values.get("OIDC_SECRET_FILE", "")
    secret = values.get("OIDC_SECRET", "") or _secret_in(file)
    needed = {"OIDC_ISSUER": issuer, "OIDC_CLIENT": given["CLIENT"], "OIDC_SECRET": secret, "OIDC_NAME": given["NAME"]}
    if missing := [f"SAMVERKAN_{name}" for name, value in needed.items() if not value]:
        raise SetUpTrouble("setup.oidc_half", missing=", ".join(missing))
    if not may_be_spoken_to(issuer) or urlsplit(issuer).query or urlsplit(issuer).fragment:
        raise SetUpTrouble("setup.oidc_issuer")
    claim, steps = values.get("OIDC_CLAIM") or USUAL_CLAIM, values.get("OIDC_SECOND_STEP") or "said"
    if not _CLAIM.fullmatch(claim):
        raise SetUpTrouble("setup.oidc_claim")
    if steps not in ("said", "always"):
        raise SetUpTrouble("setup.oidc_second_step", value=steps)
    kept = Path(file) if file else None
    return Provider(issuer, given["CLIENT"], secret, given["NAME"][:60], claim, kept, steps == "always")


def may_be_spoken_to(address: str) -> bool:
    """Whether secrets may be sent to an address: encrypted, or on this computer.

    >>> [may_be_spoken_to(one) for one in ("https://id.example.se", "http://127.0.0.1:8", "http://id.example.se")]
    [True, True, False]
    """
    with suppress(ValueError):
        parts = urlsplit(address)
        here = parts.scheme == "http" and parts.hostname in LOOPBACK
        return (here or parts.scheme == "https") and bool(parts.hostname) and "@" not in parts.netloc
    return False


def _secret_in(file: str) -> str:
    """The secret that stands alone in a file; "" without one. No sentence holds what stands there."""
    if not file:
        return ""
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SetUpTrouble("setup.oidc_secret_file", file=file) from error


def _port(value: str) -> int:
    if value.isascii() and value.isdigit() and 0 < int(value) < 65536:
        return int(value)
    raise SetUpTrouble("setup.port", value=value)
