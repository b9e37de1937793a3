"""What all heads have in common: each is made of a bundle of its own task."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, TypeVar

from textrnn.bundle.bundle import Bundle
from textrnn.configuration import require
from textrnn.errors import BundleError, ConfigurationError
from textrnn.runtime.session import Session

H = TypeVar("H", bound="Head")


class Head:
    """A model, loaded and ready to use.

    One model may be used by any number of threads at the same time. ``copy.deepcopy`` and pickle
    load it anew from where it lies. ``with`` closes it.

    Args:
        bundle: the model.
        threads: threads for the network; by default as many as this process has cores.

    Attributes:
        task: what such a head does, as manifests call it.
        bundle: the model.

    Raises:
        BundleError: the bundle is one of another task.
    """

    task: ClassVar[str]

    def __init__(self, bundle: Bundle, *, threads: int | None = None) -> None:
        if bundle.manifest.task != self.task:
            raise BundleError(f"{bundle.path}: a {bundle.manifest.task}, not a {self.task}")
        self.bundle = bundle
        self._wanted_threads = threads
        self._run_limit_s: float | None = None

    @classmethod
    def load(cls: type[H], path: str | Path, *, threads: int | None = None) -> H:
        """Load a model from a bundle's folder or zip.

        Raises:
            ModelNotFoundError: there is no bundle at that path.
            BundleError: it is damaged, or a model of another task.
        """
        return cls(Bundle.open(path), threads=threads)

    def close(self) -> None:
        """Free the memory of the network; whoever asks the model afterwards gets an error."""
        for session in self._sessions():
            session.close()

    def limit_runs(self, seconds: float | None) -> None:
        """End each run of the network, which reads one batch, that takes longer: for services.

        Args:
            seconds: above 0; what takes longer is a :class:`textrnn.errors.BundleError`. None, as
                at first, for any time.

        Raises:
            ConfigurationError: it is not above 0.
        """
        require(seconds is None or seconds > 0, f"seconds must be above 0; received {seconds}")
        self._run_limit_s = seconds
        for session in self._sessions():
            session.run_limit_s = seconds

    def _sessions(self) -> Iterable[Session]:
        """The graphs that it runs."""
        raise NotImplementedError

    def __enter__(self: H) -> H:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        place = self.bundle.path.resolve()
        return _load_again, (type(self), place, self._wanted_threads, self._run_limit_s)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.bundle.name!r} of {self.bundle.path}>"


def _load_again(kind: type[H], path: Path, threads: int | None, limit_s: float | None) -> H:
    head = kind.load(path, threads=threads)
    head.limit_runs(limit_s)
    return head


def checked_texts(texts: Iterable[str]) -> Iterator[str]:
    """Texts as they come, each seen to be one.

    Args:
        texts: a list, a generator, a NumPy array of strings, a pandas Series …

    Raises:
        ConfigurationError: it is a single string, bytes or a dictionary, at once; or holds
            something else than strings, when that is reached.
    """
    if isinstance(texts, str):
        raise ConfigurationError("expected several texts; put a single one in a list")
    return _checked(_iterator(texts, "texts"), "text {}")


def checked_sentences(sentences: Iterable[Iterable[str]]) -> Iterator[list[str]]:
    """Sentences as lists of words, each seen to be one.

    Raises:
        ConfigurationError: as :func:`checked_texts`; a sentence is a string, or a word none.
    """
    for number, words in enumerate(_iterator(sentences, "sentences")):
        place = f"sentence {number}"
        if isinstance(words, str):
            raise ConfigurationError(
                f"{place} (counted from 0) is a string, {_shown(words)}; a sentence is a list of "
                "words"
            )
        yield list(_checked(_iterator(words, place), f"{place}, word {{}}"))


def _iterator(values: Any, name: str) -> Iterator[Any]:
    """What values hold, where they can be some.

    Raises:
        ConfigurationError: they cannot.
    """
    if isinstance(values, bytes | bytearray | Mapping):
        raise ConfigurationError(f"{name}: expected a list of strings; received {_shown(values)}")
    try:
        return iter(values)
    except TypeError as error:
        raise ConfigurationError(
            f"{name}: expected a list of strings; received {_shown(values)}"
        ) from error


def _checked(values: Iterator[Any], place: str) -> Iterator[str]:
    for number, value in enumerate(values):
        if not isinstance(value, str):
            where = place.format(number)
            raise ConfigurationError(f"{where} (counted from 0) is no string: {_shown(value)}")
        yield value if type(value) is str else str(value)  # NumPy's strings


def _shown(value: object) -> str:
    """A value and its type, short."""
    shown = repr(value)
    return f"{shown[:40]}{'…' if len(shown) > 40 else ''} ({type(value).__name__})"
