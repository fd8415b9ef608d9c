"""What to say when an expression does not parse: the guilty symbol, what was expected, the usual slips."""

from __future__ import annotations

import re

from lark import Lark
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from symaug.diagnostics import SpecError, nearest
from symaug.syntax.source import Text

NOUNS = {
    "type": "type",
    "generator": "generator",
    "relation": "relation",
    "number": "number",
    "range": "range",
    "tasks": "task list",
    "names": "list of names",
}
EXAMPLES = {
    "type": "`vector[xy] + pseudovector[z]`",
    "generator": "`reflect y, swap (LF RF)(LH RH), flip *_HAA`",
    "relation": "`sagittal^2 = e`",
    "number": "`-0.4` or `20 deg`",
    "range": "`-0.5..0.5` or `default * 0.5..1.5`",
    "tasks": "`fail(LF_*) + payload(x 0..0.3 m, 2..6 kg)`",
    "names": "`{LF,RF}_HAA LH_HAA`",
}
_DESCRIPTIONS = {
    "AXIS": "an axis `x`, `y` or `z`",
    "UNIT": "a unit",
    "INT": "a whole number",
    "SIGNED": "a number",
    "ENDLESS": "`inf`",
    "ARGUMENTS": "arguments",
    "DIMENSIONS": "a size such as `17 x 11`",
    "NAME": "a name",
    "PATTERN": "a name or pattern",
}
_BRACE_CLOSES = re.compile(r"[^{]*\}")
_WORD = re.compile(r"[A-Za-z0-9_]+")


def explain(error: UnexpectedInput, start: str, text: Text, lark: Lark) -> SpecError:
    """Our error for lark's: SA101 an unexpected symbol, SA102 an early end, SA103 a brace never closed."""
    noun, value = NOUNS[start], text.value
    expected = _expected(error, lark)
    helps = (f"for example {EXAMPLES[start]}",)
    place = _place(error, value)
    if not value.strip():
        return SpecError.of("SA102", f"this {noun} is empty", span=text.span(), helps=helps)
    open_brace = _open_brace(value[:place])
    if open_brace is not None and not _BRACE_CLOSES.match(value, place):
        span = text.span(open_brace, open_brace + 1)
        return SpecError.of("SA103", "`{` is never closed", span=span, label="opened here")
    if place >= len(value.rstrip()):
        last = len(value.rstrip())
        begin = value.rstrip().rfind(" ") + 1
        label = f"expected {_listed(expected)} after this"
        return SpecError.of(
            "SA102", f"this {noun} ends too early", span=text.span(begin, last), label=label, helps=helps
        )
    begin, end = _word_at(value, place)
    found = value[begin:end]
    keywords = sorted({str(t.pattern.value) for t in lark.terminals if str(t.pattern.value).isalpha()})
    slip = _usual_slip(start, value, begin, found)
    close = [
        f"did you mean `{word}`?" for word in nearest(found, keywords, 1) if start in ("generator", "range")
    ]
    label = f"expected {_listed(expected)}" if expected else ""
    message = f"unexpected `{found}` in a {noun}"
    hints = (slip,) if slip else tuple(close) or helps
    return SpecError.of("SA101", message, span=text.span(begin, end), label=label, helps=hints)


def _place(error: UnexpectedInput, value: str) -> int:
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return len(value)
    place = error.pos_in_stream
    return len(value) if place is None or place < 0 else min(place, len(value))


def _expected(error: UnexpectedInput, lark: Lark) -> list[str]:
    names: set[str] = set()
    if isinstance(error, UnexpectedCharacters):
        names = set(error.allowed or ())
    elif isinstance(error, UnexpectedToken):
        names = set(error.accepts or error.expected or ())
    literals = {t.name: str(t.pattern.value) for t in lark.terminals if t.pattern.type == "str"}
    words = {
        _DESCRIPTIONS.get(name) or f"`{literals[name]}`"
        for name in names
        if name in literals or name in _DESCRIPTIONS
    }
    if "$END" in names:
        words.add("the end")
    return sorted(words)


def _listed(words: list[str]) -> str:
    if len(words) <= 1:
        return "".join(words) or "more"
    return ", ".join(words[:-1]) + " or " + words[-1]


def _word_at(value: str, place: int) -> tuple[int, int]:
    for match in _WORD.finditer(value):
        if match.start() <= place < match.end():
            return match.span()
    return place, place + 1


def _open_brace(before: str) -> int | None:
    opened = before.rfind("{")
    return opened if opened > before.rfind("}") else None


def _usual_slip(start: str, value: str, place: int, found: str) -> str:
    """The help for a mistake that people make again and again; empty when it is none of those."""
    if found == "," and start == "names":
        return "names are separated by blanks; commas stand only inside braces, as in `{LF,RF}_HAA`"
    if found == "," and value.count("[", 0, place) > value.count("]", 0, place):
        return "names are separated by blanks: `joints[LF_* RF_*]`"
    if found == "," and start == "generator" and value.count("(", 0, place) > value.count(")", 0, place):
        return "names are separated by blanks: `(LF RF)`"
    if start == "tasks":
        return _slip_in_tasks(value[:place], found)
    if start == "generator" and found == "(":
        return "clauses are separated by commas: `reflect y, swap (LF RF), flip *_HAA`"
    if start == "generator" and found in ("reflect", "rotate", "swap", "flip", "rename", "shift"):
        return "clauses are separated by commas: `reflect y, swap (LF RF), flip *_HAA`"
    if start in ("type",) and found == "-":
        return "types have no minus: the signs follow from the kind, as in `pseudovector`"
    if start == "range" and found in ("-", ":", "to", ","):
        return "the ends of a range are joined by two dots: `-0.5..0.5`"
    if start == "relation" and found in ("1", "I", "id"):
        return "the identity is written `e`"
    return ""


def _slip_in_tasks(before: str, found: str) -> str:
    kind, opened, arguments = before.rpartition("+")[2].partition("(")
    if not opened or ")" in arguments:
        return "tasks are joined by `+`: `fail(LF_*) + none`" if found in ",;&|" or before.strip() else ""
    if kind.strip() == "fail":
        return "names are separated by blanks: `fail(LF_* RF_*)`" if found == "," else ""
    if found in ("-", ":", "to") or arguments.rstrip().endswith(" to"):
        return "the ends of a range are joined by two dots: `0..0.3`"
    if re.search(r"\d", arguments.rpartition(",")[2]) and _WORD.fullmatch(found):
        return "ranges are separated by commas: `x 0..0.3 m, y 0..0.2 m`"
    return ""
