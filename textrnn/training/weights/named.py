"""The weights of a Keras model as named arrays, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from textrnn.errors import BundleError
from textrnn.network import Network


def export_weights(model: keras.Model, network: Network) -> dict[str, NDArray[np.float32]]:
    """The weights of ``model`` by the names that the head gives its weights."""
    variables = _variables(model, network)
    return {name: np.asarray(ops.convert_to_numpy(v), "float32") for name, v in variables.items()}


def import_weights(
    model: keras.Model,
    network: Network,
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


def _variables(model: keras.Model, network: Network) -> dict[str, Any]:
    """Keras variables by our names; the order within a layer is Keras' documented one."""
    layers, shapes = network.weight_layers(), network.weight_shapes()
    found = [variable for name in layers for variable in model.get_layer(name).weights]
    kept = [variable for variable in found if "seed" not in variable.name]
    return dict(zip(shapes, kept, strict=True))
