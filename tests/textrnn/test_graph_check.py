"""Graphs of our own compilers are let in; others are not, whatever they ask for."""

from __future__ import annotations

import functools
import itertools
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from damage import accidents, damage
from hypothesis import given
from numpy_translator import NETWORKS as TRANSLATORS
from onnx import TensorProto, helper, numpy_helper
from small_bundles import random_weights

import textrnn
from textrnn.bundle.bundle import Bundle
from textrnn.catalog import model_path, shipped_models
from textrnn.errors import BundleError
from textrnn.heads.classifier.graph import compile_classifier
from textrnn.heads.classifier.network import POOLINGS, ClassifierHead, ClassifierNetwork
from textrnn.heads.classifier.parts import expected_graph
from textrnn.heads.generator.graph import compile_generator
from textrnn.heads.generator.network import GeneratorHead, GeneratorNetwork
from textrnn.heads.generator.parts import expected_graph as expected_of_generator
from textrnn.heads.parts import read_tokenizer
from textrnn.heads.tagger.graph import compile_tagger
from textrnn.heads.tagger.network import CharacterEncoder, TaggerHead, TaggerNetwork
from textrnn.heads.tagger.parts import expected_graphs
from textrnn.heads.translator.graph import compile_translator
from textrnn.network import CELLS, MERGES, Embedding, Encoder
from textrnn.runtime.graph import PRECISIONS
from textrnn.runtime.graph_check import check_graph
from textrnn.runtime.onnx_file import read_onnx
from textrnn.runtime.operators import OPERATORS
from textrnn.text.tokenizer import Tokenizer

LABELS = ("bad", "good")


def classifiers() -> list[ClassifierNetwork]:
    """Networks with every cell, join and pooling."""
    layers = [(Encoder(cell, 5, True, merge),) for cell in CELLS for merge in MERGES]
    layers += [(Encoder(cell, 5, bidirectional=False), Encoder(cell, 4)) for cell in CELLS]
    poolings = [("attention", "max"), ("last",), ("mean", "ngrams"), POOLINGS]
    networks = []
    for number, encoders in enumerate(layers):
        for hidden, pooling in ((0, poolings[number % 4]), (3, poolings[(number + 1) % 4])):
            head = ClassifierHead(pooling, 3, (1, 2, 4), 4, hidden, labels=LABELS)
            networks.append(ClassifierNetwork(30, head, Embedding(6), encoders))
    return networks


def taggers() -> list[TaggerNetwork]:
    layers = [(Encoder(cell, 4, True, merge),) for cell in CELLS for merge in MERGES]
    layers.append((Encoder("lstm", 4, bidirectional=False), Encoder("lstm", 4)))
    characters = [None, CharacterEncoder("cnn", 3, 4), CharacterEncoder("lstm", 3, 4)]
    return [
        TaggerNetwork(
            20,
            TaggerHead(labels=("PER",)),
            Embedding(6),
            characters=spelled,
            character_count=9 if spelled else 0,
            lexicon_count=lexicon,
            lexicon_units=2,
            gazetteer_kinds=1,
            encoders=encoders,
        )
        for encoders, spelled, lexicon in zip(
            layers,
            itertools.cycle(characters),
            itertools.cycle([0, 5, 0]),
        )
    ]


def generators() -> list[GeneratorNetwork]:
    return [
        GeneratorNetwork(
            size,
            GeneratorHead(tied=tied),
            Embedding(6),
            tuple(Encoder(cell, units, bidirectional=False) for units in (5, 6)[:layers]),
        )
        for cell, tied, layers, size in zip(
            itertools.cycle(CELLS), [True, False] * 6, itertools.cycle([1, 2, 2]), [30, 300] * 6
        )
    ]


@functools.cache
def written_nodes(precision: str) -> set[tuple[str, str]]:
    """The operators that the compilers write, all of whose graphs are let in."""
    written: set[tuple[str, str]] = set()
    for network in classifiers():
        weights = random_weights(network.weight_shapes())
        content = compile_classifier(network, weights, precision=precision)
        check_graph(content, expected_graph(network))
        written |= {(node.domain, node.operator) for node in read_onnx(content).nodes}
    for tagger in taggers():
        weights = random_weights(tagger.weight_shapes())
        expected = expected_graphs(tagger)
        found = compile_tagger(tagger, weights, precision=precision)
        assert found.keys() == expected.keys()
        for name, content in found.items():
            check_graph(content, expected[name])
            written |= {(node.domain, node.operator) for node in read_onnx(content).nodes}
    for generator in generators():
        weights = random_weights(generator.weight_shapes())
        content = compile_generator(generator, weights, precision=precision)
        check_graph(content, expected_of_generator(generator))
        written |= {(node.domain, node.operator) for node in read_onnx(content).nodes}
    for translator in TRANSLATORS.values():
        weights = random_weights(translator.weight_shapes())
        for content in compile_translator(translator, weights, precision=precision).values():
            written |= {(node.domain, node.operator) for node in read_onnx(content).nodes}
    return written


@pytest.mark.parametrize("precision", PRECISIONS)
def test_what_the_compilers_write_is_let_in(precision: str) -> None:
    assert len(written_nodes(precision)) > 40


def test_no_operator_is_known_that_no_compiler_writes() -> None:
    written = {node for precision in PRECISIONS for node in written_nodes(precision)}
    assert OPERATORS.keys() >= written
    # Bundles that earlier compilers wrote have these.
    assert OPERATORS.keys() - written == {("", "DynamicQuantizeLinear"), ("", "Exp")}


@pytest.mark.parametrize("name", shipped_models())
def test_shipped_models_pass_as_if_they_were_strangers(name: str, tmp_path: Path) -> None:
    """Their graphs and tokenizers are not looked at when they are loaded."""
    strange = textrnn.load(shutil.copytree(model_path(name), tmp_path / name))
    assert not strange.bundle.is_shipped
    bundle = Bundle.open(model_path(name))
    if "tokenizer.json" in bundle.manifest.files:
        found = Tokenizer.from_json(bundle.text("tokenizer.json"), check=True)
        size = bundle.manifest.network["vocabulary_size"]
        assert found.vocabulary_size == size == read_tokenizer(bundle, size).vocabulary_size


@pytest.mark.parametrize("name", shipped_models())
def test_the_reader_reads_what_onnx_reads(name: str) -> None:
    bundle = Bundle.open(model_path(name))
    content = bundle.read(next(file for file in bundle.manifest.files if file.endswith(".onnx")))
    found, expected = read_onnx(content), onnx.load_from_string(content)
    assert [(node.operator, node.domain, list(node.inputs), list(node.outputs))
            for node in found.nodes] == [
        (node.op_type, node.domain, list(node.input), list(node.output))
        for node in expected.graph.node
    ]  # fmt: skip
    for node, other in zip(found.nodes, expected.graph.node, strict=True):
        for attribute in other.attribute:
            value = helper.get_attribute_value(attribute)
            have = node.attributes[attribute.name]
            assert have == (value.decode() if isinstance(value, bytes) else
                            tuple(value) if isinstance(value, list) else value)  # fmt: skip
    for constant in expected.graph.initializer:
        np.testing.assert_array_equal(
            found.constants[constant.name].values(), numpy_helper.to_array(constant)
        )
    assert list(found.inputs) == [each.name for each in expected.graph.input]
    assert list(found.outputs) == [each.name for each in expected.graph.output]


# Strange graphs: all of them pretend to be a classifier's

NETWORK = ClassifierNetwork(
    30, ClassifierHead(("last",), labels=LABELS), Embedding(6), (Encoder("gru", 5, False),)
)
EXPECTED = expected_graph(NETWORK)


def ours() -> Any:
    """The graph of a classifier, to be changed."""
    content = compile_classifier(
        NETWORK, random_weights(NETWORK.weight_shapes()), precision="float32"
    )
    return onnx.load_from_string(content)


def refused(model: Any) -> str:
    with pytest.raises(BundleError) as caught:
        check_graph(model.SerializeToString(), EXPECTED)
    return str(caught.value)


def before_logits(model: Any, nodes: Sequence[Any], *constants: tuple[str, Any]) -> Any:
    """Put nodes before the last one, which writes the logits of what it reads."""
    place = len(model.graph.node) - 1
    for node in reversed(nodes):
        model.graph.node.insert(place, node)
    for name, value in constants:
        model.graph.initializer.append(numpy_helper.from_array(np.asarray(value), name))
    return model


def test_it_is_let_in_as_it_is() -> None:
    check_graph(ours().SerializeToString(), EXPECTED)


def doubled(model: Any) -> Any:
    names = ["tokens", *(f"more_{n}" for n in range(40))]
    joins = [helper.make_node("Concat", [a, a], [b], axis=1) for a, b in itertools.pairwise(names)]
    return before_logits(model, joins)


def outer_product(model: Any) -> Any:
    long = np.zeros(1 << 20, np.float32)
    return before_logits(
        model,
        [helper.make_node("Mul", ["column", "row"], ["huge"])],
        ("column", long[:, None]),
        ("row", long[None]),
    )


def every_pair_of_texts(model: Any) -> Any:
    return before_logits(
        model,
        [
            helper.make_node("Unsqueeze", ["lengths", "one"], ["column"]),
            helper.make_node("Add", ["column", "lengths"], ["pairs"]),
            helper.make_node("Unsqueeze", ["pairs", "two"], ["cube"]),
            helper.make_node("Add", ["cube", "lengths"], ["triples"]),
        ],
        ("one", np.array([1])),
        ("two", np.array([2])),
    )


def padded(model: Any) -> Any:
    node = helper.make_node("Pad", ["tokens", "wide"], ["huge"])
    return before_logits(model, [node], ("wide", np.array([0, 0, 0, 1 << 40])))


def counted(model: Any) -> Any:
    node = helper.make_node("Range", ["zero", "many", "step"], ["huge"])
    numbers = [("zero", np.int64(0)), ("many", np.int64(1 << 40)), ("step", np.int64(1))]
    return before_logits(model, [node], *numbers)


def counted_by_the_wrong_axis(model: Any) -> Any:
    """Along the first axis the number is 1, along the second, which is meant, very large."""
    nodes = [
        helper.make_node("Gather", ["table", "place"], ["numbers"], axis=1),
        helper.make_node("Gather", ["numbers", "first"], ["many"]),
        helper.make_node("Range", ["first", "many", "place"], ["huge"]),
    ]
    table = np.array([[1, 1 << 40], [1, 1]])
    return before_logits(
        model, nodes, ("table", table), ("place", np.int64(1)), ("first", np.int64(0))
    )


def padded_on_other_axes(model: Any) -> Any:
    nodes = [
        helper.make_node("Unsqueeze", ["tokens", "axes"], ["cube"]),
        helper.make_node("Pad", ["cube", "pads", "", "order"], ["huge"]),
    ]
    pads = np.array([0, 0, 1 << 20, 0, 0, 0])
    constants = [("axes", np.array([2])), ("pads", pads), ("order", np.array([2, 1, 0]))]
    return before_logits(model, nodes, *constants)


def cast_to_strings(model: Any) -> Any:
    node = helper.make_node("Cast", ["tokens"], ["texts"], to=TensorProto.STRING)
    return before_logits(model, [node])


def as_long_as_a_token(model: Any) -> Any:
    nodes = [
        helper.make_node("Cast", ["lengths"], ["whole"], to=TensorProto.INT64),
        helper.make_node("Expand", ["number", "whole"], ["huge"]),
    ]
    return before_logits(model, nodes, ("number", np.float32(1)))


def endless_loop(model: Any) -> Any:
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["on"])],
        "body",
        [helper.make_tensor_value_info("i", TensorProto.INT64, []),
         helper.make_tensor_value_info("go", TensorProto.BOOL, [])],
        [helper.make_tensor_value_info("on", TensorProto.BOOL, [])],
    )  # fmt: skip
    return before_logits(
        model,
        [helper.make_node("Loop", ["", "true"], ["end"], body=body)],
        ("true", np.array(True)),
    )


def large_constant(model: Any) -> Any:
    node = helper.make_node("ConstantOfShape", ["shape"], ["huge"])
    return before_logits(model, [node], ("shape", np.array([1 << 20, 1 << 20])))


def constant_node(model: Any) -> Any:
    value = numpy_helper.from_array(np.zeros(3, np.float32))
    return before_logits(model, [helper.make_node("Constant", [], ["three"], value=value)])


def outside(model: Any) -> Any:
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")
    return model


def function(model: Any) -> Any:
    made = helper.make_function(
        "own", "f", ["x"], ["y"], [helper.make_node("Identity", ["x"], ["y"])],
        [helper.make_opsetid("", 17)],
    )  # fmt: skip
    model.functions.append(made)
    return model


def of_another_domain(model: Any) -> Any:
    model.graph.node[0].domain = "com.example"
    return model


def of_another_set(model: Any) -> Any:
    model.opset_import[0].version = 7
    return model


def without_logits(model: Any) -> Any:
    model.graph.output[0].name = "scores"
    model.graph.node[-1].output[0] = "scores"
    return model


def of_long_tokens(model: Any) -> Any:
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.INT64
    return model


def with_one_more_input(model: Any) -> Any:
    model.graph.input.append(helper.make_tensor_value_info("more", TensorProto.FLOAT, [1]))
    return model


def of_one_text(model: Any) -> Any:
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1
    return model


def constant_of(model: Any, name: str) -> Any:
    return next(each for each in model.graph.initializer if each.name.startswith(name))


def replaced(model: Any, name: str, change: Callable[[Any], Any]) -> Any:
    """One constant changed."""
    old = constant_of(model, name)
    value = change(numpy_helper.to_array(old))
    old.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(value), old.name))
    return model


def as_long_as_texts_are_few(model: Any) -> Any:
    nodes = [
        helper.make_node("Shape", ["lengths"], ["count"]),
        helper.make_node("Sub", ["all", "count"], ["missing"]),
        helper.make_node("Mul", ["missing", "many"], ["length"]),
        helper.make_node("Expand", ["number", "length"], ["huge"]),
    ]
    constants = [("all", np.array([1009])), ("many", np.array([1 << 40]))]
    return before_logits(model, nodes, *constants, ("number", np.float32(1)))


def counted_to_all_texts(model: Any) -> Any:
    """For 1,009 texts the range is empty; its length is how often a number is repeated."""
    nodes = [
        helper.make_node("Shape", ["lengths"], ["count"]),
        helper.make_node("Squeeze", ["count", "axis"], ["texts"]),
        helper.make_node("Range", ["texts", "all", "one"], ["missing"]),
        helper.make_node("Shape", ["missing"], ["length"]),
        helper.make_node("Concat", ["length", "many"], ["shape"], axis=0),
        helper.make_node("Expand", ["number", "shape"], ["huge"]),
    ]
    numbers = [("all", np.int64(1009)), ("one", np.int64(1)), ("many", np.array([1 << 40]))]
    return before_logits(model, nodes, *numbers, ("axis", np.array([0])), ("number", np.float32(1)))


def cut_from_both_sides(model: Any) -> Any:
    """Of many tokens nothing is left, of few all."""
    node = helper.make_node("Slice", ["tokens", "start", "end", "axis"], ["middle"])
    numbers = [("start", np.array([-18])), ("end", np.array([17])), ("axis", np.array([1]))]
    return before_logits(model, [node], *numbers)


def products_of_constants(model: Any) -> Any:
    names = ["square", *(f"power_{n}" for n in range(30))]
    nodes = [helper.make_node("MatMul", [a, "square"], [b]) for a, b in itertools.pairwise(names)]
    return before_logits(model, nodes, ("square", np.zeros((99, 99), np.float32)))


def copies_of_constants(model: Any) -> Any:
    names = ["numbers", *(f"copy_{n}" for n in range(30))]
    nodes = [helper.make_node("Mul", [a, "numbers"], [b]) for a, b in itertools.pairwise(names)]
    return before_logits(model, nodes, ("numbers", np.zeros(9999, np.float32)))


def sum_of_a_constant(model: Any) -> Any:
    node = helper.make_node("ReduceMax", ["numbers"], ["highest"], axes=[0])
    return before_logits(model, [node], ("numbers", np.zeros(9999, np.float32)))


def as_rows() -> list[Any]:
    return [
        helper.make_node("Cast", ["tokens"], ["real"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["real", "last"], ["column"]),
        helper.make_node("MatMul", ["column", "row"], ["rows_0"]),
    ]


def one_matrix_again_and_again(model: Any) -> Any:
    nodes = as_rows()
    for number in range(30):
        read, written = f"rows_{number}", f"rows_{number + 1}"
        nodes.append(helper.make_node("MatMul", [read, "square"], [written]))
    numbers = [("row", np.zeros((1, 24), np.float32)), ("square", np.zeros((24, 24), np.float32))]
    return before_logits(model, nodes, ("last", np.array([2])), *numbers)


def one_function_again_and_again(model: Any) -> Any:
    nodes = as_rows()
    for number in range(300):
        nodes.append(helper.make_node("Exp", [f"rows_{number}"], [f"rows_{number + 1}"]))
    return before_logits(
        model, nodes, ("last", np.array([2])), ("row", np.zeros((1, 24), np.float32))
    )


def many_constants(model: Any) -> Any:
    return before_logits(model, [], *((f"c{n}", np.zeros(0, np.float32)) for n in range(3000)))


def many_notes(model: Any) -> Any:
    value = helper.make_tensor_value_info("a", TensorProto.FLOAT, [1])
    model.graph.value_info.extend([value] * 3000)
    return model


def long_note(model: Any) -> Any:
    model.graph.doc_string = "x" * 100_000
    return model


def unread_constant(model: Any) -> Any:
    return before_logits(model, [], ("alone", np.float32(1)))


STRANGE: dict[str, tuple[Callable[[Any], Any], str]] = {
    "doubled": (doubled, "is larger than any of such a network"),
    "outer product": (outer_product, "is larger than any of such a network"),
    "pairs of texts": (every_pair_of_texts, "is larger than any of such a network"),
    "padded": (padded, "is larger than any of such a network"),
    "counted": (counted, "is larger than any of such a network"),
    "wrong axis": (counted_by_the_wrong_axis, "is larger than any of such a network"),
    "other axes": (padded_on_other_axes, "Pad: its inputs do not fit"),
    "strings": (cast_to_strings, "Cast: its inputs do not fit: type"),
    "as long as a token": (as_long_as_a_token, "is not known before texts are read"),
    "loop": (endless_loop, "a node's attribute has a part that textrnn does not write"),
    "large constant": (large_constant, "no graphs with the operator 'ConstantOfShape'"),
    "constant node": (constant_node, "a node's attribute has a part that textrnn does not write"),
    "outside": (outside, "a constant has a part that textrnn does not write"),
    "function": (function, "a model has a part that textrnn does not write"),
    "domain": (of_another_domain, "no graphs with the operator"),
    "operator set": (of_another_set, "of an operator set that textrnn does not write"),
    "no logits": (without_logits, "it has the outputs scores; the network has logits"),
    "long tokens": (of_long_tokens, "its input 'tokens' is not of the type"),
    "one more input": (with_one_more_input, "it has the inputs tokens, lengths, more"),
    "one text": (of_one_text, "its input 'tokens' is not of the type or shape"),
    "three logits": (
        lambda m: replaced(
            replaced(m, "output/kernel", lambda v: np.zeros((len(v), 3), v.dtype)),
            "output/bias",
            lambda v: np.zeros(3, v.dtype),
        ),
        "its output 'logits' is not of the shape",
    ),
    "one logit": (
        lambda m: replaced(
            replaced(m, "output/kernel", lambda v: v[:, :1]), "output/bias", lambda v: v[:1]
        ),
        "its output 'logits' is not of the shape",
    ),
    "short table": (lambda m: replaced(m, "embedding", lambda v: v[:9]), "its table has 9 rows"),
    "few texts": (as_long_as_texts_are_few, "is not known before texts are read"),
    "range to all texts": (counted_to_all_texts, "Range: its inputs do not fit: start or step"),
    "cut from both sides": (cut_from_both_sides, "Slice: its inputs do not fit: starts and ends"),
    "products of constants": (products_of_constants, "MatMul of constants: larger than"),
    "copies of constants": (copies_of_constants, "Mul of constants: larger than"),
    "sum of a constant": (sum_of_a_constant, "ReduceMax of constants: larger than"),
    "one matrix": (one_matrix_again_and_again, "its products take more steps than"),
    "one function": (one_function_again_and_again, "its tensors are together larger than"),
    "many constants": (many_constants, "a graph has more than 2,000 parts of one kind"),
    "many notes": (many_notes, "a graph has more than 2,000 parts of one kind"),
    "long note": (long_note, "a graph has a name or note of more than 10,000 bytes"),
    "unread constant": (unread_constant, "nothing reads its constant 'alone'"),
    "not a number": (
        lambda m: replaced(m, "output/bias", lambda v: v * np.nan),
        "has numbers that are not finite",
    ),
    "infinite": (
        lambda m: replaced(m, "embedding", lambda v: np.where(v == v.max(), np.float32(np.inf), v)),
        "has numbers that are not finite",
    ),
    "wide table": (lambda m: replaced(m, "embedding", lambda v: np.hstack([v, v])), "GRU"),
}


@pytest.mark.parametrize("kind", STRANGE)
def test_strange_graphs_are_refused(kind: str) -> None:
    change, message = STRANGE[kind]
    assert message in refused(change(ours()))


def test_a_layer_of_other_units_is_refused() -> None:
    other = ClassifierNetwork(
        30,
        ClassifierHead(("last",), labels=LABELS),
        Embedding(6),
        (Encoder("gru", 50, False),),
    )
    content = compile_classifier(other, random_weights(other.weight_shapes()), precision="float32")
    with pytest.raises(BundleError, match="recurrent layers have 50 units; the manifest says 5"):
        check_graph(content, EXPECTED)


@pytest.mark.parametrize("content", [b"", b"\x00", b"\xff" * 100, b"\x3a\xff\xff\xff\xff\x0f"])
def test_what_is_no_graph_is_refused(content: bytes) -> None:
    with pytest.raises(BundleError):
        check_graph(content, EXPECTED)


@given(accidents)
def test_a_damaged_graph_is_let_in_or_refused(happened: list[tuple[str, int, int, bytes]]) -> None:
    try:
        check_graph(damage(OURS, happened), EXPECTED)
    except BundleError:
        return


OURS = ours().SerializeToString()
