"""A trial in a process of its own, so that one that crashes or needs too much memory ends alone.

The process is told what to do on standard input, and writes a line of JSON for each thing that it
has to tell: ``{"event": …}``, at the end ``{"trial": …}`` or ``{"error": …}``.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from threading import Thread
from typing import Any

from textrnn.configuration import from_dict, to_dict
from textrnn.errors import TrainingError
from textrnn.experiments.material import Material
from textrnn.experiments.splits import Fold
from textrnn.experiments.trial import Training, Trial, run_trial
from textrnn.training.loop.events import TrainingEvent

OnTold = Callable[[TrainingEvent], bool]  # whether the trial is to go on


class Pruned(Exception):  # noqa: N818
    """A trial was ended since it promised too little."""


class TrialProcesses:
    """Runs trials, each in a process, on the same examples.

    Args:
        place: a folder that nobody else can write to.
        material: what there is to learn from.
        fold: the examples.
        validate_by_test: whether the examples that measure choose the epoch, too.
    """

    def __init__(
        self, place: Path, material: Material, fold: Fold, *, validate_by_test: bool
    ) -> None:
        self._file = place / "examples.pickle"
        self._file.write_bytes(pickle.dumps((material, fold, validate_by_test)))

    def run(self, training: Training, out: Path, *, on_event: OnTold) -> Trial:
        """Run a trial.

        Args:
            training: how to train.
            out: the folder that becomes the model.
            on_event: told of each step and epoch; says whether to go on.

        Raises:
            Pruned: it was not to go on.
            TrainingError: it failed, or its process ended.
        """
        # imports from where this process does, whatever is called textrnn where the caller stands
        code = f"import sys; sys.path[:] = {sys.path!r}; from {__name__} import main; main()"
        command = [sys.executable, "-c", code, str(self._file)]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            with suppress(BrokenPipeError):  # it may be dead already
                process.stdin.write(pickle.dumps((training, out)))
                process.stdin.flush()
            for line in process.stdout:
                found = json.loads(line)
                if "trial" in found:
                    return from_dict(Trial, found["trial"])
                if "error" in found:
                    raise TrainingError(found["error"])
                if not on_event(TrainingEvent(**found["event"])):
                    raise Pruned
        finally:
            process.kill()
            status = process.wait()
            process.stdout.close()
            with suppress(BrokenPipeError):
                process.stdin.close()
        ended = f"by {signal.Signals(-status).name}" if status < 0 else f"with {status}"
        hint = "; was there too little memory?" if -status == signal.SIGKILL else ""
        raise TrainingError(f"its process was ended {ended}{hint}")


def _end_with_parent() -> None:
    """End this process when standard input is closed: whoever wanted to know is gone, and who goes
    on with the search is not to find the trial's folder held.
    """
    os.read(0, 1)
    os._exit(1)


def main() -> None:
    """What the process does."""
    out, errors = os.fdopen(os.dup(1), "w", encoding="utf-8"), os.open(os.devnull, os.O_WRONLY)
    os.dup2(errors, 1)  # what packages print is no line of ours

    def tell(**what: Any) -> None:
        out.write(json.dumps(what) + "\n")
        out.flush()

    material, fold, validate_by_test = pickle.loads(Path(sys.argv[1]).read_bytes())
    training, model = pickle.load(sys.stdin.buffer)
    Thread(target=_end_with_parent, daemon=True).start()
    try:
        trial, _ = run_trial(
            training, material, fold, out=model, validate_by_test=validate_by_test,
            on_event=lambda event: tell(event=asdict(event)),
        )  # fmt: skip
    except BrokenPipeError:  # who wanted to know is gone
        os._exit(1)
    except Exception as error:
        tell(error=str(error) or type(error).__name__)
    else:
        tell(trial=to_dict(trial))
