"""Settings: from the environment or a file, and a sentence for each that makes no sense."""

import multiprocessing
import time

import pytest

from samverkan_map import settings
from samverkan_map.errors import SetUpTrouble

PROVIDER = {
    "SAMVERKAN_OIDC_ISSUER": "https://id.kommunen.se", "SAMVERKAN_OIDC_CLIENT": "kartan",
    "SAMVERKAN_OIDC_SECRET": "hemligt", "SAMVERKAN_OIDC_NAME": "Kommunen",
}  # fmt: skip


def test_without_settings_everything_is_embedded_and_vellinge(tmp_path):
    found = settings.read({}, root=tmp_path)
    assert found.database_url == f"sqlite:///{tmp_path / 'instance' / 'samverkan.sqlite'}"
    assert found.embedded_file == tmp_path / "instance" / "samverkan.sqlite"
    assert (found.municipality, found.basemap, found.port) == (tmp_path / "data/vellinge", "builtin", 5000)
    assert (found.hosts, found.proxies) == ((), 0)


def test_the_environment_wins_over_the_file(tmp_path):
    file = tmp_path / "samverkan.toml"
    file.write_text('port = 6000\nbasemap = "none"\nhosts = "karta.vellinge.se, samverkan.example"\n', encoding="utf-8")
    found = settings.read({"SAMVERKAN_CONFIG": str(file), "SAMVERKAN_PORT": "7000"})
    assert (found.port, found.basemap) == (7000, "none")
    assert found.hosts == ("karta.vellinge.se", "samverkan.example")


@pytest.mark.parametrize(
    ("environment", "key"),
    [
        ({"SAMVERKAN_PORT": "80a"}, "setup.port"),
        ({"SAMVERKAN_PORT": "70000"}, "setup.port"),
        ({"SAMVERKAN_PORT": "８０"}, "setup.port"),
        ({"SAMVERKAN_BASEMAP": "osm"}, "setup.basemap"),
        ({"SAMVERKAN_BASEMAP": "xyz:"}, "setup.basemap"),
        ({"SAMVERKAN_LANGUAGE": "no"}, "setup.language"),
        ({"SAMVERKAN_PROXIES": "many"}, "setup.proxies"),
        ({"SAMVERKAN_DATABASE_URL": "sqlite://"}, "setup.database_url"),
        ({"SAMVERKAN_DATABASE_URL": "sqlite://mapp/karta.sqlite"}, "setup.database_url"),
        ({"SAMVERKAN_DATABASE_URL": "mysql://anna:hemligt@server/namn"}, "setup.database_url"),
        ({"SAMVERKAN_SMTP": "mejl.kommunen.se", "SAMVERKAN_MAIL_FROM": "karta@kommunen.se"}, "setup.smtp"),
        ({"SAMVERKAN_SMTP": "smtp://mejl:x", "SAMVERKAN_MAIL_FROM": "karta@kommunen.se"}, "setup.smtp"),
        ({"SAMVERKAN_SMTP": "smtp://mejl.kommunen.se/x", "SAMVERKAN_MAIL_FROM": "karta@kommunen.se"}, "setup.smtp"),
        ({"SAMVERKAN_SMTP": "smtp://mejl.kommunen.se"}, "setup.mail_from"),
        ({"SAMVERKAN_SMTP": "smtp://mejl.kommunen.se", "SAMVERKAN_MAIL_FROM": "Kartan <k@k.se>"}, "setup.mail_from"),
        ({"SAMVERKAN_OIDC_ISSUER": "https://id.kommunen.se"}, "setup.oidc_half"),
        ({"SAMVERKAN_OIDC_SECRET": "hemligt"}, "setup.oidc_half"),
        (PROVIDER | {"SAMVERKAN_OIDC_NAME": " "}, "setup.oidc_half"),
        (PROVIDER | {"SAMVERKAN_OIDC_ISSUER": "http://id.kommunen.se"}, "setup.oidc_issuer"),
        (PROVIDER | {"SAMVERKAN_OIDC_ISSUER": "http://127.0.0.1.evil.example"}, "setup.oidc_issuer"),
        (PROVIDER | {"SAMVERKAN_OIDC_ISSUER": "http://127.0.0.1@evil.example"}, "setup.oidc_issuer"),
        (PROVIDER | {"SAMVERKAN_OIDC_ISSUER": "https://id.kommunen.se?a=b"}, "setup.oidc_issuer"),
        (PROVIDER | {"SAMVERKAN_OIDC_CLAIM": "e mail"}, "setup.oidc_claim"),
        (PROVIDER | {"SAMVERKAN_OIDC_SECOND_STEP": "yes"}, "setup.oidc_second_step"),
        (
            PROVIDER | {"SAMVERKAN_OIDC_SECRET": "", "SAMVERKAN_OIDC_SECRET_FILE": "/finns/inte"},
            "setup.oidc_secret_file",
        ),
        ({"SAMVERKAN_CONFIG": "/finns/inte.toml"}, "setup.config_file"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(environment, key):
    with pytest.raises(SetUpTrouble) as no:
        settings.read(environment)
    assert no.value.key == key


def test_an_unknown_line_in_the_file_is_named(tmp_path):
    file = tmp_path / "samverkan.toml"
    file.write_text("prot = 5000\n", encoding="utf-8")
    with pytest.raises(SetUpTrouble) as no:
        settings.read({"SAMVERKAN_CONFIG": str(file)})
    assert (no.value.key, no.value.fields["name"]) == ("setup.config_unknown", "prot")


def test_the_secret_key_is_made_once_for_its_owner_only(tmp_path):
    found = settings.read({"SAMVERKAN_INSTANCE": str(tmp_path)})
    key = settings.secret_key(found)
    assert len(key) == 64
    assert settings.secret_key(found) == key
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_the_hosts_may_stand_as_a_list_in_the_file(tmp_path):
    file = tmp_path / "samverkan.toml"
    file.write_text('hosts = ["karta.vellinge.se", "Samverkan.example"]\n', encoding="utf-8")
    assert settings.read({"SAMVERKAN_CONFIG": str(file)}).hosts == ("karta.vellinge.se", "samverkan.example")


def _key_of(folder, answers):
    answers.put(settings.secret_key(settings.read({"SAMVERKAN_INSTANCE": str(folder)})))


def test_processes_that_start_at_once_all_get_the_same_whole_key(tmp_path, monkeypatch):
    def slowly(number, made=settings.secrets.token_hex):
        time.sleep(0.05)
        return made(number)

    monkeypatch.setattr(settings.secrets, "token_hex", slowly)
    context = multiprocessing.get_context("fork")
    for number in range(4):
        folder, answers = tmp_path / str(number), context.Queue()
        starters = [context.Process(target=_key_of, args=(folder, answers)) for _ in range(4)]
        for starter in starters:
            starter.start()
        keys = {answers.get(timeout=30) for _ in starters}
        for starter in starters:
            starter.join()
        assert len(keys) == 1 and len(keys.pop()) == 64
        assert [path.name for path in folder.iterdir()] == ["secret_key"]


def test_an_email_server_is_read_from_its_address_and_its_password_is_never_told():
    address = "smtp+starttls://karta:hemligt%40ord@mejl.kommunen.se"
    found = settings.read({"SAMVERKAN_SMTP": address, "SAMVERKAN_MAIL_FROM": "karta@kommunen.se"})
    mail = found.mail
    assert (mail.scheme, mail.host, mail.port, mail.user, mail.password) == (
        "smtp+starttls", "mejl.kommunen.se", 587, "karta", "hemligt@ord"
    )  # fmt: skip
    assert "hemligt" not in repr(found)
    assert settings.read({"SAMVERKAN_SMTP": "none"}).mail is None is settings.read({}).mail


def test_a_sign_in_service_is_read_and_its_secret_may_stand_in_a_file_and_is_never_told(tmp_path):
    file = tmp_path / "hemligheten"
    file.write_text("hemligt ur filen\n", encoding="utf-8")
    given = {**PROVIDER, "SAMVERKAN_OIDC_SECRET": "", "SAMVERKAN_OIDC_SECRET_FILE": str(file)}
    found = settings.read(given | {"SAMVERKAN_OIDC_CLAIM": "upn", "SAMVERKAN_OIDC_SECOND_STEP": "always"})
    assert (found.provider.secret, found.provider.claim) == ("hemligt ur filen", "upn")
    assert found.provider.always_two_steps and not settings.read(PROVIDER).provider.always_two_steps
    assert "hemligt" not in repr(found) + repr(settings.read(PROVIDER))
    assert settings.read(PROVIDER | {"SAMVERKAN_OIDC_ISSUER": "none"}).provider is None is settings.read({}).provider


def test_a_message_says_where_the_map_is_found():
    assert settings.read({"SAMVERKAN_PORT": "7000"}).address == "http://127.0.0.1:7000"
    assert settings.read({"SAMVERKAN_HOSTS": "*.inne.se, karta.kommunen.se"}).address == "https://karta.kommunen.se"
