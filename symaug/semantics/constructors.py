"""Types that take arguments: `history(5, joints)`, `grid(17 x 11, order=xy)`, `quaternion(wxyz)` and their
kin.

Each is a function of the resolver, which gives the types inside the parentheses their meaning, and of the
call. All raise SpecError at the guilty argument: SA305 for wrong arguments, and what is said there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from symaug.diagnostics import Span, SpecError, did_you_mean
from symaug.semantics import arrays, orientations
from symaug.semantics import representations as rep
from symaug.semantics.arguments import USAGE, choice, option, positional
from symaug.semantics.representations import MAX_WIDTH, Representation
from symaug.syntax.expressions import Argument, Call, Count, Dimensions, Named, Option

if TYPE_CHECKING:
    from symaug.semantics.types import TypeResolver


def unsigned(types: TypeResolver, call: Call) -> Representation:
    """Magnitudes of joints: the permutation without the signs."""
    inner = positional(call, ("type",))[0]
    representation = types.resolve(inner)  # type: ignore[arg-type]
    if not representation.joint_block:
        message = f"`unsigned` is for joints, not for `{inner}`"
        helps = ("gains, limits and temperatures are `unsigned(joints)`; a length is a `scalar`",)
        raise SpecError.of("SA305", message, span=inner.span, helps=helps)
    return representation.unsigned()


def positions(types: TypeResolver, call: Call) -> Representation:
    """Absolute positions of joints, which shifts of the declaration add to."""
    inner = positional(call, ("type",))[0]
    if isinstance(inner, Call) and inner.name.text == "joints":
        return _in_order(types, inner)
    if not (isinstance(inner, Named) and inner.name.text == "joints"):
        message = f"`positions` is for joints, not for `{inner}`"
        raise SpecError.of("SA305", message, span=inner.span, helps=("write `positions(joints)`",))
    return types.joints(inner, rep.positions(types.robot, types.joint_order))


def joints(types: TypeResolver, call: Call) -> Representation:
    """All joints, as another of the robot's joint orders lists them. SA304 where it has no such order."""
    return _in_order(types, call).without_offset()


def history(types: TypeResolver, call: Call) -> Representation:
    """Several steps of a block, the step as the outer index (`order=time`) or as the inner one
    (`order=term`).
    """
    count, inner = positional(call, kinds=("number", "type"), options={"order": ("time", "term")})
    if not isinstance(count, Count) or count.value < 1:
        raise SpecError.of("SA305", "a history has at least one step", span=count.span)
    representation = types.resolve(inner)  # type: ignore[arg-type]
    within_limit(representation.width * count.value, call.span)
    if option(call, "order", "time") == "time":
        return representation.repeated(count.value)
    return representation.interleaved(count.value)


def grid(types: TypeResolver, call: Call) -> Representation:
    """A scan of the ground centred on the base. SA306 where an element does not map it onto itself.

    `frame=yaw` says that it stays level; every element that a grid permits acts alike on both.
    """
    options = {"order": ("xy", "yx"), "frame": ("base", "yaw")}
    size = positional(call, kinds=("size",), options=options, required=("order",))[0]
    nx, ny = _sizes(size, "grid", "points")
    representation, element = arrays.grid(types.robot, nx, ny, option(call, "order", "xy"))
    if representation is None:
        name = types.robot.group.elements[element]
        between = any(sum(map(bool, row)) != 1 for row in types.robot.motions[name])
        note = (
            "its points would fall between the points of the grid"
            if between
            else "it exchanges x with another axis, and the grid is not square"
        )
        message = f"`{name}` does not map this grid onto itself"
        raise SpecError.of("SA306", message, span=size.span, notes=(note,))
    return representation


def image(types: TypeResolver, call: Call) -> Representation:
    """An upright camera's image of plain channels, or of a type a pixel: SA313 where it would look
    elsewhere.
    """
    channels_counted = not any(_is_type(argument) for argument in call.arguments)
    kinds = ("image size",) if channels_counted else ("size", "type")
    size, *pixel_type = positional(call, kinds, options={"order": ("hwc", "chw")})
    height, width, *channels = _sizes(size, "image", "pixels")
    pixels, element = arrays.pixels(types.robot, height, width, one_camera=not types.camera_each_limb)
    if pixels is None:
        message = f"`{types.robot.group.elements[element]}` turns the camera away from where it looks"
        helps = ("with one camera a limb, `limbs * image(…)` says which image comes where",)
        raise SpecError.of("SA313", message, span=call.span, helps=helps)
    if pixel_type:
        pixel = types.resolve(pixel_type[0])  # type: ignore[arg-type]
    else:
        pixel = rep.scalar(types.robot).repeated(channels[0] if channels else 1)
    within_limit(pixels.width * pixel.width, call.span)
    if not pixel.is_linear:
        message = "a pixel cannot hold joint positions that are shifted"
        raise SpecError.of("SA310", message, span=pixel_type[0].span)
    return pixels.times(pixel) if option(call, "order", "hwc") == "hwc" else pixel.times(pixels)


def quaternion(types: TypeResolver, call: Call) -> Representation:
    """An orientation as a unit quaternion, its real part first or last."""
    return orientations.quaternion(types.robot, choice(call, orientations.QUATERNION_ORDERS))


def rotation_6d(types: TypeResolver, expression: Named | Call) -> Representation:
    """The x and y columns of a rotation. SA311 where an element mixes them with z."""
    order = "columns"
    if isinstance(expression, Call):
        order = choice(expression, orientations.SIX_D_ORDERS)
    representation, element = orientations.rotation_6d(types.robot, order)
    if representation is None:
        message = f"`{types.robot.group.elements[element]}` mixes the x and y axes with z"
        helps = ("use `rotation_matrix`, which has all three columns",)
        raise SpecError.of("SA311", message, span=expression.span, helps=helps)
    return representation


def euler(types: TypeResolver, call: Call) -> Representation:
    """Roll, pitch and yaw. SA312 where an element does not act linearly on them."""
    order = choice(call, orientations.EULER_ORDERS)
    representation, element = orientations.euler(types.robot, order)
    if representation is None:
        message = f"`{types.robot.group.elements[element]}` does not act linearly on Euler angles"
        notes = ("it maps an axis onto another one, and the three turns are made in a fixed order",)
        helps = ("use `quaternion(wxyz)` or `rotation_matrix`; yaw alone is a `pseudoscalar`",)
        raise SpecError.of("SA312", message, span=call.span, notes=notes, helps=helps)
    return representation


CONSTRUCTORS: dict[str, Callable[[TypeResolver, Call], Representation]] = {
    "joints": joints,
    "unsigned": unsigned,
    "positions": positions,
    "history": history,
    "grid": grid,
    "image": image,
    "quaternion": quaternion,
    "rotation_6d": rotation_6d,
    "euler": euler,
}
"""Every type that takes arguments, by its name."""


def within_limit(width: int, span: Span | None) -> None:
    """Refuse (SA309) a block wider than `MAX_WIDTH` before it is built."""
    if width > MAX_WIDTH:
        message = f"this block has {width} numbers, more than {MAX_WIDTH}"
        raise SpecError.of("SA309", message, span=span)


def _in_order(types: TypeResolver, call: Call) -> Representation:
    """The absolute positions that `joints(order=NAME)` lists."""
    order, *more = call.arguments
    if more or not isinstance(order, Option) or order.key.text != "order":
        helps = (f"write it as {USAGE['joints']}",)
        raise SpecError.of("SA305", "`joints` takes one option, its order", span=call.span, helps=helps)
    known, name = types.robot.joint_orders, order.value
    if name.text not in known:
        message = f"`{types.robot.name}` has no joint order named `{name}`"
        raise SpecError.of("SA304", message, span=name.span, helps=did_you_mean(name.text, known))
    return rep.positions(types.robot, known[name.text])


def _sizes(size: Argument, what: str, of: str) -> tuple[int, ...]:
    assert isinstance(size, Dimensions)
    if min(size.sizes) < 1:
        raise SpecError.of("SA305", f"the {what} `{size}` has no {of}", span=size.span)
    within_limit(math.prod(size.sizes), size.span)
    return size.sizes


def _is_type(argument: Argument) -> bool:
    return not isinstance(argument, (Option, Dimensions, Count))
