"""Models that a service has, asked as if they were here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from textrnn.configuration import from_dict, require, some_of
from textrnn.errors import TooMuchError
from textrnn.heads.head import Head
from textrnn.heads.result import Result
from textrnn.heads.written import Written
from textrnn.runtime.stream import ReadAhead, batches
from textrnn.serving.remote import RemoteService

_TOGETHER = 64  # texts of a request


@dataclass(frozen=True)
class RemoteManifest:
    """What is known of a model that lies elsewhere."""

    language: str
    labels: tuple[str, ...]


@dataclass(frozen=True)
class RemoteBundle:
    """A model that lies elsewhere."""

    name: str
    manifest: RemoteManifest


class RemoteHead:
    """Answers as the head of a model does that a service has.

    Args:
        service: the service.
        kind: the head.
        facts: what the service tells of the model.

    Attributes:
        bundle: what is known of the model.
    """

    def __init__(self, service: RemoteService, kind: type[Head], facts: Mapping[str, Any]) -> None:
        self._service, self._kind, self._path = service, kind, str(facts["path"])
        manifest = RemoteManifest(facts["language"], tuple(facts["labels"]))
        self.bundle = RemoteBundle(facts["name"], manifest)

    def card(self) -> dict[str, Any]:
        """All that the service tells of the model."""
        found: dict[str, Any] = self._service.ask("GET", f"/v1/models/{quote(self.bundle.name)}")
        return found

    def told(self, record: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a record, as JSON has it.

        Raises:
            TextRNNError: as the head; or the service cannot be asked.
        """
        asked = {"record": record, "model": self.bundle.name, **options}
        found: dict[str, Any] = self._service.ask("POST", self._path, asked)
        return found

    def answer(
        self,
        inputs: Iterable[Any],
        /,
        *,
        batch_size: int = _TOGETHER,
        read_ahead: ReadAhead = False,
        **options: Any,
    ) -> Iterator[Result]:
        """See :meth:`textrnn.heads.head.Head.answer`.

        Raises:
            TextRNNError: as the head; or the service cannot be asked.
        """
        for some in batches(inputs, _TOGETHER, read_ahead):
            yield from self._answers([self._kind.record_of(one) for one in some], options)

    def written(self, given: Any, /, **options: Any) -> Iterator[Written[Any]]:
        """See :meth:`textrnn.heads.head.Head.written`."""
        asked = self._asked({"record": self._kind.record_of(given), "stream": True}, options)
        piece = ""
        for name, value in self._service.events(self._path, asked):
            if name == "answer":
                yield Written(0, piece, self._result(value))
            elif piece:
                yield Written(0, piece)
            piece = value.get("piece", "")

    def _answers(
        self, records: Sequence[Mapping[str, Any]], options: Mapping[str, Any]
    ) -> list[Result]:
        """The answers to some records; where that is too much at once, to each half of them."""
        try:
            answered = self._service.ask(
                "POST", self._path, self._asked({"records": records}, options)
            )
        except TooMuchError:
            half = len(records) // 2
            if not half:
                raise
            return self._answers(records[:half], options) + self._answers(records[half:], options)
        return [self._result(one) for one in answered["answers"]]

    def _asked(self, inputs: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
        return {**inputs, "model": self.bundle.name, "full": True, **options}

    def _result(self, value: Mapping[str, Any]) -> Result:
        found = from_dict(self._kind.result_class(), value, where=self._service.url)
        return found.in_language("")  # which is for a router here to tell


def remote_heads(service: RemoteService, kind: type[Head], *, model: str = "") -> list[RemoteHead]:
    """The models of a task that a service has.

    Args:
        service: the service.
        kind: the head of the task.
        model: the name of the one that is wanted; empty for all of them.

    Raises:
        ConfigurationError: it has none, or not that one.
    """
    facts = [one for one in service.models() if one["task"] == kind.task]
    names = [one["name"] for one in facts]
    require(bool(facts), f"{service.url} serves no {kind.task}")
    known = f"{service.url} serves no {kind.task} {model!r}; it serves {some_of(names)}"
    require(not model or model in names, known)
    return [RemoteHead(service, kind, one) for one in facts if model in ("", one["name"])]
