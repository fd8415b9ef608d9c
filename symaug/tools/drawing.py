"""`symaug show --svg`: what goes where, as a picture.

For each space a block, for each element a panel: the numbers before at the left, after at the right, and an
arrow from each to its place. One that changes the sign has another colour and is dashed, to be told apart on
paper too; where a matrix mixes numbers, arrows come from all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from symaug.compiler.program import Program, Space
from symaug.tools.labels import Reading, dense_elements, number_labels, readings

ROW, BOX, ARROWS, MARGIN = 17, 34, 150, 20
"""Pixels: height of a number, width of its box, width of the arrows' field, white around everything."""

_CHARACTER = 6.9
"""Pixels: width of a character of the labels in a wide font, on average."""

_COLOURS = {"stays": "#b8c2cc", "goes": "#1d6fb8", "turns": "#d4351c", "mixes": "#7b4fa3"}
_STYLE = """
text { font: 11px system-ui, 'DejaVu Sans', sans-serif; fill: #1f2933; }
.title { font-size: 16px; font-weight: 600; }
.space { font-size: 13px; font-weight: 600; }
.element { font-weight: 600; text-anchor: middle; }
.number { font-size: 10px; text-anchor: middle; }
.label, .term { text-anchor: end; }
.label { fill: #52606d; }
.box { fill: #ffffff; stroke: #9aa5b1; }
.band { fill: #f0f4f8; }
path { fill: none; stroke-width: 1.4; }
.turns { stroke-dasharray: 5 2; }
.shift { fill: #7b4fa3; }
""" + "".join(f".{kind} {{ stroke: {colour}; }}\n" for kind, colour in _COLOURS.items())
_LEGEND = (
    ("stays", "stays"),
    ("goes", "goes elsewhere"),
    ("turns", "changes its sign"),
    ("mixes", "is mixed by a matrix"),
)


@dataclass(frozen=True)
class _Panel:
    """One space under one element, with its left upper corner."""

    x: float
    y: float
    labels: Sequence[str]
    label_width: float
    offset_width: float

    @property
    def width(self) -> float:
        return self.label_width + 2 * BOX + ARROWS + self.offset_width

    def draw(self, element: str, made: Sequence[Reading]) -> list[str]:
        """The panel's shapes, arrows under boxes."""
        left = self.x + self.label_width
        right = left + BOX + ARROWS
        parts = [_text(left + BOX + ARROWS / 2, self.y - 7, element, "element")]
        for target, reading in enumerate(made):
            for source, coefficient in reading.sources:
                kind = _kind(reading, source, target, coefficient)
                parts.append(self._arrow(left + BOX, source, right, target, kind, coefficient))
        for rank, label in enumerate(self.labels):
            middle = self.y + ROW * rank + ROW / 2 + 4
            for x in (left, right):
                parts.append(_rectangle(x, self.y + ROW * rank + 1, BOX, ROW - 2, "box"))
                parts.append(_text(x + BOX / 2, middle, str(rank), "number"))
            parts.append(_text(left - 5, middle, label, "label"))
            if made[rank].offset:
                parts.append(_text(right + BOX + 5, middle, f"{made[rank].offset:+.4g}", "shift"))
        return parts

    def _arrow(self, x: float, source: int, end: float, target: int, kind: str, weight: float) -> str:
        start, stop = (self.y + ROW * place + ROW / 2 for place in (source, target))
        bend = ARROWS * 0.4
        curve = f"M{x:g} {start:g} C{x + bend:g} {start:g} {end - bend:g} {stop:g} {end - 6:g} {stop:g}"
        faint = f' opacity="{max(abs(weight), 0.25):.2g}"' if kind == "mixes" else ""
        dash = ' stroke-dasharray="5 2"' if kind == "mixes" and weight < 0 else ""
        return f'<path class="{kind}" d="{curve}" marker-end="url(#{kind})"{faint}{dash}/>'


def draw(program: Program, elements: Sequence[str] = ()) -> str:
    """The picture of a program as SVG text.

    Args:
        program: what is drawn.
        elements: a panel for each; the generators when empty.

    Raises:
        UserError: SA504 there is no such element.
    """
    chosen = list(elements) or list(program.group.generators)
    parts: list[str] = []
    y, width = MARGIN + 62.0, 560.0
    for name, space in program.spaces.items():
        drawn, right = _space(program, name, space, chosen, y)
        parts += drawn
        y += 44 + ROW * space.width + MARGIN
        width = max(width, right)
    return _document(width + MARGIN, y, [*_head(program), *parts])


def _space(
    program: Program, name: str, space: Space, elements: Sequence[str], top: float
) -> tuple[list[str], float]:
    labels = number_labels(program, space)
    label_width = 10 + _CHARACTER * max(map(len, labels))
    term_width = 14 + _CHARACTER * max(len(term.name) for term in space.terms)
    y = top + 44
    panels = []
    x = MARGIN + term_width
    for element in elements:
        offset_width = 0 if space.action(element).is_linear else 8 * _CHARACTER
        panels.append(_Panel(x, y, labels, label_width, offset_width))
        x += panels[-1].width + MARGIN
    dense = [element for element in elements if element in dense_elements(space)]
    note = f", mixed by a matrix under {', '.join(dense)}" if dense else ""
    parts = [_text(MARGIN, top + 12, f"{name}: {space.width} numbers{note}", "space")]
    for rank, term in enumerate(space.terms):
        if rank % 2 == 0:
            parts.append(_rectangle(MARGIN, y + ROW * term.start, x - 2 * MARGIN, ROW * term.width, "band"))
        parts.append(_text(MARGIN + term_width - 8, y + ROW * term.start + ROW / 2 + 4, term.name, "term"))
    for panel, element in zip(panels, elements, strict=True):
        parts += panel.draw(element, readings(space, element))
    return parts, x - MARGIN


def _head(program: Program) -> list[str]:
    parts = [_text(MARGIN, MARGIN + 14, f"{program.spec} on {program.robot}", "title")]
    x = float(MARGIN)
    for kind, words in _LEGEND:
        y = MARGIN + 38
        parts.append(f'<path class="{kind}" d="M{x:g} {y:g} h28" marker-end="url(#{kind})"/>')
        parts.append(_text(x + 42, y + 4, words, ""))
        x += 62 + _CHARACTER * len(words)
    return parts


def _document(width: float, height: float, parts: Sequence[str]) -> str:
    heads = "".join(
        f'<marker id="{kind}" viewBox="0 0 8 8" refX="2" refY="4" markerWidth="5" markerHeight="5" '
        f'orient="auto"><path d="M0 0 L8 4 L0 8 z" style="fill: {colour}; stroke: none"/></marker>'
        for kind, colour in _COLOURS.items()
    )
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}">'
    )
    white = '<rect width="100%" height="100%" fill="#ffffff"/>'
    return "\n".join(
        [opening, f"<style>{_STYLE}</style>", f"<defs>{heads}</defs>", white, *parts, "</svg>", ""]
    )


def _kind(reading: Reading, source: int, target: int, coefficient: float) -> str:
    if reading.is_mixed:
        return "mixes"
    if coefficient < 0:
        return "turns"
    return "stays" if source == target and not reading.offset else "goes"


def _text(x: float, y: float, words: str, kind: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{kind}">{escape(words)}</text>' if words else ""


def _rectangle(x: float, y: float, width: float, height: float, kind: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="2" class="{kind}"/>'
