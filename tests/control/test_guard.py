"""The guard of the control plane: who is let in, who is not, and what they are told."""

from __future__ import annotations

from base64 import b64encode

import pytest

from mockkibana.app import create_app
from mockkibana.control.guard import ControlAccess, check, sends_token

HOST = "127.0.0.1:5601"
OPEN = ControlAccess()
TOKEN = ControlAccess(token="s3cret")
PUBLIC = ControlAccess(loopback=False)
PUBLIC_TOKEN = ControlAccess(token="s3cret", loopback=False)
NAMED = ControlAccess(allow_hosts=("Mock.example.com", "kibana"))
BEARER = {"Authorization": "Bearer s3cret"}


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}


def environ(headers: dict[str, str | None]) -> dict[str, str]:
    given = {"Host": HOST, **headers}
    return {
        f"HTTP_{name.upper().replace('-', '_')}": value
        for name, value in given.items()
        if value is not None
    }


@pytest.mark.parametrize(
    ("access", "headers", "status"),
    [
        pytest.param(OPEN, {}, None, id="a tool on this machine"),
        pytest.param(OPEN, {"Host": None}, None, id="HTTP/1.0 without a Host"),
        pytest.param(OPEN, {"Host": "localhost"}, None, id="localhost"),
        pytest.param(OPEN, {"Host": "LOCALHOST.:5601"}, None, id="localhost in another spelling"),
        pytest.param(OPEN, {"Host": "kibana.localhost:1"}, None, id="a name below localhost"),
        pytest.param(OPEN, {"Host": "127.1.2.3"}, None, id="another address of loopback"),
        pytest.param(OPEN, {"Host": "[::1]:5601"}, None, id="loopback in IPv6"),
        pytest.param(OPEN, {"Host": "evil.example.com"}, 403, id="a name that leads here"),
        pytest.param(OPEN, {"Host": "localhost.example.com"}, 403, id="a name like localhost"),
        pytest.param(OPEN, {"Host": "notlocalhost"}, 403, id="a name that ends like localhost"),
        pytest.param(OPEN, {"Host": "localhost@example.com"}, 403, id="a user in the Host"),
        pytest.param(OPEN, {"Host": "127.0.0.1.example.com"}, 403, id="a name like an address"),
        pytest.param(OPEN, {"Host": "0.0.0.0:5601"}, 403, id="the address of no host"),
        pytest.param(OPEN, {"Host": "192.0.2.1"}, 403, id="another machine's address"),
        pytest.param(OPEN, {"Host": "[2001:db8::1]"}, 403, id="another machine's IPv6 address"),
        pytest.param(OPEN, {"Host": ""}, 403, id="an empty Host"),
        pytest.param(NAMED, {"Host": "mock.example.com:5601"}, None, id="an allowed name"),
        pytest.param(NAMED, {"Host": "KIBANA"}, None, id="an allowed name in capitals"),
        pytest.param(NAMED, {"Host": "a.mock.example.com"}, 403, id="below an allowed name"),
        pytest.param(NAMED, {"Host": HOST}, None, id="loopback beside allowed names"),
        pytest.param(OPEN, {"Host": "public.example.com"}, None, id="the host of the public URL"),
        pytest.param(
            OPEN,
            {"Host": HOST, "Origin": "https://public.example.com:8443"},
            None,
            id="the origin of the public URL",
        ),
        pytest.param(OPEN, {"Origin": f"http://{HOST}"}, None, id="its own page"),
        pytest.param(OPEN, {"Origin": "http://localhost:5601"}, 403, id="its page by another name"),
        pytest.param(OPEN, {"Origin": "http://127.0.0.1:3000"}, 403, id="a page on another port"),
        pytest.param(OPEN, {"Origin": "https://evil.example.com"}, 403, id="a foreign page"),
        pytest.param(OPEN, {"Origin": f"https://evil.example.com/{HOST}"}, 403, id="a long origin"),
        pytest.param(OPEN, {"Origin": "null"}, 403, id="a page without an origin"),
        pytest.param(OPEN, {"Origin": ""}, 403, id="an empty origin"),
        pytest.param(OPEN, {"Origin": f"file://{HOST}"}, 403, id="a file"),
        pytest.param(
            OPEN,
            {"Host": "evil.example.com", "Origin": "http://evil.example.com"},
            403,
            id="a name that was led here, with its own page",
        ),
        pytest.param(OPEN, {"Sec-Fetch-Site": "cross-site"}, 403, id="another site"),
        pytest.param(OPEN, {"Sec-Fetch-Site": "Cross-Site "}, 403, id="another site, oddly"),
        pytest.param(OPEN, {"Sec-Fetch-Site": "same-origin"}, None, id="the same origin"),
        pytest.param(OPEN, {"Sec-Fetch-Site": "same-site"}, None, id="the same site"),
        pytest.param(OPEN, {"Sec-Fetch-Site": "none"}, None, id="the address bar"),
        pytest.param(
            OPEN, {"Origin": "https://a.example.com", **BEARER}, 403, id="a token that nobody asked"
        ),
        pytest.param(TOKEN, {}, None, id="a tool on this machine, token or not"),
        pytest.param(TOKEN, {"Host": "evil.example.com"}, 403, id="a token configured, not sent"),
        pytest.param(TOKEN, {"Host": "evil.example.com", **BEARER}, None, id="a token sent"),
        pytest.param(
            TOKEN,
            {"Origin": "https://a.example.com", "Sec-Fetch-Site": "cross-site", **BEARER},
            None,
            id="a foreign page with the token",
        ),
        pytest.param(PUBLIC, {}, 403, id="a public listener without a token"),
        pytest.param(PUBLIC, BEARER, 403, id="a public listener, a token that nobody asked"),
        pytest.param(
            ControlAccess(token="", loopback=False),
            {"Authorization": "Bearer "},
            403,
            id="an empty token is none",
        ),
        pytest.param(PUBLIC_TOKEN, {}, 403, id="a public listener, the token not sent"),
        pytest.param(PUBLIC_TOKEN, BEARER, None, id="a public listener, the token sent"),
        pytest.param(
            PUBLIC_TOKEN, {"Host": "any.example.com", **BEARER}, None, id="the token by any name"
        ),
        pytest.param(
            PUBLIC_TOKEN, {"Authorization": "bEaReR  s3cret "}, None, id="the scheme in any case"
        ),
        pytest.param(PUBLIC_TOKEN, {"Authorization": "Bearer other"}, 403, id="another token"),
        pytest.param(PUBLIC_TOKEN, {"Authorization": "Bearer s3cre"}, 403, id="half a token"),
        pytest.param(PUBLIC_TOKEN, {"Authorization": "s3cret"}, 403, id="a token without a scheme"),
        pytest.param(PUBLIC_TOKEN, {"Authorization": "ApiKey s3cret"}, 403, id="another scheme"),
        pytest.param(PUBLIC_TOKEN, {"Authorization": "Bearer"}, 403, id="a scheme without a token"),
        pytest.param(PUBLIC_TOKEN, basic("anybody", "s3cret"), None, id="the password of Basic"),
        pytest.param(PUBLIC_TOKEN, basic("s3cret", "elastic"), 403, id="the user name of Basic"),
        pytest.param(PUBLIC_TOKEN, {"Authorization": "Basic !!"}, 403, id="Basic that is none"),
        pytest.param(PUBLIC_TOKEN, {"Authorization": "Basic é"}, 403, id="Basic beyond ASCII"),
        pytest.param(PUBLIC_TOKEN, {"Accept": "text/html,*/*"}, 401, id="a browser, token missing"),
        pytest.param(
            PUBLIC_TOKEN,
            {"Accept": "text/html", **basic("", "no")},
            401,
            id="a browser, wrong token",
        ),
        pytest.param(TOKEN, {"Accept": "text/html"}, None, id="a browser on this machine"),
        pytest.param(PUBLIC, {"Accept": "text/html"}, 403, id="a browser that no token can help"),
    ],
)
def test_the_guard(access, headers, status):
    refused = check(environ(headers), access, "https://public.example.com:8443/kibana")
    assert (refused and refused.status) == status


def test_a_token_may_hold_any_character():
    access = ControlAccess(token="päss:wörd")
    sent = {"HTTP_AUTHORIZATION": "Bearer " + "päss:wörd".encode().decode("latin-1")}
    assert sends_token(sent, access)
    assert sends_token(environ(basic("", "päss:wörd")), access)


def test_an_allowed_name_may_be_an_ipv6_address():
    access = ControlAccess(allow_hosts=("2001:DB8::1",))
    assert check(environ({"Host": "[2001:db8::1]:5601"}), access, None) is None


@pytest.mark.parametrize(
    ("access", "headers", "text"),
    [
        pytest.param(
            OPEN,
            {"Host": "evil.example.com"},
            "The Host 'evil.example.com' is neither loopback nor a name that this server was "
            "given: name it with --allow-host or --public-url. Or start the server with --token "
            "(MOCKKIBANA_TOKEN), and send that token: as 'Authorization: Bearer TOKEN', or in a "
            "browser as the password.",
            id="Host",
        ),
        pytest.param(
            TOKEN,
            {"Origin": "https://a.example.com"},
            "A page of another origin sent this (Origin: 'https://a.example.com'). Send the token "
            "of --token (MOCKKIBANA_TOKEN): as 'Authorization: Bearer TOKEN', or in a browser as "
            "the password.",
            id="Origin",
        ),
        pytest.param(
            TOKEN,
            {"Sec-Fetch-Site": "cross-site", "Authorization": "Bearer other"},
            "A page of another site sent this (Sec-Fetch-Site: cross-site). The token that arrived "
            "is not the server's, so send the one of --token (MOCKKIBANA_TOKEN): as "
            "'Authorization: Bearer TOKEN', or in a browser as the password.",
            id="wrong token",
        ),
        pytest.param(
            PUBLIC,
            {},
            "The server listens beyond loopback, where anybody could control it. Start "
            "the server with --token (MOCKKIBANA_TOKEN), and send that token: as 'Authorization: "
            "Bearer TOKEN', or in a browser as the password.",
            id="public",
        ),
    ],
)
def test_a_refusal_says_why_and_what_helps(access, headers, text):
    refused = check(environ(headers), access, None)
    assert refused is not None
    assert refused.body == text
    assert "s3cret" not in text


# Through the app: what is guarded, and what is not.

FOREIGN = {"Origin": "https://evil.example.com"}


@pytest.mark.parametrize("world_prefix", ["", "/_mock/worlds/a"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/_mock/"),
        ("GET", "/_mock"),
        ("GET", "/_mock/api/"),
        ("GET", "/_mock/api"),
        ("GET", "/_mock/api/snapshot"),
        ("POST", "/_mock/api/reset"),
        ("DELETE", "/_mock/api/worlds/a"),
        ("GET", "/_mock/api/nothing"),
        ("OPTIONS", "/_mock/api/reset"),
    ],
)
def test_the_page_and_the_api_are_guarded_in_every_world(client, world, world_prefix, method, path):
    before = world.store.digest()
    answer = client.open(f"{world_prefix}{path}", method=method, headers=FOREIGN)
    assert answer.status_code == 403
    assert "Origin: 'https://evil.example.com'" in answer.text
    assert "access-control-allow-origin" not in answer.headers
    assert world.store.digest() == before


@pytest.mark.parametrize(
    "path",
    ["/api/status", "/_mock/elasticsearch/", "/_mock/jira/rest/api/2/serverInfo"],
)
def test_kibana_and_the_faces_are_never_guarded(client, path):
    headers = {**FOREIGN, "Sec-Fetch-Site": "cross-site"}
    client.get("/_mock/worlds/a/api/status")  # a world that is there already
    for prefix in ("", "/_mock/worlds/a"):
        answer = client.get(f"{prefix}{path}", headers=headers, base_url="http://x.example.com")
        assert answer.status_code == 200


def test_the_page_asks_a_browser_for_the_token(world):
    client = create_app(world, ControlAccess(token="s3cret", loopback=False)).test_client()
    asked = client.get("/_mock/", headers={"Accept": "text/html"})
    assert asked.status_code == 401
    assert asked.headers["www-authenticate"].startswith("Basic realm=")
    assert asked.content_type == "text/plain; charset=utf-8"
    sent = client.get("/_mock/", headers=basic("me", "s3cret"))
    assert sent.status_code == 200
    assert "<h1>mockkibana</h1>" in sent.text


def test_a_refusal_of_the_api_is_json(world):
    answer = create_app(world, ControlAccess(loopback=False)).test_client().get("/_mock/api/state")
    assert answer.status_code == 403
    assert set(answer.json) == {"error"}


@pytest.mark.parametrize(
    ("address", "status"), [("127.0.0.1", 200), ("::1", 200), ("192.0.2.1", 403), ("", 200)]
)
def test_under_another_server_the_clients_address_tells_who_may(client, address, status):
    answer = client.get("/_mock/api/state", environ_overrides={"REMOTE_ADDR": address})
    assert answer.status_code == status
