"""One generator of the symmetry: from its clauses to the base motion and the action on the joints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from symaug.diagnostics import Diagnostic, Span, SpecError, did_you_mean
from symaug.semantics import motion as base
from symaug.semantics.group import MAX_ORDER
from symaug.semantics.motion import Motion
from symaug.semantics.move import Move
from symaug.semantics.selection import select_names
from symaug.semantics.signed_permutation import SignedPermutation
from symaug.semantics.units import Dimension, si_factor
from symaug.syntax.expressions import Cycle, Flip, Generator, Reflect, Rename, Rotate, Shift, Swap, Word


class GeneratorResolver:
    """Resolves the clauses of one generator against a robot's joints and limbs, collecting what is wrong."""

    def __init__(
        self,
        name: str,
        joints: Sequence[str],
        limbs: Mapping[str, tuple[str, ...]],
        unsure_limbs: Set[str],
        problems: list[Diagnostic],
    ) -> None:
        self.name = name
        self.joints = tuple(joints)
        self.limbs = limbs
        self.unsure_limbs = unsure_limbs
        self.problems = problems

    def resolve(self, generator: Generator, span: Span) -> Move | None:
        """The move, or None when something is wrong with the generator or with the robot's limbs."""
        move = self.move(generator, span)
        return move if move is not None and self._returns_with_the_base(move, generator, span) else None

    def move(self, generator: Generator, span: Span) -> Move | None:
        """The move as it is written, even one that does not bring the joints back with the base."""
        before = len(self.problems)
        motion, motion_span = self._motion(generator, span)
        target = self._places(generator, base.order(motion) if motion else None, motion_span)
        flipped = self._flipped(generator)
        shifts = self._shifts(generator)
        if motion is None or self.unsure_limbs or len(self.problems) > before:
            return None
        source = {place: joint for joint, place in target.items()}
        rank = {joint: position for position, joint in enumerate(self.joints)}
        return Move(
            motion,
            SignedPermutation.of(
                (rank[source[joint]] for joint in self.joints),
                (-1 if joint in flipped else 1 for joint in self.joints),
                (shifts.get(joint, 0.0) for joint in self.joints),
            ),
        )

    def _report(self, code: str, message: str, span: Span | None, **rest: object) -> None:
        self.problems.append(Diagnostic(code, message, span, **rest))  # type: ignore[arg-type]

    def _motion(self, generator: Generator, span: Span) -> tuple[Motion | None, Span | None]:
        clauses = [clause for clause in generator.clauses if isinstance(clause, (Reflect, Rotate))]
        if not clauses:
            message = f"generator `{self.name}` does not say how the base moves"
            self._report(
                "SA207", message, span, helps=("start it with `reflect y`, or `rotate z by 180 deg`",)
            )
            return None, None
        first = clauses[0]
        for extra in clauses[1:]:
            message = f"generator `{self.name}` moves the base twice"
            secondary = ((first.span, "first here"),) if first.span else ()
            helps = ("make the second motion a generator of its own; products are found by the compiler",)
            self._report("SA207", message, extra.span, secondary=secondary, helps=helps)
        if isinstance(first, Reflect):
            return base.reflection(first.axis), first.span
        turns = first.turns % 1
        if turns == 0:
            message = f"a rotation by {360 * first.turns} deg does not move the base"
            self._report("SA212", message, first.span)
            return None, first.span
        if turns.denominator > MAX_ORDER:
            message = f"turns by {float(360 * turns):g} deg do not come back within {MAX_ORDER} of them"
            helps = ("write the n-th part of a full turn as `360/n deg`, such as `360/7 deg`",)
            self._report("SA219", message, first.span, helps=helps)
            return None, first.span
        return base.rotation(first.axis, turns), first.span

    def _places(self, generator: Generator, order: int | None, motion_span: Span | None) -> dict[str, str]:
        """Where each joint goes, joints that stay included."""
        moved: dict[str, str] = {}
        claimed: dict[str, Span | None] = {}
        for clause in generator.clauses:
            if isinstance(clause, Swap):
                for cycle in clause.cycles:
                    self._cycle(cycle, order, motion_span, moved, claimed)
            elif isinstance(clause, Rename):
                self._rename(clause, moved, claimed)
        return {joint: moved.get(joint, joint) for joint in self.joints}

    def _cycle(
        self,
        cycle: Cycle,
        order: int | None,
        motion_span: Span | None,
        moved: dict[str, str],
        claimed: dict[str, Span | None],
    ) -> None:
        members = [self._member(word) for word in cycle.members]
        length = len(members)
        if length == 1:
            helps = ("leave out what stays in its place",)
            self._report("SA207", f"the cycle `{cycle}` moves nothing", cycle.span, helps=helps)
            return
        if order and order % length:
            self._wrong_length(cycle, order, motion_span)
            return
        unsure = any(word.text in self.unsure_limbs for word in cycle.members)
        if unsure or any(member is None for member in members):
            return
        lists = [member for member in members if member is not None]
        for here, there, word, to in zip(
            lists, lists[1:] + lists[:1], cycle.members, cycle.members[1:] + cycle.members[:1], strict=True
        ):
            if not self._pairs_up(word, here, to, there):
                return
            for joint, place in zip(here, there, strict=True):
                if joint in claimed:
                    what = word.text if word.text in self.limbs else joint
                    first = claimed[joint]
                    secondary = ((first, "first moved here"),) if first and first != word.span else ()
                    message = f"generator `{self.name}` moves `{what}` twice"
                    self._report("SA209", message, word.span, secondary=secondary)
                    return
                claimed[joint] = word.span
                moved[joint] = place

    def _member(self, word: Word) -> tuple[str, ...] | None:
        if word.text in self.unsure_limbs:
            return ()
        if word.text in self.limbs:
            return self.limbs[word.text]
        if word.text in self.joints:
            return (word.text,)
        message = f"no limb or joint named `{word}`"
        self._report("SA208", message, word.span, helps=did_you_mean(word.text, [*self.limbs, *self.joints]))
        return None

    def _wrong_length(self, cycle: Cycle, order: int, motion_span: Span | None) -> None:
        length = len(cycle.members)
        self._report(
            "SA211",
            f"generator `{self.name}` is not an involution"
            if order == 2
            else f"generator `{self.name}` does not return after {order} turns",
            cycle.span,
            label=f"this cycle has length {length}",
            secondary=((motion_span, f"the base is back after {order} of these"),) if motion_span else (),
            notes=(f"a cycle's length must divide {order}, so that the joints return with the base",),
            helps=("a mirror swaps pairs: `(LF RF)(LH RH)`",) if order == 2 else (),
        )

    def _pairs_up(self, word: Word, here: tuple[str, ...], to: Word, there: tuple[str, ...]) -> bool:
        """Whether the k-th joint of one member plausibly is the k-th joint of the next."""
        if len(here) != len(there):
            message = f"`{word}` has {_count(here)}, but `{to}` has {_count(there)}"
            secondary = ((word.span, f"{_count(here)} here"),) if word.span else ()
            self._report("SA210", message, to.span, secondary=secondary)
            return False
        mine = [joint.replace(word.text, "", 1) for joint in here]
        theirs = [joint.replace(to.text, "", 1) for joint in there]
        if mine != theirs and sorted(mine) == sorted(theirs):
            first = next(k for k in range(len(mine)) if mine[k] != theirs[k])
            message = f"`{word}` and `{to}` list their joints in different orders"
            notes = (f"joint {first + 1} of `{word}` is `{here[first]}`, of `{to}` it is `{there[first]}`",)
            helps = ("list the joints of both in the same order in `joints`",)
            self._report("SA210", message, to.span, notes=notes, helps=helps)
            return False
        return True

    def _rename(self, clause: Rename, moved: dict[str, str], claimed: dict[str, Span | None]) -> None:
        left, right = clause.left.text, clause.right.text
        if left == right:
            self._report("SA209", f"`{left}` is renamed to itself", clause.right.span)
            return
        matched = False
        for joint in self.joints:
            if left in joint and right in joint:
                message = f"the joint `{joint}` has both `{left}` and `{right}` in its name"
                self._report("SA208", message, clause.span, helps=("use `swap` for these joints",))
                return
            word = left if left in joint else right if right in joint else None
            if word is None:
                continue
            matched = True
            place = joint.replace(word, right if word == left else left, 1)
            if place not in self.joints:
                message = f"`{joint}` would be renamed to `{place}`, which is no joint"
                self._report("SA208", message, clause.span, helps=did_you_mean(place, self.joints))
                return
            if joint in claimed:
                first = claimed[joint]
                secondary = ((first, "first moved here"),) if first else ()
                message = f"generator `{self.name}` moves `{joint}` twice"
                self._report("SA209", message, clause.span, secondary=secondary)
                return
            claimed[joint] = clause.span
            moved[joint] = place
        if not matched:
            message = f"no joint has `{left}` or `{right}` in its name"
            parts = {part for joint in self.joints for part in joint.split("_")}
            helps = dict.fromkeys((*did_you_mean(left, parts), *did_you_mean(right, parts)))
            self._report("SA202", message, clause.span, helps=tuple(helps))

    def _flipped(self, generator: Generator) -> set[str]:
        flipped: set[str] = set()
        for clause in generator.clauses:
            if isinstance(clause, Flip):
                chosen = set(select_names(clause.patterns, self.joints, "joint", self.problems) or ())
                for joint in sorted(flipped & chosen):
                    message = f"generator `{self.name}` flips `{joint}` twice"
                    helps = ("name each joint in one `flip` only; two flips do not cancel",)
                    self._report("SA209", message, clause.span, helps=helps)
                flipped |= chosen
        return flipped

    def _shifts(self, generator: Generator) -> dict[str, float]:
        """By how much each shifted joint is moved, rad or m."""
        shifts: dict[str, float] = {}
        for clause in generator.clauses:
            if not isinstance(clause, Shift):
                continue
            chosen = select_names(clause.patterns, self.joints, "joint", self.problems) or ()
            try:
                factor = si_factor(clause.amount, Dimension.ANGLE, Dimension.LENGTH)
            except SpecError as error:
                self.problems += error.diagnostics
                continue
            amount = clause.amount.value * factor
            for joint in chosen:
                if joint in shifts:
                    message = f"generator `{self.name}` shifts `{joint}` twice"
                    helps = ("name each joint in one `shift` only; two shifts do not add up",)
                    self._report("SA209", message, clause.span, helps=helps)
                    break
                shifts[joint] = amount
        return shifts

    def _returns_with_the_base(self, move: Move, generator: Generator, span: Span) -> bool:
        order = base.order(move.motion)
        power = Move.nothing(len(self.joints))
        for _ in range(order):
            power = move.after(power)
        if power.keeps_joints:
            return True
        times = "twice" if order == 2 else f"{order} times"
        turned = [
            k for k in range(len(self.joints)) if power.joints.index[k] != k or power.joints.sign[k] < 0
        ]
        if not turned:
            self._shifts_away(move, power, times, generator, span)
            return False
        wrong = turned[0]
        joint, partner = self.joints[wrong], self.joints[move.joints.index[wrong]]
        flips = [clause.span for clause in generator.clauses if isinstance(clause, Flip)]
        self._report(
            "SA211",
            f"generator `{self.name}` does not undo itself on `{joint}`",
            flips[0] if flips else span,
            label=f"applied {times}, it turns `{joint}` around",
            notes=("the base is back, so every joint must be back too",),
            helps=(f"flip both `{joint}` and `{partner}`, or neither",),
        )
        return False

    def _shifts_away(self, move: Move, power: Move, times: str, generator: Generator, span: Span) -> None:
        offset = power.joints.offset
        wrong = max(range(len(offset)), key=lambda k: abs(offset[k]))
        joint, partner = self.joints[wrong], self.joints[move.joints.index[wrong]]
        clauses = [clause.span for clause in generator.clauses if isinstance(clause, Shift)]
        helps = f"shift `{partner}` by the opposite amount" if joint != partner else f"flip `{joint}` as well"
        self._report(
            "SA211",
            f"generator `{self.name}` does not bring `{joint}` back",
            clauses[0] if clauses else span,
            label=f"applied {times}, it moves `{joint}` by {offset[wrong]:.6g}",
            notes=("the base is back, so every joint must be back too",),
            helps=(helps,),
        )


def _count(joints: tuple[str, ...]) -> str:
    return f"{len(joints)} joint" + ("s" if len(joints) != 1 else "")
