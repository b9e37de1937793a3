"""Texts written on from a seed, with news of each as it grows.

Shapes: U units of a state.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from textrnn.decoding.beam import beam_search
from textrnn.decoding.draft import Draft
from textrnn.decoding.drawing import draw_texts
from textrnn.decoding.sampling import Dice
from textrnn.decoding.step import Reader, States, join, take
from textrnn.heads.generator.controls import Controls
from textrnn.heads.generator.result import Generation
from textrnn.heads.generator.seeds import SeedReader, require_seed
from textrnn.heads.written import Written
from textrnn.text.tokenizer import Tokenizer
from textrnn.text.traditional import TraditionalWriter

_TOGETHER = 64  # texts written at once


def write_texts(
    stepper: Reader, seeds: SeedReader, seed: str, *, n: int, controls: Controls
) -> Iterator[Written[Generation]]:
    """Write texts on from a seed.

    Args:
        stepper: the network.
        seeds: what it reads of seeds.
        seed: kept as it is.
        n: how many; a beam search can find fewer.
        controls: how.

    Returns:
        The pieces of all texts, each text's in order; those of a beam search at its end.

    Raises:
        ConfigurationError: the seed does not fit the form, or the controls the model; at once.
    """
    call, blank = _begun(seeds, seed, controls)
    write = _searched if controls.beam > 1 else _drawn
    return write(call, stepper, blank, n)


def write_each(
    stepper: Reader, seeds: SeedReader, several: Sequence[str], controls: Controls
) -> list[Generation]:
    """Write a text on from each of several seeds, all at once.

    Returns:
        The texts, in order, each the one that :func:`write_texts` writes first.

    Raises:
        ConfigurationError: as :func:`write_texts`.
    """
    calls, drafts = zip(*(_begun(seeds, seed, controls) for seed in several), strict=True)
    if controls.beam > 1:
        pairs = zip(calls, drafts, strict=True)
        news = [next(_searched(call, stepper, draft, 1)) for call, draft in pairs]
        return in_order(replace(one, number=number) for number, one in enumerate(news))
    states = join([states_before_last(stepper, draft) for draft in drafts])
    dice = [Dice(call.first) for call in calls]
    for _ in draw_texts(stepper, drafts, dice, states, controls.sampling):
        pass  # what is written so far is of no interest here
    return [call.finished(draft, 0) for call, draft in zip(calls, drafts, strict=True)]


def _begun(seeds: SeedReader, seed: str, controls: Controls) -> tuple[_Call, Draft]:
    """What a seed's texts have in common, and the draft that they begin with."""
    require_seed(seed)
    blank = seeds.blank(seed, seeds.rules(controls, seed))
    state = controls.random_state
    call = _Call(
        seed,
        controls,
        secrets.randbits(32) if state is None else state,
        seeds.unknown_characters(seed),
        seeds.script.writer(controls.script, seed, controls.acrostic),
    )
    return call, blank


@dataclass(frozen=True)
class _Call:
    """What all texts of a call have in common.

    Attributes:
        seed: kept as it is.
        controls: how they are written.
        first: the random state of the first.
        unknown: characters of the seed that the model does not know.
        writer: makes what brings a text into the script that is wanted; None where it is in it.
    """

    seed: str
    controls: Controls
    first: int
    unknown: tuple[str, ...]
    writer: Callable[[], TraditionalWriter] | None

    def finished(self, draft: Draft, number: int) -> Generation:
        """A draft that came to its end."""
        return Generation(
            self.seed,
            in_script(draft.continuation, self.writer),
            draft.tokens,
            draft.log_probability,
            draft.finish,
            self.first + number,
            self.unknown,
        )


def _searched(call: _Call, stepper: Reader, blank: Draft, n: int) -> Iterator[Written[Generation]]:
    controls = call.controls
    logits, states = stepper.step([blank.last], states_before_last(stepper, blank))
    drafts = beam_search(
        stepper, blank, logits, states, width=controls.beam, sampling=controls.sampling
    )
    for number, draft in enumerate(drafts[:n]):
        found = call.finished(draft, 0)
        yield Written(number, found.continuation, found)


def _drawn(call: _Call, stepper: Reader, blank: Draft, n: int) -> Iterator[Written[Generation]]:
    states, sampling = states_before_last(stepper, blank), call.controls.sampling
    for begin in range(0, n, _TOGETHER):
        numbers = range(begin, min(n, begin + _TOGETHER))
        drafts = [blank.copy() for _ in numbers]
        writers = [call.writer() if call.writer else None for _ in numbers]
        dice = [Dice(call.first + number) for number in numbers]
        rows = take(states, [0] * len(drafts))
        for row, news in draw_texts(stepper, drafts, dice, rows, sampling):
            done, shown = bool(drafts[row].finish), writers[row]
            piece = news if shown is None else shown.write(news, is_last=done)
            if piece or done:
                result = call.finished(drafts[row], begin + row) if done else None
                yield Written(begin + row, piece, result)


def states_before_last(stepper: Reader, draft: Draft) -> States:
    """The states (1, U) from which a draft's last token, or its start, is read."""
    *before, _ = Tokenizer.START, *draft.ids
    return stepper.read(before)


def in_order(news: Iterable[Written[Generation]]) -> list[Generation]:
    """The finished texts, by their numbers."""
    found = {one.number: one.result for one in news if one.result is not None}
    return [found[number] for number in sorted(found)]


def in_script(text: str, writer: Callable[[], TraditionalWriter] | None) -> str:
    """A whole continuation in the script that is wanted."""
    return text if writer is None else writer().write(text, is_last=True)
