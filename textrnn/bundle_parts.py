"""The files of a bundle, read and held against each other.

Each file may be whole and still not fit the rest: a vocabulary larger than its table, labels that
the graph does not have. What heads read passes through here, so that such a bundle is refused when
it is opened, by the names of the files that disagree.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

from numpy.typing import NDArray

from textrnn.bag import BagOfNgrams
from textrnn.bundle.arrays import open_arrays
from textrnn.bundle.bundle import MANIFEST, Bundle
from textrnn.errors import BundleError, ConfigurationError
from textrnn.features import Features
from textrnn.gazetteer import Gazetteer
from textrnn.network import GeneratorNetwork, Network, TaggerNetwork
from textrnn.runtime.graph_check import GraphPlan, check_graph
from textrnn.runtime.weights import table_shapes
from textrnn.text.tokenizer import Tokenizer

N = TypeVar("N")


def read_network(bundle: Bundle, from_dict: Callable[[dict[str, Any]], N]) -> N:
    """The network that a manifest describes.

    Args:
        bundle: the model.
        from_dict: makes the description, as :meth:`textrnn.network.Network.from_dict`.

    Raises:
        BundleError: the description is wrong, or its labels are not the manifest's.
    """
    try:
        network = from_dict(bundle.manifest.network)
    except ConfigurationError as error:
        raise BundleError(f"{bundle.path}: {MANIFEST}: {error}") from error
    labels = getattr(network.head, "labels", ())  # type: ignore[attr-defined]
    if labels != bundle.manifest.labels:
        raise BundleError(f"{bundle.path}: {MANIFEST}: its labels are not those of its network")
    return network


def described_network(bundle: Bundle) -> dict[str, Any]:
    """As :func:`read_network`, of any task and as JSON values, with what is left out filled in."""
    kinds: dict[str, Callable[[dict[str, Any]], Network | TaggerNetwork | GeneratorNetwork]] = {
        "classifier": Network.from_dict,
        "tagger": TaggerNetwork.from_dict,
        "generator": GeneratorNetwork.from_dict,
    }
    task = bundle.manifest.task
    if task not in kinds:
        raise BundleError(f"{bundle.path}: unknown task {task!r:.80}")
    return read_network(bundle, kinds[task]).as_dict()


def read_graph(bundle: Bundle, plan: GraphPlan, *, name: str = "model.onnx") -> bytes:
    """A graph that fits the network.

    Raises:
        BundleError: it is damaged, or does not fit.
    """
    _check_size(bundle, name, plan.most_bytes)
    content = bundle.read(name)
    try:
        check_graph(content, plan)
    except BundleError as error:
        raise BundleError(f"{bundle.path}: {name} does not fit {MANIFEST}: {error}") from error
    return content


def read_tokenizer(bundle: Bundle, vocabulary_size: int) -> Tokenizer:
    """A tokenizer with a token for each row of the network's embedding.

    Raises:
        BundleError: it is damaged, none of textrnn's, or has more or fewer tokens.
    """
    tokenizer = named(
        bundle,
        lambda: Tokenizer.from_json(
            bundle.text("tokenizer.json"),
            simplify=bool(bundle.manifest.serving.get("simplify")),
            check=not bundle.is_shipped,  # 3 to 12 ms of a one-line call
        ),
    )
    if tokenizer.vocabulary_size != vocabulary_size:
        raise BundleError(
            f"{bundle.path}: tokenizer.json has {tokenizer.vocabulary_size:,} tokens; the network "
            f"in {MANIFEST} has {vocabulary_size:,}"
        )
    return tokenizer


def read_bag(bundle: Bundle) -> BagOfNgrams:
    """A classifier's bag of n-grams, for its labels.

    Raises:
        BundleError: it is damaged, or for others.
    """
    labels = len(bundle.manifest.labels)
    return named(bundle, lambda: BagOfNgrams.from_bytes(bundle.read("bag.npz"), labels=labels))


def read_features(bundle: Bundle, network: TaggerNetwork) -> Features:
    """A tagger's vocabularies, no larger than its tables.

    Raises:
        BundleError: they are damaged, or larger or smaller.
    """
    features = named(bundle, lambda: Features.from_json(bundle.text("features.json")))
    for name, found, rows in (
        ("words", features.words, network.vocabulary_size),
        ("characters", features.characters, network.character_count),
        ("bigrams", features.bigrams, network.bigram_count),
        ("lexicon", features.lexicon, network.lexicon_count),
    ):
        if rows and len(found) + 2 != rows:  # two more: padding, and what is unknown
            raise BundleError(
                f"{bundle.path}: features.json has {len(found):,} {name}; the network in "
                f"{MANIFEST} has rows for {rows - 2:,}"
            )
    return features


def read_tables(bundle: Bundle, network: TaggerNetwork) -> dict[str, NDArray[Any]]:
    """A tagger's tables and the scores of its chain, of the shapes that the network has.

    Raises:
        BundleError: they are damaged, or of other shapes.
    """
    name, shapes = "tables.npz", table_shapes(network)
    tags = len(network.head.tags)
    most = 8 * (sum(map(math.prod, shapes.values())) + tags * (tags + 2)) + (4 << 20)
    _check_size(bundle, name, most)
    tables: dict[str, NDArray[Any]] = {}
    with open_arrays(bundle.read(name), f"{bundle.path}: {name}") as file:
        for key, (rows, units) in shapes.items():
            tables[key] = file.take(key, (rows, units), "if")
            if tables[key].dtype.kind == "i":
                tables[f"{key}/scale"] = file.take(f"{key}/scale", (rows, 1), "f")
        if network.head.decoder == "crf":
            for key, shape in (("transitions", (tags, tags)), ("start", (tags,)), ("end", (tags,))):
                tables[f"crf/{key}"] = file.take(f"crf/{key}", shape, "f")
    return tables


def read_gazetteer(bundle: Bundle, network: TaggerNetwork) -> Gazetteer | None:
    """The lists of names that a tagger's network knows of; None where it knows of none.

    Raises:
        BundleError: they are damaged, or of more or fewer kinds.
    """
    if not network.gazetteer_kinds:
        return None
    found = named(bundle, lambda: Gazetteer.from_bytes(bundle.read("gazetteer.npz")))
    if len(found.kinds) != network.gazetteer_kinds:
        raise BundleError(
            f"{bundle.path}: gazetteer.npz has {len(found.kinds)} kinds of names; the network in "
            f"{MANIFEST} has {network.gazetteer_kinds}"
        )
    return found


def _check_size(bundle: Bundle, name: str, most: int) -> None:
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
