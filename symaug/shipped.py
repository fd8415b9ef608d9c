"""Where robots and specs are found: by path, in the user's folders, or among those that ship with symaug."""

from __future__ import annotations

from pathlib import Path

from symaug.diagnostics import Span, SpecError, did_you_mean

_PACKAGE = Path(__file__).resolve().parent


def _shipped_folder(name: str) -> Path:
    installed = _PACKAGE / "_shipped" / name  # inside a wheel
    return installed if installed.is_dir() else _PACKAGE.parent / name  # in a checkout


def robots_dir() -> Path:
    """The folder of the robots that ship with symaug."""
    return _shipped_folder("robots")


def specs_dir() -> Path:
    """The folder of the specs that ship with symaug."""
    return _shipped_folder("specs")


def list_robots() -> list[str]:
    """Names of the shipped robots, sorted: `["anymal_d", ...]`."""
    return sorted(path.parent.name for path in robots_dir().glob("*/robot.yaml"))


def list_specs() -> list[str]:
    """Names of the shipped specs, sorted: `["anymal_d/position", "anymal_d/velocity", ...]`."""
    folder = specs_dir()
    return sorted(path.relative_to(folder).with_suffix("").as_posix() for path in folder.glob("*/*.yaml"))


def find_spec(name_or_path: str | Path, *, near: Path | None = None, span: Span | None = None) -> Path:
    """The file of a spec.

    A path is looked for beside `near` (the spec that extends it) and then in the working folder; a name like
    `anymal_d/velocity` as `specs/NAME.yaml` in the folders above `near`, in the working folder, and among the
    shipped specs, in this order. Without `near`, any path to an existing file is taken as it is.

    Raises:
        SpecError: SA010 no such file or spec, SA001 a folder, pointing at `span` where given.
    """
    text = str(name_or_path)
    if _is_path(text) or near is None:
        for candidate in ([near.parent / text] if near else []) + [Path(text)]:
            if _is_file(candidate):
                return candidate
    if not _is_path(text):
        above = [folder / "specs" for folder in near.resolve().parents] if near else []
        for folder in (*above, Path("specs"), specs_dir()):
            candidate = folder / f"{text}.yaml"
            if _is_file(candidate):
                return candidate
    raise _not_found("spec", text, list_specs(), span)


def find_robot(name_or_path: str | Path, *, near: Path | None = None, span: Span | None = None) -> Path:
    """The file of a robot document.

    A path is looked for beside `near` (the spec that mentions it) and then in the working folder; a name like
    `anymal_d` as `robots/NAME/robot.yaml` in the folders above `near`, in the working folder, and among the
    shipped robots, in this order.

    Raises:
        SpecError: SA010 no such robot, pointing at `span` where given.
    """
    text = str(name_or_path)
    bases = ([*near.resolve().parents] if near else []) + [Path()]
    if _is_path(text):
        candidates = [base / text for base in ([near.parent] if near else []) + [Path()]]
        candidates += [candidate / "robot.yaml" for candidate in candidates]
    else:
        candidates = [base / "robots" / text / "robot.yaml" for base in bases]
        candidates.append(robots_dir() / text / "robot.yaml")
    for candidate in candidates:
        if _is_file(candidate):
            return candidate
    raise _not_found("robot", text, list_robots(), span)


def display_path(path: Path) -> str:
    """The path as messages print it: relative to the working folder where it lies inside it."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except (OSError, ValueError):
        return str(path)


def _is_path(text: str) -> bool:
    return text.endswith((".yaml", ".yml", ".json")) or text.startswith((".", "/", "~"))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file system takes
        return False


def _not_found(kind: str, text: str, known: list[str], span: Span | None) -> SpecError:
    if not _is_path(text):
        helps = (*did_you_mean(text, known), f"or give the path of a {kind} document")
        return SpecError.of("SA010", f"no {kind} named `{text}`", span=span, helps=helps)
    try:
        is_folder = Path(text).is_dir()
    except (OSError, ValueError):
        is_folder = False
    if is_folder:
        return SpecError.of("SA001", f"`{text}` is a folder, not a {kind} document", span=span)
    return SpecError.of("SA010", f"there is no file `{text}`", span=span, helps=did_you_mean(text, known))
