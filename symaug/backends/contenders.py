"""Ways to make all images of a batch: ours, the plain ones, and Isaac Lab's, for `bench` to compare."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from symaug.backends.composed import Composed
from symaug.backends.eager import Transform
from symaug.backends.python_file import emit
from symaug.compiler.program import Program
from symaug.semantics.signed_permutation import SignedPermutation

COPY = "copy"
ISAACLAB = "Isaac Lab"
ISAACLAB_FILE = "isaaclab_tasks/manager_based/locomotion/velocity/mdp/symmetry/anymal.py"


@dataclass(frozen=True)
class Contender:
    """One way to make the images.

    Attributes:
        name: a word or two.
        about: what it does, in a few words.
        run: makes all images of the one input, and returns them.
        checked: whether `run` returns images; a copy only moves as many bytes.
    """

    name: str
    about: str
    run: Callable[[], Tensor]
    checked: bool = True


def contenders(
    program: Program, space_name: str, x: Tensor, isaaclab: Path | None = None
) -> tuple[list[Contender], dict[str, str]]:
    """Everything that can make the images of `x` [B, width], a plain copy first; and what cannot, and why.

    Args:
        program: the compiled spec.
        space_name: the space that `x` lies in.
        x: the batch.
        isaaclab: the folder that Isaac Lab's wheel was unzipped in.
    """
    space = program.space(space_name)
    actions = [space.action(element) for element in program.group.elements]
    transform = Transform(space, program.group, device=x.device, dtype=x.dtype)
    images, out = torch.zeros(2, len(actions) * len(x), space.width, device=x.device, dtype=x.dtype)
    blocks = out.view(len(actions), *x.shape)
    composed = Composed(actions)
    everything = tuple(range(len(actions)))
    emitted = _emitted(program)
    exact = [_matrix(action) for action in actions]
    matrices = [torch.tensor(m, dtype=torch.float64).to(x.device, x.dtype).T.contiguous() for m in exact]

    def dense() -> Tensor:
        for block, matrix in zip(blocks, matrices, strict=True):
            torch.matmul(x, matrix, out=block)
        return out

    made = [
        Contender(COPY, "as many bytes, into memory that is there", lambda: out.copy_(images), checked=False),
        Contender("clone", "as many bytes, into new memory", images.clone, checked=False),
        Contender(
            "symaug, out=", "our kernel, into memory that is there", lambda: transform.orbit(x, out=out)
        ),
        Contender("symaug", "our kernel, into new memory", lambda: transform.orbit(x)),
        Contender("eager torch", "our fallback", lambda: composed.orbit(x, everything, 0)),
        Contender("emitted file", "`symaug compile -o FILE.py`", lambda: emitted(x, space_name)),
        Contender("dense matmul", "one matrix product an element, into memory that is there", dense),
    ]
    left_out = {}
    if all(isinstance(action, SignedPermutation) and action.is_linear for action in actions):
        tables = [
            (torch.tensor(a.index, device=x.device), torch.tensor(a.sign, device=x.device, dtype=x.dtype))
            for a in actions
            if isinstance(a, SignedPermutation)
        ]
        naive = Contender(
            "naive gather",
            "x[:, index] * sign an element, then cat",
            lambda: torch.cat([x[:, index] * sign for index, sign in tables]),
        )
        made.insert(-1, naive)
    else:
        left_out["naive gather"] = "an element mixes or shifts numbers"
    try:
        made.append(
            Contender(ISAACLAB, "its own function for ANYmal", _isaaclab(program, space_name, x, isaaclab))
        )
    except LookupError as reason:
        left_out[ISAACLAB] = str(reason.args[0])
    return made, left_out


def _matrix(action: Any) -> list[list[float]]:
    if isinstance(action, SignedPermutation):
        size = range(len(action))
        pairs = zip(action.index, action.sign, strict=True)
        return [[float(sign) if source == column else 0.0 for column in size] for source, sign in pairs]
    return action.matrix()


def _emitted(program: Program) -> Callable[[Tensor, str], Tensor]:
    namespace: dict[str, Any] = {"__name__": "emitted"}
    exec(compile(emit(program), "emitted.py", "exec"), namespace)
    return namespace["orbit"]


def _isaaclab(program: Program, space_name: str, x: Tensor, folder: Path | None) -> Callable[[], Tensor]:
    """Isaac Lab's function on the batch; LookupError with the reason where it cannot take part."""
    if program.robot != "anymal_d" or space_name != "observations/policy" or x.shape[-1] not in (48, 235):
        raise LookupError("it is written for ANYmal's velocity observations, 48 or 235 wide")
    if folder is None:
        raise LookupError("its wheel is not at hand (SYMAUG_ISAACLAB)")
    function = _isaaclab_function(folder)
    try:
        from tensordict import TensorDict
    except ModuleNotFoundError:
        raise LookupError("it needs tensordict, which is not installed") from None
    terms = ["height_scan"] if x.shape[-1] == 235 else []
    env = SimpleNamespace(observation_manager=SimpleNamespace(active_terms={"policy": terms}))
    env.unwrapped = env
    observations = TensorDict({"policy": x}, batch_size=[len(x)])  # type: ignore[arg-type]
    images = function(env, obs=observations)[0]["policy"]
    if not torch.equal(images, Transform(program.space(space_name), program.group).orbit(x)):
        raise LookupError("its observations have another layout than the spec's")
    return lambda: function(env, obs=observations)[0]["policy"]


@cache
def _isaaclab_function(folder: Path) -> Callable[..., Any]:
    """The one module is loaded by its path; nothing of a simulator is needed."""
    path = next(folder.rglob(ISAACLAB_FILE), None)
    spec = None if path is None else importlib.util.spec_from_file_location("isaaclab_anymal_symmetry", path)
    if spec is None or spec.loader is None:
        raise LookupError(f"there is no {ISAACLAB_FILE} in the folder given")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.compute_symmetric_states
