"""The commands that talk to a running server: wait, seed, reset, snapshot, journal, faults."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockkibana.control.errors import ControlError
from mockkibana.json import Json, dumps
from mockkibana.testing.remote import NoServer, RemoteControl, world_url

if TYPE_CHECKING:
    from mockkibana.testing.plane import Record

_POLL = 0.05
_FOLLOW = "30s"


class _Unmet(click.ClickException):
    """What the command asked for is not so: exit code 1."""

    exit_code = 1


class _Unasked(click.ClickException):
    """The server was not there, or did not take the request: exit code 2, as for a wrong option."""

    exit_code = 2


def _controls(command: Callable[..., None]) -> Callable[..., None]:
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
        if not url.startswith(("http://", "https://")):
            raise click.UsageError(f"{url!r} is no URL: expected one such as http://{url}.")
        control = RemoteControl(world_url(url, world), token)
        try:
            command(control, **options)
        except (ControlError, NoServer) as error:
            raise _Unasked(str(error)) from None
        finally:
            control.close()

    return wrapped


@click.command()
@_controls
@click.option(
    "--timeout",
    type=click.FloatRange(0),
    default=30.0,
    show_default=True,
    help="Seconds until it gives up, with exit code 1.",
)
def wait(control: RemoteControl, timeout: float) -> None:
    """Wait until the server answers."""
    from threading import Event

    from mockkibana.clock import monotonic

    deadline = monotonic() + timeout
    while True:
        try:
            control.state()
        except NoServer as error:
            if monotonic() >= deadline:
                raise _Unmet(f"{error} (after {timeout:g} s)") from None
        else:
            return
        Event().wait(_POLL)


@click.command()
@_controls
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
def seed(control: RemoteControl, files: tuple[Path, ...]) -> None:
    """Add seed FILES, JSON or YAML, to what is there; `-` is stdin."""
    for file in files:
        try:
            text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise _Unasked(f"{file}: the seed cannot be read: {error}") from None
        try:
            control.seed(text)
        except ControlError as error:
            raise _Unasked(f"{file}: {error}") from None


@click.command()
@_controls
@click.option("--empty", is_flag=True, help="To nothing, not to what the server started with.")
@click.option("--part", "parts", multiple=True, help="Only this part. Repeatable.")
def reset(control: RemoteControl, empty: bool, parts: tuple[str, ...]) -> None:
    """Put the world back to its start."""
    control.reset(empty=empty, parts=list(parts) or None)


@click.command()
@_controls
@click.argument("name", required=False)
@click.option("--restore", is_flag=True, help="Make the snapshot NAME the state.")
@click.option("--delete", is_flag=True, help="Forget the snapshot NAME.")
@click.option("--list", "shows", is_flag=True, help="List the snapshots in the server's memory.")
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), help="Write the seed to this file."
)
@click.option("--secrets", is_flag=True, help="With secrets, passwords and keys; needs the token.")
def snapshot(
    control: RemoteControl,
    name: str | None,
    restore: bool,
    delete: bool,
    shows: bool,
    output: Path | None,
    secrets: bool,
) -> None:
    """Write the state as a seed to stdout; or keep it under NAME in the server's memory."""
    if (restore or delete) and (name is None or (restore and delete)):
        raise click.UsageError("--restore and --delete need a NAME, one of them at a time.")
    if name is not None and (shows or secrets or output):
        raise click.UsageError("--list, --secrets and --output go without a NAME.")
    if restore:
        control.restore_snapshot(str(name))
    elif delete:
        control.delete_snapshot(str(name))
    elif name is not None:
        control.save_snapshot(name)
    elif shows:
        for kept in control.snapshots():
            click.echo(kept["name"])
    else:
        content = control.snapshot(secrets=secrets)
        text = dumps(content)
        if output is None:
            click.echo(text)
        else:
            try:
                output.write_text(f"{text}\n", "utf-8")
            except OSError as error:
                raise _Unasked(
                    f"Cannot write the snapshot to {output}: {error.strerror}."
                ) from None
        if not secrets and (missing := _missing_secrets(control, content)):
            click.echo(
                f"Secrets are left out: when this is loaded {', '.join(missing)}. --secrets, with "
                "the server's token, keeps them in.",
                err=True,
            )


def _missing_secrets(control: RemoteControl, content: Record) -> list[str]:
    """Say what a snapshot without secrets lacks of what there is."""
    missing = []
    if any(connector.get("is_missing_secrets") for connector in content["connectors"]):
        missing.append("connectors that had some are missing them")
    users = content.get("security", {}).get("users")
    if users:
        missing.append("users have no password")
    security = control.state()["security"]
    if security["api_keys"] or security["tokens"]:
        missing.append("there are no API keys and no tokens")
    return missing


@click.command()
@_controls
@click.option("--follow", "-f", is_flag=True, help="Go on with what comes, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="Whole records, one a line.")
@click.option("--har", is_flag=True, help="An HTTP archive.")
@click.option("--clear", is_flag=True, help="Forget all calls.")
@click.option("--connector", metavar="ID", help="Runs of this connector.")
@click.option("--connector-type", metavar="ID", help="Runs of connectors of this type.")
@click.option("--space", metavar="ID")
@click.option("--route", metavar="PATTERN", help="Such as /api/actions/connector/{id}/_execute.")
@click.option("--status", help="Of the answer (200), or of a run (ok, error).")
@click.option("--method")
@click.option("--path", help="Of the request; * stands for anything.")
@click.option("--user", metavar="NAME", help="Who sent it, where security is on.")
@click.option(
    "--face",
    type=click.Choice(("kibana", "elasticsearch", "jira", "all")),
    default="kibana",
    show_default=True,
)
@click.option("--since", metavar="NUMBER|TIME", help="Newer calls only.")
@click.option(
    "--count", type=click.IntRange(0), metavar="N", help="Exit code 1 unless there are N calls."
)
@click.option("--wait", metavar="5s", help="Wait so long for a call, or for --count N of them.")
def journal(
    control: RemoteControl,
    follow: bool,
    as_json: bool,
    har: bool,
    clear: bool,
    count: int | None,
    wait: str | None,
    **conditions: Any,
) -> None:
    """Show the calls that match, one a line."""
    query = {name: value for name, value in conditions.items() if value is not None}
    if clear:
        control.clear_journal()
        return
    if har:
        click.echo(dumps(control.har(**query)))
        return
    if wait is not None:
        query |= {"wait": wait} | ({"count": count} if count else {})
    calls = control.journal(**query)
    _show(calls, as_json=as_json)
    if not calls and count != 0 and conditions["face"] == "kibana":
        _point_elsewhere(control, conditions)
    if count is not None and len(calls) != count:
        raise _Unmet(f"Expected {count} of these calls, but there are {len(calls)}.")
    if wait is not None and not calls and count is None:
        raise _Unmet(f"No such call came within {wait}.")
    with suppress(KeyboardInterrupt):
        while follow:
            newest = calls[-1]["number"] if calls else query.get("since", 0)
            query |= {"since": newest, "wait": _FOLLOW, "count": 1}
            calls = control.journal(**query)
            _show(calls, as_json=as_json)


@click.command()
@_controls
@click.option("--add", metavar="RULE", help="A JSON object, or the name of a domain fault.")
@click.option(
    "--with", "given", multiple=True, metavar="KEY=VALUE", help="What that fault is given."
)
@click.option("--remove", metavar="ID", help="Take a rule away.")
@click.option("--clear", is_flag=True, help="Take every rule away.")
@click.option(
    "--unconsumed",
    is_flag=True,
    help="Only rules that have yet to fire as often as they are to; exit code 1 if there are any.",
)
def faults(
    control: RemoteControl,
    add: str | None,
    given: tuple[str, ...],
    remove: str | None,
    clear: bool,
    unconsumed: bool,
) -> None:
    """List the fault rules, one a line; or add one (and print its id), or take some away."""
    if (add is not None) + (remove is not None) + clear + unconsumed > 1:
        raise click.UsageError("--add, --remove, --clear and --unconsumed exclude each other.")
    if given and add is None:
        raise click.UsageError("--with goes with --add.")
    if clear:
        control.clear_faults()
    elif remove is not None:
        control.remove_fault(remove)
    elif add is not None:
        click.echo(control.add_fault(_rule(add, given))["id"])
    else:
        rules = [rule for rule in control.faults() if not (unconsumed and rule["consumed"])]
        for rule in rules:
            click.echo(dumps(rule))
        if unconsumed and rules:
            raise _Unmet(
                f"Fault rules that have yet to fire as often as they are to: {len(rules)}."
            )


def _rule(text: str, given: tuple[str, ...]) -> Json:
    from mockkibana.json import Malformed, loads

    if text.lstrip().startswith("{"):
        try:
            return loads(text)
        except Malformed as error:
            raise click.UsageError(f"The rule is no JSON: {error}") from None
    pairs: dict[str, Json] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals:
            raise click.UsageError(f"--with {pair!r} is no KEY=VALUE.")
        pairs[name] = int(value) if value.isdecimal() else value
    return {"fault": text, **({"with": pairs} if pairs else {})}


def _show(calls: list[Record], *, as_json: bool) -> None:
    from mockkibana.journal.rendering import line

    for call in calls:
        click.echo(dumps(call) if as_json else line(call))
    sys.stdout.flush()


def _point_elsewhere(control: RemoteControl, conditions: dict[str, Any]) -> None:
    """Say on stderr that there are calls of this kind, but to the systems behind Kibana."""
    query = {name: value for name, value in conditions.items() if value is not None}
    counts = {
        face: control.count(**{**query, "face": face})["count"]
        for face in ("elasticsearch", "jira")
    }
    found = [face for face, number in counts.items() if number]
    if found:
        such = "such " if len(query) > 1 else ""
        told = ", ".join(f"{counts[face]} to {face.capitalize()}" for face in found)
        face = found[0] if len(found) == 1 else "all"
        click.echo(f"no {such}calls to Kibana; {told}: mockkibana journal --face {face}", err=True)


COMMANDS = (wait, seed, reset, snapshot, journal, faults)
"""What `mockkibana` has beside `serve`."""
