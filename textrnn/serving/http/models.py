"""The models of a service, and which of them answers what."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from textrnn.catalog import TASKS, head_class, load, shipped_models
from textrnn.configuration import require, unknown_key_message
from textrnn.errors import TextRNNError
from textrnn.heads.head import Head
from textrnn.heads.result import Result
from textrnn.serving.http.asked import Asked
from textrnn.serving.http.batching import Batcher
from textrnn.serving.http.limits import Limits
from textrnn.serving.http.problems import Problem
from textrnn.serving.routing import Router


def load_models(names: Sequence[str], *, threads: int | None = None) -> list[Head]:
    """Load the models of a service.

    Args:
        names: as :func:`textrnn.load` knows them; without any, those that ship.
        threads: for each.

    Raises:
        ModelNotFoundError, BundleError: as :func:`textrnn.load`.
        ConfigurationError: two of them have one name.
    """
    heads: list[Head] = [load(name, threads=threads) for name in names or shipped_models()]
    known = [head.bundle.name for head in heads]
    for name in known:
        require(known.count(name) == 1, f"two of the models are called {name}; serve one of them")
    return heads


class ServedTask:
    """A task, and the models that are served for it.

    Args:
        kind: the head of the task.
        batchers: its models by their names, at least one.
        limits: of a request.

    Attributes:
        path: where requests go: what the command of the task is called.
    """

    def __init__(self, kind: type[Head], batchers: Mapping[str, Batcher], limits: Limits) -> None:
        self.kind, self.batchers, self.limits = kind, batchers, limits
        self.path: str = f"/v1/{kind.command_line[0]}"

    async def answer(self, asked: Asked) -> list[Result]:
        """Answer a request: each text by the model that is named, or by that of its language.

        Raises:
            Problem: there is no such model, too many requests wait, or the request is wrong.
        """
        try:
            return await self._answer(asked)
        except TextRNNError as error:
            raise Problem.of(error) from error

    async def _answer(self, asked: Asked) -> list[Result]:
        heads = self._heads_for(asked.model)
        inputs = [heads[0].from_record(record) for record in asked.records]
        self._check(heads, inputs, asked.options)
        found = dict[int, Result]()

        async def ask(name: str, places: list[int]) -> None:
            some = [inputs[place] for place in places]
            results = await self.batchers[name].answer(some, asked.options)
            found.update(zip(places, results, strict=True))

        routes = _routes(heads, inputs, asked.options)
        names = dict.fromkeys(name for name, _ in routes)
        await asyncio.gather(
            *(ask(name, [n for n, (to, _) in enumerate(routes) if to == name]) for name in names)
        )
        return [found[n].in_language(language) for n, (_, language) in enumerate(routes)]

    def _heads_for(self, name: str) -> list[Head]:
        """The model that is named, or those among which the texts' languages choose."""
        heads = {name: batcher.head for name, batcher in self.batchers.items()}
        if name and name not in heads:
            message = unknown_key_message(name, heads, what=f"{self.kind.task} among those served")
            raise Problem(HTTPStatus.NOT_FOUND, message)
        if not (name or self.kind.reads_texts or len(heads) == 1):
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"model: name one of {', '.join(heads)}")
        return [heads[name]] if name else list(heads.values())

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


def _routes(
    heads: Sequence[Head], inputs: Sequence[Any], options: Mapping[str, Any]
) -> list[tuple[str, str | None]]:
    """For each input the name of the model that answers it, and the language of the text; as a
    router has it.
    """
    head = heads[0]
    if not head.reads_texts:
        return [(head.bundle.name, "")] * len(inputs)
    routes = Router(type(head), models=heads).answers(
        inputs,
        lambda model, some, _: (model.bundle.name for _ in some),
        text=lambda given: head.text_of(given, options),
        place=lambda number, _: f"text {number}",
        ready=True,
    )
    return [(name, language) for _, language, name in routes]


class Service:
    """All that is served.

    Args:
        heads: the models, each of a name of its own.
        limits: of requests.

    Attributes:
        tasks: those that have a model here.
        batchers: the models by their names.
    """

    def __init__(self, heads: Sequence[Head], limits: Limits) -> None:
        self.limits = limits
        self.batchers = {head.bundle.name: Batcher(head, queue=limits.queue) for head in heads}
        self.tasks = [
            ServedTask(
                head_class(task),
                {name: one for name, one in self.batchers.items() if one.head.task == task},
                limits,
            )
            for task in TASKS
            if any(head.task == task for head in heads)
        ]

    @property
    def is_ready(self) -> bool:
        """Whether every model has a thread that answers."""
        return all(batcher.is_alive for batcher in self.batchers.values())

    def close(self) -> None:
        """Answer what waits, and end."""
        for batcher in self.batchers.values():
            batcher.close()
