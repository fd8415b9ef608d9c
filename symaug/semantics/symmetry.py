"""The symmetry group of a robot: generators resolved, closed to a group, relations verified."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from symaug.diagnostics import Diagnostic, SpecError, did_you_mean
from symaug.semantics import motion
from symaug.semantics.generators import GeneratorResolver
from symaug.semantics.group import MAX_ORDER, Group, GroupTooLarge, close
from symaug.semantics.linear_map import differences
from symaug.semantics.morphology import Morphology
from symaug.semantics.move import Move
from symaug.semantics.signed_permutation import SignedPermutation
from symaug.syntax.documents import Loaded, RobotDocument
from symaug.syntax.expressions import Relation, RelationWord
from symaug.syntax.parser import parse_generator, parse_relation
from symaug.syntax.source import Source

POSE_TOLERANCE = 1e-9
"""How far two default positions may differ and still count as the same, rad or m."""


@dataclass(frozen=True)
class Symmetry:
    """The group, and what each of its elements does to the base and the joints."""

    group: Group
    moves: dict[str, Move]
    limbs: dict[str, SignedPermutation]


def resolve_symmetry(
    loaded: Loaded[RobotDocument], morphology: Morphology | None, problems: list[Diagnostic]
) -> Symmetry | None:
    """Derive the group from the generators and verify the relations; None when a generator is wrong."""
    source, document = loaded.source, loaded.document
    before = len(problems)
    generators: dict[str, Move] = {}
    for name in document.symmetry.generators:
        move = _generator(name, source, morphology, problems)
        if move is not None:
            generators[name] = move
    relations = list(_relations(source, document, problems))
    if morphology is None or morphology.unsure_limbs or not source.whole("symmetry"):
        return None
    if len(problems) > before or _repeats(generators, source, problems):
        return None
    try:
        nothing = Move.nothing(len(morphology.joints))
        group, values = close(generators, nothing, Move.after, key=lambda move: move.key)
    except GroupTooLarge:
        message = f"the generators make a group of more than {MAX_ORDER} elements"
        helps = ("look for a swap that is shifted by one place in one of them",)
        problems.append(Diagnostic("SA215", message, source.key("symmetry", "generators"), helps=helps))
        return None
    moves = dict(zip(group.elements, values, strict=True))
    found = list(_unreturned(moves, source, morphology)) or [
        problem for relation in relations for problem in _broken(relation, group, moves, morphology)
    ]
    limbs = _limb_actions(moves, source, group, morphology, found)
    problems += found
    return None if found else Symmetry(group, moves, limbs)


def _generator(
    name: str, source: Source, morphology: Morphology | None, problems: list[Diagnostic]
) -> Move | None:
    key = source.key("symmetry", "generators", name)
    if name == "e":
        message = "a generator cannot be called `e`: that is the identity"
        problems.append(Diagnostic("SA218", message, key))
    elif not name.isidentifier():
        notes = ("generators are named in relations and products: letters, digits and `_` only",)
        problems.append(Diagnostic("SA011", f"`{name}` cannot name a generator", key, notes=notes))
    text = source.get("symmetry", "generators", name)
    if text is None:
        return None
    try:
        parsed = parse_generator(text)
    except SpecError as error:
        problems += error.diagnostics
        return None
    if morphology is None:
        return None
    resolver = GeneratorResolver(name, morphology.joints, morphology.limbs, morphology.unsure_limbs, problems)
    return resolver.resolve(parsed, text.span())


def _repeats(generators: dict[str, Move], source: Source, problems: list[Diagnostic]) -> bool:
    seen: dict[Hashable, str] = {}
    found = False
    for name, move in generators.items():
        if move.key in seen:
            span = source.key("symmetry", "generators", name)
            first = source.key("symmetry", "generators", seen[move.key])
            message = f"generator `{name}` does the same as `{seen[move.key]}`"
            problems.append(Diagnostic("SA212", message, span, secondary=((first, "this one"),)))
            found = True
        seen.setdefault(move.key, name)
    return found


def _relations(source: Source, document: RobotDocument, problems: list[Diagnostic]) -> Iterator[Relation]:
    names = [*document.symmetry.generators, "e"]
    for rank in range(len(document.symmetry.relations)):
        text = source.get("symmetry", "relations", str(rank))
        if text is None:
            continue
        try:
            relation = parse_relation(text)
        except SpecError as error:
            problems += error.diagnostics
            continue
        unknown = [p.name for word in relation.words for p in word.powers if p.name.text not in names]
        if not source.whole("symmetry", "generators"):
            continue  # it may name one of those that could not be read
        for name in unknown:
            message = f"no generator named `{name}`"
            helps = did_you_mean(name.text, names)
            problems.append(Diagnostic("SA213", message, name.span, helps=helps))
        if not unknown:
            yield relation


def _unreturned(moves: dict[str, Move], source: Source, morphology: Morphology) -> Iterator[Diagnostic]:
    """Elements that leave the base as it is and still move joints: no body does that."""
    for name, move in moves.items():
        if move.keeps_base and not move.keeps_joints:
            joint, image = _first_difference(move, Move.nothing(len(morphology.joints)), morphology)
            last = name.split("*")[-1]
            yield Diagnostic(
                "SA211",
                f"`{name}` brings the base back but not the joints",
                source.key("symmetry", "generators", last),
                notes=(f"it sends `{joint}` to {image[0]}",),
                helps=("two generators with the same base motion must move the joints alike",),
            )
            return


def _broken(
    relation: Relation, group: Group, moves: dict[str, Move], morphology: Morphology
) -> Iterator[Diagnostic]:
    first = relation.words[0]
    expected = _evaluate(first, group)
    for word in relation.words[1:]:
        value = _evaluate(word, group)
        if value == expected:
            continue
        left, right = moves[group.elements[expected]], moves[group.elements[value]]
        notes = []
        if differences(left.joints, right.joints):
            joint, (one, other) = _first_difference(left, right, morphology)
            notes.append(f"`{first}` sends `{joint}` to {one}, `{word}` to {other}")
        if motion.key(left.motion) != motion.key(right.motion):
            notes.append("they move the base differently")
        yield Diagnostic(
            "SA214",
            f"the relation `{first} = {word}` does not hold",
            relation.span,
            notes=tuple(notes),
            helps=("mend the generators, or leave the relation out: the group is derived either way",),
        )
        return


def _evaluate(word: RelationWord, group: Group) -> int:
    value = group.identity
    for power in word.powers:
        generator = group.identity if power.name.text == "e" else group.index(power.name.text)
        order, element = 1, generator
        while element != group.identity:
            order, element = order + 1, group.product(element, generator)
        for _ in range(power.exponent % order):
            value = group.product(value, generator)
    return value


def _first_difference(left: Move, right: Move, morphology: Morphology) -> tuple[str, tuple[str, str]]:
    """The first joint that two moves send to different places, and both places in words."""
    one, other = left.joints.inverse(), right.joints.inverse()
    rank = differences(one, other)[0]
    images = []
    for action, forward in ((one, left.joints), (other, right.joints)):
        target = action.index[rank]
        sign, shift = "-" if action.sign[rank] < 0 else "", forward.offset[target]
        images.append(f"{sign}`{morphology.joints[target]}`" + (f" {shift:+.6g}" if shift else ""))
    return morphology.joints[rank], (images[0], images[1])


def _limb_actions(
    moves: dict[str, Move], source: Source, group: Group, morphology: Morphology, problems: list[Diagnostic]
) -> dict[str, SignedPermutation]:
    names = list(morphology.limbs)
    place = {joint: rank for rank, joint in enumerate(morphology.joints)}
    owner = {place[joint]: rank for rank, limb in enumerate(names) for joint in morphology.limbs[limb]}
    actions = {}
    for element, move in moves.items():
        index = []
        for limb in names:
            origins = {owner[move.joints.index[place[joint]]] for joint in morphology.limbs[limb]}
            if len(origins) > 1 and element in group.generators:
                torn = " and ".join(f"`{names[rank]}`" for rank in sorted(origins))
                span = source.value("symmetry", "generators", element)
                message = f"generator `{element}` tears limbs apart"
                notes = (f"the joints of `{limb}` would come from {torn}",)
                problems.append(Diagnostic("SA217", message, span, notes=notes))
                break
            index.append(min(origins))
        if len(index) == len(names) and len(set(index)) == len(names):
            actions[element] = SignedPermutation.of(index)
    return actions


def pose_problems(
    loaded: Loaded[RobotDocument], morphology: Morphology, symmetry: Symmetry
) -> Iterator[Diagnostic]:
    """One diagnostic (SA216) for each generator that does not leave the default pose as it is."""
    source, pose = loaded.source, morphology.default_pose
    values = [pose[joint] for joint in morphology.joints]
    for name in symmetry.group.generators:
        action = symmetry.moves[name].joints
        images = action.apply(values)
        wrong = [rank for rank in range(len(values)) if abs(values[rank] - images[rank]) > POSE_TOLERANCE]
        if not wrong:
            continue
        joint, partner = morphology.joints[wrong[0]], morphology.joints[action.index[wrong[0]]]
        at, carried = values[wrong[0]], images[wrong[0]]
        helps = ("check which joints the generator flips, and the signs of the pose",)
        if all(abs(values[rank] + images[rank]) <= POSE_TOLERANCE for rank in wrong):
            turned = " ".join(morphology.joints[rank] for rank in wrong)
            verb = "not flip" if action.sign[wrong[0]] < 0 else "flip"
            helps = (f"perhaps `{name}` should {verb} `{turned}`; or the pose has a wrong sign",)
        yield Diagnostic(
            "SA216",
            f"the default pose is not symmetric under `{name}`",
            source.key("default_pose"),
            secondary=((source.key("symmetry", "generators", name), "under this generator"),),
            notes=(f"`{joint}` rests at {at:g}, but `{partner}` carried there rests at {carried:g}",),
            helps=helps,
        )
