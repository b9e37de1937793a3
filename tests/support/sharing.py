"""One loaded model asked by many threads: how many answers are not those of a single thread."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread
from typing import Any

import numpy as np

import textrnn

NAMES = {
    "en": ("Angela Merkel", "London", "Reuters", "Siemens AG", "Ada"),
    "zh": ("北京", "王小明", "中国银行", "上海"),
}


@dataclass
class Trial:
    """How many answers were others than those of a single thread."""

    calls: int
    wrong_during: int = 0
    wrong_after: int = 0


def made_up_texts(language: str, count: int, seed: int = 0) -> list[str]:
    """Short texts of words that come once, and of names that come often."""
    dice = random.Random(seed)
    letters = "abcdefghijklmnopqrstuvwxyz" if language == "en" else "天地人山水风花雪月日星云雨春秋"

    def word() -> str:
        return "".join(dice.choice(letters) for _ in range(dice.randint(2, 9)))

    def name() -> str:
        return dice.choice(NAMES[language])

    joiner = " " if language == "en" else ""
    return [joiner.join([word(), name(), word(), word(), name(), word()]) for _ in range(count)]


def made_up_inputs(model: Any, count: int) -> list[Any]:
    """Short texts in a model's language, or series of a forecaster's columns, an hour a step."""
    if model.task != "forecaster":
        return list(made_up_texts(model.bundle.manifest.language, count))
    dice = np.random.default_rng(0)
    network = model.network
    steps = network.window + 20
    hours = np.datetime64("2024-03-01T00:00") + np.arange(steps) * np.timedelta64(1, "h")
    return [
        {"time": hours, **{name: dice.normal(300, 50, steps) for name in network.columns}}
        for _ in range(count)
    ]


def asker(model: Any, texts: list[Any]) -> Callable[[int], object]:
    """Asks a model about the text, or the series, of a number, as its task has it."""
    if model.task == "forecaster":
        return lambda number: model.forecast(texts[number]).as_dict()
    if model.task == "generator":
        return lambda number: [
            text.text for text in model.generate(texts[number][:6], length=5, random_state=number)
        ]
    if model.task == "tagger":
        return lambda number: model.tag(texts[number])
    if model.task == "translator":
        return lambda number: model.translate([texts[number]], beam=2)[0].as_dict()
    return lambda number: [result.as_dict() for result in model.classify([texts[number]])]


def share(name: str, *, calls: int, threads: int = 8, texts: int = 100) -> Trial:
    """Load a model once and ask it from several threads; then once more from one."""
    with textrnn.load(name) as model:
        ask = asker(model, made_up_inputs(model, texts))
        right = [ask(number) for number in range(texts)]
        trial = Trial(calls)

        def work(seed: int) -> None:
            dice = random.Random(seed)
            for _ in range(calls // threads):
                number = dice.randrange(texts)
                try:
                    trial.wrong_during += ask(number) != right[number]
                except Exception:  # whatever a race ends with
                    trial.wrong_during += 1

        workers = [Thread(target=work, args=(seed,)) for seed in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        trial.wrong_after = sum(ask(number) != right[number] for number in range(texts))
        return trial
