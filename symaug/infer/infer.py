"""From a model's path to everything that was found in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from symaug.checks.fit import GRAVITY_TOLERANCE, Bench
from symaug.checks.mechanics.lines import random_configurations
from symaug.checks.mechanics.loading import LoadedModel, load_model
from symaug.checks.mechanics.model import ModelView
from symaug.checks.names import listed
from symaug.diagnostics import UserError
from symaug.infer.candidates import Candidate, candidates
from symaug.infer.choosing import Chosen, choose
from symaug.infer.document import document_content, document_text, model_path
from symaug.infer.judging import Judged, judge_match
from symaug.infer.limbs import Limb, propose_limbs
from symaug.infer.matching import match_joints
from symaug.infer.pose import Pose, propose_pose
from symaug.syntax.names import DOCUMENT_NAME, NAME

_CONFIGURATIONS = 8


@dataclass(frozen=True)
class Inference:
    """A model and the symmetries that were found in it.

    Attributes:
        model: the file.
        loaded: what it was loaded as.
        view: its hinges and slides, in model order; maps are over them.
        chosen: generators, refused candidates, and the group.
        limbs: proposed limbs.
        pose: proposed default pose.
    """

    model: Path
    loaded: LoadedModel
    view: ModelView
    chosen: Chosen
    limbs: tuple[Limb, ...]
    pose: Pose

    @cached_property
    def name(self) -> str:
        """The robot's name: its model file's."""
        plain = re.sub(r"[^A-Za-z0-9_.\\-]+", "_", self.model.stem).strip("_.-")
        return plain if DOCUMENT_NAME.fullmatch(plain) else "robot"

    def content(self, folder: Path | None = None) -> dict[str, Any]:
        """The robot document as plain data.

        Args:
            folder: where the document will stand; the model's path is relative to it. None: the working
                folder.

        Raises:
            UserError: SA613 there is no symmetry to declare, SA011 a document cannot write a joint's name.
        """
        if not self.chosen.generators:
            raise UserError.of("SA613", f"no symmetry found in `{self.model}`", notes=tuple(self._tried()))
        if self._unwritable:
            helps = ("rename the joints in the model; `--format json` gives their maps all the same",)
            notes = ("names are made of letters, digits, `_`, `.` and `-`",)
            message = f"documents cannot name the joint `{self._unwritable[0]}`"
            raise UserError.of("SA011", message, notes=notes, helps=helps)
        path = model_path(self.model, folder)
        return document_content(self.name, path, self.view.joints, self.limbs, self.pose, self.chosen)

    def text(self, folder: Path | None = None) -> str:
        """The robot document as YAML in its canonical form, with comments; arguments as `content`.

        Raises:
            UserError: as `content`.
        """
        return document_text(self.content(folder), self._remarks(), self.chosen, self.pose)

    def to_json(self, folder: Path | None = None) -> dict[str, Any]:
        """The document's content, `joint_names`, and `maps` with a map, status and residuals each.

        Where there is no symmetry, or no document can be written, only the model's name and these two.
        """
        maps = {**self.chosen.generators, **self.chosen.refused}
        content = (
            self.content(folder)
            if self.chosen.generators and not self._unwritable
            else {"robot": self.name, "model": model_path(self.model, folder)}
        )
        return {
            **content,
            "joint_names": list(self.view.joints),
            "maps": {name: _map_json(found) for name, found in maps.items()},
        }

    def _remarks(self) -> list[str]:
        base = "fixed" if self.view.free_joint is None else "floating"
        remarks = [
            f"Found by `symaug infer` in {self.model.name}: {len(self.view.joints)} joints on a {base} base. "
            "Angles in rad.",
        ]
        if self.loaded.held:
            remarks.append(
                f"Joints without a name or with three coordinates are held: {listed(self.loaded.held)}."
            )
        for found in self.chosen.implied:
            remarks.append(f"`{found.candidate.clause}` is a product of the generators ({found.status}).")
        for found in self.chosen.refused.values():
            if found.joints.offset.any() and self.view.free_joint is not None:
                continue  # something turned right round until its lines fit: nobody expects that one
            remarks.append(f"`{found.candidate.clause}` is no symmetry: {found.reason}.")
        return remarks

    @property
    def _unwritable(self) -> list[str]:
        return [joint for joint in self.view.joints if not NAME.fullmatch(joint)]

    def _tried(self) -> list[str]:
        tried = [f"`{f.candidate.clause}`: {f.reason}" for f in self.chosen.refused.values()]
        return tried or ["no mirror and no turn maps the joint lines onto one another"]


def infer(model: str | Path) -> Inference:
    """Find the symmetries of a robot's model.

    Args:
        model: an MJCF or URDF file; its meshes need not be there.

    Returns:
        What was found; perhaps no symmetry at all.

    Raises:
        UserError: SA601 the model moves by something else than hinges and slides on one base, or by nothing;
            SA602 it cannot be loaded.
    """
    path = Path(model)
    loaded = load_model(path, None, meshes=False)
    view = ModelView.of_model(loaded.model)
    if not view.joints:
        raise UserError.of("SA601", f"`{path}` has no hinge or slide joints with a name")
    with np.errstate(all="ignore"):  # a NaN is judged, not printed
        bench = Bench.of(view, random_configurations(view, np.random.default_rng(0), _CONFIGURATIONS))
        chosen = choose(_found(bench), view.joints)
        limbs = tuple(propose_limbs(view, chosen.moves))
        return Inference(path, loaded, view, chosen, limbs, propose_pose(bench, chosen.moves))


def _found(bench: Bench) -> list[Judged]:
    found = []
    for candidate in candidates():
        upright = bench.gravity_turned(candidate.matrix) <= GRAVITY_TOLERANCE
        if not (upright or candidate.mirrors):
            continue
        match = match_joints(bench, candidate.matrix, candidate.order)
        if match is not None and not _turns_along(candidate, match.joints):
            found.append(judge_match(bench, candidate, match))
    return found


def _turns_along(candidate: Candidate, joints: Any) -> bool:
    """Whether a joint only goes along with the base's turn: any angle would do, so it says nothing."""
    kept = (joints.index == np.arange(len(joints.index))) & (joints.sign > 0)
    return not candidate.mirrors and bool(kept.all()) and bool(joints.offset.any())


def _map_json(found: Judged) -> dict[str, Any]:
    joints = found.joints
    return {
        "index": [int(source) for source in joints.index],
        "sign": [int(sign) for sign in joints.sign],
        "offset": [float(shift) for shift in joints.offset],
        "status": found.status,
        "residuals": found.residuals.to_json(),
        **({"reason": found.reason} if found.reason else {}),
        **({"ties": list(found.ties)} if found.ties else {}),
    }
