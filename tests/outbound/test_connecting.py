"""How Kibana connects to a host: proxies, certificates, and what kibana.yml says of some hosts."""

from __future__ import annotations

from typing import Any

import pytest
import responses

from mockkibana.outbound.connecting import is_trusted, proxy_of, verification_mode
from mockkibana.outbound.message import Trust
from mockkibana.settings import CustomHost, Settings
from mockkibana.world import World

URL = "https://hooks.example.com/in"
PROXY = "http://proxy.example.com:3128"
NONE = Trust("none")

PROXIES: list[tuple[dict[str, Any], str, str | None]] = [
    ({}, URL, None),
    ({"proxy_url": PROXY}, URL, PROXY),
    ({"proxy_url": PROXY}, "/a-path-of-elasticsearch", None),
    ({"proxy_url": "no url"}, URL, None),
    ({"proxy_url": PROXY, "proxy_bypass_hosts": ("hooks.example.com",)}, URL, None),
    ({"proxy_url": PROXY, "proxy_bypass_hosts": ("b.example.com",)}, URL, PROXY),
    ({"proxy_url": PROXY, "proxy_only_hosts": ("hooks.example.com",)}, URL, PROXY),
    ({"proxy_url": PROXY, "proxy_only_hosts": ("b.example.com",)}, URL, None),
    (
        {
            "proxy_url": PROXY,
            "proxy_bypass_hosts": ("b.example.com",),
            "proxy_only_hosts": ("b.example.com",),
        },
        URL,
        PROXY,
    ),
]


def test_a_proxy_is_for_all_hosts_for_some_or_for_all_but_some():
    wrong = [
        (given, url) for given, url, told in PROXIES if proxy_of(url, Settings(**given)) != told
    ]
    assert wrong == []


def host(url: str, mode: str | None = None, *, has_authority: bool = False) -> dict[str, Any]:
    own = CustomHost(url=url, verification_mode=mode, has_authority=has_authority)
    return {"custom_host_settings": (own,)}


MODES: list[tuple[dict[str, Any], str, Trust, str]] = [
    ({}, URL, Trust(), "full"),
    ({"ssl_verification_mode": "certificate"}, URL, Trust(), "certificate"),
    (host("https://hooks.example.com:443", "none"), URL, Trust(), "none"),
    (host("https://hooks.example.com", "none"), URL, Trust(), "none"),
    (host("https://hooks.example.com:8443", "none"), URL, Trust(), "full"),
    (host("https://hooks.example.com:443"), URL, Trust(), "full"),
    (host("smtp://mail.example.com:465", "none"), "smtps://mail.example.com:465", Trust(), "none"),
    (host("https://hooks.example.com:443", "none"), URL, Trust("full"), "full"),
    ({"ssl_verification_mode": "none"}, "https://[", Trust(), "none"),
]


def test_the_connector_goes_before_the_host_and_the_host_before_all_hosts():
    wrong = [
        (given, url, trust)
        for given, url, trust, told in MODES
        if verification_mode(url, trust, Settings(**given)) != told
    ]
    assert wrong == []


TRUSTED: list[tuple[str, dict[str, Any], Trust, bool]] = [
    ("self-signed", {}, Trust(), False),
    ("self-signed", {}, NONE, True),
    ("expired", {}, NONE, True),
    ("wrong-host", {}, Trust("certificate"), True),
    ("expired", {}, Trust("certificate"), False),
    ("unknown-issuer", {}, Trust(has_authority=True), True),
    ("expired", {}, Trust(has_authority=True), False),
    ("self-signed", host("https://hooks.example.com:443", has_authority=True), Trust(), True),
]


def test_what_is_wrong_with_a_certificate_may_not_matter():
    wrong = [
        (certificate, given, trust)
        for certificate, given, trust, told in TRUSTED
        if is_trusted(certificate, URL, trust, Settings(**given)) is not told
    ]
    assert wrong == []


@pytest.fixture
def hook(create: Any) -> Any:
    return lambda **config: create(
        ".webhook", {"url": URL, "hasAuth": False, **config}, secrets={}
    )["id"]


def test_a_run_does_not_see_a_certificate_that_nobody_looks_at(world, hook, execute):
    strict, lax = hook(), hook(verificationMode="none")
    world.faults.add({"match": {"backend": "webhook"}, "what": {"tls": "self-signed"}})
    failed = execute(strict, {"body": "x"}).json
    text = "[DEPTH_ZERO_SELF_SIGNED_CERT] self-signed certificate"
    assert failed["service_message"] == text
    assert execute(lax, {"body": "x"}).json["status"] == "ok"
    world.settings = Settings(ssl_verification_mode="none")
    assert execute(strict, {"body": "x"}).json["status"] == "ok"
    assert len(world.outbox.list()) == 2


def test_with_a_proxy_it_is_the_proxy_that_refuses_connections(world, hook, execute):
    world.settings = Settings(proxy_url=PROXY)
    world.faults.add({"match": {"backend": "webhook"}, "what": {"wire": "refused"}})
    assert execute(hook(), {"body": "x"}).json["service_message"] == (
        "[ECONNREFUSED] connect ECONNREFUSED proxy.example.com:3128"
    )


@pytest.mark.parametrize(
    ("settings", "proxies", "verify"),
    [
        ({}, {}, True),
        (
            {"proxy_url": PROXY, "ssl_verification_mode": "none"},
            {"http": PROXY, "https": PROXY},
            False,
        ),
    ],
    ids=["none", "both"],
)
def test_what_really_goes_out_takes_the_proxy_and_looks_as_closely(settings, proxies, verify):
    from mockkibana.outbound.message import Outbound
    from mockkibana.outbound.ways_out import WaysOut

    world = World(Settings(**settings))
    wire = WaysOut(world.installation, ["hooks.example.com"])._network
    with responses.RequestsMock() as mock:
        mock.post(URL, body="ok")
        wire.send(Outbound("POST", URL, body="x"))
        sent = mock.calls[0].request.req_kwargs
    assert {key: sent["proxies"][key] for key in sent["proxies"]} == proxies
    assert sent["verify"] is verify
    world.close()
