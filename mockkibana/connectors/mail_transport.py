"""How a mail leaves Kibana: as JSON for tests, by SMTP, or by the API of Microsoft Exchange."""

from __future__ import annotations

from mockkibana.connectors.base import Failed, Run
from mockkibana.connectors.email_services import well_known_service
from mockkibana.connectors.mail import Mail, addresses
from mockkibana.connectors.oauth import CLIENT_CREDENTIALS, NotGranted, granted_token
from mockkibana.javascript import stringify
from mockkibana.json import Json, Record, dumps
from mockkibana.outbound.axios import AxiosError
from mockkibana.outbound.message import Outbound, Trust

FAILED = "error sending email"
"""The message of every mail that could not be sent."""

OTHER = "other"
"""The service whose host and port a config tells."""

_EHLO = ["PIPELINING", "8BITMIME", "AUTH PLAIN LOGIN"]
# What nodemailer puts before an answer, by where in the conversation a server gives it.
_LOGINS = (454, 530, 534, 535)
_RECIPIENTS = (450, 451, 550, 551, 553)


def as_json(mail: Mail) -> Json:
    """Return what nodemailer does when it makes JSON of a mail, and sends none."""
    people = {
        key: [each.shown() for each in addresses(texts)] or None
        for key, texts in (("to", mail.to), ("cc", mail.cc), ("bcc", mail.bcc))
    }
    if mail.reply_to:
        people["replyTo"] = [each.shown() for each in addresses([*mail.reply_to])]
    message = {
        "from": addresses([mail.sender])[0].shown(),
        **people,
        "subject": mail.subject,
        "html": mail.html,
        "text": mail.text,
        "headers": {},
        "messageId": mail.message_id,
    }
    return {"envelope": mail.envelope(), "messageId": mail.message_id, "message": message}


def by_smtp(run: Run, mail: Mail) -> Json:
    """Hand a mail to its server and return nodemailer's report. Raises `Failed`, `Unreachable`."""
    raw, envelope = mail.raw(), mail.envelope()
    body = {
        "subject": mail.subject,
        "from": mail.sender,
        "to": mail.to,
        "cc": mail.cc,
        "bcc": mail.bcc,
        "envelope": envelope,
        "text": mail.text,
        "html": mail.html,
        "message_id": mail.message_id,
        "raw": raw,
    }
    if mail.reply_to:
        body["reply_to"] = [*mail.reply_to]
    # Guess: how a login is shown of a protocol that has no headers.
    auth = None
    if run.config["hasAuth"] and None not in (run.secrets["user"], run.secrets["password"]):
        auth = run.secrets["user"], run.secrets["password"]
    url = _server(run.config)
    answer = run.send(Outbound("SMTP", url, body=body, auth=auth, trust=_trust(run, url)))
    told = answer.body if isinstance(answer.body, dict) and answer.status < 300 else {}
    rejected = told.get("rejected", [])
    text = told.get("response", answer.body)
    text = text if isinstance(text, str) else dumps(text)
    if answer.status >= 300:
        raise Failed(FAILED, f"{_when(answer.status)}: {text}")
    return {
        "accepted": [address for address in envelope["to"] if address not in rejected],
        "rejected": rejected,
        "ehlo": _EHLO,
        "envelopeTime": 0,
        "messageTime": 0,
        "messageSize": len(raw),
        "response": text,
        "envelope": envelope,
        "messageId": mail.message_id,
    }


def _server(config: Json) -> str:
    """Return the URL of the mail server; a secure port is 465, another 587, as nodemailer says."""
    if config["service"] == OTHER:
        host, port, secure = config["host"], config["port"], config["secure"]
        secure = port == 465 if secure is None else secure
    else:
        known = well_known_service(config["service"])
        host, secure = known["host"], known.get("secure", False)
        port = known.get("port", 465 if secure else 587)
    return f"{'smtps' if secure else 'smtp'}://{host}:{port}"


def _trust(run: Run, url: str) -> Trust:
    """Trust a server of one's own that asks for no account: it rarely has a good certificate."""
    has_account = run.secrets["user"] is not None or run.secrets["password"] is not None
    is_own = run.config["service"] == OTHER and url.startswith("smtp:")
    return Trust("none") if is_own and not has_account else Trust()


def _when(status: int) -> str:
    if status in _LOGINS:
        return "Invalid login"
    if status in _RECIPIENTS:
        return "Can't send mail - all recipients were rejected"
    return "Invalid greeting. response=421" if status == 421 else "Message failed"


def by_exchange(run: Run, mail: Mail) -> Json:
    """Hand a mail to Microsoft's Graph and return its answer. Raises `Failed`, `Unreachable`."""
    settings = run.settings
    graph, client_id = settings.microsoft_graph_api_url, run.config["clientId"]
    headers = {"Content-Type": "application/json", "Authorization": _token(run)}
    url = f"{graph}/users/{mail.sender}/sendMail"
    answer = run.send(Outbound("POST", url, headers, _graph(mail), graph))
    if 400 <= answer.status < 500:
        run.token.forget()
    if answer.status != 202:
        text = stringify("" if answer.body is None else answer.body)
        what = f"error thrown sending Microsoft Exchange email for clientID: {client_id}"
        run.log.write("warn", f"{what}: {text}")
        raise Failed(FAILED, text)
    return "" if answer.body is None else answer.body


def _graph(mail: Mail) -> Record:
    """Return a mail as Microsoft's Graph takes it (`send_email_graph_api.ts`)."""
    recipients = {
        f"{key}Recipients": [{"emailAddress": {"address": text}} for text in texts]
        for key, texts in (("to", mail.to), ("cc", mail.cc), ("bcc", mail.bcc))
    }
    if mail.reply_to:
        recipients["replyTo"] = [{"emailAddress": {"address": text}} for text in mail.reply_to]
    body = {"contentType": "HTML", "content": mail.html}
    return {"message": {"subject": mail.subject, "body": body, **recipients}}


def _token(run: Run) -> str:
    """Return the token of the application (`get_oauth_client_credentials_access_token.ts`)."""
    config, secret = run.config, run.secrets["clientSecret"]
    if not config["clientId"] or not secret:
        what = "Missing required fields for requesting OAuth Client Credentials access token"
        run.log.write("warn", what)
        raise Failed(FAILED, f"Unable to retrieve access token for connectorId: {run.connector_id}")
    form = {
        "client_id": config["clientId"],
        "client_secret": secret,
        "grant_type": CLIENT_CREDENTIALS,
        "scope": run.settings.microsoft_graph_api_scope,
    }
    exchange = run.settings.microsoft_exchange_url
    url = config["oauthTokenUrl"] or f"{exchange}/{config['tenantId']}/oauth2/v2.0/token"
    try:
        return granted_token(run, url, form)
    except (NotGranted, AxiosError) as refused:
        raise Failed(FAILED, str(refused)) from None
