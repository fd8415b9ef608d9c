"""Arguments of types such as `history(5, joints, order=time)`: their number, their kinds, their options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symaug.diagnostics import SpecError, did_you_mean
from symaug.syntax.expressions import Argument, Call, Count, Dimensions, Option

USAGE = {
    "unsigned": "`unsigned(joints)`",
    "history": "`history(5, joints)` or `history(5, joints, order=term)`",
    "grid": "`grid(17 x 11, order=xy)`",
}
"""How each type that takes arguments is written."""

_KIND_NOUNS = {"type": "a type", "number": "a number of steps", "size": "a size such as `17 x 11`"}


def positional(
    expression: Call,
    kinds: Sequence[str],
    options: Mapping[str, Sequence[str]] | None = None,
    required: Sequence[str] = (),
) -> Sequence[Argument]:
    """The arguments that are not options, after everything about the call has been checked.

    Args:
        expression: the call.
        kinds: what each argument must be: "type", "number" or "size".
        options: the values that each option may have.
        required: the options that must be given.

    Raises:
        SpecError: SA305.
    """
    name, options = expression.name.text, options or {}
    usage = (f"write it as {USAGE[name]}",)
    given = [argument for argument in expression.arguments if not isinstance(argument, Option)]
    if [_kind(argument) for argument in given] != list(kinds):
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


def _kind(argument: Argument) -> str:
    return {Count: "number", Dimensions: "size", Option: "option"}.get(type(argument), "type")
