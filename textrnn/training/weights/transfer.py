"""Beginning with the weights of another model: a language model's, or one of the same task.

A recurrent language model that has read much plain text is a better start for the encoders of a
classifier or tagger than random weights (Dai & Le 2015, section 2; Howard & Ruder 2018). One that
read forward gives the forward encoders, one that read backward the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from textrnn.catalog import head_class
from textrnn.errors import ConfigurationError
from textrnn.network import Network
from textrnn.training.weights.initial_model import InitialModel, InitialWeights, turned
from textrnn.training.weights.named import export_weights, import_weights

_HEAD_SHAPE = ("pooling", "tied")  # what two heads must have in common to share layers


def begin_with(
    models: Sequence[InitialWeights],
    model: keras.Model,
    network: Network,
    *,
    embedding: bool = True,
    backward: bool = False,
) -> list[tuple[Path, str]]:
    """Give a network the weights of other models, as far as it has the same layers.

    Args:
        models: the others; of several that have a weight the first gives it.
        model: the network's Keras model, changed in place.
        network: its description. The layers of a head are taken over from a head like it alone,
            those of its outputs for the labels that both have.
        embedding: whether the rows of the embedding are those of the models' vocabulary.
        backward: whether the network is a language model that reads backward.

    Returns:
        Each model's path and what it gave.

    Raises:
        ConfigurationError: a layer has other units or cells, or a model gave nothing.
    """
    if not models:
        return []
    weights = export_weights(model, network)
    if backward:
        weights = turned(weights)
    taken: set[str] = set()
    given = []
    for source in models:
        useful = _useful(source, network, embedding=embedding)
        names = [name for name in useful if name in weights and name not in taken]
        if not names:
            raise ConfigurationError(
                f"{source.path}: an earlier model gives all the layers that it has for this network"
                if taken
                else f"{source.path}: this network has none of its layers"
            )
        for name in names:
            if network.labels and _is_of_outputs(name):
                weights[name] = _labelled(source, name, weights[name], source.columns(network))
            else:
                weights[name] = _placed(source, name, weights[name])
        taken |= set(names)
        given.append((source.path, f"begins with its {', '.join(_layers(names))}"))
        if any(map(_is_of_outputs, names)) and (note := source.note_on_labels(network.labels)):
            given.append((source.path, note))
    import_weights(model, network, turned(weights) if backward else weights)
    return given


def aligned_rows(
    source: InitialModel, words: Mapping[str, int], *, rows: int, units: int, random_state: int
) -> tuple[NDArray[np.float32], int]:
    """The rows of a model's embedding for the words of another vocabulary.

    A word that the model does not have is looked for in small letters, and else gets a random row
    as large as the others.

    Args:
        source: the model.
        words: the row of each word.
        rows: V.
        units: E.
        random_state: of the random rows.

    Returns:
        The rows (V, E), and how many words were found.

    Raises:
        ConfigurationError: the model's rows have other units.
    """
    if source.weights["embedding"].shape[1] != units:
        raise ConfigurationError(
            f"{source.path}: its embedding has {source.weights['embedding'].shape[1]} units; this "
            f"network's has {units}"
        )
    table, known = source.weights["embedding"], source.tokenizer.vocabulary()
    rng = np.random.default_rng(random_state)
    aligned = rng.normal(0.0, float(table.std()), (rows, units)).astype(np.float32)
    found = 0
    for word, row in words.items():
        number = known.get(word, known.get(word.lower()))
        if number is not None:
            aligned[row] = table[number]
            found += 1
    return aligned, found


def _useful(source: InitialWeights, network: Network, *, embedding: bool) -> list[str]:
    """The weights of a model that mean the same in another network."""
    head = network.as_dict().get("head", {})
    same_head = head_class(source.task).network_class is type(network) and all(
        source.network.get("head", {}).get(name) == head.get(name) for name in _HEAD_SHAPE
    )
    has_outputs = same_head and (not network.labels or bool(source.columns(network)))
    names = []
    for name in source.weights:
        layer = name.split("/")[0]
        if layer.startswith("encoder_"):
            wanted = True
        elif layer == "embedding":
            wanted = embedding
        else:
            wanted = has_outputs if _is_of_outputs(name) else same_head
        if wanted:
            names.append(name)
    return names


def _is_of_outputs(name: str) -> bool:
    """Whether a weight has a number for each output, or for each pair of them."""
    return name.split("/")[0] in ("output", "crf")


def _labelled(
    source: InitialWeights, name: str, current: NDArray[np.float32], columns: Mapping[int, int]
) -> NDArray[np.float32]:
    """A weight of outputs with what ``source`` has for each that has a counterpart there."""
    value = source.weights[name]
    ours, theirs = list(columns), list(columns.values())
    placed = current.copy()
    if name == "crf/transitions":
        placed[np.ix_(ours, ours)] = value[np.ix_(theirs, theirs)]
        return placed
    if value.shape[:-1] != current.shape[:-1]:
        raise _misshapen(source, name, current)
    placed[..., ours] = value[..., theirs]
    return placed


def _placed(source: InitialWeights, name: str, current: NDArray[np.float32]) -> NDArray[np.float32]:
    """A weight of ``source`` in the place of ``current``.

    A first encoder may read more than the embedding: what it reads besides keeps its weights. A
    further one of two directions reads both, of which the source knows its own alone: the rest is
    zero, so that the directions are at first two networks side by side.
    """
    value = source.weights[name]
    if value.shape == current.shape:
        return value
    parts = name.split("/")
    inputs = len(value)
    extends = parts[0].startswith("encoder_") and parts[-1] == "kernel"
    if not extends or value.shape[1:] != current.shape[1:] or inputs > len(current):
        raise _misshapen(source, name, current)
    if parts[0] == "encoder_0":
        placed = current.copy()
        placed[:inputs] = value
        return placed
    placed = np.zeros_like(current)
    begin = 0 if parts[1] == "forward" else len(current) - inputs
    placed[begin : begin + inputs] = value
    return placed


def _misshapen(
    source: InitialWeights, name: str, current: NDArray[np.float32]
) -> ConfigurationError:
    shape = source.weights[name].shape
    return ConfigurationError(
        f"{source.path}: its {name} has shape {shape}; this network's has {current.shape}"
    )


def _layers(names: Sequence[str]) -> list[str]:
    """The layers of weights, directions included, without repeats."""
    found = []
    for name in names:
        parts = name.split("/")
        directed = len(parts) > 2
        found.append(" ".join(parts[:2]) if directed else parts[0])
    return list(dict.fromkeys(found))
