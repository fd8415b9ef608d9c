"""From documents to a `Program`: the package, and at the same time the verb `symaug.compile(...)`.

Importing a submodule sets `symaug.compile` to this package, whatever `symaug` had bound to that name before;
so the package itself is what can be called.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symaug.compile.program import Program


class _CallablePackage(ModuleType):
    def __call__(self, name_or_path: str | Path) -> Program:
        """See `symaug.compile.compiler.compile_spec`."""
        from symaug.compile.compiler import compile_spec

        return compile_spec(name_or_path)


sys.modules[__name__].__class__ = _CallablePackage
