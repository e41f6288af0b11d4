"""A Google service account: how Kibana gets an access token for it."""

from __future__ import annotations

from urllib.parse import urlencode

from mockkibana.connectors.base import Run, Thrown
from mockkibana.connectors.oauth import FORM_HEADERS, JWT_BEARER, assertion
from mockkibana.json import Json, Malformed, loads
from mockkibana.outbound.axios import Axios, AxiosError
from mockkibana.outbound.message import Outbound

TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - the place, no token
"""Where Google grants tokens. Guess: some of the library's versions ask at another address."""

_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_KEPT = 3500  # seconds
_NO_TOKEN = (
    "Unable to retrieve access token. Ensure the service account has the right permissions and the "  # noqa: S105
    "Vertex AI endpoint is enabled in the GCP project. Error: "
)


def access_token(run: Run, credentials: str) -> str:
    """Return the token, as a header has it, of the account in a text of JSON.

    Raises `Thrown`, as `get_gcp_oauth_access_token.ts` and Google's library do.
    """
    try:
        account = loads(credentials, javascript=True, allow_proto=True)
    except Malformed:
        raise Thrown("Failed to parse credentials JSON file: Invalid JSON format") from None
    if (kept := run.token.get()) is not None:
        return kept
    for key in ("client_email", "private_key"):
        if not (isinstance(account, dict) and account.get(key)):
            what = f"The incoming JSON object does not contain a {key} field"
            raise Thrown(f"{_NO_TOKEN}{what}")
    try:
        answer = Axios(run.send).request(_message(run, account))
    except AxiosError as error:
        raise Thrown(f"{_NO_TOKEN}{_told(error)}") from None
    token = answer.body.get("access_token") if isinstance(answer.body, dict) else None
    if not token:
        raise Thrown(
            "Error occurred while retrieving the access token. Ensure that the credentials are "
            "vaild."  # Kibana's own slip
        )
    header = f"Bearer {token}"
    run.token.keep(header, _KEPT)
    return header


def _message(run: Run, account: Json) -> Outbound:
    now, email = run.clock.milliseconds() // 1000, account["client_email"]
    claims = {"iss": email, "scope": _SCOPE, "aud": TOKEN_URL, "exp": now + 3600, "iat": now}
    key_id = account.get("private_key_id")
    form = {"grant_type": JWT_BEARER, "assertion": assertion(claims, key_id)}
    return Outbound("POST", TOKEN_URL, FORM_HEADERS, urlencode(form))


def _told(error: AxiosError) -> str:
    """Return the message of Google's library: OAuth's words, or what the wire says."""
    body = error.response.body if error.response is not None else {}
    if not isinstance(body, dict) or not (code := body.get("error")):
        return error.message
    description = body.get("error_description")
    # Guess: an error of Google's other APIs becomes a text as any object does.
    text = code if isinstance(code, str) else "[object Object]"
    return f"{text}: {description}" if description else text
