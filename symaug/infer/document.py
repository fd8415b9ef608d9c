"""The robot document of what was found, as text: canonical, with comments that say where it comes from."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any

from symaug.checks.names import listed
from symaug.infer.choosing import Chosen, as_move
from symaug.infer.judging import Judged
from symaug.infer.limbs import Limb
from symaug.infer.patterns import covering, listing
from symaug.infer.pose import Pose
from symaug.infer.wording import generator_text
from symaug.tools.fmt import format_text
from symaug.tools.fmt.canonical import quoted
from symaug.tools.fmt.printer import WIDTH


def document_content(
    name: str, model: str, joints: Sequence[str], limbs: Sequence[Limb], pose: Pose, chosen: Chosen
) -> dict[str, Any]:
    """The document as plain data: keys of the reference, expressions as text."""
    members = {limb.name: tuple(joints[joint] for joint in limb.joints) for limb in limbs}
    owner = {joint: limb for limb, names in members.items() for joint in names}
    content: dict[str, Any] = {
        "robot": name,
        "model": model,
        "joints": " ".join(listing(joints, owner)),
        "limbs": {limb: " ".join(covering(names, joints)) for limb, names in members.items()},
    }
    if pose.texts:
        content["default_pose"] = _pose(pose, joints)
    content["symmetry"] = {
        "generators": {
            generator: generator_text(found.candidate, as_move(found), joints, members)
            for generator, found in chosen.generators.items()
        },
        "relations": relations(chosen.generators),
    }
    return content


def document_text(content: Mapping[str, Any], remarks: Sequence[str], chosen: Chosen, pose: Pose) -> str:
    """The document in its canonical form.

    Args:
        content: from `document_content`.
        remarks: lines for the top, without `#`.
        chosen: whose verdicts stand above each generator.
        pose: where the default pose comes from.
    """
    lines = [f"# {line}" for remark in remarks for line in wrap(remark, WIDTH - 2, subsequent_indent="  ")]
    for key in ("robot", "model", "joints"):
        lines.append(f"{key}: {quoted(content[key], flow=False)}")
    lines += ["limbs:", *_mapping(content["limbs"], 2)]
    if "default_pose" in content:
        lines.append(f"default_pose:  # {_origin(pose)}")
        lines += _mapping(content["default_pose"], 2)
    lines += ["symmetry:", "  generators:"]
    for name, text in content["symmetry"]["generators"].items():
        for remark in verdict(chosen.generators[name]):
            lines += [f"    # {line}" for line in wrap(remark, WIDTH - 6, subsequent_indent="  ")]
        lines += _mapping({name: text}, 4)
    lines += ["  relations:", *(f"    - {relation}" for relation in content["symmetry"]["relations"])]
    return format_text("\n".join(lines) + "\n")


def verdict(found: Judged) -> list[str]:
    """What a generator's comment says."""
    said = [f"{found.status}: {found.residuals}"]
    if found.reason:
        said.append(found.reason)
    if found.ties:
        said.append(f"as good another way round, as far as the model tells: {listed(found.ties, 6)}")
    return said


def model_path(model: Path, folder: Path | None) -> str:
    """The model's path as the document in `folder` would write it; the working folder when None."""
    return Path(os.path.relpath(model, folder if folder is not None else Path())).as_posix()


def relations(generators: Mapping[str, Judged]) -> list[str]:
    """Equations that hold: the order of each generator, and how two of them commute."""
    orders = {name: found.candidate.order for name, found in generators.items()}
    by_order: dict[int, list[str]] = {}
    for name, order in orders.items():
        by_order.setdefault(order, []).append(name)
    made = [" = ".join([f"{n}^{order}" for n in names]) + " = e" for order, names in by_order.items()]
    names = list(generators)
    for k, one in enumerate(names):
        for other in names[k + 1 :]:
            if generators[other].candidate.mirrors and not generators[one].candidate.mirrors:
                back = f"{one}^{orders[one] - 1}" if orders[one] > 2 else one
                made.append(f"{other} {one} = {back} {other}")
            else:
                made.append(f"{one} {other} = {other} {one}")
    return made


def _pose(pose: Pose, joints: Sequence[str]) -> dict[str, str]:
    by_value: dict[str, list[str]] = {}
    for joint, text in zip(joints, pose.texts, strict=True):
        by_value.setdefault(text, []).append(joint)
    return {" ".join(covering(names, joints)): text for text, names in by_value.items()}


def _origin(pose: Pose) -> str:
    moved = f", made symmetric: moved by up to {pose.moved:.3g}" if pose.moved else ""
    if pose.keyframe is None:
        return f"the model has no keyframe: zero, or the nearest in a joint's range{moved}"
    return f"keyframe `{pose.keyframe}`{moved}"


def _mapping(entries: Mapping[str, str], indent: int) -> list[str]:
    pad = " " * indent
    return [f"{pad}{quoted(key, flow=False)}: {quoted(text, flow=False)}" for key, text in entries.items()]
