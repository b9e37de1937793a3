"""Recipes: one TOML file that says how a model is made, from the texts to the card."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from textrnn.configuration import from_dict, require, require_choice, require_rate
from textrnn.corpora import (
    DocumentSource,
    LabelledText,
    NearCopies,
    Passage,
    Source,
    TaggedSource,
    drop_overlap,
    read_documents,
    read_labelled,
    read_lines,
    read_tagged,
    read_texts,
    split_by_text,
    text_key,
    word_runs,
)
from textrnn.errors import ConfigurationError, InputError, MissingExtraError
from textrnn.heads.generator.network import GeneratorHead
from textrnn.network import Embedding, Encoder
from textrnn.runtime.graph import PRECISIONS
from textrnn.training.classifier import ClassifierPlan
from textrnn.training.counterparts import length_counterparts
from textrnn.training.generator import GeneratorPlan
from textrnn.training.run import ModelInfo
from textrnn.training.settings import (
    AuxiliarySettings,
    BagSettings,
    ConsistencySettings,
    FeatureSettings,
    HeadSettings,
    LanguageSettings,
    TaggerHeadSettings,
    TokenizerSettings,
    TrainingSettings,
    VectorSettings,
)
from textrnn.training.tagger import TaggerPlan

TASKS = ("classifier", "tagger", "generator")
_MOST_BYTES = 1_000_000  # of a recipe
_SHORTEST_PASSAGE = 3  # words of a held-out text that may not stand in another; two are a phrase


@dataclass(frozen=True)
class RecipeSource:
    """One file of texts.

    Attributes:
        file: path below the data folder.
        corpus: the corpus' name, for the card.
        licence: its terms, for the card.
        format: as :class:`textrnn.corpora.Source` has it; by default from the file's name.
        text: column or key of the text.
        label: column or key of the label.
        labels: new names for the labels.
        constant_label: the label of every text, where the file has none.
        encoding: of the file.
        validation_share: share of a training file that is cut off for validation.
        distinct_words: of a classifier's training or unlabelled file, texts are left out that share
            so many words in a row with a text that is kept out of training, that hold a shorter
            one of three words or more, or that are shorter than so many words themselves; 0: only
            copies are left out. Words are what spaces and marks divide.
        near_copies: of a classifier's training or unlabelled file, texts are left out whose overlap
            with a text that is kept out of training is so large, above 0 to 1
            (:class:`textrnn.corpora.NearCopies`); 0: only copies are left out.
        length_counterparts: of a classifier's training file, how many texts more each text gives,
            as long as it and of any label, so that a text's length says nothing of its label:
            :func:`textrnn.training.counterparts.length_counterparts`.
        scheme: of a tagged file's tags, as :class:`textrnn.corpora.TaggedSource` has it.
        min_words: of a list of names, those with fewer words are left out.
        kind_column: of a list of names, the column that says what a name is, from 0; white space
            divides columns, the first is the name, and ``labels`` names the kinds that are kept.
        unit: of running text, as :class:`textrnn.corpora.DocumentSource` has this and what follows.
        key: by which ``only`` and ``without`` choose among JSON records, or the column by which
            they choose among a table's rows.
        only: the values whose records or rows are read.
        without: the values whose records or rows are left out.
        reflow: whether the lines of a paragraph are joined.
        replace: strings, each with what stands for it.
    """

    file: str
    corpus: str = ""
    licence: str = ""
    format: str | None = None
    text: str | int | None = None
    label: str | int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    constant_label: str | None = None
    encoding: str = "utf-8"
    validation_share: float = 0.0
    distinct_words: int = 0
    near_copies: float = 0.0
    length_counterparts: int = 0
    scheme: str | None = None
    min_words: int = 1
    kind_column: int | None = None
    unit: str = "file"
    key: str = "title"
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    reflow: bool = False
    replace: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require("\0" not in self.file, f"file: no file is called {self.file!r}")
        require_rate("validation_share", self.validation_share)
        require(0 <= self.near_copies <= 1, f"near_copies must be from 0 to 1: {self.near_copies}")
        for name in ("distinct_words", "length_counterparts"):
            require(getattr(self, name) >= 0, f"{name} must be 0 or more: {getattr(self, name)}")

    def below(self, folder: Path) -> Source:
        """The file as the corpora room reads it."""
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

    def tagged_below(self, folder: Path) -> TaggedSource:
        """The file as tagged text."""
        return TaggedSource(
            file=str(folder / self.file),
            format=self.format,
            scheme=self.scheme,
            labels=self.labels,
            encoding=self.encoding,
        )

    @property
    def is_table(self) -> bool:
        """Whether the file is one of rows and columns."""
        return bool({".csv", ".tsv"} & set(Path(self.file).suffixes))

    def documents_below(self, folder: Path) -> DocumentSource:
        """The file as running text."""
        return DocumentSource(
            file=str(folder / self.file),
            format=self.format,
            unit=self.unit,
            text=None if self.text is None else str(self.text),
            key=self.key,
            only=self.only,
            without=self.without,
            reflow=self.reflow,
            replace=self.replace,
            encoding=self.encoding,
        )


@dataclass(frozen=True)
class RecipeData:
    """Which texts do what. A classifier's texts in ``exclude``, ``validation`` or ``test`` never
    train, and those in ``test`` do not validate either.

    For a tagger ``train``, ``validation`` and ``test`` are tagged text and the sentences of the
    usual splits are left as they are; ``lexicon`` names word lists, a word a line,
    ``gazetteer`` lists of names, each of the kind that its ``constant_label`` says, and
    ``embeddings`` a file of word vectors. For a generator ``train``, ``validation`` and ``test``
    are running text or tables of texts; what must not train is left out by ``exclude``, text by
    text, or by ``without``.
    """

    train: tuple[RecipeSource, ...]
    validation: tuple[RecipeSource, ...] = ()
    unlabelled: tuple[RecipeSource, ...] = ()
    exclude: tuple[RecipeSource, ...] = ()
    test: tuple[RecipeSource, ...] = ()
    lexicon: tuple[RecipeSource, ...] = ()
    gazetteer: tuple[RecipeSource, ...] = ()
    embeddings: RecipeSource | None = None


@dataclass(frozen=True)
class Recipe:
    """What every recipe says; the tables are those of the settings they are named after.

    ``init_from`` names the models that it begins with, which have recipes of their own.
    """

    name: str
    data: RecipeData
    task: str = "classifier"
    language: str = "en"
    description: str = ""
    licence: str = ""
    notes: str = ""
    precision: str = "int8"
    init_from: tuple[str, ...] = ()
    embedding: Embedding = field(default_factory=Embedding)
    vectors: VectorSettings = field(default_factory=VectorSettings)
    encoders: tuple[Encoder, ...] = field(default_factory=lambda: (Encoder(),))
    training: TrainingSettings = field(default_factory=TrainingSettings)

    def __post_init__(self) -> None:
        require_choice("task", self.task, TASKS)
        require_choice("precision", self.precision, PRECISIONS)
        require(len(self.data.train) >= 1, "data.train must name at least one file")


@dataclass(frozen=True)
class ClassifierRecipe(Recipe):
    """A recipe for a classifier."""

    tokenizer: TokenizerSettings = field(default_factory=TokenizerSettings)
    head: HeadSettings = field(default_factory=HeadSettings)
    consistency: ConsistencySettings = field(default_factory=ConsistencySettings)
    bag: BagSettings = field(default_factory=BagSettings)
    auxiliary: AuxiliarySettings = field(default_factory=AuxiliarySettings)

    @property
    def plan(self) -> ClassifierPlan:
        """The settings of the training."""
        return ClassifierPlan(
            tokenizer=self.tokenizer,
            embedding=self.embedding,
            vectors=self.vectors,
            encoders=self.encoders,
            head=self.head,
            training=self.training,
            consistency=self.consistency,
            bag=self.bag,
            auxiliary=self.auxiliary,
        )


@dataclass(frozen=True)
class TaggerRecipe(Recipe):
    """A recipe for a tagger."""

    features: FeatureSettings = field(default_factory=FeatureSettings)
    head: TaggerHeadSettings = field(default_factory=TaggerHeadSettings)

    @property
    def plan(self) -> TaggerPlan:
        """The settings of the training."""
        return TaggerPlan(
            features=self.features,
            embedding=self.embedding,
            vectors=self.vectors,
            encoders=self.encoders,
            head=self.head,
            training=self.training,
        )


@dataclass(frozen=True)
class GeneratorRecipe(Recipe):
    """A recipe for a generator; ``vectors`` says nothing to it."""

    encoders: tuple[Encoder, ...] = field(
        default_factory=lambda: (Encoder(units=256, bidirectional=False),)
    )
    tokenizer: TokenizerSettings = field(
        default_factory=lambda: TokenizerSettings(level="bpe", lowercase=False)
    )
    head: GeneratorHead = field(default_factory=GeneratorHead)
    language_model: LanguageSettings = field(default_factory=LanguageSettings)

    def __post_init__(self) -> None:
        super().__post_init__()
        require(
            not (self.language_model.backward and self.data.test),
            "a generator that reads backward is not measured: leave out data.test",
        )

    @property
    def plan(self) -> GeneratorPlan:
        """The settings of the training."""
        return GeneratorPlan(
            tokenizer=self.tokenizer,
            embedding=self.embedding,
            encoders=self.encoders,
            head=self.head,
            language=self.language_model,
            training=self.training,
        )


AnyRecipe = ClassifierRecipe | TaggerRecipe | GeneratorRecipe

_RECIPES: dict[str, type[AnyRecipe]] = {
    "classifier": ClassifierRecipe,
    "tagger": TaggerRecipe,
    "generator": GeneratorRecipe,
}


@dataclass(frozen=True)
class RecipeTexts:
    """The texts that a recipe's files hold, leaks removed."""

    train: Sequence[LabelledText]
    validation: Sequence[LabelledText] | None
    unlabelled: Sequence[str]


def read_recipe(path: str | Path) -> AnyRecipe:
    """Read a recipe.

    Raises:
        InputError: the file cannot be read or is not TOML.
        ConfigurationError: a setting is unknown or wrong; the message names the file and table.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise InputError(f"{path}: too long for a recipe (over {_MOST_BYTES:,} bytes)")
        data = _toml_loads()(content.decode("utf-8"))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    except ValueError as error:
        raise InputError(f"{path}: not TOML: {error}") from error
    except RecursionError as error:
        raise InputError(f"{path}: tables or lists are nested too deep") from error
    # A task that is none of these is refused by the recipe's own checks.
    kind = _RECIPES.get(str(data.get("task", "classifier")), ClassifierRecipe)
    recipe = from_dict(kind, data, where=str(path))
    try:
        recipe.plan  # noqa: B018 - whether its tables go together
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from error
    return recipe


def data_folder(given: str | Path | None) -> Path:
    """Where a recipe's files lie: the folder given, or the environment's ``TEXTRNN_DATA``.

    Raises:
        ConfigurationError: neither is set, or there is no such folder.
    """
    name = given or os.environ.get("TEXTRNN_DATA")
    if not name:
        raise ConfigurationError("a recipe needs its data: give --data DIR or set TEXTRNN_DATA")
    if not Path(name).is_dir():
        raise ConfigurationError(f"{name}: the data folder does not exist")
    return Path(name)


def read_recipe_texts(
    recipe: ClassifierRecipe, folder: Path, *, on_message: Callable[[str], None]
) -> RecipeTexts:
    """Read a recipe's texts, and drop whatever must not be learned or chosen by.

    Args:
        recipe: the recipe.
        folder: the data folder.
        on_message: called with a line on each thing dropped or added.

    Raises:
        InputError: a file is missing or malformed.
    """
    data, state = recipe.data, recipe.training.random_state
    validation = [e for source in data.validation for e in read_labelled(source.below(folder))]
    files: list[tuple[RecipeSource, list[LabelledText]]] = []
    for source in data.train:
        examples = list(read_labelled(source.below(folder)))
        if source.validation_share:
            examples, cut = split_by_text(
                examples, fraction=source.validation_share, random_state=state
            )
            validation += cut
        files.append((source, examples))
    tests = [text for source in data.test for text in read_texts(source.below(folder))]
    validation, dropped = drop_overlap(validation, {text_key(text) for text in tests})
    if dropped:
        on_message(f"dropped {dropped:,} validation texts that tests hold")
    held_out = _HeldOut(
        [e.text for e in validation]
        + tests
        + [text for source in data.exclude for text in read_texts(source.below(folder))]
    )
    train: list[LabelledText] = []
    dropped = 0
    for source, examples in files:
        kept = [example for example in examples if not held_out.has(example.text, source)]
        dropped += len(examples) - len(kept)
        made = length_counterparts(kept, times=source.length_counterparts, random_state=state)
        if made:
            on_message(
                f"{source.file}: made {len(made):,} texts as long as its texts, of all labels"
            )
        train += [*kept, *made]
    on_message(f"dropped {dropped:,} training texts that validation, tests or exclude hold")
    plain = [(source, t) for source in data.unlabelled for t in read_texts(source.below(folder))]
    unlabelled = [text for source, text in plain if not held_out.has(text, source)]
    if plain:
        on_message(f"dropped {len(plain) - len(unlabelled):,} unlabelled texts likewise")
    return RecipeTexts(train, validation or None, unlabelled)


class _HeldOut:
    """Texts that must not be learned: whole copies of them, near ones, or passages."""

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts
        self._keys = {text_key(text) for text in texts}
        self._runs: dict[int, set[int]] = {}

    @cached_property
    def _near(self) -> NearCopies:
        return NearCopies(self._texts)

    def has(self, text: str, source: RecipeSource) -> bool:
        """Whether a text of a file is one of them, or has more in common with one than it may."""
        if text_key(text) in self._keys:
            return True
        if source.near_copies and self._near.overlap(text) >= source.near_copies:
            return True
        words = source.distinct_words
        if not words:
            return False
        if not word_runs(text, words=words):
            return True  # too short to be told from a passage
        lengths = range(min(_SHORTEST_PASSAGE, words), words + 1)
        runs = self._runs_of(words)
        return any(not runs.isdisjoint(word_runs(text, words=length)) for length in lengths)

    def _runs_of(self, words: int) -> set[int]:
        """Hashes of the texts' runs of so many words; a shorter text is one run."""
        if words not in self._runs:
            self._runs[words] = runs = set()
            for text in self._texts:
                for length in range(words, min(_SHORTEST_PASSAGE, words) - 1, -1):
                    found = word_runs(text, words=length)
                    runs.update(found)
                    if found:
                        break
        return self._runs[words]


def read_recipe_documents(
    sources: Iterable[RecipeSource], folder: Path, *, without: Collection[str] = ()
) -> Iterator[Passage]:
    """The documents of some of a generator's files, in pieces; of a table each row's text is one.

    Args:
        sources: the files.
        folder: the data folder.
        without: keys (:func:`textrnn.corpora.text_key`) of documents to leave out; one of several
            pieces is never left out.

    Raises:
        InputError: a file is missing or malformed.
    """
    whole = True  # whether a piece that ends a document is all of it
    for source in sources:
        passages = read_documents(source.documents_below(folder))
        if source.is_table:
            passages = (Passage(t, ends=True) for t in read_texts(source.below(folder)))
        for passage in passages:
            if not (without and whole and passage.ends and text_key(passage.text) in without):
                yield passage
            whole = passage.ends


def text_keys(sources: Iterable[RecipeSource], folder: Path) -> set[str]:
    """The keys (:func:`textrnn.corpora.text_key`) of all texts of some files."""
    return {text_key(text) for source in sources for text in read_texts(source.below(folder))}


def model_info(recipe: Recipe, folder: Path) -> ModelInfo:
    """What the recipe's bundle says of itself, the records of its files included."""
    return ModelInfo(
        name=recipe.name,
        language=recipe.language,
        description=recipe.description,
        licence=recipe.licence,
        corpora=_corpora(recipe, folder),
        notes=recipe.notes,
    )


def _corpora(recipe: Recipe, folder: Path) -> tuple[dict[str, Any], ...]:
    """A record for each file: what it is, what for, and the sha256 of its bytes."""
    data = recipe.data
    counters = {"tagger": _count_tagged, "generator": _count_documents}
    texts = counters.get(recipe.task, _count_texts)
    uses: Iterable[tuple[str, tuple[RecipeSource, ...], Callable[[RecipeSource, Path], int]]] = (
        ("training", data.train, texts),
        ("validation", data.validation, texts),
        ("unlabelled", data.unlabelled, _count_texts),
        ("lexicon", data.lexicon, _count_texts),
        ("gazetteer", data.gazetteer, _count_texts),
        ("word vectors", (data.embeddings,) if data.embeddings else (), _count_lines),
        ("test", data.test, texts),
    )
    return tuple(
        {
            "name": source.corpus or source.file,
            "use": use + (" and validation" if source.validation_share else ""),
            "file": source.file,
            "texts": count(source, folder),
            "licence": source.licence,
            "sha256": _sha256(folder / source.file),
        }
        for use, sources, count in uses
        for source in sources
    )


def _sha256(path: Path) -> str:
    """Of a file's bytes; of a folder's files and their names."""
    if not path.is_dir():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    digest = hashlib.sha256()
    for file in sorted(file for file in path.rglob("*") if file.is_file()):
        digest.update(f"{file.relative_to(path)} {_sha256(file)}\n".encode("utf-8", "replace"))
    return digest.hexdigest()


def _count_tagged(source: RecipeSource, folder: Path) -> int:
    return sum(1 for _ in read_tagged(source.tagged_below(folder)))


def _count_documents(source: RecipeSource, folder: Path) -> int:
    return sum(passage.ends for passage in read_recipe_documents([source], folder))


def _count_texts(source: RecipeSource, folder: Path) -> int:
    return sum(1 for _ in read_texts(source.below(folder)))


def _count_lines(source: RecipeSource, folder: Path) -> int:
    return sum(1 for _ in read_lines(folder / source.file))


def _toml_loads() -> Callable[[str], dict[str, Any]]:
    """Python's own reader, or before 3.11 the package that it came from."""
    name = "tomllib" if sys.version_info >= (3, 11) else "tomli"
    try:
        loads: Callable[[str], dict[str, Any]] = import_module(name).loads
    except ModuleNotFoundError as error:
        raise MissingExtraError("reading a recipe", "train") from error
    return loads
