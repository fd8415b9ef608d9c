"""What the document models say about a key path: the kind of its text, the order of its keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel

from symaug.syntax.fields import Kind, Written


def kind_at(model: type[BaseModel], path: Sequence[str]) -> Kind | None:
    """The kind of the text at a key path; None where the models mark none."""
    for annotation in _annotations(model, path):
        for mark in get_args(annotation)[1:] if get_origin(annotation) is Annotated else ():
            if isinstance(mark, Written):
                return mark.kind
    return None


def key_order(model: type[BaseModel], path: Sequence[str]) -> list[str] | None:
    """The keys at a path in the order of the reference; None where names are of the user's choice."""
    for annotation in _annotations(model, path):
        if _is_model(annotation):
            return [field.alias or name for name, field in annotation.model_fields.items()]
    return None


def _annotations(annotation: Any, path: Sequence[str]) -> Iterator[Any]:
    """Each alternative of what may stand at a path below something of that annotation."""
    if get_origin(annotation) is Annotated and path:
        yield from _annotations(get_args(annotation)[0], path)
    elif not path and (get_origin(annotation) is Annotated or _is_model(annotation)):
        yield annotation
    elif _is_model(annotation):
        fields = {field.alias or name: field for name, field in annotation.model_fields.items()}
        if path[0] in fields:
            field = fields[path[0]]
            inner = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
            yield from _annotations(inner, path[1:])
    elif get_origin(annotation) in (dict, list):
        if path:
            yield from _annotations(get_args(annotation)[-1], path[1:])
    else:  # a union, or something without marks
        for alternative in get_args(annotation):
            yield from _annotations(alternative, path)


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
