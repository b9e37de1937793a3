"""What every head keeps to, whatever its task: each promise is a check of one :class:`HeadCase`.

A new head adds its case to :mod:`head_cases`; ``tests/textrnn/test_head_contract.py`` holds it to
all of this.
"""

from __future__ import annotations

import copy
import json
import pickle
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import textrnn
from textrnn.bundle.bundle import Bundle
from textrnn.configuration import to_dict
from textrnn.errors import BundleError, InputError
from textrnn.heads.examples import ExampleSource
from textrnn.heads.head import Head
from textrnn.heads.result import INTEGER, NUMBER, TEXT
from textrnn.reports.folder import write_report

if TYPE_CHECKING:
    from textrnn.training.loop.events import TrainingEvent

HEAVY = {"tensorflow", "keras", "gensim", "matplotlib", "onnx", "torch", "jax", "sklearn", "pandas"}
_SCORES = 1e-5  # how far a number of an answer may be off where sums were taken in another order


@dataclass(frozen=True)
class HeadCase:
    """A task, as its contract is checked.

    Attributes:
        name: of the tiny model.
        plan: of the tiny model.
        runs: what may be learned, by name: a small plan, and what its training takes besides.
        train: trains as a plan says and writes a bundle, as ``textrnn.training`` has it for the
            task: (out, plan, **options).
        has_learned: whether a model's validation scores tell that it learned something.
        texts: to be answered, or what the head reads in their place: of many lengths, none among
            them that is like another.
        options: of the head's ``answer``.
        examples: a file of texts with their right answers: its name and what it holds.
        builders: what Keras computes of some texts with a bundle's network under random weights,
            and what the compiled graph computes of the same: two arrays.
        files: those of a bundle that serving reads.
        call: the arguments of ``textrnn`` that ask a model once; MODEL stands for its path and FILE
            for that of the examples.
        record: a row that one of the texts is in.
    """

    name: str
    plan: Any
    runs: Mapping[str, tuple[Any, Mapping[str, Any]]]
    train: Callable[..., None]
    has_learned: Callable[[Mapping[str, float]], bool]
    texts: Sequence[Any]
    options: Mapping[str, Any]
    examples: tuple[str, str]
    builders: Callable[[Bundle, Sequence[Any]], tuple[np.ndarray, np.ndarray]]
    files: Sequence[str]
    call: Sequence[str]
    record: Callable[[Any], Mapping[str, Any]] = lambda text: {"text": text}

    def answers(self, head: Head, texts: Sequence[Any], *, batch_size: int = 16) -> list[Any]:
        """All answers to some texts, as plain data."""
        results = head.answer(texts, batch_size=batch_size, **self.options)
        return [result.as_dict() for result in results]


def check_that_both_builders_agree(case: HeadCase, model: Path, folder: Path) -> None:
    """Training's network and the graph that serves are one."""
    trained, served = case.builders(Bundle.open(model), case.texts)
    assert trained.shape == served.shape
    assert np.ptp(trained) > 0.1
    np.testing.assert_allclose(served, trained, atol=1e-4)


def check_that_company_changes_nothing(case: HeadCase, model: Path, folder: Path) -> None:
    """An answer is the same alone, in a batch of longer texts, and in any order; none is lost."""
    # Two, since a head may keep what it has found of words.
    by_itself, in_company = textrnn.load(model, threads=1), textrnn.load(model, threads=1)
    alone = [case.answers(by_itself, [text], batch_size=1)[0] for text in case.texts]
    assert len({str(answer) for answer in alone}) == len(case.texts)
    for order in (case.texts, case.texts[::-1]):
        found = case.answers(in_company, order, batch_size=3)
        assert_alike(found, alone if order == case.texts else alone[::-1])


def check_that_an_empty_text_is_answered(case: HeadCase, model: Path, folder: Path) -> None:
    """In its place, and as if it were alone; of no texts there are no answers. Where no texts are
    read, what is empty has no answer, and is refused.
    """
    head = textrnn.load(model, threads=1)
    assert case.answers(head, []) == []
    first, second = case.texts[:2]
    if not head.reads_texts:
        with pytest.raises(InputError):
            case.answers(head, [first, [], second])
        return
    among = case.answers(head, [first, "", second, ""])
    assert len(among) == 4
    assert_alike(among[1::2], case.answers(head, [""]) * 2)


def check_that_answers_come_as_texts_come(case: HeadCase, model: Path, folder: Path) -> None:
    """No text is asked for long before its answer, so that a source need not end."""
    head, asked = textrnn.load(model, threads=1), 0

    def endless() -> Iterator[Any]:
        nonlocal asked
        for text in cycle(case.texts):
            asked += 1
            yield text

    stream = head.answer(endless(), batch_size=2, **case.options)
    next(stream)
    assert asked <= 2
    assert len(list(islice(stream, 40))) == 40


def check_that_threads_share_a_head(case: HeadCase, model: Path, folder: Path) -> None:
    """Whoever asks at the same time gets the same answers; and so for any number of its own."""
    right = case.answers(textrnn.load(model, threads=1), case.texts)
    head = textrnn.load(model, threads=2)
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda number: case.answers(head, case.texts), range(24)):
            assert found == right


def check_that_records_are_read(case: HeadCase, model: Path, folder: Path) -> None:
    """A row is answered as its text; one without is refused by what it has."""
    head = textrnn.load(model, threads=1)
    rows = [{"id": number, **case.record(text)} for number, text in enumerate(case.texts)]
    assert case.answers(head, [head.from_record(row) for row in rows]) == case.answers(
        head, case.texts
    )
    lacks = "no field text/sentence/review/content" if head.reads_texts else "a record: no "
    with pytest.raises(InputError, match=f"{lacks}.*; there are: id"):
        head.from_record({"id": 3})
    if not head.reads_texts:
        return
    with pytest.raises(InputError, match="text or review"):
        head.from_record({"text": "one", "review": "two"})


def check_that_results_fit_their_columns(case: HeadCase, model: Path, folder: Path) -> None:
    """All that an answer says but its text has a column, of the kind that was told beforehand."""
    head = textrnn.load(model, threads=1)
    kinds = head.column_kinds(head.bundle.manifest.labels, case.options)
    for result in head.answer(case.texts, **case.options):
        assert "language" not in result.as_dict()
        found = result.in_language("en")
        columns = found.columns()
        assert list(columns) == ["language", *kinds]
        assert found.as_dict().keys() - {"text"} == columns.keys()
        assert columns["language"] == found.language == "en"
        assert json.loads(json.dumps(columns)) == columns
        for name, kind in kinds.items():
            assert_kind(columns[name], kind)
        with pytest.raises(AttributeError):
            result.text = "another"
        assert result._repr_html_().startswith("<div")
        assert pickle.loads(pickle.dumps(result)).as_dict() == result.as_dict()


def check_that_an_evaluation_is_a_report(case: HeadCase, model: Path, folder: Path) -> None:
    """Whatever is measured comes as numbers, in words, as tables and in a folder."""
    head = textrnn.load(model, threads=1)
    name, content = case.examples
    (folder / name).write_text(content, "utf-8")
    source = ExampleSource(str(folder / name), unit="line")
    read: list[int] = []
    report = head.evaluate(head.read_examples(source), on_progress=read.append)
    assert sum(read) >= 2
    first, *_ = report.scores().values()
    assert 0.0 <= first < 100.0
    assert report.scores() == head.evaluate(head.read_examples(source)).scores()
    assert report.scores().keys() >= set(head.lower_is_better)
    assert report.markdown(title="*ours*").startswith("# \\*ours\\*\n")
    headline = report.sections()[0]
    shown = re.findall(r"\d+\.\d+", headline.headline + headline.about)
    assert any(abs(float(number) - first) <= 0.005 for number in shown)
    write_report(report, folder / "report", title="ours")
    told = json.loads((folder / "report" / "report.json").read_text("utf-8"))
    pictures = set(told.pop("pictures"))
    assert told == json.loads(json.dumps({"title": "ours", **report.as_dict()}))
    assert pictures == set(report.figures()) == set(head.pictures)
    assert pictures == {path.name for path in (folder / "report").glob("*.png")}
    of_file = head.evaluate(head.read_examples(head.completed(ExampleSource(source.file)))).scores()
    assert head.evaluate(source.file).scores() == of_file
    assert head.evaluate(folder / name).scores() == of_file
    of_source = head.evaluate(head.read_examples(head.completed(source))).scores()
    assert head.evaluate(source).scores() == of_source
    assert head.evaluate(list(head.read_examples(source))).scores() == report.scores()
    for wrong in ([], str(folder / "none.csv"), folder / "none.csv", None, [object()]):
        with pytest.raises(InputError):
            head.evaluate(wrong)


def check_that_a_stopped_run_goes_on_exactly(
    case: HeadCase, run: str, folder: Path, *, stops: Sequence[tuple[int, int]]
) -> None:
    """However often it is stopped, it ends with the very same bundle, which tells the whole plan.

    Optimizer, dropout masks, the order of texts, averages and what was drawn all go on.

    Args:
        case: the head's.
        run: the name of what is learned.
        folder: an empty one.
        stops: epoch and step of each stop, both from 1.
    """
    plan, options = case.runs[run]
    case.train(folder / "whole", plan, **options)
    plan = replace(plan, training=replace(plan.training, checkpoint_minutes=1e-9))
    said: list[str] = []
    more = {**options, "resume": True, "on_message": said.append}
    for epoch, step in stops:
        with pytest.raises(_StoppedError):
            case.train(folder / "parts", plan, on_event=_stop(epoch, step), **more)
    case.train(folder / "parts", plan, **more)
    # The checkpoint of the step in which it was stopped had not been written yet.
    begun = [line for line in said if line.startswith("going on in epoch")]
    assert begun == [f"going on in epoch {epoch}, step {step - 1}" for epoch, step in stops]
    folds = [line for line in said if line.startswith("fold ")]
    assert len(folds) == plan.training.folds  # they are learned once, before the first stop
    assert sorted(path.name for path in folder.iterdir()) == ["parts", "whole"]
    assert_same_weights(folder / "whole", folder / "parts")
    manifest = Bundle.open(folder / "parts").manifest
    assert case.has_learned(manifest.scores)
    assert json.loads(json.dumps(to_dict(plan))).items() <= manifest.training.items()


def check_that_it_comes_back_from_disk(case: HeadCase, model: Path, folder: Path) -> None:
    """Copied elsewhere, in a zip, by deepcopy or by pickle, the model is the same."""
    right = case.answers(textrnn.load(model, threads=1), case.texts)
    shutil.copytree(model, folder / "copy")
    with zipfile.ZipFile(folder / "packed.zip", "w") as archive:
        for file in model.iterdir():
            archive.write(file, file.name)
    first, second = (
        textrnn.load(path, threads=1) for path in (folder / "copy", folder / "packed.zip")
    )
    third, fourth = copy.deepcopy(first), pickle.loads(pickle.dumps(first))
    for head in (first, second, third, fourth):
        assert type(head) is type(first)
        assert case.answers(head, case.texts) == right
        assert all(check.ok for check in head.bundle.verify())


def check_that_a_damaged_bundle_is_refused(case: HeadCase, model: Path, folder: Path) -> None:
    """One bit in any file that it serves from, and the file is named."""
    path = shutil.copytree(model, folder / "copy")
    for name in case.files:
        whole = (path / name).read_bytes()
        content = bytearray(whole)
        content[len(content) // 2] ^= 1
        (path / name).write_bytes(content)
        with pytest.raises(BundleError, match=f"{name} is damaged"):
            textrnn.load(path)
        assert [c.name for c in Bundle.open(path).verify() if not c.ok] == [name]
        (path / name).write_bytes(whole)
    textrnn.load(path)


def check_that_serving_loads_no_training_packages(
    case: HeadCase, model: Path, folder: Path
) -> None:
    """A call in a fresh process loads ONNX Runtime and nothing that trains or draws."""
    name, content = case.examples
    (folder / name).write_text(content, "utf-8")
    given = {"MODEL": str(model), "FILE": str(folder / name)}
    loaded = loaded_after(
        "import sys; from textrnn.cli.main import cli; cli(sys.argv[1:], standalone_mode=False)",
        *(given.get(argument, argument) for argument in case.call),
    )
    assert "onnxruntime" in loaded
    assert not loaded & (HEAVY | {"rich"})


PROMISES = (
    check_that_both_builders_agree,
    check_that_company_changes_nothing,
    check_that_an_empty_text_is_answered,
    check_that_answers_come_as_texts_come,
    check_that_threads_share_a_head,
    check_that_records_are_read,
    check_that_results_fit_their_columns,
    check_that_an_evaluation_is_a_report,
    check_that_it_comes_back_from_disk,
    check_that_a_damaged_bundle_is_refused,
    check_that_serving_loads_no_training_packages,
)


def loaded_after(code: str, *arguments: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after running ``code``."""
    report = "; import sys; print('\\n' + ' '.join({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", code + report, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.splitlines()[-1].split())


def assert_alike(found: Any, expected: Any) -> None:
    """The same data, but for the last digits of its numbers."""
    if isinstance(expected, dict):
        assert list(found) == list(expected)
        found, expected = list(found.values()), list(expected.values())
    if isinstance(expected, list | tuple):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert_alike(one, other)
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, abs=_SCORES)
    else:
        assert found == expected


def assert_kind(value: Any, kind: Any) -> None:
    """A value is of a kind of :mod:`textrnn.heads.result`."""
    if isinstance(kind, list):
        assert isinstance(value, list)
        for one in value:
            assert_kind(one, kind[0])
    elif isinstance(kind, dict):
        assert value.keys() == kind.keys()
        for name, one in kind.items():
            assert_kind(value[name], one)
    else:
        assert type(value) is {TEXT: str, INTEGER: int, NUMBER: float}[kind]


def assert_same_weights(first: Path, second: Path) -> None:
    """Two bundles hold the same numbers, to the last bit, and serve with the same graphs."""
    names = [name for name in Bundle.open(first).manifest.files if name.endswith((".npz", ".onnx"))]
    assert "weights.npz" in names
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


class _StoppedError(Exception):
    """Stands for a power cut in the middle of training."""


def _stop(epoch: int, step: int) -> Callable[[TrainingEvent], None]:
    def stop(event: TrainingEvent) -> None:
        if (event.fold, event.epoch, event.step) == (0, epoch, step) and event.record is None:
            raise _StoppedError

    return stop
