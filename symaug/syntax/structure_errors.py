"""What to say when a document's structure is wrong: pydantic's findings, and names, in our own words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from symaug.diagnostics import Diagnostic, did_you_mean, nearest
from symaug.syntax.names import DOCUMENT_NAME, NAME
from symaug.syntax.salvage import model_in
from symaug.syntax.source import KeyPath, Source

_NAMED_KEYS = (  # where keys are names of the user's choice; `*` is any key
    ("limbs", "*"),
    ("joint_orders", "*"),
    ("symmetry", "generators", "*"),
    ("blocks", "*"),
    ("blocks", "*", "*"),
    ("observations", "*"),
    ("observations", "*", "*"),
)
_EXAMPLES = {
    "robot": "anymal_d",
    "package": "example-robot-data",
    "path": "a1_description/urdf/a1.urdf",
    "spec": "anymal_d/velocity",
    "joints": '"{LF,RF}_{HAA,HFE,KFE}"',
    "limbs": "{LF: LF_*, RF: RF_*}",
    "symmetry": "{generators: {sagittal: …}}",
    "generators": "{sagittal: reflect y, swap (LF RF), flip *_HAA}",
    "observations": "{policy: {joint_pos: joints}}",
    "actions": "joints",
    "train": "fail(LF_*)",
    "test": "fail(*)",
}


def name_problems(source: Source, model: type[BaseModel]) -> Iterator[Diagnostic]:
    """SA011 for each name with characters that names do not have."""
    for path, span in source.keys.items():
        is_name = any(_fits(path, place) for place in _NAMED_KEYS)
        if is_name and not NAME.fullmatch(path[-1]):
            notes = ("names are letters, digits, `_`, `-` and `.`",)
            yield Diagnostic("SA011", f"`{path[-1]}` cannot be a name", span, notes=notes)
    key = "spec" if "spec" in model.model_fields else "robot"  # a spec's `robot` may be any path
    text = source.get(key)
    if text is not None and not DOCUMENT_NAME.fullmatch(text.value):
        notes = ("names are letters, digits, `_`, `-`, `.` and `/`",)
        yield Diagnostic("SA011", f"`{text.value}` cannot name a {key}", text.span(), notes=notes)


def _fits(path: KeyPath, place: KeyPath) -> bool:
    return len(path) == len(place) and all(p in ("*", k) for p, k in zip(place, path, strict=True))


def empty_problems(source: Source, model: type[BaseModel]) -> Iterator[Diagnostic]:
    """SA008 for each key that may be left out, but is there without a value."""
    for key, value in source.data.items():
        field = model.model_fields.get(key)
        optional = field is not None and not field.is_required() and field.default is None
        if value is None and optional and (key,) not in source.holes:
            source.holes.add((key,))
            yield _empty(source, (key,))


def _empty(source: Source, path: KeyPath) -> Diagnostic:
    name = f"`{path[-1]}`" if path else "the document"
    return Diagnostic("SA008", f"{name} is empty", source.key(*path), helps=("it needs a value",))


def structure_problems(error: ValidationError, source: Source, model: type[BaseModel]) -> list[Diagnostic]:
    """SA006 … SA008, one for each place that is wrong; the places become holes of the source."""
    found: dict[KeyPath, tuple[str, Any]] = {}
    for item in error.errors(include_url=False):
        path = _place(item["loc"], source.data, item["type"])
        found.setdefault(path, (item["type"], item["input"]))
    # A value that may be text or a mapping is tried as both: what is wrong inside the mapping says it all.
    guilty = {
        path: what for path, what in found.items() if not any(p[: len(path)] == path != p for p in found)
    }
    unsaid = _misspelt(guilty, model)
    if source.inherits:  # what it lacks may be inherited
        missing = {path for path, (kind, _) in guilty.items() if kind == "missing" and len(path) == 1}
        unsaid |= missing - {("spec",)}
    problems = [
        _problem(kind, given, path, source, model)
        for path, (kind, given) in guilty.items()
        if path not in source.holes and path not in unsaid
    ]
    source.holes |= {path for path, (kind, _) in guilty.items() if kind != "extra_forbidden"}
    return problems


def _misspelt(guilty: dict[KeyPath, tuple[str, Any]], model: type[BaseModel]) -> set[KeyPath]:
    """Missing keys that an unknown key beside them was probably meant to be: one mistake, told once."""
    return {
        (*path[:-1], name)
        for path, (kind, _) in guilty.items()
        if kind == "extra_forbidden"
        for name in nearest(path[-1], _fields(model, path[:-1]))
        if guilty.get((*path[:-1], name), ("",))[0] == "missing"
    }


def _place(location: tuple[int | str, ...], data: Any, kind: str) -> KeyPath:
    """The key path of a finding, without the names of the alternatives that pydantic puts in between."""
    path: list[str] = []
    for rank, part in enumerate(location):
        within: dict[Any, Any] = dict(enumerate(data)) if isinstance(data, list) else {}
        within = data if isinstance(data, dict) else within
        if part in within:
            data = within[part]
        elif kind != "missing" or rank < len(location) - 1:
            continue
        path.append(str(part))
    return tuple(path)


def _problem(kind: str, given: Any, path: KeyPath, source: Source, model: type[BaseModel]) -> Diagnostic:
    key = path[-1] if path else ""
    name = f"`{key}`" if path else "the document"
    if kind == "extra_forbidden":
        helps = did_you_mean(key, _fields(model, path[:-1]))
        return Diagnostic("SA006", f"unknown key {name}", source.key(*path), helps=helps)
    if kind == "missing":
        parent = f"`{path[-2]}`" if len(path) > 1 else "the document"
        span = source.key(*path[:-1]) if len(path) > 1 else source.span(0, 0)
        helps = (f"add `{key}: {_EXAMPLES[key]}`",)
        return Diagnostic("SA007", f"{parent} needs the key {name}", span, helps=helps)
    span = source.value(*path)
    if given is None or kind == "too_short":
        return _empty(source, path)
    wanted = {"dict_type": "a mapping", "model_type": "a mapping", "list_type": "a list"}.get(kind, "text")
    helps: tuple[str, ...] = ()
    if wanted == "text" and isinstance(given, list):
        helps = ("write the entries in one text, separated by blanks: `LF_HAA LF_HFE`",)
    elif wanted == "text" and isinstance(given, dict):
        helps = ('text that starts with `{` needs quotes: `"{LF,RF}_HAA"`',)
    elif wanted == "a list":
        helps = ("start each entry on a line of its own with `- `",)
    return Diagnostic("SA008", f"{name} must be {wanted}, not {_noun(given)}", span, helps=helps)


def _noun(value: Any) -> str:
    return "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else "text"


def _model_at(model: type[BaseModel], path: KeyPath) -> type[BaseModel]:
    for part in path:
        inner = model_in(model.model_fields[part].annotation)
        assert inner is not None, path  # only models forbid keys
        model = inner
    return model


def _fields(model: type[BaseModel], path: KeyPath) -> list[str]:
    return sorted(_model_at(model, path).model_fields)
