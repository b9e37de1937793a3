"""The files that a generator learns from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textrnn.configuration import FILES, FIRST_HOUR, setting
from textrnn.corpora import TEXT_FORMATS, Passage, text_key
from textrnn.counted import counted
from textrnn.errors import InputError
from textrnn.training.files import Data, Files

if TYPE_CHECKING:
    from textrnn.training.loop.deal import Kin

_FEWEST = 20  # characters, of whose tokens one tenth at least is to validate


@dataclass(frozen=True)
class GeneratorFiles(Files):
    """Running text.

    A .txt is one long text, or with --unit line a document a line; JSONL holds {"text": …} a line;
    of a folder all .txt and .jsonl files are read. Compressed files are opened. Texts may be
    larger than the memory. --batch-size is how many streams are read side by side, --max-tokens
    how far gradients go back.
    """

    task = "generator"
    to_add = "add documents, or make each line of a .txt one (unit='line')"

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

    @classmethod
    def kin(cls, examples: Sequence[Passage]) -> list[Kin]:
        """See :meth:`Files.kin`: documents stay whole, and beside their copies."""
        documents, pieces = list[str](), list[str]()
        for passage in examples:
            pieces.append(passage.text)
            if passage.ends or passage is examples[-1]:
                documents += [text_key("".join(pieces))] * len(pieces)
                pieces = []
        return [(document, "") for document in documents]

    def _reader(
        self, data: Any, name: str, on_note: Callable[[str], None]
    ) -> Callable[[], Iterable[Passage]]:
        """What gives the documents each time that it is called. Those in memory are read now, and
        of a file the first, so that what is wrong is told before Keras is loaded.

        Raises:
            InputError: a file cannot be read, or there is not enough text to learn from.
        """
        if callable(data):
            return lambda: self.examples(data(), name, on_note)
        if isinstance(data, Path):
            self._require_text(self.examples(data, name, lambda note: None), name)
            return partial(self.examples, data, name, on_note)
        found = list(self.examples(data, name, on_note))
        self._require_text(found, name)
        return lambda: found

    def _require_text(self, documents: Iterable[Passage], name: str) -> None:
        """See that there are a few characters; no more is read than that takes."""
        count = 0
        for passage in documents:
            count += len(passage.text.strip())
            if count >= _FEWEST:
                return
        few = f"too little to learn from: {counted(count, 'character')}" if count else "no text"
        raise InputError(f"{self._shown(name)}: {few}")
