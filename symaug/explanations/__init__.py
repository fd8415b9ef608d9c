"""What each diagnostic code means, why the rule exists, and a bad example beside its mended one.

One Markdown file a code lies beside this module. Its first line is `# CODE: title`, then follow paragraphs,
then examples in fences whose info string says what they are: ` ```yaml bad robot.yaml ` is a file of the bad
example, ` ```sh mended ` a command line of the mended one; `given` files belong to both. Tests run them all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

from symaug.diagnostics import CODES, UserError, did_you_mean

FAMILIES = {
    "SA0": "files, YAML, and the structure of documents",
    "SA1": "expressions",
    "SA2": "the robot, its symmetry, and the group",
    "SA3": "types and representations",
    "SA4": "tasks and resets",
    "SA5": "programs and kernels",
    "SA6": "checks against the robot's model",
    "SA7": "training, runs, and checkpoints",
    "SA8": "the command line",
}
"""What the codes that begin alike are about."""

Role = Literal["given", "bad", "mended"]
_FENCE = re.compile(r"^```(\w+) (given|bad|mended)(?: (\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """One piece of an example.

    Attributes:
        role: whether it is wrong, right, or a file that both need.
        language: `yaml`, `xml`, `json`, `python`, or `sh` for a command line.
        file: the name of the file that holds it; empty for what is only run.
        text: the content, ending in a line end.
    """

    role: Role
    language: str
    file: str
    text: str


@dataclass(frozen=True)
class Explanation:
    """All that is said about one code: title, paragraphs of Markdown, and examples."""

    code: str
    title: str
    paragraphs: tuple[str, ...]
    examples: tuple[Example, ...]

    def to_json(self) -> dict[str, Any]:
        """The explanation as plain data."""
        return {
            "code": self.code,
            "family": FAMILIES[self.code[:3]],
            "title": self.title,
            "text": "\n\n".join(self.paragraphs),
            "examples": [vars(example) for example in self.examples],
        }


def explain(code: str) -> Explanation:
    """The explanation of a code, in upper or lower case.

    Raises:
        UserError: SA810 there is no such code; the nearest ones are given.
    """
    name = code.upper()
    if name not in CODES:
        helps = (*did_you_mean(name, CODES), "list all codes: `symaug explain`")
        raise UserError.of("SA810", f"no diagnostic has the code `{code}`", helps=helps)
    return _read(name)


@cache
def _read(code: str) -> Explanation:
    text = Path(__file__).with_name(f"{code}.md").read_text(encoding="utf-8")
    head, _, body = text.partition("\n")
    examples = [Example(cast(Role, m[2]), m[1], m[3] or "", m[4]) for m in _FENCE.finditer(body)]
    paragraphs = [part.strip() for part in _FENCE.sub("\n\n", body).split("\n\n")]
    return Explanation(
        code, head.removeprefix(f"# {code}: "), tuple(part for part in paragraphs if part), tuple(examples)
    )


def errors_page() -> str:
    """All explanations as one page of Markdown, `docs/errors.md`."""
    parts = [_PAGE_HEAD]
    for prefix, family in FAMILIES.items():
        parts.append(f"## {prefix}xx: {family}")
        for code in CODES:
            if code.startswith(prefix):
                parts += _section(explain(code))
    return "\n\n".join(parts) + "\n"


_PAGE_HEAD = """\
# Errors

Every code of a diagnostic: what it means, why the rule exists, and for most an example of the mistake beside
its mended form. `symaug explain CODE` prints the same. Codes are stable and never used for something else.

This page is made from `symaug/explanations/` by `python -m symaug.explanations > docs/errors.md`; tests run
its examples."""


def _section(explanation: Explanation) -> list[str]:
    parts = [f"### {explanation.code}: {explanation.title}", *explanation.paragraphs]
    for example in explanation.examples:
        where = f" `{example.file}`" if example.file else ""
        heading = {"given": "Given", "bad": "Wrong", "mended": "Mended"}[example.role]
        parts.append(f"{heading}{where}:")
        parts.append(f"```{example.language}\n{example.text}```")
    return parts
