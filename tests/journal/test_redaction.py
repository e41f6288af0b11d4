"""Redaction: no secret shows, wherever in a record and however written it is."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockkibana.clock import Clock
from mockkibana.journal import KEPT_BYTES, Call, Exchange, Journal, RunRecord
from mockkibana.journal.redaction import REDACTED, Redaction, is_secret
from mockkibana.journal.rendering import har, render

CORE = "Zq7xK9vW"  # what no record may show; the rest of a secret varies around it
NAMES = (
    "password",
    "apiToken",
    "api_token",
    "api_key",
    "x-api-key",
    "token",
    "access_token",
    "Authorization",
    "clientSecret",
    "proxy-authorization",
    "privateKey",
    "passphrase",
    "Set-Cookie",
    "pass",
)

# Bodies of 64 kB take their time on a busy machine.
several = settings(max_examples=60, deadline=None)

names = st.sampled_from(NAMES)
any_secret = st.tuples(st.text(max_size=6), st.text(max_size=6)).map(CORE.join)
plain_secret = st.tuples(*[st.text("abcXYZ019-._~+/=!$,;:@'", max_size=6)] * 2).map(CORE.join)
word_secret = st.tuples(*[st.text("abcXYZ019-._~", max_size=6)] * 2).map(CORE.join)
other_texts = st.text(max_size=20)


def shown(call: Call) -> str:
    Journal(Clock()).end(call)
    return json.dumps([render(call), har([call])])


def a_call(
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    target: str = "/api/actions/connector",
) -> Call:
    call = Call(1_700_000_000_000, 0.0, "POST", target, headers or {}, "kibana", "default")
    call.body = body
    call.status = 400
    return call


def nested(value: object) -> st.SearchStrategy[object]:
    """A JSON value that holds `value` somewhere, maybe within a text that is itself JSON."""
    return st.recursive(
        st.just(value),
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=2),
            st.dictionaries(st.sampled_from(("a", "name", "config")), inner, min_size=1),
            inner.map(json.dumps),
            inner.map(lambda item: json.dumps(item, ensure_ascii=False, indent=2)),
        ),
        max_leaves=4,
    )


@st.composite
def hiding_json(draw: st.DrawFn) -> object:
    name, secret = draw(names), draw(any_secret)
    holder: object = draw(
        st.sampled_from(
            (
                {name: secret},
                {name: [secret]},
                {"secrets": {"user": secret}},
                {"secrets": [{"a": {"b": secret}}]},
                {"headers": [{"key": name, "value": secret}]},
                {"headers": [{"name": name, "value": secret}]},
                {"url": f"https://bob:{quote(secret, safe='')}@example.com/"},
            )
        )
    )
    return draw(nested(holder))


@several
@given(hiding_json())
def test_no_secret_of_a_json_body_is_shown(value: object) -> None:
    call = a_call(json.dumps(value).encode())
    call.response = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    assert CORE not in shown(call)


@several
@given(hiding_json())
def test_no_secret_of_a_run_is_shown(value: object) -> None:
    call = a_call()
    run = RunRecord("a", ".webhook", "A", "default", value)
    outbound = Exchange("webhook", "POST", "https://example.com", value)
    outbound.response = json.dumps(value)
    outbound.error = json.dumps(value, indent=1)
    run.outbound.append(outbound)
    run.message = run.service_message = f"It answered: {json.dumps(value)}"
    call.runs.append(run)
    assert CORE not in shown(call)


@several
@given(hiding_json(), st.integers(0, 3_000), st.booleans())
def test_no_secret_of_a_cut_or_broken_body_is_shown(value: object, cut: int, escaped: bool) -> None:
    text = json.dumps(value, ensure_ascii=escaped)
    body = text.encode("utf-8", "replace")
    for broken in (
        body[:cut],
        b'{"broken": ' + body,
        body + b",",
        body + b" " * KEPT_BYTES,
        body.replace(b'"', b"'"),
        body.replace(b": ", b" "),
        body.replace(b": ", b"::\n"),
        body.replace(b'": ', b" "),
        body.replace(b'": ', b'" => '),
        body.replace(b": ", b", "),
    ):
        assert CORE not in shown(a_call(broken)), broken


@several
@given(hiding_json(), other_texts)
def test_no_secret_of_ndjson_is_shown(value: object, other: str) -> None:
    lines = [{"create": {"_index": "a"}}, {"message": other}, value, value]
    body = "".join(json.dumps(line) + "\n" for line in lines).encode()
    for content_type in ("application/x-ndjson", "application/x-www-form-urlencoded", ""):
        assert CORE not in shown(a_call(body, {"CONTENT_TYPE": content_type}))


@several
@given(names, any_secret, other_texts)
def test_no_secret_of_a_form_or_a_query_is_shown(name: str, secret: str, other: str) -> None:
    secret = secret.encode("utf-8", "replace").decode()
    form = urlencode({"a": other.encode("utf-8", "replace"), name: secret, "b": "c"})
    escaped = form.replace(quote_plus(name), "".join(f"%{ord(letter):02x}" for letter in name))
    for text in (form, escaped):
        for content_type in ("application/x-www-form-urlencoded; charset=utf-8", ""):
            if text is escaped and not content_type:
                continue  # nothing says that these are escapes
            call = a_call(text.encode(), {"CONTENT_TYPE": content_type}, f"/api/status?{text}")
            assert CORE not in shown(call)


@several
@given(names, word_secret)
def test_no_secret_of_a_header_is_shown(name: str, secret: str) -> None:
    wsgi = f"HTTP_{name.upper().replace('-', '_')}"
    call = a_call(headers={wsgi: secret, "HTTP_REFERER": f"https://a:{secret}@example.com/?a"})
    call.response_headers = [(name, secret), ("location", f"/login?{name}={secret}&a=b")]
    assert CORE not in shown(call)


@several
@given(st.sampled_from(("Basic", "bearer", "ApiKey")), word_secret)
def test_no_credentials_are_shown_wherever_they_stand(scheme: str, secret: str) -> None:
    encoded = b64encode(f"bob:{secret}".encode()).decode()
    call = a_call(json.dumps({"text": f"sent {scheme} {encoded} to it"}).encode())
    assert encoded not in shown(call)
    call = a_call(headers={"HTTP_AUTHORIZATION": f"Basic {encoded}"})
    call.response = f"Bob has no {secret}, {encoded}".encode()
    assert CORE not in shown(call)
    assert encoded not in shown(call)


@several
@given(names, plain_secret, st.sampled_from(("{}: {}", '{}="{}"', "x {}={}", "'{}': '{}'")))
def test_no_secret_of_a_text_is_shown(name: str, secret: str, form: str) -> None:
    # Within quotes of its own kind nobody can tell where a value ends.
    text = form.format(name, secret.replace('"', "").replace("'", "" if "'" in form else "'"))
    call = a_call(text.encode(), target=f"/api/{quote('a')}")
    call.hint = text
    assert CORE not in shown(call)


@several
@given(st.dictionaries(st.text(min_size=1), any_secret, min_size=1, max_size=2), other_texts)
def test_the_secrets_of_a_connector_are_shown_nowhere(secrets: dict[str, str], other: str) -> None:
    call = a_call(json.dumps({"text": [other + secret for secret in secrets.values()]}).encode())
    run = RunRecord("a", ".jira", "A", "default")
    run.secrets = secrets
    run.service_message = other.join(secrets.values())
    run.outbound.append(Exchange("jira", "GET", f"https://x/{quote(next(iter(secrets.values())))}"))
    call.runs.append(run)
    assert CORE not in shown(call)


@pytest.mark.parametrize(
    "text",
    [
        "error validating connector type secrets: [apiToken]: expected value of type [string]",
        "[request body.secrets]: expected value of type [object] but got [string]",
        "Basic authentication is off",
        "https://example.com/a@b?c=d",
        '{"nextPageToken":"abcdefgh"}',
        '{"is_missing_secrets":true,"password":null}',
        "the token was refreshed",
    ],
)
def test_what_only_speaks_of_secrets_is_shown(text: str) -> None:
    assert Redaction().text(text) == text


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ('{"a":1,"password":"x"}', '{"a":1,"password":"[redacted]"}'),
        ("a=1&password=x&b=2", "a=1&password=[redacted]&b=2"),
        ("https://bob:x@example.com/", "https://[redacted]@example.com/"),
        ('{"a":{}}\n{"token":"x"}\n', '{"a":{}}\n{"token":"[redacted]"}\n'),
        ("GET /\npassword: x y\nhost: z", "GET /\npassword: [redacted]\nhost: z"),
        ("{'password': 'x', 'a': 1", "{'password': [redacted], 'a': 1"),
        ('{"password" "x y", "a": 1}', '{"password" [redacted], "a": 1}'),
        ("b=1&assertion=eyJhbGciOiJS.eyJpc3MiOiJhIn0.c2ln&a=2", "b=1&assertion=[redacted]&a=2"),
    ],
    ids=["json", "form", "url", "ndjson", "lines", "broken", "no colon", "web token"],
)
def test_what_is_around_a_secret_is_shown(text: str, redacted: str) -> None:
    assert Redaction().text(text) == redacted


def test_an_object_of_secrets_shows_its_keys_and_what_is_missing() -> None:
    secrets = {"user": "bob", "password": "", "port": 1, "ca": None, "strict": True}
    assert Redaction().value({"secrets": secrets}) == {
        "secrets": {"user": REDACTED, "password": "", "port": REDACTED, "ca": None, "strict": True}
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_secret_is_known_by_its_name(name: str) -> None:
    assert is_secret(name)
    assert is_secret(name.upper())


@pytest.mark.parametrize(
    "name",
    [
        "kbn-xsrf",
        "key",
        "x-atlassian-token",
        "tokenizer",
        "author",
        "max_tokens",
        "maxTokens",
        "prompt_tokens",
    ],
)
def test_other_names_are_no_secrets(name: str) -> None:
    assert not is_secret(name)


@pytest.mark.parametrize(
    "make",
    [
        lambda size: "password" * size,
        lambda size: "a" * 8 * size,
        lambda size: "token " + " " * 8 * size,
        lambda size: "http://" + "a" * 8 * size,
        lambda size: '"password":"' + "\\" * 8 * size,
        lambda size: "://" * 2 * size,
    ],
    ids=["names", "letters", "spaces", "host", "backslashes", "urls"],
)
def test_no_text_takes_long(make: Callable[[int], str]) -> None:
    # Were one of the patterns quadratic, this would not end within the suite's patience.
    Redaction().text(make(KEPT_BYTES // 8))
