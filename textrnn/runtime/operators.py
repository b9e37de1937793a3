"""The operators of textrnn's graphs; a graph that has any other is not served."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textrnn.runtime import shape_rules as rules
from textrnn.runtime.onnx_file import Node, Shape

if TYPE_CHECKING:
    from textrnn.runtime.graph_shapes import Shapes

MICROSOFT = "com.microsoft"


@dataclass(frozen=True)
class Operator:
    """An operator of our graphs.

    Attributes:
        rule: finds the shapes of its outputs.
        attributes: those that it may have.
    """

    rule: Callable[[Shapes, Node], list[Shape]]
    attributes: tuple[str, ...] = ()


# Those that go through tensors number by number, and those that join several so.
_OF_ONE = (
    *("Abs", "CumSum", "Exp", "Identity", "Log", "Not", "Relu", "Round", "Sigmoid"),
    "Tanh",
)
_OF_SEVERAL = (
    *("Add", "Div", "Equal", "Greater", "Less", "LessOrEqual", "Max", "Min", "Mul", "Sub"),
    "Where",
)
_CELL = ("hidden_size", "direction")

_ONNX = {
    **dict.fromkeys(_OF_ONE, Operator(rules.same)),
    **dict.fromkeys(_OF_SEVERAL, Operator(rules.broadcast)),
    "ArgMax": Operator(rules.arg_max, ("axis", "keepdims", "select_last_index")),
    "Cast": Operator(rules.cast, ("to",)),
    "Clip": Operator(rules.clip),
    "Concat": Operator(rules.concat, ("axis",)),
    "Conv": Operator(rules.conv, ("pads",)),
    "DynamicQuantizeLinear": Operator(rules.quantize),
    "Expand": Operator(rules.expand),
    "GRU": Operator(rules.recurrent, (*_CELL, "linear_before_reset")),
    "Gather": Operator(rules.gather, ("axis",)),
    "GatherElements": Operator(rules.gather_elements, ("axis",)),
    "GatherND": Operator(rules.gather_nd, ("batch_dims",)),
    "Gemm": Operator(rules.gemm),
    "LSTM": Operator(rules.recurrent, _CELL),
    "LogSoftmax": Operator(rules.same, ("axis",)),
    "MatMul": Operator(rules.mat_mul),
    "MatMulInteger": Operator(rules.mat_mul),
    "Pad": Operator(rules.pad),
    "QuantizeLinear": Operator(rules.quantize_by),
    "RNN": Operator(rules.recurrent, _CELL),
    "Range": Operator(rules.range_),
    "ReduceMax": Operator(rules.reduce, ("axes", "keepdims")),
    "ReduceMean": Operator(rules.reduce, ("axes", "keepdims")),
    "ReduceProd": Operator(rules.reduce, ("axes", "keepdims")),
    "ReduceSum": Operator(rules.reduce_sum, ("keepdims",)),
    "Reshape": Operator(rules.reshape),
    "ScatterElements": Operator(rules.scatter_elements, ("axis", "reduction")),
    "Shape": Operator(rules.shape_of, ("start", "end")),
    "Slice": Operator(rules.slice_),
    "Softmax": Operator(rules.same, ("axis",)),
    "Split": Operator(rules.split, ("axis",)),
    "Squeeze": Operator(rules.squeeze),
    "TopK": Operator(rules.top_k, ("axis",)),
    "Transpose": Operator(rules.transpose, ("perm",)),
    "Unsqueeze": Operator(rules.unsqueeze),
}
_MICROSOFT = {
    "DynamicQuantizeLSTM": Operator(rules.recurrent, _CELL),
    "MatMulIntegerToFloat": Operator(rules.mat_mul_scaled),
}
OPERATORS = {("", name): operator for name, operator in _ONNX.items()} | {
    (MICROSOFT, name): operator for name, operator in _MICROSOFT.items()
}
