"""Label Studio's tasks with labels of whole texts, as records that have a text and a label."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from textrnn.corpora.formats.record import LABEL_NAMES, field_name


def task_fields(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a task says of its text, with the choices of its first annotation that was not
    cancelled, or else its spans, as ``label``, which is None where there are none of these and the
    text came without a label; of what is no task the same.

    Example:
        >>> task_fields({"data": {"text": "Fine."}, "annotations": [
        ...     {"result": [{"value": {"choices": ["good"]}}]}]})
        {'text': 'Fine.', 'label': ['good']}
    """
    data = fields.get("data")
    if not isinstance(data, Mapping) or not isinstance(fields.get("annotations"), list):
        return fields
    found = _choices(fields) or [one for one in _values(fields) if "start" in one]
    if found:
        return {**data, "label": found}
    return data if field_name(data, None, LABEL_NAMES) else {**data, "label": None}


def has_choices(record: Any) -> bool:
    """Whether a record is a task of which a label of all its text is told, and no span."""
    is_task = isinstance(record, Mapping) and isinstance(record.get("annotations"), list)
    return is_task and bool(_choices(record)) and not any("start" in one for one in _values(record))


def _choices(task: Mapping[str, Any]) -> list[Any]:
    return [one for value in _values(task) for one in _list(value.get("choices"))]


def _values(task: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    kept = (one for one in task["annotations"]
            if isinstance(one, Mapping) and not one.get("was_cancelled"))  # fmt: skip
    for result in _list(next(kept, {}).get("result")):
        value = result.get("value") if isinstance(result, Mapping) else None
        if isinstance(value, Mapping):
            yield value


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
