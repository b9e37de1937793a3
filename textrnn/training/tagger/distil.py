"""A tagger's network learns the names that a whole one finds (Kim & Rush 2016, "Sequence-Level
Knowledge Distillation": the best sequence stands for all).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from textrnn.corpora import SpannedText
from textrnn.heads.tagger.features import Features
from textrnn.heads.tagger.gazetteer import Gazetteer
from textrnn.heads.tagger.network import TaggerNetwork
from textrnn.training.distilling import Distilled, distil, held_out
from textrnn.training.loop.backend import seed_everything
from textrnn.training.loop.events import OnEvent
from textrnn.training.tagger.folds import Fold
from textrnn.training.tagger.model import build_tagger
from textrnn.training.tagger.objective import TaggingObjective
from textrnn.training.tagger.plan import TaggerPlan
from textrnn.training.tagger.split import Split
from textrnn.training.tagger.tables import begin_tables, keep_used_rows, whole_embedding


def distil_tagger(
    network: TaggerNetwork,
    weights: Mapping[str, NDArray[np.float32]],
    texts: Sequence[SpannedText],
    features: Features,
    gazetteer: Gazetteer | None,
    plan: TaggerPlan,
    *,
    on_event: OnEvent | None = None,
) -> Distilled:
    """Train a tagger's network on what a whole one found.

    Args:
        network: the description.
        weights: to begin with.
        texts: with the names that the whole tagger finds.
        features: the vocabularies.
        gazetteer: lists of names; None where there are none.
        plan: how texts are read, and how to train.
        on_event: called after each step and epoch.
    """
    settings = plan.training
    validates = held_out(len(texts), settings.random_state)
    parts = [[texts[i] for i in np.flatnonzero(side).tolist()] for side in (~validates, validates)]
    split = Split.of(parts[0], parts[1], None, plan)
    fold = Fold.encoded(split.train, split.texts, features, network.head, gazetteer)
    used = keep_used_rows(fold.train, fold.validation)
    trained = replace(network, vocabulary_size=len(used))
    seed_everything(settings.random_state)
    model = build_tagger(trained)
    begin_tables(model, {}, used, context_trained=False)
    found = distil(
        model,
        trained,
        {**weights, "embedding": weights["embedding"][used]},
        lambda: TaggingObjective(model, trained, fold.train, fold.validation, fold.texts, settings),
        settings,
        measure="F1 against the names that the whole model finds",
        on_event=on_event,
    )
    rows = whole_embedding(
        found.weights["embedding"], used, weights["embedding"], rows=network.vocabulary_size
    )
    return replace(found, weights={**found.weights, "embedding": rows})
