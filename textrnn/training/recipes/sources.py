"""The files of texts that a recipe names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from textrnn.configuration import require, require_rate
from textrnn.corpora import Source
from textrnn.embeddings.catalog import shipped_vectors
from textrnn.heads.examples import ExampleSource


@dataclass(frozen=True)
class RecipeSource(ExampleSource):
    """One file of texts, below the data folder.

    Attributes:
        corpus: the corpus' name, for the card.
        licence: its terms, for the card.
        validation_share: share of a training file that is cut off for validation, by the recipe's
            random state: one that goes on with a model of the same file, or keeps its bag, should
            have the state of that one's recipe, lest it validates by texts that were learned.
        distinct_words: of a classifier's training or unlabelled file, texts are left out that share
            so many words in a row with a text that is kept out of training, that hold a shorter
            one of three words or more, or that are shorter than so many words themselves; 0: only
            copies are left out. Words are what spaces and marks divide.
        near_copies: of a classifier's training or unlabelled file, texts are left out whose overlap
            with a text that is kept out of training is so large, above 0 to 1
            (:class:`textrnn.corpora.NearCopies`); 0: only copies are left out.
        length_counterparts: of a classifier's training file, how many texts more each text gives,
            as long as it and of any label, so that a text's length says nothing of its label:
            :func:`textrnn.training.classifier.counterparts.length_counterparts`.
        at_most: of a classifier's training file, how many texts are read, drawn from those that are
            not left out; 0: all.
        among: of a classifier's test file, the labels by which alone it is measured, as by
            :meth:`textrnn.heads.classifier.classifier.Classifier.evaluate`; by default all.
        min_words: of a list of names, those with fewer words are left out.
        kind_column: of a list of names, the column that says what a name is, from 0; white space
            divides columns, the first is the name, and ``labels`` names the kinds that are kept.
    """

    corpus: str = ""
    licence: str = ""
    validation_share: float = 0.0
    distinct_words: int = 0
    near_copies: float = 0.0
    length_counterparts: int = 0
    at_most: int = 0
    among: tuple[str, ...] = ()
    min_words: int = 1
    kind_column: int | None = None

    def __post_init__(self) -> None:
        require("\0" not in self.file, f"file: no file is called {self.file!r}")
        require_rate("validation_share", self.validation_share)
        require(0 <= self.near_copies <= 1, f"near_copies must be from 0 to 1: {self.near_copies}")
        for name in ("distinct_words", "length_counterparts", "at_most"):
            require(getattr(self, name) >= 0, f"{name} must be 0 or more: {getattr(self, name)}")

    def below(self, folder: Path) -> ExampleSource:
        """The file as a head reads examples of it."""
        beside = str(folder / self.target_file) if self.target_file else ""
        return replace(self, file=str(folder / self.file), target_file=beside)

    def texts_below(self, folder: Path) -> Source:
        """The file as texts, with labels where it has some: others than ``labels`` are an error."""
        return Source(
            file=str(folder / self.file),
            format=self.format,
            text=self.text,
            label=self.label,
            labels=self.labels,
            constant_label=self.constant_label,
            key=self.key if self.only or self.without else None,
            only=self.only,
            without=self.without,
            encoding=self.encoding,
        )

    def vectors_below(self, folder: Path) -> Path:
        """The file as one of word vectors, or the name of vectors that ship."""
        return Path(self.file) if self.file in shipped_vectors() else folder / self.file

    @property
    def is_table(self) -> bool:
        """Whether the file is one of rows and columns."""
        return bool({".csv", ".tsv"} & set(Path(self.file).suffixes))


@dataclass(frozen=True)
class RecipeData:
    """Which texts do what. A classifier's texts in ``exclude``, ``validation`` or ``test`` never
    train, and those in ``test`` do not validate either.

    For a tagger ``train``, ``validation`` and ``test`` are tagged text and the sentences of the
    usual splits are left as they are; ``lexicon`` names word lists, a word a line,
    ``gazetteer`` lists of names, each of the kind that its ``constant_label`` says, and
    ``embeddings`` files of word vectors, or names of those that ship. For a generator ``train``,
    ``validation`` and ``test`` are running text or tables of texts; what must not train is left out
    by ``exclude``, text by text, or by ``without``.
    """

    train: tuple[RecipeSource, ...]
    validation: tuple[RecipeSource, ...] = ()
    unlabelled: tuple[RecipeSource, ...] = ()
    exclude: tuple[RecipeSource, ...] = ()
    test: tuple[RecipeSource, ...] = ()
    lexicon: tuple[RecipeSource, ...] = ()
    gazetteer: tuple[RecipeSource, ...] = ()
    embeddings: tuple[RecipeSource, ...] = ()

    def files(self) -> tuple[str, ...]:
        """The paths of all files below the data folder, each once."""
        uses: list[tuple[RecipeSource, ...]] = list(vars(self).values())
        named = [name for use in uses for s in use for name in (s.file, s.target_file) if name]
        return tuple(name for name in dict.fromkeys(named) if name not in shipped_vectors())
