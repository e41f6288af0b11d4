"""The commands that rows of the table of verbs are, and what others have in common with them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from mockkibana.control.errors import ControlError
from mockkibana.control.verbs import Argument, Kind, Verb
from mockkibana.json import Json, Malformed, dumps, loads
from mockkibana.testing.remote import NoServer, RemoteControl, world_url

_KINDS: dict[Kind, dict[str, Any]] = {
    Kind.FLAG: {"is_flag": True},
    Kind.TEXTS: {"multiple": True},
    Kind.NUMBER: {"type": click.IntRange(1)},
}


class Unasked(click.ClickException):
    """The server was not there, or did not take the request: exit code 2, as for a wrong option."""

    exit_code = 2


def controls(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say which world is meant, and the control over it."""

    @click.option(
        "--url",
        envvar="MOCKKIBANA_URL",
        default="http://127.0.0.1:5601",
        show_default=True,
        help="The server, or one of its worlds. Also MOCKKIBANA_URL.",
    )
    @click.option("--world", metavar="NAME", help="Another world of that server.")
    @click.option(
        "--token", envvar="MOCKKIBANA_TOKEN", help="What `serve --token` has. MOCKKIBANA_TOKEN."
    )
    @wraps(command)
    def wrapped(url: str, world: str | None, token: str | None, **options: Any) -> None:
        try:
            base = world_url(url, world)
        except ValueError as error:
            raise click.UsageError(f"{error}.") from None
        control = RemoteControl(base, token)
        try:
            command(control, **options)
        except (ControlError, NoServer) as error:
            raise Unasked(str(error)) from None
        except (LookupError, TypeError) as error:
            # Whatever speaks JSON may be at a URL.
            raise Unasked(f"What answers at {url} is not this mockkibana: {error!r}") from None
        finally:
            control.close()

    return wrapped


def options_of(*arguments: Argument) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return what gives a command the options that arguments of a verb are."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        for argument in reversed(arguments):
            name = f"--{(argument.option or argument.name).replace('_', '-')}"
            more: dict[str, Any] = {"metavar": argument.metavar, "help": argument.help or None}
            more |= _KINDS.get(argument.kind, {})
            if argument.choices:
                first, kind = argument.choices[0], click.Choice(argument.choices)
                more |= {"type": kind, "default": first, "show_default": True}
            command = click.option(name, argument.name, **more)(command)
        return command

    return decorate


def command_of(verb: Verb) -> click.Command:
    """Return the command that a row of the table is; what was asked for is shown as JSON."""

    def run(control: RemoteControl, **given: Any) -> None:
        values = [given.pop(name) for name in verb.placeholders]
        if verb.value:
            values.append(parsed(verb.value, given.pop("value")))
        named = {
            name: (list(value) or None) if isinstance(value, tuple) else value
            for name, value in given.items()
        }
        answer = getattr(control, verb.name)(*values, **named)
        if verb.is_question:
            click.echo(dumps(answer))

    command = controls(options_of(*verb.arguments)(run))
    if verb.value:
        command = click.argument("value", metavar=verb.value)(command)
    for name in reversed(verb.placeholders):
        command = click.argument(name)(command)
    return click.command(verb.command, help=verb.does)(command)


def parsed(what: str, text: str) -> Json:
    """Return the JSON that a text is, `what` it is told to be. Raises `click.UsageError`."""
    try:
        return loads(text)
    except Malformed as error:
        raise click.UsageError(f"{what} is no JSON: {error}") from None
