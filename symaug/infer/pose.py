"""The default pose of a proposed robot: a keyframe of the model, made its own mirror image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from symaug.checks.fit import Bench
from symaug.checks.mechanics.model import ModelView
from symaug.semantics.move import Move

_NAMES = ("home", "stand", "default", "init", "rest")
_DIGITS = 6
_UNEVEN = 1e-6  # rad or m
_NEAR_ZERO = 0.05  # rad or m: a range that begins so near to zero is not left by it


@dataclass(frozen=True)
class Pose:
    """The default position of each joint.

    Attributes:
        texts: as the document says it, rad, m or degrees, [n] in the view's order; empty where the document
            need not say it, because zero is right.
        keyframe: the model's keyframe that it comes from; None when there is none.
        moved: how far symmetry moved it away from there, rad or m.
    """

    texts: tuple[str, ...]
    keyframe: str | None
    moved: float


def propose_pose(bench: Bench, moves: Sequence[Move]) -> Pose:
    """A fixed point of the group near the model's keyframe, else near zero and inside the ranges."""
    view = bench.view
    keyframe, wanted = _keyframe(view)
    if wanted is None:
        wanted = np.clip(np.zeros(len(view.joints)), bench.ranges[:, 0], bench.ranges[:, 1])
        wanted[np.abs(wanted) < _NEAR_ZERO] = 0.0
    mean = np.mean([move.joints.apply(wanted.tolist()) for move in moves], axis=0)
    texts = _texts(mean, moves, view)
    moved = float(np.abs(mean - wanted).max(initial=0.0))
    if keyframe is None and all(text == "0" for text in texts):
        texts = ()
    return Pose(texts, keyframe, moved if moved > _UNEVEN else 0.0)


def _keyframe(view: ModelView) -> tuple[str | None, np.ndarray | None]:
    model = view.model
    names = [model.key(k).name for k in range(model.nkey)]
    if not names:
        return None, None
    chosen = next((k for sign in _NAMES for k, name in enumerate(names) if sign in name.lower()), 0)
    return names[chosen] or f"#{chosen}", model.key_qpos[chosen][view.qpos_adr].copy()


def _texts(pose: np.ndarray, moves: Sequence[Move], view: ModelView) -> tuple[str, ...]:
    """Rounded once for each orbit and carried to the others, so that the text is a fixed point, too."""
    shifted = {
        int(joint)
        for move in moves
        for joint, offset in enumerate(move.joints.offset)
        if offset and view.is_hinge[joint]
    }
    degrees = shifted | {
        source for move in moves for joint in shifted for source in (move.joints.index[joint],)
    }
    texts: dict[int, str] = {}
    for joint in range(len(pose)):
        if joint in texts:
            continue
        scale = 180 / np.pi if joint in degrees else 1.0
        value = round(float(pose[joint]) * scale, _DIGITS)
        for move in moves:
            for target, source in enumerate(move.joints.index):
                if source == joint and target not in texts:
                    image = move.joints.sign[target] * value + move.joints.offset[target] * scale
                    texts[target] = _text(image, target in degrees)
    return tuple(texts[joint] for joint in range(len(pose)))


def _text(value: float, degrees: bool) -> str:
    plain = f"{round(value, _DIGITS) + 0.0:.{_DIGITS}f}".rstrip("0").rstrip(".")
    plain = "0" if plain in ("-0", "") else plain
    return f"{plain} deg" if degrees and plain != "0" else plain
