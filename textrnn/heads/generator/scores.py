"""Scoring a generator: what it foresees, and what it writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textrnn.heads.generator.novelty import NoveltyReport, novelty_of
from textrnn.heads.generator.perplexity import PerplexityReport, measure_perplexity

if TYPE_CHECKING:
    from textrnn.corpora import Passage
    from textrnn.heads.generator.generator import Generator
    from textrnn.heads.generator.result import Generation


@dataclass(frozen=True)
class GenerationReport:
    """A generator's scores.

    Attributes:
        perplexity: on the documents.
        novelty: of the samples.
        samples: texts that it wrote by itself.
    """

    perplexity: PerplexityReport
    novelty: NoveltyReport
    samples: tuple[Generation, ...]

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            **self.perplexity.as_dict(),
            "samples": {
                **self.novelty.as_dict(),
                "written": [sample.as_dict() for sample in self.samples],
            },
        }


def evaluate_generator(
    generator: Generator,
    documents: Iterable[Passage],
    *,
    samples: int = 50,
    length: int = 200,
    temperature: float = 0.8,
    random_state: int = 0,
    on_tokens: Callable[[int], None] = lambda count: None,
) -> GenerationReport:
    """Measure a generator on documents that it did not learn from, and let it write.

    Args:
        generator: the model.
        documents: in pieces.
        samples: texts to write, from nothing.
        length: the most tokens of each.
        temperature: they are drawn at.
        random_state: of the first.
        on_tokens: called with how many tokens of the documents were read.

    Raises:
        InputError: there are no documents.
        ConfigurationError: a number is out of range.
    """
    # What is wrong with the samples' settings is told before the documents are read.
    writing = generator.generate_stream(
        n=samples, length=length, temperature=temperature, random_state=random_state
    )
    perplexity = measure_perplexity(generator, documents, on_tokens=on_tokens)
    results = {news.number: news.result for news in writing if news.result is not None}
    written = [results[number] for number in sorted(results)]
    return GenerationReport(perplexity, novelty_of(generator, written), tuple(written))
