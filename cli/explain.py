"""``textrnn explain``: which words made a classifier answer as it did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from textrnn.cli.parts.choices import Choice
from textrnn.cli.parts.command import Command, answer_option, output_option, speed_option
from textrnn.cli.parts.explain_output import ENDINGS, FORMATS, TAKEN, write_explained
from textrnn.cli.parts.formats import output_format
from textrnn.cli.parts.input_options import input_options
from textrnn.cli.parts.inputs import Inputs, place_of
from textrnn.cli.parts.model_name import model_option
from textrnn.cli.parts.notes import note_writer
from textrnn.cli.parts.output import output_file
from textrnn.cli.parts.progress import patience
from textrnn.corpora.files.outputs import check_output
from textrnn.errors import MissingExtraError
from textrnn.training.loading import quiet_tensorflow

if TYPE_CHECKING:
    from textrnn.corpora import TextLine
    from textrnn.explaining.explanation import Explanation
    from textrnn.heads.classifier.classifier import Classifier
    from textrnn.runtime.stream import ReadAhead

_METHODS = ("attention", "occlusion", "gradients", "all")


@click.command(cls=Command)
@input_options("explain")
@model_option("the texts' language", may_be_remote=False)
@answer_option("--method", type=Choice(_METHODS), default="occlusion", show_default=True,
               help="How to weigh words; gradients need the extra train.")  # fmt: skip
@answer_option("--label", help="The label to explain [the most probable one].")
@output_option("--format", "form", type=Choice(FORMATS),
               help="Of the answers [text in colours on a terminal, or jsonl].")  # fmt: skip
@output_file
@speed_option("--threads", type=click.IntRange(1), help="Batches at a time [as many as cores].")
@click.pass_obj
def command(
    settings: dict[str, bool],
    inputs: Inputs,
    model: str | None,
    method: str,
    label: str | None,
    form: str | None,
    output: Path | None,
    threads: int | None,
) -> None:
    """Show which words made a classifier answer as it did.

    Green words speak for the label, red ones against it; attention, in violet, is how much a word
    was looked at. Behind each text stands how far to believe the weights: how much faster the
    answer goes when the heaviest words are taken away than when any are. At 0 they tell nothing.

    \b
        textrnn explain --text "Well acted, but far too long."
        textrnn explain reviews.txt --method all --output why.html
    """
    from textrnn.cli.parts.answering import Answering
    from textrnn.heads.classifier.classifier import Classifier

    inputs = inputs.gathered()
    check_output(output, [*inputs.files, model])
    form = output_format(form, output, ENDINGS, terminal="text", pipe="jsonl")
    note = note_writer(quiet=settings["quiet"])
    lines = inputs.stream(on_note=note)
    answering = Answering(Classifier, "explain", inputs, lines, model=model, threads=threads)
    if method in ("gradients", "all"):
        _import_gradients(required=method == "gradients")
    asked = _Asked(method, label, quiet=settings["quiet"])
    columns = answering.columns(form, TAKEN)
    answers = answering.router.answers(
        answering.lines, asked.answer, text=attrgetter("text"), place=place_of,
        ready=answering.ready,
    )  # fmt: skip
    rows = (
        (line, [explanation.in_language(language) for explanation in explanations])
        for line, language, explanations in answers
    )
    write_explained(rows, output, form=form, columns=columns)
    answering.note(note)
    asked.note(note)


class _Asked:
    """What is asked of each classifier, and the places of long texts that were met."""

    def __init__(self, method: str, label: str | None, *, quiet: bool) -> None:
        self._method, self._label, self._quiet = method, label, quiet
        self._joined: list[str] = []  # places of texts that were too long to weigh token by token

    def answer(
        self, classifier: Classifier, sent: Iterator[TextLine], ready: ReadAhead
    ) -> Iterator[list[Explanation]]:
        """The explanations of each text; none of what is no text."""
        from textrnn.explaining.explainer import Explainer
        from textrnn.explaining.explanation import METHODS

        every = self._method == "all"
        methods = _available(METHODS, classifier) if every else (self._method,)
        explainer = Explainer(classifier)
        for line in sent:
            found: list[Explanation] = []
            if not line.error:
                with patience(quiet=self._quiet) as explainer.on_tokens:
                    found = explainer.explain(line.text, methods=methods, label=self._label)
            if any(explanation.together > 1 for explanation in found):
                self._joined.append(place_of(0, line))
            yield found

    def note(self, note: Callable[[str], None]) -> None:
        """Say in which texts several tokens at a time were weighed."""
        if self._joined:
            count = len(self._joined)
            what = "1 long text" if count == 1 else f"{count:,} long texts"
            note(f"in {what} several tokens at a time were weighed, first: {self._joined[0]}")


def _available(methods: tuple[str, ...], classifier: Classifier) -> list[str]:
    """The methods that this model and this installation have."""
    lacking = set()
    if "attention" not in classifier.bundle.manifest.network["head"]["pooling"]:
        lacking.add("attention")
    if find_spec("keras") is None:
        lacking.add("gradients")
    return [method for method in methods if method not in lacking]


def _import_gradients(*, required: bool) -> None:
    if not required and find_spec("keras") is None:
        return
    with quiet_tensorflow():
        try:
            import textrnn.training.classifier.gradients  # noqa: F401
        except ModuleNotFoundError as error:
            raise MissingExtraError("explaining by gradients", "train") from error
