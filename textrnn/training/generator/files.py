"""The files that a generator learns from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from textrnn.configuration import FILES, FIRST_HOUR, setting
from textrnn.corpora import TEXT_FORMATS, Passage
from textrnn.corpora.in_memory import passages
from textrnn.training.files import Data, Files


@dataclass(frozen=True)
class GeneratorFiles(Files):
    """Running text.

    A .txt is one long text, or with --unit line a document a line; JSONL holds {"text": …} a line;
    of a folder all .txt and .jsonl files are read. Compressed files are opened. Texts may be
    larger than the memory. --batch-size is how many streams are read side by side, --max-tokens
    how far gradients go back.
    """

    task = "generator"

    train: Data = setting(
        Path(), "Running text: .txt, .jsonl, a folder.", required=True, group=FIRST_HOUR
    )
    format: str | None = setting(
        None,
        "Of the files [by suffix].",
        choices=TEXT_FORMATS,
        option="--input-format",
        group=FILES,
    )
    unit: str = setting(
        "file", "What a document of a .txt is.", choices=("line", "file"), group=FIRST_HOUR
    )
    reflow: bool = setting(False, "Join the lines of paragraphs.", group=FILES)
    text: str | int | None = setting(
        None, "Column or key of the text.", option="--text-field", group=FIRST_HOUR
    )

    def arguments(self, on_note: Callable[[str], None]) -> dict[str, Any]:
        """What ``train_generator`` takes of the files, which it reads several times."""
        given = {"train": self.train, "validation": self.validation}
        return {
            name: self._reader(data, name, on_note)
            for name, data in given.items()
            if data is not None
        }

    def _reader(
        self, data: Any, name: str, on_note: Callable[[str], None]
    ) -> Callable[[], Iterable[Passage]]:
        """What gives the documents each time that it is called. Those in memory are read now, and
        of a file the first, so that what is wrong is told before Keras is loaded.
        """
        if callable(data):
            return partial(self.examples, data, name, on_note)
        if isinstance(data, Path):
            next(iter(self.examples(data, name, lambda note: None)), None)  # it can be read
            return partial(self.examples, data, name, on_note)
        found = list(self.given_examples(data, name, on_note))
        return lambda: found

    def given_examples(
        self, data: Iterable[Any], name: str, on_note: Callable[[str], None]
    ) -> Iterator[Passage]:
        """Documents: see :mod:`textrnn.corpora.in_memory`."""
        return passages(data() if callable(data) else data, text=self.text, name=name)
