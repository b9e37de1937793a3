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
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from textrnn.errors import BundleError
from textrnn.runtime.onnx_file import INT64, TYPES, Node, OnnxFile, Shape

MICROSOFT = "com.microsoft"
_MOST_KNOWN = 64  # numbers of a tensor whose values are followed: shapes, axes, places

Ints = NDArray[np.int64]
Rule = Callable[["Shapes", Node], "list[Shape]"]


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
        rule, attributes = RULES.get((node.domain, node.operator), (None, frozenset()))
        if rule is None:
            raise BundleError(f"textrnn writes no graphs with the operator {node.operator!r:.80}")
        if strange := node.attributes.keys() - attributes:
            raise BundleError(f"{node.operator}: an attribute of no graph of ours: {strange!r:.80}")
        for name in node.inputs:
            if name and name not in self.of:
                raise BundleError(
                    f"{node.operator} reads {name!r:.80}, which is not written before"
                )
        try:
            found = rule(self, node)
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


def _need(fits: bool, what: str) -> None:
    if not fits:
        raise ValueError(what)


def _ints(node: Node, name: str) -> tuple[int, ...]:
    value = node.attributes[name]
    _need(isinstance(value, tuple), name)
    return value  # type: ignore[return-value]


def _int(node: Node, name: str, default: int) -> int:
    value = node.attributes.get(name, default)
    _need(isinstance(value, int), name)
    return value  # type: ignore[return-value]


def _axis(axis: int, rank: int) -> int:
    _need(-rank <= axis < rank, f"axis {axis} of {rank}")
    return axis % rank


def _cast(shapes: Shapes, node: Node) -> list[Shape]:
    _need(node.attributes.get("to") in TYPES, "type")
    if node.attributes["to"] == INT64:
        shapes.follow(node, lambda value: value)
    return [shapes.shape(node, 0)]


def _same(shapes: Shapes, node: Node) -> list[Shape]:
    if node.operator == "Identity":
        shapes.follow(node, lambda value: value)
    return [shapes.shape(node, 0)]


def _broadcast(shapes: Shapes, node: Node) -> list[Shape]:
    return [_joint([shapes.of[name] for name in node.inputs])]


def _joint(found: Sequence[Shape]) -> Shape:
    """The shape of tensors that are spread over each other."""
    return tuple(np.broadcast_shapes(*found))


def _reduce_axes(shape: Shape, axes: Sequence[int], keep: int) -> list[Shape]:
    gone = {_axis(axis, len(shape)) for axis in axes}
    _need(len(gone) == len(axes) > 0, "axes")
    if keep:
        return [tuple(1 if i in gone else size for i, size in enumerate(shape))]
    return [tuple(size for i, size in enumerate(shape) if i not in gone)]


def _reduce(shapes: Shapes, node: Node) -> list[Shape]:
    return _reduce_axes(shapes.shape(node, 0), _ints(node, "axes"), _int(node, "keepdims", 1))


def _reduce_sum(shapes: Shapes, node: Node) -> list[Shape]:
    return _reduce_axes(shapes.shape(node, 0), shapes.values(node, 1), _int(node, "keepdims", 1))


def _arg_max(shapes: Shapes, node: Node) -> list[Shape]:
    return _reduce_axes(shapes.shape(node, 0), [_int(node, "axis", 0)], _int(node, "keepdims", 1))


def _gather(shapes: Shapes, node: Node) -> list[Shape]:
    data, places = shapes.shape(node, 0), shapes.shape(node, 1)
    axis = _axis(_int(node, "axis", 0), len(data))
    if node.inputs[1] in shapes.known:
        for place in shapes.values(node, 1):
            _need(-data[axis] <= place < data[axis], f"place {place} of {data[axis]}")
    if shapes.are_fixed(node, 1):
        shapes.follow(node, lambda value, place: np.take(value, place, axis=axis))
    return [(*data[:axis], *places, *data[axis + 1 :])]


def _gather_elements(shapes: Shapes, node: Node) -> list[Shape]:
    data, places = shapes.shape(node, 0), shapes.shape(node, 1)
    axis = _axis(_int(node, "axis", 0), len(data))
    _need(len(data) == len(places), "ranks")
    pairs = enumerate(zip(data, places, strict=True))
    _need(all(have >= want for i, (have, want) in pairs if i != axis), "lengths")
    return [places]


def _gather_nd(shapes: Shapes, node: Node) -> list[Shape]:
    data, places = shapes.shape(node, 0), shapes.shape(node, 1)
    batch = _int(node, "batch_dims", 0)
    _need(0 <= batch < len(places) and data[:batch] == places[:batch], "batches")
    _need(1 <= places[-1] <= len(data) - batch, "lengths")
    return [(*places[:-1], *data[batch + places[-1] :])]


def _transpose(shapes: Shapes, node: Node) -> list[Shape]:
    data = shapes.shape(node, 0)
    order = _ints(node, "perm") if "perm" in node.attributes else range(len(data))[::-1]
    _need(sorted(order) == list(range(len(data))), "perm")
    return [tuple(data[axis] for axis in order)]


def _concat(shapes: Shapes, node: Node) -> list[Shape]:
    parts = [shapes.of[name] for name in node.inputs]
    axis = _axis(_int(node, "axis", 0), len(parts[0]))
    rest = {(*part[:axis], *part[axis + 1 :]) for part in parts}
    _need(len(rest) == 1 and len({len(part) for part in parts}) == 1, "lengths")
    shapes.follow(node, lambda *values: np.concatenate(values, axis=axis))
    joined = sum(part[axis] for part in parts)
    return [(*parts[0][:axis], joined, *parts[0][axis + 1 :])]


def _split(shapes: Shapes, node: Node) -> list[Shape]:
    data, count = shapes.shape(node, 0), len(node.outputs)
    axis = _axis(_int(node, "axis", 0), len(data))
    _need(len(node.inputs) == 1 and data[axis] % count == 0, "lengths")
    return [(*data[:axis], data[axis] // count, *data[axis + 1 :])] * count


def _squeeze(shapes: Shapes, node: Node) -> list[Shape]:
    data = shapes.shape(node, 0)
    axes = [_axis(axis, len(data)) for axis in shapes.values(node, 1)]
    _need(all(data[axis] == 1 for axis in axes), "lengths")
    shape = tuple(size for i, size in enumerate(data) if i not in axes)
    if node.inputs[0] in shapes.known:
        shapes.known[node.outputs[0]] = shapes.known[node.inputs[0]].reshape(shape)
    return [shape]


def _unsqueeze(shapes: Shapes, node: Node) -> list[Shape]:
    shape, axes = list(shapes.shape(node, 0)), shapes.values(node, 1)
    rank = len(shape) + len(axes)
    for axis in sorted(_axis(axis, rank) for axis in axes):
        shape.insert(axis, 1)
    if node.inputs[0] in shapes.known:
        shapes.known[node.outputs[0]] = shapes.known[node.inputs[0]].reshape(shape)
    return [tuple(shape)]


def _shape(shapes: Shapes, node: Node) -> list[Shape]:
    data = shapes.shape(node, 0)
    data = data[_int(node, "start", 0) : _int(node, "end", len(data))]
    shapes.known[node.outputs[0]] = np.array(data, np.int64)
    return [(len(data),)]


def _expand(shapes: Shapes, node: Node) -> list[Shape]:
    return [_joint([shapes.shape(node, 0), tuple(shapes.values(node, 1))])]


def _clip(shapes: Shapes, node: Node) -> list[Shape]:
    _need(all(math.prod(shapes.of[name]) == 1 for name in node.inputs[1:] if name), "bounds")
    return [shapes.shape(node, 0)]


def _range(shapes: Shapes, node: Node) -> list[Shape]:
    (start,), (end,), (step,) = (shapes.values(node, i) for i in range(3))
    _need(shapes.are_fixed(node, 0, 2) and start >= 0 and step > 0, "start or step")
    return [(len(range(start, end, step)),)]


def _reshape(shapes: Shapes, node: Node) -> list[Shape]:
    data, wanted = shapes.shape(node, 0), shapes.values(node, 1)
    _need(shapes.are_fixed(node, 1) or not shapes.are_fixed(node, 0), "a constant's shape")
    shape = [data[i] if size == 0 else size for i, size in enumerate(wanted)]
    _need(shape.count(-1) <= 1, "lengths")
    if -1 in shape:
        rest = -math.prod(shape)
        _need(rest > 0 and math.prod(data) % rest == 0, "lengths")
        shape[shape.index(-1)] = math.prod(data) // rest
    _need(math.prod(shape) == math.prod(data), "lengths")
    return [tuple(shape)]


def _slice(shapes: Shapes, node: Node) -> list[Shape]:
    shape = list(shapes.shape(node, 0))
    _need(len(node.inputs) == 4, "steps")
    starts, ends, axes = (shapes.values(node, i) for i in (1, 2, 3))
    _need(shapes.are_fixed(node, 1, 3), "starts or axes")
    for start, end in zip(starts, ends, strict=True):  # else what is cut could shrink with lengths
        fits = shapes.are_fixed(node, 2) and (end < 0 or end >= 1 << 31)
        _need(start >= 0 or fits, "starts and ends")
    for start, end, axis in zip(starts, ends, axes, strict=True):
        place = _axis(axis, len(shape))
        shape[place] = len(range(shape[place])[start:end])
    return [tuple(shape)]


def _pad(shapes: Shapes, node: Node) -> list[Shape]:
    data, pads = shapes.shape(node, 0), shapes.values(node, 1)
    _need(len(node.inputs) <= 3, "axes")
    _need(len(pads) == 2 * len(data) and min(pads) >= 0, "lengths")
    ends = zip(pads[: len(data)], pads[len(data) :], strict=True)
    return [tuple(size + sum(pair) for size, pair in zip(data, ends, strict=True))]


def _product(left: Shape, right: Shape) -> Shape:
    _need(len(left) >= 2 and len(right) >= 2 and left[-1] == right[-2], f"{left} by {right}")
    return (*_joint([left[:-2], right[:-2]]), left[-2], right[-1])


def _mat_mul(shapes: Shapes, node: Node) -> list[Shape]:
    for number in range(2, len(node.inputs)):
        _need(math.prod(shapes.shape(node, number)) == 1, "zero points")
    return [_product(shapes.shape(node, 0), shapes.shape(node, 1))]


def _mat_mul_scaled(shapes: Shapes, node: Node) -> list[Shape]:
    found = _product(shapes.shape(node, 0), shapes.shape(node, 1))
    for number, name in enumerate(node.inputs[2:], start=2):
        if name:  # scales and zero points: one for all, or for the right side one a column
            sizes = {1, found[-1]} if number in (3, 5, 6) else {1}
            _need(math.prod(shapes.of[name]) in sizes, "scales")
    return [found]


def _gemm(shapes: Shapes, node: Node) -> list[Shape]:
    found = _product(shapes.shape(node, 0), shapes.shape(node, 1))
    _need(len(found) == 2, "ranks")
    if len(node.inputs) > 2:
        _need(_joint([found, shapes.shape(node, 2)]) == found, "bias")
    return [found]


def _conv(shapes: Shapes, node: Node) -> list[Shape]:
    data, kernel, (bias,) = (shapes.shape(node, i) for i in range(3))
    pads = _ints(node, "pads")
    _need(len(data) == len(kernel) == 3 and len(pads) == 2 and min(pads) >= 0, "ranks")
    _need(data[1] == kernel[1] and kernel[0] == bias and kernel[2] >= 1, "lengths")
    _need(max(pads) <= kernel[2], "pads")
    return [(data[0], kernel[0], data[2] + sum(pads) - kernel[2] + 1)]


def _quantize(shapes: Shapes, node: Node) -> list[Shape]:
    return [shapes.shape(node, 0), (), ()]


def _quantize_by(shapes: Shapes, node: Node) -> list[Shape]:
    _need(all(shapes.of[name] == () for name in node.inputs[1:]), "scales")
    return [shapes.shape(node, 0)]


_GATES = {"LSTM": 4, "DynamicQuantizeLSTM": 4, "GRU": 3, "RNN": 1}


def _recurrent(shapes: Shapes, node: Node) -> list[Shape]:
    time, batch, inputs = shapes.shape(node, 0)
    units = _int(node, "hidden_size", 0)
    sides = 2 if node.attributes.get("direction") == "bidirectional" else 1
    width = _GATES[node.operator] * units
    whole = node.operator == "DynamicQuantizeLSTM"
    order = (0, 2, 1) if whole else (0, 1, 2)  # in whole numbers matrices lie the other way round
    kernel, recurrent = (tuple(shapes.shape(node, i)[axis] for axis in order) for i in (1, 2))
    _need(kernel == (sides, width, inputs), "kernel")
    _need(recurrent == (sides, width, units) and units >= 1, "recurrent kernel")
    _need(shapes.shape(node, 3) == (sides, 2 * width), "bias")
    _need(shapes.shape(node, 4) == (batch,), "lengths")
    for name in filter(None, node.inputs[5:7]):
        _need(shapes.of[name] == (sides, batch, units), "initial states")
    _need(not any(node.inputs[7:8]), "peepholes")
    if whole:
        scales = {shapes.of[name] for name in node.inputs[8:]}
        _need(len(node.inputs) == 12 and scales == {(sides, width)}, "scales")
    else:
        _need(len(node.inputs) <= 7, "inputs")
    return [(time, sides, batch, units), (sides, batch, units)]


# Operators that go through tensors number by number, and those that join several so.
_OF_ONE = ("Abs", "CumSum", "Exp", "Identity", "Not", "Relu", "Round", "Sigmoid", "Tanh")
_OF_SEVERAL = (
    *("Add", "Div", "Equal", "Greater", "Less", "LessOrEqual", "Max", "Min", "Mul", "Sub"),
    "Where",
)


def _rules() -> dict[tuple[str, str], tuple[Rule, frozenset[str]]]:
    """The operators of textrnn's graphs: how their outputs' shapes are found, and the attributes
    that they may have.
    """
    plain: dict[str, Rule] = {
        **dict.fromkeys(_OF_ONE, _same),
        **dict.fromkeys(_OF_SEVERAL, _broadcast),
        "Clip": _clip,
        "DynamicQuantizeLinear": _quantize,
        "Expand": _expand,
        "Gemm": _gemm,
        "MatMul": _mat_mul,
        "MatMulInteger": _mat_mul,
        "Pad": _pad,
        "QuantizeLinear": _quantize_by,
        "Range": _range,
        "Reshape": _reshape,
        "Slice": _slice,
        "Squeeze": _squeeze,
        "Unsqueeze": _unsqueeze,
    }
    cell = ("hidden_size", "direction")
    set_up: dict[str, tuple[Rule, tuple[str, ...]]] = {
        "ArgMax": (_arg_max, ("axis", "keepdims", "select_last_index")),
        "Cast": (_cast, ("to",)),
        "Concat": (_concat, ("axis",)),
        "Conv": (_conv, ("pads",)),
        "Gather": (_gather, ("axis",)),
        "GatherElements": (_gather_elements, ("axis",)),
        "GatherND": (_gather_nd, ("batch_dims",)),
        "LogSoftmax": (_same, ("axis",)),
        "Softmax": (_same, ("axis",)),
        "ReduceMax": (_reduce, ("axes", "keepdims")),
        "ReduceMean": (_reduce, ("axes", "keepdims")),
        "ReduceProd": (_reduce, ("axes", "keepdims")),
        "ReduceSum": (_reduce_sum, ("keepdims",)),
        "Shape": (_shape, ("start", "end")),
        "Split": (_split, ("axis",)),
        "Transpose": (_transpose, ("perm",)),
        "GRU": (_recurrent, (*cell, "linear_before_reset")),
        "LSTM": (_recurrent, cell),
        "RNN": (_recurrent, cell),
    }
    microsoft: dict[str, tuple[Rule, tuple[str, ...]]] = {
        "DynamicQuantizeLSTM": (_recurrent, cell),
        "MatMulIntegerToFloat": (_mat_mul_scaled, ()),
    }
    rules = {("", name): (rule, frozenset[str]()) for name, rule in plain.items()}
    rules |= {("", name): (rule, frozenset(names)) for name, (rule, names) in set_up.items()}
    return rules | {
        (MICROSOFT, name): (rule, frozenset(names)) for name, (rule, names) in microsoft.items()
    }


RULES = _rules()
