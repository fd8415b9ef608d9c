"""From the text of an expression to its syntax tree, through the lark grammar beside this file."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from symaug.diagnostics import Diagnostic, Span, SpecError
from symaug.syntax import expressions as ast
from symaug.syntax.source import Text
from symaug.syntax.syntax_errors import explain

STARTS = ("type", "generator", "relation", "number", "range", "tasks", "names")
MAX_DEPTH = 40
"""How deep parentheses may nest."""


def parse_type(text: Text) -> ast.TypeExpression:
    """`vector[xy] + pseudovector[z]` → its tree.

    Raises:
        SpecError: SA101 … SA104 with the position of the guilty character; so do all parsers here.
    """
    return _Builder(text).type(_parse("type", text))


def parse_generator(text: Text) -> ast.Generator:
    """`reflect y, swap (LF RF)(LH RH), flip *_HAA` → its clauses."""
    build = _Builder(text)
    return ast.Generator(
        tuple(build.clause(child) for child in _parse("generator", text).children), text.span()
    )


def parse_relation(text: Text) -> ast.Relation:
    """`sagittal^2 = e` → its words."""
    build = _Builder(text)
    return ast.Relation(
        tuple(build.relation_word(child) for child in _parse("relation", text).children), text.span()
    )


def parse_quantity(text: Text) -> ast.Quantity:
    """`-0.4` or `20 deg` → value and unit as written."""
    build = _Builder(text)
    tokens: list[Any] = _parse("number", text).children
    value, *unit = tokens
    return ast.Quantity(build.number(value), "".join(unit), text.span(), build.unit_span(unit))


def parse_range(text: Text) -> ast.Range:
    """`-180..180 deg`, `default * 0.5..1.5` → its ends."""
    build = _Builder(text)
    parts: list[Any] = _parse("range", text).children
    relative = isinstance(parts[0], Tree)
    low, high, *unit = parts[relative:]
    ends = build.number(low), build.number(high)
    value = ast.Range(*ends, "".join(unit), relative, text.span(), build.unit_span(unit))
    if value.low > value.high:
        raise SpecError([backwards(value, build.between(low, high))])
    return value


def backwards(value: ast.Range, span: Span | None) -> Diagnostic:
    """The diagnostic (SA105) for a range whose low end is above its high one."""
    low, high = ast.Quantity(value.low), ast.Quantity(value.high)
    message = f"the range `{low}..{high}` runs backwards"
    return Diagnostic("SA105", message, span, helps=(f"write `{high}..{low}`",))


def parse_tasks(text: Text) -> tuple[ast.TaskPattern, ...]:
    """`fail(LF_*) + payload(x 0..0.3 m, 2..6 kg)` → its families of tasks; ranges may still run backwards."""
    build = _Builder(text)
    return tuple(build.task(child) for child in _parse("tasks", text).children)


def parse_names(text: Text) -> tuple[ast.Word, ...]:
    """`{LF,LH}_HAA RF_*` → its patterns."""
    build = _Builder(text)
    return tuple(build.word(token) for token in _parse("names", text).children)


@cache
def _lark() -> Lark:
    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(
        grammar, start=list(STARTS), parser="lalr", propagate_positions=True, maybe_placeholders=False
    )


def _parse(start: str, text: Text) -> Tree:
    _refuse_deep_nesting(text)
    try:
        return _lark().parse(text.value, start=start)
    except UnexpectedInput as error:
        raise explain(error, start, text, _lark()) from None


def _refuse_deep_nesting(text: Text) -> None:
    depth = 0
    for place, character in enumerate(text.value):
        depth += (character == "(") - (character == ")")
        if depth > MAX_DEPTH:
            span = text.span(place, place + 1)
            raise SpecError.of("SA101", f"parentheses nest more than {MAX_DEPTH} deep", span=span)


class _Builder:
    """Turns lark's trees over one text into our own."""

    def __init__(self, text: Text) -> None:
        self.text = text

    def word(self, token: Any) -> ast.Word:
        return ast.Word(str(token), self.text, token.start_pos)

    def words(self, tokens: list[Any]) -> tuple[ast.Word, ...]:
        return tuple(self.word(token) for token in tokens)

    def span(self, node: Any) -> Span:
        if isinstance(node, Token):
            return self.text.span(node.start_pos or 0, node.end_pos)
        return self.text.span(node.meta.start_pos, node.meta.end_pos)

    def between(self, first: Any, last: Any) -> Span:
        return self.text.span(first.start_pos, last.end_pos)

    def number(self, token: Any) -> float:
        value = float(token)
        if value in (float("inf"), float("-inf")):
            raise SpecError.of("SA104", f"the number `{token}` is too large", span=self.span(token))
        return value

    def unit_span(self, unit: list[Any]) -> Span | None:
        return self.span(unit[0]) if unit else None

    def integer(self, token: Any) -> int:
        if len(token) > 9:
            raise SpecError.of("SA104", f"the number `{token}` is too large", span=self.span(token))
        return int(token)

    def type(self, tree: Tree) -> Any:
        build: Callable[[Tree], Any] = getattr(self, f"_{tree.data}")
        return build(tree)

    def _type(self, tree: Tree) -> Any:
        return self.type(tree.children[0])  # type: ignore[arg-type]

    def _sum(self, tree: Tree) -> Any:
        parts = tuple(self.type(child) for child in tree.children)  # type: ignore[arg-type]
        return parts[0] if len(parts) == 1 else ast.Sum(parts, self.span(tree))

    def _product(self, tree: Tree) -> Any:
        factors = tuple(self.type(child) for child in tree.children)  # type: ignore[arg-type]
        return factors[0] if len(factors) == 1 else ast.Product(factors, self.span(tree))

    def _count(self, tree: Tree) -> Any:
        return ast.Count(self.integer(tree.children[0]), self.span(tree))

    def _named(self, tree: Tree) -> Any:
        name, *selection = tree.children
        patterns = self.words(selection[0].children) if selection else ()  # type: ignore[union-attr]
        return ast.Named(self.word(name), patterns, self.span(tree))

    def _call(self, tree: Tree) -> Any:
        name, *arguments = tree.children
        built = tuple(self.type(argument.children[0]) for argument in arguments)  # type: ignore[union-attr, arg-type]
        return ast.Call(self.word(name), built, self.span(tree))

    def _dimensions(self, tree: Tree) -> Any:
        token: Any = tree.children[0]
        sizes = [part.strip() for part in token.split("x")]
        if max(map(len, sizes)) > 6:
            raise SpecError.of("SA104", f"the size `{token}` is too large", span=self.span(token))
        return ast.Dimensions(tuple(map(int, sizes)), self.span(tree))

    def _option(self, tree: Tree) -> Any:
        key, value = tree.children
        return ast.Option(self.word(key), self.word(value), self.span(tree))

    def clause(self, tree: Any) -> Any:
        span, children = self.span(tree), tree.children
        if tree.data == "reflect":
            return ast.Reflect(str(children[0]), span)
        if tree.data == "rotate":
            divisor = self.integer(children[2]) if len(children) == 4 else 1
            if divisor < 1:
                raise SpecError.of("SA104", "an angle cannot be divided by 0", span=self.span(children[2]))
            return ast.Rotate(str(children[0]), self.number(children[1]), divisor, span)
        if tree.data == "swap":
            cycles = tuple(ast.Cycle(self.words(cycle.children), self.span(cycle)) for cycle in children)
            return ast.Swap(cycles, span)
        if tree.data == "rename":
            return ast.Rename(self.word(children[0]), self.word(children[1]), span)
        if tree.data == "shift":
            patterns = [child for child in children if child.type == "PATTERN"]
            return ast.Shift(self.words(patterns), self._amount(children[len(patterns) :]), span)
        return ast.Flip(self.words(children), span)

    def _amount(self, tokens: list[Any]) -> ast.Quantity:
        value, *unit = tokens
        span = self.between(tokens[0], tokens[-1])
        return ast.Quantity(self.number(value), "".join(unit), span, self.unit_span(unit))

    def relation_word(self, tree: Any) -> ast.RelationWord:
        powers = tuple(
            ast.Power(self.word(power.children[0]), *(self.integer(number) for number in power.children[1:]))
            for power in tree.children
        )
        return ast.RelationWord(powers, self.span(tree))

    def task(self, tree: Any) -> ast.TaskPattern:
        kind, *arguments = tree.children
        extents = tree.data == "ranged"
        patterns = () if extents else self.words(arguments)
        ranges = tuple(map(self._extent, arguments)) if extents else ()
        return ast.TaskPattern(self.word(kind), patterns, ranges, self.span(tree))

    def _extent(self, tree: Any) -> ast.Extent:
        tokens = {
            role: [token for token in tree.children if token.type in types]
            for role, types in (("axis", ("NAME",)), ("ends", ("SIGNED", "ENDLESS")), ("unit", ("UNIT",)))
        }
        axis, ends, unit = tokens["axis"], tokens["ends"], tokens["unit"]
        low, high = (float(end) if end.type == "ENDLESS" else self.number(end) for end in (ends[0], ends[-1]))
        span = self.between(ends[0], [*ends, *unit][-1])
        values = ast.Range(low, high, "".join(unit), span=span, unit_span=self.unit_span(unit))
        return ast.Extent(self.word(axis[0]) if axis else None, values, self.span(tree))
