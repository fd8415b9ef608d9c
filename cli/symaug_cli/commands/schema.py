"""`symaug schema`: what editors need to know about documents."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer


class What(str, Enum):
    """What is printed."""

    robot = "robot"
    spec = "spec"
    textmate = "textmate"


def schema_command(
    what: Annotated[
        What, typer.Argument(help="The JSON Schema of a kind of document, or the TextMate grammar.")
    ],
) -> None:
    """Print the JSON Schema of robot or spec documents, or the grammar that colours their expressions.

    Both are for editors: completion, hover text, and colours (docs/editors.md).

    \b
    [bold]Examples[/bold]
      symaug schema robot > robot.schema.json
      symaug schema spec > spec.schema.json
      symaug schema textmate > symaug.tmLanguage.json
    """
    from symaug.tools.schema import document_schema, dumps
    from symaug.tools.textmate import grammar

    print(dumps(grammar() if what is What.textmate else document_schema(what.value)), end="")
