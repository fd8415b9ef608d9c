"""The typer application, and how its commands end.

Exit status: 0 done, 1 a check failed or training diverged, 2 wrong input, 130 interrupted by Ctrl-C.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from enum import Enum
from typing import Any

import typer
from typer.core import TyperGroup

from symaug.diagnostics import Diagnostic, UserError
from symaug_cli.commands.audit import audit_command
from symaug_cli.commands.bench import bench_command
from symaug_cli.commands.compile import compile_command
from symaug_cli.commands.demo import demo_command
from symaug_cli.commands.diff import diff_command
from symaug_cli.commands.evaluate import evaluate_command
from symaug_cli.commands.explain import explain_command
from symaug_cli.commands.fmt import fmt_command
from symaug_cli.commands.infer import infer_command
from symaug_cli.commands.init import init_command
from symaug_cli.commands.report import report_command
from symaug_cli.commands.robots import robots_command
from symaug_cli.commands.schema import schema_command
from symaug_cli.commands.show import show_command
from symaug_cli.commands.train import train_command
from symaug_cli.commands.validate import validate_command
from symaug_cli.console import err, print_diagnostics

_EXTRAS = {
    "numpy": "physics",
    "mujoco": "physics",
    "rsl_rl": "train",
    "tensordict": "train",
    "tensorboard": "train",
    "matplotlib": "train",
}
"""What is installed only with one of symaug's extras, by the module that is then missing."""


_RESULTS = ("SA613", "SA705")
"""What is a result, not wrong input: a model without symmetry, training that diverged. Codes, not classes: to
import those imports torch or mujoco."""


class ErrorFormat(str, Enum):
    """How errors are printed."""

    full = "full"
    short = "short"
    json = "json"


class _Commands(TyperGroup):
    """Turns what a command raises into a message and an exit status."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except UserError as error:
            _report(ctx, error.diagnostics)
            results = any(diagnostic.code in _RESULTS for diagnostic in error.diagnostics)
            raise typer.Exit(1 if results else 2) from None
        except ModuleNotFoundError as error:
            _report(ctx, [_not_installed(error)])
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            err().print("interrupted")
            raise typer.Exit(130) from None
        except BrokenPipeError:  # the reader of our output has gone, as `| head` does
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(141) from None


def _report(ctx: Any, diagnostics: Sequence[Diagnostic]) -> None:
    print_diagnostics(diagnostics, ErrorFormat(ctx.params["error_format"]).value)


def _not_installed(error: ModuleNotFoundError) -> Diagnostic:
    """SA805 for a module that comes with an extra.

    Raises:
        ModuleNotFoundError: as it came, for any other module.
    """
    module = (error.name or "").partition(".")[0]
    if module not in _EXTRAS:
        raise error
    helps = (f"install what it needs: `pip install 'symaug[{_EXTRAS[module]}]'`",)
    return Diagnostic("SA805", f"this command needs `{module}`, which is not installed", helps=helps)


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
    error_format: ErrorFormat = typer.Option(
        ErrorFormat.full,
        envvar="SYMAUG_ERROR_FORMAT",
        help="How errors are printed: with the source and help, one a line, or one JSON object a line.",
    ),
) -> None:
    """Declare a legged robot's symmetry, prove it, compile it to torch kernels, and train policies with it.

    [bold]Start here:[/bold] [cyan]symaug demo[/cyan] does all of it for ANYmal D in a quarter of an hour.
    """


for _name, _function in (
    ("infer", infer_command),
    ("robots", robots_command),
    ("init", init_command),
    ("compile", compile_command),
    ("validate", validate_command),
    ("show", show_command),
    ("diff", diff_command),
    ("fmt", fmt_command),
    ("schema", schema_command),
    ("explain", explain_command),
    ("bench", bench_command),
    ("train", train_command),
    ("evaluate", evaluate_command),
    ("audit", audit_command),
    ("report", report_command),
    ("demo", demo_command),
):
    app.command(_name)(_function)


def main() -> None:
    """The entry point of the `symaug` script."""
    app()


if __name__ == "__main__":
    main()
