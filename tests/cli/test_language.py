"""The command line speaks Swedish or English, and says everything in both."""

import click
from command_line import Samverkan, a_csv, rows

from samverkan_map import settings
from samverkan_map.cli import commands
from samverkan_map.translations import LANGUAGES, catalogue


def _walked(command, path=()):
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from _walked(command.get_command(context, name), (*path, name))


def test_every_command_and_option_says_what_it_is_by_the_translations():
    words = {str(value) for value in catalogue("sv").values()}
    for path, command in _walked(commands):
        said = {" ".join(path): command.help}
        said |= {f"{path} {one.name}": one.help for one in command.params if isinstance(one, click.Option)}
        assert {name: text for name, text in said.items() if text not in words} == {}


def test_the_setting_knows_the_languages_there_are():
    assert settings.LANGUAGES == LANGUAGES


def test_in_english_help_result_refusal_and_reasons_are_english(embedded, tmp_path):
    english = Samverkan(tmp_path, embedded.url, SAMVERKAN_LANGUAGE="en")
    shown = english.alone("import", "reports", "--help").out
    assert shown.startswith("Usage: samverkan import reports [OPTIONS] FILE\n\n  Takes in reports from FILE")
    file = a_csv(tmp_path, [*rows(2), ["x1", "Drakar", "2025-02-03", "12.955", "55.415", ""]])
    said = english.alone("import", "reports", file, "--source", "medborgarrapport")
    assert (said.code, "Read 3, accepted 2" in said.out) == (3, True)
    assert "unknown" in said.err and not set("åäöÅÄÖ") & set(said.err)
