"""symaug: declare a legged robot's symmetry, prove it, and compile it to torch kernels.

The pipeline, in the order of the folders: text ─syntax→ documents ─semantics→ group and representations
─compiler→ `Program` ─backends→ kernels.

>>> import symaug
>>> program = symaug.compile("anymal_d/velocity")
>>> program.space("actions").elements["sagittal"].index
(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9)

Importing symaug and compiling need neither torch nor a simulator; `symaug.Transform` imports torch when it is
first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from symaug.backends.eager import Transform
    from symaug.compiler.compile import compile_spec as compile
    from symaug.compiler.program import Program, Space
    from symaug.diagnostics import Diagnostic, SpecError, UserError
    from symaug.semantics.group import Group
    from symaug.semantics.signed_permutation import SignedPermutation

__all__ = [
    "Diagnostic",
    "Group",
    "Program",
    "SignedPermutation",
    "Space",
    "SpecError",
    "Transform",
    "UserError",
    "compile",
]

_HOMES = {
    "compile": "symaug.compiler.compile:compile_spec",
    "Diagnostic": "symaug.diagnostics",
    "Group": "symaug.semantics.group",
    "Program": "symaug.compiler.program",
    "SignedPermutation": "symaug.semantics.signed_permutation",
    "Space": "symaug.compiler.program",
    "SpecError": "symaug.diagnostics",
    "Transform": "symaug.backends.eager",
    "UserError": "symaug.diagnostics",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        module, _, attribute = _HOMES[name].partition(":")
        return getattr(import_module(module), attribute or name)
    raise AttributeError(f"module 'symaug' has no attribute {name!r}")
