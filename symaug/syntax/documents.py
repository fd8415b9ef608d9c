"""The two documents, robot and spec: their structure, checked by pydantic, told in our own words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from symaug.diagnostics import Diagnostic, SpecError
from symaug.syntax.source import Source, read_source
from symaug.syntax.structure_errors import name_problems, structure_problems


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
    """A document, its source, and what is wrong with its names (SA011), which hides nothing else."""

    document: DocumentT
    source: Source
    problems: tuple[Diagnostic, ...] = ()


def load_robot(path: Path) -> Loaded[RobotDocument]:
    """Read a robot document.

    Raises:
        SpecError: SA001 … SA009, all that apply.
    """
    return _load(path, RobotDocument)


def load_spec(path: Path) -> Loaded[SpecDocument]:
    """Read a spec document.

    Raises:
        SpecError: SA001 … SA009, all that apply.
    """
    return _load(path, SpecDocument)


def _load(path: Path, model: type[DocumentT]) -> Loaded[DocumentT]:
    source = read_source(path)
    diagnostics = list(name_problems(source))
    try:
        document = model.model_validate(source.data)
    except ValidationError as error:
        diagnostics += structure_problems(error, source, model)
        raise SpecError(diagnostics) from None
    return Loaded(document, source, tuple(diagnostics))
