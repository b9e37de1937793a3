"""Training a tagger in one call, from Python as from the shell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textrnn.configuration import converted, require
from textrnn.training.tagger.files import TaggerFiles
from textrnn.training.train import (
    AUTO,
    Data,
    OnMessage,
    PathLike,
    as_data,
    load_trained,
    train_model,
)

if TYPE_CHECKING:
    from textrnn.heads.tagger.tagger import Tagger
    from textrnn.training.loop.events import OnEvent
    from textrnn.training.tagger.plan import TaggerPlan


def train_tagger(
    train: Data,
    *,
    out: PathLike,
    validation: Data | None = None,
    unlabelled: Data = (),
    lexicon: Data = (),
    gazetteer: Mapping[str, Iterable[str]] | None = None,
    labels: Mapping[str, str] | None = None,
    format: str | None = None,
    encoding: str = "utf-8",
    embeddings: PathLike | Sequence[PathLike] | None = None,
    init_from: PathLike | Sequence[PathLike] = AUTO,
    plan: TaggerPlan | None = None,
    name: str = "",
    language: str = "",
    precision: str = "int8",
    resume: bool = False,
    force: bool = False,
    on_event: OnEvent | None = None,
    on_message: OnMessage | None = None,
    **settings: Any,
) -> Tagger:
    """Train a tagger, write it as a bundle, and load it.

    Args:
        train: what to learn from: the path of a file or folder; or pairs
            ``(text, [(start, end, label), …])`` or ``(words, tags)``, dictionaries as annotation
            tools export them, a frame with a word a row, or
            :class:`textrnn.corpora.TaggedSentence` and :class:`textrnn.corpora.SpannedText`.
        out: as :func:`train_classifier` has it, like the others below.
        validation: the same as ``train``; by default whole documents are cut from that.
        unlabelled: a path, or texts: further ones for the vocabulary and the word vectors.
        lexicon: a path, or words to match, for a model of characters.
        gazetteer: lists of known names by their kind, as ``city``.
        labels: other names for labels; an empty one drops a label.
        format: of the files.
        encoding: of the files.
        embeddings: word vectors to begin with, whose words the vocabulary holds, too: a name of
            those that ship, as ``glove-en``, a file, or several, whose numbers stand end to end.
            The embedding has their units, and as many words as 12 MB hold.
        init_from: a tagger to begin with, the scores of its tags for labels that mean what one of
            its own does; or generators: their encoders, and the rows of words that both have. By
            ``auto``, the default, few sentences begin with the shipped tagger of their language; by
            ``none`` with nothing.
        plan: all settings; by default those that fit the sentences.
        name: the model's name.
        language: ISO 639-1 code.
        precision: ``int8`` or ``float32``.
        resume: go on where a stopped run left off.
        force: whether a model at ``out``, or the state of a stopped run, may be replaced.
        on_event: called after each step and epoch.
        on_message: called with a line on what happens.
        settings: settings that are to be other than the plan's, by the names that the options of
            ``textrnn train tagger`` have.

    Returns:
        The model.

    Raises:
        ConfigurationError, InputError, TrainingError, MissingExtraError: as
            :func:`train_classifier`.

    Example:
        >>> model = textrnn.train_tagger("names.conll", out="names", units=50)  # doctest: +SKIP
    """
    for kind, names in converted(Mapping[str, Any], gazetteer or {}, "gazetteer").items():
        require(not isinstance(names, str), f"gazetteer: {kind}: expected names in a list: {names}")
    files = TaggerFiles(
        as_data(train), as_data(validation), format, encoding, as_data(unlabelled),
        as_data(lexicon), converted(Mapping[str, str], labels or {}, "labels"),
    )  # fmt: skip
    manifest = train_model(
        "tagger", files, settings, out=out, plan=plan, embeddings=embeddings,
        init_from=init_from, name=name, language=language, precision=precision, resume=resume,
        force=force, on_event=on_event, on_message=on_message, gazetteer=gazetteer,
    )  # fmt: skip
    model: Tagger = load_trained(out, manifest, on_message=on_message)
    return model
