"""What a generator that learned from one text alone writes from short seeds.

    python benchmarks/one_text.py TEXT [--level bpe] [--model FOLDER] [--samples 5] [-- OPTION …]

Trains with the defaults of ``textrnn train generator`` (and the options after ``--``), or takes a
model that was trained before, and lets it write from six short seeds: two beginnings of sentences,
a pronoun, a line's end and a word, a word that the text has once, a letter. A text is sound where
its perplexity under the model itself is at most three times that of the validation text: a model
that babbles is surprised by its own words. Prints the perplexities and the first text of each seed;
exits 1 where a text is not sound.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import textrnn

MOST = 3.0  # times the validation perplexity
WORD = re.compile(r"[^\W\d_]+")


def main() -> int:
    """Train or open the model, write, judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("text", type=Path)
    parser.add_argument("--level", default="bpe")
    parser.add_argument("--model", type=Path, help="a model trained before")
    parser.add_argument("--samples", type=int, default=5, help="texts from each seed")
    parser.add_argument("--length", type=int, default=150, help="tokens of each")
    parser.add_argument("--temperature", type=float, default=0.8)
    options, more = parser.parse_known_args()
    text = options.text.read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder:
        model = options.model or Path(folder) / "model"
        if options.model is None:
            train(options.text, model, ["--level", options.level, *(m for m in more if m != "--")])
        return judge(textrnn.load(model), text, options)


def train(text: Path, out: Path, more: list[str]) -> None:
    """Train as a user does; say how long it took."""
    call = [sys.executable, "-m", "textrnn.cli.main", "train", "generator"]
    started = time.perf_counter()
    subprocess.run([*call, "--train", str(text), "--out", str(out), *more], check=True)
    print(f"trained in {(time.perf_counter() - started) / 60:.1f} minutes")


def judge(generator: textrnn.Generator, text: str, options: argparse.Namespace) -> int:
    """Write from all seeds and compare; 1 where a text is not sound."""
    validation = generator.bundle.manifest.scores["validation_perplexity"]
    known = Counter(WORD.findall(text))
    print(f"validation perplexity {validation:.2f}")
    print("seed             perplexities at its own                 at most  words known  ended")
    firsts, worst = [], 0.0
    for seed in seeds(known):
        found = generator.generate(
            seed,
            num=options.samples,
            length=options.length,
            temperature=options.temperature,
            random_state=0,
        )
        own = [one.perplexity for one in found]
        words = [word for one in found for word in WORD.findall(one.text)]
        share = sum(word in known for word in words) / max(len(words), 1)
        ended = sum(one.text.count(mark) for one in found for mark in ".!?")
        shown = " ".join(f"{value:8.2f}" for value in own[:5])
        print(f"{seed!r:16} {shown:44} {max(own):8.2f} {share:12.1%} {ended:6}")
        firsts.append(found[0].text)
        worst = max(worst, *own)
    print(f"the worst is {worst / validation:.2f} times the validation perplexity")
    for first in firsts:
        print("-" * 80, first, sep="\n")
    return int(worst > MOST * validation)


def seeds(known: Counter[str]) -> list[str]:
    """Six short seeds; the rare word is the longest that the text has once."""
    rare = max((word for word, count in known.items() if count == 1), key=len, default="Zephyr")
    return ["It was", "The", "She", "\nHe", rare, "M"]


if __name__ == "__main__":
    sys.exit(main())
