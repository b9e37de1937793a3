"""The files that a generator learns from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from textrnn.configuration import setting
from textrnn.training.files import Files


@dataclass(frozen=True)
class GeneratorFiles(Files):
    """Running text.

    A .txt is one long text, or with --unit line a document a line; JSONL holds {"text": …} a line;
    of a folder all .txt and .jsonl files are read. Compressed files are opened. Texts may be
    larger than the memory. --batch-size is how many streams are read side by side, --max-tokens
    how far gradients go back.
    """

    task = "generator"

    train: Path = setting(Path(), "Running text: .txt, .jsonl, a folder.", required=True)
    format: str | None = setting(
        None, "txt, csv, tsv, jsonl, json or parquet [by suffix].", option="--input-format"
    )
    unit: str = setting("file", "What a document of a .txt is.", choices=("line", "file"))
    reflow: bool = setting(False, "Join the lines of paragraphs.")
    text: str | None = setting(None, "Column or key of the text.", option="--text-column")

    def arguments(self, on_note: Callable[[str], None]) -> dict[str, Any]:
        """What ``train_generator`` takes of the files, which it reads several times."""
        files = {"train": self.train, "validation": self.validation}
        return {
            name: partial(self.examples, file, on_note)
            for name, file in files.items()
            if file is not None
        }
