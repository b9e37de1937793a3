"""The classifier: texts in, labels with probabilities and attention out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import Bundle
from textrnn.bundle.manifest import Manifest
from textrnn.configuration import require, require_whole
from textrnn.corpora.labels import UNCERTAIN
from textrnn.heads.classifier.network import ClassifierNetwork
from textrnn.heads.classifier.parts import (
    expected_graph,
    read_bag,
    read_bag_alone,
    read_calibration,
)
from textrnn.heads.classifier.pool import Asked, Pool, Reading, Windows
from textrnn.heads.classifier.result import Classification
from textrnn.heads.head import Head
from textrnn.heads.inputs import checked_texts
from textrnn.heads.outcome import OnOutcome, unheard
from textrnn.heads.parts import read_graph, read_network, read_tokenizer, read_windows
from textrnn.heads.result import INTEGER, NUMBER, TEXT, Columns
from textrnn.network import Network
from textrnn.runtime.cores import chosen_threads
from textrnn.runtime.session import Session
from textrnn.runtime.stream import ReadAhead, run_pools, run_windows, with_answers, with_progress

if TYPE_CHECKING:
    from textrnn.corpora import LabelledText
    from textrnn.heads.card import CardFacts
    from textrnn.heads.classifier.bag import BagOfNgrams
    from textrnn.heads.classifier.calibration import Calibration
    from textrnn.heads.classifier.report import ClassificationReport
    from textrnn.heads.examples import Examples, ExampleSource
    from textrnn.text.tokenizer import Tokenizer


# More at once is slower: what a step of the recurrence works on no longer stays in a core's cache.
_BATCH_TOKENS = 2000


class Classifier(Head):
    """Gives each text one of a model's labels.

    Args:
        bundle: the model.
        threads: batches that the network reads at the same time; by default as many as this
            process has cores.

    Attributes:
        bundle: the model.
        labels: its labels, in the order of the network's outputs.
        tokenizer: its tokenizer.
        bag: the bag of n-grams beside the network; None where there is none.
        calibration: how the logits of both become probabilities.
        windows_of: gives the windows in which a text of so many tokens is read.
        calibrate: see :meth:`textrnn.heads.classifier.pool.Reading.calibrate`.

    Raises:
        BundleError: a file of the bundle is damaged, or the bundle is not a classifier's.
    """

    task = "classifier"
    command_line: ClassVar[tuple[str, ...]] = ("classify", "--text", "What a day!")
    pictures: ClassVar[tuple[str, ...]] = ("confusion.png", "reliability.png")
    main_score: ClassVar[str] = "accuracy"
    lower_is_better: ClassVar[tuple[str, ...]] = ("calibration error",)
    network_class: ClassVar[type[Network]] = ClassifierNetwork
    example_options: ClassVar[tuple[str, ...]] = ("text", "label", "labels")
    evaluate_options: ClassVar[tuple[str, ...]] = ("batch_size", "among", "mode")

    def __init__(self, bundle: Bundle, *, threads: int | None = None) -> None:
        super().__init__(bundle, threads=threads)
        self.runs_together: int = chosen_threads(threads)
        manifest = bundle.manifest
        self.labels: tuple[str, ...] = manifest.labels
        self.windows_of: Callable[[int], list[tuple[int, int]]] = read_windows(bundle)
        self.calibration: Calibration = read_calibration(bundle)
        network = read_network(bundle, ClassifierNetwork)
        with ThreadPoolExecutor(1) as thread:  # most of the start-up is to load the graph
            session = thread.submit(
                lambda: Session(
                    read_graph(bundle, expected_graph(network)), threads=1, name=str(bundle.path)
                )
            )
            self.bag: BagOfNgrams | None = None
            if "bag.npz" in manifest.files:
                self.bag = read_bag(bundle)
            self.tokenizer: Tokenizer = read_tokenizer(bundle, network.vocabulary_size)
            self._session = session.result()
        self._reading = Reading(
            self.tokenizer,
            self.windows_of,
            self.labels,
            self.bag,
            self.calibration,
            read_bag_alone(bundle),
        )
        self.calibrate: Callable[
            [NDArray[np.float32], Sequence[NDArray[np.int32]]], NDArray[np.float64]
        ] = self._reading.calibrate

    def _sessions(self) -> Iterable[Session]:
        return (self._session,)

    def classify(
        self,
        texts: Iterable[str],
        *,
        batch_size: int = 16,
        abstain: float = 0.0,
        token_weights: bool = False,
        mode: str = "adaptive",
    ) -> list[Classification]:
        """Classify some texts.

        Args:
            texts: in a list, an array or a Series; an empty one gets the label that the network
                gives to nothing.
            batch_size: the most windows run together; of long ones there are fewer.
            abstain: see :meth:`answer`.
            token_weights: likewise.
            mode: likewise.

        Returns:
            One result for each text, in order.

        Raises:
            ConfigurationError: ``texts`` is a single string or holds something else than strings,
                or an option is wrong; see :meth:`answer`.
        """
        return list(
            self.answer(
                texts,
                batch_size=batch_size,
                abstain=abstain,
                token_weights=token_weights,
                mode=mode,
                read_ahead=True,
            )
        )

    def answer(
        self,
        texts: Iterable[str],
        *,
        batch_size: int = 16,
        abstain: float = 0.0,
        token_weights: bool = False,
        mode: str = "adaptive",
        read_ahead: ReadAhead = False,
    ) -> Iterator[Classification]:
        """Classify any number of texts as they come, in bounded memory.

        A text longer than the model's window is read in overlapping windows, whose logits are
        averaged by the tokens each adds; a bag of n-grams reads it whole. A text's probabilities do
        not depend on the texts that share its batch.

        Args:
            texts: an iterator of texts.
            batch_size: the most windows run together; of long ones there are fewer.
            abstain: the answer is ``uncertain`` where no label is as probable as this.
            token_weights: whether to return the attention, where the network has one; it then
                reads every text.
            mode: ``adaptive``: a bag of n-grams answers what it is sure of, the network the rest
                (where there is no bag that was fitted to do so, all); ``exact``: the network reads
                every text; ``fast``: the bag alone answers.
            read_ahead: see :meth:`textrnn.heads.head.Head.answer`.

        Returns:
            One result for each text, in order.

        Raises:
            ConfigurationError: ``texts`` is a single string or holds something else than strings,
                ``batch_size`` is below 1, ``abstain`` is no probability, or ``mode`` none of these;
                or the bag is to answer alone, and there is none, or attention is asked of it.
        """
        require_whole("batch_size", batch_size, least=1)
        asked = Asked(mode, abstain, token_weights).checked(self._reading, self.bundle.name)
        pools = run_pools(
            checked_texts(texts),
            lambda taken: Pool(taken, self._reading, asked),
            self._session.run,
            characters=len,
            batch_size=batch_size,
            batch_tokens=_BATCH_TOKENS,
            threads=self.runs_together,
            read_ahead=read_ahead,
        )
        return (
            result if result.probability >= abstain else replace(result, label=UNCERTAIN)
            for pool in pools
            for result in pool.results()
        )

    classify_stream = answer  # what it is called beside classify

    @classmethod
    def column_kinds(cls, labels: Sequence[str], options: Mapping[str, Any]) -> Columns:
        """See :meth:`textrnn.heads.head.Head.column_kinds`."""
        return {
            "label": TEXT,
            "probability": NUMBER,
            "probabilities": dict.fromkeys(labels, NUMBER),
            "tokens": INTEGER,
            "windows": INTEGER,
            "answered_by": TEXT,
        }

    @classmethod
    def card_facts(cls, manifest: Manifest) -> CardFacts:
        """See :meth:`textrnn.heads.head.Head.card_facts`."""
        from textrnn.heads.classifier.card import classifier_facts

        return classifier_facts(manifest)

    @classmethod
    def read_examples(
        cls, source: ExampleSource, *, on_note: Callable[[str], None] | None = None
    ) -> Iterator[LabelledText]:
        """Labelled texts; see :func:`textrnn.corpora.read_labelled`."""
        from textrnn.corpora import Source, read_labelled

        for old, new in source.labels.items():
            require(bool(new), f"labels: no new name for {old!r}: a text has a label")
        chooses = source.only or source.without
        texts = Source(
            source.file,
            source.format,
            source.text,
            source.label,
            constant_label=source.constant_label,
            encoding=source.encoding,
            key=source.key if chooses else None,
            only=source.only,
            without=source.without,
        )
        return (example.renamed(source.labels) for example in read_labelled(texts, on_note=on_note))

    @classmethod
    def given_examples(
        cls, data: Any, source: ExampleSource, *, on_note: Callable[[str], None] | None = None
    ) -> Iterator[LabelledText]:
        """Labelled texts; see :func:`textrnn.corpora.in_memory.labelled_texts`."""
        from textrnn.corpora.in_memory import labelled_texts

        return labelled_texts(
            data, text=source.text, label=source.label, labels=source.labels, name=source.file
        )

    def questions(self, example: LabelledText) -> Sequence[str]:
        """See :meth:`Head.questions`: its text."""
        return [example.text]

    def evaluate(
        self,
        examples: Examples,
        *,
        batch_size: int = 16,
        among: Sequence[str] = (),
        mode: str = "adaptive",
        text: str | int | None = None,
        label: str | int | None = None,
        on_progress: Callable[[int], None] = lambda count: None,
        on_note: Callable[[str], None] = lambda line: None,
        on_outcome: OnOutcome = unheard,
    ) -> ClassificationReport:
        """Classify labelled texts and score the answers.

        Args:
            examples: texts with their right labels, as :meth:`Head.evaluate` takes examples.
            batch_size: the most windows run together.
            among: labels by which alone to answer (:meth:`textrnn.Classification.among`) and to
                measure: texts with another one of the model's are left out. By default all.
            mode: who answers; see :meth:`answer`.
            text: column or key of the text, or its number; by default a usual one, as ``text``.
            label: the same for the label.
            on_progress: called with 1 after each text.
            on_note: told how many texts were left out.
            on_outcome: told of each text in order, by its label.

        Raises:
            ConfigurationError: ``among`` names a label that the model does not have, or one alone;
                or ``mode`` is wrong.
            InputError: an example has a label that the model does not, or there are no examples.
        """
        from textrnn.heads.classifier.scores import measured_examples, score_answers

        self.check_options(self.labels, {"labels": among})
        require(len(set(among)) != 1, f"labels: two or more; received {', '.join(among)} alone")
        labels = tuple(label for label in self.labels if label in among) or self.labels

        def answers(sent: Iterator[LabelledText]) -> Iterator[Classification]:
            texts = (example.text for example in sent)
            found = self.answer(texts, batch_size=batch_size, mode=mode, read_ahead=True)
            return (answer.among(labels) for answer in found)

        given = self.examples_of(examples, on_note, text=text, label=label)
        measured = measured_examples(given, self.labels, labels, on_note=on_note)
        answered = with_answers(measured, answers)
        told = with_progress(answered, on_progress)
        return score_answers(told, labels=labels, on_outcome=on_outcome)

    def run(
        self, windows: Sequence[NDArray[np.int32]], *, batch_size: int = 16
    ) -> tuple[NDArray[np.float32], list[Any]]:
        """The network's logits (windows, labels) and the attention of each window, (its tokens,)
        or None.

        Args:
            windows: token ids, (tokens,) each; they are run by like length.
            batch_size: the most windows run together; of long ones there are fewer.
        """
        found = Windows(windows, labels=len(self.labels), keep_attention=True)
        run_windows(
            found,
            self._session.run,
            batch_size=batch_size,
            batch_tokens=_BATCH_TOKENS,
            threads=self.runs_together,
        )
        return found.logits, found.attention
