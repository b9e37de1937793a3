"""What a task learns from: files, or what Python holds; each task has a class of its own."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textrnn.catalog import head_class
from textrnn.configuration import FILES, FIRST_HOUR, check_settings, converted, setting
from textrnn.corpora import read_texts
from textrnn.corpora.in_memory import texts
from textrnn.errors import InputError
from textrnn.heads.examples import ExampleSource
from textrnn.training.named import named_settings

if TYPE_CHECKING:
    from textrnn.training.loop.deal import Kin

Data = Path | Iterable[Any]  # a file or a folder, or the examples themselves


@dataclass(frozen=True)
class Files(ABC):
    """What a task learns from, and how its files are read.

    A field that :class:`textrnn.heads.examples.ExampleSource` has too says the same there.

    Attributes:
        task: what learns from them.
        over_time: whether examples are series, of which later steps are never learned from to
            answer earlier ones.
        to_add: what a user can do who has too few examples.
        train: the examples to learn from.
        validation: those to choose the epoch by.
    """

    task: ClassVar[str]
    over_time: ClassVar[bool] = False
    to_add: ClassVar[str] = "add examples"

    train: Data = setting(Path(), "Examples to learn from.", required=True, group=FIRST_HOUR)
    validation: Data | None = setting(None, "The same, to choose the epoch by.", group=FIRST_HOUR)
    format: str | None = setting(
        None, "Of the files [by suffix].", option="--input-format", group=FILES
    )
    encoding: str = setting("utf-8", "Of the files: gb18030, …", group=FILES)

    def __post_init__(self) -> None:
        for named in named_settings(self):
            if named.kind not in (Data, Data | None):
                converted(named.kind, named.default, named.path[0])
        check_settings(self)

    def arguments(self, on_note: Callable[[str], None]) -> dict[str, Any]:
        """What the function that trains takes of the files. They are read now, before Keras is
        loaded, so that what is wrong with one is told at once.

        Args:
            on_note: told in a line what a reader might not expect.

        Raises:
            InputError: a file cannot be read, is malformed, or holds nothing to learn.
        """
        found: dict[str, Any] = {"train": list(self.examples(self.train, "train", on_note))}
        if self.validation is not None:
            found["validation"] = list(self.examples(self.validation, "validation", on_note))
        for name, examples in found.items():
            if not examples:
                raise InputError(f"{self._shown(name)}: there are no examples")
        if reason := self.nothing_to_learn(found["train"]):
            raise InputError(f"{self._shown('train')}: {reason}")
        return found

    def nothing_to_learn(self, examples: Sequence[Any]) -> str:
        """Why nothing can be learned from these examples; empty where something can."""
        return ""

    @classmethod
    def kin(cls, examples: Sequence[Any]) -> list[Kin]:
        """How examples are dealt into folds: of each the group that stays whole, as of what it is a
        copy of, and the label that is spread over the folds; empty where there is none.
        """
        return [(repr(example), "") for example in examples]

    def require_fitting(self, plan: Any, found: Mapping[str, Any]) -> None:  # noqa: B027
        """See, before Keras is loaded, that a network of this plan can learn from what was read;
        of most tasks any can.

        Args:
            plan: all settings of the task.
            found: what :meth:`arguments` gave.

        Raises:
            ConfigurationError: no such network can be.
            InputError: it could not learn from this.
        """

    def examples(self, data: Data, name: str, on_note: Callable[[str], None]) -> Iterator[Any]:
        """The examples of a file, as the task's head reads them, or those that are given.

        Args:
            data: the file, or the examples.
            name: what messages call it where it is no file.
            on_note: told in a line what a reader might not expect.
        """
        names = {field.name for field in fields(ExampleSource)} & vars(self).keys()
        options = {name: getattr(self, name) for name in names}
        head = head_class(self.task)
        if isinstance(data, Path):
            return head.read_examples(ExampleSource(str(data), **options), on_note=on_note)
        return head.given_examples(data, ExampleSource(name, **options), on_note=on_note)

    def _shown(self, name: str) -> str:
        """What messages call the data of a field: the file, where it is one."""
        data = getattr(self, name)
        return str(data) if isinstance(data, Path) else name


def texts_of(data: Data | None, name: str, text: str | int | None = None) -> Iterator[str]:
    """The texts of a file, or those that are given.

    Args:
        data: these; None for no texts.
        name: what messages call them where they are no file.
        text: column or key of the text where they are given as a table.
    """
    if isinstance(data, Path):
        return read_texts(str(data))
    return iter(list(texts(() if data is None else data, text=text, name=name)))
