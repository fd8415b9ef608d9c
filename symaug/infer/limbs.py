"""Limbs proposed from the joint tree: what moves together, named by what its joints' names share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from symaug.checks.diagnosis.matching import carrying_joints
from symaug.checks.mechanics.model import ModelView
from symaug.infer.patterns import words
from symaug.semantics.move import Move

_ROOT = -1
_HAND = 3  # as many branches on one link are fingers

_KINDS = {
    "leg": ("hip", "thigh", "calf", "knee", "shin", "ankle", "foot", "leg", "haa", "hfe", "kfe", "toe"),
    "arm": ("shoulder", "elbow", "wrist", "arm", "forearm"),
    "hand": ("finger", "thumb", "hand", "index", "middle", "ring", "pinky", "little", "gripper", "palm"),
    "head": ("head", "neck", "eye", "jaw"),
    "torso": ("torso", "waist", "trunk", "spine", "abdomen", "back", "chest"),
    "wheel": ("wheel",),
}
_SAY_NOTHING = {"to", "joint", "joints", "jnt", "j", "link", "revolute", "act", "actuator", "motor"}
_SIDES = {"l", "r", "left", "right", "le", "ri"}


@dataclass(frozen=True)
class Limb:
    """A limb and its joints, by position in the view's order."""

    name: str
    joints: tuple[int, ...]


def propose_limbs(view: ModelView, moves: Sequence[Move]) -> list[Limb]:
    """Every joint in one limb; the group exchanges whole limbs.

    A limb is a stretch of the tree whose joints the group moves, or one whose joints it leaves in place, cut
    where a hand begins. Both are said by the tree and the group alone, so images of limbs are limbs.
    """
    stretches = _stretches(view, moves)
    names = _names(view, stretches)
    return [Limb(name, joints) for name, joints in zip(names, stretches, strict=True)]


def _stretches(view: ModelView, moves: Sequence[Move]) -> list[tuple[int, ...]]:
    parents = carrying_joints(view)
    count = Counter(int(parent) for parent in parents)
    stays = [all(move.joints.index[joint] == joint for move in moves) for joint in range(len(parents))]
    owner: dict[int, int] = {}
    for joint, parent in enumerate(int(parent) for parent in parents):  # parents come first
        begins = parent == _ROOT or stays[parent] != stays[joint] or count[parent] >= _HAND
        hand = count[parent] >= _HAND and parent != _ROOT and stays[parent] == stays[joint]
        if hand:  # all fingers of one hand together
            siblings = [other for other in range(joint) if int(parents[other]) == parent and other in owner]
            same = [other for other in siblings if stays[other] == stays[joint]]
            owner[joint] = owner[same[0]] if same else joint
        else:
            owner[joint] = joint if begins else owner[parent]
    groups: dict[int, list[int]] = {}
    for joint, first in owner.items():
        groups.setdefault(first, []).append(joint)
    return [tuple(group) for group in groups.values()]


def _names(view: ModelView, stretches: Sequence[tuple[int, ...]]) -> list[str]:
    """The first way of naming, from short to long, that gives each its own name."""
    plain = [_shared([view.joints[joint] for joint in joints]) for joints in stretches]
    kinds = [_kind([view.joints[joint] for joint in joints]) for joints in stretches]
    bodies = [_body(view, joints[0]) for joints in stretches]
    named: list[str] = []
    for shared, kind, body in zip(plain, kinds, bodies, strict=True):
        alone = plain.count(shared) == 1
        bare = shared.isdigit() or shared.lower() in _SIDES or not alone
        if shared and kind and bare and kind not in shared.lower():
            name = f"{kind}_{shared}" if shared.isdigit() else f"{shared}_{kind}"
        elif shared and not shared.isdigit():
            name = shared
        else:
            name = kind or (f"limb_{shared}" if shared else body) or "limb"
        options = (name, f"{name}_{body}" if body else name, body or name)
        free = [option for option in options if option not in named and option not in view.joints]
        named.append(free[0] if free else _numbered(name, [*named, *view.joints]))
    return named


def _shared(names: Sequence[str]) -> str:
    """The words that all names share, in the order of the first; else letters that they all begin with."""
    common = [word for word in words(names[0]) if all(word in words(name) for name in names)]
    common = [word for word in dict.fromkeys(common) if word.lower() not in _SAY_NOTHING]
    if common or len(names) == 1:
        return "_".join(common)
    shortest = min(map(len, names))
    length = next((n for n in range(shortest) if len({name[n] for name in names}) > 1), shortest)
    return names[0][:length].strip("_-. ")


def _kind(names: Sequence[str]) -> str:
    """`leg`, `arm` …: what most of the joints are called after; empty when nothing tells."""
    votes: Counter[str] = Counter()
    for name in names:
        lowered = name.lower()
        votes.update(kind for kind, signs in _KINDS.items() if any(sign in lowered for sign in signs))
    return max(votes, key=lambda kind: (votes[kind], -list(_KINDS).index(kind))) if votes else ""


def _body(view: ModelView, joint: int) -> str:
    """The name of the body that a joint moves, without what says nothing."""
    name = view.model.body(int(view.model.jnt_bodyid[view.joint_ids[joint]])).name
    return "_".join(word for word in words(name) if word.lower() not in _SAY_NOTHING)


def _numbered(name: str, taken: Sequence[str]) -> str:
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"
