"""Tendons and equality constraints: do they map onto one another? Only then may they act in the dynamics.

Compared are constraints between two joints (a URDF's mimic joints) and tendons that add up joints. Others,
spatial tendons, loops that are closed between bodies, are left out of the dynamics, and so is everything
here when one has no image.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import mujoco
import numpy as np

from symaug.checks.mechanics.mirror import CoordinateMap, joint_map
from symaug.checks.mechanics.model import ModelView
from symaug.checks.names import listed
from symaug.checks.report import CheckResult

if TYPE_CHECKING:
    from symaug.semantics.robot import Robot

NAME = "geometry/couplings"
_ACTING = ("tendon_stiffness", "tendon_damping", "tendon_frictionloss", "tendon_armature", "tendon_limited")
_EQUALITY = ("eq_solref", "eq_solimp", "eq_active0")
_TENDON = (*_ACTING, "tendon_margin", "tendon_solref_lim", "tendon_solimp_lim")
_JOINT = int(mujoco.mjtEq.mjEQ_JOINT)
_FIXED = int(mujoco.mjtWrap.mjWRAP_JOINT)


def check_couplings(view: ModelView, robot: Robot) -> CheckResult | None:
    """Pass when every coupling that acts has its image, else warn; None when there are none."""
    model = view.model
    equalities = [e for e in range(model.neq) if model.eq_active0[e]]
    tendons = [t for t in range(model.ntendon) if any(getattr(model, f)[t] for f in _ACTING)]
    if not equalities and not tendons:
        return None
    odd: dict[str, float] = {}
    for element in robot.group.elements[1:]:
        joints = joint_map(robot, view, element)
        odd |= {_equality_name(model, e): 1.0 for e in equalities if not _maps(view, joints, e, equalities)}
        odd |= {_tendon_name(model, t): 1.0 for t in tendons if not _pulls(view, joints, t, tendons)}
    count = len(equalities) + len(tendons)
    if not odd:
        return CheckResult(NAME, "pass", 0.0, 0.0, f"{count} tendons and constraints, each with its image")
    left_out = "tendons and equality constraints are left out of the dynamics"
    detail = f"no mirror image found for {listed(list(odd))}: {left_out}"
    return CheckResult(NAME, "warn", float(len(odd)), 0.0, detail, odd)


def uncoupled(model: mujoco.MjModel) -> mujoco.MjModel:
    """A copy in which no tendon and no equality constraint acts."""
    free = copy.copy(model)
    free.opt.disableflags |= int(mujoco.mjtDisableBit.mjDSBL_EQUALITY)
    for name in _ACTING:
        getattr(free, name)[:] = 0
    return free


def _maps(view: ModelView, joints: CoordinateMap, equality: int, equalities: list[int]) -> bool:
    """Whether q1 = Σ c_k q2^k, in deviations from the model's zero pose, goes to another constraint."""
    model = view.model
    if model.eq_type[equality] != _JOINT or not _zero_stays(view, joints):
        return False
    target, sign = _targets(view, joints)
    first, second = int(model.eq_obj1id[equality]), int(model.eq_obj2id[equality])
    turned = sign[second] if second >= 0 else 1.0
    image = sign[first] * model.eq_data[equality, :5] * turned ** np.arange(5)
    wanted = [(target[first], target[second] if second >= 0 else -1)]
    if second >= 0 and np.allclose(np.abs(image), [0, 1, 0, 0, 0]):
        wanted.append((target[second], target[first]))  # q1 = ±q2 says the same as q2 = ±q1
    return any(
        model.eq_type[other] == _JOINT
        and (int(model.eq_obj1id[other]), int(model.eq_obj2id[other])) in wanted
        and np.allclose(model.eq_data[other, :5], image, rtol=1e-6, atol=1e-9)
        and all(np.allclose(getattr(model, f)[other], getattr(model, f)[equality]) for f in _EQUALITY)
        for other in equalities
    )


def _pulls(view: ModelView, joints: CoordinateMap, tendon: int, tendons: list[int]) -> bool:
    """Whether a tendon of length Σ c_k q_k goes to another one, or to one that counts the other way."""
    model, wraps = view.model, _wraps(view.model, tendon)
    if wraps is None or not _zero_stays(view, joints) or np.any(joints.offset):
        return False
    target, sign = _targets(view, joints)
    image = {target[j]: sign[j] * c for j, c in wraps.items()}
    for other in tendons:
        there = _wraps(model, other)
        if there is None or there.keys() != image.keys():
            continue
        for way in (1, -1):
            same = all(abs(there[j] - way * c) < 1e-9 for j, c in image.items())
            alike = all(np.allclose(getattr(model, f)[other], getattr(model, f)[tendon]) for f in _TENDON)
            intervals = all(
                np.allclose(getattr(model, f)[other], np.sort(way * getattr(model, f)[tendon]))
                for f in ("tendon_range", "tendon_lengthspring")
            )
            if same and alike and intervals:
                return True
    return False


def _targets(view: ModelView, joints: CoordinateMap) -> tuple[dict[int, int], dict[int, float]]:
    """Joint id to the id and sign of its image."""
    ids = view.joint_ids
    pairs = [(int(ids[source]), int(ids[i]), float(joints.sign[i])) for i, source in enumerate(joints.index)]
    return {s: t for s, t, _ in pairs}, {s: sign for s, _, sign in pairs}


def _zero_stays(view: ModelView, joints: CoordinateMap) -> bool:
    zero = view.model.qpos0[view.qpos_adr]
    return bool(np.allclose(joints(zero), zero, rtol=0, atol=1e-9))


def _wraps(model: mujoco.MjModel, tendon: int) -> dict[int, float] | None:
    rows = range(model.tendon_adr[tendon], model.tendon_adr[tendon] + model.tendon_num[tendon])
    if any(model.wrap_type[row] != _FIXED for row in rows):
        return None
    return {int(model.wrap_objid[row]): float(model.wrap_prm[row]) for row in rows}


def _equality_name(model: mujoco.MjModel, equality: int) -> str:
    return model.equality(equality).name or f"constraint {equality}"


def _tendon_name(model: mujoco.MjModel, tendon: int) -> str:
    return model.tendon(tendon).name or f"tendon {tendon}"
