"""What editors offer and explain where an expression stands: examples and the words for them."""

from __future__ import annotations

from symaug.syntax.fields import Kind

WRITTEN: dict[Kind, str] = {
    "names": "Names or patterns, separated by blanks: `{LF,RF}_HAA`, `*_KFE`.",
    "number": "A number, with a unit where it is not SI: `0.4`, `20 deg`.",
    "range": "`low..high` with an optional unit, or a factor on the default value, `default * low..high`.",
    "type": "A type says how the group acts on the numbers of this block.",
    "memory": "`replay`, or a type whose numbers the group only permutes.",
    "generator": "How the base moves, then what changes places and signs; clauses are separated by commas.",
    "relation": "Words of generators, with powers, that are equal; `e` is the identity.",
    "tasks": "Families of tasks, joined by `+`.",
}
"""How each kind of expression is written."""

TYPES: dict[str, str] = {
    "scalar": "a plain number that no symmetry changes: time, height, mass",
    "pseudoscalar": "a number that mirrors turn around: yaw rate, yaw error",
    "vector": "velocities, positions, forces, gravity: (x, y, z) in the base frame",
    "pseudovector": "angular velocities, torques on the base: (x, y, z) of what a right-hand rule defines",
    "vector[xy]": "some axes of a vector, closed under the group",
    "pseudovector[z]": "some axes of a pseudovector, closed under the group",
    "vector[xy] + pseudovector[z]": "a velocity command: vx, vy and the yaw rate",
    "joints": "joint positions relative to the default pose, velocities, torques, actions",
    "joints[*_KFE]": "the joints that any of the patterns matches; closed under the group",
    "positions(joints)": "joint positions as the model counts them, not relative to the default pose",
    "unsigned(joints)": "magnitudes, one a joint: gains, limits, temperatures",
    "limbs": "one number a limb, in the order of the robot document: contacts, phases",
    "limbs * vector": "one vector a limb, all of the first limb first",
    "regular": "one number a group element, permuted as by multiplication",
    "history(5, joints)": "several steps of a block, one whole step after the other",
    "history(5, joints, order=term)": "several steps of a block, all steps of its first number first",
    "grid(17 x 11, order=xy)": "a scan centred on the base, x running fastest",
    "image(48 x 64 x 3)": "a camera image, height x width x channels",
    "rotation_matrix": "an orientation as a rotation matrix, nine numbers, row by row",
    "rotation_6d": "an orientation as the first two columns of its rotation matrix",
    "quaternion(wxyz)": "an orientation as a unit quaternion, its real part first",
    "quaternion(xyzw)": "an orientation as a unit quaternion, its real part last",
    "euler(rpy)": "an orientation as roll, pitch and yaw",
}
"""Types as they are written, each with what it is for."""

MEMORIES: dict[str, str] = {
    "replay": "of an ordinary network, which is run over the transformed history",
    "32 * regular": "of an equivariant network: 32 numbers for each group element",
    "16 * limbs + 8 * regular": "of an equivariant network: 16 numbers a limb, 8 for each group element",
    "8 * unsigned(joints)": "of an equivariant network: 8 numbers a joint, exchanged as the joints are",
}
"""Memories as they are written, each with whose it is."""

EXAMPLES: dict[Kind, tuple[str, ...]] = {
    "names": ("LF_{HAA,HFE,KFE} RF_{HAA,HFE,KFE}", "LF_*"),
    "number": ("20 deg",),
    "range": ("-0.5..0.5", "-180..180 deg", "default * 0.5..1.5"),
    "generator": (
        "reflect y, swap (LF RF)(LH RH), flip *_HAA",
        "reflect y, rename left <-> right, flip *_roll *_yaw",
        "rotate z by 120 deg, swap (A B C)",
    ),
    "relation": ("sagittal^2 = e", "turn^3 = e", "sagittal transversal = transversal sagittal"),
    "tasks": ("none", "fail(LF_*)", "fail(*)", "payload(x 0..0.3 m, 2..6 kg)", "command(x 0..1 m/s)"),
}
"""For every other kind of expression some that an editor offers; none needs quotes in YAML."""

ENTRIES: dict[tuple[str, ...], str] = {
    ("limbs", "*"): "The joints of this limb.",
    ("joint_orders", "*"): "The robot's joints as this tool lists them.",
    ("default_pose", "*"): "Where these joints rest, in rad (m for slide joints).",
    ("symmetry", "generators", "*"): "One symmetry of the body.",
    ("symmetry", "relations", "*"): "An equation that the compiler verifies.",
    ("blocks", "*"): "Terms that observation groups share.",
    ("blocks", "*", "*"): "What these numbers are.",
    ("observations", "*"): "An observation group: its terms in the order of the tensor.",
    ("observations", "*", "*"): "What these numbers are; `include` puts the terms of a block here.",
    ("resets", "*"): "The range that episodes start in.",
    ("resets", "*", "*"): "The range along this axis.",
}
"""What stands under keys of the user's choice, `*`."""
