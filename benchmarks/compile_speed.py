"""How long `symaug compile` and `symaug show` take for every shipped spec, as a new process, against Python
alone.

    python benchmarks/compile_speed.py

Prints seconds of wall time, the best of three, their ratio to an empty Python process and to one that only
imports the libraries that symaug stands on, and whether torch was imported.
"""

from __future__ import annotations

import subprocess
import sys
import time

from symaug.shipped import list_specs

RUN = "import sys; from symaug_cli.app import main; sys.argv = ['symaug', *{args!r}]; main()"
LIBRARIES = "import yaml, lark, pydantic, typer, rich"


def seconds(code: str, repeats: int = 3) -> float:
    """The best wall time of a Python process that runs `code`."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return min(times)


def loads_torch(arguments: list[str]) -> bool:
    """Whether the command imports torch."""
    run = RUN.format(args=arguments).removesuffix("main()")
    code = f"{run}\ntry:\n    main()\nfinally:\n    print('torch' in sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return done.stderr.strip().endswith("True")


def main() -> None:
    """Print the table."""
    bare, libraries = seconds("pass"), seconds(LIBRARIES)
    print(f"python -c pass {bare:.3f} s, with the libraries' imports {libraries:.3f} s")
    print(f"{'command':<42}{'wall, s':>8}{'x bare':>8}{'x libraries':>12}  torch")
    for spec in list_specs():
        for arguments in (["compile", spec, "--format", "json"], ["show", spec]):
            wall, torch = seconds(RUN.format(args=arguments)), loads_torch(arguments)
            name = f"symaug {arguments[0]} {spec}"
            ratios = f"{wall / bare:>8.1f}{wall / libraries:>12.2f}"
            print(f"{name:<42}{wall:>8.3f}{ratios}  {'yes' if torch else 'no'}")


if __name__ == "__main__":
    main()
