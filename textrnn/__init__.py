"""Classify, tag, write and translate text, and forecast series, with recurrent networks, on an
ordinary CPU, offline.

Names are loaded when they are first used: ``import textrnn`` itself imports next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from textrnn.offline import stay_offline
from textrnn.version import __version__

if TYPE_CHECKING:
    from textrnn.bundle.bundle import Bundle
    from textrnn.catalog import load, shipped_models
    from textrnn.compressing.compress import compress
    from textrnn.compressing.compression import Compression
    from textrnn.errors import (
        BundleError,
        ConfigurationError,
        InputError,
        ModelNotFoundError,
        TextRNNError,
        WeakModelWarning,
    )
    from textrnn.experiments.compared import NetworkComparison
    from textrnn.experiments.comparison import compare
    from textrnn.experiments.cross_validation import CrossValidation, cross_validate
    from textrnn.experiments.tuned import Tuning
    from textrnn.experiments.tuning import tune, tune_recipe
    from textrnn.heads.classifier.classifier import Classifier
    from textrnn.heads.classifier.result import Classification, TokenWeight
    from textrnn.heads.forecaster.forecaster import Forecaster
    from textrnn.heads.forecaster.result import Forecast
    from textrnn.heads.generator.generator import Generator
    from textrnn.heads.generator.result import Generation
    from textrnn.heads.tagger.entity import Entity
    from textrnn.heads.tagger.result import TaggedText, TaggedToken
    from textrnn.heads.tagger.tagger import Tagger
    from textrnn.heads.translator.result import Translation
    from textrnn.heads.translator.translator import Translator
    from textrnn.serving.routing import Router
    from textrnn.text.tokenizer import Tokenizer
    from textrnn.training.classifier.plan import ClassifierPlan
    from textrnn.training.classifier.train import train_classifier
    from textrnn.training.forecaster.plan import ForecasterPlan
    from textrnn.training.forecaster.train import train_forecaster
    from textrnn.training.generator.plan import GeneratorPlan
    from textrnn.training.generator.train import train_generator
    from textrnn.training.tagger.plan import TaggerPlan
    from textrnn.training.tagger.train import train_tagger
    from textrnn.training.translator.plan import TranslatorPlan
    from textrnn.training.translator.train import train_translator

stay_offline()  # here and not where packages are loaded: it must come before the first of them

__all__ = [
    "Bundle",
    "BundleError",
    "Classification",
    "Classifier",
    "ClassifierPlan",
    "Compression",
    "ConfigurationError",
    "CrossValidation",
    "Entity",
    "Forecast",
    "Forecaster",
    "ForecasterPlan",
    "Generation",
    "Generator",
    "GeneratorPlan",
    "InputError",
    "ModelNotFoundError",
    "NetworkComparison",
    "Router",
    "TaggedText",
    "TaggedToken",
    "Tagger",
    "TaggerPlan",
    "TextRNNError",
    "TokenWeight",
    "Tokenizer",
    "Translation",
    "Translator",
    "TranslatorPlan",
    "Tuning",
    "WeakModelWarning",
    "__version__",
    "compare",
    "compress",
    "cross_validate",
    "load",
    "shipped_models",
    "train_classifier",
    "train_forecaster",
    "train_generator",
    "train_tagger",
    "train_translator",
    "tune",
    "tune_recipe",
]

_HOMES = {
    "Bundle": "textrnn.bundle.bundle",
    "BundleError": "textrnn.errors",
    "Classification": "textrnn.heads.classifier.result",
    "Classifier": "textrnn.heads.classifier.classifier",
    "ClassifierPlan": "textrnn.training.classifier.plan",
    "Compression": "textrnn.compressing.compression",
    "ConfigurationError": "textrnn.errors",
    "CrossValidation": "textrnn.experiments.cross_validation",
    "Entity": "textrnn.heads.tagger.entity",
    "Forecast": "textrnn.heads.forecaster.result",
    "Forecaster": "textrnn.heads.forecaster.forecaster",
    "ForecasterPlan": "textrnn.training.forecaster.plan",
    "Generation": "textrnn.heads.generator.result",
    "Generator": "textrnn.heads.generator.generator",
    "GeneratorPlan": "textrnn.training.generator.plan",
    "InputError": "textrnn.errors",
    "ModelNotFoundError": "textrnn.errors",
    "NetworkComparison": "textrnn.experiments.compared",
    "Router": "textrnn.serving.routing",
    "TaggedText": "textrnn.heads.tagger.result",
    "TaggedToken": "textrnn.heads.tagger.result",
    "Tagger": "textrnn.heads.tagger.tagger",
    "TaggerPlan": "textrnn.training.tagger.plan",
    "TextRNNError": "textrnn.errors",
    "TokenWeight": "textrnn.heads.classifier.result",
    "Tokenizer": "textrnn.text.tokenizer",
    "Translation": "textrnn.heads.translator.result",
    "Translator": "textrnn.heads.translator.translator",
    "TranslatorPlan": "textrnn.training.translator.plan",
    "Tuning": "textrnn.experiments.tuned",
    "WeakModelWarning": "textrnn.errors",
    "compare": "textrnn.experiments.comparison",
    "compress": "textrnn.compressing.compress",
    "cross_validate": "textrnn.experiments.cross_validation",
    "load": "textrnn.catalog",
    "shipped_models": "textrnn.catalog",
    "train_classifier": "textrnn.training.classifier.train",
    "train_forecaster": "textrnn.training.forecaster.train",
    "train_generator": "textrnn.training.generator.train",
    "train_tagger": "textrnn.training.tagger.train",
    "train_translator": "textrnn.training.translator.train",
    "tune": "textrnn.experiments.tuning",
    "tune_recipe": "textrnn.experiments.tuning",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'textrnn' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
