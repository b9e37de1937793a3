"""The service as an ASGI application: its routes, and what becomes of a request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from textrnn.corpora import json_line
from textrnn.serving.http.asked import read_asked
from textrnn.serving.http.cards import model_card, model_facts
from textrnn.serving.http.models import ServedTask, Service
from textrnn.serving.http.problems import Problem
from textrnn.serving.http.requests import finished, read_body

Endpoint = Callable[[Request], Awaitable[Response]]


def make_app(service: Service) -> Starlette:
    """The application that serves models; its end closes them."""

    @asynccontextmanager
    async def running(app: Starlette) -> AsyncIterator[None]:
        yield
        await asyncio.to_thread(service.close)

    routes = [Route(task.path, partial(_answer, task), methods=["POST"]) for task in service.tasks]
    routes += [
        Route("/v1/models", partial(_models, service)),
        Route("/v1/models/{name}", partial(_model, service)),
        Route("/healthz", _alive),
        Route("/readyz", partial(_ready, service)),
    ]
    handlers = {Problem: _problem, HTTPException: _http_problem, Exception: _fault}
    return Starlette(routes=routes, lifespan=running, exception_handlers=handlers)


async def _answer(task: ServedTask, request: Request) -> Response:
    asked = read_asked(await read_body(request, task.limits), task.kind, task.limits)
    results = await finished(task.answer(asked), request, task.limits)
    answers = [result.as_dict() for result in results]
    return _json({"answers": answers} if asked.is_list else answers[0])


async def _models(service: Service, request: Request) -> Response:
    return _json({"models": [model_facts(one.head) for one in service.batchers.values()]})


async def _model(service: Service, request: Request) -> Response:
    name = request.path_params["name"]
    if name not in service.batchers:
        raise Problem(HTTPStatus.NOT_FOUND, f"no model {name!r:.80} is served; see /v1/models")
    return _json(model_card(service.batchers[name].head))


async def _alive(request: Request) -> Response:
    return _json({"status": "alive"})


async def _ready(service: Service, request: Request) -> Response:
    if not service.is_ready:
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "a model does not answer any more")
    return _json({"status": "ready"})


def _json(value: object) -> Response:
    return Response(json_line(value).encode("utf-8"), media_type="application/json")


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return error.response()


async def _http_problem(request: Request, error: Exception) -> Response:
    """What Starlette says of a path or a method that there is not."""
    assert isinstance(error, HTTPException)
    status, headers = HTTPStatus(error.status_code), error.headers
    return Problem(status, f"{request.method} {request.url.path:.200}", headers).response()


async def _fault(request: Request, error: Exception) -> JSONResponse:
    """A fault of ours, told without what only we should see."""
    detail = f"a fault of the service: {type(error).__name__}"
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail).response()
