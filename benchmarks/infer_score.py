"""How often `symaug infer` is right, on every robot model that is at hand; prints a table and the score.

    python benchmarks/infer_score.py [FOLDER]

Models are looked for in installed packages (`example-robot-data`, `mjlab`, `gymnasium`), or in FOLDER, where
`pip install --no-deps --target FOLDER example-robot-data mjlab gymnasium` has put them, and among our own.

Who is right is decided without anything that `infer` uses. *By names*: a left-right mirror must exchange the
joints whose names differ in the word for the side. *By simulation*: at random configurations the frames of
all links of the mirrored robot must stand where the mirrored frames stand, from MuJoCo's forward kinematics.
*By validation*: the written document must pass `symaug validate`. *By hand*: which robots have a front-back
mirror, and which files have no symmetry at all, is listed below.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import mujoco
import numpy as np

from symaug.checks import validate
from symaug.diagnostics import UserError
from symaug.infer import Inference, infer
from symaug.infer.judging import Judged

ROOT = Path(__file__).parents[1]

FRONT_BACK = {
    # Legs that bend both ways, knees mirrored in the file's limits; known from the robots' makers.
    "anymal": True,
    "anymal_d": True,
    "hyq_no_sensors": True,
    "solo": True,
    "solo12": True,
    "bolt": True,  # one pair of legs whose joints turn freely
    "ant": True,
    "quadruped": True,  # its x axis points to the left: names and axes are exchanged
    # Knees that bend backwards only.
    "a1": False,
    "b1": False,
    "go1": False,
    "go2": False,
    "laikago": False,
    "b1-z1": False,
    "anymal-kinova": False,  # an arm in front
}
"""Whether a quadruped's front is its back's mirror image, limits included."""

CROSSED = re.compile(r"gripper|GRIPPER")
"""Joints inside grippers: the image of the right gripper's left finger is the left one's right finger."""

_SIDES = (
    ("left", "right"),
    ("Left", "Right"),
    ("LEFT", "RIGHT"),
    ("l_", "r_"),
    ("L_", "R_"),
    ("LLEG", "RLEG"),
    ("LARM", "RARM"),
    ("FL", "FR"),
    ("RL", "RR"),
    ("HL", "HR"),
    ("BL", "BR"),
    ("LF", "RF"),
    ("LH", "RH"),
    ("lf", "rf"),
    ("lh", "rh"),
)


@dataclass(frozen=True)
class Row:
    """One model's line of the table."""

    name: str
    joints: int
    seconds: float
    left_right: str
    front_back: str
    generators: str
    remark: str


def models(folder: Path | None) -> Iterator[tuple[str, Path]]:
    """Every model at hand, with what the table calls it."""
    for path in sorted(ROOT.glob("robots/*/*.xml")):
        yield f"symaug: {path.stem}", path
    places = [folder] if folder is not None else [Path(entry) for entry in sys.path if entry]
    for package, pattern in (
        ("example-robot-data", "cmeel.prefix/share/example-robot-data/robots/**/*.urdf"),
        ("mjlab", "mjlab/asset_zoo/robots/*/xmls/*.xml"),
        ("gymnasium", "gymnasium/envs/mujoco/assets/*.xml"),
    ):
        for place in places:
            for path in sorted(place.glob(pattern)):
                folder_name = path.relative_to(place).parts[pattern.count("/") - 1 if "**" in pattern else 0]
                yield f"{package}: {folder_name}/{path.stem}", path


def partner(joint: str, joints: Sequence[str]) -> str | None:
    """The joint on the other side, by its name; None for one that has none."""
    for one, other in _SIDES:
        for here, there in ((one, other), (other, one)):
            for match in re.finditer(re.escape(here), joint):
                name = joint[: match.start()] + there + joint[match.end() :]
                if name in joints:
                    return name
    if joint[:1] in "LR" and "RL"["LR".index(joint[0])] + joint[1:] in joints:
        return "RL"["LR".index(joint[0])] + joint[1:]
    return None


def names_agree(found: Judged, joints: Sequence[str]) -> bool | None:
    """Whether a map exchanges left and right as the names do; None when the names tell of no sides."""
    told = {joint: partner(joint, joints) for joint in joints if not CROSSED.search(joint)}
    sided = {joint: other for joint, other in told.items() if other is not None}
    if 2 * len(sided) < len(told):
        return None
    index = dict(zip(joints, (joints[int(k)] for k in found.joints.index), strict=True))
    return all(index[joint] == other for joint, other in sided.items())


def simulation_agrees(found: Inference, judged: Judged) -> float:
    """The largest distance, over the robot's size, between mirrored joint anchors and the mirrored robot's.

    From forward kinematics alone, at 20 configurations within half a radian of the middle of each range, the
    base where the model has it.
    """
    view, model = found.view, found.view.model
    rng, data, worst = np.random.default_rng(7), mujoco.MjData(model), 0.0
    limited = model.jnt_limited[view.joint_ids].astype(bool)
    middle = np.where(limited, model.jnt_range[view.joint_ids].mean(axis=1), 0.0)
    motion, joints = judged.candidate.matrix, judged.joints
    for _ in range(20):
        q = middle + rng.uniform(-0.5, 0.5, len(middle))
        image = joints.sign * q[joints.index] + joints.offset
        there = _in_base(found, data, q) @ motion.T
        here = _in_base(found, data, image)
        worst = max(worst, float(np.abs(here - there[joints.index]).max()) / view.extent)
    return worst


def is_uneven(found: Inference, judged: Judged) -> bool:
    """Whether a refused map, by what the file says, turns gravity over or carries a range to another one."""
    if not np.allclose(judged.candidate.matrix @ found.view.model.opt.gravity, found.view.model.opt.gravity):
        return True
    ranges = found.view.model.jnt_range[found.view.joint_ids]
    joints = judged.joints
    images = np.sort(joints.sign[:, None] * ranges[joints.index] + joints.offset[:, None], axis=1)
    return bool(np.abs(images - ranges).max() > 0.02)


def _in_base(found: Inference, data: mujoco.MjData, q: np.ndarray) -> np.ndarray:
    """Of each hinge the point of its axis nearest to the base, in the base frame, [n, 3]."""
    view, model = found.view, found.view.model
    data.qpos[:] = model.qpos0
    data.qpos[view.qpos_adr] = q
    mujoco.mj_kinematics(model, data)
    axis, anchor = data.xaxis[view.joint_ids], data.xanchor[view.joint_ids]
    # Anchors may lie anywhere on their line; this point of it mirrors as the line does.
    base = data.xpos[view.base_body]
    along = ((base - anchor) * axis).sum(axis=1, keepdims=True)
    points = np.where(view.is_hinge[:, None], anchor + along * axis, base)
    rotation = data.xmat[view.base_body].reshape(3, 3)
    return (points - base) @ rotation


def judge(name: str, path: Path) -> Row | None:
    """Infer one model and decide; None for a file that is no robot."""
    start = time.process_time()
    try:
        found = infer(path)
        text = found.text(Path(tempfile.gettempdir())) if found.chosen.generators else ""
    except UserError as error:
        if error.diagnostics[0].code in ("SA601", "SA602"):
            return None
        raise
    seconds = time.process_time() - start
    joints = found.view.joints
    wrong = [
        name
        for name, judged in found.chosen.generators.items()
        if not simulation_agrees(found, judged) < 2e-2
    ]
    if text and not _validates(text):
        wrong.append("the document")
    everything = [*found.chosen.generators.items(), *found.chosen.refused.items()]
    left_right, reason = "-", ""
    if any(names_agree(judged, joints) is not None for _, judged in everything) or _has_sides(joints):
        left_right = "missed"
        for _, judged in everything:
            if names_agree(judged, joints):
                rightly = "rightly refused" if is_uneven(found, judged) else "refused"
                left_right = "right" if judged.status != "refused" else rightly
                reason = judged.reason
                break
        if left_right == "missed" and any(g.candidate.mirrors for g in found.chosen.generators.values()):
            wrong += [n for n, g in found.chosen.generators.items() if names_agree(g, joints) is False]
    front_back = _front_back(path.stem, found)
    remark = f"WRONG: {', '.join(wrong)}" if wrong else reason
    generators = ", ".join(f"{name} ({judged.status})" for name, judged in found.chosen.generators.items())
    if not remark and not found.chosen.generators:
        remark = next((j.reason for j in found.chosen.refused.values()), "nothing maps the joint lines")
    return Row(name, len(joints), seconds, left_right, front_back, generators, remark)


def _has_sides(joints: Sequence[str]) -> bool:
    return 2 * sum(partner(joint, joints) is not None for joint in joints) >= len(joints)


def _front_back(name: str, found: Inference) -> str:
    if name not in FRONT_BACK:
        return "-"
    mirrors = [g for g in found.chosen.generators.values() if g.candidate.mirrors]
    have = len(mirrors) >= 2 or any(not g.candidate.mirrors for g in found.chosen.generators.values())
    if have == FRONT_BACK[name]:
        return "right" if have else "rightly none"
    return "missed" if FRONT_BACK[name] else "WRONG"


def _validates(text: str) -> bool:
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", dir=tempfile.gettempdir(), delete=False) as file:
        file.write(text)
    try:
        return validate(file.name, samples=4, only=("algebra", "geometry")).ok
    finally:
        Path(file.name).unlink()


def main() -> None:
    """Print the table as Markdown, then the score."""
    parser = argparse.ArgumentParser(description="How often `symaug infer` is right.")
    parser.add_argument("folder", type=Path, nargs="?", help="where `pip install --target` put the packages")
    parser.add_argument("--only", default="", help="models whose path contains this")
    arguments = parser.parse_args()
    rows = []
    print("| model | joints | seconds | left-right | front-back | generators | remark |")
    print("|---|---|---|---|---|---|---|")
    for name, path in models(arguments.folder):
        if arguments.only not in str(path):
            continue
        row = judge(name, path)
        if row is not None:
            rows.append(row)
            print(
                f"| {row.name} | {row.joints} | {row.seconds:.2f} | {row.left_right} | {row.front_back} | "
                f"{row.generators} | {row.remark} |",
                flush=True,
            )
    sided = [row for row in rows if row.left_right != "-"]
    said = Counter(row.left_right for row in sided)
    wrong = [row.name for row in rows if "WRONG" in row.remark + row.front_back]
    fronts = [row for row in rows if row.front_back != "-"]
    print(f"\n{len(rows)} models with joints; {len(sided)} with a left and a right by their names.")
    print(f"Left-right: {', '.join(f'{count} {words}' for words, count in said.most_common())}.")
    print(f"Front-back: {sum(row.front_back.startswith('right') for row in fronts)} of {len(fronts)} right.")
    print(f"Wrong maps accepted: {len(wrong)} {wrong or ''}")
    print(
        f"Slowest: {max(rows, key=lambda row: row.seconds).name}, {max(row.seconds for row in rows):.1f} s."
    )


if __name__ == "__main__":
    main()
