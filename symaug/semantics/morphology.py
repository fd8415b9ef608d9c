"""Joints, limbs, joint orders and the default pose of a robot document."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from symaug.diagnostics import Diagnostic, SpecError
from symaug.semantics.selection import expand_names, select_names
from symaug.semantics.units import Dimension, si_factor
from symaug.syntax.documents import Loaded, RobotDocument
from symaug.syntax.expressions import Word
from symaug.syntax.parser import parse_names, parse_quantity
from symaug.syntax.source import Source, Text


@dataclass(frozen=True)
class Morphology:
    """The robot's parts, by name.

    Attributes:
        joints: in canonical order.
        limbs: joints of each limb, in canonical order.
        joint_orders: the joints in other orders.
        default_pose: the rest position of each joint, rad or m.
        unsure_limbs: limbs that something is wrong with already; nothing more should be said about them.
    """

    joints: tuple[str, ...]
    limbs: dict[str, tuple[str, ...]]
    joint_orders: dict[str, tuple[str, ...]]
    default_pose: dict[str, float]
    unsure_limbs: frozenset[str]


def resolve_morphology(loaded: Loaded[RobotDocument], problems: list[Diagnostic]) -> Morphology | None:
    """The parts of a robot; None when its joints cannot even be listed. What is wrong goes to `problems`."""
    source, document = loaded.source, loaded.document
    words = _names(source.get("joints"), problems)
    before = len(problems)
    joints = tuple(name for name, _ in expand_names(words, "joint", problems))
    if not joints or len(problems) > before:  # every later message about a joint would repeat these
        _check_syntax(source, document, problems)
        return None
    limbs, unsure = _limbs(source, document, joints, problems)
    orders = {}
    for name in document.joint_orders:
        order = _joint_order(name, source, joints, problems)
        if order:
            orders[name] = order
    pose = _default_pose(source, document, joints, problems)
    if not document.limbs or ("limbs", "") in source.holes:  # a swap may name a limb that could not be read
        return None
    return Morphology(joints, limbs, orders, pose, frozenset(unsure))


def _names(text: Text | None, problems: list[Diagnostic]) -> tuple[Word, ...]:
    try:
        return parse_names(text) if text is not None else ()
    except SpecError as error:
        problems += error.diagnostics
        return ()


def _check_syntax(source: Source, document: RobotDocument, problems: list[Diagnostic]) -> None:
    """What can be said about limbs, orders and pose when the joints are unknown."""
    for limb in document.limbs:
        _names(source.get("limbs", limb), problems)
    for order in document.joint_orders:
        _names(source.get("joint_orders", order), problems)
    for pattern in document.default_pose:
        _rest_position(source.get("default_pose", pattern), problems)


def _limbs(
    source: Source, document: RobotDocument, joints: tuple[str, ...], problems: list[Diagnostic]
) -> tuple[dict[str, tuple[str, ...]], set[str]]:
    """The limbs, and those that something is wrong with."""
    limbs: dict[str, tuple[str, ...]] = {}
    owner: dict[str, str] = {}
    unsure: set[str] = set()
    for limb in document.limbs:
        key = source.key("limbs", limb)
        if limb in joints:
            message = f"`{limb}` names both a limb and a joint"
            problems.append(Diagnostic("SA218", message, key))
        words = _names(source.get("limbs", limb), problems)
        chosen = select_names(words, joints, "joint", problems) if words else None
        if chosen is None:
            unsure.add(limb)
            continue
        for joint in chosen:
            if joint in owner:
                unsure |= {limb, owner[joint]}
                first = source.key("limbs", owner[joint])
                message = f"the joint `{joint}` belongs to `{owner[joint]}` and to `{limb}`"
                span = source.value("limbs", limb)
                problems.append(Diagnostic("SA204", message, span, secondary=((first, "also here"),)))
                break
            owner[joint] = limb
        limbs[limb] = tuple(joint for joint in joints if joint in chosen)
    if not source.whole("limbs"):
        unsure |= {hole[1] for hole in source.holes if hole[0] == "limbs" and len(hole) > 1} | {*limbs}
    orphans = [joint for joint in joints if joint not in owner]
    if orphans and not unsure and document.limbs:
        unsure |= limbs.keys()
        many = f" and {len(orphans) - 1} more" if len(orphans) > 1 else ""
        problems.append(
            Diagnostic(
                "SA203",
                f"the joint `{orphans[0]}`{many} belongs to no limb",
                source.key("limbs"),
                helps=(f"give it a limb of its own: `trunk: {orphans[0]}`",),
            )
        )
    return limbs, unsure


def _joint_order(
    name: str, source: Source, joints: tuple[str, ...], problems: list[Diagnostic]
) -> tuple[str, ...] | None:
    text = source.get("joint_orders", name)
    words = _names(text, problems)
    chosen = select_names(words, joints, "joint", problems, each_once=True) if words else None
    if chosen is None or text is None:
        return None
    missing = [joint for joint in joints if joint not in chosen]
    if missing:
        listed = ", ".join(f"`{joint}`" for joint in missing[:3]) + (" …" if len(missing) > 3 else "")
        message = f"the joint order `{name}` leaves out {listed}"
        notes = (f"it lists {len(chosen)} of {len(joints)} joints",)
        problems.append(Diagnostic("SA205", message, text.span(), notes=notes))
        return None
    return tuple(chosen)


def _default_pose(
    source: Source, document: RobotDocument, joints: tuple[str, ...], problems: list[Diagnostic]
) -> dict[str, float]:
    pose: dict[str, float] = {}
    given: dict[str, str] = {}
    healthy = source.whole("default_pose")
    for pattern in document.default_pose:
        key_span = source.key("default_pose", pattern)
        value = _rest_position(source.get("default_pose", pattern), problems)
        if value is None:
            healthy = False
            continue
        for joint in _key_joints(pattern, source, joints, problems):
            if joint in pose and pose[joint] != value:
                first = source.key("default_pose", given[joint])
                message = f"the joint `{joint}` is given two default positions"
                secondary = ((first, f"{pose[joint]:g} here"),)
                problems.append(Diagnostic("SA206", message, key_span, f"{value:g} here", secondary))
                break
            pose[joint], given[joint] = value, pattern
    missing = [joint for joint in joints if joint not in pose]
    if document.default_pose and missing and healthy and not _reported_pose_keys(source, problems):
        message = f"the default pose leaves out `{missing[0]}`"
        notes = (f"it covers {len(pose)} of {len(joints)} joints",)
        helps = (f'add `"{missing[0]}": 0.0`',)
        problems.append(Diagnostic("SA206", message, source.key("default_pose"), notes=notes, helps=helps))
    return {joint: pose.get(joint, 0.0) for joint in joints}


def _rest_position(text: Text | None, problems: list[Diagnostic]) -> float | None:
    """In rad or m; None when there is none that can be read."""
    if text is None:
        return None
    try:
        quantity = parse_quantity(text)
        return quantity.value * si_factor(quantity, Dimension.ANGLE, Dimension.LENGTH)
    except SpecError as error:
        problems += error.diagnostics
        return None


def _key_joints(
    pattern: str, source: Source, joints: tuple[str, ...], problems: list[Diagnostic]
) -> list[str]:
    """The joints that the key of a mapping matches; keys have a span but no character positions."""
    span = source.key("default_pose", pattern)
    found: list[Diagnostic] = []
    chosen = select_names([Word(word) for word in pattern.split()] or [Word("")], joints, "joint", found)
    problems += [Diagnostic(d.code, d.message, span, helps=d.helps) for d in found]
    return chosen or []


def _reported_pose_keys(source: Source, problems: list[Diagnostic]) -> bool:
    keys = Counter(span for path, span in source.keys.items() if path[:1] == ("default_pose",))
    return any(problem.span in keys for problem in problems)
