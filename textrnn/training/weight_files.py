"""``weights.npz``: a network's weights as a bundle keeps them for further training."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from textrnn.arrays import open_arrays
from textrnn.bundle import Bundle
from textrnn.errors import BundleError
from textrnn.runtime.quantize import quantize


def pack_weights(weights: Mapping[str, NDArray[np.float32]]) -> bytes:
    """``weights.npz``: float16, since fine-tuning needs no more and the package stays small."""
    content = io.BytesIO()
    packed: dict[str, Any] = {name: value.astype(np.float16) for name, value in weights.items()}
    np.savez_compressed(content, **packed)
    return content.getvalue()


def pack_whole_weights(weights: Mapping[str, NDArray[np.float32]]) -> bytes:
    """``weights.npz`` in 8 bits, with a scale for each row of the embedding and for each output of
    the other kernels: half of :func:`pack_weights`, and as exact as the 8-bit graph.
    """
    content = io.BytesIO()
    packed: dict[str, Any] = {}
    for name, value in weights.items():
        if value.ndim == 1:
            packed[name] = value
        else:
            axis = 1 if name == "embedding" else tuple(range(value.ndim - 1))
            packed[name], packed[f"{name}/scale"] = quantize(value, axis=axis)
    np.savez_compressed(content, **packed)
    return content.getvalue()


def read_weights(bundle: Bundle) -> dict[str, NDArray[np.float32]]:
    """The weights of a model, float32; of a tagger those that are not in its tables.

    A classifier in 8 bits has its embedding, half of all its numbers, in its graph alone.

    Raises:
        BundleError: a file is missing or damaged.
    """
    weights = unpack_weights(bundle.read("weights.npz"))
    if bundle.manifest.task == "classifier" and "embedding" not in weights:
        graph = onnx.load_from_string(bundle.read("model.onnx")).graph
        stored = {i.name.rpartition("_")[0]: i for i in graph.initializer}
        if not stored.keys() >= {"embedding", "embedding/scale"}:
            raise BundleError(f"{bundle.name}: neither its weights nor its graph have an embedding")
        whole, scale = (
            onnx.numpy_helper.to_array(stored[name]) for name in ("embedding", "embedding/scale")
        )
        weights = {"embedding": whole.astype(np.float32) * scale, **weights}
    return weights


def unpack_weights(content: bytes) -> dict[str, NDArray[np.float32]]:
    """The weights that :func:`pack_weights` or :func:`pack_whole_weights` packed, float32.

    Raises:
        BundleError: the file is damaged.
    """
    with open_arrays(content, "weights.npz") as file:
        names = [name for name in file.files if not name.endswith("/scale")]
        return {
            name: file[name].astype(np.float32) * file.get(f"{name}/scale", np.float32(1.0))
            for name in names
        }
