"""What waits for a model is answered together, whoever asked for it.

One thread a model runs it. While it answers, requests wait in a queue; then it takes of all that
wait with the same options as the oldest, from each in turn, so much that a long list does not hold
up a single text. The network so reads the texts of many requests together, as those of a list.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from threading import Condition, Thread
from typing import Any

from textrnn.heads.head import Head
from textrnn.heads.result import Result
from textrnn.runtime.session import while_wanted
from textrnn.serving.http.metrics import Metrics
from textrnn.serving.http.problems import busy

_TURN = 8_000  # characters and tokens that are taken at once: some batches of a network


@dataclass(eq=False)
class Job:
    """Inputs of a request that wait for a model.

    Attributes:
        inputs: what the head reads.
        options: of its ``answer``.
        work: how much work each input is.
        done: gets the results; whoever cancels it has them not made.
        results: those that are there, in order.
        taken: how many inputs were taken.
    """

    inputs: Sequence[Any]
    options: Mapping[str, Any]
    work: Sequence[int]
    done: Future[list[Result]] = field(default_factory=Future)
    results: list[Result] = field(default_factory=list)
    taken: int = 0


Share = tuple[Job, int, int]  # a job, and from which to before which of its inputs


class Batcher:
    """The queue of a model, and the thread that answers it.

    Args:
        head: the model.
        metrics: where it is counted what is answered.
    """

    def __init__(self, head: Head, *, metrics: Metrics) -> None:
        self.head = head
        name = head.bundle.name
        self._texts = metrics.texts.labels(name)
        self._together = metrics.together.labels(name)
        self._waiting = metrics.waiting.labels(name)
        self._jobs: deque[Job] = deque()
        self._changed = Condition()
        self._closed = False
        self._thread = Thread(target=self._run, name=f"model {head.bundle.name}", daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Whether there is a thread that answers."""
        return self._thread.is_alive()

    async def answer(self, inputs: Sequence[Any], options: Mapping[str, Any]) -> list[Result]:
        """The answers to some inputs, when it is their turn; cancelled, they are not made.

        Raises:
            TextRNNError: an option is wrong, or an input is nothing that the head reads.
            Problem: the queue is closed.
        """
        if not inputs:
            return []
        job = Job(inputs, options, [self.head.work_of(one, options) for one in inputs])
        with self._changed:
            if self._closed:
                raise busy(f"{self.head.bundle.name}: the service ends")
            self._jobs.append(job)
            self._waiting.set(len(self._jobs))
            self._changed.notify()
        try:
            return await asyncio.wrap_future(job.done)
        except asyncio.CancelledError:
            self._forget(job)
            raise

    def _forget(self, job: Job) -> None:
        """Take a request out of the queue for whose answer nobody waits any more."""
        with self._changed, suppress(ValueError):  # it may be answered just now
            self._jobs.remove(job)
            self._waiting.set(len(self._jobs))

    def close(self) -> None:
        """End the thread when all that waits is answered."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while turn := self._take():
            self._answer(turn)

    def _take(self) -> list[Share]:
        """The inputs whose turn it is, when there are some; none where the queue is closed and
        empty.
        """
        with self._changed:
            while True:
                self._jobs = deque(job for job in self._jobs if not job.done.done())
                if self._jobs:
                    break
                if self._closed:
                    return []
                self._changed.wait()
            first = self._jobs[0]
            together = [job for job in self._jobs if job.options == first.options]
            turn = list(_shares(together))
            for job, _, end in turn:
                job.taken = end
                self._jobs.remove(job)
                if end < len(job.inputs):
                    self._jobs.append(job)  # behind those that wait
            self._waiting.set(len(self._jobs))
            return turn

    def _answer(self, turn: Sequence[Share]) -> None:
        """Answer some inputs of some jobs; where one of them is wrong, each job by itself."""
        inputs = [one for job, start, end in turn for one in job.inputs[start:end]]
        jobs = [job for job, _, _ in turn]
        try:
            with while_wanted(lambda: not all(job.done.cancelled() for job in jobs)):
                results = iter(list(self.head.answer(inputs, **jobs[0].options)))
        except Exception as error:  # whatever is wrong with a request, the others can be answered
            if len(turn) > 1:
                for one in turn:
                    self._answer([one])
                return
            with suppress(InvalidStateError):  # whoever asked has gone
                jobs[0].done.set_exception(error)
            return
        self._texts.inc(len(inputs))
        self._together.observe(len(inputs))
        for job, start, end in turn:
            job.results += islice(results, end - start)
            if len(job.results) == len(job.inputs):
                with suppress(InvalidStateError):
                    job.done.set_result(job.results)


def _shares(jobs: Sequence[Job]) -> Iterator[Share]:
    """Of each job the inputs whose turn it is: one of each in turn, until that is enough."""
    ends, left = [job.taken for job in jobs], _TURN
    while left > 0 and any(end < len(job.inputs) for job, end in zip(jobs, ends, strict=True)):
        for number, job in enumerate(jobs):
            if left > 0 and ends[number] < len(job.inputs):
                left -= max(1, job.work[ends[number]])
                ends[number] += 1
    return ((job, job.taken, end) for job, end in zip(jobs, ends, strict=True) if end > job.taken)
