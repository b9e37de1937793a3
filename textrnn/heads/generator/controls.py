"""How a text is to be written: length, temperature, filters, bans, form."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from numbers import Integral
from typing import Any

from textrnn.configuration import require, require_choice, unknown_key_message
from textrnn.decoding.sampling import Sampling
from textrnn.heads.generator.script import SCRIPTS

_MOST_STATE = 2**63 - 1
LENGTH_LIMIT = 100_000
CACHE_LIMIT = 20_000  # tokens; with states of 512 units 80 MB a text


@dataclass(frozen=True)
class Controls:
    """How texts are written; :meth:`Generator.generate` takes these names.

    Attributes:
        length: the most tokens to write; for a character model, characters.
        min_length: the fewest before an end or a stop string counts.
        temperature: logits are divided by it; 0 takes the most probable token. A number, or
            several that take turns.
        top_k: so many of the most probable tokens stay.
        top_p: the fewest tokens stay whose probabilities sum to this.
        min_p: tokens stay that are this times as probable as the most probable one.
        repetition_penalty: makes tokens that the text has already less probable.
        no_repeat_ngram: no sequence of so many tokens comes twice.
        stop: strings at which a text stops.
        ban: strings that are not written.
        cache: so many of the seed's last tokens are more probable to come again where the text goes
            on as it did there (:mod:`textrnn.decoding.cache`), so that its names stay; 0: none.
        beam: above 1 the most probable text that a beam search of this width finds; nothing is
            drawn, so temperature and filters must be left alone.
        form: of Chinese verse: ``五绝``, ``七绝``, ``五律``, ``七律`` or ``free``.
        rhyme: whether the even verses rhyme.
        acrostic: characters that begin the verses, one each.
        script: of Chinese: ``simplified``, ``traditional``, or ``auto``, the seed's own.
        random_state: of the first text; the next has one more, and so on. By default drawn.
    """

    length: int = 200
    min_length: int = 0
    temperature: float | Sequence[float] = 0.8
    top_k: int = 0
    top_p: float = 1.0
    min_p: float = 0.0
    repetition_penalty: float = 1.0
    no_repeat_ngram: int = 0
    stop: Sequence[str] = ()
    ban: Sequence[str] = ()
    cache: int = 0
    beam: int = 1
    form: str | None = None
    rhyme: bool = False
    acrostic: str = ""
    script: str = "auto"
    random_state: int | None = None

    def __post_init__(self) -> None:
        require_between("length", self.length, 1, LENGTH_LIMIT)
        require_between("min-length", self.min_length, 0, self.length, "the length ")
        require_between("cache", self.cache, 0, CACHE_LIMIT)
        require_between("beam", self.beam, 1, 100)
        if self.random_state is not None:
            require_between("random-state", self.random_state, 0, _MOST_STATE)
        for name in ("stop", "ban"):
            value = getattr(self, name)
            is_list = isinstance(value, Collection) and not isinstance(value, str | bytes | Mapping)
            require(is_list, f"{name} takes a list of strings: {value!r:.80}")
            require(all(value), f"{name}: a string must not be empty")
            for string in value:
                require_text(name, string)
        require_text("acrostic", self.acrostic)
        if self.form is not None:
            require_text("form", self.form)
        for string in self.ban:
            require(string not in self.acrostic, f"{string!r} is banned and in the acrostic")
        require_choice("script", self.script, SCRIPTS)
        _ = self.sampling  # which refuses what is out of range
        if self.beam > 1:
            drawn = ("temperature", "top_k", "top_p", "min_p")
            changed = [n.replace("_", "-") for n in drawn if getattr(self, n) != _default(n)]
            require(not changed, f"a beam search draws nothing: leave out {', '.join(changed)}")

    @property
    def sampling(self) -> Sampling:
        """How the next token is drawn."""
        given = self.temperature
        if isinstance(given, str) or not isinstance(given, Sequence):
            given = (given,)
        return Sampling(
            tuple(given),
            self.top_k,
            self.top_p,
            self.min_p,
            self.repetition_penalty,
            self.no_repeat_ngram,
        )


@dataclass(frozen=True)
class Seed:
    """A text to go on from, and how, where that is not said for all of them.

    Attributes:
        text: kept as it is; empty, a text begins as the training texts did.
        controls: names and values of :class:`Controls`.
    """

    text: str = ""
    controls: Mapping[str, Any] = field(default_factory=dict)


def chosen_controls(given: Mapping[str, Any], *also_known: str) -> Controls:
    """The controls of these names and values.

    Args:
        given: these.
        also_known: keywords beside them, which a wrong name may have been meant for.

    Raises:
        ConfigurationError: one is unknown, or out of range.
    """
    known = [one.name for one in fields(Controls)]
    for name in given:
        message = unknown_key_message(name, [*known, *also_known], what="control")
        require(name in known, message)
    return Controls(**given)


def require_text(name: str, text: str) -> None:
    """Raise :class:`ConfigurationError` where a text is no string or holds bytes that were none."""
    require(isinstance(text, str), f"{name} is no string: {text!r} ({type(text).__name__})")
    valid = True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        valid = False
    require(valid, f"{name} is not valid text: {text!r}")


def _default(name: str) -> object:
    return next(one.default for one in fields(Controls) if one.name == name)


def require_between(name: str, value: int, least: int, most: int, about_most: str = "") -> None:
    """Raise :class:`ConfigurationError` unless ``value`` is a whole number within bounds."""
    is_whole = isinstance(value, Integral) and not isinstance(value, bool)
    require(is_whole, f"{name} must be a whole number; received {value!r:.40}")
    require(
        least <= value <= most,
        f"{name} must be from {least} to {about_most}{most:,}; received {value!r:.40}",
    )
