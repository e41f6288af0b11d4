"""Accept and Content-Type decide which bodies are read, and in which form is answered."""

from __future__ import annotations

import pytest
from face_requests import request_of

from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.face.face import ElasticsearchFace
from mockkibana.elasticsearch.face.media_types import negotiate, unsupported_body
from mockkibana.settings import Settings

V = "application/vnd.elasticsearch+json; compatible-with="
ND = "application/vnd.elasticsearch+x-ndjson; compatible-with="


@pytest.mark.parametrize(
    ("accept", "content_type", "answered"),
    [
        (None, None, "application/json"),
        ("*/*", "application/json", "application/json"),
        ("text/html, */*;q=0.8", None, "application/json"),
        (f"{V}7", f"{V}7", "application/vnd.elasticsearch+json;compatible-with=7"),
        (f"{V}8", f"{ND}8", "application/vnd.elasticsearch+json;compatible-with=8"),
        (f"{V}9", f"{V}9", "application/vnd.elasticsearch+json;compatible-with=9"),
        (f"text/plain,{V}8", f"{V}8", "application/vnd.elasticsearch+json;compatible-with=8"),
        (f"{V}8".upper().replace("COMPATIBLE-WITH", "compatible-with"), f"{V}8", None),
    ],
)
def test_an_answer_has_the_type_that_accept_asks_for(
    accept: str | None, content_type: str | None, answered: str | None
) -> None:
    expected = answered or "application/vnd.elasticsearch+json;compatible-with=8"
    has_body = content_type is not None
    answer = negotiate(accept, content_type, has_body=has_body, current=8, newest=9)
    assert answer == (expected, int(expected.partition("with=")[2] or 8))


def refusal(
    accept: str | None, content_type: str | None, *, current: int = 8, newest: int = 9
) -> ElasticsearchError:
    with pytest.raises(ElasticsearchError) as caught:
        negotiate(accept, content_type, has_body=True, current=current, newest=newest)
    assert (caught.value.status, caught.value.type) == (400, "media_type_header_exception")
    return caught.value


def test_the_versions_of_both_headers_must_match() -> None:
    error = refusal(f"{V}7", f"{V}8")
    assert error.reason == "Invalid media-type value on headers [Accept, Content-Type]"
    assert error.caused_by == {
        "type": "status_exception",
        "reason": "A compatible version is required on both Content-Type and Accept headers if "
        "either one has requested a compatible version and the compatible versions must match. "
        f"Accept={V}7, Content-Type={V}8",
    }


def test_one_header_alone_cannot_ask_for_a_version() -> None:
    error = refusal(f"{V}8", "application/json")
    assert error.caused_by is not None
    assert error.caused_by["reason"] == (
        "A compatible version is required on both Content-Type and Accept headers if either one "
        f"has requested a compatible version. Accept={V}8, Content-Type=application/json"
    )


@pytest.mark.parametrize(
    ("current", "newest", "version", "known"),
    [
        (8, 9, 6, "8 or 7"),
        (8, 9, 10, "8 or 7"),
        (8, 8, 9, "8 or 7"),
        (9, 9, 7, "9 or 8"),
        (9, 9, 10, "9 or 8"),
    ],
)
def test_other_versions_are_refused(current: int, newest: int, version: int, known: str) -> None:
    sent = f"{V}{version}"
    error = refusal(sent, sent, current=current, newest=newest)
    assert error.reason == "Invalid media-type value on headers [Accept, Content-Type]"
    reason = f"Accept version must be either version {known}, but found {version}. Accept={sent}"
    assert error.caused_by == {"type": "status_exception", "reason": reason}


@pytest.mark.parametrize(("current", "version"), [(8, 7), (8, 8), (8, 9), (9, 8), (9, 9)])
def test_the_version_of_before_is_taken_and_perhaps_the_next(current: int, version: int) -> None:
    sent = f"{V}{version}"
    _, found = negotiate(sent, sent, has_body=True, current=current, newest=9)
    assert found == version


@pytest.mark.parametrize("text", ["", " ", "json", "a/b/c", "a b/c", "a/b;x", f"{V}x"])
def test_a_header_that_is_no_media_type_is_refused(text: str) -> None:
    assert "Content-Type" in refusal(None, text).reason


@pytest.mark.parametrize(
    ("content_type", "text"),
    [
        ("application/json", None),
        ("application/json; charset=UTF-8", None),
        ("application/x-ndjson", None),
        (f"{V}8", None),
        (None, "Content-Type header is missing"),
        (
            "application/x-www-form-urlencoded",
            "Content-Type header [application/x-www-form-urlencoded] is not supported",
        ),
        ("text/plain", "Content-Type header [text/plain] is not supported"),
        ("image/png", "Content-Type header [image/png] is not supported"),
    ],
)
def test_a_body_must_be_json(content_type: str | None, text: str | None) -> None:
    assert unsupported_body(content_type) == text


WARNING = "media-type-version"


@pytest.mark.parametrize("version", [7, 8, 9])
@pytest.mark.kibana_version("8.19.0")
def test_a_version_that_a_node_would_refuse_is_warned_of(
    face: ElasticsearchFace, version: int
) -> None:
    sent = {"accept": f"{V}{version}", "content-type": f"{V}{version}"}
    for line, body in (("GET /", None), ("PUT /t/_doc/1", {"n": 1}), ("GET /none", None)):
        request = request_of(line, body, sent)
        answer = face.handle(request)
        codes = [WARNING] if version == 9 else []
        assert request.warnings == codes
        assert answer.headers.get("x-mock-warning", "").split() == codes


@pytest.mark.parametrize("version", [8, 9])
@pytest.mark.kibana_version("9.0.0", "9.5.4")
def test_a_node_of_version_9_takes_what_the_clients_of_8_and_9_send(
    face: ElasticsearchFace, version: int
) -> None:
    sent = {"accept": f"{V}{version}", "content-type": f"{V}{version}"}
    request = request_of("PUT /t/_doc/1", {"n": 1}, sent)
    answer = face.handle(request)
    assert (answer.status, request.warnings) == (201, [])
    assert answer.headers["content-type"] == f"{V}{version}".replace("; ", ";")


@pytest.mark.kibana_version("9.5.4")
def test_a_node_of_version_9_refuses_what_the_clients_of_7_send(face: ElasticsearchFace) -> None:
    answer = face.handle(request_of("GET /", None, {"accept": f"{V}7"}))
    assert answer.status == 400
    assert answer.body["error"]["caused_by"]["reason"] == (
        f"Accept version must be either version 9 or 8, but found 7. Accept={V}7"
    )


class TestObserved:
    """Under the observed contract a node is as strict as a real one."""

    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(contract="observed", kibana_version="8.19.0")

    def test_the_version_of_the_next_clients_is_refused(self, face: ElasticsearchFace) -> None:
        sent = {"accept": f"{V}9"}
        answer = face.handle(request_of("GET /", None, sent))
        assert answer.status == 400
        assert answer.body["error"]["type"] == "media_type_header_exception"
        assert "x-mock-warning" not in answer.headers
