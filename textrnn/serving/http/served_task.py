"""A task of a service: which of its models answers what."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from textrnn.configuration import unknown_key_message
from textrnn.heads.head import Head
from textrnn.heads.result import Result
from textrnn.heads.written import Written
from textrnn.serving.http.asked import Asked
from textrnn.serving.http.batching import Batcher
from textrnn.serving.http.bodies import Bodies
from textrnn.serving.http.limits import Limits
from textrnn.serving.http.places import Places
from textrnn.serving.http.problems import Problem
from textrnn.serving.http.streams import Streams
from textrnn.serving.routing import Router


@dataclass(frozen=True)
class _Routed:
    """An input on its way to a model.

    Attributes:
        given: what the head reads.
        model: the name of the model.
        language: of the text; empty where none is read.
    """

    given: Any
    model: str
    language: str | None


class ServedTask:
    """A task, and the models that are served for it.

    Args:
        kind: the head of the task.
        batchers: its models by their names, at least one.
        streams: where answers are written.
        limits: of a request.
        bodies: of the requests to all tasks.

    Attributes:
        path: where requests go: what the command of the task is called.
        places: for requests whose bodies have arrived.
    """

    def __init__(
        self,
        kind: type[Head],
        batchers: Mapping[str, Batcher],
        streams: Streams,
        limits: Limits,
        bodies: Bodies,
    ) -> None:
        self.kind, self.batchers, self.limits, self.bodies = kind, batchers, limits, bodies
        self._streams = streams
        self.places = Places(limits.places, wait_s=limits.wait_s)
        self._heads = {name: batcher.head for name, batcher in batchers.items()}
        chosen = {"": list(self._heads.values()), **{n: [one] for n, one in self._heads.items()}}
        self._chosen: Mapping[str, list[Head]] = chosen  # by the name that a request may have
        self._routers: dict[str, Router[Head]] = {}
        if kind.reads_texts:
            self._routers = {name: Router(kind, models=some) for name, some in chosen.items()}
        self.path: str = f"/v1/{kind.command_line[0]}"

    async def answer(self, asked: Asked) -> list[Result]:
        """Answer a request: each text by the model that is named, or by that of its language.

        Raises:
            Problem: there is no such model, or it is too much.
            TextRNNError: the request is wrong.
        """
        routes = self._routes(asked)
        places = defaultdict[str, list[int]](list)
        for place, route in enumerate(routes):
            places[route.model].append(place)
        results = dict[int, Result]()

        async def ask(model: str, some: list[int]) -> None:
            inputs = [routes[place].given for place in some]
            found = await self.batchers[model].answer(inputs, asked.options)
            results.update(zip(some, found, strict=True))

        asking = [asyncio.ensure_future(ask(model, some)) for model, some in places.items()]
        try:
            await asyncio.gather(*asking)
        finally:
            for one in asking:  # where one fails, nobody reads what the others would answer
                one.cancel()
        return [results[place].in_language(one.language) for place, one in enumerate(routes)]

    async def news(self, asked: Asked) -> AsyncGenerator[Written[Any], None]:
        """The answer to a request of one text, as it is written.

        Raises:
            Problem, TextRNNError: as :meth:`answer`; or too many answers are being written.
        """
        (one,) = self._routes(asked)
        head = self.batchers[one.model].head
        async with aclosing(self._streams.news(head, one.given, asked.options)) as news:
            async for written in news:
                if written.result is not None:
                    written = replace(written, result=written.result.in_language(one.language))
                yield written

    def _routes(self, asked: Asked) -> list[_Routed]:
        """What is asked, each with the model that answers it, as a router has it."""
        heads, options = self._heads_for(asked.model), asked.options
        head = heads[0]
        inputs = [head.from_record(record) for record in asked.records]
        self._check(heads, inputs, options)
        if not head.reads_texts:
            return [_Routed(given, head.bundle.name, "") for given in inputs]
        routes = self._routers[asked.model].answers(
            inputs,
            lambda model, some, _: (model.bundle.name for _ in some),
            text=lambda given: head.text_of(given, options),
            place=lambda number, _: f"text {number}",
            ready=True,
        )
        return [_Routed(given, model, language) for given, language, model in routes]

    def _heads_for(self, name: str) -> list[Head]:
        """The model that is named, or those among which the texts' languages choose."""
        if name not in self._chosen:
            message = unknown_key_message(
                name, self._heads, what=f"{self.kind.task} among those served"
            )
            raise Problem(HTTPStatus.NOT_FOUND, message)
        if not (name or self.kind.reads_texts or len(self._heads) == 1):
            known = ", ".join(self._heads)
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"model: name one of {known}")
        return self._chosen[name]

    def _check(
        self, heads: Sequence[Head], inputs: Sequence[Any], options: Mapping[str, Any]
    ) -> None:
        """See that the options fit, and that it is not too much to do."""
        labels = {label for head in heads for label in head.bundle.manifest.labels}
        self.kind.check_options(sorted(labels), options)
        work = sum(heads[0].work_of(one, options) for one in inputs)
        if work > self.limits.characters:
            raise Problem(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"{work:,} characters to read and tokens to write in a request; at most "
                f"{self.limits.characters:,} are answered",
            )
