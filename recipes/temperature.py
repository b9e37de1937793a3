"""Gives a tagger another temperature, by which its probabilities are computed.

    python recipes/temperature.py MODEL 1.4 --recipe recipes/ner-en.toml --data DIR --out BETTER

Which names it finds does not change. Training fits the temperature to what validated; where a model
goes on with the validation texts, one that a like model fitted before says more. The scores of the
recipe's test files are measured anew, and stand on the card, whose notes are the recipe's.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from textrnn.bundle.bundle import Bundle, write_bundle
from textrnn.catalog import model_path
from textrnn.training.recipes.recipe import read_recipe
from textrnn.training.recipes.reproduce import record_scores


def main() -> None:
    """Write the model, measure it, and write what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("model")
    parser.add_argument("temperature", type=float)
    parser.add_argument("--recipe", required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    bundle = Bundle.open(model_path(options.model))
    files = {name: bundle.read(name) for name in bundle.manifest.files}
    serving = {**bundle.manifest.serving, "temperature": options.temperature}
    write_bundle(options.out, replace(bundle.manifest, serving=serving), files)
    record_scores(read_recipe(options.recipe), options.data, options.out, print)


if __name__ == "__main__":
    main()
