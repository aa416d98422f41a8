"""`samverkan …`: thin commands over the same verbs as the pages.

A command opens the database, calls a verb, commits at the end and says what happened. Every no is one sentence on
standard error and an exit code; a traceback goes to the log in the instance folder, never to a user.
"""

from __future__ import annotations

import logging
import sys
import uuid
from collections.abc import Callable
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from samverkan_map import __version__, settings
from samverkan_map.cli import clicking
from samverkan_map.cli.saying import EXIT_CODES, complain, sentence
from samverkan_map.db import engine
from samverkan_map.errors import Refusal

COMMANDS = {
    "setup": "house", "start": "house", "demo": "house", "serve": "house", "import": "importing", "deliveries": "files",
    "undo": "files", "export": "exporting", "user": "people", "effect": "effects", "hotspots": "hotspots",
    "backup": "care", "restore": "care", "doctor": "care", "dispose": "care", "audit": "care",
    "disposal": "disposal", "subject": "disposal", "situation": "situations",
    "period": "renewal",
}  # fmt: skip
"""Each command with its module, which is read only when the command is asked for: most need a part of the program."""


@clicking.group(
    cls=clicking.Late, modules={name: f"{__name__}.{module}" for name, module in COMMANDS.items()},
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)  # fmt: skip
@click.version_option(
    __version__, prog_name="samverkan", message=sentence("cli.help.version_words"), help=sentence("cli.help.version")
)
def commands() -> None:
    """The collaboration map on the command line."""


def main(arguments: list[str] | None = None) -> None:
    """Run a command and leave with its exit code."""
    sys.exit(_code(lambda: commands(arguments, prog_name="samverkan", standalone_mode=False)))


def _code(run: Callable[[], Any]) -> int:
    """The exit code of a run, with one sentence on standard error for every way it can end badly."""
    try:
        answer = run()
        return answer if isinstance(answer, int) else 0
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.Abort:
        complain("cli.errors.aborted")
        return 130
    except click.UsageError as error:
        click.echo(_usage(error), err=True)
        return 2
    except click.ClickException as error:
        click.echo(error.format_message(), err=True)
        return 1
    except Refusal as no:
        click.echo(sentence(no), err=True)
        return _exit_code(no)
    except DBAPIError as error:
        trouble = engine.translate(error)
        if trouble is None:
            return _unexpected()
        click.echo(sentence(trouble), err=True)
        return 1
    except BrokenPipeError:
        return 1
    except Exception:
        return _unexpected()


def _exit_code(no: Refusal) -> int:
    return next((code for kind, code in EXIT_CODES if isinstance(no, kind)), 1)


def _usage(error: click.UsageError) -> str:
    """Click's own complaint as one sentence that says what is allowed, or where help is found."""
    path = error.ctx.command_path if error.ctx else "samverkan"
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return error.format_message()
    if isinstance(error, click.NoSuchOption):
        return sentence("cli.errors.no_such_option", name=error.option_name, command=path)
    if isinstance(error, click.BadParameter) and error.param is not None:
        return _bad_parameter(error, error.param, path)
    return sentence("cli.errors.usage", command=path)


def _bad_parameter(error: click.BadParameter, param: click.Parameter, path: str) -> str:
    name = param.opts[0] if isinstance(param, click.Option) else param.human_readable_name
    case = "missing" if isinstance(error, click.MissingParameter) else "bad_value"
    if isinstance(param.type, click.Choice):
        allowed = ", ".join(map(str, param.type.choices))
        return sentence(f"cli.errors.{case}_choice", name=name, allowed=allowed)
    return sentence(f"cli.errors.{case}", name=name, command=path)


def _unexpected() -> int:
    """Say a reference number; the log has the traceback under the same number."""
    number = uuid.uuid4().hex[:8].upper()
    path = settings.read().instance / "errors.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        logging.basicConfig(filename=path, format="%(asctime)s %(message)s")
        logging.exception("%s", number)
    except OSError:
        pass
    complain("cli.errors.unexpected", number=number, file=path.name)
    return 1
