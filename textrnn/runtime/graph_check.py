"""Whether a graph is one that textrnn could have compiled for a network.

Three things are looked at before ONNX Runtime sees a graph: what it is made of
(:mod:`textrnn.runtime.onnx_file` and the operators of :mod:`textrnn.runtime.operators`); that
its inputs, outputs, tables and layers are those of the network that the manifest describes; and
that, for large batches and small ones, tensors and products are no larger than the network's own,
nor is what is calculated of constants when the graph is opened.

Shapes: B texts, R rows of several a text, T tokens, U units, V tokens of the vocabulary, L labels.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from textrnn.errors import BundleError
from textrnn.network import Encoder
from textrnn.runtime.graph_shapes import Shapes
from textrnn.runtime.onnx_file import DOUBLE, FLOAT, OnnxFile, Port, Shape, read_onnx

# Texts and tokens: large and without a common divisor, so that no product of lengths looks like
# another; and few, where nothing may be large.
_MANY = (1009, 997)
_FEW = ((1, 1), (1009, 1), (1, 997), (16, 31))
_ROWS = 101  # of each text, where there are several
_MORE_LENGTH = 15  # beside few texts or tokens: what convolutions and recurrent layers add
_MORE_UNITS = 16  # that a layer may have besides those of the network
_SLACK = 4  # times the network's own widths
_SUM_SLACK = 32  # likewise for all tensors together, for each layer and once more
_SMALL = 4096  # numbers of a constant that may be calculated with in any way
_LARGE_FIXED = ("Cast", "Identity", "Mul", "Transpose")
_NODES, _LAYER_NODES = 400, 100
_OPSETS = {"": 17, "com.microsoft": 1}
_RECURRENT = ("RNN", "LSTM", "GRU", "DynamicQuantizeLSTM")
_PRODUCTS = ("Conv", "Gemm", "MatMul", "MatMulInteger", "MatMulIntegerToFloat")

Lengths: TypeAlias = "tuple[int | str, ...]"
Ports: TypeAlias = "Mapping[str, tuple[int, Lengths]]"


@dataclass(frozen=True)
class ExpectedGraph:
    """What a graph must be like.

    Attributes:
        inputs: type and shape of each; the lengths "B" and "T" depend on what is read, and so does
            "R", of rows of which each text has several.
        outputs: likewise.
        optional: inputs and outputs that may be missing.
        tables: the inputs that name rows of tables, each with the rows that it may name.
        layers: the units of the recurrent layers, in order.
        token_units: the widest row of numbers that a token has on its way.
        pair_units: likewise of a pair of tokens.
        weights: the numbers that the network learns.
        uses: how often weights are used for each text, where no lengths tell how long it is.
    """

    inputs: Ports
    outputs: Ports
    tables: Mapping[str, int]
    layers: Sequence[int]
    token_units: int
    weights: int
    pair_units: int = 0
    optional: frozenset[str] = frozenset()
    uses: int = 1  # as of a graph that reads a token at a time

    def shapes(self, ports: Ports, batch: int, time: int) -> dict[str, Shape]:
        """The shapes of inputs or outputs for some texts of some tokens each."""
        lengths = {"B": batch, "T": time, "R": _ROWS * batch}
        return {
            name: tuple(lengths[each] if isinstance(each, str) else each for each in shape)
            for name, (_, shape) in ports.items()
        }

    def read(self, batch: int, time: int) -> int:
        """The numbers of the widest tensor that the network makes of such texts."""
        time, rows = self.steps(time), _ROWS if self._has_rows else 1
        return batch * rows * time * (self.token_units + time * self.pair_units)

    @property
    def _has_rows(self) -> bool:
        return any("R" in shape for _, shape in self.inputs.values())

    def steps(self, time: int) -> int:
        """How often weights are used for a text of so many tokens."""
        return time if "lengths" in self.inputs else self.uses

    @property
    def most_bytes(self) -> int:
        """A graph's file is no larger: four bytes a number, twice, and its operations."""
        return 8 * self.weights + (1 << 20)


def check_graph(content: bytes, expected: ExpectedGraph) -> None:
    """See that a graph is like the expected one.

    Args:
        content: the ONNX file.
        expected: what is to be, by the network that the manifest describes.

    Raises:
        BundleError: it is not, which is said without the name of its file.
    """
    graph = read_onnx(content)
    most = _NODES + _LAYER_NODES * len(expected.layers or expected.inputs)
    if len(graph.nodes) > most:
        raise BundleError(f"it has {len(graph.nodes):,} operations; at most {most:,} are needed")
    for domain, version in graph.opsets.items():
        if _OPSETS.get(domain) != version:
            raise BundleError(
                f"it is of an operator set that textrnn does not write: {domain!r:.80}"
            )
    _check_ports(graph.inputs, expected.inputs, expected.optional, "input")
    _check_ports(graph.outputs, expected.outputs, expected.optional, "output")
    _check_constants(graph)
    shapes = _check_shapes(graph, expected, *_MANY)
    _check_sizes(shapes, expected, expected.read(*_MANY), _constant_size(graph))
    _check_fixed(graph, shapes)
    _check_work(graph, shapes, expected)
    for batch, time in _FEW:
        most = expected.read(batch + _MORE_LENGTH, time + _MORE_LENGTH)
        _check_sizes(
            _check_shapes(graph, expected, batch, time), expected, most, _constant_size(graph)
        )
    _check_tables(graph, shapes, expected)
    _check_layers(graph, expected)


def _check_ports(
    found: Mapping[str, Port], wanted: Ports, optional: frozenset[str], what: str
) -> None:
    missing = wanted.keys() - found.keys() - optional
    if missing or found.keys() - wanted.keys():
        raise BundleError(
            f"it has the {what}s {', '.join(found) or 'none'!s:.200}; the network has "
            f"{', '.join(wanted)}"
        )
    for name, port in found.items():
        kind, shape = wanted[name]
        fits = len(port.shape) == len(shape) and all(
            isinstance(have, str) or have == want
            for have, want in zip(port.shape, shape, strict=True)
        )
        if port.type != kind or not fits:
            raise BundleError(
                f"its {what} {name!r} is not of the type or shape that the network has"
            )


def _check_constants(graph: OnnxFile) -> None:
    """Constants are numbers, and each is read."""
    read = {name for node in graph.nodes for name in node.inputs}
    for name, constant in graph.constants.items():
        if name not in read:
            raise BundleError(f"nothing reads its constant {name!r:.80}")
        if constant.type in (FLOAT, DOUBLE) and not np.isfinite(constant.values()).all():
            raise BundleError(f"its constant {name!r:.80} has numbers that are not finite")


def _check_shapes(graph: OnnxFile, expected: ExpectedGraph, batch: int, time: int) -> Shapes:
    """The outputs are of the shapes that the network's are, for some texts."""
    given = expected.shapes({name: expected.inputs[name] for name in graph.inputs}, batch, time)
    shapes, wanted = Shapes(graph, given), expected.shapes(expected.outputs, batch, time)
    for name in graph.outputs:
        if shapes.of.get(name) != wanted[name]:
            raise BundleError(f"its output {name!r} is not of the shape that the network has")
    return shapes


def _constant_size(graph: OnnxFile) -> int:
    return sum(math.prod(each.shape) for each in graph.constants.values())


def _check_sizes(shapes: Shapes, expected: ExpectedGraph, read: int, constant: int) -> None:
    """No tensor is much larger than those that the network has, nor are all together."""
    total = 0
    for name, shape in shapes.of.items():
        size, is_fixed = math.prod(shape), name in shapes.fixed
        if size > _SLACK * (constant if is_fixed else read):
            raise BundleError(f"its tensor {name!r:.80} is larger than any of such a network")
        total += 0 if is_fixed else size
    if total > _SUM_SLACK * (1 + len(expected.layers or expected.inputs)) * read:
        raise BundleError("its tensors are together larger than those of such a network")


def _check_fixed(graph: OnnxFile, shapes: Shapes) -> None:
    """What is calculated of constants alone, when the graph is opened, is little."""
    total, most = 0, 2 * _constant_size(graph) + _SMALL
    for node in graph.nodes:
        if not shapes.are_fixed(node):
            continue
        size = sum(math.prod(shapes.of[name]) for name in node.outputs)
        largest = max(math.prod(shapes.of[name]) for name in (*node.inputs, *node.outputs) if name)
        total += size
        is_plain = node.operator in _LARGE_FIXED and node.attributes.get("to", FLOAT) == FLOAT
        if total > most or (largest > _SMALL and not is_plain):
            raise BundleError(f"{node.operator} of constants: larger than in any graph of ours")


def _check_work(graph: OnnxFile, shapes: Shapes, expected: ExpectedGraph) -> None:
    """Products take no more steps than if each constant were used twice for each token."""
    batch, time = _MANY
    time = expected.steps(time)
    most = batch * time * (2 * _constant_size(graph) + _SMALL)
    most += _SLACK * batch * time * time * expected.token_units * min(expected.pair_units, 1)
    work = 0
    for node in graph.nodes:
        if node.operator in _RECURRENT:
            steps, batch, _ = shapes.shape(node, 0)
            matrices = sum(math.prod(shapes.shape(node, i)) for i in (1, 2))
            work += steps * batch * matrices
        elif node.operator in _PRODUCTS:
            size = math.prod(shapes.of[node.outputs[0]])
            right = shapes.shape(node, 1)
            work += size * (math.prod(right[1:]) if node.operator == "Conv" else right[-2])
        if work > most:
            raise BundleError("its products take more steps than those of such a network")


def _check_tables(graph: OnnxFile, shapes: Shapes, expected: ExpectedGraph) -> None:
    """Tables have a row for each token that may be read."""
    rows = dict(expected.tables)
    for node in graph.nodes:
        if node.operator in ("Transpose", "Cast", "Identity") and node.inputs[0] in rows:
            rows[node.outputs[0]] = rows[node.inputs[0]]
        elif node.operator == "Gather" and node.inputs[1] in rows:
            have, want = shapes.of[node.inputs[0]][0], rows[node.inputs[1]]
            if node.attributes.get("axis", 0) != 0 or have != want:
                raise BundleError(
                    f"its table has {have:,} rows; the manifest's network has {want:,}"
                )


def _check_layers(graph: OnnxFile, expected: ExpectedGraph) -> None:
    """The recurrent layers are those of the network, or a little wider."""
    found = [
        node.attributes.get("hidden_size", 0) for node in graph.nodes if node.operator in _RECURRENT
    ]
    fits = len(found) == len(expected.layers) and all(
        isinstance(have, int) and units <= have <= units + _MORE_UNITS
        for have, units in zip(found, expected.layers, strict=True)
    )
    if not fits:
        have, want = (", ".join(map(str, units)) or "none" for units in (found, expected.layers))
        raise BundleError(f"its recurrent layers have {have:.200} units; the manifest says {want}")


def layer_units(encoders: Sequence[Encoder]) -> list[int]:
    """The units of recurrent layers, in order."""
    return [encoder.units for encoder in encoders]


def count_weights(shapes: Mapping[str, tuple[int, ...]]) -> int:
    """The numbers of all weights."""
    return sum(map(math.prod, shapes.values()))


def widest(shapes: Mapping[str, tuple[int, ...]]) -> int:
    """The longest row that the matrices read or write; of tables a row's length."""
    tables = ("embedding", "shapes", "bigrams", "lexicon", "characters/embedding")
    return 2 * max(
        shape[-1] if name in tables or len(shape) == 1 else max(math.prod(shape[:-1]), shape[-1])
        for name, shape in shapes.items()
    )
