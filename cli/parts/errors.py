"""Errors as one line on standard error, and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import click

from textrnn.cli.parts.notes import show_line
from textrnn.errors import ConfigurationError, InputError, ModelNotFoundError, TextRNNError

# Exit codes, all of them; docs/command-line.md tells users.
DONE = 0
FAILED = 1  # the call was right, and its outcome is a bad one, or the work could not be done
WRONG_CALL = 2  # the call, or a file that it names, is wrong
INTERRUPTED = 130  # by Ctrl-C
BY_SIGNAL = 128  # and the signal's number: 129 SIGHUP, 143 SIGTERM
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
        _complain(_in_one_line(error))
        context = error.ctx if isinstance(error, click.UsageError) else None
        if context is not None:
            click.echo(f"textrnn: see {context.command_path} --help", err=True)
        return WRONG_CALL
    except (KeyboardInterrupt, click.Abort):
        _complain("interrupted")
        return INTERRUPTED
    except OSError as error:
        _complain(f"{error.filename or 'output'}: {error.strerror or error}")
        return FAILED
    return code if isinstance(code, int) else DONE  # a command that ended by context.exit


def _complain(message: str) -> None:
    show_line(f"textrnn: error: {message}")


def _in_one_line(error: click.ClickException) -> str:
    """What Click says in a sentence of its own, as the other errors say theirs."""
    if isinstance(error, click.NoSuchOption):
        from textrnn.configuration import did_you_mean

        known = did_you_mean(error.option_name, error.possibilities or ())
        return f"no option {error.option_name}{known}"
    if isinstance(error, click.BadParameter) and not isinstance(error, click.MissingParameter):
        hint = error.param.get_error_hint(error.ctx) if error.param and error.ctx else ""
        return f"{hint.strip(chr(39)) or 'wrong value'}: {error.message}".rstrip(".")
    said = " ".join(error.format_message().split())
    return f"{said[:1].lower()}{said[1:]}".rstrip(".")


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
