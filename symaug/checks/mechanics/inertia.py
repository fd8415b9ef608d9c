"""A body's mass, centre of mass and inertia as one 4x4 matrix that motions and reflections act on.

The pseudo-inertia about a frame is J = ∫ [x; 1][x; 1]ᵀ dm = [[Σ, m c], [m cᵀ, m]] with Σ = ½ tr(I) 1 - I. It
goes to T J Tᵀ under x' = T x, it adds up over welded bodies, and averages of physical ones are physical (the
physical ones are the positive definite matrices: Wensing, Kim and Slotine, "Linear matrix inequalities for
physically consistent inertial parameter identification", 2018).
"""

from __future__ import annotations

import mujoco
import numpy as np

_INERTIA_FRAMES = (
    int(mujoco.mjtSameFrame.mjSAMEFRAME_INERTIA),
    int(mujoco.mjtSameFrame.mjSAMEFRAME_INERTIAROT),
)


def pseudo_inertia(model: mujoco.MjModel, body: int) -> np.ndarray:
    """Pseudo-inertia [4, 4] of `body` about its own frame, kg, kg m, kg m²."""
    rotation = np.zeros(9)
    mujoco.mju_quat2Mat(rotation, model.body_iquat[body])
    rotation = rotation.reshape(3, 3)
    inertia = rotation @ np.diag(model.body_inertia[body]) @ rotation.T
    mass, com = model.body_mass[body], model.body_ipos[body]
    second = 0.5 * np.trace(inertia) * np.eye(3) - inertia + mass * np.outer(com, com)
    return np.block([[second, mass * com[:, None]], [mass * com[None, :], np.array([[mass]])]])


def mass_com_inertia(pseudo: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Mass (kg), centre of mass [3] (m) and inertia about it [3, 3] (kg m²): undoes `pseudo_inertia`."""
    mass = float(pseudo[3, 3])
    com = pseudo[:3, 3] / mass if mass > 0 else np.zeros(3)
    second = pseudo[:3, :3] - mass * np.outer(com, com)
    return mass, com, np.trace(second) * np.eye(3) - second


def is_physical(pseudo: np.ndarray) -> bool:
    """Whether some distribution of positive mass has this pseudo-inertia."""
    return bool(pseudo[3, 3] > 0 and np.linalg.eigvalsh(pseudo)[0] > -1e-12 * np.abs(pseudo).max())


def set_pseudo_inertia(model: mujoco.MjModel, body: int, pseudo: np.ndarray) -> None:
    """Write a pseudo-inertia about `body`'s frame into the model; call `mj_setConst` after the last one."""
    mass, com, inertia = mass_com_inertia(pseudo)
    moments, axes = np.linalg.eigh(inertia)
    moments, axes = moments[::-1], axes[:, ::-1].copy()
    axes[:, 2] *= np.linalg.det(axes)
    model.body_mass[body] = mass
    model.body_ipos[body] = com
    model.body_inertia[body] = np.maximum(moments, 0.0)
    mujoco.mju_mat2Quat(model.body_iquat[body], axes.ravel())
    # MuJoCo caches which frames coincide; these no longer have to.
    model.body_sameframe[body] = 0
    for bodies, frames in (
        (model.geom_bodyid, model.geom_sameframe),
        (model.site_bodyid, model.site_sameframe),
    ):
        frames[(bodies == body) & np.isin(frames, _INERTIA_FRAMES)] = 0
