"""What no client can do: ask for too much, wait for ever, or hold what others need."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest
from small_bundles import small_generator

from serving import Client, served, wait_for
from textrnn.serving.http.connections import Connection
from textrnn.serving.http.limits import Limits

LIMITS = Limits(
    body_bytes=2000,
    texts=3,
    characters=900_000,
    places=3,
    streams=1,
    wait_s=0.2,
    answer_s=1.0,
    request_s=0.5,
)
HEAD = b"POST /v1/generate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
LONG = {"seed": "a", "length": 80_000, "min_length": 80_000, "random_state": 1}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server with narrow limits, whose generator writes as long as it may."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Connection, "limit_s", 0.5)
        model = small_generator(tmp_path_factory.mktemp("models") / "small")
        with served([str(model), "town-load"], limits=LIMITS) as found:
            yield found


def raw(client: Client) -> socket.socket:
    host, _, port = client.host.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=10)


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
    with closing(HTTPConnection(client.host, timeout=10)) as connection:
        headers = {"Content-Type": "application/json"}
        body = (b"x" * 1000 for _ in range(5))
        with suppress(BrokenPipeError):  # it is refused before all of it is sent
            connection.request("POST", "/v1/generate", body, headers, encode_chunked=True)
        assert connection.getresponse().status == 413


def test_all_bodies_together_are_bounded() -> None:
    limits = Limits(body_bytes=1000, held_bytes=1500, request_s=5.0)
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
    client: Client,
) -> None:
    begun = time.monotonic()
    reply = client.post("/v1/generate", LONG)
    assert (reply.status, reply.json["title"]) == (504, "Gateway Timeout")
    # The one thread of the model is free again: it would have written for many seconds.
    assert client.post("/v1/generate", {"seed": "a", "length": 1}).status == 200
    assert time.monotonic() - begun < 4


def test_where_too_many_ask_some_are_refused_and_told_when_to_come_again(client: Client) -> None:
    with ThreadPoolExecutor(6) as pool:
        asked = [{**LONG, "length": 80_000 + more} for more in range(6)]  # not answered together
        replies = list(pool.map(lambda one: client.post("/v1/generate", one), asked))
    refused = [reply for reply in replies if reply.status == 503]
    assert len(refused) >= 3
    assert {reply.headers["retry-after"] for reply in refused} == {"1"}
    assert {reply.status for reply in replies} == {503, 504}


def waiting(client: Client) -> int:
    """Requests that wait for the generator, as is told."""
    lines = client.get("/metrics").body.decode().splitlines()
    name = 'textrnn_requests_waiting{model="small"} '
    return int(float(next(line for line in lines if line.startswith(name)).split()[1]))


def test_a_client_that_goes_away_frees_its_place(client: Client) -> None:
    with ExitStack() as stack:
        for more in range(3):  # one is being answered, two wait, and no other may
            asked = json.dumps({**LONG, "length": 80_000 + more}).encode()
            connection = stack.enter_context(raw(client))
            connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(asked) + asked)
            time.sleep(0.05)
        assert waiting(client) == 2
    begun = time.monotonic()
    wait_for(lambda: waiting(client) == 0)
    assert client.post("/v1/generate", {"seed": "a", "length": 1}).status == 200
    assert time.monotonic() - begun < LIMITS.answer_s


def test_while_there_is_no_place_a_request_waits(client: Client) -> None:
    with ExitStack() as stack:
        for more in range(3):
            asked = json.dumps({**LONG, "length": 80_000 + more}).encode()
            connection = stack.enter_context(raw(client))
            connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(asked) + asked)
            time.sleep(0.05)
        assert client.get("/healthz").status == 200
        assert client.post("/v1/forecast", {"record": {}}).status == 422  # another model has
        begun = time.monotonic()
        assert client.post("/v1/generate", {"seed": "a"}).status == 503
        assert time.monotonic() - begun > LIMITS.wait_s
    wait_for(lambda: waiting(client) == 0)


def test_who_waits_in_line_is_answered_however_many_ask() -> None:
    limits = Limits(places=4, wait_s=60)
    with served(["ner-en"], limits=limits) as client, ThreadPoolExecutor(24) as pool:
        asked = [{"text": "Ada Lovelace went to Oslo. " * (1 + 9 * (i % 7))} for i in range(150)]
        statuses = list(pool.map(lambda one: client.post("/v1/tag", one).status, asked))
    assert set(statuses) == {200}


def test_a_request_that_is_refused_before_it_is_read_does_not_end_the_connection(
    client: Client,
) -> None:
    with raw(client) as connection:
        connection.sendall(
            b"POST /v1/forecast HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"
        )
        assert answered(connection) == 415
        connection.sendall(b"x" * 100_000)
        time.sleep(1.2 * Connection.limit_s)
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
def test_headers_that_do_not_end_are_not_waited_for(client: Client, sent: bytes) -> None:
    with raw(client) as connection:
        connection.sendall(sent)
        with suppress(ConnectionResetError):
            assert connection.recv(100) == b""


def test_a_body_that_does_not_arrive_is_not_waited_for(client: Client) -> None:
    with raw(client) as connection:
        connection.sendall(HEAD + b"Content-Length: 100\r\n\r\n{")
        assert connection.recv(100).startswith(b"HTTP/1.1 408 ")


def test_streams_are_bounded(client: Client) -> None:
    asked = json.dumps(LONG | {"stream": True}).encode()
    headers = {"Content-Type": "application/json"}
    with client.sent("POST", "/v1/generate", asked, **headers) as response:
        assert response.readline() == b"event: piece\n"
        second = client.post("/v1/generate", {"seed": "a", "stream": True})
        assert second.json["detail"] == "1 answer is being streamed already"
        rest = response.read().decode()
    assert rest.split("event: ")[-1].startswith('problem\ndata: {"title": "Gateway Timeout"')
    deadline = time.monotonic() + 5
    while client.post("/v1/generate", {"seed": "a", "length": 1, "stream": True}).status != 200:
        assert time.monotonic() < deadline  # its place is free once it is written no further
        time.sleep(0.01)


def test_what_was_accepted_is_answered_when_the_server_ends(tmp_path: Path) -> None:
    model, replies = small_generator(tmp_path / "small"), list[Any]()
    with served([str(model)]) as client:
        asked = {"seed": "a", "length": 2000, "min_length": 2000, "random_state": 1}
        thread = threading.Thread(target=lambda: replies.append(client.post("/v1/generate", asked)))
        thread.start()
        time.sleep(0.2)
    thread.join()
    assert replies[0].status == 200
    assert replies[0].json["tokens"] == 2000
    with pytest.raises(ConnectionRefusedError):
        client.get("/healthz")
