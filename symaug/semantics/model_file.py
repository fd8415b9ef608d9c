"""Where a robot's model is: beside its document, or in an installed package."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from symaug.syntax.documents import Loaded, PackagedModel, RobotDocument


@dataclass(frozen=True)
class ModelFile:
    """What a document's `model:` comes to.

    Attributes:
        path: the file, not necessarily there; None where the document names none or its package is missing.
        missing_package: the package that would bring it, where that is not installed.
    """

    path: Path | None = None
    missing_package: str | None = None


def find_model(loaded: Loaded[RobotDocument]) -> ModelFile:
    """The model that a robot document names, found without importing any package."""
    named = loaded.document.model
    if named is None:
        return ModelFile()
    if not isinstance(named, PackagedModel):
        return ModelFile(loaded.source.path.parent / named)
    from importlib.metadata import PackageNotFoundError, distribution  # slow to import, and seldom needed

    try:
        package = distribution(named.package)
    except (PackageNotFoundError, ValueError):  # the latter for a name that no package can have
        return ModelFile(missing_package=named.package)
    end = PurePosixPath(named.path).parts
    fits = [file for file in package.files or () if file.parts[-len(end) :] == end]
    return ModelFile(Path(str(package.locate_file(fits[0] if fits else named.path))))
