"""Texts on their way through the models that a command asks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import chain, islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from textrnn.cli.parts.columns import Columns, find_columns
from textrnn.cli.parts.inputs import Inputs, as_they_come, place_of
from textrnn.cli.parts.opening import open_router
from textrnn.cli.parts.terms import note_terms
from textrnn.corpora import Line
from textrnn.heads.head import Head

if TYPE_CHECKING:
    from textrnn.runtime.stream import ReadAhead

H = TypeVar("H", bound=Head)
L = TypeVar("L", bound=Line)


class Answering(Generic[H, L]):
    """The texts of a command, and the models that answer them, each loaded when it is needed.

    Args:
        kind: the head that answers.
        verb: the command's name, for messages.
        inputs: where the texts come from.
        lines: the texts; the first is waited for here.
        model: a shipped model's name or a path; None: of each text the model of its language.
        threads: for each model.
        by_language: the models that alone may be asked, by the language that each reads.

    Raises:
        InputError: there are no texts.
        ModelNotFoundError: there is no such model.
        ConfigurationError: the model does something else.

    Attributes:
        router: sends each text to its model.
        lines: the texts.
        ready: whether more of them may be asked for before those that came are answered.
    """

    def __init__(
        self,
        kind: type[H],
        verb: str,
        inputs: Inputs,
        lines: Iterator[L],
        *,
        model: str | None,
        threads: int | None,
        by_language: Mapping[str, str] | None = None,
    ) -> None:
        self._inputs = inputs
        self.lines, self.ready = as_they_come(inputs, lines, verb)
        self.router = open_router(kind, verb, model=model, threads=threads, by_language=by_language)

    def columns(self, form: str, taken: Collection[str]) -> Columns:
        """The records' own fields; see :func:`textrnn.cli.parts.columns.find_columns`."""
        columns, self.lines = find_columns(self._inputs, self.lines, form, taken)
        return columns

    def rows(
        self, options: Mapping[str, Any], *, read: Callable[[L], Any] = attrgetter("text")
    ) -> Iterator[tuple[L, Any]]:
        """Each text with its result, in order. The first is answered here: what a model refuses is
        said before a heading is written.

        Args:
            options: of the head's ``answer``.
            read: what the head reads of a text.
        """

        def answer(head: H, sent: Iterator[L], ready: ReadAhead) -> Iterator[Any]:
            return head.answer(map(read, sent), read_ahead=ready, **options)

        answers = self.router.answers(
            self.lines, answer, text=attrgetter("text"), place=place_of, ready=self.ready
        )
        rows = ((line, result.in_language(language)) for line, language, result in answers)
        return chain(list(islice(rows, 1)), rows)

    def note(self, note: Callable[[str], None]) -> None:
        """Say which texts a model of another language read, which records have no text, and, with
        ``-v``, on what terms the models are.
        """
        if self.router.foreign:
            note(str(self.router.foreign))
        if self._inputs.textless.count:
            note(str(self._inputs.textless))
        note_terms(self.router.heads)
