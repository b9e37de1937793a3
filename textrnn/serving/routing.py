"""Texts of several languages, each read by the model of its own; answers come in input order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from textrnn.bundle.bundle import Bundle
from textrnn.catalog import default_models, load, model_path, nearest_model
from textrnn.errors import BundleError, ConfigurationError
from textrnn.heads.head import Head
from textrnn.heads.inputs import checked_texts
from textrnn.runtime.stream import ReadAhead
from textrnn.serving.foreign import ForeignTexts, is_foreign
from textrnn.text.language import NEUTRAL, language_name, language_of

_MOST_HELD = 4096  # texts that wait for models of other languages than the one that asks for more
_MOST_HELD_CHARACTERS = 1 << 20
_MOST_NEUTRAL = 1000  # texts of no language that wait at the beginning for one that has one

T = TypeVar("T")
R = TypeVar("R")
H = TypeVar("H", bound=Head)


class Router(Generic[H]):
    """Sends each text to the shipped model of its language, or to one of those that are given.

    Models are loaded when the first text asks for them. A text of no language (a number, an emoji,
    an address) goes with the one before it, and where no model reads that, its language is None; a
    text of a language that no shipped model reads is read by the nearest one, and counted.

    Args:
        kind: the head that is wanted, any that reads texts, as :class:`textrnn.Classifier`.
        model: a loaded one, which reads all texts.
        models: loaded ones, of which each text is read by that of its language, or else by the one
            that comes nearest, or else by the first.
        threads: for each model, as it takes them.

    Raises:
        ConfigurationError: ``kind`` is no head that reads texts.

    Attributes:
        foreign: the texts that were read by a model of another language.
        labels: those of the models that can be asked.

    Example:
        >>> from textrnn import Classifier, Router
        >>> router = Router(Classifier)
        >>> texts = ["A joy to read.", "房间很脏，不推荐"]
        >>> [(r.language, r.label) for r in router.stream(texts)]  # doctest: +SKIP
        [('en', 'positive'), ('zh', 'negative')]
    """

    def __init__(
        self,
        kind: type[H],
        *,
        model: H | None = None,
        models: Sequence[H] = (),
        by_language: Mapping[str, str] | None = None,
        threads: int | None = None,
    ) -> None:
        if not getattr(kind, "reads_texts", False):
            raise ConfigurationError(
                f"a router sends texts to a head that reads them, as Classifier; received "
                f"{kind!r:.80}"
            )
        self._kind, self._threads = kind, threads
        given = models if model is None else [model]
        self._heads: dict[str, H] = {head.bundle.name: head for head in given}
        self._given: dict[str, str] = {}  # the names of those that were given, by their languages
        for name, head in self._heads.items():
            self._given.setdefault(head.bundle.manifest.language, name)
        self._refuses = by_language is not None
        self._given.update(by_language or {})
        self.foreign: ForeignTexts = ForeignTexts()
        if len(given) == 1:
            self.foreign.only = given[0].bundle.manifest.language
        names = list(self._given.values()) or default_models(kind.task)
        bundles = [head.bundle for head in given] or [
            Bundle.open(model_path(name)) for name in names
        ]
        labels = (bundle.manifest.labels for bundle in bundles)
        self.labels: tuple[str, ...] = tuple(
            dict.fromkeys(label for some in labels for label in some)
        )

    def head(self, name: str) -> H:
        """A model, loaded when it is first asked for.

        Raises:
            ModelNotFoundError, BundleError: as :func:`textrnn.load`.
        """
        if name not in self._heads:
            self._heads[name] = load(name, threads=self._threads)
        return self._heads[name]

    @property
    def heads(self) -> list[H]:
        """The models that were given, or asked so far."""
        return list(self._heads.values())

    @property
    def names(self) -> str:
        """The models that were asked, in words."""
        return " and ".join(head.bundle.name for head in self.heads)

    def model_for(self, language: str) -> str:
        """The model that reads a language, or comes nearest to it."""
        given = self._given
        if not given:
            return nearest_model(self._kind.task, language)
        near = self._kind.neighbours.get(language, "en")
        return given.get(language) or given.get(near) or next(iter(given.values()))

    def is_foreign(self, language: str, model: str) -> bool:
        """Whether a text's language is not the model's."""
        return is_foreign(language, self.head(model).bundle.manifest.language)

    def refuses(self, language: str) -> bool:
        """Whether no model may read a language: where they were named by theirs, any other."""
        return self._refuses and language not in self._given

    def refusal(self, language: str, place: str) -> ConfigurationError:
        """What is said of a text whose language no model may read."""
        have = [f"{name} reads {language_name(own)}" for own, name in self._given.items()]
        return ConfigurationError(
            f"{place}: {language_name(language)} is read by none of these models: "
            f"{', '.join(have)}; name one for all texts (model=…)"
        )

    def stream(self, texts: Iterable[str], **options: Any) -> Iterator[Any]:
        """The answers to texts, each with the ``language`` that was found.

        Args:
            texts: any number, as they come.
            **options: of the head's ``answer``; ``read_ahead`` is true by default, and where it is
                false each text is answered before the next is asked for.

        Raises:
            ConfigurationError: as the head's ``answer``.
        """
        read_ahead: ReadAhead = options.pop("read_ahead", True)
        checked = checked_texts(texts)

        def answer(head: H, some: Iterator[str], ready: Callable[[], bool]) -> Iterator[Any]:
            return head.answer(some, read_ahead=ready, **options)

        for _, language, result in self.answers(
            checked,
            answer,
            text=lambda text: text,
            place=lambda n, _: f"text {n}",
            ready=read_ahead,
        ):
            yield result.in_language(language)

    def answers(
        self,
        items: Iterable[T],
        answer: Callable[[H, Iterator[T], Callable[[], bool]], Iterator[R]],
        *,
        text: Callable[[T], str],
        place: Callable[[int, T], str],
        ready: ReadAhead,
    ) -> Iterator[tuple[T, str | None, R]]:
        """Each item with its language and the answer of the model that reads it, in order.

        Args:
            items: any number; no more are read than a model asks for.
            answer: a model's answers to the items that it is given, in their order. It is also
                given what to take as ``read_ahead``.
            text: what is read of an item.
            place: where an item stands, by its number from 1, for the count of foreign ones.
            ready: whether the next item may be asked for before those due are answered.
        """
        return iter(_Run(self, iter(items), answer, text, place, ready))


@dataclass
class _Routed(Generic[T]):
    """An item on its way."""

    item: T
    language: str | None
    model: str
    size: int


class _Run(Generic[H, T, R]):
    """One stream of items through the models of a router.

    A model's stream of answers asks for its next item here. Items of other models that are met on
    the way wait in queues of their own; when those are full, the model that asks is told that
    nothing more can be had, and answers what it has.
    """

    def __init__(
        self,
        router: Router[H],
        items: Iterator[T],
        answer: Callable[[H, Iterator[T], Callable[[], bool]], Iterator[R]],
        text: Callable[[T], str],
        place: Callable[[int, T], str],
        ready: ReadAhead,
    ) -> None:
        self._router, self._items, self._answer = router, items, answer
        self._text, self._place = text, place
        self._is_ready: Callable[[], bool] = ready if callable(ready) else lambda: bool(ready)
        self._order: deque[_Routed[T]] = deque()  # items whose answers are not out yet
        self._queues: dict[str, deque[_Routed[T]]] = {}
        self._held = self._held_characters = 0  # in the queues
        self._streams: dict[str, Iterator[R]] = {}
        self._previous = NEUTRAL
        self._count = 0

    def __iter__(self) -> Iterator[tuple[T, str | None, R]]:
        while self._order or self._read():
            routed = self._order[0]
            if routed.model not in self._streams:
                head = self._router.head(routed.model)
                self._streams[routed.model] = self._answer(
                    head, self._items_of(routed.model), partial(self._may_ask, routed.model)
                )
            result = next(self._streams[routed.model], None)
            if result is None:
                raise BundleError(f"{routed.model} gave fewer answers than it was asked for")
            self._order.popleft()
            yield routed.item, routed.language, result

    def _items_of(self, model: str) -> Iterator[T]:
        queue = self._queues[model]
        while queue or self._read():
            if queue:
                routed = queue.popleft()
                self._held -= 1
                self._held_characters -= routed.size
                yield routed.item

    def _may_ask(self, model: str) -> bool:
        """Whether a model gets another item, or the end, before it has answered those it has."""
        queue = self._queues[model]
        while not queue:
            full = self._held >= _MOST_HELD or self._held_characters >= _MOST_HELD_CHARACTERS
            if full or not self._is_ready():
                return False
            if not self._read():
                return True
        return True

    def _read(self) -> bool:
        """Read an item, and those of no language before it; False where there is none."""
        waiting: list[T] = []
        language = NEUTRAL
        for item in self._items:
            waiting.append(item)
            language = language_of(self._text(item))
            enough = len(waiting) == _MOST_NEUTRAL or not self._is_ready()
            if language or self._previous or enough:
                break
        self._previous = language or self._previous
        for item in waiting[:-1]:
            self._send(item, self._previous or "en", is_counted=False)
        for item in waiting[-1:]:
            self._send(item, self._previous or "en", is_counted=language != NEUTRAL)
        return bool(waiting)

    def _send(self, item: T, language: str, *, is_counted: bool) -> None:
        self._count += 1
        router = self._router
        if is_counted and router.refuses(language):
            raise router.refusal(language, self._place(self._count, item))
        model = router.model_for(language)
        is_foreign = router.is_foreign(language, model)
        if is_counted and is_foreign:
            place = self._place(self._count, item)
            router.foreign.add(language, 1, place, [router.head(model).bundle.name])
        shown = None if is_foreign and not is_counted else language
        routed = _Routed(item, shown, model, len(self._text(item)))
        self._order.append(routed)
        self._queues.setdefault(model, deque()).append(routed)
        self._held += 1
        self._held_characters += routed.size
