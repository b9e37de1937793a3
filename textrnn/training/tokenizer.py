"""The tokenizer of a training run: made of its texts, once."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textrnn.configuration import to_dict
from textrnn.counted import counted
from textrnn.errors import InputError
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.loop.run_folder import RunFolder
from textrnn.training.settings import TokenizerSettings


def make_tokenizer(
    texts: Callable[[], Iterable[str]],
    settings: TokenizerSettings,
    *,
    folder: RunFolder,
    say: Callable[[str], None],
    name: str = "tokenizer.json",
    widen: Callable[[Tokenizer], Tokenizer] = lambda made: made,
) -> Tokenizer:
    """A tokenizer of these texts, or the one that the resumed run made.

    Args:
        texts: gives the training texts.
        settings: of the vocabulary.
        folder: the run's, which keeps it.
        say: told in a line that it is made, and where it is larger than asked for.
        name: of the file in that.
        widen: adds to what was made of the texts.

    Raises:
        InputError: there are no texts, or no token is in them as often as it has to be.
    """
    if (kept := folder.read(name)) is not None:
        return Tokenizer.from_json(kept.decode("utf-8"), simplify=settings.simplify)
    say("making the vocabulary")
    tokenizer = Tokenizer.train(texts(), **to_dict(settings))
    size, most = tokenizer.vocabulary_size, settings.vocabulary_size
    if size > most:
        what = "byte" if settings.level == "bpe" else "character"
        say(f"note: the vocabulary has {size} tokens, not {most}: each {what} needs one")
    tokenizer = widen(tokenizer)
    if tokenizer.vocabulary_size <= len(Tokenizer.SPECIAL_TOKENS):
        if next(iter(texts()), None) is None:
            raise InputError("there are no texts")
        raise InputError(
            "the vocabulary is empty: no token is in the training texts "
            f"{counted(settings.min_frequency, 'time')}; add text, or ask for less often "
            "(min_frequency=…) or for another level (level=…)"
        )
    folder.write(name, tokenizer.to_json().encode("utf-8"))
    return tokenizer
