"""The shapes of a graph's tensors, for inputs of given shapes, without running it.

A graph from a stranger can ask for any memory: an outer product of two vectors, a tensor joined to
itself over and over. So its shapes are worked out first, node by node. What decides about shapes
(axes, lengths, ends) must be known from constants and from the shapes of inputs alone, and is not
calculated with: then a length grows with the texts' number and length, and one that is small for
many long texts is not large for others. There is a rule for each operator that textrnn's own graphs
have, and no other operator is served.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from textrnn.errors import BundleError
from textrnn.runtime.onnx_file import INT64, Node, OnnxFile, Shape
from textrnn.runtime.operators import OPERATORS

_MOST_KNOWN = 64  # numbers of a tensor whose values are followed: shapes, axes, places

Ints = NDArray[np.int64]


class Shapes:
    """Works out the shapes of all tensors of a graph.

    Args:
        graph: the graph.
        inputs: the shapes of its inputs.

    Attributes:
        of: each tensor's shape.
        fixed: the tensors that depend on constants alone.
        known: the values of small tensors of whole numbers.

    Raises:
        BundleError: shapes do not fit each other, depend on what is read, or an operator or
            attribute is none of textrnn's.
    """

    def __init__(self, graph: OnnxFile, inputs: Mapping[str, Shape]) -> None:
        self.of: dict[str, Shape] = {name: each.shape for name, each in graph.constants.items()}
        self.known: dict[str, Ints] = {
            name: each.values().astype(np.int64)
            for name, each in graph.constants.items()
            if each.type == INT64 and math.prod(each.shape) <= _MOST_KNOWN
        }
        for name, shape in inputs.items():
            self.of[name] = shape
            self.known.pop(name, None)
        self.fixed: set[str] = set(graph.constants) - set(inputs)
        for node in graph.nodes:
            self._add(node)

    def _add(self, node: Node) -> None:
        operator = OPERATORS.get((node.domain, node.operator))
        if operator is None:
            raise BundleError(f"textrnn writes no graphs with the operator {node.operator!r:.80}")
        if strange := node.attributes.keys() - set(operator.attributes):
            raise BundleError(f"{node.operator}: an attribute of no graph of ours: {strange!r:.80}")
        for name in node.inputs:
            if name and name not in self.of:
                raise BundleError(
                    f"{node.operator} reads {name!r:.80}, which is not written before"
                )
        try:
            found = operator.rule(self, node)
        except (IndexError, ValueError, TypeError, KeyError, OverflowError) as error:
            raise BundleError(f"{node.operator}: its inputs do not fit: {error}") from error
        is_fixed = self.are_fixed(node)
        for name, shape in zip(node.outputs, found, strict=False):
            if name in self.of:
                raise BundleError(f"the tensor {name!r:.80} is written twice")
            if min(shape, default=0) < 0:
                raise BundleError(f"{node.operator}: a length below 0")
            self.of[name] = shape
            if is_fixed:
                self.fixed.add(name)
        if len(node.outputs) > len(found):
            raise BundleError(f"{node.operator}: more outputs than it has")

    def shape(self, node: Node, number: int) -> Shape:
        """The shape of a node's input."""
        return self.of[node.inputs[number]]

    def values(self, node: Node, number: int) -> list[int]:
        """The values of a node's input of whole numbers.

        Raises:
            ValueError: they depend on what is read.
        """
        name = node.inputs[number]
        if name not in self.known:
            raise ValueError(f"{name!r:.80} is not known before texts are read")
        return [int(value) for value in self.known[name].reshape(-1)]

    def are_fixed(self, node: Node, *numbers: int) -> bool:
        """Whether a node's inputs, all or some, depend on constants alone."""
        names = [node.inputs[i] for i in numbers] if numbers else filter(None, node.inputs)
        return all(name in self.fixed for name in names)

    def follow(self, node: Node, compute: Callable[..., Ints]) -> None:
        """Keep the values of a node's first output where all its inputs' are known."""
        if all(name in self.known for name in node.inputs):
            value = np.asarray(compute(*(self.known[name] for name in node.inputs)), np.int64)
            if value.size <= _MOST_KNOWN:
                self.known[node.outputs[0]] = value
