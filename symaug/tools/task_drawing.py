"""Which test tasks training reaches, as a picture on the robot: from above, a disc a joint that may fail.

What is trained on is dark; what an element of the group makes of it has the element's colour and number; what
is never reached is pale and dashed. Tasks that are no failures are listed below.
"""

from __future__ import annotations

import colorsys
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from symaug.semantics.robot import Robot
from symaug.semantics.task_orbits import TaskOrbits
from symaug.tools.limb_layout import limb_directions

DISC, STEP, MARGIN = 13, 44, 24
"""Pixels: radius of a joint's disc, from one to the next along a limb, white around everything."""

_BODY = 54.0
_CHARACTER, _ROW = 6.6, 24
_FLAT = 0.55
"""Labels of limbs that point more to the side than this (cosine) are slanted, so as not to overlap."""
_PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#b8860b", "#7b4fa3")
"""Okabe and Ito's, told apart by colour-blind readers; the numbers in the discs say the same."""
_STYLE = """
text { font: 12px system-ui, 'DejaVu Sans', sans-serif; fill: #1f2933; }
.title { font-size: 16px; font-weight: 600; }
.limb { font-weight: 600; text-anchor: middle; }
.number { font-size: 11px; font-weight: 600; fill: #ffffff; text-anchor: middle; }
.label, .note { fill: #52606d; }
.label { font-size: 11px; }
.before { text-anchor: end; }
.body { fill: #e9edf1; stroke: #cfd6dd; }
.leg { stroke: #cfd6dd; stroke-width: 9; stroke-linecap: round; fill: none; }
.disc { stroke: #ffffff; stroke-width: 1.5; }
.trained { fill: #1f2933; }
.ring { fill: none; stroke: #ffffff; stroke-width: 2; }
.never { fill: #f4f6f8; stroke: #8a949e; stroke-width: 1.5; stroke-dasharray: 3 2.5; }
.none { fill: #ffffff; stroke: #cfd6dd; stroke-width: 1.5; }
.front { font-size: 10px; fill: #8a949e; text-anchor: middle; }
.nose { fill: #aab4be; }
"""


@dataclass(frozen=True)
class _Mark:
    """How a joint's disc looks: its class, its colour if it has one of its own, and a number."""

    kind: str
    colour: str = ""
    number: str = ""

    def draw(self, x: float, y: float, tip: str = "") -> list[str]:
        title = f"<title>{escape(tip)}</title>" if tip else ""
        fill = f' style="fill: {self.colour}"' if self.colour else ""
        parts = [
            f'<circle class="disc {self.kind}" cx="{x:.1f}" cy="{y:.1f}" r="{DISC}"{fill}>{title}</circle>'
        ]
        if self.kind == "trained":
            parts.append(f'<circle class="ring" cx="{x:.1f}" cy="{y:.1f}" r="{DISC - 5}"/>')
        if self.number:
            parts.append(f'<text class="number" x="{x:.1f}" y="{y + 4:.1f}">{self.number}</text>')
        return parts


_TRAINED, _NEVER, _NONE = _Mark("trained"), _Mark("never"), _Mark("none")


def draw_tasks(
    tasks: TaskOrbits,
    robot: Robot,
    places: Mapping[str, tuple[float, float, float]] | None = None,
    *,
    title: str = "",
) -> str:
    """The picture as SVG text.

    Args:
        tasks: what is trained and tested.
        robot: whose joints fail.
        places: a point on each joint's axis in the base frame, m, x forward, y left; without them limbs are
            placed so that the symmetry moves them as it says.
        title: above the picture.
    """
    colours = _colours(tasks, robot)
    marks = {joint: _mark(f"fail({joint})", tasks, colours) for joint in robot.joints}
    drawn, box = _robot(robot, marks, places, tasks) if _fails(tasks) else ([], [0.0, 0.0, 0.0, 0.0])
    left, top, right, bottom = box
    below, width, height = _below(tasks, marks, colours)
    wide = max(right - left, width, 7.5 + 9.4 * len(title)) + 2 * MARGIN
    head = MARGIN + (26 if title else 0)
    x = (wide - (right - left)) / 2 - left
    y = head - top
    parts = [f'<text class="title" x="{MARGIN}" y="{MARGIN + 12}">{escape(title)}</text>'] if title else []
    if drawn:
        parts += [f'<g transform="translate({x:.1f} {y:.1f})">', *drawn, "</g>"]
    start = head + (bottom - top) + (18 if drawn else 0)
    parts += [f'<g transform="translate({MARGIN} {start:.1f})">', *below, "</g>"]
    return _document(wide, start + height + MARGIN, parts)


def _fails(tasks: TaskOrbits) -> bool:
    return any(task.startswith("fail(") for task in (*tasks.train, *tasks.test))


def _colours(tasks: TaskOrbits, robot: Robot) -> dict[str, tuple[str, str]]:
    """Colour and number of each element that reaches failures, in the group's order."""
    pairs = [pair for task, pair in tasks.reached.items() if pair and task.startswith("fail(")]
    used = {element for _, element in pairs}
    chosen = [element for element in robot.group.elements[1:] if element in used]
    many = len(chosen) > len(_PALETTE)
    return {
        element: (_hue(k / len(chosen)) if many else _PALETTE[k], str(k + 1))
        for k, element in enumerate(chosen)
    }


def _hue(turn: float) -> str:
    red, green, blue = (round(255 * part) for part in colorsys.hls_to_rgb(turn, 0.42, 0.7))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _mark(task: str, tasks: TaskOrbits, colours: Mapping[str, tuple[str, str]]) -> _Mark:
    if task in tasks.train:
        return _TRAINED
    if task not in tasks.test:
        return _NONE
    pair = tasks.reached[task]
    return _Mark("reached", *colours[pair[1]]) if pair else _NEVER


def _robot(
    robot: Robot,
    marks: Mapping[str, _Mark],
    places: Mapping[str, tuple[float, float, float]] | None,
    tasks: TaskOrbits,
) -> tuple[list[str], list[float]]:
    """The robot around the origin, forward is up; and its box: left, top, right, bottom."""
    directions = limb_directions(robot, places)
    central = [joint for limb, one in directions.items() if one.central for joint in robot.limbs[limb]]
    wide, long = _body(places)
    long = max(long, 34 + 0.45 * STEP * len(central)) if central else long
    legs: list[str] = []
    parts: list[str] = []
    box = [-wide, -long, wide, long]

    def grow(x: float, y: float, before: float = DISC, after: float = DISC, around: float = DISC) -> None:
        box[:] = (
            min(box[0], x - before),
            min(box[1], y - around),
            max(box[2], x + after),
            max(box[3], y + around),
        )

    for limb, direction in directions.items():
        joints = robot.limbs[limb]
        if direction.central:
            continue
        sine, cosine = -math.sin(direction.angle), -math.cos(direction.angle)
        first = 1 / math.hypot(sine / wide, cosine / long) + DISC + 10
        points = [(sine * (first + k * STEP), cosine * (first + k * STEP)) for k in range(len(joints))]
        path = " ".join(f"L{x:.1f} {y:.1f}" for x, y in points)
        legs.append(f'<path class="leg" d="M{sine * 20:.1f} {cosine * 20:.1f} {path}"/>')
        for (x, y), joint, label in zip(points, joints, _short(joints), strict=True):
            parts += marks[joint].draw(x, y, _tip(joint, tasks))
            length = _CHARACTER * len(label)
            if abs(cosine) < _FLAT:
                side = math.copysign(1, sine)
                at, up = x + 3 * side, y - DISC - 4
                turned = f' transform="rotate({-40 * side:.0f} {at:.1f} {up:.1f})"'
                parts.append(_text(at, up, label, "label" if side > 0 else "label before", turned))
                grow(at + side * 0.38 * length, y, 0.38 * length, 0.38 * length, 0.65 * length + DISC + 8)
            elif sine < 0:
                parts.append(_text(x - DISC - 5, y + 4, label, "label before"))
                grow(x, y, before=length + DISC + 6)
            else:
                parts.append(_text(x + DISC + 5, y + 4, label, "label"))
                grow(x, y, after=length + DISC + 6)
        flat = abs(cosine) < _FLAT
        reach = first + len(joints) * STEP - (STEP - DISC - 8 if flat else 12)
        x, y = sine * reach, cosine * reach + 4
        anchor = f' style="text-anchor: {"end" if sine < 0 else "start"}"' if flat else ""
        parts.append(_text(x, y, limb, "limb", anchor))
        length = _CHARACTER * 1.1 * len(limb) / 2
        grow(x + flat * math.copysign(length, sine), y, before=length, after=length)
    body = f'<rect class="body" x="{-wide}" y="{-long}" width="{2 * wide}" height="{2 * long}" rx="26"/>'
    nose = [f'<path class="nose" d="M0 {-long + 7} l7 10 h-14 z"/>', _text(0, -long + 28, "front", "front")]
    labels = [label for limb, one in directions.items() if one.central for label in _short(robot.limbs[limb])]
    for k, (joint, label) in enumerate(zip(central, labels, strict=True)):
        y = 8 + (k - (len(central) - 1) / 2) * 0.9 * STEP
        parts += marks[joint].draw(0, y, _tip(joint, tasks))
        parts.append(_text(0, y + DISC + 11, label, "label", ' text-anchor="middle"'))
    return [*legs, body, *nose, *parts], box


def _body(places: Mapping[str, tuple[float, float, float]] | None) -> tuple[float, float]:
    """Half the width and length of the body, in the proportions of the joints' places."""
    if not places:
        return _BODY, _BODY
    long, wide = (max(abs(place[axis]) for place in places.values()) or 1e-6 for axis in (0, 1))
    stretch = min(1.35, max(0.75, math.sqrt(long / wide)))
    return round(_BODY / stretch, 1), round(_BODY * stretch, 1)


def _short(joints: Sequence[str]) -> list[str]:
    """Names without the words that all joints of the limb begin or end with."""
    if len(joints) == 1:
        return list(joints)
    words = [name.split("_") for name in joints]
    head, tail = _shared(words), _shared([each[::-1] for each in words])
    return ["_".join(each[head : len(each) - tail]) or "_".join(each) for each in words]


def _shared(words: Sequence[Sequence[str]]) -> int:
    """How many words all begin with."""
    return next((k for k, each in enumerate(zip(*words, strict=False)) if len(set(each)) > 1), 0)


def _tip(joint: str, tasks: TaskOrbits) -> str:
    task = f"fail({joint})"
    if task in tasks.train:
        return f"{task}: trained on"
    if task not in tasks.test:
        return f"{joint}: no task"
    pair = tasks.reached[task]
    return f"{task} is {pair[0]} under {pair[1]}" if pair else f"{task}: never reached"


def _below(
    tasks: TaskOrbits, marks: Mapping[str, _Mark], colours: Mapping[str, tuple[str, str]]
) -> tuple[list[str], float, float]:
    """Legend, and the tasks that are no failures: shapes, width and height."""
    entries = [(_TRAINED, "trained on")] if _TRAINED in marks.values() else []
    for element, look in colours.items():
        count = sum(mark.number == look[1] for mark in marks.values())
        if count:
            words = f"reached by {element}: {count} joint{'s' * (count > 1)}"
            entries.append((_Mark("reached", *look), words))
    entries += [(_NEVER, "tested, never reached")] if _NEVER in marks.values() else []
    entries += [(_NONE, "no task")] if _NONE in marks.values() and entries else []
    parts, y, width = [], 0.0, 0.0
    for mark, words in entries:
        parts += [*mark.draw(DISC, y + 8), _text(2 * DISC + 10, y + 12, words, "")]
        y, width = y + _ROW + 8, max(width, 36 + _CHARACTER * len(words))
    others = [row for row in tasks.rows() if not row[0].startswith("fail(")]
    if others:
        y += 6
        parts.append(
            _text(0, y + 10, "other tasks" if entries else "test tasks, and what reaches them", "limb-list")
        )
        y += _ROW
    for test, train, element in others:
        words = f"{test or '…'} ← {train}  by {element}" if train != "-" else f"{test or '…'}: {element}"
        parts.append(_text(0, y + 10, words, "note"))
        y, width = y + 20, max(width, _CHARACTER * len(words))
    return parts, width, y


def _text(x: float, y: float, words: str, kind: str, more: str = "") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}"{more}>{escape(words)}</text>'


def _document(width: float, height: float, parts: Sequence[str]) -> str:
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    white = '<rect width="100%" height="100%" fill="#ffffff"/>'
    return "\n".join([opening, f"<style>{_STYLE}</style>", white, *parts, "</svg>", ""])
