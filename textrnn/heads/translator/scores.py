"""How near translations come to those of people: BLEU and chrF, as sacreBLEU measures them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from textrnn.errors import InputError, MissingExtraError
from textrnn.heads.outcome import OnOutcome, Outcome, unheard
from textrnn.text.simplify import simplify
from textrnn.text.traditional import is_traditional

if TYPE_CHECKING:
    from textrnn.corpora.pairs import Pair
    from textrnn.heads.translator.report import TranslationReport
    from textrnn.heads.translator.result import Translation
    from textrnn.text.tokenizer import Tokenizer

# How BLEU cuts what languages write without blanks into words; of others at blanks and marks.
_TOKENIZERS = {"zh": "zh", "lzh": "zh", "yue": "zh", "ja": "char", "th": "char", "ko": "char"}
_GROUPS = 5  # by the length of their sources, for which BLEU is told apart
_FEWEST = 20  # sentences of a group


@dataclass(frozen=True)
class Measures:
    """How near some texts come to their references.

    Attributes:
        bleu: BLEU (Papineni et al. 2002), from 0 to 100.
        chrf: chrF2 (Popović 2015), from 0 to 100.
        length_ratio: of the texts to the references, in BLEU's words.
    """

    bleu: float
    chrf: float
    length_ratio: float

    def as_dict(self) -> dict[str, float]:
        """The measures by name."""
        return {"BLEU": self.bleu, "chrF2": self.chrf, "length ratio": self.length_ratio}


@dataclass(frozen=True)
class ScoredSentence:
    """A source, its reference, its translation, and chrF2 of that."""

    source: str
    reference: str
    translation: str
    chrf: float


@dataclass(frozen=True)
class LengthGroup:
    """Pairs whose sources are about as long.

    Attributes:
        longest: characters of the longest source.
        pairs: how many.
        bleu: of their translations.
    """

    longest: int
    pairs: int
    bleu: float


class Scorer:
    """Measures translations into one language.

    Args:
        language: an ISO 639-1 code, which decides what a word is.
        lowercase: measure without regard to case, which models that write small letters alone
            cannot get right.
        simplified: read texts in traditional Chinese as simplified ones, which is what the model
            writes.

    Raises:
        MissingExtraError: sacreBLEU is not installed.
    """

    def __init__(self, language: str, *, lowercase: bool = False, simplified: bool = False) -> None:
        try:
            from sacrebleu.metrics import BLEU, CHRF
        except ModuleNotFoundError as error:
            raise MissingExtraError("to measure BLEU", "train") from error
        self._bleu = BLEU(tokenize=_TOKENIZERS.get(language, "13a"), lowercase=lowercase)
        self._chrf = CHRF(lowercase=lowercase)
        self._simplified = simplified

    @classmethod
    def of(cls, language: str, tokenizer: Tokenizer) -> Scorer:
        """For what a model writes with this tokenizer."""
        return cls(language, lowercase=tokenizer.lowercase, simplified=tokenizer.simplify)

    def bleu(self, translations: Sequence[str], references: Sequence[str]) -> float:
        """BLEU of some translations (Papineni et al. 2002), from 0 to 100; at least one."""
        texts, right = self._read(translations), self._read(references)
        return float(self._bleu.corpus_score(texts, [right]).score)

    def measure(self, translations: Sequence[str], references: Sequence[str]) -> Measures:
        """All measures of some translations, at least one."""
        texts, right = self._read(translations), [self._read(references)]
        found = self._bleu.corpus_score(texts, right)
        chrf = self._chrf.corpus_score(texts, right)
        ratio = found.sys_len / max(found.ref_len, 1)
        return Measures(float(found.score), float(chrf.score), float(ratio))

    def sentence(self, translation: str, reference: str) -> float:
        """Its chrF2, which tells more of a single sentence than BLEU does."""
        (text,), right = self._read([translation]), self._read([reference])
        return float(self._chrf.sentence_score(text, right).score)

    def is_right(self, translation: str, reference: str) -> bool:
        """Whether a translation is its reference, but for blanks at the ends."""
        text, right = self._read([translation.strip(), reference.strip()])
        return text == right

    def signatures(self) -> tuple[str, str]:
        """What BLEU and chrF2 were measured with; once something was measured."""
        return str(self._bleu.get_signature()), str(self._chrf.get_signature())

    def _read(self, texts: Sequence[str]) -> list[str]:
        if not self._simplified:
            return list(texts)
        return [simplify(text) if is_traditional(text) else text for text in texts]


def score_translations(
    answered: Iterable[tuple[Pair, Translation]],
    scorer: Scorer,
    *,
    on_outcome: OnOutcome = unheard,
) -> TranslationReport:
    """Score answers.

    Args:
        answered: pairs with what the model made of their sources.
        scorer: for their language.
        on_outcome: told of each in order.

    Raises:
        InputError: there are none.
    """
    from textrnn.heads.translator.report import TranslationReport

    sentences, broken_off = [], 0
    for pair, result in answered:
        chrf = scorer.sentence(result.text, pair.target)
        sentences.append(ScoredSentence(pair.source, pair.target, result.text, chrf))
        broken_off += result.broken_off
        on_outcome(Outcome(result.text, scorer.is_right(result.text, pair.target)))
    if not sentences:
        raise InputError("nothing to score: there are no pairs")
    references = [one.reference for one in sentences]
    measures = scorer.measure([one.translation for one in sentences], references)
    return TranslationReport(
        measures,
        scorer.measure([one.source for one in sentences], references),
        scorer.signatures(),
        tuple(sentences),
        tuple(_by_length(sentences, scorer)),
        broken_off,
    )


def _by_length(sentences: Sequence[ScoredSentence], scorer: Scorer) -> Iterable[LengthGroup]:
    """Groups of as many pairs, from those with the shortest sources on."""
    ordered = sorted(sentences, key=lambda one: len(one.source))
    count = max(1, min(_GROUPS, len(ordered) // _FEWEST))
    borders: Any = np.linspace(0, len(ordered), count + 1).round().astype(int)
    for begin, end in pairwise(borders):
        some = ordered[begin:end]
        found = scorer.measure([one.translation for one in some], [one.reference for one in some])
        yield LengthGroup(len(some[-1].source), len(some), found.bleu)
