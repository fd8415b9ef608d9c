"""The two documents, robot and spec: their structure, checked by pydantic, told in our own words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from symaug.diagnostics import Diagnostic, SpecError, did_you_mean
from symaug.syntax.names import NAME
from symaug.syntax.source import Source, read_source


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SymmetryDocument(_Document):
    """The `symmetry:` block of a robot."""

    generators: dict[str, str] = Field(min_length=1)
    relations: list[str] = []


class RobotDocument(_Document):
    """`robots/NAME/robot.yaml`: joints, limbs and symmetry. Values are expressions, still as text."""

    robot: str
    model: str | None = None
    joints: str
    limbs: dict[str, str] = Field(min_length=1)
    joint_orders: dict[str, str] = {}
    default_pose: dict[str, str] = {}
    symmetry: SymmetryDocument


class MemoryDocument(_Document):
    """How recurrent memory follows the symmetry: `replay` runs the network over the transformed history."""

    actor: Literal["replay"] = "replay"
    critic: Literal["replay"] = "replay"


class TasksDocument(_Document):
    """What the policy trains on and what it is tested on."""

    train: str
    test: str


class SpecDocument(_Document):
    """`specs/ROBOT/TASK.yaml`: what each number of the observation and the action is."""

    spec: str
    robot: str
    joint_order: str | None = None
    observations: dict[str, dict[str, str]] = Field(min_length=1)
    actions: str
    memory: MemoryDocument = MemoryDocument()
    resets: dict[str, str | dict[str, str]] = {}
    tasks: TasksDocument | None = None


DocumentT = TypeVar("DocumentT", bound=_Document)


@dataclass(frozen=True)
class Loaded(Generic[DocumentT]):
    """A document and the source it came from."""

    document: DocumentT
    source: Source


def load_robot(path: Path) -> Loaded[RobotDocument]:
    """Read a robot document.

    Raises:
        SpecError: SA001 … SA009, SA011, all that apply.
    """
    return _load(path, RobotDocument)


def load_spec(path: Path) -> Loaded[SpecDocument]:
    """Read a spec document.

    Raises:
        SpecError: SA001 … SA009, SA011, all that apply.
    """
    return _load(path, SpecDocument)


def _load(path: Path, model: type[DocumentT]) -> Loaded[DocumentT]:
    source = read_source(path)
    diagnostics = list(_name_problems(source, model))
    try:
        document = model.model_validate(source.data)
    except ValidationError as error:
        diagnostics += [_structure_problem(item, source, model) for item in error.errors(include_url=False)]
    if diagnostics:
        raise SpecError(diagnostics)
    return Loaded(document, source)


_NAMED_KEYS = {  # where keys are names of the user's choice
    RobotDocument: (("limbs",), ("joint_orders",), ("symmetry", "generators")),
    SpecDocument: (("observations",), ("observations", "*")),
}


def _name_problems(source: Source, model: type[_Document]) -> Iterator[Diagnostic]:
    for place in _NAMED_KEYS[model]:
        for path, span in source.keys.items():
            inside = len(path) == len(place) + 1 and all(
                p in ("*", k) for p, k in zip(place, path, strict=False)
            )
            if inside and not NAME.fullmatch(path[-1]):
                yield Diagnostic(
                    "SA011",
                    f"`{path[-1]}` cannot be a name",
                    span,
                    notes=("names are letters, digits, `_`, `-` and `.`",),
                )


def _structure_problem(item: Any, source: Source, model: type[_Document]) -> Diagnostic:
    kind = item["type"]
    path = tuple(
        str(part)
        for part in item["loc"]
        if not str(part).startswith(("dict[", "str")) or (str(part),) in source.keys
    )
    known = _known_path(path, source)
    if kind == "extra_forbidden":
        helps = did_you_mean(path[-1], _fields(model, path[:-1]))
        return Diagnostic("SA006", f"unknown key `{path[-1]}`", source.key(*path), helps=helps)
    if kind == "missing":
        where = f"`{path[-2]}`" if len(path) > 1 else "the document"
        helps = (f"add `{path[-1]}: {_EXAMPLE_VALUES.get(path[-1], '…')}`",)
        span = source.key(*path[:-1]) if len(path) > 1 else source.span(0, 0)
        return Diagnostic("SA007", f"{where} needs the key `{path[-1]}`", span, helps=helps)
    name = f"`{known[-1]}`" if known else "the document"
    span = source.value(*known)
    if kind == "literal_error":
        allowed = [str(value) for value in get_args(MemoryDocument.model_fields["actor"].annotation)]
        helps = did_you_mean(str(item["input"]), allowed)
        return Diagnostic("SA008", f"{name} cannot be `{item['input']}`", span, helps=helps)
    if kind == "too_short":
        return Diagnostic("SA008", f"{name} is empty", span, helps=("it needs at least one entry",))
    found = _kind_of(item["input"])
    wanted = {"dict_type": "a mapping", "model_type": "a mapping", "list_type": "a list"}.get(kind, "text")
    helps: tuple[str, ...] = ()
    if wanted == "text" and found == "a list":
        helps = ("write the entries in one text, separated by blanks: `LF_HAA LF_HFE`",)
    elif wanted == "text" and found == "a mapping":
        helps = ('text that starts with `{` needs quotes: `"{LF,RF}_HAA"`',)
    elif wanted == "a list":
        helps = ("start each entry on its own line with `- `",)
    return Diagnostic("SA008", f"{name} must be {wanted}, not {found}", span, helps=helps)


_EXAMPLE_VALUES = {
    "robot": "anymal_d",
    "spec": "anymal_d/velocity",
    "joints": '"{LF,RF}_{HAA,HFE,KFE}"',
    "limbs": "{LF: LF_*, RF: RF_*}",
    "actions": "joints",
    "train": "fail(LF_*)",
    "test": "fail(*)",
}


def _known_path(path: tuple[str, ...], source: Source) -> tuple[str, ...]:
    while path and path not in source.values:
        path = path[:-1]
    return path


def _kind_of(value: Any) -> str:
    if value is None:
        return "empty"
    return {dict: "a mapping", list: "a list"}.get(type(value), "text")


def _fields(model: type[_Document], path: tuple[str, ...]) -> list[str]:
    inner: Any = model
    for part in path:
        annotation = inner.model_fields[part].annotation
        choices = [annotation, *get_args(annotation)]
        inner = next(
            choice for choice in choices if isinstance(choice, type) and issubclass(choice, BaseModel)
        )
    return sorted(inner.model_fields)
