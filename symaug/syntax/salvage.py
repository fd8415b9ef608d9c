"""What is left of a document whose structure is wrong: all that can still be read, to find more errors."""

from __future__ import annotations

from typing import Any, TypeVar, get_args

from pydantic import BaseModel

from symaug.syntax.source import KeyPath, Source

ModelT = TypeVar("ModelT", bound=BaseModel)


def salvage(model: type[ModelT], source: Source) -> ModelT:
    """The document that a source holds, without what stands in its holes.

    What is required and not there is empty text or an empty mapping. No program comes out of such a document:
    it is read for the sake of its other errors.
    """
    return _record(model, source.data, (), source.holes)


def _record(model: type[ModelT], data: dict[str, Any], path: KeyPath, holes: set[KeyPath]) -> ModelT:
    values = {}
    for name, field in model.model_fields.items():
        if name in data and (*path, name) not in holes:
            values[name] = _part(field.annotation, data[name], (*path, name), holes)
        elif field.is_required():
            values[name] = _nothing(field.annotation, (*path, name), holes)
        else:
            values[name] = field.get_default(call_default_factory=True)
    return model.model_construct(**values)


def _part(annotation: Any, data: Any, path: KeyPath, holes: set[KeyPath]) -> Any:
    """A value that fits its annotation, holes below it excepted."""
    if isinstance(data, list):
        return ["" if (*path, str(rank)) in holes else entry for rank, entry in enumerate(data)]
    if not isinstance(data, dict):
        return data
    inner = model_in(annotation)
    if inner is not None:
        return _record(inner, data, path, holes)
    kept = {key: value for key, value in data.items() if (*path, key) not in holes}
    return {key: _part(annotation, value, (*path, key), holes) for key, value in kept.items()}


def _nothing(annotation: Any, path: KeyPath, holes: set[KeyPath]) -> Any:
    inner = model_in(annotation)
    if inner is not None:
        return _record(inner, {}, path, holes)
    return "" if annotation is str else {}


def model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that an annotation such as `Model` or `Model | None` names, if it names one."""
    choices = [choice for choice in (annotation, *get_args(annotation)) if isinstance(choice, type)]
    return next((choice for choice in choices if issubclass(choice, BaseModel)), None)
