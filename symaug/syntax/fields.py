"""What the text at a document's key is: a word, a path, or an expression and the rule that reads it.

The compiler looks at the text alone; the formatter and the JSON Schema for editors look at these marks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

Kind = Literal[
    "name", "path", "text", "names", "number", "range", "type", "memory", "generator", "relation", "tasks"
]
"""`name`, `path` and `text` are plain, `memory` is a type or `replay`, which reads as one; every other kind
is a start rule of the grammar."""


@dataclass(frozen=True)
class Written:
    """Marks a text in a model with its kind."""

    kind: Kind


Name = Annotated[str, Written("name")]
Path = Annotated[str, Written("path")]
PlainText = Annotated[str, Written("text")]
Names = Annotated[str, Written("names")]
Number = Annotated[str, Written("number")]
Range = Annotated[str, Written("range")]
Type = Annotated[str, Written("type")]
Memory = Annotated[str, Written("memory")]
Generator = Annotated[str, Written("generator")]
Relation = Annotated[str, Written("relation")]
Tasks = Annotated[str, Written("tasks")]
