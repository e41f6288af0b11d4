"""The command `mockkibana`."""

from __future__ import annotations

import gc
import os
import signal
import sys
from errno import EADDRINUSE
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click
from click.core import ParameterSource

from mockkibana.cli.start_line import is_loopback, start_line
from mockkibana.clock import parse_time
from mockkibana.settings import CONTRACTS, JIRA_FLAVOURS, LICENSES, BadSetting, Settings
from mockkibana.version import __version__

if TYPE_CHECKING:
    from datetime import datetime

    from mockkibana.app.middleware import WSGI
    from mockkibana.cli.port_file import PortFile
    from mockkibana.control.guard import ControlAccess
    from mockkibana.log import LogLine
    from mockkibana.server import AccessLine, Server
    from mockkibana.world import World

_ENVIRONMENT = {"auto_envvar_prefix": "MOCKKIBANA"}
_DIFF_VERSIONS = "diff-versions"
FACES = ("elasticsearch", "jira")
_PORT = click.IntRange(0, 65535)
_LOUD = ("error", "fatal")
_NEW = "new-connector"
_SETTINGS = (
    "contract",
    "kibana_version",
    "strict_refresh",
    "security",
    "elastic_password",
    "license",
    "license_expires",
    "jira_flavour",
    "jira_users",
    "public_url",
    "base_path",
    "rewrite_base_path",
)


class _Refused(click.ClickException):
    """One line on stderr, and exit code 2."""

    exit_code = 2


class _Commands(click.Group):
    """`serve`, and all other commands, imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        from mockkibana.cli.remote import names

        return sorted([*super().list_commands(ctx), *names(), _DIFF_VERSIONS, _NEW])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a name."""
        if command := super().get_command(ctx, cmd_name):
            return command
        if cmd_name == _DIFF_VERSIONS:
            from mockkibana.cli.diff_versions import diff_versions

            return diff_versions
        if cmd_name == _NEW:
            from mockkibana.cli.new_connector import new_connector

            return new_connector
        from mockkibana.cli.remote import command_named

        return command_named(cmd_name)


@click.group(cls=_Commands)
@click.version_option(__version__, prog_name="mockkibana")
def main() -> None:
    """A local Kibana for tests, with a stateful fake Elasticsearch and Jira behind it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # What callers sent is shown, and not every terminal can show all of it.
            stream.reconfigure(errors="backslashreplace")


@main.command(context_settings=_ENVIRONMENT)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=_PORT,
    default=5601,
    show_default=True,
    help="Port to listen on; 0 takes any free one.",
)
@click.option("--elasticsearch-port", type=_PORT, help="Port of Elasticsearch alone, too.")
@click.option("--jira-port", type=_PORT, help="Port of Jira alone, too.")
@click.option("--port-file", metavar="FILE", help="Write the port there once it listens.")
@click.option("--config", metavar="FILE", help="Read a kibana.yml; other options win over it.")
@click.option("--db", metavar="FILE", help="Keep the state in this file. Without: in memory.")
@click.option("--fsync", is_flag=True, help="Survive a power loss too, not only a crash.")
@click.option(
    "--seed",
    "seeds",
    metavar="FILE",
    multiple=True,
    envvar=["MOCKKIBANA_SEED", "MOCKKIBANA_SEEDS"],
    help="Load a seed. Repeatable.",
)
@click.option("--no-demo", is_flag=True, help="Start without the documented connectors.")
@click.option(
    "--contract",
    type=click.Choice(CONTRACTS),
    default="documented",
    show_default=True,
    help="Answer as the documentation says, or as a real Kibana was observed to.",
)
@click.option("--kibana-version", default=Settings().kibana_version, show_default=True)
@click.option(
    "--strict-refresh",
    is_flag=True,
    help="Let searches of Elasticsearch see only what was refreshed.",
)
@click.option(
    "--security",
    is_flag=True,
    help="Ask every request who sends it, and check what that may do.",
)
@click.option(
    "--elastic-password",
    metavar="PASSWORD",
    default=Settings().elastic_password,
    show_default=True,
    help="Password of the superuser elastic.",
)
@click.option(
    "--license",
    type=click.Choice(LICENSES),
    default=Settings().license,
    show_default=True,
    help="What the installation is licensed for.",
)
@click.option("--license-expires", metavar="TIME", help="The licence is good until then.")
@click.option(
    "--jira-flavour",
    type=click.Choice(JIRA_FLAVOURS),
    default=Settings().jira_flavour,
    show_default=True,
    help="Which Jira the fake one is like; a hybrid takes what either takes.",
)
@click.option(
    "--jira-user",
    "jira_users",
    metavar="EMAIL:TOKEN",
    multiple=True,
    envvar=["MOCKKIBANA_JIRA_USER", "MOCKKIBANA_JIRA_USERS"],
    help="Take these credentials at Jira, and no others. Repeatable.",
)
@click.option("--jira-url", metavar="URL", help="Let Jira connectors talk to a real Jira there.")
@click.option(
    "--outbound-host",
    "outbound_hosts",
    metavar="HOST",
    multiple=True,
    envvar=["MOCKKIBANA_OUTBOUND_HOST", "MOCKKIBANA_OUTBOUND_HOSTS"],
    help="Let webhooks really go out to this host, or HOST:PORT. Repeatable.",
)
@click.option("--smtp", metavar="HOST:PORT", help="Let mail really go out, to this server.")
@click.option("--public-url", metavar="URL", help="Base of the URLs in answers.")
@click.option("--base-path", metavar="PATH", help="Where callers find Kibana, such as /kibana.")
@click.option(
    "--rewrite-base-path",
    is_flag=True,
    help="Take the base path off requests; without, a proxy before Kibana has to.",
)
@click.option(
    "--max-connections",
    type=click.IntRange(1),
    default=512,
    show_default=True,
    help="Beyond this, the oldest idle connection is closed; as many more may wait.",
)
@click.option(
    "--journal",
    type=click.IntRange(0),
    default=10_000,
    show_default=True,
    help="How many calls are remembered; 0 for none.",
)
@click.option("--seed-ids", type=int, metavar="N", help="Make ids that are the same in every run.")
@click.option("--freeze-clock", metavar="TIME", help="Let time stand still, e.g. at 2026-01-02.")
@click.option("--token", metavar="TOKEN", help="Who sends it may use /_mock/api from anywhere.")
@click.option(
    "--allow-host",
    "allow_hosts",
    metavar="NAME",
    multiple=True,
    envvar=["MOCKKIBANA_ALLOW_HOST", "MOCKKIBANA_ALLOW_HOSTS"],
    help="A name under which /_mock/api may be addressed. Repeatable.",
)
@click.option("--quiet", is_flag=True, help="Write nothing but errors to stderr.")
def serve(**options: Any) -> None:
    """Serve until Ctrl-C. Every option is read from MOCKKIBANA_<OPTION>, too."""
    quiet = options["quiet"]
    port_file = _port_file(options["port_file"]) if options["port_file"] else None
    settings = _configured(options)
    gc.disable()  # what a start makes stays
    gc.set_threshold(100_000, 20, 100)  # documents are plain JSON, of which none is garbage
    world = _world(options, settings)
    world.log.listener = _show_errors if quiet else _show
    faces: dict[str, Server] = {}
    try:
        from mockkibana.app import create_app
        from mockkibana.app.middleware.worlds import alone

        app = create_app(world, _access(options)).wsgi_app
        server = _server(app, "port", options)
        for face in FACES:
            if options[f"{face}_port"] is not None:
                faces[face] = _server(alone(app, face), f"{face}-port", options)
                faces[face].start()
        signal.signal(signal.SIGTERM, lambda *_: server.stop())
        signal.signal(signal.SIGINT, lambda *_: server.stop())
        if port_file is not None:
            port_file.write(server.port)
        gc.freeze()
        gc.enable()
        click.echo(start_line(world, server, faces, options))
        sys.stdout.flush()
        server.run()
    finally:
        for each in faces.values():
            each.stop()
        world.close()
        if port_file is not None:
            port_file.remove()


def _configured(options: dict[str, Any]) -> dict[str, Any]:
    """Return what `--config` says of the settings; put its host and port into the options."""
    if not options["config"]:
        return {}
    from mockkibana.seeds.kibana_yml import BadConfig, read_kibana_yml  # few starts need it

    try:
        config = read_kibana_yml(options["config"], os.environ)
    except BadConfig as error:
        raise _Refused(str(error)) from None
    if config.ignored and not options["quiet"]:
        names = ", ".join(config.ignored)
        click.echo(f"{options['config']}: ignored, as they have no effect here: {names}", err=True)
    source = click.get_current_context().get_parameter_source
    options |= {
        name: value
        for name, value in (("host", config.host), ("port", config.port))
        if value is not None and source(name) is ParameterSource.DEFAULT
    }
    return config.settings


def _world(options: dict[str, Any], configured: dict[str, Any]) -> World:
    from mockkibana import seeds
    from mockkibana.store import StoreError
    from mockkibana.world import World

    try:
        jira_url = options["jira_url"]
        if jira_url is not None:
            _check_jira_url(jira_url)
        asked = {
            name: options[name] for name in _SETTINGS if options[name] not in (None, False, ())
        }
        settings = Settings(**{**configured, **asked})
        first = [] if options["no_demo"] else [seeds.demo_seed()]
        first += [seeds.read_seed(path) for path in options["seeds"]]
        return World(
            settings,
            db=options["db"],
            fsync=options["fsync"],
            seeds=first,
            jira_url=jira_url,
            outbound_hosts=options["outbound_hosts"],
            smtp=options["smtp"],
            seed_ids=options["seed_ids"],
            frozen_at=_time(options["freeze_clock"]),
            journal=options["journal"],
        )
    except (BadSetting, seeds.BadSeed, StoreError) as error:
        raise _Refused(str(error)) from None


def _check_jira_url(url: str) -> None:
    """Raise `BadSetting` for what is no URL, and for one with credentials, without saying them."""
    try:
        parts = urlsplit(url)
        found = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        parts, found = None, False
    if "@" in (url if parts is None else parts.netloc):
        raise BadSetting(
            "--jira-url has a user or a password in it, which nobody uses: a connector sends those "
            "of its secrets. Leave them out."
        )
    if not found:
        raise BadSetting(f"--jira-url is {url!r}; expected a URL such as https://jira.example.com")


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return parse_time(text)
    except ValueError as error:
        raise BadSetting(f"--freeze-clock: {error}") from None


def _access(options: dict[str, Any]) -> ControlAccess:
    from mockkibana.control.guard import ControlAccess

    return ControlAccess(options["token"], options["allow_hosts"], is_loopback(options["host"]))


def _server(app: WSGI, option: str, options: dict[str, Any]) -> Server:
    """Return a server that listens on the port of an option."""
    from mockkibana.server import Server

    host, port = options["host"], options[option.replace("-", "_")]
    try:
        return Server(
            app,
            host=host,
            port=port,
            max_connections=options["max_connections"],
            access_log=None if options["quiet"] else _show_access,
        )
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while")[0]
        advice = f"Choose another with --{option}; 0 takes any free one."
        if error.errno != EADDRINUSE:
            advice = "Name an address of this machine with --host."
        raise _Refused(f"Cannot listen on {host} port {port}: {reason}. {advice}") from None


def _port_file(path: str) -> PortFile:
    from mockkibana.cli.port_file import PortFile  # few starts need it

    return PortFile(Path(path))


def _show(line: LogLine) -> None:
    print(line, file=sys.stderr)  # noqa: T201 - the log of a process is its stderr


def _show_errors(line: LogLine) -> None:
    if line.level in _LOUD:
        _show(line)


def _show_access(line: AccessLine) -> None:
    text = (
        f'{line.client} "{line.method} {line.target}" {line.status} {line.size}B '
        f"{line.seconds * 1000:.1f}ms"
    )
    if line.hint is not None:
        hint = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in line.hint)
        text += f"\n  hint: {hint}"
    print(text, file=sys.stderr)  # noqa: T201
