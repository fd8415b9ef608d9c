"""What makes a published robot differ from its mirror image: bodies, joints, actuators, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symaug.checks.mechanics.bodies import BodyImage, body_images, composite_inertias
from symaug.checks.mechanics.inertia import mass_com_inertia
from symaug.checks.mechanics.mirror import actuator_images, actuator_joints, joint_map
from symaug.checks.mechanics.model import ModelView
from symaug.checks.report import number
from symaug.diagnostics import UserError

if TYPE_CHECKING:
    from symaug.semantics.robot import Robot

_NEGLIGIBLE = 1e-6  # of the largest of its kind: what nobody would call a difference
_JOINT_FIELDS = {
    "dof_armature": ("armature", "kg m²"),
    "dof_damping": ("damping", "N m s"),
    "dof_frictionloss": ("friction loss", "N m"),
}


@dataclass(frozen=True)
class Difference:
    """One quantity of one body, joint or actuator that is not its image's.

    Attributes:
        subject: which, by name.
        image: whose image it should be, by name; itself perhaps.
        quantity: such as `centre of mass`.
        unit: of `value`; `relative` for parts of the quantity itself.
        value: how large the difference is.
        weight: how much that is for this robot, to order by; dimensionless.
        sentence: the same in words.
    """

    subject: str
    image: str
    quantity: str
    unit: str
    value: float
    weight: float
    sentence: str

    @property
    def key(self) -> str:
        """`subject: quantity (unit)`."""
        return f"{self.subject}: {self.quantity} ({self.unit})"


def differences(view: ModelView, robot: Robot) -> list[Difference]:
    """All of them under the generators, the heaviest first; each quantity once, where it is largest.

    Raises:
        UserError: SA603, SA604 where actuators or bodies have no image.
    """
    largest: dict[str, Difference] = {}
    for element in robot.group.generators:
        for each in (
            *_of_bodies(view, robot, element),
            *_of_joints(view, robot, element),
            *_of_actuators(view, robot, element),
        ):
            known = largest.get(each.key)
            if known is None or each.value > known.value:
                largest[each.key] = each
    return sorted(largest.values(), key=lambda each: -each.weight)


def _of_bodies(view: ModelView, robot: Robot, element: str) -> Iterator[Difference]:
    model, inertias = view.model, composite_inertias(view)
    total = float(model.body_mass.sum()) or 1.0
    for body, image in body_images(view, robot, element).items():
        mass, com, inertia = mass_com_inertia(image.transform @ inertias[body] @ image.transform.T)
        own_mass, own_com, own_inertia = mass_com_inertia(inertias[image.body])
        name, other = model.body(image.body).name, model.body(body).name
        share = own_mass / total
        if abs(own_mass - mass) > _NEGLIGIBLE * total:
            heavier = "heavier" if own_mass > mass else "lighter"
            off = abs(own_mass - mass)
            words = f"{name}: {number(off)} kg {heavier} than its image {other}"
            yield Difference(name, other, "mass", "kg", off, off / total, words)
        # A body that is its own image is half as far from where it should be as from its image.
        off = float(np.linalg.norm(own_com - com)) / (2 if image.body == body else 1)
        if off > _NEGLIGIBLE * view.extent:
            place = _place(image, body, robot, element, other)
            words = f"{name}: centre of mass {number(1e3 * off)} mm off {place}"
            yield Difference(name, other, "centre of mass", "mm", 1e3 * off, share * off / view.extent, words)
        size = float(np.linalg.norm(own_inertia)) or 1.0
        off = float(np.linalg.norm(own_inertia - inertia)) / size
        if off > 1e3 * _NEGLIGIBLE:
            whose = "its own mirror image's" if image.body == body else f"that of {other}"
            words = f"{name}: inertia {number(100 * off)} % from {whose}"
            yield Difference(name, other, "inertia", "relative", off, 0.1 * share * off, words)


def _place(image: BodyImage, body: int, robot: Robot, element: str, other: str) -> str:
    if image.body != body:
        return f"where the image of {other} has it"
    return (
        f"the mirror plane of `{element}`" if robot.determinant(element) < 0 else f"the axis of `{element}`"
    )


def _of_joints(view: ModelView, robot: Robot, element: str) -> Iterator[Difference]:
    source = joint_map(robot, view, element).index
    for field, (what, unit) in _JOINT_FIELDS.items():
        values = getattr(view.model, field)[view.dof_adr].reshape(len(view.joints), -1)
        scale = float(np.abs(values).max(initial=0.0))
        for i, j in enumerate(source):
            off = float(np.abs(values[i] - values[j]).max())
            if scale and off > _NEGLIGIBLE * scale:
                more = "more" if values[i].sum() > values[j].sum() else "less"
                name = view.joints[i]
                other = view.joints[j]
                words = f"{name}: {what} {number(off)} {unit} {more} than {other}"
                yield Difference(name, other, what, unit, off, 0.01 * off / scale, words)


def _of_actuators(view: ModelView, robot: Robot, element: str) -> Iterator[Difference]:
    model = view.model
    if model.nu == 0:
        return
    try:
        images = actuator_images(view, joint_map(robot, view, element).index)
    except UserError:
        return  # the dynamics checks say so
    names = [view.joints[j] for j in actuator_joints(view)]
    names = [model.actuator(i).name or name for i, name in enumerate(names)]
    bounds = np.abs(model.actuator_forcerange) * model.actuator_forcelimited[:, None]
    inputs = np.abs(model.actuator_ctrlrange) * model.actuator_ctrllimited[:, None]
    for what, values in (
        ("gain", np.abs(model.actuator_gainprm[:, :1] * model.actuator_gear[:, :1])),
        ("stiffness and damping", np.abs(model.actuator_biasprm[:, 1:3])),
        ("force limits", np.sort(bounds, axis=1)),
        ("input limits", np.sort(inputs, axis=1)),
    ):
        scale = float(values.max(initial=0.0))
        for i, j in enumerate(images):
            off = float(np.abs(values[i] - values[j]).max())
            if scale and off > _NEGLIGIBLE * scale:
                part = off / max(float(np.abs(values[j]).max()), _NEGLIGIBLE * scale)
                other = names[int(j)]
                words = f"{names[i]}: {what} of the actuator {number(100 * part)} % from that of {other}"
                yield Difference(names[i], other, f"actuator {what}", "relative", part, 0.1 * part, words)
