"""The file kibana.yml."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockkibana.app import create_app
from mockkibana.seeds import parse_seed
from mockkibana.seeds.kibana_yml import BadConfig, KibanaYml, _merged, read_kibana_yml
from mockkibana.settings import BadSetting, CustomHost, PreconfiguredConnector, Settings
from mockkibana.world import World

Read = Callable[..., KibanaYml]
XSRF = {"kbn-xsrf": "true"}
FULL = """
server.port: 5602
server.host: 0.0.0.0
server.name: my-kibana
server.maxPayload: 2mb
server.publicBaseUrl: https://kibana.example.com:5601
xpack.actions.allowedHosts: [jira.example.com, 192.0.2.1]
xpack.actions.enabledActionTypes: [.index, .jira]
xpack.actions.preconfiguredAlertHistoryEsIndex: true
xpack.actions.responseTimeout: 90s
xpack.actions.maxResponseContentLength: 2mb
xpack.actions.webhook.ssl.pfx.enabled: false
xpack.actions.enableFooterInEmail: false
xpack.actions.email: {domain_allowlist: [example.com], services.enabled: [other, amazon-ses]}
xpack.actions.email.maximum_body_length: 1000
xpack.actions.microsoftGraphApiUrl: https://graph.example.com/v1.0
xpack.actions.microsoftGraphApiScope: https://graph.example.com/.default
xpack.actions.microsoftExchangeUrl: https://login.example.com
xpack.actions.preconfigured:
  my-log:
    name: My log
    actionTypeId: .server-log
  my-jira:
    name: My Jira
    actionTypeId: .jira
    config: {apiUrl: https://jira.example.com, projectKey: TEST}
    secrets: {email: a@example.com, apiToken: t}
    exposeConfig: true
"""


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(text: str, **environment: str) -> KibanaYml:
        path = tmp_path / "kibana.yml"
        path.write_text(text)
        return read_kibana_yml(path, environment)

    return read


@pytest.fixture
def refused(read: Read, tmp_path: Path) -> Callable[..., str]:
    """Read a file that cannot be used and return the one line that says why, without its name."""

    def refused(text: str, **environment: str) -> str:
        with pytest.raises(BadConfig) as error:
            read(text, **environment)
        name, _, line = str(error.value).partition(": ")
        assert name == str(tmp_path / "kibana.yml")
        assert "\n" not in line
        return line

    return refused


def test_every_known_setting_is_read(read):
    config = read(FULL)
    assert (config.host, config.port, config.ignored) == ("0.0.0.0", 5602, ())
    assert Settings(**config.settings) == Settings(
        server_name="my-kibana",
        max_payload=2 * 1024 * 1024,
        public_url="https://kibana.example.com:5601",
        allowed_hosts=("jira.example.com", "192.0.2.1"),
        enabled_action_types=(".index", ".jira"),
        preconfigured_alert_history_es_index=True,
        response_timeout=90.0,
        max_response_content_length=2_097_152,
        webhook_ssl_pfx_enabled=False,
        enable_footer_in_email=False,
        email_domain_allowlist=("example.com",),
        email_services_enabled=("other", "amazon-ses"),
        email_maximum_body_length=1000,
        microsoft_graph_api_url="https://graph.example.com/v1.0",
        microsoft_graph_api_scope="https://graph.example.com/.default",
        microsoft_exchange_url="https://login.example.com",
        preconfigured=(
            PreconfiguredConnector(id="my-log", name="My log", connector_type_id=".server-log"),
            PreconfiguredConnector(
                id="my-jira",
                name="My Jira",
                connector_type_id=".jira",
                config={"apiUrl": "https://jira.example.com", "projectKey": "TEST"},
                secrets={"email": "a@example.com", "apiToken": "t"},
                expose_config=True,
            ),
        ),
    )


def test_it_says_how_kibana_connects(read, tmp_path):
    (tmp_path / "ca.pem").write_text("a certificate")
    text = f"""
    xpack.actions:
      proxyUrl: http://proxy.example.com:3128
      proxyBypassHosts: [jira.example.com]
      proxyOnlyHosts: [other.example.com]
      ssl.verificationMode: certificate
      customHostSettings:
        - url: https://a.example.com/path
          ssl: {{verificationMode: none}}
        - url: https://a.example.com:443
        - url: smtp://mail.example.com
          smtp: {{requireTLS: true}}
          ssl: {{certificateAuthoritiesFiles: {tmp_path}/ca.pem}}
        - url: https://[::1]:8443
          ssl: {{certificateAuthoritiesFiles: [/not/there]}}
        - {{url: "https://b.example.com", ssl: {{certificateAuthoritiesData: x}}}}
        - {{url: no url}}
        - {{url: "http://plain.example.com"}}
        - {{url: "https://c.example.com:0"}}
    """
    config = read(text)
    assert config.ignored == ()
    assert Settings(**config.settings) == Settings(
        proxy_url="http://proxy.example.com:3128",
        proxy_bypass_hosts=("jira.example.com",),
        proxy_only_hosts=("other.example.com",),
        ssl_verification_mode="certificate",
        custom_host_settings=(
            CustomHost(url="https://a.example.com:443", verification_mode="none"),
            CustomHost(url="smtp://mail.example.com:25", has_authority=True),
            CustomHost(url="https://[::1]:8443"),
            CustomHost(url="https://b.example.com:443", has_authority=True),
        ),
    )


@pytest.mark.parametrize(
    ("text", "security"),
    [
        ("xpack.security.enabled: true", True),
        ("xpack: {security: {enabled: false}}", False),
        ("xpack.security.session: {idleTimeout: 1h}", False),
    ],
)
def test_the_file_says_whether_security_is_on(read, text, security):
    config = read(text)
    assert Settings(**config.settings).security is security
    assert "xpack.security.enabled" not in config.ignored


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("server.basePath: /kib", Settings(base_path="/kib")),
        (
            "server: {basePath: /a/b, rewriteBasePath: true, publicBaseUrl: 'http://h:1/a/b'}",
            Settings(base_path="/a/b", rewrite_base_path=True, public_url="http://h:1/a/b"),
        ),
        ("server.publicBaseUrl: 'http://h/'", Settings(public_url="http://h/")),
        ("server.rewriteBasePath: false", Settings()),
        ("server.restrictInternalApis: false", Settings(restrict_internal_apis=False)),
        ("server.restrictInternalApis: true", Settings(restrict_internal_apis=True)),
        ("xpack.spaces.defaultSolution: oblt", Settings(default_solution="oblt")),
        (
            "status.statusPageBypassMonitorPrivilege: true",
            Settings(status_bypasses_monitor=True),
        ),
    ],
)
def test_the_file_says_below_which_path_kibana_is(read, text, settings):
    config = read(text)
    assert Settings(**config.settings) == settings
    assert config.ignored == ()


@pytest.mark.parametrize("text", ["", "# nothing\n", "{}", "---\n"])
def test_an_empty_file_leaves_every_default(read, text):
    config = read(text)
    assert (config.host, config.port, config.ignored) == (None, None, ())
    assert Settings(**config.settings) == Settings()


@pytest.mark.parametrize(
    "text",
    [
        "server.name: a\nserver.host: b",
        "server: {name: a, host: b}",
        "server:\n  name: a\nserver.host: b",
        "server.name: x\nserver: {host: b, name: a}",
    ],
    ids=["dotted", "nested", "mixed", "a later one wins"],
)
def test_keys_are_dotted_or_nested(read, text):
    config = read(text)
    assert (config.settings["server_name"], config.host) == ("a", "b")


def test_a_key_in_brackets_keeps_its_dots(read):
    text = "xpack.actions.preconfigured: {'[my.log]': {name: n, actionTypeId: .server-log}}"
    (connector,) = read(text).settings["preconfigured"]
    assert connector.id == "my.log"


words = st.sampled_from(["a", "b", "c", "d"])
trees = st.recursive(
    st.integers(),
    lambda inner: st.dictionaries(words, inner, min_size=1, max_size=3),
    max_leaves=10,
)


def _dotted(tree: object, path: tuple[str, ...] = ()) -> dict[str, object]:
    if not isinstance(tree, dict):
        return {".".join(path): tree}
    return {
        key: value
        for name, inner in tree.items()
        for key, value in _dotted(inner, (*path, name)).items()
    }


@given(st.dictionaries(words, trees))
def test_dotted_and_nested_keys_mean_the_same(tree):
    assert _merged(_dotted(tree), {}) == _merged(tree, {}) == tree


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("${NAME}", "Ada"),
        ("'${NAME} of ${PLACE}'", "Ada of London"),
        ("'${NONE:nobody}'", "nobody"),
        ("'${NAME:nobody}'", "Ada"),
        ("'$NAME {NAME} ${NA-ME}'", "$NAME {NAME} ${NA-ME}"),
        ("'${EMPTY}'", ""),
    ],
)
def test_variables_come_from_the_environment(read, text, name):
    config = read(f"server.name: {text}", NAME="Ada", PLACE="London", EMPTY="")
    assert config.settings["server_name"] == name


def test_variables_are_expanded_everywhere_and_coerced(read):
    text = """
    server: {port: "${PORT}", maxPayload: "${SIZE}"}
    xpack.actions:
      preconfiguredAlertHistoryEsIndex: "${YES}"
      allowedHosts: ["${HOST}"]
      preconfigured:
        i: {name: n, actionTypeId: .index, config: {a: {b: ["${HOST}", {c: "${YES}"}]}}}
    """
    config = read(text, PORT="1234", SIZE="1kb", YES="true", HOST="h.example.com")
    settings = Settings(**config.settings)
    assert (config.port, settings.max_payload) == (1234, 1024)
    assert settings.preconfigured_alert_history_es_index is True
    assert settings.allowed_hosts == ("h.example.com",)
    assert settings.preconfigured[0].config == {"a": {"b": ["h.example.com", {"c": "true"}]}}


def test_an_undefined_variable_is_refused_in_kibanas_words(refused):
    line = refused("server.name: ${NOPE}")
    assert line == "Unknown environment variable referenced in config : NOPE"


def test_what_mockkibana_does_not_know_is_told_and_ignored(read):
    text = """
    elasticsearch.hosts: ["http://elasticsearch.example.com:9200"]
    elasticsearch: {ssl: {verificationMode: none}}
    server: {name: a, defaultRoute: /b, ssl.enabled: true}
    xpack.actions: {proxyHeaders: {a: b}, run: {maxAttempts: 1}}
    xpack.security.session: {idleTimeout: 1h}
    telemetry:
    """
    config = read(text)
    assert config.settings["server_name"] == "a"
    assert config.ignored == (
        "elasticsearch.hosts",
        "elasticsearch.ssl.verificationMode",
        "server.defaultRoute",
        "server.ssl.enabled",
        "xpack.actions.proxyHeaders.a",
        "xpack.actions.run.maxAttempts",
        "xpack.security.session.idleTimeout",
        "telemetry",
    )


ACTIONS = "config validation of [xpack.actions]"
SERVER = "config validation of [server]"
TYPE = "expected value of type"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        *(
            (
                f"server.basePath: '{path}'",
                f"[{SERVER}.basePath]: must start with a slash, don't end with one",
            )
            for path in ("kib", "/kib/", "/", "")
        ),
        (
            "server.basePath: /a b",
            f"[{SERVER}.basePath]: value goes into URLs, so it must be the path of one",
        ),
        (
            "server.basePath: /_mock/a",
            f"[{SERVER}.basePath]: value is where the mock's own URLs are",
        ),
        (
            "server.rewriteBasePath: true",
            f"[{SERVER}]: cannot use [rewriteBasePath] when [basePath] is not specified",
        ),
        (
            "server: {basePath: /kib, publicBaseUrl: 'http://h'}",
            f"[{SERVER}]: [publicBaseUrl] must contain the [basePath]: / !== /kib",
        ),
        (
            "server.publicBaseUrl: 'http://h/kib'",
            f"[{SERVER}]: [publicBaseUrl] must contain the [basePath]: /kib !== undefined",
        ),
        (
            "server.publicBaseUrl: 'http://h/?a=b'",
            f"[{SERVER}]: [publicBaseUrl] may only contain a protocol, host, port, and pathname",
        ),
        (
            "xpack.actions.allowedHosts: 5",
            f"[{ACTIONS}.allowedHosts]: {TYPE} [array] but got [number]",
        ),
        (
            "xpack.actions.allowedHosts: ['*', 'http://a']",
            (
                f"[{ACTIONS}.allowedHosts.1]: types that failed validation: "
                f"- [{ACTIONS}.allowedHosts.1.0]: value must be a valid hostname (see RFC 1123). "
                f"- [{ACTIONS}.allowedHosts.1.1]: expected value to equal [*]"
            ),
        ),
        (
            "xpack.actions.customHostSettings: [{}]",
            f"[{ACTIONS}.customHostSettings.0.url]: {TYPE} [string] but got [undefined]",
        ),
        (
            "xpack.actions.proxyOnlyHosts: ['http://a']",
            (f"[{ACTIONS}.proxyOnlyHosts.0]: value must be a valid hostname (see RFC 1123)."),
        ),
        (
            "xpack.actions.enabledActionTypes: .jira",
            f"[{ACTIONS}.enabledActionTypes]: could not parse array value from json input",
        ),
        (
            "xpack.actions.preconfiguredAlertHistoryEsIndex: yes",
            f"[{ACTIONS}.preconfiguredAlertHistoryEsIndex]: {TYPE} [boolean] but got [string]",
        ),
        (
            "xpack.actions.preconfigured: {a: {actionTypeId: .index}}",
            f"[{ACTIONS}.preconfigured.a.name]: {TYPE} [string] but got [undefined]",
        ),
        (
            "xpack.actions.preconfigured: {a: {name: '', actionTypeId: .index}}",
            (
                f"[{ACTIONS}.preconfigured.a.name]: value has length [0] but it must have a "
                "minimum length of [1]."
            ),
        ),
        (
            "xpack.actions.preconfigured: {a: {name: n, actionTypeId: .index, foo: 1}}",
            f"[{ACTIONS}.preconfigured.a.foo]: definition for this key is missing",
        ),
        (
            "xpack.actions.preconfigured: {a: {name: n, actionTypeId: .index, config: []}}",
            f"[{ACTIONS}.preconfigured.a.config]: {TYPE} [object] but got [Array]",
        ),
        (
            "xpack.actions.preconfigured: {a: {name: n, actionTypeId: .i, exposeConfig: 1}}",
            f"[{ACTIONS}.preconfigured.a.exposeConfig]: {TYPE} [boolean] but got [number]",
        ),
        (
            "xpack.actions.responseTimeout: soon",
            (
                f"[{ACTIONS}.responseTimeout]: Failed to parse value as time value. Value must be "
                "a duration in milliseconds, or follow the format <count>[ms|s|m|h|d|w|M|Y] "
                "(e.g. '70ms', '5s', '3d', '1Y'), where the duration is a safe positive integer."
            ),
        ),
        (
            "xpack.actions.email: {}",
            f"[{ACTIONS}.email]: email.domain_allowlist or email.services must be defined",
        ),
        (
            "xpack.actions.email: {domain_allowlist: [a], recipient_allowlist: [b]}",
            (
                f"[{ACTIONS}.email]: xpack.actions.email.domain_allowlist and "
                "xpack.actions.email.recipient_allowlist cannot be used at the same time"
            ),
        ),
        (
            "xpack.actions.email.services.enabled: []",
            (
                f"[{ACTIONS}.email.services.enabled]: array size is [0], but cannot be "
                "smaller than [1]"
            ),
        ),
        ("server.port: http", f"[{SERVER}.port]: {TYPE} [number] but got [string]"),
        (
            "server.port: 65536",
            f"[{SERVER}.port]: value must be a port number from 0 to 65535",
        ),
        ("server.port: 1.5", f"[{SERVER}.port]: value must be a port number from 0 to 65535"),
        ("server.name: 5", f"[{SERVER}.name]: {TYPE} [string] but got [number]"),
        (
            'server.name: "a\\r\\nb: c"',
            f"[{SERVER}.name]: value goes into a header, so it must be one line of Latin-1",
        ),
        (
            "server.host: 'a b'",
            f"[{SERVER}.host]: value must be a valid hostname (see RFC 1123).",
        ),
        (
            "server.publicBaseUrl: kibana.example.com",
            f"[{SERVER}.publicBaseUrl]: expected URI with scheme [http|https].",
        ),
        (
            "server.maxPayload: lots",
            (
                f"[{SERVER}.maxPayload]: Failed to parse value as byte value. Value must be either "
                "number of bytes, or follow the format <count>[b|kb|mb|gb] (e.g., '1024kb', "
                "'200mb', '1gb'), where the number is a safe positive integer."
            ),
        ),
        (
            "server: 5",
            f"[{SERVER}]: expected a plain object value, but found [number] instead.",
        ),
    ],
    ids=lambda value: value if value.startswith(("server", "xpack")) else "",
)
def test_a_wrong_value_is_refused_in_kibanas_words(refused, text, line):
    assert refused(text) == line


@pytest.mark.parametrize("connector_id", ["", "__proto__", "constructor"])
def test_some_ids_are_no_ids_of_preconfigured_connectors(refused, connector_id):
    text = f'invalid preconfigured action id "{connector_id}"'
    connector = f"{{'{connector_id}': {{name: n, actionTypeId: .index}}}}"
    assert refused(f"xpack.actions.preconfigured: {connector}") == (
        f"[{ACTIONS}.preconfigured]: {text}"
    )
    with pytest.raises(BadSetting, match=text):
        PreconfiguredConnector(id=connector_id, name="n", connector_type_id=".index")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "the configuration is no YAML: "),
        ("a: !!binary aGk=", "the configuration is no YAML: "),
        ("a: .inf", "the configuration is no YAML: "),
        ("a: &a [*a]", "the configuration is no YAML: "),
        ("[a]", "the configuration is no list of settings "),
        ("just a text", "the configuration is no list of settings "),
        ("a: 1\na: 2", "the key a comes a second time in line 2"),
        ("a: {b: 1, c: {d: 1, d: 2}}", "the key d comes a second time in line 1"),
    ],
)
def test_a_file_without_settings_is_refused(refused, text, said):
    assert refused(text).startswith(said)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path):
    path = tmp_path / "nope.yml"
    with pytest.raises(BadConfig) as error:
        read_kibana_yml(path, {})
    assert str(error.value) == (
        f"{path}: the configuration cannot be read: No such file or directory"
    )


def test_yaml_is_read_as_kibana_reads_it(read):
    text = """
    base: &base {actionTypeId: .index}
    xpack.actions.preconfigured:
      1: {<<: *base, name: no, config: {date: 2026-01-02, on: off, number: 1.0, yes: True}}
    """
    (connector,) = read(text).settings["preconfigured"]
    assert (connector.id, connector.name) == ("1", "no")
    assert connector.config == {"date": "2026-01-02", "on": "off", "number": 1.0, "yes": True}


# What the connectors of the file are


def test_preconfigured_connectors_are_in_every_space_and_survive_a_reset(read):
    world = World(Settings(**read(FULL).settings))
    client = create_app(world).test_client()
    shown = {
        "id": "my-jira",
        "name": "My Jira",
        "connector_type_id": ".jira",
        "is_preconfigured": True,
        "is_deprecated": False,
        "is_system_action": False,
        "is_connector_type_deprecated": False,
    }
    config = {"apiUrl": "https://jira.example.com", "projectKey": "TEST"}
    before = world.store.digest()
    for reset in (lambda: None, world.reset, lambda: world.reset(empty=True)):
        reset()
        for space in ("", "/s/any"):
            path = f"{space}/api/actions/connector"
            assert client.get(f"{path}/my-jira").json == shown | {"config": config}
            assert client.get(f"{path}s").json == [
                {**shown, "id": "preconfigured-alert-history-es-index", "connector_type_id":
                 ".index", "name": "Alert history Elasticsearch index", "referenced_by_count": 0},
                shown | {"referenced_by_count": 0},
                {**shown, "id": "my-log", "name": "My log", "connector_type_id": ".server-log",
                 "referenced_by_count": 0},
            ]  # fmt: skip
    assert world.store.digest() == before
    assert "preconfigured" not in str(world.dump()["connectors"])
    assert world.dump()["preconfigured"] == []
    world.close()


def test_a_preconfigured_connector_runs_even_when_its_type_is_disabled(read):
    world = World(Settings(**read(FULL).settings))
    client = create_app(world).test_client()
    path = "/s/any/api/actions/connector/my-log"
    answer = client.post(f"{path}/_execute", json={"params": {"message": "m"}}, headers=XSRF)
    assert answer.json == {"status": "ok", "connector_id": "my-log"}
    assert [line.message for line in world.log.lines][-1] == "Server log: m"
    for answer, message in (
        (client.put(path, json={"name": "n"}, headers=XSRF), "can not be updated"),
        (client.delete(path, headers=XSRF), "is not allowed to delete"),
    ):
        assert answer.status_code == 400
        assert answer.json["message"] == f"Preconfigured action my-log {message}."
    world.close()


def test_a_preconfigured_connector_of_a_type_that_is_not_registered_is_only_listed(read):
    text = "xpack.actions.preconfigured: {a: {name: n, actionTypeId: .nope}}"
    world = World(Settings(**read(text).settings))
    client = create_app(world).test_client()
    assert client.get("/api/actions/connector/a").json["connector_type_id"] == ".nope"
    path = "/api/actions/connector/a/_execute"
    answer = client.post(path, json={"params": {}}, headers=XSRF)
    assert (answer.status_code, answer.json["message"]) == (
        400,
        'Action type ".nope" is not registered.',
    )
    world.close()


def test_of_the_file_and_a_seed_the_file_has_the_id(read):
    connector = {"id": "a", "name": "seed", "connector_type_id": ".server-log"}
    text = "xpack.actions.preconfigured: {a: {name: file, actionTypeId: .server-log}}"
    world = World(Settings(**read(text).settings), seeds=[parse_seed(
        {"version": 1, "preconfigured": [connector, {**connector, "id": "b"}]}
    )])  # fmt: skip
    client = create_app(world).test_client()
    assert client.get("/api/actions/connector/a").json["name"] == "file"
    names = [(row["id"], row["name"]) for row in client.get("/api/actions/connectors").json]
    assert names == [("a", "file"), ("b", "seed")]
    world.close()


# The option


def serve(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `serve` until it is refused: nobody can listen on an address of documentation."""
    return subprocess.run(
        [sys.executable, "-m", "mockkibana", "serve", *options],
        capture_output=True,
        text=True,
        timeout=30,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("server.port: x", f"[{SERVER}.port]: {TYPE} [number] but got [string]"),
        ("server.name: ${NOT_DEFINED_ANYWHERE}", "Unknown environment variable referenced in"),
        ("xpack.actions.responseTimeout: 0", "response_timeout is 0.0"),
    ],
)
def test_a_bad_file_is_one_clear_line_and_exit_code_2(tmp_path: Path, content, said):
    path = tmp_path / "kibana.yml"
    path.write_text(content)
    done = serve("--config", str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr


def test_the_file_says_where_to_listen_and_a_warning_says_once_what_is_ignored(tmp_path: Path):
    path = tmp_path / "kibana.yml"
    path.write_text("server: {host: 203.0.113.77, port: 4321}\ncsp.strict: true\na.b: 1\n")
    done = serve(MOCKKIBANA_CONFIG=str(path))
    assert done.returncode == 2
    ignored, refused = done.stderr.splitlines()
    assert ignored == f"{path}: ignored, as they have no effect here: csp.strict, a.b"
    assert "203.0.113.77 port 4321" in refused


@pytest.mark.parametrize(
    ("options", "environment"),
    [
        (("--host", "198.51.100.77", "--port", "1234"), {}),
        ((), {"MOCKKIBANA_HOST": "198.51.100.77", "MOCKKIBANA_PORT": "1234"}),
    ],
    ids=["command line", "environment"],
)
def test_options_win_over_the_file(tmp_path: Path, options, environment):
    path = tmp_path / "kibana.yml"
    path.write_text("server: {host: 203.0.113.77, port: 4321}\ncsp.strict: true\n")
    done = serve("--config", str(path), "--quiet", *options, **environment)
    (refused,) = done.stderr.splitlines()
    assert "198.51.100.77 port 1234" in refused
