"""The report as one HTML file that needs nothing beside it: pictures are embedded, styles are inline."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

_STYLE = """
:root { --ink: #1f2933; --muted: #6b7785; --line: #dfe4ea; --id: #0072b2; --ood: #d55e00; }
* { box-sizing: border-box; }
body { margin: 0; background: #f4f6f8; color: var(--ink); line-height: 1.5;
  font: 16px/1.5 Inter, system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1040px; margin: 0 auto; padding: 40px 24px 64px; }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 8px; letter-spacing: -0.01em; }
h2 { font-size: 20px; margin: 40px 0 8px; letter-spacing: -0.005em; }
p { margin: 0 0 12px; max-width: 46em; }
.lede { font-size: 17px; color: #3d4a57; }
.muted { color: var(--muted); }
.tiles { display: grid; grid-template-columns: repeat(3, 1fr); gap: 16px; margin: 24px 0; }
.tile { background: #fff; border-radius: 10px; padding: 16px 20px; border-top: 4px solid #8a949e; }
.tile.id { border-color: var(--id); } .tile.ood { border-color: var(--ood); }
.tile b { display: block; font-size: 34px; line-height: 1.15; letter-spacing: -0.02em; }
.tile span { color: var(--muted); font-size: 14px; }
figure { margin: 12px 0 0; background: #fff; border-radius: 10px; padding: 16px; }
figure img { width: 100%; display: block; }
.scroll { overflow-x: auto; background: #fff; border-radius: 10px; padding: 8px 16px; margin-top: 12px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; font-weight: 600; color: var(--muted); white-space: nowrap; }
th, td { padding: 6px 14px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
.pass { color: #00795a; } .fail { color: #b3261e; font-weight: 700; }
.warn { color: #9a6700; } .skip { color: var(--muted); }
.id-mark { color: var(--id); font-weight: 600; } .ood-mark { color: var(--ood); font-weight: 600; }
code { font: 13px/1.4 ui-monospace, "SF Mono", Menlo, Consolas, monospace; background: #eef1f4;
  padding: 1px 5px; border-radius: 4px; }
@media (max-width: 640px) { .tiles { grid-template-columns: 1fr; } }
"""


def page(title: str, body: Sequence[str]) -> str:
    """The whole document."""
    content = "\n".join(body)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n{content}\n</main>\n"
        f"</body>\n</html>\n"
    )


def section(title: str, text: str = "") -> str:
    """A heading, and what to look for below it."""
    return f"<h2>{escape(title)}</h2>" + (f"\n<p>{escape(text)}</p>" if text else "")


def picture(png: bytes, description: str) -> str:
    """A PNG, embedded."""
    data = base64.b64encode(png).decode()
    return f'<figure><img alt="{escape(description)}" src="data:image/png;base64,{data}"></figure>'


def tiles(cells: Sequence[tuple[str, str, str]]) -> str:
    """Large numbers side by side: (css class, number, what it is)."""
    made = "".join(
        f'<div class="tile {escape(kind)}"><b>{escape(number)}</b><span>{escape(text)}</span></div>'
        for kind, number, text in cells
    )
    return f'<div class="tiles">{made}</div>'


def html_table(head: Sequence[str], rows: Sequence[Sequence[str]], *, numeric: Sequence[int] = ()) -> str:
    """A table of already escaped cells; the columns in `numeric` are flushed right."""

    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(
            f'<{tag} class="n">{cell}</{tag}>' if column in numeric else f"<{tag}>{cell}</{tag}>"
            for column, cell in enumerate(row)
        )

    top = f"<thead><tr>{cells('th', head)}</tr></thead>" if any(head) else ""
    rest = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f'<div class="scroll"><table>{top}<tbody>{rest}</tbody></table></div>'
