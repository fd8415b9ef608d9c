"""A robot's skeleton as a picture: which limbs the symmetry exchanges, and which joints change sign."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from math import cos, radians, sin
from typing import Protocol

from symaug.semantics.robot import Robot

_WIDTH, _HEIGHT, _MARGIN = 260, 240, 24
_AZIMUTH, _ELEVATION = radians(35), radians(18)  # seen from in front, on the left, a little from above
_COLOURS = ("#2a6fb0", "#c8622d", "#3c8c58", "#8a5aa8", "#b0892a", "#4a8f9c")
_MIDLINE = "#6b7280"
_STYLE = """
text { font: 11px system-ui, sans-serif; fill: #374151 }
.bone { stroke-width: 3; stroke-linecap: round; stroke-opacity: .55 }
.joint { stroke-width: 2 }
@media (prefers-color-scheme: dark) { text { fill: #d1d5db } }
"""

Place = tuple[float, float, float]


class Bone(Protocol):
    """A joint where it is: `symaug.checks.mechanics.places.Bone`."""

    @property
    def joint(self) -> str: ...  # noqa: D102
    @property
    def place(self) -> Place: ...  # noqa: D102
    @property
    def parent(self) -> str | None: ...  # noqa: D102
    @property
    def end(self) -> Place | None: ...  # noqa: D102


def draw_robot(robot: Robot, bones: Sequence[Bone]) -> str:
    """The robot in its default pose as SVG, seen from in front, on its left.

    Limbs that change places have one colour, limbs that stay are grey. A hollow joint changes sign under the
    first generator.
    """
    places = {bone.joint: _seen(bone.place) for bone in bones}
    ends = {bone.joint: _seen(bone.end) for bone in bones if bone.end is not None}
    base = _seen((0.0, 0.0, 0.0))
    fit = _Fit.of([base, *places.values(), *ends.values()])
    generator = robot.group.generators[0]
    signs = dict(zip(robot.joints, robot.joint_actions[generator].sign, strict=True))
    colours = dict(_colours(robot))
    parts = []
    for bone in bones:
        start = places[bone.parent] if bone.parent is not None else base
        parts.append(_line(fit.place(start), fit.place(places[bone.joint]), colours[bone.joint]))
        if bone.joint in ends:
            here, there = fit.place(places[bone.joint]), fit.place(ends[bone.joint])
            parts.append(_line(here, there, colours[bone.joint]))
    for bone in bones:
        x, y = fit.place(places[bone.joint])
        colour = colours[bone.joint]
        fill = "#fff" if signs[bone.joint] < 0 else colour
        parts.append(
            f'<circle class="joint" cx="{x:.1f}" cy="{y:.1f}" r="4" stroke="{colour}" fill="{fill}">'
            f"<title>{escape(bone.joint)}</title></circle>"
        )
    x, y = fit.place(base)
    parts.append(f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{_MIDLINE}"/>')
    name = f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 6}" text-anchor="middle">{escape(robot.name)}</text>'
    label = f"{robot.name}: {len(robot.joints)} joints, {', '.join(robot.group.generators)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{escape(label)}">\n<title>{escape(label)}</title>\n<style>{_STYLE}</style>\n'
        + "\n".join(parts)
        + f"\n{name}\n</svg>\n"
    )


def _colours(robot: Robot) -> Iterator[tuple[str, str]]:
    """The colour of each joint: one for each orbit of more than one limb."""
    limbs, orbits = list(robot.limbs), {}
    for rank in range(len(limbs)):
        images = {robot.limb_actions[element].index.index(rank) for element in robot.group.elements}
        orbits[rank] = min(images) if len(images) > 1 else -1
    moving = [orbit for orbit in dict.fromkeys(orbits.values()) if orbit >= 0]
    for rank, joints in enumerate(robot.limbs.values()):
        orbit = orbits[rank]
        colour = _MIDLINE if orbit < 0 else _COLOURS[moving.index(orbit) % len(_COLOURS)]
        yield from ((joint, colour) for joint in joints)


def _seen(place: Place) -> tuple[float, float]:
    """Where a point of the base frame is on the picture: to the right and up, in m."""
    x, y, z = place
    ahead = cos(_AZIMUTH) * x + sin(_AZIMUTH) * y
    return cos(_AZIMUTH) * y - sin(_AZIMUTH) * x, cos(_ELEVATION) * z - sin(_ELEVATION) * ahead


class _Fit:
    """Metres to pixels."""

    def __init__(self, scale: float, centre: tuple[float, float]) -> None:
        self.scale, self.centre = scale, centre

    @classmethod
    def of(cls, points: Sequence[tuple[float, float]]) -> _Fit:
        """The largest scale at which all points are on the picture."""
        spans = [(min(axis), max(axis)) for axis in zip(*points, strict=True)]
        room = (_WIDTH - 2 * _MARGIN, _HEIGHT - 2 * _MARGIN - 12)
        sizes = [(high - low) for low, high in spans]
        scale = min(pixels / max(size, 1e-3) for pixels, size in zip(room, sizes, strict=True))
        return cls(scale, ((spans[0][0] + spans[0][1]) / 2, (spans[1][0] + spans[1][1]) / 2))

    def place(self, point: tuple[float, float]) -> tuple[float, float]:
        """Pixels from the upper left corner."""
        return (
            _WIDTH / 2 + self.scale * (point[0] - self.centre[0]),
            (_HEIGHT - 12) / 2 - self.scale * (point[1] - self.centre[1]),
        )


def _line(start: tuple[float, float], end: tuple[float, float], colour: str) -> str:
    (x1, y1), (x2, y2) = start, end
    return f'<line class="bone" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'
