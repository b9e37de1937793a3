"""The weights of a Keras model as named arrays, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from textrnn.errors import BundleError
from textrnn.heads.classifier.network import (
    ClassifierNetwork,
    classifier_layers,
    classifier_weight_shapes,
)
from textrnn.heads.generator.network import (
    GeneratorNetwork,
    generator_layers,
    generator_weight_shapes,
)
from textrnn.heads.tagger.network import TaggerNetwork, tagger_layers, tagger_weight_shapes

AnyNetwork = ClassifierNetwork | TaggerNetwork | GeneratorNetwork


def export_weights(model: keras.Model, network: AnyNetwork) -> dict[str, NDArray[np.float32]]:
    """The weights of ``model`` by the names that the head gives its weights."""
    variables = _variables(model, network)
    return {name: np.asarray(ops.convert_to_numpy(v), "float32") for name, v in variables.items()}


def import_weights(
    model: keras.Model,
    network: AnyNetwork,
    weights: Mapping[str, NDArray[np.float32]],
) -> None:
    """Set the weights of ``model`` from named arrays.

    Raises:
        BundleError: a weight is missing or its shape is not the one that the network asks for.
    """
    for name, variable in _variables(model, network).items():
        if name not in weights:
            raise BundleError(f"the weights lack {name!r}")
        if tuple(weights[name].shape) != tuple(variable.shape):
            raise BundleError(
                f"weight {name!r} has shape {tuple(weights[name].shape)}; "
                f"the network asks for {tuple(variable.shape)}"
            )
        variable.assign(weights[name])


def network_layers(network: AnyNetwork) -> list[str]:
    """The names of the layers with weights, from the embeddings to the output."""
    if isinstance(network, TaggerNetwork):
        return tagger_layers(network)
    if isinstance(network, GeneratorNetwork):
        return generator_layers(network)
    return classifier_layers(network)


def _shapes(network: AnyNetwork) -> dict[str, tuple[int, ...]]:
    if isinstance(network, TaggerNetwork):
        return tagger_weight_shapes(network)
    if isinstance(network, GeneratorNetwork):
        return generator_weight_shapes(network)
    return classifier_weight_shapes(network)


def _variables(model: keras.Model, network: AnyNetwork) -> dict[str, Any]:
    """Keras variables by our names; the order within a layer is Keras' documented one."""
    layers, shapes = network_layers(network), _shapes(network)
    found = [variable for name in layers for variable in model.get_layer(name).weights]
    kept = [variable for variable in found if "seed" not in variable.name]
    return dict(zip(shapes, kept, strict=True))
