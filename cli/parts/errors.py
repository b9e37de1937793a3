"""Errors as one line on standard error, and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import click

from textrnn.errors import ConfigurationError, InputError, ModelNotFoundError, TextRNNError
from textrnn.reports.harmless import one_line

FAILED, WRONG_CALL, INTERRUPTED = 1, 2, 130
_WRONG_CALL_ERRORS = (InputError, ConfigurationError, ModelNotFoundError)


def report_errors(run: Callable[[], object]) -> int:
    """Run a command and return its exit code; a user's error never shows a traceback."""
    try:
        code = run()
    except TextRNNError as error:
        _complain(str(error))
        return WRONG_CALL if isinstance(error, _WRONG_CALL_ERRORS) else FAILED
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        _complain("interrupted")
        return INTERRUPTED
    except OSError as error:
        _complain(f"{error.filename or 'output'}: {error.strerror or error}")
        return FAILED
    return code if isinstance(code, int) else 0  # a command that ended by context.exit


def _complain(message: str) -> None:
    click.echo(f"textrnn: error: {one_line(message)}", err=True)


def flush_standard_output() -> None:
    """Write what is still buffered; that nobody reads it any more is no error.

    Raises:
        OSError: it cannot be written, as on a full disk.
    """
    try:
        sys.stdout.flush()
    except OSError as error:
        silence_standard_output()
        if not isinstance(error, BrokenPipeError):
            raise


def silence_standard_output() -> None:
    """Let what is still buffered go nowhere, so that Python can flush it when it shuts down."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
