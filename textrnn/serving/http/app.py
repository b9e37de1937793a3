"""The service as an ASGI application: its routes, and what goes around them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from textrnn.errors import TextRNNError
from textrnn.serving.http.answering import answer, as_json
from textrnn.serving.http.cards import model_card, model_facts
from textrnn.serving.http.docs_page import docs_page
from textrnn.serving.http.openapi import openapi
from textrnn.serving.http.page import page_routes
from textrnn.serving.http.problems import Problem
from textrnn.serving.http.requests import GoneError
from textrnn.serving.http.service import Service
from textrnn.serving.http.watching import TokenRequired, Watched

_DOCS_POLICY = "default-src 'none'; style-src 'unsafe-inline'"  # nothing is fetched
_OPEN_PATHS = ("/healthz", "/readyz")  # which need no token
_GONE = 499  # what nginx calls a client that did not wait for its answer


def make_app(service: Service, *, token: str = "", origins: Sequence[str] = ()) -> Starlette:
    """The application that serves models; its end closes them.

    Args:
        service: what is served.
        token: what clients must know; empty where all may ask.
        origins: of whose pages scripts may ask, as ``https://example.org``.
    """

    @asynccontextmanager
    async def running(app: Starlette) -> AsyncIterator[None]:
        yield
        await asyncio.to_thread(service.close)

    page = page_routes()
    routes = [Route(task.path, partial(answer, task), methods=["POST"]) for task in service.tasks]
    routes += [
        Route("/v1/models", partial(_models, service)),
        Route("/v1/models/{name}", partial(_model, service)),
        Route("/healthz", _alive),
        Route("/readyz", partial(_ready, service)),
        Route("/metrics", partial(_metrics, service)),
        Route("/openapi.json", partial(_openapi, openapi(service, has_token=bool(token)))),
        Route("/docs", partial(_docs, service)),
        *page,
    ]
    cards = (f"/v1/models/{name}" for name in service.batchers)
    paths = frozenset((*(route.path for route in routes), *cards))
    around = [Middleware(Watched, paths=paths, metrics=service.metrics)]
    if origins:
        around.append(Middleware(CORSMiddleware, origins, ["GET", "POST"], ["*"]))
    if token:
        # The page is the same for all: it asks for the token itself.
        open_paths = {*_OPEN_PATHS, *(route.path for route in page)}
        around.append(Middleware(TokenRequired, token=token, open_paths=open_paths))
    return Starlette(
        routes=routes,
        lifespan=running,
        middleware=around,
        exception_handlers={
            Problem: _refused,
            TextRNNError: _refused,
            HTTPException: _not_there,
            GoneError: _gone,
        },
    )


async def _models(service: Service, request: Request) -> Response:
    return as_json({"models": [model_facts(one.head) for one in service.batchers.values()]})


async def _model(service: Service, request: Request) -> Response:
    name = request.path_params["name"]
    if name not in service.batchers:
        raise Problem(HTTPStatus.NOT_FOUND, f"no model {name!r:.80} is served; see /v1/models")
    return as_json(model_card(service.batchers[name].head))


async def _alive(request: Request) -> Response:
    return as_json({"status": "alive"})


async def _ready(service: Service, request: Request) -> Response:
    if not service.is_ready:
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "a model does not answer any more")
    return as_json({"status": "ready"})


async def _metrics(service: Service, request: Request) -> Response:
    text, kind = service.metrics.text()
    return Response(text, headers={"Content-Type": kind})


async def _openapi(description: dict[str, Any], request: Request) -> Response:
    return as_json(description)


async def _docs(service: Service, request: Request) -> Response:
    address = str(request.base_url).rstrip("/")
    return HTMLResponse(
        docs_page(service, address), headers={"Content-Security-Policy": _DOCS_POLICY}
    )


async def _refused(request: Request, error: Exception) -> Response:
    return Problem.of(error).response()


async def _not_there(request: Request, error: Exception) -> Response:
    """What Starlette says of a path or a method that there is not."""
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    detail = f"{request.method} {request.url.path:.200}: {status.description or status.phrase}"
    return Problem(status, detail, error.headers).response()


async def _gone(request: Request, error: Exception) -> Response:
    """Nobody reads this, but it is counted."""
    return Response(status_code=_GONE)
