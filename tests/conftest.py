"""Fixtures that several rooms' tests share: one tiny model, really trained, really served."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from made_up import made_up_reviews, made_up_sentences, made_up_verses

# Keras imports JAX where it is installed, which would have TensorFlow remark on its start in every
# process that the tests begin.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# No test may fail because a machine is slow; and in CI not by a new draw of the dice either.
settings.register_profile("textrnn", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("textrnn")


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The path of a bundle that tells the made-up reviews apart."""
    from textrnn.heads.classifier.classifier import Classifier
    from textrnn.network import Embedding, Encoder
    from textrnn.training.classifier import ClassifierPlan
    from textrnn.training.run import ModelInfo
    from textrnn.training.settings import HeadSettings, TokenizerSettings, TrainingSettings

    out = tmp_path_factory.mktemp("models") / "tiny"
    plan = ClassifierPlan(
        tokenizer=TokenizerSettings(min_frequency=3),
        embedding=Embedding(units=8),
        encoders=(Encoder(units=6),),
        head=HeadSettings(pooling=("attention", "max"), attention_units=4, dropout=0.1),
        training=TrainingSettings(
            epochs=8, learning_rate=0.02, max_tokens=12, window_overlap=3, batch_size=16
        ),
    )
    info = ModelInfo(name="tiny", language="en", description="Made-up reviews.", licence="CC0-1.0")
    Classifier.train(made_up_reviews(240), out=out, plan=plan, info=info)
    return out


@pytest.fixture(scope="session")
def tiny_tagger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The path of a bundle that finds the names in the made-up news; its windows are small."""
    from textrnn.heads.tagger.network import CharacterEncoder
    from textrnn.heads.tagger.tagger import Tagger
    from textrnn.network import Embedding, Encoder
    from textrnn.training.run import ModelInfo
    from textrnn.training.settings import FeatureSettings, TaggerHeadSettings, TrainingSettings
    from textrnn.training.tagger import TaggerPlan

    out = tmp_path_factory.mktemp("models") / "tiny-tagger"
    plan = TaggerPlan(
        features=FeatureSettings(
            min_frequency=1,
            characters=CharacterEncoder(embedding_units=6, units=8),
            shape_units=4,
            dropout=0.1,
        ),
        embedding=Embedding(units=12, word_dropout=0.1),
        encoders=(Encoder(units=10),),
        head=TaggerHeadSettings(dropout=0.1),
        training=TrainingSettings(
            epochs=8, learning_rate=0.02, max_tokens=12, window_overlap=6, batch_size=16
        ),
    )
    info = ModelInfo(name="tiny-tagger", description="Made-up news.", licence="CC0-1.0")
    Tagger.train(made_up_sentences(240), out=out, plan=plan, info=info)
    return out


@pytest.fixture(scope="session")
def tiny_generator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The path of a bundle that writes made-up verses."""
    from textrnn.corpora import Passage
    from textrnn.heads.generator.generator import Generator
    from textrnn.heads.generator.network import GeneratorHead
    from textrnn.network import Embedding, Encoder
    from textrnn.training.generator import GeneratorPlan
    from textrnn.training.run import ModelInfo
    from textrnn.training.settings import LanguageSettings, TokenizerSettings, TrainingSettings

    out = tmp_path_factory.mktemp("models") / "tiny-generator"
    verses = [Passage(text, ends=True) for text in made_up_verses(300)]
    plan = GeneratorPlan(
        tokenizer=TokenizerSettings("character", 60, 1, lowercase=False, normalization="none"),
        embedding=Embedding(units=12, dropout=0.05),
        encoders=(Encoder(units=24, bidirectional=False),),
        head=GeneratorHead(dropout=0.05),
        language=LanguageSettings(candidates=20),
        training=TrainingSettings(
            epochs=6, learning_rate=0.02, max_tokens=20, window_overlap=0, batch_size=8
        ),
    )
    info = ModelInfo("tiny-generator", "zh", description="Made-up verses.", licence="CC0-1.0")
    Generator.train(lambda: verses, out=out, plan=plan, info=info)
    return out
