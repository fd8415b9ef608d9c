"""Grids and images against fields that are really moved."""

from __future__ import annotations

import numpy as np
import pytest

from symaug.diagnostics import SpecError
from tests.symaug.semantics.known_robots import dense, worlds


@pytest.mark.parametrize(("nx", "ny"), [(5, 5), (4, 4), (1, 1), (5, 3)])
@pytest.mark.parametrize("order", ["xy", "yx"])
@pytest.mark.parametrize("name", ["K4", "D4", "C2xC2xC2"])
def test_grids_are_read_at_the_points_moved_back(robots, name, nx, ny, order):
    value = f"grid({nx} x {ny}, order={order}, frame=yaw)"
    if name == "D4" and nx != ny:
        with pytest.raises(SpecError, match="does not map this grid onto itself"):
            dense(robots[name], value, "e")
        return
    rows = [(x, y) for y in range(ny) for x in range(nx)]
    if order == "yx":
        rows = [(x, y) for x in range(nx) for y in range(ny)]
    points = np.array(rows) - [(nx - 1) / 2, (ny - 1) / 2]
    field = lambda p: np.sin(3 * p[:, 0] + 0.3) + np.cos(2 * p[:, 1] + 0.7 * p[:, 0])  # noqa: E731
    for element, world in worlds(robots[name]).items():
        matrix, _ = dense(robots[name], value, element)
        moved_back = points @ world.base[:2, :2]  # rows of points times R: R⁻¹ p
        np.testing.assert_allclose(matrix @ field(points), field(moved_back), atol=1e-12)


def test_no_grid_has_a_threefold_symmetry(robots):
    with pytest.raises(SpecError, match="does not map this grid onto itself"):
        dense(robots["C3"], "grid(5 x 5, order=xy)", "r")


@pytest.mark.parametrize("order", ["hwc", "chw"])
def test_images_are_mirrored_by_reflections_only(robots, order):
    robot = robots["K4"]
    image = np.random.default_rng(1).normal(size=(4, 3, 5, 3))  # a camera a limb, 3 high, 5 wide
    for element, world in worlds(robot).items():
        seen = image[:, :, ::-1] if world.det < 0 else image
        seen = np.einsum("ij,jhwc->ihwc", world.limbs, seen)
        lay = (lambda x: x) if order == "hwc" else (lambda x: np.moveaxis(x, -1, 1))
        matrix, _ = dense(robot, f"limbs * image(3 x 5 x 3, order={order})", element)
        np.testing.assert_array_equal(matrix @ lay(image).reshape(-1), lay(seen).reshape(-1))
        flow = lay(seen * [1, 1, world.det])  # the third channel counts to the left: it changes sign
        matrix, _ = dense(robot, f"limbs * image(3 x 5, 2 * scalar + pseudoscalar, order={order})", element)
        np.testing.assert_array_equal(matrix @ lay(image).reshape(-1), flow.reshape(-1))


def test_one_camera_cannot_look_both_ways(robots):
    with pytest.raises(SpecError, match="`t` turns the camera away"):
        dense(robots["K4"], "image(3 x 5 x 3)", "e")


@pytest.mark.parametrize(
    "value",
    [
        "limbs * (2 * image(2 x 3 x 1))",
        "limbs * history(2, image(2 x 3 x 1))",
        "limbs * (image(2 x 3 x 1) + image(2 x 3 x 1))",
    ],
)
def test_cameras_of_limbs_may_be_nested(robots, value):
    robot = robots["K4"]
    image = np.random.default_rng(2).normal(size=(4, 2, 2, 3))  # two images a limb, 2 high, 3 wide
    for element, world in worlds(robot).items():
        seen = np.einsum("ij,jkhw->ikhw", world.limbs, image[..., ::-1] if world.det < 0 else image)
        matrix, _ = dense(robot, value, element)
        np.testing.assert_array_equal(matrix @ image.reshape(-1), seen.reshape(-1))
