"""The typer application, and how its commands end.

Exit status: 0 done, 1 a check failed or training diverged, 2 wrong input, 130 interrupted by Ctrl-C.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from symaug.diagnostics import UserError
from symaug_cli.commands.compile import compile_command
from symaug_cli.commands.demo import demo_command
from symaug_cli.commands.evaluate import evaluate_command
from symaug_cli.commands.report import report_command
from symaug_cli.commands.show import show_command
from symaug_cli.commands.train import train_command
from symaug_cli.commands.validate import validate_command
from symaug_cli.console import err, print_diagnostics


class _Commands(TyperGroup):
    """Turns what a command raises into a message and an exit status."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except UserError as error:
            print_diagnostics(error.diagnostics)
            # Divergence is a result, not wrong input. Its class is not asked for: importing it imports torch.
            diverged = any(diagnostic.code == "SA705" for diagnostic in error.diagnostics)
            raise typer.Exit(1 if diverged else 2) from None
        except KeyboardInterrupt:
            err().print("interrupted")
            raise typer.Exit(130) from None
        except BrokenPipeError:  # the reader of our output has gone, as `| head` does
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(141) from None


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"symaug {version('symaug')}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
    ),
) -> None:
    """Declare a legged robot's symmetry, prove it, compile it to torch kernels, and train policies with it.

    [bold]Start here:[/bold] [cyan]symaug demo[/cyan] does all of it for ANYmal D in about twelve minutes.
    """


for _name, _function in (
    ("compile", compile_command),
    ("validate", validate_command),
    ("show", show_command),
    ("train", train_command),
    ("evaluate", evaluate_command),
    ("report", report_command),
    ("demo", demo_command),
):
    app.command(_name)(_function)


def main() -> None:
    """The entry point of the `symaug` script."""
    app()


if __name__ == "__main__":
    main()
