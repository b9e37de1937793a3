"""Chooses anew how a translator that is trained already is searched, as training does at its end.

    python recipes/search.py MODEL VALID.tsv --source-field 1 --target-field 2 \\
        --recipe recipes/classical-zh.toml --out BETTER

Every third of the pairs (--every) chooses what `textrnn/training/translator/search_fit.py` fits;
the graphs are made anew of the model's weights, and the manifest tells what was chosen. All of the
pairs are measured then, and stand with --name on the card, whose notes are the recipe's, as the
model's name is. What was chosen before is taken with --gate-shift and --length-reward.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from textrnn.bundle.bundle import Bundle, write_bundle
from textrnn.catalog import load, model_path
from textrnn.corpora.pairs import Pair
from textrnn.heads.examples import ExampleSource
from textrnn.heads.parts import read_network
from textrnn.heads.translator.graph import compile_translator
from textrnn.heads.translator.network import TranslatorNetwork
from textrnn.heads.translator.parts import read_tokenizers
from textrnn.heads.translator.scores import Scorer
from textrnn.heads.translator.translator import Translator
from textrnn.training.card import write_card
from textrnn.training.recipes.recipe import Recipe, read_recipe
from textrnn.training.translator.search_fit import SearchFit, fit_search
from textrnn.training.translator.trial import try_translator
from textrnn.training.weights.files import check_weights, read_weights

GRAPHS = ("encoder.onnx", "decoder.onnx")


def refit(model: Path, pairs: Sequence[Pair], out: Path, chosen: SearchFit | None) -> None:
    """Write a model with the search that fits it.

    Args:
        model: a translator's bundle.
        pairs: those that choose.
        out: the folder that becomes the new bundle.
        chosen: what is taken instead of choosing.
    """
    bundle = Bundle.open(model)
    network, weights = read_network(bundle, TranslatorNetwork), read_weights(bundle)
    check_weights(weights, bundle)
    kept = {name: bundle.read(name) for name in bundle.manifest.files if name not in GRAPHS}
    served = {name: content for name, content in kept.items() if name.endswith("tokenizer.json")}
    unfitted = {
        name: value
        for name, value in bundle.manifest.serving.items()
        if name not in vars(SearchFit())
    }
    tokenizer = read_tokenizers(bundle, network)[1]
    scorer = Scorer.of(str(unfitted["target_language"]), tokenizer)

    def fitted(fit: SearchFit) -> tuple[dict[str, bytes], dict[str, object]]:
        precision = str(unfitted["precision"])
        graphs = compile_translator(
            network, weights, precision=precision, gate_shift=fit.gate_shift
        )
        return graphs, unfitted | fit.serving()

    def bleu(fit: SearchFit) -> float:
        graphs, serving = fitted(fit)
        manifest, sources = (
            replace(bundle.manifest, serving=serving),
            [pair.source for pair in pairs],
        )
        found = try_translator(out.with_name(f"{out.name}.try"), manifest, graphs | served, sources)
        score = scorer.bleu(found, [pair.target for pair in pairs])
        print(f"{fit}: BLEU {score:.2f}", flush=True)
        return score

    best = chosen or fit_search(bleu, copying=network.head.copying, say=print)
    graphs, serving = fitted(best)
    write_bundle(out, replace(bundle.manifest, serving=serving), kept | graphs)


def measure(out: Path, source: ExampleSource, name: str, recipe: Recipe | None) -> None:
    """Write a model's scores on all pairs into its manifest and card."""
    report = load(out).evaluate(Translator.read_examples(source))
    scores = report.scores()
    print(f"{name}: {scores}")
    bundle = Bundle.open(out)
    training, bleu = bundle.manifest.training, scores["BLEU"]
    told = {f"{name}: {measure}": round(score, 4) for measure, score in scores.items()}
    manifest = replace(
        bundle.manifest,
        name=recipe.name if recipe else bundle.manifest.name,
        training=training
        | {"measured": training["measured"] | {"score": bleu, "count": len(report.sentences)}},
        scores=bundle.manifest.scores | told | {"validation_bleu": round(bleu, 4)},
    )
    files = {file: bundle.read(file) for file in manifest.files}
    files["README.md"] = write_card(manifest, notes=recipe.notes if recipe else "").encode("utf-8")
    write_bundle(out, manifest, files)


def main() -> None:
    """Read the pairs, choose, measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("pairs")
    parser.add_argument("--source-field")
    parser.add_argument("--target-field")
    parser.add_argument("--every", type=int, default=3)
    parser.add_argument("--gate-shift", type=float, default=0.0)
    parser.add_argument("--length-reward", type=float)
    parser.add_argument("--name", default="validation")
    parser.add_argument("--recipe")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    source = ExampleSource(
        file=options.pairs, source=options.source_field, target=options.target_field
    )
    pairs = list(Translator.read_examples(source))
    chosen = None
    if options.length_reward is not None:
        chosen = SearchFit(options.gate_shift, 0.0, options.length_reward)
    refit(model_path(options.model), pairs[:: options.every], options.out, chosen)
    recipe = read_recipe(options.recipe) if options.recipe else None
    measure(options.out, source, options.name, recipe)


if __name__ == "__main__":
    main()
