"""The commands and options of click, with their help in the language of the settings.

What a command says of itself stands under `cli.commands` by the name of its function, and what an option says under
`cli.options` by its parameter, or under the function and the parameter where two commands say it differently.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from typing import Any

import click

from samverkan_map.cli.saying import LANGUAGE, sentence
from samverkan_map.translations import catalogue


class Option(click.Option):
    """An option whose kind of value, default and demand are said in the language of the settings."""

    def make_metavar(self, ctx: click.Context) -> str:
        """What stands for the value: TEXT, HELTAL, FIL, or the choices there are."""
        if self.metavar is None and self.type.name in _VALUES:
            return sentence(_VALUES[self.type.name])
        return super().make_metavar(ctx)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The line of the option: its names, then its help with what else is to be known of it."""
        found = super().get_help_record(ctx)
        if found is None:
            return None
        extra = self.get_help_extra(ctx)
        said = [sentence("cli.help.default", value=extra["default"])] if "default" in extra else []
        said += [extra["range"].replace("<=x<=", "–")] if "range" in extra else []
        said += [sentence("cli.help.required")] if "required" in extra else []
        return found[0], f"{self.help or ''}{'  [' + '; '.join(said) + ']' if said else ''}".strip()


_VALUES = {
    "text": "cli.help.text", "integer": "cli.help.number", "integer range": "cli.help.number", "path": "cli.help.file",
    "file": "cli.help.file",
}  # fmt: skip


def _said(key: str) -> str | None:
    return sentence(f"cli.{key}") if f"cli.{key}" in catalogue(LANGUAGE) else None


class Command(click.Command):
    """A command whose help is in the language of the settings."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"options_metavar": sentence("cli.help.options_metavar"), **options})
        function = self.callback.__name__ if self.callback else ""
        self.help = _said(f"commands.{function}") or self.help
        for param in self.params:
            if isinstance(param, click.Option) and not param.help:
                param.help = _said(f"options.{function}.{param.name}") or _said(f"options.{param.name}")

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """How the command is written."""
        prefix = f"{sentence('cli.help.usage')} "
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix=prefix)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options under their heading."""
        records = [param.get_help_record(ctx) for param in self.get_params(ctx) if isinstance(param, click.Option)]
        if found := [one for one in records if one]:
            with formatter.section(sentence("cli.help.options")):
                formatter.write_dl(found)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option that shows the help."""
        option = super().get_help_option(ctx)
        if option:
            option.help = sentence("cli.help.help")
        return option


class Group(Command, click.Group):
    """A group of commands whose help is in the language of the settings."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"subcommand_metavar": sentence("cli.help.command_metavar"), **options})

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, then the commands."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands under their heading, each with its first sentence."""
        names = self.list_commands(ctx)
        rows = [(name, command.get_short_help_str(80)) for name in names if (command := self.get_command(ctx, name))]
        with formatter.section(sentence("cli.help.commands")):
            formatter.write_dl(rows)


class Late(Group):
    """A group whose commands stand in modules that are read when a command is asked for.

    `modules` holds each command's name and the module whose `COMMANDS` it is one of.
    """

    def __init__(self, *arguments: Any, modules: Mapping[str, str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands, in the order of the alphabet."""
        return sorted(self.modules)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of a name, or None."""
        if name not in self.modules:
            return None
        return next(one for one in import_module(self.modules[name]).COMMANDS if one.name == name)


command: Callable[..., Any] = partial(click.command, cls=Command)


def group(*arguments: Any, cls: type[Group] = Group, **options: Any) -> Callable[[Callable], Group]:
    """Make a function a group of commands."""
    return click.group(*arguments, cls=cls, **options)


option: Callable[..., Any] = partial(click.option, cls=Option)
argument = click.argument
