"""Word vectors by name: those that ship, and public ones. Nothing is fetched by looking here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from textrnn.configuration import did_you_mean, unknown_key_message
from textrnn.embeddings.arguments import check_path, check_regular
from textrnn.embeddings.formats.packed import split_member
from textrnn.errors import ConfigurationError, InputError

_SHIPPED = Path(__file__).parent / "shipped"

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


@dataclass(frozen=True)
class ShippedVectors:
    """Word vectors that ship with textrnn, as a store of 8-bit numbers; they and their cards are
    made by ``recipes/vectors.py``.

    Attributes:
        name: what :func:`textrnn.embeddings.load` and commands call them.
        title: what they are, and the paper.
        language: ISO 639-1 code.
        words: how many.
        units: numbers a word.
        licence: their terms.
    """

    name: str
    title: str
    language: str
    words: int
    units: int
    licence: str

    @property
    def path(self) -> Path:
        """The store."""
        return _SHIPPED / f"{self.name}.textrnn-vectors"

    @property
    def card(self) -> Path:
        """What they are, where they come from and what they lose, in Markdown."""
        return _SHIPPED / f"{self.name}.md"


_SHIP = (
    ShippedVectors(
        "glove-en", "GloVe, Wikipedia 2014 and Gigaword 5, small letters (Pennington et al. 2014)",
        "en", 60_000, 100, "PDDL 1.0",
    ),
    ShippedVectors(
        "char-zh", "Tencent AI Lab Embedding, of single characters (Song et al. 2018)", "zh",
        4_729, 200, "CC BY 3.0",
    ),
)  # fmt: skip

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


def shipped_vectors() -> dict[str, ShippedVectors]:
    """The vectors that ship, by their names."""
    return {vectors.name: vectors for vectors in _SHIP}


def vectors_path(source: str | Path) -> Path:
    """Where vectors lie.

    Args:
        source: a name of vectors that ship, which always means those; or a file, or a zip with a
            member's name after a colon.

    Raises:
        InputError: there is no such file; where a name was meant, the nearest is told.
        ConfigurationError: it is neither a name nor a path.
    """
    path, ship = check_path(source), shipped_vectors()
    name = str(source)
    if name in ship:
        return ship[name].path
    try:
        check_regular(split_member(path)[0])
    except InputError as error:
        if len(path.parts) > 1:  # no name was meant
            raise
        raise InputError(f"{error}{_hint(name)}") from error
    return path.absolute() if str(path) in ship else path  # ./glove-en


def _hint(name: str) -> str:
    """What may have been meant by a name that no file has."""
    ship = shipped_vectors()
    if name in published_vectors():
        return f"; fetch it with: textrnn embeddings download {name}"
    return did_you_mean(name, ship) or f"; the vectors that ship are {', '.join(sorted(ship))}"


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
        raise ConfigurationError(unknown_key_message(name, sorted(known), what="vectors"))
    return known[name]
