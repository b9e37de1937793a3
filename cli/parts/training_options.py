"""The options that describe a network and its training, as tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from textrnn.errors import ConfigurationError

if TYPE_CHECKING:
    from textrnn.cli.parts.training_library import TrainingLibrary
    from textrnn.network import Encoder

_Command = Callable[..., Any]

_NETWORK: dict[str, tuple[Any, str]] = {  # option: default, help
    "--cell": ("lstm", "rnn, lstm or gru."),
    "--units": (100, "Units of each encoder and direction."),
    "--layers": (1, "Encoders stacked on one another."),
    "--merge": ("concat", "How two directions join: concat, sum, mul, ave."),
    "--embedding-units": (100, "Numbers a token."),
    "--dropout": (0.5, "On what the head reads."),
    "--embedding-dropout": (0.2, "On the embeddings."),
    "--layer-dropout": (0.0, "On what each encoder reads."),
    "--recurrent-dropout": (0.0, "On the recurrent states."),
    "--word-dropout": (0.0, "Share of words read as unknown."),
}

_POOLING: dict[str, tuple[Any, str]] = {
    "--pooling": ("attention,max", "Of attention, last, mean, max, ngrams; commas between them."),
    "--attention-units": (64, "Hidden layer of the attention."),
    "--ngram-widths": ("2,3,4", "Tokens that the convolutions of ngrams see; commas between them."),
    "--ngram-units": (64, "Filters of each width."),
    "--hidden-units": (0, "A dense layer before the output."),
}

_CONSISTENCY: dict[str, tuple[Any, str]] = {
    "--adversarial": (0.0, "Norm of adversarial steps on the embeddings; 5 is usual, 0 for none."),
    "--virtual-adversarial": (
        0.0,
        "The same for the answers to --unlabelled texts, whatever they are.",
    ),
    "--entropy": (0.0, "Weight of the entropy of the answers to --unlabelled texts."),
    "--unlabelled-batch": (32, "Unlabelled texts a step, for the two above."),
    "--language-model": (
        0.0,
        "Weight at first of predicting each token from those before and behind it; 0 for none.",
    ),
    "--language-model-texts": (0, "Of the --unlabelled texts, how many a step it predicts, too."),
}

_TRAINING: dict[str, tuple[type, str]] = {  # option: type, help; the settings have the defaults
    "--optimizer": (str, "sgd, rmsprop, adam or adamw [adam]."),
    "--learning-rate": (float, "The highest rate [0.001]."),
    "--schedule": (str, "constant, cosine, plateau or one-cycle [constant]."),
    "--epochs": (int, "The most passes [10]."),
    "--patience": (int, "Stop after this many without gain; 0: never [3]."),
    "--batch-size": (int, "Texts a step [32]."),
    "--max-tokens": (int, "Window of long texts in training [400; of a generator 64]."),
    "--clip-norm": (float, "Largest gradient norm; 0: any [1]."),
    "--l1": (float, "L1 penalty on kernels [0]."),
    "--l2": (float, "L2 penalty on kernels [0]."),
    "--weight-decay": (float, "For adamw [0]."),
    "--label-smoothing": (float, "Share of the target spread over all labels [0]."),
    "--class-weights": (str, "none, balanced, or label=weight,label=weight,… [none]."),
    "--compute": (
        str,
        "float32 or, for classifiers on a processor that has it, bfloat16 [float32].",
    ),
    "--average": (float, "Decay of the moving average of the weights that is kept; 0: none [0]."),
    "--average-epochs": (int, "The best epochs whose weights are averaged at the end [1]."),
    "--validation-split": (float, "Share cut from --train, where no --validation is given [0.1]."),
    "--checkpoint-minutes": (float, "How often --resume's state is written [10]."),
    "--random-state": (int, "Fixes everything random [0]."),
}


_WINDOWS: dict[str, str] = {  # likewise, all of them whole numbers
    "--window-tokens": "Windows in which long texts are read whole; 0: max-tokens [0].",
    "--window-overlap": "Tokens that neighbouring windows share [50].",
}


def network_options(command: _Command) -> _Command:
    """Add the options of the network."""
    for name, (default, text) in reversed(_NETWORK.items()):
        command = click.option(name, default=default, show_default=True, help=text)(command)
    return command


def vector_options(command: _Command) -> _Command:
    """Add the options of an embedding to begin with."""
    command = click.option(
        "--frozen-epochs", default=0, show_default=True,
        help="Epochs in which they stay as they are; -1: all.",
    )(command)  # fmt: skip
    return click.option(
        "--embeddings", "embeddings_file", type=click.Path(path_type=Path),
        help="Word vectors to begin with: GloVe, word2vec, fastText, …",
    )(command)  # fmt: skip


def init_option(command: _Command) -> _Command:
    """Add the option of a network that begins with the weights of others."""
    return click.option(
        "--init-from", multiple=True, type=click.Path(path_type=Path), metavar="MODEL",
        help="Begin with this model's weights and vocabulary; units and cells are its own.",
    )(command)  # fmt: skip


def consistency_options(command: _Command) -> _Command:
    """Add the options of what is learned besides labels."""
    for name, (default, text) in reversed(_CONSISTENCY.items()):
        command = click.option(name, default=default, show_default=True, help=text)(command)
    return command


def check_out(options: dict[str, Any]) -> None:
    """See that the folder of a model is not, and does not hold, what the model is made of.

    Raises:
        InputError: it is, or does.
    """
    from textrnn.corpora.files.outputs import refuse_inputs

    files = ("train_file", "validation_file", "unlabelled_file", "lexicon_file", "embeddings_file")
    given = [options.get(name) for name in files]
    refuse_inputs(options["out"], [*given, *options["init_from"]])


def fill_from_initial_model(context: click.Context, options: dict[str, Any]) -> None:
    """Take the network's sizes from the model that it begins with, where none are given."""
    if not options["init_from"]:
        return
    from textrnn.bundle.bundle import Bundle
    from textrnn.catalog import model_path

    def is_given(name: str) -> bool:
        return context.get_parameter_source(name) not in (None, ParameterSource.DEFAULT)

    if context.info_name != "tagger":
        for name in (
            "level",
            "vocabulary_size",
            "min_frequency",
            "lowercase",
            "simplify",
            "vectors",
        ):
            if is_given(name):
                option = name.replace("_", "-")
                raise click.UsageError(
                    f"--{option} has no say beside --init-from: the vocabulary is the model's"
                )
    from textrnn.catalog import described_network

    bundle = Bundle.open(model_path(options["init_from"][0]))
    manifest, network = bundle.manifest, described_network(bundle).as_dict()
    sizes = {
        "embedding_units": network["embedding"]["units"],
        "cell": network["encoders"][0]["cell"],
        "units": network["encoders"][0]["units"],
        "layers": len(network["encoders"]),
    }
    if manifest.task == "classifier" == context.info_name:
        head = network["head"]
        sizes |= {
            "merge": network["encoders"][0]["merge"],
            "unidirectional": not network["encoders"][0]["bidirectional"],
            "pooling": ",".join(head["pooling"]),
            "attention_units": head["attention_units"],
            "hidden_units": head["hidden_units"],
        }
        if "ngram_widths" in head:
            sizes["ngram_widths"] = ",".join(map(str, head["ngram_widths"]))
            sizes["ngram_units"] = head["ngram_units"]
    options.update({name: size for name, size in sizes.items() if not is_given(name)})


def pooling_options(command: _Command) -> _Command:
    """Add the options of a classifier's head."""
    for name, (default, text) in reversed(_POOLING.items()):
        command = click.option(name, default=default, show_default=True, help=text)(command)
    return command


def training_options(command: _Command) -> _Command:
    """Add the options of the training; None stands for what was not given."""
    for name, (kind, text) in reversed(_TRAINING.items()):
        command = click.option(name, type=kind, help=text)(command)
    return command


def window_options(command: _Command) -> _Command:
    """Add the options of how a classifier reads long texts whole."""
    for name, text in reversed(_WINDOWS.items()):
        command = click.option(name, type=int, help=text)(command)
    return command


def encoders(options: dict[str, Any]) -> tuple[Encoder, ...]:
    """The encoders that the options of the network describe."""
    from textrnn.network import Encoder

    encoder = Encoder(
        cell=options["cell"],
        units=options["units"],
        bidirectional=not options["unidirectional"],
        merge=options["merge"],
        dropout=options["layer_dropout"],
        recurrent_dropout=options["recurrent_dropout"],
    )
    return (encoder,) * int(options["layers"])


def given_settings(library: TrainingLibrary, options: dict[str, Any]) -> dict[str, Any]:
    """The settings of the training that were given; the others keep their defaults."""
    names = [field.name for field in dataclasses.fields(library.settings.TrainingSettings)]
    given = {name: options[name] for name in names if options.get(name) is not None}
    if "class_weights" in given:
        given["class_weights"] = _class_weights(given["class_weights"])
    return given


def widths(text: str) -> tuple[int, ...]:
    """``2,3,4`` as numbers."""
    try:
        return tuple(map(int, text.split(",")))
    except ValueError as error:
        raise ConfigurationError(
            f"--ngram-widths: expected numbers with commas between; received {text!r}"
        ) from error


def _class_weights(text: str) -> str | dict[str, float]:
    """``balanced`` and ``none`` as they are; ``good=2,bad=1`` as a mapping."""
    if "=" not in text:
        return text
    pairs = [pair.rpartition("=") for pair in text.split(",")]
    try:
        return {label: float(weight) for label, _, weight in pairs}
    except ValueError as error:
        raise ConfigurationError(
            f"--class-weights: expected label=weight,…; received {text!r}"
        ) from error
