"""Limbs proposed from the joint tree: what moves together, named by what its joints' names share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symaug.checks.diagnosis.matching import carrying_joints
from symaug.checks.mechanics.model import ModelView
from symaug.infer.patterns import words
from symaug.semantics.move import Move

_ROOT = -1

_KINDS = {
    "leg": ("hip", "thigh", "calf", "knee", "shin", "ankle", "foot", "leg", "haa", "hfe", "kfe", "toe"),
    "arm": ("shoulder", "elbow", "wrist", "arm", "forearm"),
    "hand": ("finger", "thumb", "hand", "index", "middle", "ring", "pinky", "little", "gripper", "palm"),
    "head": ("head", "neck", "eye", "jaw"),
    "torso": ("torso", "waist", "trunk", "spine", "abdomen", "back", "chest"),
    "wheel": ("wheel",),
}
_SAY_NOTHING = {"to", "joint", "joints", "jnt", "j", "q", "link", "revolute", "act", "actuator", "motor"}
_SIDES = {"l", "r", "left", "right"}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]*")


@dataclass(frozen=True)
class Limb:
    """A limb and its joints, by position in the view's order."""

    name: str
    joints: tuple[int, ...]


def propose_limbs(view: ModelView, moves: Sequence[Move]) -> list[Limb]:
    """Every joint in one limb; the group exchanges whole limbs.

    A limb is a stretch of the tree whose joints the group moves, or one whose joints it leaves in place, cut
    where a hand begins. Where that makes limbs whose k-th joints are not each other's images (the image of a
    left finger is a right one), it is cut at every branch. Both are said by the tree and the group alone, so
    images of limbs are limbs.
    """
    stretches = _stretches(view, moves, finger_by_finger=False)
    if not all(_pairs_up(stretches, move) for move in moves):
        finer = _stretches(view, moves, finger_by_finger=True)
        if sum(_pairs_up(finer, move) for move in moves) > sum(_pairs_up(stretches, move) for move in moves):
            stretches = finer
    names = _names(view, stretches)
    return [Limb(name, joints) for name, joints in zip(names, stretches, strict=True)]


def _pairs_up(stretches: Sequence[tuple[int, ...]], move: Move) -> bool:
    return all(tuple(move.joints.index[joint] for joint in joints) in stretches for joints in stretches)


def _stretches(view: ModelView, moves: Sequence[Move], *, finger_by_finger: bool) -> list[tuple[int, ...]]:
    parents = [int(parent) for parent in carrying_joints(view)]
    branches = Counter(parents)
    most = 1 if finger_by_finger else 2  # as many branches are no hand
    stays = [all(move.joints.index[joint] == joint for move in moves) for joint in range(len(parents))]
    owner: dict[int, int] = {}
    hands: dict[tuple[int, bool], int] = {}
    for joint, parent in enumerate(parents):  # parents come first
        if parent == _ROOT or stays[parent] != stays[joint]:
            owner[joint] = joint
        elif branches[parent] <= most:
            owner[joint] = owner[parent]
        elif finger_by_finger:
            owner[joint] = joint
        else:  # all fingers of a hand together
            owner[joint] = hands.setdefault((parent, stays[joint]), joint)
    groups: dict[int, list[int]] = {}
    for joint, first in owner.items():
        groups.setdefault(first, []).append(joint)
    return [tuple(group) for group in groups.values()]


# --- names ------------------------------------------------------------------------------------------


def _names(view: ModelView, stretches: Sequence[tuple[int, ...]]) -> list[str]:
    members = [[view.joints[joint] for joint in joints] for joints in stretches]
    shared = [_shared(names) for names in members]
    idle = set.intersection(*map(set, shared)) if len(shared) > 1 else set()
    shared = [[word for word in each if word not in idle] or each for each in shared]
    plain = ["_".join(each) for each in shared]
    named: list[str] = []
    for names, joints, word in zip(members, stretches, plain, strict=True):
        body = _body(view, joints[0])
        options = [
            *_options(word, _kind(names), body, alone=plain.count(word) == 1, single=len(stretches) == 1)
        ]
        free = [o for o in options if o not in named and o not in view.joints and _NAME.fullmatch(o)]
        named.append(free[0] if free else _numbered("limb", [*named, *view.joints]))
    return named


def _options(shared: str, kind: str, body: str, *, alone: bool, single: bool) -> Iterator[str]:
    """Names for a limb, the best first; the first that is free is taken."""
    if shared.replace("_", "").isdigit():
        yield f"{kind or 'limb'}_{shared}"
    elif shared:
        bare = shared.lower() in _SIDES or not alone
        if bare and kind and kind not in shared.lower():
            yield f"{shared}_{kind}"
        if single and kind:
            yield kind
        yield shared
        yield f"{shared}_{body}"
        yield f"{shared}_part"
    if single:
        yield "arm"
    if kind:
        yield kind
        yield f"{kind}_{body}"
    yield body


def _shared(names: Sequence[str]) -> list[str]:
    """The words that all names share, in the order of the first; else letters that they all begin with."""
    for split in (re.compile(r"[_.\-]+").split, words):
        common = [word for word in split(names[0]) if all(word in split(name) for name in names)]
        common = [word for word in dict.fromkeys(common) if word and word.lower() not in _SAY_NOTHING]
        if common:
            return common
    shortest = min(map(len, names))
    length = next((n for n in range(shortest) if len({name[n] for name in names}) > 1), shortest)
    letters = names[0][:length].strip("_-. ")
    return [letters] if letters and letters.lower() not in _SAY_NOTHING else []


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
    number = 1
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"
