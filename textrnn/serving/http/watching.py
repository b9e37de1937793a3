"""What goes around every request: who may ask, what is counted, and faults that nobody expected."""

from __future__ import annotations

import hmac
import logging
import time
import traceback
from collections.abc import Collection
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from textrnn.serving.http.metrics import Metrics
from textrnn.serving.http.problems import Problem

_LOG = logging.getLogger("textrnn.serving")  # requests, without what they ask, and faults
_OTHER = "other"  # a path that there is not: clients could make up any number of them
_FAULT = Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "a fault of the service, which has noted it")
_NO_TOKEN = Problem(
    HTTPStatus.UNAUTHORIZED,
    "Authorization: Bearer TOKEN is needed, with the token of this service",
    {"WWW-Authenticate": "Bearer"},
)


class Watched:
    """An application whose requests are counted, and whose faults are answered.

    Args:
        app: the application.
        paths: those that are counted by their names.
        metrics: where they are counted.
    """

    def __init__(self, app: ASGIApp, *, paths: frozenset[str], metrics: Metrics) -> None:
        self._app, self._paths, self._metrics = app, paths, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 0

        async def send_noted(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        except Exception as error:  # nobody expected it: a fault of ours
            _tell(error)
            if not status:
                await _FAULT.response()(scope, receive, send_noted)
        path = scope["path"] if scope["path"] in self._paths else _OTHER
        elapsed_s = time.perf_counter() - begun
        self._metrics.requests.labels(path, str(status)).inc()
        self._metrics.seconds.labels(path).observe(elapsed_s)
        _LOG.info("%s %s %d %.0f ms", scope["method"], path, status, 1000 * elapsed_s)


def _tell(error: Exception) -> None:
    """Note where a fault is, without its message, which could quote a client's text."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    _LOG.error("a fault: %s at %s:%d", type(error).__name__, place.filename, place.lineno)


class TokenRequired:
    """An application that answers those alone who know the token.

    Args:
        app: the application.
        token: what they send as ``Authorization: Bearer TOKEN``.
        open_paths: those that need none.
    """

    def __init__(self, app: ASGIApp, *, token: str, open_paths: Collection[str]) -> None:
        self._app, self._expected = app, f"Bearer {token}".encode()
        self._open_paths = open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http" and scope["path"] not in self._open_paths:
            given = dict(scope["headers"]).get(b"authorization", b"")
            if not hmac.compare_digest(given, self._expected):
                await _NO_TOKEN.response()(scope, receive, send)
                return
        await self._app(scope, receive, send)
