"""What no client can do: ask for too much, wait for ever, or hold what others need."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest
from small_bundles import small_generator

from serving import Client, served
from textrnn.serving.http.connections import Connection
from textrnn.serving.http.limits import Limits
from waiting import LONGEST_S, wait_for

# Of the times each is short only where a test waits for its end: a busy machine may take as long.
PATIENT = Limits(
    body_bytes=2000,
    texts=3,
    characters=900_000,
    places=3,
    streams=1,
    wait_s=0.2,
    answer_s=LONGEST_S,
    request_s=LONGEST_S,
)
HEAD = b"POST /v1/generate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
# It takes ten minutes: who is answered after it has not waited for its end.
ENDLESS = {"seed": "a", "length": 100_000, "min_length": 100_000, "random_state": 1}
JSON = {"Content-Type": "application/json"}
SHORT = {"seed": "a", "length": 1}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A generator that writes as long as it may, and slowly."""
    return str(small_generator(tmp_path_factory.mktemp("models") / "small", units=2200))


@pytest.fixture(scope="module")
def client(model: str) -> Iterator[Client]:
    """A server with narrow limits, where answers and requests may take their time."""
    with served([model, "town-load"], limits=PATIENT) as found:
        yield found


@pytest.fixture(scope="module")
def hasty(model: str) -> Iterator[Client]:
    """A server that waits for no answer for long."""
    limits = replace(PATIENT, answer_s=3.0)
    with served([model], limits=limits) as found:
        yield found


def raw(client: Client) -> socket.socket:
    host, _, port = client.host.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=LONGEST_S)


def answered(connection: socket.socket) -> int:
    """The status of a response, which is read whole."""
    with HTTPResponse(connection) as response:
        response.begin()
        response.read()
        return response.status


def test_too_much_is_refused(client: Client) -> None:
    large = client.post("/v1/generate", {"seed": "a" * 2000})
    assert (large.status, large.json["detail"]) == (413, "a request of more than 2,000 bytes")
    many = client.post("/v1/generate", {"seeds": ["a"] * 4})
    assert (many.status, many.json["detail"]) == (
        413, "4 texts in a request; at most 3 are answered",
    )  # fmt: skip
    work = client.post("/v1/generate", {"seeds": ["a"] * 3, "length": 100_000, "beam": 4})
    assert work.json["detail"].startswith("1,200,003 characters to read and tokens to write")


def test_a_body_that_does_not_say_how_long_it_is_is_bounded_too(client: Client) -> None:
    with closing(HTTPConnection(client.host, timeout=LONGEST_S)) as connection:
        headers = {"Content-Type": "application/json"}
        body = (b"x" * 1000 for _ in range(5))
        with suppress(BrokenPipeError):  # it is refused before all of it is sent
            connection.request("POST", "/v1/generate", body, headers, encode_chunked=True)
        assert connection.getresponse().status == 413


def test_all_bodies_together_are_bounded() -> None:
    limits = Limits(body_bytes=1000, held_bytes=1500, request_s=LONGEST_S)
    rest = b'{"text": "' + b"a" * 985 + b'"}'
    with served(["town-load"], limits=limits) as client, ExitStack() as slow:
        head = HEAD.replace(b"generate", b"forecast") + b"Content-Length: 997\r\n\r\n"
        first = slow.enter_context(raw(client))
        first.sendall(head + rest[:900])
        wait_for(lambda: _is_refused(client))
        first.sendall(rest[900:])
        assert answered(first) == 422  # it was held, and read
        wait_for(lambda: not _is_refused(client))


def _is_refused(client: Client) -> bool:
    """Whether there is no room for another body of nearly a kilobyte."""
    refused = client.post("/v1/forecast", {"text": "a" * 900})
    assert refused.status in (422, 503)
    if refused.status == 503:
        assert refused.json["detail"] == "the requests of all clients together are too large now"
    return refused.status == 503


def test_an_answer_that_takes_too_long_is_not_waited_for_and_its_work_stops(
    hasty: Client,
) -> None:
    reply = hasty.post("/v1/generate", ENDLESS)
    assert (reply.status, reply.json["title"]) == (504, "Gateway Timeout")
    # The one thread of the model is free again.
    wait_for(lambda: hasty.post("/v1/generate", SHORT).status == 200)


@contextmanager
def all_places_taken(client: Client) -> Iterator[None]:
    """Three have asked for what takes long: one is being answered, two wait, and no other may."""
    with ExitStack() as stack:
        for fewer in range(3):  # not answered together
            asked = json.dumps({**ENDLESS, "min_length": 100_000 - fewer}).encode()
            connection = stack.enter_context(raw(client))
            connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(asked) + asked)
        wait_for(lambda: waiting(client) == 2)
        yield


def waiting(client: Client) -> int:
    """Requests that wait for the generator, as is told."""
    lines = client.get("/metrics").body.decode().splitlines()
    name = 'textrnn_requests_waiting{model="small"} '
    return int(float(next(line for line in lines if line.startswith(name)).split()[1]))


def test_where_too_many_ask_some_are_refused_and_told_when_to_come_again(client: Client) -> None:
    with all_places_taken(client), ThreadPoolExecutor(3) as pool:
        replies = list(pool.map(lambda _: client.post("/v1/generate", SHORT), range(3)))
    assert {(reply.status, reply.headers["retry-after"]) for reply in replies} == {(503, "1")}


def test_a_client_that_goes_away_frees_its_place(client: Client) -> None:
    with all_places_taken(client):
        pass
    wait_for(lambda: waiting(client) == 0)
    wait_for(lambda: client.post("/v1/generate", SHORT).status == 200)


def test_while_there_is_no_place_a_request_waits(client: Client) -> None:
    with all_places_taken(client):
        assert client.get("/healthz").status == 200
        assert client.post("/v1/forecast", {"record": {}}).status == 422  # another model has
        begun = time.monotonic()
        assert client.post("/v1/generate", {"seed": "a"}).status == 503
        assert time.monotonic() - begun > PATIENT.wait_s


def test_who_waits_in_line_is_answered_however_many_ask() -> None:
    limits = Limits(places=4, wait_s=LONGEST_S, answer_s=LONGEST_S)
    with served(["ner-en"], limits=limits) as client, ThreadPoolExecutor(24) as pool:
        asked = [{"text": "Ada Lovelace went to Oslo. " * (1 + 9 * (i % 7))} for i in range(150)]
        statuses = list(pool.map(lambda one: client.post("/v1/tag", one).status, asked))
    assert set(statuses) == {200}


def test_a_request_that_is_refused_before_it_is_read_does_not_end_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened, made = list[Connection](), Connection.connection_made

    def noted(connection: Connection, transport: asyncio.Transport) -> None:
        opened.append(connection)
        connection.timeout_keep_alive = LONGEST_S
        made(connection, transport)

    monkeypatch.setattr(Connection, "connection_made", noted)
    monkeypatch.setattr(Connection, "limit_s", LONGEST_S)
    with served(["town-load"]) as client, raw(client) as connection:
        connection.sendall(
            b"POST /v1/forecast HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"
        )
        assert answered(connection) == 415
        connection.sendall(b"x" * 100_000)
        # All of it is read, and nothing more is waited for that would end the connection.
        wait_for(lambda: not opened[0]._is_in_body and opened[0]._awaited is None)
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert answered(connection) == 200


def test_more_connections_than_may_be_open_are_told_so() -> None:
    with served(["town-load"], limits=Limits(connections=1)) as client, raw(client):
        reply = client.get("/healthz")
    assert (reply.status, reply.headers["content-type"]) == (503, "application/problem+json")
    assert (reply.headers["retry-after"], reply.headers["connection"]) == ("1", "close")
    assert reply.json["detail"] == "too many connections are open"


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"POST /v1/generate HTTP/1.1\r\nHost: x\r\n",
        b"GET /healthz HTTP/1.1\r\nX-Long: " + b"x" * 40_000,
    ],
)
def test_headers_that_do_not_end_are_not_waited_for(
    sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Connection, "limit_s", 0.5)
    ended = suppress(ConnectionResetError, BrokenPipeError)
    with served(["town-load"]) as client, raw(client) as connection, ended:
        connection.sendall(sent)
        assert connection.recv(100) == b""


def test_a_body_that_does_not_arrive_is_not_waited_for(model: str) -> None:
    limits = Limits(request_s=0.5)
    with served([model], limits=limits) as client, raw(client) as connection:
        connection.sendall(HEAD + b"Content-Length: 100\r\n\r\n{")
        assert connection.recv(100).startswith(b"HTTP/1.1 408 ")


def test_streams_are_bounded(client: Client) -> None:
    asked = json.dumps(ENDLESS | {"stream": True}).encode()
    with client.sent("POST", "/v1/generate", asked, **JSON) as response:
        assert response.readline() == b"event: piece\n"
        second = client.post("/v1/generate", SHORT | {"stream": True})
        assert second.json["detail"] == "1 answer is being streamed already"
    # Its place is free once it is written no further.
    wait_for(lambda: client.post("/v1/generate", SHORT | {"stream": True}).status == 200)


def test_a_stream_that_takes_too_long_ends_with_a_problem(hasty: Client) -> None:
    wait_for(lambda: _begins_and_breaks_off(hasty))
    wait_for(lambda: hasty.post("/v1/generate", SHORT | {"stream": True}).status == 200)


def _begins_and_breaks_off(client: Client) -> bool:
    """Whether a piece came of a stream, which is broken off: of a machine that stalls none may."""
    asked = json.dumps(ENDLESS | {"stream": True}).encode()
    with client.sent("POST", "/v1/generate", asked, **JSON) as response:
        status, events = response.status, response.read().decode().split("event: ")
    assert status == 504 or events[-1].startswith('problem\ndata: {"title": "Gateway Timeout"')
    return len(events) > 1 and events[1].startswith("piece\n")


def test_what_was_accepted_is_answered_when_the_server_ends(tmp_path: Path) -> None:
    model, replies = str(small_generator(tmp_path / "small")), list[Any]()
    with served([model], limits=Limits(answer_s=LONGEST_S)) as client:
        # Four are written at a time, and the others wait: as soon as they do, it is accepted.
        asked = {"seeds": ["a"] * 12, "length": 2000, "min_length": 2000, "random_state": 1}
        thread = threading.Thread(target=lambda: replies.append(client.post("/v1/generate", asked)))
        thread.start()
        wait_for(lambda: waiting(client) == 1)
    thread.join()
    assert replies[0].status == 200
    assert [one["tokens"] for one in replies[0].json["answers"]] == [2000] * 12
    with pytest.raises(ConnectionRefusedError):
        client.get("/healthz")
