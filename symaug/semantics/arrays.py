"""Numbers laid out in the plane: height scans around the base, and images of cameras on it."""

from __future__ import annotations

from collections.abc import Sequence

from symaug.semantics.motion import Motion
from symaug.semantics.representations import Representation
from symaug.semantics.robot import Robot
from symaug.semantics.signed_permutation import SignedPermutation


def grid(robot: Robot, nx: int, ny: int, order: str) -> tuple[Representation | None, int]:
    """A scan centred on the base, nx points along x and ny along y.

    With order `xy` the x index runs fastest (rows of constant y); with `yx` the y index does.
    Returns None and the guilty element when an element does not map the grid onto itself: a quarter turn
    of a grid that is not square, a turn by 120°.
    """
    shape = (nx, ny)
    actions = []
    for rank, name in enumerate(robot.group.elements):
        rows = robot.motions[name][:2]
        if any(sum(map(bool, row)) != 1 for row in robot.motions[name]):  # points between the grid's points
            return None, rank
        if any(row[2] for row in rows):  # z would enter the plane of the grid
            return None, rank
        axes = [next(j for j in range(2) if row[j]) for row in rows]
        if any(shape[axis] != shape[source] for axis, source in enumerate(axes)):
            return None, rank
        signs = [int(row[axis]) for row, axis in zip(rows, axes, strict=True)]
        actions.append(SignedPermutation.of(_grid_index(shape, axes, signs, order)))
    return Representation(nx * ny, tuple(actions)), 0


def _grid_index(shape: tuple[int, int], axes: Sequence[int], signs: Sequence[int], order: str) -> list[int]:
    """Where the value at each point of the moved grid is read from: at R⁻¹ of the point."""
    nx, ny = shape
    if order == "xy":
        points = [(i, j) for j in range(ny) for i in range(nx)]
    else:
        points = [(i, j) for i in range(nx) for j in range(ny)]
    place = {point: rank for rank, point in enumerate(points)}
    index = []
    for point in points:
        origin = [0, 0]
        for axis in range(2):  # point[axis] = signs[axis] · origin[axes[axis]], about the centre
            size = shape[axis]
            origin[axes[axis]] = point[axis] if signs[axis] > 0 else size - 1 - point[axis]
        index.append(place[(origin[0], origin[1])])
    return index


def pixels(robot: Robot, height: int, width: int, *, one_camera: bool) -> tuple[Representation | None, int]:
    """The pixels of an upright camera, row by row: mirrored left to right by every element that is a
    reflection.

    Args:
        robot: whose group acts.
        height, width: of the image, in pixels.
        one_camera: whether there is a single camera, looking ahead; else one a limb, and the product with
            `limbs` says which camera's image comes where.

    Returns:
        The block, or None and the first element that turns the camera away from where it looks, or over.
    """
    straight = tuple(range(width))
    actions = []
    for rank, name in enumerate(robot.group.elements):
        motion = robot.motions[name]
        if not _upright(motion) or (one_camera and motion[0] != (1, 0, 0)):
            return None, rank
        columns = straight if robot.determinant(name) > 0 else straight[::-1]
        actions.append(SignedPermutation.of(row * width + c for row in range(height) for c in columns))
    return Representation(height * width, tuple(actions)), 0


def _upright(motion: Motion) -> bool:
    return motion[2] == (0, 0, 1) and motion[0][2] == motion[1][2] == 0
