"""The route of a task: a request answered whole, or as it is written."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from textrnn.configuration import to_dict
from textrnn.corpora import json_line
from textrnn.errors import TextRNNError
from textrnn.heads.result import Result
from textrnn.heads.written import Written
from textrnn.serving.http.asked import Asked, read_asked
from textrnn.serving.http.problems import Problem
from textrnn.serving.http.requests import finished, read_body
from textrnn.serving.http.served_task import ServedTask


async def answer(task: ServedTask, request: Request) -> Response:
    """Answer a request."""
    with task.bodies.room() as take:
        body = await read_body(request, task.limits, take)  # who sends it slowly takes no place
        async with task.places.taken():
            asked = read_asked(body, task.kind, task.limits)
            if asked.streams:
                return await _stream(task, asked, request)
            results = await finished(task.answer(asked), request, task.limits.answer_s)
    answers = [_as_dict(result, asked) for result in results]
    return as_json({"answers": answers} if asked.is_list else answers[0])


def as_json(value: object) -> Response:
    """A response of JSON."""
    return Response(json_line(value).encode("utf-8"), media_type="application/json")


async def _stream(task: ServedTask, asked: Asked, request: Request) -> Response:
    """Server-sent events; what is wrong with the request is told before the first."""
    news = task.news(asked)
    first = await finished(anext(news), request, task.limits.answer_s)
    return StreamingResponse(
        _events(asked, first, news),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store"},
    )


def _as_dict(result: Result, asked: Asked) -> dict[str, Any]:
    return to_dict(result) if asked.is_full else result.as_dict()


async def _events(
    asked: Asked, first: Written[Any], news: AsyncGenerator[Written[Any], None]
) -> AsyncIterator[str]:
    """The events of an answer: pieces, then the answer, or what went wrong on the way.

    Args:
        asked: what is answered.
        first: the first of the news.
        news: the others.
    """
    written = first
    async with aclosing(news):
        try:
            while True:
                yield _event("piece", {"piece": written.piece})
                if written.result is not None:
                    yield _event("answer", _as_dict(written.result, asked))
                    return
                written = await anext(news)
        except (Problem, TextRNNError) as error:
            yield _event("problem", Problem.of(error).as_dict())


def _event(name: str, value: object) -> str:
    return f"event: {name}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n"
