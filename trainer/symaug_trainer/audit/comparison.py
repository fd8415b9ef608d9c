"""A policy against its mirror images, on rollouts and on situations that are their own mirror image."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from symaug.checks.live.world import LiveEnvironment
from symaug.semantics.robot import Robot
from symaug_trainer.audit.canonical import Canonical, answers_to, canonical_states
from symaug_trainer.audit.residuals import ActionMaps, root_mean_square, spread
from symaug_trainer.audit.result import CanonicalAudit, ConditionAudit, Course, Residual, together
from symaug_trainer.audit.rollout import ActingPolicy, answers_in_mirrored_worlds
from symaug_trainer.audit.states import side_by_side, with_failed_joint
from symaug_trainer.tasks import HEALTHY

_INTERVAL_S = 0.2
_LOOKS = (1, 50)


@dataclass(frozen=True)
class Comparison:
    """What is compared.

    Attributes:
        conditions: `none` and dead joints.
        episodes: original episodes of each, the same starts in every condition.
        decisions: how many answers of an episode are compared, at most its steps.
        step_s: s, length of a control step.
        action_scale: rad of joint target for one unit of action.
        seed: of the starts.
        canonical: how many sampled situations that are their own image, for each element and kind.
    """

    conditions: tuple[str, ...]
    episodes: int
    decisions: int
    step_s: float
    action_scale: float
    seed: int
    canonical: int = 64


@dataclass(frozen=True)
class Found:
    """The measured part of an `Audit`, whose documentation says what each is."""

    interval_s: float
    joints: tuple[str, ...]
    elements: tuple[str, ...]
    spread: tuple[float, ...]
    drift: float
    conditions: tuple[ConditionAudit, ...]
    canonical: tuple[CanonicalAudit, ...]


def compare(
    world: LiveEnvironment,
    robot: Robot,
    policy: ActingPolicy,
    untrained: ActingPolicy,
    comparison: Comparison,
    on_step: Callable[[int, int], None] = lambda done, total: None,
) -> Found:
    """Measure how far a policy is from equivariance.

    Args:
        world: exact, with room for conditions · episodes · G copies.
        robot: whose group it is.
        policy: what is audited; it acts in the rollouts.
        untrained: shown what the policy sees, to know what a large residual is.
        comparison: what is compared.
        on_step: called with (steps done, steps in all).
    """
    maps = ActionMaps.of_joint_targets(robot, world.joint_names, comparison.action_scale)
    resets = world.sample_resets(comparison.episodes, comparison.seed)
    starts = side_by_side(
        [
            with_failed_joint(resets, None if name == HEALTHY else list(world.joint_names).index(name))
            for name in comparison.conditions
        ]
    )
    answers = answers_in_mirrored_worlds(
        world, robot, maps, starts, (policy, untrained), comparison.decisions, on_step
    )
    images = np.moveaxis(maps.images(answers.actions[:, :, 0].astype(np.float64)), -2, 2)  # [T, P, G, E, J]
    counted = answers.compared
    spreads = [_spread(images[:, number], counted[:, 0]) for number in range(2)]
    relative = (answers.actions - images) / np.array(spreads)[:, None, None]
    table = _Table(tuple(world.joint_names), robot.group.elements, spreads[0] * comparison.action_scale)
    interval = max(1, round(_INTERVAL_S / comparison.step_s))
    conditions = []
    for number, name in enumerate(comparison.conditions):
        own = slice(number * comparison.episodes, (number + 1) * comparison.episodes)
        compared = counted[:, :, own]
        possible = compared[:, 0].sum() * (robot.group.order - 1)
        conditions.append(
            ConditionAudit(
                condition=name,
                decisions=int(compared[:, 1:].sum()),
                left_out=float(1.0 - compared[:, 1:].sum() / possible),
                residuals=table.residuals(relative[:, 0, :, own], compared),
                untrained=table.residuals(relative[:, 1, :, own], compared),
                courses=table.courses(relative[:, 0, :, own], compared, interval),
            )
        )
    canonical = [
        one
        for states in canonical_states(world, robot, count=comparison.canonical, seed=comparison.seed)
        for one in _canonical(world, states, (policy, untrained), maps, spreads, table)
    ]
    return Found(
        interval_s=interval * comparison.step_s,
        joints=tuple(world.joint_names),
        elements=robot.group.elements[1:],
        spread=tuple(float(value) for value in table.radians),
        drift=answers.drift,
        conditions=tuple(conditions),
        canonical=tuple(canonical),
    )


def _spread(images: np.ndarray, running: np.ndarray) -> np.ndarray:
    """[J] of images [T, G, E, J], where the original [T, E] was running."""
    return spread(np.moveaxis(images, 1, 2), running)


@dataclass(frozen=True)
class _Table:
    """Turns relative differences into named residuals.

    Attributes:
        joints: J names.
        elements: G names, the identity first.
        radians: [J] rad that are one unit of relative difference.
    """

    joints: tuple[str, ...]
    elements: tuple[str, ...]
    radians: np.ndarray

    def residuals(self, relative: np.ndarray, compared: np.ndarray) -> tuple[Residual, ...]:
        """Of [T, G, E, J] where [T, G, E], for every element but the identity."""
        return tuple(
            one
            for number, element in enumerate(self.elements)
            if number
            for one in self.of_element(element, root_mean_square(relative[:, number], compared[:, number]))
        )

    def of_element(self, element: str, values: np.ndarray) -> tuple[Residual, ...]:
        """Of [J] values."""
        return tuple(
            Residual(element, joint, float(value), float(value * unit))
            for joint, value, unit in zip(self.joints, values, self.radians, strict=True)
        )

    def courses(self, relative: np.ndarray, compared: np.ndarray, interval: int) -> tuple[Course, ...]:
        """Of [T, G, E, J] where [T, G, E], in intervals of that many steps."""
        made = []
        for number, element in enumerate(self.elements):
            values = []
            for first in range(0, len(relative), interval):
                window = slice(first, first + interval)
                of_joint = root_mean_square(relative[window, number], compared[window, number])
                together = float(np.sqrt(np.square(of_joint).mean()))
                values.append(together if np.isfinite(together) else None)
            made.append(Course(element, tuple(values)))
        return tuple(made[1:])


def _canonical(
    world: LiveEnvironment,
    canonical: Canonical,
    policies: tuple[ActingPolicy, ActingPolicy],
    maps: ActionMaps,
    spreads: list[np.ndarray],
    table: _Table,
) -> list[CanonicalAudit]:
    number = table.elements.index(canonical.element)
    answers = [answers_to(world, canonical.states, policy, _LOOKS) for policy in policies]
    remembers = not np.array_equal(answers[0][_LOOKS[0]], answers[0][_LOOKS[-1]])
    made = []
    for looks in _LOOKS if remembers else _LOOKS[:1]:
        policy, untrained = (
            root_mean_square((given[looks] - maps.image(number, given[looks])) / one)
            for given, one in zip(answers, spreads, strict=True)
        )
        residuals = table.of_element(canonical.element, policy)
        made.append(
            CanonicalAudit(
                state=canonical.name,
                element=canonical.element,
                count=len(canonical.states),
                looks=looks,
                residuals=residuals,
                untrained=together(table.of_element(canonical.element, untrained)),
            )
        )
    return made
