"""The settings of a world."""

from __future__ import annotations

import dataclasses

import pytest

from mockkibana.settings import BadSetting, CustomHost, Settings
from mockkibana.settings.release import release_of


def test_the_defaults_are_those_of_a_kibana_of_the_newest_version():
    settings = Settings()
    assert settings.contract == "documented"
    assert settings.kibana_version == "9.5.4"
    assert settings.release is release_of("9.5.4")
    assert settings.max_payload == 1_048_576
    assert settings.allowed_hosts == settings.enabled_action_types == ("*",)
    assert settings.preconfigured == ()
    assert settings.preconfigured_alert_history_es_index is False
    assert settings.response_timeout == 60.0
    assert settings.max_spaces == 1000


@pytest.mark.parametrize(
    "url", ["http://a", "https://[::1]:1/a", "http://b\u00fccher.example", "http://a..b/"]
)
def test_a_public_url_may_be_any_url(url):
    assert Settings(public_url=url).public_url == url


def test_settings_cannot_be_changed_in_place():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().contract = "observed"  # type: ignore[misc]


@pytest.mark.parametrize(
    "version", ["8.17.0", "8.17.10", "8.18.4", "8.19.5", "8.19.123", "9.0.0", "9.5.4"]
)
def test_a_version_from_8_17_to_8_19_is_accepted(version):
    assert Settings(kibana_version=version).release.version == version


@pytest.mark.parametrize(
    "version", ["8.16.0", "8.20.0", "9.6.0", "9.10.0", "7.17.0", "8.20", "8.19.0-SNAPSHOT",
                "v8.19.0", "", "8.19.x", "8.19.0\n"]
)  # fmt: skip
def test_another_version_is_refused(version):
    with pytest.raises(BadSetting) as refused:
        Settings(kibana_version=version)
    assert (
        str(refused.value)
        == f"kibana_version is {version!r}; expected 8.17.0 to 8.19.x, or 9.0.0 to 9.5.x"
    )


def test_a_version_without_its_patch_is_refused_with_one_that_has_it():
    for minor in ("8.19", "9.5"):
        with pytest.raises(BadSetting, match=f"with its patch: write {minor}.0"):
            Settings(kibana_version=minor)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"contract": "real"}, "contract is 'real'; expected one of documented, observed"),
        ({"jira_flavour": "dc"}, "jira_flavour is 'dc'; expected one of hybrid, cloud, server"),
        ({"jira_users": ("ann",)}, "jira_users holds what is no email:token"),
        (
            {"ssl_verification_mode": "off"},
            "ssl_verification_mode is 'off'; expected one of full, certificate, none",
        ),
        (
            {"public_url": "kibana.example.com"},
            "public_url is 'kibana.example.com'; expected a URL such as http://kibana.example.com",
        ),
        (
            {"public_url": "http://"},
            "public_url is 'http://'; expected a URL such as http://kibana.example.com",
        ),
        *(
            (
                {"base_path": path},
                (
                    f"base_path is {path!r}; expected a path such as /kibana, "
                    "which starts with a slash and does not end with one"
                ),
            )
            for path in (
                "kib",
                "/",
                "/kib/",
                "/a b",
                "/a\n",
                "/a?b",
                "/a#b",
                "/ä",
                "/_mock",
                "/_mock/a",
            )
        ),
        *(
            (
                {"server_name": name},
                f"server_name is {name!r}; expected one line of Latin-1, as it goes into a header",
            )
            for name in ("Kibana \u2013 test", "a\r\nx: y", "a\n", "\x00")
        ),
        *(
            (
                {"public_url": url},
                f"public_url is {url!r}; expected a URL such as http://kibana.example.com",
            )
            for url in (
                "http://[::1",
                "http://a\r\nb",
                "http://a b",
                "http://a:x",
                "http://a:99999",
            )
        ),
        (
            {"rewrite_base_path": True},
            "rewrite_base_path is set; expected a base_path beside it",
        ),
        (
            {"base_path": "/kib", "public_url": "http://h/other"},
            "public_url is 'http://h/other'; expected one that ends with the base_path, /kib",
        ),
        ({"max_payload": 0}, "max_payload is 0; expected a positive number"),
        ({"max_payload": -1}, "max_payload is -1; expected a positive number"),
        (
            {"email_domain_allowlist": ("a",), "email_recipient_allowlist": ("b",)},
            (
                "email_domain_allowlist and email_recipient_allowlist cannot be used at the same "
                "time"
            ),
        ),
        ({"response_timeout": 0.0}, "response_timeout is 0.0; expected a positive number"),
        ({"max_spaces": 0}, "max_spaces is 0; expected a positive number"),
    ],
    ids=str,
)
def test_a_bad_setting_says_what_it_is_and_what_it_could_be(changes, text):
    with pytest.raises(BadSetting) as refused:
        Settings(**changes)
    assert str(refused.value) == text


@pytest.mark.parametrize("url", ["http://a", "https://kibana.example.com:5601/base/"])
def test_a_public_url_is_any_http_url(url):
    assert Settings(public_url=url).public_url == url


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (
            {"url": "hooks.example.com"},
            (
                "custom_host_settings has the url 'hooks.example.com'; expected one such as "
                "https://hooks.example.com:8443"
            ),
        ),
        (
            {"url": "https://a:1", "verification_mode": "off"},
            "verification_mode is 'off'; expected one of full, certificate, none",
        ),
    ],
)
def test_a_custom_host_that_is_none_is_refused(given, text):
    with pytest.raises(BadSetting) as refused:
        CustomHost(**given)
    assert str(refused.value) == text
