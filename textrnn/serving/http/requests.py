"""Requests as they arrive: within bounds, in time, and only as long as somebody waits."""

from __future__ import annotations

import asyncio
from asyncio import FIRST_COMPLETED
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TypeVar

from starlette.requests import ClientDisconnect, Request

from textrnn.serving.http.limits import Limits
from textrnn.serving.http.problems import Problem

T = TypeVar("T")

JSON = "application/json"


class GoneError(Exception):
    """The client has gone: nobody reads an answer."""


async def read_body(request: Request, limits: Limits, take: Callable[[int], None]) -> bytes:
    """The body of a request that says it is JSON, which no page of another site can send unasked.

    Args:
        request: it.
        limits: of it.
        take: takes the room for so many bytes, or raises a Problem.

    Raises:
        Problem: it says that it is something else, is too large, or does not arrive in time.
        GoneError: the client has gone.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Content-Type: {JSON} is needed")
    reading = _read_body(request, limits.body_bytes, take)
    try:
        return await asyncio.wait_for(reading, limits.request_s)
    except asyncio.TimeoutError:
        detail = f"the request took longer than {limits.request_s:g} s to arrive"
        raise Problem(HTTPStatus.REQUEST_TIMEOUT, detail, {"Connection": "close"}) from None
    except ClientDisconnect:
        raise GoneError from None


async def _read_body(request: Request, most: int, take: Callable[[int], None]) -> bytes:
    told = request.headers.get("content-length", "0")
    if not told.isascii() or not told.isdigit() or int(told) <= most:
        body = bytearray()
        async for chunk in request.stream():
            if len(body) + len(chunk) > most:
                break
            take(len(chunk))
            body += chunk
        else:
            return bytes(body)
    raise Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"a request of more than {most:,} bytes",
        {"Connection": "close"},
    )


async def finished(work: Awaitable[T], request: Request, limit_s: float) -> T:
    """What comes of some work, which is stopped when its time is over or the client goes away.

    Args:
        work: to be done for a request whose body was read.
        request: the request.
        limit_s: seconds that it may take.

    Raises:
        Problem: it takes too long.
        GoneError: the client has gone.
    """
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(request.receive())  # after the body: that the client has gone
    try:
        await asyncio.wait({working, leaving}, timeout=limit_s, return_when=FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise GoneError if leaving.done() else too_long(limit_s)
    finally:
        leaving.cancel()
        working.cancel()


def too_long(limit_s: float) -> Problem:
    """An answer takes longer than it may."""
    detail = f"the answer takes longer than {limit_s:g} s; ask for less at once"
    return Problem(HTTPStatus.GATEWAY_TIMEOUT, detail)
