"""The meaning of type expressions: from the syntax tree to a `Representation` of the robot's group."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from symaug.diagnostics import Diagnostic, Span, SpecError, did_you_mean
from symaug.semantics import constructors, orientations
from symaug.semantics import representations as rep
from symaug.semantics.arguments import USAGE
from symaug.semantics.constructors import CONSTRUCTORS, within_limit
from symaug.semantics.linear_map import as_linear_map
from symaug.semantics.representations import Representation
from symaug.semantics.robot import Robot
from symaug.semantics.selection import select_names
from symaug.syntax.expressions import (
    Call,
    Count,
    Named,
    Product,
    Sum,
    TypeExpression,
    Word,
)

AXES = ("x", "y", "z")


@dataclass(frozen=True)
class TypeResolver:
    """Gives types their meaning for one robot and one joint order.

    Attributes:
        robot: whose group acts.
        joint_order: the order of the joints in tensors; a permutation of the robot's joints.
        camera_each_limb: whether an image stands in a product with `limbs`, which then says whose it is.
    """

    robot: Robot
    joint_order: tuple[str, ...]
    camera_each_limb: bool = False

    def resolve(self, expression: TypeExpression) -> Representation:
        """The representation that a type stands for.

        Raises:
            SpecError: SA202, SA301 … SA313, at the guilty part.
        """
        representation = self._resolve(expression)
        within_limit(representation.width, expression.span)
        return representation

    def _resolve(self, expression: TypeExpression) -> Representation:
        if isinstance(expression, Named):
            return self._named(expression)
        if isinstance(expression, Call):
            return self._call(expression)
        if isinstance(expression, Sum):
            return self._sum(expression)
        if isinstance(expression, Product):
            return self._product(expression)
        raise SpecError.of(
            "SA305",
            f"the number `{expression}` is not a type",
            span=expression.span,
            helps=(f"`{expression} * scalar` is {expression} plain numbers",),
        )

    def _sum(self, expression: Sum) -> Representation:
        parts = _each(self._resolve, expression.parts)
        within_limit(sum(part.width for part in parts), expression.span)
        return rep.direct_sum(parts)

    def _product(self, expression: Product) -> Representation:
        *leading, last = expression.factors
        per_limb = any(isinstance(factor, Named) and factor.name.text == "limbs" for factor in leading)
        inside = replace(self, camera_each_limb=self.camera_each_limb or per_limb)
        factors = _each(inside._factor, [*leading, last])
        width = 1
        for factor in factors:
            width *= factor if isinstance(factor, int) else factor.width
            within_limit(width, expression.span)
        result = factors[-1]
        if isinstance(result, int):
            helps = (f"write the number first: `{last} * {leading[0]}`",)
            message = f"the number `{last}` comes last"
            raise SpecError.of("SA305", message, span=last.span, helps=helps)
        for factor in reversed(factors[:-1]):
            if isinstance(factor, int):
                result = result.repeated(factor)
            elif factor.is_linear and result.is_linear:
                result = factor.times(result)
            else:
                message = "a product with joint positions that are shifted is not linear"
                helps = ("repeat them with a number or `history`, or give each limb's joints as a term",)
                raise SpecError.of("SA310", message, span=expression.span, helps=helps)
        return result

    def _factor(self, factor: TypeExpression) -> Representation | int:
        if not isinstance(factor, Count):
            return self._resolve(factor)
        if factor.value < 1:
            raise SpecError.of("SA305", "a type is repeated at least once", span=factor.span)
        return factor.value

    # --- types by name -----------------------------------------------------------------------------

    def _named(self, expression: Named) -> Representation:
        name = expression.name.text
        if name in ("vector", "pseudovector"):
            whole = rep.vector(self.robot) if name == "vector" else rep.pseudovector(self.robot)
            return self._axes(whole, expression) if expression.selection else whole
        if name == "joints":
            return self.joints(expression, rep.joints(self.robot, self.joint_order))
        if name == "limbs":
            return self._subset(rep.limbs(self.robot), tuple(self.robot.limbs), "limb", expression)
        if name in _PLAIN and expression.selection:
            message = f"`{name}` has no parts"
            raise SpecError.of("SA307", message, span=_cover(expression.selection))
        if name in _SIMPLE:
            return _SIMPLE[name](self.robot)
        if name == "rotation_6d":
            return constructors.rotation_6d(self, expression)
        if name in USAGE:
            helps = (f"write it as {USAGE[name]}",)
            raise SpecError.of("SA305", f"`{name}` needs arguments", span=expression.span, helps=helps)
        raise _unknown_type(expression.name)

    def joints(self, expression: Named, whole: Representation) -> Representation:
        """The part of `whole`, a block of all joints, that `joints[…]` selects."""
        return self._subset(whole, self.joint_order, "joint", expression)

    def _axes(self, whole: Representation, expression: Named) -> Representation:
        letters = [(letter, word, k) for word in expression.selection for k, letter in enumerate(word.text)]
        seen: list[str] = []
        for letter, word, k in letters:
            if letter not in AXES or letter in seen:
                what = f"`{letter}` is named twice" if letter in seen else f"`{letter}` is not an axis"
                helps = () if letter in seen else ("the axes are `x`, `y` and `z`: `vector[xy]`",)
                raise SpecError.of("SA308", what, span=word.part(k, k + 1), helps=helps)
            seen.append(letter)
        part, element = whole.restricted([AXES.index(letter) for letter in seen])
        if part is not None:
            return part
        motion = self.robot.motions[self.robot.group.elements[element]]
        needed = [AXES[j] for letter in seen for j in range(3) if motion[AXES.index(letter)][j]]
        raise SpecError.of(
            "SA302",
            f"the axes `{''.join(seen)}` are not closed under `{self.robot.group.elements[element]}`",
            span=_cover(expression.selection),
            notes=(f"it mixes them with {', '.join(f'`{a}`' for a in needed if a not in seen)}",),
            helps=(f"use `{expression.name}[{''.join(a for a in AXES if a in {*seen, *needed})}]`",),
        )

    def _subset(
        self, whole: Representation, names: Sequence[str], noun: str, expression: Named
    ) -> Representation:
        if not expression.selection:
            return whole
        problems: list[Diagnostic] = []
        chosen = select_names(expression.selection, names, noun, problems)
        if chosen is None:
            raise SpecError(problems)
        ordered = [name for name in names if name in chosen]
        part, element = whole.restricted([names.index(name) for name in ordered])
        if part is not None:
            return part
        sources = as_linear_map(whole.actions[element]).sources
        images = [(name, names[source]) for name in ordered for source in sources[names.index(name)]]
        outside = next((name, image) for name, image in images if image not in chosen)
        raise SpecError.of(
            "SA303",
            f"these {noun}s are not closed under `{self.robot.group.elements[element]}`",
            span=_cover(expression.selection),
            notes=(f"`{outside[0]}` is included, its image `{outside[1]}` is not",),
            helps=(f"include `{outside[1]}` too",),
        )

    # --- types with arguments ------------------------------------------------------------------------

    def _call(self, expression: Call) -> Representation:
        name = expression.name
        if name.text in CONSTRUCTORS:
            return CONSTRUCTORS[name.text](self, expression)
        if name.text in _PLAIN:
            example = {"joints": "*_KFE", "limbs": "LF RF"}.get(name.text, "xy")
            helps = (
                (f"write `{name}`",)
                if name.text in _SIMPLE
                else (f"parts are chosen in brackets: `{name}[{example}]`",)
            )
            message = f"`{name}` takes no arguments"
            raise SpecError.of("SA305", message, span=expression.span, helps=helps)
        raise _unknown_type(name)


_SIMPLE: dict[str, Callable[[Robot], Representation]] = {
    "scalar": rep.scalar,
    "pseudoscalar": rep.pseudoscalar,
    "regular": lambda robot: rep.regular(robot.group),
    "rotation_matrix": orientations.rotation_matrix,
}
_PLAIN = (*_SIMPLE, "vector", "pseudovector", "joints", "limbs", "rotation_6d")


def _unknown_type(name: Word) -> SpecError:
    helps = did_you_mean(name.text, dict.fromkeys((*_PLAIN, *USAGE)))
    return SpecError.of("SA301", f"unknown type `{name}`", span=name.span, helps=helps)


def _cover(words: Sequence[Word]) -> Span | None:
    first, last = words[0].span, words[-1].span
    return (
        Span(first.file, first.line, first.column, last.end_line, last.end_column) if first and last else None
    )


def _each(resolve: Callable, items: Sequence) -> list:
    """Resolve all items, so that one run reports what is wrong with each."""
    results, problems = [], []
    for item in items:
        try:
            results.append(resolve(item))
        except SpecError as error:
            problems += error.diagnostics
    if problems:
        raise SpecError(problems)
    return results
