"""The files of a bundle, read and held against each other.

Each file may be whole and still not fit the rest: a vocabulary larger than its table, labels that
the graph does not have. What heads read passes through here, so that such a bundle is refused when
it is opened, by the names of the files that disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from textrnn.bundle.bundle import Bundle
from textrnn.bundle.manifest import MANIFEST
from textrnn.errors import BundleError, ConfigurationError
from textrnn.network import Network
from textrnn.runtime.graph_check import ExpectedGraph, check_graph
from textrnn.text.tokenizer import Tokenizer
from textrnn.text.windows import plan_windows

N = TypeVar("N")
W = TypeVar("W", bound=Network)


def read_network(bundle: Bundle, kind: type[W]) -> W:
    """The network that a manifest describes.

    Args:
        bundle: the model.
        kind: the class of the description.

    Raises:
        BundleError: the description is wrong, or its labels are not the manifest's.
    """
    try:
        network = kind.from_dict(bundle.manifest.network)
    except ConfigurationError as error:
        raise BundleError(f"{bundle.path}: {MANIFEST}: {error}") from error
    if network.labels != bundle.manifest.labels:
        raise BundleError(f"{bundle.path}: {MANIFEST}: its labels are not those of its network")
    return network


def read_graph(bundle: Bundle, expected: ExpectedGraph, *, name: str = "model.onnx") -> bytes:
    """A graph that fits the network.

    Raises:
        BundleError: it is damaged, or does not fit.
    """
    check_size(bundle, name, expected.most_bytes)
    content = bundle.read(name)
    if bundle.is_shipped:  # 13 ms of a one-line call; tests check these
        return content
    try:
        check_graph(content, expected)
    except BundleError as error:
        raise BundleError(f"{bundle.path}: {name} does not fit {MANIFEST}: {error}") from error
    return content


def read_tokenizer(
    bundle: Bundle, vocabulary_size: int, *, name: str = "tokenizer.json"
) -> Tokenizer:
    """A tokenizer with a token for each row of the network's embedding.

    Args:
        bundle: the model.
        vocabulary_size: the rows.
        name: of its file.

    Raises:
        BundleError: it is damaged, none of textrnn's, or has more or fewer tokens.
    """
    tokenizer = named(
        bundle,
        lambda: Tokenizer.from_json(
            bundle.text(name),
            simplify=bool(bundle.manifest.serving.get("simplify")),
            check=not bundle.is_shipped,  # 3 to 12 ms of a one-line call
        ),
    )
    if tokenizer.vocabulary_size != vocabulary_size:
        raise BundleError(
            f"{bundle.path}: {name} has {tokenizer.vocabulary_size:,} tokens; the network "
            f"in {MANIFEST} has {vocabulary_size:,}"
        )
    return tokenizer


def read_serving(bundle: Bundle, read: Callable[[Mapping[str, Any]], N]) -> N:
    """What is read of the numbers that a manifest has for serving.

    Raises:
        BundleError: one is missing, or no number.
    """
    try:
        return read(bundle.manifest.serving)
    except (KeyError, TypeError, ValueError) as error:
        raise BundleError(f"{bundle.path}: the manifest's 'serving' lacks {error}") from error


def check_numbers(bundle: Bundle, ranges: Mapping[str, tuple[float, float]]) -> None:
    """See that numbers that a manifest has for serving are in their ranges, where they are there.

    Args:
        bundle: the model.
        ranges: the least and the greatest of each.

    Raises:
        BundleError: one is of another type or out of range.
    """
    for name, (least, most) in ranges.items():
        value = bundle.manifest.serving.get(name, least)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not least <= value <= most:
            raise BundleError(
                f"{bundle.path}: {MANIFEST}: serving: {name} must be from {least:g} to {most:g}; "
                f"received {value!r:.80}"
            )


def read_windows(bundle: Bundle) -> Callable[[int], list[tuple[int, int]]]:
    """What gives the windows in which a text of so many tokens is read.

    Raises:
        BundleError: the manifest does not say how long they are.
    """

    def numbers(serving: Mapping[str, Any]) -> dict[str, int]:
        return {"size": int(serving["window_tokens"]), "overlap": int(serving["window_overlap"])}

    return partial(plan_windows, **read_serving(bundle, numbers))


def check_size(bundle: Bundle, name: str, most: int) -> None:
    """See that a file has no more bytes than the network can need, before it is read."""
    record = bundle.manifest.files.get(name)
    if record is not None and record.bytes > most:
        raise BundleError(
            f"{bundle.path}: {name} has {record.bytes:,} bytes; the network in {MANIFEST} takes "
            f"{most:,} at most"
        )


def named(bundle: Bundle, read: Callable[[], N]) -> N:
    """What is read from a bundle; an error names the bundle."""
    try:
        return read()
    except BundleError as error:
        message = str(error)
        if message.startswith(str(bundle.path)):
            raise
        raise BundleError(f"{bundle.path}: {message}") from error
