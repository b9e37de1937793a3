"""Rich progress of a training run, on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

import click
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TextColumn
from rich.table import Column
from rich.text import Text

from textrnn.cli.parts.display import Display
from textrnn.cli.parts.keywords import as_options
from textrnn.cli.parts.signals import raise_if_one_came
from textrnn.reports.harmless import one_line
from textrnn.training.loop.clock import Clock, duration
from textrnn.training.loop.history import validation_score

if TYPE_CHECKING:
    from textrnn.training.loop.events import TrainingEvent

_LINE_EVERY = 200  # steps between lines of a log that is no terminal


class TrainingDisplay:
    """On a terminal what goes on from the first moment, then a bar with loss, speed and time; plain
    lines in a log; nothing if quiet.

    What cannot be shown is named once, and never ends a training.

    Attributes:
        clock: all times that are shown are by this one.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self.clock = Clock()
        self._is_broken = False
        self._own: TextIO | None = None
        if sys.stderr.isatty():  # standard error itself goes nowhere while Keras is loaded
            self._own = open(  # noqa: SIM115
                os.dup(sys.stderr.fileno()), "w", encoding=sys.stderr.encoding, errors="replace"
            )
        self._console = Display(self._own, stderr=True, quiet=quiet)
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(None, table_column=Column(ratio=1)),
            TextColumn("{task.fields[numbers]}"),
            _Elapsed(self.clock),
            console=self._console,
            disable=quiet or not self._console.is_terminal,
            redirect_stdout=False,
            transient=True,
            expand=True,
        )
        self._task = self._bar.add_task("working", total=None, numbers="", most_s=None)

    def __enter__(self) -> TrainingDisplay:
        self._show(self._bar.start)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._show(self._bar.stop)
        if self._own is not None:
            self._own.close()

    def message(self, line: str) -> None:
        """Show a line; a terminal that is too narrow for it gets whole words."""
        name = "textrnn: " if line.startswith("note: ") else ""
        self._show(lambda: self._console.print(f"{name}{as_options(line)}"))

    def call(self, line: str) -> None:
        """Show a line with a command in it, in one piece, so that it can be copied."""
        self._show(lambda: self._console.print(line, soft_wrap=True))

    def event(self, event: TrainingEvent) -> None:
        """Show a step or an epoch's result; end, where a signal came and its exception was lost."""
        raise_if_one_came()
        self._show(lambda: self._show_event(event))

    def _show(self, show: Callable[[], None]) -> None:
        try:
            show()
        except Exception as error:
            if not self._is_broken:
                self._is_broken = True
                note = f"progress cannot be shown: {type(error).__name__}: {error}"
                click.echo(f"textrnn: note: {one_line(note)}", err=True)

    def _show_event(self, event: TrainingEvent) -> None:
        loss = f"loss {event.loss_nats:.4f}"
        epoch = f"epoch {event.epoch}/{event.epochs}"
        if event.fold:
            epoch = f"fold {event.fold}/{event.folds}, {epoch}"
        most_s = event.elapsed_s + event.eta_s
        self._bar.update(
            self._task,
            description=epoch,
            completed=event.step,
            total=event.steps,
            numbers=loss,
            most_s=most_s,
        )
        if event.record is not None:
            self.message(
                f"{epoch}: {loss}, validation loss "
                f"{event.record['validation_loss_nats']:.4f}, {_score(event.record)}, "
                f"{_elapsed(event.elapsed_s)}"
            )
        elif not self._console.is_terminal and event.step % _LINE_EVERY == 0:
            self.message(
                f"{epoch}, step {event.step}/{event.steps}: {loss}, "
                f"{event.tokens_per_s:,.0f} tokens/s, {_elapsed(event.elapsed_s, most_s)}"
            )


class _Elapsed(ProgressColumn):
    """How long it has taken, and once there is a speed how long it will take at most."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def render(self, task: Task) -> Text:
        """As ``elapsed 0:12 of at most 1:40``."""
        return Text(_elapsed(self._clock.elapsed_s, task.fields["most_s"]), no_wrap=True)


def _elapsed(elapsed_s: float, most_s: float | None = None) -> str:
    """Since the command's first second, of what all folds and epochs take; writing the model, which
    comes after that, has no bound.
    """
    limit = "" if most_s is None or most_s < elapsed_s else f" of at most {duration(most_s)}"
    return f"elapsed {duration(elapsed_s)}{limit}"


def _score(record: dict[str, float]) -> str:
    name, value = validation_score(record)
    return f"{name} {value:.{4 if value <= 1 else 2}f}"
