"""The page to which the OAuth server of a connector sends a user back, and the page's script."""

from __future__ import annotations

from flask import Response

from mockkibana.kibana.routes.http import CheckedRequest, answer, route
from mockkibana.kibana.routes.loading import query
from mockkibana.validation import Maybe, Schema, String

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>OAuth Authorization Failed</title></head>
<body>
<h1>Authorization Failed</h1>
<p>You can close this window and try again.</p>
<p>Unable to retrieve Kibana user profile ID.</p>
<script src="/api/actions/connector/_oauth_callback_script"></script>
</body>
</html>
"""
# It tells the page that began, of what this page was sent, and closes it.
_SCRIPT = """(function () {
  var told = document.body.dataset;
  if (told.broadcast && window.BroadcastChannel) {
    new BroadcastChannel("oauth_flow_completed").postMessage(JSON.parse(told.broadcast));
  }
  if (told.autoClose) {
    setTimeout(window.close, 3000);
  }
})();
"""


class CallbackQuery(Schema):
    """What an OAuth server adds to the address; some servers add more."""

    unknowns = "allow"

    code = Maybe(String())
    state = Maybe(String())
    error = Maybe(String())
    error_description = Maybe(String())
    session_state = Maybe(String())


@route(query=query(CallbackQuery()), licensed=True)
def page(call: CheckedRequest) -> Response:  # noqa: ARG001 - whatever is asked
    """Say that it did not work: only the session of a browser has a profile, and there are none.

    So in Kibana to whoever asks with credentials (`oauth_callback.ts`). Guess: in a Kibana without
    security, too.
    """
    return _of_type("text/html", _PAGE)


@route()
def script(call: CheckedRequest) -> Response:  # noqa: ARG001 - there is one
    """Return the script of that page."""
    return _of_type("application/javascript", _SCRIPT)


def _of_type(content_type: str, text: str) -> Response:
    response = answer(200)
    response.set_data(text)
    response.headers["content-type"] = f"{content_type}; charset=utf-8"
    return response
