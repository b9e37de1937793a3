"""The folder of a run's answers: which shards were answered, and under which settings."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from textrnn.bundle.bundle import Bundle
from textrnn.catalog import default_models, head_class, model_path
from textrnn.corpora.files.locks import hold_lock
from textrnn.corpora.files.partials import drop_partials, is_partial
from textrnn.corpora.files.writing import write_file
from textrnn.corpora.formats.json_text import parse_json
from textrnn.errors import ConfigurationError, InputError
from textrnn.serving.shards import ANSWERED, Shard, ShardReport, ShardSettings, answer_shards
from textrnn.version import __version__

RUN = "run.json"
_NOTED = {"source", "target", "bytes", "modified_ns"}  # of each shard, among others
_LOCK = ".lock"  # held while a run is at work; the system lets go of it when the run ends or dies


def answer_into(
    folder: Path,
    shards: Sequence[Shard],
    settings: ShardSettings,
    on_done: Callable[[ShardReport], None],
    *,
    engine: str = "local",
    address: str | None = None,
) -> int:
    """Answer the shards that were not answered before, each in a file of its own.

    Args:
        folder: where the answers go; made where it is not there.
        shards: of :func:`textrnn.serving.shards.find_shards`.
        settings: what is done.
        on_done: called with each shard's report, in the order in which they end.
        engine: ``local``, one shard after the other in this process; or ``ray``, with all cores of
            this machine or of a cluster.
        address: of a Ray cluster; by default one is started.

    Returns:
        How many shards had been answered before.

    Raises:
        ModelNotFoundError, BundleError, ConfigurationError, InputError: as :class:`AnswerFolder`.
        MissingExtraError: Ray is not installed.
    """
    with AnswerFolder(folder, settings) as answers:
        waiting = [shard for shard in shards if not answers.is_answered(shard)]

        def done(report: ShardReport) -> None:
            if not report.error:
                answers.note(report)
            on_done(report)

        try:
            if waiting and engine == "ray":
                from textrnn.serving.ray_engine import answer_shards_on_ray

                answer_shards_on_ray(waiting, settings, done, address=address)
            elif waiting:
                answer_shards(waiting, settings, done)
        finally:
            answers.drop_partials()
    return len(shards) - len(waiting)


class AnswerFolder:
    """The folder of a run's answers, and its notes of what they answer.

    It is one run's until it is closed, as ``with`` does.

    Args:
        folder: is made where it is not there.
        settings: of the run.

    Raises:
        ModelNotFoundError, BundleError: as :func:`textrnn.load`.
        ConfigurationError: another run is at work in it, or it holds answers that other settings
            gave, or files of another kind; or the model does something else, or has other labels.
        InputError: it cannot be read or written to.
    """

    def __init__(self, folder: Path, settings: ShardSettings) -> None:
        self.folder = folder
        self._held = ExitStack()
        wanted = _run_settings(settings)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / RUN
            if not path.exists():
                # A run that has just begun, or died as it did, leaves its lock and a partial file.
                others = (name for name in os.listdir(folder) if name != _LOCK)
                if strange := next((name for name in others if not is_partial(name)), ""):
                    raise ConfigurationError(
                        f"{folder}: holds other files ({strange}); name an empty or new folder"
                    )
            self._held.enter_context(hold_lock(folder / _LOCK))
            self._answered = self._read_notes()
            if self._answered:
                _compare(parse_json(_read(path), str(path)), wanted, folder)
            text = json.dumps(wanted, indent=2, ensure_ascii=False) + "\n"
            write_file(path, text)
        except BlockingIOError as error:
            raise ConfigurationError(
                f"{folder}: another run is writing its answers there; wait for its end, or name "
                "another folder"
            ) from error
        except (OSError, ValueError) as error:
            self.close()
            raise InputError(f"{folder}: cannot be used for answers: {error}") from error
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> AnswerFolder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the folder to other runs."""
        self._held.close()

    def _read_notes(self) -> dict[str, dict[str, Any]]:
        path, found = self.folder / ANSWERED, {}
        if not path.exists():
            return {}
        notes = _read(path)
        for line in notes.splitlines():
            try:
                note = parse_json(line, str(path))
            except InputError:  # a line in which the run was killed
                continue
            if isinstance(note, dict) and note.keys() >= _NOTED and isinstance(note["target"], str):
                found[note["target"]] = note
        if not notes.endswith("\n"):
            with path.open("a", encoding="utf-8") as file:
                file.write("\n")
        return found

    def is_answered(self, shard: Shard) -> bool:
        """Whether the answers are there, and the shard is as it was when they were given.

        Raises:
            ConfigurationError: they are the answers of another file.
        """
        note = self._answered.get(self._key(str(shard.target)))
        if note is None or not shard.target.exists():
            return False
        if note["source"] != str(shard.source.resolve()):
            raise ConfigurationError(
                f"{shard.target}: holds the answers of {note['source']}, not of {shard}; name "
                "another folder"
            )
        try:
            found = shard.source.stat()
        except OSError:
            return False  # the report will say what is wrong with it
        return (found.st_size, found.st_mtime_ns) == (note["bytes"], note["modified_ns"])

    def note(self, report: ShardReport) -> None:
        """Keep in mind that a shard was answered."""
        source = str(Path(report.source).resolve())
        note = {**asdict(report), "source": source, "target": self._key(report.target)}
        del note["error"], note["foreign"]
        with (self.folder / ANSWERED).open("a", encoding="utf-8") as file:
            file.write(json.dumps(note) + "\n")

    def drop_partials(self) -> None:
        """Remove what workers that were killed left half-written."""
        drop_partials(self.folder)

    def _key(self, target: str) -> str:
        return Path(target).resolve().relative_to(self.folder.resolve()).as_posix()


def _read(path: Path) -> str:
    """Notes of an earlier run; nobody waits for those of a pipe."""
    if not path.is_file():
        raise InputError(f"{path}: not a file; name another folder for the answers")
    return path.read_text("utf-8")


def _run_settings(settings: ShardSettings) -> dict[str, Any]:
    """What answers depend on; the model by its files, wherever it lies."""
    names = [settings.model] if settings.model else default_models(settings.task)
    manifests = [Bundle.open(model_path(name)).manifest for name in names]
    for manifest in manifests:
        manifest.require_task(settings.task)
    labels = tuple(label for one in manifests for label in one.labels)
    head_class(settings.task).check_options(labels, settings.options)
    files = {
        name if settings.model else f"{manifest.name}/{name}": record.sha256
        for manifest in manifests
        for name, record in manifest.files.items()
    }
    wanted = {**asdict(settings), "textrnn": __version__, "model_files": files}
    del wanted["threads"]
    found: dict[str, Any] = json.loads(json.dumps(wanted))
    return found


def _compare(found: Any, wanted: dict[str, Any], folder: Path) -> None:
    if not isinstance(found, dict):
        raise InputError(f"{folder / RUN}: not what a run notes; name another folder")
    names = sorted((found.keys() | wanted.keys()) - {"model"})
    other = [name for name in names if found.get(name) != wanted.get(name)]
    if other:
        raise ConfigurationError(
            f"{folder}: holds the answers of a run with other settings ({', '.join(other)}; see "
            f"{RUN}); name another folder"
        )
