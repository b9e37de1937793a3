"""Connections that cannot be held by sending or reading slowly, which uvicorn's own could."""

from __future__ import annotations

import asyncio
from asyncio import TimerHandle
from typing import Any, ClassVar

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from textrnn.serving.http.problems import busy

_MOST_HEADERS = 32 << 10  # bytes of a request before its body


class Connection(HttpToolsProtocol):
    """A connection whose requests' headers must arrive in time and within bounds, and whose
    responses must be read in time.

    Attributes:
        limit_s: seconds for the headers, from the connection or from the first byte that follows a
            response; and for a response to be read.
    """

    limit_s: ClassVar[float] = 10.0

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._most, self.limit_concurrency = self.limit_concurrency, None  # uvicorn's answer: text

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the headers of the first request."""
        super().connection_made(transport)
        self._awaited: TimerHandle | None = None
        self._unread: TimerHandle | None = None
        self._header_bytes = self._responses = 0
        self._is_in_body = False
        self._await_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """End to wait."""
        self._headers_came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read some; what comes before the headers are whole is bounded, and so is the time for
        them, and for what is left of a body when its request is answered.
        """
        if self.cycle is None or self.cycle.response_complete:
            if not self._is_in_body:
                self._header_bytes += len(data)
            if self._awaited is None:
                self._await_headers()
        super().data_received(data)
        if self._awaited is not None and self._header_bytes > _MOST_HEADERS:
            self.transport.abort()

    def on_headers_complete(self) -> None:
        """The headers are whole."""
        self._headers_came()
        self._is_in_body, served = True, self.app
        if self._most is not None and len(self.connections) > self._most:
            self.app = _too_many
        super().on_headers_complete()
        self.app = served

    def on_message_complete(self) -> None:
        """The request is whole; its answer may have been sent before."""
        self._headers_came()
        self._is_in_body = False
        super().on_message_complete()

    def pause_writing(self) -> None:
        """More is written than the client reads: wait for it, but not for long."""
        super().pause_writing()
        self._unread = self.loop.call_later(self.limit_s, self.transport.abort)

    def resume_writing(self) -> None:
        """The client has read."""
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()

    def on_response_complete(self) -> None:
        """A response is written, and what is left of it is to be read in time."""
        super().on_response_complete()
        self._responses += 1
        if self.transport.get_write_buffer_size():
            self.loop.call_later(self.limit_s, self._end_unread, self._responses)

    def _end_unread(self, responses: int) -> None:
        """Of later responses other timers tell, or :meth:`pause_writing`."""
        if self._responses == responses and self.transport.get_write_buffer_size():
            self.transport.abort()

    def _await_headers(self) -> None:
        self._awaited = self.loop.call_later(self.limit_s, self.transport.abort)

    def _headers_came(self) -> None:
        if self._awaited is not None:
            self._awaited.cancel()
        self._awaited, self._header_bytes = None, 0


async def _too_many(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that answers when more connections are open than may be."""
    problem = busy("too many connections are open")
    problem.headers["Connection"] = "close"
    await problem.response()(scope, receive, send)
