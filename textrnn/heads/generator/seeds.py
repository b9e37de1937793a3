"""Seeds: what a model reads of them, and what must come after them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import require
from textrnn.decoding.bans import Bans
from textrnn.decoding.draft import Draft
from textrnn.decoding.rules import Form, Rules
from textrnn.decoding.vocabulary import Vocabulary
from textrnn.errors import ConfigurationError, SeedError
from textrnn.heads.generator.controls import Controls, require_text
from textrnn.heads.generator.script import ChineseScript
from textrnn.text.tokenizer import Tokenizer

_BLANKS = " \t\xa0\u1680\u202f\u205f\u2060\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200C)))


def require_seed(seed: str) -> None:
    """Raise :class:`SeedError` where a seed is no text."""
    try:
        require_text("the seed", seed)
    except ConfigurationError as error:
        raise SeedError(str(error)) from None


class SeedReader:
    """Makes of a seed a draft, which decoding writes on.

    Args:
        tokenizer: the model's.

    Attributes:
        script: what the vocabulary tells of the script in which the model writes.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._vocabulary = Vocabulary(tokenizer)
        self.script: ChineseScript = ChineseScript(tokenizer)

    def rules(self, controls: Controls, seed: str) -> Rules:
        """What every text of a call obeys.

        Raises:
            ConfigurationError: the controls do not go together, or the seed does not fit the form.
        """
        form: Form | None = None
        if controls.form is not None or controls.rhyme or controls.acrostic:
            from textrnn.heads.generator.verse import VerseForm

            form = VerseForm(
                self._tokenizer,
                name=controls.form or "free",
                rhyme=controls.rhyme,
                acrostic=self.script.plain(controls.acrostic),
            )
            form.check(self._with_line_ends(seed))
            require(
                controls.length >= form.length,
                f"length {controls.length} is too short for {form.name}, which takes {form.length}",
            )
            require(
                controls.min_length == 0 or not form.verses,
                "min-length does not go with a form that has its own length",
            )
        banned, stop = (
            tuple(map(self.script.plain, strings)) for strings in (controls.ban, controls.stop)
        )
        bans = Bans(banned, self._vocabulary.pieces) if banned else None
        return Rules(
            controls.length,
            controls.min_length,
            stop,
            bans,
            form,
            controls.no_repeat_ngram,
        )

    def blank(self, seed: str, rules: Rules) -> Draft:
        """A draft that holds a seed alone, as the model reads it.

        Where words bring the space before them, blanks at the seed's end would be tokens of their
        own, after which the model has hardly ever seen a word: they are left to the next token.
        Other models do not read the blanks at its end that they do not know.
        """
        seed = self.script.read(self._with_line_ends(seed))
        read, given = seed, ""
        if self._vocabulary.begins_with_space:
            read = seed.rstrip(_BLANKS)
            if read != seed and read and read[-1] not in "\r\n":
                given = " "
        else:
            read = seed.rstrip("".join(b for b in _BLANKS if b not in self._vocabulary.ids))
        ids = self._tokenizer.encode(read).ids.tolist()
        return Draft(seed, ids, self._vocabulary, rules, given=given)

    def encode(self, text: str) -> NDArray[np.int32]:
        """The tokens (T,) of a text as the model reads it."""
        return self._tokenizer.encode(self.script.read(self._with_line_ends(text))).ids

    def unknown_characters(self, text: str) -> tuple[str, ...]:
        """The characters, or words, of a text that the model does not know, each once."""
        text = self._with_line_ends(text)
        found = self._tokenizer.encode(self.script.read(text))
        places = found.offsets[found.ids == Tokenizer.UNK].tolist()
        return tuple(dict.fromkeys(text[start:end] for start, end in places))

    def _with_line_ends(self, text: str) -> str:
        """A text whose lines end as those that the model learned from, however they were ended."""
        if "\r" in self._vocabulary.ids:
            return text
        return text.replace("\r\n", "\n").replace("\r", "\n")
