"""The robots that ship with symaug: what each is, and what its declaration was checked against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from symaug.semantics.robot import load_robot_symmetry
from symaug.shipped import find_robot, list_robots, list_specs
from symaug.syntax.documents import PackagedModel, load_robot
from symaug.tools.group_name import group_name

PICTURES = "https://github.com/symaug/symaug/blob/main/docs/images/robots"
UNCHECKED = "not checked against a model"

ModelState = Literal["ships", "installed", "not installed", "none"]


@dataclass(frozen=True)
class RobotEntry:
    """A shipped robot.

    Attributes:
        name: as a spec names it.
        group: what its symmetry group is called.
        generators: names of the generators.
        joints: how many.
        limbs: how many.
        license: of the published names and numbers; empty where the document does not say.
        source: where they were published.
        model: the file beside the document or `PACKAGE: FILE`; empty where there is none.
        state: whether the model is there to check the declaration against.
        package: the package that brings the model; None where it ships, or there is none.
        specs: names of the shipped specs of it.
        picture: address of its drawing.
    """

    name: str
    group: str
    generators: tuple[str, ...]
    joints: int
    limbs: int
    license: str
    source: str
    model: str
    state: ModelState
    package: str | None
    specs: tuple[str, ...]
    picture: str

    @property
    def checked(self) -> str:
        """What the declaration was checked against, in words."""
        if self.state == "none":
            return UNCHECKED
        return self.model if self.state != "not installed" else f"{self.model} (not installed)"


def catalogue() -> list[RobotEntry]:
    """Every shipped robot, sorted by name."""
    return [robot_entry(name) for name in list_robots()]


def robot_entry(name: str) -> RobotEntry:
    """One shipped robot.

    Raises:
        SpecError: SA010 there is none of that name.
    """
    robot, document = load_robot_symmetry(name), load_robot(find_robot(name)).document
    packaged = document.model if isinstance(document.model, PackagedModel) else None
    state: ModelState = "none" if document.model is None else "ships"
    if packaged is not None:
        state = "installed" if robot.missing_package is None else "not installed"
    return RobotEntry(
        name=name,
        group=group_name(robot.group),
        generators=tuple(robot.group.generators),
        joints=len(robot.joints),
        limbs=len(robot.limbs),
        license=document.license or "",
        source=document.source or "",
        model=f"{packaged.package}: {packaged.path}" if packaged else str(document.model or ""),
        state=state,
        package=packaged.package if packaged else None,
        specs=tuple(spec for spec in list_specs() if spec.startswith(f"{name}/")),
        picture=f"{PICTURES}/{name}.svg",
    )
