"""Calls of Lambda's API, against a server that keeps them."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest
from extension.recording_server import RecordingServer, Request

from telemap_lambda.lambda_api import LambdaApi, LambdaApiError
from telemap_lambda.local_server import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.integration

REGISTERED = Answer(200, b'{"functionName": "orders-api"}', {"Lambda-Extension-Identifier": "id-1"})


def answering(answers: dict[str, list[Answer]]) -> Callable[[Request], Answer]:
    """Answer each path's requests one after the other; the last answer stands."""
    return lambda request: answers[request.path].pop(0) if len(answers[request.path]) > 1 else answers[request.path][0]


def register_answers(*answers: Answer) -> dict[str, list[Answer]]:
    return {"/2020-01-01/extension/register": list(answers)}


def test_it_registers_by_its_name_for_both_events() -> None:
    with RecordingServer(answering(register_answers(REGISTERED))) as server:
        api = LambdaApi(server.address, "telemap")
        api.register(managed=False)
    (request,) = server.requests

    assert request.method == "POST"
    assert request.headers["Lambda-Extension-Name"] == "telemap"
    assert json.loads(request.body) == {"events": ["INVOKE", "SHUTDOWN"]}
    assert (api.function_name, api.events) == ("orders-api", ("INVOKE", "SHUTDOWN"))


def test_managed_instances_register_only_for_shutdown() -> None:
    with RecordingServer(answering(register_answers(REGISTERED))) as server:
        api = LambdaApi(server.address, "telemap")
        api.register(managed=True)

    assert [json.loads(request.body)["events"] for request in server.requests] == [["SHUTDOWN"]]
    assert api.events == ("SHUTDOWN",)


def test_it_registers_only_for_shutdown_if_invoke_is_refused() -> None:
    refusal = Answer(403, b'{"errorType": "Extension.InvalidEventType"}')
    with RecordingServer(answering(register_answers(refusal, REGISTERED))) as server:
        api = LambdaApi(server.address, "telemap")
        api.register(managed=False)

    assert [len(json.loads(request.body)["events"]) for request in server.requests] == [2, 1]
    assert api.events == ("SHUTDOWN",)


@pytest.mark.parametrize("status", [400, 500])
def test_a_refused_registration_is_an_error(status: int) -> None:
    with (
        RecordingServer(answering(register_answers(Answer(status, b"no")))) as server,
        pytest.raises(LambdaApiError, match=rf"register: status {status}, no") as caught,
    ):
        LambdaApi(server.address, "telemap").register(managed=False)

    assert caught.value.status == status


def subscribed(*answers: Answer) -> tuple[list[Request], bool | LambdaApiError]:
    """Register and subscribe; give the subscriptions that were asked for, and what came of them."""
    paths = register_answers(REGISTERED) | {"/2022-07-01/telemetry": list(answers)}
    with RecordingServer(answering(paths)) as server:
        api = LambdaApi(server.address, "telemap")
        api.register(managed=False)
        outcome: bool | LambdaApiError
        try:
            outcome = api.subscribe(4321, "/a1b2", ["platform", "function"])
        except LambdaApiError as error:
            outcome = error
    return server.requests[1:], outcome


def test_a_subscription_asks_for_the_shortest_wait_and_the_largest_records() -> None:
    (request,), outcome = subscribed(Answer(200, b'"OK"'))

    assert outcome is True
    assert request.method == "PUT"
    assert request.headers["Lambda-Extension-Identifier"] == "id-1"
    assert json.loads(request.body) == {
        "schemaVersion": "2025-01-29",
        "types": ["platform", "function"],
        "buffering": {"timeoutMs": 25, "maxItems": 1000, "maxBytes": 1048576},
        "destination": {"protocol": "HTTP", "URI": "http://sandbox.localdomain:4321/a1b2"},
    }


def test_unsupported_schemas_fall_back_to_older_ones() -> None:
    unknown = Answer(400, b'{"errorType": "ValidationError"}')
    requests, outcome = subscribed(unknown, unknown, Answer(200, b'"OK"'))

    versions = [json.loads(request.body)["schemaVersion"] for request in requests]
    assert versions == ["2025-01-29", "2022-12-13", "2022-07-01"]
    assert outcome is True


@pytest.mark.parametrize(("status", "asked"), [(400, 3), (403, 1), (500, 1)])
def test_a_refused_subscription_is_an_error(status: int, asked: int) -> None:
    requests, outcome = subscribed(Answer(status, b"no"))

    assert len(requests) == asked
    assert isinstance(outcome, LambdaApiError)
    assert outcome.status == status


def test_status_202_means_no_telemetry() -> None:
    assert subscribed(Answer(202, b'{"errorType": "Telemetry.NotSupported"}'))[1] is False


def next_event(answer: Answer) -> object:
    with RecordingServer(answering({"/2020-01-01/extension/event/next": [answer]})) as server:
        return LambdaApi(server.address, "telemap").next_event()


def test_an_event_is_read_whatever_its_content_type() -> None:
    body = b'{"eventType": "SHUTDOWN", "deadlineMs": 1}'

    assert next_event(Answer(200, body, {"Content-Type": "text/plain"})) == {"eventType": "SHUTDOWN", "deadlineMs": 1}


@pytest.mark.parametrize("body", [b"", b"OK", b"[]", b"null", b'{"event": 1}', b"\xff", b"[" * 100_000])
def test_an_answer_that_is_not_an_event_is_an_error(body: bytes) -> None:
    with pytest.raises(LambdaApiError, match="not an event"):
        next_event(Answer(200, body))


@pytest.mark.parametrize("status", [403, 500])
def test_a_refused_event_is_an_error(status: int) -> None:
    with pytest.raises(LambdaApiError, match=rf"event/next: status {status}"):
        next_event(Answer(status, b"no"))


def test_an_init_error_is_reported_with_its_type() -> None:
    with RecordingServer(lambda _: Answer(202)) as server:
        LambdaApi(server.address, "telemap").report_init_error("that is wrong")
    (request,) = server.requests

    assert request.path == "/2020-01-01/extension/init/error"
    assert request.headers["Lambda-Extension-Function-Error-Type"].startswith("Extension.")
    assert json.loads(request.body)["errorMessage"] == "that is wrong"


def test_an_unreachable_api_is_an_error_without_status() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        address = "{}:{}".format(*probe.getsockname())
    with pytest.raises(LambdaApiError, match="refused") as caught:
        LambdaApi(address, "telemap").register(managed=False)

    assert caught.value.status == 0
