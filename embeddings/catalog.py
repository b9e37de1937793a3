"""Public word vectors: what they are and where they lie. Nothing is fetched by looking here."""

from __future__ import annotations

from dataclasses import dataclass

from textrnn.errors import ConfigurationError

_GLOVE = "https://nlp.stanford.edu/data"
_FASTTEXT = "https://dl.fbaipublicfiles.com/fasttext/vectors-crawl"


@dataclass(frozen=True)
class PublishedVectors:
    """Word vectors that somebody published.

    Attributes:
        name: short, as commands take it.
        title: what they are, and the paper.
        language: ISO 639-1 code.
        units: numbers a word; of several files all of them.
        licence: their terms.
        url: of the file.
        sha256: of the file; empty where none is published.
    """

    name: str
    title: str
    language: str
    units: str
    licence: str
    url: str
    sha256: str = ""


_VECTORS = (
    PublishedVectors(
        "glove-6b", "GloVe, Wikipedia 2014 and Gigaword 5 (Pennington et al. 2014)", "en",
        "50, 100, 200, 300", "PDDL 1.0", f"{_GLOVE}/glove.6B.zip",
    ),
    PublishedVectors(
        "glove-42b", "GloVe, Common Crawl, lower case", "en", "300", "PDDL 1.0",
        f"{_GLOVE}/glove.42B.300d.zip",
    ),
    PublishedVectors(
        "glove-840b", "GloVe, Common Crawl, cased", "en", "300", "PDDL 1.0",
        f"{_GLOVE}/glove.840B.300d.zip",
    ),
    PublishedVectors(
        "glove-twitter", "GloVe, two billion tweets", "en", "25, 50, 100, 200", "PDDL 1.0",
        f"{_GLOVE}/glove.twitter.27B.zip",
    ),
    PublishedVectors(
        "fasttext-en", "fastText, Common Crawl and Wikipedia (Grave et al. 2018)", "en", "300",
        "CC BY-SA 3.0", f"{_FASTTEXT}/cc.en.300.vec.gz",
    ),
    PublishedVectors(
        "fasttext-zh", "fastText, Common Crawl and Wikipedia (Grave et al. 2018)", "zh", "300",
        "CC BY-SA 3.0", f"{_FASTTEXT}/cc.zh.300.vec.gz",
    ),
)  # fmt: skip


def published_vectors() -> dict[str, PublishedVectors]:
    """The known vectors by their names."""
    return {vectors.name: vectors for vectors in _VECTORS}


def find_published(name: str) -> PublishedVectors:
    """Published vectors by their name.

    Raises:
        ConfigurationError: none are called so.
    """
    known = published_vectors()
    if name not in known:
        raise ConfigurationError(f"no vectors {name!r}; known: {', '.join(sorted(known))}")
    return known[name]
