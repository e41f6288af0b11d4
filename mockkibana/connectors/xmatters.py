"""The `.xmatters` connector: triggers a flow of xMatters'."""

from __future__ import annotations

from mockkibana.connectors.base import ConnectorType, Failed, Run
from mockkibana.http.messages import Answer
from mockkibana.http.urls import is_url
from mockkibana.json import Json
from mockkibana.outbound import axios
from mockkibana.outbound.allowed_hosts import refused_url
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party
from mockkibana.settings import Settings
from mockkibana.validation import Boolean, Maybe, Nullable, Schema, String


class Flows(Party):
    """The flows of xMatters, whatever their URL."""

    name = "xmatters"

    def receive(self, message: Outbound, box: Box) -> Answer:  # noqa: ARG002 - any is taken
        """Trigger a flow, which is a request of its own."""
        headers = {"content-type": "application/json"}
        return Answer(202, {"requestId": box.ids.uuid("xmatters-request")}, headers)


class Config(Schema):
    """The URL of the flow, where user and password open it."""

    configUrl = Nullable(String())  # noqa: N815 - Kibana's own names, here and below
    usesBasic = Boolean(load_default=True)  # noqa: N815


class Secrets(Schema):
    """User and password, or a URL that lets whoever knows it trigger the flow."""

    user = Nullable(String())
    password = Nullable(String())
    secretsUrl = Nullable(String())  # noqa: N815


class Params(Schema):
    """What the flow is told; without a signal and an action group it takes the run for a test."""

    alertActionGroupName = Maybe(String())  # noqa: N815
    signalId = Maybe(String())  # noqa: N815
    ruleName = Maybe(String())  # noqa: N815
    date = Maybe(String())
    severity = String()
    spaceId = Maybe(String())  # noqa: N815
    tags = Maybe(String())


class Xmatters(ConnectorType):
    """Triggers one flow with the params of a run."""

    id = ".xmatters"
    config = Config()
    secrets = Secrets()
    params = Params()
    party = Flows()
    example = {"severity": "High", "ruleName": "hello, world"}  # noqa: RUF012

    def validate_config(self, config: Json, settings: Settings) -> str | None:
        """Refuse what is no URL and a host that is not allowed, where it is asked at all."""
        url = config["configUrl"]
        if not url or not config["usesBasic"]:
            return None
        invalid = None if is_url(url) else "unable to parse url: Invalid URL"
        text = invalid or refused_url(url, settings)
        return text and f"Error configuring xMatters action: {text}"

    def validate_secrets(self, secrets: Json, settings: Settings) -> str | None:
        """Refuse secrets that are neither user and password nor an allowed URL."""
        user, password, url = secrets["user"], secrets["password"], secrets["secretsUrl"]
        if not (user or password or url):
            return "Provide either secretsUrl link or user/password to authenticate"
        if not url:
            fits = user and password
            return None if fits else "Both user and password must be specified."
        if user or password:
            return (
                "Cannot use user/password for URL authentication. Provide valid secretsUrl or use "
                "Basic Authentication."
            )
        if not is_url(url):
            return "Invalid secretsUrl: TypeError: Invalid URL"
        return refused_url(url, settings)

    def validate_connector(self, config: Json, secrets: Json) -> str | None:
        """Refuse a URL and secrets of which one is for the other kind of authentication."""
        user, password, url = map(secrets.get, ("user", "password", "secretsUrl"))
        checks: tuple[tuple[Json, str], ...]
        if config.get("usesBasic"):
            checks = (
                (url, "secretsUrl should not be provided when usesBasic is true"),
                (user is None, "Provide valid Username"),
                (password is None, "Provide valid Password"),
                (config.get("configUrl") is None, "Provide valid configUrl"),
            )
        else:
            no = "should not be provided when usesBasic is false"
            checks = (
                (user or password, f"Username and password {no}"),
                (config.get("configUrl"), f"configUrl {no}"),
                (url is None, "Provide valid secretsUrl with API Key"),
            )
        return next((text for is_wrong, text in checks if is_wrong), None)

    def execute(self, run: Run, params: Json) -> Json:
        """Trigger the flow and return what it was told. Raises `Failed` (`xmatters/index.ts`)."""
        data = {**params, "severity": params["severity"] or "High"}
        is_basic = run.config["usesBasic"]
        url = run.config["configUrl"] if is_basic else run.secrets["secretsUrl"]
        if not url:  # a preconfigured connector may have none
            raise _untriggered(run, "Error: no url provided")
        user, password = run.secrets["user"], run.secrets["password"]
        auth = (user, password) if is_basic and user and password else None
        try:
            axios.Axios(run.send).request(Outbound("POST", url, body=data, auth=auth))
        except axios.AxiosError as error:
            raise _failed(run, error) from None
        return data


def _failed(run: Run, error: axios.AxiosError) -> Failed:
    if error.response is None:
        return _untriggered(run, error.message)
    what, status = "Error triggering xMatters flow", error.response.status
    if status == 429 or status >= 500:
        return Failed(f"{what}: http status {status}, retry later", retry=True)
    return Failed(f"{what}: unexpected status {status}")


def _untriggered(run: Run, text: str) -> Failed:
    run.log.write("warn", f"Error thrown triggering xMatters workflow: {text}")
    return Failed("Error triggering xMatters workflow", text)
