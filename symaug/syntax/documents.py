"""The two documents, robot and spec: their structure, checked by pydantic, told in our own words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from symaug.diagnostics import Diagnostic
from symaug.syntax import fields
from symaug.syntax.extending import drop_nulls, with_inherited
from symaug.syntax.reader import read_source
from symaug.syntax.salvage import salvage
from symaug.syntax.source import Source
from symaug.syntax.structure_errors import empty_problems, name_problems, structure_problems


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class PackagedModel(_Document):
    """A model file that an installed Python package brings."""

    package: fields.Name = Field(
        description="The package's name, as pip knows it.", examples=["example-robot-data", "mjlab"]
    )
    path: fields.Path = Field(
        description="The file among the package's: its path, or so much of the path's end as tells it apart.",
        examples=["a1_description/urdf/a1.urdf"],
    )


class SymmetryDocument(_Document):
    """The `symmetry:` block of a robot."""

    generators: dict[str, fields.Generator] = Field(
        min_length=1,
        description="One line for each independent symmetry: how the base moves, and what that does to limbs "
        "and joints. The group is derived from these.",
    )
    relations: list[fields.Relation] = Field(
        default=[], description="Equations between the generators, which the compiler verifies; optional."
    )


class RobotDocument(_Document):
    """`robots/NAME/robot.yaml`: joints, limbs and symmetry. Values are expressions, still as text."""

    robot: fields.Name = Field(description="The robot's name.", examples=["anymal_d"])
    source: fields.PlainText | None = Field(
        default=None,
        description="Where names and numbers were published.",
        examples=["unitreerobotics/unitree_ros, robots/a1_description"],
    )
    license: fields.Name | None = Field(
        default=None, description="The licence of what was published, as SPDX names it.", examples=["MIT"]
    )
    model: fields.Path | PackagedModel | None = Field(
        default=None,
        description="Its MJCF or URDF file, relative to this document or inside an installed package; needed "
        "for physics checks.",
        examples=["robot.xml", "robot.urdf"],
    )
    joints: fields.Names = Field(description="All actuated joints, in the canonical order.")
    limbs: dict[str, fields.Names] = Field(
        min_length=1,
        description="The parts that are exchanged as a whole; every joint belongs to exactly one.",
    )
    joint_orders: dict[str, fields.Names] = Field(
        default={}, description="The same joints as other tools list them; a spec picks one by its name."
    )
    default_pose: dict[str, fields.Number] = Field(
        default={},
        description="The rest position by joint or pattern, in rad (m for slide joints); zero without it. "
        "Each joint must get exactly one value, and the pose must be a fixed point of the symmetry.",
    )
    symmetry: SymmetryDocument = Field(description="How the body repeats itself.")


class MemoryDocument(_Document):
    """How recurrent memory follows the symmetry."""

    actor: fields.Memory = Field(default="replay", description="How the actor's memory follows the symmetry.")
    critic: fields.Memory = Field(default="replay", description="How the critic's memory does.")


class TasksDocument(_Document):
    """What the policy trains on and what it is tested on."""

    train: fields.Tasks = Field(description="The tasks that are trained on.")
    test: fields.Tasks = Field(description="The tasks that are tested on.")


class SpecDocument(_Document):
    """`specs/ROBOT/TASK.yaml`: what each number of the observation and the action is."""

    spec: fields.Name = Field(description="The spec's name.", examples=["anymal_d/velocity"])
    robot: fields.Path = Field(
        description="A robot's name, or the path of its document, relative to this one.",
        examples=["anymal_d", "../robot.yaml"],
    )
    joint_order: fields.Name | None = Field(
        default=None,
        description="Which of the robot's joint orders the tensors use; the canonical one without it.",
        examples=["isaaclab"],
    )
    extend: fields.Path | None = Field(
        default=None,
        description="A spec that this one builds on, by its name or a path relative to this document. Keys "
        "given here replace the inherited ones, groups and blocks term by term; `null` leaves out.",
        examples=["anymal_d/velocity", "velocity.yaml"],
    )
    blocks: dict[str, dict[str, fields.Type]] = Field(
        default={},
        description="Mappings of terms that observation groups share: a group takes in the terms of the "
        "block NAME with `NAME: include`.",
    )
    observations: dict[str, dict[str, fields.Type]] = Field(
        min_length=1,
        description="One or more groups, each a mapping from term to type, in the order of the tensor.",
    )
    actions: fields.Type = Field(description="What the policy puts out.")
    memory: MemoryDocument = Field(
        default=MemoryDocument(), description="How the memory of a recurrent policy follows the symmetry."
    )
    resets: dict[str, fields.Range | dict[str, fields.Range]] = Field(
        default={}, description="The distribution that episodes start from."
    )
    tasks: TasksDocument | None = Field(
        default=None,
        description="What is trained on, and what is tested.",
    )


DocumentT = TypeVar("DocumentT", bound=_Document)


@dataclass(frozen=True)
class Loaded(Generic[DocumentT]):
    """A document, its source, and what is wrong with its structure and names.

    With problems, the document is what could be read all the same (see `salvage`); whoever goes on with it
    finds more problems, but makes nothing from it.
    """

    document: DocumentT
    source: Source
    problems: tuple[Diagnostic, ...] = ()


def load_robot(path: Path) -> Loaded[RobotDocument]:
    """Read a robot document; what is wrong with its structure (SA005 … SA009, SA011) is in its problems.

    Raises:
        SpecError: SA001 … SA004, after which nothing can be read.
    """
    return check(read_source(path), RobotDocument)


def load_spec(path: Path) -> Loaded[SpecDocument]:
    """Read a spec document, with what it extends; what is wrong with its structure is in its problems.

    Raises:
        SpecError: SA001 … SA004, after which nothing can be read.
    """
    return check(with_inherited(read_source(path)), SpecDocument)


def check(source: Source, model: type[DocumentT]) -> Loaded[DocumentT]:
    """The document that a source holds, and everything that is wrong with its structure and names.

    Of a spec that extends another, the source is either what `with_inherited` makes of it or the document
    alone, in which then nothing is missed.
    """
    if source.inherits:
        drop_nulls(source)
    source.problems += empty_problems(source, model)
    names = list(name_problems(source, model))
    try:
        document = model.model_validate(source.data)
    except ValidationError as error:
        source.problems += structure_problems(error, source, model)
        document = salvage(model, source)
    return Loaded(document, source, (*source.problems, *names))
