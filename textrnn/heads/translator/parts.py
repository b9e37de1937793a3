"""The files of a translator's bundle, and what its graphs must be like."""

from __future__ import annotations

from textrnn.bundle.bundle import Bundle
from textrnn.bundle.manifest import MANIFEST
from textrnn.errors import BundleError
from textrnn.heads.parts import read_tokenizer
from textrnn.heads.translator.cutting import FULL_STOPS
from textrnn.heads.translator.network import TranslatorNetwork
from textrnn.runtime.graph_check import ExpectedGraph, Ports, count_weights, layer_units, widest
from textrnn.runtime.onnx_file import FLOAT, INT32, INT64
from textrnn.text.tokenizer import Tokenizer

SOURCE_TOKENIZER = "source_tokenizer.json"  # where both sides have a vocabulary of their own
_CANDIDATES = 2  # for the check alone: any number may be asked for


def require_full_stop(bundle: Bundle) -> str:
    """The full stop that sentences without one are read with; empty for none.

    Raises:
        BundleError: the manifest has something else there.
    """
    found = bundle.manifest.serving.get("full_stop", "")
    if found not in ("", *FULL_STOPS):
        raise BundleError(
            f"{bundle.path}: {MANIFEST}: serving: full_stop must be one of "
            f"{', '.join(FULL_STOPS)}, or empty; received {found!r:.80}"
        )
    return str(found)


def expected_graphs(network: TranslatorNetwork) -> dict[str, ExpectedGraph]:
    """What the graphs of a bundle must be like, by their files."""
    return {"encoder.onnx": _encoder(network), "decoder.onnx": _decoder(network)}


def _encoder(network: TranslatorNetwork) -> ExpectedGraph:
    """Of the graph that reads a source."""
    shapes = network.weight_shapes()
    first: Ports = {
        f"first/{name}": (FLOAT, ("B", units)) for name, units in network.bridged_units.items()
    }
    return ExpectedGraph(
        {"tokens": (INT32, ("B", "T")), "lengths": (INT32, ("B",))},
        {**_memory(network), **first},
        {"tokens": network.source_vocabulary_size or network.vocabulary_size},
        layer_units(network.encoders),
        widest(shapes),
        count_weights(shapes),
    )


def _decoder(network: TranslatorNetwork) -> ExpectedGraph:
    """Of the graph of a step."""
    shapes, size = network.weight_shapes(), network.vocabulary_size
    states = network.state_units.items()
    inputs: Ports = {
        "tokens": (INT32, ("R",)),
        **{name: (FLOAT, ("R", units)) for name, units in states},
        **_memory(network),
        "lengths": (INT32, ("B",)),
        "candidates": (INT64, (_CANDIDATES,)),
        "mask": (FLOAT, ("R", size)),
        **({"copied": (INT32, ("B", "T"))} if network.head.copying else {}),
    }
    outputs: Ports = {
        "next": (INT64, ("R", _CANDIDATES)),
        "log_probabilities": (FLOAT, ("R", _CANDIDATES)),
        "attention": (FLOAT, ("R", "T")),
        **{f"new/{name}": (FLOAT, ("R", units)) for name, units in states},
    }
    return ExpectedGraph(
        inputs,
        outputs,
        {"tokens": size},
        [],
        size + widest(shapes),
        count_weights(shapes),
    )


def _memory(network: TranslatorNetwork) -> Ports:
    return {
        "keys": (FLOAT, ("B", network.keys, "T")),
        "values": (FLOAT, ("B", "T", network.values)),
    }


def read_tokenizers(bundle: Bundle, network: TranslatorNetwork) -> tuple[Tokenizer, Tokenizer]:
    """The tokenizers of source and target, which are one where both share a vocabulary.

    Raises:
        BundleError: one is damaged, or of another vocabulary.
    """
    target = read_tokenizer(bundle, network.vocabulary_size)
    if network.is_joint:
        return target, target
    size = network.source_vocabulary_size
    return read_tokenizer(bundle, size, name=SOURCE_TOKENIZER), target
