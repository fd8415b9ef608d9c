"""Which test tasks the symmetry makes of the training tasks, by which element, and which it never will."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from symaug.semantics.boxes import Box, overlap, remainder
from symaug.semantics.robot import Robot
from symaug.semantics.task_kinds import RangeTask, Task

_MAX_REST = 200
"""Into how many boxes the uncovered rest of a test range may fall before it is cut up no further."""

_SHOWN_ELEMENTS = 4


@dataclass(frozen=True)
class Cover:
    """What images of training ranges cover of a test range that none of them contains alone.

    Attributes:
        parts: the covered part as a task, the training task, and the element that turns it there. A part is
            listed when it adds something to those before it.
        rest: tasks that tile what no part covers; empty when the parts together cover everything.
    """

    parts: tuple[tuple[str, str, str], ...]
    rest: tuple[str, ...]


@dataclass(frozen=True)
class TaskOrbits:
    """Training and test tasks, and how the symmetry connects them.

    Attributes:
        train: tasks that are trained on, such as `fail(LF_HAA)`.
        test: tasks that are tested on.
        reached: for each test task, a training task and the element that turns it into the test task, or into
            a range that contains it; the first such pair in the order of elements and tasks. None where no
            training task reaches it alone.
        partly: for test ranges that are reached in parts, which.
        orbits: the tasks that are no ranges, with all that the group makes of them, each orbit once.
    """

    train: tuple[str, ...]
    test: tuple[str, ...]
    reached: dict[str, tuple[str, str] | None] = field(default_factory=dict)
    partly: dict[str, Cover] = field(default_factory=dict)
    orbits: tuple[tuple[str, ...], ...] = ()

    @property
    def unreached(self) -> tuple[str, ...]:
        """The test tasks that training tasks are not turned into, or not into all of them."""
        return tuple(task for task in self.test if self.reached[task] is None and not self._in_parts(task))

    def rows(self) -> list[tuple[str, str, str]]:
        """Test tasks, what they are reached from, and by which elements: a row an orbit, a row a range.

        A range that is reached in parts has a row a training task, and one for each box of the rest.
        """
        rows, told = [], set()
        for orbit in self.orbits:
            tests = [task for task in orbit if task in self.test]
            told.update(tests)
            pairs = [pair for pair in map(self.reached.get, tests) if pair is not None]
            if tests:
                elements = _listed([element for _, element in pairs])
                rows.append((_joined(tests), _joined([task for task, _ in pairs]) or "-", elements))
        for task in self.test:
            pair, cover = self.reached[task], self.partly.get(task)
            if task in told:
                continue
            if pair is not None:
                rows.append((task, *pair))
            elif cover is None:
                rows.append((task, "-", "never reached"))
            else:
                for train in dict.fromkeys(train for _, train, _ in cover.parts):
                    elements = [element for _, source, element in cover.parts if source == train]
                    rows.append((task, train, f"{_listed(elements)}, in part"))
                    task = ""
                rows += [("", "-", f"never reached: {part}") for part in cover.rest]
        return rows

    def _in_parts(self, task: str) -> bool:
        return task in self.partly and not self.partly[task].rest


def task_orbits(train: Sequence[Task], test: Sequence[Task], robot: Robot) -> TaskOrbits:
    """Which training tasks reach which test tasks, by which elements.

    A training range reaches every range inside its image. Parts are found only where the image is a box:
    under elements that carry the base's axes to axes.
    """
    orbits = {task: _orbit(task, robot) for task in (*train, *test) if not isinstance(task, RangeTask)}
    sources: dict[str, list[tuple[str, str]]] = {}
    elements = robot.group.elements
    for rank, element in enumerate(elements):
        for task in train:
            if task in orbits:
                sources.setdefault(orbits[task][rank], []).append((str(task), element))
    reached, partly = {}, {}
    for task in test:
        name = str(task)
        if not isinstance(task, RangeTask):
            reached[name] = next(iter(sources.get(name, ())), None)
            continue
        ranges = [one for one in train if isinstance(one, RangeTask) and one.kind == task.kind]
        pairs = [(one, element) for element in elements for one in ranges]
        found = next((pair for pair in pairs if pair[0].reaches(task, robot, pair[1])), None)
        reached[name] = (str(found[0]), found[1]) if found else None
        cover = _cover(task, pairs, robot) if found is None else None
        if cover is not None:
            partly[name] = cover
    distinct: dict[frozenset[str], tuple[str, ...]] = {}
    for orbit in orbits.values():
        distinct.setdefault(frozenset(orbit), tuple(dict.fromkeys(orbit)))
    names = tuple(map(str, train)), tuple(map(str, test))
    return TaskOrbits(*names, reached, partly, tuple(distinct.values()))


def _orbit(task: Task, robot: Robot) -> list[str]:
    """What each element makes of a task that is no range."""
    return [str(task.moved(robot, element)) for element in robot.group.elements]


def _cover(task: RangeTask, pairs: Sequence[tuple[RangeTask, str]], robot: Robot) -> Cover | None:
    """The parts of a range that images of others cover, and the rest; None when there are no parts."""
    parts: list[tuple[str, str, str]] = []
    rest: list[Box] = [task.box]
    for source, element in pairs:
        moved = source.moved(robot, element)
        part = overlap(task.box, moved.box) if moved else None
        if part is None or len(rest) > _MAX_REST or not any(overlap(box, part) for box in rest):
            continue
        parts.append((str(RangeTask(task.kind, part)), str(source), element))
        rest = [left for box in rest for left in _without(box, part)]
    return Cover(tuple(parts), tuple(str(RangeTask(task.kind, box)) for box in rest)) if parts else None


def _without(box: Box, part: Box) -> list[Box]:
    shared = overlap(box, part)
    return [box] if shared is None else list(remainder(box, shared))


def _listed(elements: Sequence[str]) -> str:
    distinct = tuple(dict.fromkeys(elements))
    if len(distinct) > _SHOWN_ELEMENTS:
        return f"{', '.join(distinct[: _SHOWN_ELEMENTS - 1])} and {len(distinct) - _SHOWN_ELEMENTS + 1} more"
    return ", ".join(distinct) or "never reached"


def _joined(tasks: Sequence[str]) -> str:
    """`fail(LF_HAA)` and `fail(RF_HAA)` as one family, `fail(LF_HAA RF_HAA)`."""
    distinct = list(dict.fromkeys(tasks))
    if len(distinct) < 2:
        return "".join(distinct)
    return "fail(" + " ".join(task.partition("(")[2][:-1] for task in distinct) + ")"
