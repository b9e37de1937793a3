"""The options that describe a network and its training, as tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

_Command = Callable[..., Any]

_NETWORK: dict[str, tuple[Any, str]] = {  # option: default, help
    "--cell": ("lstm", "rnn, lstm or gru."),
    "--units": (100, "Units of each encoder and direction."),
    "--layers": (1, "Encoders stacked on one another."),
    "--merge": ("concat", "How two directions join: concat, sum, mul, ave."),
    "--embedding-units": (100, "Numbers a token."),
    "--pooling": ("attention,max", "Of attention, last, mean, max; commas between several."),
    "--attention-units": (64, "Hidden layer of the attention."),
    "--hidden-units": (0, "A dense layer before the output."),
    "--dropout": (0.5, "On the pooled vector."),
    "--embedding-dropout": (0.2, "On the embeddings."),
    "--layer-dropout": (0.0, "On what each encoder reads."),
    "--recurrent-dropout": (0.0, "On the recurrent states."),
    "--word-dropout": (0.0, "Share of words read as unknown."),
}

_TRAINING: dict[str, tuple[type, str]] = {  # option: type, help; the settings have the defaults
    "--optimizer": (str, "sgd, rmsprop, adam or adamw [adam]."),
    "--learning-rate": (float, "The highest rate [0.001]."),
    "--schedule": (str, "constant, cosine, plateau or one-cycle [constant]."),
    "--epochs": (int, "The most passes [10]."),
    "--patience": (int, "Stop after this many without gain; 0: never [3]."),
    "--batch-size": (int, "Texts a step [32]."),
    "--max-tokens": (int, "Window of long texts [400]."),
    "--clip-norm": (float, "Largest gradient norm; 0: any [1]."),
    "--l1": (float, "L1 penalty on kernels [0]."),
    "--l2": (float, "L2 penalty on kernels [0]."),
    "--weight-decay": (float, "For adamw [0]."),
    "--label-smoothing": (float, "Share of the target spread over all labels [0]."),
    "--class-weights": (str, "none, balanced, or label=weight,label=weight,… [none]."),
    "--validation-split": (float, "Share cut from --train, where no --validation is given [0.1]."),
    "--checkpoint-minutes": (float, "How often --resume's state is written [10]."),
    "--random-state": (int, "Fixes everything random [0]."),
}


def network_options(command: _Command) -> _Command:
    """Add the options of the network."""
    for name, (default, text) in reversed(_NETWORK.items()):
        command = click.option(name, default=default, show_default=True, help=text)(command)
    return command


def training_options(command: _Command) -> _Command:
    """Add the options of the training; None stands for what was not given."""
    for name, (kind, text) in reversed(_TRAINING.items()):
        command = click.option(name, type=kind, help=text)(command)
    return command
