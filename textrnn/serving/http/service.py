"""All that is served: models, the tasks that they do, and what is counted."""

from __future__ import annotations

from collections.abc import Sequence

from textrnn.catalog import TASKS, head_class, load, shipped_models
from textrnn.configuration import require
from textrnn.heads.head import Head
from textrnn.serving.http.batching import Batcher
from textrnn.serving.http.bodies import Bodies
from textrnn.serving.http.limits import Limits
from textrnn.serving.http.metrics import Metrics
from textrnn.serving.http.served_task import ServedTask
from textrnn.serving.http.streams import Streams


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


class Service:
    """All that is served.

    Args:
        heads: the models, each of a name of its own.
        limits: of requests.

    Attributes:
        metrics: what is counted.
        batchers: the models by their names.
        tasks: those that have a model here.
    """

    def __init__(self, heads: Sequence[Head], limits: Limits) -> None:
        self.limits, self.metrics = limits, Metrics()
        self._streams = Streams(limits.streams, limits.answer_s, self.metrics)
        self.batchers: dict[str, Batcher] = {
            head.bundle.name: Batcher(head, metrics=self.metrics) for head in heads
        }
        bodies = Bodies(max(limits.held_bytes, limits.body_bytes))
        self.tasks: list[ServedTask] = []
        for task in TASKS:
            its = {name: one for name, one in self.batchers.items() if one.head.task == task}
            if its:
                self.tasks.append(ServedTask(head_class(task), its, self._streams, limits, bodies))

    @property
    def is_ready(self) -> bool:
        """Whether every model has a thread that answers."""
        return all(batcher.is_alive for batcher in self.batchers.values())

    def close(self) -> None:
        """Answer what waits, and end."""
        for batcher in self.batchers.values():
            batcher.close()
        self._streams.close()
