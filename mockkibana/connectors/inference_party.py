"""What `.inference` connectors talk to: the inference endpoints of Kibana's own Elasticsearch."""

from __future__ import annotations

from hashlib import shake_128
from typing import TYPE_CHECKING
from urllib.parse import unquote

from mockkibana.connectors.ai import Models
from mockkibana.connectors.openai import chat_stream
from mockkibana.faults.answers import ErrorAnswers
from mockkibana.http.messages import Answer
from mockkibana.json import Record
from mockkibana.outbound import axios
from mockkibana.outbound.message import Outbound, Unreachable
from mockkibana.outbound.party import Box
from mockkibana.settings import Settings

if TYPE_CHECKING:
    from mockkibana.faults import Effect

_DIMENSIONS = 384
_HEADERS = {"content-type": "application/json"}


def _error(status: int, text: str, type_: str = "status_exception") -> Record:
    cause = {"type": type_, "reason": text}
    return {"error": {"root_cause": [cause], **cause}, "status": status}


def _failure(status: int, what: str, told: str) -> Record:
    text = f"Received {what} status code for request. Error message: [{told}]"
    return {"status": status, "body": _error(status, text)}


def not_found(inference_id: str) -> Record:
    """Return what Elasticsearch says of an endpoint that is not there."""
    return _error(
        404, f"Inference endpoint not found [{inference_id}]", "resource_not_found_exception"
    )


def already_there(inference_id: str) -> Record:
    """Return what Elasticsearch says when an endpoint is made a second time."""
    text = f"Inference endpoint [{inference_id}] already exists"
    return _error(400, text, "resource_already_exists_exception")


def other_task(task: str, endpoint: Record) -> Record:
    """Return what Elasticsearch says when an endpoint is deleted as one for another task."""
    text = f"Requested task type [{task}] does not match the inference endpoint's task type "
    return _error(400, f"{text}[{endpoint['task_type']}]")


class InferenceEndpoints(Models):
    """The inference API of Kibana's own Elasticsearch.

    It has the endpoints that saving connectors has made, and those of preconfigured connectors,
    which the cluster of a real Kibana has to have. What an endpoint is for does not matter.

    Completions are as of any other provider. Embeddings are made of the text's hash, weights are
    numbers of words, and a score is the part of the query's words that a text has.
    """

    name = "inference"
    is_limited = False
    # Guess: the words, of Elasticsearch and of a provider behind it, as people quote them.
    failures = {  # noqa: RUF012
        "rate-limited": _failure(429, "a rate limit", "Rate limit reached for requests"),
        "context-length": _failure(
            400, "an unsuccessful", "This model's maximum context length is 128000 tokens."
        ),
        "content-filter": _failure(
            400,
            "an unsuccessful",
            "The response was filtered due to the prompt triggering the content management policy.",
        ),
        "bad-key": _failure(401, "an authentication error", "Incorrect API key provided"),
    }

    @property
    def errors(self) -> ErrorAnswers:
        """The bodies of a node."""
        return ErrorAnswers.shipped("elasticsearch")

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Do the task that the path names."""
        task, *rest = message.path.split("/")[2:]
        # Kibana does not encode the id in the path of a stream.
        id_, body = unquote("/".join(rest).removesuffix("/_stream")), message.body
        if not box.run.is_preconfigured and box.resources(self).get(id_) is None:
            return Answer(404, not_found(id_), _HEADERS)
        if task == "chat_completion":
            model = body.get("model") or unquote(rest[0])
            return chat_stream(self.complete(body["messages"], box), model, box)
        return Answer(200, {task: self._done(task, body, box)}, _HEADERS)

    def _done(self, task: str, body: Record, box: Box) -> list[Record]:
        given = body["input"]
        if task == "completion":
            said = self.complete([{"role": "user", "content": given}], box)
            return [{"result": said.text}]
        if task == "rerank":
            rows = [
                {"index": index, "relevance_score": _score(body["query"], text), "text": text}
                for index, text in enumerate(given)
            ]
            return sorted(rows, key=lambda row: -float(str(row["relevance_score"])))
        if task == "text_embedding":
            return [{"embedding": _embedding(given)}]
        words = given.lower().split()
        weights = {word: float(words.count(word)) for word in words}
        return [{"is_truncated": False, "embedding": weights}]

    def unreachable(self, effect: Effect, url: str, settings: Settings) -> Unreachable:
        """Return what Kibana's Elasticsearch client says: the wire's words, and its own."""
        if effect.refused or effect.tls is not None:
            return super().unreachable(effect, f"http://127.0.0.1:9200{url}", settings)
        return axios.broken(effect) or Unreachable("Request timed out")


def _score(query: str, text: str) -> float:
    wanted, words = {*query.lower().split()}, {*text.lower().split()}
    return round(len(wanted & words) / len(wanted), 4) if wanted else 0.0


def _embedding(text: str) -> list[float]:
    digest = shake_128(text.encode("utf-8", "replace")).digest(_DIMENSIONS)
    return [round((byte - 127.5) / 127.5, 4) for byte in digest]
