"""Keywords by their old names, which go on working, with a warning."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def renamed(**names: str) -> Callable[[F], F]:
    """A function that also takes keywords by their old names.

    Args:
        names: the name of today by the old one.

    Example:
        >>> @renamed(count="num")
        ... def blanks(num: int) -> str:
        ...     return " " * num
        >>> blanks(num=2)
        '  '
    """

    def decorate(function: F) -> F:
        @wraps(function)
        def call(*args: Any, **keywords: Any) -> Any:
            for old in names.keys() & keywords.keys():
                warnings.warn(f"{old} is called {names[old]} now", DeprecationWarning, stacklevel=2)
                keywords[names[old]] = keywords.pop(old)
            return function(*args, **keywords)

        return call  # type: ignore[return-value]

    return decorate
