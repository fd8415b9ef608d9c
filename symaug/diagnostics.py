"""One record for everything that can be wrong with what a user wrote, and three ways to print it.

A `Diagnostic` carries a stable code, a message that stands alone, the smallest guilty span and what to do
about it. Errors are raised as `UserError` (`SpecError` for documents), which holds *all* diagnostics found in
one go, sorted by position. Renderers: `render_full` (with the source lines and carets), `render_concise` (one
line) and `to_json` (a plain dict). Words: lower-case start, no final period, names in backticks; the message
says what is wrong, a note states a fact, a help says what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from symaug import snippets

if TYPE_CHECKING:
    from typing_extensions import Self

CODES: dict[str, str] = {
    # SA0xx: files, YAML, structure
    "SA001": "a file cannot be read",
    "SA002": "a document is not UTF-8 text",
    "SA003": "a document is not valid YAML",
    "SA004": "a document is not a mapping",
    "SA005": "a key is given twice",
    "SA006": "an unknown key",
    "SA007": "a missing key",
    "SA008": "a value of the wrong kind",
    "SA009": "a YAML feature that documents do not use",
    "SA010": "no robot or spec of that name",
    "SA011": "a name with characters that names do not have",
    "SA012": "a spec that extends itself",
    "SA013": "nothing to leave out",
    "SA014": "no block of that name",
    "SA015": "a term comes twice in an observation group",
    "SA016": "a block inside a block",
    # SA1xx: expressions
    "SA101": "an unexpected symbol in an expression",
    "SA102": "an expression ends too early",
    "SA103": "a malformed name pattern",
    "SA104": "a number or unit that cannot be read",
    "SA105": "a range that runs backwards",
    "SA106": "a unit that measures something else",
    # SA2xx: robot, symmetry, group
    "SA201": "a joint is listed twice",
    "SA202": "a pattern matches nothing",
    "SA203": "a joint belongs to no limb",
    "SA204": "a joint belongs to two limbs",
    "SA205": "a joint order does not list the robot's joints",
    "SA206": "a default pose that misses a joint or gives it two values",
    "SA207": "a generator's clauses are incomplete or repeated",
    "SA208": "a swap or renaming names something unknown",
    "SA209": "a swap names the same thing twice",
    "SA210": "swapped limbs do not match joint by joint",
    "SA211": "the base returns but the joints do not",
    "SA212": "a generator does nothing new",
    "SA213": "a relation names an unknown generator",
    "SA214": "a relation does not hold",
    "SA215": "the generators do not close to a small group",
    "SA216": "the default pose is not symmetric",
    "SA217": "a generator tears a limb apart",
    "SA218": "two things share a name",
    "SA219": "a rotation that does not come back",
    # SA3xx: types and representations
    "SA301": "an unknown type",
    "SA302": "a slice of axes is not closed under the group",
    "SA303": "a subset of joints or limbs is not closed under the group",
    "SA304": "an unknown joint order",
    "SA305": "a type is given the wrong arguments",
    "SA306": "a grid does not map onto itself",
    "SA307": "a slice where none belongs",
    "SA308": "axes that are unknown or repeated",
    "SA309": "a block of numbers is too large",
    "SA310": "a product with shifted joint positions",
    "SA311": "two columns of a rotation that are not closed under the group",
    "SA312": "roll, pitch and yaw on which an element does not act linearly",
    "SA313": "a camera that an element turns away",
    "SA314": "a memory that the group does more to than permute",
    # SA4xx: tasks and resets
    "SA401": "an unknown kind of task",
    "SA402": "a reset of an unknown quantity",
    "SA403": "a task given the wrong arguments",
    "SA404": "an axis that a task does not have",
    "SA405": "an axis of a task given twice",
    "SA406": "a range that a task needs is missing",
    "SA407": "a range that a quantity cannot take",
    "SA408": "too many ranges of tasks",
    "SA409": "a factor on a default that there is not",
    # SA5xx: programs and kernels
    "SA501": "a tensor of the wrong width",
    "SA502": "a program file that cannot be read back",
    "SA503": "no space of that name",
    "SA504": "no group element of that name",
    "SA505": "an operation along the wrong dimension",
    "SA506": "integers where fractions come out",
    "SA507": "an output tensor that does not fit",
    "SA508": "a layer that the spaces do not permit",
    # SA6xx: checks against a robot's model
    "SA601": "the model's joints are not the robot's",
    "SA602": "a model that cannot be loaded",
    "SA603": "an actuator without a mirror image",
    "SA604": "a body without a mirror image",
    "SA605": "a check without samples",
    "SA606": "an environment that cannot be examined",
    "SA607": "no check of that name",
    "SA610": "a robot without a model to simulate",
    "SA611": "a model without a joint or sensor that the environment needs",
    "SA612": "a joint without exactly one position servo",
    "SA613": "a model without a symmetry to declare",
    # SA7xx: training, runs, checkpoints
    "SA701": "a file or folder cannot be written",
    "SA702": "a folder that is not a run, or is one already",
    "SA703": "no checkpoint there",
    "SA704": "a damaged checkpoint, or one of another network",
    "SA705": "training diverged",
    "SA706": "a spec that does not describe the environment",
    "SA707": "an option that contradicts the run to resume",
    "SA708": "a run that was not evaluated",
    "SA709": "a configuration that memory augmentation cannot keep correct",
    "SA710": "no environment preset of that name",
    "SA711": "a reward term that cannot be used",
    "SA712": "no joint of that name to fail",
    "SA713": "no joint order of that name",
    "SA714": "a network that the group does not permit",
    # SA8xx: the command line and its names
    "SA801": "no task of that name",
    "SA802": "no policy of that name",
    "SA803": "no preset of that name",
    "SA804": "an option out of range",
    "SA805": "a part of symaug that is not installed",
    "SA806": "a file that is there already",
    "SA810": "no diagnostic of that code",
}
"""Every code that is raised, with its one-line title. Codes are stable and never reused."""


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of text: 1-based line and column, the end exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Diagnostic:
    """One thing that is wrong, where, why, and what to do."""

    code: str
    message: str
    span: Span | None = None
    label: str = ""
    secondary: tuple[tuple[Span, str], ...] = ()
    notes: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()
    severity: Literal["error", "warning"] = "error"


class UserError(Exception):
    """Something the user can mend: carries every `Diagnostic` found, sorted by position."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        unique = dict.fromkeys(diagnostics)
        self.diagnostics: tuple[Diagnostic, ...] = tuple(sorted(unique, key=_position))
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        return "\n".join(render_concise(diagnostic) for diagnostic in self.diagnostics)

    @classmethod
    def of(
        cls,
        code: str,
        message: str,
        *,
        span: Span | None = None,
        label: str = "",
        notes: Sequence[str] = (),
        helps: Sequence[str] = (),
    ) -> Self:
        """An error of this class with a single diagnostic."""
        return cls([Diagnostic(code, message, span, label, (), tuple(notes), tuple(helps))])


class SpecError(UserError):
    """A robot or spec document is wrong."""


def _position(diagnostic: Diagnostic) -> tuple[Any, ...]:
    span = diagnostic.span
    where = (1, span.file, span.line, span.column) if span else (0, "", 0, 0)
    return (*where, diagnostic.code, diagnostic.message)


def nearest(name: str, candidates: Iterable[str], n: int = 3) -> list[str]:
    """The at most `n` candidates that look most like `name`, best first, ties in alphabetical order."""
    if len(name) > 100:
        return []  # no name, and comparing it would take long
    pool = sorted(set(candidates))
    lowered = name.lower()
    scored = []
    for candidate in pool:
        ratio = difflib.SequenceMatcher(None, lowered, candidate.lower()).ratio()
        contains = len(lowered) >= 3 and (lowered in candidate.lower() or candidate.lower() in lowered)
        if ratio >= (0.6 if len(name) > 3 else 0.5) or contains:
            scored.append((-ratio, candidate))
    return [candidate for _, candidate in sorted(scored)[:n]]


_LISTED = 12
"""How many names a help lists."""


def did_you_mean(name: str, candidates: Iterable[str]) -> tuple[str, ...]:
    """Help lines for a wrong name: the nearest names or, when none is near, the first of those there are."""
    pool = sorted(set(candidates))
    close = nearest(name, pool)
    if close:
        return ("did you mean " + " or ".join(f"`{candidate}`" for candidate in close) + "?",)
    if not pool:
        return ()
    shown = pool if len(pool) <= _LISTED else pool[: _LISTED - 1]
    rest = f" and {len(pool) - len(shown)} more" if len(pool) > len(shown) else ""
    return ("known names: " + ", ".join(f"`{candidate}`" for candidate in shown) + rest,)


def _printable(text: str, keep: str = "") -> str:
    """The text with everything that a terminal would not show, or would obey, written as an escape."""
    return "".join(
        character
        if character in keep or character.isprintable()
        else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def render_concise(diagnostic: Diagnostic) -> str:
    """One line: `file:line:column: error[CODE] message`, columns counted in characters from 1."""
    where = f"{diagnostic.span}: " if diagnostic.span else ""
    return _printable(f"{where}{diagnostic.severity}[{diagnostic.code}] {diagnostic.message}")


def to_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """The diagnostic as plain data; `span` is null or `{file, line, column, end_line, end_column}`."""
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "span": vars(diagnostic.span) if diagnostic.span else None,
        "label": diagnostic.label,
        "secondary": [{"span": vars(span), "label": label} for span, label in diagnostic.secondary],
        "notes": list(diagnostic.notes),
        "helps": list(diagnostic.helps),
    }


def read_source(file: str) -> str | None:
    """The text of a file for `render_full`; None where it cannot be read, and no source line is printed."""
    try:
        with open(file, encoding="utf-8-sig", errors="replace", newline="") as stream:
            return stream.read()
    except (OSError, ValueError):
        return None


def render_full(diagnostic: Diagnostic, source_text_lookup: Callable[[str], str | None] = read_source) -> str:
    """The diagnostic with its source lines, carets, notes and helps, as rustc prints it.

    Args:
        diagnostic: what to print.
        source_text_lookup: gives the text of a file by the name in its spans, or None.
    """
    lines = [f"{diagnostic.severity}[{diagnostic.code}]: {_printable(diagnostic.message)}"]
    gutter = 0
    if diagnostic.span:
        marks = [snippets.Mark(diagnostic.span, _printable(diagnostic.label), "^")]
        marks += [snippets.Mark(span, _printable(label), "-") for span, label in diagnostic.secondary]
        gutter = max(len(str(mark.span.end_line)) for mark in marks)
        for file in dict.fromkeys(mark.span.file for mark in marks):
            here = [mark for mark in marks if mark.span.file == file]
            arrow = "-->" if file == diagnostic.span.file else ":::"
            lines.append(f"{' ' * gutter}{arrow} {_printable(str(here[0].span))}")
            text = source_text_lookup(file)
            lines += snippets.draw(here, text, gutter) if text is not None else []
    pad = " " * gutter
    remarks = [f"note: {note}" for note in diagnostic.notes] + [f"help: {help}" for help in diagnostic.helps]
    if remarks and diagnostic.span:
        lines.append(f"{pad} |")
    for remark in remarks:
        first, *more = _printable(remark, keep="\n").split("\n")
        lines += [f"{pad} = {first}".rstrip(), *(f"{pad}   {line}" for line in more)]
    return "\n".join(lines)
