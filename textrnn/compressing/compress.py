"""A smaller and faster model of a trained one, in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textrnn.bundle.bundle import Bundle, check_target, write_bundle
from textrnn.bundle.manifest import Manifest
from textrnn.bundle.places import require_name
from textrnn.catalog import head_class, model_path
from textrnn.compressing.compression import Compression, Side
from textrnn.compressing.compressor import Compressor, open_compressor
from textrnn.compressing.measuring import scores_of, side_of, time_share
from textrnn.configuration import path_of, require, require_whole
from textrnn.corpora.files.writing import open_scratch
from textrnn.counted import counted
from textrnn.errors import InputError
from textrnn.heads.examples import Examples, ExampleSource
from textrnn.heads.head import Head
from textrnn.reports.folder import markdown_table
from textrnn.training.card import write_card
from textrnn.training.loading import loading_training
from textrnn.training.loop.target import refuse_finished
from textrnn.version import __version__

if TYPE_CHECKING:
    from textrnn.training.loop.events import OnEvent

PRECISIONS = {8: "int8", 32: "float32"}
Data = str | Path | ExampleSource | Iterable[Any]


def compress(
    model: str | Path,
    *,
    out: str | Path,
    vocabulary: int | None = None,
    prune: float = 0.0,
    bits: int | None = None,
    train: Data | None = None,
    epochs: int = 1,
    evaluate: Examples | None = None,
    text: str | int | None = None,
    name: str = "",
    force: bool = False,
    on_event: OnEvent | None = None,
    on_message: Callable[[str], None] | None = None,
) -> Compression:
    """Make a smaller and faster model of a classifier, a tagger or a generator, and write it.

    Whole recurrent units go, those with the least weights
    (:mod:`textrnn.compressing.units`: Wen et al. 2018), and rare words. Where there are texts to
    distil from, the network that is left learns what the whole one answers.

    Args:
        model: name or path of a trained model.
        out: the folder that becomes the smaller one.
        vocabulary: how many words or tokens it is to have; the most frequent of ``train``, or else
            of what the model learned from. By default all.
        prune: the share of each encoder's units that goes, from 0 to below 1.
        bits: of the numbers that serve, 8 or 32; by default the model's.
        train: texts to distil from, without labels: the path of a file, an
            :class:`textrnn.heads.examples.ExampleSource`, or texts; for a generator running text.
        epochs: passes over them; 0 where they are to choose words alone, which needs no Keras.
        evaluate: examples that it did not learn from, as ``evaluate`` of the model takes them, by
            which scores and speed are told before and after.
        text: column or key of the texts of ``train``.
        name: of the smaller model; by default the folder's.
        force: whether a model at ``out`` may be replaced.
        on_event: called with a :class:`textrnn.training.loop.events.TrainingEvent` after each step
            and epoch of distillation.
        on_message: called with a line on what happens.

    Returns:
        What it came to, with the smaller model as ``model``.

    Raises:
        ModelNotFoundError: there is no such model.
        BundleError: it is damaged.
        ConfigurationError: nothing is to be done, or what is asked leaves nothing, or a model is at
            ``out`` already.
        InputError: the texts or examples cannot be read.
        MissingExtraError: there are texts to distil from, and Keras is not installed.

    Example:
        >>> found = textrnn.compress("ner-en", out="small", vocabulary=20_000, prune=0.3,
        ...     train="news.txt", evaluate="valid.conll")  # doctest: +SKIP
        >>> found.model.tag("Marie left Warsaw.")  # doctest: +SKIP
    """
    _check(vocabulary, prune, bits, epochs)
    if name:
        require_name(name)
    say = on_message or (lambda line: None)
    bundle, out = Bundle.open(model_path(model)), path_of("out", out)
    if isinstance(train, str | Path):
        train = ExampleSource(str(train), text=text)
    check_target(out, [bundle.path, *filter(None, map(_file_of, (train, evaluate)))])
    if not force:
        refuse_finished(out)
    was = str(bundle.manifest.serving.get("precision", "int8"))
    precision = PRECISIONS[bits] if bits else was
    require(
        vocabulary is not None or prune > 0 or precision != was,
        f"nothing is to be done: {bundle.name} has {was} already; give vocabulary=…, prune=… or "
        "bits=…",
    )
    compressor = open_compressor(bundle)
    texts = [] if train is None else compressor.read(train, text)
    examples = [] if evaluate is None else _examples(bundle, evaluate, say)
    with open_scratch(out) as scratch, head_class(bundle.manifest.task)(bundle) as whole:
        steps = _shrink(compressor, vocabulary, prune, texts)
        before = _measured(whole, examples, say)  # before it learns, since an example may be wrong
        if texts and epochs:
            steps.append(_distil(compressor, texts, epochs, scratch, on_event, say))
        if precision != was:
            steps.append(f"numbers: {was} before, {precision} now")
        files = compressor.files(precision)
        manifest = _manifest(
            compressor, name or out.name, precision, steps, _learned(train, len(texts), epochs)
        )
        write_bundle(scratch / "model", manifest, files)
        with type(whole).load(scratch / "model") as smaller:
            after = _measured(smaller, examples, say)
            share = time_share(whole, smaller, examples) if examples else None
        if examples and share is None:
            say("note: the examples are read too fast to tell the speed; give more of them")
    found = Compression(bundle.name, out, before, after, share, tuple(steps))
    manifest = replace(manifest, scores=_scores(found, evaluate))
    card = write_card(manifest, notes=_notes(found, evaluate))
    write_bundle(out, manifest, {**files, "README.md": card.encode("utf-8")})
    return found


def _check(vocabulary: int | None, prune: float, bits: int | None, epochs: int) -> None:
    """See that numbers are what they may be, before anything is read."""
    require_whole("epochs", epochs, least=0)
    if vocabulary is not None:
        require_whole("vocabulary", vocabulary, least=1)
    is_number = isinstance(prune, int | float) and not isinstance(prune, bool)
    require(is_number and 0 <= prune < 1, f"prune must be from 0 to below 1; received {prune!r}")
    require(bits in (None, *PRECISIONS), f"bits must be 8 or 32; received {bits!r}")


def _shrink(
    compressor: Compressor, vocabulary: int | None, prune: float, texts: list[Any]
) -> list[str]:
    """Cut the vocabulary and prune the units, and tell it."""
    steps = []
    if vocabulary is not None:
        before = compressor.words
        compressor.cut_vocabulary(vocabulary, texts)
        by = "in the texts given" if texts else "as the model numbers them"
        steps.append(
            f"vocabulary: {before:,} before, now the {compressor.words:,} most frequent {by}"
        )
        steps += compressor.notes
    if prune:
        units = _units(compressor)
        compressor.prune(prune)
        steps.append(f"units of its encoders: {units} before, {_units(compressor)} now")
    return steps


def _units(compressor: Compressor) -> str:
    encoders = compressor.network.as_dict()["encoders"]
    return " and ".join(str(encoder["units"]) for encoder in encoders)


def _distil(
    compressor: Compressor,
    texts: list[Any],
    epochs: int,
    folder: Path,
    on_event: OnEvent | None,
    say: Callable[[str], None],
) -> str:
    """Distil from texts, and tell what it came to."""
    with loading_training(say):
        import_module(f"textrnn.training.{compressor.task}.distil")
    say(f"{compressor.bundle.name} answers {counted(len(texts), 'text')}")
    found = compressor.distil(texts, epochs, folder, on_event)
    return (
        f"distilled from {counted(len(texts), 'text')} in {counted(epochs, 'epoch')}; of what was "
        f"held out, {found.measure}: {found.before:.4f} before, {found.after:.4f} after"
        + "; no epoch was better"
        * (not found.helped)
    )


def _examples(bundle: Bundle, evaluate: Examples, say: Callable[[str], None]) -> list[Any]:
    """The examples by which models are measured.

    Raises:
        InputError: they cannot be read, or there are none.
    """
    head = head_class(bundle.manifest.task)
    if isinstance(evaluate, str | Path):
        evaluate = ExampleSource(str(evaluate))
    if isinstance(evaluate, ExampleSource):
        found = list(head.read_examples(evaluate, on_note=say))
    else:
        found = list(head.given_examples(evaluate, ExampleSource("evaluate"), on_note=say))
    if not found:
        raise InputError(f"{_file_of(evaluate) or 'evaluate'}: there are no examples")
    return found


def _measured(head: Head, examples: list[Any], say: Callable[[str], None]) -> Side:
    """A model's size, and its scores where there are examples."""
    if not examples:
        return side_of(head.bundle, {})
    say(f"measuring {head.bundle.name} by {counted(len(examples), 'example')}")
    return side_of(head.bundle, scores_of(head, examples, say))


def _file_of(data: Any) -> Path | None:
    """The file of examples or texts, where it is one."""
    if isinstance(data, ExampleSource):
        return Path(data.file)
    return Path(data) if isinstance(data, str | Path) else None


def _learned(train: Any, texts: int, epochs: int) -> tuple[dict[str, Any], ...]:
    """What the manifest says of the texts that were given, where there were some."""
    if not texts:
        return ()
    file, use = _file_of(train), "distillation" if epochs else "vocabulary"
    return ({"name": file.name if file else "texts given", "use": use, "texts": texts},)


def _manifest(
    compressor: Compressor,
    name: str,
    precision: str,
    steps: list[str],
    learned: tuple[dict[str, Any], ...],
) -> Manifest:
    """What the smaller bundle says of itself; what was measured of the whole one goes."""
    whole = compressor.bundle.manifest
    training = {key: value for key, value in whole.training.items() if key != "measured"}
    serving = {**whole.serving, "precision": precision}
    made = {"model": whole.name, "sha256": whole.sha256, "steps": steps}
    return replace(
        whole,
        name=name,
        network=compressor.network.as_dict(),
        serving={k: v for k, v in serving.items() if k not in compressor.gone},
        training={**training, **compressor.settings(), "compressed": made},
        corpora=(*whole.corpora, *learned),
        scores={},
        textrnn_version=__version__,
        files={},
        sha256="",
    )


def _scores(found: Compression, evaluate: Any) -> dict[str, Any]:
    """The smaller model's scores, as its card names them."""
    file = _file_of(evaluate)
    where = file.name if file else "examples given"
    return {f"{where}: {name}": round(score, 4) for name, score in found.after.scores.items()}


def _notes(found: Compression, evaluate: Any) -> str:
    """What its card says of how it came about."""
    file = _file_of(evaluate)
    by = (
        f" Measured by {file.name if file else 'the examples given'}:"
        if evaluate is not None
        else ""
    )
    return (
        f"## What compression changed\n\nMade by `textrnn compress` of {found.name}; the facts on "
        f"training are that model's.{by}\n\n" + markdown_table(found.table())
    )
