"""Arguments of types such as `history(5, joints, order=time)`: their number, their kinds, their options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symaug.diagnostics import SpecError, did_you_mean
from symaug.syntax.expressions import Argument, Call, Count, Dimensions, Named, Option

USAGE = {
    "joints": "`joints`, or `joints(order=NAME)` with one of the robot's joint orders",
    "unsigned": "`unsigned(joints)`",
    "positions": "`positions(joints)`",
    "history": "`history(5, joints)` or `history(5, joints, order=term)`",
    "grid": "`grid(17 x 11, order=xy)`",
    "image": "`image(48 x 64 x 3)` or `image(48 x 64, vector)`",
    "quaternion": "`quaternion(wxyz)` or `quaternion(xyzw)`",
    "rotation_6d": "`rotation_6d`, `rotation_6d(columns)` or `rotation_6d(rows)`",
    "euler": "`euler(rpy)` or `euler(ypr)`",
}
"""How each type that takes arguments is written."""

_KIND_NOUNS = {
    "type": "a type",
    "number": "a number of steps",
    "size": "a size such as `17 x 11`",
    "image size": "a size such as `48 x 64 x 3`",
}
_NUMBER_OF_SIZES = {"size": (2,), "image size": (2, 3)}


def positional(
    expression: Call,
    kinds: Sequence[str],
    options: Mapping[str, Sequence[str]] | None = None,
    required: Sequence[str] = (),
) -> Sequence[Argument]:
    """The arguments that are not options, after everything about the call has been checked.

    Args:
        expression: the call.
        kinds: what each argument must be: "type", "number", "size" or "image size".
        options: the values that each option may have.
        required: the options that must be given.

    Raises:
        SpecError: SA305.
    """
    name, options = expression.name.text, options or {}
    usage = (f"write it as {USAGE[name]}",)
    given = [argument for argument in expression.arguments if not isinstance(argument, Option)]
    if len(given) != len(kinds) or not all(map(_is, given, kinds)):
        wanted = " and ".join(_KIND_NOUNS[kind] for kind in kinds)
        raise SpecError.of("SA305", f"`{name}` takes {wanted}", span=expression.span, helps=usage)
    seen = set()
    for argument in expression.arguments:
        if not isinstance(argument, Option):
            continue
        key, value = argument.key.text, argument.value.text
        if key not in options:
            helps = did_you_mean(key, options) or usage
            raise SpecError.of(
                "SA305", f"`{name}` has no option `{key}`", span=argument.key.span, helps=helps
            )
        if value not in options[key]:
            helps = did_you_mean(value, options[key])
            message = f"the {key} of a {name} cannot be `{value}`"
            raise SpecError.of("SA305", message, span=argument.value.span, helps=helps)
        if key in seen:
            raise SpecError.of("SA305", f"`{key}` is given twice", span=argument.span)
        seen.add(key)
    for key in required:
        if key not in seen:
            choices = " or ".join(f"`{key}={value}`" for value in options[key])
            message = f"`{name}` does not say its {key}"
            raise SpecError.of("SA305", message, span=expression.span, helps=(f"add {choices}",))
    return given


def option(expression: Call, key: str, default: str) -> str:
    """The value of an option, or the default where it is not given."""
    for argument in expression.arguments:
        if isinstance(argument, Option) and argument.key.text == key:
            return argument.value.text
    return default


def choice(expression: Call, choices: Sequence[str]) -> str:
    """The only argument, a word out of `choices`: the `wxyz` of `quaternion(wxyz)`.

    Raises:
        SpecError: SA305.
    """
    name, usage = expression.name.text, (f"write it as {USAGE[expression.name.text]}",)
    argument = expression.arguments[0]
    if len(expression.arguments) > 1 or not isinstance(argument, Named) or argument.selection:
        raise SpecError.of("SA305", f"`{name}` takes one word", span=expression.span, helps=usage)
    if argument.name.text not in choices:
        helps = did_you_mean(argument.name.text, choices) or usage
        message = f"`{name}` knows no order `{argument}`"
        raise SpecError.of("SA305", message, span=argument.span, helps=helps)
    return argument.name.text


def _is(argument: Argument, kind: str) -> bool:
    if isinstance(argument, Dimensions):
        return len(argument.sizes) in _NUMBER_OF_SIZES.get(kind, ())
    return {Count: "number", Option: "option"}.get(type(argument), "type") == kind
