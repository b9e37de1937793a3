"""A real server in a thread of the tests' process, at a free port of the loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from textrnn.serving.http.server import Server, ServerSettings
from waiting import LONGEST_S


@dataclass(frozen=True)
class Reply:
    """What was answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)


class Client:
    """Asks a server; each time over a connection of its own."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.host = urlsplit(address).netloc

    @contextmanager
    def sent(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> Iterator[HTTPResponse]:
        """A response as it begins."""
        with closing(HTTPConnection(self.host, timeout=LONGEST_S)) as connection:
            connection.request(method, path, body, headers)
            yield connection.getresponse()

    def get(self, path: str, **headers: str) -> Reply:
        """A whole response."""
        with self.sent("GET", path, **headers) as response:
            return _whole(response)

    def post(self, path: str, asked: Any, **headers: str) -> Reply:
        """A whole response to JSON; bytes are sent as they are."""
        body = asked if isinstance(asked, bytes) else json.dumps(asked).encode()
        headers = {"Content-Type": "application/json", **headers}
        with self.sent("POST", path, body, **headers) as response:
            return _whole(response)


def _whole(response: HTTPResponse) -> Reply:
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Reply(response.status, headers, response.read())


@contextmanager
def served(models: Sequence[str], **settings: Any) -> Iterator[Client]:
    """A server of models, until it is left."""
    server = Server(ServerSettings(models, port=0, threads=1, **settings))
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield Client(server.address)
    finally:
        server.stop()
        thread.join()
