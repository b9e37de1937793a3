"""Who answers for a classifier: ``--exact`` and ``--fast``, of which the last one given counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def mode_options(option: Callable[..., Callable[[Any], Any]]) -> Callable[[Any], Any]:
    """What adds both to a command, which gets ``adaptive``, ``exact`` or ``fast`` as ``mode``.

    Args:
        option: what :func:`click.option` is, under the heading of the help.
    """

    def add(command: Any) -> Any:
        fast = option("--fast", "mode", flag_value="fast",
                      help="Ask that bag alone: sooner done, less often right. Of both flags "
                      "the last one counts.")  # fmt: skip
        exact = option("--exact", "mode", flag_value="exact", default="adaptive",
                       help="Have the network read every text, also those of which the bag of "
                       "n-grams beside it is sure.")  # fmt: skip
        return exact(fast(command))

    return add
