"""The smallest head there can be: it counts vowels. What serves and measures heads must take it as
it is, since none of that knows a task.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from textrnn.bundle.manifest import Manifest
from textrnn.corpora import parse_json, read_lines
from textrnn.errors import InputError
from textrnn.heads.card import CardFacts, python_use
from textrnn.heads.examples import Examples, ExampleSource
from textrnn.heads.head import Head
from textrnn.heads.inputs import checked_texts
from textrnn.heads.outcome import OnOutcome, unheard
from textrnn.heads.result import INTEGER, NUMBER, Columns, Result
from textrnn.network import Network
from textrnn.reports.report import Column, Section, Table
from textrnn.runtime.session import Session
from textrnn.runtime.stream import ReadAhead, with_answers


@dataclass(frozen=True)
class VowelNetwork(Network):
    """It has no weights."""

    vowels: str = "aeiou"

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """None."""
        return {}

    def weight_layers(self) -> list[str]:
        """None."""
        return []


@dataclass(frozen=True)
class Vowels(Result):
    """How many vowels a text has."""

    text: str
    count: int
    share: float
    language: str | None = ""

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {"text": self.text, **self.found_language(), "count": self.count,
                "share": self.share}  # fmt: skip

    def _repr_html_(self) -> str:
        return f"<div>{self.count}</div>"


@dataclass(frozen=True)
class VowelReport:
    """How often the count was right."""

    right: int
    texts: int
    wrong: list[str] = field(default_factory=list)
    interval: None = None

    def scores(self) -> dict[str, float]:
        """The share."""
        return {"right": self.right / self.texts}

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {"right": self.right, "texts": self.texts, "wrong": self.wrong}

    def markdown(self, *, title: str) -> str:
        """Two lines."""
        return f"# {title}\n\n{self.right} of {self.texts}\n"

    def figures(self) -> dict[str, Any]:
        """None."""
        return {}

    def sections(self) -> list[Section]:
        """What was wrong."""
        table = Table([Column("wrong")], [[text] for text in self.wrong])
        return [Section(f"right {self.right}", f" of {self.texts}", table)]


class VowelCounter(Head):
    """Counts vowels."""

    task = "vowels"
    command_line = ("vowels", "--text", "aha")
    network_class = VowelNetwork
    evaluate_options = ()

    def _sessions(self) -> Iterable[Session]:
        return ()

    def answer(
        self,
        texts: Iterable[str],
        /,
        *,
        batch_size: int = 16,
        read_ahead: ReadAhead = False,
        more: int = 0,
    ) -> Iterator[Vowels]:
        """Count; ``more`` is added."""
        for text in checked_texts(texts):
            count = sum(char in "aeiou" for char in text)
            yield Vowels(text, count + more, count / max(len(text), 1))

    @classmethod
    def column_kinds(cls, labels: Sequence[str], options: Mapping[str, Any]) -> Columns:
        """Two numbers."""
        return {"count": INTEGER, "share": NUMBER}

    @classmethod
    def card_facts(cls, manifest: Manifest) -> CardFacts:
        """Next to nothing."""
        return CardFacts("counts", python_use(manifest, 'answer(["…"])'), "any length")

    @classmethod
    def read_examples(
        cls, source: ExampleSource, *, on_note: Callable[[str], None] | None = None
    ) -> Iterator[dict[str, Any]]:
        """Objects with a text and its count."""
        for line in read_lines(source.file):
            yield parse_json(line.text, f"{line.source}: line {line.number}")

    @classmethod
    def given_examples(
        cls, data: Any, source: ExampleSource, *, on_note: Callable[[str], None] | None = None
    ) -> Iterator[dict[str, Any]]:
        """The same as dictionaries."""
        return (dict(example) for example in data)

    def evaluate(
        self,
        examples: Examples,
        *,
        on_progress: Callable[[int], None] = lambda count: None,
        on_note: Callable[[str], None] = lambda line: None,
        on_outcome: OnOutcome = unheard,
    ) -> VowelReport:
        """Compare counts."""
        given = self.examples_of(examples, on_note)
        answered = list(with_answers(given, lambda sent: self.answer(e["text"] for e in sent)))
        if not answered:
            raise InputError("there are no texts to score")
        wrong = [found.text for example, found in answered if example["count"] != found.count]
        return VowelReport(len(answered) - len(wrong), len(answered), wrong)


@dataclass(frozen=True)
class Mean(Result):
    """The mean of some numbers."""

    mean: float
    language: str | None = ""

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {"text": "", "mean": self.mean}

    def _repr_html_(self) -> str:
        return f"<div>{self.mean}</div>"


class SeriesMean(VowelCounter):
    """Reads numbers, and no text: as a head that forecasts."""

    task = "means"
    reads_texts = False

    def from_record(self, record: Mapping[str, Any]) -> list[float]:
        """The numbers under ``values``."""
        if not record.get("values"):
            raise InputError("a record: no numbers under values")
        return list(record["values"])

    def answer(  # type: ignore[override]
        self,
        series: Iterable[Sequence[float]],
        /,
        *,
        batch_size: int = 16,
        read_ahead: ReadAhead = False,
    ) -> Iterator[Mean]:
        """The mean of each."""
        for values in series:
            yield Mean(sum(values) / len(values))

    @classmethod
    def column_kinds(cls, labels: Sequence[str], options: Mapping[str, Any]) -> Columns:
        """One number."""
        return {"mean": NUMBER}
