"""From JSON back to frozen dataclasses; the way there is `dataclasses.asdict`."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

T = TypeVar("T")


def from_plain_data(cls: type[T], data: Mapping[str, Any]) -> T:
    """An instance of a dataclass whose fields are numbers, strings, tuples, mappings or such dataclasses.

    Fields that `data` lacks keep their defaults; keys that are no field are refused, as the constructor
    would.

    Raises:
        TypeError: a field without a default is missing, or a key is unknown.
    """
    hints = typing.get_type_hints(cls)
    known = {field.name for field in fields(cls)}  # type: ignore[arg-type]
    return cls(**{key: _value(hints[key], value) if key in known else value for key, value in data.items()})


def _value(hint: Any, value: Any) -> Any:
    if is_dataclass(hint):
        return from_plain_data(typing.cast(type, hint), value)
    return tuple(value) if isinstance(value, list) else value
