"""Robots of many groups, written as documents and compiled: homomorphism, inverses and closure in every
space.

A group acts on its limbs as on its own elements or on some of its cosets, and each joint of a limb changes
sign by one of the group's characters, so that every document is right. The number of cases is the number of
pairs of elements that are compared, in all spaces.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import symaug
from symaug.semantics.linear_map import LinearMap, compose, differences
from symaug.semantics.signed_permutation import SignedPermutation

Permutation = tuple[int, ...]

KINDS: dict[str, tuple[dict[str, tuple[str, Permutation]], int]] = {
    # generator: what it does to the base, and to as many things as the group has elements (or cosets)
    "C2": ({"a": ("reflect y", (1, 0))}, 2),
    "half turn": ({"a": ("rotate z by 180 deg", (1, 0))}, 2),
    "K4": ({"a": ("reflect y", (1, 0, 3, 2)), "b": ("reflect x", (2, 3, 0, 1))}, 4),
    "C3": ({"a": ("rotate z by 120 deg", (1, 2, 0))}, 3),
    "C4": ({"a": ("rotate x by 90 deg", (1, 2, 3, 0))}, 4),
    "C5": ({"a": ("rotate y by 72 deg", (1, 2, 3, 4, 0))}, 5),
    "C6": ({"a": ("rotate z by 60 deg", (1, 2, 3, 4, 5, 0))}, 6),
    "C7": ({"a": ("rotate z by 360/7 deg", (1, 2, 3, 4, 5, 6, 0))}, 7),
    "D3": ({"a": ("rotate z by 120 deg", (1, 2, 0)), "b": ("reflect y", (0, 2, 1))}, 6),
    "D4": ({"a": ("rotate z by 90 deg", (1, 2, 3, 0)), "b": ("reflect y", (0, 3, 2, 1))}, 8),
    "D6": ({"a": ("rotate z by 60 deg", (1, 2, 3, 4, 5, 0)), "b": ("reflect y", (0, 5, 4, 3, 2, 1))}, 12),
    "C2xC2xC2": (
        {
            "a": ("reflect x", (1, 0, 3, 2, 5, 4, 7, 6)),
            "b": ("reflect y", (2, 3, 0, 1, 6, 7, 4, 5)),
            "c": ("reflect z", (4, 5, 6, 7, 0, 1, 2, 3)),
        },
        8,
    ),
}
EVEN = {"C2", "half turn", "K4", "C4", "C6", "D4", "D6", "C2xC2xC2"}  # every generator may change signs
SIGNED = {name: set(KINDS[name][0]) if name in EVEN else {"b"} & set(KINDS[name][0]) for name in KINDS}


def cycles(permutation: Permutation) -> Iterator[list[int]]:
    left = set(range(len(permutation)))
    while left:
        start = min(left)
        cycle, place = [start], permutation[start]
        while place != start:
            cycle.append(place)
            place = permutation[place]
        left -= set(cycle)
        if len(cycle) > 1:
            yield cycle


def documents(rng: random.Random) -> tuple[str, str, str, int]:
    """A robot, a spec, the name of the group, and its order."""
    kind = rng.choice(sorted(KINDS))
    generators, order = KINDS[kind]
    limbs = len(next(iter(generators.values()))[1])
    parts = [f"j{k}" for k in range(rng.randint(1, 3))]
    flips = {g: [part for part in parts if g in SIGNED[kind] and rng.random() < 0.5] for g in generators}
    lines = [
        f"robot: {kind.replace(' ', '_')}",
        "joints: " + " ".join(f"L{i}_{part}" for i in range(limbs) for part in parts),
        "limbs: {" + ", ".join(f"L{i}: L{i}_*" for i in range(limbs)) + "}",
        "symmetry:",
        "  generators:",
    ]
    for name, (motion, permutation) in generators.items():
        swap = "".join("(" + " ".join(f"L{i}" for i in cycle) + ")" for cycle in cycles(permutation))
        flip = f", flip {' '.join(f'*_{part}' for part in flips[name])}" if flips[name] else ""
        lines.append(f"    {name}: {motion}, swap {swap}{flip}")
    order_line = ""
    if rng.random() < 0.5:
        shuffled = [f"L{i}_{part}" for i in range(limbs) for part in parts]
        rng.shuffle(shuffled)
        lines += ["joint_orders:", f"  mixed: {' '.join(shuffled)}"]
        order_line = "joint_order: mixed\n"
    terms = "".join(f"    t{k}: {typed(rng)}\n" for k in range(rng.randint(1, 4)))
    spec = f"spec: s\nrobot: ./robot.yaml\n{order_line}observations:\n  policy:\n{terms}actions: joints\n"
    spec += f"memory: {{actor: {rng.randint(1, 3)} * regular, critic: limbs + unsigned(joints)}}\n"
    return "\n".join(lines) + "\n", spec, kind, order


def typed(rng: random.Random, depth: int = 2) -> str:
    leaves = ["scalar", "pseudoscalar", "vector", "pseudovector", "joints", "unsigned(joints)", "limbs"]
    leaves += ["positions(joints)", "quaternion(wxyz)", "quaternion(xyzw)", "rotation_matrix"]
    if depth == 0 or rng.random() < 0.5:
        return rng.choice(leaves)
    inner: Callable[[], str] = lambda: typed(rng, depth - 1)  # noqa: E731
    return rng.choice(
        [
            f"{inner()} + {inner()}",
            f"({inner()}) * ({inner()})",
            f"{rng.randint(1, 3)} * ({inner()})",
            f"history({rng.randint(1, 4)}, {inner()})",
            f"history({rng.randint(1, 4)}, {inner()}, order=term)",
        ]
    )


def cases(program: symaug.Program) -> int:
    """Compare every pair of elements in every space; how many pairs that were."""
    group, count = program.group, 0
    assert group.axiom_violations() == []
    for space in program.spaces.values():
        actions = list(space.elements.values())
        assert not differences(actions[0], SignedPermutation.identity(space.width))
        for i, left in enumerate(actions):
            undone = compose(left.inverse(), left)  # type: ignore[arg-type]
            assert not differences(undone, actions[0])
            assert not differences(left.inverse(), actions[group.inverse(i)])
            for j, right in enumerate(actions):
                made, listed = compose(left, right), actions[group.product(i, j)]
                exact = isinstance(made, SignedPermutation) and isinstance(listed, SignedPermutation)
                assert (made == listed) if exact else not differences(made, listed)
                count += 1
    return count


def compare(folder: Path, wanted: int, seed: int) -> int:
    rng, done, mixed, orders = random.Random(seed), 0, 0, set()
    while done < wanted:
        robot, spec, kind, order = documents(rng)
        (folder / "robot.yaml").write_text(robot, encoding="utf-8")
        (folder / "spec.yaml").write_text(spec, encoding="utf-8")
        program = symaug.compile(folder / "spec.yaml")
        assert program.group.order == order, kind
        orders.add(order)
        done += cases(program)
        mixed += any(isinstance(a, LinearMap) for s in program.spaces.values() for a in s.elements.values())
    assert mixed > 0 and len(orders) > 1
    return done


def test_ten_thousand_pairs_of_elements_multiply_as_their_group_says(tmp_path):
    assert compare(tmp_path, wanted=10_000, seed=0) >= 10_000
