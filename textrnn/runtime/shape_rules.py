"""The rule of each operator: the shapes of a node's outputs, of the shapes of its inputs.

A rule is called as its operator is in ONNX, and takes all shapes found so far and the node. One
that raises ``ValueError`` says what of the inputs does not fit.
"""

# ruff: noqa: D103

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from textrnn.runtime.onnx_file import INT64, TYPES, Node, Shape

if TYPE_CHECKING:
    from textrnn.runtime.graph_shapes import Shapes


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


def cast(shapes: Shapes, node: Node) -> list[Shape]:
    _need(node.attributes.get("to") in TYPES, "type")
    if node.attributes["to"] == INT64:
        shapes.follow(node, lambda value: value)
    return [shapes.shape(node, 0)]


def same(shapes: Shapes, node: Node) -> list[Shape]:
    if node.operator == "Identity":
        shapes.follow(node, lambda value: value)
    return [shapes.shape(node, 0)]


def broadcast(shapes: Shapes, node: Node) -> list[Shape]:
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


def reduce(shapes: Shapes, node: Node) -> list[Shape]:
    return _reduce_axes(shapes.shape(node, 0), _ints(node, "axes"), _int(node, "keepdims", 1))


def reduce_sum(shapes: Shapes, node: Node) -> list[Shape]:
    return _reduce_axes(shapes.shape(node, 0), shapes.values(node, 1), _int(node, "keepdims", 1))


def arg_max(shapes: Shapes, node: Node) -> list[Shape]:
    return _reduce_axes(shapes.shape(node, 0), [_int(node, "axis", 0)], _int(node, "keepdims", 1))


def gather(shapes: Shapes, node: Node) -> list[Shape]:
    data, places = shapes.shape(node, 0), shapes.shape(node, 1)
    axis = _axis(_int(node, "axis", 0), len(data))
    if node.inputs[1] in shapes.known:
        for place in shapes.values(node, 1):
            _need(-data[axis] <= place < data[axis], f"place {place} of {data[axis]}")
    if shapes.are_fixed(node, 1):
        shapes.follow(node, lambda value, place: np.take(value, place, axis=axis))
    return [(*data[:axis], *places, *data[axis + 1 :])]


def gather_elements(shapes: Shapes, node: Node) -> list[Shape]:
    data, places = shapes.shape(node, 0), shapes.shape(node, 1)
    axis = _axis(_int(node, "axis", 0), len(data))
    _need(len(data) == len(places), "ranks")
    pairs = enumerate(zip(data, places, strict=True))
    _need(all(have >= want for i, (have, want) in pairs if i != axis), "lengths")
    return [places]


def scatter_elements(shapes: Shapes, node: Node) -> list[Shape]:
    data, places, values = (shapes.shape(node, i) for i in range(3))
    axis = _axis(_int(node, "axis", 0), len(data))
    _need(len(data) == len(places) and places == values, "ranks")
    pairs = enumerate(zip(data, places, strict=True))
    _need(all(have >= want for i, (have, want) in pairs if i != axis), "lengths")
    return [data]


def top_k(shapes: Shapes, node: Node) -> list[Shape]:
    data, (count,) = shapes.shape(node, 0), shapes.values(node, 1)
    axis = _axis(_int(node, "axis", -1), len(data))
    _need(0 <= count <= data[axis], "count")
    return [(*data[:axis], count, *data[axis + 1 :])] * 2


def gather_nd(shapes: Shapes, node: Node) -> list[Shape]:
    data, places = shapes.shape(node, 0), shapes.shape(node, 1)
    batch = _int(node, "batch_dims", 0)
    _need(0 <= batch < len(places) and data[:batch] == places[:batch], "batches")
    _need(1 <= places[-1] <= len(data) - batch, "lengths")
    return [(*places[:-1], *data[batch + places[-1] :])]


def transpose(shapes: Shapes, node: Node) -> list[Shape]:
    data = shapes.shape(node, 0)
    order = _ints(node, "perm") if "perm" in node.attributes else range(len(data))[::-1]
    _need(sorted(order) == list(range(len(data))), "perm")
    return [tuple(data[axis] for axis in order)]


def concat(shapes: Shapes, node: Node) -> list[Shape]:
    parts = [shapes.of[name] for name in node.inputs]
    axis = _axis(_int(node, "axis", 0), len(parts[0]))
    rest = {(*part[:axis], *part[axis + 1 :]) for part in parts}
    _need(len(rest) == 1 and len({len(part) for part in parts}) == 1, "lengths")
    shapes.follow(node, lambda *values: np.concatenate(values, axis=axis))
    joined = sum(part[axis] for part in parts)
    return [(*parts[0][:axis], joined, *parts[0][axis + 1 :])]


def split(shapes: Shapes, node: Node) -> list[Shape]:
    data, count = shapes.shape(node, 0), len(node.outputs)
    axis = _axis(_int(node, "axis", 0), len(data))
    _need(len(node.inputs) == 1 and data[axis] % count == 0, "lengths")
    return [(*data[:axis], data[axis] // count, *data[axis + 1 :])] * count


def squeeze(shapes: Shapes, node: Node) -> list[Shape]:
    data = shapes.shape(node, 0)
    axes = [_axis(axis, len(data)) for axis in shapes.values(node, 1)]
    _need(all(data[axis] == 1 for axis in axes), "lengths")
    shape = tuple(size for i, size in enumerate(data) if i not in axes)
    if node.inputs[0] in shapes.known:
        shapes.known[node.outputs[0]] = shapes.known[node.inputs[0]].reshape(shape)
    return [shape]


def unsqueeze(shapes: Shapes, node: Node) -> list[Shape]:
    shape, axes = list(shapes.shape(node, 0)), shapes.values(node, 1)
    rank = len(shape) + len(axes)
    for axis in sorted(_axis(axis, rank) for axis in axes):
        shape.insert(axis, 1)
    if node.inputs[0] in shapes.known:
        shapes.known[node.outputs[0]] = shapes.known[node.inputs[0]].reshape(shape)
    return [tuple(shape)]


def shape_of(shapes: Shapes, node: Node) -> list[Shape]:
    data = shapes.shape(node, 0)
    data = data[_int(node, "start", 0) : _int(node, "end", len(data))]
    shapes.known[node.outputs[0]] = np.array(data, np.int64)
    return [(len(data),)]


def expand(shapes: Shapes, node: Node) -> list[Shape]:
    return [_joint([shapes.shape(node, 0), tuple(shapes.values(node, 1))])]


def clip(shapes: Shapes, node: Node) -> list[Shape]:
    _need(all(math.prod(shapes.of[name]) == 1 for name in node.inputs[1:] if name), "bounds")
    return [shapes.shape(node, 0)]


def range_(shapes: Shapes, node: Node) -> list[Shape]:
    (start,), (end,), (step,) = (shapes.values(node, i) for i in range(3))
    _need(shapes.are_fixed(node, 0, 2) and start >= 0 and step > 0, "start or step")
    return [(len(range(start, end, step)),)]


def reshape(shapes: Shapes, node: Node) -> list[Shape]:
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


def slice_(shapes: Shapes, node: Node) -> list[Shape]:
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


def pad(shapes: Shapes, node: Node) -> list[Shape]:
    data, pads = shapes.shape(node, 0), shapes.values(node, 1)
    _need(len(node.inputs) <= 3, "axes")
    _need(len(pads) == 2 * len(data) and min(pads) >= 0, "lengths")
    ends = zip(pads[: len(data)], pads[len(data) :], strict=True)
    return [tuple(size + sum(pair) for size, pair in zip(data, ends, strict=True))]


def _product(left: Shape, right: Shape) -> Shape:
    _need(len(left) >= 2 and len(right) >= 2 and left[-1] == right[-2], f"{left} by {right}")
    return (*_joint([left[:-2], right[:-2]]), left[-2], right[-1])


def mat_mul(shapes: Shapes, node: Node) -> list[Shape]:
    for number in range(2, len(node.inputs)):
        _need(math.prod(shapes.shape(node, number)) == 1, "zero points")
    return [_product(shapes.shape(node, 0), shapes.shape(node, 1))]


def mat_mul_scaled(shapes: Shapes, node: Node) -> list[Shape]:
    found = _product(shapes.shape(node, 0), shapes.shape(node, 1))
    for number, name in enumerate(node.inputs[2:], start=2):
        if name:  # scales and zero points: one for all, or for the right side one a column
            sizes = {1, found[-1]} if number in (3, 5, 6) else {1}
            _need(math.prod(shapes.of[name]) in sizes, "scales")
    return [found]


def gemm(shapes: Shapes, node: Node) -> list[Shape]:
    found = _product(shapes.shape(node, 0), shapes.shape(node, 1))
    _need(len(found) == 2, "ranks")
    if len(node.inputs) > 2:
        _need(_joint([found, shapes.shape(node, 2)]) == found, "bias")
    return [found]


def conv(shapes: Shapes, node: Node) -> list[Shape]:
    data, kernel, (bias,) = (shapes.shape(node, i) for i in range(3))
    pads = _ints(node, "pads")
    _need(len(data) == len(kernel) == 3 and len(pads) == 2 and min(pads) >= 0, "ranks")
    _need(data[1] == kernel[1] and kernel[0] == bias and kernel[2] >= 1, "lengths")
    _need(max(pads) <= kernel[2], "pads")
    return [(data[0], kernel[0], data[2] + sum(pads) - kernel[2] + 1)]


def quantize(shapes: Shapes, node: Node) -> list[Shape]:
    return [shapes.shape(node, 0), (), ()]


def quantize_by(shapes: Shapes, node: Node) -> list[Shape]:
    _need(all(shapes.of[name] == () for name in node.inputs[1:]), "scales")
    return [shapes.shape(node, 0)]


_GATES = {"LSTM": 4, "DynamicQuantizeLSTM": 4, "GRU": 3, "RNN": 1}


def recurrent(shapes: Shapes, node: Node) -> list[Shape]:
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
