"""Where robots and specs are found: by path, in the user's folders, or among those that ship with symaug."""

from __future__ import annotations

import os
from pathlib import Path

from symaug.diagnostics import Span, SpecError, did_you_mean

_PACKAGE = Path(__file__).resolve().parent
_ENDINGS = ((".yaml", ".yml", ".json"), (".xml", ".urdf", ".mjcf"))
"""Endings that one may write for another: of documents, and of models."""


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
    return _robots_in(robots_dir())


def list_specs() -> list[str]:
    """Names of the shipped specs, sorted: `["anymal_d/position", "anymal_d/velocity", ...]`."""
    return _specs_in(specs_dir())


def _robots_in(folder: Path) -> list[str]:
    return sorted(path.parent.name for path in folder.glob("*/robot.yaml"))


def _specs_in(folder: Path) -> list[str]:
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
    above = [folder / "specs" for folder in near.resolve().parents] if near else []
    folders = (*above, Path("specs"), specs_dir())
    if not _is_path(text):
        for folder in folders:
            candidate = folder / f"{text}.yaml"
            if _is_file(candidate):
                return candidate
    raise _not_found("spec", text, [name for folder in folders for name in _specs_in(folder)], near, span)


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
    folders = [*(base / "robots" for base in bases), robots_dir()]
    if _is_path(text):
        candidates = [base / text for base in ([near.parent] if near else []) + [Path()]]
        candidates += [candidate / "robot.yaml" for candidate in candidates]
    else:
        candidates = [folder / text / "robot.yaml" for folder in folders]
    for candidate in candidates:
        if _is_file(candidate):
            return candidate
    raise _not_found("robot", text, [name for folder in folders for name in _robots_in(folder)], near, span)


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


def _not_found(kind: str, text: str, known: list[str], near: Path | None, span: Span | None) -> SpecError:
    if not _is_path(text):
        helps = (*did_you_mean(text, known), f"or give the path of a {kind} document")
        return SpecError.of("SA010", f"no {kind} named `{text}`", span=span, helps=helps)
    try:
        is_folder = Path(text).is_dir()
    except (OSError, ValueError):
        is_folder = False
    if is_folder:
        return SpecError.of("SA001", f"`{text}` is a folder, not a {kind} document", span=span)
    beside = [name for base in ([near.parent] if near else []) + [Path()] for name in files_like(base, text)]
    return SpecError.of("SA010", f"there is no file `{text}`", span=span, helps=did_you_mean(text, beside))


def files_like(base: Path, text: str) -> list[str]:
    """The files that a path from `base`, such as `models/quad.xml`, may be meant for: what lies in its folder
    and has an ending like it, written as it is.
    """
    given = Path(text)
    alike = next((group for group in _ENDINGS if given.suffix in group), ())
    try:
        names = sorted(os.listdir(base / given.parent))
    except (OSError, ValueError):  # no such folder, or a name that no file system takes
        return []
    return [(given.parent / name).as_posix() for name in names if Path(name).suffix in alike]
