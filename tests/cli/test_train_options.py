"""The options of ``textrnn train NAME``: made of a plan's fields, and back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest

from check_head import HEAVY, loaded_after
from textrnn.bundle.bundle import Bundle
from textrnn.catalog import model_path
from textrnn.cli.parts.plan_options import setting_option
from textrnn.cli.train import command
from textrnn.errors import ConfigurationError
from textrnn.heads.tagger.network import CharacterEncoder
from textrnn.network import Encoder
from textrnn.training.classifier.plan import ClassifierPlan
from textrnn.training.forecaster.plan import ForecasterPlan
from textrnn.training.generator.plan import GeneratorPlan
from textrnn.training.initial import sizes_of_model
from textrnn.training.named import COUNT, changed, named_settings, named_values
from textrnn.training.tagger.plan import TaggerPlan
from textrnn.training.tasks import reads_words

# What these options were before they were made of plans, with their defaults.
SHARED = {
    "--embeddings": None, "--frozen-epochs": 0, "--out": None, "--resume": False, "--force": False,
    "--name": "",
    "--train": None, "--validation": None, "--input-format": None, "--encoding": "utf-8",
    "--language": "", "--simplify": False, "--precision": "int8", "--cell": "lstm", "--layers": 1,
    "--layer-dropout": 0.0, "--recurrent-dropout": 0.0, "--word-dropout": 0.0,
    "--optimizer": "adam", "--learning-rate": 0.001, "--schedule": "constant", "--epochs": 10,
    "--patience": 3, "--batch-size": 32, "--clip-norm": 1.0,
    "--weight-decay": 0.0, "--average": 0.0, "--average-epochs": 1, "--validation-split": 0.1,
    "--checkpoint-minutes": 10.0, "--random-state": 0, "--init-from": None,
    "-v": False, "-q": False, "--help-all": False,
}  # fmt: skip
BOTH_WAYS = {
    "--unlabelled": None, "--map-label": (), "--vocabulary-size": 30_000, "--vectors": "none",
    "--bidirectional": True, "--merge": "concat", "--units": 100, "--embedding-units": 100,
    "--dropout": 0.5, "--embedding-dropout": 0.2, "--max-tokens": 400, "--level": "word",
}  # fmt: skip
OF_WORDS = (
    "--embeddings", "--frozen-epochs", "--language", "--simplify", "--precision", "--word-dropout",
    "--init-from",
)  # fmt: skip
OWN = {
    "forecaster": {
        "--target": "", "--feature": "", "--time": None, "--group": None, "--missing": "error",
        "--decimal": None, "--window": 0, "--horizon": 0, "--scaling": "standard",
        "--normalize": "last", "--calendar": "", "--cell": "gru", "--units": 64,
        "--bidirectional": False, "--merge": "concat", "--architecture": "auto", "--segment": 0,
        "--strategy": "direct", "--pooling": "last", "--attention-units": 32, "--loss": "mse",
        "--quantiles": "0.05,0.25,0.5,0.75,0.95", "--dropout": 0.1, "--linear": "first",
        "--learning-rate": 0.002,
        "--schedule": "cosine", "--epochs": 0, "--patience": 0, "--batch-size": 0, "--l1": 0.0,
        "--l2": 0.0, "--validation-split": 0.2, "--best-by": "score",
    },
    "classifier": {
        "--adversarial": 0.0, "--virtual-adversarial": 0.0, "--entropy": 0.0,
        "--unlabelled-batch": 32, "--language-model": 0.0, "--language-model-texts": 0,
        "--bag-ngrams": 0, "--folds": 0, "--text-field": None, "--label-field": None,
        "--pooling": "attention,max", "--attention-units": 64, "--ngram-widths": "2,3,4",
        "--ngram-units": 64, "--hidden-units": 0, "--window-tokens": 0, "--window-overlap": 50,
        "--l1": 0.0, "--l2": 0.0, "--label-smoothing": 0.0, "--class-weights": "none",
        "--compute": "float32", "--best-by": "score",
        **BOTH_WAYS,
    },
    "tagger": {
        "--lexicon": None, "--min-frequency": 1, "--characters": "cnn", "--character-units": 50,
        "--shape-units": 8, "--bigrams": 0, "--feature-dropout": 0.3, "--scheme": "bioes",
        "--decoder": "crf", "--best-by": "score", "--l1": 0.0, "--l2": 0.0,
        "--folds": 0, **BOTH_WAYS,
    },
    "generator": {
        "--unit": "file", "--reflow": False, "--text-field": None, "--level": "bpe",
        "--vocabulary-size": 0, "--min-frequency": 2, "--lowercase": False, "--units": 256,
        "--embedding-units": 128, "--tied": True, "--dropout": 0.2, "--embedding-dropout": 0.2,
        "--learning-rate": 0.003, "--schedule": "one-cycle", "--epochs": 0, "--patience": 4,
        "--batch-size": 0,
        "--weight-dropout": 0.0, "--backward": False, "--candidates": 0, "--restart-tokens": 256,
        "--fingerprint": True, "--max-tokens": 64, "--compute": "float32",
    },
}  # fmt: skip


@pytest.mark.parametrize("task", OWN)
def test_each_task_has_its_options(task: str) -> None:
    made = command.get_command(click.Context(command), task)
    assert isinstance(made, click.Command)
    found: dict[str, Any] = {o.opts[0]: o.to_info_dict()["default"] for o in made.params}
    shared = {k: v for k, v in SHARED.items() if reads_words(task) or k not in OF_WORDS}
    assert found == {**shared, **OWN[task]}
    for option in made.params:
        assert isinstance(option, click.Option)
        assert option.help, option.opts


@pytest.mark.parametrize("task", ["tagger", "forecaster"])
def test_help_of_a_task_loads_next_to_nothing(task: str) -> None:
    call = f"cli(['train', '{task}', '--help'], standalone_mode=False)"
    loaded = loaded_after(f"from textrnn.cli.main import cli; {call}")
    assert not loaded & (HEAVY | {"numpy", "onnxruntime", "tokenizers", "rich"})


def test_a_forecaster_reads_in_both_directions_where_it_is_told_to() -> None:
    made = command.get_command(click.Context(command), "forecaster")
    assert isinstance(made, click.Command)
    option = next(one for one in made.params if one.name == "bidirectional")
    assert (option.opts, option.secondary_opts) == (["--bidirectional"], ["--unidirectional"])
    plan = changed(
        ForecasterPlan(), named_values(ForecasterPlan(), {"bidirectional": True, "window": 24})
    )
    assert plan.encoders[0].bidirectional
    assert (plan.series.window, plan.architecture) == (24, "steps")


def test_values_lead_to_a_plan() -> None:
    def made(start: Any, **settings: Any) -> Any:
        return changed(start, named_values(start, settings))

    start = TaggerPlan()
    plan = made(start, character_units=7, layers=2, cell="gru", l2=1)
    assert plan.features == replace(start.features, characters=CharacterEncoder(units=7))
    assert plan.encoders == (Encoder(cell="gru"), Encoder(cell="gru"))
    assert repr(plan.training) == repr(replace(start.training, l2=1.0))
    assert replace(
        plan, features=start.features, encoders=start.encoders, training=start.training
    ) == start  # fmt: skip
    for none in ("none", None):
        bare = made(start, characters=none, character_units=7)
        assert bare == replace(start, features=replace(start.features, characters=None))
    # What may not be left out keeps its own word for none.
    assert made(ClassifierPlan(), vectors="none") == ClassifierPlan()
    assert made(ClassifierPlan(), pooling=["mean"]).head.pooling == ("mean",)
    assert made(ClassifierPlan(), bidirectional=False).encoders == (Encoder(bidirectional=False),)
    assert repr(made(start, epochs=np.int64(4)).training.epochs) == "4"


@pytest.mark.parametrize("name", ["label_smoothing", "class_weights"])
def test_what_a_task_never_reads_is_no_setting_of_it(name: str) -> None:
    for plan in (TaggerPlan(), GeneratorPlan()):
        with pytest.raises(ConfigurationError, match=f"unknown setting '{name}'"):
            named_values(plan, {name: "balanced"})


def test_an_option_says_what_its_field_does() -> None:
    settings = {named.name: named for named in named_settings(TaggerPlan())}
    made = {name: setting_option(named) for name, named in settings.items()}
    assert [option.name for option in made.values()] == list(settings)
    characters = made["characters"].type
    assert isinstance(characters, click.Choice)
    assert list(characters.choices) == ["cnn", "lstm", "none"]
    assert settings["layers"].path == ("encoders", COUNT)
    assert made["bidirectional"].secondary_opts == ["--unidirectional"]
    assert "weight_dropout" not in made  # which generators alone have


def test_a_plan_takes_the_sizes_of_the_model_begun_with() -> None:
    sizes = sizes_of_model(ClassifierPlan(), "classifier", Path("sentiment-en"))
    plan = changed(ClassifierPlan(), sizes)
    network = Bundle.open(model_path("sentiment-en")).manifest.network
    assert (plan.embedding.units, plan.encoders[0].units, len(plan.encoders)) == (256, 512, 1)
    assert list(plan.head.pooling) == network["head"]["pooling"]
    assert list(plan.head.ngram_widths) == network["head"]["ngram_widths"]
    # How much is dropped while training, and how long rows are frozen, is no size.
    assert plan.head.dropout == ClassifierPlan().head.dropout
    assert replace(plan.embedding, units=100) == ClassifierPlan().embedding
    # A language model reads forward alone, and has no head for a classifier.
    sizes = sizes_of_model(ClassifierPlan(), "classifier", Path("prose-en"))
    begun = changed(ClassifierPlan(), {**sizes, ("encoders", "units"): 7})
    assert begun.encoders == (Encoder(units=7),)
    assert begun.head == ClassifierPlan().head


def test_no_vocabulary_is_made_beside_that_of_the_model_begun_with(tmp_path: Path) -> None:
    for name, word in (("level", "word"), ("vectors", "cbow")):
        call = ["--train", "x.csv", "--out", str(tmp_path / "m"), "--init-from", "sentiment-en"]
        with pytest.raises(ConfigurationError, match=f"{name} has no say beside init_from"):
            command(["classifier", *call, f"--{name}", word], standalone_mode=False)
