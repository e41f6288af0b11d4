"""The commands that talk to a running server: those made by hand, and the verbs of control."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockkibana.cli.verbs import Unasked, command_of, controls, options_of, parsed
from mockkibana.control.errors import ControlError
from mockkibana.control.verbs import CONDITIONS, OUTBOX, VERBS, Verb
from mockkibana.json import Json, Record, dumps
from mockkibana.testing.remote import NoServer, RemoteControl

if TYPE_CHECKING:
    from mockkibana.records import CallRecord

_POLL = 0.05
_FOLLOW = "30s"
# \b keeps the lines as they are.
_PRESETS = """\b
The domain faults, and the keys that each is given --with; those in brackets may be left out:
  -down, -timeout of each party, such as jira, elasticsearch, slack
  -untrusted of each party        [certificate]
  -rate-limited of each party     [retry_after]
  -failing of each party          [status] [body]
  -context-length, -content-filter, -bad-key of gen-ai, bedrock, gemini, inference
  email-login-rejected
  email-recipient-rejected
  jira-unauthorized
  jira-captcha
  jira-requires-field             field [name]
  elasticsearch-read-only-index   index
  elasticsearch-flood-stage       index
  elasticsearch-mapping-conflict  field [index] [type]
  secrets-missing                 connector
  kibana-starting                 [calls]
"""


class _Unmet(click.ClickException):
    """What the command asked for is not so: exit code 1."""

    exit_code = 1


@click.command()
@controls
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
@controls
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
def seed(control: RemoteControl, files: tuple[Path, ...]) -> None:
    """Add seed FILES, JSON or YAML, to what is there; `-` is stdin."""
    for file in files:
        try:
            text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Unasked(f"{file}: the seed cannot be read: {error}") from None
        try:
            control.seed(text)
        except ControlError as error:
            raise Unasked(f"{file}: {error}") from None


@click.command()
@controls
@click.argument("name", required=False)
@click.option("--restore", is_flag=True, help="Make the snapshot NAME the state.")
@click.option("--delete", is_flag=True, help="Forget the snapshot NAME.")
@click.option("--list", "shows", is_flag=True, help="List the snapshots in the server's memory.")
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), help="Write the seed to this file."
)
@options_of(*VERBS["snapshot"].arguments)
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
                raise Unasked(f"Cannot write the snapshot to {output}: {error.strerror}.") from None
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
@controls
@click.option("--follow", "-f", is_flag=True, help="Go on with what comes, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="Whole records, one a line.")
@click.option("--har", is_flag=True, help="An HTTP archive.")
@click.option("--clear", is_flag=True, help="Forget all calls.")
@options_of(*CONDITIONS)
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
    calls = control.journal(**query, **_waiting(wait, count))
    _show(calls, as_json=as_json)
    if not calls and count != 0 and conditions["face"] == "kibana":
        _point_elsewhere(control, conditions)
    _expect("calls", len(calls), count, wait)
    with suppress(KeyboardInterrupt):
        while follow:
            newest = calls[-1]["number"] if calls else query.get("since", 0)
            query |= {"since": newest, "wait": _FOLLOW, "count": 1}
            calls = control.journal(**query)
            _show(calls, as_json=as_json)


@click.command()
@controls
@options_of(*(argument for argument in OUTBOX if argument.name not in ("wait", "count")))
@click.option(
    "--count",
    type=click.IntRange(0),
    metavar="N",
    help="Exit code 1 unless there are N deliveries.",
)
@click.option("--wait", metavar="5s", help="Wait so long for a delivery, or for --count N of them.")
def outbox(control: RemoteControl, count: int | None, wait: str | None, **conditions: Any) -> None:
    """Show what was sent to third parties, as JSON."""
    found = control.outbox(**conditions, **_waiting(wait, count))
    click.echo(dumps(found))
    _expect("deliveries", len(found), count, wait)


def _waiting(wait: str | None, count: int | None) -> Record:
    """Return what journal and outbox are told of how long to wait, and for how many."""
    return {} if wait is None else {"wait": wait, **({"count": count} if count else {})}


def _expect(what: str, found: int, count: int | None, wait: str | None) -> None:
    """End with exit code 1 unless as many were found as were asked for."""
    if count is not None and found != count:
        raise _Unmet(f"Expected {count} of these {what}, but there are {found}.")
    if count is None and wait is not None and not found:
        raise _Unmet(f"None of these {what} came within {wait}.")


@click.command(epilog=_PRESETS)
@controls
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
        added = control.add_fault(_rule(add, given))
        click.echo(added["id"])
        for doubt in added.get("warnings", ()):
            click.echo(f"The rule can match nothing: {doubt}.", err=True)
    else:
        rules = [rule for rule in control.faults() if not (unconsumed and rule["consumed"])]
        for rule in rules:
            click.echo(dumps(rule))
        if unconsumed and rules:
            raise _Unmet(
                f"Fault rules that have yet to fire as often as they are to: {len(rules)}."
            )


def _rule(text: str, given: tuple[str, ...]) -> Json:
    if text.lstrip().startswith("{"):
        return parsed("The rule", text)
    pairs: dict[str, Json] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals:
            raise click.UsageError(f"--with {pair!r} is no KEY=VALUE.")
        pairs[name] = int(value) if value.isdecimal() else value
    return {"fault": text, **({"with": pairs} if pairs else {})}


def _show(calls: list[CallRecord], *, as_json: bool) -> None:
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


_BY_HAND = {
    wait: (),
    seed: ("seed",),
    snapshot: (
        "snapshot",
        "snapshots",
        "save_snapshot",
        "delete_snapshot",
        "restore_snapshot",
    ),
    journal: ("journal", "har", "clear_journal"),
    outbox: ("outbox",),
    faults: ("faults", "add_fault", "clear_faults", "remove_fault"),
}
"""Each command that is made by hand, and the verbs that it does."""


def names() -> list[str]:
    """Return the names of what `mockkibana` has beside `serve`."""
    return [str(command.name) for command in _BY_HAND] + [*_verbs()]


def command_named(name: str) -> click.Command | None:
    """Return such a command."""
    for command in _BY_HAND:
        if command.name == name:
            return command
    return command_of(_verbs()[name]) if name in _verbs() else None


def _verbs() -> dict[str, Verb]:
    """Return the verbs that are commands themselves, by the names of these."""
    done = {name for names in _BY_HAND.values() for name in names}
    return {verb.command: verb for verb in VERBS.values() if verb.name not in done}
